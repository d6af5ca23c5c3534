"""The steps of which every change to a dataset consists.

Each is one atomic act of the file system, has an inverse, and does nothing when it is repeated: an operation
that was interrupted is finished by doing all its steps again. All paths are relative to the dataset, with ``/``::

    move   before after         the file or folder ``before`` is then called ``after``
    make   before after         the same for a new class
    unmake before after         its inverse, which leaves a class that has got other files by then
    order  before after         the folder ``before`` ("" for none) is then ``after`` in the order of classes
    arrange before after        the folders in ``before``, separated by ``/``, then come in the order of ``after``
    label  before after folder  the label file in the folder holds ``before`` ("" for no file), then ``after``
    off    before after folder  the same for the file that disables a class
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TypeAlias

from showtell.dataset.names import DISABLED_FILE, LABEL_FILE, WORKSPACE, is_litter
from showtell.dataset.workspace import Workspace, refuse_foreign
from showtell.system.files import is_folder, names_in, refuse_existing

Step: TypeAlias = tuple[str, ...]

_INVERSE = {
    "move": "move",
    "make": "unmake",
    "unmake": "make",
    **{kind: kind for kind in ("order", "arrange", "label", "off")},
}


def inverse(step: Step) -> Step:
    """Return the step that takes this one back."""
    kind, before, after, *rest = step
    return (_INVERSE[kind], after, before, *rest)


def checked(step: object) -> Step:
    """Return a step that was read from a file; ValueError if it is none, or leads out of the dataset.

    A stranger may have written that file.
    """
    if not isinstance(step, list | tuple) or not all(isinstance(part, str) for part in step):
        raise ValueError(step)
    match tuple(step):
        case ("move" | "make" | "unmake", before, after):
            paths = [before, after]
        case ("order" | "arrange", _, _):
            paths = []
        case ("label" | "off", _, _, folder):
            paths = [folder]
        case _:
            raise ValueError(step)
    for path in paths:
        if "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
            raise ValueError(path)
        if sys.platform == "win32" and ("\\" in path or ":" in path):
            raise ValueError(path)
    return tuple(step)


def touched(step: Step) -> list[str]:
    """Return the folders in which a step changes names."""
    match step:
        case ("move" | "make" | "unmake", before, after):
            return [os.path.dirname(before), os.path.dirname(after)]
        case ("label" | "off", _, _, folder):
            return [folder]
    return [WORKSPACE]


class Stepper:
    """Do the steps of one operation. Raise OSError where the disk says no, or a link stands where a folder should."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root = workspace.root
        self._safe_parents: set[Path] = set()  # folders of the dataset that are no links

    def do(self, step: Step) -> None:
        """Do one step; nothing if it is done already."""
        match step:
            case ("move" | "make", before, after):
                self._move(before, after)
            case ("unmake", before, after):
                if all(is_litter(name) for name in names_in(self._root / before)):
                    self._move(before, after)
            case ("order", before, after):
                self._reorder(before, after)
            case ("arrange", _, after):
                self._arrange(after.split("/"))
            case ("label", _, after, folder):
                self._note(f"{folder}/{LABEL_FILE}", after)
            case ("off", _, after, folder):
                self._note(f"{folder}/{DISABLED_FILE}", after)

    def _move(self, before: str, after: str) -> None:
        source, target = self._path(before), self._path(after)
        if not os.path.lexists(source):
            return  # moved before a crash, or taken away by another program
        refuse_existing(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(source, target)

    def _reorder(self, before: str, after: str) -> None:
        order = self._workspace.order()
        if before in order:
            at = len(order) - 1 - order[::-1].index(before)
            order[at : at + 1] = [after] if after else []
        elif after and not (before and after in order) and order[-1:] != [after]:  # not done before
            order.append(after)
        self._workspace.set_order(order)

    def _arrange(self, folders: list[str]) -> None:
        later = [folder for folder in self._workspace.order() if folder not in set(folders)]
        self._workspace.set_order([*folders, *later])

    def _note(self, file: str, text: str) -> None:
        path = self._path(file)
        if not path.parent.is_dir():
            return  # it was renamed before a crash, or taken away by another program
        if text:
            self._workspace.replace(path, text.encode())
        else:
            refuse_foreign(path)
            path.unlink(missing_ok=True)

    def _path(self, relative: str) -> Path:
        path = self._root / relative
        for parent in path.parents[: relative.count("/")]:
            if parent in self._safe_parents:
                break
            if os.path.lexists(parent) and not is_folder(parent):
                raise NotADirectoryError(errno.ENOTDIR, "a link, or no folder", str(parent))
        self._safe_parents.update(path.parents[: relative.count("/")])
        return path
