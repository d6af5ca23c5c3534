"""Models that were saved before December 2026: they answer as they did, until they are taught anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from showtell.classifiers.calibration import USUAL
from showtell.classifiers.discriminant import Linear
from showtell.classifiers.samples import Judged, Parts, Seen, Taught
from showtell.classifiers.vectors import label_column
from showtell.classifiers.whole_and_parts import WholeAndParts

SOFTNESS = 0.12  # in units of a taught picture's likeness to its own class


@dataclass
class NovemberHead:
    """`WholeAndParts` without a temperature, whose familiarity is likeness alone.

    labels     sorted
    threshold  the likeness at which familiarity is 0.5
    """

    labels: NDArray[Any] | None = None
    classifier: WholeAndParts | None = None
    threshold: float = 0.0
    name = "best"
    needs_map = True

    @property
    def classes_(self) -> NDArray[Any]:
        assert self.labels is not None
        return self.labels

    def fit(self, taught: Taught) -> NovemberHead:
        raise NotImplementedError("a head of an earlier version only answers")

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        assert self.classifier is not None
        return np.asarray(softmax(self.classifier.votes(seen.known_looks), axis=1))

    def judge(self, seen: Seen) -> Judged:
        assert self.classifier is not None
        votes, likeness = self.classifier.ask(seen.known_looks)
        familiarity = expit((likeness.max(1) - self.threshold) / SOFTNESS)
        return Judged(np.asarray(softmax(votes, axis=1)), familiarity, np.zeros(len(votes)))

    def confidence(self, judged: Judged) -> NDArray[np.float64]:
        return USUAL.confidence(judged.scores.max(1), judged.familiarity)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        fitted = self.classifier
        assert fitted is not None
        assert fitted.parts is not None
        numbers = [fitted.whole.unit, fitted.parts.unit, fitted.shown, self.threshold]
        return {
            "whole_slope": fitted.whole.slope,
            "whole_offset": fitted.whole.offset,
            "parts_slope": fitted.parts.slope,
            "parts_offset": fitted.parts.offset,
            "numbers": np.array(numbers, np.float64),
        }

    def to_objects(self) -> dict[str, Any]:
        return {}

    def from_arrays(self, parts: Parts, taught: Taught) -> NovemberHead:
        classes, d = sorted(set(taught.labels)), taught.vectors.shape[1]
        columns = len(classes)
        whole, some, shown, threshold = (float(number) for number in parts.array("numbers", np.float64, 4))
        fitted = WholeAndParts(
            Linear(
                parts.array("whole_slope", np.float32, d, columns),
                parts.array("whole_offset", np.float32, columns),
                whole,
            ),
            Linear(
                parts.array("parts_slope", np.float32, d, columns + 1),
                parts.array("parts_offset", np.float32, columns + 1),
                some,
            ),
            shown,
        )
        return NovemberHead(label_column(classes), fitted, threshold)
