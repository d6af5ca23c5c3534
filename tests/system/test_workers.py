"""Latest wins: what waits is overtaken, nothing that was handed over last is lost, and failures are told once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from showtell.system import workers
from showtell.system.workers import LatestOnly

LONG_S = 30  # a test that hangs should fail, some day


class Worker:
    """Works on an item only when it is let; remembers what it worked on."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.started, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.latest: LatestOnly[object] = LatestOnly(self.work, "test-worker")

    def work(self, item: object) -> None:
        self.started.release()
        assert self.go.acquire(timeout=LONG_S)
        if isinstance(item, BaseException):
            raise item
        self.done.append(item)

    def begin(self, item: object) -> None:
        """Hand over an item and wait until it is worked on."""
        assert self.latest.put(item) is None
        assert self.started.acquire(timeout=LONG_S)

    def finish(self, items: int = 1) -> None:
        for _ in range(items):
            self.go.release()
        self.latest.wait()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.latest.close()
    worker.go.release()


def test_the_latest_wins_and_the_overtaken_is_given_back(worker):
    worker.begin("one")
    assert worker.latest.put("two") is None
    assert worker.latest.put("three") == "two"
    assert worker.latest.put("four") == "three"
    worker.finish(2)
    assert worker.done == ["one", "four"]


def test_it_is_busy_from_the_hand_over_until_the_work_is_done(worker):
    assert not worker.latest.busy
    worker.begin("one")
    assert worker.latest.busy
    worker.finish()
    assert not worker.latest.busy


def test_waiting_for_nothing_returns(worker):
    worker.latest.wait()


def test_a_failure_is_raised_once_and_work_goes_on(worker):
    worker.begin(ValueError("kaput"))
    with pytest.raises(ValueError, match="kaput"):
        worker.finish()
    worker.latest.wait()
    worker.begin("next")
    worker.finish()
    assert worker.done == ["next"]


def test_a_failure_that_newer_work_put_right_is_not_told(worker):
    worker.begin(ValueError("kaput"))
    worker.latest.put("better")
    worker.finish(2)
    assert worker.done == ["better"]


def test_even_an_exit_in_the_work_does_not_end_the_worker(worker):
    worker.begin(SystemExit("no"))
    with pytest.raises(SystemExit):
        worker.finish()
    worker.begin("next")
    worker.finish()
    assert worker.done == ["next"]


def test_closing_drops_what_waits_and_takes_nothing_more(worker):
    worker.begin("one")
    worker.latest.put("two")
    worker.latest.close()
    assert worker.latest.put("three") == "three"
    worker.finish(2)
    assert worker.done == ["one"]


def test_its_thread_ends_when_it_is_closed():
    names = threading.Barrier(2)
    latest: LatestOnly[int] = LatestOnly(lambda _: names.wait(LONG_S) and None, "test-that-ends")
    latest.put(1)
    names.wait(LONG_S)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "test-that-ends"]
    assert thread.daemon  # it never keeps a program from ending
    latest.close()
    thread.join(LONG_S)
    assert not thread.is_alive()


def test_with_many_hands_nothing_is_counted_twice_or_lost():
    done: list[int] = []
    latest: LatestOnly[int] = LatestOnly(done.append, "test-many")
    overtaken: list[int] = []

    def put(start: int) -> None:
        for item in range(start, start + 500):
            if (back := latest.put(item)) is not None:
                overtaken.append(back)

    threads = [threading.Thread(target=put, args=(1000 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latest.wait()
    latest.close()
    assert sorted(done + overtaken) == [1000 * number + i for number in range(4) for i in range(500)]


def test_without_work_the_thread_ends_and_the_next_item_starts_another(monkeypatch):
    monkeypatch.setattr(workers, "IDLE_S", 0.01)
    threads: list[threading.Thread] = []
    worker: LatestOnly[None] = LatestOnly(lambda _: threads.append(threading.current_thread()), "test-idle")
    for round in range(2):
        worker.put(None)
        worker.wait()
        assert len(threads) == round + 1
        threads[-1].join(LONG_S)
        assert not threads[-1].is_alive()
