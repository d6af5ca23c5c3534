"""What is in an ONNX file, read without running any of it, and what it must not hold.

An ONNX file is a protocol buffer: fields, each a number, a kind and a value. The little that is read here needs no more
than that; ONNX Runtime reads the rest. Field numbers are those of onnx.proto (https://onnx.ai).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from showtell.errors import BackboneError

MAX_BYTES = 2**30  # of a network: more would be no help with few pictures


_GRAPH, _NODE, _OUTPUT = 7, 1, 12


# The messages in which tensors can be, and which of their fields hold which message.
_INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}


_ELSEWHERE = (13, 14)  # fields of a tensor that say that its numbers are in another file


@dataclass(frozen=True)
class Node:
    """One operation of the graph, and the names of the tensors that go in and come out."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def check(data: bytes, name: str) -> None:
    """Raise BackboneError unless it is an ONNX file that refers to no other file; ``name`` is what the error calls it.

    ONNX Runtime would open whatever file a tensor names, so that a stranger's network could read one.
    """
    if len(data) > MAX_BYTES:
        raise BackboneError(f"{name}: expected a network of at most {MAX_BYTES >> 20} MB, found {len(data) >> 20} MB")
    waiting = [("model", memoryview(data))]
    graphs = 0
    try:
        while waiting:
            kind, message = waiting.pop()
            for number, value in _fields(message):
                if kind == "tensor":
                    if number in _ELSEWHERE and value:
                        raise BackboneError(
                            f"{name}: its weights are in another file; expected all in one: save it again with "
                            "onnx.save(onnx.load(path), path)"
                        )
                elif inner := _INSIDE[kind].get(number):
                    if not isinstance(value, memoryview):
                        raise ValueError("a number where a message should be")
                    graphs += kind == "model" and inner == "graph"
                    waiting.append((inner, value))
    except (ValueError, IndexError) as error:
        raise BackboneError(f"{name}: expected an ONNX file, found something else ({error})") from error
    if not graphs:
        raise BackboneError(f"{name}: expected an ONNX file, found no network in it")


def nodes(data: bytes) -> list[Node]:
    """Return the operations of a checked file's main graph, in the order in which they run."""
    found = []
    for number, value in _fields(_graph(data)):
        if number == _NODE and isinstance(value, memoryview):
            texts: dict[int, list[str]] = {1: [], 2: [], 4: []}
            for key, text in _fields(value):
                if key in texts and isinstance(text, memoryview):
                    texts[key].append(bytes(text).decode())
            found.append(Node("".join(texts[4]), tuple(texts[1]), tuple(texts[2])))
    return found


def with_outputs(data: bytes, *names: str) -> bytes:
    """Return the file with these inner tensors among its outputs. Appending to a protocol buffer adds to its lists."""
    outputs = b"".join(_field(_OUTPUT, _field(1, name.encode())) for name in names)
    return data + _field(_GRAPH, outputs) if names else data


def _graph(data: bytes) -> memoryview:
    parts = [value for number, value in _fields(memoryview(data)) if number == _GRAPH and isinstance(value, memoryview)]
    return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    at, end = 0, len(message)
    while at < end:
        tag, at = _number(message, at, 5)
        kind = tag & 7
        if kind == 0:
            value, at = _number(message, at, 10)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _number(message, at, 5)
        elif kind in (1, 5):
            size = {1: 8, 5: 4}[kind]
        else:
            raise ValueError(f"a field of kind {kind}")
        if at + size > end:
            raise ValueError("it is cut short")
        yield tag >> 3, message[at : at + size]
        at += size


def _number(message: memoryview, at: int, most: int) -> tuple[int, int]:
    """Return a number, which has seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for place in range(most):
        byte = message[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise ValueError("a number without an end")


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
