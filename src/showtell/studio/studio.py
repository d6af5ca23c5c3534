"""The studio: a dataset, the model that follows it, and the pages that are open on them.

Messages come in and messages go out, as docs/protocol.md lists them; a web page and a notebook are two carriers of
this one protocol. A carrier joins a `Client` for each open page and hands every message to `Studio.handle`; what the
studio has to say goes to the client's ``send``, which must take calls from any thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.studio import commands, replies
from showtell.studio.client import Client
from showtell.studio.messages import Reply, Send, State
from showtell.studio.pins import PinCheck
from showtell.studio.request import Request, failures_sent, ref_of
from showtell.system.workers import LatestOnly, SerialQueue

if TYPE_CHECKING:
    from showtell.model.model import Model
    from showtell.studio.jobs import Jobs

__all__ = ["Client", "Studio"]


log = logging.getLogger(__name__)
STATE_INTERVAL_S = 0.2  # states are bundled: at most five a second


class Studio:
    """One studio, shared by all its pages; for use from any thread.

    ``model`` None makes one when it is first needed.

    >>> from showtell import Dataset
    >>> studio = Studio(Dataset("/tmp/no-such-folder"))
    >>> page = studio.join(lambda message, buffer: print(message["type"], message["ref"]))
    >>> studio.handle(page, {"type": "dance", "ref": 1}, b"")
    error 1
    """

    def __init__(self, dataset: Dataset, model: Model | None = None) -> None:
        self.dataset = dataset
        self.imports = SerialQueue("showtell-import")
        self._model = model
        self._jobs: Jobs | None = None
        self._making = threading.Lock()
        self._clients: set[Client] = set()
        self._clients_lock = threading.Lock()
        self._telling = threading.Lock()  # so that no page hears an older state after a newer one
        self._told: State | None = None
        self._states: LatestOnly[None] = LatestOnly(self._broadcast, "showtell-states")
        self._following: LatestOnly[None] = LatestOnly(self._follow, "showtell-follow")
        self._pins = PinCheck(self)
        self._behind = False  # the model could not follow the dataset
        self._apart: list[threading.Thread] = []
        self.follow()

    @property
    def model(self) -> Model:
        """Made when first needed: scikit-learn takes longer to import than all else, and no page shall wait for it."""
        with self._making:
            if self._model is None:
                from showtell.model.model import Model

                self._model = Model()
            return self._model

    @property
    def jobs(self) -> Jobs:
        """The background work on dataset and model; made when first needed, as the model is."""
        model = self.model
        with self._making:
            if self._jobs is None:
                from showtell.studio.jobs import Jobs

                self._jobs = Jobs(self.dataset, model)
            return self._jobs

    # -- pages

    def join(self, send: Send) -> Client:
        """Return the client of a page that opens; ``send(message, buffer)`` reaches it."""
        client = Client(self.dataset, send)
        with self._clients_lock:
            self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Forget a page that closes."""
        with self._clients_lock:
            self._clients.discard(client)
        client.close()

    def handle(self, client: Client, content: object, buffer: bytes) -> None:
        """Do what one message asks. Whatever is wrong with it becomes an ``error`` message, never an exception."""
        with failures_sent(client.send, ref_of(content)):
            commands.run(Request(self, client, content, buffer))

    def wait(self) -> None:
        """Return when all that was asked is done: the model in line with the dataset, frames answered, states sent."""
        for thread in list(self._apart):
            thread.join()
        self.imports.wait()
        self._following.wait()
        self.model.wait()
        for client in self._open():
            client.frames.wait()
        if self._jobs:
            self._jobs.wait()
        self._states.wait()
        self._pins.wait()

    # -- what commands need

    def learn(self, example: Example) -> None:
        """Let the model learn one more example."""
        if self._following.busy:  # it may take long; the example's turn comes in another round
            self.follow()
            return
        try:
            self.model.learn(self.dataset, example)
        except Exception:  # the picture is saved, perhaps already removed again; what is really wrong shows there
            self.follow()

    def follow(self) -> None:
        """Bring the model in line with the dataset, in the background."""
        self._following.put(None)

    def announce(self) -> None:
        """Send the state to every page, soon, if it is another than before."""
        self._states.put(None)

    def state(self) -> State:
        """Return what every page must know, as a ``state`` message."""
        return replies.state(self.dataset, self._model, self._following.busy or self.model.learning)

    def send_state(self, request: Request) -> None:
        """Answer with the state."""
        with self._telling:
            request.send({**self.state(), "ref": request.ref})
        if self._behind:  # a new page hears why, or finds that it works by now
            self.follow()

    def begin(self, work: Callable[[], None]) -> None:
        """Do some work in a thread of its own."""
        thread = threading.Thread(target=work, name="showtell-apart", daemon=True)
        thread.start()
        self._apart = [*(each for each in self._apart if each.is_alive()), thread]

    def send_to_all(self, message: Reply, buffer: bytes) -> None:
        """Send a message to every page that is open."""
        for client in self._open():
            try:
                client.send(message, buffer)
            except Exception:
                log.exception("a page could not be told its %s", message["type"])

    # -- in the background

    def _follow(self, _: None) -> None:
        self._behind = True
        with failures_sent(self.send_to_all, None):
            self.model.follow(self.dataset)
            self._behind = False
        self.announce()

    def _broadcast(self, _: None) -> None:
        with self._telling:
            state = self.state()
            if state != self._told:
                self.send_to_all(state, b"")
            self._told = state
        time.sleep(STATE_INTERVAL_S)
        if state["learning"]:  # say so when it is done
            self.announce()
        else:
            self._pins.look(state)

    def _open(self) -> list[Client]:
        with self._clients_lock:
            return list(self._clients)
