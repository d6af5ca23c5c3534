"""A page's websocket: what comes in goes to the studio, what the studio says goes out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.websockets import WebSocket, WebSocketDisconnect

from showtell.server.queues import Inbox, Outbox
from showtell.server.wire import pack, unpack
from showtell.studio.messages import Content, Reply
from showtell.studio.studio import Client, Studio

TRY_AGAIN_LATER = 1013  # a websocket's close code


async def talk(studio: Studio, page: WebSocket) -> None:
    """Serve one open page until it closes.

    Frames go straight to their slot, everything else is done in order, in a thread.
    """
    await page.accept()
    loop = asyncio.get_running_loop()
    outbox = Outbox()
    inbox: Inbox[tuple[Content | None, bytes]] = Inbox()

    def send(message: Reply, buffer: bytes) -> None:
        outbox.put(pack(message, buffer), replaceable=message["type"] == "state" and message["ref"] is None)

    async def read() -> None:
        while True:
            content, buffer = unpack(await _next(page))
            if content and content.get("type") == "frame":
                studio.handle(client, content, buffer)
            else:
                await inbox.put((content, buffer), len(buffer))

    async def work() -> None:
        while True:
            content, buffer = await inbox.get()
            await loop.run_in_executor(pool, studio.handle, client, content, buffer)

    async def deliver() -> None:
        while True:
            await page.send_bytes(await outbox.get())

    client: Client = studio.join(send)
    pool = ThreadPoolExecutor(1, "showtell-page")
    tasks = [asyncio.create_task(each) for each in (read(), work(), deliver(), outbox.full.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        studio.leave(client)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        pool.shutdown(wait=False, cancel_futures=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
            raise end
    if outbox.full.is_set():
        await page.close(TRY_AGAIN_LATER)  # it comes back by itself


async def _next(page: WebSocket) -> bytes:
    message = await page.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message.get("bytes") or b""
