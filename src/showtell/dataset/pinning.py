"""Pin pictures to the answers that they must get, and unpin them."""

from __future__ import annotations

import contextlib
import os
import re

from showtell.dataset import changes
from showtell.dataset.example import Example
from showtell.dataset.names import check_label, safe_name
from showtell.dataset.pins import Pin
from showtell.dataset.undoing import UndoableDataset
from showtell.errors import DatasetError
from showtell.pictures import frame
from showtell.pictures.files import file_name_of
from showtell.pictures.frame import Picture
from showtell.sentences import Said, quoted


class PinningDataset(UndoableDataset):
    """The part of a `Dataset` that holds pins: the unit tests of a model."""

    def pin(self, picture: Picture | Example, label: str | None, *, name: str | None = None) -> Pin:
        """Keep a picture with the answer that it must get: a label, or None for "unknown". Return the pin.

        The picture is copied and never taught; ``showtell check`` says which pins get another answer. A picture that
        is pinned already must get the new answer from now on. The label may be one that is not taught yet. Removing
        a class removes its pins, and renaming it changes what they must get.

        ``name`` is the file's name, as far as it is safe and free. Raises PictureError for a broken picture.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> pin = dataset.pin(draw("fish", np.random.default_rng(0)), None)
        >>> [pin.label for pin in dataset.pins], len(dataset)
        ([None], 0)
        """
        label = None if label is None else check_label(label)
        if isinstance(picture, Example):
            name, picture = name or picture.path.name, picture.read()
        data = frame.encoded(picture)
        name = re.split(r"[/\\]", name or file_name_of(picture) or "picture")[-1]
        decoded = frame.decode(picture if data is None else data, name)
        data = data or frame.encode_png(decoded)
        stem, suffix = safe_name(os.path.splitext(name)[0]), frame.extension(data, name)
        with self._changing(f"pin a picture in {self.folder}"):
            if (there := self._pinned(data)) is not None:
                return self._expect(there, label)
            undo_group, whole = self._undo_group()
            bin = self._journal.bin(undo_group)
            with self._workspace.written(data) as file, contextlib.ExitStack() as rollback:
                pin = self._pin_folder.add(file, label, stem + suffix)
                rollback.callback((self.folder / pin.id).unlink, missing_ok=True)
                words = describe_pinned(label)
                if whole:
                    words = changes.describe_added(whole, "", 1 + self._journal.history.moves(undo_group))
                self._journal.note_add(words, [("move", f"{bin}/{pin.id}", pin.id)], undo_group)
                rollback.pop_all()
            self._pins[pin.id] = pin
            return pin

    def unpin(self, *pins: Pin | str) -> None:
        """Remove pins, or those with these ids; DatasetError if one isn't there.

        >>> import numpy as np
        >>> from showtell import Dataset
        >>> from showtell.pictures.drawing import draw
        >>> dataset = Dataset("things")
        >>> dataset.unpin(dataset.pin(draw("mug", np.random.default_rng(0)), "mug"))
        >>> dataset.pins, dataset.undo()
        ([], 'unpin 1 picture')
        """
        with self._changing(f"unpin pictures in {self.folder}"):
            ids = list(dict.fromkeys(pin.id if isinstance(pin, Pin) else str(pin) for pin in pins))
            for id in ids:
                if id not in self._pins:
                    words = f"no pin {quoted(id)} in {self.folder}; it was unpinned or moved"
                    raise DatasetError(Said("pin-gone", words))
            if ids:
                words = f"unpin {len(ids)} picture{'s' if len(ids) > 1 else ''}"
                self._journal.do(Said("unpin", words, count=len(ids)), changes.remove(ids, self._journal.bin()))
                for id in ids:
                    del self._pins[id]

    def _pinned(self, data: bytes) -> Pin | None:
        """Return the pin of just this picture file, None if there is none."""
        for pin in self._pins.values():
            with contextlib.suppress(OSError, DatasetError):
                if (self.folder / pin.id).stat().st_size == len(data) and pin.read() == data:
                    return pin
        return None

    def _expect(self, pin: Pin, label: str | None) -> Pin:
        if pin.label == label:
            return pin
        steps = self._pin_folder.expect([pin], label)
        self._journal.do(describe_pinned(label), steps)
        self._scan()
        return self._pins[steps[0][2]]


def describe_pinned(label: str | None) -> Said:
    """Describe the pinning of a picture."""
    if label is None:
        return Said("pin-unknown", "pin a picture as unknown")
    return Said("pin", f"pin a picture as {quoted(label)}", label=label)
