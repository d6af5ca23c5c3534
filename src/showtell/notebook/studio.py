"""The studio widget: the whole page in a notebook's cell.

Frames travel as custom messages with a JPEG as their buffer and are acknowledged one by one; none is ever the value
of a synced trait, so none can end up in a saved notebook. docs/notebook.md tells what works where.
"""

from __future__ import annotations

import os
import threading
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from showtell.dataset.dataset import Dataset
from showtell.errors import ServerError
from showtell.notebook.widget import WEB, CellWidget, Content, script
from showtell.studio.client import Client
from showtell.studio.messages import Reply
from showtell.studio.studio import Studio as SharedStudio
from showtell.system.workers import SerialQueue

if TYPE_CHECKING:
    from showtell.model.model import Model


class Studio(CellWidget):
    """The studio in a cell: show things, name them, watch the answers. The same page as ``showtell studio`` opens.

    ``dataset`` is a folder or a Dataset; all studios of a folder in this kernel share their ``model``, which can be
    asked from other cells too.

    >>> studio = Studio("things")
    >>> studio.dataset.labels, studio.model.labels
    ([], [])
    >>> studio.close()
    """

    _code = script("studio.js")
    _css = WEB / "studio.css"

    def __init__(self, dataset: str | os.PathLike[str] | Dataset = "things", model: Model | None = None) -> None:
        self._shared = _shared(dataset, model)
        self._line = SerialQueue("showtell-studio")
        self._client: Client | None = None
        self._views = 0
        self._lock = threading.Lock()
        super().__init__()

    @property
    def dataset(self) -> Dataset:
        """The `Dataset`: what has been shown, on disk."""
        return self._shared.studio.dataset

    @property
    def model(self) -> Model:
        """The `Model`: what has been learned. It follows the dataset."""
        return self._shared.studio.model

    def close(self) -> None:
        """Take the studio out of its cells. What was taught stays on disk."""
        self._leave()
        super().close()

    def hear(self, content: Content, buffer: bytes) -> None:
        """Put a frame straight into its slot; everything else is done in order, away from the kernel's own thread."""
        match content.get("type"):
            case "frame":
                if client := self._client:  # otherwise it was on its way while the last view closed
                    self._shared.studio.handle(client, content, buffer)
            case "bye":
                self._views -= 1
                if self._views <= 0:
                    self._leave()
            case "page":
                self._line.put(partial(self._page, content.get("ref")))
            case kind:
                if kind == "hello":
                    self._join()
                self._line.put(partial(self._do, content, buffer))

    def _do(self, content: Content, buffer: bytes) -> None:
        client = self._client
        last = client or self._shared.studio.join(self._reply)  # a picture may come after its view closed
        self._shared.studio.handle(last, content, buffer)
        if client is None:
            self._shared.studio.leave(last)

    def _join(self) -> None:
        with self._lock:
            self._views += 1
            self._client = self._client or self._shared.studio.join(self._reply)

    def _reply(self, message: Reply, buffer: bytes) -> None:
        self.send(message, [buffer])

    def _leave(self) -> None:
        with self._lock:
            client, self._client, self._views = self._client, None, 0
        if client:
            self._shared.studio.leave(client)

    def _page(self, ref: object) -> None:
        try:
            self.send({"type": "page", "ref": ref, "url": self._shared.url})
        except ServerError as error:
            self.send({"type": "error", "ref": ref, "message": str(error)})


class _Shared:
    """One studio for all widgets on a folder; and for editors whose notebooks have no camera, its page."""

    def __init__(self, dataset: Dataset, model: Model | None) -> None:
        self.studio = SharedStudio(dataset, model)

    @cached_property
    def url(self) -> str:
        """Serve the studio's page from now on, on this machine only, and return its address."""
        from showtell.server.server import StudioServer

        server = StudioServer(self.studio)
        threading.Thread(target=server.run, name="showtell-page", daemon=True).start()
        return server.url


_open: WeakValueDictionary[Path, _Shared] = WeakValueDictionary()


def _shared(dataset: str | os.PathLike[str] | Dataset, model: Model | None) -> _Shared:
    folder = dataset.folder if isinstance(dataset, Dataset) else Path(os.path.abspath(dataset))
    known = _open.get(folder)
    if known is None or (model and model is not known.studio.model):
        known = _Shared(dataset if isinstance(dataset, Dataset) else Dataset(folder), model)
        _open[folder] = known
    return known
