"""Small files that only their owner may read: keys, and the tokens of the studio."""

from __future__ import annotations

import os
from pathlib import Path

from showtell.disk import replaced


def write(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, in a folder of mode 0700 if that is new; always either the old file or the new one.

    On Windows the user's own folders are private already, and the modes mean nothing. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replaced(path, 0o600) as file:
        file.write(data)


def read(path: Path) -> bytes | None:
    """The file's content; None if there is none, or if others could have read or written it."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.getuid()):
                return None
            return file.read()
    except OSError:
        return None
