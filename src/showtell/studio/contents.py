"""The contents of the dataset, as a page shows them: its state, the examples of a class, and their thumbnails."""

from __future__ import annotations

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError, PictureError
from showtell.pictures import frame
from showtell.studio.messages import Examples, Thumbnail
from showtell.studio.request import ProtocolError, Request, failure

MAX_THUMBNAILS = 200  # of one message
THUMBNAIL = 96  # pixels


def hello(request: Request) -> None:
    """Send the state to a page that opens."""
    request.studio.send_state(request)


def examples(request: Request) -> None:
    """Send the ids of a class's examples, newest first."""
    label, first = request.text("label"), request.integer("from")
    count = min(MAX_THUMBNAILS, request.integer("count"))
    if first < 0 or count < 0:
        raise ProtocolError(f"from, count: expected numbers from 0 on, found {first} and {count}")
    newest = request.studio.dataset.examples(label)[::-1]
    ids = [example.id for example in newest[first : first + count]]
    reply: Examples = {
        "type": "examples",
        "ref": request.ref,
        "label": label,
        "from": first,
        "count": len(newest),
        "examples": ids,
    }
    request.send(reply)


def thumbnails(request: Request) -> None:
    """Send a thumbnail of each example or pin; an error for one that is gone, since the others are still wanted."""
    ids = request.texts("examples")
    if not ids:
        raise ProtocolError("examples: expected ids, found none")
    for id in ids[:MAX_THUMBNAILS]:
        try:
            picture = frame.decode(_picture(request.studio.dataset, id), id, enough=2 * THUMBNAIL)
        except (DatasetError, PictureError) as error:
            request.send(failure(error, request.ref))
            continue
        small = frame.encode_jpeg(frame.crop(picture, THUMBNAIL), 80)
        request.send(Thumbnail(type="thumbnail", ref=request.ref, example=id), small)


def _picture(dataset: Dataset, id: str) -> bytes:
    """Return the encoded picture of the example or pin with this id."""
    pin = next((pin for pin in dataset.pins if pin.id == id), None)
    return (pin or dataset.example(id)).read()
