"""Pins in the studio: every page hears which of them broke, once the model has settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asking import Page
from showtell import Dataset, Model
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.studio.studio import Studio


def jpeg(thing: str, seed: int) -> bytes:
    return frame.encode_jpeg(draw(thing, np.random.default_rng(seed)))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    dataset = Dataset(tmp_path / "things")
    for thing in ("star", "mug"):
        for seed in range(3):
            dataset.add(thing, jpeg(thing, seed))
    studio = Studio(dataset, Model(classifier="knn", unknown_below=0))
    studio.wait()
    return studio


def told(page: Page) -> list[list[dict[str, Any]]]:
    """What the page heard of pins without having asked."""
    page.studio.wait()
    return [content["pins"] for content, _ in page.inbox if content["type"] == "pins" and content["ref"] is None]


def test_all_pages_hear_of_a_pin_and_whether_it_holds(studio):
    one, other = Page(studio), Page(studio)
    assert one.ask("pin", jpeg("mug", 9), label="mug", name="a.jpg")["type"] == "done"
    holding = {"pin": ".pins/mug/a.jpg", "label": "mug", "holds": True, "answer": "mug", "problem": None, "said": None}
    assert told(one)[-1] == told(other)[-1] == [holding]
    assert one.ask("pins")["pins"] == [holding]


def test_a_change_that_breaks_a_pin_is_told_and_its_undoing_too(studio):
    page = Page(studio)
    page.ask("pin", jpeg("mug", 9), label="mug")
    assert told(page)[-1][0]["holds"] is True
    mugs = [example.id for example in studio.dataset.examples("mug")]
    page.ask("move_examples", examples=mugs, to="cup")
    (broken,) = told(page)[-1]
    assert (broken["holds"], broken["answer"], broken["said"]["code"]) == (False, "cup", "pin-untaught")
    page.ask("undo")
    assert told(page)[-1][0]["holds"] is True


def test_nothing_is_told_where_no_answer_changed(studio):
    page = Page(studio)
    page.ask("pin", jpeg("mug", 9), label="mug")
    before = len(told(page))
    page.ask("add", jpeg("mug", 8), label="mug")
    page.ask("add_class", label="fork")
    assert len(told(page)) == before == 1


def test_a_pin_as_unknown_follows_the_threshold(studio):
    page = Page(studio)
    page.ask("pin", jpeg("fish", 1), label=None)
    assert [pin["holds"] for pin in told(page)[-1]] == [False]
    page.ask("settings", unknown_below=1)
    assert [pin["holds"] for pin in told(page)[-1]] == [True]


def test_an_example_is_pinned_shown_and_unpinned(studio):
    page = Page(studio)
    example = studio.dataset.examples("mug")[0]
    page.ask("pin", label="star", example=example.id)
    (pin,) = told(page)[-1]
    assert (pin["holds"], pin["answer"]) == (False, "mug")
    message, picture = page.ask_for_bytes("thumbnails", examples=[pin["pin"]])
    assert message["type"] == "thumbnail"
    assert frame.decode(picture).shape == (96, 96, 3)
    assert page.ask("unpin", pins=[pin["pin"]])["type"] == "done"
    assert told(page)[-1] == []
    assert page.ask("unpin", pins=[pin["pin"]])["said"]["code"] == "pin-gone"


def test_before_anything_is_taught_nobody_knows_whether_it_holds(tmp_path):
    page = Page(Studio(Dataset(tmp_path / "things"), Model(classifier="knn")))
    page.ask("pin", jpeg("mug", 9), label="mug")
    assert [pin["holds"] for pin in told(page)[-1]] == [None]
    page.ask("add", jpeg("mug", 1), label="mug")
    assert [pin["holds"] for pin in told(page)[-1]] == [True]


def test_a_broken_picture_is_not_pinned(studio):
    page = Page(studio)
    assert page.ask("pin", b"no picture", label="mug")["type"] == "error"
    assert page.ask("pins")["pins"] == []
