"""What the widgets have in common: their code in the browser, and messages that come in while a cell runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

Content = dict[str, Any]  # a message's fields, as JSON has them
WEB = Path(__file__).parents[1] / "web"


def script(name: str) -> Any:
    """Return the trait ``_code`` of a widget: the built module of that name, which web/once.js loads once a page."""
    return traitlets.Unicode((WEB / name).read_text("utf-8")).tag(sync=True)


class CellWidget(anywidget.AnyWidget):
    """A widget in a notebook's cell. Subclasses have ``_code`` and ``_css``, and say in `hear` what messages do."""

    _esm = WEB / "once.js"

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._leave_cells_alone()
        self.on_msg(lambda _, content, buffers: self.hear(content, bytes(buffers[0]) if buffers else b""))

    def hear(self, content: Content, buffer: bytes) -> None:
        """Take a message from the browser, in the kernel's thread: hand it on, and return at once."""
        raise NotImplementedError

    def _leave_cells_alone(self) -> None:
        """Let the browser's messages come in while a cell runs, in a thread of their own.

        A comm triggers the events of a run cell around each message: Matplotlib would show and close the figure that
        the cell is just drawing. And ipykernel 7.4 hands a comm's messages to the thread that used it last, which is
        the cell's as soon as the cell changes a trait: they would wait for its end.
        """
        self.comm.handle_msg = self._handle_msg
        self.comm._reply_subshell_for = None
