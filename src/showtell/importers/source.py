"""What a source of pictures holds, whatever it is: groups of pictures with a label, and what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from showtell.dataset.example import Problem
from showtell.dataset.names import check_label
from showtell.errors import DatasetError
from showtell.importers.tree import File
from showtell.sentences import Said, of

MAX_PICTURE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Picture:
    """A picture of a source: its name there, how to read it, and whether it belongs to a recording.

    ``read`` raises PictureError if there is no reading it. Pictures of one group with the same ``burst`` become one
    burst of their own; without one, a name like "burst17-003.jpg" joins that burst.
    """

    name: str
    read: Callable[[], bytes]
    burst: str | None = None


@dataclass
class Group:
    """The pictures of one class, which are ``count``, or a few less or more where they are not known before."""

    label: str
    pictures: Iterable[Picture]
    count: int
    enabled: bool = True


@dataclass
class Source:
    """What was found, in the order of its classes; ``pins`` are pictures with the answer they must get."""

    groups: list[Group]
    problems: list[Problem] = field(default_factory=list)
    pins: list[tuple[str | None, Picture]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many pictures there are, as far as is known."""
        return sum(group.count for group in self.groups)


def group_of(label: str, files: list[File], burst: str | None = None, enabled: bool = True) -> Group:
    """Return these files as the pictures of a class, of one recording where ``burst`` names it."""
    return Group(label, [Picture(file.path, partial(file.read, -1), burst) for file in files], len(files), enabled)


def needed(label: str | None, name: str, what: str) -> str:
    """Return the label; raise DatasetError that the source ``name``, which is ``what``, needs one.

    >>> needed("mug", "mug.mp4", "a video")
    'mug'
    """
    if label is None:
        words = f"{what}: it needs the name of a class, found none; say which (--label NAME)"
        raise DatasetError(of(name, Said("label-needed", words)))
    return check_label(label)
