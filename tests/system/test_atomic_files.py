"""Output files: whole or not at all, where their links lead, as private as they were, and never on a device."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from showtell.system.files import (
    NotAFileError,
    is_folder,
    open_regular,
    read_private,
    replaced,
    write_private,
)

posix = pytest.mark.skipif(os.name != "posix", reason="permissions, pipes and links as on Unix")


def write(path: Path, data: bytes = b"new") -> None:
    with replaced(path) as file:
        file.write(data)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_file_is_new_or_as_it_was(tmp_path):
    path = tmp_path / "model"
    write(path, b"old")

    def interrupted() -> None:
        with replaced(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    with replaced(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["model"]


@posix
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to a name that is free"])
@pytest.mark.parametrize("length", [1, 3])
def test_it_is_written_where_links_lead(tmp_path, there, length):
    (tmp_path / "versions").mkdir()
    target = tmp_path / "versions/3"
    if there:
        target.write_bytes(b"old")
    link, to = tmp_path / "latest", "versions/3"
    for number in range(1, length):
        (tmp_path / f"link{number}").symlink_to(to)
        to = f"link{number}"
    link.symlink_to(to)
    write(link)
    assert os.readlink(link) == to
    assert target.read_bytes() == b"new"
    assert not target.is_symlink()
    assert os.listdir(tmp_path / "versions") == ["3"]


@posix
def test_links_in_a_circle_are_an_error(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        write(tmp_path / "a")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@posix
@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o644, 0o666, 0o755, 0o200])
def test_a_file_keeps_its_permissions(tmp_path, permissions):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    path.chmod(permissions)
    write(path)
    assert mode(path) == permissions
    path.chmod(0o600)
    assert path.read_bytes() == b"new"


@posix
def test_what_replaces_a_private_file_is_never_open_to_others(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    path.chmod(0o600)
    with replaced(path):
        assert {mode(other) for other in tmp_path.iterdir()} == {0o600}


@posix
def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write(tmp_path / "model")
    assert mode(tmp_path / "model") == mode(tmp_path / "other")


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only a superuser gives files away")
def test_a_superuser_leaves_the_file_to_its_owner(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    os.chown(path, 12345, 12345)
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


@posix
@pytest.mark.parametrize("permissions", [0o444, 0o400, 0o555])
@pytest.mark.parametrize("linked", [True, False])
def test_a_write_protected_file_stays_as_it_is(tmp_path, permissions, linked):
    path = tmp_path / "model"
    path.write_bytes(b"precious")
    path.chmod(permissions)
    if linked:
        (tmp_path / "link").symlink_to("model")
    before = path.stat()
    with pytest.raises(PermissionError, match="write-protected"):
        write(tmp_path / "link" if linked else path)
    assert path.stat() == before
    path.chmod(0o600)
    assert path.read_bytes() == b"precious"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this user makes no devices")


def socket(path: Path) -> None:
    from socket import AF_UNIX
    from socket import socket as make

    with make(AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # an absolute one may be too long


@posix
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("make", [pipe, device, socket, Path.mkdir])
def test_what_is_no_file_is_refused_and_stays(tmp_path, monkeypatch, make, linked):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "thing"
    make(path)
    if linked:
        (tmp_path / "link").symlink_to("thing")
    before, names = path.lstat(), os.listdir(tmp_path)
    with pytest.raises(NotAFileError, match="expected a file or a new name, found a"):
        write(tmp_path / "link" if linked else path)
    after = path.lstat()
    assert (after.st_mode, after.st_ino, after.st_rdev) == (before.st_mode, before.st_ino, before.st_rdev)
    assert os.listdir(tmp_path) == names


@posix
def test_an_output_into_a_pipe_of_the_shell_is_refused():
    code = "from showtell.system.files import replaced\nwith replaced('/dev/stdout') as f: f.write(b'x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert "expected a file or a new name" in done.stderr


# -- files that are nobody else's


@posix
@pytest.mark.parametrize("opened", ["rb", "ab", "a+b", "r+b", "wb"])
@pytest.mark.parametrize("make", [pipe, device, Path.mkdir, "link", "link to a link", "link to nothing"])
def test_only_a_file_itself_is_opened(tmp_path, make, opened):
    target, path = tmp_path / "target", tmp_path / "thing"
    if isinstance(make, str):
        if make != "link to nothing":
            target.write_bytes(b"precious")
        (tmp_path / "link").symlink_to("target")
        path.symlink_to("link" if make == "link to a link" else "target")
    else:
        make(path)
    with pytest.raises(FileExistsError, match="in the way"):
        open_regular(path, opened)
    assert path.is_symlink() == isinstance(make, str)
    assert target.exists() == (make in ("link", "link to a link"))
    assert not target.exists() or target.read_bytes() == b"precious"


@posix
def test_a_link_that_comes_at_the_last_moment_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "thing").write_bytes(b"")
    status = (tmp_path / "thing").lstat()
    (tmp_path / "thing").unlink()
    (tmp_path / "thing").symlink_to("target")
    monkeypatch.setattr(os, "lstat", lambda path: status)  # as it was a moment before
    with pytest.raises(FileExistsError):
        open_regular(tmp_path / "thing", "wb")
    assert (tmp_path / "target").read_bytes() == b"precious"


def test_a_file_is_opened_as_open_does(tmp_path):
    path = tmp_path / "file"
    with pytest.raises(FileNotFoundError):
        open_regular(path, "rb")
    with open_regular(path, "ab") as file:
        file.write(b"one")
    with open_regular(path, "a+b") as file:
        file.seek(0)
        assert file.read() == b"one"
        file.write(b"two")
    assert path.read_bytes() == b"onetwo"
    assert is_folder(tmp_path)
    assert not is_folder(path)


# -- private files


@posix
def test_a_private_file_is_private_whatever_was_there(tmp_path):
    path = tmp_path / "new/token"
    write_private(path, b"one")
    assert (mode(path), mode(path.parent), read_private(path)) == (0o600, 0o700, b"one")
    path.chmod(0o644)
    assert read_private(path) is None
    write_private(path, b"two")
    assert (mode(path), read_private(path)) == (0o600, b"two")
    shutil.rmtree(path.parent)
    assert read_private(path) is None


def test_many_that_write_one_file_at_once_leave_one_of_them_whole(tmp_path):
    path = tmp_path / "model"
    datas = [bytes([number]) * 10000 for number in range(8)]
    threads = [threading.Thread(target=write, args=(path, data)) for data in datas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in datas
    assert os.listdir(tmp_path) == ["model"]
