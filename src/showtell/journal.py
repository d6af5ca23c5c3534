"""What was done to a dataset, written down before it is done: so that it can be undone, even tomorrow,
and is finished at the next opening if the computer stops in the middle.

Everything lives in the hidden folder ``.showtell`` of the dataset::

    journal     one JSON record a line, only ever appended to (and rewritten short now and then)
    trash/17/…  what operation 17 took away; kept while it can be undone
    order       the folders of the classes in the order in which they were made; a hint
    tmp/        files that are being written
    lock        held by the program that is changing the dataset

An operation is a list of steps, each of which is one atomic act of the file system, has an inverse, and does
nothing when it is repeated. All paths are relative to the dataset, with ``/``.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from showtell.names import is_litter

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

HIDDEN = ".showtell"
LABEL_FILE = ".label"
KEPT = 100  # operations that can be undone
_LONG = 1000  # lines, from which on the journal is rewritten when it is read

# (kind, before, after), and for "label" the folder as a fourth; the inverse swaps before and after.
#   move   the file or folder `before` is then called `after`
#   make   the same for a new class; its inverse `unmake` leaves a class that has got other files by then
#   order  the folder `before` ("" for none) is then `after` in the order of classes
#   label  the label file in the folder holds `before` ("" for no file), then `after`
Step: TypeAlias = tuple[str, ...]
_INVERSE = {"move": "move", "make": "unmake", "unmake": "make", "order": "order", "label": "label"}


@dataclass
class Entry:
    """An operation that can be undone; entries of one ``row`` (a burst) grow instead of becoming many."""

    id: int
    say: str
    steps: list[Step]
    row: str = ""


class Journal:
    """The operations on the dataset in ``root``: what can be undone, and the only way in which files move.

    `look` never writes. All else happens while `hold` is active, and raises OSError where the disk does.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hidden = root / HIDDEN
        self._seen: object = None  # the journal file's signature after our last look
        self._may_write = False
        self._safe_parents: set[Path] = set()
        self._clear()

    def _clear(self) -> None:
        self.entries: list[Entry] = []
        self.position = 0  # entries[:position] are done, entries[position:] were undone
        self._next = 1
        self._pending: dict[str, Any] | None = None

    # -- what can be undone

    @property
    def undoable(self) -> Entry | None:
        return self.entries[self.position - 1] if self.position else None

    @property
    def redoable(self) -> Entry | None:
        return self.entries[self.position] if self.position < len(self.entries) else None

    def continued(self, row: str) -> Entry | None:
        """The entry that an add of this row makes longer, if it is the last and nothing was undone since."""
        last = self.undoable
        return last if row and last and last.row == row and not self.redoable else None

    def bin(self, row: str = "") -> str:
        """The folder for what the next operation (or the undoing of an add of this row) takes away."""
        entry = self.continued(row)
        return f"{HIDDEN}/trash/{entry.id if entry else self._next}"

    # -- changing the dataset

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Keep other programs from changing the dataset; gives whether one did since we last looked."""
        new = not self.root.exists()
        for path in (self.hidden, *(self.hidden / name for name in ("tmp", "trash", "lock", "journal"))):
            if path.is_symlink():  # a stranger's dataset must not make us write elsewhere
                raise NotADirectoryError(errno.ENOTDIR, "a link where none was expected", str(path))
        for folder in (self.hidden / "tmp", self.hidden / "trash"):
            folder.mkdir(parents=True, exist_ok=True)
        if new:
            sync_folder(self.root.parent)
        with open(self.hidden / "lock", "ab") as file, locked(file.fileno()) as alone:
            if changed := self._seen is None or self._seen != self._signature():
                self._load(repair=True, alone=alone)
            yield changed
            self._seen = self._seen and self._signature()

    def look(self) -> None:
        """Read the journal without changing anything on disk."""
        self._load()

    def do(self, say: str, steps: Sequence[Step]) -> None:
        self._perform({"do": self._next, "say": say, "steps": steps, "row": ""}, steps)

    def undo(self, entry: Entry) -> None:
        self._perform({"undo": entry.id}, [_inverse(step) for step in reversed(entry.steps)])

    def redo(self, entry: Entry) -> None:
        self._perform({"redo": entry.id}, entry.steps)

    def note_add(self, say: str, steps: Sequence[Step], row: str) -> None:
        """Write down what is done already; not synced: after a power cut the picture counts, not its undo."""
        if entry := self.continued(row):
            self._append({"more": entry.id, "say": say, "steps": steps})
        else:
            number = self._next
            self._append({"do": number, "say": say, "steps": steps, "row": row}, {"done": number})

    def _perform(self, intent: dict[str, Any], steps: Sequence[Step]) -> None:
        number = next(iter(intent.values()))
        self._append(intent, sync=True)
        done: list[Step] = []
        self._safe_parents = set()
        try:
            for step in steps:
                self._apply(step)
                done.append(step)
            for folder in {(self.root / path).parent for step in steps for path in step[1:3] if path}:
                if folder.is_dir():
                    sync_folder(folder)
        except BaseException:
            self._seen = None  # whatever becomes of this, look again before the next operation
            for step in reversed(done):
                self._apply(_inverse(step))
            self._append({"void": number})
            raise
        try:
            self._append({"done": number})
        except OSError:
            self._take({"done": number})  # done it is; the next opening finds nothing left to do

    def _apply(self, step: Step) -> None:
        match step:
            case ("move" | "make", before, after):
                self._move(before, after)
            case ("unmake", before, after):
                if all(is_litter(name) for name in _names(self.root / before)):
                    self._move(before, after)
            case ("order", before, after):
                order = self.order()
                if before in order:
                    at = len(order) - 1 - order[::-1].index(before)
                    order[at : at + 1] = [after] if after else []
                elif after and not (before and after in order) and order[-1:] != [after]:  # not done before
                    order.append(after)
                self.set_order(order)
            case ("label", _, after, folder):
                path = self._path(f"{folder}/{LABEL_FILE}")
                if not path.parent.is_dir():
                    return  # it was renamed before a crash, or taken away by another program
                if after:
                    self.replace(path, after.encode())
                else:
                    path.unlink(missing_ok=True)

    def _move(self, before: str, after: str) -> None:
        source, target = self._path(before), self._path(after)
        if not os.path.lexists(source):
            return  # moved before a crash, or taken away by another program
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "it is in the way", str(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(source, target)

    def _path(self, relative: str) -> Path:
        """The path in the dataset; OSError if a link on the way leads out of it."""
        path = self.root / relative
        if path.parent not in self._safe_parents:
            if not path.parent.resolve().is_relative_to(self.root.resolve()):
                raise NotADirectoryError(errno.ENOTDIR, "a link leads out of the dataset", str(path.parent))
            self._safe_parents.add(path.parent)
        return path

    # -- small files

    def order(self) -> list[str]:
        """The folders of classes in the order in which they were made; the last mention of one counts."""
        try:
            order = json.loads((self.hidden / "order").read_bytes())
        except (OSError, ValueError, RecursionError):
            return []
        return [name for name in order if isinstance(name, str)] if isinstance(order, list) else []

    def set_order(self, order: list[str]) -> None:
        self.replace(self.hidden / "order", json.dumps(order).encode())

    def replace(self, path: Path, data: bytes) -> None:
        """Write a small file so that it is always either the old or the new one."""
        temporary = self.write_temporary(data)
        try:
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def temporary(self) -> Path:
        return self.hidden / "tmp" / f"{os.getpid()}-{time.time_ns()}"

    def write_temporary(self, data: bytes) -> Path:
        """A new file on the dataset's disk, synced; no part of it stays behind if that fails."""
        path = self.temporary()
        try:
            with open(path, "xb", buffering=0) as file:
                write_all(file.fileno(), data)
                os.fsync(file.fileno())
            now = time.time_ns()  # a file system's own clock may be too coarse to tell which came first
            os.utime(path, ns=(now, now))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    # -- the journal's own file

    def _append(self, *records: dict[str, Any], sync: bool = False) -> None:
        lines = b"".join(map(_line, records))
        with open(self.hidden / "journal", "ab", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            try:
                write_all(file.fileno(), lines)
                if sync:
                    os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(file.fileno(), size)  # we are alone: nobody wrote after us
                raise
        for record in records:
            self._take(record)

    def _take(self, record: dict[str, Any]) -> None:
        """Follow one record, new or read; ValueError, KeyError or TypeError if it makes no sense."""
        match next(iter(record)):
            case "do" | "undo" | "redo" as kind:
                self._settle()
                self._pending = record
                if kind == "do":
                    record["steps"] = [_checked(step) for step in record["steps"]]
                    self._next = max(self._next, int(record["do"]) + 1)
            case "done":
                self._settle()
            case "void":
                self._pending = None
            case "more":
                self._settle()
                entry = self._expect(self.undoable, record["more"])
                entry.steps += [_checked(step) for step in record["steps"]]
                entry.say = str(record["say"])
            case kind:
                raise ValueError(kind)

    def _settle(self) -> None:
        match self._pending:
            case {"do": number, "say": say, "steps": steps, "row": row}:
                self.entries[self.position :] = [Entry(int(number), str(say), steps, str(row))]
                self.entries = [entry for entry in self.entries if entry.id > self._next - 1 - KEPT]
                self.position = len(self.entries)
                self._drop(self._next - 1 - KEPT)
            case {"undo": number}:
                self._expect(self.undoable, number)
                self.position -= 1
            case {"redo": number}:
                self._expect(self.redoable, number)
                self.position += 1
        self._pending = None

    @staticmethod
    def _expect(entry: Entry | None, number: object) -> Entry:
        if entry is None or entry.id != number:
            raise ValueError(f"operation {number} is not the next")
        return entry

    def _drop(self, number: int) -> None:
        trash = self.hidden / "trash" / str(number)
        if number > 0 and self._may_write and trash.exists() and not trash.is_symlink():
            shutil.rmtree(trash, ignore_errors=True)

    def _signature(self) -> object:
        try:
            status = os.stat(self.hidden / "journal")
        except OSError:
            return ()
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _load(self, *, repair: bool = False, alone: bool = False) -> None:
        """Read the journal; with ``repair`` also finish what was interrupted and clean up (needs `hold`)."""
        self._may_write = False
        self._clear()
        path = self.hidden / "journal"
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError:
            data, repair = b"", False
        whole = data[: data.rfind(b"\n") + 1]  # a last line without its end was being written in a crash
        lines = whole.splitlines()
        try:
            for line in lines:
                self._take(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, StopIteration, RecursionError):
            self._clear()
            if repair:
                os.replace(path, self.hidden / f"journal.damaged-{time.time_ns()}")
                whole = data = b""
        if repair:
            if alone:
                self._clean()
            self._repair(path, whole, len(data), len(lines))
        self._seen = self._signature()

    def _clean(self) -> None:
        """Remove what a killed program was writing; we hold the lock, so no other is writing now."""
        for leftover in (self.hidden / "tmp").iterdir():
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)

    def _repair(self, path: Path, whole: bytes, size: int, lines: int) -> None:
        self._may_write = True
        trash = [int(name) for name in _names(self.hidden / "trash") if name.isdecimal()]
        self._next = max(self._next, max(trash, default=0) + 1)
        for number in trash:
            if number < self._next - KEPT:
                self._drop(number)
        if size > len(whole):
            os.truncate(path, len(whole))
        if self._pending:
            number = next(iter(self._pending.values()))
            with contextlib.suppress(OSError):
                self._finish(self._pending)
            self._append({"done": number})
        if lines > _LONG:
            undone = self.entries[self.position :]
            records: list[dict[str, Any]] = []
            for entry in self.entries:
                records += [{"do": entry.id, "say": entry.say, "steps": entry.steps, "row": entry.row}]
            records += [{"undo": entry.id} for entry in reversed(undone)] + [{"done": 0}]
            self.replace(path, b"".join(map(_line, records)))

    def _finish(self, intent: dict[str, Any]) -> None:
        """Do what is left of an operation that was interrupted; steps that were done do nothing."""
        self._safe_parents = set()
        match intent:
            case {"do": _, "steps": steps}:
                pass
            case {"undo": _}:
                steps = [_inverse(step) for step in reversed(self.undoable.steps)] if self.undoable else []
            case _:
                steps = self.redoable.steps if self.redoable else []
        for step in steps:
            self._apply(step)


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


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _inverse(step: Step) -> Step:
    kind, before, after, *rest = step
    return (_INVERSE[kind], after, before, *rest)


def _checked(step: object) -> Step:
    """A step as read from a file that a stranger may have written: no path leads out of the dataset."""
    if not isinstance(step, list | tuple) or not all(isinstance(part, str) for part in step):
        raise ValueError(step)
    match tuple(step):
        case ("move" | "make" | "unmake", before, after):
            paths = [before, after]
        case ("order", _, _):
            paths = []
        case ("label", _, _, folder):
            paths = [folder]
        case _:
            raise ValueError(step)
    for path in paths:
        if "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
            raise ValueError(path)
        if sys.platform == "win32" and ("\\" in path or ":" in path):
            raise ValueError(path)
    return tuple(step)


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
