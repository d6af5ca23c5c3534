"""Saving, forking and pickling a model that goes on being taught."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier

from showtell import Dataset, Model, load
from showtell.model import archive

LONG_S = 60


def test_it_saves_beside_a_camera_that_goes_on_teaching(tmp_path, shown):
    model, saved = Model(), threading.Event()
    for thing in ("mug", "star"):
        model.add(thing, shown[thing][0])

    def teach() -> None:
        while not saved.is_set():
            model.add("mug", shown["mug"][1])

    camera = threading.Thread(target=teach)
    camera.start()
    try:
        model.save(tmp_path / "model.showtell")  # it would not return
    finally:
        saved.set()
        camera.join()
    again = load(tmp_path / "model.showtell")
    assert set(again.counts) == {"mug", "star"}
    assert again._fitting.answering(again._memory.now).name == "best"  # fitted on what there was


def test_it_saves_what_there_was_when_it_was_called_and_answers_meanwhile(tmp_path, shown, monkeypatch):
    model = Model(classifier="knn").fit([shown["mug"][0], shown["star"][0]], ["mug", "star"])
    write, answers = archive.write, []

    def slowly(*arguments: object) -> None:
        def go_on() -> None:
            model.add("fish", shown["fish"][0])
            answers.append(model.predict(shown["fish"][0]).label)

        other = threading.Thread(target=go_on)
        other.start()
        other.join(LONG_S)
        write(*arguments)

    monkeypatch.setattr(archive, "write", slowly)
    model.save(tmp_path / "model.showtell")
    assert answers == ["fish"]
    assert load(tmp_path / "model.showtell").counts == {"mug": 1, "star": 1}


def test_in_the_child_of_a_fork_it_learns_waits_answers_and_saves(tmp_path, things):
    """While other threads of the parent hold every lock."""
    script = """
import os, sys, threading, time
import showtell as st
things, target = sys.argv[1:]
dataset = st.Dataset(things)
examples = list(dataset)
model = st.Model()
for example in examples[::3]:
    model.add(example.label, example)
held = threading.Event()
def hold():
    with model._memory._lock, model._teaching._by_dataset, model._fitting._one:
        held.set()
        time.sleep(3600)
threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if not child:
    model.add("mug", examples[7])
    model.learn(dataset, examples[1])
    model.wait()
    assert not model.learning
    assert model.predict(examples[7]).label == examples[7].label
    model.save(target)
    os._exit(0)
for _ in range(600):
    found, status = os.waitpid(child, os.WNOHANG)
    if found:
        os._exit(status != 0)
    time.sleep(0.1)
os.kill(child, 9)
os._exit(2)
"""
    if not hasattr(os, "fork"):
        pytest.skip("this system knows no fork")
    target = tmp_path / "model.showtell"
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, str(things), str(target)]
    assert subprocess.run(command, check=False).returncode == 0
    again = load(target)
    assert sum(again.counts.values()) == 8
    assert again._fitting.answering(again._memory.now).name == "best"


class Own(ClassifierMixin, BaseEstimator):
    """A classifier of one's own, which no file that is safe to open can hold."""

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self

    def predict(self, X):
        return [self.classes_[0]] * len(X)


@pytest.mark.parametrize("classifier", ["best", "knn", "svm", RandomForestClassifier(5), Own()], ids=str)
@pytest.mark.parametrize("way", [lambda model: pickle.loads(pickle.dumps(model)), copy.deepcopy])
def test_a_pickled_model_answers_the_same_and_learns_on(things, fresh, classifier, way):
    model = Model(classifier=classifier, neighbours=3, unknown_below=0.2).fit(Dataset(things))
    again = way(model)
    pictures = [picture for _, picture in fresh]
    assert again.predict_many(pictures) == model.predict_many(pictures)
    assert (again.neighbours, again.unknown_below, again.counts) == (3, 0.2, model.counts)
    again.add("tree", pictures[0][::-1].copy())
    again.wait()
    assert "tree" in again.predict(pictures[0]).scores
    assert "tree" not in model.counts


def test_an_untaught_model_can_be_pickled(shown):
    again = pickle.loads(pickle.dumps(Model(classifier="svm")))
    again.add("mug", shown["mug"][0])
    assert again.counts == {"mug": 1}


def test_another_classifier_can_be_set_and_learns_what_was_taught(shown):
    model = Model(classifier="knn").fit([shown["mug"][0], shown["star"][0]], ["mug", "star"])
    model.classifier = "logistic"
    model.wait()
    assert model._fitting.answering(model._memory.now).name == "scikit-learn"
    assert model.predict(shown["star"][0]).closest == "star"


def test_a_known_example_is_learned_once(things: Path):
    dataset = Dataset(things)
    model = Model(classifier="knn").fit(dataset)
    for example in list(dataset)[:3]:
        model.learn(dataset, example)
    assert model.counts == dataset.counts
