"""Read a dataset: its classes, examples and problems, as they were when its folder was read."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from showtell import sentences
from showtell.dataset.contents import ClassFolder, Scan
from showtell.dataset.example import Example, Problem
from showtell.dataset.journal import Journal
from showtell.dataset.names import normalized
from showtell.dataset.pins import Pin, PinFolder
from showtell.dataset.placement import Placing
from showtell.dataset.workspace import Workspace, explained
from showtell.dataset.zip_file import write_zip
from showtell.errors import DatasetError
from showtell.sentences import Said, quoted
from showtell.system.forks import watch_forks


class DatasetReader:
    """The half of a `Dataset` that changes nothing."""

    def __init__(self, folder: str | os.PathLike[str], *, create: bool = True) -> None:
        self.folder = Path(os.path.abspath(folder))
        if not create and not self.folder.is_dir():
            raise DatasetError(
                f"{folder}: expected a folder with a folder of pictures for each class, found none; "
                "check the name, or make it by adding pictures"
            )
        self._lock = threading.RLock()
        self._workspace = Workspace(self.folder)
        self._journal = Journal(self._workspace)
        self._placing = Placing(self._workspace)
        self._pin_folder = PinFolder(self._workspace)
        self._reported: dict[str, str] = {}  # problems that were not found by reading the folder
        watch_forks(self)
        self.refresh()

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r}: {sentences.pictures(len(self))} in {len(self.labels)} classes)"

    def __len__(self) -> int:
        with self._lock:
            return sum(len(group.examples) for group in self._now.classes.values())

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples())

    @property
    def labels(self) -> list[str]:
        """The names of all classes, empty and disabled ones too, in their order.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.labels
        ['mug']
        """
        with self._lock:
            return list(self._now.classes)

    @property
    def disabled(self) -> list[str]:
        """The names of the classes that are not learned: see `enable`."""
        with self._lock:
            return [label for label, group in self._now.classes.items() if not group.enabled]

    @property
    def counts(self) -> dict[str, int]:
        """The number of pictures in each class, by its name.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> example = dataset.add("mug", draw("mug", np.random.default_rng(0)))
        >>> dataset.counts
        {'mug': 1}
        """
        with self._lock:
            return {label: len(group.examples) for label, group in self._now.classes.items()}

    def by_class(self) -> dict[str, list[Example]]:
        """Return the examples of each class, by its name, all as they are at one moment.

        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> dataset.by_class()
        {'mug': []}
        """
        with self._lock:
            return {label: list(group.examples.values()) for label, group in self._now.classes.items()}

    def examples(self, label: str | None = None) -> list[Example]:
        """Return the examples of one class or of all, oldest first; DatasetError for an unknown class.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> example = dataset.add("mug", draw("mug", np.random.default_rng(0)))
        >>> dataset.examples("mug") == [example]
        True
        """
        with self._lock:
            groups = self._now.classes.values() if label is None else [self._class(label)]
            return [example for group in groups for example in group.examples.values()]

    def example(self, id: str) -> Example:
        """Return the example with this id; DatasetError if there is none.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> example = dataset.add("mug", draw("mug", np.random.default_rng(0)))
        >>> dataset.example("mug/picture-0001.png") == example
        True
        """
        with self._lock:
            example = self._now.example(str(id))
            if example is None:
                words = f"no example {quoted(str(id))} in {self.folder}; it was moved or removed"
                raise DatasetError(Said("example-gone", words))
            return example

    @property
    def problems(self) -> list[Problem]:
        """The files that are not used, and why: found when the folder was read, or reported since."""
        with self._lock:
            reported = {file: why for file, why in self._reported.items() if self._is_there(file)}
            return [Problem(file, why) for file, why in {**self._now.problems, **reported}.items()]

    @property
    def pins(self) -> list[Pin]:
        """The pinned pictures, each with the answer it must get: see `Dataset.pin`. They are never taught."""
        with self._lock:
            return list(self._pins.values())

    def report(self, file: str, reason: str) -> None:
        """Add the example or pin with the id ``file`` to the problems, once. It is forgotten when that goes."""
        with self._lock:
            self._reported.setdefault(file, reason)

    def refresh(self) -> None:
        """Read the folder again, as after a change by another program; DatasetError if that is not possible.

        >>> import os
        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> os.makedirs("things/mug")
        >>> dataset.refresh()
        >>> dataset.labels
        ['mug']
        """
        with self._lock, explained(f"read the dataset {self.folder}"):
            with contextlib.suppress(OSError):  # read-only, so nothing to repair, or busy
                if self._workspace.exists:  # else a foreign folder: leave it untouched
                    with self._journal.hold():
                        self._scan()
                        return
            self._journal.look()
            self._scan()

    def export(self, target: str | os.PathLike[str] | IO[bytes]) -> None:
        """Write a zip of class folders to a path or an open file: any program's, and importing it gives all again.

        DatasetError where the disk is full or may not be written, or if a picture is removed meanwhile.

        >>> import tempfile, zipfile
        >>> from showtell import Dataset
        >>> dataset = Dataset("things")
        >>> dataset.add_class("mug")
        >>> with tempfile.TemporaryFile() as file:
        ...     dataset.export(file)
        ...     zipfile.ZipFile(file).namelist()
        ['mug/']
        """
        self.refresh()
        with self._lock:
            classes = [replace(group, examples=dict(group.examples)) for group in self._now.classes.values()]
            pins = self.pins
        with explained(f"export {self.folder}"):
            write_zip(classes, pins, target)

    def renew_after_fork(self) -> None:
        """Make the lock anew in the child of a fork, and look again before the next change."""
        self._lock = threading.RLock()
        self._journal.forget()

    # -- inside

    def _class(self, label: str) -> ClassFolder:
        try:
            return self._now.classes[normalized(label)]
        except (AttributeError, KeyError, TypeError):
            words = f"no class {quoted(str(label))} in {self.folder}; there are: {listed(self._now.classes)}"
            raise DatasetError(Said("class-gone", words, label=str(label))) from None

    def _is_there(self, file: str) -> bool:
        return file in self._pins or self._now.example(file) is not None

    def _resolve(self, examples: Iterable[Example | str]) -> list[Example]:
        ids = [item.id if isinstance(item, Example) else item for item in examples]
        return [self.example(id) for id in dict.fromkeys(ids)]

    def _scan(self) -> None:
        now = Scan(self.folder, self._workspace.order())
        now.problems.update(self._workspace.foreign())
        pins, problems = self._pin_folder.scan()
        now.problems.update(problems)
        self._pins = {pin.id: pin for pin in pins}
        self._now = now
        self._placing.learn_numbers(now)


def listed(labels: Iterable[str]) -> str:
    """Return the labels in quotation marks, for a message."""
    return ", ".join(map(quoted, labels)) or "none yet"
