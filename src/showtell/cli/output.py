"""What commands print. Every line for a terminal, a pipe or a file goes through here.

Labels, file names and messages come from elsewhere: they may hold escape sequences, newlines and marks that turn the
direction of writing, or characters that the console's encoding lacks. Whoever reads a line here sees all of it, and a
terminal obeys none of it.
"""

from __future__ import annotations

import codecs
import json
import logging
import sys
import unicodedata
from typing import Any, TextIO

import click

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode's categories: control, format, lone surrogate, line and paragraph
_JOINERS = (
    "\u200c\u200d"  # format characters that emoji and Persian are written with; they only join what stands beside
)
_SPELLED = {"→": "->", "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "·": "|", "“": '"', "”": '"', "’": "'"}


def say(*lines: str) -> None:
    """Print lines on stdout.

    >>> say("a mug", "a red\\nmug")
    a mug
    a red\\nmug
    """
    for line in lines:
        click.echo(fitting(visible(line), sys.stdout), file=sys.stdout)


def complain(*lines: str) -> None:
    """Print lines on stderr."""
    for line in lines:
        click.echo(fitting(visible(line), sys.stderr), file=sys.stderr)


def say_json(fields: dict[str, Any]) -> None:
    r"""Print a JSON object in one line on stdout; what cannot be shown or encoded is escaped as JSON does it.

    >>> say_json({"label": "杯子", "file": "cup\u202e.jpg"})
    {"label": "杯子", "file": "cup\u202e.jpg"}
    """
    unicode = codecs.lookup(_encoding(sys.stdout)).name.startswith("utf")
    text = json.dumps(fields, ensure_ascii=not unicode)  # an older code page may change what it encodes: ¢ into ￠
    text = "".join(c if _can_be_seen(c) else _json_escape(c) for c in text)
    click.echo(text, file=sys.stdout)


class Complaints(logging.Handler):
    """Prints what is logged, tracebacks included, as `complain` does."""

    def emit(self, record: logging.LogRecord) -> None:
        complain(*self.format(record).split("\n"))


def visible(text: str) -> str:
    r"""Return the text as one line in which everything can be seen: control characters become escapes.

    >>> print(visible("red\x1b[31m, and\nmore"))
    red\x1b[31m, and\nmore
    """
    return text if text.isprintable() else "".join(c if _can_be_seen(c) else _escape(c) for c in text)


def fitting(text: str, stream: TextIO | None) -> str:
    """Return the text with characters that the stream can encode: others are spelled in ASCII, or become escapes."""
    encoding = _encoding(stream)
    return text.encode(encoding, "showtell").decode(encoding)


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _can_be_seen(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _UNSEEN


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def _spell(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_SPELLED.get(c) or _escape(c) for c in error.object[error.start : error.end]), error.end


codecs.register_error("showtell", _spell)
