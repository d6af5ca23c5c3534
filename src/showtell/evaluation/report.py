"""Report: how well a model tells the classes of a dataset apart, as figures, text, JSON or a page.

docs/report.md describes the JSON, which is the same as these fields.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from showtell.errors import DatasetError
from showtell.evaluation import report_page
from showtell.sentences import percent, quoted
from showtell.system.files import replaced

VERSION = 1  # of the JSON; a new one where a field goes or changes its meaning


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, both ends in [0, 1].

    method      "wilson" or "bootstrap" (of whole recordings)
    count       what it counts as independent: pictures, or recordings where they hold several
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
    """A cell of the confusion matrix that is not empty: the examples (ids, surest answer first) of a class
    that got this answer, None for "unknown"."""

    label: str
    answer: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Bin:
    """The answers with a confidence in [low, high): how many, how sure on average, and the share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Whether the confidence can be believed, over the answers that named a class.

    error  expected calibration error: the mean gap between confidence and accuracy, in [0, 1]
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
    """

    pictures: int
    auroc: float
    called_unknown: float
    named_surely: float
    known_called_unknown: float


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy when taught with a share of the pictures; ``pictures`` is how many that is on average."""

    share: float
    pictures: int
    accuracy: float


@dataclass(frozen=True)
class Report:
    """How well a model tells a dataset's classes apart. ``str(report)`` is text for a terminal.

    dataset     the folder's name
    pictures    how many were used, tested: held out once, broken: could not be read, recordings: of how many
    folds       how often a model was taught on a part and tested on another
    accuracy    share of the tested that got the right name; "unknown" is wrong
    once        classes recorded only once: their figures are too good
    untested    classes with one picture, which can't be tested
    unknown     None with fewer than three classes
    curve       few pictures first; empty where there are too few to thin
    advice      sentences, the most useful first
    """

    dataset: str
    pictures: int
    tested: int
    broken: int
    recordings: int
    folds: int
    accuracy: float
    interval: Interval
    once: tuple[str, ...]
    untested: tuple[str, ...]
    classes: tuple[ClassFigures, ...]
    confusion: tuple[Cell, ...]
    calibration: Calibration
    unknown: Unknown | None
    curve: tuple[CurvePoint, ...]
    advice: tuple[str, ...]
    folder: Path = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON takes them; docs/report.md describes it."""
        fields = asdict(self)
        del fields["folder"]  # where it lies on this machine is nobody's business
        return {"version": VERSION, **_listed(fields)}

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write one page that holds everything, small pictures too. DatasetError if it cannot be written."""
        page = report_page.render(self.to_dict(), self.folder)
        try:
            with replaced(path) as file:
                file.write(page.encode())
        except OSError as error:
            raise DatasetError(
                f"{path}: the report cannot be written ({error.strerror}); choose another file"
            ) from error

    @property
    def mistakes(self) -> list[Cell]:
        """The cells off the diagonal, fullest first."""
        return sorted((c for c in self.confusion if c.answer != c.label), key=lambda c: -len(c.examples))

    def __str__(self) -> str:
        lines = [
            f"{self.dataset}: {percent(self.accuracy)} % right on pictures it was not taught "
            f"(95 % interval: {percent(self.interval.low)} to {percent(self.interval.high)} %)",
            f"{self.tested} of {self.pictures} pictures from {self.recordings} recordings tested "
            f"in {self.folds} rounds",
        ]
        width = max(len("class"), *(min(30, len(c.label)) for c in self.classes))
        lines += ["", f"{'class':<{width}}  pictures  recordings  found  right when said"]
        for c in self.classes:
            lines.append(
                f"{_short(c.label):<{width}}  {c.pictures:>8}  {c.recordings:>10}  {_share(c.recall)}  "
                f"{_share(c.precision):>15}"
            )
        if mistakes := self.mistakes[:10]:
            lines += ["", "Mistakes:"]
            for cell in mistakes:
                said = "called unknown" if cell.answer is None else f"taken for {quoted(cell.answer)}"
                lines.append(f"  {len(cell.examples)} × {quoted(cell.label)} {said}")
        lines += ["", f"Its confidence is off by {percent(self.calibration.error)} points on average."]
        if u := self.unknown:
            lines.append(
                f"Never shown things: {percent(u.called_unknown)} % called unknown, {percent(u.named_surely)} % named "
                f"with over 90 % confidence (known ones called unknown: {percent(u.known_called_unknown)} %; "
                f"AUROC of familiarity {u.auroc:.2f})."
            )
        if self.curve:
            points = ", ".join(f"{p.pictures} pictures {percent(p.accuracy)} %" for p in self.curve)
            lines.append(f"Learning curve: {points}.")
        return "\n".join([*lines, "", "Advice:", *(f"  - {sentence}" for sentence in self.advice)])


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _short(label: str) -> str:
    label = "".join(c if c.isprintable() else "�" for c in label)
    return label if len(label) <= 30 else label[:29] + "…"


def _share(share: float | None) -> str:
    return "    –" if share is None else f"{percent(share):>3} %"
