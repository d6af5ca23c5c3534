"""The README's Python, run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from showtell.drawing import draw

README = Path(__file__).parent.parent / "README.md"


def test_the_python_in_the_readme_runs_and_says_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    for label in ("mug", "cup"):
        (tmp_path / "things" / label).mkdir(parents=True)
        for i in range(6):
            thing = {"mug": "mug", "cup": "fish"}[label]
            Image.fromarray(draw(thing, rng)).save(tmp_path / "things" / label / f"{i}.jpg")
    Image.fromarray(draw("mug", rng)).save(tmp_path / "what-is-this.jpg")
    Image.fromarray(draw("star", rng)).save(tmp_path / "spoon.jpg")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "['mug']"
    assert said[1].startswith('I see "mug" and I\'m ')
    assert (tmp_path / "things.showtell").stat().st_size > 10_000


def test_the_commands_in_the_readme_exist() -> None:
    from showtell.cli import main

    commands = re.findall(r"^showtell (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(commands) <= set(main.commands)
    assert len(commands) >= 3
