"""The wire format of messages: JSON, then bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

from showtell.studio.messages import Content


def pack(content: Mapping[str, Any], buffer: bytes) -> bytes:
    """Return a message as one binary frame: JSON length (uint32, little-endian), JSON, buffer.

    >>> pack({"type": "done", "ref": 7}, b"!")
    b'\\x1a\\x00\\x00\\x00{"type": "done", "ref": 7}!'
    """
    text = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return struct.pack("<I", len(text)) + text + buffer


def unpack(message: bytes) -> tuple[Content | None, bytes]:
    """Return the content and the buffer of a binary frame; no content where the bytes are no such message.

    >>> unpack(pack({"type": "done", "ref": 7}, b"!"))
    ({'type': 'done', 'ref': 7}, b'!')
    """
    try:
        (length,) = struct.unpack_from("<I", message)
        content = json.loads(message[4 : 4 + length])
    except (struct.error, ValueError, RecursionError):
        return None, b""
    return (content if isinstance(content, dict) else None), message[4 + length :]
