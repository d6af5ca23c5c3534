"""The studio in the local network, so that a phone can be its camera; needs the extra ``showtell[lan]``."""

from __future__ import annotations

import io
import socket
from contextlib import ExitStack
from ipaddress import IPv4Address
from pathlib import Path

from showtell.errors import ServerError
from showtell.server.sockets import listen

try:
    import ifaddr
    import segno

    from showtell.server.certificate import certificate, fingerprint
except ImportError as error:
    raise ServerError(
        f"--lan: expected the packages of showtell's extra, but {error.name} is missing; "
        "install them: pip install 'showtell[lan]'"
    ) from error


class Lan:
    """This machine's private IPv4 addresses, each with a socket that listens on ``port``, and their certificate.

    ``folder`` keeps the certificate. ServerError if there is no such address, the port is taken on one of them, or
    the certificate cannot be written.
    """

    def __init__(self, port: int, folder: Path) -> None:
        found = addresses()
        if not found:
            raise ServerError("--lan: expected an address in a local network, found none; join a Wi-Fi network first")
        try:
            self.certificate = certificate(folder, found)
        except OSError as error:
            raise ServerError(f"--lan: the certificate cannot be kept in {folder}: {error.strerror}") from error
        self.fingerprint = fingerprint(self.certificate)
        self.hosts = [f"{address}:{port}" for address in found]
        with ExitStack() as opened:
            try:
                self.sockets = [opened.enter_context(listen(str(address), port)) for address in found]
            except OSError as error:
                raise ServerError(
                    f"--lan: port {port} of {', '.join(map(str, found))} cannot be used ({error.strerror}); "
                    "choose another with --port"
                ) from error
            opened.pop_all()


def addresses() -> list[IPv4Address]:
    """Return the addresses of this machine in private networks, first the one that others in the network would use."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    private = {address for address in map(IPv4Address, found) if address.is_private}
    mine = [address for address in private if not (address.is_loopback or address.is_link_local)]
    main = _main_address()
    return sorted(mine, key=lambda address: (str(address) != main, address))


def qr_svg(url: str) -> str:
    """Return the address as a QR code: an SVG picture, as a ``data:`` address for an ``img``."""
    return str(segno.make(url, micro=False).svg_data_uri(scale=6, border=4, light="#fff"))


def qr_text(url: str) -> str:
    """Return the address as a QR code for a terminal."""
    out = io.StringIO()
    segno.make(url, micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()


def _main_address() -> str:
    """Return the address that a packet to elsewhere would bear; none is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.254.254.254", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
