"""The figures of a report, held against scikit-learn and against what can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from showtell import Example, Prediction
from showtell.evaluation.metrics import (
    Answer,
    accuracy,
    calibration,
    class_figures,
    confusion,
    gains,
    interval,
    unknown,
    wilson,
)

LABELS = ["cup", "mug", "pen"]


def said(label: str | None, confidence: float = 0.8, familiarity: float = 0.5) -> Prediction:
    return Prediction(label, confidence, familiarity, dict.fromkeys(LABELS, 1 / 3))


def answers(pairs: Sequence[tuple[str, str | None]], recordings: Sequence[int] | None = None) -> list[Answer]:
    return [
        Answer(Example(true, f"{true}/{n}.jpg", None, Path()), recordings[n] if recordings else n, said(answer))
        for n, (true, answer) in enumerate(pairs)
    ]


@pytest.fixture(scope="module")
def many() -> list[Answer]:
    rng = np.random.default_rng(0)
    return answers([(LABELS[rng.integers(3)], [*LABELS, None][rng.integers(4)]) for _ in range(200)])


def test_precision_recall_and_f1_are_scikit_learns(many):
    true = [a.example.label for a in many]
    given = [a.prediction.label or "unknown" for a in many]
    expected = precision_recall_fscore_support(true, given, labels=LABELS, zero_division=0)
    examples = sorted((a.example for a in many), key=lambda e: LABELS.index(e.label))
    figures = class_figures(examples, range(len(examples)), many, {"mug": 0.1})
    assert [f.label for f in figures] == LABELS
    for name, column in zip(("precision", "recall", "f1", "tested"), expected, strict=True):
        assert [getattr(f, name) for f in figures] == pytest.approx(list(column))
    assert [f.gain for f in figures] == [None, 0.1, None]
    assert accuracy(many) == np.mean([t == g for t, g in zip(true, given, strict=True)])


def test_the_confusion_matrix_is_scikit_learns_and_lists_every_example_once(many):
    true = [a.example.label for a in many]
    given = [a.prediction.label or "unknown" for a in many]
    expected = confusion_matrix(true, given, labels=[*LABELS, "unknown"])[:3]
    cells = confusion(LABELS, many)
    found = np.zeros_like(expected)
    for cell in cells:
        found[LABELS.index(cell.label), [*LABELS, None].index(cell.answer)] = len(cell.examples)
    np.testing.assert_array_equal(found, expected)
    assert sorted(id for cell in cells for id in cell.examples) == sorted(a.example.id for a in many)


def test_the_surest_example_of_a_cell_comes_first():
    unsure, sure = answers([("cup", "mug"), ("cup", "mug")])
    sure = Answer(sure.example, 1, said("mug", 0.99))
    (cell,) = confusion(LABELS, [unsure, sure])
    assert cell.examples == ("cup/1.jpg", "cup/0.jpg")


def test_nothing_to_count_is_none():
    figures = class_figures([Example("pen", "pen/1.jpg", None, Path())], [0], [], {})
    assert (figures[0].precision, figures[0].recall, figures[0].f1) == (None, None, None)


@pytest.mark.parametrize(
    ("right", "count", "expected"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (8, 10, (0.4902, 0.9433)), (81, 263, (0.2553, 0.3662))],
)
def test_wilson_is_what_the_tables_say(right, count, expected):
    # Newcombe 1998, table I (81 of 263), and the closed forms for none and all: z² / (n + z²)
    assert wilson(right / count, count) == pytest.approx(expected, abs=5e-5)


def test_single_pictures_get_wilsons_interval():
    found = interval(answers([("cup", "cup")] * 8 + [("cup", "mug")] * 2))
    assert (found.method, found.count) == ("wilson", 10)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)


def test_recordings_that_fail_as_a_whole_widen_the_interval():
    pairs = [("cup", "cup" if n < 300 else "mug") for n in range(400)]
    found = interval(answers(pairs, [n // 20 for n in range(400)]))
    assert (found.method, found.count) == ("bootstrap", 20)
    # as of 20 tries, since each recording is all right or all wrong; Wilson's on 400 pictures would be 8 points wide
    assert (found.low, found.high) == pytest.approx(binom.ppf([0.025, 0.975], 20, 0.75) / 20)


@pytest.mark.parametrize(("recordings", "count"), [(3, 3), (20, 20)])
def test_few_recordings_or_no_mistake_still_leave_doubt(recordings, count):
    found = interval(answers([("cup", "cup")] * 60, [n % recordings for n in range(60)]))
    assert (found.method, found.count, found.high) == ("wilson", count, 1)
    assert found.low == pytest.approx(count / (count + 1.959964**2))


def test_calibration_by_hand():
    table = [(0.95, True), (0.95, True), (0.95, False), (1.0, True), (0.55, False), (0.55, True)]
    some = [
        Answer(Example("cup", f"{n}", None, Path()), n, said("cup" if right else "mug", confidence))
        for n, (confidence, right) in enumerate(table)
    ]
    some.append(Answer(Example("cup", "x", None, Path()), 9, said(None, 0.3)))
    found = calibration(some)
    assert [(b.low, b.high, b.count, b.accuracy) for b in found.bins] == [(0.5, 0.6, 2, 0.5), (0.9, 1.0, 4, 0.75)]
    assert found.error == pytest.approx((2 * 0.05 + 4 * (0.9625 - 0.75)) / 6)


def test_unknown_things():
    known = [Answer(Example("cup", "", None, Path()), 0, said("cup", familiarity=f)) for f in (0.9, 0.8, 0.4)]
    known.append(Answer(Example("cup", "", None, Path()), 0, said(None, familiarity=0.2)))
    strange = [said(None, 0.99, 0.1), said("mug", 0.95, 0.5), said("mug", 0.6, 0.3), said("mug", 0.9, 0.3)]
    found = unknown(known, [Answer(Example("pen", "", None, Path()), 0, each) for each in strange])
    assert found.auroc == roc_auc_score([1] * 4 + [0] * 4, [0.9, 0.8, 0.4, 0.2, 0.1, 0.5, 0.3, 0.3])
    assert (found.pictures, found.called_unknown, found.named_surely, found.known_called_unknown) == (4, *[0.25] * 3)


def test_the_class_that_learned_from_its_second_half_gains_most_and_never_more_than_it_lacks():
    whole = answers([("cup", "cup")] * 10 + [("mug", "mug")] * 5 + [("mug", "cup")] * 5 + [("pen", "pen")] * 4)
    half = answers([("cup", "cup")] * 10 + [("mug", "cup")] * 10 + [("pen", "pen")] * 4)
    found = gains(half, whole, {"cup": 10, "mug": 10, "pen": 1})
    assert found["cup"] == found["pen"] == 0
    assert 0 < found["mug"] <= 0.5
