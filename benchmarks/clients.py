"""The studio as a process, and pages that are no browser: clients that speak its protocol."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from websockets.sync.client import connect

from showtell.server.wire import pack, unpack

IN_FLIGHT = 2  # frames, as the page does it
PATIENCE_S = 1.0  # then the page forgets a frame
PIECE = 4096
RECORDED_FPS = 10  # as the page does it
DROPPED = 4  # pictures on their way at once, as the page does it


@dataclass(frozen=True)
class Process:
    """A studio at work: its address and what it costs."""

    url: str
    pid: int

    def memory_mb(self) -> float:
        """The most it ever had in memory (Linux; elsewhere NaN)."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return float("nan")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


@contextmanager
def studio(dataset: Path, before: str = "") -> Iterator[Process]:
    """``showtell studio`` in a process of its own, with a port and a configuration of its own.

    ``before`` is Python that it runs first.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    code = f"{before}\nfrom showtell.cli.main import main\nmain()"
    command = [sys.executable, "-c", code, "studio", str(dataset), "--no-browser", "--port", port]
    with tempfile.TemporaryDirectory() as config:
        env = os.environ | {"XDG_CONFIG_HOME": config}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
        ) as process:
            assert process.stdout
            try:
                yield Process(next(line.strip() for line in process.stdout if line.startswith("http")), process.pid)
            finally:
                process.kill()


@dataclass
class Answers:
    """What a page with a camera saw: milliseconds from frame to answer, and how many frames went otherwise."""

    seconds: float = 0
    times: list[float] = field(default_factory=list)
    skipped: int = 0
    lost: int = 0
    errors: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def within(self, share: int) -> float:
        """The milliseconds within which that percentage of the answers came."""
        return float(np.percentile(self.times, share)) if self.times else float("nan")


class Client:
    """One open page. ``through`` is the port of something between it and the studio."""

    def __init__(self, url: str, through: int | None = None) -> None:
        address = urlsplit(url)
        other = socket.create_connection(("127.0.0.1", through)) if through else None
        self.socket = connect(
            f"ws://{address.netloc}{address.path}ws",
            origin=f"http://{address.netloc}",  # type: ignore[arg-type]
            max_size=None,
            compression=None,
            ping_interval=None,
            sock=other,
        )
        self.ref = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.socket.close()

    def send(self, kind: str, buffer: bytes = b"", **fields: Any) -> int:
        """Gives the message's number."""
        self.ref += 1
        self.socket.send(pack({"type": kind, "ref": self.ref, **fields}, buffer))
        return self.ref

    def receive(self, timeout: float | None = None) -> dict[str, Any]:
        """Raises TimeoutError."""
        content, _ = unpack(bytes(self.socket.recv(timeout)))
        return content or {}

    def ask(self, kind: str, buffer: bytes = b"", **fields: Any) -> dict[str, Any]:
        ref = self.send(kind, buffer, **fields)
        while (reply := self.receive(300)).get("ref") != ref:
            pass
        return reply

    def teach(self, bursts: dict[str, list[bytes]], each: int = 20) -> None:
        """A recording of each class."""
        for label, burst in bursts.items():
            for picture in burst[:each]:
                self.ask("add", picture, label=label, burst=label, name=None)

    def settle(self) -> None:
        """Until the studio has learnt what it has."""
        while self.ask("hello")["learning"]:
            time.sleep(0.05)

    def watch(self, frames: list[bytes], seconds: float, fps: float | None = 30) -> Answers:
        """Hold a camera of ``fps`` (None: as fast as it can) into the studio, as the page does it."""
        answers, sent, due = Answers(), {}, time.perf_counter()
        began, free = due, True
        while (now := time.perf_counter()) < began + seconds:
            for ref in [ref for ref, at in sent.items() if now - at > PATIENCE_S]:
                del sent[ref]
                answers.lost += 1
                free = True
            if len(sent) < IN_FLIGHT and (now >= due if fps else free):
                sent[self.send("frame", frames[self.ref % len(frames)])] = now
                if fps:
                    due = max(due + 1 / fps, now - 1 / fps)
                continue
            try:
                room = len(sent) < IN_FLIGHT and fps
                content = self.receive(max(0.0005, due - now) if room else 0.05)
            except TimeoutError:
                continue
            at = sent.pop(content.get("ref") or 0, None)
            free = content["type"] == "answer"
            if at is not None:
                answers.times += [(time.perf_counter() - at) * 1000] if free else []
                answers.skipped += content["type"] == "skipped"
                answers.errors += content["type"] == "error"
        answers.seconds = time.perf_counter() - began
        return answers

    def record(self, pictures: Iterator[bytes], label: str, until: threading.Event) -> tuple[int, int]:
        """Hold the button down, as long as somebody could; how many pictures were saved, and how many refused."""
        saved = refused = 0
        due = time.perf_counter()
        while not until.wait(max(0, due - time.perf_counter())):
            due = max(due + 1 / RECORDED_FPS, time.perf_counter())
            reply = self.ask("add", next(pictures), label=label, burst="1", name=None)
            saved += reply["type"] == "saved"
            refused += reply["type"] == "error"
        return saved, refused

    def drop(self, pictures: Iterator[bytes], label: str) -> tuple[int, int]:
        """Drop files on a class, four on their way at once; how many were saved, and how many refused."""
        flying, saved, refused, more = set(), 0, 0, True
        while more or flying:
            while more and len(flying) < DROPPED:
                picture = next(pictures, None)
                if picture is None:
                    more = False
                else:
                    flying.add(self.send("add", picture, label=label, burst=None, name="photo.jpg"))
            if not flying:
                break
            content = self.receive(300)
            if content.get("ref") in flying:
                flying.remove(content["ref"])
                saved += content["type"] == "saved"
                refused += content["type"] == "error"
        return saved, refused


@contextmanager
def deaf(url: str) -> Iterator[Callable[[bytes], None]]:
    """A page that sends, by the function given, and never reads. OSError when the studio takes no more of it."""
    address = urlsplit(url)
    with socket.create_connection(("127.0.0.1", address.port or 80), 5) as raw:
        raw.sendall(
            f"GET {address.path}ws HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: http://{address.netloc}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
        )
        raw.recv(PIECE)
        no_mask = bytes(4)
        yield lambda data: raw.sendall(b"\x82\xff" + struct.pack("!Q", len(data)) + no_mask + data)
