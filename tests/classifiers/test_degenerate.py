"""Pictures that are all alike, one picture, one class: no function fails on them, or makes something of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from showtell import Dataset, Model
from showtell.classifiers.bounds import CosineBounds
from showtell.classifiers.discriminant import discriminate
from showtell.classifiers.familiarity import ByDistance
from showtell.classifiers.heads import WholeAndPartsHead
from showtell.classifiers.neighbours import MANY, IncrementalKNeighbors
from showtell.classifiers.samples import Seen, Taught, TaughtViews
from showtell.classifiers.vectors import l2_normalize, label_column, product

D = 96


def alike(kind: str, n: int) -> np.ndarray:
    """n rows of length 1 or 0 that are all the same."""
    rng = np.random.default_rng(0)
    row = {"zeros": np.zeros(D), "one feature": np.eye(D)[3], "constant": np.ones(D), "usual": rng.random(D)}[kind]
    return l2_normalize(np.tile(row.astype(np.float32), (n, 1)))


KINDS = ["zeros", "one feature", "constant", "usual"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("counts", [(1, 1), (2, 3), (1, 7, 4)])
def test_equal_pictures_in_several_classes_are_at_chance(kind, counts):
    own = np.repeat(np.arange(len(counts)), counts)
    x = alike(kind, len(own))
    assert discriminate(x, own, x[:1], len(counts)) == pytest.approx(1 / len(counts), abs=1e-3)

    looks = np.repeat(x[:, None], 10, axis=1)
    labels = label_column([f"class {place}" for place in own])
    for bursts in (None, [f"{label} {place % 2}" for place, label in enumerate(labels)]):
        views = TaughtViews(looks, np.arange(len(own)), bursts)
        head = WholeAndPartsHead().fit(Taught(x, labels, views=views))
        seen = Seen(x[:1], looks[:1])
        assert head.proba(seen) == pytest.approx(1 / len(counts), abs=0.02)
        assert 0 <= head.familiarity(seen)[0] <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_distances_between_equal_pictures_are_0_and_familiarity_is_a_share(kind):
    x, labels = alike(kind, 6), label_column(list("aabbcc"))
    familiar = ByDistance.fit(x, labels)
    same, near_by, far = familiar.of(np.array([0.0, 1e-3, 1.0]))
    assert 1 >= same > 0.99
    assert same >= near_by >= far >= 0
    near = IncrementalKNeighbors(3).fit(x, labels)
    distances, _ = near.kneighbors(x[:1])
    assert distances == pytest.approx(0)
    assert near.predict_proba(x[:1]).sum() == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_of_equal_vectors_hold(kind):
    x = alike(kind, MANY)
    assert (CosineBounds(x).bounds(x[:1], MANY) >= x[0] @ x[0]).all()
    near = IncrementalKNeighbors(2).fit(x, label_column(["a", "b"] * (MANY // 2)))
    assert near.kneighbors(x[:1])[0] == pytest.approx(0)


def test_one_picture_or_class_has_no_reach():
    assert ByDistance.fit(alike("usual", 1), label_column(["a"])).reach is None
    assert ByDistance.fit(alike("usual", 3), label_column(["a"] * 3)).of(np.array([0.0])).tolist() == [1.0]


@pytest.mark.parametrize("shape", [(1, 1, 1), (9, 1280, 2), (9, 1280, 100), (2, 1280, 300), (700, 49, 10)])
def test_a_product_in_one_thread_is_the_product(shape):
    rng = np.random.default_rng(0)
    n, d, m = shape
    rows, columns = rng.random((n, d), np.float32), rng.random((d, m), np.float32)
    assert product(rows, columns) == pytest.approx(rows @ columns, rel=1e-4)


@pytest.mark.parametrize("classifier", ["best", "knn", "logistic", "svm"])
def test_a_model_whose_classes_are_one_picture_answers(tmp_path, write_folder, classifier):
    black = [np.zeros((48, 64, 3), np.uint8)] * 3
    dataset = Dataset(write_folder(tmp_path / "things", {"a": black, "b": black, "c": black}))
    model = Model(classifier=classifier, unknown_below=0).fit(dataset)
    for answer in (model.predict(black[0]), *model.predict_examples(dataset, list(dataset)[:1])):
        assert sum(answer.scores.values()) == pytest.approx(1)
        assert answer.label in {"a", "b", "c"}
        if classifier == "best":
            assert max(answer.scores.values()) < 0.5
