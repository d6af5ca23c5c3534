"""Pinned pictures: each must get a certain answer, whatever is taught. They lie in the dataset's folder ``.pins``::

.pins/mug/cup.jpg             must be called "mug"
.pins/unknown/hand.jpg        must be called unknown, since there is a file ``.unknown`` beside it
.pins/tea_coffee-13b516a9/…   must be called what the file ``.label`` says

So the folder is nobody's class, and its pictures are never taught.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from showtell.dataset import file_names
from showtell.dataset.contents import NO_LABEL, ODD_NAME
from showtell.dataset.names import (
    LABEL_FILE,
    PINS,
    UNKNOWN,
    UNKNOWN_FILE,
    check_label,
    fold,
    is_litter,
    normalized,
    printable,
    safe_name,
)
from showtell.dataset.steps import Step
from showtell.dataset.workspace import NOT_OURS, Workspace, make_folder
from showtell.errors import DatasetError
from showtell.pictures import formats
from showtell.pictures.formats import SUFFIXES
from showtell.sentences import Said
from showtell.system.files import is_folder, link, names_in, open_regular, sync_folder


@dataclass(frozen=True, slots=True)
class Pin:
    """A picture and the answer that it must get.

    label    None for "unknown"
    id       the path in the dataset with ``/``; in a saved model too
    picture  its file, or in a saved model its bytes

    >>> import numpy as np
    >>> from showtell import Dataset
    >>> from showtell.pictures.drawing import draw
    >>> pin = Dataset("things").pin(draw("mug", np.random.default_rng(0)), "mug")
    >>> pin.label, pin.id
    ('mug', '.pins/mug/picture.png')
    """

    label: str | None
    id: str
    picture: Path | bytes = field(repr=False)

    def read(self) -> bytes:
        """Return the encoded picture; DatasetError if its file is gone, cannot be read, or lies behind a link."""
        if isinstance(self.picture, bytes):
            return self.picture
        try:
            if not all(map(is_folder, self.picture.parents[:2])):
                raise NotADirectoryError(0, "a link, or no folder")
            with open_regular(self.picture, "rb") as file:
                return file.read()
        except OSError as error:
            words = f"{self.picture}: cannot be read ({error.strerror}); if another program moved it, call refresh()"
            raise DatasetError(Said("example-gone", words)) from error


class PinFolder:
    """The folder ``.pins`` of a dataset: the only place that opens, writes and removes files there.

    As in the workspace, only regular files and real folders are taken for ours, and nothing else is followed. The
    methods that write raise OSError where the disk says no.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root = workspace.root

    def scan(self) -> tuple[list[Pin], dict[str, str]]:
        """Return all pins, and why other files there are none, by path."""
        pins: list[Pin] = []
        problems: dict[str, str] = {}
        if os.path.lexists(self._root / PINS) and not is_folder(self._root / PINS):
            return [], {PINS: NOT_OURS}
        for folder, label in self._folders(problems):
            for name in sorted(names_in(self._root / folder), key=file_names.natural):
                id = f"{folder}/{name}"
                if is_litter(name):
                    continue
                suffix = os.path.splitext(name)[1].lower()
                if printable(id) != id:
                    problems[printable(id)] = ODD_NAME
                elif suffix not in SUFFIXES:
                    problems[id] = formats.why_not(suffix)
                elif (path := self._root / id).is_symlink() or not path.is_file():
                    problems[id] = NOT_OURS
                else:
                    pins.append(Pin(label, id, path))
        return pins, problems

    def add(self, file: Path, label: str | None, name: str) -> Pin:
        """Give a complete file its place; the name is made free."""
        folder = self._folder_of(label)
        taken = {fold(each) for each in names_in(self._root / folder)}
        id = f"{folder}/{file_names.free(name, taken)}"
        link(file, self._root / id)
        sync_folder(self._root / folder)
        return Pin(label, id, self._root / id)

    def expect(self, pins: Iterable[Pin], label: str | None) -> list[Step]:
        """Return the steps after which these pins must get another answer; a folder for it is made at once."""
        pins = list(pins)
        if not pins:
            return []
        folder = self._folder_of(label)
        taken = {fold(each) for each in names_in(self._root / folder)}
        steps: list[Step] = []
        for pin in pins:
            name = file_names.free(pin.id.rpartition("/")[2], taken)
            taken.add(fold(name))
            steps.append(("move", pin.id, f"{folder}/{name}"))
        return steps

    def _folder_of(self, label: str | None) -> str:
        """Return the folder for pins that must get this answer, which is made if there is none."""
        for folder, own in self._folders({}):
            if own == label:
                return folder
        make_folder(self._root / PINS)
        wanted = "unknown" if label is None else label
        name = safe_name(wanted, {fold(each) for each in names_in(self._root / PINS)})
        marks = {UNKNOWN_FILE: UNKNOWN if label is None else "", LABEL_FILE: "" if name == wanted else wanted}
        self._workspace.make_marked(self._root / PINS / name, marks)
        return f"{PINS}/{name}"

    def _folders(self, problems: dict[str, str]) -> Iterator[tuple[str, str | None]]:
        """Yield the folders of pins with their answers, by name."""
        if not is_folder(self._root / PINS):
            return
        for name in sorted(names_in(self._root / PINS)):
            folder = f"{PINS}/{name}"
            if is_litter(name):
                continue
            if printable(name) != name:
                problems[printable(folder)] = ODD_NAME
            elif not is_folder(self._root / folder):
                problems[folder] = NOT_OURS
            elif os.path.lexists(self._root / folder / UNKNOWN_FILE):
                yield folder, None
            else:
                yield folder, self._label(folder, problems)

    def _label(self, folder: str, problems: dict[str, str]) -> str:
        try:
            with open_regular(self._root / folder / LABEL_FILE, "rb") as file:
                return check_label(file.read(1 << 16).decode())
        except FileNotFoundError:
            pass
        except (OSError, ValueError, DatasetError):
            problems[f"{folder}/{LABEL_FILE}"] = NO_LABEL
        return normalized(folder.rpartition("/")[2])
