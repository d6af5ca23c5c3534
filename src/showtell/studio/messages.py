"""A message from a page: its fields, checked, and what the page is told if anything is wrong with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from showtell.errors import ShowtellError
from showtell.sentences import Said, coded, sentence

Content = dict[str, Any]


Send = Callable[[Content, bytes], None]


T = TypeVar("T")


log = logging.getLogger(__name__)


_REQUIRED: Any = object()


class ProtocolError(ShowtellError):
    """A message that does not fit docs/protocol.md."""


def field(message: Content, name: str, kind: type[T], default: Any = _REQUIRED) -> T | Any:
    """A field of the message; ProtocolError if it is of another kind, or missing and without a ``default``."""
    value = message.get(name, default)
    return value if value is default and default is not _REQUIRED else expect(value, kind, name)


def expect(value: object, kind: type[T], name: str) -> T:
    """The value; ProtocolError if it is of another kind. True is no number, and 1 no bool."""
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        found = "nothing" if value is _REQUIRED else repr(value)[:40]
        raise ProtocolError(f"{name}: expected {kind.__name__}, found {found}; see docs/protocol.md")
    return value


def share(message: Content, name: str) -> float:
    """A number in [0, 1], which JSON may write without a point."""
    value = message.get(name, _REQUIRED)
    number = expect(value, int if isinstance(value, int) else float, name)
    if not 0 <= number <= 1:
        raise ProtocolError(f"{name}: expected a number in [0, 1], found {number!r:.40}")
    return float(number)


def texts(message: Content, name: str) -> list[str]:
    """A list of ids or labels."""
    return [expect(text, str, name) for text in field(message, name, list)]


@contextmanager
def told(send: Send, ref: int | None) -> Iterator[None]:
    """The page hears of whatever goes wrong inside, as an ``error`` message, and everything goes on."""
    try:
        yield
    except ShowtellError as error:
        send(failure(error, ref), b"")
    except Exception as error:
        log.exception("message %s failed", ref)
        bug = Said("bug", f"something went wrong: {error!r}", found=repr(error))
        send(failure(ShowtellError(bug), ref), b"")


def failure(error: ShowtellError, ref: int | None) -> Content:
    """What went wrong, as an ``error`` message."""
    message = " ".join(str(error).split())  # one line, though the name of a file may have more
    return {"type": "error", "ref": ref, "message": message, "said": coded(sentence(error))}
