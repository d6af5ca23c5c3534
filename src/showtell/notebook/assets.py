"""The code that widgets bring to the browser, and how their messages travel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from showtell.errors import MissingError

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as error:
    raise MissingError(
        "expected anywidget, which the widgets for a notebook are made with, and found none; "
        "install it with: pip install 'showtell[notebook]'"
    ) from error

__all__ = ["WEB", "Content", "anywidget", "beside_cells", "code", "only", "traitlets"]

Content = dict[str, Any]
WEB = Path(__file__).parents[1] / "web"


def beside_cells(widget: anywidget.AnyWidget) -> None:
    """Let the browser's messages come in while a cell runs, in a thread of their own, and leave the cell alone.

    A comm triggers the events of a run cell around each message: Matplotlib would show and close the figure that the
    cell is just drawing. And ipykernel 7.4 hands a comm's messages to the thread that used it last, which is the cell's
    as soon as the cell changes a trait: they would wait for its end.
    """
    widget.comm.handle_msg = widget._handle_msg
    widget.comm._reply_subshell_for = None


def code(name: str) -> Any:
    """The trait from which web/once.js loads a widget's code, once for the page."""
    return traitlets.Unicode((WEB / name).read_text("utf-8")).tag(sync=True)


def only(buffers: Sequence[memoryview] | None) -> bytes:
    return bytes(buffers[0]) if buffers else b""
