"""st.evaluate: honest about what a model does with pictures that it was not taught."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import showtell as st
from showtell.errors import TeachingError
from showtell.pictures.frame import encode_jpeg

DOT = encode_jpeg(np.zeros((8, 8, 3), np.uint8))


def noise(seed: object, size: int = 240) -> Image.Image:
    """A picture with nothing on it that tells a class: 8×8 random colours, (size, size)."""
    rng = np.random.default_rng(zlib.crc32(repr(seed).encode()))
    return Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((size, size))


class Pupil:
    """Stands in for a model: remembers its lessons, and answers by a rule without looking at pictures."""

    extractor = st.FeatureExtractor()

    def __init__(self, rule: Callable[[st.Example, list[st.Example]], str | None], log: list[Any] | None = None):
        self.rule, self.log = rule, [] if log is None else log
        self.lessons: list[st.Example] = []

    def fresh(self) -> Pupil:
        return Pupil(self.rule, self.log)

    def study(self, dataset: st.Dataset, examples: Sequence[st.Example], *, progress: Any = None) -> Pupil:
        self.lessons = list(examples)
        self.log.append((self.lessons, []))
        return self

    def judge(self, dataset: st.Dataset, examples: Sequence[st.Example]) -> list[st.Prediction]:
        self.log[-1] = (self.lessons, list(examples))
        known = sorted({lesson.label for lesson in self.lessons})
        told = [self.rule(example, self.lessons) for example in examples]
        scores = dict.fromkeys(known, 1 / len(known))
        return [st.Prediction(label if label in known else None, 1, 0.5, scores) for label in told]


def truth(example: st.Example, lessons: list[st.Example]) -> str | None:
    return example.label if example.label in {lesson.label for lesson in lessons} else None


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., st.Dataset]:
    """A dataset of noise; for each class the sizes of its bursts."""

    def make(**classes: list[int]) -> st.Dataset:
        for label, bursts in classes.items():
            (tmp_path / "things" / label).mkdir(parents=True)
            for burst, size in enumerate(bursts):
                for n in range(size):
                    (tmp_path / "things" / label / f"burst{burst}-{n:03}.jpg").write_bytes(
                        encode_jpeg(np.asarray(noise((label, burst, n), 32)))
                    )
        return st.Dataset(tmp_path / "things")

    return make


def test_drawn_things_are_told_apart_and_the_model_stays_as_it_is(things, taught):
    before, seen = taught.counts, []
    report = st.evaluate(st.Dataset(things), taught, progress=lambda done, total: seen.append((done, total)))
    assert report.accuracy >= 0.9
    assert report.interval.low < report.accuracy <= report.interval.high
    assert (report.pictures, report.tested, report.recordings, report.folds) == (18, 18, 18, 5)
    assert [(c.label, c.pictures, c.tested) for c in report.classes] == [(t, 6, 6) for t in ("fish", "mug", "star")]
    assert (report.once, report.untested, report.broken) == ((), (), 0)
    assert [point.share for point in report.curve] == [0.25, 0.5, 0.75, 1]
    assert report.curve[-1].accuracy >= report.curve[0].accuracy
    assert report.unknown.pictures == 18
    assert report.unknown.auroc > 0.6
    assert sorted(id for cell in report.confusion for id in cell.examples) == sorted(e.id for e in st.Dataset(things))
    assert taught.counts == before
    assert seen == sorted(seen)
    assert seen[-1] == (36, 36)


def test_no_answer_is_about_a_recording_that_was_taught_and_few_models_are_needed(made):
    pupil = Pupil(truth)
    report = st.evaluate(made(**{f"c{n:02}": [2, 3, 1] for n in range(40)}), pupil)
    assert report.accuracy == 1
    assert report.once == ()
    assert len(pupil.log) <= 20
    for lessons, asked in pupil.log:
        assert not {(e.label, e.burst) for e in lessons} & {(e.label, e.burst) for e in asked}
        assert len({e.label for e in lessons}) >= 2
    asked = [e.id for lessons, asked in pupil.log for e in asked if e.label not in {x.label for x in lessons}]
    assert len(asked) == len(set(asked)) == report.unknown.pictures == 240  # each class was left out once


def test_a_class_recorded_once_is_tested_and_the_report_says_that_this_flatters(made):
    report = st.evaluate(made(cup=[10], mug=[10]), Pupil(truth))
    assert report.once == ("cup", "mug")
    assert (report.tested, report.folds, report.unknown) == (20, 2, None)
    assert "in another place" in report.advice[0]
    assert report.interval.count == 2  # not 20: frames of a burst are no independent tries
    assert report.interval.low < 0.5


def test_a_class_of_one_picture_teaches_and_the_report_says_that_it_was_not_tested(made):
    pupil = Pupil(truth)
    report = st.evaluate(made(cup=[1], mug=[2, 2]), pupil)
    assert report.untested == ("cup",)
    assert report.tested == 4
    assert report.classes[0].recall is None
    assert report.advice[0] == '"cup" could not be tested with a single picture; record some more.'


COPIES = {
    "as it is": lambda image, again: (image, "PNG", {}),
    "encoded again": lambda image, again: (image, "JPEG", {"quality": 60 - 5 * again}),
    "in another format": lambda image, again: (image, "WEBP", {"quality": 80 - 5 * again}),
    "scaled": lambda image, again: (image.resize((240 - 8 * again, 240 - 8 * again)), "JPEG", {"quality": 80}),
}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same class", "any class"])
@pytest.mark.parametrize(("kind", "times"), [("as it is", 1), ("as it is", 2), *((kind, 5) for kind in COPIES)])
def test_noise_with_random_labels_comes_out_at_chance_however_often_it_was_imported(tmp_path, kind, times, elsewhere):
    rng = np.random.default_rng(3)
    for label in "ab":
        (tmp_path / "noise" / label).mkdir(parents=True)
    for n in range(24):
        for again in range(times):
            image, format, options = COPIES[kind](noise(n), again) if again else (noise(n), "PNG", {})
            label = "ab"[rng.integers(2) if elsewhere else n % 2]
            image.save(tmp_path / "noise" / label / f"{n}-{again}.{format.lower()}", format, **options)
    report = st.evaluate(st.Dataset(tmp_path / "noise"), st.Model(classifier="knn", neighbours=1, unknown_below=0))
    assert report.recordings == 24
    assert report.interval.low < 0.5
    assert report.accuracy < 0.75


def test_a_burst_that_was_imported_twice_is_recorded_once(tmp_path):
    for label in "ab":
        (tmp_path / "noise" / label).mkdir(parents=True)
        for n in range(6):
            for again in range(2):
                noise((label, n)).save(tmp_path / "noise" / label / f"burst{again}-{n:03}.png")
    pupil = Pupil(truth)
    report = st.evaluate(st.Dataset(tmp_path / "noise"), pupil)
    assert (report.once, report.recordings, report.tested) == (("a", "b"), 2, 24)
    for lessons, asked in pupil.log:
        assert not {e.path.read_bytes() for e in lessons} & {e.path.read_bytes() for e in asked}


def test_pictures_that_are_all_the_same_cannot_be_tested(tmp_path, write_folder):
    black = np.zeros((40, 40, 3), np.uint8)
    folder = write_folder(tmp_path / "things", {"cup": [black] * 4, "mug": [black] * 4})
    with pytest.raises(TeachingError, match="expected two different pictures"):
        st.evaluate(st.Dataset(folder))


def test_confused_classes_are_named_with_their_pictures(made):
    report = st.evaluate(
        made(cup=[3, 3], mug=[3, 3], pen=[4, 4]), Pupil(lambda e, _: "cup" if e.label == "mug" else e.label)
    )
    (cell,) = report.mistakes
    assert (cell.label, cell.answer) == ("mug", "cup")
    assert set(cell.examples) == {f"mug/burst{b}-{n:03}.jpg" for b in (0, 1) for n in range(3)}
    taken = 'when "mug" is not taught, 100 % of it are called "cup"'
    (line,) = [line for line in report.advice if "6 of 12 pictures are confused" in line]
    assert line.startswith('"cup" and "mug" are nearly the same to it')
    assert taken in line


def test_unknown_is_a_mistake_of_its_own(made):
    report = st.evaluate(made(cup=[2, 2], mug=[2, 2], pen=[2, 2]), Pupil(lambda e, _: None))
    assert report.accuracy == 0
    assert {cell.answer for cell in report.confusion} == {None}
    assert report.calibration.bins == ()
    assert report.unknown.called_unknown == report.unknown.known_called_unknown == 1
    assert "named" in str(report)


def test_disabled_classes_take_no_part(made, monkeypatch):
    monkeypatch.setattr(st.Dataset, "disabled", frozenset({"pen"}), raising=False)
    pupil = Pupil(truth)
    report = st.evaluate(made(cup=[2, 2], mug=[2, 2], pen=[2, 2]), pupil)
    assert [c.label for c in report.classes] == ["cup", "mug"]
    assert all(example.label != "pen" for lessons, asked in pupil.log for example in [*lessons, *asked])


def test_broken_pictures_and_empty_classes_are_left_out(tmp_path, things, write_folder, shown):
    folder = write_folder(tmp_path / "things", {thing: frames[:2] for thing, frames in shown.items()})
    (folder / "empty").mkdir()
    (folder / "mug" / "broken.jpg").write_bytes(DOT[:50])
    dataset = st.Dataset(folder)
    report = st.evaluate(dataset)
    assert (report.pictures, report.tested, report.broken) == (6, 6, 1)
    assert [c.label for c in report.classes] == ["fish", "mug", "star"]
    assert [problem.file for problem in dataset.problems] == ["mug/broken.jpg"]
    assert "1 picture could not be read and took no part." in report.advice


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({}, "expected two classes or more .* found none"),
        ({"cup": [5]}, 'expected two classes or more .* found only "cup"; add'),
        ({"cup": [5], "mug": []}, 'found only "cup"'),
        ({"cup": [1], "mug": [1]}, "expected two different pictures or more in a class, found one in each; add"),
    ],
)
def test_too_little_to_test_is_an_error(made, classes, message):
    with pytest.raises(TeachingError, match=message):
        st.evaluate(made(**classes), Pupil(truth))


def test_a_picture_that_goes_away_in_the_middle_is_no_mistake(made):
    class Blind(Pupil):
        def fresh(self) -> Pupil:
            return Blind(self.rule, self.log)

        def judge(self, dataset, examples):
            said = super().judge(dataset, examples)
            gone = st.ShowtellError("it is gone")
            return [gone if e.id == "cup/burst0-000.jpg" else p for e, p in zip(examples, said, strict=True)]

    report = st.evaluate(made(cup=[2, 2], mug=[2, 2]), Blind(truth))
    assert (report.accuracy, report.tested, report.pictures) == (1, 7, 8)
