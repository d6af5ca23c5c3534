"""The companion of a classifier that knows no strangers: it says how familiar a picture is, and how sure to be.

So a classifier of scikit-learn's, or the nearest neighbours, get the same familiarity as the default classifier, from
whole pictures, and a confidence that is calibrated on pictures they were not taught.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from showtell.classifiers.calibration import USUAL, certainty, log_probabilities, temperature
from showtell.classifiers.open_set import OpenSet
from showtell.classifiers.samples import Judged, Parts, Seen, Taught
from showtell.classifiers.stand_ins import folds
from showtell.errors import TeachingError

HeldOut = Callable[[NDArray[np.bool_]], NDArray[np.float64]]

FEW = 100  # pictures up to which each fifth is left out in turn; of more one fifth says enough

MAX_TRIED = 2000  # pictures for which a classifier is fitted a second time

HIGHEST = 4.0  # factor on log probabilities: these classifiers may be too modest as well


@dataclass(frozen=True)
class Companion:
    """Familiarity and confidence beside a classifier.

    open_set  on whole pictures; None where nothing could stand in for new pictures: then distance alone tells
    factor    on the classifier's log probabilities; None where no picture could be left out
    """

    open_set: OpenSet | None = None
    factor: float | None = None

    @classmethod
    def fit(cls, taught: Taught, held_out: HeldOut) -> Companion:
        """Learn from the wholes of the pictures.

        held_out(some) returns the probabilities, ``(some.sum(), classes)``, for pictures of the mask ``some``,
        ``(n,)``, of the classifier taught all others.
        """
        open_set = OpenSet.fit(taught)
        return cls(open_set, None if open_set is None else _factor(taught, held_out))

    def judge(self, scores: NDArray[np.float64], seen: Seen, by_distance: NDArray[np.float64]) -> Judged:
        """Return a classifier's scores, ``(n, classes)``, with the familiarity, or that by distance, ``(n,)``."""
        if self.open_set is None:
            return Judged(scores, by_distance, np.zeros(len(scores)))
        return self.open_set.judge(seen.known_looks[:, :1])._replace(scores=scores)

    def confidence(self, judged: Judged) -> NDArray[np.float64]:
        """Return how sure the answers may be, ``(n,)`` in [0, 1]."""
        scores = judged.scores
        if self.open_set is None:
            return USUAL.confidence(scores.max(1), judged.familiarity)
        if self.factor is not None:
            scores = softmax(self.factor * log_probabilities(scores), axis=1)
        return certainty(scores.max(1) * (1 - judged.room), judged.familiarity)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        if self.open_set is None:
            return {}
        factor = np.array([] if self.factor is None else [self.factor], np.float64)
        return {**self.open_set.to_arrays(), "factor": factor}

    @classmethod
    def from_arrays(cls, parts: Parts, taught: Taught) -> Companion:
        open_set = OpenSet.from_arrays(parts, len(set(taught.labels)), taught.vectors.shape[1])
        if open_set is None:
            return cls()
        factor = parts.array("factor", np.float64, None)
        return cls(open_set, float(factor[0]) if len(factor) else None)


ALONE = Companion()  # it knows nothing: distance alone tells


def _factor(taught: Taught, held_out: HeldOut) -> float | None:
    """The temperature of a classifier; None where it cannot learn from less, or that would take long."""
    own = np.unique(taught.labels, return_inverse=True)[1]
    fold = folds(own)
    if fold is None or len(own) > MAX_TRIED:
        return None
    odds, answers = [], []
    try:
        for number in range(fold.max() + 1 if len(own) <= FEW else 1):
            odds.append(log_probabilities(held_out(fold == number)))
            answers.append(own[fold == number])
    except (TeachingError, ValueError):
        return None
    rows = np.concatenate(answers)
    weight = np.full(len(rows), 1 / len(rows))
    return temperature(np.concatenate(odds), rows, weight, pictures=len(rows), usual=1.0, highest=HIGHEST)
