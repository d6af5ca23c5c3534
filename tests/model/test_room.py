"""The empty room: shown to a model, it is unknown, and a class to nobody."""

from __future__ import annotations

import numpy as np
import pytest

from showtell import Dataset, Model, load
from showtell.classifiers.constants import MAX_ROOM
from showtell.errors import TeachingError
from showtell.networks.backdrop import odd_frames
from showtell.pictures.augment import elsewhere

Frames = list[np.ndarray]


@pytest.fixture(scope="module")
def room() -> Frames:
    """Six frames of one room, with a camera's noise, (240, 320, 3) uint8."""
    rng = np.random.default_rng(5)
    wall = np.kron(rng.integers(60, 200, (3, 4, 3)), np.ones((80, 80, 1)))
    return [np.clip(wall + rng.normal(0, 4, wall.shape), 0, 255).astype(np.uint8) for _ in range(6)]


@pytest.fixture(scope="module")
def knows_room(things, room) -> Model:
    return Model().fit(Dataset(things), room=room[:5])


def test_the_empty_room_is_unknown_and_things_are_known(knows_room, room, fresh):
    empty = knows_room.predict(room[5])
    assert empty.label is None
    assert empty.familiarity < 0.5
    assert [answer.label for answer in knows_room.predict_many([frame for _, frame in fresh])] == [
        label for label, _ in fresh
    ]


def test_the_room_is_no_class(knows_room, room):
    assert knows_room.room == 5
    assert knows_room.labels == ["fish", "mug", "star"]
    assert set(knows_room.counts) == {"fish", "mug", "star"}
    answer = knows_room.predict(room[5])
    assert set(answer.scores) == {"fish", "mug", "star"}
    assert sum(answer.scores.values()) == pytest.approx(1)
    assert {each.label for each in answer.evidence} <= {"fish", "mug", "star"}


def test_a_saved_model_knows_its_room_and_can_forget_it(knows_room, room, fresh, tmp_path):
    knows_room.save(tmp_path / "model.showtell")
    again = load(tmp_path / "model.showtell")
    frames = [room[5], *(frame for _, frame in fresh)]
    assert again.room == 5
    assert again.predict_many(frames) == knows_room.predict_many(frames)
    again.forget_room()
    again.wait()
    assert again.room == 0
    assert knows_room.room == 5


@pytest.mark.parametrize("classifier", ["knn", "logistic", "svm"])
def test_every_classifier_knows_the_room(things, room, classifier, fresh, tmp_path):
    model = Model(classifier=classifier).fit(Dataset(things), room=room[:5])
    assert model.predict(room[5]).label is None
    known = model.predict_many([frame for _, frame in fresh])
    assert sum(answer.label == label for answer, (label, _) in zip(known, fresh, strict=True)) >= len(fresh) - 1
    model.save(tmp_path / "model.showtell")
    assert load(tmp_path / "model.showtell").predict(room[5]) == model.predict(room[5])


@pytest.mark.parametrize("classifier", ["best", "knn", "logistic"])
def test_noise_and_black_frames_are_never_named(things, classifier):
    model = Model(classifier=classifier).fit(Dataset(things))
    rng = np.random.default_rng(99)
    covered = [
        *odd_frames()[::4],
        rng.integers(0, 256, (480, 640, 3)).astype(np.uint8),
        np.zeros((99, 99, 3), np.uint8),
    ]
    assert [answer.label for answer in model.predict_many(covered)] == [None] * len(covered)


def test_frames_are_seen_one_by_one_and_the_newest_are_kept(room, shown):
    model = Model()
    model.see_room(room[0])
    assert (model.room, model.labels) == (1, [])
    with pytest.raises(TeachingError):
        model.predict(room[0])
    model.add("mug", shown["mug"][0], room=room[1:3])
    assert (model.room, model.counts) == (3, {"mug": 1})
    for number in range(MAX_ROOM):
        model._memory.see_room([np.full_like(model._memory.now.room[0], number)])
    assert model.room == MAX_ROOM
    assert model._memory.now.room[0].max() == 0


def test_one_thing_is_told_from_the_room(room, shown):
    model = Model()
    for frame in shown["mug"][:4]:
        model.add("mug", frame)
    for frame in room[:4]:
        model.see_room(frame)
    model.wait()
    assert model.predict(shown["mug"][5]).label == "mug"
    assert model.predict(room[5]).label is None


def test_a_thing_held_up_while_the_room_was_seen_does_no_harm(things, room, shown, fresh):
    frames = [*room[:4], shown["mug"][5]]
    model = Model().fit(Dataset(things), room=frames)
    answers = model.predict_many([frame for label, frame in fresh if label == "mug"])
    assert [answer.label for answer in answers] == ["mug"] * len(answers)
    assert model.predict(room[5]).label is None


def test_a_frame_of_the_room_leaves_the_classifier_in_place(knows_room, room, fresh):
    """It goes on answering while it learns the frame: the neighbours would flicker in between."""
    before = knows_room._fitting.answering(knows_room._memory.now)
    knows_room._memory.see_room([])
    assert knows_room._fitting.answering(knows_room._memory.now) is before


def test_a_stranger_in_another_room_is_unknown_as_well(knows_room):
    rng = np.random.default_rng(11)
    blank = np.full((224, 224, 3), 128, np.uint8)
    assert [knows_room.predict(elsewhere(blank, rng)).label for _ in range(4)] == [None] * 4


def test_what_stops_a_classifier_in_the_background_can_be_asked_for(shown):
    from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

    model = Model(classifier=QuadraticDiscriminantAnalysis())  # it wants more pictures than there are features
    for label in ("mug", "star"):
        for frame in shown[label][:2]:
            model.add(label, frame)
    with pytest.raises(TeachingError, match="cannot learn"):
        model.wait()
    assert "cannot learn" in model.trouble
    model.classifier = "knn"
    model.wait()
    assert model.trouble is None
