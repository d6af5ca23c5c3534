"""What the studio looks into while live answers go on: data care, the map of all pictures, heat maps, evaluation.

Each function takes what it is about and gives a message's content as docs/protocol.md has it; `Checkup` runs them in
the background and keeps the results until the dataset changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

import numpy as np

from showtell.curation.dismissed import dismissed
from showtell.curation.findings import care
from showtell.curation.map import place
from showtell.dataset.dataset import Dataset
from showtell.errors import TeachingError
from showtell.model.explanation import explain
from showtell.model.model import Model
from showtell.sentences import Said, coded
from showtell.studio.messages import Content, Send, told
from showtell.system.workers import Latest


class Checkup:
    """The background work on one dataset and its model; for use from any thread."""

    def __init__(self, dataset: Dataset, model: Model) -> None:
        self.dataset = dataset
        self.model = model
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, list[tuple[Send, int]]] = {}
        self._done: dict[Hashable, tuple[int, Content]] = {}  # the work -> the dataset's state, the result
        self._workers: dict[Hashable, Latest[Callable[[], Content]]] = {}
        self._heats: Latest[tuple[Send, int, bytes]] = Latest(self._explain, "showtell-explain")

    def care(self, reply: Send, ref: int) -> None:
        """Send ``findings``, without those that were dismissed, when they are there."""

        def shown(content: Content, buffer: bytes) -> None:
            away = dismissed(self.dataset)
            left = [finding for finding in content["findings"] if finding["finding"] not in away]
            reply({**content, "findings": left}, buffer)

        self._ask("care", lambda: findings(self.dataset, self.model), shown, ref)

    def map(self, reply: Send, ref: int, method: str) -> None:
        """Send ``points`` when they are there; ``method`` is "pca" or "tsne"."""
        self._ask(("map", method), lambda: points(self.dataset, self.model, method), reply, ref)

    def evaluate(self, reply: Send, ref: int) -> None:
        """Send the ``report`` when it is there."""
        self._ask("evaluate", lambda: report(self.dataset, self.model), reply, ref)

    def explain(self, reply: Send, ref: int, picture: bytes) -> None:
        """Send ``heat``; a picture that waits is overtaken by a newer one, and ``skipped``."""
        overtaken = self._heats.put((reply, ref, picture))
        if overtaken:
            overtaken[0]({"type": "skipped", "ref": overtaken[1]}, b"")

    def wait(self) -> None:
        """Until all that was asked is answered."""
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.wait()
        self._heats.wait()

    def _explain(self, asked: tuple[Send, int, bytes]) -> None:
        reply, ref, picture = asked
        with told(reply, ref):
            _send_heat(self.model, reply, ref, picture)

    def _ask(self, work: Hashable, do: Callable[[], Content], reply: Send, ref: int) -> None:
        """Everybody who asks while the work is done gets its next result."""
        with self._lock:
            self._waiting.setdefault(work, []).append((reply, ref))
            if work not in self._workers:
                self._workers[work] = Latest(lambda do: self._work(work, do), f"showtell-{work}")
            worker = self._workers[work]
        worker.put(do)

    def _work(self, work: Hashable, do: Callable[[], Content]) -> None:
        with self._lock:
            asked = self._waiting.pop(work, [])
        if not asked:
            return
        made: list[Content] = []

        def once() -> Content:
            if not made:
                state = _state(self.dataset)
                before = self._done.get(work)
                made.append(before[1] if before and before[0] == state else do())
                self._done[work] = (state, made[0])
            return made[0]

        for reply, ref in asked:
            with told(reply, ref):
                reply({**once(), "ref": ref}, b"")


def findings(dataset: Dataset, model: Model) -> Content:
    """What `care` finds, as ``findings``."""
    found = [
        {
            "finding": finding.id,
            "kind": finding.kind,
            "reason": finding.reason,
            "said": coded(finding.reason),
            "examples": [example.id for example in finding.examples],
            "labels": [example.label for example in finding.examples],
            "label": finding.label,
            "to": finding.to,
        }
        for finding in care(dataset, model.extractor)
    ]
    return {"type": "findings", "findings": found}


def points(dataset: Dataset, model: Model, method: str) -> Content:
    """Return all pictures with their places in the plane, as ``points``."""
    placed = place(dataset, model.extractor, method)
    return {"type": "points", "points": [[each.example.id, each.example.label, each.x, each.y] for each in placed]}


def report(dataset: Dataset, model: Model) -> Content:
    """The evaluation, as ``report``."""
    from showtell.evaluation.cross_validation import evaluate

    found = evaluate(dataset, model)
    return {"type": "report", "report": found.to_dict(), "said": [coded(sentence) for sentence in found.advice]}


def _send_heat(model: Model, reply: Send, ref: int, picture: bytes) -> None:
    if len(model.labels) < 2:
        words = "expected two classes to tell apart, found fewer; show me another thing first"
        raise TeachingError(Said("classes-few", words))
    heat = explain(model, picture)
    rows, columns = heat.values.shape
    content = {"type": "heat", "ref": ref, "label": heat.label, "rows": rows, "columns": columns}
    reply(content, np.rint(heat.values * 255).astype(np.uint8).tobytes())


def _state(dataset: Dataset) -> int:
    """Changes with any change of the pictures and their classes."""
    pictures = tuple((example.id, example.label) for example in dataset)
    return hash((pictures, tuple(dataset.labels), tuple(dataset.disabled)))
