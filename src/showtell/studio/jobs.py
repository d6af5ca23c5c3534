"""Jobs: what takes long and is done in the background, while live answers go on.

Data care, the map of all pictures, evaluation and heat maps. Results are kept until the dataset changes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from showtell.curation.dismissed import dismissed
from showtell.curation.findings import care
from showtell.curation.map import place
from showtell.dataset.dataset import Dataset
from showtell.errors import TeachingError
from showtell.evaluation.report import Report
from showtell.model.explanation import explain
from showtell.model.model import Model
from showtell.sentences import Said, coded
from showtell.studio.messages import Finding, Found, HeatReply, Point, Points, Reply, Reported
from showtell.studio.request import Request, send_failure
from showtell.system.workers import LatestOnly

T = TypeVar("T")


@dataclass(frozen=True)
class _Asked:
    """Somebody waits for a job: the request, and how its result becomes the reply."""

    request: Request
    reply: Callable[[Any], Reply]


class Jobs:
    """The background work on one dataset and its model; for use from any thread.

    Every request gets one reply: the result, or an ``error`` with what went wrong.
    """

    def __init__(self, dataset: Dataset, model: Model) -> None:
        self.dataset = dataset
        self.model = model
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, list[_Asked]] = {}
        self._done: dict[Hashable, tuple[int, Any]] = {}  # the job -> the dataset's state, the result
        self._workers: dict[Hashable, LatestOnly[Callable[[], Any]]] = {}
        self._heats: LatestOnly[Request] = LatestOnly(self._explain, "showtell-explain")

    def care(self, request: Request) -> None:
        """Send ``findings``, without those that were dismissed."""

        def reply(found: list[Finding]) -> Reply:
            away = dismissed(self.dataset)
            left = [finding for finding in found if finding["finding"] not in away]
            return Found(type="findings", ref=request.ref, findings=left)

        self._ask("care", lambda: findings(self.dataset, self.model), reply, request)

    def map(self, request: Request, method: str) -> None:
        """Send ``points``; ``method`` is "pca" or "tsne"."""
        self._ask(
            ("map", method),
            lambda: points(self.dataset, self.model, method),
            lambda found: Points(type="points", ref=request.ref, points=found),
            request,
        )

    def evaluate(self, request: Request) -> None:
        """Send the ``report``."""

        def reply(report: Report) -> Reply:
            said = [coded(sentence) for sentence in report.advice]
            return Reported(type="report", ref=request.ref, report=report.to_dict(), said=said)

        self._ask("evaluate", lambda: evaluation(self.dataset, self.model), reply, request)

    def explain(self, request: Request) -> None:
        """Send ``heat`` for the request's picture; one that waits is overtaken by a newer one, and ``skipped``."""
        overtaken = self._heats.put(request)
        if overtaken:
            overtaken.reply("skipped")

    def wait(self) -> None:
        """Return when all that was asked is answered."""
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.wait()
        self._heats.wait()

    def _explain(self, request: Request) -> None:
        with request.answered():
            request.send(*heat(self.model, request.buffer, request.ref))

    def _ask(self, job: Hashable, do: Callable[[], T], reply: Callable[[T], Reply], request: Request) -> None:
        """Everybody who asks while the job is done gets its next result."""
        with self._lock:
            self._waiting.setdefault(job, []).append(_Asked(request, reply))
            if job not in self._workers:
                self._workers[job] = LatestOnly(lambda do: self._work(job, do), f"showtell-{job}")
            worker = self._workers[job]
        worker.put(do)

    def _work(self, job: Hashable, do: Callable[[], Any]) -> None:
        with self._lock:
            waiting = self._waiting.pop(job, [])
        if not waiting:  # they were answered with the round before
            return
        try:
            result = self._result(job, do)
        except BaseException as error:  # all of them hear of it, whatever it is
            for asked in waiting:
                send_failure(asked.request.send, error, asked.request.ref)
            return
        for asked in waiting:
            with asked.request.answered():
                asked.request.send(asked.reply(result))

    def _result(self, job: Hashable, do: Callable[[], Any]) -> Any:
        """Return what the job gives, as long as the dataset is the same from the last time."""
        state = _state(self.dataset)
        before = self._done.get(job)
        if before is None or before[0] != state:
            self._done[job] = (state, do())
        return self._done[job][1]


def findings(dataset: Dataset, model: Model) -> list[Finding]:
    """Return what data care finds."""
    return [
        Finding(
            finding=finding.id,
            kind=finding.kind,
            reason=finding.reason,
            said=coded(finding.reason),
            examples=[example.id for example in finding.examples],
            labels=[example.label for example in finding.examples],
            label=finding.label,
            to=finding.to,
        )
        for finding in care(dataset, model.extractor)
    ]


def points(dataset: Dataset, model: Model, method: str) -> list[Point]:
    """Return all pictures with their places in the plane."""
    placed = place(dataset, model.extractor, method)
    return [(each.example.id, each.example.label, each.x, each.y) for each in placed]


def evaluation(dataset: Dataset, model: Model) -> Report:
    """Return how well the model does on pictures of the dataset that it was not taught."""
    from showtell.evaluation.cross_validation import evaluate

    return evaluate(dataset, model)


def heat(model: Model, picture: bytes, ref: int) -> tuple[HeatReply, bytes]:
    """Return the heat map of a picture as a message, and its cells, a byte each."""
    if len(model.labels) < 2:
        words = "expected two classes to tell apart, found fewer; show me another thing first"
        raise TeachingError(Said("classes-few", words))
    found = explain(model, picture)
    rows, columns = found.values.shape
    message = HeatReply(type="heat", ref=ref, label=found.label, rows=rows, columns=columns)
    return message, np.rint(found.values * 255).astype(np.uint8).tobytes()


def _state(dataset: Dataset) -> int:
    """Return a number that changes with any change of the pictures and their classes."""
    pictures = tuple((example.id, example.label) for example in dataset)
    return hash((pictures, tuple(dataset.labels), tuple(dataset.disabled)))
