"""Run the notebooks of the course, as people would from the first cell to the last, and keep them with their outputs.

    python scripts/run_course.py build/course [src/showtell/course/1-show-and-tell.ipynb …]

The camera is a recording of drawn things. What a notebook writes lands in a folder of its own. The first cell that
fails ends it with its traceback and exit code 1. Needs what `make torch-env` installs.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from showtell.pictures.drawing import write_folder

NOTEBOOKS = Path(__file__).parent.parent / "src" / "showtell" / "course"
THINGS = ["mug", "star", "fish"]
STRANGERS = {"6-is-it-right": ["tree"]}  # what a notebook is shown that it never teaches
PATIENCE_S = 180  # for a cell, on a busy machine


def main(out: Path, notebooks: list[Path]) -> None:
    for path in notebooks:
        folder, recorded = out / "work" / path.stem, out / "recorded" / path.stem
        for old in (folder, recorded):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
        write_folder(recorded, THINGS + STRANGERS.get(path.stem, []), bursts=2, count=8)
        os.environ["SHOWTELL_FRAMES"] = str(recorded.absolute())
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's threads would wait awake for cores that are busy
        notebook = nbformat.read(path, 4)
        resources = {"metadata": {"path": str(folder)}}
        try:
            NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3", resources=resources).execute()
        except CellExecutionError as error:
            sys.exit(f"{path.name}: {error}")
        finally:
            nbformat.write(notebook, out / path.name)
        print(path.name, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]] or sorted(NOTEBOOKS.glob("*.ipynb")))
