"""The nearest neighbours are scikit-learn's, learn one example at a time, and give every class a chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from showtell.classifiers.estimator import EstimatorHead, scores_of
from showtell.classifiers.heads import named
from showtell.classifiers.neighbours import MANY, IncrementalKNeighbors
from showtell.classifiers.samples import Seen, Taught
from showtell.classifiers.vectors import l2_normalize
from showtell.errors import TeachingError


@parametrize_with_checks([IncrementalKNeighbors()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_many_classes_of_one_example_each_are_no_regression():
    names = np.array([f"thing {n}" for n in range(30)], object)
    fitted = IncrementalKNeighbors(1).fit(np.eye(30), names)  # scikit-learn would warn, and warnings are errors here
    assert list(fitted.predict(np.eye(30))) == list(names)


def blobs(n: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    targets = np.arange(n) % classes
    vectors = rng.normal(size=(classes, 20))[targets] * 2 + rng.normal(size=(n, 20))
    return vectors.astype(np.float32), np.array([f"class {target}" for target in targets])


@pytest.mark.parametrize("k", [1, 3, 5, 60])
def test_neighbours_and_distances_are_scikit_learns(k):
    X, y = blobs(60, 4)
    queries = blobs(25, 4, seed=1)[0]
    distances, rows = IncrementalKNeighbors(k).fit(X, y).kneighbors(queries)
    theirs = KNeighborsClassifier(k, metric="cosine", algorithm="brute").fit(X.astype(np.float64), y)
    expected_distances, expected_rows = theirs.kneighbors(queries.astype(np.float64))
    assert rows.tolist() == expected_rows.tolist()
    np.testing.assert_allclose(distances, expected_distances, atol=1e-6)


def large(dimension: int, kind: str) -> np.ndarray:
    rng = np.random.default_rng(dimension)
    n = MANY + 500
    if kind == "noise":  # a sketch tells next to nothing
        return rng.normal(size=(n, dimension)).astype(np.float32)
    clouds = rng.normal(size=(7, dimension))[rng.integers(0, 7, n)] + rng.normal(size=(n, dimension)) / 10
    clouds[5] = 0
    return clouds.astype(np.float32)


@pytest.mark.parametrize("kind", ["clouds", "noise"])
@pytest.mark.parametrize("dimension", [20, 200])
def test_among_many_the_neighbours_are_scikit_learns_too(dimension, kind):
    X = large(dimension, kind)
    y = np.arange(len(X)) % 3
    queries = X[:30] + np.random.default_rng(1).normal(size=(30, dimension)).astype(np.float32) / 20
    theirs = KNeighborsClassifier(5, metric="cosine", algorithm="brute").fit(X.astype(np.float64), y)
    expected_distances, expected_rows = theirs.kneighbors(queries.astype(np.float64))
    at_once = IncrementalKNeighbors(5).fit(X, y)
    one_by_one = IncrementalKNeighbors(5).fit(X[: MANY - 100], y[: MANY - 100])
    for start in range(MANY - 100, len(X), 50):  # grows past the number from which on there is a sketch
        one_by_one.partial_fit(X[start : start + 50], y[start : start + 50])
    for ours in (at_once, one_by_one):
        distances, rows = ours.kneighbors(queries)
        assert rows.tolist() == expected_rows.tolist()
        np.testing.assert_allclose(distances, expected_distances, atol=1e-6)


def test_votes_and_answers_are_scikit_learns_weighted_ones():
    X, y = blobs(60, 4)
    queries = blobs(25, 4, seed=1)[0]
    theirs = KNeighborsClassifier(5, metric="cosine", algorithm="brute", weights="distance").fit(X, y)
    ours = IncrementalKNeighbors(5).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(queries), theirs.predict_proba(queries), atol=1e-4)
    assert ours.predict(queries).tolist() == theirs.predict(queries).tolist()


def test_the_length_of_a_vector_does_not_matter():
    X, y = blobs(30, 3)
    stretched = X * np.random.default_rng(0).uniform(0.1, 50, (30, 1)).astype(np.float32)
    one, other = IncrementalKNeighbors().fit(X, y), IncrementalKNeighbors().fit(stretched, y)
    np.testing.assert_allclose(one.predict_proba(X[:9] + 0.1), other.predict_proba(X[:9] + 0.1), atol=1e-3)


def test_near_twins_are_told_apart():
    base = np.zeros(1280, np.float32)
    base[0] = 1
    X = np.tile(base, (3, 1))
    X[:, 1] = [0, 1e-4, 2e-4]  # cosine distances of 5e-9 and 2e-8, below float32's 1 - cosine
    distances, rows = IncrementalKNeighbors(3).fit(X, [0, 1, 1]).kneighbors(X[:1])
    assert rows.tolist() == [[0, 1, 2]]
    np.testing.assert_allclose(distances, [[0, 5e-9, 2e-8]], rtol=1e-3)


rows = arrays(np.float32, st.tuples(st.integers(2, 30), st.just(4)), elements=st.floats(-4, 4, width=16))


@given(rows, st.data())
def test_learning_in_any_portions_is_learning_all_at_once(X, data):
    y = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=len(X), max_size=len(X))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(X) - 1))))
    whole, portions = IncrementalKNeighbors(3).fit(X, y), IncrementalKNeighbors(3)
    for part, labels in zip(np.split(X, cuts), np.split(y, cuts), strict=True):
        portions.partial_fit(part, labels)
    assert portions.classes_.tolist() == whole.classes_.tolist()
    assert portions.vectors.tolist() == whole.vectors.tolist()
    np.testing.assert_allclose(portions.predict_proba(X), whole.predict_proba(X), atol=1e-9)


def test_a_new_class_is_known_from_its_first_example():
    X, y = blobs(40, 2)
    newcomer = np.full((1, 20), 3, np.float32)
    model = IncrementalKNeighbors(5).fit(X, y).partial_fit(newcomer, ["a new one"])
    assert model.classes_.tolist() == ["a new one", "class 0", "class 1"]
    assert model.predict(newcomer + 0.1).tolist() == ["a new one"]
    assert model.predict(X).tolist() == IncrementalKNeighbors(1).fit(X, y).predict(X).tolist()


@given(st.lists(st.text(max_size=4), min_size=2, max_size=12, unique=True))
def test_names_of_classes_are_kept_exactly(names):
    names = [*names, names[0] + "\0"]
    labels = np.empty(len(names), object)
    labels[:] = names
    vectors = np.eye(len(names), 16, dtype=np.float32)
    model = IncrementalKNeighbors(1)
    for vector, label in zip(vectors, labels, strict=True):
        model.partial_fit(vector[None], np.array([label], object))
    assert set(model.classes_) == set(names)
    assert model.predict(vectors).tolist() == names


def test_k_is_never_larger_than_the_smallest_class():
    """Else two pictures of a mug could never win against fifty of a fish."""
    rng = np.random.default_rng(0)
    many = np.array([1, 0.2]) + rng.normal(0, 0.01, (50, 2))
    few = np.array([[1, 0.6], [1, 0.62]])
    model = IncrementalKNeighbors(5).fit(np.concatenate([many, few]), ["fish"] * 50 + ["mug"] * 2)
    assert model.predict_proba([[1, 0.61]]).tolist() == [[0, 1]]


def test_asking_for_more_neighbours_than_there_are_gives_all():
    X, y = blobs(4, 2)
    distances, rows = IncrementalKNeighbors().fit(X, y).kneighbors(X, 100)
    assert distances.shape == rows.shape == (4, 4)
    assert (np.diff(distances, axis=1) >= 0).all()
    assert sorted(rows[0]) == [0, 1, 2, 3]


def test_a_first_partial_fit_is_a_fit_and_before_it_there_is_no_answer():
    with pytest.raises(NotFittedError):
        IncrementalKNeighbors().predict(np.ones((1, 4)))
    assert IncrementalKNeighbors().partial_fit(np.eye(2), ["a", "b"]).predict(np.eye(2)).tolist() == ["a", "b"]


def test_unit_vectors():
    assert l2_normalize(np.array([[3, 4], [0, 0]], np.float32)).tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0]]


# -- scores


def test_scores_are_the_probabilities_where_there_are_some():
    X, y = blobs(60, 3)
    model = LinearDiscriminantAnalysis().fit(X, y)
    assert scores_of(model, X).tolist() == model.predict_proba(X).tolist()


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("classifier", [SVC(), RidgeClassifier()], ids=str)
def test_scores_of_margins_rank_the_classes_as_the_classifier_does(classifier, classes):
    X, y = blobs(60, classes)
    model = classifier.fit(X, y)
    scores = scores_of(model, X)
    assert scores.shape == (60, classes)
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores.sum(1), 1)
    assert model.classes_[scores.argmax(1)].tolist() == model.predict(X).tolist()


def test_scores_of_a_classifier_with_answers_only_are_all_or_nothing():
    class Blunt(NearestCentroid):
        predict_proba = property()  # hasattr says no
        decision_function = property()

    X, y = blobs(30, 3)
    model = Blunt().fit(X, y)
    assert not hasattr(model, "predict_proba")
    assert scores_of(model, X) is None
    expected = [[float(name == said) for name in model.classes_] for said in model.predict(X)]
    head = EstimatorHead(Blunt()).fit(Taught(X, y))
    assert head.proba(Seen(X)).tolist() == expected


@pytest.mark.parametrize("name", ["logistic", "svm"])
def test_classifiers_by_name_learn(name):
    X, y = blobs(60, 3)
    assert named(name).fit(X, y).score(X, y) > 0.9


def test_an_unknown_classifier_is_an_error_with_the_names_there_are():
    with pytest.raises(TeachingError, match=r"expected one of best, knn, .*logistic, .*svm.*found 'forest'"):
        named("forest")


def test_the_same_scores_as_logistic_regression():
    X, y = blobs(60, 2)
    X = X.astype(np.float64)
    model = LogisticRegression().fit(X, y)
    margins = type("Margins", (), {"decision_function": model.decision_function, "classes_": model.classes_})()
    np.testing.assert_allclose(scores_of(margins, X), model.predict_proba(X), atol=1e-9)
