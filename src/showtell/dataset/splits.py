"""Which examples teach and which test: the pictures of one recording are never on both sides.

Neighbours in a burst are nearly the same picture, so that a model tested on the brothers of what it was
taught looks better than it is. A recording is a burst of a class, or a single picture without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GroupKFold

from showtell.dataset.example import Example

FOLDS = 5


LEAST = 4  # pictures of a class of which one can be spared


@dataclass(frozen=True)
class Fold:
    """Row numbers of the examples that teach and of those that test."""

    train: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """The folds of a cross-validation, and what has to be said about it.

    recordings  for each example the number of its recording
    once        classes with a single recording of several pictures: it is cut in the middle, which flatters
    untested    classes with a single picture: it always teaches
    """

    folds: tuple[Fold, ...]
    recordings: tuple[int, ...]
    once: tuple[str, ...]
    untested: tuple[str, ...]


def plan(examples: Sequence[Example]) -> Plan:
    """Folds in which every example of a class with two pictures or more is tested once, at most ``FOLDS`` of them.

    Every train side has every class. ``examples`` of one recording have to be in the order of time.
    """
    numbers: dict[tuple[str, str], int] = {}
    recordings = [numbers.setdefault(example.recording, len(numbers)) for example in examples]
    rows: dict[str, list[int]] = {}
    for row, example in enumerate(examples):
        rows.setdefault(example.label, []).append(row)
    count = {label: len({recordings[row] for row in own}) for label, own in rows.items()}
    folds = min(FOLDS, max(2, *count.values()))
    test: list[set[int]] = [set() for _ in range(folds)]
    gap: list[set[int]] = [set() for _ in range(folds)]
    for at, (label, own) in enumerate(rows.items()):
        if len(own) == 1:
            continue
        if count[label] == 1:
            parts = _halves(own)
        else:
            splitter = GroupKFold(min(folds, count[label]))
            chosen = splitter.split(np.zeros(len(own)), groups=[recordings[row] for row in own])
            parts = [([own[i] for i in part], []) for _, part in chosen]
        for place, (part, beside) in enumerate(parts, at):  # from another fold on for each class: folds of like size
            test[place % folds] |= set(part)
            gap[place % folds] |= set(beside)
    everything = set(range(len(examples)))
    return Plan(
        tuple(
            Fold(tuple(sorted(everything - tested - beside)), tuple(sorted(tested)))
            for tested, beside in zip(test, gap, strict=True)
            if tested
        ),
        tuple(recordings),
        tuple(label for label, own in rows.items() if count[label] == 1 and len(own) > 1),
        tuple(label for label, own in rows.items() if len(own) == 1),
    )


def _halves(own: list[int]) -> list[tuple[list[int], list[int]]]:
    """One recording as (test, gap) twice: its first half and its last; the gap, next to the cut, does not teach."""
    middle = len(own) // 2
    gap = max(1, len(own) // 10) if len(own) >= 6 else 0
    return [(own[:middle], own[middle : middle + gap]), (own[middle:], own[middle - gap : middle])]


def held_out(examples: Sequence[Example]) -> Fold:
    """One fold for early stopping: of each class about a fifth is held out, whole recordings, the last ones first.

    A class with a single recording gives the last fifth of it, next to which a little does not teach; one with fewer
    than ``LEAST`` pictures gives none. ``examples`` of one recording have to be in the order of time.
    """
    rows: dict[str, list[int]] = {}
    for row, example in enumerate(examples):
        rows.setdefault(example.label, []).append(row)
    train: list[int] = []
    test: list[int] = []
    for own in rows.values():
        recordings: dict[tuple[str, str], list[int]] = {}
        for row in own:
            recordings.setdefault(examples[row].recording, []).append(row)
        if len(own) < LEAST:
            train += own
        elif len(recordings) == 1:
            start = len(own) - max(1, len(own) // 5)
            train += own[: start - len(own) // 10]
            test += own[start:]
        else:
            *others, last = recordings.values()
            held = list(last)
            while len(others) > 1 and len(held) + len(others[-1]) <= len(own) / 5:
                held += others.pop()
            train += [row for recording in others for row in recording]
            test += held
    return Fold(tuple(sorted(train)), tuple(sorted(test)))


def thinned(examples: Sequence[Example], rows: Sequence[int], share: float) -> tuple[int, ...]:
    """The given share of each class's rows, one at least, spread evenly."""
    by_label: dict[str, list[int]] = {}
    for row in rows:
        by_label.setdefault(examples[row].label, []).append(row)
    kept: list[int] = []
    for own in by_label.values():
        places = np.linspace(0, len(own) - 1, max(1, round(share * len(own)))).round().astype(int)
        kept += [own[place] for place in places]
    return tuple(sorted(kept))
