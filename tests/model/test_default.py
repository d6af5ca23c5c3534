"""The default model as a user meets it: it takes over in the background, and says when it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from showtell import Dataset, Model, load
from showtell.classifiers.whole_and_parts import WholeAndParts
from showtell.errors import PictureError
from showtell.networks import runtime
from showtell.pictures.drawing import draw


@pytest.fixture(scope="module")
def best(things) -> Model:
    return Model().fit(Dataset(things))


@pytest.fixture(scope="module")
def strange() -> list[np.ndarray]:
    """Trees, which nobody taught."""
    rng = np.random.default_rng(7)
    return [draw("tree", rng) for _ in range(4)]


def test_what_it_was_shown_is_named_and_what_it_was_not_is_unknown(best, fresh, strange):
    assert [prediction.label for prediction in best.predict_many([frame for _, frame in fresh])] == [
        label for label, _ in fresh
    ]
    for prediction in best.predict_many(strange):
        assert prediction.label is None
        assert str(prediction) == f'I don\'t know this one (closest: "{prediction.closest}")'
        assert sum(prediction.scores.values()) == pytest.approx(1)


@pytest.mark.parametrize("classifier", ["best", "knn", "logistic"])
def test_what_is_strange_is_less_familiar_than_what_is_known_whatever_the_classifier(
    things, fresh, strange, classifier
):
    model = Model(classifier=classifier).fit(Dataset(things))
    known = [prediction.familiarity for prediction in model.predict_many([frame for _, frame in fresh])]
    assert max(prediction.familiarity for prediction in model.predict_many(strange)) < min(known)


def test_one_number_says_when_it_is_unknown_and_0_turns_that_off(best, strange, fresh):
    asked = best.predict(strange[0])
    try:
        best.unknown_below = 0
        named = best.predict(strange[0])
        best.unknown_below = 1
        strict = best.predict(fresh[0][1])
    finally:
        best.unknown_below = 0.5
    assert named.label == asked.closest
    assert named.confidence <= 0.9  # named, but not as surely as something familiar
    assert strict.label is None


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_number_that_is_no_familiarity_is_refused(value):
    with pytest.raises(ValueError, match="unknown_below: expected a number in"):
        Model(unknown_below=value)
    with pytest.raises(ValueError, match="unknown_below"):
        Model().unknown_below = value


def test_the_neighbours_answer_until_it_takes_over(shown, monkeypatch):
    model = Model()
    fitted = []
    fit = WholeAndParts.fit
    monkeypatch.setattr(WholeAndParts, "fit", lambda *args, **kwargs: fitted.append(1) or fit(*args, **kwargs))
    for label in ("mug", "star"):
        for frame in shown[label][:3]:
            model.add(label, frame)
    at_once = model.predict(shown["mug"][0])
    assert not fitted
    assert at_once.label == "mug"
    assert at_once.evidence[0].distance == pytest.approx(0, abs=1e-6)
    model.wait()
    assert fitted
    assert model.predict(shown["mug"][0]).scores != at_once.scores
    model.add("star", shown["star"][3])  # out of date again
    assert model.predict(shown["mug"][0]).scores == {"mug": 1.0, "star": 0.0}
    model.wait()


def test_three_looks_agree_with_one_and_cost_three(best, fresh, monkeypatch):
    looked = []
    run = runtime.run
    monkeypatch.setattr(
        runtime,
        "run",
        lambda entry, squares, *args, **kw: looked.append(len(squares)) or run(entry, squares, *args, **kw),
    )
    try:
        best.quality = "best"
        answers = [best.predict(frame) for _, frame in fresh]
        assert looked == [3] * len(fresh)
        many = best.predict_many([frame for _, frame in fresh])
    finally:
        best.quality = "live"
    assert sum(looked) == 6 * len(fresh)
    assert [answer.label for answer in answers] == [label for label, _ in fresh]
    for one, other in zip(answers, many, strict=True):
        assert one.label == other.label
        assert one.scores == pytest.approx(other.scores, abs=1e-4)
        assert [n.distance for n in one.evidence] == pytest.approx([n.distance for n in other.evidence], abs=1e-4)


def test_with_three_looks_it_is_taught_one_and_names_what_it_cannot_read(shown):
    model = Model(quality="best")
    for label in ("mug", "star"):
        for frame in shown[label][:3]:
            model.add(label, frame)
    assert model.counts == {"mug": 3, "star": 3}
    model.wait()
    assert model.predict(shown["star"][4]).label == "star"
    with pytest.raises(PictureError, match="number 2 of the pictures"):
        model.predict_many([shown["mug"][4], b"no picture"])
    with pytest.raises(PictureError, match="expected several pictures, found one"):
        model.predict_many(shown["mug"][4])


def test_another_quality_is_refused():
    with pytest.raises(ValueError, match=r"quality: expected .*, found 'better'"):
        Model(quality="better")


def test_a_saved_one_answers_the_same_and_learns_on(best, fresh, strange, tmp_path):
    best.save(tmp_path / "best.showtell")
    again = load(tmp_path / "best.showtell")
    frames = [*(frame for _, frame in fresh), *strange]
    assert again.predict_many(frames) == best.predict_many(frames)
    for frame in strange[:3]:
        again.add("tree", frame)
    again.wait()
    assert [prediction.label for prediction in again.predict_many(frames)] == [
        *(label for label, _ in fresh),
        *["tree"] * 4,
    ]


def test_it_is_the_same_from_a_folder_and_from_pictures_in_memory(best, things):
    examples = list(Dataset(things))
    other = Model().fit([example.read() for example in examples], [example.label for example in examples])
    picture = examples[0].read()
    assert other.predict(picture).scores == pytest.approx(best.predict(picture).scores, abs=1e-4)


def test_judging_examples_is_predicting_their_pictures(best, things):
    examples = list(Dataset(things))[::5]
    judged = best.judge(Dataset(things), examples)
    for example, judgement in zip(examples, judged, strict=True):
        assert judgement.scores == pytest.approx(best.predict(example.path).scores, abs=0.02)  # the cache is float16
