"""An own test set: asked of a model that was taught all, and never what was taught."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import showtell as st
from showtell.errors import DatasetError
from showtell.pictures import frame
from showtell.pictures.drawing import draw, write_folder


@pytest.fixture
def taught(tmp_path: Path) -> st.Dataset:
    """Mugs, stars and trees, eight of each."""
    return st.Dataset(write_folder(tmp_path / "things", ["mug", "star", "tree"], bursts=2, count=4))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Other mugs and stars; and fish and hands, which nobody taught."""
    write_folder(tmp_path / "kitchen", ["mug", "star", "fish"], bursts=1, count=4, seed=7)
    (tmp_path / "kitchen" / "nothing").mkdir()
    Image.new("RGB", (320, 240), "grey").save(tmp_path / "kitchen" / "nothing" / "wall.png")
    return tmp_path / "kitchen"


def ask(dataset: st.Dataset, test: object, **settings: object) -> st.Report:
    return st.evaluate(dataset, st.Model(classifier="knn", **settings), test=test)


def test_a_folder_is_asked_about_and_what_nobody_taught_must_be_called_unknown(taught, folder):
    report = ask(taught, folder)
    test = report.test
    assert (test.name, test.pictures, test.tested, test.known, test.unknown) == ("kitchen", 13, 13, 8, 5)
    assert set(test.strange) == {"fish", "nothing"}
    assert test.right == 1
    unknown = {cell.label: cell.examples for cell in test.confusion if cell.answer is None}
    right = 8 + sum(len(ids) for label, ids in unknown.items() if label in test.strange)
    assert test.accuracy == right / 13
    assert test.named == pytest.approx(1 - (right - 8) / 5)
    assert 'not taught, so that unknown is right: "fish", "nothing"' in str(report)


def test_one_that_names_everything_is_right_on_no_strange_picture(taught, folder):
    test = ask(taught, folder, unknown_below=0).test
    assert (test.right, test.named, test.known_called_unknown) == (1, 1, 0)
    assert test.accuracy == 8 / 13


def test_nothing_is_a_class_like_any_other_where_it_was_taught(taught, folder):
    for shade in (120, 125, 131, 136):
        taught.add("nothing", np.full((240, 320, 3), shade, np.uint8))
    test = ask(taught, folder).test
    assert test.strange == ("fish",)
    assert test.known == 9


def test_a_class_that_is_disabled_was_not_taught(taught, folder):
    taught.enable("star", False)
    test = ask(taught, folder).test
    assert set(test.strange) == {"star", "fish", "nothing"}


def test_pictures_of_the_dataset_are_left_out_however_they_were_encoded(taught, folder):
    picture = Image.open(taught.examples("mug")[0].path)
    (folder / "mug" / "same.jpg").write_bytes(taught.examples("mug")[1].read())
    picture.resize((300, 225)).save(folder / "fish" / "scaled.jpg", quality=70)
    test = ask(taught, folder).test
    assert sorted(test.taught) == ["fish/scaled.jpg", "mug/same.jpg"]
    assert (test.pictures, test.tested) == (15, 13)


def test_a_test_set_of_nothing_but_taught_pictures_has_no_figures(taught):
    test = ask(taught, taught).test
    assert len(test.taught) == test.pictures == 24
    assert (test.tested, test.accuracy, test.interval, test.right, test.named, test.error) == (0, *[None] * 5)


def test_a_broken_picture_is_left_out_and_named(taught, folder):
    (folder / "mug" / "bad.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    own = st.Dataset(folder)
    test = ask(taught, own).test
    assert test.broken == ("mug/bad.jpg",)
    assert test.tested == 13
    assert [problem.file for problem in own.problems] == ["mug/bad.jpg"]


def test_pairs_of_a_label_and_a_picture(taught, tmp_path):
    rng = np.random.default_rng(5)
    star = tmp_path / "a star.jpg"
    star.write_bytes(frame.encode_jpeg(draw("star", rng)))
    pairs = [("mug", draw("mug", rng)), ("star", star), (None, np.zeros((240, 320, 3), np.uint8)), ("tree", star)]
    test = ask(taught, iter(pairs)).test
    assert (test.name, test.tested, test.known, test.unknown, test.strange) == ("pictures", 4, 3, 1, ("unknown",))
    assert test.right == 2 / 3
    assert {cell.examples for cell in test.confusion if cell.label == "tree"} == {("a star.jpg",)}


def test_the_other_figures_are_what_they_are_without_it(taught, folder):
    before, after = (ask(taught, test).to_dict() for test in (None, folder))
    for data in (before, after):
        del data["test"], data["advice"]
    assert before == after


def test_the_test_folder_is_not_written_to(taught, folder):
    before = sorted(folder.rglob("*"))
    ask(taught, folder)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("test", ["no-such-folder", [], "empty"])
def test_what_holds_no_pictures_is_refused(taught, tmp_path, monkeypatch, test):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="expected"):
        ask(taught, test)


def test_progress_ends_at_its_total(taught, folder):
    seen = []
    st.evaluate(
        taught, st.Model(classifier="knn"), test=folder, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
