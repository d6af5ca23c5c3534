"""The examples in the README and in the docs, run as they stand; and what the built pages load."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from showtell.cli.main import main
from showtell.pictures.drawing import draw

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "docs"
PAGES = [ROOT / "README.md", ROOT / "docs" / "index.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
PLAIN = [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))]
ELSEWHERE = {"backbone"}  # tests/torch runs its examples; those of notebook.md are the course's, which is run too


def python_in(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def commands_in(page: Path) -> list[str]:
    return re.findall(r"^showtell (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the examples believe themselves."""
    rng = np.random.default_rng(0)
    for label, thing in {"mug": "mug", "cup": "fish"}.items():
        (tmp_path / "things" / label).mkdir(parents=True)
        for i in range(6):
            Image.fromarray(draw(thing, rng)).save(tmp_path / "things" / label / f"{i}.jpg")
    Image.fromarray(draw("mug", rng)).save(tmp_path / "what-is-this.jpg")
    Image.fromarray(draw("star", rng)).save(tmp_path / "spoon.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "things"


def examples() -> list[Path]:
    return [page for page in PAGES if page.stem not in ELSEWHERE and python_in(page)]


@pytest.mark.parametrize("page", examples(), ids=lambda page: page.stem)
def test_the_python_runs_and_says_what_it_says(page: Path, things: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in python_in(page):
        exec(compile(block, str(page), "exec"), names)
    said = capsys.readouterr().out
    for promised in re.findall(r"^print.*# → (.*)$", "\n".join(python_in(page)), re.MULTILINE):
        start = promised.split("97 %")[0]  # how certain it is depends on the pictures
        assert any(line.startswith(start) for line in said.splitlines()), f"{promised!r} is not in\n{said}"


def test_every_page_with_python_is_run() -> None:
    here = {page for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")] if python_in(page)}
    elsewhere = {ROOT / "docs" / "notebook.md", ROOT / "docs" / "reference.md", ROOT / "docs/how-to/backbone.md"}
    assert here - elsewhere == set(examples())


@pytest.mark.parametrize("page", [page for page in PAGES if commands_in(page)], ids=lambda page: page.stem)
def test_the_commands_exist(page: Path) -> None:
    assert set(commands_in(page)) <= set(main.commands)


def test_the_map_has_every_room_and_every_floor() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "src" / "showtell").glob("*/__init__.py")}
    begin = dict(re.findall(r"^\| `(\w+)/` \| .* \| `(\w+\.py)` \|$", text, re.MULTILINE))
    assert begin.keys() == rooms
    assert [room for room, file in begin.items() if not (ROOT / "src/showtell" / room / file).exists()] == []
    drawn = re.findall(r"^\d  (\w+(?: · \w+)*)  ", text, re.MULTILINE)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [floor.replace(" · ", " | ") for floor in drawn] == floors


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", *PLAIN], ids=str)
def test_files_that_the_docs_name_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|frontend|scripts|docs|benchmarks)/[\w./-]+)`", text)
    for room, files in re.findall(r"`(src/showtell/\w+/)`: (`\w+\.py`(?:(?:, | and )`\w+\.py`)*)", text):
        named += [room + file for file in re.findall(r"`(\w+\.py)`", files)]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()  # what the tests make, when they have run
    assert [name for name in named if not (ROOT / name).exists() and f"/{name}" not in ignored] == []


@pytest.mark.skipif(not BUILT.is_dir(), reason="the docs are not built: make docs")
def test_the_built_pages_load_nothing_from_elsewhere() -> None:
    pages = list(BUILT.rglob("*.html"))
    assert len(pages) > 15
    loads = re.compile(r"<(?:script|img|link|iframe|source|video|audio)\b[^>]*?(?:src|href)=[\"'](https?:|//)[^>]*>")
    for page in pages:
        assert not loads.search(page.read_text(encoding="utf-8")), page
    for sheet in BUILT.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import\s)[\"']?(https?:|//)", sheet.read_text(encoding="utf-8")), sheet
