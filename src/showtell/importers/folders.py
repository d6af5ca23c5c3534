"""A folder on the disk as a source."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from showtell.dataset import file_names
from showtell.dataset.contents import ODD_NAME
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example, Problem
from showtell.dataset.names import WORKSPACE
from showtell.dataset.pins import Pin
from showtell.errors import DatasetError, PictureError
from showtell.importers.layouts import read_tree
from showtell.importers.source import Group, Picture, Source
from showtell.importers.tree import File, Tree
from showtell.importers.zips import add_zip
from showtell.sentences import Said


def read_folder(folder: Path, name: str, label: str | None) -> Source:
    """Return what a folder holds: class folders, a project of another tool, or, with a ``label``, pictures.

    Raises DatasetError if that is nothing, or pictures of which nobody says what they are.
    """
    if (folder / WORKSPACE).is_dir() and (source := _dataset(folder)).total:
        if label is not None:
            source.groups += _loose(folder, label)
        return source
    return read_tree(folder_tree(folder, name), label)


def folder_tree(folder: Path, name: str) -> Tree:
    """Return the files in a folder and its folders; links to folders are not followed, and to files only inside."""
    tree = Tree(name)
    root = os.path.realpath(folder)

    def unreadable(error: OSError) -> None:
        path = os.path.relpath(error.filename, folder).replace(os.sep, "/")
        if path == ".":
            raise DatasetError(f"{name}: the folder cannot be read ({error.strerror})") from error
        words = f"the folder cannot be read ({error.strerror})"
        tree.problems.append(Problem(path, Said("file-closed-folder", words, found=error.strerror)))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        inside = os.path.relpath(parent, folder).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        for each in sorted(folders):
            path = prefix + each
            if tree.skips(path, folder=True):
                folders.remove(each)
            elif os.path.islink(os.path.join(parent, each)):
                words = "a link to a folder is not followed; copy the folder here"
                tree.problems.append(Problem(_printable(path), Said("file-folder-link", words)))
            elif _printable(each) != each:
                folders.remove(each)
                tree.problems.append(Problem(_printable(path), ODD_NAME))
            else:
                tree.add(path, None)
        folders.sort()
        for each in sorted(files, key=file_names.natural):
            full, path = os.path.join(parent, each), prefix + each
            if tree.skips(path):
                continue
            if _printable(each) != each:
                tree.problems.append(Problem(_printable(path), ODD_NAME))
            elif os.path.islink(full) and not _leads_inside(full, root):
                words = "a link that leads out of the folder is not followed; copy the picture here"
                tree.problems.append(Problem(path, Said("file-link-out", words)))
            elif not os.path.isfile(full):
                tree.problems.append(Problem(path, Said("file-none", "not a file")))
            elif each.lower().endswith((".zip", ".tm")):
                with open(full, "rb") as file:
                    add_zip(tree, file, path)
            else:
                tree.add(path, File(path, partial(_read, full)))
    tree.complete()
    return tree


def _leads_inside(path: str, root: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(root)


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _read(path: str, size: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}); expected a picture file") from error


# -- showtell's own folders


def _dataset(folder: Path) -> Source:
    """Return a dataset of showtell's as it is, in its own order."""
    dataset = Dataset(folder, create=False)
    disabled = set(dataset.disabled)
    groups = []
    for label in dataset.labels:
        pictures = [Picture(example.id, partial(_read_example, example)) for example in dataset.examples(label)]
        groups.append(Group(label, pictures, len(pictures), label not in disabled))
    pins = [(pin.label, Picture(pin.id, partial(_read_example, pin))) for pin in dataset.pins]
    return Source(groups, dataset.problems, pins)


def _loose(folder: Path, label: str) -> list[Group]:
    tree = Tree(folder.name)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                tree.add(entry.name, File(entry.name, partial(_read, entry.path)))
    try:
        return read_tree(tree, label).groups
    except DatasetError:
        return []


def _read_example(example: Example | Pin) -> bytes:
    try:
        return example.read()
    except DatasetError as error:
        raise PictureError(str(error)) from error
