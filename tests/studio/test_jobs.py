"""What the studio looks into in the background, by its messages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asking import Page
from showtell import Dataset
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.studio.studio import Studio


@pytest.fixture
def page(tmp_path: Path) -> Page:
    rng = np.random.default_rng(3)
    data = Dataset(tmp_path / "things")
    for thing in ("star", "mug"):
        for _ in range(6):
            data.add(thing, frame.encode_jpeg(draw(thing, rng)), burst=thing)
    data.add("mug", frame.encode_jpeg(np.full((240, 320, 3), 90, np.uint8)), burst="mug")
    page = Page(Studio(data))
    page.studio.wait()
    return page


def test_findings_and_one_that_was_dismissed_stays_away(page: Page) -> None:
    content = page.ask("care")
    (finding,) = content["findings"]
    last = page.studio.dataset.examples("mug")[-1].id
    assert (content["type"], finding["kind"], finding["label"], finding["to"]) == ("findings", "empty", "mug", None)
    assert finding["examples"] == [last]
    assert page.ask("dismiss", finding=finding["finding"])["type"] == "done"
    assert page.ask("care")["findings"] == []
    reopened = Page(Studio(Dataset(page.studio.dataset.folder)))
    assert reopened.ask("care")["findings"] == []


def test_a_picture_in_two_classes_is_told_with_the_class_of_each_and_not_once_one_is_left_out(page: Page) -> None:
    twin = page.studio.dataset.examples("star")[0].read()
    page.studio.dataset.add("mug", twin)
    (finding,) = [one for one in page.ask("care")["findings"] if one["kind"] == "duplicate"]
    assert dict(zip(finding["labels"], finding["examples"], strict=True)) == {
        label: next(example.id for example in page.studio.dataset.examples(label) if example.read() == twin)
        for label in ("mug", "star")
    }
    assert finding["said"]["values"] == {"label": finding["label"], "other": finding["to"]}
    page.ask("enable_class", label="mug", enabled=False)
    assert page.ask("care")["findings"] == []  # nor is the empty picture among the mugs of interest


def test_findings_follow_the_dataset(page: Page) -> None:
    assert page.ask("care")["findings"] != []
    page.ask("remove_examples", examples=[page.studio.dataset.examples("mug")[-1].id])
    assert page.ask("care")["findings"] == []


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_the_map_of_all_pictures_keeps_alike_ones_together_and_stays_the_same(page: Page, method: str) -> None:
    content = page.ask("map", method=method)
    points = content["points"]
    assert [point[0] for point in points] == [example.id for example in page.studio.dataset]
    places = np.array([point[2:] for point in points])
    assert places.min() >= 0
    assert places.max() <= 1
    stars, mugs = places[:6], places[6:12]
    apart = np.linalg.norm(stars.mean(0) - mugs.mean(0))
    assert apart > np.linalg.norm(stars - stars.mean(0), axis=1).mean()
    again = Page(Studio(Dataset(page.studio.dataset.folder))).ask("map", method=method)["points"]
    assert again == points


def test_another_method_is_an_error(page: Page) -> None:
    assert "expected one of pca, tsne" in page.ask("map", method="umap")["message"]


def test_the_heat_of_a_picture(page: Page) -> None:
    content, heat = page.ask_for_bytes("explain", frame.encode_jpeg(draw("star", np.random.default_rng(9))))
    assert (content["type"], content["label"], content["rows"], content["columns"]) == ("heat", "star", 7, 7)
    assert len(heat) == 49
    assert max(heat) == 255
    assert page.ask("explain", b"\xff\xd8 broken")["type"] == "error"


def test_a_map_of_few_pictures_and_of_none(tmp_path: Path) -> None:
    page = Page(Studio(Dataset(tmp_path / "things")))
    assert page.ask("map", method="pca")["points"] == []
    picture = frame.encode_jpeg(draw("star", np.random.default_rng(1)))
    for count in range(1, 5):  # the same picture each time
        page.ask("add", picture, label="star")
        assert len(page.ask("map", method="tsne")["points"]) == count
    assert page.ask("explain", picture)["type"] == "error"
    assert page.ask("care")["type"] == "findings"
