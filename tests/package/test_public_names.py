"""The public names are a list that changes on purpose only; importing them is quick and does nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import showtell

NAMES = [
    "BrokenPin",
    "Camera",
    "Dataset",
    "Example",
    "FeatureExtractor",
    "Finding",
    "Heat",
    "Model",
    "Neighbour",
    "Pin",
    "Prediction",
]
NAMES += [
    "Recorder",
    "Report",
    "ShowtellError",
    "Studio",
    "care",
    "check",
    "evaluate",
    "explain",
    "finetune",
    "from_ipywebrtc",
    "load",
]


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments, "-c", code], capture_output=True, text=True, check=True)


def test_the_public_names():
    assert sorted(showtell.__all__) == NAMES
    assert sorted(dir(showtell)) == sorted([*NAMES, "__version__"])


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_imported_and_says_what_it_is(name):
    found = getattr(showtell, name)
    assert found.__name__ == name
    assert found.__module__.startswith("showtell.")
    assert (found.__doc__ or "").strip()


def test_a_star_import_brings_just_these():
    space: dict[str, object] = {}
    exec("from showtell import *", space)
    assert sorted(space.keys() - {"__builtins__"}) == NAMES


def test_other_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="module 'showtell' has no attribute 'Modle'"):
        _ = showtell.Modle


def test_every_error_is_a_showtell_error():
    from showtell import errors

    tree = [thing for thing in vars(errors).values() if isinstance(thing, type)]
    assert len(tree) > 3
    for error in tree:
        assert issubclass(error, showtell.ShowtellError)
        assert error.__name__ in errors.__doc__


def test_without_anywidget_the_rest_works_and_the_widgets_say_what_to_install():
    code = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "anywidget" else find(name, *more)
sys.modules["anywidget"] = None
from showtell import *
import showtell
assert "Camera" not in showtell.__all__
try:
    showtell.Camera
except showtell.ShowtellError as error:
    print(error)
"""
    assert "pip install 'showtell[notebook]'" in run(code).stdout


def test_importing_loads_nothing_heavy_and_has_no_side_effects(tmp_path):
    code = "import sys, json, threading; before = set(sys.modules); import showtell; "
    code += "print(json.dumps([sorted(set(sys.modules) - before), threading.active_count()]))"
    done = run(code, "-W", "error")
    loaded, threads = json.loads(done.stdout)
    heavy = {"numpy", "sklearn", "scipy", "onnxruntime", "PIL", "starlette", "uvicorn", "click", "rich", "skops"}
    heavy |= {"anywidget", "ipywidgets", "IPython", "traitlets"}
    assert heavy & {name.partition(".")[0] for name in loaded} == set()
    assert [name for name in loaded if name.startswith("showtell")] == ["showtell"]
    assert (threads, done.stderr) == (1, "")


def test_using_the_model_loads_no_server_and_no_command_line():
    done = run("import sys, json, showtell; showtell.Model; print(json.dumps(sorted(sys.modules)))")
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert {"starlette", "uvicorn", "websockets", "click"} & loaded == set()


def test_python_m_showtell_is_the_command():
    done = subprocess.run([sys.executable, "-m", "showtell", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(showtell.__version__)
    assert done.stderr == ""
