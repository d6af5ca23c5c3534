"""Check a model's pins: pictures with the answers that they must get, as unit tests are for a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from showtell.dataset.pins import Pin
from showtell.errors import DatasetError, PictureError
from showtell.model.model import Model
from showtell.model.pinned import reduced
from showtell.model.prediction import Prediction
from showtell.sentences import Said, quoted, reason


@dataclass(frozen=True)
class BrokenPin:
    """A pin that gets another answer than it must; ``prediction`` is None where its picture cannot be read.

    ``str(broken)`` is a line that says what was expected and what was found.
    """

    pin: Pin
    prediction: Prediction | None
    problem: str

    def __str__(self) -> str:
        return f"{self.pin.id}: {self.problem}"


def check(model: Model, pins: Iterable[Pin] | None = None) -> list[BrokenPin]:
    """Return the pins that get another answer than they must; none: all is as it was promised.

    pins  those that the model took from its dataset, or has in its file; or others, such as ``dataset.pins``

    A pin whose picture cannot be read is broken too. Raises TeachingError if the model was taught nothing, and there
    are pins.

    >>> import numpy as np
    >>> from showtell import Dataset
    >>> from showtell.pictures.drawing import draw
    >>> dataset, rng = Dataset("things"), np.random.default_rng(0)
    >>> for label in ["mug", "star"] * 3:
    ...     example = dataset.add(label, draw(label, rng))
    >>> pin = dataset.pin(draw("star", rng), "mug")
    >>> [broken.prediction.label for broken in check(Model(classifier="knn").fit(dataset))]
    ['star']
    """
    asked = list(model.pins if pins is None else pins)
    unread: dict[int, str] = {}

    def pictures() -> Iterator[bytes]:
        for place, pin in enumerate(asked):
            try:
                small = reduced(pin, model.extractor.entry)
                assert isinstance(small.picture, bytes)
                yield small.picture
            except (PictureError, DatasetError) as error:
                unread[place] = reason(error, pin.id)
                yield b""

    broken = []
    for place, (pin, answer) in enumerate(zip(asked, model.predict_iter(pictures()), strict=True)) if asked else ():
        if isinstance(answer, PictureError):
            broken.append(BrokenPin(pin, None, unread.get(place) or str(answer)))
        elif answer.label != pin.label:
            broken.append(BrokenPin(pin, answer, _problem(pin, answer, model.labels)))
    return broken


def _problem(pin: Pin, answer: Prediction, labels: list[str]) -> Said:
    expected = "unknown" if pin.label is None else quoted(pin.label)
    found = "unknown" if answer.label is None else f"{quoted(answer.label)} ({100 * answer.confidence:.0f} %)"
    if pin.label is not None and pin.label not in labels:
        words = f"expected {expected}, which it was not taught; found {found}"
        return Said("pin-untaught", words, label=pin.label, answer=answer.label)
    return Said("pin-broken", f"expected {expected}, found {found}", label=pin.label, answer=answer.label)
