"""A prediction is a sentence, and refuses to be nonsense."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from showtell import Neighbour, Prediction
from showtell.sentences import percent

SCORES = {"mug": 0.97, "fish": 0.03}


def test_what_it_says_when_it_knows():
    assert str(Prediction("mug", 0.97, 0.9, SCORES)) == 'I see "mug" and I\'m 97 % certain about it'


def test_what_it_says_when_it_does_not_know():
    assert str(Prediction(None, 0.4, 0.1, SCORES)) == 'I don\'t know this one (closest: "mug")'
    assert str(Prediction(None, 0, 0, {})) == "I don't know this one"


def test_the_closest_is_the_label_with_the_highest_score():
    assert Prediction("fish", 0.5, 1, SCORES).closest == "mug"
    assert Prediction(None, 0, 0, {}).closest is None


@pytest.mark.parametrize(
    ("share", "said"), [(0, 0), (1e-9, 1), (0.004, 1), (0.5, 50), (0.974, 97), (0.996, 99), (1 - 1e-9, 99), (1, 100)]
)
def test_certainty_is_said_only_where_there_is_no_doubt(share, said):
    assert percent(share) == said


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["confidence", "familiarity"])
def test_a_share_outside_0_to_1_is_refused(name, value):
    fields = {"label": "mug", "confidence": 0.5, "familiarity": 0.5, "scores": SCORES} | {name: value}
    with pytest.raises(ValueError, match=rf"{name}: expected a number in \[0, 1\], found {value}"):
        Prediction(**fields)


def test_a_label_without_a_score_is_refused():
    with pytest.raises(ValueError, match=r"label: expected one of .*mug.*fish.*, found 'dog'"):
        Prediction("dog", 0.5, 0.5, SCORES)


def test_predictions_are_values():
    one, same = (Prediction("mug", 0.97, 0.9, SCORES, (Neighbour("mug", 0.1, "mug/1.jpg"),)) for _ in range(2))
    assert one == same
    assert one != Prediction("mug", 0.97, 0.9, SCORES)
    with pytest.raises(FrozenInstanceError):
        one.label = "fish"
