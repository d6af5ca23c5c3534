"""Ten thousand malformed messages through the websocket: an error for each, and nothing is lost."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.sync.client import ClientConnection, connect

from showtell import Dataset
from showtell.pictures.drawing import draw as drawn
from showtell.server.wire import pack, unpack
from showtell.studio.commands import COMMANDS

MESSAGES, AT_ONCE = 10_000, 5  # hypothesis makes few choices at a time faster

# docs/protocol.md, "From the page to Python": each type, its fields, and what kind of value each must be.
TYPES: dict[str, dict[str, str]] = {
    "hello": {},
    "frame": {},
    "add": {"label": "text", "burst": "text?", "name": "text?", "again": "bool?"},
    "classify": {"name": "text?"},
    "add_class": {"label": "text"},
    "rename_class": {"label": "text", "to": "text"},
    "remove_class": {"label": "text"},
    "remove_examples": {"examples": "texts"},
    "undo": {},
    "redo": {},
    "move_examples": {"examples": "texts", "to": "text"},
    "enable_class": {"label": "text", "enabled": "bool"},
    "order_classes": {"labels": "texts"},
    "upload": {"upload": "int", "name": "text", "label": "text?", "last": "bool"},
    "export": {"piece": "int"},
    "settings": {"unknown_below": "number"},
    "evaluate": {},
    "care": {},
    "dismiss": {"finding": "text"},
    "map": {"method": "text"},
    "explain": {},
    "pin": {"label": "text?", "name": "text?", "example": "text?"},
    "unpin": {"pins": "texts"},
    "pins": {},
    "examples": {"label": "text", "from": "int", "count": "int"},
    "thumbnails": {"examples": "texts"},
}
PICTURES = ("add", "classify", "explain", "frame", "pin")  # types whose buffer must be a picture

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["", "\0", "../..", "/etc", "\ud800", "a" * 5000, "mug"]
)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "text?": texts | st.none(),
    "texts": st.lists(texts, max_size=1),
    "bool": st.booleans(),
    "bool?": st.booleans(),
    "int": st.integers(-(2**70), 2**70),
    "number": numbers,
}
deep = st.sampled_from([json.loads("[" * 900 + "]" * 900), json.loads('{"a":' * 900 + "1" + "}" * 900)])
anything = st.none() | st.booleans() | numbers | texts | st.lists(texts, max_size=3) | deep
buffers = st.binary(max_size=30) | st.sampled_from(
    [b"\xff\xd8\xff\xe0" + bytes(60), b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]
)


def fits(kind: str, value: object) -> bool:
    """Whether JSON's ``value`` is of the kind (docs/protocol.md); the oracle for what must be refused."""
    match kind:
        case "text" | "text?":
            return isinstance(value, str) or (kind == "text?" and value is None)
        case "texts":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "bool" | "bool?":
            return isinstance(value, bool) or (kind == "bool?" and value is False)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


@st.composite
def malformed(draw: st.DrawFn) -> bytes | str:
    """A message of the protocol with one thing wrong, as the bytes of a websocket message."""
    kind = draw(st.sampled_from(sorted(TYPES)))
    content = {"type": kind, "ref": draw(st.integers(0, 2**53))}
    content |= {name: draw(VALUES[what]) for name, what in TYPES[kind].items()}
    buffer = draw(buffers)
    wrong = (
        ["ref", "type", "shape", "cut", "text"] + ["field"] * 2 * bool(TYPES[kind]) + ["picture"] * (kind in PICTURES)
    )
    match draw(st.sampled_from(wrong)):
        case "ref":
            content["ref"] = draw(anything.filter(lambda value: not fits("int", value)))
        case "type":
            content["type"] = draw(anything.filter(lambda value: not isinstance(value, str) or value not in TYPES))
        case "field":
            name = draw(st.sampled_from(sorted(TYPES[kind])))
            content[name] = draw(anything.filter(lambda value: not fits(TYPES[kind][name], value)))
            if draw(st.booleans()) and not TYPES[kind][name].endswith("?"):
                del content[name]
        case "shape":
            other = draw(st.lists(texts, max_size=2) | texts | numbers)
            text = json.dumps(other).encode()
            return struct.pack("<I", len(text)) + text + buffer
        case "cut":
            whole = pack(content, b"")
            return whole[: draw(st.integers(0, len(whole) - 1))]
        case "text":
            return draw(st.text(max_size=50))
    return pack(content, buffer)  # for "picture" nothing else is wrong: no buffer here is one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of two stars and two mugs."""
    dataset = Dataset(tmp_path_factory.mktemp("fuzz") / "things")
    rng = np.random.default_rng(0)
    for thing in ("star", "mug"):
        for _ in range(2):
            dataset.add(thing, drawn(thing, rng), burst="1")
    return dataset.folder


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[ClientConnection]:
    """A page of the studio on it, which is a process of its own: at the end it must still be the same one."""
    command = [sys.executable, "-m", "showtell", "studio", str(folder), "--no-browser"]
    env = os.environ | {"XDG_CONFIG_HOME": str(folder.parent.parent / "config")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as studio:
        assert studio.stdout is not None
        url = [studio.stdout.readline() for _ in range(2)][1].strip()
        try:
            # No pings: their random numbers, drawn in another thread, would disturb hypothesis.
            address, origin = url.replace("http:", "ws:") + "ws", url[: url.index("/", 8)]
            with connect(address, origin=origin, max_size=None, ping_interval=None) as page:  # type: ignore[arg-type]
                yield page
                page.send(pack({"type": "hello", "ref": 1}, b""))
                assert page.recv(timeout=60)
            assert studio.poll() is None
        finally:
            studio.kill()


def on_disk(folder: Path) -> dict[str, bytes]:
    """Every file outside the hidden folder, and everything beside the dataset: nothing may appear there."""
    files = (file for file in folder.parent.rglob("*") if file.is_file() and ".showtell" not in file.parts)
    return {str(file.relative_to(folder.parent)): file.read_bytes() for file in files}


def answers(page: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next replies; states that nobody asked for do not count."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        content, _ = unpack(bytes(page.recv(timeout=60)))
        assert content is not None
        if content["type"] != "state":
            found.append(content)
    return found


def test_the_messages_here_are_those_of_the_protocol() -> None:
    assert set(COMMANDS) == set(TYPES)


def test_each_malformed_message_gets_an_error_and_nothing_is_lost(folder: Path, page: ClientConnection) -> None:
    before, undoable = on_disk(folder), Dataset(folder).undoable
    seen = 0

    @settings(max_examples=MESSAGES // AT_ONCE, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(malformed(), min_size=AT_ONCE, max_size=AT_ONCE))
    def each(messages: list[bytes | str]) -> None:
        nonlocal seen
        for message in messages:
            page.send(message)
        replies = answers(page, len(messages))
        seen += len(replies)
        # A frame that a newer one overtakes before it is looked at is skipped; all else is told what is wrong.
        assert {reply["type"] for reply in replies} <= {"error", "skipped"}
        assert all(0 < len(reply["message"]) < 1000 for reply in replies if reply["type"] == "error")
        assert not [reply for reply in replies if "something went wrong" in reply.get("message", "")]

    each()
    assert seen >= MESSAGES
    assert on_disk(folder) == before
    assert Dataset(folder).undoable == undoable
    page.send(pack({"type": "hello", "ref": 1}, b""))
    content, _ = unpack(bytes(page.recv(timeout=60)))
    assert content is not None
    assert [group["count"] for group in content["classes"]] == [2, 2]


@settings(max_examples=200, suppress_health_check=list(HealthCheck), database=None)
@given(
    label=texts,
    burst=texts | st.none(),
    name=texts | st.sampled_from(["../../out.jpg", "/tmp/out.jpg", "C:\\out.jpg", ".label", "a/../../../b.png", "con"]),
)
def test_no_label_and_no_file_name_leads_out_of_the_dataset(
    folder: Path, page: ClientConnection, label: str, burst: str | None, name: str
) -> None:
    beside = os.listdir(folder.parent), os.listdir(folder.parent.parent)
    picture = next((folder / "star").iterdir()).read_bytes()
    page.send(pack({"type": "add", "ref": 7, "label": label, "burst": burst, "name": name}, picture))
    (reply,) = answers(page, 1)
    assert reply["type"] in ("saved", "error")
    if reply["type"] == "saved":
        file = folder / reply["example"]
        assert file.resolve().is_relative_to(folder.resolve())
        assert file.parent.parent == folder
        assert file.read_bytes() == picture
    assert (os.listdir(folder.parent), os.listdir(folder.parent.parent)) == beside
