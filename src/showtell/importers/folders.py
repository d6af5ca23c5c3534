"""A folder of class folders, or of pictures without classes."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from showtell.dataset import file_names
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import DatasetError, PictureError
from showtell.importers.source import Group, Picture, Source, needed
from showtell.pictures.frame import SUFFIXES, read


def read_folder(folder: Path, name: str, label: str | None) -> Source:
    """What a folder holds; DatasetError if that is nothing, or pictures of which nobody says what they are."""
    dataset = Dataset(folder, create=False)
    disabled = set(dataset.disabled)
    groups = []
    for class_ in dataset.labels:
        pictures = [Picture(example.id, partial(_read, example)) for example in dataset.examples(class_)]
        groups.append(Group(class_, pictures, len(pictures), class_ not in disabled))
    loose = [file for file in _pictures(folder) if label is not None or not groups]
    problems = [problem for problem in dataset.problems if problem.file not in set(loose)]
    if loose:
        pictures = [Picture(file, partial(read, folder / file)) for file in loose]
        groups.append(Group(needed(label, name, "pictures without class folders"), pictures, len(pictures)))
    if not groups:
        raise DatasetError(f"{folder}: expected folders of pictures, one for each class, found none; choose another")
    return Source(groups, problems)


def _pictures(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        files = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    pictures = [file for file in files if Path(file).suffix.lower() in SUFFIXES and not file.startswith(".")]
    return sorted(pictures, key=lambda file: file_names.natural(Path(file).stem))


def _read(example: Example) -> bytes:
    try:
        return example.read()
    except DatasetError as error:
        raise PictureError(str(error)) from error
