"""What waits for a slow page, and from a greedy one, is bounded."""

from __future__ import annotations

import asyncio

import pytest

from showtell.server import queues
from showtell.server.queues import Inbox, Outbox


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_messages_leave_in_order_and_only_the_newest_state_does() -> None:
    async def scene() -> list[bytes]:
        box = Outbox()
        for number in range(3):
            box.put(b"reply%d" % number)
            box.put(b"state%d" % number, replaceable=True)
        await settled()
        return [await box.get() for _ in range(4)]

    assert asyncio.run(scene()) == [b"reply0", b"state2", b"reply1", b"reply2"]


@pytest.mark.parametrize(("size", "kept"), [(2**20, 65), (1, queues.MAX_MESSAGES + 1)])
def test_for_a_page_that_does_not_read_no_more_is_kept(size: int, kept: int) -> None:
    async def scene() -> int:
        box = Outbox()
        for _ in range(kept + 500):
            box.put(bytes(size))
        await settled()
        assert box.full.is_set()
        return len(box._waiting)

    assert asyncio.run(scene()) == kept


def test_states_for_a_page_that_does_not_read_do_not_fill_its_box() -> None:
    async def scene() -> None:
        box = Outbox()
        for _ in range(5000):
            box.put(bytes(2**20), replaceable=True)
        await settled()
        assert not box.full.is_set()
        assert len(box._waiting) == 1

    asyncio.run(scene())


def test_a_page_that_sends_more_than_can_be_done_waits() -> None:
    async def scene() -> tuple[int, int]:
        box: Inbox[int] = Inbox()
        done = 0

        async def send() -> None:
            nonlocal done
            for number in range(8):
                await box.put(number, 30 * 2**20)
                done += 1

        sending = asyncio.create_task(send())
        await settled()
        before = done
        assert [await box.get() for _ in range(8)] == list(range(8))
        await sending
        return before, done

    assert asyncio.run(scene()) == (2, 8)
