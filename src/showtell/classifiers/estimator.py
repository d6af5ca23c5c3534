"""Any scikit-learn classifier as a head.

Its label is what its own ``predict`` says. The probabilities are its ``predict_proba``, or the softmax of its
``decision_function``, where these rank the classes as ``predict`` does: some don't, since a decision function may have
a column for each pair of classes. Else they are 1 for what it predicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils import get_tags

from showtell.classifiers.calibration import USUAL, Calibration
from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.samples import Parts, Seen, Taught
from showtell.classifiers.vectors import Floats
from showtell.errors import TeachingError

FITTED = "fitted"  # what a model file calls the fitted classifier

AGREEMENT = 0.9  # of the taught pictures, on which the scores must be led by what is predicted

CHECKED = 200  # taught pictures that this is measured on

SEED = 0  # for what is drawn at random: the same pictures give the same classifier, on every machine


def check(classifier: Any) -> None:
    """Raise TeachingError for what cannot be used as a classifier of pictures.

    >>> from sklearn.svm import SVC
    >>> check(SVC())
    """
    found = f"found {classifier!r}"
    if isinstance(classifier, type):
        raise TeachingError(f"classifier: expected a scikit-learn classifier, found its class; call {found[6:]}()")
    try:
        usable = isinstance(classifier, BaseEstimator) and is_classifier(classifier)
        single = not usable or get_tags(classifier).target_tags.single_output
    except Exception as error:  # as where a classifier that wraps another one has none
        raise TeachingError(f"classifier: expected one that is complete, {found} ({error})") from error
    if not usable:
        raise TeachingError(f"classifier: expected a short name or a scikit-learn classifier, {found}")
    if not single:
        raise TeachingError(f"classifier: expected one that gives one label to a picture, {found}, which gives several")


@dataclass
class EstimatorHead:
    """A scikit-learn classifier, with familiarity by distance.

    classifier  as the user gave it; it is never fitted itself
    fitted      a fitted clone, or None
    """

    classifier: Any
    fitted: Any = None
    familiar: ByDistance = UNMEASURED
    ranks: bool = field(default=False, repr=False)  # whether its scores rank the classes as its predictions do
    calibration: Calibration = USUAL
    name = "scikit-learn"
    needs_map = False

    @property
    def classes_(self) -> NDArray[Any]:
        return np.asarray(self.fitted.classes_, object)

    def fit(self, taught: Taught) -> EstimatorHead:
        fitted = _seeded(clone(self.classifier))
        try:
            fitted.fit(taught.vectors.copy(), taught.labels)  # a copy: a classifier may write into it
        except Exception as error:  # a classifier raises what it likes
            raise TeachingError(f"{_name(fitted)} cannot learn from these pictures ({error})") from error
        return self._of(fitted, taught)

    def proba(self, seen: Seen) -> NDArray[np.float64]:
        scores = scores_of(self.fitted, seen.vectors) if self.ranks else None
        return _led_by(_predicted(self.fitted, seen.vectors), scores, len(self.classes_))

    def familiarity(self, seen: Seen) -> NDArray[np.float64]:
        if seen.nearest is None:
            raise ValueError("expected the nearest taught pictures, found none")
        return self.familiar.of(seen.nearest[0][:, 0])

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        return {}

    def to_objects(self) -> dict[str, Any]:
        return {"classifier": self.classifier, FITTED: self.fitted}

    def from_arrays(self, parts: Parts, taught: Taught) -> EstimatorHead | None:
        fitted = parts.object(FITTED)
        return None if fitted is None else self._of(fitted, taught)

    def _of(self, fitted: Any, taught: Taught) -> EstimatorHead:
        """Return the head of a fitted classifier; TeachingError where that is not one of the taught classes."""
        known, labels = set(getattr(fitted, "classes_", ())), set(taught.labels)
        if known != labels:
            raise TeachingError(
                f"{_name(fitted)}: expected it to know the classes {sorted(labels)}, found {sorted(map(str, known))}"
            )
        some = np.linspace(0, len(taught.labels) - 1, min(len(taught.labels), CHECKED)).astype(int)
        return EstimatorHead(self.classifier, fitted, taught.familiar, _ranks(fitted, taught.vectors[some]))


def scores_of(classifier: Any, vectors: Floats) -> NDArray[np.float64] | None:
    """Return a fitted classifier's scores, ``(n, classes)``, rows sum to 1; None where it gives none of that shape.

    Its ``predict_proba``; without one the softmax of its ``decision_function``, which ranks the classes but is no
    probability.
    """
    shape = (len(vectors), len(classifier.classes_))
    if hasattr(classifier, "predict_proba"):
        scores = np.asarray(classifier.predict_proba(vectors), np.float64)
        if scores.shape != shape:
            return None
        total = scores.sum(1, keepdims=True)
        return np.asarray(np.divide(scores, total, out=np.full(shape, np.nan), where=total > 0))
    if hasattr(classifier, "decision_function"):
        margins = np.asarray(classifier.decision_function(vectors), np.float64)
        if margins.ndim == 1:  # two classes: scikit-learn gives the second one's margin
            margins = np.stack([-margins, margins], 1) / 2
        return np.asarray(softmax(margins, axis=1)) if margins.shape == shape else None
    return None


def _predicted(classifier: Any, vectors: Floats) -> NDArray[np.intp]:
    """Return the place in ``classes_`` of what it predicts, ``(n,)``; TeachingError where it predicts none of them."""
    if not hasattr(classifier, "predict"):  # not scikit-learn's own
        return np.asarray(classifier.predict_proba(vectors).argmax(1), np.intp)
    try:
        labels = np.asarray(classifier.predict(vectors))
    except Exception as error:  # a classifier raises what it likes
        raise TeachingError(f"{_name(classifier)} cannot answer about this picture ({error})") from error
    places = {label: place for place, label in enumerate(classifier.classes_)}
    found = [places.get(label) for label in labels.ravel().tolist()] if labels.shape == (len(vectors),) else [None]
    if None in found:
        raise TeachingError(
            f"{_name(classifier)}: expected it to predict one of its classes, found {labels[:1].tolist()}; "
            "choose another classifier, for example logistic or svm"
        )
    return np.array(found, np.intp)


def _ranks(classifier: Any, vectors: Floats) -> bool:
    """Return whether its scores are led by what it predicts, for nearly all of these vectors."""
    own, scores = _predicted(classifier, vectors), scores_of(classifier, vectors)
    return scores is not None and float((scores.argmax(1) == own).mean()) >= AGREEMENT


def _led_by(own: NDArray[np.intp], scores: NDArray[np.float64] | None, classes: int) -> NDArray[np.float64]:
    """Return the scores, changed where another class than the predicted one has the highest: these two change places.

    Rows without finite scores are 1 for what is predicted.
    """
    rows, answers = np.arange(len(own)), np.eye(classes)[own]
    if scores is None:
        return answers
    scores = np.where(np.isfinite(scores).all(1, keepdims=True), scores, answers)
    highest = scores.argmax(1)
    best = scores[rows, highest]
    other = highest != own
    scores[rows[other], highest[other]] = scores[rows[other], own[other]]
    scores[rows[other], own[other]] = best[other] * (1 + 1e-6)  # more, also where they were equal
    return np.asarray(scores / scores.sum(1, keepdims=True))


def _seeded(classifier: Any) -> Any:
    """Set what is to be drawn at random; a seed or generator of the user's own stays."""
    parameters = classifier.get_params(deep=True)
    unset = [name for name, value in parameters.items() if name.rpartition("__")[2] == "random_state" and value is None]
    return classifier.set_params(**dict.fromkeys(unset, SEED))


def _name(classifier: Any) -> str:
    return type(classifier).__name__
