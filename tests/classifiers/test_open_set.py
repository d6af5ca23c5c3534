"""Which of the taught classes, or none: on made-up vectors, whose classes and strangers are known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from showtell.classifiers.calibration import certainty, log_probabilities, temperature
from showtell.classifiers.constants import MAX_REFERENCES
from showtell.classifiers.estimator import EstimatorHead
from showtell.classifiers.familiarity import Familiarity, share_of
from showtell.classifiers.heads import Head, NeighboursHead, WholeAndPartsHead
from showtell.classifiers.open_set import OpenSet
from showtell.classifiers.references import Backdrop, Nearness, References
from showtell.classifiers.room import empty_frames
from showtell.classifiers.samples import CHANGED, PLAIN, STAND_IN, Seen, Taught, TaughtViews
from showtell.classifiers.stand_ins import StandIns, folds, twins
from showtell.classifiers.vectors import l2_normalize, label_column

D = 40
HEADS = {
    "best": WholeAndPartsHead(),
    "knn": NeighboursHead(),
    "logistic": EstimatorHead(LogisticRegression()),
    "forest": EstimatorHead(RandomForestClassifier(10)),
}


def cloud(rng: np.random.Generator, kind: int, n: int, noise: float = 0.25) -> np.ndarray:
    """The looks of n pictures of one kind, ``(n, 10, D)``: three features of its own on what all have in common."""
    rows = 0.3 + noise * rng.random((n, 10, D))
    rows[..., 3 * kind : 3 * kind + 3] += 1
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def lesson(
    rng: np.random.Generator, classes: int = 3, each: int = 10, room: np.ndarray | None = None, changed: int = 2
) -> Taught:
    """Each picture as it is and changed; all of the same kind are alike."""
    views = [cloud(rng, kind, each * (changed + 1)) for kind in range(classes)]
    looks = np.concatenate(views)
    pictures = np.repeat(np.arange(classes * each), changed + 1)
    kinds = np.tile([PLAIN] + [CHANGED] * changed, classes * each)
    labels = label_column([f"kind {kind}" for kind in range(classes) for _ in range(each)])
    vectors = looks[kinds == PLAIN, 0]
    return Taught(vectors, labels, views=TaughtViews(looks, pictures, None, kinds), room=room)


def seen(looks: np.ndarray, head: Head) -> Seen:
    vectors = looks[:, 0]
    nearest = (np.full((len(looks), 1), 0.1), np.zeros((len(looks), 1), np.intp))
    if isinstance(head, NeighboursHead) and head.neighbours is not None:
        nearest = head.neighbours.nearest(vectors)
    return Seen(vectors, looks, nearest)


def wholes(taught: Taught) -> Taught:
    """What a head without the network's map gets."""
    views = taught.views
    plain = views.kinds == PLAIN
    alone = TaughtViews(views.looks[plain, :1], views.pictures[plain], None, views.kinds[plain])
    room = None if taught.room is None else taught.room[:, :1]
    return Taught(taught.vectors, taught.labels, views=alone, room=room)


@pytest.mark.parametrize("name", HEADS)
def test_what_is_known_is_named_and_a_stranger_is_not(name):
    rng = np.random.default_rng(0)
    taught = lesson(rng)
    head = HEADS[name].fit(taught if name == "best" else wholes(taught))
    known = head.judge(seen(np.concatenate([cloud(rng, kind, 20) for kind in range(3)]), head))
    assert (known.scores.argmax(1) == np.repeat(range(3), 20)).mean() > 0.95
    assert (known.familiarity > 0.5).mean() > 0.8
    strange = head.judge(seen(cloud(rng, 5, 20), head))
    assert strange.familiarity.max() < 0.5
    assert head.confidence(strange).max() < np.median(head.confidence(known))


@pytest.mark.parametrize("name", HEADS)
def test_the_room_is_unknown_and_no_class(name):
    rng = np.random.default_rng(1)
    room = cloud(rng, 6, 10)[:, None].repeat(3, 1)
    taught = lesson(rng, room=room)
    head = HEADS[name].fit(taught if name == "best" else wholes(taught))
    empty = head.judge(seen(cloud(rng, 6, 10), head))
    assert head.classes_.tolist() == ["kind 0", "kind 1", "kind 2"]
    assert empty.scores.shape == (10, 3)
    assert empty.scores.sum(1) == pytest.approx(1)
    assert empty.room.min() > 0.5
    assert empty.familiarity.max() < 0.5
    known = head.judge(seen(cloud(rng, 1, 10), head))
    assert (known.familiarity > 0.5).mean() >= 0.8
    assert known.room.max() < 0.5


def test_one_class_and_the_room_are_told_apart():
    rng = np.random.default_rng(2)
    head = WholeAndPartsHead().fit(lesson(rng, 1, room=cloud(rng, 6, 10)[:, None].repeat(3, 1)))
    thing, empty = (head.judge(seen(cloud(rng, kind, 10), head)) for kind in (0, 6))
    assert thing.scores == pytest.approx(1)
    assert (thing.familiarity > 0.5).mean() >= 0.8
    assert empty.familiarity.max() < 0.5


def test_frames_of_the_room_that_show_a_thing_are_left_out():
    rng = np.random.default_rng(3)
    frames = np.concatenate([cloud(rng, 6, 8), cloud(rng, 1, 3)])
    taught = lesson(rng)
    assert empty_frames(frames[:, 0], taught.vectors).tolist() == [True] * 8 + [False] * 3
    assert empty_frames(taught.vectors[:1], taught.vectors).tolist() == [False]
    assert empty_frames(frames[:1, 0], taught.vectors).tolist() == [True]
    head = WholeAndPartsHead().fit(lesson(rng, room=frames[:, None].repeat(3, 1)))
    held_up = head.judge(seen(cloud(rng, 1, 20), head))
    assert (held_up.scores.argmax(1) == 1).all()
    assert (held_up.familiarity > 0.5).mean() >= 0.8


@pytest.mark.parametrize("changed", [0, 2, 3])
def test_one_picture_a_class_is_enough(changed):
    rng = np.random.default_rng(4)
    head = WholeAndPartsHead().fit(lesson(rng, each=1, changed=changed))
    judged = head.judge(seen(np.concatenate([cloud(rng, kind, 5) for kind in range(3)]), head))
    assert judged.scores.argmax(1).tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert (judged.familiarity > 0.5).mean() > 0.7
    assert judged.familiarity.mean() > head.judge(seen(cloud(rng, 5, 10), head)).familiarity.mean()


def test_two_classes_that_are_the_same_are_at_chance():
    rng = np.random.default_rng(5)
    taught = lesson(rng, 1, 12)
    labels = label_column(["a", "b"] * 6)
    head = WholeAndPartsHead().fit(Taught(taught.vectors, labels, views=taught.views))
    judged = head.judge(seen(cloud(rng, 0, 40), head))
    assert judged.scores.mean(0) == pytest.approx(0.5, abs=0.2)
    assert head.confidence(judged).mean() < 0.8  # held-out pictures told how little the votes are worth


def test_noise_is_unknown_where_it_is_nearer_than_anything_taught():
    rng = np.random.default_rng(6)
    taught = lesson(rng)
    noise = cloud(rng, 7, 5)
    heads = [
        WholeAndPartsHead().fit(Taught(taught.vectors, taught.labels, views=taught.views, backdrop=backdrop))
        for backdrop in (Backdrop(), Backdrop(None, noise[:, 0]))
    ]
    without, with_noise = (head.judge(seen(noise, head)).familiarity for head in heads)
    assert with_noise.max() < 1e-3
    assert (with_noise <= without).all()
    known = cloud(rng, 0, 10)
    assert heads[0].judge(seen(known, heads[0])).familiarity == pytest.approx(
        heads[1].judge(seen(known, heads[1])).familiarity
    )


def test_nothing_stands_in_for_wholes_of_one_picture_a_class():
    assert OpenSet.fit(wholes(lesson(np.random.default_rng(7), each=1))) is None


def test_whole_recordings_are_left_out_where_each_class_has_several():
    own = np.repeat([0, 1], 6)
    names = np.array(list("aaabbbcccddd"), object)
    assert folds(own, names).tolist() == [0] * 3 + [1] * 3 + [0] * 3 + [1] * 3
    assert folds(own, np.array(list("aaabbbcccccc"), object)) is None
    assert folds(np.repeat([0], 10)).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert folds(np.array([0, 1])) is None
    assert folds(np.array([0, 0, 1, 1, 2])).tolist() == [0, 1, 0, 1, -1]  # a class that has just begun


def test_frames_of_one_recording_are_told_by_how_alike_they_are():
    rng = np.random.default_rng(8)
    own = np.repeat(range(3), 10)
    photos = np.concatenate([cloud(rng, kind, 10, 1.0)[:, 0] for kind in range(3)])
    steps = np.cumsum(rng.normal(0, 0.02, (30, D)), 0)  # a hand moves a little from frame to frame
    frames = l2_normalize((np.repeat(photos[::10], 10, 0) + steps).astype(np.float32))
    assert twins(photos, own) < 0.5 < twins(frames, own)
    assert twins(photos[::10], own[::10]) == 0.5


def test_of_many_pictures_some_are_kept_to_measure_distance():
    rng = np.random.default_rng(9)
    many = l2_normalize(rng.random((MAX_REFERENCES + 500, 8), np.float32))
    references = References(many, Backdrop(many.mean(0), many[:3]))
    assert references.taught.shape == (MAX_REFERENCES, 8)
    asked = l2_normalize(rng.random((20, 8), np.float32))
    near = references.nearness(asked)
    taught, common = references.taught, references.common
    assert near.distance == pytest.approx(1 - (asked @ taught.T).max(1), abs=1e-5)
    centred = [(rows - common) / np.linalg.norm(rows - common, axis=1, keepdims=True) for rows in (asked, taught)]
    assert near.taught == pytest.approx((centred[0] @ centred[1].T).max(1), abs=1e-3)


def test_familiarity_is_measured_in_the_stand_ins_own_deviations():
    rng = np.random.default_rng(10)
    n = 400
    held = StandIns(
        np.zeros((n, 2)), rng.normal(0.8, 0.2, n), rng.normal(0.2, 0.05, n), np.zeros(n, np.intp), np.full(n, 1 / n)
    )
    found = Familiarity.fit(held, 0.0)
    near = Nearness(held.distance, np.ones(n), -np.ones(n))
    accepted = (share_of(found.deviations(held.likeness, near)) >= 0.5).mean()
    assert 0.92 < accepted < 0.98
    easier = Familiarity.fit(held, 0.0, 1.0)
    assert (easier.deviations(held.likeness, near) > found.deviations(held.likeness, near)).all()
    assert Familiarity.from_row(found.to_row()) == found
    apart = Nearness(held.distance, np.zeros(n), -np.ones(n))
    assert (share_of(found.deviations(held.likeness, apart)) < 0.5).mean() > 0.9


def test_the_temperature_is_the_one_the_votes_were_made_with():
    rng = np.random.default_rng(11)
    odds = rng.normal(0, 2, (4000, 3))
    shares = np.exp(odds) / np.exp(odds).sum(1, keepdims=True)
    own = np.array([rng.choice(3, p=row) for row in shares])
    weight = np.full(len(own), 1 / len(own))
    assert temperature(odds / 0.3, own, weight, pictures=4000) == pytest.approx(0.3, rel=0.3)
    assert temperature(odds / 0.3, own, weight, pictures=0, usual=1.0) == pytest.approx(1.0)
    assert np.isfinite(log_probabilities(np.array([[0.0, 1.0]]))).all()


def test_certainty_falls_with_familiarity_and_is_never_more_than_the_probability():
    shares = np.linspace(0, 1, 11)
    found = certainty(np.full(11, 0.8), shares)
    assert (np.diff(found) > 0).all()
    assert found[0] == 0
    assert found.max() <= 0.8


def test_views_that_stand_in_are_not_taught():
    rng = np.random.default_rng(12)
    taught = lesson(rng)
    views = taught.views
    looks, pictures = np.concatenate([views.looks, cloud(rng, 5, 30)]), np.concatenate([views.pictures, np.arange(30)])
    kinds = np.concatenate([views.kinds, np.full(30, STAND_IN)])
    more = Taught(taught.vectors, taught.labels, views=TaughtViews(looks, pictures, None, kinds))
    (_, first), *_ = WholeAndPartsHead().fit(taught).open_set.members
    (_, second), *_ = WholeAndPartsHead().fit(more).open_set.members
    asked = cloud(rng, 0, 5)
    assert second.votes(asked) == pytest.approx(first.votes(asked), rel=1e-3, abs=1e-3)
