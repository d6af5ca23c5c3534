"""What changes to a dataset consist of: their steps, and their words. Nothing is done here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from showtell.dataset import file_names
from showtell.dataset.contents import ClassFolder
from showtell.dataset.example import Example
from showtell.dataset.names import DISABLED, fold, safe_name
from showtell.dataset.steps import Step
from showtell.sentences import Said, pictures, quoted


def remove(paths: Iterable[str], bin: str) -> list[Step]:
    """Pictures or class folders go to the bin."""
    return [("move", path, f"{bin}/{path}") for path in paths]


def rename(group: ClassFolder, label: str, taken: set[str], bin: str) -> list[Step]:
    """A class gets another label; ``taken`` are the names in the dataset, as `fold` gives them.

    At every moment it has the old label or the new one: first in the label file, which is taken away at the end where
    the folder itself says it.
    """
    before, after = group.folder, safe_name(label, taken - {fold(group.folder)})
    steps: list[Step] = [("label", group.marker, label, before)]
    if fold(before) == fold(after) and before != after:  # "mug" to "Mug" where both are the same file
        between = f"{bin}/{before}"
        steps += [("move", before, between), ("move", between, after), ("order", before, after)]
    elif before != after:
        steps += [("move", before, after), ("order", before, after)]
    if after == label:
        steps += [("label", label, "", after)]
    return steps


def move(examples: Iterable[Example], folder: str, taken: set[str]) -> list[Step]:
    """Pictures go to a class folder, in which ``taken`` are the names, as `fold` gives them."""
    steps: list[Step] = []
    taken = set(taken)
    for example in examples:
        file = file_names.free(example.path.name, taken)
        taken.add(fold(file))
        steps.append(("move", example.id, f"{folder}/{file}"))
    return steps


def enable(group: ClassFolder) -> list[Step]:
    """A class is disabled, or no longer."""
    before, after = ("", DISABLED) if group.enabled else (DISABLED, "")
    return [("off", before, after, group.folder)]


def order(before: Sequence[str], folders: Sequence[str]) -> list[Step]:
    """Class folders come in another order than ``before``; those that are gone keep their places for an undo."""
    gone = [folder for folder in before if folder not in set(folders)]
    return [("arrange", "/".join(before), "/".join([*folders, *gone]))]


def say_added(act: str, label: str, count: int) -> Said:
    """In words: pictures were added to a class, or with other things, which together are an ``act``."""
    if act:
        return Said("act", f"{act} ({pictures(count)})", act=act, count=count)
    return Said("add", f"add {pictures(count)} to {quoted(label)}", count=count, label=label)


def say_removed(examples: Sequence[Example]) -> Said:
    words, label = _pictures_of(examples)
    return Said("remove", f"remove {words}", count=len(examples), label=label)


def say_moved(examples: Sequence[Example], to: str) -> Said:
    words, label = _pictures_of(examples)
    return Said("move", f"move {words} to {quoted(to)}", count=len(examples), label=label, to=to)


def say_removed_class(group: ClassFolder) -> Said:
    count = len(group.examples)
    words = f"remove the class {quoted(group.label)}" + (f" and its {pictures(count)}" if count else "")
    return Said("remove-class", words, label=group.label, count=count)


def _pictures_of(examples: Sequence[Example]) -> tuple[str, str | None]:
    """How many in words, and of which class if it is one; and that class."""
    labels = {example.label for example in examples}
    label = labels.pop() if len(labels) == 1 else None
    return pictures(len(examples)) + (f" of {quoted(label)}" if label is not None else ""), label
