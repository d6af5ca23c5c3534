"""The pins in a source: pictures in folders ``.pins/<label>/``, as a dataset and its zip have them."""

from __future__ import annotations

from functools import partial

from showtell.dataset.contents import NO_LABEL
from showtell.dataset.example import Problem
from showtell.dataset.names import LABEL_FILE, PINS, UNKNOWN_FILE, check_label
from showtell.errors import DatasetError, PictureError
from showtell.importers.source import Picture
from showtell.importers.tree import File, Tree
from showtell.pictures import formats


def pinned(tree: Tree) -> list[tuple[str | None, Picture]]:
    """Take the pins out of a source and return them, each with its label, None for "unknown"."""
    by_folder: dict[str, dict[str, File]] = {}
    for file in tree.take_pins().values():
        if file.folder.rpartition("/")[0].rpartition("/")[2] == PINS:  # others lie too high or too deep
            by_folder.setdefault(file.folder, {})[file.name] = file
    pins: list[tuple[str | None, Picture]] = []
    for folder, files in by_folder.items():
        label = None if UNKNOWN_FILE in files else _label(folder, files.get(LABEL_FILE), tree)
        for name, file in files.items():
            if formats.is_picture(file.suffix):
                pins.append((label, Picture(file.path, partial(file.read, -1))))
            elif name not in (UNKNOWN_FILE, LABEL_FILE):
                tree.problems.append(Problem(file.path, formats.why_not(file.suffix)))
    return pins


def _label(folder: str, marker: File | None, tree: Tree) -> str:
    if marker is not None:
        try:
            return check_label(marker.read(1 << 16).decode())
        except (PictureError, ValueError, DatasetError):
            tree.problems.append(Problem(marker.path, NO_LABEL))
    return folder.rpartition("/")[2]
