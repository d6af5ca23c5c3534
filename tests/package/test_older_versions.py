"""What earlier versions wrote goes on working: models, datasets, addresses, commands and names.

tests/older_versions.py made what is in tests/data/older_versions, and adds a folder for each later version. Nothing
there is ever changed: it is what people have.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.exceptions import ConvergenceWarning, InconsistentVersionWarning

import older_versions
import showtell as st
from older_versions import DATA, PICTURES, commands, state, studio

VERSIONS = {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(DATA.glob("*/expected.json"))}
MODELS = [(version, kind) for version, kept in VERSIONS.items() for kind in kept["models"]]
NAMES = {version: json.loads((DATA / version / "names.json").read_text("utf-8")) for version in VERSIONS}
TREES = [PICTURES / f"asked/tree/{number}.jpg" for number in (1, 2)]  # which no model was taught

# How far a share or a distance may be from what another machine gave. The same network without ONNX Runtime's
# optimisations, and so with its sums in another order, is at most 1e-6 away, and other processors are about as far;
# what is kept as float16 is rounded by 5e-4. A picture that is cut, scaled or coloured otherwise is further away:
# with each pixel changed by at most one level of 256, the distances of the bundled network move by 3e-2.
CLOSE = 2e-3

# scikit-learn says so of each object that another of its versions wrote, and of a perceptron that could learn longer.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::sklearn.exceptions.{each.__name__}")
    for each in (InconsistentVersionWarning, ConvergenceWarning)
]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def near(value: Any) -> Any:
    return pytest.approx(value, abs=CLOSE)


# -- models


@pytest.mark.parametrize(("version", "kind"), MODELS)
def test_a_model_opens_and_answers_the_same(version: str, kind: str) -> None:
    expected = VERSIONS[version]["models"][kind]
    model = st.load(DATA / version / f"{kind}.showtell")
    assert (model.labels, model.counts) == (expected["labels"], expected["counts"])
    assert {name: getattr(model, name) for name in expected["settings"]} == expected["settings"]
    for file, answer in expected["answers"].items():
        said = model.predict(PICTURES / file)
        assert said.label == answer["label"]
        assert said.confidence == near(answer["confidence"])
        assert said.familiarity == near(answer["familiarity"])
        assert said.scores == near(answer["scores"])
        assert [each.distance for each in said.evidence] == near([distance for _, distance, _ in answer["evidence"]])
        assert {(each.label, each.example) for each in said.evidence} == {
            (label, example) for label, _, example in answer["evidence"]
        }


@pytest.mark.parametrize(("version", "kind"), MODELS)
def test_a_model_goes_on_learning_and_is_saved_again(version: str, kind: str, tmp_path: Path) -> None:
    expected = VERSIONS[version]["models"][kind]
    model = st.load(DATA / version / f"{kind}.showtell")
    for picture in TREES:
        model.add("tree", picture)
    model.wait()
    assert model.counts == {**expected["counts"], "tree": len(TREES)}
    answers = model.predict_many(TREES)
    assert [said.evidence[0].label for said in answers] == ["tree", "tree"]
    assert {label for said in answers for label in said.scores} == {*expected["labels"], "tree"}

    model.save(tmp_path / "again.showtell")
    again = st.load(tmp_path / "again.showtell")
    assert again.counts == model.counts
    for before, after in zip(answers, again.predict_many(TREES), strict=True):
        assert after.label == before.label
        assert after.scores == pytest.approx(before.scores, abs=1e-6)


def test_what_it_learns_shows_in_its_answers(version: str) -> None:
    """Here each classifier has all it needs; above some have little to go by."""
    for kind in ("best", "knn", "logistic"):
        model = st.load(DATA / version / f"{kind}.showtell")
        for picture in TREES:
            model.add("tree", picture)
        model.wait()
        assert [said.label for said in model.predict_many(TREES)] == ["tree", "tree"]
        taught = [model.predict(PICTURES / f"asked/mug/{number}.jpg").label for number in (1, 2)]
        assert taught == ["mug", "mug"]


def test_the_command_asks_a_model(version: str) -> None:
    answers = VERSIONS[version]["models"]["best"]["answers"]
    command = [sys.executable, "-m", "showtell", "predict", "--json", str(DATA / version / "best.showtell"), *answers]
    done = subprocess.run(command, capture_output=True, check=True, cwd=PICTURES, encoding="utf-8")
    for line, (file, answer) in zip(done.stdout.splitlines(), answers.items(), strict=True):
        said = json.loads(line)
        assert (said["file"], said["label"]) == (file, answer["label"])
        assert said["confidence"] == near(answer["confidence"])
        assert said["scores"] == near(answer["scores"])


# -- a dataset


@pytest.fixture
def folder(version: str, tmp_path: Path) -> Path:
    """The dataset that a version left, to be changed."""
    with tarfile.open(DATA / version / "dataset.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / "things"


@pytest.fixture
def states(version: str) -> tuple[list[dict[str, Any]], int]:
    """What the dataset was at first and after each change, and which of these it is."""
    kept = VERSIONS[version]["dataset"]
    return kept["states"], kept["now"]


def test_a_dataset_is_what_it_was(folder: Path, states: tuple[list[dict[str, Any]], int]) -> None:
    all_of_them, now = states
    dataset = st.Dataset(folder)
    assert dataset.problems == []
    assert state(dataset) == all_of_them[now]
    assert all(example.read() == example.path.read_bytes() for example in dataset)


def test_all_changes_are_undone_and_done_again(folder: Path, states: tuple[list[dict[str, Any]], int]) -> None:
    all_of_them, now = states
    dataset = st.Dataset(folder)
    for after in all_of_them[now + 1 :]:
        assert dataset.redo()
        assert state(dataset) == after
    assert dataset.redoable is None
    for before in all_of_them[-2::-1]:
        assert dataset.undo()
        assert state(dataset) == before
    assert dataset.undoable is None
    for after in all_of_them[1:]:
        assert st.Dataset(folder).redo()  # as a program that starts anew finds it
        assert state(st.Dataset(folder)) == after


def test_a_dataset_goes_on_being_changed(folder: Path, states: tuple[list[dict[str, Any]], int]) -> None:
    all_of_them, now = states
    dataset = st.Dataset(folder)
    for number, picture in enumerate(TREES, 1):
        added = dataset.add("tree", picture, burst="1")
        assert (added.label, added.burst) == ("tree", "1")
        assert dataset.counts["tree"] == number
    assert dataset.redoable is None  # something else was done
    dataset.rename("tree", "oak")
    for _ in range(2):
        dataset.undo()
    assert state(dataset) == all_of_them[now]
    dataset.undo()
    assert state(dataset) == all_of_them[now - 1]


def test_a_model_learns_from_a_dataset(folder: Path) -> None:
    dataset = st.Dataset(folder)
    model = st.Model().fit(dataset)
    assert model.counts == {label: n for label, n in dataset.counts.items() if label not in dataset.disabled}
    said = model.predict(PICTURES / "asked/ball/1.jpg")
    assert said.label == "ball"
    assert dataset.example(str(said.evidence[0].example)).label == "ball"
    assert dataset.problems == []


def test_what_was_exported_is_imported(version: str, folder: Path, tmp_path: Path) -> None:
    exported, new = DATA / version / "exported.zip", tmp_path / "new"
    subprocess.run([sys.executable, "-m", "showtell", "import", str(exported), str(new)], check=True)
    kept, found = st.Dataset(folder), st.Dataset(new)
    assert (found.labels, found.disabled, found.problems) == (kept.labels, kept.disabled, [])
    assert [(each.label, each.burst, each.read()) for each in found] == [
        (each.label, each.burst, each.read()) for each in kept
    ]


def test_the_studio_keeps_its_address_and_what_was_dismissed(version: str, folder: Path, tmp_path: Path) -> None:
    kept = VERSIONS[version]["dataset"]
    config, port, token = tmp_path / "config", older_versions.free_port(), "0123456789abcdefghijklmnopqrstuv"
    older_versions.write_token(config, folder, port, token)
    with studio(folder, config, port) as (url, ask):
        assert url == f"http://127.0.0.1:{port}/{token}/"
        classes = ask({"type": "hello", "ref": 1})["classes"]
        assert {each["label"]: each["count"] for each in classes} == kept["states"][kept["now"]]["counts"]
        shown = [each["finding"] for each in ask({"type": "care", "ref": 2})["findings"]]
        assert kept["dismissed"] not in shown
        (folder / ".showtell/dismissed").unlink()
        shown = [each["finding"] for each in ask({"type": "care", "ref": 3})["findings"]]
        assert kept["dismissed"] in shown


# -- names


def accepts(now: list[list[Any]], before: list[list[Any]]) -> str:
    """Why a call that was right would be wrong now; nothing if none is.

    now, before  of each parameter its name, its kind, and whether it may be left out
    """
    names = {name: (kind, optional) for name, kind, optional in now}
    kinds = {kind for _, kind, _ in now}
    places = [name for name, kind, _ in now if kind.startswith("POSITIONAL")]
    for place, (name, kind, optional) in enumerate(before):
        if kind.startswith("VAR_"):
            if kind not in kinds:
                return f"no longer takes any number of {name}"
        elif name not in names and "VAR_KEYWORD" not in kinds:
            return f"no longer takes {name}"
        elif kind.startswith("POSITIONAL") and places[place : place + 1] != [name] and "VAR_POSITIONAL" not in kinds:
            return f"no longer takes {name} as number {place + 1}"
        elif optional and name in names and not names[name][1]:
            return f"{name} may no longer be left out"
    known = {name for name, _, _ in before}
    added = [name for name, kind, optional in now if name not in known and not optional and not kind.startswith("VAR_")]
    return f"{added[0]} is asked for" if added else ""


def test_accepts_tells_a_call_that_breaks() -> None:
    def now(picture, *, seed=0): ...

    was = older_versions.taken(now)
    assert accepts(older_versions.taken(lambda picture, label=None, *, seed=0: ...), was) == ""
    assert accepts(older_versions.taken(lambda *args, **kwargs: ...), was) == ""
    assert "seed" in accepts(older_versions.taken(lambda picture: ...), was)
    assert "label" in accepts(older_versions.taken(lambda picture, label, *, seed=0: ...), was)
    assert "picture" in accepts(older_versions.taken(lambda label=None, picture=None, *, seed=0: ...), was)
    assert "left out" in accepts(older_versions.taken(lambda picture, *, seed: ...), was)


def calls(version: str) -> Iterator[tuple[str, Any, list[list[Any]]]]:
    """Each public function, class and method of a version, as it is now, and what it took then."""
    for name, before in NAMES[version]["functions"].items():
        yield name, getattr(st, name), before
    for name, each in NAMES[version]["classes"].items():
        thing = getattr(st, name)
        if each["called"] is not None:
            yield name, thing, each["called"]
        for method, before in each["has"].items():
            if before is not None:
                now = inspect.getattr_static(thing, method)
                yield f"{name}.{method}", getattr(now, "__func__", now), before


def test_public_names_are_there_and_take_what_they_took(version: str) -> None:
    broken = {name: why for name, now, before in calls(version) if (why := accepts(older_versions.taken(now), before))}
    assert broken == {}


def test_public_attributes_are_there(version: str) -> None:
    missing = []
    for name, each in NAMES[version]["classes"].items():
        now = older_versions.of_class(getattr(st, name)).keys() | set(dir(getattr(st, name)))
        missing += [f"{name}.{attribute}" for attribute in each["has"] if attribute not in now]
    assert missing == []


def test_public_attributes_of_what_is_made_are_there(version: str, tmp_path: Path) -> None:
    made = {
        "Dataset": st.Dataset(tmp_path),
        "FeatureExtractor": st.FeatureExtractor(),
        "Model": st.Model(),
    }
    before = NAMES[version]["instances"]
    assert made.keys() == before.keys()
    missing = [f"{name}.{each}" for name, thing in made.items() for each in before[name] if not hasattr(thing, each)]
    assert missing == []


def test_errors_are_there(version: str) -> None:
    errors = importlib.import_module("showtell.errors")
    missing = [name for name in NAMES[version]["errors"] if not hasattr(errors, name)]
    assert missing == []


def test_commands_and_their_options_are_there(version: str) -> None:
    now = commands()
    for name, before in NAMES[version]["commands"].items():
        assert name in now
        assert set(before["options"]) <= set(now[name]["options"])
        arguments, asked = ([word.replace("…", "...") for word in each["arguments"]] for each in (now[name], before))
        count = len(asked)
        assert arguments[:count] == asked
        assert all(each.startswith("[") for each in arguments[count:])  # new ones may be left out


def test_a_folder_in_the_place_of_a_command_is_for_the_studio(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "showtell", str(tmp_path), "--help"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=os.environ | {"COLUMNS": "200"})
    assert "studio [OPTIONS]" in done.stdout
