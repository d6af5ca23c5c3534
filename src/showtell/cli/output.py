"""What commands print."""

from __future__ import annotations


def printable(text: str) -> str:
    """A file name need not be valid Unicode: the bytes that are not become escapes, also in JSON."""
    return text.encode("utf-8", "backslashreplace").decode()
