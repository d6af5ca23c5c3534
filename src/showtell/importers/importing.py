"""Pictures from elsewhere into a dataset: folders, zips, Teachable Machine's projects and samples, videos.

Nothing in a source decides where on the disk something is written: names and labels become safe names inside the
dataset, and a picture is decoded before it is kept. What cannot be used is reported by name, and the rest comes in.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from showtell.dataset import file_names
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Problem
from showtell.errors import DatasetError, PictureError
from showtell.importers.folders import read_folder
from showtell.importers.source import MAX_PICTURE_BYTES, Group, Picture, Source, needed
from showtell.importers.videos import read_video
from showtell.importers.zips import read_zip
from showtell.pictures.frame import SUFFIXES
from showtell.sentences import Said, of, quoted, reason

__all__ = ["MAX_PICTURE_BYTES", "Imported", "bring"]


MAX_CLASSES = 1000  # more are a mistake or an attack: making each takes the longer the more there are


@dataclass(frozen=True)
class Imported:
    """What an import brought: pictures ``added``, the labels they have, and the ``problems`` (files of the source)."""

    added: int
    labels: list[str]
    problems: list[Problem]


def bring(
    source: str | os.PathLike[str] | BinaryIO,
    dataset: Dataset,
    *,
    label: str | None = None,
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Add what is in ``source`` to a dataset; one undo takes it back, unless something else is added meanwhile.

    ``source`` is a folder of class folders, a zip of class folders, a ``.tm`` project or a ``<class>-samples.zip`` of
    Teachable Machine; with a ``label`` also a video, a picture, or a folder or zip of pictures without classes. A
    zip or a video may be an open binary file, whose ``name`` then says what it is. A video and each class of
    Teachable Machine's become one burst. ``progress(done, total)`` is called after each picture.

    Raises DatasetError if the source holds nothing that can be used, breaks a limit, or the dataset can't be written;
    then what came in before stays, and can be undone.
    """
    if not isinstance(source, str | os.PathLike):
        return _bring(_read(source, name or "the upload", label), dataset, name or "the upload", progress)
    name = name or Path(os.path.abspath(source)).name
    if os.path.isdir(source):
        if os.path.realpath(source) == os.path.realpath(dataset.folder):
            raise DatasetError(f"{name}: a dataset cannot be imported into itself; name another source")
        return _bring(read_folder(Path(source), name, label), dataset, name, progress)
    with _opened(source) as file:
        return _bring(_read(file, name, label), dataset, name, progress)


def _opened(source: str | os.PathLike[str]) -> BinaryIO:
    try:
        return open(source, "rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DatasetError(
            f"{os.fspath(source)}: expected a folder, zip, .tm project or video that can be read "
            f"({getattr(error, 'strerror', error)}); check the name"
        ) from error


def _read(file: BinaryIO, name: str, label: str | None) -> Source:
    if zipfile.is_zipfile(file):
        return read_zip(file, name, label)
    suffix = Path(name).suffix.lower()
    if suffix in (".zip", ".tm"):
        words = "expected a zip, found a damaged one or something else; get the file again"
        raise DatasetError(of(name, Said("zip-none", words)))
    file.seek(0)
    if suffix in SUFFIXES:
        return Source([Group(needed(label, name, "a picture"), [Picture(name, file.read)], 1)])
    return read_video(file, name, needed(label, name, "a video"))


def _bring(found: Source, dataset: Dataset, name: str, progress: Callable[[int, int], None] | None) -> Imported:
    if len(found.groups) > MAX_CLASSES:
        words = (
            f"{len(found.groups)} classes; expected at most {MAX_CLASSES}; choose the folder whose folders are "
            "the classes, or import it in parts"
        )
        raise DatasetError(of(name, Said("classes-many", words, found=len(found.groups), most=MAX_CLASSES)))
    added, problems = 0, list(found.problems)
    labels: dict[str, None] = {}
    with dataset.together(Said("import", f"import {quoted(name)}", name=name)):
        for group in found.groups:
            if group.label not in dataset.labels and (not group.enabled or group.count == 0):
                dataset.add_class(group.label, enabled=group.enabled)
                labels[group.label] = None
            bursts: dict[str, str] = {}
            for picture in group.pictures:
                try:
                    _add(dataset, group, picture, bursts)
                    added += 1
                    labels[group.label] = None
                except PictureError as error:
                    problems.append(Problem(picture.name, reason(error, picture.name)))
                if progress:
                    progress(added + len(problems) - len(found.problems), found.total)
    return Imported(added, list(labels), problems)


def _add(dataset: Dataset, group: Group, picture: Picture, bursts: dict[str, str]) -> None:
    burst = picture.burst
    if burst is not None and burst not in bursts:  # another recording than those that are there
        there = dataset.examples(group.label) if group.label in dataset.labels else []
        bursts[burst] = file_names.new_burst(burst, {example.burst for example in there})
    dataset.add(group.label, picture.read(), burst=None if burst is None else bursts[burst], name=picture.name)
