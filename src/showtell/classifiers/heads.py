"""Heads: the classifiers that can sit on top of a network's features, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from showtell.classifiers.vectors import Floats
from showtell.errors import TeachingError

NAMES = ("best", "knn", "logistic", "svm")


def by_name(name: str) -> Any:
    """The classifier of that short name, unfitted; TeachingError with the names there are if it is none of them."""
    if name == "logistic":
        from sklearn.linear_model import LogisticRegression

        return make_pipeline(Normalizer(), LogisticRegression(C=100, max_iter=1000))
    if name == "svm":
        from sklearn.svm import SVC

        return make_pipeline(Normalizer(), SVC(C=10))
    raise TeachingError(f"classifier: expected one of {', '.join(NAMES)}, or a scikit-learn one; found {name!r}")


def scores_of(classifier: Any, vectors: Floats) -> NDArray[np.float64]:
    """A fitted classifier's scores, ``(n, classes)``, rows sum to 1.

    Its ``predict_proba``; without one the softmax of its ``decision_function``, which ranks the classes but is
    no probability; without either, 1 for what it predicts.
    """
    if hasattr(classifier, "predict_proba"):
        return np.asarray(classifier.predict_proba(vectors), np.float64)
    if hasattr(classifier, "decision_function"):
        margins = np.asarray(classifier.decision_function(vectors), np.float64)
        if margins.ndim == 1:  # two classes: scikit-learn gives the second one's margin
            margins = np.stack([-margins, margins], 1) / 2
        return np.asarray(softmax(margins, axis=1))
    return np.asarray(classifier.predict(vectors)[:, None] == classifier.classes_, np.float64)
