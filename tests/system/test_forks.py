"""In the child of a fork nothing waits for a thread or a lock that only the parent has."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest

from forking import LONG_S, in_child
from showtell.system.forks import watch_forks
from showtell.system.workers import LatestOnly, SerialQueue

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]


class Gate:
    """Work that stands still until it is let go, in the parent; in a child it runs through."""

    def __init__(self) -> None:
        self.parent = os.getpid()
        self.done: list[object] = []
        self.entered, self.open = threading.Event(), threading.Event()

    def work(self, item: object) -> None:
        if os.getpid() == self.parent:
            self.entered.set()
            assert self.open.wait(LONG_S)
        self.done.append(item)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.mark.parametrize("items", [["in work"], ["in work", "waiting"]])
def test_the_newest_item_is_worked_on_in_the_child_too(gate, items):
    latest = LatestOnly(gate.work, "test-fork")
    latest.put(items[0])
    assert gate.entered.wait(LONG_S)
    for item in items[1:]:
        latest.put(item)

    def child() -> None:
        assert latest.busy
        latest.wait()
        assert gate.done == items[-1:]
        latest.put("more")
        latest.wait()
        assert gate.done == [items[-1], "more"]

    assert in_child(child) == 0
    gate.open.set()
    latest.wait()
    assert gate.done == items  # the parent went on as if there were no child
    latest.close()


def test_a_worker_whose_lock_is_held_at_the_fork_works_in_the_child(gate):
    latest = LatestOnly(gate.work, "test-fork")
    holder = threading.Thread(target=lambda: hold(latest._changed, gate))
    holder.start()
    assert gate.entered.wait(LONG_S)

    def child() -> None:
        latest.put(1)
        latest.wait()
        assert gate.done == [1]

    assert in_child(child) == 0
    gate.open.set()
    holder.join()


def hold(lock: threading.Condition, gate: Gate) -> None:
    with lock:
        gate.work("held")


def test_a_closed_worker_stays_closed(gate):
    latest = LatestOnly(gate.work, "test-fork")
    latest.put(1)
    assert gate.entered.wait(LONG_S)
    latest.close()

    def child() -> None:
        latest.wait()
        assert latest.put(2) == 2
        assert gate.done == []

    assert in_child(child) == 0


def test_what_waits_in_a_queue_is_done_once_and_by_the_parent(gate):
    queue = SerialQueue("test-fork")
    for item in (1, 2):
        queue.put(lambda item=item: gate.work(item))
    assert gate.entered.wait(LONG_S)

    def child() -> None:
        queue.wait()
        queue.put(lambda: gate.work("child's"))
        queue.wait()
        assert gate.done == ["child's"]

    assert in_child(child) == 0
    gate.open.set()
    queue.wait()
    assert gate.done == [1, 2]


def test_what_is_watched_may_go():
    class Thing:
        def renew_after_fork(self) -> None:
            raise AssertionError("it is gone")

    thing = Thing()
    watch_forks(thing)
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None
    assert in_child(lambda: None) == 0
