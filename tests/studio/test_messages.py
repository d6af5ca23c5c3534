"""Python, the page's types and docs/protocol.md agree on every message and each of its fields."""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any, is_typeddict

import numpy as np
import pytest
from types_js import Type, misfit, page_types, python_fields, python_type

from asking import Page
from showtell import Dataset, Model
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.server.wire import pack, unpack
from showtell.studio import messages
from showtell.studio.commands import COMMANDS
from showtell.studio.messages import REPLIES
from showtell.studio.request import Request
from showtell.studio.studio import Studio

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"

REPORT = "Report"  # docs/report.md has all of it, the page's type only what it shows

SHAPES = [each for each in vars(messages).values() if is_typeddict(each)]


# -- Python and the page's types


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_page_has_each_field_with_the_same_type(shape: type) -> None:
    page = page_types()[shape.__name__].fields
    python = python_fields(shape)
    if "report" in python:
        python["report"] = Type(REPORT)
    assert {name.removesuffix("?"): kind for name, kind in page.items()} == python


def test_the_page_takes_just_the_messages_that_are_sent() -> None:
    assert set(page_types()["Incoming"].parts) == {Type(reply.__name__) for reply in REPLIES}


def test_a_point_is_the_same_on_both_sides() -> None:
    assert page_types()["Point"] == python_type(messages.Point)


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What a studio says to a page that tries everything, by type and as JSON."""

    def jpeg(thing: str, seed: int) -> bytes:
        return frame.encode_jpeg(draw(thing, np.random.default_rng(seed)))

    dataset = Dataset(tmp_path_factory.mktemp("messages") / "things")
    for thing in ("star", "mug"):
        for seed in range(4):
            dataset.add(thing, jpeg(thing, seed), burst=f"{seed % 2}")
    dataset.add("mug", frame.encode_jpeg(np.full((240, 320, 3), 90, np.uint8)))
    (dataset.folder / "mug" / "notes.txt").write_text("no picture")
    dataset.refresh()
    page = Page(Studio(dataset, Model(classifier="knn")))
    page.studio.wait()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("fish/1.jpg", jpeg("fish", 0))
        archive.writestr("fish/2.jpg", b"no picture")
    ids = [example.id for example in dataset]
    for kind, buffer, fields in [
        ("hello", b"", {}),
        ("add", jpeg("mug", 9), {"label": "mug"}),
        ("undo", b"", {}),
        ("hello", b"", {}),
        ("classify", jpeg("star", 9), {}),
        ("frame", jpeg("star", 9), {}),
        ("thumbnails", b"", {"examples": [ids[0]]}),
        ("examples", b"", {"label": "mug", "from": 0, "count": 3}),
        ("pin", jpeg("mug", 12), {"label": "star"}),
        ("pins", b"", {}),
        ("care", b"", {}),
        ("map", b"", {"method": "pca"}),
        ("explain", jpeg("mug", 9), {}),
        ("evaluate", b"", {}),
        ("export", b"", {"piece": 0}),
        ("upload", zipped.getvalue(), {"upload": 1, "name": "x.zip", "label": None, "last": True}),
        ("dance", b"", {}),
        ("remove_class", b"", {"label": "nobody"}),
    ]:
        page.ask(kind, buffer, **fields)
    page.studio.wait()
    found = defaultdict(list)
    for content, buffer in page.inbox:
        again, _ = unpack(pack(content, buffer))
        assert again == json.loads(json.dumps(content))
        found[again["type"]].append(again)
    return found


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.__name__)
def test_what_is_really_sent_has_the_types_that_the_page_expects(
    reply: type, replies: dict[str, list[dict[str, Any]]]
) -> None:
    types = page_types()
    kind = types[reply.__name__].fields["type"]
    names = [part.name.strip('"') for part in (kind.parts or (kind,))]
    sent = [message for name in names for message in replies[name]]
    assert sent
    for message in sent:
        assert misfit(message, Type(reply.__name__), types) is None
        if reply is not messages.Reported:
            assert set(message) == set(python_fields(reply))


def test_the_checker_sees_what_does_not_fit(replies: dict[str, list[dict[str, Any]]]) -> None:
    types, right = page_types(), replies["state"][-1]
    assert right["problems"]
    for wrong in (
        {**right, "learning": 1},
        {**right, "undo": 7},
        {**right, "classes": [{"label": "mug", "count": "3", "examples": []}]},
        {**right, "problems": [{"file": "a", "reason": None}]},
        {name: value for name, value in right.items() if name != "crop"},
    ):
        assert misfit(wrong, Type("State"), types)
    assert misfit({"type": "points", "ref": 1, "points": [["a", "b", 1]]}, Type("Points"), types)


# -- the protocol's tables


def table(heading: str) -> dict[str, list[str]]:
    """The rows of a table of docs/protocol.md: type -> its cells; "undo, redo" are two rows."""
    part = PROTOCOL.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows: dict[str, list[str]] = {}
    for line in part.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows |= dict.fromkeys(re.findall(r"`(\w+)`", cells[0]), cells)
    return rows


def named(cell: str) -> set[str]:
    """The fields that a cell names: its words in code, but for what stands in brackets and braces."""
    for pattern in (r"`\{[^}]*\}`", r"`\[[^\]]*\]`"):
        cell = re.sub(pattern, "", cell)
    while cell != (cell := re.sub(r"\([^()]*\)", "", cell)):
        pass
    return set(re.findall(r"`(\w+)`", cell))


READERS = {"text", "text_or_none", "texts", "integer", "flag", "share"}


def fields_read(command: Any) -> set[str]:
    """The fields that a command's function reads from its request."""
    tree = ast.parse(inspect.getsource(command))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_each_reader_of_a_request_is_known_here() -> None:
    public = {name for name, method in inspect.getmembers(Request, inspect.isfunction) if not name.startswith("_")}
    assert public - {"send", "reply", "answered"} == READERS


def test_the_protocol_lists_each_command_with_the_fields_that_it_reads() -> None:
    rows = table("From the page to Python")
    assert set(rows) == set(COMMANDS)
    assert {kind: named(row[1]) - {"ref"} for kind, row in rows.items()} == {
        kind: fields_read(command) for kind, command in COMMANDS.items()
    }


def test_the_protocol_lists_each_reply_with_its_fields() -> None:
    sent: dict[str, set[str]] = {}
    for reply in REPLIES:
        fields = python_fields(reply)
        kind = fields.pop("type")
        sent |= {part.name.strip('"'): set(fields) for part in (kind.parts or (kind,))}
    assert {kind: named(row[1]) for kind, row in table("From Python to the page").items()} == sent


def test_the_replies_that_the_protocol_promises_are_there() -> None:
    promised = {name for row in table("From the page to Python").values() for name in named(row[3])}
    assert promised - set(COMMANDS) <= set(table("From Python to the page"))


def test_the_protocol_lists_the_fields_of_what_is_in_a_reply() -> None:
    inside = {frozenset(python_fields(shape)) for shape in SHAPES if shape not in REPLIES}
    text = PROTOCOL.read_text(encoding="utf-8").split("## From Python to the page\n")[1]
    listed = {frozenset(re.split(r",\s*", fields)) for fields in re.findall(r"`\{([^}]*)\}`", text)}
    assert listed | {frozenset({"code", "text", "values"})} == inside
