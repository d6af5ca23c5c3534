"""The files of a source, whatever holds them: a folder, a zip, or zips in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from showtell.dataset.example import Problem
from showtell.dataset.names import DISABLED_FILE, LABEL_FILE, PINS, UNKNOWN_FILE, is_litter
from showtell.errors import DatasetError
from showtell.pictures import formats
from showtell.sentences import Said, of

MAX_FILES = 100_000

MARK = "-!-"  # between class and number, in the names of Teachable Machine

# Folders in which systems keep what is theirs; hidden ones and those in names.LITTER are skipped as well.
_SYSTEM = frozenset({"@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp", "lost+found"})

_SYSTEM |= frozenset({"$recycle.bin", "system volume information", "__macosx", "__pycache__", "node_modules"})

_SYSTEM_FILES = frozenset({"ehthumbs.db", "ehthumbs_vista.db", "icon\r", "folder.jpg:zone.identifier"})


@dataclass(frozen=True)
class File:
    """A file: its ``path`` in the source with ``/``, and ``read(size)``, for so many of its bytes or all (-1).

    ``read`` raises PictureError where that fails.
    """

    path: str
    read: Callable[[int], bytes]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


@dataclass
class Tree:
    """All that is in a source: its ``entries`` in order, with None for a folder, and what is wrong with the others.

    ``name`` is what errors call the source, ``skipped`` the folders of a system that were left out.
    """

    name: str
    entries: dict[str, File | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @cached_property
    def files(self) -> dict[str, File]:
        """The files by path; to be asked for when all are there."""
        return {path: file for path, file in self.entries.items() if file is not None}

    @property
    def folders(self) -> list[str]:
        return [path for path, file in self.entries.items() if file is None]

    def add(self, path: str, file: File | None) -> None:
        """Add a file, or None for a folder, unless a system left it behind; DatasetError if there are far too many."""
        if not self.skips(path, file is None):
            self.entries.setdefault(path, file)
            if len(self.entries) > MAX_FILES:
                words = f"far too many files; expected at most {MAX_FILES}; import it in parts"
                raise DatasetError(of(self.name, Said("zip-endless", words, most=MAX_FILES)))

    def skips(self, path: str, folder: bool = False) -> bool:
        """Return whether a system left a file or folder behind, or it lies in such a folder; remember that one."""
        *folders, name = f"{path}/".split("/") if folder else path.split("/")
        if PINS in folders:
            folders.remove(PINS)
            if name == UNKNOWN_FILE:
                return False
        for depth, each in enumerate(folders, 1):
            if each.lower() in _SYSTEM or is_litter(each):
                if not each.startswith((".", "__")):
                    self.skipped.append("/".join(folders[:depth]))
                return True
        return not folder and is_system_file(name)

    def take_pins(self) -> dict[str, File]:
        """Take away what lies in folders of pins, and return those files by path; before `files` is asked for."""
        inside = [path for path in self.entries if PINS in path.split("/")]
        taken = {path: self.entries.pop(path) for path in inside}
        return {path: file for path, file in taken.items() if file is not None}

    def complete(self) -> None:
        """Say in one problem which folders of a system were left out."""
        if found := list(dict.fromkeys(self.skipped)):
            which = "a folder" if len(found) == 1 else f"one of {len(found)} folders"
            words = f"{which} of the system, without pictures of its own; left out"
            self.problems.append(Problem(found[0], Said("folder-system", words, count=len(found))))


def is_system_file(name: str) -> bool:
    """Return whether a file is hidden, or one that a system leaves behind, and none of showtell's own marks."""
    if name in (LABEL_FILE, DISABLED_FILE) or (MARK in name and not name.startswith("._")):
        return False
    return is_litter(name) or name.lower() in _SYSTEM_FILES


def head(file: File) -> bytes:
    """Return the first bytes of a file; none where it cannot be read."""
    try:
        return file.read(formats.HEAD)
    except Exception:  # who needs all of it hears why
        return b""
