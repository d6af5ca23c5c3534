"""The contents of a dataset's folder: classes, examples and problems.

They are read with one os.scandir a class and one stat a burst. Nothing is changed, and no picture is opened.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from showtell.dataset.example import Example
from showtell.dataset.file_names import Series, burst_of, loose_number, natural
from showtell.dataset.names import DISABLED_FILE, LABEL_FILE, check_label, is_litter, normalized, printable
from showtell.dataset.workspace import NOT_OURS
from showtell.errors import DatasetError
from showtell.pictures import formats
from showtell.pictures.formats import SUFFIXES
from showtell.sentences import Said
from showtell.system.files import open_regular

ODD_NAME = Said("file-odd-name", "its name is not valid Unicode; rename it")

NOT_READ = Said("file-inside", "a folder in a class folder is not read; move its pictures up")

NO_LABEL = Said("file-no-label", "it holds no usable name; the class is called like its folder")


@dataclass(slots=True)
class ClassFolder:
    """A class: the name of its folder, its label, and its examples by id, oldest first.

    A dataset may have several folders for one class, as "Ratón" in the two forms of Unicode. New pictures go to the
    first of them; the others are its ``twins``, and their examples are among its own too.
    """

    folder: str
    label: str  # in its normalised form
    marker: str = ""  # what its label file says, "" if it has none
    examples: dict[str, Example] = field(default_factory=dict)
    enabled: bool = True
    twins: list[ClassFolder] = field(default_factory=list)

    @property
    def parts(self) -> list[ClassFolder]:
        """The class's folders, each with what is in it alone but for the first."""
        return [self, *self.twins]


class Scan:
    """The contents of the dataset ``root`` as they were when they were read.

    ``order`` names the class folders in their order; others come last, by name. Raise OSError if ``root`` cannot be
    read. One that doesn't exist is empty.
    """

    def __init__(self, root: Path, order: list[str]) -> None:
        self.root = root
        self.classes: dict[str, ClassFolder] = {}  # by label
        self.folders: dict[str, ClassFolder] = {}  # the same by folder
        self.problems: dict[str, str] = {}  # file -> reason
        self.numbers: dict[tuple[str, Series], int] = {}  # (folder, series) -> last number used
        groups = self._read_root()
        self.problems = dict(sorted(self.problems.items()))
        place = {folder: at for at, folder in enumerate(order)}
        for group in sorted(groups, key=lambda group: (place.get(group.folder, len(place)), group.folder)):
            self.put(group)

    def put(self, group: ClassFolder) -> None:
        """Add a class, or have it again."""
        self.classes[group.label] = group
        for part in group.parts:
            self.folders[part.folder] = group

    def example(self, id: str) -> Example | None:
        """Return the example with this id, None if there is none."""
        group = self.folders.get(id.partition("/")[0])
        return group.examples.get(id) if group else None

    # -- reading

    def _read_root(self) -> list[ClassFolder]:
        try:
            with os.scandir(self.root) as entries:
                root = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            return []
        groups = []
        for entry in root:
            if is_litter(entry.name):
                continue
            if not _is_utf8(entry.name):
                self.problems[printable(entry.name)] = ODD_NAME
            elif entry.is_dir(follow_symlinks=False):
                try:
                    groups.append(self._read_class(entry.name))
                except FileNotFoundError:
                    pass  # not foreign, just gone in the meantime
                except OSError as error:
                    words = f"the folder cannot be read ({error.strerror})"
                    self.problems[entry.name] = Said("file-closed-folder", words, found=error.strerror)
            elif entry.is_dir():
                words = "a link to a folder is not followed; copy the folder here"
                self.problems[entry.name] = Said("file-folder-link", words)
            elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
                words = "a picture needs a class; move it into the folder of its class"
                self.problems[entry.name] = Said("file-loose", words)
        return _joined(groups)

    def _read_class(self, folder: str) -> ClassFolder:
        marker, enabled = "", True
        files: dict[str | None, list[tuple[list[str | int], str]]] = {}  # by burst
        with os.scandir(self.root / folder) as entries:
            for entry in entries:
                if entry.name == LABEL_FILE:
                    marker = self._read_label(folder, entry)
                elif entry.name == DISABLED_FILE:
                    enabled = self._read_disabled(folder, entry)
                elif not is_litter(entry.name):
                    stem, suffix = os.path.splitext(entry.name)
                    if problem := self._problem(entry, suffix):
                        self.problems[printable(f"{folder}/{entry.name}")] = problem
                        continue
                    burst, number = burst_of(stem)
                    files.setdefault(burst, []).append(([number] if burst else natural(stem), entry.name))
        series = []
        gone = False
        for burst, members in files.items():
            members.sort()
            names = [name for _, name in members]
            last = max(map(loose_number, names)) if burst is None else burst_of(os.path.splitext(names[-1])[0])[1]
            self.numbers[folder, (burst, None)] = last
            try:
                time = os.lstat(self.root / folder / names[-1]).st_mtime_ns
            except FileNotFoundError:  # removed in the meantime; its brothers may be there
                time, gone = 0, True
            series.append((time, burst or "", names))
        if gone:
            os.lstat(self.root / folder)  # FileNotFoundError if it is gone as a whole
        label = normalized(marker or folder)
        group = ClassFolder(folder, label, marker, enabled=enabled)
        for _, burst, names in sorted(series):
            for name in names:
                id = f"{folder}/{name}"
                group.examples[id] = Example(label, id, burst or None, self.root)
        return group

    def _read_label(self, folder: str, entry: os.DirEntry[str]) -> str:
        try:
            with open_regular(entry, "rb") as file:
                marker = file.read(1 << 16).decode()
            check_label(marker)
            return marker
        except (OSError, ValueError, DatasetError):
            self.problems[f"{folder}/{LABEL_FILE}"] = NO_LABEL
            return ""

    def _read_disabled(self, folder: str, entry: os.DirEntry[str]) -> bool:
        """Return whether the class is learned all the same, since what should disable it is no file."""
        if entry.is_file(follow_symlinks=False):
            return False
        self.problems[f"{folder}/{DISABLED_FILE}"] = NOT_OURS
        return True

    def _problem(self, entry: os.DirEntry[str], suffix: str) -> str | None:
        """Return why a file in a class folder is no example; None if it is one, as far as its entry tells."""
        if not _is_utf8(entry.name):
            return ODD_NAME
        if entry.is_dir(follow_symlinks=False):
            return NOT_READ
        if suffix.lower() not in SUFFIXES:
            return formats.why_not(suffix)
        if entry.is_symlink():
            target = Path(os.path.realpath(entry.path))
            if not target.is_relative_to(os.path.realpath(self.root)):
                return Said(
                    "file-link-out", "a link that leads out of the dataset is not followed; copy the picture here"
                )
            if not target.is_file():
                return Said("file-link-dead", "a link to nothing that could be read")
        elif not entry.is_file(follow_symlinks=False):
            return Said("file-none", "not a file")
        return None


def _joined(groups: list[ClassFolder]) -> list[ClassFolder]:
    """Return the classes: folders of one name in several forms are one class.

    A folder that was copied together with its label file is a class of its own, called a copy.
    """
    classes: dict[str, ClassFolder] = {}
    copies = []
    for group in sorted(groups, key=lambda group: (bool(group.marker), group.folder != group.label)):
        first = classes.setdefault(group.label, group)
        if group.marker and any(
            group.marker == (other.marker or other.folder) for other in first.parts if other is not group
        ):
            copies.append(group)
        elif first is not group:
            first.twins.append(group)
            first.examples |= group.examples
    for group in copies:
        label = group.label
        while label in classes:
            label += " (copy)"
        group.label = label
        group.examples = {id: replace(example, label=label) for id, example in group.examples.items()}
        classes[label] = group
    return list(classes.values())


def _is_utf8(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)
