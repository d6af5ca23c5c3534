"""Whatever goes wrong in the background, the page is told, and its next message is done as usual."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asking import Page
from showtell import Dataset, Model
from showtell.dataset.example import Example
from showtell.errors import DatasetError
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.studio import jobs, transfers
from showtell.studio.messages import Reply
from showtell.studio.studio import Studio


class Panic(BaseException):
    """As libraries written in Rust raise it."""


FAILURES = [
    DatasetError("the shelf is upset"),
    np.linalg.LinAlgError("Singular matrix upset"),
    KeyError("upset"),
    Panic("upset"),
]


def jpeg(thing: str, seed: int = 0) -> bytes:
    return frame.encode_jpeg(draw(thing, np.random.default_rng(seed)))


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four mugs and four stars; only to be copied."""
    data = Dataset(tmp_path_factory.mktemp("failures") / "things")
    for thing in ("star", "mug"):
        for seed in range(4):
            data.add(thing, jpeg(thing, seed), burst=f"{thing}{seed % 2}")
    return data.folder


@pytest.fixture
def page(things: Path, tmp_path: Path) -> Page:
    shutil.copytree(things, tmp_path / "things")
    page = Page(Studio(Dataset(tmp_path / "things"), Model(classifier="knn")))
    page.studio.wait()
    return page


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("fish/1.jpg", jpeg("fish"))
    return file.getvalue()


# Each check: the message that asks for it, and what fails inside.
CHECKS: dict[str, tuple[Callable[[Page], int], Callable[[Page], tuple[object, str]]]] = {
    "care": (lambda page: page.send("care"), lambda page: (jobs, "care")),
    "care's dismissed findings": (lambda page: page.send("care"), lambda page: (jobs, "dismissed")),
    "map": (lambda page: page.send("map", method="pca"), lambda page: (jobs, "place")),
    "evaluate": (lambda page: page.send("evaluate"), lambda page: (jobs, "evaluation")),
    "explain": (lambda page: page.send("explain", jpeg("mug")), lambda page: (jobs, "explain")),
    "import": (
        lambda page: page.send("upload", zipped(), upload=1, name="x.zip", label=None, last=True),
        lambda page: (transfers, "import_into"),
    ),
    "export": (lambda page: page.send("export", piece=0), lambda page: (page.studio.dataset, "export")),
    "frame": (lambda page: page.send("frame", jpeg("mug")), lambda page: (page.studio.model, "predict")),
}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_fails_is_answered_and_works_the_next_time(
    page: Page, monkeypatch: pytest.MonkeyPatch, check: str, failure: BaseException
) -> None:
    ask, inside = CHECKS[check]

    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(*inside(page), fail)
        ref = ask(page)
        reply = page.wait_for(lambda content: content["ref"] == ref)
    assert reply["type"] == "error"
    assert "upset" in reply["message"]
    page.studio.wait()
    assert [content["type"] for content, _ in page.inbox if content["ref"] == ref] == ["error"]
    again = ask(page)
    assert page.wait_for(lambda content: content["ref"] == again)["type"] != "error"


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_dataset_that_cannot_be_followed_is_told_to_every_page_and_followed_later(
    page: Page, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    other = Page(page.studio)

    def fail(*_: object, **__: object) -> None:
        raise failure

    def told(page: Page) -> None:
        message = page.wait_for(lambda content: content["type"] == "error" and content["ref"] is None)["message"]
        assert "upset" in message

    with monkeypatch.context() as patch:
        patch.setattr(page.studio.model, "follow", fail)
        assert page.ask("rename_class", label="mug", to="cup")["type"] == "done"
        told(page)
        told(other)
        later = Page(page.studio)
        assert later.state()["learning"] in (True, False)
        told(later)
    page.studio.wait()
    assert Page(page.studio).state()["type"] == "state"  # a page that opens is the occasion to try again
    page.studio.wait()
    assert page.ask("classify", jpeg("mug", 9))["label"] == "cup"


def test_all_who_wait_for_a_job_hear_of_its_failure_though_one_of_them_is_gone(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def unreachable(message: Reply, buffer: bytes) -> None:
        raise RuntimeError("the page is gone")

    def fail(*_: object) -> None:
        begun.set()
        assert go_on.wait(60)
        raise RuntimeError("upset")

    monkeypatch.setattr(jobs, "care", fail)
    first, other = page.send("care"), Page(page.studio)
    assert begun.wait(60)
    gone = page.studio.join(unreachable)
    page.studio.handle(gone, {"type": "care", "ref": 1}, b"")
    second = other.send("care")
    go_on.set()
    assert page.wait_for(lambda content: content["ref"] == first)["type"] == "error"
    assert other.wait_for(lambda content: content["ref"] == second)["type"] == "error"


def test_a_page_that_cannot_be_reached_does_not_keep_the_state_from_the_others(page: Page) -> None:
    def unreachable(message: Reply, buffer: bytes) -> None:
        raise RuntimeError("the page is gone")

    page.studio.join(unreachable)
    pages = [page, *(Page(page.studio) for _ in range(5))]
    page.ask("add_class", label="empty")
    for each in pages:
        each.wait_for(lambda content: content["type"] == "state" and len(content["classes"]) == 3)


# -- a class that goes between two steps


def vanish_after(page: Page, step: str, monkeypatch: pytest.MonkeyPatch, how: Callable[[], None]) -> None:
    """Let the class go as soon as the dataset has done this step, as another page or program may do it."""
    done: Any = getattr(page.studio.dataset, step)

    def and_vanish(*given: Any, **named: Any) -> Any:
        result = done(*given, **named)
        monkeypatch.undo()
        how()
        return result

    monkeypatch.setattr(page.studio.dataset, step, and_vanish)


def remove_folder(page: Page) -> None:
    shutil.rmtree(page.studio.dataset.folder / "mug")


def remove_folder_and_look(page: Page) -> None:
    remove_folder(page)
    page.studio.dataset.refresh()


def remove_class(page: Page) -> None:
    page.studio.dataset.remove_class("mug")


@pytest.mark.parametrize("how", [remove_folder, remove_folder_and_look, remove_class], ids=lambda how: how.__name__)
@pytest.mark.parametrize("again", [False, True])
def test_a_picture_that_was_saved_is_told_as_saved_though_its_class_has_just_gone(
    page: Page, monkeypatch: pytest.MonkeyPatch, how: Callable[[Page], None], again: bool
) -> None:
    vanish_after(page, "add", monkeypatch, lambda: how(page))
    ref = page.send("add", jpeg("mug", 9), label="mug", burst=None, name=None, again=again)
    page.studio.wait()
    assert [content["type"] for content, _ in page.inbox if content["ref"] == ref] == ["saved"]
    assert not [content for content, _ in page.inbox if content["type"] == "error"]
    assert page.ask("add", jpeg("mug", 10), label="mug", burst=None, name=None)["type"] == "saved"


@pytest.mark.parametrize("how", [remove_folder, remove_folder_and_look, remove_class], ids=lambda how: how.__name__)
def test_a_picture_that_is_sent_again_is_saved_though_its_class_has_just_gone(
    page: Page, monkeypatch: pytest.MonkeyPatch, how: Callable[[Page], None]
) -> None:
    sent = page.studio.dataset.examples("mug")[-1]
    picture = sent.read()
    vanish_after(page, "examples", monkeypatch, lambda: how(page))
    reply = page.ask("add", picture, label="mug", burst=sent.burst, name=None, again=True)
    assert (reply["type"], reply["count"]) == ("saved", 1)
    assert [example.read() for example in Dataset(page.studio.dataset.folder).examples("mug")] == [picture]


@pytest.mark.parametrize("failure", FAILURES[:3], ids=lambda failure: type(failure).__name__)
def test_a_saved_picture_that_cannot_be_learned_at_once_is_learned_with_the_next_round(
    page: Page, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(dataset: Dataset, example: Example) -> None:
        raise failure

    monkeypatch.setattr(page.studio.model, "learn", fail)
    ref = page.send("add", jpeg("fish"), label="fish", burst=None, name=None)
    page.studio.wait()
    assert [content["type"] for content, _ in page.inbox if content["ref"] == ref] == ["saved"]
    assert "fish" in page.studio.model.labels


def test_the_state_leaves_out_a_class_that_has_just_gone(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dataset, "labels", property(lambda dataset: ["gone", "mug", "star"]))
    state = page.state()
    assert state["type"] == "state"
    assert {group["label"] for group in state["classes"]} == {"mug", "star"}


def test_half_a_zip_is_never_given_out(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(target: Any) -> None:
        target.write(b"half a zip")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(page.studio.dataset, "export", half)
        assert page.ask("export", piece=0)["type"] == "error"
    for piece in (1, 2):
        assert "piece 0 first" in page.ask("export", piece=piece)["message"]
    assert page.ask("export", piece=0)["type"] == "piece"
