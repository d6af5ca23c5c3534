"""The operations that can be undone and redone: the meaning of the journal's records, without the file they are in.

::

    {"do": 17, "say": …, "said": …, "steps": […], "row": …}   an operation begins
    {"undo": 17}   {"redo": 17}                    so does its undoing or redoing
    {"done": 17}   {"void": 17}                    what began is done, or was taken back because it failed
    {"more": 17, "say": …, "said": …, "steps": […]}           operation 17, the last one, has become longer

``say`` is the operation's description, ``said`` the same with its code, as `sentences.coded` gives it. ``row`` is the
undo group: adds of one group, such as a burst, become one operation.
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
    """An operation that can be undone. Adds of one ``undo_group`` in a row (a burst) make it grow."""

    id: int
    description: str
    steps: list[Step]
    undo_group: str = ""


class History:
    """The last operations; ``pending`` is the record of one that began and isn't done yet."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._position = 0  # _entries[:_position] are done, _entries[_position:] were undone
        self._counted = (0, 0, 0)  # the entry, how many of its steps were looked at, the moves among them
        self.next = 1  # the id of the next operation
        self.pending: Record | None = None

    @property
    def undoable(self) -> Entry | None:
        """The operation that is undone next."""
        return self._entries[self._position - 1] if self._position else None

    @property
    def redoable(self) -> Entry | None:
        """The operation that was undone last and can be done again."""
        return self._entries[self._position] if self._position < len(self._entries) else None

    @property
    def oldest(self) -> int:
        """The first operation that can still be undone; what earlier ones took away is of no use any more."""
        return min([self.next - KEPT, *(entry.id for entry in self._entries[:1])])

    def continued(self, undo_group: str) -> Entry | None:
        """Return the entry that an add to this group makes longer: the last one, if nothing was undone since."""
        last = self.undoable
        return last if undo_group and last and last.undo_group == undo_group and not self.redoable else None

    def moves(self, undo_group: str) -> int:
        """Count the pictures in the entry that an add to this group makes longer."""
        entry = self.continued(undo_group)
        if entry is None:
            return 0
        id, seen, count = self._counted
        if id != entry.id:
            seen = count = 0
        count += sum(step[0] == "move" for step in entry.steps[seen:])
        self._counted = (entry.id, len(entry.steps), count)
        return count

    def pending_steps(self) -> list[Step]:
        """Return the steps of what began and isn't done yet."""
        match self.pending:
            case {"do": _, "steps": steps}:
                return list(steps)
            case {"undo": _} if self.undoable:
                return [inverse(step) for step in reversed(self.undoable.steps)]
            case {"redo": _} if self.redoable:
                return self.redoable.steps
        return []

    def records(self) -> list[Record]:
        """Return the shortest records that tell this history, of which nothing is pending."""
        done = [
            {"do": entry.id, **words(entry.description), "steps": entry.steps, "row": entry.undo_group}
            for entry in self._entries
        ]
        undone = [{"undo": entry.id} for entry in reversed(self._entries[self._position :])]
        return [*done, *undone, {"done": 0}]

    def take(self, record: Record) -> None:
        """Follow a record, new or read; ValueError, KeyError or TypeError if it makes no sense."""
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
                entry.description = _description(record)
            case kind:
                raise ValueError(kind)

    def _settle(self) -> None:
        pending = self.pending or {}
        match pending:
            case {"do": number, "say": _, "steps": steps, "row": undo_group}:
                self._entries[self._position :] = [Entry(int(number), _description(pending), steps, str(undo_group))]
                self._entries = [entry for entry in self._entries if entry.id >= self.next - KEPT]
                self._position = len(self._entries)
            case {"undo": number}:
                _expect(self.undoable, number)
                self._position -= 1
            case {"redo": number}:
                _expect(self.redoable, number)
                self._position += 1
        self.pending = None


def words(description: str) -> Record:
    """Return an operation's description as it is in a record."""
    return {"say": str(description), "said": sentences.coded(description)}


def _description(record: Record) -> str:
    return sentences.read(record.get("said")) or str(record["say"])


def _expect(entry: Entry | None, number: object) -> Entry:
    if entry is None or entry.id != number:
        raise ValueError(f"operation {number} is not the next")
    return entry
