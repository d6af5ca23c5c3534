"""What evaluate says of classes that it left out, and of a background that all recordings share: both measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import showtell as st
from showtell.evaluation import metrics
from showtell.evaluation.metrics import Answer
from showtell.evaluation.scene import shared_scene
from showtell.pictures import quality
from showtell.pictures.drawing import write_folder


def answer(label: str, said: str | None, confidence: float, familiarity: float = 0.6) -> Answer:
    example = st.Example(label, f"{label}/{confidence}.jpg", None, Path())
    return Answer(example, 0, st.Prediction(said, confidence, familiarity, {said or label: 1.0}))


def test_what_left_out_classes_are_called_is_counted_class_by_class():
    strange = [
        answer("cup", "mug", 0.95),
        answer("cup", "mug", 0.5),
        answer("cup", "pen", 0.6),
        answer("cup", None, 0.3),
    ]
    strange += [answer("fork", None, 0.2), answer("fork", None, 0.4)]
    figures = metrics.unknown([answer("mug", "mug", 0.9, 0.9), answer("mug", None, 0.4, 0.5)], strange)
    assert figures.pictures == 6
    assert (figures.named, figures.called_unknown) == (0.5, 0.5)
    assert figures.named_surely == 1 / 6
    assert figures.mean_confidence == pytest.approx((0.95 + 0.5 + 0.6) / 6)  # unknown counts 0
    assert figures.known_called_unknown == 0.5
    cup, fork = figures.classes
    assert (cup.label, cup.pictures, cup.named, cup.named_surely) == ("cup", 4, 0.75, 0.25)
    assert (cup.taken_for, cup.share) == ("mug", 0.5)
    assert (fork.label, fork.named, fork.taken_for, fork.share) == ("fork", 0, None, 0)


def test_one_that_names_everything_is_told_so(tmp_path):
    things = st.Dataset(write_folder(tmp_path / "things", ["mug", "star", "tree"], bursts=2, count=4))
    report = st.evaluate(things, st.Model(classifier="knn", unknown_below=0))
    assert report.unknown.named == 1
    assert [each.named for each in report.unknown.classes] == [1, 1, 1]
    assert any("it gives a name to 100" in sentence and "near relatives" in sentence for sentence in report.advice)


# -- one background


def recordings(
    backgrounds: list[np.ndarray], frames: int = 6
) -> tuple[list[st.Example], list[int], dict[str, np.ndarray]]:
    """A square that moves in front of each background, a recording each, with their measures."""
    rng = np.random.default_rng(1)
    examples, numbers, rows = [], [], {}
    for number, background in enumerate(backgrounds):
        for frame in range(frames):
            picture = background.astype(float) + rng.normal(0, 4, background.shape)
            x, y = rng.integers(40, 120, 2)
            picture[y : y + 70, x : x + 70] = (200, 60 * number, 90)
            example = st.Example("mug", f"mug/burst{number}-{frame}.jpg", str(number), Path())
            rows[example.id] = quality.measure(picture.clip(0, 255).astype(np.uint8))
            examples.append(example)
            numbers.append(number)
    return examples, numbers, rows


def wall(seed: int) -> np.ndarray:
    """A room: large patches of colour."""
    patches = np.random.default_rng(seed).integers(40, 220, (4, 4, 3), np.uint8)
    return np.repeat(np.repeat(patches, 56, 0), 56, 1)


def test_recordings_before_one_background_are_seen_to_share_it():
    found = shared_scene(*recordings([wall(1)] * 3))
    assert found is not None
    assert found.recordings == 3
    assert found.apart < 5


def test_a_recording_in_another_room_is_enough_to_be_quiet():
    assert shared_scene(*recordings([wall(1), wall(1), wall(2)])) is None


@pytest.mark.parametrize(("count", "frames"), [(1, 6), (3, 4)])
def test_too_few_or_short_recordings_tell_nothing(count, frames):
    assert shared_scene(*recordings([wall(1)] * count, frames)) is None
