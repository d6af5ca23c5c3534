"""The command line: what it prints is stable, errors are one line, and exit codes mean what they say."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import showtell
from showtell import Dataset, load
from showtell.cli.main import main
from showtell.networks import catalogue
from showtell.pictures.frame import encode_jpeg

COMMANDS = sorted(main.commands)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def process(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "showtell", *map(str, arguments)], capture_output=True, check=False)


def failed(result: Result, code: int = 1) -> str:
    """The one line on stderr of a command that failed."""
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, fresh) -> list[Path]:
    """One file of each thing, fish, mug and star; only to be read."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = []
    for thing, frame in fresh[:3]:
        paths.append(folder / f"new {thing}.jpg")
        paths[-1].write_bytes(encode_jpeg(frame))
    return paths


# -- help


def test_there_are_these_commands():
    assert {"backbones", "demo", "evaluate", "fit", "predict", "studio"} <= set(COMMANDS)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_help_has_an_example_that_names_the_command(command):
    result = run(*([command] if command else []), "--help")
    assert result.exit_code == 0
    assert re.search(rf"Example:\n +showtell{f' {command}' if command else ''}\b", result.stdout), result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command):
    for option in main.commands[command].params:
        if isinstance(option, click.Option):
            assert option.help, option.name


def test_the_version():
    assert run("--version").stdout.split()[-1] == showtell.__version__


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--nonsense"],
        ["evaluate"],
        ["evaluate", "things", "--html"],
        ["fit"],
        ["fit", "things"],
        ["fit", "things", "-o"],
        ["predict"],
        ["predict", "model.showtell"],
        ["predict", "--pretrained"],
        ["studio", "--port", "0"],
        ["studio", "--port", "99999"],
        ["studio", "--port", "http"],
        ["studio", "a", "b"],
        ["backbones", "more"],
        ["notebooks"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    message = failed(run(*arguments), 2)
    assert message.splitlines()[-1].startswith("Error: ")
    assert list(tmp_path.iterdir()) == []


# -- fit


@pytest.mark.parametrize("options", [[], ["--classifier", "knn"], ["--classifier", "logistic"]], ids=str)
def test_fit_saves_a_model_and_says_what_it_learned(tmp_path, things, fresh, options):
    path = tmp_path / "things.showtell"
    result = run("fit", things, "-o", path, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{path}: learned 3 classes from 18 pictures: fish (6), mug (6), star (6)\n"
    expected, frames = zip(*fresh, strict=True)
    assert [prediction.closest for prediction in load(path).predict_many(frames)] == list(expected)


def test_fit_on_an_onnx_file_saves_a_model_that_needs_it_no_more(tmp_path, things, pictures):
    network, path = tmp_path / "network.onnx", tmp_path / "things.showtell"
    network.write_bytes(catalogue.find(catalogue.DEFAULT).path.read_bytes())
    options = ["--backbone", network, "--preprocessing", "tf", "--classifier", "knn"]
    assert run("fit", things, "-o", path, *options).exit_code == 0
    network.unlink()
    lines = run("predict", path, *pictures).stdout.splitlines()
    assert [re.search('see "(.*)"', line)[1] for line in lines] == ["fish", "mug", "star"]


@pytest.mark.parametrize("command", [["fit", "-o", "m.showtell"], ["evaluate"], ["studio", "--no-browser"]], ids=str)
def test_a_backbone_that_cannot_be_used_is_an_error_before_anything_is_done(things, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "network.onnx").write_bytes(b"no network")
    assert "no backbone is called 'resnet'" in failed(run(*command, things, "--backbone", "resnet"))
    assert "expected an ONNX file" in failed(
        run(*command, things, "--backbone", "network.onnx", "--preprocessing", "tf")
    )
    assert "how it wants its pixels" in failed(run(*command, things, "--backbone", "network.onnx"))
    assert "with an ONNX file only" in failed(run(*command, things, "--preprocessing", "tf"), 2)
    assert os.listdir(tmp_path) == ["network.onnx"]


def test_fit_leaves_broken_pictures_out_and_names_them(tmp_path, write_folder, shown):
    folder = write_folder(tmp_path / "things", {thing: shown[thing][:2] for thing in ("fish", "mug")})
    (folder / "mug" / "broken.jpg").write_bytes(encode_jpeg(shown["mug"][0])[:2000])
    (folder / "mug" / "notes.txt").write_text("no picture")
    result = run("fit", folder, "-o", tmp_path / "m.showtell")
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'm.showtell'}: learned 2 classes from 4 pictures: fish (2), mug (2)\n"
    lines = sorted(result.stderr.splitlines())
    assert len(lines) == 2
    assert lines[0].startswith("left out mug/broken.jpg: ")
    assert "damaged or cut short" in lines[0]
    assert lines[1].startswith("left out mug/notes.txt: not a picture")


def test_fit_leaves_the_pictures_as_they_are(tmp_path, write_folder, shown):
    folder = write_folder(tmp_path / "things", {thing: shown[thing][:1] for thing in ("fish", "mug")})
    before = {path: path.read_bytes() for path in folder.rglob("*.jpg")}
    run("fit", folder, "-o", tmp_path / "m.showtell")
    assert {path: path.read_bytes() for path in folder.rglob("*.jpg")} == before


# -- predict


def test_predict_says_a_sentence_for_each_picture(model_file, pictures):
    result = run("predict", model_file, *pictures)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) == 3
    for line, path, thing in zip(lines, pictures, ("fish", "mug", "star"), strict=True):
        assert re.fullmatch(rf'{re.escape(str(path))}: I see "{thing}" and I\'m \d+ % certain about it', line)


def test_predict_as_json(model_file, pictures):
    result = run("predict", "--json", model_file, *pictures)
    assert (result.exit_code, result.stderr) == (0, "")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    for answer, path, thing in zip(answers, pictures, ("fish", "mug", "star"), strict=True):
        assert list(answer) == ["file", "label", "confidence", "familiarity", "scores"]
        assert (answer["file"], answer["label"]) == (str(path), thing)
        assert set(answer["scores"]) == {"fish", "mug", "star"}
        assert sum(answer["scores"].values()) == pytest.approx(1)
        assert 0 <= answer["confidence"] <= 1
        assert 0 <= answer["familiarity"] <= 1


def test_a_broken_picture_among_good_ones_is_an_error_at_the_end(tmp_path, model_file, pictures):
    broken, gone = tmp_path / "broken.jpg", tmp_path / "gone.jpg"
    broken.write_bytes(pictures[0].read_bytes()[:2000])
    mixed = [pictures[0], broken, pictures[1], gone]
    result = run("predict", model_file, *mixed)
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [str(pictures[0]), str(pictures[1])]
    errors = result.stderr.splitlines()
    assert len(errors) == 2
    assert errors[0].startswith(f"Error: {broken}: damaged or cut short")
    assert errors[1].startswith(f"Error: {gone}: cannot be read (No such file or directory)")

    result = run("predict", "--json", model_file, *mixed)
    assert (result.exit_code, result.stderr) == (1, "")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["file"] for answer in answers] == [str(path) for path in mixed]
    assert ["error" in answer for answer in answers] == [False, True, False, True]
    assert list(answers[1]) == ["file", "error"]


def test_predict_with_the_pretrained_network(tmp_path, pictures):
    result = run("predict", "--pretrained", pictures[0], tmp_path / "gone.jpg")
    assert result.exit_code == 1
    assert re.fullmatch(rf"{re.escape(str(pictures[0]))}: (.+ \d+ %, ){{4}}.+ \d+ %\n", result.stdout)
    result = run("predict", "--pretrained", "--json", pictures[0])
    answer = json.loads(result.stdout)
    assert (result.exit_code, list(answer)) == (0, ["file", "scores"])
    assert len(answer["scores"]) == 5
    assert list(answer["scores"].values()) == sorted(answer["scores"].values(), reverse=True)


@pytest.mark.parametrize("options", [[], ["--json"], ["--pretrained", "--json"]], ids=str)
def test_a_file_name_that_is_no_valid_unicode_is_no_crash(tmp_path, model_file, pictures, options):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg"))
    path.write_bytes(pictures[1].read_bytes())
    model = [] if "--pretrained" in options else [model_file]
    for picture in (path, path.with_suffix(".gone")):
        result = run("predict", *options, *model, picture)
        assert result.exit_code == (0 if picture == path else 1)


def test_labels_of_every_script_are_printed(tmp_path, write_folder, shown):
    folder = write_folder(tmp_path / "things", {"🦊 лиса": shown["fish"][:1], "杯子": shown["mug"][:1]})
    model = tmp_path / "m.showtell"
    assert "🦊 лиса (1)" in run("fit", folder, "-o", model).stdout
    result = run("predict", "--json", model, folder / "杯子" / "0.jpg")
    assert json.loads(result.stdout)["label"] == "杯子"
    assert "杯子" in result.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "an empty name; expected a picture file"),
        ("-", "-: expected a picture file; pictures are not read from stdin"),
        ("folder", "folder: a folder; expected picture files, for example folder/*.jpg"),
        ("m.showtell", "m.showtell: a model or a zip; expected picture files after the model"),
        ("empty.jpg", "empty.jpg: the file is empty; expected a picture"),
        ("text.jpg", "text.jpg: not a picture that showtell reads; expected JPEG, PNG, WebP, GIF, BMP or TIFF"),
        ("gone.jpg", "gone.jpg: cannot be read (No such file or directory); expected a picture file"),
        ("loop", "loop: cannot be read (Too many levels of symbolic links); expected a picture file"),
        ("x" * 300, f"{'x' * 300}: cannot be read (File name too long); expected a picture file"),
    ],
    ids=lambda value: value[:10],
)
def test_what_is_no_picture_is_said_in_one_line(tmp_path, monkeypatch, model_file, name, words):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("m.showtell").write_bytes(model_file.read_bytes())
    Path("empty.jpg").write_bytes(b"")
    Path("text.jpg").write_text("hello\n")
    assert failed(run("predict", model_file, name)) == f"Error: {words}\n"
    result = run("predict", "--json", model_file, name)
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == {"file": name, "error": words}


def test_what_is_no_model_is_said_in_one_line(tmp_path, monkeypatch, model_file, pictures):
    monkeypatch.chdir(tmp_path)
    Path("my things").mkdir()
    message = failed(run("predict", "my things", pictures[0]))
    assert message == (
        "Error: my things: a folder; expected a saved model; "
        "make one of a dataset with: showtell fit 'my things' -o MODEL\n"
    )
    message = failed(run("predict", pictures[0], model_file))
    assert message == (
        f"Error: {pictures[0]}: no saved model; the model comes first: showtell predict MODEL PICTURE...\n"
    )
    assert "expected a saved model" in failed(run("predict", "gone.showtell", pictures[0]))
    assert "no zip archive" in failed(run("predict", pictures[0], pictures[1]))


# -- demo and backbones


def test_the_demo_needs_nothing_and_recognises_what_it_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    answers = re.findall(r"a (\w+) +→ (?:I see \"(\w+)\"|.*closest: \"(\w+)\")", result.stdout)
    assert len(answers) >= 4
    right = [shown == (seen or closest) for shown, seen, closest in answers]
    assert sum(right) >= 0.8 * len(right)
    assert list(tmp_path.iterdir()) == []


def test_backbones_lists_the_bundled_one():
    result = run("backbones")
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("efficientnet-lite0 ")]
    assert "9.4 MB" in line
    assert "1280 features" in line
    assert "Apache-2.0" in line
    assert line.endswith(" installed")


# -- notebooks


def test_the_course_is_copied_out_once(tmp_path):
    result = run("notebooks", tmp_path / "a course")
    assert (result.exit_code, result.stderr) == (0, "")
    copied = sorted(path.name for path in (tmp_path / "a course").iterdir())
    assert copied[0] == "1-show-and-tell.ipynb"
    assert f"{len(copied)} notebooks" in result.stdout
    assert f"jupyter lab '{tmp_path}/a course/1-show-and-tell.ipynb'" in result.stdout
    mine = tmp_path / "a course" / copied[0]
    mine.write_text("changed")
    assert "already" in failed(run("notebooks", tmp_path / "a course"))
    assert mine.read_text() == "changed"
    (tmp_path / "file").write_text("")
    assert "cannot be written" in failed(run("notebooks", tmp_path / "file"))


# -- as a process


def test_a_real_process_prints_results_on_stdout_and_nothing_else(model_file, pictures):
    done = process("predict", "--json", model_file, *pictures)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line)["label"] for line in done.stdout.splitlines()] == ["fish", "mug", "star"]


def test_progress_is_shown_on_a_terminal_only_and_never_on_stdout(model_file, pictures):
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "showtell", "predict", "--json", str(model_file), *map(str, pictures)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave) as child:
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:  # how Linux says that the other end was closed
            pass
        stdout = child.stdout.read()
    os.close(master)
    assert child.returncode == 0
    assert b"looking" in shown
    assert len([json.loads(line) for line in stdout.splitlines()]) == 3


def test_warnings_about_a_damaged_picture_stay_out_of_the_way(tmp_path, model_file):
    odd = tmp_path / "odd.tif"
    odd.write_bytes(b"II*\0\0\0\0\1")
    done = process("predict", model_file, odd)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout) == (1, b"")
    assert len(lines) == 1
    assert lines[0].startswith(f"Error: {odd}: ")


def test_the_studio_of_a_folder_prints_its_address_on_a_line_of_its_own(tmp_path):
    folder = tmp_path / "my things"
    folder.mkdir()
    command = [sys.executable, "-m", "showtell", str(folder)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"BROWSER": "true", "XDG_CONFIG_HOME": str(tmp_path / "config")},
    ) as child:
        first, url = child.stdout.readline(), child.stdout.readline().strip()
        try:
            assert str(folder) in first
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/", url)
            with urllib.request.urlopen(url, timeout=60) as page:
                assert b"studio.js" in page.read()
        finally:
            child.send_signal(signal.SIGINT)
            stderr = child.communicate(timeout=60)[1]
    assert "Traceback" not in stderr


def test_import_of_nothing_but_damaged_pictures_fails(tmp_path):
    for label in ("mug", "star"):
        (tmp_path / "source" / label).mkdir(parents=True)
        (tmp_path / "source" / label / "1.jpg").write_bytes(b"hello")
    *left_out, last = failed(run("import", tmp_path / "source", tmp_path / "taught")).splitlines()
    assert [line.partition(": ")[0] for line in left_out] == ["left out mug/1.jpg", "left out star/1.jpg"]
    assert last == "Error: source: expected pictures, found none that can be used; nothing came in"
    assert not (tmp_path / "taught").exists()


def test_import_says_what_came_in_and_what_was_left_out(tmp_path, things):
    archive = tmp_path / "our things.tm"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(things.glob("*/[01].jpg")):
            file.write(path, f"{path.parent.name}-!-{path.name}")
        file.writestr("mug-!-9.jpg", b"hello")
        file.writestr("manifest.json", "{}")
    result = run("import", archive, tmp_path / "taught")
    labels = [path.name for path in sorted(things.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    assert result.stdout == f"{tmp_path / 'taught'}: imported {2 * len(labels)} pictures of {', '.join(labels)}\n"
    assert result.stderr.startswith("left out mug-!-9.jpg: not a picture")
    assert Dataset(tmp_path / "taught").counts == dict.fromkeys(labels, 2)
    assert "needs the name of a class" in failed(run("import", things / "mug", tmp_path / "taught"))
    assert run("import", things / "mug", tmp_path / "taught", "--label", "cup").exit_code == 0
