"""Zips as a source: nothing is unpacked to a place of its name, and names that lead out of the zip are reported."""

from __future__ import annotations

import re
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from functools import partial
from typing import Any, BinaryIO, cast

from showtell.dataset.example import Problem
from showtell.errors import DatasetError, PictureError
from showtell.importers.layouts import read_tree
from showtell.importers.source import MAX_PICTURE_BYTES, Source
from showtell.importers.tree import File, Tree
from showtell.importers.zip_names import decoded_names
from showtell.sentences import Said, of, reason

MAX_FILES = 100_000

MAX_BYTES = 16 * 2**30  # of all pictures, unpacked

MAX_INNER_BYTES = 2**30  # of a zip in a zip

_KEPT_BYTES = 2**24  # of a zip in a zip that are kept in memory; the rest goes to a file without a name

_DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError)

_DAMAGE += (NotImplementedError, RuntimeError)  # packed in a way that is not known, or encrypted


def read_zip(source: BinaryIO, name: str, label: str | None) -> Source:
    """Return what a zip holds; its pictures are read when they are asked for.

    Raises DatasetError if the zip is damaged as a whole, too large, or holds nothing that can be used.
    """
    return read_tree(zip_tree(source, name), label)


def zip_tree(source: BinaryIO, name: str) -> Tree:
    """Return the files in a zip, and those of the zips in it as if they lay in folders of their names.

    Raises DatasetError if the zip is damaged as a whole or too large.
    """
    tree = Tree(name)
    zips: dict[str, zipfile.ZipInfo] = {}
    file = _opened(source, name)
    _fill(tree, file, "", zips)
    for path, entry in zips.items():
        try:
            with file.open(entry) as packed:
                add_zip(tree, cast(BinaryIO, packed), path)
        except _DAMAGE as error:
            tree.problems.append(Problem(path, _damaged(error)))
    tree.complete()
    return tree


def _opened(source: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        file = zipfile.ZipFile(cast(BinaryIO, _Sparing(source, name)))
    except _DAMAGE as error:
        raise DatasetError(of(name, _damaged(error))) from error
    entries = file.infolist()
    if len(entries) > MAX_FILES:
        words = f"{len(entries)} files; expected at most {MAX_FILES}; import it in parts"
        raise DatasetError(of(name, Said("zip-many", words, found=len(entries), most=MAX_FILES)))
    size = sum(entry.file_size for entry in entries)
    if size > MAX_BYTES:
        found, most = round(size / 2**30), MAX_BYTES // 2**30
        words = f"{found} GB when unpacked; expected at most {most} GB; import it in parts"
        raise DatasetError(of(name, Said("zip-large", words, found=found, most=most)))
    return file


def _fill(tree: Tree, file: zipfile.ZipFile, prefix: str, zips: dict[str, zipfile.ZipInfo] | None) -> None:
    """Add the entries of a zip to the tree; those that are zips themselves to ``zips``, if it is given."""
    entries = file.infolist()
    for entry, name in zip(entries, decoded_names(entries), strict=True):
        path = prefix + name
        inner = zips is not None and name.lower().endswith((".zip", ".tm"))
        if ".." not in name.split("/") and tree.skips(path.rstrip("/"), path.endswith("/")):
            continue
        if problem := _problem(entry, name, MAX_INNER_BYTES if inner else MAX_PICTURE_BYTES):
            tree.problems.append(Problem(path, problem))
        elif path.endswith("/"):
            tree.add(path.rstrip("/"), None)
        elif zips is not None and inner:
            zips[path] = entry
        else:
            tree.add(path, File(path, partial(_data, file, path, entry)))


def add_zip(tree: Tree, source: BinaryIO, path: str) -> None:
    """Add the files in a zip that is itself a file of the tree; a damaged or huge one is a problem of it."""
    copy = tempfile.SpooledTemporaryFile(_KEPT_BYTES)  # noqa: SIM115 - it lives as long as the pictures in it
    while piece := source.read(2**20):
        if copy.tell() + len(piece) > MAX_INNER_BYTES:
            copy.close()
            tree.problems.append(Problem(path, _large(MAX_INNER_BYTES + 2**20, MAX_INNER_BYTES)))
            return
        copy.write(piece)
    copy.seek(0)
    try:
        file = _opened(cast(BinaryIO, copy), path)
        weakref.finalize(file, copy.close)
        _fill(tree, file, f"{path}/", None)
    except DatasetError as error:
        copy.close()
        tree.problems.append(Problem(path, reason(error, path)))


def _damaged(error: Exception) -> Said:
    return Said("zip-damaged", f"a damaged zip ({error}); get the file again", found=str(error))


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


def _problem(entry: zipfile.ZipInfo, path: str, most: int) -> str | None:
    """Return why an entry is not even looked at; None if it is."""
    if path.startswith("/") or re.match("[A-Za-z]:/", path) or ".." in path.split("/"):
        return Said("file-leads-out", "its name leads out of the zip; not imported")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Said("file-link", "a link is not followed; put the picture itself into the zip")
    if entry.flag_bits & 1:
        return Said("file-encrypted", "encrypted; expected a zip without a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others may take any amount of memory
        words = "compressed in an unusual way; expected an ordinary zip (stored or deflated)"
        return Said("file-packed", words)
    return _large(entry.file_size, most) if entry.file_size > most else None


def _large(size: int, most: int) -> Said:
    found, most = round(size / 2**20), most // 2**20
    return Said("file-large", f"{found} MB; expected at most {most} MB", found=found, most=most)


def _data(file: zipfile.ZipFile, path: str, entry: zipfile.ZipInfo, size: int) -> bytes:
    try:
        with file.open(entry) as packed:
            return packed.read(size if size >= 0 else MAX_PICTURE_BYTES)
    except _DAMAGE as error:
        words = f"damaged in the zip ({error}); expected a whole picture"
        raise PictureError(of(path, Said("picture-damaged", words, found=str(error)))) from error
