"""A request: one message from a page, its fields checked as they are read, and the way to answer it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from showtell.errors import ShowtellError
from showtell.sentences import Said, coded, sentence
from showtell.studio.messages import Failure, Plain, Reply, Send

if TYPE_CHECKING:
    from showtell.studio.client import Client
    from showtell.studio.studio import Studio

T = TypeVar("T")
log = logging.getLogger(__name__)
_MISSING: Any = object()


class ProtocolError(ShowtellError):
    """A message that does not fit docs/protocol.md."""


class Request:
    """One message of a ``client``: ``kind`` is its type, ``ref`` its number, ``buffer`` its bytes.

    A field is checked when it is read; ProtocolError says which one is of another type than the protocol asks for.
    """

    def __init__(self, studio: Studio, client: Client, content: object, buffer: bytes) -> None:
        self.studio = studio
        self.client = client
        self.buffer = buffer
        self._content = _expect(content, dict, "a message")
        self.ref = self.integer("ref")
        self.kind = self.text("type")

    # -- fields

    def text(self, name: str) -> str:
        """Return a field that is a text."""
        return _expect(self._field(name), str, name)

    def text_or_none(self, name: str) -> str | None:
        """Return a field that is a text, null or missing."""
        value = self._content.get(name)
        return None if value is None else _expect(value, str, name)

    def texts(self, name: str) -> list[str]:
        """Return a field that is a list of texts: ids or labels."""
        return [_expect(each, str, name) for each in _expect(self._field(name), list, name)]

    def integer(self, name: str) -> int:
        """Return a field that is a whole number."""
        return _expect(self._field(name), int, name)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return a field that is true or false; ``default`` where it is missing."""
        value = self._content.get(name, _MISSING if default is None else default)
        return _expect(value, bool, name)

    def share(self, name: str) -> float:
        """Return a field that is a number in [0, 1], which JSON may write without a point."""
        value = self._field(name)
        number = _expect(value, int if isinstance(value, int) else float, name)
        if not 0 <= number <= 1:
            raise ProtocolError(f"{name}: expected a number in [0, 1], found {number!r:.40}")
        return float(number)

    def _field(self, name: str) -> object:
        return self._content.get(name, _MISSING)

    # -- the answer

    def send(self, message: Reply, buffer: bytes = b"") -> None:
        """Send a message to the page that asked."""
        self.client.send(message, buffer)

    def reply(self, kind: Literal["done", "skipped"]) -> None:
        """Send the message that has nothing but its ``kind``."""
        self.send(Plain(type=kind, ref=self.ref))

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Send an ``error`` for whatever is raised inside, and go on."""
        with failures_sent(self.client.send, self.ref):
            yield


def ref_of(content: object) -> int | None:
    """Return the ``ref`` of a message that may be anything; None where it has none."""
    ref = content.get("ref") if isinstance(content, dict) else None
    return ref if type(ref) is int else None


@contextmanager
def failures_sent(send: Send, ref: int | None) -> Iterator[None]:
    """Send whatever is raised inside as an ``error`` message, and go on; only Ctrl-C is raised again."""
    try:
        yield
    except BaseException as error:  # libraries in other languages panic with what is no Exception
        send_failure(send, error, ref)
        if isinstance(error, KeyboardInterrupt):
            raise


def send_failure(send: Send, error: BaseException, ref: int | None) -> None:
    """Send an ``error`` message; a page that cannot be reached is no reason to stop what others wait for."""
    if not isinstance(error, ShowtellError):
        log.error("message %s failed", ref, exc_info=error)
        error = ShowtellError(Said("bug", f"something went wrong: {error!r}", found=repr(error)))
    try:
        send(failure(error, ref), b"")
    except Exception:
        log.exception("a page could not be told of an error")


def failure(error: ShowtellError, ref: int | None) -> Failure:
    """Return what went wrong, as an ``error`` message."""
    message = " ".join(str(error).split())  # one line, though the name of a file may have more
    return Failure(type="error", ref=ref, message=message, said=coded(sentence(error)))


def _expect(value: object, kind: type[T], name: str) -> T:
    """Return the value; ProtocolError if it is of another kind. True is no number, and 1 no bool."""
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        found = "nothing" if value is _MISSING else repr(value)[:40]
        raise ProtocolError(f"{name}: expected {kind.__name__}, found {found}; see docs/protocol.md")
    return value
