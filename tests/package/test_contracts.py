"""Each library that is used in one room only has a contract of imports, and breaking it is noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_contract_of_a_library_is_broken_by_an_import_from_another_room(tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = [each for each in settings["contracts"] if each["type"] == "forbidden"]
    shutil.copytree(ROOT / "src" / "showtell", tmp_path / "showtell", ignore=shutil.ignore_patterns("web", "weights"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    libraries = [library for contract in contracts for library in contract["forbidden_modules"]]
    with (tmp_path / "showtell" / "pictures" / "quality.py").open("a") as file:
        file.writelines(f"\nimport {library}" for library in libraries)
    found = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    ).stdout
    assert f"{len(contracts)} broken" in found
    for library in libraries:
        assert f"showtell.pictures.quality -> {library}" in found
