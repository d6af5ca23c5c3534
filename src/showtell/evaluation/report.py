"""Report: how well a model tells the classes of a dataset apart, as figures, text, JSON or a page.

docs/report.md describes the JSON, which is the same as these fields.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from showtell.errors import DatasetError
from showtell.evaluation import own_test_lines, report_page
from showtell.evaluation.figures import (
    NEAR_RELATIVES,
    Calibration,
    Cell,
    ClassFigures,
    CurvePoint,
    Interval,
    TestSet,
    Unknown,
)
from showtell.sentences import percent, quoted
from showtell.system.files import replaced

VERSION = 1  # of the JSON: a new one where a field goes or changes its meaning


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
    test        of an own test set, None if there was none

    >>> import numpy as np
    >>> from showtell import Dataset, Model, evaluate
    >>> from showtell.pictures.drawing import draw
    >>> dataset, rng = Dataset("things"), np.random.default_rng(0)
    >>> for label in ["mug", "star"] * 3:
    ...     example = dataset.add(label, draw(label, rng))
    >>> report = evaluate(dataset, Model(classifier="knn"))
    >>> [(figures.label, figures.tested) for figures in report.classes]
    [('mug', 3), ('star', 3)]
    >>> all(cell.label != cell.answer for cell in report.mistakes)
    True
    >>> report.to_dict()["pictures"]
    6
    >>> report.save_html("report.html")
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
    test: TestSet | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON takes them, with its ``version``; docs/report.md describes it."""
        fields = asdict(self)
        del fields["folder"]  # where it lies on this machine is nobody's business
        return {"version": VERSION, **_listed(fields)}

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write one HTML page that holds everything, small pictures too. Raises DatasetError where it can't."""
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
        """The cells of the confusion matrix with wrong answers, fullest first."""
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
                f"Classes left out in turn: {percent(u.called_unknown)} % of their pictures called unknown, "
                f"{percent(u.named)} % named, {percent(u.named_surely)} % with over 90 % confidence (known ones called "
                f"unknown: {percent(u.known_called_unknown)} %; AUROC of familiarity {u.auroc:.2f}). "
                f"{NEAR_RELATIVES}"
            )
        if self.curve:
            points = ", ".join(f"{p.pictures} pictures {percent(p.accuracy)} %" for p in self.curve)
            lines.append(f"Learning curve: {points}.")
        lines += ["", *own_test_lines.lines(asdict(self.test))] if self.test else []
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
