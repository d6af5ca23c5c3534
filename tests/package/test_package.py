"""The wheel holds what users need and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import Parser
from fnmatch import fnmatch
from pathlib import Path

import pytest

import showtell

ROOT = Path(__file__).parents[2]
INFO = f"showtell-{showtell.__version__}.dist-info"
KINDS = {  # every file is one of these; of each there is one at least
    "showtell/*.py",
    "showtell/py.typed",
    "showtell/networks/weights/*.onnx",
    "showtell/networks/weights/imagenet-1000.txt",
    "showtell/networks/weights/LICENSE-*",
    "showtell/course/*.ipynb",
    "showtell/web/camera.css",
    "showtell/web/camera.js",
    "showtell/web/once.js",
    "showtell/web/page.html",
    "showtell/evaluation/page/report.css",
    "showtell/evaluation/page/report.html",
    "showtell/evaluation/page/report.js",
    "showtell/web/studio.css",
    "showtell/web/studio.js",
    f"{INFO}/METADATA",
    f"{INFO}/WHEEL",
    f"{INFO}/RECORD",
    f"{INFO}/entry_points.txt",
    f"{INFO}/licenses/*",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="building a wheel needs hatchling")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    command += ["--disable-pip-version-check", "--no-index", "--wheel-dir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = out.iterdir()
    assert path.name == f"showtell-{showtell.__version__}-py3-none-any.whl"
    return zipfile.ZipFile(path)


def test_exactly_these_kinds_of_files(wheel):
    files = [name for name in wheel.namelist() if not name.endswith("/")]
    assert [name for name in files if not any(fnmatch(name, kind) for kind in KINDS)] == []
    assert {kind for kind in KINDS if not any(fnmatch(name, kind) for name in files)} == set()


def test_every_module_and_the_whole_page_is_in_it(wheel):
    for path in (ROOT / "src" / "showtell").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert wheel.read(f"showtell/{path.relative_to(ROOT / 'src/showtell').as_posix()}") == path.read_bytes()


def test_it_is_small_enough_to_install_in_a_moment(wheel):
    assert Path(str(wheel.filename)).stat().st_size <= 25_000_000


def test_the_licences_are_in_it(wheel):
    licences = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE", "LICENSE-efficientnet-lite0", "LICENSE-imagenet-1000"}
    for name in wheel.namelist():
        if "LICENSE" in name or "NOTICE" in name:
            assert len(wheel.read(name)) > 200


def test_what_its_metadata_says(wheel):
    about = Parser().parsestr(wheel.read(f"{INFO}/METADATA").decode())
    assert (about["Name"], about["Version"]) == ("showtell", showtell.__version__)
    assert about["License-Expression"] == "Apache-2.0"
    entry = wheel.read(f"{INFO}/entry_points.txt").decode().split()
    assert entry == ["[console_scripts]", "showtell", "=", "showtell.cli.main:main"]
