"""Transfers: whole files that a page sends to be imported, and the dataset that it gets as a zip."""

from __future__ import annotations

from showtell.importers.importing import import_into
from showtell.studio import replies
from showtell.studio.messages import Imported, Piece
from showtell.studio.request import Request
from showtell.studio.uploads import Upload


def upload(request: Request) -> None:
    """Take the next piece of a file, and with the last one import it."""
    last = request.flag("last")
    name, label = request.text("name"), request.text_or_none("label")
    whole = request.client.uploads.put(request.integer("upload"), name, label, request.buffer, last)
    if whole is None:
        request.reply("done")
    else:
        request.studio.imports.put(lambda: _import(request, whole))


def export(request: Request) -> None:
    """Send a piece of the dataset's zip; all else is answered while that is being made, with the first piece."""
    number = request.integer("piece")
    if number == 0:
        request.studio.begin(lambda: _send_piece(request, number))
    else:
        _send_piece(request, number)


def _import(request: Request, upload: Upload) -> None:
    studio = request.studio
    with request.answered(), upload.file:
        try:
            done = import_into(
                upload.file,
                studio.dataset,
                label=upload.label,
                name=upload.name,
                progress=lambda done, total: studio.announce(),
            )
        finally:  # a part of it may be there
            studio.announce()
            studio.follow()
        problems = replies.problems(done.problems)
        request.send(
            Imported(type="imported", ref=request.ref, added=done.added, labels=done.labels, problems=problems)
        )


def _send_piece(request: Request, number: int) -> None:
    with request.answered():
        piece, last = request.client.export.piece(number)
        name = f"{request.studio.dataset.folder.name}.zip"
        request.send(Piece(type="piece", ref=request.ref, piece=number, last=last, name=name), piece)
