"""Findings that were dismissed, and are not shown again."""

from __future__ import annotations

import json

from showtell.dataset.dataset import Dataset
from showtell.dataset.names import HIDDEN
from showtell.dataset.workspace import Hidden


def dismiss(dataset: Dataset, finding: str) -> None:
    """Keep in the dataset's hidden folder that a finding (its id) is not to be shown again."""
    hidden = Hidden(dataset.folder)
    with hidden.hold():
        ids = sorted({*dismissed(dataset), finding})
        hidden.replace(hidden.folder / "dismissed", json.dumps(ids).encode())


def dismissed(dataset: Dataset) -> set[str]:
    """Return the ids of the findings that were dismissed; none where the list is damaged."""
    try:
        ids = json.loads((dataset.folder / HIDDEN / "dismissed").read_bytes())
    except (OSError, ValueError, RecursionError):
        return set()
    return {id for id in ids if isinstance(id, str)} if isinstance(ids, list) else set()
