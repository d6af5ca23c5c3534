"""What another program or a fork does in the middle of something: nothing is lost, and nobody hears of it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from forking import LONG_S, in_child
from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.pictures import frame


def picture(number: int) -> bytes:
    return frame.encode_png(np.full((2, 2, 3), number, np.uint8))


class Intruder:
    """Does something once, at the ``at``-th call of any of these functions, as another program would."""

    CALLS = ("lstat", "stat", "scandir", "open", "link", "rename", "replace", "listdir", "mkdir", "unlink")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, act: Callable[[], object]) -> None:
        self.left, self.act, self.acting = at, act, False
        for name in self.CALLS:
            monkeypatch.setattr(os, name, self.watched(getattr(os, name)))

    def watched(self, real):
        def call(*args, **options):
            if not self.acting:
                self.left -= 1
                if self.left == 0:
                    self.acting = True
                    self.act()
                    self.acting = False
            return real(*args, **options)

        return call

    @property
    def came(self) -> bool:
        return self.left <= 0


@pytest.fixture
def things(tmp_path: Path) -> Path:
    dataset = Dataset(tmp_path / "things")
    for label in ("mug", "fish"):
        for number in range(2):
            dataset.add(label, picture(number))
    return dataset.folder


ACTS = {
    "the class": lambda things: shutil.rmtree(things / "mug", ignore_errors=True),
    "a picture": lambda things: (things / "mug/picture-0002.png").unlink(missing_ok=True),
    "the folder of the class for a file": lambda things: (
        shutil.rmtree(things / "mug", ignore_errors=True),
        (things / "mug").write_bytes(b"x"),
    ),
}
CHANGES = {
    "add": lambda dataset: dataset.add("mug", picture(7)),
    "add to a burst": lambda dataset: dataset.add("mug", picture(7), burst="1"),
    "add a class": lambda dataset: dataset.add_class("cup"),
    "refresh": lambda dataset: dataset.refresh(),
    "open": lambda dataset: Dataset(dataset.folder),
    "rename": lambda dataset: dataset.rename("mug", "cup"),
    "remove": lambda dataset: dataset.remove(*dataset.examples("mug")),
    "remove the class": lambda dataset: dataset.remove_class("mug"),
    "move": lambda dataset: dataset.move(*dataset.examples("mug"), to="fish"),
    "enable": lambda dataset: dataset.enable("mug", False),
    "undo": lambda dataset: dataset.undo(),
    "export": lambda dataset: dataset.export(dataset.folder.parent / "things.zip"),
}
NEVER_FAIL = {"add a class", "refresh", "open"}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("change", CHANGES)
def test_another_program_removes_something_at_any_moment(tmp_path, things, monkeypatch, change, act):
    """Either it works, or a DatasetError says why not; the next thing works again, and the other class is untouched."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    fish = {path.name: path.read_bytes() for path in (things / "fish").iterdir()}
    for moment in range(1, 400):
        place = tmp_path / f"copy{moment}"
        shutil.copytree(things, place)
        dataset = Dataset(place)
        with monkeypatch.context() as patch:
            intruder = Intruder(patch, moment, lambda place=place: ACTS[act](place))
            refused = None
            try:
                CHANGES[change](dataset)
            except DatasetError as error:
                refused = error
            finally:
                came = intruder.came
        may_fail = act.endswith("for a file") or change not in NEVER_FAIL | {"add", "add to a burst"}
        assert refused is None or may_fail, (moment, refused)
        dataset.refresh()
        assert dataset.add("fish", picture(99)).read() == picture(99)
        assert dataset.undo() == 'add 1 picture to "fish"'
        if change not in ("move", "undo"):
            assert {path.name: path.read_bytes() for path in (place / "fish").iterdir()} == fish
        shutil.rmtree(place)
        if not came:
            return
    raise AssertionError("more calls than expected; watch fewer")


def test_a_picture_that_goes_while_its_class_is_read_does_not_take_the_class_with_it(things, monkeypatch):
    real = os.lstat

    def lstat(path, *args, **options):
        if Path(path).name == "picture-0002.png":
            Path(path).unlink(missing_ok=True)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "lstat", lstat)
    dataset = Dataset(things)
    assert dataset.labels == ["mug", "fish"]
    assert dataset.problems == []


def test_all_classes_at_one_moment(things):
    dataset = Dataset(things)
    by_class = dataset.by_class()
    assert by_class == {label: dataset.examples(label) for label in dataset.labels}
    dataset.clear()
    assert [len(examples) for examples in by_class.values()] == [2, 2]


# -- forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_child_goes_on_with_a_dataset_that_its_parent_is_changing(things, monkeypatch):
    dataset = Dataset(things)
    parent = os.getpid()
    entered, go = threading.Event(), threading.Event()

    def fsync(descriptor: int) -> None:
        if os.getpid() == parent:
            entered.set()
            assert go.wait(LONG_S)

    monkeypatch.setattr(os, "fsync", fsync)
    adding = threading.Thread(target=lambda: dataset.add("mug", picture(50)))
    adding.start()
    assert entered.wait(LONG_S)  # it holds the object's lock, and that of the folder

    def child() -> None:
        assert dataset.counts == {"mug": 2, "fish": 2}
        dataset.add("mug", picture(51))
        dataset.add("fish", picture(52))
        assert dataset.counts == {"mug": 4, "fish": 3}
        assert dataset.undo() == 'add 1 picture to "fish"'

    assert in_child(child, go.set) == 0
    adding.join()
    dataset.refresh()
    assert dataset.counts == {"mug": 4, "fish": 2}
    dataset.add("mug", picture(53))
    assert len({example.id for example in dataset}) == 7
