"""Open-set recognition: which of the taught classes a picture is, or none of them (Scheirer et al., PAMI 2013).

`OpenSet` is fitted in a subspace of the taught pictures, so that there is time to leave a fifth of them out five times.
What the left-out pictures score sets the threshold, the temperature, and how much changed views count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from showtell.classifiers.calibration import temperature
from showtell.classifiers.constants import ROOM_CEILING, USUAL_FACTOR
from showtell.classifiers.discriminant import Linear
from showtell.classifiers.familiarity import Familiarity, share_of, slack
from showtell.classifiers.holding_out import Lessons, held_out
from showtell.classifiers.references import Backdrop, References
from showtell.classifiers.room import empty_frames
from showtell.classifiers.samples import PLAIN, Judged, Parts, Taught
from showtell.classifiers.stand_ins import StandIns
from showtell.classifiers.vectors import Floats
from showtell.classifiers.whole_and_parts import WholeAndParts

SHARES = np.linspace(1, 0, 11)  # of the discriminants that know changed views


@dataclass(frozen=True)
class OpenSet:
    """Discriminants, how sure they may be, and how familiar a picture must be for a class to be named.

    members      discriminants with their shares of the votes
    factor       on the votes
    familiarity  measured on the stand-ins
    references   what a new picture's distance is measured to
    hidden       whether the last class is the room
    """

    members: tuple[tuple[float, WholeAndParts], ...]
    factor: float
    familiarity: Familiarity
    references: References
    hidden: bool

    @classmethod
    def fit(cls, taught: Taught) -> OpenSet | None:
        """Learn from views, and from frames of the room; None where nothing can stand in for new pictures.

        ``taught.views`` has a view of a picture of each class, of two classes or more or of one and the room.
        """
        views, room = taught.views, _empty_room(taught)
        if views is None:
            return None
        lessons = Lessons.of(views, taught.labels, room)
        if lessons.classes < 2:
            return None
        names = lessons.classes - (room is not None)
        references = References(lessons.wholes(), taught.backdrop)
        found = held_out(lessons, names)
        if found is None:
            return None
        shares, held = _mixture(found.scores)
        members = tuple((part, lessons.fit(kind)) for kind, part in zip(found.kinds, shares, strict=True) if part > 0)
        named = held.of(held.own < names)
        return cls(
            members,
            temperature(held.votes, held.own, held.weight, pictures=lessons.pictures),
            Familiarity.fit(named, found.twins, slack(found.twins, single=lessons.shown < 2, moved=found.moved)),
            references,
            room is not None,
        )

    def proba(self, looks: Floats) -> NDArray[np.float64]:
        """Return each named class's probability, ``(n, classes)``; rows sum to 1."""
        return self._named(softmax(self.factor * self._ask(looks)[0], axis=1))

    def judge(self, looks: Floats) -> Judged:
        """Return scores and familiarity of looks, ``(n, 10, d)``, or ``(n, 1, d)`` where it was taught wholes."""
        votes, likeness = self._ask(looks)
        shares = softmax(self.factor * votes, axis=1)
        near = self.references.nearness(looks[:, 0])
        names = shares.shape[1] - self.hidden
        familiar = share_of(self.familiarity.deviations(likeness[:, :names].max(1), near))
        room = np.zeros(len(looks))
        if self.hidden:
            room = shares[:, -1]
            most = np.where(shares.argmax(1) == names, ROOM_CEILING * (1 - room), 1)
            familiar = np.minimum(familiar, most)
        return Judged(self._named(shares), familiar, room)

    def _ask(self, looks: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        found = [(share, member.ask(looks)) for share, member in self.members]
        votes, likeness = (sum(share * both[place] for share, both in found) for place in range(2))
        return np.asarray(votes), np.asarray(likeness)

    def _named(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        named = shares[:, : shares.shape[1] - self.hidden]
        total = named.sum(1, keepdims=True)
        return np.asarray(np.where(total > 1e-12, named / np.maximum(total, 1e-12), 1 / named.shape[1]), np.float64)

    # -- in a model file

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all it learned, by the names that a model file gives it."""
        wholes = [member.whole for _, member in self.members]
        parts = [member.parts for _, member in self.members if member.parts is not None]
        first = self.members[0][1]
        numbers = [
            [share, member.whole.unit, member.parts.unit if member.parts else 0] for share, member in self.members
        ]
        arrays: dict[str, NDArray[np.generic]] = {
            "open_set": np.array([self.factor, first.shown, self.hidden, self.references.measured], np.float64),
            "open_set_familiarity": self.familiarity.to_row(),
            "open_set_members": np.array(numbers, np.float64),
            "open_set_taught": self.references.taught.astype(np.float16),
            "open_set_noise": self.references.noise.astype(np.float16),
            "open_set_common": self.references.common.astype(np.float16),
            "open_set_whole_slope": np.stack([each.slope for each in wholes]),
            "open_set_whole_offset": np.stack([each.offset for each in wholes]),
        }
        if parts:
            arrays["open_set_parts_slope"] = np.stack([each.slope for each in parts])
            arrays["open_set_parts_offset"] = np.stack([each.offset for each in parts])
        return arrays

    @classmethod
    def from_arrays(cls, file: Parts, classes: int, d: int) -> OpenSet | None:
        """Return the one in a model file, of so many named classes; None for none, as in files of November."""
        if not file.has("open_set"):
            return None
        factor, shown, hidden, measured = (float(number) for number in file.array("open_set", np.float64, 4))
        columns = classes + bool(hidden)
        numbers = file.array("open_set_members", np.float64, None, 3)
        wholes = _linears(file, "whole", len(numbers), d, columns, numbers[:, 1])
        parts: list[Linear | None] = [None] * len(numbers)
        if file.has("open_set_parts_slope"):
            parts = [*_linears(file, "parts", len(numbers), d, columns + 1, numbers[:, 2])]
        rows = {
            name: file.array(f"open_set_{name}", np.float16, None, d).astype(np.float32) for name in ("taught", "noise")
        }
        if not len(numbers) or not len(rows["taught"]):
            raise ValueError("its classifier has no discriminants, or nothing to measure a distance to")
        common = file.array("open_set_common", np.float16, d).astype(np.float32) if measured else None
        return cls(
            tuple(
                (float(share), WholeAndParts(whole, part, max(shown, 1.0)))
                for (share, *_), whole, part in zip(numbers, wholes, parts, strict=True)
            ),
            factor,
            Familiarity.from_row(file.array("open_set_familiarity", np.float64, 7)),
            References(rows["taught"], Backdrop(common, rows["noise"])),
            bool(hidden),
        )


def _linears(file: Parts, name: str, members: int, d: int, columns: int, units: NDArray[np.float64]) -> list[Linear]:
    slopes = file.array(f"open_set_{name}_slope", np.float32, members, d, columns)
    offsets = file.array(f"open_set_{name}_offset", np.float32, members, columns)
    return [
        Linear(slope, offset, max(float(unit), 1e-6))
        for slope, offset, unit in zip(slopes, offsets, units, strict=True)
    ]


def _empty_room(taught: Taught) -> Floats | None:
    """The frames that show the room empty, ``(r, v, 10, d)``; None for none."""
    views, room = taught.views, taught.room
    if room is None or not len(room) or views is None:
        return None
    plain = views.looks[views.kinds == PLAIN] if views.kinds is not None else views.looks
    empty = room[empty_frames(room[:, 0, 0], plain[:, 0])]
    return empty[:, :, : views.looks.shape[1]] if len(empty) else None


def _mixture(scores: list[StandIns]) -> tuple[tuple[float, ...], StandIns]:
    """The shares of the fits under which the stand-ins are likeliest, and what they score then."""
    if len(scores) == 1:
        return (1.0,), scores[0]
    first, second = scores
    rows = np.arange(len(first.own))

    def likely(share: float) -> float:
        votes = first.mixed(second, share).votes
        return float(first.weight @ log_softmax(USUAL_FACTOR * votes, 1)[rows, first.own])

    best = float(max(SHARES, key=likely))
    return (best, 1 - best), first.mixed(second, best)
