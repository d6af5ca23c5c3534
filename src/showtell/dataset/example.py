"""Examples, which are pictures with a label, and problems, which are files that are not used."""

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

    >>> import numpy as np
    >>> from showtell import Dataset
    >>> from showtell.pictures.drawing import draw
    >>> example = Dataset("things").add("mug", draw("mug", np.random.default_rng(0)), burst="17")
    >>> example.label, example.id, example.burst
    ('mug', 'mug/burst17-001.png', '17')
    >>> example.path.name, example.recording
    ('burst17-001.png', ('mug', '17'))
    """

    label: str
    id: str
    burst: str | None
    dataset: Path = field(repr=False)

    @property
    def path(self) -> Path:
        """The picture's file."""  # made when asked for: 50,000 paths would take as long as reading the folder
        return self.dataset / self.id

    @property
    def recording(self) -> tuple[str, str]:
        """The recording that it comes from: a burst of a class. A single picture is a recording of its own."""
        return (self.label, self.burst) if self.burst is not None else ("\0", self.id)

    def read(self) -> bytes:
        """Return the encoded picture; DatasetError if the file is gone or cannot be read.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> Dataset("things").add("mug", draw("mug", np.random.default_rng(0))).read()[:4]
        b'\\x89PNG'
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            words = f"{self.path}: cannot be read ({error.strerror}); if another program moved it, call refresh()"
            raise DatasetError(Said("example-gone", words)) from error


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (path in the dataset with ``/``) that is not used, and why.

    >>> import pathlib
    >>> from showtell import Dataset
    >>> folder = pathlib.Path()
    >>> _ = (folder / "loose.jpg").write_bytes(b"")
    >>> Dataset(folder).problems
    [Problem(file='loose.jpg', reason='a picture needs a class; move it into the folder of its class')]
    """

    file: str
    reason: str
