"""The hidden folder ``.showtell`` of a dataset, which holds all that is no picture::

journal     what was done, one JSON record a line: see `Journal`
trash/17/…  what operation 17 took away; kept while it can be undone
order       the folders of the classes in their order; a hint
dismissed   the findings that are not to be shown again
…-….bin     what was computed from the pictures: see `FeatureCache`
tmp/        files and folders that are being written
lock        held by the program that is changing the dataset
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from showtell.dataset.names import DISABLED, DISABLED_FILE, LABEL_FILE, UNKNOWN_FILE, WORKSPACE, printable
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.system.files import (
    NotAFileError,
    in_the_way,
    is_folder,
    is_regular,
    locked,
    names_in,
    open_regular,
    sync_folder,
    write_all,
)

JOURNAL, LOCK, ORDER, DISMISSED, TMP, TRASH = "journal", "lock", "order", "dismissed", "tmp", "trash"

NOT_OURS = Said("file-not-ours", "nothing that showtell made, so it is not opened; remove it")


class Workspace:
    """The folder ``.showtell`` of the dataset ``root``: the only place that opens, writes and removes files there.

    A dataset may come from a stranger, who can put anything in there. So only regular files, and folders where folders
    belong, are taken for ours. All else (links, pipes, devices, a folder in the place of a file) is never followed,
    read, written or removed: `foreign` lists it, and what cannot do without that place raises FileExistsError or
    NotADirectoryError.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / WORKSPACE

    @property
    def exists(self) -> bool:
        """Whether there is such a folder of ours; a folder of pictures from elsewhere has none."""
        return is_folder(self.folder)

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Make the folder if need be and keep other programs out. Yield False where the file system cannot lock."""
        self._make_folders()
        refuse_foreign(self.folder / JOURNAL)
        with self.open(LOCK, "ab") as file, locked(file.fileno()) as alone:
            yield alone

    def _make_folders(self) -> None:
        new = not self.root.exists()
        for folder in (self.folder, self.folder / TMP, self.folder / TRASH):
            make_folder(folder)
        if new:
            sync_folder(self.root.parent)

    def foreign(self) -> dict[str, str]:
        """Return what is there and is not ours, as path in the dataset with ``/`` and reason."""
        if not os.path.lexists(self.folder):
            return {}
        if not self.exists:
            return {WORKSPACE: NOT_OURS}
        found = [name for name, kind in _entries(self.folder) if kind not in _expected(name)]
        found += [f"{TMP}/{name}" for name, kind in _entries(self.folder / TMP) if kind == "other"]
        found += [f"{TRASH}/{name}" for name, kind in _entries(self.folder / TRASH) if kind != "folder"]
        return {printable(f"{WORKSPACE}/{name}"): NOT_OURS for name in sorted(found)}

    # -- files

    def open(self, name: str, mode: str) -> BinaryIO:
        """Open a file of the workspace unbuffered, as ``open`` does with a binary ``mode``; it and its folder are made.

        A hard link is undone before it is written to, so that the file's other name keeps what it has.
        """
        path = self.folder / name
        writes = "r" not in mode or "+" in mode
        if writes:
            make_folder(self.folder)
        elif not self.exists:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        file = open_regular(path, mode)
        if writes and name != LOCK and os.fstat(file.fileno()).st_nlink > 1:
            file.close()
            self._make_folders()
            self.replace(path, self.read(name))
            file = open_regular(path, mode)
        return file

    def opener(self, name: str) -> Callable[[str], BinaryIO]:
        """Return a function that takes a mode and opens this file."""
        return partial(self.open, name)

    def read(self, name: str) -> bytes:
        """Return the content of a file of the workspace; FileNotFoundError if there is none."""
        with self.open(name, "rb") as file:
            return file.read()

    def status(self, name: str) -> os.stat_result | None:
        """Return the status of a file of the workspace; None if there is none that is ours."""
        try:
            status = os.lstat(self.folder / name) if self.exists else None
        except OSError:
            return None
        return status if status and is_regular(status) else None

    def set_aside(self, name: str) -> None:
        """Give a file of the workspace that is of no use another name, for people to look at."""
        refuse_foreign(self.folder / name)
        os.replace(self.folder / name, self.folder / f"{name}.damaged-{time.time_ns()}")

    # -- writing

    @contextlib.contextmanager
    def written(self, data: bytes) -> Iterator[Path]:
        """Yield a new file, complete and synced, to be given its place in the ``with`` block; gone after it."""
        path = self._temporary()
        try:
            with open(path, "xb", buffering=0) as file:
                write_all(file.fileno(), data)
                os.fsync(file.fileno())
            now = time.time_ns()  # a file system's own clock may be too coarse to tell which came first
            os.utime(path, ns=(now, now))
            yield path
        finally:
            path.unlink(missing_ok=True)

    def scratch(self) -> BinaryIO:
        """Return a new unbuffered file that is gone when it is closed."""
        with self.hold():
            return tempfile.TemporaryFile(dir=self.folder / TMP, buffering=0)

    def replace(self, path: Path, data: bytes) -> None:
        """Write a small file so that it is always either the old or the new one.

        ``path`` may be elsewhere in the dataset. Raise FileExistsError if there is something that is no file.
        """
        refuse_foreign(path)
        with self.written(data) as file:
            os.replace(file, path)

    def make_class(self, folder: Path, label: str, enabled: bool = True) -> None:
        """Make the folder of a class, which nobody sees without its label file (none for the label "")."""
        self.make_marked(folder, {LABEL_FILE: label, DISABLED_FILE: "" if enabled else DISABLED})

    def make_marked(self, folder: Path, files: Mapping[str, str]) -> None:
        """Make a folder with small files, which nobody sees without them; none for one that says ""."""
        staged = self._temporary()
        staged.mkdir()
        try:
            for name, text in files.items():
                if text:
                    self.replace(staged / name, text.encode())
            os.rename(staged, folder)
            sync_folder(folder.parent)
        except BaseException:
            remove_empty_class(staged)
            remove_empty_class(folder)  # no other program's: the name was not taken
            raise

    def _temporary(self) -> Path:
        return self.folder / TMP / f"{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"

    # -- the order of classes

    def order(self) -> list[str]:
        """Return the folders of classes in their order; the last mention of one counts."""
        try:
            order = json.loads(self.read(ORDER))
        except (OSError, ValueError, RecursionError):
            return []
        return [name for name in order if isinstance(name, str)] if isinstance(order, list) else []

    def set_order(self, order: list[str]) -> None:
        """Write the folders of classes in their order."""
        self.replace(self.folder / ORDER, json.dumps(order).encode())

    # -- cleaning

    def clean(self) -> None:
        """Remove what a killed program was writing; only for who holds the lock: no other is writing now."""
        for name, kind in _entries(self.folder / TMP):
            leftover = self.folder / TMP / name
            if kind == "folder":
                shutil.rmtree(leftover, ignore_errors=True)
            elif kind == "file":
                with contextlib.suppress(PermissionError):  # Windows, of one that another program still has open
                    leftover.unlink(missing_ok=True)

    def trash(self) -> list[int]:
        """Return the operations of which there is something in the trash."""
        return [int(name) for name in names_in(self.folder / TRASH) if name.isdecimal()]

    def drop(self, operation: int) -> None:
        """Delete for good what an operation took away."""
        path = self.folder / TRASH / str(operation)
        if is_folder(path):
            shutil.rmtree(path, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Make a folder if there is none; NotADirectoryError if there is a link or anything else."""
    if is_folder(folder):
        return
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True)
    if not is_folder(folder):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(folder))


def refuse_foreign(path: Path) -> None:
    """Raise FileExistsError if there is something that is no file: a link, a folder, a pipe or a device."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if not is_regular(os.lstat(path)):
            raise in_the_way(path)


def _expected(name: str) -> tuple[str, ...]:
    """Return of which kind an entry of the workspace with this name may be."""
    if name in (TMP, TRASH):
        return ("folder",)
    if name in (JOURNAL, LOCK, ORDER, DISMISSED) or name.endswith(".bin"):
        return ("file",)
    return ("file", "folder")  # a later version's


def _entries(folder: Path) -> list[tuple[str, str]]:
    """Return the names in a folder, each with its kind: "file", "folder" or "other"; none if it is no folder itself."""
    if not is_folder(folder):
        return []
    with os.scandir(folder) as entries:
        return [(entry.name, _kind(entry)) for entry in entries]


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_file(follow_symlinks=False):
        return "file"
    return "folder" if is_folder(entry) else "other"


def remove_empty_class(folder: Path) -> None:
    """Remove the folder of a class with its hidden files, unless there is more in it."""
    with contextlib.suppress(OSError):
        for name in (LABEL_FILE, DISABLED_FILE, UNKNOWN_FILE):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn an OSError into a DatasetError that says in one line: could not do ``what``, why, and what to do."""
    try:
        yield
    except NotAFileError as error:
        why = Said("disk-no-file", f"{error.strerror}; choose another file")
        raise DatasetError(Said("disk", f"could not {what}: {why}", why=why)) from error
    except OSError as error:
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                why = Said("disk-full", "the disk is full; free some space and try again")
            case errno.EROFS | errno.EACCES | errno.EPERM:
                words = f"{error.strerror}; allow writing, or copy the dataset to a folder of your own"
                why = Said("disk-closed", words)
            case errno.EEXIST:
                words = f"{error.filename} is in the way; move it away and try again"
                why = Said("disk-taken", words, file=str(error.filename))
            case errno.ENOTDIR:
                words = f"expected a folder, found something else ({error.filename}); remove it, or choose another"
                why = Said("disk-no-folder", words, file=str(error.filename))
            case errno.EBUSY:
                why = Said("disk-busy", f"{error.strerror}; try again when it is done")
            case _:
                words = f"{error.strerror or error}; check the disk and try again"
                why = Said("disk-fails", words, found=error.strerror or str(error))
        raise DatasetError(Said("disk", f"could not {what}: {why}", why=why)) from error
