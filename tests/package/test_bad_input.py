"""Whatever a user gets wrong: one line that says what was expected, what was found and what to do; nothing is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from showtell import Dataset, load
from showtell.cli.main import main
from showtell.errors import DatasetError
from showtell.pictures.frame import encode_jpeg


def error(*arguments: object) -> str:
    """The one line with which the command fails."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


@pytest.fixture
def output(tmp_path) -> Path:
    """Where a model would go; it must not appear."""
    return tmp_path / "model.showtell"


# -- fit


def test_no_such_folder(tmp_path, output):
    folder = tmp_path / "thigns"
    assert error("fit", folder, "-o", output) == (
        f"{folder}: expected a folder with a folder of pictures for each class, found none; "
        "check the name, or make it by adding pictures"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_instead_of_a_folder(tmp_path, output, shown):
    picture = tmp_path / "mug.jpg"
    picture.write_bytes(encode_jpeg(shown["mug"][0]))
    assert error("fit", picture, "-o", output).startswith(f"{picture}: expected a folder")
    assert not output.exists()


def test_an_empty_folder(tmp_path, output):
    (tmp_path / "things").mkdir()
    line = error("fit", tmp_path / "things", "-o", output)
    assert line == (
        f"{tmp_path / 'things'}: expected two classes or more, found none; add a folder of pictures for each"
    )
    assert not output.exists()


def test_pictures_without_class_folders(tmp_path, output, shown):
    (tmp_path / "mug.jpg").write_bytes(encode_jpeg(shown["mug"][0]))
    assert "expected two classes or more, found none; add a folder of pictures for each" in error(
        "fit", tmp_path, "-o", output
    )
    assert not output.exists()


def test_one_class_only(tmp_path, output, write_folder, shown):
    folder = write_folder(tmp_path / "things", {"mug": shown["mug"][:2]})
    assert error("fit", folder, "-o", output) == (
        f'{folder}: expected two classes or more, found only "mug"; add a second one, to tell them apart'
    )
    assert not output.exists()


def test_an_empty_class(tmp_path, output, write_folder, shown):
    folder = write_folder(tmp_path / "things", {"mug": shown["mug"][:2], "fish": []})
    assert error("fit", folder, "-o", output) == (
        f'{folder}: expected pictures in every class, found none in "fish"; add some, or remove the class'
    )
    assert not output.exists()


def test_a_class_of_broken_pictures_only(tmp_path, output, write_folder, shown):
    folder = write_folder(tmp_path / "things", {"mug": shown["mug"][:2], "fish": shown["fish"][:1]})
    (folder / "fish" / "0.jpg").write_bytes(b"broken")
    assert 'found none in "fish"' in error("fit", folder, "-o", output)
    assert not output.exists()


def test_an_unknown_classifier_or_backbone(things, output):
    assert error("fit", things, "-o", output, "--classifier", "forest").startswith(
        "classifier: expected one of best, knn"
    )
    assert error("fit", things, "-o", output, "--backbone", "resnet") == (
        "no backbone is called 'resnet'; expected one of: efficientnet-lite0"
    )
    assert not output.exists()


def test_a_place_for_the_model_that_does_not_exist(tmp_path, things):
    place = tmp_path / "gone" / "model.showtell"
    assert error("fit", things, "-o", place) == (
        f"{place}: the model cannot be written (No such file or directory); "
        "choose a folder that exists, can be written and has room"
    )


# -- predict


def test_a_picture_as_model(tmp_path, shown):
    picture = tmp_path / "mug.jpg"
    picture.write_bytes(encode_jpeg(shown["mug"][0]))
    assert error("predict", picture, picture) == (
        f"{picture}: expected a model saved by showtell, but it is no zip archive; "
        "fit one with: showtell fit DATASET -o MODEL"
    )


def test_a_model_that_is_not_there(tmp_path, things):
    path = tmp_path / "gone.showtell"
    assert error("predict", path, things / "mug" / "0.jpg") == (
        f"{path}: cannot be read (No such file or directory); expected a saved model"
    )


def test_another_programs_zip(tmp_path, things):
    path = shutil.make_archive(str(tmp_path / "other"), "zip", things)
    assert error("predict", path, things / "mug" / "0.jpg").startswith(
        f"{path}: expected a model saved by showtell, but it"
    )


def test_a_model_of_another_version(tmp_path, things, model_file):
    path = tmp_path / "new.showtell"
    path.write_bytes(model_file.read_bytes())
    with zipfile.ZipFile(model_file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "model.json":
                data = json.dumps(json.loads(data) | {"version": 99}).encode()
            new.writestr(name, data)
    assert error("predict", path, things / "mug" / "0.jpg") == (
        f"{path}: expected a model of version 1, found version 99; "
        "fit it again from its pictures, or use the showtell that wrote it"
    )


# -- studio


def test_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = error("studio", tmp_path / "things", "--port", port, "--no-browser")
    assert line.startswith(f"port {port}: expected a free one, but it cannot be used (Address already in use")
    assert line.endswith("; choose another with --port")
    assert list(tmp_path.iterdir()) == []


def test_a_file_as_the_studios_folder(tmp_path):
    file = tmp_path / "things"
    file.write_text("a file")
    line = error("studio", file, "--no-browser", "--port", "1")
    assert str(file) in line
    assert file.read_text() == "a file"


# -- disks


def saved_pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.jpg") if ".showtell" not in path.parts}


def limited(code: str, *arguments: object, bytes_: int) -> subprocess.CompletedProcess[str]:
    """Run Python code that can write no file longer than that: as on a full disk, but with EFBIG."""

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))

    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )


def test_a_disk_that_fills_up_while_adding_loses_nothing(tmp_path, shown):
    folder = tmp_path / "things"
    for frame in shown["mug"][:2]:
        Dataset(folder).add("mug", encode_jpeg(frame))
    picture = tmp_path / "big.png"
    Image.fromarray(shown["mug"][2]).save(picture)
    before = saved_pictures(folder)
    code = "import sys, showtell\ntry: showtell.Dataset(sys.argv[1]).add('mug', sys.argv[2])\n"
    code += "except showtell.ShowtellError as error: print(error)"
    done = limited(code, folder, picture, bytes_=150_000)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert str(folder) in line
    assert saved_pictures(folder) == before
    assert Dataset(folder).counts == {"mug": 2}
    assert len(list(folder.glob("mug/*"))) == 2


def test_a_full_disk_while_adding_is_said_in_plain_words(tmp_path, monkeypatch, shown):
    dataset = Dataset(tmp_path / "things")
    dataset.add("mug", encode_jpeg(shown["mug"][0]))
    before = saved_pictures(dataset.folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DatasetError, match="the disk is full; free some space and try again"):
            dataset.add("mug", encode_jpeg(shown["mug"][1]))
    assert dataset.counts == {"mug": 1}
    assert saved_pictures(dataset.folder) == before
    dataset.add("mug", encode_jpeg(shown["mug"][1]))  # and goes on once there is room
    assert dataset.counts == {"mug": 2}


def test_a_disk_that_fills_up_while_saving_leaves_the_old_model(tmp_path, things, model_file):
    path = tmp_path / "model.showtell"
    path.write_bytes(model_file.read_bytes())
    code = "import sys; sys.argv[0] = 'showtell'; from showtell.cli.main import main; main()"
    done = limited(code, "fit", things, "-o", path, bytes_=20_000)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line == (
        f"Error: {path}: the model cannot be written (File too large); "
        "choose a folder that exists, can be written and has room"
    )
    assert path.read_bytes() == model_file.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def unprivileged(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python code without root's right to write anywhere."""

    def drop() -> None:
        if os.geteuid() == 0:
            import ctypes

            libc = ctypes.CDLL(None, use_errno=True)
            for capability in (0, 1, 2):  # CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
                libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone after the next exec

    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        preexec_fn=drop,
        check=False,
    )


@pytest.fixture
def read_only(tmp_path, write_folder, shown):
    """A folder of pictures that may not be written."""
    folder = write_folder(tmp_path / "things", {thing: shown[thing][:2] for thing in ("fish", "mug")})
    inside = [folder, *folder.iterdir()]
    for place in inside:
        place.chmod(0o555)
    if unprivileged("import sys; open(sys.argv[1] + '/x', 'w')", folder).returncode == 0:
        pytest.skip("this user may write anywhere")
    yield folder
    for place in inside:
        place.chmod(0o755)


def test_a_dataset_that_may_not_be_written_can_be_learned_from(tmp_path, read_only):
    code = """if True:
        import sys, showtell
        folder, place = sys.argv[1:]
        model = showtell.Model().fit(showtell.Dataset(folder))
        try:
            model.save(folder + "/model.showtell")
        except showtell.ShowtellError as error:
            print(error)
        model.save(place)
    """
    done = unprivileged(code, read_only, tmp_path / "model.showtell")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{read_only / 'model.showtell'}: the model cannot be written (Permission denied); choose")
    assert not (read_only / "model.showtell").exists()
    assert load(tmp_path / "model.showtell").counts == {"fish": 2, "mug": 2}


def test_adding_to_a_dataset_that_may_not_be_written_is_one_line(read_only):
    before = saved_pictures(read_only)
    code = "import sys, showtell\ntry: showtell.Dataset(sys.argv[1]).add('mug', sys.argv[1] + '/fish/0.jpg')\n"
    code += "except showtell.ShowtellError as error: print(error)"
    done = unprivileged(code, read_only)
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert "Permission denied" in line
    assert str(read_only) in line
    assert saved_pictures(read_only) == before


def test_after_a_refusal_the_model_still_answers(tmp_path, model_file, shown):
    model = load(model_file)
    for wrong in (b"broken", tmp_path / "gone.jpg", shown["mug"][0].astype(float)):
        with pytest.raises(ValueError, match="expected"):
            model.predict(wrong)
        with pytest.raises(ValueError, match="expected"):
            model.add("mug", wrong)
    assert model.counts == {"fish": 6, "mug": 6, "star": 6}
    assert model.predict(shown["mug"][0]).label == "mug"
