"""How sure an answer may be: of those said with 0.8, about 80 of 100 should be right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, logit

from showtell.classifiers.constants import (
    DOUBT,
    HIGHEST_FACTOR,
    LOWEST_FACTOR,
    PRIOR,
    SOFTNESS,
    STEEPNESS,
    USUAL_FACTOR,
)

Doubles = NDArray[np.float64]

LEAST = 1e-4  # a probability of which no less is believed


@dataclass(frozen=True)
class Calibration:
    """From a classifier's probability to a confidence, where no held-out picture told anything.

    doubt  how often pictures of taught things with little familiarity are named rightly
    sure   log odds of the familiarity from which on there is no doubt
    rise   how gradually, in log odds

    >>> sure, doubtful = Calibration().confidence(np.array([0.99, 0.99]), np.array([1.0, 0.5])).round(2).tolist()
    >>> sure, doubtful
    (0.99, 0.89)
    """

    doubt: float = 0.89
    sure: float = 5.5
    rise: float = 0.4

    def confidence(self, probability: Doubles, familiarity: Doubles) -> Doubles:
        """Return the confidence, ``(n,)``, of answers with this probability and familiarity, each ``(n,)``."""
        most = self.doubt + (1 - self.doubt) * expit((logit(familiarity) - self.sure) / self.rise)
        return np.asarray(np.minimum(probability, most))


USUAL = Calibration()  # as measured with November's "best" on simulated recordings (benchmarks/README.md)


def certainty(probability: Doubles, familiarity: Doubles) -> Doubles:
    """Return the confidence, ``(n,)``, of answers with a calibrated probability and a familiarity, each ``(n,)``.

    What is hardly familiar is hardly sure, whatever the classifier says: half of it is gone `DOUBT` standard deviations
    below the threshold.

    >>> certainty(np.array([0.9, 0.9, 0.9]), np.array([1.0, 0.5, 0.0])).round(2).tolist()
    [0.9, 0.77, 0.0]
    """
    return np.asarray(probability * expit(STEEPNESS * (SOFTNESS * logit(familiarity) + DOUBT)))


def temperature(
    votes: Doubles,
    own: NDArray[np.intp],
    weight: Doubles,
    *,
    pictures: int,
    usual: float = USUAL_FACTOR,
    highest: float = HIGHEST_FACTOR,
) -> float:
    """Return the factor on the votes under which held-out pictures are likeliest: temperature scaling (Guo 2017).

    votes     ``(m, classes)``, log odds or log probabilities
    own       ``(m,)``, the class of each
    weight    ``(m,)``, their sum is 1
    pictures  how many were taught: of few it stays near the ``usual`` factor
    highest   factor that is looked at
    """
    rows = np.arange(len(own))

    def loss(factor: float) -> float:
        likely = float(weight @ log_softmax(votes * factor, 1)[rows, own])
        return -likely * pictures + PRIOR * float(np.log(factor / usual)) ** 2 / 2

    factors = np.exp(np.linspace(np.log(LOWEST_FACTOR), np.log(highest), 12))
    return float(min(factors, key=loss))


def log_probabilities(probabilities: Doubles) -> Doubles:
    """Return logarithms that are finite, ``(n, classes)``, for `temperature`."""
    return np.log(np.maximum(probabilities, LEAST))
