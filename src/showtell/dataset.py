"""A dataset is a folder of class folders of pictures, and that folder is the only truth.

``things/mug/burst17-003.jpg`` is an example of the class "mug", the third of the burst "17". Any folder in
this shape opens as it is, read-only ones too. Hidden files and what systems leave behind (``Thumbs.db``,
``__MACOSX``) are skipped without a word; other foreign files are listed in `Dataset.problems`. Folders inside
a class folder are not read. Links are never followed to a folder, and to a file only inside the dataset:
nothing that is read or changed lies elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from showtell import frame
from showtell.errors import DatasetError
from showtell.journal import HIDDEN, LABEL_FILE, Journal, Step, sync_folder
from showtell.names import check_label, fold, is_litter, quoted, safe_name

_LOOSE = re.compile(r"picture-([0-9]+)")
_BURST = re.compile(r"burst(.+)-([0-9]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A picture with its label.

    ``id`` is the path in the dataset with ``/``; it stays the same until the example is moved or its class
    renamed.
    ``burst`` names the recording it comes from, None for a single picture.
    """

    label: str
    id: str
    burst: str | None
    dataset: Path = field(repr=False)

    @property
    def path(self) -> Path:
        """The picture's file. (Made when asked for: 50,000 paths would take as long as reading the folder.)"""
        return self.dataset / self.id

    def read(self) -> bytes:
        """The encoded picture; DatasetError if the file is gone."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise DatasetError(
                f"{self.path}: cannot be read ({error.strerror}); if another program moved it, call refresh()"
            ) from error


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (path in the dataset with ``/``) that is not used, and why."""

    file: str
    reason: str


@dataclass(slots=True)
class _Class:
    folder: str
    label: str
    marker: str = ""  # what its label file says, "" if it has none
    examples: dict[str, Example] = field(default_factory=dict)  # by id, oldest first


class Dataset:
    """The examples in ``folder``, class by class in the order in which the classes were made, oldest first.

    The folder is created when the first thing is added; with ``create=False`` a missing one is a
    DatasetError. Iterating gives `Example`s. Every change is on disk, synced, when its method returns, can be
    taken back with `undo`, and raises DatasetError, leaving everything as it was, where the disk is full or
    may not be written. Bursts in a class are ordered by file time, single pictures by name; classes of a
    foreign folder come sorted by name.

    One object may be used by many threads, and one folder by many programs: a change by another showtell is
    seen at the next change made here, that of any other program after `refresh`.
    """

    def __init__(self, folder: str | os.PathLike[str], *, create: bool = True) -> None:
        self.folder = Path(os.path.abspath(folder))
        if not create and not self.folder.is_dir():
            raise DatasetError(
                f"{folder}: expected a folder with a folder of pictures for each class, found none; "
                "check the name, or make it by adding pictures"
            )
        self._lock = threading.RLock()
        self._journal = Journal(self.folder)
        self._classes: dict[str, _Class] = {}  # by label
        self._labels: dict[str, str] = {}  # folder -> label
        self._found: dict[str, str] = {}  # problems of the last scan
        self._reported: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # (folder, start of the file name) -> last number used
        self.refresh()

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r}: {_pictures(len(self))} in {len(self._classes)} classes)"

    # -- looking

    def __len__(self) -> int:
        with self._lock:
            return sum(len(group.examples) for group in self._classes.values())

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples())

    @property
    def labels(self) -> list[str]:
        """All classes, also empty ones."""
        with self._lock:
            return list(self._classes)

    @property
    def counts(self) -> dict[str, int]:
        """Pictures in each class."""
        with self._lock:
            return {label: len(group.examples) for label, group in self._classes.items()}

    def examples(self, label: str | None = None) -> list[Example]:
        """The examples of one class or of all; DatasetError for an unknown class."""
        with self._lock:
            groups = self._classes.values() if label is None else [self._class(label)]
            return [example for group in groups for example in group.examples.values()]

    def example(self, id: str) -> Example:
        """The example with this id; DatasetError if there is none."""
        with self._lock:
            label = self._labels.get(str(id).partition("/")[0])
            example = self._classes[label].examples.get(id) if label is not None else None
            if example is None:
                raise DatasetError(f"no example {quoted(str(id))} in {self.folder}; it was moved or removed")
            return example

    @property
    def problems(self) -> list[Problem]:
        """Files that are not used, and why: found when the folder was read, or reported since."""
        with self._lock:
            reported = {file: reason for file, reason in self._reported.items() if self._has(file)}
            return [Problem(file, reason) for file, reason in {**self._found, **reported}.items()]

    def report(self, file: str, reason: str) -> None:
        """Add the example with the id ``file`` to the problems, once; forgotten when the example goes."""
        with self._lock:
            self._reported.setdefault(file, reason)

    def refresh(self) -> None:
        """Read the folder again; DatasetError if that is not possible."""
        with self._lock, _explained(f"read the dataset {self.folder}"):
            try:
                if not (self.folder / HIDDEN).is_dir():
                    raise FileNotFoundError  # a foreign folder: leave it untouched
                with self._journal.hold():
                    self._scan()
            except OSError:  # read-only, so nothing to repair, or busy
                self._journal.look()
                self._scan()

    # -- changing

    def add(self, label: str, picture: frame.Picture, *, burst: str | None = None, name: str | None = None) -> Example:
        """Save a picture as an example of a class, which is made if it is new.

        ``picture`` is anything `frame.decode` takes; it is decoded first, and PictureError is raised for one
        that is broken. Files and encoded bytes are stored byte for byte, arrays and PIL images as PNG.
        ``burst`` names the recording; adds to one burst in a row are undone together. ``name`` (for a path
        its file name) is kept as far as it is safe and free; one like "burst17-003.jpg" joins that burst.
        """
        check_label(label)
        if isinstance(picture, str | os.PathLike):
            name = name or os.path.basename(os.fspath(picture))
            picture = frame.read(picture)
        elif isinstance(picture, bytearray | memoryview):
            picture = bytes(picture)
        decoded = frame.decode(picture, name)
        data = picture if isinstance(picture, bytes) else frame.encode_png(decoded)
        burst, stem = _file_name(burst, name)
        row = f"{burst}\0{label}" if burst is not None else ""
        suffix = frame.extension(data, name or "the picture")
        with self._changing(f"save a picture in {self.folder}"):
            if label in self._classes and not (self.folder / self._classes[label].folder).is_dir():
                self._scan()  # another program took the class away
            temporary = self._journal.write_temporary(data)
            steps: list[Step] = []
            bin = self._journal.bin(row)
            with contextlib.ExitStack() as rollback:
                rollback.callback(temporary.unlink, missing_ok=True)
                group = self._classes.get(label)
                if group is None:
                    group, steps = self._make(label, bin)
                    rollback.callback(_remove_empty, self.folder / group.folder)
                example = self._place(temporary, group, burst, stem, suffix)
                rollback.callback(example.path.unlink, missing_ok=True)
                sync_folder(example.path.parent)
                steps.append(("move", f"{bin}/{example.id}", example.id))
                entry = self._journal.continued(row)
                count = sum(step[0] == "move" for step in [*(entry.steps if entry else []), *steps])
                self._journal.note_add(f"add {_pictures(count)} to {quoted(label)}", steps, row)
                rollback.pop_all()
            temporary.unlink(missing_ok=True)
            self._classes[label] = group
            self._labels[group.folder] = label
            group.examples[example.id] = example
            return example

    def add_class(self, label: str) -> None:
        """Make an empty class; DatasetError if there is one of that name."""
        check_label(label)
        with self._changing(f"make the class {quoted(label)} in {self.folder}"):
            self._must_be_new(label)
            with contextlib.ExitStack() as rollback:
                group, steps = self._make(label, self._journal.bin())
                rollback.callback(_remove_empty, self.folder / group.folder)
                self._journal.note_add(f"add the class {quoted(label)}", steps, "")
                rollback.pop_all()
            self._classes[label] = group
            self._labels[group.folder] = label

    def remove(self, *examples: Example | str) -> None:
        """Remove examples (or those with these ids); their class stays. DatasetError if one isn't there."""
        with self._changing(f"remove pictures from {self.folder}"):
            gone = self._resolve(examples)
            if not gone:
                return
            steps = [("move", example.id, f"{self._journal.bin()}/{example.id}") for example in gone]
            self._journal.do(f"remove {_pictures(len(gone))}{_of(gone)}", steps)
            for example in gone:
                del self._classes[example.label].examples[example.id]

    def remove_class(self, label: str) -> None:
        """Remove a class with all its pictures; DatasetError if there is none of that name."""
        with self._changing(f"remove the class {quoted(label)} from {self.folder}"):
            group = self._class(label)
            count = f" and its {_pictures(len(group.examples))}" if group.examples else ""
            steps = [("move", group.folder, f"{self._journal.bin()}/{group.folder}")]
            self._journal.do(f"remove the class {quoted(label)}{count}", steps)
            del self._classes[label], self._labels[group.folder]

    def clear(self) -> None:
        """Remove all classes and their pictures."""
        with self._changing(f"clear {self.folder}"):
            if not self._classes:
                return
            steps = [("move", folder, f"{self._journal.bin()}/{folder}") for folder in self._labels]
            self._journal.do(f"clear everything ({_pictures(len(self))})", steps)
            self._classes, self._labels = {}, {}

    def rename(self, old: str, new: str) -> None:
        """Give a class another name; DatasetError if that is taken. The ids of its examples change."""
        check_label(new)
        with self._changing(f"rename the class {quoted(old)} in {self.folder}"):
            group = self._class(old)
            if old == new:
                return
            self._must_be_new(new)
            before, after = group.folder, safe_name(new, self._taken() - {fold(group.folder)})
            # At every moment the class has the old name or the new one: first in the label file, which is
            # taken away at the end where the folder itself says it.
            steps: list[Step] = [("label", group.marker, new, before)]
            if fold(before) == fold(after) and before != after:  # "mug" to "Mug" where both are the same file
                between = f"{self._journal.bin()}/{before}"
                steps += [("move", before, between), ("move", between, after), ("order", before, after)]
            elif before != after:
                steps += [("move", before, after), ("order", before, after)]
            if after == new:
                steps += [("label", new, "", after)]
            self._pin_order()
            self._journal.do(f"rename {quoted(old)} to {quoted(new)}", steps)
            self._scan()

    def move(self, examples: Iterable[Example | str], label: str) -> list[Example]:
        """Make examples (or those with these ids) examples of another class, which is made if it is new.

        Gives them as they are afterwards, in the same order; DatasetError if one isn't there.
        """
        check_label(label)
        with self._changing(f"move pictures in {self.folder}"):
            all_of_them = self._resolve(examples)
            moving = [example for example in all_of_them if example.label != label]
            if not moving:
                return all_of_them
            steps: list[Step] = []
            taken: set[str] = set()
            group = self._classes.get(label)
            if group is None:
                group, steps = self._make(label, self._journal.bin(), visible=False)
            else:
                taken = {fold(name) for name in os.listdir(self.folder / group.folder)}
            new_ids = {example.id: example.id for example in all_of_them}
            for example in moving:
                file = _free_name(example.path.name, taken)
                taken.add(fold(file))
                new_ids[example.id] = f"{group.folder}/{file}"
                steps.append(("move", example.id, new_ids[example.id]))
            self._journal.do(f"move {_pictures(len(moving))}{_of(moving)} to {quoted(label)}", steps)
            self._scan()
            return [self.example(new_ids[example.id]) for example in all_of_them]

    # -- taking back

    @property
    def undoable(self) -> str | None:
        """What `undo` would take back, in words like 'remove 3 pictures of "mug"'; None if nothing."""
        with self._lock:
            return entry.say if (entry := self._journal.undoable) else None

    @property
    def redoable(self) -> str | None:
        """What `redo` would do again, in words; None if nothing."""
        with self._lock:
            return entry.say if (entry := self._journal.redoable) else None

    def undo(self) -> str:
        """Take back the last change (of the last 100, also from before the dataset was opened).

        Gives what was taken back, in words; DatasetError if there is nothing, or if another program put a
        file where one has to go back to.
        """
        return self._travel("undo")

    def redo(self) -> str:
        """Do again what `undo` took back, as long as nothing else was changed; otherwise like `undo`."""
        return self._travel("redo")

    def _travel(self, way: str) -> str:
        if not (self.folder / HIDDEN).is_dir():
            raise DatasetError(f"nothing to {way} in {self.folder}")
        with self._changing(f"{way} a change in {self.folder}"):
            entry = self._journal.undoable if way == "undo" else self._journal.redoable
            if entry is None:
                raise DatasetError(f"nothing to {way} in {self.folder}")
            if way == "undo":
                self._journal.undo(entry)
            else:
                self._journal.redo(entry)
            self._scan()
            return entry.say

    # -- inside

    @contextlib.contextmanager
    def _changing(self, what: str) -> Iterator[None]:
        with self._lock, _explained(what), self._journal.hold() as changed:
            if changed:
                self._scan()
            yield

    def _class(self, label: str) -> _Class:
        try:
            return self._classes[label]
        except (KeyError, TypeError):
            there = ", ".join(map(quoted, self._classes)) or "none yet"
            message = f"no class {quoted(str(label))} in {self.folder}; there are: {there}"
            raise DatasetError(message) from None

    def _must_be_new(self, label: str) -> None:
        if label in self._classes:
            raise DatasetError(
                f"there is a class {quoted(label)} already; choose another name, or move the pictures into it"
            )

    def _has(self, file: str) -> bool:
        label = self._labels.get(file.partition("/")[0])
        return label is not None and file in self._classes[label].examples

    def _resolve(self, examples: Iterable[Example | str]) -> list[Example]:
        ids = [item.id if isinstance(item, Example) else item for item in examples]
        return [self.example(id) for id in dict.fromkeys(ids)]

    def _taken(self) -> set[str]:
        return {fold(name) for name in os.listdir(self.folder)}

    def _pin_order(self) -> None:
        """Write down the order of the classes that are there, so that a new one can come last."""
        order = self._journal.order()
        unknown = [group.folder for group in self._classes.values() if group.folder not in set(order)]
        if unknown:
            self._journal.set_order(order + unknown)

    def _make(self, label: str, bin: str, *, visible: bool = True) -> tuple[_Class, list[Step]]:
        """Make the folder of a new class, complete with its label file before it can be seen, and say its steps.

        If it shall not be ``visible`` yet it waits in the bin for its steps to be done.
        """
        folder = safe_name(label, self._taken())
        group = _Class(folder, label, marker="" if folder == label else label)
        self._pin_order()
        self._journal.set_order([*self._journal.order(), folder])
        steps: list[Step] = [("make", f"{bin}/+/{folder}", folder), ("order", "", folder)]
        final = self.folder / (folder if visible else steps[0][1])
        if not visible:
            shutil.rmtree(self.folder / bin, ignore_errors=True)  # of an attempt that failed: the number is new
            final.parent.mkdir(parents=True)
        staged = self._journal.temporary()
        staged.mkdir()
        try:
            if group.marker:
                self._journal.replace(staged / LABEL_FILE, label.encode())
            os.rename(staged, final)
            sync_folder(final.parent)
        except BaseException:
            _remove_empty(staged)
            _remove_empty(final)  # no other program's: the name was not taken
            raise
        return group, steps

    def _place(self, temporary: Path, group: _Class, burst: str | None, stem: str | None, suffix: str) -> Example:
        """Give a complete file its first free name in the class folder."""
        start = stem or ("picture-" if burst is None else f"burst{burst}-")
        digits = 4 if burst is None else 3
        number = self._numbers.get((group.folder, start), 0)
        while True:
            number += 1
            file = stem if stem and number == 1 else f"{stem}-{number}" if stem else f"{start}{number:0{digits}}"
            path = self.folder / group.folder / (file + suffix)
            try:
                _link(temporary, path)
            except FileExistsError:
                continue
            self._numbers[group.folder, start] = number
            return Example(group.label, f"{group.folder}/{file}{suffix}", burst, self.folder)

    def _scan(self) -> None:
        """Read the folder: one os.scandir a class, and one stat a burst."""
        self._found = {}
        groups: list[_Class] = []
        try:
            with os.scandir(self.folder) as entries:
                root = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            root = []
        for entry in root:
            if is_litter(entry.name):
                continue
            if not _is_utf8(entry.name):
                self._found[_printable(entry.name)] = "its name is not valid Unicode; rename it"
            elif entry.is_dir(follow_symlinks=False):
                try:
                    groups.append(self._scan_class(entry.name))
                except OSError as error:  # if it is gone in the meantime, it isn't foreign, just gone
                    if not isinstance(error, FileNotFoundError):
                        self._found[entry.name] = f"the folder cannot be read ({error.strerror})"
            elif entry.is_dir():
                self._found[entry.name] = "a link to a folder is not followed; copy the folder here"
            elif os.path.splitext(entry.name)[1].lower() in frame.SUFFIXES:
                self._found[entry.name] = "a picture needs a class; move it into the folder of its class"
        self._found = dict(sorted(self._found.items()))
        _tell_apart(groups)
        place = {folder: at for at, folder in enumerate(self._journal.order())}
        groups.sort(key=lambda group: place.get(group.folder, len(place)))
        self._classes = {group.label: group for group in groups}
        self._labels = {group.folder: group.label for group in groups}

    def _scan_class(self, folder: str) -> _Class:
        group = _Class(folder, folder)
        files: dict[str | None, list[tuple[list[str | int], str]]] = {}
        with os.scandir(self.folder / folder) as entries:
            for entry in entries:
                if entry.name == LABEL_FILE:
                    group.marker = self._read_label(folder, entry)
                elif not is_litter(entry.name):
                    stem, suffix = os.path.splitext(entry.name)
                    if problem := self._problem(entry, suffix):
                        self._found[_printable(f"{folder}/{entry.name}")] = problem
                        continue
                    burst, number = _burst_of(stem)
                    files.setdefault(burst, []).append(([number] if burst else _natural(stem), entry.name))
        group.label = group.marker or folder
        series = []
        root = self.folder / folder
        for burst, members in files.items():
            members.sort()
            if burst is None:
                start = "picture-"
                last = max((int(found[1]) for _, name in members if (found := _LOOSE.match(name))), default=0)
            else:
                start, last = f"burst{burst}-", int(members[-1][0][0])
            self._numbers[folder, start] = max(last, self._numbers.get((folder, start), 0))
            newest = os.lstat(root / members[-1][1]).st_mtime_ns
            series.append((newest, burst or "", [name for _, name in members]))
        for _, burst, names in sorted(series):
            for name in names:
                id = f"{folder}/{name}"
                group.examples[id] = Example(group.label, id, burst or None, self.folder)
        return group

    def _read_label(self, folder: str, entry: os.DirEntry[str]) -> str:
        try:
            if not entry.is_file(follow_symlinks=False):
                raise ValueError
            with open(entry, "rb") as file:
                return check_label(file.read(1 << 16).decode())
        except (OSError, ValueError, DatasetError):
            reason = "it holds no usable name; the class is called like its folder"
            self._found[f"{folder}/{LABEL_FILE}"] = reason
            return ""

    def _problem(self, entry: os.DirEntry[str], suffix: str) -> str | None:
        """Why a file in a class folder is no example; None if it is one, as far as its entry tells."""
        if not _is_utf8(entry.name):
            return "its name is not valid Unicode; rename it"
        if entry.is_dir(follow_symlinks=False):
            return "a folder in a class folder is not read; move its pictures up"
        if suffix.lower() not in frame.SUFFIXES:
            return "not a picture that showtell reads; expected JPEG, PNG, WebP, GIF, BMP or TIFF"
        if entry.is_symlink():
            target = Path(os.path.realpath(entry.path))
            if not target.is_relative_to(os.path.realpath(self.folder)):
                return "a link that leads out of the dataset is not followed; copy the picture here"
            if not target.is_file():
                return "a link to nothing that could be read"
        elif not entry.is_file(follow_symlinks=False):
            return "not a file"
        return None


def _tell_apart(groups: list[_Class]) -> None:
    """A folder that was copied together with its label file must not claim the label of the first."""
    taken = {group.label for group in groups if not group.marker}
    for group in groups:
        if group.marker:
            label = group.label
            while label in taken:
                label += " (copy)"
            taken.add(label)
            if label != group.label:
                group.label = label
                group.examples = {id: replace(example, label=label) for id, example in group.examples.items()}


def _file_name(burst: str | None, name: str | None) -> tuple[str | None, str | None]:
    """The burst as a file name says it, or else the safe part of a name, or else neither."""
    if burst is not None:
        return safe_name(str(burst)), None
    if not name:
        return None, None
    stem, suffix = os.path.splitext(re.split(r"[/\\]", name)[-1])
    stem = safe_name(stem if suffix.lower() in frame.SUFFIXES else stem + suffix)
    burst = _burst_of(stem)[0]
    return (None, stem) if burst is None else (burst, None)


def _free_name(file: str, taken: set[str]) -> str:
    """The file name, or if it is taken (names as `fold` gives them) one like it, of the same burst."""
    stem, suffix = os.path.splitext(file)
    burst, number = _burst_of(stem)
    number = number if burst else 1
    while fold(file) in taken:
        number += 1
        file = f"burst{burst}-{number:03}{suffix}" if burst else f"{stem}-{number}{suffix}"
    return file


def _burst_of(stem: str) -> tuple[str | None, int]:
    found = _BURST.fullmatch(stem)
    return (found[1], int(found[2])) if found else (None, 0)


def _natural(stem: str) -> list[str | int]:
    """Sorts "2" before "10"; text and numbers alternate, so that they are never compared with each other."""
    return [int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", stem))]


def _link(temporary: Path, path: Path) -> None:
    """Give a complete file a second name; FileExistsError, never an overwritten file, if that is taken."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links; if that was not the reason, the next line tells
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "it is in the way", str(path)) from None
        os.rename(temporary, path)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / LABEL_FILE).unlink(missing_ok=True)
        folder.rmdir()


def _is_utf8(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _of(examples: list[Example]) -> str:
    labels = {example.label for example in examples}
    return f" of {quoted(labels.pop())}" if len(labels) == 1 else ""


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn an OSError into a DatasetError of one line that says what to do."""
    try:
        yield
    except OSError as error:
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                why = "the disk is full; free some space and try again"
            case errno.EROFS | errno.EACCES | errno.EPERM:
                why = f"{error.strerror}; allow writing, or copy the dataset to a folder of your own"
            case errno.EEXIST:
                why = f"{error.filename} is in the way; move it away and try again"
            case errno.ENOTDIR:
                why = f"expected a folder, found something else ({error.filename}); remove it, or choose another"
            case errno.EBUSY:
                why = f"{error.strerror}; try again when it is done"
            case _:
                why = f"{error.strerror or error}; check the disk and try again"
        raise DatasetError(f"could not {what}: {why}") from error
