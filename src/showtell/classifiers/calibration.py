"""How sure an answer may be: the probability of the best class, limited by familiarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit


@dataclass(frozen=True)
class Calibration:
    """From a classifier's probability to a confidence, of which 0.8 is right about 80 times of 100.

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

    def confidence(self, probability: NDArray[np.float64], familiarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the confidence, ``(n,)``, of answers with this probability and familiarity, each ``(n,)``."""
        most = self.doubt + (1 - self.doubt) * expit((logit(familiarity) - self.sure) / self.rise)
        return np.asarray(np.minimum(probability, most))


USUAL = Calibration()  # as measured with "best" on simulated recordings (benchmarks/README.md)
