"""Fitting in the background: the head follows what is taught, and the nearest neighbours answer until it has."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from showtell.classifiers import heads
from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.heads import Head, NeighboursHead
from showtell.classifiers.samples import Taught, TaughtViews
from showtell.classifiers.vectors import label_column
from showtell.model.memory import Memory, Snapshot
from showtell.model.views import Views
from showtell.system.forks import watch_forks
from showtell.system.workers import LatestOnly

SETTLED_S = 0.2  # pictures that follow each other faster are learned together


@dataclass(frozen=True)
class Fitted:
    """A head that was fitted on what was taught at one moment.

    generation  of the snapshot
    head        None where there was too little to fit it on
    familiar    familiarity by distance, for the neighbours that answer in its place
    """

    generation: int = -1
    head: Head | None = None
    familiar: ByDistance = UNMEASURED


class Fitting:
    """Owns a model's head, which it makes by the classifier's name, and fits in a thread of its own.

    memory      what was taught
    classifier  what ``heads.named`` gives
    views       the views of the taught pictures, for a head that needs the network's map
    """

    def __init__(self, memory: Memory, classifier: Any, views: Views) -> None:
        self.views = views
        self._memory = memory
        self._blank = heads.make(classifier)
        self._fitted = Fitted()
        self._done = 0  # the newest generation that was worked on, whether or not that gave a head
        self._error: tuple[int, BaseException] | None = None  # of which generation, until somebody heard of it
        self._hurry = threading.Event()  # set while somebody waits
        self._worker: LatestOnly[Snapshot] = LatestOnly(self._fit_if_new, "showtell-fit")
        self.renew_after_fork()
        watch_forks(self)

    def renew_after_fork(self) -> None:
        """Let no lock of the parent's threads be held here."""
        self._one = threading.Lock()  # held while a head is fitted
        self._hurry = threading.Event()

    @property
    def needs_map(self) -> bool:
        """Whether the head asks for the network's last map."""
        return self._blank.needs_map

    @property
    def busy(self) -> bool:
        """Whether what was taught last is still to be learned."""
        now = self._memory.now
        busy = self._done < now.generation and len(now.classes) > 1
        return busy and (self._worker.busy or True)  # asked, the worker starts anew in the child of a fork

    def start(self, snapshot: Snapshot) -> None:
        """Fit the head on what was taught, soon and in the background."""
        if len(snapshot.classes) > 1:
            self._worker.put(snapshot)

    def wait(self) -> None:
        """Return when all that was taught before the call is learned; raise what stopped it, once."""
        self.of(self._memory.now)
        self._raise_once()

    def use(self, classifier: Any) -> None:
        """Make another head, and fit it on what was taught."""
        with self._one:
            self._blank = heads.make(classifier)
            self._fitted, self._done = Fitted(familiar=self._fitted.familiar), -1
        self.start(self._memory.now)

    def answering(self, snapshot: Snapshot, *, looks: bool = True) -> Head:
        """Return the head that answers at this moment: the nearest neighbours while the other is out of date.

        ``looks``: whether there are looks to ask it about.
        """
        fitted = self._fitted
        head = fitted.head
        if head is not None and fitted.generation == snapshot.generation and (looks or not head.needs_map):
            return head
        return NeighboursHead(snapshot.neighbours, fitted.familiar)

    def of(self, snapshot: Snapshot) -> Fitted:
        """Return the head of this snapshot, fitted here if need be, whatever is taught meanwhile."""
        if len(snapshot.classes) < 2:
            return Fitted(snapshot.generation, None, self._fitted.familiar)
        with self._hurried(), self._one:
            self._raise_once(snapshot.generation)
            if self._fitted.generation == snapshot.generation:
                return self._fitted
            if self._done >= snapshot.generation == self._memory.now.generation:
                return Fitted(snapshot.generation, None, self._fitted.familiar)  # it failed, and somebody heard of it
            return self._fit(snapshot)

    def restore(self, snapshot: Snapshot, head: Head | None, familiar: ByDistance) -> None:
        """Take over a head that was fitted on this snapshot before it was saved; None if there was none."""
        self._fitted = Fitted(snapshot.generation if head is not None else -1, head, familiar)
        self._done = snapshot.generation

    def _fit_if_new(self, snapshot: Snapshot) -> None:
        """Work in the background: leave out what is out of date, and keep an error for whoever waits."""
        with self._one:
            if snapshot.generation != self._memory.now.generation or self._done >= snapshot.generation:
                return
            try:
                self._fit(snapshot, background=True)
            except BaseException as error:
                self._error = (snapshot.generation, error)

    def _fit(self, snapshot: Snapshot, background: bool = False) -> Fitted:
        """Fit the head; let it answer unless a newer one does. With ``_one`` held."""
        newest = snapshot.generation > self._done
        try:
            fitted = self._fit_on(snapshot, background, newest)
        except Exception:
            self._done = max(self._done, snapshot.generation)
            raise
        if fitted is None:  # another picture came meanwhile, and will be learned with this one
            return self._fitted
        self._done = max(self._done, snapshot.generation)
        if newest:
            self._fitted, self._error = fitted, None
        return fitted

    def _fit_on(self, snapshot: Snapshot, background: bool, newest: bool) -> Fitted | None:
        labels = label_column(snapshot.labels)
        with threadpool_limits(1):  # more threads of BLAS would keep cores busy that the network wants
            familiar = ByDistance.fit(snapshot.neighbours.vectors, labels)
        if newest:
            self._fitted = replace(self._fitted, familiar=familiar)  # at once, for the neighbours that answer
        taught = Taught(snapshot.neighbours.vectors, labels, familiar, neighbours=snapshot.neighbours)
        if self._blank.needs_map:
            self._make_views(snapshot)
            if background and not self._hurry.wait(SETTLED_S) and snapshot.generation != self._memory.now.generation:
                return None
            views = self._views_of(snapshot)
            if views is None:
                return Fitted(snapshot.generation, None, familiar)
            taught = replace(taught, views=views)
        with threadpool_limits(1):
            return Fitted(snapshot.generation, self._blank.fit(taught), familiar)

    def _make_views(self, snapshot: Snapshot) -> None:
        cores, hurry = os.cpu_count() or 1, self._hurry.is_set()
        # While nobody waits, half of the cores are for live answers, and the others too where they are wanted.
        self.views.make(
            snapshot.sources, snapshot.labels, cores=cores if hurry else max(1, cores // 2), humble=not hurry
        )

    def _views_of(self, snapshot: Snapshot) -> TaughtViews | None:
        """Return the views of the taught pictures; None where some class has none: its pictures can be read no more."""
        labels, sources = snapshot.labels, snapshot.sources
        seen = self.views.seen(sources, labels)
        if len({labels[place] for place in seen.sources}) < len(snapshot.classes):
            return None
        bursts = [sources[place].burst for place in seen.sources]
        known = [burst for burst in bursts if burst is not None]
        return TaughtViews(seen.looks, seen.sources, known if len(known) == len(bursts) else None)

    @contextmanager
    def _hurried(self) -> Iterator[None]:
        self._hurry.set()
        try:
            yield
        finally:
            self._hurry.clear()

    def _raise_once(self, generation: int | None = None) -> None:
        """Raise what stopped the fit of this generation, or of the newest one, unless somebody heard of it."""
        if self._error is not None and generation in (None, self._error[0]):
            (_, error), self._error = self._error, None
            raise error
