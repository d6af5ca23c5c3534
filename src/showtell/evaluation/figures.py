"""The figures of a report. docs/report.md describes their JSON, which has the same names."""

from __future__ import annotations

from dataclasses import dataclass

NEAR_RELATIVES = (
    "They are near relatives, other classes of the same dataset; it is no figure for just any thing it was never shown."
)


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
    """What happens to classes that are left out: the others were taught, in turn, and these asked for.

    They are near relatives of what was taught, being classes of one dataset, and so harder than just any other thing.

    pictures              how many were asked
    auroc                 chance that a picture of a known class is more familiar than one of a left out class
    called_unknown        share of the left out that were called unknown
    named_surely          share of the left out that got a name with over 90 % confidence
    known_called_unknown  share of the known, held out pictures that were called unknown
    named                 share of the left out that got a name at all: the rest of called_unknown
    mean_confidence       of the names that the left out got, with 0 for "unknown"
    classes               the same for each class that was left out

    >>> Unknown(60, 0.94, 0.8, 0.05, known_called_unknown=0.1, named=0.2, mean_confidence=0.15, classes=()).auroc
    0.94
    """

    pictures: int
    auroc: float
    called_unknown: float
    named_surely: float
    known_called_unknown: float
    named: float
    mean_confidence: float
    classes: tuple[LeftOut, ...]


@dataclass(frozen=True)
class LeftOut:
    """A class that was left out and then asked for.

    named, named_surely  share of its pictures that got a name, and with over 90 % confidence
    taken_for            the name most of these got, None if there is none; share: of all its pictures

    >>> LeftOut("mug", 20, named=0.9, named_surely=0.4, taken_for="cup", share=0.85).taken_for
    'cup'
    """

    label: str
    pictures: int
    named: float
    named_surely: float
    taken_for: str | None
    share: float


@dataclass(frozen=True)
class TestSet:
    """What a model that was taught the whole dataset says of other pictures. None where there was nothing to count.

    name                  of the folder, "pictures" for a list
    pictures, tested      how many were given, and asked about
    taught                those that stand in the dataset too, as they are or encoded again: they were not asked about
    broken                those that cannot be read
    strange               labels that nobody taught: their pictures must be called unknown
    accuracy, interval    share of the answers that were right, those on strange pictures too
    known, right          of the pictures with a taught label: how many, and the share that got that name
    known_called_unknown  of the same, the share that was called unknown
    unknown               of the strange pictures: how many, and the shares that were ``named`` and ``named_surely``
    confusion             its ``examples`` are the names of files
    error                 expected calibration error

    >>> TestSet("kitchen", 1, 1, (), (), (), 1.0, None, 1, 1.0, 0.0, 0, None, None, (), 0.0).accuracy
    1.0
    """

    __test__ = False  # for pytest

    name: str
    pictures: int
    tested: int
    taught: tuple[str, ...]
    broken: tuple[str, ...]
    strange: tuple[str, ...]
    accuracy: float | None
    interval: Interval | None
    known: int
    right: float | None
    known_called_unknown: float | None
    unknown: int
    named: float | None
    named_surely: float | None
    confusion: tuple[Cell, ...]
    error: float | None


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy when taught with a share of the pictures; ``pictures`` is how many that is on average.

    >>> CurvePoint(share=0.5, pictures=10, accuracy=0.9).pictures
    10
    """

    share: float
    pictures: int
    accuracy: float
