"""Reads the page's types (JSDoc in TypeScript's notation) and says whether they take what Python sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from showtell.studio.messages import Point

FILE = Path(__file__).parents[2] / "frontend" / "connection" / "types.js"

TOKEN = re.compile(r'\s*("[^"]*"|\w+|\[\]|[{}\[\]()<>|,:?])')


@dataclass(frozen=True)
class Type:
    """A type: a ``name`` with its ``parts``.

    "|" has alternatives, "[]" an element, "tuple" its elements, "Record" key and value, "object" its ``fields``; a
    field that may be missing ends with "?". Any other name has no parts: "string", "Coded", '"done"'.
    """

    name: str
    parts: tuple[Type, ...] = ()
    fields: Mapping[str, Type] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        if self.name == "object":
            return "{" + ", ".join(f"{name}: {kind}" for name, kind in self.fields.items()) + "}"
        return f"{self.name}({', '.join(map(str, self.parts))})" if self.parts else self.name


def union(parts: list[Type]) -> Type:
    """Alternatives in one order, so that two unions compare."""
    flat = {part for each in parts for part in (each.parts if each.name == "|" else (each,))}
    return flat.pop() if len(flat) == 1 else Type("|", tuple(sorted(flat, key=str)))


# -- the page's


def page_types() -> dict[str, Type]:
    """All types in types.js, by their names."""
    text = re.sub(r"^ \* ?", "", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    types: dict[str, Type] = {}
    for chunk in text.split("@typedef ")[1:]:
        parser = _Parser(_braced(chunk))
        name = re.match(r"\s*(\w+)", chunk[len(_braced(chunk)) + 2 :])
        assert name, chunk
        kind = parser.type()
        if kind.name == "object" and not kind.fields:
            kind = Type("object", fields=dict(map(_property, chunk.split("@property ")[1:])))
        types[name[1]] = kind
    return types


def _property(chunk: str) -> tuple[str, Type]:
    kind = _braced(chunk)
    name = re.match(r"\s*(\[?)(\w+)", chunk[len(kind) + 2 :])
    assert name, chunk
    return name[2] + ("?" if name[1] else ""), _Parser(kind).type()


def _braced(text: str) -> str:
    """What stands between the first brace and its partner."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return text[1:at]
    raise AssertionError(f"no partner for the brace of {text[:40]}")


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text) if "=>" not in text else ["unknown"]  # functions never travel

    def type(self) -> Type:
        parts = [self._suffixed()]
        while self._took("|"):
            parts.append(self._suffixed())
        return union(parts)

    def _suffixed(self) -> Type:
        kind = self._simple()
        while self._took("[]"):
            kind = Type("[]", (kind,))
        return kind

    def _simple(self) -> Type:
        token = self.tokens.pop(0)
        if token == "{":
            return self._object()
        if token == "(":
            kind = self.type()
            assert self._took(")")
            return kind
        if token == "[":
            return Type("tuple", tuple(self._tuple()))
        if self._took("<"):
            key = self.type()
            assert self._took(",")
            value = self.type()
            assert self._took(">")
            return Type(token, (key, value))
        return Type(token)

    def _object(self) -> Type:
        fields: dict[str, Type] = {}
        while not self._took("}"):
            if self._took("["):  # any other field
                while not self._took("]"):
                    self.tokens.pop(0)
                name = "*"
            else:
                name = self.tokens.pop(0) + ("?" if self._took("?") else "")
            assert self._took(":")
            fields[name] = self.type()
            self._took(",")
        return Type("object", fields=fields)

    def _tuple(self) -> list[Type]:
        parts = []
        while not self._took("]"):
            if len(self.tokens) > 1 and self.tokens[1] == ":":  # a place with a name
                del self.tokens[:2]
            parts.append(self.type())
            self._took(",")
        return parts

    def _took(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False


# -- Python's


def python_type(hint: Any, names: Mapping[Any, str] | None = None) -> Type:
    """A Python type in the page's words; a TypedDict by its name, and so is what ``names`` has."""
    if names and hint in names:
        return Type(names[hint])
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return union([python_type(part, names) for part in parts])
    if origin is Literal:
        return union([Type(f'"{part}"') for part in parts])
    if origin is list:
        return Type("[]", (python_type(parts[0], names),))
    if origin is tuple:
        return Type("tuple", tuple(python_type(part, names) for part in parts))
    if origin is dict:
        return Type("Record", tuple(python_type(part, names) for part in parts))
    if is_typeddict(hint):
        return Type(hint.__name__)
    simple = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null", Any: "any"}
    return Type(simple[hint])


def python_fields(message: type) -> dict[str, Type]:
    """The fields of a TypedDict, in the page's words."""
    return {name: python_type(hint, {Point: "Point"}) for name, hint in get_type_hints(message).items()}


# -- values


def misfit(value: object, kind: Type, types: Mapping[str, Type], where: str = "message") -> str | None:
    """Where a value of Python's is not of the page's type, and how; None if it fits."""
    if kind.name in types:
        return misfit(value, types[kind.name], types, where)
    match kind.name, value:
        case "|", _:
            misfits = [misfit(value, part, types, where) for part in kind.parts]
            return None if None in misfits else misfits[0]
        case "object", dict():
            for name, part in kind.fields.items():
                plain = name.removesuffix("?")
                if plain not in value:
                    if name == plain:
                        return f"{where}: expected a field {name}"
                elif found := misfit(value[plain], part, types, f"{where}.{plain}"):
                    return found
            return None
        case "Record", dict():
            found = (misfit(part, kind.parts[1], types, f"{where}.{name}") for name, part in value.items())
            return next(filter(None, found), None)
        case "[]", list() | tuple():
            found = (misfit(part, kind.parts[0], types, f"{where}[{place}]") for place, part in enumerate(value))
            return next(filter(None, found), None)
        case "tuple", list() | tuple() if len(value) == len(kind.parts):
            pairs = enumerate(zip(value, kind.parts, strict=True))
            found = (misfit(part, of, types, f"{where}[{place}]") for place, (part, of) in pairs)
            return next(filter(None, found), None)
        case ("string", str()) | ("boolean", bool()) | ("null", None):
            return None
        case "number", int() | float() if not isinstance(value, bool):
            return None
        case _, str() if kind.name == f'"{value}"':
            return None
    return f"{where}: expected {kind}, found {value!r:.60}"
