"""The studio over HTTP and websocket: who gets in, and what gets through."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from pages import running
from showtell import Dataset
from showtell.errors import ServerError
from showtell.importers.importing import MAX_PICTURE_BYTES
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.server.server import StudioServer
from showtell.server.wire import pack, unpack
from showtell.studio.studio import Studio

LONG_S = 60  # a test that hangs should fail, some day


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    with running(StudioServer(Studio(Dataset(tmp_path / "things")), 0)) as server:
        yield server


def open_socket(server: StudioServer, **options: Any) -> ClientConnection:
    origin = options.pop("origin", f"http://127.0.0.1:{server.port}")
    return connect(server.url.replace("http:", "ws:") + "ws", origin=origin, **options)


def ask(page: ClientConnection, content: dict[str, Any], buffer: bytes = b"") -> dict[str, Any]:
    page.send(pack(content, buffer))
    return next(reply for reply in received(page) if reply["ref"] == content.get("ref"))


def received(page: ClientConnection) -> Iterator[dict[str, Any]]:
    """What the page is told, message by message."""
    while True:
        content, _ = unpack(bytes(page.recv(timeout=LONG_S)))
        assert content is not None
        yield content


def test_the_page_and_its_files_come_with_strict_headers(server: StudioServer) -> None:
    for name, kind in {"": "text/html", "studio.js": "text/javascript", "studio.css": "text/css"}.items():
        answer = httpx.get(server.url + name)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert httpx.get(server.url + "../errors.py").status_code in (403, 404)
    assert httpx.get(server.url + "..%2ferrors.py").status_code == 404


def test_teaching_over_the_websocket(server: StudioServer) -> None:
    rng = np.random.default_rng(0)
    with open_socket(server) as page:
        for ref, thing in enumerate(["star", "mug"] * 3):
            add = {"type": "add", "ref": ref, "label": thing, "burst": "1", "name": None}
            assert ask(page, add, frame.encode_jpeg(draw(thing, rng)))["type"] == "saved"
        answer = ask(page, {"type": "frame", "ref": 100}, frame.encode_jpeg(draw("mug", rng)))
        assert answer["label"] == "mug"


def test_in_a_container_others_reach_it_but_only_by_its_own_name_and_token(tmp_path: Path) -> None:
    """127.0.0.2 stands for the address at which a container's published port arrives."""
    with pytest.raises(ConnectionRefusedError), running(StudioServer(Studio(Dataset(tmp_path / "a")), 0)) as server:
        socket.create_connection(("127.0.0.2", server.port), 5)
    with running(StudioServer(Studio(Dataset(tmp_path / "b")), 0, in_container=True)) as server:
        published = server.url.replace("127.0.0.1", "127.0.0.2")
        assert httpx.get(published, headers={"Host": f"localhost:{server.port}"}).status_code == 200
        assert httpx.get(published).status_code == 403  # as a browser elsewhere in the network asks
        assert httpx.get(f"http://127.0.0.1:{server.port}/").status_code == 403


@pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/studio.js", "/ws"])
def test_without_the_token_nothing_is_served(server: StudioServer, path: str) -> None:
    assert httpx.get(f"http://127.0.0.1:{server.port}{path}").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", ""])
def test_another_name_for_this_machine_is_refused(server: StudioServer, host: str) -> None:
    """DNS rebinding: a page at evil.example whose name points to 127.0.0.1."""
    named = host.format(port=server.port)
    assert httpx.get(server.url, headers={"Host": named}).status_code in (400, 403)
    address = urlsplit(server.url)
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(
            f"GET {address.path}ws HTTP/1.1\r\nHost: {named}\r\nOrigin: http://{named}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
        )
        assert b" 101 " not in raw.recv(200)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1", "null", None, "https://127.0.0.1:{port}"]
)
def test_a_foreign_page_gets_no_websocket(server: StudioServer, origin: str | None) -> None:
    named = origin.format(port=server.port) if origin else None
    with pytest.raises(InvalidStatus) as refused, open_socket(server, origin=named):
        pass
    assert refused.value.response.status_code == 403


def test_a_foreign_page_gets_no_answer_to_a_request(server: StudioServer) -> None:
    assert httpx.get(server.url, headers={"Origin": "http://evil.example"}).status_code == 403


def test_it_listens_on_the_loopback_interface_only(server: StudioServer) -> None:
    assert server._socket.getsockname()[0] == "127.0.0.1"


def test_a_message_over_the_limit_is_refused_and_the_server_goes_on(server: StudioServer) -> None:
    with open_socket(server, max_size=None) as page, pytest.raises(ConnectionClosed):
        ask(page, {"type": "classify", "ref": 1}, bytes(MAX_PICTURE_BYTES + 2**20))
    with open_socket(server) as page:
        assert ask(page, {"type": "hello", "ref": 2})["type"] == "state"


@pytest.mark.parametrize("message", [b"", b"\x01", b"\xff\xff\xff\xff{}", b"\x02\0\0\0{]", b"\x02\0\0\0[]", "text"])
def test_bytes_that_are_no_message_get_an_error(server: StudioServer, message: bytes | str) -> None:
    with open_socket(server) as page:
        page.send(message)
        content = next(each for each in received(page) if each["type"] != "state")  # one may come on its own
        assert (content["type"], content["ref"]) == ("error", None)
        assert ask(page, {"type": "hello", "ref": 2})["type"] == "state"


def test_a_port_in_use_is_said_when_it_was_asked_for_and_avoided_when_not(server: StudioServer) -> None:
    with pytest.raises(ServerError, match=f"port {server.port}: expected a free one.*--port"):
        StudioServer(server.studio, server.port)
    others = [StudioServer(server.studio), StudioServer(server.studio)]
    assert len({other.port for other in [server, *others]}) == 3
    assert len({other.tokens.owner for other in [server, *others]}) == 3
    for other in others:
        other._socket.close()


def test_the_address_stays_the_same_over_a_restart_of_this_dataset_on_this_port(tmp_path: Path) -> None:
    def url(name: str, port: int, folder: Path | None) -> str:
        server = StudioServer(Studio(Dataset(tmp_path / name)), port, folder=folder)
        server._socket.close()
        return server.url

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first = url("things", port, tmp_path)
    assert url("things", port, tmp_path) == first
    assert len({first, url("others", port, tmp_path), url("things", port, None), url("things", 0, tmp_path)}) == 4


@pytest.mark.parametrize("line", ["OPTIONS * HTTP/1.1", "GET // HTTP/1.1", "GET /%00/ HTTP/1.1", "GET /\xff/ HTTP/1.1"])
def test_an_odd_request_is_refused(server: StudioServer, line: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(f"{line}\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        assert raw.recv(100).split()[1] in (b"400", b"403")
    assert httpx.get(server.url).status_code == 200


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.binary())
def test_pack_and_unpack_are_inverse(content: dict[str, Any], buffer: bytes) -> None:
    assert unpack(pack(content, buffer)) == (content, buffer)


@given(st.binary())
def test_unpack_takes_any_bytes(message: bytes) -> None:
    content, buffer = unpack(message)
    assert content is None or isinstance(content, dict)
    assert isinstance(buffer, bytes)


def test_the_page_is_there_before_the_slow_libraries_are() -> None:
    """They take more than a second to import; the model brings them, in a thread, while the page opens."""
    slow = "{'sklearn', 'scipy', 'onnxruntime'}"
    code = f"import sys, showtell.cli.main, showtell.server.server; print(sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
