"""A dataset is a folder of class folders of pictures, and that folder is the only truth.

``things/mug/burst17-003.jpg`` is an example of the class "mug", the third of the burst "17". Any folder in
this shape opens as it is, read-only ones too. Hidden files and what systems leave behind (``Thumbs.db``,
``__MACOSX``) are skipped without a word; other foreign files are listed in `Dataset.problems`. Folders inside
a class folder are not read. Links are never followed to a folder, and to a file only inside the dataset:
nothing that is read or changed lies elsewhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from showtell import sentences
from showtell.dataset import changes, file_names
from showtell.dataset.example import Example, Problem
from showtell.dataset.file_names import Series
from showtell.dataset.names import check_label, normalized
from showtell.dataset.pinning import PinningDataset
from showtell.dataset.reading import listed
from showtell.dataset.steps import Step
from showtell.dataset.workspace import remove_empty_class
from showtell.errors import DatasetError
from showtell.pictures import frame, truncation
from showtell.pictures.files import file_name_of
from showtell.pictures.frame import Picture
from showtell.sentences import Said, quoted
from showtell.system.files import is_folder, sync_folder

__all__ = ["Dataset", "Example", "Problem"]


class Dataset(PinningDataset):
    """The examples in ``folder``, oldest first, class by class in the order in which they were made or put.

    The folder is created when the first thing is added; with ``create=False`` a missing one is a
    DatasetError. Iterating gives `Example`s. Every change is on disk, synced, when its method returns, can be
    taken back with `undo`, and raises DatasetError, leaving everything as it was, where the disk is full or
    may not be written. Bursts in a class are ordered by file time, single pictures by name; classes of a
    foreign folder come sorted by name.

    Names of classes are compared without regard to the form of Unicode and to spaces around them; several spaces
    count as one. Labels are always given in that form, while folders from elsewhere keep their names.

    One object may be used by many threads, and one folder by many programs: a change by another showtell is
    seen at the next change made here, that of any other program after `refresh`. A child of a fork can go on
    with it.

    >>> import numpy as np
    >>> from showtell import Dataset
    >>> from showtell.pictures.drawing import draw
    >>> dataset = Dataset("things")
    >>> example = dataset.add("mug", draw("mug", np.random.default_rng(0)))
    >>> [example.id for example in dataset]
    ['mug/picture-0001.png']
    """

    def add(self, label: str, picture: Picture, *, burst: str | None = None, name: str | None = None) -> Example:
        """Save a picture as an example of a class, which is made if it is new. Return the example.

        ``picture`` is anything `frame.decode` takes; it is decoded first, and PictureError is raised for one
        that is broken. Files and encoded bytes are stored byte for byte, arrays and PIL images as PNG; a JPEG that
        lacks only its last bytes is kept, and reported in `problems`.
        ``burst`` names the recording; adds to one burst in a row are undone together. ``name`` (for a path
        its file name) is kept as far as it is safe and free; one like "burst17-003.jpg" joins that burst.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> Dataset("things").add("mug", draw("mug", np.random.default_rng(0)), name="blue.jpg").id
        'mug/blue.png'
        """
        label = check_label(label)
        data = frame.encoded(picture)
        name = name or file_name_of(picture)
        decoded = frame.decode(picture if data is None else data, name)
        data = data or frame.encode_png(decoded)
        suffix = frame.extension(data, name or "the picture")
        series = file_names.series(burst, name)
        with self._changing(f"save a picture in {self.folder}"):
            try:
                example = self._save(label, data, series, suffix)
            except FileNotFoundError:  # another program takes the class away at this very moment
                example = self._save(label, data, series, suffix)
            if fault := truncation.fault(data):
                self.report(example.id, fault)
            return example

    def _save(self, label: str, data: bytes, series: Series, suffix: str) -> Example:
        if label in self._now.classes and not is_folder(self.folder / self._now.classes[label].folder):
            self._scan()
        undo_group, whole = self._undo_group()
        undo_group = undo_group or (f"{series[0]}\0{label}" if series[0] is not None else "")
        bin = self._journal.bin(undo_group)
        with self._workspace.written(data) as file, contextlib.ExitStack() as rollback:
            steps: list[Step] = []
            group = self._now.classes.get(label)
            if group is None:
                group, steps = self._placing.make(label, bin, self._now)
                rollback.callback(remove_empty_class, self.folder / group.folder)
            example = self._placing.place(file, group, series, suffix)
            rollback.callback(example.path.unlink, missing_ok=True)
            sync_folder(example.path.parent)
            steps.append(("move", f"{bin}/{example.id}", example.id))
            count = 1 + self._journal.history.moves(undo_group)
            self._journal.note_add(changes.describe_added(whole, label, count), steps, undo_group)
            rollback.pop_all()
        self._now.put(group)
        group.examples[example.id] = example
        return example

    def add_class(self, label: str, *, enabled: bool = True) -> None:
        """Make an empty class; DatasetError if there is one of that name.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.counts
        {'mug': 0}
        """
        label = check_label(label)
        with self._changing(f"make the class {quoted(label)} in {self.folder}"):
            self._must_be_new(label)
            undo_group, whole = self._undo_group()
            group, steps = self._placing.make(label, self._journal.bin(undo_group), self._now, enabled=enabled)
            try:
                count = self._journal.history.moves(undo_group)
                alone = Said("add-class", f"add the class {quoted(label)}", label=label)
                description = changes.describe_added(whole, label, count) if whole else alone
                self._journal.note_add(description, steps, undo_group)
            except BaseException:
                remove_empty_class(self.folder / group.folder)
                raise
            self._now.put(group)

    def remove(self, *examples: Example | str) -> None:
        """Remove examples (or those with these ids); their class stays. DatasetError if one isn't there.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> dataset.remove(dataset.add("mug", draw("mug", np.random.default_rng(0))))
        >>> dataset.counts
        {'mug': 0}
        """
        with self._changing(f"remove pictures from {self.folder}"):
            gone = self._resolve(examples)
            if not gone:
                return
            steps = changes.remove([example.id for example in gone], self._journal.bin())
            self._journal.do(changes.describe_removed(gone), steps)
            for example in gone:
                del self._now.classes[example.label].examples[example.id]

    def remove_class(self, label: str) -> None:
        """Remove a class with all its pictures, pinned ones too; DatasetError if there is none of that name.

        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.remove_class("mug")
        >>> dataset.labels
        []
        """
        with self._changing(f"remove the class {quoted(label)} from {self.folder}"):
            group = self._class(label)
            pinned = [pin.id for pin in self.pins if pin.label == group.label]
            steps = changes.remove([*(part.folder for part in group.parts), *pinned], self._journal.bin())
            self._journal.do(changes.describe_removed_class(group), steps)
            self._scan()

    def clear(self) -> None:
        """Remove all classes and their pictures, and all pins.

        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.clear()
        >>> dataset.undo()
        'clear everything (0 pictures)'
        """
        with self._changing(f"clear {self.folder}"):
            if not self._now.classes and not self._pins:
                return
            steps = changes.remove([*self._now.folders, *self._pins], self._journal.bin())
            words = f"clear everything ({sentences.pictures(len(self))})"
            self._journal.do(Said("clear", words, count=len(self)), steps)
            self._scan()

    def rename(self, old: str, new: str) -> None:
        """Give a class, and the pins that must get it, another name; DatasetError if that is taken. Ids change.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.rename("mug", "cup")
        >>> dataset.labels
        ['cup']
        """
        new = check_label(new)
        with self._changing(f"rename the class {quoted(old)} in {self.folder}"):
            group = self._class(old)
            old = group.label
            if old == new:
                return
            self._must_be_new(new)
            bin = self._journal.bin()
            steps = changes.join(group, self._placing.taken(group.folder), bin)
            steps += changes.rename(group, new, self._placing.taken(), bin)
            steps += self._pin_folder.expect([pin for pin in self.pins if pin.label == old], new)
            self._placing.pin_order(self._now)
            self._journal.do(Said("rename", f"rename {quoted(old)} to {quoted(new)}", label=old, to=new), steps)
            self._scan()

    def move(self, *examples: Example | str, to: str) -> list[Example]:
        """Make examples (or those with these ids) examples of the class ``to``, which is made if it is new.

        Return them as they are afterwards, in the same order; a burst stays a burst. DatasetError if one isn't there.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> (moved,) = dataset.move(dataset.add("mug", draw("mug", np.random.default_rng(0))), to="cup")
        >>> moved.label
        'cup'
        """
        label = check_label(to)
        with self._changing(f"move pictures in {self.folder}"):
            asked = self._resolve(examples)
            moving = [example for example in asked if example.label != label]
            if not moving:
                return asked
            steps: list[Step] = []
            group = self._now.classes.get(label)
            if group is None:
                group, steps = self._placing.make(label, self._journal.bin(), self._now, visible=False)
            moves = changes.move(moving, group.folder, self._placing.taken(group.folder))
            self._journal.do(changes.describe_moved(moving, label), [*steps, *moves])
            self._scan()
            ids = {before: after for _, before, after in moves}
            return [self.example(ids.get(example.id, example.id)) for example in asked]

    def enable(self, label: str, enabled: bool = True) -> None:
        """Let a class be learned or, with False, only kept: `disabled` names it. DatasetError for an unknown class.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.enable("mug", False)
        >>> dataset.disabled
        ['mug']
        """
        name = quoted(str(label))
        with self._changing(f"{'enable' if enabled else 'disable'} the class {name} in {self.folder}"):
            group = self._class(label)
            if group.enabled == enabled:
                return
            name = quoted(group.label)
            if enabled:
                description = Said("enable", f"enable the class {name}", label=group.label)
            else:
                description = Said("disable", f"disable the class {name}", label=group.label)
            self._journal.do(description, changes.enable(group))
            self._scan()

    def order(self, labels: Iterable[str]) -> None:
        """Put the classes in this order; DatasetError unless it names all of them, each once.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug"), dataset.add_class("fish")
        (None, None)
        >>> dataset.order(["fish", "mug"])
        >>> dataset.labels
        ['fish', 'mug']
        """
        with self._changing(f"put the classes of {self.folder} in order"):
            labels, now = [normalized(str(label)) for label in labels], self._now.classes
            if sorted(labels) != sorted(now):
                words = f"expected all classes of {self.folder}, each once: {listed(now)}; found "
                raise DatasetError(Said("order-old", words + listed(labels)))
            if labels != list(now):
                steps = changes.order(self._placing.pin_order(self._now), [now[label].folder for label in labels])
                self._journal.do(Said("order", "put the classes in another order"), steps)
                self._scan()

    def _must_be_new(self, label: str) -> None:
        if label in self._now.classes:
            words = f"there is a class {quoted(label)} already; choose another name, or move the pictures into it"
            raise DatasetError(Said("class-taken", words, label=label))
