"""What the standard library leaves to be said about disks: locks, whole writes, and errors in plain words."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from showtell.errors import DatasetError
from showtell.said import Said

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextlib.contextmanager
def locked(descriptor: int, patience_s: float = 10.0) -> Iterator[bool]:
    """Lock an open file against other programs and threads; a killed program's lock is free at once.

    Gives False where the file system knows no locks. Raises OSError (EBUSY) when another holds it too long.
    """
    give_up = time.monotonic() + patience_s
    held = None
    while held is None:
        try:
            _lock(descriptor)
            held = True
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                held = False
            elif time.monotonic() > give_up:
                raise OSError(errno.EBUSY, "another program is changing it") from error
            else:
                time.sleep(0.002)
    try:
        yield held
    finally:
        if held:
            _lock(descriptor, unlock=True)


def _lock(descriptor: int, *, unlock: bool = False) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, 1 << 40, os.SEEK_SET)  # beyond the content: nobody is kept from reading
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK if unlock else msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN if unlock else fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_all(descriptor: int, data: bytes) -> None:
    """os.write until all of it is written: one call may write a part, as on a disk that is filling up."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def replaced(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` once it is complete and synced; until then, what was there stays."""
    staged = path.with_name(f".showtell-{os.getpid()}-{time.time_ns()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(staged, flags, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(staged, path)
    except BaseException:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut, where the system can do that."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # file systems that can't
            raise
    finally:
        os.close(descriptor)


def link(file: Path, name: Path) -> None:
    """Give a complete file another name; FileExistsError, never an overwritten file, if that is taken.

    Where the file system knows no links, the file has only the new name then.
    """
    try:
        os.link(file, name)
    except FileExistsError:
        raise
    except OSError:  # no links here, or something else that the next lines run into too
        refuse_existing(name)
        os.rename(file, name)


def refuse_existing(path: Path) -> None:
    """FileExistsError if there is anything, even a link to nothing."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "it is in the way", str(path))


def names_in(folder: Path) -> list[str]:
    """What is in a folder; nothing, if there is no such folder."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


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
