"""Projects of other tools: Teachable Machine, GenAI Teachable Machine, and exports of Edge Impulse."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

from showtell.dataset import file_names
from showtell.dataset.example import Problem
from showtell.errors import DatasetError, PictureError
from showtell.importers.source import Group, group_of
from showtell.importers.tree import MARK, File, Tree
from showtell.sentences import Said, of

MANIFEST = "manifest.json"

_MAX_TEXT = 32 * 2**20  # bytes of a list of labels

_NUMBERED = re.compile(r"(.+)-!-[0-9]+\.[A-Za-z]+", re.DOTALL)

_GENAI = re.compile(r"(.*/|)samples/([0-9]+)_([0-9]+)\.png")

_DOTTED = re.compile(r"([^.]+)\.[^.]+(\..+)?")  # of Edge Impulse: label.3m1p2n.jpg


# -- Teachable Machine


def teachable_machine(tree: Tree, pictures: dict[str, File]) -> list[Group] | None:
    """Return the classes of a project, ``<class>-!-<n>.jpg`` beside a ``manifest.json``; None if it is none.

    The classes come in the order of their first pictures, each as one recording. A project without its manifest is
    known by its names. Raises DatasetError for a project of sounds.
    """
    manifests = [file for file in tree.files.values() if file.name == MANIFEST]
    root = min((file.folder for file in manifests), key=len, default=None)
    inside = f"{root}/" if root else ""
    own = {path: file for path, file in pictures.items() if path.startswith(inside)}
    if root is None:
        if not own or not all(not file.folder and _NUMBERED.fullmatch(file.name) for file in own.values()):
            return None
    elif not own:
        kind = _json(manifests[0])
        if isinstance(kind, dict) and kind.get("type") == "audio":
            words = "a Teachable Machine project of sounds; expected one of pictures"
            raise DatasetError(of(tree.name, Said("project-sounds", words)))
        return None
    elif not all(MARK in path for path in own):
        return None
    burst = PurePosixPath(tree.name).stem
    labels = list(dict.fromkeys(_before(path, inside) for path in own))
    groups = []
    for label in labels:
        files = [file for path, file in own.items() if _before(path, inside) == label]
        files.sort(key=lambda file: file_names.natural(file.path.rpartition(MARK)[2]))
        groups.append(group_of(label, files, burst))
    return groups


def _before(path: str, inside: str) -> str:
    return path[len(inside) :].rpartition(MARK)[0]


# -- GenAI Teachable Machine


def genai(tree: Tree, pictures: dict[str, File]) -> list[Group] | None:
    """Return the classes of a project, ``samples/<class>_<n>.png``, whose names stand in ``metadata.json``.

    None if it is none. Raises DatasetError where the names are missing, or if it is a project of sounds.
    """
    found = {path: match for path in pictures if (match := _GENAI.fullmatch(path))}
    if not found or len(found) < len(pictures):
        return None
    root = next(iter(found.values()))[1]
    metadata = tree.files.get(f"{root}metadata.json")
    told = _json(metadata) if metadata else None
    if isinstance(told, dict) and "tfjsSpeechCommandsVersion" in told:
        words = "a GenAI Teachable Machine project of sounds; expected one of pictures"
        raise DatasetError(of(tree.name, Said("project-sounds", words)))
    names = told.get("labels") if isinstance(told, dict) else None
    if not isinstance(names, list):
        if not (metadata or {f"{root}model.json", f"{root}behaviours.json"} & tree.files.keys()):
            return None
        words = (
            "a GenAI Teachable Machine project without the names of its classes (metadata.json); "
            "train it there once and save it again"
        )
        raise DatasetError(of(tree.name, Said("project-names", words)))
    by_class: dict[int, list[File]] = {}
    for path, match in sorted(found.items(), key=lambda item: (int(item[1][2]), int(item[1][3]))):
        by_class.setdefault(int(match[2]), []).append(pictures[path])
    burst = PurePosixPath(tree.name).stem
    groups = []
    for number, files in by_class.items():
        if number < len(names) and str(names[number]).strip():
            groups.append(group_of(str(names[number]), files, burst))
        else:
            tree.problems += [Problem(file.path, _unlabelled("metadata.json")) for file in files]
    return groups


# -- Edge Impulse


def edge_impulse(tree: Tree, pictures: dict[str, File]) -> list[Group] | None:
    """Return the classes of an export: labels in ``info.labels``, or else before the first dot of each name.

    Its two parts, training and testing, become one. None if it is none.
    """
    lists = [file for file in tree.files.values() if file.name == "info.labels"]
    labels: dict[str, str | None] = {}
    for file in lists:
        labels |= _listed(file, pictures)
    if not lists:
        folders = {PurePosixPath(file.folder).name.lower() for file in pictures.values()}
        if not folders & {"training", "testing", "train", "test"} or not all(map(_is_part, folders)):
            return None
        for path, file in pictures.items():
            dotted = _DOTTED.fullmatch(PurePosixPath(file.name).stem)
            labels[path] = dotted[1] if dotted else None
        if not any(labels.values()):
            return None
    by_label: dict[str, list[File]] = {}
    for path, file in pictures.items():
        if label := labels.get(path):
            by_label.setdefault(label, []).append(file)
        else:
            tree.problems.append(Problem(path, _unlabelled("info.labels")))
    return [group_of(label, files) for label, files in by_label.items()] or None


def _is_part(folder: str) -> bool:
    return re.fullmatch(r"(train|training|test|testing)\d*", folder) is not None


def _listed(file: File, pictures: dict[str, File]) -> dict[str, str | None]:
    told = _json(file)
    entries = told.get("files") if isinstance(told, dict) else None
    labels: dict[str, str | None] = {}
    root = f"{file.folder}/" if file.folder else ""
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            path = entry["path"].removeprefix("./")
            category = entry.get("category")
            for candidate in (root + path, f"{root}{category}/{path}"):
                if candidate in pictures:
                    labels[candidate] = _label(entry)
    return labels


def _label(entry: dict[str, Any]) -> str | None:
    label = entry.get("label")
    if isinstance(label, dict):
        label = label.get("label") if label.get("type", "label") == "label" else None
    if not label and isinstance(boxes := entry.get("boundingBoxes"), list):
        in_boxes = {box.get("label") for box in boxes if isinstance(box, dict)}
        label = in_boxes.pop() if len(in_boxes) == 1 else None
    return label if isinstance(label, str) and label.strip() else None


def _unlabelled(where: str) -> Said:
    words = f"{where} has no single label for it; expected one for each picture; left out"
    return Said("file-unlabelled", words, file=where)


def _json(file: File) -> Any:
    try:
        return json.loads(file.read(_MAX_TEXT))
    except (PictureError, ValueError, RecursionError):
        return None
