"""The course: each notebook is as it should be committed, runs to its end, and shows what it says.

They run in build/torch-env (``make torch-env``) on recorded pictures of drawn things; without it
those tests skip.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
COURSE = sorted((ROOT / "src" / "showtell" / "course").glob("*.ipynb"))
NAMES = [
    "1-show-and-tell",
    "2-what-a-convolution-is",
    "3-from-lenet-to-mobilenet",
    "4-three-kinds-of-transfer-learning",
    "5-nearest-neighbours-and-rivals",
    "6-is-it-right",
    "7-make-it-do-something",
]
LONGEST_LINE = 92  # characters that a cell in the docs has room for


@pytest.fixture(scope="module")
def executed() -> Path:
    """The folder of the notebooks with their outputs."""
    if "SHOWTELL_REQUIRE_BROWSER" not in os.environ and not (ROOT / "build/torch-env/installed").exists():
        pytest.skip("no notebooks here; make torch-env installs them")
    done = subprocess.run(["make", "--silent", "course"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ROOT / "build" / "course"


def printed(notebook: Any) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


def test_the_notebooks_are_these():
    assert [path.stem for path in COURSE] == NAMES


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_it_is_committed_clean_and_leads_on(path):
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert [line for line in cell.source.splitlines() if len(line) > LONGEST_LINE] == []
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert texts[0].startswith(f"# {path.name[0]} · ")
    linked = set(re.findall(r"\]\(([^)]+)\)", "\n".join(texts)))
    assert linked <= {f"{name}.ipynb" for name in NAMES}
    following = NAMES[NAMES.index(path.stem) + 1 :][:1]
    assert all(f"({name}.ipynb)" in texts[-1] for name in following)


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_it_runs_to_its_end_without_a_complaint(path, executed):
    notebook = nbformat.read(executed / path.name, 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == [
        cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"
    ]
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert sum(kind.startswith("image/") for kind in kinds) >= 3


def test_notebook_1_tells_the_things_apart(executed):
    text = printed(nbformat.read(executed / "1-show-and-tell.ipynb", 4))
    assert all(f"'{thing}': 16" in text for thing in ("mug", "star", "fish"))
    assert "said: ['I see a star', 'I see a fish', 'I see a mug', 'I see a star']" in text


def test_notebook_2_computes_what_it_says(executed):
    text = printed(nbformat.read(executed / "2-what-a-convolution-is.ipynb", 4))
    assert "the same: True" in text
    assert "moved by 40 columns: True" in text


def test_notebook_3_trains_a_network_and_looks_into_another(executed):
    text = printed(nbformat.read(executed / "3-from-lenet-to-mobilenet.ipynb", 4))
    assert "61,706 parameters to learn" in text  # as in LeNet-5 with all maps connected
    assert float(re.search(r"after 4 epochs: ([\d.]+)%", text)[1]) > 95
    assert "the same: True" in text


def test_notebook_4_compares_three_ways_on_the_same_pictures(executed):
    text = printed(nbformat.read(executed / "4-three-kinds-of-transfer-learning.ipynb", 4))
    assert "to teach: {'mug': 8, 'star': 8, 'fish': 8}  to test: 24" in text
    right = {way: int(share) for way, share in re.findall(r"(.+): (\d+)% right, learned in", text)}
    assert list(right) == ["as it is", "fine-tuning", "features + classifier"]
    assert right["as it is"] < 100 == right["fine-tuning"] == right["features + classifier"]


def test_notebook_5_votes_as_scikit_learn_does(executed):
    text = printed(nbformat.read(executed / "5-nearest-neighbours-and-rivals.ipynb", 4))
    assert "the same as scikit-learn's: True" in text
    assert re.search(r"1 nearest neighbour: 100% from one picture of each, 100% from eight", text)
    assert re.search(r'SVC\(\): I see "fish"', text)


def test_notebook_6_finds_the_accident_and_knows_a_stranger(executed):
    text = printed(nbformat.read(executed / "6-is-it-right.ipynb", 4))
    accident = re.search(r'- 2 pictures of "(\w+)" look like "(\w+)"', text)
    assert accident
    assert f'undone: move 2 pictures of "{accident[2]}" to "{accident[1]}"\n100% right' in text
    assert "model: ['fish', 'mug', 'star', None]" in text


def test_notebook_7_sends_what_it_sees(executed):
    text = printed(nbformat.read(executed / "7-make-it-do-something.ipynb", 4))
    assert "[(4, 'mug'), (19, 'star'), (26, None)]" in text
    for word in (b"hello\0\0\0", b"fish\0\0\0\0", b"mug\0", b"star\0\0\0\0"):
        assert str(b"/showtell\0\0\0,s\0\0" + word) in text


def test_notebook_7_presses_keys_and_publishes_where_it_can(monkeypatch):
    """With stand-ins for pynput and paho, which need a screen and a broker."""
    pressed, published = [], []
    keyboard = SimpleNamespace(
        Controller=lambda: SimpleNamespace(tap=pressed.append), Key=SimpleNamespace(page_down="down", space="space")
    )
    mqtt = SimpleNamespace(publish=SimpleNamespace(single=lambda *what, **how: published.append((what, how))))
    for name, module in {"pynput": None, "pynput.keyboard": keyboard, "paho": None, "paho.mqtt": mqtt}.items():
        monkeypatch.setitem(sys.modules, name, module or SimpleNamespace())
    cells = nbformat.read(COURSE[-1], 4).cells
    names: dict[str, Any] = {}
    for cell in cells:
        if cell.source.startswith(("BROKER =", "keys =")):
            exec(cell.source, names)
    names["BROKER"] = "a.broker"
    names["press"]("star")
    names["press"](None)
    names["publish"]("mug")
    assert pressed == ["down"]
    assert published == [(("showtell/seen", "mug"), {"hostname": "a.broker", "retain": True})]
