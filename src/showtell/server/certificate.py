"""A certificate of this machine's own, for https in the local network; needs the extra ``showtell[lan]``.

Nobody vouches for it, so a browser warns at the first visit. The certificate for the same addresses stays the same
for a year, and with it the exception that one made for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from showtell.system import files

LIFE = timedelta(days=365)  # of a certificate
RENEWED = timedelta(days=14)  # before its end a new one is made


def certificate(folder: Path, addresses: Sequence[IPv4Address]) -> Path:
    """Return a PEM file, mode 0600, with a private key (P-256) and a certificate for just these addresses.

    The one in ``folder`` if it is good for two more weeks, else a new one. OSError if that cannot be written.
    """
    names = sorted(map(str, addresses))
    path = folder / f"certificate-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:12]}.pem"
    if not _good(files.read_private(path), names):
        files.write_private(path, _make(names))
    return path


def fingerprint(path: Path) -> str:
    """Return the certificate's SHA-256 as browsers show it: ``AB:CD:…``."""
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()


def _good(data: bytes | None, names: list[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(data or b"")
        key = serialization.load_pem_private_key(data or b"", None)
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        theirs = [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    except (ValueError, TypeError, x509.ExtensionNotFound, UnsupportedAlgorithm):
        return False
    lasts = datetime.now(UTC) + RENEWED < found.not_valid_after_utc
    return lasts and sorted(theirs) == names and key.public_key() == found.public_key()


def _make(names: list[str]) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "showtell on this machine")])
    now = datetime.now(UTC)
    addresses = [x509.IPAddress(IPv4Address(name)) for name in names]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + certificate.public_bytes(pem)
