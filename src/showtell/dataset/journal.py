"""What was done to a dataset, written down before it is done: so that it can be undone, even tomorrow,
and is finished at the next opening if the computer stops in the middle.

The journal is a file of JSON records (see `History`), one a line, only ever appended to, and rewritten short
now and then.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Sequence

from showtell.dataset.history import Entry, History, Record, words
from showtell.dataset.names import HIDDEN
from showtell.dataset.steps import Step, Stepper, inverse, touched
from showtell.dataset.workspace import Hidden
from showtell.system.files import sync_folder, write_all

_LONG = 1000  # lines, from which on the journal is rewritten when it is read


_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, StopIteration, RecursionError)


class Journal:
    """The operations on a dataset: what can be undone, and the only way in which files move.

    `look` never writes. All else happens while `hold` is active, and raises OSError where the disk does.
    """

    def __init__(self, hidden: Hidden) -> None:
        self.history = History()
        self._hidden = hidden
        self._seen: object = None  # the file's signature after our last look

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Keep other programs from changing the dataset; gives whether one did since we last looked."""
        with self._hidden.hold() as alone:
            if changed := self._seen != self._signature():
                self._repair(self._load(), clean=alone)
            yield changed
            self._seen = self._signature()

    def look(self) -> None:
        """Read the journal without changing anything on disk."""
        with contextlib.suppress(OSError):
            self._load()
        self._seen = self._signature()

    def bin(self, row: str = "") -> str:
        """The folder for what the next operation (or the undoing of an add of this row) takes away."""
        entry = self.history.continued(row)
        return f"{HIDDEN}/trash/{entry.id if entry else self.history.next}"

    # -- changing the dataset

    def do(self, say: str, steps: Sequence[Step]) -> None:
        self._perform({"do": self.history.next, **words(say), "steps": steps, "row": ""})

    def undo(self) -> Entry | None:
        """Gives what was undone; None if there is nothing."""
        if entry := self.history.undoable:
            self._perform({"undo": entry.id})
        return entry

    def redo(self) -> Entry | None:
        """Gives what was done again; None if there is nothing."""
        if entry := self.history.redoable:
            self._perform({"redo": entry.id})
        return entry

    def note_add(self, say: str, steps: Sequence[Step], row: str) -> None:
        """Write down what is done already; not synced: after a power cut the picture counts, not its undo."""
        if entry := self.history.continued(row):
            self._append({"more": entry.id, **words(say), "steps": steps})
        else:
            number = self.history.next
            self._append({"do": number, **words(say), "steps": steps, "row": row}, {"done": number})

    def _perform(self, intent: Record) -> None:
        number = next(iter(intent.values()))
        self._append(intent, sync=True)
        stepper = Stepper(self._hidden)
        steps = self.history.pending_steps()
        done: list[Step] = []
        root = self._hidden.root
        try:
            for step in steps:
                stepper.do(step)
                done.append(step)
            for folder in {root / folder for step in steps for folder in touched(step)}:
                if folder.is_dir():
                    sync_folder(folder)
        except BaseException:
            self._seen = None  # whatever becomes of this, look again before the next operation
            for step in reversed(done):
                stepper.do(inverse(step))
            self._append({"void": number})
            raise
        try:
            self._append({"done": number})
        except OSError:
            self.history.take({"done": number})  # done it is; the next opening finds nothing left to do

    # -- the file

    def _signature(self) -> object:
        try:
            status = os.stat(self._hidden.journal)
        except OSError:
            return ()
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _append(self, *records: Record, sync: bool = False) -> None:
        with open(self._hidden.journal, "ab", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            try:
                write_all(file.fileno(), _lines(records))
                if sync:
                    os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(file.fileno(), size)  # we are alone: nobody wrote after us
                raise
        for record in records:
            self.history.take(record)
        self._hidden.drop(self.history.oldest - 1)

    def _load(self) -> bytes | None:
        """Read the file: its whole lines, or None if they make no sense."""
        self.history = History()
        try:
            data = self._hidden.journal.read_bytes()
        except FileNotFoundError:
            return b""
        whole = data[: data.rfind(b"\n") + 1]  # a last line without its end was being written in a crash
        try:
            for line in whole.splitlines():
                self.history.take(json.loads(line))
        except _NONSENSE:
            self.history = History()
            return None
        return whole

    def _repair(self, whole: bytes | None, *, clean: bool) -> None:
        """Finish what was interrupted, and clean up."""
        path, history = self._hidden.journal, self.history
        if whole is None:
            os.replace(path, self._hidden.folder / f"journal.damaged-{time.time_ns()}")
        elif path.exists() and path.stat().st_size > len(whole):
            os.truncate(path, len(whole))
        if clean:
            self._hidden.clean()
        trash = self._hidden.trash()
        history.next = max(history.next, max(trash, default=0) + 1)
        for number in trash:
            if number < history.oldest:
                self._hidden.drop(number)
        if history.pending:
            number = next(iter(history.pending.values()))
            stepper = Stepper(self._hidden)
            with contextlib.suppress(OSError):
                for step in history.pending_steps():
                    stepper.do(step)
            self._append({"done": number})
        if whole and whole.count(b"\n") > _LONG:
            self._hidden.replace(path, _lines(history.records()))


def _lines(records: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)
