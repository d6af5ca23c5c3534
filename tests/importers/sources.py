"""Sources for the tests of importers: the same files as a folder or as a zip, and tiny pictures to put in."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from showtell.dataset.dataset import Dataset
from showtell.pictures import frame


def picture(number: int = 0) -> bytes:
    """A tiny picture, another one for each number."""
    return frame.encode_png(np.frombuffer(number.to_bytes(12, "big"), np.uint8).reshape(2, 2, 3))


def make(kind: str, path: Path, files: dict[str, bytes | str]) -> Path:
    """Write files as a folder or a zip; a name that ends with "/" is an empty folder."""
    if kind == "zip":
        path = path.with_name(f"{path.name}.zip")
        with zipfile.ZipFile(path, "w") as file:
            for name, data in files.items():
                file.writestr(name, data)
        return path
    for name, data in files.items():
        target = path / name
        if name.endswith("/"):
            target.mkdir(parents=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def counts(dataset: Dataset) -> dict[str, int]:
    """Pictures by label, sorted by label."""
    return dict(sorted(dataset.counts.items()))
