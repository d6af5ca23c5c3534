"""Where in the folder of a dataset new classes and new pictures go."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from showtell.dataset import file_names
from showtell.dataset.contents import ClassFolder, Scan
from showtell.dataset.example import Example
from showtell.dataset.file_names import Series
from showtell.dataset.names import fold, safe_name
from showtell.dataset.steps import Step
from showtell.dataset.workspace import Workspace
from showtell.system.files import link, names_in


class Placing:
    """Find free names in the dataset of ``workspace``, and none twice, even if what had it is gone.

    The methods that make or place something change the disk; they raise OSError where it says no.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._root = workspace.root
        self._numbers: dict[tuple[str, Series], int] = {}  # (class folder, series) -> last number used

    def learn_numbers(self, scan: Scan) -> None:
        """Learn which numbers are in use."""
        for key, number in scan.numbers.items():  # one that was used and removed is not used again
            self._numbers[key] = max(number, self._numbers.get(key, 0))

    def pin_order(self, scan: Scan, *new: str) -> list[str]:
        """Write down the order of the classes that are there, then ``new`` folders. Return it."""
        order = self._workspace.order()
        unknown = [folder for folder in scan.folders if folder not in set(order)]
        if unknown or new:
            order += [*unknown, *new]
            self._workspace.set_order(order)
        return order

    def make(
        self, label: str, bin: str, scan: Scan, *, visible: bool = True, enabled: bool = True
    ) -> tuple[ClassFolder, list[Step]]:
        """Make the folder of a new class. Return the class and the steps that make it.

        If it shall not be ``visible`` yet it waits in the bin for its steps to be done.
        """
        folder = safe_name(label, self.taken())
        group = ClassFolder(folder, label, "" if folder == label else label, enabled=enabled)
        steps: list[Step] = [("make", f"{bin}/+/{folder}", folder), ("order", "", folder)]
        self.pin_order(scan, folder)
        if visible:
            self._workspace.make_class(self._root / folder, group.marker, enabled)
        else:
            waiting = self._root / steps[0][1]
            shutil.rmtree(self._root / bin, ignore_errors=True)  # of an attempt that failed: the number is new
            waiting.parent.mkdir(parents=True)
            self._workspace.make_class(waiting, group.marker, enabled)
        return group, steps

    def place(self, file: Path, group: ClassFolder, series: Series, suffix: str) -> Example:
        """Give a complete file the first free name in the class folder. Return the example that it is then."""
        number = self._numbers.get((group.folder, series), 0)
        while True:
            number += 1
            id = f"{group.folder}/{file_names.numbered(series, number)}{suffix}"
            with contextlib.suppress(FileExistsError):
                link(file, self._root / id)
                self._numbers[group.folder, series] = number
                return Example(group.label, id, series[0], self._root)

    def taken(self, folder: str = "") -> set[str]:
        """Return the names in the dataset or in one of its folders, as `fold` gives them."""
        return {fold(name) for name in names_in(self._root / folder)}
