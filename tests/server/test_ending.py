"""The studio ends: quickly and without a word, whatever its pages are just doing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from pages import running
from showtell import Dataset, Model
from showtell.server import lan
from showtell.server.server import StudioServer
from showtell.server.wire import pack
from showtell.studio.studio import Studio

CLOSE = b"\x88"  # the first byte of a websocket's last frame
ROUNDS = 50
LONG_S = 60  # a test that hangs should fail, some day


class RawPage:
    """A page's websocket without a browser, so that it can stop in the middle of anything."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None, *, impatient: bool = False) -> None:
        address = urlsplit(url)
        assert address.hostname
        assert address.port
        self.socket = socket.socket()
        if impatient:  # what it does not read soon fills all that lies between
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(LONG_S)
        self.socket.connect((address.hostname, address.port))
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname=address.hostname)
        self._wish = (
            f"GET {address.path}ws HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {address.scheme}://{address.netloc}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        ).encode()

    def ask(self, part: float = 1.0) -> None:
        """Send the handshake, or only a part of it."""
        self.socket.sendall(self._wish[: round(part * len(self._wish))])

    def open(self) -> None:
        self.ask()
        assert b" 101 " in self.socket.recv(4096)

    def frame(self, opcode: int, data: bytes) -> None:
        """Send a websocket frame, masked with zeros."""
        size = struct.pack("!BH", 0x80 | 126, len(data)) if len(data) > 125 else bytes([0x80 | len(data)])
        self.socket.sendall(bytes([0x80 | opcode]) + size + bytes(4) + data)

    def send(self, content: dict[str, object]) -> None:
        self.frame(2, pack(content, b""))

    def say_goodbye(self) -> None:
        self.frame(8, struct.pack("!H", 1001))

    def cut(self) -> None:
        """Close with a reset, as when a machine goes away."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def silent(page: RawPage) -> None:
    """Connected, and not a byte sent."""


def half_asked(page: RawPage) -> None:
    page.ask(0.5)


def asked(page: RawPage) -> None:
    page.ask()


def opened(page: RawPage) -> None:
    page.open()


def greeted(page: RawPage) -> None:
    page.open()
    page.send({"type": "hello", "ref": 1})


def asking_much(page: RawPage) -> None:
    page.open()
    for ref in range(200):
        page.send({"type": "hello", "ref": ref})


def not_reading(page: RawPage) -> None:
    """Asked for more than the network holds, and reads none of it."""
    page.open()
    page.send({"type": "export", "ref": 1, "piece": 0})
    assert page.socket.recv(1, socket.MSG_PEEK)  # it is on its way
    page.send({"type": "export", "ref": 2, "piece": 1})
    page.send({"type": "export", "ref": 3, "piece": 2})


def not_reading_what_is_made(page: RawPage) -> None:
    page.open()
    page.send({"type": "export", "ref": 1, "piece": 0})


def half_said(page: RawPage) -> None:
    """In the middle of a message."""
    page.open()
    page.socket.sendall(b"\x82\xfe\x10\x00")


def saying_goodbye(page: RawPage) -> None:
    page.open()
    page.say_goodbye()


def gone_after_goodbye(page: RawPage) -> None:
    page.open()
    page.say_goodbye()
    page.socket.close()


def gone(page: RawPage) -> None:
    page.open()
    page.socket.close()


def cut(page: RawPage) -> None:
    page.open()
    page.send({"type": "care", "ref": 1})
    page.cut()


def talking_nonsense(page: RawPage) -> None:
    page.open()
    page.socket.sendall(b"\xff\xff\xff\xff\xff")


STATES: list[Callable[[RawPage], None]] = [
    silent,
    half_asked,
    asked,
    opened,
    greeted,
    asking_much,
    not_reading,
    not_reading_what_is_made,
    half_said,
    saying_goodbye,
    gone_after_goodbye,
    gone,
    cut,
    talking_nonsense,
]


@contextlib.contextmanager
def quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing may be printed or logged inside."""
    capfd.readouterr()
    yield
    assert capfd.readouterr() == ("", "")
    assert [record.getMessage() for record in caplog.records] == []


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A studio whose zip is larger than what a network holds; its pages find it as they left it."""
    folder = tmp_path_factory.mktemp("ending") / "things"
    (folder / "mug").mkdir(parents=True)
    (folder / "mug" / "large.png").write_bytes(random.Random(0).randbytes(12 * 2**20))
    studio = Studio(Dataset(folder), Model(classifier="knn"))
    studio.wait()
    return studio


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_it_ends_while_a_page_does_that(
    state: Callable[[RawPage], None],
    studio: Studio,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with quiet(capfd, caplog), contextlib.ExitStack() as pages, running(StudioServer(studio, 0)) as server:
        for _ in range(2):
            page = RawPage(server.url, impatient=True)
            pages.callback(page.socket.close)
            state(page)


def test_pages_and_server_end_in_all_orders(
    studio: Studio, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(ROUNDS):
        order = random.Random(seed)
        with quiet(capfd, caplog), running(StudioServer(studio, 0)) as server:
            pages = [RawPage(server.url, impatient=True) for _ in range(order.randint(1, 6))]
            for page in pages:
                order.choice(STATES)(page)
            ends: list[Callable[[], None]] = [server.stop, *(page.socket.close for page in pages)]
            order.shuffle(ends)
            for end in ends:
                end()


def test_phones_and_server_end_in_all_orders(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(lan, "addresses", lambda: [IPv4Address("127.0.0.2")])  # stands for the local network
    for seed in range(ROUNDS // 5):
        order = random.Random(seed)
        with quiet(capfd, caplog), running(StudioServer(studio, 0, folder=tmp_path, lan=True)) as server:
            assert server.lan
            trusting = ssl.create_default_context(cafile=server.lan.certificate)
            invited = httpx.get(server.invite(), verify=trusting).headers["location"]
            url = f"https://{server.lan.hosts[0]}{invited}"
            pages = [RawPage(url, trusting) for _ in range(3)]
            for page in pages:
                order.choice([each for each in STATES if each is not not_reading])(page)  # TLS cannot peek
            pages.append(RawPage(server.url))
            order.choice(STATES)(pages[-1])
            ends: list[Callable[[], None]] = [server.stop, *(page.socket.close for page in pages)]
            order.shuffle(ends)
            for end in ends:
                end()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal")
@pytest.mark.parametrize(
    ("state", "pages", "times"), [(saying_goodbye, 1, 1), (not_reading, 1, 1), (opened, 1, 2), (opened, 3, 2)]
)
def test_ctrl_c_ends_the_command(
    state: Callable[[RawPage], None], pages: int, times: int, studio: Studio, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "showtell", "studio", str(studio.dataset.folder), "--no-browser"]
    pipe, env = subprocess.PIPE, os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env) as process:
        try:
            assert process.stdout
            url = [process.stdout.readline() for _ in range(2)][1].strip()
            opened_pages = [RawPage(url, impatient=True) for _ in range(pages)]
            for page in opened_pages:
                state(page)
            process.send_signal(signal.SIGINT)
            if times > 1:
                while not opened_pages[0].socket.recv(4096).startswith(CLOSE):  # two signals at once may count as one
                    pass
                process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=LONG_S)
            for page in opened_pages:
                page.socket.close()
        finally:
            process.kill()
    assert errors.strip() in ("", "Aborted!")
