"""The steps of which each change to a dataset consists, and its words. Nothing is done here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from showtell.dataset import file_names
from showtell.dataset.contents import ClassFolder
from showtell.dataset.example import Example
from showtell.dataset.names import DISABLED, fold, safe_name
from showtell.dataset.steps import Step
from showtell.sentences import Said, pictures, quoted


def remove(paths: Iterable[str], bin: str) -> list[Step]:
    """Return the steps that bring pictures or class folders to the bin."""
    return [("move", path, f"{bin}/{path}") for path in paths]


def join(group: ClassFolder, taken: set[str], bin: str) -> list[Step]:
    """Return the steps that bring all pictures of a class to its first folder, where the names ``taken`` are not free.

    Most classes have a single folder, and need no steps.
    """
    of_twins = [example for example in group.examples.values() if not example.id.startswith(f"{group.folder}/")]
    return [*move(of_twins, group.folder, taken), *remove([twin.folder for twin in group.twins], bin)]


def rename(group: ClassFolder, label: str, taken: set[str], bin: str) -> list[Step]:
    """Return the steps that give a class of one folder another label; the names ``taken`` are not free.

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
    """Return the steps that bring pictures to a class folder, in which the names ``taken`` are not free.

    ``taken`` holds names as `fold` gives them.
    """
    steps: list[Step] = []
    taken = set(taken)
    for example in examples:
        file = file_names.free(example.path.name, taken)
        taken.add(fold(file))
        steps.append(("move", example.id, f"{folder}/{file}"))
    return steps


def enable(group: ClassFolder) -> list[Step]:
    """Return the steps that disable a class, or enable it again."""
    before, after = ("", DISABLED) if group.enabled else (DISABLED, "")
    return [("off", before, after, part.folder) for part in group.parts if part.enabled == group.enabled]


def order(before: Sequence[str], folders: Sequence[str]) -> list[Step]:
    """Return the steps that put class folders in another order than ``before``.

    Those that are gone keep their places for an undo.
    """
    gone = [folder for folder in before if folder not in set(folders)]
    return [("arrange", "/".join(before), "/".join([*folders, *gone]))]


def describe_added(whole: str, label: str, count: int) -> Said:
    """Describe pictures that were added to a class, or as a part of something larger, such as an import."""
    if whole:
        return Said("act", f"{whole} ({pictures(count)})", act=whole, count=count)
    return Said("add", f"add {pictures(count)} to {quoted(label)}", count=count, label=label)


def describe_removed(examples: Sequence[Example]) -> Said:
    """Describe the removing of pictures."""
    words, label = _pictures_of(examples)
    return Said("remove", f"remove {words}", count=len(examples), label=label)


def describe_moved(examples: Sequence[Example], to: str) -> Said:
    """Describe the moving of pictures to another class."""
    words, label = _pictures_of(examples)
    return Said("move", f"move {words} to {quoted(to)}", count=len(examples), label=label, to=to)


def describe_removed_class(group: ClassFolder) -> Said:
    """Describe the removing of a class."""
    count = len(group.examples)
    words = f"remove the class {quoted(group.label)}" + (f" and its {pictures(count)}" if count else "")
    return Said("remove-class", words, label=group.label, count=count)


def _pictures_of(examples: Sequence[Example]) -> tuple[str, str | None]:
    """Return in words how many they are, and of which class if of a single one; and that class, else None."""
    labels = {example.label for example in examples}
    label = labels.pop() if len(labels) == 1 else None
    return pictures(len(examples)) + (f" of {quoted(label)}" if label is not None else ""), label
