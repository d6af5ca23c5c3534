"""Tables with labels beside pictures, as on Kaggle: a CSV with a column of file names and one of classes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import PurePosixPath

from showtell.dataset.example import Problem
from showtell.errors import DatasetError, PictureError
from showtell.importers.source import Group, group_of
from showtell.importers.tree import File, Tree
from showtell.sentences import Said, of

_MAX_BYTES = 64 * 2**20

# Names of the column of labels, the likelier one first.
_LABEL_COLUMNS: tuple[str, ...] = (
    "label",
    "class",
    "category",
    "target",
    "breed",
    "species",
    "class_name",
    "classname",
    "label_name",
)

_LABEL_COLUMNS += ("category_name", "name", "tag", "tags", "labels", "y")


def labelled(tree: Tree, pictures: dict[str, File]) -> list[Group] | None:
    """Return the classes that tables (``.csv``, ``.tsv``) give to pictures by their names; None if none does.

    A table has a column of paths, file names, or file names without an ending, and one of labels, or a column for
    each class with a 1 for the one that it is. Raises DatasetError where the column of labels isn't clear.
    """
    known: dict[str, str | None] = {}
    for path in pictures:
        for key in {path, PurePosixPath(path).name, PurePosixPath(path).stem}:
            known[key] = None if key in known else path  # the same name twice tells nothing
    labels: dict[str, str] = {}
    read = []
    for file in tree.files.values():
        if file.suffix in (".csv", ".tsv") and "submission" not in file.name.lower():
            found = _of_table(tree, file, known)
            if found:
                labels |= found
                read.append(file.name)
    if not labels:
        return None
    by_label: dict[str, list[File]] = {}
    left_out: dict[str, list[str]] = {}
    for path, file in pictures.items():
        if path in labels:
            by_label.setdefault(labels[path], []).append(file)
        else:
            left_out.setdefault(file.folder, []).append(path)
    for folder, paths in left_out.items():
        words = f"{', '.join(read)} says nothing of {len(paths)} of its pictures; left out"
        tree.problems.append(
            Problem(folder or paths[0], Said("folder-unlabelled", words, file=", ".join(read), count=len(paths)))
        )
    return [group_of(label, files) for label, files in sorted(by_label.items())]


def _of_table(tree: Tree, file: File, known: dict[str, str | None]) -> dict[str, str]:
    try:
        text = file.read(_MAX_BYTES).decode("utf-8-sig", "replace")
    except PictureError:
        return {}
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except (csv.Error, ValueError):
        return {}
    rows = [row for row in rows if len(row) == len(header)]
    if len(header) < 2 or not rows:
        return {}
    hits = [sum(_path(row[at], known) is not None for row in rows) for at in range(len(header))]
    names = max(range(len(header)), key=hits.__getitem__)
    if not hits[names]:
        return {}
    others = [at for at in range(len(header)) if at != names and (header[at].strip() or len(header) == 2)]
    rows = [row for row in rows if _path(row[names], known)]
    label_of = _labels(others, header, rows)
    if label_of is None:
        if all(_is_measure([row[at] for row in rows]) for at in others):
            return {}
        columns = ", ".join(header[at] for at in others)
        words = f"{file.name}: no column of labels; expected one that is called label, found: {columns}; rename it"
        raise DatasetError(of(tree.name, Said("table-unclear", words, file=file.name, found=columns)))
    return {
        path: label for row, label in zip(rows, label_of, strict=True) if (path := _path(row[names], known)) and label
    }


def _path(cell: str, known: dict[str, str | None]) -> str | None:
    cell = cell.strip().replace("\\", "/").removeprefix("./")
    return known.get(cell) or known.get(cell.rpartition("/")[2])


def _labels(columns: list[int], header: list[str], rows: list[list[str]]) -> list[str] | None:
    """Return the label of each row: from the one column, the one that is called so, or a column for each class."""
    called = [at for wanted in _LABEL_COLUMNS for at in columns if header[at].strip().lower() == wanted]
    if called or (len(columns) == 1 and not _is_measure([row[columns[0]] for row in rows])):
        return [row[(called or columns)[0]].strip() for row in rows]
    ones = [[at for at in columns if _is_one(row[at])] for row in rows]
    if len(columns) > 1 and all(len(found) == 1 for found in ones):
        return [header[found[0]].strip() for found in ones]
    return None


def _is_measure(cells: list[str]) -> bool:
    """Return whether these are numbers of which most are different: no classes have such names."""
    return all(re.fullmatch(r"\s*-?\d*\.?\d+\s*", cell) for cell in cells) and 2 * len(set(cells)) > len(cells)


def _is_one(cell: str) -> bool:
    return cell.strip().lower() in ("1", "1.0", "true", "yes")
