"""From the files of a source to classes: projects, tables, class folders at any depth, or pictures without classes."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from showtell.dataset import file_names
from showtell.dataset.contents import NO_LABEL, NOT_READ
from showtell.dataset.example import Problem
from showtell.dataset.names import DISABLED_FILE, LABEL_FILE, check_label
from showtell.errors import DatasetError, PictureError
from showtell.importers import kinds, projects, tables
from showtell.importers.pins import pinned
from showtell.importers.source import Group, Source, group_of, needed
from showtell.importers.tree import File, Tree, head
from showtell.pictures import formats
from showtell.sentences import Said, of, sentence

Folders = tuple[str, ...]  # a path in parts

MARKERS = (LABEL_FILE, DISABLED_FILE)  # of a class folder of ours, beside its pictures

_SAMPLES = re.compile(r"(.+)-samples( ?\(\d+\))?\.zip", re.IGNORECASE | re.DOTALL)

# Folders that part a dataset, and don't say what is on the pictures in them.
_SPLIT = re.compile(
    r"(train|training|val|valid|validation|eval|evaluation|dev|test|testing|holdout)([-_ ]?(set|data|images|imgs))?\d*"
    r"|(fold|part|batch|session|shard|chunk|round)[-_ ]?\d+",
    re.IGNORECASE,
)

_PICTURES = re.compile(r"(images?|imgs?|pictures|photos|pics|jpe?gs?|pngs?|files|all)([-_ ]?\d+)?", re.IGNORECASE)


def read_tree(tree: Tree, label: str | None) -> Source:
    """Return the classes in a source; pictures without class folders are of the class ``label``.

    Raises DatasetError if there are no pictures that can be used, or nobody says what they are.
    """
    pins = pinned(tree)
    pictures = {path: file for path, file in tree.files.items() if _is_picture(file)}
    groups = None
    for read in (projects.teachable_machine, projects.genai, projects.edge_impulse):
        groups = groups or read(tree, pictures)
    if not pictures:
        _nothing(tree)
    layout = _Layout(tree, pictures)
    if groups is None and not layout.has_classes:
        groups = tables.labelled(tree, pictures)
    if groups is None:
        groups = layout.groups(label)
    groups = [group for group in groups if _has_name(group, tree)]
    if not any(group.count for group in groups):
        _nothing(tree)
    return Source(groups, tree.problems, pins)


def _is_picture(file: File) -> bool:
    return formats.is_picture(file.suffix) or (file.name not in MARKERS and formats.is_picture("", head(file)))


def _has_name(group: Group, tree: Tree) -> bool:
    try:
        group.label = check_label(group.label)
    except DatasetError as error:
        for picture in group.pictures:
            tree.problems.append(Problem(picture.name, sentence(error)))
        return False
    return True


def _nothing(tree: Tree) -> None:
    if found := kinds.model_in(tree):
        raise DatasetError(of(tree.name, kinds.a_model(found)))
    for file in tree.files.values():
        if (why := formats.why_not(file.suffix, head(file))) is not formats.NO_PICTURE:
            tree.problems.append(Problem(file.path, why))
            break
    words = "expected pictures, in folders of classes, found none that can be used"
    first = of(tree.problems[0].file, tree.problems[0].reason) if tree.problems else None
    raise DatasetError(of(tree.name, Said("zip-nothing", f"{words}; {first}" if first else words, first=first)))


class _Layout:
    """Which folders are classes: ``place[folder]`` is what is left of a folder's path when the rest is taken away."""

    def __init__(self, tree: Tree, pictures: dict[str, File]) -> None:
        self.tree = tree
        self.pictures = pictures
        self.inside: dict[Folders, list[File]] = {}
        for file in pictures.values():
            self.inside.setdefault(_parts(file.folder), []).append(file)
        in_order = (_parts(path if file is None else file.folder) for path, file in tree.entries.items())
        known = {*self.inside, *self._empty()}
        self.place = {folder: folder for folder in in_order if folder in known}
        while self._drop_common() or self._drop_splits():
            pass
        self._drop_last()

    @property
    def has_classes(self) -> bool:
        """Whether the folders tell classes apart: one folder, or some that are called images, may be all there is."""
        names = {place[0] for place in self._picture_places() if place}
        return len([name for name in names if not _PICTURES.fullmatch(name)]) > 1

    def groups(self, label: str | None) -> list[Group]:
        classes = self._classes()
        self.merged: dict[str, list[File]] = {}
        self.disabled: set[str] = set()
        for folder, name in classes.items():
            self.merged.setdefault(self._label(folder, name), []).extend(self.inside.get(folder, []))
        self._report_others(classes)
        groups = [
            group_of(name, files, self._burst(files), name not in self.disabled) for name, files in self.merged.items()
        ]
        loose = [file for folder in self.inside if folder not in classes for file in self._loose(folder)]
        return [*groups, *self._of_loose(loose, label, bool(classes))]

    # -- from the folders to the classes

    def _empty(self) -> list[Folders]:
        used = {folder[:depth] for folder in self._folders_of_files() for depth in range(len(folder) + 1)}
        return [parts for folder in self.tree.folders if (parts := _parts(folder)) not in used]

    def _folders_of_files(self) -> set[Folders]:
        return {_parts(file.folder) for file in self.tree.files.values() if file.name not in MARKERS}

    def _picture_places(self) -> list[Folders]:
        return [self.place[folder] for folder in self.inside]

    def _drop_common(self) -> bool:
        """Take away a folder that all class folders are in."""
        places = self._picture_places()
        first = {place[0] for place in places if place}
        below = {place for place in places if len(place) > 1}
        if len(first) != 1 or () in places or not below or (len(below) == 1 and len(below) < len(places)):
            return False
        return self._drop(first)

    def _drop_splits(self) -> bool:
        """Take away folders such as train and val, if all are such."""
        places = self._picture_places()
        first = {place[0] for place in places if place}
        if () in places or not first or not all(map(_SPLIT.fullmatch, first)):
            return False
        if not any(len(place) > 1 for place in places) and any(map(_is_own, self.pictures.values())):
            return False  # showtell's own class folders, which are called so
        return self._drop(first)

    def _drop(self, first: set[str]) -> bool:
        self.place = {
            folder: place[1:] if place and place[0] in first else place
            for folder, place in self.place.items()
            if folder in self.inside or (place and place[0] in first)
        }
        return True

    def _drop_last(self) -> None:
        """Take away folders in the classes that part their pictures, such as train and images, if all are such."""
        deep = [place for place in self._picture_places() if len(place) > 1]
        if deep and all(_SPLIT.fullmatch(place[-1]) or _PICTURES.fullmatch(place[-1]) for place in deep):
            self.place = {folder: place[:-1] if len(place) > 1 else place for folder, place in self.place.items()}

    def _classes(self) -> dict[Folders, str]:
        """Return the folders that are classes, with the part of their path that names them."""
        places = [place for place in self._picture_places() if place]
        if not places or any(len(place) == 1 for place in places):
            return {folder: place[0] for folder, place in self.place.items() if len(place) == 1 and places}
        leaves: dict[str, set[Folders]] = {}
        for place in places:
            leaves.setdefault(place[-1], set()).add(place[:-1])
        groups = {place[0] for place in places}
        if all(re.search(r"\d", leaf) for leaf in leaves) and not any(re.search(r"\d", group) for group in groups):
            return {folder: self.place[folder][0] for folder in self.inside if self.place[folder]}
        twice = [(leaf, sorted(parents)) for leaf, parents in leaves.items() if len(parents) > 1]
        if twice:
            leaf, parents = twice[0]
            found = f"{'/'.join(parents[0])}/{leaf} and {'/'.join(parents[1])}/{leaf}"
            words = f"folders in folders of one name ({found}); choose the folder whose folders are the classes"
            raise DatasetError(of(self.tree.name, Said("folders-unclear", words, found=found)))
        return {folder: self.place[folder][-1] for folder in self.inside if self.place[folder]}

    # -- from a class folder to its label

    def _label(self, folder: Folders, name: str) -> str:
        path = "/".join(folder)
        label = unicodedata.normalize("NFC", _without_zip(name, self.inside.get(folder, [])))
        if marker := self.tree.files.get(f"{path}/{LABEL_FILE}"):
            try:
                label = check_label(marker.read(1 << 16).decode())
            except (PictureError, DatasetError, UnicodeError):
                self.tree.problems.append(Problem(marker.path, NO_LABEL))
        if f"{path}/{DISABLED_FILE}" in self.tree.files:
            self.disabled.add(label)
        return label

    def _burst(self, files: list[File]) -> str | None:
        names = {file.folder.rpartition("/")[2] for file in files}
        samples = [match[1] for name in names if (match := _SAMPLES.fullmatch(name))]
        return samples[0] if len(samples) == 1 == len(names) else None

    # -- all the rest

    def _report_others(self, classes: dict[Folders, str]) -> None:
        for file in self.tree.files.values():
            if file.path in self.pictures or file.name in MARKERS:
                continue
            why = formats.why_not(file.suffix, head(file))
            if _parts(file.folder) in classes or why is not formats.NO_PICTURE:
                self.tree.problems.append(Problem(file.path, why))

    def _loose(self, folder: Folders) -> list[File]:
        """Return pictures that are in no class folder; those in a folder in one are left out."""
        if self.place[folder]:
            self.tree.problems.append(Problem("/".join(folder), NOT_READ))
            return []
        return self.inside[folder]

    def _of_loose(self, loose: list[File], label: str | None, classes: bool) -> list[Group]:
        if not loose:
            return []
        samples = _SAMPLES.fullmatch(self.tree.name)
        if label is None and samples:
            label = samples[1]
        if label is None and classes:
            reason = Said("file-loose-in-zip", "a picture needs a class; put it into a folder")
            self.tree.problems += _once_a_folder(loose, reason)
            return []
        label = needed(label, self.tree.name, "pictures without class folders")
        loose = sorted(loose, key=lambda file: file_names.natural(file.path))
        return [group_of(label, loose, label if samples else None)]


def _parts(folder: str) -> Folders:
    return tuple(folder.split("/")) if folder else ()


def _is_own(file: File) -> bool:
    stem = PurePosixPath(file.name).stem
    return bool(file_names.loose_number(stem) or file_names.burst_of(stem)[0])


def _without_zip(name: str, files: list[File]) -> str:
    """Return the name of a zip without what Teachable Machine and the system add, that of a folder as it is."""
    if match := _SAMPLES.fullmatch(name):
        return match[1]
    if name.lower().endswith((".zip", ".tm")):
        return PurePosixPath(name).stem
    if (match := _SAMPLES.fullmatch(f"{name}.zip")) and files and all(re.fullmatch(r"\d+\.jpg", f.name) for f in files):
        return match[1]
    return name


def _once_a_folder(files: list[File], reason: Said) -> list[Problem]:
    """Return a problem for each file at the top, and one for each folder of others."""
    return [Problem(path, reason) for path in dict.fromkeys(file.folder or file.path for file in files)]
