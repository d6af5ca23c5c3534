"""The figures of a report. docs/report.md describes their JSON, which has the same names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, both ends in [0, 1].

    method      "wilson" or "bootstrap" (of whole recordings)
    count       what it counts as independent: pictures, or recordings where they hold several

    >>> Interval(low=0.71, high=0.93, method="wilson", count=40).low
    0.71
    """

    low: float
    high: float
    method: str
    count: int


@dataclass(frozen=True)
class ClassFigures:
    """One class. Shares are in [0, 1], and None where there was nothing to count.

    pictures, recordings   what it has
    tested                 pictures that were held out once
    precision, recall, f1  of the answers with this label so many were right; of its pictures so many were found
    gain                   what its recall would gain from 10 more pictures: a rough extrapolation

    >>> ClassFigures("mug", 12, 3, 12, precision=1.0, recall=0.75, f1=0.86, gain=0.05).recall
    0.75
    """

    label: str
    pictures: int
    recordings: int
    tested: int
    precision: float | None
    recall: float | None
    f1: float | None
    gain: float | None


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix that is not empty: the examples of a class that got this answer.

    answer    None for "unknown"
    examples  ids, the surest answer first

    >>> Cell("mug", "cup", ("mug/1.jpg", "mug/7.jpg")).answer
    'cup'
    """

    label: str
    answer: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Bin:
    """The answers with a confidence in [low, high): how many, how sure on average, and what share was right.

    >>> Bin(low=0.9, high=1.0, count=20, confidence=0.96, accuracy=0.95).count
    20
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Whether the confidence can be believed, over the answers that named a class.

    error  expected calibration error: the mean gap between confidence and accuracy, in [0, 1]

    >>> Calibration(0.01, (Bin(0.9, 1.0, 20, 0.96, 0.95),)).error
    0.01
    """

    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Unknown:
    """What happens to things that were never shown: classes were left out in turn, then asked for.

    pictures              how many were asked
    auroc                 chance that a picture of a known class is more familiar than one of a left out class
    called_unknown        share of the left out that were called unknown
    named_surely          share of the left out that got a name with over 90 % confidence
    known_called_unknown  share of the known, held out pictures that were called unknown

    >>> Unknown(60, auroc=0.94, called_unknown=0.8, named_surely=0.05, known_called_unknown=0.1).auroc
    0.94
    """

    pictures: int
    auroc: float
    called_unknown: float
    named_surely: float
    known_called_unknown: float


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy when taught with a share of the pictures; ``pictures`` is how many that is on average.

    >>> CurvePoint(share=0.5, pictures=10, accuracy=0.9).pictures
    10
    """

    share: float
    pictures: int
    accuracy: float
