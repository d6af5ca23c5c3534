"""Undo and redo the changes to a dataset, also those of programs before."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Iterator

from showtell.dataset.reading import DatasetReader
from showtell.dataset.workspace import explained
from showtell.errors import DatasetError
from showtell.sentences import Said


class UndoableDataset(DatasetReader):
    """The part of a `Dataset` that takes changes back; `Dataset` itself makes them."""

    def __init__(self, folder: str | os.PathLike[str], *, create: bool = True) -> None:
        self._adding = threading.local()  # of each thread: the undo group it adds to, and that group's description
        super().__init__(folder, create=create)

    @property
    def undoable(self) -> str | None:
        """The change that `undo` would take back, in words like 'remove 3 pictures of "mug"'; None if none."""
        with self._lock:
            return entry.description if (entry := self._journal.history.undoable) else None

    @property
    def redoable(self) -> str | None:
        """The change that `redo` would make again, in words; None if none."""
        with self._lock:
            return entry.description if (entry := self._journal.history.redoable) else None

    def undo(self) -> str:
        """Take back the last change (of the last 100, also from before the dataset was opened).

        Return its description; DatasetError if there is nothing, or if another program put a file where one has to
        go back to.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.undo()
        'add the class "mug"'
        """
        return self._travel("undo")

    def redo(self) -> str:
        """Do again what `undo` took back, as long as nothing else was changed; otherwise like `undo`.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.undo() == dataset.redo()
        True
        """
        return self._travel("redo")

    def _travel(self, way: str) -> str:
        entry = None
        if self._workspace.exists:  # a foreign folder stays untouched
            with self._changing(f"{way} a change in {self.folder}"):
                if entry := self._journal.undo() if way == "undo" else self._journal.redo():
                    self._scan()
        if entry is None:
            words = f"nothing to {way} in {self.folder}"
            raise DatasetError(Said("no-undo", words) if way == "undo" else Said("no-redo", words))
        return entry.description

    @contextlib.contextmanager
    def together(self, say: str, row: str = "") -> Iterator[None]:
        """Undo at once what this thread adds in the ``with`` block; ``say`` describes it, like 'import "cats.zip"'.

        Blocks with the same ``row``, one right after the other, are undone at once too.
        If another thread or program changes something meanwhile, what is added before and after are two changes.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> with dataset.together("make two classes"):
        ...     dataset.add_class("mug")
        ...     dataset.add_class("fish")
        >>> dataset.undo()
        'make two classes (0 pictures)'
        """
        self._adding.group = (row or uuid.uuid4().hex, say)
        try:
            yield
        finally:
            self._adding.group = ("", "")

    # -- inside

    @contextlib.contextmanager
    def _changing(self, what: str) -> Iterator[None]:
        with self._lock, explained(what), self._journal.hold() as changed:
            if changed:
                self._scan()
            yield

    def _undo_group(self) -> tuple[str, str]:
        group: tuple[str, str] = getattr(self._adding, "group", ("", ""))
        return group
