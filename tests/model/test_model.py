"""A model learns from a handful of pictures, answers honestly, and is the same after it was saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import SVC

from showtell import Dataset, FeatureExtractor, Model, Neighbour, Prediction, load
from showtell.errors import PictureError, TeachingError
from showtell.pictures.frame import encode_jpeg, encode_png

LONG_S = 60


def flat(shown: dict[str, list[np.ndarray]], each: int = 6) -> tuple[list[np.ndarray], list[str]]:
    """Pictures and their labels."""
    return (
        [frame for frames in shown.values() for frame in frames[:each]],
        [thing for frames, thing in zip(shown.values(), shown, strict=True) for _ in frames[:each]],
    )


def check_whole(prediction: Prediction, labels: set[str]) -> None:
    """What holds for every prediction, whatever the classifier."""
    assert set(prediction.scores) == labels
    assert sum(prediction.scores.values()) == pytest.approx(1)
    assert all(type(score) is float and 0 <= score <= 1 for score in prediction.scores.values())
    assert prediction.label is None or prediction.label == prediction.closest
    assert type(prediction.confidence) is type(prediction.familiarity) is float
    distances = [neighbour.distance for neighbour in prediction.evidence]
    assert distances == sorted(distances)
    assert {neighbour.label for neighbour in prediction.evidence} <= labels


# -- fit and predict


@pytest.mark.parametrize("arguments", [{}, {"classifier": "knn"}, {"classifier": "logistic"}, {"classifier": "svm"}])
def test_it_tells_new_pictures_of_what_it_was_shown(things, fresh, arguments):
    model = Model(**arguments)
    assert model.fit(Dataset(things)) is model
    assert model.counts == {"fish": 6, "mug": 6, "star": 6}
    expected, pictures = zip(*fresh, strict=True)
    predictions = model.predict_many(pictures)
    assert [prediction.closest for prediction in predictions] == list(expected)
    for prediction in predictions:
        check_whole(prediction, {"fish", "mug", "star"})


def test_a_dataset_and_its_pictures_teach_the_same(things, taught, fresh):
    dataset = Dataset(things)
    examples = list(dataset)
    other = Model(classifier="knn").fit((example.path for example in examples), [example.label for example in examples])
    assert other.counts == taught.counts
    for _, picture in fresh[:3]:
        one, two = taught.predict(picture), other.predict(picture)
        assert one.label == two.label
        assert one.scores == pytest.approx(two.scores, abs=0.01)


def test_labels_may_be_a_numpy_array(shown):
    pictures, labels = flat(shown, 1)
    model = Model(classifier="knn").fit(pictures, np.array(labels))
    assert model.counts == {"fish": 1, "mug": 1, "star": 1}


def test_fitting_again_forgets_what_was_before(shown):
    model = Model(classifier="knn").fit(*flat(shown, 1))
    model.fit([shown["fish"][0], shown["mug"][0]], ["a", "b"])
    assert model.counts == {"a": 1, "b": 1}
    check_whole(model.predict(shown["fish"][0]), {"a", "b"})


def test_every_kind_of_picture_gives_the_same_answer(tmp_path, taught, fresh):
    thing, frame = fresh[0]
    path = tmp_path / "new.png"
    path.write_bytes(encode_png(frame))
    answers = [taught.predict(it) for it in (frame, path, str(path), path.read_bytes(), Image.open(path))]
    assert {answer.label for answer in answers} == {thing}
    for answer in answers:
        assert answer.scores == pytest.approx(answers[0].scores, abs=1e-6)


def test_many_predictions_come_as_a_list_in_the_order_of_the_pictures(taught, fresh):
    pictures = [picture for _, picture in fresh]
    together = taught.predict_many(iter(pictures))
    assert isinstance(together, list)
    assert [prediction.label for prediction in together] == [taught.predict(picture).label for picture in pictures]
    assert taught.predict_many([]) == []


def test_the_evidence_is_the_nearest_examples(things, taught):
    dataset = Dataset(things)
    ids = {example.id: example.label for example in dataset}
    for example in list(dataset)[::6]:
        prediction = taught.predict(example.path)
        check_whole(prediction, {"fish", "mug", "star"})
        assert len(prediction.evidence) == 5
        assert prediction.evidence[0] == Neighbour(example.label, pytest.approx(0, abs=1e-4), example.id)
        assert all(ids[neighbour.example] == neighbour.label for neighbour in prediction.evidence)
        assert len({neighbour.example for neighbour in prediction.evidence}) == 5
        assert prediction.familiarity > 0.99
        assert str(prediction).startswith(f'I see "{example.label}" and I\'m ')


def test_evidence_without_a_dataset_has_no_ids(shown):
    model = Model(classifier="knn", neighbours=2).fit(*flat(shown, 1))
    evidence = model.predict(shown["mug"][0]).evidence
    assert evidence[0].label == "mug"
    assert [neighbour.example for neighbour in evidence] == [None, None]


def test_a_thing_looks_more_familiar_than_noise(taught, fresh):
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    assert taught.predict(fresh[0][1]).familiarity > taught.predict(noise).familiarity


def test_progress_counts_to_the_end(things):
    steps: list[tuple[int, int]] = []
    Model(classifier="knn").fit(Dataset(things), progress=lambda *step: steps.append(step))
    assert steps == [(done, 18) for done in range(1, 19)]


# -- any scikit-learn classifier


CLASSIFIERS = [
    LogisticRegression(max_iter=1000),
    SVC(),
    LinearDiscriminantAnalysis(),
    CalibratedClassifierCV(SVC(), cv=3),
    make_pipeline(Normalizer(), SVC(C=10)),
    GaussianNB(),
    KNeighborsClassifier(3),
    NearestCentroid(),
    RandomForestClassifier(20, random_state=0),
    MLPClassifier(solver="lbfgs", random_state=0),
]


def name_of(classifier: object) -> str:
    return type(classifier).__name__


@pytest.mark.filterwarnings("ignore:.*zero standard deviation", "ignore:Variables are collinear")  # scikit-learn's
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=name_of)
def test_any_classifier_learns_and_comes_back_from_a_file_the_same(tmp_path, shown, fresh, classifier):
    model = Model(FeatureExtractor(), classifier).fit(*flat(shown))
    expected, pictures = zip(*fresh, strict=True)
    before = model.predict_many(pictures)
    assert [prediction.closest for prediction in before] == list(expected)
    for prediction in before:
        check_whole(prediction, {"fish", "mug", "star"})
    path = tmp_path / "model.showtell"
    model.save(path)
    again = load(path)
    assert again.predict_many(pictures) == before
    assert again.counts == model.counts


def test_a_classifier_is_asked_about_vectors_like_those_it_was_fitted_on(shown):
    """A tree or a support vector machine answers nonsense about vectors of another length."""
    seen: dict[str, np.ndarray] = {}

    class Recorder(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            seen["fit"] = X.copy()
            self.classes_ = np.unique(y)
            return self

        def predict_proba(self, X):
            seen["predict"] = X.copy()
            return np.eye(len(self.classes_))[:1].repeat(len(X), 0)

    model = Model(classifier=Recorder()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    model.predict(shown["mug"][0])
    np.testing.assert_allclose(seen["predict"], seen["fit"][1:], atol=1e-4)


def test_the_classifier_that_was_passed_is_left_alone(shown):
    classifier = GaussianNB()
    Model(classifier=classifier).fit(*flat(shown, 2))
    assert not hasattr(classifier, "classes_")


# -- learning one more


def test_one_more_picture_is_known_at_once(shown):
    model = Model()
    model.add("fish", shown["fish"][0])
    model.add("mug", shown["mug"][0])
    assert model.predict(shown["mug"][0]).closest == "mug"
    model.add("star", encode_jpeg(shown["star"][0]))
    assert model.predict(shown["star"][0]).closest == "star"
    assert model.counts == {"fish": 1, "mug": 1, "star": 1}
    model.wait()
    assert [model.predict(shown[thing][0]).closest for thing in shown] == list(shown)
    assert model.predict(shown["fish"][0]).evidence[0].example is None


def test_adding_one_by_one_is_fitting_all(shown, fresh):
    pictures, labels = flat(shown, 2)
    model = Model(classifier="knn")
    for label, picture in zip(labels, pictures, strict=True):
        model.add(label, picture)
    whole = Model(classifier="knn").fit(pictures, labels)
    for _, picture in fresh:
        one, two = model.predict(picture), whole.predict(picture)
        assert one.label == two.label
        assert one.scores == pytest.approx(two.scores, abs=1e-3)


def test_with_one_class_it_says_that_class(shown):
    model = Model()
    model.add("mug", shown["mug"][0])
    prediction = model.predict(shown["mug"][0])
    assert (prediction.scores, prediction.closest) == ({"mug": 1.0}, "mug")


class Gate:
    """Lets a background fit through only when it is told to."""

    def __init__(self) -> None:
        self.open, self.reached = threading.Event(), threading.Event()
        self.open.set()


@pytest.fixture
def gated() -> Iterator[type]:
    """A classifier that is sure of nothing, so that one sees who answers, and whose fit waits at ``gate``."""

    class Gated(ClassifierMixin, BaseEstimator):
        gate = Gate()

        def fit(self, X, y):
            self.gate.reached.set()
            assert self.gate.open.wait(LONG_S)
            self.classes_ = np.unique(y)
            if "kaput" in self.classes_:
                raise ValueError("cannot learn kaput")
            return self

        def predict_proba(self, X):
            return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    yield Gated
    Gated.gate.open.set()


def is_sure(prediction: Prediction) -> bool:
    return max(prediction.scores.values()) > 0.6


def test_while_a_classifier_learns_the_neighbours_answer_and_then_it_takes_over(shown, gated):
    model = Model(classifier=gated()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    assert not is_sure(model.predict(shown["mug"][0]))  # fit waited until the classifier took over
    gated.gate.open.clear()
    model.add("star", shown["star"][0])
    assert model.learning
    meanwhile = model.predict(shown["star"][0])
    assert meanwhile.label == "star"
    check_whole(meanwhile, {"fish", "mug", "star"})
    gated.gate.open.set()
    model.wait()
    assert not model.learning
    after = model.predict(shown["star"][0])
    assert after.scores == pytest.approx({"fish": 1 / 3, "mug": 1 / 3, "star": 1 / 3})


def test_what_was_added_during_a_fit_is_learned_by_the_next(shown, gated):
    model = Model(classifier=gated()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    gated.gate.open.clear()
    model.add("star", shown["star"][0])
    for thing in ("fish", "mug", "new"):
        model.add(thing, shown["star"][1])
    gated.gate.open.set()
    model.wait()
    assert model.predict(shown["star"][0]).scores == pytest.approx(dict.fromkeys(["fish", "mug", "new", "star"], 1 / 4))


def test_what_stops_the_classifier_surfaces_in_wait_and_the_neighbours_go_on(tmp_path, shown, gated):
    model = Model(classifier=gated()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    model.add("kaput", shown["star"][0])
    with pytest.raises(ValueError, match="cannot learn kaput"):
        model.wait()
    assert model.predict(shown["star"][0]).label == "kaput"
    model.add("mug", shown["mug"][1])
    with pytest.raises(ValueError, match="cannot learn kaput"):
        model.save(tmp_path / "model.showtell")
    assert list(tmp_path.iterdir()) == []


def test_a_classifier_that_could_not_learn_the_newest_is_not_saved_as_if_it_had(tmp_path, shown):
    model = Model(classifier=CalibratedClassifierCV(SVC(), cv=3)).fit(*flat(shown, 3))
    model.add("new", shown["mug"][0][::-1].copy())
    with pytest.raises(ValueError, match="3-fold cross-validation"):
        model.wait()
    path = tmp_path / "model.showtell"
    model.save(path)
    one, other = model.predict(shown["mug"][0]), load(path).predict(shown["mug"][0])
    check_whole(one, {"fish", "mug", "star", "new"})
    assert other == one


def test_forgetting_everything_during_a_fit_is_no_failure(tmp_path, shown, gated):
    model = Model(classifier=gated()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    gated.gate.open.clear()
    gated.gate.reached.clear()
    model.add("star", shown["star"][0])
    assert gated.gate.reached.wait(LONG_S)
    model.add("star", shown["star"][1])  # this one waits
    model.follow(Dataset(tmp_path / "empty"))
    gated.gate.open.set()
    model.wait()
    assert model.counts == {}
    with pytest.raises(TeachingError, match="was taught, found an empty one"):
        model.predict(shown["star"][0])


# -- names


STRANGE = ["🦊", "mug\0", "mug", "x" * 300, "__proto__", " spaced ", "two\nlines", "1", "nan", "None", "ñ", "مرحبا"]


@pytest.mark.parametrize("way", ["fit", "add"])
def test_names_are_kept_exactly(tmp_path, shown, way):
    pictures = [frame for frames in shown.values() for frame in frames][: len(STRANGE)]
    model = Model(classifier="knn", neighbours=1)
    if way == "fit":
        model.fit(pictures, STRANGE)
    else:
        for label, picture in zip(STRANGE, pictures, strict=True):
            model.add(label, picture)
    assert model.counts == dict.fromkeys(STRANGE, 1)
    path = tmp_path / "names.showtell"
    model.save(path)
    for one in (model, load(path)):
        predictions = one.predict_many(pictures)
        assert [prediction.label for prediction in predictions] == STRANGE
        assert all(set(prediction.scores) == set(STRANGE) for prediction in predictions)


# -- saving


def test_a_saved_model_gives_exactly_the_same_answers(model_file, taught, fresh):
    again = load(model_file)
    pictures = [picture for _, picture in fresh]
    assert again.predict_many(pictures) == taught.predict_many(pictures)
    assert again.counts == taught.counts


def test_a_saved_model_learns_on(tmp_path, shown, things, model_file):
    again = load(model_file)
    again.add("tree", shown["star"][0][::-1].copy())
    assert again.counts == {"fish": 6, "mug": 6, "star": 6, "tree": 1}
    again.save(tmp_path / "more.showtell")
    assert load(tmp_path / "more.showtell").counts == again.counts


@pytest.mark.parametrize("classifier", [None, "logistic"])
def test_the_default_and_named_classifiers_survive_saving(tmp_path, things, fresh, classifier):
    model = (Model(classifier=classifier) if classifier else Model()).fit(Dataset(things))
    path = tmp_path / "model.showtell"
    model.save(str(path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.showtell"]
    pictures = [picture for _, picture in fresh]
    again = load(path)
    assert again.predict_many(pictures) == model.predict_many(pictures)
    again.add("mug", pictures[0])
    again.wait()
    again.save(path)
    assert load(path).counts == again.counts


def test_a_model_of_one_class_can_be_put_aside_and_taught_on(tmp_path, shown):
    model = Model(classifier="logistic")
    model.add("mug", shown["mug"][0])
    model.save(tmp_path / "one.showtell")
    again = load(tmp_path / "one.showtell")
    again.add("fish", shown["fish"][0])
    again.wait()
    assert [again.predict(shown[thing][0]).closest for thing in ("mug", "fish")] == ["mug", "fish"]


def test_saving_over_an_old_model_replaces_it(tmp_path, shown, model_file):
    path = tmp_path / "model.showtell"
    path.write_bytes(model_file.read_bytes())
    Model(classifier="knn").fit([shown["fish"][0], shown["mug"][0]], ["a", "b"]).save(path)
    assert load(path).counts == {"a": 1, "b": 1}


# -- threads


def test_it_may_be_asked_and_taught_by_many_threads(shown):
    model = Model(classifier="logistic").fit(*flat(shown, 2))
    failures: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                before = set(model.counts)
                prediction = model.predict(shown["mug"][0])
                assert before <= set(prediction.scores) <= set(model.counts)
                assert sum(prediction.scores.values()) == pytest.approx(1)
                assert prediction.evidence[0].distance == pytest.approx(0, abs=1e-4)
        except BaseException as error:
            failures.append(error)

    def teach(number: int) -> None:
        try:
            for picture in shown["star"]:
                model.add(f"class {number}", picture)
        except BaseException as error:
            failures.append(error)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    teachers = [threading.Thread(target=teach, args=(number,)) for number in range(3)]
    for thread in askers + teachers:
        thread.start()
    for thread in teachers:
        thread.join()
    stop.set()
    for thread in askers:
        thread.join()
    model.wait()
    assert failures == []
    assert model.counts == {"fish": 2, "mug": 2, "star": 2, "class 0": 6, "class 1": 6, "class 2": 6}
    assert set(model.predict(shown["mug"][0]).scores) == set(model.counts)


def test_asking_while_everything_is_forgotten_is_a_teaching_error_at_worst(tmp_path, shown, things):
    full, empty = Dataset(things), Dataset(tmp_path / "empty")
    model = Model(classifier="knn").fit(full)
    failures: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                check_whole(model.predict(shown["mug"][0]), {"fish", "mug", "star"})
            except TeachingError:
                pass
            except BaseException as error:
                failures.append(error)
                return

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(30):
        model.follow(empty)
        model.follow(full)
    stop.set()
    thread.join()
    assert failures == []


# -- refusals


def test_before_it_was_taught_it_says_so(tmp_path, shown):
    for ask in (lambda: Model().predict(shown["mug"][0]), lambda: Model().predict_many([shown["mug"][0]])):
        with pytest.raises(TeachingError, match="expected a model that was taught, found an empty one; call fit"):
            ask()
    with pytest.raises(TeachingError, match="expected a model that was taught"):
        Model().save(tmp_path / "x.showtell")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("label", ["", "  ", "\n"])
def test_a_class_needs_a_name(shown, label):
    model = Model()
    with pytest.raises(TeachingError, match="expected the name of a class, found an empty one"):
        model.add(label, shown["mug"][0])
    assert model.counts == {}


def test_a_broken_picture_changes_nothing(shown):
    model = Model(classifier="knn").fit(*flat(shown, 1))
    with pytest.raises(PictureError, match="expected a whole picture"):
        model.add("mug", encode_jpeg(shown["mug"][0])[:3000])
    with pytest.raises(PictureError):
        model.fit([shown["mug"][0], b"broken"], ["a", "b"])
    assert model.counts == {"fish": 1, "mug": 1, "star": 1}
    with pytest.raises(PictureError, match="number 2 of the pictures"):
        model.predict_many([shown["mug"][0], b"broken"])


@pytest.mark.parametrize(
    ("number", "labels", "message"),
    [
        (2, ["a"], "expected a label for each picture, found 2 pictures and 1 labels"),
        (2, None, "expected a label for each picture, found 2 pictures and 0 labels"),
        (2, ["a", "a"], 'expected two classes or more, found only "a"; add a second one'),
        (0, [], "expected two classes or more, found none"),
    ],
)
def test_pictures_and_labels_must_fit(shown, number, labels, message):
    with pytest.raises(TeachingError, match=message):
        Model().fit(shown["mug"][:number], labels)


def test_a_dataset_with_labels_is_one_too_many(things):
    with pytest.raises(TeachingError, match=r"expected fit\(dataset\) or fit\(pictures, labels\)"):
        Model().fit(Dataset(things), ["a"])


def test_an_unknown_classifier_is_an_error_with_the_names_there_are():
    with pytest.raises(TeachingError, match=r"expected one of .*knn.*found 'forest'"):
        Model(classifier="forest")


@pytest.mark.parametrize("neighbours", [0, -1])
def test_neighbours_must_be_at_least_one(shown, neighbours):
    with pytest.raises(ValueError, match="neighbours: expected at least 1, found"):
        Model(classifier="knn", neighbours=neighbours).fit(*flat(shown, 1))


# -- on a part of a dataset


@pytest.mark.parametrize("classifier", ["knn", "logistic"])
def test_it_studies_just_these_examples_and_judges_others_as_predict_does(tmp_path, write_folder, shown, classifier):
    dataset = Dataset(write_folder(tmp_path / "things", {"mug": shown["mug"][:4], "star": shown["star"][:4]}))
    (tmp_path / "things" / "mug" / "broken.jpg").write_bytes(b"no picture")
    dataset.refresh()
    lessons = [example for example in dataset if example.path.stem in "01"]
    rest = [example for example in dataset if example not in lessons]
    model = Model(classifier=classifier, neighbours=3)
    other = model.fresh().study(dataset, lessons)
    assert (model.counts, other.counts) == ({}, {"mug": 2, "star": 2})
    assert (other.classifier, other.neighbours) == (model.classifier, 3)
    for example, said in zip(rest, other.judge(dataset, rest), strict=True):
        if example.path.stem == "broken":
            assert isinstance(said, PictureError)
        else:
            expected = other.predict(example.path)
            assert said.label == expected.label
            assert said.familiarity == pytest.approx(expected.familiarity, abs=0.01)  # the cache holds float16
    with pytest.raises(TeachingError):
        model.judge(dataset, rest)


# -- without the classes that are disabled


def test_a_disabled_class_is_not_learned(tmp_path, write_folder, shown):
    pictures = {"mug": shown["mug"][:3], "star": shown["star"][:3], "cup": shown["mug"][3:]}
    dataset = Dataset(write_folder(tmp_path / "things", pictures))
    dataset.enable("cup", False)
    model = Model(classifier="knn").fit(dataset)
    model.learn(dataset, dataset.examples("cup")[0])
    assert model.counts == {"mug": 3, "star": 3}
    dataset.enable("star", False)
    with pytest.raises(TeachingError, match="two classes"):
        Model(classifier="knn").fit(dataset)
