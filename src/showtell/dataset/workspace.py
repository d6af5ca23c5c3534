"""The hidden folder ``.showtell`` of a dataset, which holds all that is no picture::

journal     what was done, one JSON record a line: see `Journal`
trash/17/…  what operation 17 took away; kept while it can be undone
order       the folders of the classes in their order; a hint
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
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from showtell.dataset.names import DISABLED, DISABLED_FILE, HIDDEN, LABEL_FILE
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.system.files import locked, names_in, sync_folder, write_all


class Hidden:
    """The hidden folder of the dataset ``root``, and how something gets from there into the dataset in one act."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / HIDDEN
        self.journal = self.folder / "journal"

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Make the folder if need be and keep other programs out; gives whether that is certain."""
        new = not self.root.exists()
        for path in (self.folder, *(self.folder / name for name in ("tmp", "trash", "lock", "journal"))):
            if path.is_symlink():  # a stranger's dataset must not make us write elsewhere
                raise NotADirectoryError(errno.ENOTDIR, "a link where none was expected", str(path))
        for name in ("tmp", "trash"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        if new:
            sync_folder(self.root.parent)
        with open(self.folder / "lock", "ab") as file, locked(file.fileno()) as alone:
            yield alone

    # -- writing

    @contextlib.contextmanager
    def written(self, data: bytes) -> Iterator[Path]:
        """A new file, complete and synced, to be given its place in the ``with`` block; gone after it."""
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
        """A new unbuffered file without a name, or with one only while it is open; gone when it is closed."""
        with self.hold():
            return tempfile.TemporaryFile(dir=self.folder / "tmp", buffering=0)

    def replace(self, path: Path, data: bytes) -> None:
        """Write a small file so that it is always either the old or the new one."""
        with self.written(data) as file:
            os.replace(file, path)

    def make_class(self, folder: Path, label: str, enabled: bool = True) -> None:
        """Make the folder of a class, never to be seen without its label file (none for the label "")."""
        staged = self._temporary()
        staged.mkdir()
        try:
            if label:
                self.replace(staged / LABEL_FILE, label.encode())
            if not enabled:
                self.replace(staged / DISABLED_FILE, DISABLED.encode())
            os.rename(staged, folder)
            sync_folder(folder.parent)
        except BaseException:
            remove_empty_class(staged)
            remove_empty_class(folder)  # no other program's: the name was not taken
            raise

    def _temporary(self) -> Path:
        return self.folder / "tmp" / f"{os.getpid()}-{time.time_ns()}"

    # -- the order of classes

    def order(self) -> list[str]:
        """The folders of classes in their order; the last mention of one counts."""
        try:
            order = json.loads((self.folder / "order").read_bytes())
        except (OSError, ValueError, RecursionError):
            return []
        return [name for name in order if isinstance(name, str)] if isinstance(order, list) else []

    def set_order(self, order: list[str]) -> None:
        self.replace(self.folder / "order", json.dumps(order).encode())

    # -- cleaning

    def clean(self) -> None:
        """Remove what a killed program was writing; only for who holds the lock: no other is writing now."""
        for leftover in (self.folder / "tmp").iterdir():
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                with contextlib.suppress(PermissionError):  # Windows, of one that another program still has open
                    leftover.unlink(missing_ok=True)

    def trash(self) -> list[int]:
        """The operations of which there is something in the trash."""
        return [int(name) for name in names_in(self.folder / "trash") if name.isdecimal()]

    def drop(self, operation: int) -> None:
        """Delete for good what an operation took away."""
        path = self.folder / "trash" / str(operation)
        if path.exists() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def remove_empty_class(folder: Path) -> None:
    """Remove the folder of a class with its hidden files, unless there is more in it."""
    with contextlib.suppress(OSError):
        for name in (LABEL_FILE, DISABLED_FILE):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn an OSError into a DatasetError of one line: could not do ``what``, why, and what to do."""
    try:
        yield
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
