"""A client: one open page, as the studio sees it."""

from __future__ import annotations

from showtell.dataset.dataset import Dataset
from showtell.studio.answers import answer
from showtell.studio.exports import Export
from showtell.studio.messages import Send
from showtell.studio.request import Request
from showtell.studio.uploads import Uploads
from showtell.system.workers import LatestOnly


class Client:
    """One open page: the way to it, the slot in which its newest frame waits, and the files that come and go."""

    def __init__(self, dataset: Dataset, send: Send) -> None:
        self.send = send
        self.frames: LatestOnly[Request] = LatestOnly(answer, "showtell-frames")
        self.uploads = Uploads(dataset)
        self.export = Export(dataset)

    def close(self) -> None:
        """Drop what is unfinished: the page is gone."""
        self.frames.close()
        self.uploads.close()
        self.export.close()
