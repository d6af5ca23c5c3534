"""The messages that the studio sends to a page, field by field, as docs/protocol.md lists them.

``REPLIES`` are all of them. The page has the same types in its ``types.js``, under the same names;
tests/studio/test_messages.py compares the three.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypedDict, get_args

from showtell.sentences import Coded

Content: TypeAlias = dict[str, Any]
"""A message from a page, as JSON gave it: nothing in it has been checked."""


class ClassState(TypedDict):
    """A class in a ``state``; ``examples`` are the ids of the newest, newest first."""

    label: str
    count: int
    examples: list[str]
    enabled: bool


class FileProblem(TypedDict):
    """A file that is not used, and why."""

    file: str
    reason: str
    said: Coded | None


class State(TypedDict):
    """What every page must know; ``ref`` is None where no page asked for it."""

    type: Literal["state"]
    ref: int | None
    dataset: str
    path: str
    crop: float
    classes: list[ClassState]
    undo: str | None
    redo: str | None
    undo_said: Coded | None
    redo_said: Coded | None
    unknown_below: float
    learning: bool
    problems: list[FileProblem]


class Neighbour(TypedDict):
    """A taught picture that is like the one asked about; ``example`` is its id."""

    label: str
    distance: float
    example: str | None


class Answer(TypedDict):
    """What is on a picture; ``scores`` come in the order of the classes, ``ms`` is the time it took."""

    type: Literal["answer"]
    ref: int
    sentence: str
    label: str | None
    confidence: float
    familiarity: float
    scores: list[tuple[str, float]]
    evidence: list[Neighbour]
    ms: float


class Finding(TypedDict):
    """Something to look at in the dataset; ``labels`` are those of the ``examples``."""

    finding: str
    kind: str
    reason: str
    said: Coded | None
    examples: list[str]
    labels: list[str]
    label: str
    to: str | None


class Found(TypedDict):
    """The findings of data care."""

    type: Literal["findings"]
    ref: int
    findings: list[Finding]


Point: TypeAlias = tuple[str, str, float, float]
"""A picture on the map: its id, its label, and its place, x and y in [0, 1]."""


class Points(TypedDict):
    """The map of all pictures."""

    type: Literal["points"]
    ref: int
    points: list[Point]


class Reported(TypedDict):
    """An evaluation: ``report`` as docs/report.md describes it, ``said`` for each sentence of its advice."""

    type: Literal["report"]
    ref: int
    report: dict[str, Any]
    said: list[Coded | None]


class PinState(TypedDict):
    """A pin: the ``label`` it must get and the ``answer`` it gets, None for "unknown".

    ``holds`` is None while nothing is taught; what is wrong with one that doesn't hold is its ``problem``.
    """

    pin: str
    label: str | None
    holds: bool | None
    answer: str | None
    problem: str | None
    said: Coded | None


class Pins(TypedDict):
    """All pins; ``ref`` is None where no page asked, but something changed."""

    type: Literal["pins"]
    ref: int | None
    pins: list[PinState]


class HeatReply(TypedDict):
    """A heat map of ``rows`` × ``columns`` cells, whose bytes are the buffer."""

    type: Literal["heat"]
    ref: int
    label: str
    rows: int
    columns: int


class Imported(TypedDict):
    """What an import brought."""

    type: Literal["imported"]
    ref: int
    added: int
    labels: list[str]
    problems: list[FileProblem]


class Piece(TypedDict):
    """A piece of the dataset's zip, whose bytes are the buffer; ``name`` is the zip's."""

    type: Literal["piece"]
    ref: int
    piece: int
    last: bool
    name: str


Examples = TypedDict(  # as a call, since "from" is a keyword
    "Examples",
    {"type": Literal["examples"], "ref": int, "label": str, "from": int, "count": int, "examples": list[str]},
)


class Saved(TypedDict):
    """A picture is on disk; ``count`` is how many its class has now."""

    type: Literal["saved"]
    ref: int
    label: str
    example: str
    count: int


class Thumbnail(TypedDict):
    """A small picture of an example, a JPEG in the buffer."""

    type: Literal["thumbnail"]
    ref: int
    example: str


class Failure(TypedDict):
    """What went wrong, in one line; ``ref`` is None where no message of this page is to blame."""

    type: Literal["error"]
    ref: int | None
    message: str
    said: Coded | None


class Plain(TypedDict):
    """It is done, or a newer message overtook it."""

    type: Literal["skipped", "done"]
    ref: int


Reply: TypeAlias = (
    State
    | Answer
    | Saved
    | Thumbnail
    | Failure
    | Plain
    | Reported
    | Found
    | Points
    | Pins
    | HeatReply
    | Imported
    | Piece
    | Examples
)
"""Any message to a page."""


REPLIES: tuple[type, ...] = get_args(Reply)
Send: TypeAlias = Callable[[Reply, bytes], None]
"""The way to a page: a message and its buffer; may be called from any thread."""
