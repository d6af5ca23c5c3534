"""Sentences that can be told in other languages too: plain English, with a code and the values in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias, TypedDict

Value: TypeAlias = str | int | list[str] | None  # a str may be such a sentence itself


class Coded(TypedDict):
    """A sentence for a page in another language: what it says as a code, in English, and with which values."""

    code: str
    text: str
    values: dict[str, Value | Coded]


LONGEST_NAME = 300  # characters in a sentence; a path has more now and then, a page may send any


class Said(str):
    """A sentence in English, with a ``code`` for its meaning and the ``values`` in it.

    Everywhere it is the English sentence. Only the page, which speaks other languages (frontend/text/), looks at the
    rest. All codes, with the names of their values, are in frontend/tests/codes.json.

    >>> sentence = Said("class-gone", 'no class "mug"', label="mug")
    >>> sentence, sentence.code, sentence.values["label"]
    ('no class "mug"', 'class-gone', 'mug')
    """

    code: str
    values: Mapping[str, Value]

    def __new__(cls, code: str, sentence: str, **values: Value) -> Self:
        self = super().__new__(cls, sentence)
        self.code = code
        self.values = values
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Value]]:
        """Return what a copy or a pickle is made of."""
        return (self.code, str(self)), dict(self.values)


def of(name: str, reason: str) -> Said:
    """Return the sentence on what is wrong with a thing that has a name; a very long name is cut.

    >>> of("cup.jpg", "the file is empty")
    'cup.jpg: the file is empty'
    """
    name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Said("of", f"{name}: {reason}", name=name, reason=reason)


def sentence(error: Exception) -> str:
    """Return the sentence that an error was raised with: a `Said`, if it was one."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Said) else str(error)


def reason(error: Exception, name: str) -> str:
    """Return what the error says, without the name of the thing that it is about."""
    match sentence(error):
        case Said(code="of", values={"reason": str() as reason}):
            return reason
        case said:
            return said.removeprefix(f"{name}: ")


def coded(sentence: str | None) -> Coded | None:
    """Return the sentence as JSON for the page: ``{code, text, values}``; None for one without a code."""
    if not isinstance(sentence, Said):
        return None
    values = {
        name: coded(value) or value if isinstance(value, str) else value for name, value in sentence.values.items()
    }
    return Coded(code=sentence.code, text=str(sentence), values=values)


def read(kept: object) -> Said | None:
    """Return the sentence from JSON as `coded` gives it; None for any other JSON."""
    match kept:
        case {"code": str() as code, "text": str() as text, "values": dict() as values}:
            again = {name: read(value) or value for name, value in values.items()}
            if all(value is None or isinstance(value, str | int) for value in again.values()):
                return Said(code, text, **again)
    return None


def quoted(label: str) -> str:
    """Return the label in quotation marks for a message: one line, at most 60 characters.

    >>> quoted("mug")
    '"mug"'
    """
    text = "".join(character if character.isprintable() else "\ufffd" for character in label)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:59]}…"'


def pictures(count: int) -> str:
    """Return a number of pictures in words.

    >>> pictures(1), pictures(2)
    ('1 picture', '2 pictures')
    """
    return "1 picture" if count == 1 else f"{count} pictures"


def percent(share: float) -> int:
    """Return a share in [0, 1] as whole percent; 100 and 0 stand for certainty alone.

    >>> percent(0.999), percent(1.0)
    (99, 100)
    """
    return 100 if share == 1 else min(99, max(1, round(100 * share))) if share > 0 else 0
