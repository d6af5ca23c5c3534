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


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, in a folder of mode 0700 if that is new; always either the old file or the new one.

    On Windows the user's own folders are private already, and the modes mean nothing. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replaced(path, 0o600) as file:
        file.write(data)


def read_private(path: Path) -> bytes | None:
    """The file's content; None if there is none, or if others could have read_private or written it."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.getuid()):
                return None
            return file.read()
    except OSError:
        return None
