"""Leaving taught pictures out in turn: the lessons, and what those left out score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.constants import AWAY, DIRECTIONS
from showtell.classifiers.samples import CHANGED, PLAIN, STAND_IN, TaughtViews
from showtell.classifiers.stand_ins import StandIns, folds, twins
from showtell.classifiers.subspace import basis
from showtell.classifiers.vectors import Floats, Labels
from showtell.classifiers.whole_and_parts import WholeAndParts

Ints = NDArray[np.intp]
Mask = NDArray[np.bool_]

LEAST_SHARE = 1e-3  # of the stand-ins of one sort


@dataclass(frozen=True)
class Lessons:
    """m views of taught pictures, and of frames of the room, which are the last class.

    looks     ``(m, 10, d)`` or ``(m, 1, d)`` float32
    place     ``(m,)``, which picture each is of, from 0; the room's frames come last
    own       ``(m,)``, its class: places in the sorted labels, then the room
    kinds     ``(m,)``, see `samples`
    shown     how many pictures a usual class has
    named     how many classes have a name
    recordings  of each picture, None where that is unknown
    """

    looks: Floats
    place: Ints
    own: Ints
    kinds: Ints
    shown: float
    named: int
    recordings: NDArray[np.object_] | None = None

    @classmethod
    def of(cls, views: TaughtViews, labels: Labels, room: Floats | None) -> Lessons:
        """Return the lessons in views of n pictures with these labels, and ``(r, v, 10, d)`` of the room."""
        places, place = np.unique(views.pictures, return_inverse=True)
        classes, picture_own = np.unique(labels[places], return_inverse=True)
        kinds = _kinds(place) if views.kinds is None else views.kinds
        shown = float(np.median(np.bincount(picture_own)))
        recordings = None
        if views.bursts is not None:
            recordings = np.empty(len(places) + (0 if room is None else len(room)), object)
            recordings[:] = [f"\0room {frame}" for frame in range(len(recordings))]
            recordings[place] = list(views.bursts)
        looks, own = views.looks, picture_own[place]
        if room is not None:
            frames, each = room.shape[:2]
            looks = np.concatenate([looks, room.reshape(-1, *room.shape[2:])])
            place = np.concatenate([place, len(places) + np.repeat(np.arange(frames), each)])
            own = np.concatenate([own, np.full(frames * each, len(classes))])
            kinds = np.concatenate([kinds, np.tile([PLAIN] + [CHANGED] * (each - 1), frames)])
        return cls(looks, place, own, kinds, shown, len(classes), recordings)

    @property
    def classes(self) -> int:
        """How many there are, with the room."""
        return int(self.own.max()) + 1

    @property
    def pictures(self) -> int:
        """How many there are, with the frames of the room."""
        return int(self.place.max()) + 1

    @cached_property
    def axes(self) -> Floats:
        """The basis of the subspace that the discriminants are fitted in, ``(d, r)``."""
        plain = self.looks[self.kinds == PLAIN]
        some = plain if plain.shape[0] * plain.shape[1] >= DIRECTIONS else self.looks[self.kinds != STAND_IN]
        return basis(some.reshape(-1, some.shape[-1]))

    @cached_property
    def inside(self) -> Floats:
        """The looks in that basis, ``(m, 10, r)``."""
        return np.asarray(self.looks @ self.axes, np.float32)

    def wholes(self) -> Floats:
        """Return the wholes of the pictures that have a name, ``(n, d)``."""
        return np.asarray(self.looks[self.first_rows[self.picture_own < self.named], 0])

    @cached_property
    def first_rows(self) -> Ints:
        """The row of each picture as it is, ``(pictures,)``."""
        order = np.lexsort((self.kinds, self.place))
        return np.asarray(order[np.unique(self.place[order], return_index=True)[1]])

    @property
    def picture_own(self) -> Ints:
        """The class of each picture."""
        return self.own[self.first_rows]

    def fit(self, kind: int) -> WholeAndParts:
        """Learn from all pictures: as they are (`PLAIN`), or with their changed views."""
        return self.fit_inside(np.ones(len(self.own), bool), kind).outside(self.axes)

    def fit_inside(self, some: Mask, kind: int) -> WholeAndParts:
        """Learn from some of the rows, for looks in the basis."""
        rows = some & (self.kinds <= kind)
        return WholeAndParts.fit(self.inside[rows], self.own[rows], self.shown, self.looks.shape[-1])


@dataclass(frozen=True)
class HeldOut:
    """What the stand-ins scored.

    kinds   of views that were taught: `CHANGED`, and `PLAIN` if both were tried
    scores  for each of these
    twins   in [0, 1], whether the pictures of a class are frames of one recording
    moved   whether some were shown in another room
    """

    kinds: list[int]
    scores: list[StandIns]
    twins: float
    moved: bool


def held_out(lessons: Lessons, names: int) -> HeldOut | None:
    """Return what pictures score that were not taught; None where there is nothing to leave out."""
    known = lessons.picture_own < names
    fold, alike = None, 0.0
    if lessons.recordings is not None and len(set(lessons.recordings)) < lessons.pictures:
        fold = folds(lessons.picture_own, lessons.recordings)
    if fold is None:
        alike = twins(lessons.wholes(), lessons.picture_own[known])
        fold = folds(lessons.picture_own)
    changed = bool((lessons.kinds == CHANGED).any())
    kinds = [CHANGED, PLAIN] if changed and fold is not None and lessons.shown > 1 else [CHANGED if changed else PLAIN]
    away = lessons.kinds == STAND_IN
    if fold is not None:
        asked, rest = (lessons.kinds == PLAIN) & (fold[lessons.place] >= 0), 1 - AWAY * alike
        rounds = [fold[lessons.place] != number for number in range(fold.max() + 1)]
        away &= fold[lessons.place] >= 0
        share = AWAY * alike
    else:  # of one picture a class: some of its changed views stand in for others, and are not taught
        asked, rest, share = (lessons.kinds == CHANGED) & (_rank(lessons) >= _half(lessons)), 0.5, 0.5
        rounds = [~asked]
    if not (asked.any() or away.any()):
        return _guessed(lessons, names, kinds[0], alike)
    weight = asked * max(rest, LEAST_SHARE) / max(asked.sum(), 1) + away * max(share, LEAST_SHARE) / max(away.sum(), 1)
    stand_ins = np.flatnonzero(asked | away)
    scores = [np.zeros((len(stand_ins), lessons.classes)) for _ in range(2 * len(kinds))]
    for taught in rounds:
        out = np.arange(len(stand_ins)) if fold is None else np.flatnonzero(~taught[stand_ins])
        for place, kind in enumerate(kinds):
            found = lessons.fit_inside(taught, kind).ask(lessons.inside[stand_ins[out]])
            scores[2 * place][out], scores[2 * place + 1][out] = found
    distance = _distances(lessons, stand_ins, fold, known)
    weight = weight[stand_ins] / weight[stand_ins].sum()
    own = lessons.own[stand_ins]
    both = zip(scores[::2], scores[1::2], strict=True)
    return HeldOut(
        kinds,
        [StandIns(votes, like[:, :names].max(1), distance, own, weight) for votes, like in both],
        alike,
        bool(away.any()),
    )


def _guessed(lessons: Lessons, names: int, kind: int, alike: float) -> HeldOut | None:
    """A guess, where nothing can be left out: new pictures are a quarter to three quarters of the way to another class.

    None for wholes alone: there, others can guess better.
    """
    if lessons.looks.shape[1] == 1:
        return None
    rows = lessons.first_rows[lessons.picture_own < names]
    votes, likeness = lessons.fit_inside(np.ones(len(lessons.own), bool), kind).ask(lessons.inside[rows])
    wholes, own = lessons.looks[rows, 0], lessons.own[rows]
    apart = 1 - wholes @ wholes.T
    others = own[:, None] != own
    away = float(np.median(np.where(others, apart, np.inf).min(1))) if others.any() else 0.5
    count, ways = len(rows), np.repeat([0.25, 0.75], len(rows))
    held = StandIns(
        np.tile(votes, (2, 1)) * (1 - ways)[:, None],
        np.tile(likeness[:, :names].max(1), 2) * (1 - ways),
        ways * away,
        np.tile(own, 2),
        np.full(2 * count, 0.5 / count),
    )
    return HeldOut([kind], [held], alike, True)


def _distances(lessons: Lessons, rows: Ints, fold: Ints | None, known: Mask) -> NDArray[np.float64]:
    """The distance of each to the nearest picture with a name that was taught when it was left out."""
    others = np.flatnonzero(known)
    cosines = lessons.looks[rows, 0] @ lessons.looks[lessons.first_rows[others], 0].T
    if fold is not None:
        cosines[fold[lessons.place[rows]][:, None] == fold[others]] = -1
    return np.asarray(1 - cosines.max(1), np.float64)


def _kinds(place: Ints) -> Ints:
    """The first view of each picture is the picture itself."""
    kinds = np.full(len(place), CHANGED)
    kinds[np.unique(place, return_index=True)[1]] = PLAIN
    return kinds


def _rank(lessons: Lessons) -> Ints:
    """Which of the changed views of its picture each row is, from 0."""
    rank = np.zeros(len(lessons.own), np.intp)
    for picture in range(lessons.pictures):
        rows = np.flatnonzero((lessons.place == picture) & (lessons.kinds == CHANGED))
        rank[rows] = np.arange(len(rows))
    return rank


def _half(lessons: Lessons) -> int:
    return int(np.bincount(lessons.place[lessons.kinds == CHANGED]).max(initial=0)) // 2
