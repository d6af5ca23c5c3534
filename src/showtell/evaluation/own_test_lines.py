"""An own test set's figures in words, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from showtell.sentences import percent, pictures, quoted


def lines(test: Mapping[str, Any]) -> list[str]:
    """Return the figures of a test set, as they stand in a report's JSON, as lines of text."""
    said = [f"Test set {quoted(test['name'])}: {pictures(test['tested'])} of {test['pictures']} tested, never taught."]
    if test["interval"]:
        low, high = _share(test["interval"]["low"]), _share(test["interval"]["high"])
        said.append(f"  {_share(test['accuracy'])} right (95 % interval: {low} to {high})")
    if test["known"]:
        right, refused = _share(test["right"]), _share(test["known_called_unknown"])
        said.append(f"  of {pictures(test['known'])} of taught classes {right} right, {refused} called unknown")
    if test["unknown"]:
        said.append(f"  not taught, so that unknown is right: {', '.join(map(quoted, test['strange']))}")
        named, surely = _share(test["named"]), _share(test["named_surely"])
        said.append(f"  of {pictures(test['unknown'])} of these {named} named, {surely} with over 90 % confidence")
    strange = set(test["strange"])
    mistakes = [cell for cell in test["confusion"] if cell["answer"] != _right(cell["label"], strange)]
    for cell in sorted(mistakes, key=lambda cell: -len(cell["examples"]))[:10]:
        found = "called unknown" if cell["answer"] is None else f"taken for {quoted(cell['answer'])}"
        said.append(f"  {len(cell['examples'])} × {quoted(cell['label'])} {found}")
    if test["taught"]:
        said.append(f"  left out, since they stand in the dataset too: {_names(test['taught'])}")
    if test["broken"]:
        said.append(f"  left out, since they cannot be read: {_names(test['broken'])}")
    return said


def _right(label: str, strange: set[str]) -> str | None:
    return None if label in strange else label


def _share(share: float | None) -> str:
    return "–" if share is None else f"{percent(share)} %"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
