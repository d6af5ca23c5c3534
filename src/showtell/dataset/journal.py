"""The journal of a dataset: each change is written down before it is made. So it can be undone, even tomorrow,
and is finished at the next opening if the computer stops in the middle.

The journal is a file of JSON records (see `History`), one a line, only ever appended to, and rewritten short
now and then.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence

from showtell.dataset.history import Entry, History, Record, words
from showtell.dataset.names import WORKSPACE
from showtell.dataset.steps import Step, Stepper, inverse, touched
from showtell.dataset.workspace import JOURNAL, Workspace
from showtell.system.files import sync_folder, write_all

_LONG = 1000  # lines, from which on the journal is rewritten when it is read

_NONSENSE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, StopIteration, RecursionError)


class Journal:
    """The operations on a dataset, and the only way in which its files move.

    `look` never writes. All else is done within `hold`, and raises OSError where the disk says no.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.history = History()
        self._workspace = workspace
        self._seen: object = None  # the file's signature after our last look

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Keep other programs from changing the dataset. Yield whether one did since we last looked."""
        with self._workspace.hold() as alone:
            if changed := self._seen != self._signature():
                self._repair(self._load(), clean=alone)
            yield changed
            self._seen = self._signature()

    def forget(self) -> None:
        """Read the journal anew when it is needed next, as if another program had changed it."""
        self._seen = None

    def look(self) -> None:
        """Read the journal without changing anything on disk."""
        with contextlib.suppress(OSError):
            self._load()
        self._seen = self._signature()

    def bin(self, undo_group: str = "") -> str:
        """Return the folder for what the next operation takes away, or the undoing of an add to this group."""
        entry = self.history.continued(undo_group)
        return f"{WORKSPACE}/trash/{entry.id if entry else self.history.next}"

    # -- changing the dataset

    def do(self, description: str, steps: Sequence[Step]) -> None:
        """Do an operation: its steps, all or none."""
        self._perform({"do": self.history.next, **words(description), "steps": steps, "row": ""})

    def undo(self) -> Entry | None:
        """Undo the last operation and return it; None if there is nothing."""
        if entry := self.history.undoable:
            self._perform({"undo": entry.id})
        return entry

    def redo(self) -> Entry | None:
        """Do again the operation that was undone last and return it; None if there is nothing."""
        if entry := self.history.redoable:
            self._perform({"redo": entry.id})
        return entry

    def note_add(self, description: str, steps: Sequence[Step], undo_group: str) -> None:
        """Write down what is done already; not synced: after a power cut the picture counts, not its undo."""
        if entry := self.history.continued(undo_group):
            self._append({"more": entry.id, **words(description), "steps": steps})
        else:
            number = self.history.next
            begun = {"do": number, **words(description), "steps": steps, "row": undo_group}
            self._append(begun, {"done": number})

    def _perform(self, intent: Record) -> None:
        number = next(iter(intent.values()))
        self._append(intent, sync=True)
        stepper = Stepper(self._workspace)
        steps = self.history.pending_steps()
        done: list[Step] = []
        root = self._workspace.root
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
        status = self._workspace.status(JOURNAL)
        return (status.st_ino, status.st_size, status.st_mtime_ns) if status else ()

    def _append(self, *records: Record, sync: bool = False) -> None:
        with self._workspace.open(JOURNAL, "ab") as file:
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
        self._workspace.drop(self.history.oldest - 1)

    def _load(self) -> bytes | None:
        """Read the file into the history. Return its whole lines, None if they make no sense."""
        self.history = History()
        try:
            data = self._workspace.read(JOURNAL)
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
        workspace, history = self._workspace, self.history
        status = workspace.status(JOURNAL)
        if whole is None:
            workspace.set_aside(JOURNAL)
        elif status and status.st_size > len(whole):
            with workspace.open(JOURNAL, "r+b") as file:
                file.truncate(len(whole))
        if clean:
            self._workspace.clean()
        trash = self._workspace.trash()
        history.next = max(history.next, max(trash, default=0) + 1)
        for number in trash:
            if number < history.oldest:
                self._workspace.drop(number)
        if history.pending:
            number = next(iter(history.pending.values()))
            stepper = Stepper(self._workspace)
            with contextlib.suppress(OSError):
                for step in history.pending_steps():
                    stepper.do(step)
            self._append({"done": number})
        if whole and whole.count(b"\n") > _LONG:
            workspace.replace(workspace.folder / JOURNAL, _lines(history.records()))


def _lines(records: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)
