"""Which examples teach and which test: no picture is on both sides, and no recording.

Neighbours in a burst are nearly the same picture, so that a model tested on the brothers of what it was taught looks
better than it is. A recording is a burst of a class, or a single picture without one. Recordings that share a picture,
be it in two classes, count as one: `plan` and `held_out` are told which rows show the same picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from showtell.dataset.example import Example

FOLDS = 5


LEAST = 4  # pictures of a class of which one can be spared


Same = Mapping[int, Collection[int]]  # for a row the others that show the same picture, both ways; none where it lacks


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
    untested    classes with a single picture, or copies of one: it always teaches
    """

    folds: tuple[Fold, ...]
    recordings: tuple[int, ...]
    once: tuple[str, ...]
    untested: tuple[str, ...]


def plan(examples: Sequence[Example], same: Same | None = None) -> Plan:
    """Return folds in which every example of a class with two pictures or more is tested once, at most ``FOLDS``.

    Every train side has every class. A picture that a class could only be taught with one that equals it is not tested.
    ``examples`` of one recording have to be in the order of time.
    """
    same = same or {}
    numbers = recordings(examples, same)
    rows = _by_label(examples, range(len(examples)))
    parts = {label: _grouped(own, numbers) for label, own in rows.items()}
    count = min(FOLDS, max(2, *(len(own) for own in parts.values()))) if parts else 0
    test: list[set[int]] = [set() for _ in range(count)]
    gap: list[set[int]] = [set() for _ in range(count)]
    fold_of: dict[int, int] = {}  # recordings of several classes are tested at once
    for at, (label, own) in enumerate(rows.items()):
        if len(parts[label]) > 1:
            for fold, number in _dealt(parts[label], fold_of, count, at):
                test[fold] |= set(parts[label][number])
        else:
            for place, (part, beside) in enumerate(_halves(_distinct(own, same)), numbers[own[0]]):
                test[place % count] |= set(part)
                gap[place % count] |= set(beside)
    folds = [_fold(examples, tested, beside, numbers, same) for tested, beside in zip(test, gap, strict=True)]
    tested = {examples[row].label for fold in folds for row in fold.test}
    return Plan(
        tuple(fold for fold in folds if fold.test),
        tuple(numbers),
        tuple(label for label in rows if len(parts[label]) == 1 and label in tested),
        tuple(label for label in rows if label not in tested),
    )


def without(examples: Sequence[Example], by: Plan, labels: Collection[str], same: Same | None = None) -> Fold:
    """Return the fold in which these classes are asked for and all others teach."""
    asked = {row for row, example in enumerate(examples) if example.label in labels}
    return _fold(examples, asked, (), by.recordings, same or {})


def held_out(examples: Sequence[Example], same: Same | None = None) -> Fold:
    """Return one fold for early stopping: of each class about a fifth is held out, the last recordings.

    A class with a single recording gives the last fifth of it, next to which a little does not teach; one with fewer
    than ``LEAST`` pictures gives none. ``examples`` of one recording have to be in the order of time.
    """
    same = same or {}
    numbers = recordings(examples, same)
    test: set[int] = set()
    beside: set[int] = set()
    for own in _by_label(examples, range(len(examples))).values():
        parts = list(_grouped(own, numbers).values())
        if len(own) < LEAST:
            continue
        if len(parts) == 1:
            pictures = _distinct(own, same)
            end = len(pictures) - max(1, len(pictures) // 5)
            if end:
                test |= {row for picture in pictures[end:] for row in picture}
                beside |= {row for picture in pictures[end - len(pictures) // 10 : end] for row in picture}
            continue
        *others, last = parts
        held = list(last)
        while len(others) > 1 and len(held) + len(others[-1]) <= len(own) / 5:
            held += others.pop()
        test |= set(held)
    return _fold(examples, test, beside, numbers, same)


def thinned(examples: Sequence[Example], rows: Sequence[int], share: float) -> tuple[int, ...]:
    """Return the given share of each class's rows, one at least, spread evenly."""
    kept: list[int] = []
    for own in _by_label(examples, rows).values():
        places = np.linspace(0, len(own) - 1, max(1, round(share * len(own)))).round().astype(int)
        kept += [own[place] for place in places]
    return tuple(sorted(kept))


def recordings(examples: Sequence[Example], same: Same) -> list[int]:
    """Return for each example the number of its recording, in the order in which they appear.

    What shares a picture is one recording, and so is what shares one with that, and so on.
    """
    if not examples:
        return []
    first: dict[tuple[str, str], int] = {}
    links = [(row, first.setdefault(example.recording, row)) for row, example in enumerate(examples)]
    links += [(row, other) for row, others in same.items() for other in others]
    ends = np.array(links).T
    graph = coo_array((np.ones(len(links), bool), (ends[0], ends[1])), shape=(len(examples), len(examples)))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(part, len(numbers)) for part in connected_components(graph, directed=False)[1].tolist()]


def _by_label(examples: Sequence[Example], rows: Iterable[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(examples[row].label, []).append(row)
    return found


def _grouped(rows: Iterable[int], numbers: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(numbers[row], []).append(row)
    return found


def _dealt(parts: Mapping[int, list[int]], fold_of: dict[int, int], count: int, at: int) -> list[tuple[int, int]]:
    """Return a fold for each recording of a class, the largest first, each to the fold that has least of the class.

    Classes start ``at`` different folds, so that folds are of like size. One that another class dealt stays there.
    """
    load = [0] * count
    for number, rows in parts.items():
        if number in fold_of:
            load[fold_of[number]] += len(rows)
    largest_first = sorted(parts, key=lambda number: -len(parts[number]))
    for number in largest_first:
        if number not in fold_of:
            fold_of[number] = min(range(at, at + count), key=lambda fold: load[fold % count]) % count
            load[fold_of[number]] += len(parts[number])
    if len({fold_of[number] for number in parts}) == 1:  # other classes dealt them all to one fold: one has to teach
        del largest_first[0]
    return [(fold_of[number], number) for number in largest_first]


def _distinct(rows: Sequence[int], same: Same) -> list[list[int]]:
    """Return the different pictures among the rows, in their order, each with the rows that show it."""
    left, pictures = dict.fromkeys(rows), []
    while left:
        row = next(iter(left))
        picture = [row, *(other for other in same.get(row, ()) if other in left and other != row)]
        pictures.append(picture)
        for taken in picture:
            del left[taken]
    return pictures


def _halves(pictures: list[list[int]]) -> list[tuple[list[int], list[int]]]:
    """Return one recording as (test, gap) twice, its first half and its last; the gap, next to the cut, is not taught.

    A single picture can't be cut: nothing is tested.
    """
    count = len(pictures)
    if count < 2:
        return []
    middle, gap = count // 2, max(1, count // 10) if count >= 6 else 0

    def rows(start: int, stop: int) -> list[int]:
        return [row for picture in pictures[start:stop] for row in picture]

    return [(rows(0, middle), rows(middle, middle + gap)), (rows(middle, count), rows(middle - gap, middle))]


def _fold(
    examples: Sequence[Example], asked: Collection[int], beside: Collection[int], numbers: Sequence[int], same: Same
) -> Fold:
    """Return the fold that asks for these rows and teaches no picture that is asked for.

    What is of a recording that is asked for does not teach either, unless its class would have nothing else; and what a
    class has nothing else to be taught with than an equal picture is not asked.
    """
    test = set(asked)
    left = _by_label(examples, (row for row in range(len(examples)) if row not in test and row not in beside))

    def apart(rows: list[int]) -> list[int]:
        return [row for row in rows if test.isdisjoint(same.get(row, ()))]

    for own in left.values():
        if not apart(own):
            test.difference_update(*(same[row] for row in own))
    recorded = {numbers[row] for row in test}
    train: set[int] = set()
    for own in left.values():
        train.update([row for row in apart(own) if numbers[row] not in recorded] or apart(own))
    return Fold(tuple(sorted(train)), tuple(sorted(test)))
