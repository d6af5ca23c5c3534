"""Zips: of class folders, of pictures without classes, and Teachable Machine's.

Nothing is unpacked to the disk, so no name in a zip can lead anywhere; names that try are reported. Teachable
Machine saves a project as ``<class>-!-<n>.jpg`` with a ``manifest.json``, and the samples of one class as
``<class>-samples.zip``.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from showtell.dataset import file_names
from showtell.dataset.contents import NO_LABEL, NOT_READ
from showtell.dataset.example import Problem
from showtell.dataset.names import DISABLED_FILE, LABEL_FILE, check_label, is_litter
from showtell.errors import DatasetError, PictureError
from showtell.importers.source import MAX_PICTURE_BYTES, Group, Picture, Source, needed
from showtell.pictures.frame import NO_PICTURE, SUFFIXES
from showtell.sentences import Said, of, sentence

MAX_FILES = 100_000


MAX_BYTES = 16 * 2**30  # of all pictures, unpacked


MANIFEST = "manifest.json"


MARK = "-!-"  # between class and number


_SAMPLES = re.compile(r"(.+)-samples( ?\(\d+\))?\.zip", re.IGNORECASE | re.DOTALL)


_DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError)


_DAMAGE += (NotImplementedError, RuntimeError)  # packed in a way that is not known, or encrypted


def read_zip(source: BinaryIO, name: str, label: str | None) -> Source:
    """What a zip holds; its pictures are read when they are asked for.

    Raises DatasetError if the zip is damaged as a whole, too large, or holds nothing that can be used.
    """
    try:
        file = zipfile.ZipFile(_Sparing(source, name))
    except _DAMAGE as error:
        reason = Said("zip-damaged", f"a damaged zip ({error}); get the file again", found=str(error))
        raise DatasetError(of(name, reason)) from error
    entries = file.infolist()
    if len(entries) > MAX_FILES:
        words = f"{len(entries)} files; expected at most {MAX_FILES}; import it in parts"
        raise DatasetError(of(name, Said("zip-many", words, found=len(entries), most=MAX_FILES)))
    size = sum(entry.file_size for entry in entries)
    if size > MAX_BYTES:
        found, most = round(size / 2**30), MAX_BYTES // 2**30
        words = f"{found} GB when unpacked; expected at most {most} GB; import it in parts"
        raise DatasetError(of(name, Said("zip-large", words, found=found, most=most)))
    return _Zip(file, name, label).read()


class _Sparing:
    """An open file that is never read in larger parts than a picture has.

    zipfile reads the whole list of files before it can be counted, however long the zip says that it is, and where
    that is said depends on the version of Python.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name

    def read(self, size: int = -1) -> bytes:
        if size > MAX_PICTURE_BYTES:
            words = f"far too many files; expected at most {MAX_FILES}; import it in parts"
            raise DatasetError(of(self._name, Said("zip-endless", words, most=MAX_FILES)))
        return self._file.read(size)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._file, attribute)


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
            words = "expected pictures, in folders of classes, found none that can be used"
            first = of(self.problems[0].file, self.problems[0].reason) if self.problems else None
            reason = Said("zip-nothing", f"{words}; {first}" if first else words, first=first)
            raise DatasetError(of(self.name, reason))
        groups = [
            Group(label, pictures, len(pictures), label not in self.disabled) for label, pictures in self.groups.items()
        ]
        return Source(groups, self.problems)

    def _project(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        """Teachable Machine's: the classes in the order of their first pictures, each one recording."""
        for path in sorted(entries, key=lambda path: file_names.natural(path.rpartition(MARK)[2])):
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
                    self.problems.append(Problem(path, NOT_READ))
        if any(PurePosixPath(path).suffix.lower() in SUFFIXES for path in loose):
            self._loose(loose)

    def _loose(self, entries: dict[str, zipfile.ZipInfo]) -> None:
        samples = _SAMPLES.fullmatch(self.name)
        label = samples[1] if samples and self.label is None else self.label
        if label is None and self.groups:
            reason = Said("file-loose-in-zip", "a picture needs a class; put it into a folder")
            self.problems += [Problem(path, reason) for path in entries]
            return
        label = needed(label, self.name, "a zip of pictures without class folders")
        for path in sorted(entries, key=lambda path: file_names.natural(path)):
            self._put(label, path, entries[path], burst=label if samples else None)

    def _label(self, entry: zipfile.ZipInfo | None, folder: str) -> str:
        if entry is None:
            return folder
        try:
            return check_label(self._data(entry.filename, entry).decode())
        except (PictureError, DatasetError, UnicodeError):
            self.problems.append(Problem(entry.filename, NO_LABEL))
            return folder

    def _class(self, label: str, path: str) -> list[Picture] | None:
        try:
            return self.groups.setdefault(check_label(label), [])
        except DatasetError as error:
            self.problems.append(Problem(path, sentence(error)))
            return None

    def _put(self, label: str, path: str, entry: zipfile.ZipInfo, burst: str | None = None) -> None:
        if PurePosixPath(path).suffix.lower() not in SUFFIXES:
            self.problems.append(Problem(path, NO_PICTURE))
        elif (group := self._class(label, path)) is not None:
            group.append(Picture(path, partial(self._data, path, entry), burst))

    def _data(self, path: str, entry: zipfile.ZipInfo) -> bytes:
        try:
            with self.file.open(entry) as file:
                return file.read(MAX_PICTURE_BYTES)
        except _DAMAGE as error:
            words = f"damaged in the zip ({error}); expected a whole picture"
            raise PictureError(of(path, Said("picture-damaged", words, found=str(error)))) from error


def _problem(entry: zipfile.ZipInfo, path: str) -> str | None:
    """Why an entry is not even looked at; None if it is."""
    if path.startswith("/") or re.match("[A-Za-z]:/", path) or ".." in path.split("/"):
        return Said("file-leads-out", "its name leads out of the zip; not imported")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Said("file-link", "a link is not followed; put the picture itself into the zip")
    if entry.flag_bits & 1:
        return Said("file-encrypted", "encrypted; expected a zip without a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others may take any amount of memory
        words = "compressed in an unusual way; expected an ordinary zip (stored or deflated)"
        return Said("file-packed", words)
    if entry.file_size > MAX_PICTURE_BYTES:
        found, most = round(entry.file_size / 2**20), MAX_PICTURE_BYTES // 2**20
        return Said("file-large", f"{found} MB; expected at most {most} MB", found=found, most=most)
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
