"""Findings that were dismissed, and are not shown again."""

from __future__ import annotations

import json

from showtell.dataset.dataset import Dataset
from showtell.dataset.workspace import DISMISSED, Workspace, explained


def dismiss(dataset: Dataset, finding: str) -> None:
    """Keep in the dataset's workspace that a finding (its id) is not to be shown again; DatasetError if it can't."""
    workspace = Workspace(dataset.folder)
    with explained(f"dismiss a finding in {dataset.folder}"), workspace.hold():
        ids = sorted({*dismissed(dataset), finding})
        workspace.replace(workspace.folder / DISMISSED, json.dumps(ids).encode())


def dismissed(dataset: Dataset) -> set[str]:
    """Return the ids of the findings that were dismissed; none where the list is damaged."""
    try:
        ids = json.loads(Workspace(dataset.folder).read(DISMISSED))
    except (OSError, ValueError, RecursionError):
        return set()
    return {id for id in ids if isinstance(id, str)} if isinstance(ids, list) else set()
