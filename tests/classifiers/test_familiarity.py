"""How familiar a picture is, by distance, and how confident an answer may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showtell.classifiers.calibration import USUAL
from showtell.classifiers.familiarity import FAR, ByDistance
from showtell.classifiers.vectors import l2_normalize

shares = st.floats(0, 1)


def reach(vectors: np.ndarray, labels: np.ndarray) -> float | None:
    return ByDistance.fit(vectors, labels).reach


def familiarity(distance: float, reach: float | None) -> float:
    return float(ByDistance(reach).of(np.array([distance]))[0])


def confidence(probability: float, familiar: float) -> float:
    return float(USUAL.confidence(np.array([probability]), np.array([familiar]))[0])


def test_the_reach_is_the_usual_distance_to_another_class():
    rng = np.random.default_rng(0)
    vectors = l2_normalize(rng.random((40, 8), dtype=np.float32))
    labels = np.array(["a", "b"] * 20, object)
    nearest = [
        min(1 - float(one @ other) for other, theirs in zip(vectors, labels, strict=True) if theirs != own)
        for one, own in zip(vectors, labels, strict=True)
    ]
    assert reach(vectors, labels) == pytest.approx(np.median(nearest), abs=1e-6)


def test_the_reach_of_many_examples_is_found_on_a_sample():
    rng = np.random.default_rng(1)
    vectors = l2_normalize(rng.random((4000, 8), dtype=np.float32))
    labels = np.array(["a", "b"] * 2000, object)
    whole = np.median(
        [(1 - vectors[labels != label] @ one).min() for one, label in zip(vectors[:400], labels, strict=False)]
    )
    assert reach(vectors, labels) == pytest.approx(whole, rel=0.5)


def test_one_class_has_no_reach():
    assert reach(np.eye(3, dtype=np.float32), np.array(["a"] * 3, object)) is None


def test_classes_that_are_the_same_picture_do_not_break_it():
    same = reach(np.ones((2, 1), np.float32), np.array(["a", "b"], object))
    assert same is not None
    assert familiarity(0, same) > 0.9
    assert familiarity(0.1, same) < 0.1


def test_familiarity_falls_with_distance_and_is_a_half_a_little_beyond_the_reach():
    values = [familiarity(distance, 0.2) for distance in (0, 0.1, 0.2, FAR * 0.2, 0.3, 2)]
    assert values == sorted(values, reverse=True)
    assert values[3] == pytest.approx(0.5)
    assert all(0 <= value <= 1 for value in values)


@given(probability=shares, familiar=shares, more=shares)
def test_confidence_is_never_more_than_the_probability_and_grows_with_familiarity(probability, familiar, more):
    assert 0 <= confidence(probability, familiar) <= probability
    assert confidence(probability, familiar) <= confidence(probability, max(familiar, more))


def test_nothing_strange_is_named_with_over_90_percent():
    assert confidence(1.0, 0.5) < 0.9
    assert confidence(1.0, 1.0) > 0.99
