"""An example, a picture with its label; and a problem, a file that is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from showtell.errors import DatasetError
from showtell.sentences import Said


@dataclass(frozen=True, slots=True)
class Example:
    """A picture with its label.

    ``id`` is the path in the dataset with ``/``; it stays the same until the example is moved or its class
    renamed.
    ``burst`` names the recording it comes from, None for a single picture.
    """

    label: str
    id: str
    burst: str | None
    dataset: Path = field(repr=False)

    @property
    def path(self) -> Path:
        """The picture's file. (Made when asked for: 50,000 paths would take as long as reading the folder.)"""
        return self.dataset / self.id

    @property
    def recording(self) -> tuple[str, str]:
        """Equal for the examples of one recording, a burst of a class; a single picture is one of its own."""
        return (self.label, self.burst) if self.burst is not None else ("\0", self.id)

    def read(self) -> bytes:
        """The encoded picture; DatasetError if the file is gone."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            words = f"{self.path}: cannot be read ({error.strerror}); if another program moved it, call refresh()"
            raise DatasetError(Said("example-gone", words)) from error


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (path in the dataset with ``/``) that is not used, and why."""

    file: str
    reason: str
