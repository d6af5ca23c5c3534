"""The export: the dataset as a zip that a page gets in pieces."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import BinaryIO

from showtell.dataset.dataset import Dataset
from showtell.dataset.workspace import Workspace, explained
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.studio.uploads import MAX_PIECE_BYTES


class Export:
    """The dataset as a zip for one page, made when its first piece is asked for, gone when its last one was."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._closed = False

    def piece(self, number: int) -> tuple[bytes, bool]:
        """Return the piece with this number (from 0), and whether it is the last.

        DatasetError if there is no such piece, or the one asked for before is still being made.
        """
        with self._alone(), explained(f"export {self._dataset.folder}"):
            if number == 0 and not self._closed:
                self._end()
                self._file = self._zip()
            size = 0 if self._file is None else self._file.seek(0, os.SEEK_END)
            at = number * MAX_PIECE_BYTES
            if self._file is None or not 0 <= at < size:
                raise DatasetError(f"no piece {number} of an export; ask for piece 0 first, which makes the zip anew")
            self._file.seek(at)
            piece = self._file.read(MAX_PIECE_BYTES)
            last = at + len(piece) >= size
            if last or self._closed:
                self._end()
        return piece, last

    def close(self) -> None:
        """Forget the zip, at once or when the piece that is being made is made."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            with contextlib.suppress(OSError):
                self._end()
            self._lock.release()

    def _zip(self) -> BinaryIO:
        with contextlib.ExitStack() as rollback:
            file = Workspace(self._dataset.folder).scratch()
            rollback.callback(file.close)  # half a zip is none
            self._dataset.export(file)
            rollback.pop_all()
        return file

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._lock.acquire(blocking=False):
            raise DatasetError(Said("export-busy", "an export is under way; ask for its next piece when this one came"))
        try:
            yield
        finally:
            self._lock.release()

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None
