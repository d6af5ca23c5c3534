"""The room: what a model knows of pictures in which none of the things is."""

from __future__ import annotations

from showtell.dataset.example import Example
from showtell.model.memory import Memory
from showtell.model.teaching import Teaching
from showtell.pictures.frame import Picture


class KnowsRoom:
    """The part of a model that is shown the empty room."""

    _memory: Memory
    _teaching: Teaching

    def see_room(self, picture: Picture | Example) -> None:
        """Learn what it looks like where none of the things is: one more picture of the empty room.

        What looks most like the room is unknown from then on. The newest 30 pictures count, and of each only what the
        network saw is kept. One in which somebody holds a thing that was taught does no harm: it is left out. They are
        saved with the model, but are no class: they are in no label, count, score or evidence.
        Raises PictureError if it cannot be read.

        >>> import numpy as np
        >>> from showtell import Model
        >>> model = Model()
        >>> model.see_room(np.zeros((480, 640, 3), np.uint8))
        >>> model.room, model.labels
        (1, [])
        """
        self._teaching.see_room([picture])

    @property
    def room(self) -> int:
        """How many pictures of the empty room it knows."""
        return len(self._memory.now.room)

    def forget_room(self) -> None:
        """Forget the pictures of the room."""
        self._teaching.forget_room()
