"""Every classifier of scikit-learn answers as its own predict does, before and after it was saved."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.svm import SVC
from sklearn.utils import all_estimators

from showtell import Model
from showtell.classifiers.estimator import EstimatorHead, check
from showtell.classifiers.familiarity import ByDistance
from showtell.classifiers.samples import Seen, Taught
from showtell.classifiers.vectors import l2_normalize, label_column
from showtell.errors import TeachingError
from showtell.model import saving
from showtell.model.saving import SavedModel
from showtell.networks import catalogue

ENTRY = catalogue.find(catalogue.DEFAULT)
SEVERAL = {"ClassifierChain", "MultiOutputClassifier"}  # labels for one picture
TWO_CLASSES = {"FixedThresholdClassifier", "TunedThresholdClassifierCV"}
FEW = {"n_estimators": 5, "max_iter": 20}  # quicker, and no matter here


def unfitted(name: str, kind: type[BaseEstimator]) -> Any:
    steps = [("a", LogisticRegression()), ("b", SVC())]
    wrapped = {"StackingClassifier": (steps,), "VotingClassifier": (steps,), "ClassifierChain": (LogisticRegression(),)}
    try:
        classifier = kind(*wrapped.get(name, ()))
        if name == "SelfTrainingClassifier":
            classifier = kind(LogisticRegression())
    except TypeError:
        classifier = kind(LogisticRegression())
    own = classifier.get_params(deep=False)
    return classifier.set_params(**{key: value for key, value in FEW.items() if key in own})


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that some will be gone in a later version
    CLASSIFIERS = {name: unfitted(name, kind) for name, kind in all_estimators(type_filter="classifier")}
CLASSIFIERS["SVC, a score for each pair"] = SVC(decision_function_shape="ovo")


def vectors(classes: int, each: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors like those of the network: a few features tell, most are 0. And others to ask about."""
    rng = np.random.default_rng(classes)
    centres = rng.random((classes, 24))
    rows = np.zeros((2 * classes * each, ENTRY.features), np.float32)
    own = np.tile(np.repeat(centres, each, axis=0), (2, 1))
    rows[:, :24] = np.abs(own + 0.3 * rng.standard_normal(own.shape))
    rows = l2_normalize(rows)
    return rows[: classes * each], np.repeat(np.arange(classes), each), rows[classes * each :]


@pytest.fixture(autouse=True)
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder tests/torch may have been imported in PyTorch's place, and SciPy would ask it for tensors."""
    if not hasattr(sys.modules.get("torch"), "Tensor"):
        monkeypatch.delitem(sys.modules, "torch", raising=False)


@pytest.mark.parametrize("words", [True, False], ids=["words", "numbers"])
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_its_label_is_what_it_predicts_and_stays_so_in_a_file(name: str, classes: int, words: bool, tmp_path: Path):
    classifier = CLASSIFIERS[name]
    X, numbers, asked = vectors(classes)
    labels = label_column([("mug", "star", "cup", "fish")[number] if words else str(number) for number in numbers])
    if name in SEVERAL:
        with pytest.raises(TeachingError, match="gives several"):
            Model(classifier=classifier)
        return
    check(classifier)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, about so few and such vectors
        taught = Taught(X, labels, ByDistance.fit(X, labels))
        # One takes more pictures than there are features, two take no more than two classes.
        if name == "QuadraticDiscriminantAnalysis" or (name in TWO_CLASSES and classes > 2):
            with pytest.raises(TeachingError, match=f"^{name} cannot learn from these pictures "):
                EstimatorHead(classifier).fit(taught)
            return
        head = EstimatorHead(classifier).fit(taught)
        try:
            expected = head.fitted.predict(asked).tolist()
        except ValueError:  # it knows nothing near
            assert isinstance(classifier, RadiusNeighborsClassifier)
            with pytest.raises(TeachingError, match="cannot answer about this picture"):
                head.proba(Seen(asked))
            return
        scores = head.proba(Seen(asked))
        assert scores.shape == (len(asked), classes)
        assert np.isfinite(scores).all()
        assert scores.sum(1) == pytest.approx(1)
        assert head.classes_[scores.argmax(1)].tolist() == expected

        path = tmp_path / "model.showtell"
        saved = SavedModel(
            ENTRY, classifier, X, list(labels), [None] * len(X), head, head.familiar, None, {"neighbours": 5}
        )
        saving.write(path, saved)
        again = saving.read(path).head
        assert np.array_equal(again.proba(Seen(asked)), scores)


def test_a_score_for_each_pair_of_classes_is_not_taken_for_one_of_each_class(shown):
    """With three classes there are as many pairs."""
    pictures = [frame for frames in shown.values() for frame in frames[:4]]
    labels = [thing for thing in shown for _ in range(4)]
    model = Model(classifier=SVC(decision_function_shape="ovo")).fit(pictures, labels)
    assert [model.predict(shown[thing][5]).closest for thing in shown] == list(shown)


@pytest.mark.parametrize(
    "classifier",
    [SVC, KMeans(), 7, None, MultiOutputClassifier(SVC())],
    ids=list("abcde"),
)
def test_what_cannot_classify_pictures_is_refused_when_the_model_is_made(classifier):
    with pytest.raises(TeachingError, match=r"^classifier: expected .*, found "):
        Model(classifier=classifier)
