"""Labels, as everybody gives them: one rule for all the ways to teach a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

import numpy as np

from showtell.errors import TeachingError


def label_of(value: Any) -> str:
    """Return the name of a class: text as it is, a whole number as its digits.

    Raises TeachingError for anything else, such as a row of a one-hot table, None or NaN, and for blank text.

    >>> label_of("mug"), label_of(np.int64(3))
    ('mug', '3')
    """
    if isinstance(value, str):
        if not value.strip():
            raise TeachingError("expected the name of a class, found an empty one; give it a name")
        return str(value)
    if isinstance(value, int | np.integer | np.bool_):
        return str(value)
    raise TeachingError(f"expected the name of a class, as text or a whole number, found {_found(value)}")


def labels_of(values: Any) -> list[str]:
    """Return the names of the classes of several pictures; None gives none.

    Raises TeachingError as ``label_of`` does, and for what has no order or is one text.

    >>> labels_of(np.array([0, 1]))
    ['0', '1']
    """
    if values is None:
        return []
    if isinstance(values, str | bytes | Set | Mapping) or not isinstance(values, Iterable):
        raise TeachingError(f"expected a list with a label for each picture, found {_found(values)}")
    found = []
    for number, value in enumerate(values, 1):
        try:
            found.append(label_of(value))
        except TeachingError as error:
            raise TeachingError(f"label {number}: {error}") from None
    return found


def _found(value: Any) -> str:
    if isinstance(value, np.ndarray | list | tuple):
        if np.size(value) == 1:
            return f"a row of one, {value!r}; give a flat list, for example labels.ravel()"
        return "a row of numbers; of one-hot rows take names[row.argmax()] for each"
    if value is None:
        return "None; leave the picture out, or give it a label"
    if isinstance(value, bytes):
        return f"{value!r}; decode it, for example with .decode()"
    if isinstance(value, float | np.floating):
        return f"{value}; a number that is no whole one names no class"
    text = repr(value)
    return f"{text if len(text) < 60 else text[:57] + '...'} ({type(value).__name__})"
