"""Write a dataset as a zip of class folders, which imports again as the same dataset."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from showtell.dataset.contents import ClassFolder
from showtell.dataset.file_names import free
from showtell.dataset.names import DISABLED, DISABLED_FILE, LABEL_FILE, fold, safe_name
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.system.files import replaced


def write_zip(classes: Iterable[ClassFolder], target: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write classes and their pictures in their order, with at most one picture in memory.

    A path gets the whole zip or keeps what it was. Raise OSError where the disk says no, DatasetError if a picture
    is gone.
    """
    if isinstance(target, str | os.PathLike):
        with replaced(Path(target)) as file:
            _write(classes, file)
    else:
        _write(classes, target)


def _write(classes: Iterable[ClassFolder], file: IO[bytes]) -> None:
    taken: set[str] = set()
    with zipfile.ZipFile(file, "w", strict_timestamps=False) as archive:  # stored: pictures are compressed already
        for group in classes:
            folder = safe_name(group.label, taken)
            taken.add(fold(folder))
            archive.writestr(f"{folder}/", b"")
            if folder != group.label:
                archive.writestr(f"{folder}/{LABEL_FILE}", group.label)
            if not group.enabled:
                archive.writestr(f"{folder}/{DISABLED_FILE}", DISABLED)
            names: set[str] = set()
            for example in group.examples.values():
                name = example.path.name
                if group.twins:  # only what lies in several folders can have one name twice
                    name = free(name, names)
                    names.add(fold(name))
                try:
                    archive.write(example.path, f"{folder}/{name}")
                except FileNotFoundError as error:
                    words = f"{example.path}: it was removed meanwhile; export once more"
                    raise DatasetError(Said("export-changed", words)) from error
