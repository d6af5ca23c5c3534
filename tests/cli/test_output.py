"""What commands print can be encoded by any console, and a terminal obeys none of it."""

from __future__ import annotations

import errno
import json
import logging
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from showtell import Dataset, Model
from showtell.cli.main import main
from showtell.cli.output import Complaints, complain, say, say_json, visible
from showtell.pictures.frame import encode_jpeg
from showtell.server.server import StudioServer

ENCODINGS = ("utf-8", "cp1252", "ascii", "cp437")
MORE = (*ENCODINGS, "latin-1", "cp932", "gb18030", "utf-16", "iso2022_jp")
HOSTILE = {  # names of class folders that a stranger's dataset may have
    "猫 🦊 e\u0301": "fish",  # Japanese, an emoji, a combining accent
    "red\x1b[31m\x07\x1b]0;title\x07": "mug",  # escape sequences: a colour, the bell, the window's title
    "\u202egnp.x\u2066 \n×…\x9b2J\r\x7f\u2028\u200f": "star",  # bidi overrides, newlines, a C1 control sequence
}
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def obeyed(text: str) -> set[str]:
    """The characters that a terminal would act upon."""
    return {c for c in text if c != "\n" and (unicodedata.category(c) in UNSEEN or c in BIDI)}


def run(encoding: str, *arguments: object) -> Result:
    """Run a command whose stdout has an encoding and refuses what that lacks."""
    return CliRunner(charset=encoding).invoke(main, [str(argument) for argument in arguments])


def checked(result: Result, encoding: str, code: int = 0) -> tuple[list[str], list[str]]:
    """The lines on stdout and on stderr of a command that ended as it should."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    out, err = (data.decode(encoding) for data in (result.stdout_bytes, result.stderr_bytes))
    assert obeyed(out) | obeyed(err) == set()
    return out.split("\n")[:-1], err.split("\n")[:-1]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, shown) -> Path:
    """A folder of class folders whose names are what a terminal should not see; only to be read."""
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("no such file names here")
    folder = tmp_path_factory.mktemp("hostile") / "th\x1b[1mings"
    for label, thing in HOSTILE.items():
        (folder / label).mkdir(parents=True)
        for number, frame in enumerate(shown[thing][:3]):
            (folder / label / f"{number}\x1b[1m\n.jpg").write_bytes(encode_jpeg(frame))
    (folder / "red\x1b[31m\x07\x1b]0;title\x07" / "notes\x9b\n.jpg").write_bytes(b"no picture")
    with open(os.fsencode(folder) + b"/\xff\x1b.jpg", "wb") as file:
        file.write(b"not Unicode")
    return folder


@pytest.fixture(scope="module")
def hostile_model(hostile, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models") / "m\x1b[5m.showtell"
    Model(classifier="knn").fit(Dataset(hostile)).save(path)
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_fit_evaluate_and_care(hostile, tmp_path, encoding):
    out, err = checked(run(encoding, "fit", hostile, "-o", tmp_path / "m\n.showtell", "--classifier", "knn"), encoding)
    assert len(out) == 1
    assert any("notes" in line for line in err)
    out, _ = checked(run(encoding, "evaluate", hostile, "--classifier", "knn"), encoding)
    assert out[0].startswith("th")
    out, _ = checked(run(encoding, "evaluate", hostile, "--classifier", "knn", "--json"), encoding)
    assert {figures["label"] for figures in json.loads(out[0])["classes"]} == set(Dataset(hostile).labels)
    checked(run(encoding, "care", hostile), encoding)
    out, _ = checked(run(encoding, "care", hostile, "--json"), encoding)
    assert all(json.loads(line)["kind"] for line in out)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_predict(hostile, hostile_model, encoding):
    pictures = sorted(hostile.glob("*/0*.jpg"))
    out, err = checked(run(encoding, "predict", hostile_model, *pictures), encoding)
    assert (len(out), err) == (len(pictures), [])
    out, _ = checked(run(encoding, "predict", "--json", hostile_model, *pictures), encoding)
    answers = [json.loads(line) for line in out]
    assert [answer["file"] for answer in answers] == [str(path) for path in pictures]
    assert {answer["label"] for answer in answers} == set(Dataset(hostile).labels)
    broken = hostile / "gone\x1b\n.jpg"
    _, err = checked(run(encoding, "predict", hostile_model, broken), encoding, code=1)
    assert len(err) == 1
    out, _ = checked(run(encoding, "predict", "--json", hostile_model, broken), encoding, code=1)
    assert json.loads(out[0])["file"] == str(broken)
    checked(run(encoding, "predict", "--pretrained", pictures[0]), encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_import_and_notebooks(hostile, tmp_path, encoding):
    out, _ = checked(run(encoding, "import", hostile, tmp_path / "in\x1bto"), encoding)
    assert "imported 9 pictures" in out[0]
    checked(run(encoding, "notebooks", tmp_path / "cour\x1bse\n"), encoding)
    _, err = checked(run(encoding, "notebooks", tmp_path / "cour\x1bse\n"), encoding, code=1)
    assert len(err) == 1


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_demo_and_backbones(encoding):
    out, _ = checked(run(encoding, "demo"), encoding)
    assert len(out) == 11
    out, _ = checked(run(encoding, "backbones"), encoding)
    assert "224×224" in out[0] or "224x224" in out[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_studio_and_its_qr_code(hostile, tmp_path, monkeypatch, encoding):
    pytest.importorskip("segno")
    from showtell.server import lan

    if not lan.addresses():
        pytest.skip("no local network here")

    def close(server: StudioServer) -> None:
        for _, sockets in server._servers:
            for socket in sockets:
                socket.close()

    monkeypatch.setattr(StudioServer, "run", close)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    result = run(encoding, "studio", tmp_path / "th\x1b\n猫", "--no-browser", "--lan")
    out, _ = checked(result, encoding)
    assert any(line.startswith("http://127.0.0.1:") for line in out)
    assert any("█" in line for line in out) == (encoding in {"utf-8", "cp437"})


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no\x1b\n猫"], 2),
        (["--no\x1b\n猫"], 2),
        (["fit", "--no\x1b\n猫"], 2),
        (["fit", "a", "b\x1b\n猫"], 2),
        (["studio", "--port", "\x1b\n猫"], 2),
        (["fit", "no\x1b\n猫", "-o", "m.showtell"], 1),
        (["fit", "things", "-o", "m.showtell", "--backbone", "\x1b\n猫"], 1),
        (["fit", "things", "-o", "m.showtell", "--classifier", "\x1b\n猫"], 1),
        (["evaluate", "no\x1b\n猫"], 1),
        (["care", "no\x1b\n猫"], 1),
        (["predict", "no\x1b\n猫", "x.jpg"], 1),
        (["import", "no\x1b\n猫", "things"], 1),
    ],
    ids=repr,
)
def test_errors(tmp_path, monkeypatch, things, encoding, arguments, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "things").symlink_to(things)
    out, err = checked(run(encoding, *arguments), encoding, code)
    assert out == []
    assert err[-1].startswith("Error: ")
    assert sum(line.startswith("Error") for line in err) == 1
    assert code == 2 or len(err) == 1


@pytest.mark.parametrize("command", [None, *sorted(main.commands)])
def test_help_is_plain_ascii(command):
    """Click writes it, past what looks after the other lines."""
    assert run("utf-8", *([command] if command else []), "--help").stdout.isascii()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_real_pipe_and_a_name_that_is_no_unicode(tmp_path, model_file, shown, encoding):
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("no such file names here")
    path = os.fsencode(tmp_path) + b"/\xff\x1b\xe7\x8c\xab.jpg"
    with open(path, "wb") as file:
        file.write(encode_jpeg(shown["mug"][0]))
    command = [sys.executable, "-m", "showtell", "predict", "--json", str(model_file), path, path + b".gone"]
    done = subprocess.run(
        command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": encoding}, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    seen, gone = (json.loads(line) for line in done.stdout.decode(encoding).splitlines())
    assert (os.fsencode(seen["file"]), seen["label"]) == (path, "mug")
    assert os.fsencode(gone["file"]) == path + b".gone"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_the_progress_bar_on_a_terminal(hostile_model, hostile, encoding):
    """Everything on one terminal: the lines come whole, and no byte of a label is a control sequence."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    pictures = sorted(hostile.glob("*/0*.jpg"))
    command = [sys.executable, "-m", "showtell", "predict", str(hostile_model), *map(str, pictures)]
    env = os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "1000", "TERM": "xterm"}
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=env) as child:
        os.close(slave)
        written = b""
        try:
            while piece := os.read(master, 4096):
                written += piece
        except OSError:  # how Linux says that the other end was closed
            pass
    os.close(master)
    text = written.decode(encoding)
    assert child.returncode == 0
    assert "looking" in text
    assert text.count("certain about it") == len(pictures)
    assert "\x1b[31m" not in text
    assert "\x1b]0;" not in text
    assert "\u202e" not in text
    assert "\x07" not in text


@pytest.mark.parametrize("encoding", MORE)
@given(text=st.text(st.characters()))
def test_any_text_can_be_printed(encoding: str, text: str) -> None:
    @click.command()
    def command() -> None:
        say(text)
        complain(text)

    out, err = checked(CliRunner(charset=encoding).invoke(command, []), encoding)
    assert (len(out), len(err)) == (1, 1)


def test_what_the_studio_logs_is_shown_the_same_way() -> None:
    log = logging.Logger("showtell")
    log.addHandler(Complaints())

    @click.command()
    def command() -> None:
        try:
            raise KeyError("猫\x1b[31m")
        except KeyError:
            log.exception("no \u202egnp")

    out, err = checked(CliRunner(charset="ascii").invoke(command, []), "ascii")
    assert out == []
    assert err[0] == r"no \u202egnp"
    assert err[-1].startswith("KeyError: ")


@given(st.text(st.characters(), min_size=1))
def test_visible_text_is_one_line_that_no_terminal_obeys(text: str) -> None:
    shown = visible(text)
    assert "\n" not in shown
    assert obeyed(shown) == set()
    assert visible(shown) == shown


@pytest.mark.parametrize("encoding", MORE)
@given(label=st.text(st.characters()))
def test_json_comes_back_as_it_was(encoding: str, label: str) -> None:
    @click.command()
    def command() -> None:
        say_json({"label": label})

    out, _ = checked(CliRunner(charset=encoding).invoke(command, []), encoding)
    assert json.loads(out[0]) == {"label": label}


@pytest.mark.parametrize(
    ("encoding", "text", "printed"),
    [
        ("utf-8", "猫 → 3 × 4 …", "猫 → 3 × 4 …"),
        ("utf-8", "👩‍🔬 e\u0301 می‌خواهم", "👩‍🔬 e\u0301 می‌خواهم"),
        ("cp1252", "猫 → 3 × 4 …", r"\u732b -> 3 × 4 …"),
        ("ascii", "猫 → 3 × 4 …", r"\u732b -> 3 x 4 ..."),
        ("ascii", "🦊 é \udcff", r"\U0001f98a \xe9 \udcff"),
    ],
)
def test_what_a_console_lacks_is_spelled_out(encoding, text, printed):
    @click.command()
    def command() -> None:
        say(text)
        complain(text)

    assert checked(CliRunner(charset=encoding).invoke(command, []), encoding) == ([printed], [printed])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_the_output_is_said_in_one_line():
    command = [sys.executable, "-m", "showtell", "backbones"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"Error: the output: {os.strerror(errno.ENOSPC)}\n")
