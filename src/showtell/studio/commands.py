"""The commands that a page can give, by the type of their message; docs/protocol.md lists their fields and replies.

A command is a function that takes the `Request`, reads its fields (``request.text("label")``) and answers it
(``request.reply("done")``). A new one gets its line here, and one in docs/protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable

from showtell.importers.importing import MAX_PICTURE_BYTES
from showtell.sentences import Said
from showtell.studio import answers, checks, contents, pins, teaching, transfers
from showtell.studio.request import ProtocolError, Request

MAX_FRAME_BYTES = 4 * 2**20  # a camera's; decoding larger ones would keep other pages waiting
COMMANDS: dict[str, Callable[[Request], None]] = {
    "hello": contents.hello,
    "examples": contents.examples,
    "thumbnails": contents.thumbnails,
    "frame": answers.frame,
    "classify": answers.classify,
    "settings": answers.settings,
    "add": teaching.add,
    "add_class": teaching.add_class,
    "rename_class": teaching.rename_class,
    "remove_class": teaching.remove_class,
    "enable_class": teaching.enable_class,
    "order_classes": teaching.order_classes,
    "remove_examples": teaching.remove_examples,
    "move_examples": teaching.move_examples,
    "undo": teaching.undo,
    "redo": teaching.redo,
    "pin": pins.pin,
    "unpin": pins.unpin,
    "pins": pins.pins,
    "upload": transfers.upload,
    "export": transfers.export,
    "care": checks.care,
    "dismiss": checks.dismiss,
    "map": checks.map,
    "explain": checks.explain,
    "evaluate": checks.evaluate,
}


def run(request: Request) -> None:
    """Do what the request asks; ProtocolError where there is no such command, or its buffer is too large."""
    command = COMMANDS.get(request.kind)
    if command is None:
        raise ProtocolError(f"type: expected one of {', '.join(COMMANDS)}, found {request.kind[:40]!r}")
    of_camera = request.kind == "frame"
    most = MAX_FRAME_BYTES if of_camera else MAX_PICTURE_BYTES
    if len(request.buffer) > most:
        found, most = round(len(request.buffer) / 2**20), most // 2**20
        words = f"a {'frame' if of_camera else 'picture'} of {found} MB; expected at most {most} MB"
        raise ProtocolError(Said("file-large", words, found=found, most=most))
    command(request)
