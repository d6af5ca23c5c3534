"""Teaching: pictures are added, moved and removed, classes made and changed, and all of it undone."""

from __future__ import annotations

from contextlib import nullcontext, suppress

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import DatasetError
from showtell.sentences import Said
from showtell.studio.messages import Saved
from showtell.studio.request import Request


def add(request: Request) -> None:
    """Save a picture in a class, and learn it."""
    dataset = request.studio.dataset
    label, burst, name = request.text("label"), request.text_or_none("burst"), request.text_or_none("name")
    batch = request.text_or_none("batch")
    example = _saved_before(dataset, label, burst, request.buffer) if request.flag("again", False) else None
    with dataset.together(Said("add-files", "add files"), batch) if batch else nullcontext():
        example = example or dataset.add(label, request.buffer, burst=burst, name=name)
    count = dataset.counts.get(example.label, 0)  # none, where another page has just removed the class
    request.send(Saved(type="saved", ref=request.ref, label=example.label, example=example.id, count=count))
    request.studio.announce()
    request.studio.learn(example)


def add_class(request: Request) -> None:
    """Make an empty class."""
    request.studio.dataset.add_class(request.text("label"))
    request.reply("done")
    request.studio.announce()


def rename_class(request: Request) -> None:
    """Give a class another name."""
    request.studio.dataset.rename(request.text("label"), request.text("to"))
    _changed(request)


def remove_class(request: Request) -> None:
    """Remove a class with its pictures."""
    request.studio.dataset.remove_class(request.text("label"))
    _changed(request)


def enable_class(request: Request) -> None:
    """Let a class be learned, or not."""
    request.studio.dataset.enable(request.text("label"), request.flag("enabled"))
    _changed(request)


def order_classes(request: Request) -> None:
    """Put the classes in another order."""
    request.studio.dataset.order(request.texts("labels"))
    request.reply("done")
    request.studio.announce()


def remove_examples(request: Request) -> None:
    """Remove pictures."""
    request.studio.dataset.remove(*request.texts("examples"))
    _changed(request)


def move_examples(request: Request) -> None:
    """Move pictures to another class."""
    request.studio.dataset.move(*request.texts("examples"), to=request.text("to"))
    _changed(request)


def undo(request: Request) -> None:
    """Take back the last change."""
    request.studio.dataset.undo()
    _changed(request)


def redo(request: Request) -> None:
    """Make the change again that was taken back last."""
    request.studio.dataset.redo()
    _changed(request)


def _changed(request: Request) -> None:
    """Answer a change of what the model learns from."""
    request.reply("done")
    request.studio.announce()
    request.studio.follow()


def _saved_before(dataset: Dataset, label: str, burst: str | None, picture: bytes) -> Example | None:
    """Return the example that a page sends once more, since the first reply was lost with the connection."""
    examples: list[Example] = []
    with suppress(DatasetError):  # there is no such class
        examples = dataset.examples(label)
    for example in reversed(examples):
        with suppress(OSError, DatasetError):  # another program has just removed it
            if example.burst == burst and example.path.stat().st_size == len(picture) and example.read() == picture:
                return example
    return None
