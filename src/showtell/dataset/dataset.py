"""A dataset is a folder of class folders of pictures, and that folder is the only truth.

``things/mug/burst17-003.jpg`` is an example of the class "mug", the third of the burst "17". Any folder in
this shape opens as it is, read-only ones too. Hidden files and what systems leave behind (``Thumbs.db``,
``__MACOSX``) are skipped without a word; other foreign files are listed in `Dataset.problems`. Folders inside
a class folder are not read. Links are never followed to a folder, and to a file only inside the dataset:
nothing that is read or changed lies elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from showtell import sentences
from showtell.dataset import changes, file_names
from showtell.dataset.contents import ClassFolder, Scan
from showtell.dataset.example import Example, Problem
from showtell.dataset.journal import Journal
from showtell.dataset.names import check_label
from showtell.dataset.placement import Placing
from showtell.dataset.steps import Step
from showtell.dataset.workspace import Hidden, explained, remove_empty_class
from showtell.dataset.zip_file import write_zip
from showtell.errors import DatasetError
from showtell.pictures import frame
from showtell.pictures.frame import Picture
from showtell.sentences import Said, quoted
from showtell.system.files import sync_folder


class Dataset:
    """The examples in ``folder``, oldest first, class by class in the order in which they were made or put.

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
        self._hidden = Hidden(self.folder)
        self._journal = Journal(self._hidden)
        self._reported: dict[str, str] = {}  # problems that were not found by reading the folder
        self._acts = threading.local()  # of each thread: the row of what it adds together, and what that is in words
        self._placing = Placing(self._hidden)
        self.refresh()

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r}: {sentences.pictures(len(self))} in {len(self.labels)} classes)"

    # -- looking

    def __len__(self) -> int:
        with self._lock:
            return sum(len(group.examples) for group in self._now.classes.values())

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples())

    @property
    def labels(self) -> list[str]:
        """All classes, also empty ones."""
        with self._lock:
            return list(self._now.classes)

    @property
    def disabled(self) -> list[str]:
        """The classes that are not learned."""
        with self._lock:
            return [label for label, group in self._now.classes.items() if not group.enabled]

    @property
    def counts(self) -> dict[str, int]:
        """Pictures in each class."""
        with self._lock:
            return {label: len(group.examples) for label, group in self._now.classes.items()}

    def examples(self, label: str | None = None) -> list[Example]:
        """The examples of one class or of all; DatasetError for an unknown class."""
        with self._lock:
            groups = self._now.classes.values() if label is None else [self._class(label)]
            return [example for group in groups for example in group.examples.values()]

    def example(self, id: str) -> Example:
        """The example with this id; DatasetError if there is none."""
        with self._lock:
            example = self._now.example(str(id))
            if example is None:
                words = f"no example {quoted(str(id))} in {self.folder}; it was moved or removed"
                raise DatasetError(Said("example-gone", words))
            return example

    @property
    def problems(self) -> list[Problem]:
        """Files that are not used, and why: found when the folder was read, or reported since."""
        with self._lock:
            reported = {file: why for file, why in self._reported.items() if self._now.example(file)}
            return [Problem(file, why) for file, why in {**self._now.problems, **reported}.items()]

    def report(self, file: str, reason: str) -> None:
        """Add the example with the id ``file`` to the problems, once; forgotten when the example goes."""
        with self._lock:
            self._reported.setdefault(file, reason)

    def refresh(self) -> None:
        """Read the folder again; DatasetError if that is not possible."""
        with self._lock, explained(f"read the dataset {self.folder}"):
            with contextlib.suppress(OSError):  # read-only, so nothing to repair, or busy
                if self._hidden.folder.is_dir():  # else a foreign folder: leave it untouched
                    with self._journal.hold():
                        self._scan()
                        return
            self._journal.look()
            self._scan()

    def export(self, target: str | os.PathLike[str] | IO[bytes]) -> None:
        """Write a zip of class folders to a path or an open file: any program's, and importing it gives all again.

        DatasetError where the disk is full or may not be written, or if a picture is removed meanwhile.
        """
        self.refresh()
        with self._lock:
            classes = [replace(group, examples=dict(group.examples)) for group in self._now.classes.values()]
        with explained(f"export {self.folder}"):
            write_zip(classes, target)

    # -- changing

    def add(self, label: str, picture: Picture, *, burst: str | None = None, name: str | None = None) -> Example:
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
        series = file_names.series(burst, name)
        row, act = self._act()
        row = row or (f"{series[0]}\0{label}" if series[0] is not None else "")
        suffix = frame.extension(data, name or "the picture")
        with self._changing(f"save a picture in {self.folder}"):
            if label in self._now.classes and not (self.folder / self._now.classes[label].folder).is_dir():
                self._scan()  # another program took the class away
            bin = self._journal.bin(row)
            with self._hidden.written(data) as file, contextlib.ExitStack() as rollback:
                steps: list[Step] = []
                group = self._now.classes.get(label)
                if group is None:
                    group, steps = self._placing.make(label, bin, self._now)
                    rollback.callback(remove_empty_class, self.folder / group.folder)
                example = self._placing.place(file, group, series, suffix)
                rollback.callback(example.path.unlink, missing_ok=True)
                sync_folder(example.path.parent)
                steps.append(("move", f"{bin}/{example.id}", example.id))
                count = 1 + self._journal.history.moves(row)
                self._journal.note_add(changes.say_added(act, label, count), steps, row)
                rollback.pop_all()
            self._now.put(group)
            group.examples[example.id] = example
            return example

    def add_class(self, label: str, *, enabled: bool = True) -> None:
        """Make an empty class; DatasetError if there is one of that name."""
        check_label(label)
        with self._changing(f"make the class {quoted(label)} in {self.folder}"):
            self._must_be_new(label)
            row, act = self._act()
            group, steps = self._placing.make(label, self._journal.bin(row), self._now, enabled=enabled)
            try:
                count = self._journal.history.moves(row)
                alone = Said("add-class", f"add the class {quoted(label)}", label=label)
                self._journal.note_add(changes.say_added(act, label, count) if act else alone, steps, row)
            except BaseException:
                remove_empty_class(self.folder / group.folder)
                raise
            self._now.put(group)

    @contextlib.contextmanager
    def together(self, say: str, row: str = "") -> Iterator[None]:
        """Undo at once what this thread adds in the ``with`` block; ``say`` what that is, like 'import "cats.zip"'.

        Blocks with the same ``row``, one right after the other, are undone at once too.
        If another thread or program changes something meanwhile, what is added before and after are two changes.
        """
        self._acts.now = (row or uuid.uuid4().hex, say)
        try:
            yield
        finally:
            self._acts.now = ("", "")

    def remove(self, *examples: Example | str) -> None:
        """Remove examples (or those with these ids); their class stays. DatasetError if one isn't there."""
        with self._changing(f"remove pictures from {self.folder}"):
            gone = self._resolve(examples)
            if not gone:
                return
            steps = changes.remove([example.id for example in gone], self._journal.bin())
            self._journal.do(changes.say_removed(gone), steps)
            for example in gone:
                del self._now.classes[example.label].examples[example.id]

    def remove_class(self, label: str) -> None:
        """Remove a class with all its pictures; DatasetError if there is none of that name."""
        with self._changing(f"remove the class {quoted(label)} from {self.folder}"):
            group = self._class(label)
            steps = changes.remove([group.folder], self._journal.bin())
            self._journal.do(changes.say_removed_class(group), steps)
            self._scan()

    def clear(self) -> None:
        """Remove all classes and their pictures."""
        with self._changing(f"clear {self.folder}"):
            if not self._now.classes:
                return
            steps = changes.remove(self._now.folders, self._journal.bin())
            words = f"clear everything ({sentences.pictures(len(self))})"
            self._journal.do(Said("clear", words, count=len(self)), steps)
            self._scan()

    def rename(self, old: str, new: str) -> None:
        """Give a class another name; DatasetError if that is taken. The ids of its examples change."""
        check_label(new)
        with self._changing(f"rename the class {quoted(old)} in {self.folder}"):
            group = self._class(old)
            if old == new:
                return
            self._must_be_new(new)
            steps = changes.rename(group, new, self._placing.taken(), self._journal.bin())
            self._placing.pin_order(self._now)
            self._journal.do(Said("rename", f"rename {quoted(old)} to {quoted(new)}", label=old, to=new), steps)
            self._scan()

    def move(self, *examples: Example | str, to: str) -> list[Example]:
        """Make examples (or those with these ids) examples of the class ``to``, which is made if it is new.

        Gives them as they are afterwards, in the same order; a burst stays a burst. DatasetError if one isn't there.
        """
        label = check_label(to)
        with self._changing(f"move pictures in {self.folder}"):
            all_of_them = self._resolve(examples)
            moving = [example for example in all_of_them if example.label != label]
            if not moving:
                return all_of_them
            steps: list[Step] = []
            group = self._now.classes.get(label)
            if group is None:
                group, steps = self._placing.make(label, self._journal.bin(), self._now, visible=False)
            moves = changes.move(moving, group.folder, self._placing.taken(group.folder))
            self._journal.do(changes.say_moved(moving, label), [*steps, *moves])
            self._scan()
            ids = {before: after for _, before, after in moves}
            return [self.example(ids.get(example.id, example.id)) for example in all_of_them]

    def enable(self, label: str, enabled: bool = True) -> None:
        """Let a class be learned or, with False, only kept: `disabled` names it. DatasetError for an unknown class."""
        words = (
            Said("enable", f"enable the class {quoted(label)}", label=label)
            if enabled
            else Said("disable", f"disable the class {quoted(label)}", label=label)
        )
        with self._changing(f"{words} in {self.folder}"):
            group = self._class(label)
            if group.enabled != enabled:
                self._journal.do(words, changes.enable(group))
                self._scan()

    def order(self, labels: Iterable[str]) -> None:
        """Put the classes in this order; DatasetError unless it names all of them, each once."""
        with self._changing(f"put the classes of {self.folder} in order"):
            labels, now = list(labels), self._now.classes
            if sorted(map(str, labels)) != sorted(now):
                words = f"expected all classes of {self.folder}, each once: {_named(now)}; found "
                raise DatasetError(Said("order-old", words + _named(map(str, labels))))
            if labels != list(now):
                steps = changes.order(self._placing.pin_order(self._now), [now[label].folder for label in labels])
                self._journal.do(Said("order", "put the classes in another order"), steps)
                self._scan()

    # -- taking back

    @property
    def undoable(self) -> str | None:
        """What `undo` would take back, in words like 'remove 3 pictures of "mug"'; None if nothing."""
        with self._lock:
            return entry.say if (entry := self._journal.history.undoable) else None

    @property
    def redoable(self) -> str | None:
        """What `redo` would do again, in words; None if nothing."""
        with self._lock:
            return entry.say if (entry := self._journal.history.redoable) else None

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
        entry = None
        if self._hidden.folder.is_dir():  # a foreign folder stays untouched
            with self._changing(f"{way} a change in {self.folder}"):
                if entry := self._journal.undo() if way == "undo" else self._journal.redo():
                    self._scan()
        if entry is None:
            words = f"nothing to {way} in {self.folder}"
            raise DatasetError(Said("no-undo", words) if way == "undo" else Said("no-redo", words))
        return entry.say

    # -- inside

    @contextlib.contextmanager
    def _changing(self, what: str) -> Iterator[None]:
        with self._lock, explained(what), self._journal.hold() as changed:
            if changed:
                self._scan()
            yield

    def _act(self) -> tuple[str, str]:
        act: tuple[str, str] = getattr(self._acts, "now", ("", ""))
        return act

    def _class(self, label: str) -> ClassFolder:
        try:
            return self._now.classes[label]
        except (KeyError, TypeError):
            words = f"no class {quoted(str(label))} in {self.folder}; there are: {_named(self._now.classes)}"
            raise DatasetError(Said("class-gone", words, label=str(label))) from None

    def _must_be_new(self, label: str) -> None:
        if label in self._now.classes:
            words = f"there is a class {quoted(label)} already; choose another name, or move the pictures into it"
            raise DatasetError(Said("class-taken", words, label=label))

    def _resolve(self, examples: Iterable[Example | str]) -> list[Example]:
        ids = [item.id if isinstance(item, Example) else item for item in examples]
        return [self.example(id) for id in dict.fromkeys(ids)]

    def _scan(self) -> None:
        self._now = Scan(self.folder, self._hidden.order())
        self._placing.saw(self._now)


def _named(labels: Iterable[str]) -> str:
    return ", ".join(map(quoted, labels)) or "none yet"
