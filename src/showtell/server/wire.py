"""The wire format of messages: JSON, then bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

from showtell.studio.messages import Content


def pack(content: Mapping[str, Any], buffer: bytes) -> bytes:
    """A message as one binary frame: JSON length (uint32, little-endian), JSON, buffer."""
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return struct.pack("<I", len(text)) + text + buffer


def unpack(message: bytes) -> tuple[Content | None, bytes]:
    """The inverse of ``pack``; content is None where the bytes are no such message."""
    try:
        (length,) = struct.unpack_from("<I", message)
        content = json.loads(message[4 : 4 + length])
    except (struct.error, ValueError, RecursionError):
        return None, b""
    return (content if isinstance(content, dict) else None), message[4 + length :]
