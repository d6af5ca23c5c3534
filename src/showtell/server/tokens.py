"""Tokens: the owner's, invitations that are good for one use, and those of the guests they let in.

A token is 32 random characters in the page's address. The owner's and the guests' survive a restart, so that open
pages find their way back; they are kept in a file that only the user may read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from showtell.system import files

INVITED_S = 10 * 60  # seconds for which an invitation is good
GUEST_S = 24 * 3600  # seconds after which a phone must be invited again
MAX_TOKENS = 50  # invitations, and guests; the oldest give way


class Tokens:
    """The tokens of one studio, kept in ``file``; None keeps them for as long as the program runs.

    For use from one thread at a time.

    A file that is damaged, or that others could read, is replaced by a new one with new tokens. Where it cannot be
    written the tokens are good all the same, until the program ends.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._invited: dict[str, float] = {}  # token -> when it ends, in seconds since 1970
        self.owner, self._guests = self._read() or (_token(), {})
        self._write()

    def is_owner(self, token: str) -> bool:
        """Return whether this is the owner's token; compared in constant time."""
        return _among(token, [self.owner])

    def is_guest(self, token: str) -> bool:
        """Return whether this is a guest's token; compared in constant time, however many guests there are."""
        self._guests = _in_time(self._guests)
        return _among(token, self._guests)

    def invite(self) -> str:
        """Return a new token that lets one guest in, once, within `INVITED_S` seconds."""
        token = _token()
        self._invited = _newest({**_in_time(self._invited), token: time.time() + INVITED_S})
        return token

    def redeem(self, token: str) -> str | None:
        """Turn an invitation into the token of a guest; None if it is none, was used before, or came too late."""
        self._invited = _in_time(self._invited)
        if not _among(token, self._invited):
            return None
        del self._invited[token]
        guest = _token()
        self._guests = _newest({**_in_time(self._guests), guest: time.time() + GUEST_S})
        self._write()
        return guest

    def _read(self) -> tuple[str, dict[str, float]] | None:
        data = files.read_private(self._file) if self._file else None
        try:
            content = json.loads(data or b"")
            owner, guests = content["owner"], {str(token): float(end) for token, end in content["guests"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        well_formed = all(len(token) == 32 and token.isascii() for token in [str(owner), *guests])
        return (owner, _in_time(guests)) if well_formed and isinstance(owner, str) else None

    def _write(self) -> None:
        if self._file:
            with contextlib.suppress(OSError):
                files.write_private(self._file, json.dumps({"owner": self.owner, "guests": self._guests}).encode())


def token_file(folder: Path, dataset: Path, port: int) -> Path:
    """Return where the tokens of the studio on this dataset and port are kept: another studio has others."""
    name = hashlib.sha256(f"{dataset}\0{port}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return folder / "studios" / f"{name}.json"


def _token() -> str:
    return secrets.token_urlsafe(24)


def _among(token: str, known: Iterable[str]) -> bool:
    found = token.encode("utf-8", "surrogatepass")
    return sum(secrets.compare_digest(found, each.encode()) for each in known) > 0  # not any(): all are compared


def _in_time(tokens: dict[str, float]) -> dict[str, float]:
    now = time.time()
    return {token: end for token, end in tokens.items() if end > now}


def _newest(tokens: dict[str, float]) -> dict[str, float]:
    return dict(list(tokens.items())[-MAX_TOKENS:])
