"""Pictures from elsewhere into a dataset: folders, zips, projects of other tools, videos.

Nothing in a source decides where on the disk something is written: names and labels become safe names inside the
dataset, and a picture is decoded before it is kept. What cannot be used is reported by name, and the rest comes in.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from showtell.dataset import file_names
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Problem
from showtell.errors import DatasetError, PictureError
from showtell.importers import kinds
from showtell.importers.folders import read_folder
from showtell.importers.source import MAX_PICTURE_BYTES, Group, Picture, Source, needed
from showtell.importers.videos import read_video
from showtell.importers.zips import read_zip
from showtell.pictures import formats, frame, truncation
from showtell.sentences import Said, of, quoted, reason

__all__ = ["MAX_PICTURE_BYTES", "Imported", "import_into"]

MAX_CLASSES = 1000  # more are a mistake or an attack: making each takes the longer the more there are


@dataclass(frozen=True)
class Imported:
    """What came in: how many pictures were ``added``, the ``labels`` they have, and the ``problems`` of the source."""

    added: int
    labels: list[str]
    problems: list[Problem]


def import_into(
    source: str | os.PathLike[str] | BinaryIO,
    dataset: Dataset,
    *,
    label: str | None = None,
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Imported:
    """Add what is in a source to a dataset; one undo takes it back, unless something else is added meanwhile.

    source    a folder or zip of class folders, which may be parted (train, val, …) or lie deeper; a project of
              Teachable Machine (.tm, unpacked or zipped again), of GenAI Teachable Machine or Edge Impulse; zips of
              samples of classes; pictures beside a CSV with their labels. With a ``label`` also a video, a picture, or
              a folder or zip of pictures without classes. A zip, picture or video may be an opened binary file.
    name      what an opened file is called
    progress  is called as ``progress(done, total)`` after each picture

    A video and each class of Teachable Machine's become one burst. HEIC and AVIF pictures are kept as JPEG, all
    others byte for byte. The pins of a dataset come along.

    Raises DatasetError if the source holds nothing that can be used, breaks a limit, or the dataset can't be written;
    then what came in before stays, and can be undone.

    >>> from showtell.pictures.drawing import write_folder
    >>> folder = write_folder(Path("recorded"), ["mug", "star"], bursts=1, count=2)
    >>> import_into(folder, Dataset("things")).labels
    ['mug', 'star']
    """
    if not isinstance(source, str | os.PathLike):
        name = name or "the upload"
        return _import(_read(source, name, label), dataset, name, progress)
    name = name or Path(os.path.abspath(source)).name
    if os.path.isdir(source):
        if os.path.realpath(source) == os.path.realpath(dataset.folder):
            raise DatasetError(f"{name}: a dataset cannot be imported into itself; name another source")
        return _import(read_folder(Path(source), name, label), dataset, name, progress)
    with _opened(source) as file:
        return _import(_read(file, name, label), dataset, name, progress)


bring = import_into  # as it was called until November


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
    file.seek(0)
    head = file.read(kinds.HEAD)
    file.seek(0)
    suffix = Path(name).suffix.lower()
    if suffix in (".zip", ".tm"):
        words = "expected a zip, found a damaged one or something else; get the file again"
        raise DatasetError(of(name, Said("zip-none", words)))
    if formats.is_picture(suffix, head):
        return Source([Group(needed(label, name, "a picture"), [Picture(name, partial(_read_whole, file, name))], 1)])
    if (why := formats.why_not(suffix, head)) is not formats.NO_PICTURE:
        raise DatasetError(of(name, why))
    if not kinds.is_video(name, head):
        raise DatasetError(of(name, kinds.no_source(name, head)))
    return read_video(file, name, needed(label, name, "a video"))


def _read_whole(file: BinaryIO, name: str) -> bytes:
    try:
        return file.read()
    except OSError as error:
        raise PictureError(f"{name}: cannot be read ({error.strerror}); expected a picture file") from error


def _import(found: Source, dataset: Dataset, name: str, progress: Callable[[int, int], None] | None) -> Imported:
    if len(found.groups) > MAX_CLASSES:
        words = (
            f"{len(found.groups)} classes; expected at most {MAX_CLASSES}; choose the folder whose folders are "
            "the classes, or import it in parts"
        )
        raise DatasetError(of(name, Said("classes-many", words, found=len(found.groups), most=MAX_CLASSES)))
    added, problems = 0, list(found.problems)
    faults: list[Problem] = []
    labels: dict[str, None] = {}
    with dataset.together(Said("import", f"import {quoted(name)}", name=name)):
        for group in found.groups:
            if group.label not in dataset.labels and (not group.enabled or group.count == 0):
                dataset.add_class(group.label, enabled=group.enabled)
                labels[group.label] = None
            bursts: dict[str, str] = {}
            for picture in group.pictures:
                try:
                    fault = _add(dataset, group, picture, bursts)
                    added += 1
                    labels[group.label] = None
                    if fault:
                        faults.append(Problem(picture.name, fault))
                except PictureError as error:
                    problems.append(Problem(picture.name, reason(error, picture.name)))
                if progress:
                    progress(added + len(problems) - len(found.problems), found.total)
        problems += _pin(dataset, found)
    return Imported(added, list(labels), problems + faults)


def _pin(dataset: Dataset, found: Source) -> list[Problem]:
    """Pin what a source has pinned; return what cannot be read."""
    problems = []
    for label, picture in found.pins:
        try:
            dataset.pin(frame.portable(picture.read(), picture.name), label, name=picture.name.rpartition("/")[2])
        except PictureError as error:
            problems.append(Problem(picture.name, reason(error, picture.name)))
    return problems


def _add(dataset: Dataset, group: Group, picture: Picture, bursts: dict[str, str]) -> str | None:
    """Add a picture; return what is wrong with one that was taken all the same."""
    burst = picture.burst
    if burst is not None and burst not in bursts:  # another recording than those that are there
        there = dataset.examples(group.label) if group.label in dataset.labels else []
        bursts[burst] = file_names.new_burst(burst, {example.burst for example in there})
    data = picture.read()
    kept = frame.portable(data, picture.name)
    name = picture.name if kept is data else f"{os.path.splitext(picture.name)[0]}.jpg"
    dataset.add(group.label, kept, burst=None if burst is None else bursts[burst], name=name)
    return truncation.fault(data)
