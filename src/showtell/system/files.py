"""What the standard library leaves open about files: locks, whole writes, output files, files that are no links."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextlib.contextmanager
def locked(descriptor: int, patience_s: float = 10.0) -> Iterator[bool]:
    """Lock an open file against other programs and threads; a killed program's lock is free at once.

    Yield True, or False where the file system cannot lock. Raise OSError (EBUSY) when another holds the lock for more
    than ``patience_s`` seconds.
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
    """Call os.write until all is written: one call may write a part, as on a disk that is filling up."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class NotAFileError(OSError):
    """A device, pipe, folder or the like where a file is to be written."""


@contextlib.contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Yield a new file that takes the place of ``path`` once it is complete and synced.

    Until then, what was there stays. The file goes where ``path`` leads through links, and has the permissions of the
    file that was there. Raise NotAFileError for a device, a pipe or a folder, PermissionError for a write-protected
    file, and OSError where the disk says no.

    >>> import pathlib
    >>> path = pathlib.Path("report.txt")
    >>> with replaced(path) as file:
    ...     _ = file.write(b"done")
    >>> path.read_bytes()
    b'done'
    """
    old = _replaceable(path)
    with _staged(Path(os.path.realpath(path)), 0o666 if old is None else 0o600) as file:
        yield file
        if old is not None:
            if hasattr(os, "chown"):
                with contextlib.suppress(OSError):  # a superuser may give the file back to its owner
                    os.chown(file.name, old.st_uid, old.st_gid)
            os.chmod(file.name, stat.S_IMODE(old.st_mode))


def _replaceable(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Return the status of the file that is to be replaced, None if there is none yet."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    if not is_regular(status):
        found = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, a pipe or the like"
        raise NotAFileError(errno.EINVAL, f"expected a file or a new name, found {found}", os.fspath(path))
    # A superuser may write everything, and still has protected this file for a reason.
    if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected", os.fspath(path))
    return status


@contextlib.contextmanager
def _staged(target: Path, mode: int) -> Iterator[IO[bytes]]:
    """Yield a new file beside ``target`` that gets its name at the end."""
    staged = target.with_name(f".showtell-{os.getpid()}-{threading.get_ident()}-{time.time_ns()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(staged, "wb", opener=lambda name, _: os.open(name, flags, mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(staged, target)
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
    """Give a complete file another name. Raise FileExistsError, and overwrite nothing, if that name is taken.

    Where the file system cannot link, the file has only the new name afterwards.
    """
    try:
        os.link(file, name)
    except FileExistsError:
        raise
    except OSError:  # no links here, or something else that the next lines run into too
        refuse_existing(name)
        os.rename(file, name)


def refuse_existing(path: Path) -> None:
    """Raise FileExistsError if there is anything, even a link to nothing."""
    if os.path.lexists(path):
        raise in_the_way(path)


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder; none if there is no such folder."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def open_regular(path: str | os.PathLike[str], mode: str) -> FileIO:
    """Open a file as ``open(path, mode, buffering=0)`` does, but never through a link, and nothing but a regular file.

    ``mode`` is a binary one. Raise FileExistsError for a link, a folder, a pipe or a device, without touching it.
    """
    with contextlib.suppress(FileNotFoundError):
        if not is_regular(os.lstat(path)):  # before it is opened: a device may act on that alone
            raise in_the_way(path)
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no waiting for the other end of a pipe
    try:
        file = FileIO(path, mode, opener=lambda name, given: os.open(name, given | flags, 0o666))
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):
            raise in_the_way(path) from error
        raise
    if not is_regular(os.fstat(file.fileno())):
        file.close()
        raise in_the_way(path)
    return file


def is_regular(status: os.stat_result) -> bool:
    """Return whether it is the status of a file with content, and not of a folder, link, pipe or device."""
    return stat.S_ISREG(status.st_mode)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a folder itself, not a link to one (on Windows, no junction either)."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(status.st_mode) and not getattr(status, "st_reparse_tag", 0)


def in_the_way(path: str | os.PathLike[str]) -> FileExistsError:
    """Return the error for something that stands where a file of ours has to go."""
    return FileExistsError(errno.EEXIST, "it is in the way", os.fspath(path))


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, in a folder of mode 0700 if that is new; always either the old file or the new one.

    On Windows the user's own folders are private already, and the modes mean nothing. Raise OSError where the disk
    says no.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _staged(path, 0o600) as file:
        file.write(data)


def read_private(path: Path) -> bytes | None:
    """Return the file's content; None if there is none, or if others could have read or written it."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.getuid()):
                return None
            return file.read()
    except OSError:
        return None
