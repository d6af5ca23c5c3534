"""Write a dataset as a zip of class folders, and one of pins, which imports again as the same dataset."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from showtell.dataset.contents import ClassFolder
from showtell.dataset.file_names import free
from showtell.dataset.names import DISABLED, DISABLED_FILE, LABEL_FILE, PINS, UNKNOWN, UNKNOWN_FILE, fold, safe_name
from showtell.dataset.pins import Pin
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.system.files import replaced


def write_zip(classes: Iterable[ClassFolder], pins: Iterable[Pin], target: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write classes and their pictures in their order, then the pins, with at most one picture in memory.

    A path gets the whole zip or keeps what it was. Raise OSError where the disk says no, DatasetError if a picture
    is gone.
    """
    if isinstance(target, str | os.PathLike):
        with replaced(Path(target)) as file:
            _write(classes, pins, file)
    else:
        _write(classes, pins, target)


def _write(classes: Iterable[ClassFolder], pins: Iterable[Pin], file: IO[bytes]) -> None:
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
        _write_pins(pins, archive)


def _write_pins(pins: Iterable[Pin], archive: zipfile.ZipFile) -> None:
    folders: dict[str, None] = {}
    for pin in pins:
        folder = pin.id.rpartition("/")[0]
        if folder not in folders:
            folders[folder] = None
            if pin.label is None:
                archive.writestr(f"{folder}/{UNKNOWN_FILE}", UNKNOWN)
            elif pin.label != folder.removeprefix(f"{PINS}/"):
                archive.writestr(f"{folder}/{LABEL_FILE}", pin.label)
        archive.writestr(pin.id, pin.read())
