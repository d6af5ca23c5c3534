"""File names of pictures: ``burst17-003.jpg`` in a burst, else ``picture-0004.jpg`` or a name of its own.

A *series* is what is counted: a burst, a name of its own, or (None, None) for all pictures without either.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container
from typing import TypeAlias

from showtell.dataset.names import fold, safe_name
from showtell.pictures.frame import SUFFIXES

Series: TypeAlias = tuple[str | None, str | None]  # the burst, or the name without its ending, or neither

_LOOSE = re.compile(r"picture-([0-9]+)")

_BURST = re.compile(r"burst(.+)-([0-9]+)", re.DOTALL)


def series(burst: str | None, name: str | None) -> Series:
    """Return the series that a new picture belongs to, its name made safe.

    A name like "burst17-003.jpg" belongs to that burst.

    >>> series(None, "burst17-003.jpg"), series(None, "blue cup.jpg"), series(None, None)
    (('17', None), (None, 'blue cup'), (None, None))
    """
    if burst is not None:
        return safe_name(str(burst)), None
    if not name:
        return None, None
    stem, suffix = os.path.splitext(re.split(r"[/\\]", name)[-1])
    stem = stem if suffix.lower() in SUFFIXES else stem + suffix
    burst, _ = burst_of(stem)
    return (None, safe_name(stem)) if burst is None else (safe_name(burst), None)


def new_burst(name: str, taken: Container[str | None]) -> str:
    """Return the name, made safe, for a new burst; one like it if there is a burst of that name."""
    number, burst = 1, safe_name(name)
    while burst in taken:
        number += 1
        burst = safe_name(f"{name} {number}")
    return burst


def numbered(series: Series, number: int) -> str:
    """Return the file name, without ending, of the picture with this number (from 1) in a series.

    >>> numbered(("17", None), 3)
    'burst17-003'
    """
    match series:
        case (None, None):
            return f"picture-{number:04}"
        case (None, stem):
            return f"{stem}-{number}" if number > 1 else f"{stem}"
        case (burst, _):
            return f"burst{burst}-{number:03}"


def free(file: str, taken: Container[str]) -> str:
    """Return the file name, or if it is taken (names as `fold` gives them) one like it, of the same burst."""
    stem, suffix = os.path.splitext(file)
    burst, number = burst_of(stem)
    own: Series = (burst, None) if burst else (None, stem)
    number = number if burst else 1
    while fold(file) in taken:
        number += 1
        file = numbered(own, number) + suffix
    return file


def burst_of(stem: str) -> tuple[str | None, int]:
    """Return the burst in a file name (without ending) and the number in it; (None, 0) if there is none."""
    found = _BURST.fullmatch(stem)
    return (found[1], int(found[2])) if found else (None, 0)


def loose_number(name: str) -> int:
    """Return the number of a single picture, 0 if it has a name of its own."""
    found = _LOOSE.match(name)
    return int(found[1]) if found else 0


def natural(stem: str) -> list[str | int]:
    """Return a key that sorts "2" before "10".

    Text and numbers alternate in it, so that they are never compared with each other.

    >>> sorted(["IMG 10", "IMG 2"], key=natural)
    ['IMG 2', 'IMG 10']
    """
    return [int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", stem))]
