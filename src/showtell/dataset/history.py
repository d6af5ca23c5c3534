"""What can be undone and redone: the meaning of the journal's records, without the file they are in.

::

    {"do": 17, "say": …, "said": …, "steps": […], "row": …}   an operation begins
    {"undo": 17}   {"redo": 17}                    so does its undoing or redoing
    {"done": 17}   {"void": 17}                    what began is done, or was taken back because it failed
    {"more": 17, "say": …, "said": …, "steps": […]}           operation 17, the last one, has become longer

``say`` is the operation in words, ``said`` the same with its code, as `said.coded` gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from showtell import sentences
from showtell.dataset.steps import Step, checked, inverse

KEPT = 100  # operations that can be undone


Record: TypeAlias = dict[str, Any]


@dataclass
class Entry:
    """An operation that can be undone; entries of one ``row`` (a burst) grow instead of becoming many."""

    id: int
    say: str
    steps: list[Step]
    row: str = ""


class History:
    """The last operations. Of one that began and isn't done yet, ``pending`` is the record."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._position = 0  # _entries[:_position] are done, _entries[_position:] were undone
        self._counted = (0, 0, 0)  # the entry, how many of its steps were looked at, the moves among them
        self.next = 1  # the id of the next operation
        self.pending: Record | None = None

    @property
    def undoable(self) -> Entry | None:
        return self._entries[self._position - 1] if self._position else None

    @property
    def redoable(self) -> Entry | None:
        return self._entries[self._position] if self._position < len(self._entries) else None

    @property
    def oldest(self) -> int:
        """What operations before this one took away is of no use any more."""
        return min([self.next - KEPT, *(entry.id for entry in self._entries[:1])])

    def continued(self, row: str) -> Entry | None:
        """The entry that an add of this row makes longer, if it is the last and nothing was undone since."""
        last = self.undoable
        return last if row and last and last.row == row and not self.redoable else None

    def moves(self, row: str) -> int:
        """The pictures in the entry that an add of this row makes longer."""
        entry = self.continued(row)
        if entry is None:
            return 0
        id, seen, count = self._counted
        if id != entry.id:
            seen = count = 0
        count += sum(step[0] == "move" for step in entry.steps[seen:])
        self._counted = (entry.id, len(entry.steps), count)
        return count

    def pending_steps(self) -> list[Step]:
        """The steps of what began and isn't done yet."""
        match self.pending:
            case {"do": _, "steps": steps}:
                return list(steps)
            case {"undo": _} if self.undoable:
                return [inverse(step) for step in reversed(self.undoable.steps)]
            case {"redo": _} if self.redoable:
                return self.redoable.steps
        return []

    def records(self) -> list[Record]:
        """The shortest records that tell this history, of which nothing is pending."""
        done = [{"do": one.id, **words(one.say), "steps": one.steps, "row": one.row} for one in self._entries]
        undone = [{"undo": one.id} for one in reversed(self._entries[self._position :])]
        return [*done, *undone, {"done": 0}]

    def take(self, record: Record) -> None:
        """Follow one record, new or read; ValueError, KeyError or TypeError if it makes no sense."""
        match next(iter(record)):
            case "do" | "undo" | "redo" as kind:
                self._settle()
                self.pending = record
                if kind == "do":
                    record["steps"] = [checked(step) for step in record["steps"]]
                    self.next = max(self.next, int(record["do"]) + 1)
            case "done":
                self._settle()
            case "void":
                self.pending = None
            case "more":
                self._settle()
                entry = _expect(self.undoable, record["more"])
                entry.steps += [checked(step) for step in record["steps"]]
                entry.say = _say(record)
            case kind:
                raise ValueError(kind)

    def _settle(self) -> None:
        pending = self.pending or {}
        match pending:
            case {"do": number, "say": _, "steps": steps, "row": row}:
                self._entries[self._position :] = [Entry(int(number), _say(pending), steps, str(row))]
                self._entries = [entry for entry in self._entries if entry.id >= self.next - KEPT]
                self._position = len(self._entries)
            case {"undo": number}:
                _expect(self.undoable, number)
                self._position -= 1
            case {"redo": number}:
                _expect(self.redoable, number)
                self._position += 1
        self.pending = None


def words(say: str) -> Record:
    """An operation's words, as they are in a record."""
    return {"say": str(say), "said": sentences.coded(say)}


def _say(record: Record) -> str:
    return sentences.read(record.get("said")) or str(record["say"])


def _expect(entry: Entry | None, number: object) -> Entry:
    if entry is None or entry.id != number:
        raise ValueError(f"operation {number} is not the next")
    return entry
