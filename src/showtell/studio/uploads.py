"""Uploads: whole files that a page sends in pieces."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import BinaryIO

from showtell.dataset.dataset import Dataset
from showtell.dataset.names import check_label
from showtell.dataset.workspace import Workspace, explained
from showtell.errors import DatasetError
from showtell.sentences import Said, of
from showtell.system.files import write_all

MAX_PIECE_BYTES = 4 * 2**20  # of an upload or an export
MAX_BYTES = 4 * 2**30  # of a file
MAX_OPEN = 4  # files of one page, unfinished or waiting to be imported


@dataclass
class Upload:
    """A file on its way: its name, the class that it is for (None: it tells itself), and what has come of it."""

    name: str
    label: str | None
    file: BinaryIO
    size: int = field(default=0)


class Uploads:
    """The unfinished files of one page; in the dataset's hidden folder, and gone with ``close`` or the program."""

    def __init__(self, dataset: Dataset) -> None:
        self._workspace = Workspace(dataset.folder)
        self._lock = threading.Lock()
        self._open: dict[int, Upload | None] = {}  # None: it failed, and what still comes of it is of no use
        self._whole: list[Upload] = []  # what was given out; it takes its room until it is closed
        self._closed = False

    def put(self, number: int, name: str, label: str | None, piece: bytes, last: bool) -> Upload | None:
        """Take the next piece of a file, and return the file with its last one, to be closed by whoever takes it.

        DatasetError where a limit is passed, the disk is full, or a piece of this file failed before.
        """
        with self._lock, explained(f"keep the upload {name}"):
            try:
                upload = self._grow(number, name, label, piece)
                self._open[number] = upload
            except BaseException:
                self._fail(number)
                raise
            finally:
                if last:
                    self._open.pop(number, None)
            if last:
                self._whole.append(upload)
        return upload if last else None

    def close(self) -> None:
        """Forget all files that are not whole, and take no more."""
        with self._lock:
            self._closed = True
            for number in list(self._open):
                self._fail(number)

    def _grow(self, number: int, name: str, label: str | None, piece: bytes) -> Upload:
        if len(piece) > MAX_PIECE_BYTES:
            raise DatasetError(
                f"{name}: a piece of {len(piece) / 2**20:.1f} MB; expected at most {MAX_PIECE_BYTES // 2**20} MB"
            )
        if number not in self._open:
            if label is not None:
                check_label(label)
            self._whole = [upload for upload in self._whole if not upload.file.closed]
            coming = sum(upload is not None for upload in self._open.values())
            if self._closed or coming + len(self._whole) >= MAX_OPEN:
                words = f"expected at most {MAX_OPEN} files at once; send it when one is done"
                raise DatasetError(of(name, Said("upload-many", words, most=MAX_OPEN)))
            self._open[number] = Upload(name, label, self._workspace.scratch())
        upload = self._open[number]
        if upload is None:
            words = "a piece before this one failed; send the whole file again"
            raise DatasetError(of(name, Said("upload-failed", words)))
        if upload.size + len(piece) > MAX_BYTES:
            most = MAX_BYTES // 2**30
            words = f"expected at most {most} GB; import it with: showtell import"
            raise DatasetError(of(name, Said("upload-large", words, most=most)))
        write_all(upload.file.fileno(), piece)
        upload.size += len(piece)
        return upload

    def _fail(self, number: int) -> None:
        upload = self._open.get(number)
        self._open[number] = None
        if upload is not None:
            upload.file.close()
