"""What a stranger put into ``.showtell``: it is reported, and never followed, read, written, moved or removed.

Each kind of thing is put in each place where a file or folder of ours may stand; then everything that opens files
there is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from showtell.curation.dismissed import dismiss, dismissed
from showtell.dataset.dataset import Dataset
from showtell.dataset.workspace import Workspace
from showtell.errors import DatasetError
from showtell.networks.cache import FeatureCache
from showtell.pictures import frame
from showtell.system.files import is_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices as on Unix")

CACHES = ["features-lite0.bin", "views-lite0.bin", "quality.bin"]
FILES = ["journal", "lock", "order", "dismissed", *CACHES]
FOLDERS = ["tmp", "trash"]
WITHIN = ["tmp/1-2-3", "trash/1", "trash/7"]
EVERYTHING = ["", *FILES, *FOLDERS, *WITHIN]

PRECIOUS = b'[\n{"do":1}\n'  # text that might be taken for an order, or for a journal that is damaged


def picture(number: int) -> bytes:
    return frame.encode_png(np.full((2, 2, 3), number, np.uint8))


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


# -- the things that a stranger puts there: each makes it at ``path``; ``outside`` has what must stay


def link_to_file(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "file")


def link_to_folder(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "folder")


def link_to_nothing(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "new")


def chain_to_file(path: Path, outside: Path) -> None:
    (outside / "link").symlink_to("file")
    path.symlink_to(outside / "link")


def chain_to_folder(path: Path, outside: Path) -> None:
    (outside / "link").symlink_to("folder")
    path.symlink_to(outside / "link")


def link_to_a_picture_of_the_dataset(path: Path, outside: Path) -> None:
    path.symlink_to(os.path.relpath(outside.parent / "things/mug/1.png", path.parent))


def link_to_a_class_of_the_dataset(path: Path, outside: Path) -> None:
    path.symlink_to(os.path.relpath(outside.parent / "things/mug", path.parent))


def link_in_a_circle(path: Path, outside: Path) -> None:
    path.symlink_to(path.name)


def pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, outside: Path) -> None:
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this user makes no devices")


def folder(path: Path, outside: Path) -> None:
    path.mkdir()
    (path / "1").write_bytes(PRECIOUS)


def file(path: Path, outside: Path) -> None:
    path.write_bytes(PRECIOUS)


LINKS = [
    link_to_file,
    link_to_folder,
    link_to_nothing,
    chain_to_file,
    chain_to_folder,
    link_to_a_picture_of_the_dataset,
    link_to_a_class_of_the_dataset,
    link_in_a_circle,
]
ODD = [*LINKS, pipe, device]
CASES = [
    *((name, make) for name in EVERYTHING for make in ODD),
    *((name, folder) for name in FILES),
    *((name, file) for name in ["", *FOLDERS, "trash/1", "trash/7"]),
]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    for name in ("file", "folder/journal", "folder/order", "folder/features-lite0.bin"):
        (outside / name).write_bytes(PRECIOUS)
    return outside


@pytest.fixture
def things(tmp_path: Path) -> Path:
    """A dataset as a stranger would hand it on, with a history of two removals."""
    things = tmp_path / "things"
    dataset = Dataset(things)
    for label in ("mug", "fish", "tree"):
        for number in range(1, 3):
            dataset.add(label, picture(number), name=f"{number}.png")
    dataset.remove("tree/2.png")
    return things


def state(place: Path) -> object:
    """Everything about a file, link, pipe, device or folder, with all that is in it, but for the time."""
    status = place.lstat()
    if place.is_symlink():
        return os.readlink(place)
    if stat.S_ISDIR(status.st_mode):
        return {path.name: state(path) for path in place.iterdir()}
    return status.st_mode, status.st_ino, place.read_bytes() if stat.S_ISREG(status.st_mode) else status.st_rdev


def every_picture(things: Path) -> Counter[bytes]:
    return Counter(path.read_bytes() for path in things.rglob("*.png") if path.is_file())


def attempts(things: Path) -> list[Callable[[], object]]:
    """All that opens something in ``.showtell``."""
    dataset = Dataset(things)
    workspace = Workspace(things)

    def cached(name: str) -> None:
        cache = FeatureCache(workspace.opener(name), 2, "lite0")
        key = cache.key(b"picture")
        cache.put([key], np.ones((1, 2)))
        assert cache.get(key) is not None  # it goes on in memory

    def scratch() -> None:
        workspace.scratch().close()

    return [
        *(lambda name=name: cached(name) for name in CACHES),
        lambda: dismiss(dataset, "finding"),
        lambda: dismissed(dataset),
        scratch,
        lambda: dataset.add("mug", picture(9)),
        lambda: dataset.add("new", picture(9)),
        dataset.undo,
        lambda: dataset.add_class("other"),
        lambda: dataset.remove("fish/1.png"),
        lambda: dataset.rename("fish", "whale"),
        lambda: dataset.move("mug/2.png", to="tree"),
        lambda: dataset.order(dataset.labels[::-1]),
        lambda: dataset.enable("tree", False),
        dataset.undo,
        dataset.redo,
        dataset.refresh,
        dataset.clear,
        dataset.undo,
    ]


@pytest.mark.parametrize(("name", "make"), CASES, ids=lambda value: getattr(value, "__name__", value) or "itself")
def test_what_is_not_ours_is_reported_and_stays_as_it_is(things, outside, tmp_path, name, make):
    place = things / ".showtell" / name if name else things / ".showtell"
    if is_folder(place):
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    make(place, outside)
    there, elsewhere, pictures = state(place), state(outside), every_picture(things)
    expected = f".showtell/{name}" if name else ".showtell"

    assert [problem.file for problem in Dataset(things).problems] == [expected]
    for attempt in attempts(things):
        with contextlib.suppress(DatasetError, OSError):  # a change may be refused; it must not do harm
            attempt()
        assert state(place) == there
        assert state(outside) == elsewhere
    assert [problem.file for problem in Dataset(things).problems] == [expected]
    assert "remove it" in Dataset(things).problems[0].reason
    assert not pictures - every_picture(things)  # wherever they are by now


@pytest.mark.parametrize("name", ["", "journal", "lock", "tmp", "trash"])
def test_a_change_that_needs_its_place_says_what_is_in_the_way(things, outside, name):
    place = things / ".showtell" / name if name else things / ".showtell"
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    link_to_folder(place, outside)
    dataset = Dataset(things)
    for change in (dataset.clear, lambda: dataset.add("mug", picture(1)), lambda: dismiss(dataset, "finding")):
        with pytest.raises(DatasetError, match=r"found something else|is in the way") as refused:
            change()
        assert str(place) in str(refused.value)
    assert len(dataset) == 5


@pytest.mark.parametrize("name", ["order", "dismissed", *CACHES, "tmp/1-2-3", "trash/8"])
def test_what_does_not_need_its_place_goes_on(things, outside, name):
    (things / ".showtell" / name).unlink(missing_ok=True)
    link_to_file(things / ".showtell" / name, outside)
    dataset = Dataset(things)
    dataset.add("mug", picture(7))
    dataset.remove("mug/1.png")
    assert dataset.undo() == 'remove 1 picture of "mug"'
    assert sorted(dataset.counts.items()) == [("fish", 2), ("mug", 3), ("tree", 1)]


@pytest.mark.parametrize("name", [".label", ".disabled"])
@pytest.mark.parametrize("make", [*ODD, folder], ids=lambda make: make.__name__)
def test_a_label_and_a_mark_that_are_no_files_count_for_nothing(things, outside, name, make):
    place = things / "fish" / name
    make(place, outside)
    there, elsewhere = state(place), state(outside)
    dataset = Dataset(things)
    assert ("fish" in dataset.labels, dataset.disabled) == (True, [])
    assert [problem.file for problem in dataset.problems] == [f"fish/{name}"]
    changes = (lambda: dataset.rename("fish", "a/b"), lambda: dataset.enable("fish", False), lambda: dataset.undo())
    for change in changes:
        with contextlib.suppress(DatasetError):
            change()
        assert state(outside) == elsewhere
    (place,) = (folder / name for folder in things.iterdir() if os.path.lexists(folder / name))
    assert state(place) == there


@pytest.mark.parametrize("name", ["journal", *CACHES])
def test_a_file_with_a_second_name_elsewhere_is_not_written_to_there(things, outside, name):
    """A hard link looks like any file: what is written goes to a copy."""
    place = things / ".showtell" / name
    if place.exists():
        os.link(place, outside / "same")
    else:
        os.link(outside / "file", place)
    elsewhere = state(outside)
    for attempt in attempts(things):
        with contextlib.suppress(DatasetError):
            attempt()
        assert state(outside) == elsewhere
    dataset = Dataset(things)
    assert dataset.problems == []
    assert dataset.undoable


def test_a_journal_of_our_own_with_a_second_name_is_still_the_journal(things, outside):
    os.link(things / ".showtell/journal", outside / "backup")
    dataset = Dataset(things)
    dataset.add("mug", picture(5))
    assert dataset.undo() == 'add 1 picture to "mug"'
    assert dataset.undo() == 'remove 1 picture of "tree"'


def test_a_journal_that_leads_through_a_link_moves_nothing_there(things, outside):
    """Undoing a step of a stranger's journal, of which the trash is a link to another class."""
    (things / ".showtell/trash/77").symlink_to("../../fish")
    steps = [["move", "mug/1.png", ".showtell/trash/77/1b.png"]]
    records = [{"do": 77, "say": "x", "steps": steps, "row": ""}, {"done": 77}]
    (things / ".showtell/journal").write_text("".join(json.dumps(record) + "\n" for record in records))
    dataset = Dataset(things)
    fish = state(things / "fish")
    for _ in range(2):
        with contextlib.suppress(DatasetError):
            dataset.undo()
        with contextlib.suppress(DatasetError):
            dataset.redo()
    assert state(things / "fish") == fish
    assert (things / "mug/1.png").exists()


def test_folders_of_a_later_version_are_left_alone_and_are_no_problem(things):
    (things / ".showtell/embeddings").mkdir()
    (things / ".showtell/embeddings/1").write_bytes(b"x")
    dataset = Dataset(things)
    dataset.add("mug", picture(5))
    assert dataset.problems == []
    assert (things / ".showtell/embeddings/1").read_bytes() == b"x"


def test_a_foreign_folder_gets_no_workspace_by_being_read(tmp_path):
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats/1.png").write_bytes(picture(1))
    dataset = Dataset(tmp_path)
    workspace = Workspace(tmp_path)
    assert (dataset.problems, workspace.exists, workspace.order(), workspace.trash()) == ([], False, [], [])
    with pytest.raises(FileNotFoundError):
        workspace.read("quality.bin")
    assert os.listdir(tmp_path) == ["cats"]
