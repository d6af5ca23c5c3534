"""Tokens: who is let in, how often, how long, and what of it survives a restart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from showtell.server import tokens
from showtell.server.tokens import Tokens, token_file

posix = pytest.mark.skipif(os.name != "posix", reason="modes mean nothing on Windows")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1e9]
    monkeypatch.setattr(tokens.time, "time", lambda: now[0])
    return now


def test_the_owner_keeps_the_token_over_a_restart_and_so_does_a_guest(tmp_path: Path) -> None:
    first = Tokens(tmp_path / "a.json")
    guest = first.redeem(first.invite())
    again = Tokens(tmp_path / "a.json")
    assert again.owner == first.owner
    assert guest is not None
    assert again.is_guest(guest)
    assert again.is_owner(first.owner)
    assert not again.is_owner(guest)
    assert not again.is_guest(first.owner)


def test_another_dataset_or_port_has_other_tokens(tmp_path: Path) -> None:
    files = {token_file(tmp_path, Path(name), port) for name in ("/a", "/b") for port in (1, 2)}
    assert len(files) == 4
    assert len({Tokens(file).owner for file in files}) == 4


def test_an_invitation_is_good_once(clock: list[float]) -> None:
    some = Tokens()
    invitation = some.invite()
    assert not some.is_guest(invitation)
    guest = some.redeem(invitation)
    assert guest is not None
    assert guest != invitation
    assert some.is_guest(guest)
    assert some.redeem(invitation) is None
    assert some.redeem(guest) is None
    assert some.redeem("") is None


def test_invitations_and_guests_end(clock: list[float]) -> None:
    some = Tokens()
    early, late = some.invite(), some.invite()
    clock[0] += tokens.INVITED_S - 1
    guest = some.redeem(early)
    assert guest is not None
    clock[0] += 2
    assert some.redeem(late) is None
    assert some.is_guest(guest)
    clock[0] += tokens.GUEST_S
    assert not some.is_guest(guest)


def test_a_guest_whose_time_is_over_is_not_let_in_after_a_restart(tmp_path: Path, clock: list[float]) -> None:
    first = Tokens(tmp_path / "a.json")
    guest = first.redeem(first.invite())
    assert guest is not None
    clock[0] += tokens.GUEST_S + 1
    assert not Tokens(tmp_path / "a.json").is_guest(guest)


def test_asking_for_invitations_without_end_keeps_a_bounded_number() -> None:
    some = Tokens()
    invitations = [some.invite() for _ in range(tokens.MAX_TOKENS + 1)]
    assert some.redeem(invitations[0]) is None
    assert some.redeem(invitations[-1]) is not None


@posix
def test_only_the_user_may_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "a.json"
    Tokens(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["a.json"]


@posix
def test_a_file_that_others_could_have_read_is_not_trusted(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    before = Tokens(file).owner
    file.chmod(0o644)
    assert Tokens(file).owner != before
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"owner": 1, "guests": {}}', '{"owner": "short", "guests": {}}', '{"owner": "a"}']
)
def test_a_damaged_file_gives_new_tokens(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.json"
    file.touch(0o600)
    file.write_text(content)
    owner = Tokens(file).owner
    assert len(owner) == 32
    assert Tokens(file).owner == owner


def test_where_nothing_can_be_written_the_tokens_are_good_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    some = Tokens(tmp_path / "file" / "a.json")
    assert some.is_owner(some.owner)
