"""Phones in the local network: the certificate, the invitation, and that nothing is served without one."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from pages import running
from showtell import Dataset
from showtell.errors import ServerError
from showtell.server import certificate, lan
from showtell.server.server import StudioServer
from showtell.server.wire import pack, unpack
from showtell.studio.studio import Studio

HERE = IPv4Address("127.0.0.2")  # another address of the loopback interface stands for the local network


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioServer]:
    monkeypatch.setattr(lan, "addresses", lambda: [HERE])
    with running(StudioServer(Studio(Dataset(tmp_path / "things")), 0, folder=tmp_path / "config", lan=True)) as server:
        yield server


def trusting(server: StudioServer) -> ssl.SSLContext:
    """What a phone has after its exception was made: it knows the certificate, and checks the address too."""
    assert server.lan
    return ssl.create_default_context(cafile=server.lan.certificate)


def get(server: StudioServer, url: str, **options: Any) -> httpx.Response:
    return httpx.get(url, verify=trusting(server), **options)


def let_in(server: StudioServer) -> str:
    """The page's address for a new guest."""
    answer = get(server, server.invite())
    assert answer.status_code == 303
    return f"https://{HERE}:{server.port}{answer.headers['location']}"


def own(server: StudioServer) -> str:
    return f"https://{HERE}:{server.port}"


def open_socket(server: StudioServer, url: str) -> ClientConnection:
    return connect(url.replace("https:", "wss:") + "ws", origin=own(server), ssl=trusting(server))  # type: ignore[arg-type]


def handshake(server: StudioServer, url: str, origin: str) -> int:
    """The status with which a page's wish for a websocket is answered; 101 lets it in.

    Not by websockets' own client: over TLS, when it is refused, it may wait for ever for its reading thread.
    """
    wish = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
        "Origin": origin,
    }
    with httpx.stream("GET", url + "ws", verify=trusting(server), headers=wish) as answer:
        return answer.status_code


def hello(page: ClientConnection) -> dict[str, Any]:
    page.send(pack({"type": "hello", "ref": 1}, b""))
    while True:
        content, _ = unpack(bytes(page.recv(timeout=60)))
        assert content is not None
        if content["ref"] == 1:
            return content


def test_an_invitation_opens_the_page_and_the_studio_once(server: StudioServer) -> None:
    invitation = server.invite()
    answer = get(server, invitation, follow_redirects=True)
    assert answer.status_code == 200
    assert "studio.js" in answer.text
    assert invitation not in str(answer.url)
    assert get(server, invitation).status_code == 403
    assert get(server, str(answer.url)).status_code == 200


def test_several_phones_feed_one_studio(server: StudioServer) -> None:
    first, second = let_in(server), let_in(server)
    assert first != second
    with open_socket(server, first) as one, open_socket(server, second) as other:
        assert hello(one)["classes"] == []
        one.send(pack({"type": "add_class", "ref": 2, "label": "mug"}, b""))
        while "mug" not in [group["label"] for group in hello(other)["classes"]]:
            pass
    assert server.studio.dataset.labels == ["mug"]


@pytest.mark.parametrize("path", ["", "wrong/", "wrong/studio.js", "{owner}/", "{owner}/phones", "{invitation}/ws"])
def test_without_an_invitation_nothing_is_served(server: StudioServer, path: str) -> None:
    """Not even with the token of this machine's own page, which never leaves it."""
    invitation = urlsplit(server.invite()).path.strip("/")
    where = f"https://{HERE}:{server.port}/" + path.format(owner=server.tokens.owner, invitation=invitation)
    answer = get(server, where, follow_redirects=True)
    assert answer.status_code == 403
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("token", ["wrong", "{owner}", "{invitation}"])
def test_without_an_invitation_taken_nothing_is_learnt(server: StudioServer, token: str) -> None:
    invitation = urlsplit(server.invite()).path.strip("/")
    url = f"https://{HERE}:{server.port}/{token.format(owner=server.tokens.owner, invitation=invitation)}/"
    assert handshake(server, url, own(server)) == 403
    assert not server.studio.dataset.folder.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.2:{port}", "https://127.0.0.2"])
def test_a_foreign_page_gets_no_websocket(server: StudioServer, origin: str) -> None:
    url = let_in(server)
    assert handshake(server, url, origin.format(port=server.port)) == 403
    assert handshake(server, url, own(server)) == 101


def test_another_name_for_this_machine_is_refused(server: StudioServer) -> None:
    url = let_in(server)
    for host in (f"evil.example:{server.port}", "127.0.0.2", f"127.0.0.1:{server.port}"):
        assert get(server, url, headers={"Host": host}).status_code == 403
    assert get(server, server.invite(), headers={"Host": f"evil.example:{server.port}"}).status_code == 403


def test_plain_http_from_the_network_gets_nothing(server: StudioServer) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(let_in(server).replace("https:", "http:"))


def test_a_guest_is_no_guest_on_this_machines_own_address(server: StudioServer) -> None:
    token = urlsplit(let_in(server)).path.strip("/")
    assert httpx.get(f"http://127.0.0.1:{server.port}/{token}/").status_code == 403
    assert httpx.get(server.url).status_code == 200


def test_the_page_on_this_machine_asks_for_another_code(server: StudioServer) -> None:
    assert httpx.get(server.url + "phones").json() == {"lan": True}
    assert httpx.post(server.url + "phones", headers={"Origin": "https://evil.example"}).status_code == 403
    offer = httpx.post(server.url + "phones").json()
    assert offer["qr"].startswith("data:image/svg+xml")
    assert offer["seconds"] == 600
    assert get(server, offer["url"]).status_code == 303
    phone = let_in(server)
    assert get(server, phone + "phones").json() == {"lan": False}
    assert httpx.post(phone + "phones", verify=trusting(server)).json() == {"lan": False}


def test_without_lan_there_is_no_invitation_and_only_the_loopback_address(tmp_path: Path) -> None:
    server = StudioServer(Studio(Dataset(tmp_path / "things")), 0)
    assert [one.getsockname()[0] for _, sockets in server._servers for one in sockets] == ["127.0.0.1"]
    with pytest.raises(ServerError, match="--lan"):
        server.invite()
    server._socket.close()


def test_without_a_network_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lan, "addresses", list)
    with pytest.raises(ServerError, match="expected an address in a local network, found none"):
        StudioServer(Studio(Dataset(tmp_path / "things")), 0, folder=tmp_path, lan=True)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['segno'] = None; from showtell.cli.main import main; main()"
    command = [sys.executable, "-c", code, "studio", str(tmp_path / "things"), "--lan"]
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)
    assert done.returncode == 1
    assert "pip install 'showtell[lan]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_addresses_are_private_ones_that_others_can_reach() -> None:
    for address in lan.addresses():
        assert address.is_private
        assert not address.is_loopback


# -- the certificate


def test_the_certificate_stays_so_that_the_browsers_exception_does(tmp_path: Path) -> None:
    file = certificate.certificate(tmp_path, [HERE])
    before = file.read_bytes()
    assert certificate.certificate(tmp_path, [HERE]) == file
    assert file.read_bytes() == before
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_another_address_has_another_certificate_and_coming_back_the_first_again(tmp_path: Path) -> None:
    home, school = IPv4Address("192.168.1.7"), IPv4Address("10.1.2.3")
    files = [certificate.certificate(tmp_path, names) for names in ([home], [school], [school, home], [home])]
    assert files[0] == files[3]
    assert len({certificate.fingerprint(file) for file in files}) == 3


def test_a_certificate_that_ends_soon_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "LIFE", timedelta(days=13))
    before = certificate.fingerprint(certificate.certificate(tmp_path, [HERE]))
    monkeypatch.undo()
    now = certificate.fingerprint(certificate.certificate(tmp_path, [HERE]))
    assert now != before
    assert certificate.fingerprint(certificate.certificate(tmp_path, [HERE])) == now


@pytest.mark.parametrize("spoil", [lambda data: data[:200], lambda data: b"", lambda data: b"\xff" + data[1:]])
def test_a_damaged_certificate_is_made_anew(tmp_path: Path, spoil: Any) -> None:
    file = certificate.certificate(tmp_path, [HERE])
    file.write_bytes(spoil(file.read_bytes()))
    assert certificate.fingerprint(certificate.certificate(tmp_path, [HERE]))
