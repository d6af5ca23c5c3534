"""Zips: of class folders, of pictures without classes, and Teachable Machine's.

Nothing is unpacked to the disk, so no name in a zip can lead anywhere; names that try are reported. Teachable
Machine saves a project as ``<class>-!-<n>.jpg`` with a ``manifest.json``, and the samples of one class as
``<class>-samples.zip``.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from showtell import filename
from showtell.dataset import Problem
from showtell.errors import DatasetError, PictureError
from showtell.frame import SUFFIXES
from showtell.imports.source import MAX_PICTURE_BYTES, Group, Picture, Source, needed
from showtell.names import DISABLED_FILE, LABEL_FILE, check_label, is_litter

MAX_FILES = 100_000
MAX_BYTES = 16 * 2**30  # of all pictures, unpacked
MANIFEST = "manifest.json"
MARK = "-!-"  # between class and number

_SAMPLES = re.compile(r"(.+)-samples( ?\(\d+\))?\.zip", re.IGNORECASE | re.DOTALL)
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def read_zip(source: BinaryIO, name: str, label: str | None) -> Source:
    """What a zip holds; its pictures are read when they are asked for.

    Raises DatasetError if the zip is damaged as a whole, too large, or holds nothing that can be used.
    """
    try:
        file = zipfile.ZipFile(source)
    except _DAMAGE as error:
        raise DatasetError(f"{name}: a damaged zip ({error}); get the file again") from error
    entries = file.infolist()
    if len(entries) > MAX_FILES:
        raise DatasetError(f"{name}: {len(entries)} files; expected at most {MAX_FILES}; import it in parts")
    size = sum(entry.file_size for entry in entries)
    if size > MAX_BYTES:
        raise DatasetError(
            f"{name}: {size / 2**30:.0f} GB when unpacked; expected at most {MAX_BYTES // 2**30} GB; import it in parts"
        )
    return _Zip(file, name, label).read()


class _Zip:
    def __init__(self, file: zipfile.ZipFile, name: str, label: str | None) -> None:
        self.file = file
        self.name = name
        self.label = label
        self.groups: dict[str, list[Picture]] = {}
        self.disabled: set[str] = set()
        self.problems: list[Problem] = []

    def read(self) -> Source:
        entries = {}
        for entry in self.file.infolist():
            path = entry.filename.replace("\\", "/")
            if problem := _problem(entry, path):
                self.problems.append(Problem(path, problem))
            else:
                entries[path] = entry
        pictures = [path for path in entries if PurePosixPath(path).suffix.lower() in SUFFIXES]
        if MANIFEST in entries and pictures and all(MARK in path for path in pictures):
            self._project({path: entries[path] for path in pictures})
        else:
            self._folders({path: entry for path, entry in entries.items() if not _is_litter(path)})
        if not self.groups:
            raise DatasetError(
                f"{self.name}: expected pictures, in folders of classes, found none that can be used"
                + "".join(f"; {problem.file}: {problem.reason}" for problem in self.problems[:1])
            )
        groups = [
            Group(label, pictures, len(pictures), label not in self.disabled) for label, pictures in self.groups.items()
        ]
        return Source(groups, self.problems)

    def _project(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        """Teachable Machine's: the classes in the order of their first pictures, each one recording."""
        for path in sorted(entries, key=lambda path: filename.natural(path.rpartition(MARK)[2])):
            self._put(path.rpartition(MARK)[0], path, entries[path], burst=PurePosixPath(self.name).stem)
        first = list(dict.fromkeys(path.rpartition(MARK)[0] for path in entries))
        self.groups = {label: self.groups[label] for label in first if label in self.groups}

    def _folders(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        inside = _common([path for path in entries if not path.endswith("/")])
        labels: dict[str, str] = {}
        loose = {}
        for path, entry in entries.items():
            parts = path[len(inside) :].split("/") if path.startswith(inside) else []
            if len(parts) == 2:
                labels.setdefault(parts[0], self._label(entries.get(f"{inside}{parts[0]}/{LABEL_FILE}"), parts[0]))
            match parts:
                case [folder, ""]:
                    self._class(labels[folder], path)
                case [folder, file] if file == DISABLED_FILE:
                    self.disabled.add(labels[folder])
                case [_, file] if file == LABEL_FILE:
                    pass
                case [folder, _]:
                    self._put(labels[folder], path, entry)
                case [file] if file:
                    loose[path] = entry
                case [_, _, *_] if not path.endswith("/"):
                    self.problems.append(Problem(path, "a folder in a class folder is not read; move its pictures up"))
        if any(PurePosixPath(path).suffix.lower() in SUFFIXES for path in loose):
            self._loose(loose)

    def _loose(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        samples = _SAMPLES.fullmatch(self.name)
        label = samples[1] if samples and self.label is None else self.label
        if label is None and self.groups:
            self.problems += [Problem(path, "a picture needs a class; put it into a folder") for path in entries]
            return
        label = needed(label, f"{self.name}: a zip of pictures without class folders")
        for path in sorted(entries, key=lambda path: filename.natural(path)):
            self._put(label, path, entries[path], burst=label if samples else None)

    def _label(self, entry: zipfile.ZipInfo | None, folder: str) -> str:
        if entry is None:
            return folder
        try:
            with self.file.open(entry) as file:
                return check_label(file.read(1 << 16).decode())
        except (*_DAMAGE, DatasetError):
            self.problems.append(
                Problem(entry.filename, "it holds no usable name; the class is called like its folder")
            )
            return folder

    def _class(self, label: str, path: str) -> list[Picture] | None:
        try:
            return self.groups.setdefault(check_label(label), [])
        except DatasetError as error:
            self.problems.append(Problem(path, str(error)))
            return None

    def _put(self, label: str, path: str, entry: zipfile.ZipInfo, burst: str | None = None) -> None:
        if PurePosixPath(path).suffix.lower() not in SUFFIXES:
            reason = "not a picture that showtell reads; expected JPEG, PNG, WebP, GIF, BMP or TIFF"
            self.problems.append(Problem(path, reason))
        elif (group := self._class(label, path)) is not None:
            group.append(Picture(path, partial(self._data, path, entry), burst))

    def _data(self, path: str, entry: zipfile.ZipInfo) -> bytes:
        try:
            with self.file.open(entry) as file:
                return file.read(MAX_PICTURE_BYTES)
        except _DAMAGE as error:
            raise PictureError(f"{path}: damaged in the zip ({error}); expected a whole picture") from error


def _problem(entry: zipfile.ZipInfo, path: str) -> str | None:
    """Why an entry is not even looked at; None if it is."""
    if path.startswith("/") or re.match("[A-Za-z]:/", path) or ".." in path.split("/"):
        return "its name leads out of the zip; not imported"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link is not followed; put the picture itself into the zip"
    if entry.flag_bits & 1:
        return "encrypted; expected a zip without a password"
    if entry.file_size > MAX_PICTURE_BYTES:
        return f"{entry.file_size / 2**20:.0f} MB; expected at most {MAX_PICTURE_BYTES // 2**20} MB"
    return None


def _is_litter(path: str) -> bool:
    *folders, file = path.split("/")
    return any(map(is_litter, folders)) or (is_litter(file) and file not in (LABEL_FILE, DISABLED_FILE))


def _common(paths: list[str]) -> str:
    """The folders that all class folders are in, with a ``/`` at the end."""
    inside = ""
    while paths:
        first = paths[0][len(inside) :].partition("/")[0]
        deeper = f"{inside}{first}/"
        if not first or not all(path.startswith(deeper) and path[len(deeper) :].count("/") for path in paths):
            break
        inside = deeper
    return inside
