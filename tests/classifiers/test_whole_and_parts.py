"""The default classifier, held against scikit-learn and against what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from showtell.classifiers.discriminant import SHRINKAGE
from showtell.classifiers.heads import WholeAndPartsHead
from showtell.classifiers.samples import Seen, Taught, TaughtViews
from showtell.classifiers.vectors import label_column
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.networks.regions import LOOKS, looks

D = 24  # features of the made-up maps


def scene(rng: np.random.Generator, thing: int | None, room: int, place: tuple[int, int] | None = None) -> np.ndarray:
    """A map, (24, 7, 7): features 0 to 7 are things', 8 to 23 rooms'; the thing covers 3×3 cells of the room."""
    cells = 0.2 * rng.random((D, 7, 7))
    cells[8 + 4 * room : 12 + 4 * room] += 1
    if thing is not None:
        y, x = place or rng.integers(0, 5, 2)
        cells[:, y : y + 3, x : x + 3] = 0.2 * rng.random((D, 3, 3))
        cells[2 * thing : 2 * thing + 2, y : y + 3, x : x + 3] += 1
    return cells.astype(np.float32)


def fitted(X: np.ndarray, names: list[str], bursts: list[str] | None = None) -> WholeAndPartsHead:
    """A head that was taught one view of each picture."""
    views = TaughtViews(X, np.arange(len(names)), bursts)
    return WholeAndPartsHead().fit(Taught(X[:, 0], label_column(list(names)), views=views))


def taught(rng: np.random.Generator, things: int = 3, each: int = 12, room: int = 0) -> WholeAndPartsHead:
    maps = [scene(rng, thing, room) for thing in range(things) for _ in range(each)]
    return fitted(looks(np.array(maps)), [f"thing {thing}" for thing in range(things) for _ in range(each)])


def seen(maps: list[np.ndarray]) -> Seen:
    rows = looks(np.array(maps))
    return Seen(rows[:, 0], rows)


def test_looks_are_the_whole_and_nine_parts():
    maps = np.random.default_rng(0).random((2, 5, 7, 7), dtype=np.float32)
    expected = [maps.mean((2, 3))]
    expected += [maps[:, :, y : y + 3, x : x + 3].mean((2, 3)) for y in (0, 2, 4) for x in (0, 2, 4)]
    roots = np.sqrt(np.stack(expected, 1))
    assert looks(maps).shape == (2, LOOKS, 5)
    assert looks(maps) == pytest.approx(roots / np.linalg.norm(roots, axis=-1, keepdims=True), abs=1e-6)


def test_a_black_map_has_looks_too():
    assert np.array_equal(looks(np.zeros((1, 5, 7, 7), np.float32)), np.zeros((1, LOOKS, 5)))


def test_on_whole_pictures_it_is_linear_discriminant_analysis():
    rng = np.random.default_rng(1)
    maps = np.array([scene(rng, thing, 0) for thing in range(3) for _ in range(10)])
    X, y = looks(maps), np.repeat(list("abc"), 10)
    oracle = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=SHRINKAGE, priors=np.full(3, 1 / 3)).fit(X[:, 0], y)
    head = WholeAndParts().fit(X, y, np.arange(30))
    ours, theirs = head.whole_(X[:, 0]) * head.whole_.unit, oracle.decision_function(X[:, 0])
    assert ours - ours[:, :1] == pytest.approx(theirs - theirs[:, :1], rel=1e-2, abs=1e-2)


def test_a_small_thing_is_known_in_another_room():
    rng = np.random.default_rng(2)
    head = taught(rng)
    elsewhere = [scene(rng, thing, room) for room in (1, 2) for thing in range(3) for _ in range(10)]
    probabilities = head.proba(seen(elsewhere))
    assert probabilities.sum(1) == pytest.approx(np.ones(60))
    assert np.mean(probabilities.argmax(1) == np.tile(np.repeat(range(3), 10), 2)) > 0.9


def test_things_never_shown_are_less_familiar_than_those_shown():
    rng = np.random.default_rng(3)
    head = taught(rng)
    known = head.familiarity(seen([scene(rng, thing, 0) for thing in range(3) for _ in range(10)]))
    strange = head.familiarity(seen([scene(rng, 3, 0) for _ in range(10)]))
    assert known.min() > 0.5 > strange.max()


@pytest.mark.parametrize("things", [2, 4])
def test_the_number_of_classes_does_not_move_the_scale(things):
    rng = np.random.default_rng(4)
    head = taught(rng, things)
    own = head.classifier.likeness(looks(np.array([scene(rng, 0, 0) for _ in range(20)])))[:, 0]
    assert 0.7 < np.median(own) < 1.3


def test_with_several_bursts_the_threshold_comes_from_those_held_out():
    rng = np.random.default_rng(5)
    rooms = [0, 1]
    maps = [scene(rng, thing, room) for thing in range(3) for room in rooms for _ in range(8)]
    names = np.repeat(list("abc"), 16)
    bursts = [f"{name}{place // 8}" for place, name in enumerate(names)]
    X = looks(np.array(maps))
    alone, several = (fitted(X, names, groups) for groups in (None, bursts))
    # Its things are easily known again, so it may ask for more.
    assert several.familiar.threshold > alone.familiar.threshold
    assert np.array_equal(several.proba(Seen(X[:, 0], X)), alone.proba(Seen(X[:, 0], X)))


def test_a_class_with_one_burst_leaves_the_threshold_alone():
    rng = np.random.default_rng(6)
    X = looks(np.array([scene(rng, thing, 0) for thing in range(2) for _ in range(6)]))
    names = np.repeat(list("ab"), 6)
    bursts = ["a1"] * 3 + ["a2"] * 3 + ["b1"] * 6
    with_bursts, without = (fitted(X, names, groups) for groups in (bursts, None))
    assert with_bursts.familiar == without.familiar


def test_where_a_class_has_one_picture_less_is_asked():
    rng = np.random.default_rng(7)
    one, many = (taught(rng, each=each) for each in (1, 12))
    assert one.familiar.threshold < many.familiar.threshold


def test_it_is_the_same_from_its_arrays():
    rng = np.random.default_rng(8)
    head = taught(rng)
    kept = head.to_arrays()

    class File:
        def array(self, name, dtype, *shape):
            assert (kept[name].dtype, kept[name].shape) == (np.dtype(dtype), shape)
            return kept[name]

    labels = label_column([f"thing {thing}" for thing in range(3)])
    again = WholeAndPartsHead().from_arrays(File(), Taught(np.empty((3, D), np.float32), labels))
    asked = seen([scene(rng, thing, 1) for thing in range(3)])
    assert again.classes_.tolist() == head.classes_.tolist()
    assert np.array_equal(again.proba(asked), head.proba(asked))
    assert np.array_equal(again.familiarity(asked), head.familiarity(asked))
