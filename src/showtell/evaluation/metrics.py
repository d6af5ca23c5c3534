"""Figures from answers to held out pictures: intervals, the confusion matrix, calibration, unknown things."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from showtell.dataset.example import Example
from showtell.evaluation.figures import Bin, Calibration, Cell, ClassFigures, CurvePoint, Interval, LeftOut, Unknown
from showtell.model.prediction import Prediction

Z_975 = 1.959964  # the standard normal's 97.5 % quantile


BINS = 10  # of confidence


MIN_BOOTSTRAP = 10  # for a bootstrap; fewer give it too little to draw from


SURE = 0.9  # a confidence above is sure of itself


@dataclass(frozen=True)
class Answer:
    """A model's answer to an example that it was not taught, and the number of that one's recording.

    ``strange``: it was not taught the class either, so that "unknown" is right.
    """

    example: Example
    recording: int
    prediction: Prediction
    strange: bool = False

    @property
    def right(self) -> bool:
        return self.prediction.label == (None if self.strange else self.example.label)

    @property
    def named(self) -> bool:
        return self.prediction.label is not None

    @property
    def surely(self) -> bool:
        """Whether it was named with over 90 % confidence."""
        return self.named and self.prediction.confidence > SURE


def accuracy(answers: Sequence[Answer]) -> float:
    """Return the share of right answers; "unknown" is wrong for what was taught. There has to be one at least."""
    return share(answers, lambda answer: answer.right)


def share(answers: Sequence[Answer], fits: Callable[[Answer], bool]) -> float:
    """Return the share of the answers that fit. There has to be one at least."""
    return sum(map(fits, answers)) / len(answers)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of ``count`` independent tries (Wilson 1927)."""
    spread = Z_975 * math.sqrt(share * (1 - share) / count + Z_975 * Z_975 / (4 * count * count))
    middle, scale = share + Z_975 * Z_975 / (2 * count), 1 + Z_975 * Z_975 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def interval(answers: Sequence[Answer]) -> Interval:
    """Return the accuracy's 95 % interval. Pictures of one recording stand or fall together, so recordings are counted.

    From ``MIN_BOOTSTRAP`` on a bootstrap of whole recordings (percentiles of 2000 draws); with fewer, or where
    all are alike and every draw is the same, Wilson's interval as if each recording were one picture.
    """
    sums: dict[int, list[int]] = {}
    for answer in answers:
        pair = sums.setdefault(answer.recording, [0, 0])
        pair[0] += answer.right
        pair[1] += 1
    table = np.array(list(sums.values()))
    if len(answers) > len(table) >= MIN_BOOTSTRAP:
        draws = np.random.default_rng(0).integers(len(table), size=(2000, len(table)))
        right, count = table[draws].sum(1).T
        low, high = np.percentile(right / count, [2.5, 97.5])
        if low < high:
            return Interval(float(low), float(high), "bootstrap", len(table))
    return Interval(*wilson(accuracy(answers), len(table)), "wilson", len(table))


def confusion(labels: Sequence[str], answers: Sequence[Answer]) -> tuple[Cell, ...]:
    """Return the cells that are not empty, row by row in the order of ``labels``, "unknown" last."""
    cells: dict[tuple[str, str | None], list[Answer]] = {}
    for answer in answers:
        cells.setdefault((answer.example.label, answer.prediction.label), []).append(answer)
    place: dict[str | None, int] = {label: at for at, label in enumerate([*labels, None])}
    surest = sorted(cells.items(), key=lambda item: (place[item[0][0]], place[item[0][1]]))
    return tuple(
        Cell(label, said, tuple(a.example.id for a in sorted(own, key=lambda a: -a.prediction.confidence)))
        for (label, said), own in surest
    )


def class_figures(
    examples: Sequence[Example], recordings: Sequence[int], answers: Sequence[Answer], gains: Mapping[str, float]
) -> tuple[ClassFigures, ...]:
    """Return precision, recall and F1 of each class, in the order in which the classes appear in ``examples``."""
    pictures = Counter(example.label for example in examples)
    recorded = Counter(label for label, _ in {(e.label, r) for e, r in zip(examples, recordings, strict=True)})
    tested = Counter(answer.example.label for answer in answers)
    said = Counter(answer.prediction.label for answer in answers)
    right = Counter(answer.example.label for answer in answers if answer.right)
    return tuple(
        ClassFigures(
            label,
            pictures[label],
            recorded[label],
            tested[label],
            precision=right[label] / said[label] if said[label] else None,
            recall=right[label] / tested[label] if tested[label] else None,
            f1=2 * right[label] / (said[label] + tested[label]) if tested[label] else None,
            gain=gains.get(label),
        )
        for label in pictures
    )


def calibration(answers: Sequence[Answer]) -> Calibration:
    """Return the reliability of named answers in bins of equal width, and the expected calibration error (Guo 2017)."""
    named = [answer for answer in answers if answer.prediction.label is not None]
    bins = []
    for at in range(BINS):
        own = [a for a in named if min(BINS - 1, int(a.prediction.confidence * BINS)) == at]
        if own:
            sure = sum(a.prediction.confidence for a in own) / len(own)
            bins.append(Bin(at / BINS, (at + 1) / BINS, len(own), sure, accuracy(own)))
    gaps = sum(b.count * abs(b.confidence - b.accuracy) for b in bins)
    return Calibration(gaps / len(named) if named else 0.0, tuple(bins))


def unknown(known: Sequence[Answer], strange: Sequence[Answer]) -> Unknown:
    """Return how known, held out pictures and those of classes that were left out are told apart."""
    familiar = [answer.prediction.familiarity for answer in [*known, *strange]]
    named = share(strange, lambda answer: answer.named)
    by_class: dict[str, list[Answer]] = {}
    for answer in strange:
        by_class.setdefault(answer.example.label, []).append(answer)
    return Unknown(
        pictures=len(strange),
        auroc=float(roc_auc_score([True] * len(known) + [False] * len(strange), familiar)),
        called_unknown=sum(not answer.named for answer in strange) / len(strange),
        named_surely=share(strange, lambda answer: answer.surely),
        known_called_unknown=share(known, lambda answer: not answer.named),
        named=named,
        mean_confidence=sum(answer.prediction.confidence for answer in strange if answer.named) / len(strange),
        classes=tuple(_left_out(label, own) for label, own in by_class.items()),
    )


def _left_out(label: str, answers: Sequence[Answer]) -> LeftOut:
    names = Counter(answer.prediction.label for answer in answers if answer.named)
    taken_for, count = names.most_common(1)[0] if names else (None, 0)
    named, surely = share(answers, lambda answer: answer.named), share(answers, lambda answer: answer.surely)
    return LeftOut(label, len(answers), named, surely, taken_for, count / len(answers))


def curve(taught: Mapping[float, Sequence[int]], answers: Mapping[float, Sequence[Answer]]) -> tuple[CurvePoint, ...]:
    """Return the learning curve, fewest pictures first; empty where there are too few to thin.

    taught   how many pictures each fold taught, by the share of all that this is; 1 is among them
    answers  by the same shares
    """
    if len(taught) < 2:
        return ()
    return tuple(
        CurvePoint(share, round(sum(counts) / len(counts)), accuracy(answers[share]))
        for share, counts in sorted(taught.items())
    )


def gains(half: Sequence[Answer], whole: Sequence[Answer], pictures: Mapping[str, int]) -> dict[str, float]:
    """Return what each tested class's recall would gain from 10 more pictures, a rough guess.

    ``half`` and ``whole`` answer the same pictures, after half of the lessons and after all. Recall is taken to
    grow by the same step with each doubling; a class with few tests leans on the step of all classes together.
    """
    before = Counter(a.example.label for a in half if a.right)
    after = Counter(a.example.label for a in whole if a.right)
    tests = Counter(a.example.label for a in whole)
    overall = max(0.0, accuracy(whole) - accuracy(half))
    gains = {}
    for label, count in tests.items():
        step = max(0.0, (after[label] - before[label] + 10 * overall) / (count + 10))
        room = 1 - after[label] / count
        gains[label] = min(room, step * math.log2(1 + 10 / pictures[label]))
    return gains
