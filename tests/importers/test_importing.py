"""Pictures from elsewhere: folders, zips, Teachable Machine's files, videos; and nothing of a hostile one leaves."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.importers import zips
from showtell.importers.importing import MAX_PICTURE_BYTES, import_into
from showtell.pictures import frame

MANIFEST = '{"type": "image", "version": "2.4.10", "appdata": {"publishResults": {"secret": "token"}}}'


def picture(number: int = 0) -> bytes:
    """A tiny picture, another one for each number."""
    return frame.encode_png(np.frombuffer(number.to_bytes(12, "big"), np.uint8).reshape(2, 2, 3))


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "things")


def zipped(path: Path, files: dict[str, bytes | str], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def contents(dataset: Dataset) -> dict[str, list[bytes]]:
    return {label: [example.read() for example in dataset.examples(label)] for label in dataset.labels}


def outside(tmp_path: Path) -> set[str]:
    """All files that are not in the dataset."""
    return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if "things" not in path.parts}


def project(path: Path) -> Path:
    """As Teachable Machine saves it: classes one after the other, in the page's order."""
    names = ["mug-!-0.jpg", "mug-!-1.jpg", *(f"a-!-b/c-!-{n}.jpg" for n in range(12))]
    return zipped(path, {**{name: picture(at) for at, name in enumerate(names)}, "manifest.json": MANIFEST})


def test_a_teachable_machine_project_keeps_classes_order_and_pictures(tmp_path, dataset):
    done = import_into(project(tmp_path / "My project.tm"), dataset)
    assert (done.added, done.labels, done.problems) == (14, ["mug", "a-!-b/c"], [])
    assert contents(dataset) == {
        "mug": [picture(0), picture(1)],
        "a-!-b/c": [picture(number) for number in range(2, 14)],
    }
    assert {example.burst for example in dataset} == {"My project"}
    assert b"token" not in b"".join(path.read_bytes() for path in dataset.folder.rglob("*") if path.is_file())


def test_one_undo_takes_an_import_back_and_one_redo_does_it_again(tmp_path, dataset):
    dataset.add("mug", picture(99), burst="1")
    before = contents(dataset)
    import_into(project(tmp_path / "p.tm"), dataset)
    after = contents(dataset)
    assert dataset.undoable == 'import "p.tm" (14 pictures)'
    dataset.undo()
    assert contents(dataset) == contents(Dataset(dataset.folder)) == before
    dataset.redo()
    assert contents(dataset) == after
    dataset.add("mug", picture(98), burst="1")
    assert dataset.undoable == 'add 1 picture to "mug"'


def test_what_is_imported_twice_is_two_recordings(tmp_path, dataset):
    for _ in range(2):
        import_into(project(tmp_path / "p.tm"), dataset)
    assert [example.burst for example in dataset.examples("mug")] == ["p", "p", "p 2", "p 2"]


@pytest.mark.parametrize("name", ["blue mug-samples.zip", "blue mug-samples (3).zip"])
def test_samples_of_a_class_are_called_like_their_zip(tmp_path, dataset, name):
    import_into(zipped(tmp_path / name, {f"{n}.jpg": picture(n) for n in [10, 9, 2]}), dataset)
    assert contents(dataset) == {"blue mug": [picture(2), picture(9), picture(10)]}
    assert len({example.burst for example in dataset}) == 1
    assert dataset.examples()[0].burst is not None


@pytest.mark.parametrize("root", ["", "export/", "home/export/"])
def test_a_zip_of_class_folders_may_be_in_folders_itself(tmp_path, dataset, root):
    files = {f"{root}{name}": picture(n) for n, name in enumerate(["mug/1.png", "mug/burst7-001.png", "cup/x.PNG"])}
    litter = dict.fromkeys(["__MACOSX/mug/._1.png", f"{root}mug/.DS_Store", f"{root}Thumbs.db"], b"litter")
    folder = {root[: at + 1]: b"" for at, letter in enumerate(root) if letter == "/"}
    done = import_into(zipped(tmp_path / "z.zip", {**folder, **litter, **files}, zipfile.ZIP_DEFLATED), dataset)
    assert (done.added, done.labels, done.problems) == (3, ["mug", "cup"], [])
    assert {example.id: example.burst for example in dataset} == {
        "mug/1.png": None,
        "mug/burst7-001.png": "7",
        "cup/x.png": None,
    }


def test_loose_pictures_need_a_label(tmp_path, dataset):
    path = zipped(tmp_path / "z.zip", {"10.png": picture(10), "2.png": picture(2)})
    with pytest.raises(DatasetError, match=r"z\.zip: .* needs the name of a class"):
        import_into(path, dataset)
    assert not dataset.folder.exists()
    assert import_into(path, dataset, label="mug").labels == ["mug"]
    assert contents(dataset) == {"mug": [picture(2), picture(10)]}


def test_a_folder_of_class_folders_comes_with_labels_bursts_and_order(tmp_path, dataset):
    source = Dataset(tmp_path / "source")
    for number in range(3):
        source.add("a/b", picture(number), burst="left " * 12)
    source.add("mug", picture(9))
    source.add_class("empty")
    source.enable("mug", False)
    source.order(["empty", "mug", "a/b"])
    (source.folder / "mug" / "notes.txt").write_text("hello")
    done = import_into(source.folder, dataset)
    assert done.added == 4
    assert [problem.file for problem in done.problems] == ["mug/notes.txt"]
    assert contents(dataset) == contents(source)
    assert (dataset.labels, dataset.disabled) == (["empty", "mug", "a/b"], ["mug"])
    assert [example.burst for example in dataset] == [example.burst for example in source]
    dataset.undo()
    assert (dataset.labels, dataset.undoable) == ([], None)


def test_a_folder_of_pictures_and_a_picture_need_a_label(tmp_path, dataset):
    source = tmp_path / "source"
    source.mkdir()
    (source / "1.png").write_bytes(picture(1))
    (source / "link.png").symlink_to(tmp_path / "secret.png")
    for what in (source, source / "1.png"):
        with pytest.raises(DatasetError, match="needs the name of a class"):
            import_into(what, dataset)
        assert import_into(what, dataset, label="mug").added == 1


def test_a_broken_picture_is_named_and_the_rest_comes_in(tmp_path, dataset):
    files = {"mug/1.png": picture(1), "mug/2.png": picture(2)[:45], "mug/3.txt": b"hello", "mug/4.png": picture(4)}
    steps: list[tuple[int, int]] = []
    path = zipped(tmp_path / "z.zip", files)
    done = import_into(path, dataset, progress=lambda *step: steps.append(step))
    assert (done.added, contents(dataset)) == (2, {"mug": [picture(1), picture(4)]})
    assert {problem.file: problem.reason.partition(" ")[0] for problem in done.problems} == {
        "mug/3.txt": "not",
        "mug/2.png": "damaged",
    }
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_an_entry_that_is_damaged_in_the_zip_is_named(tmp_path, dataset):
    path = zipped(tmp_path / "z.zip", {"mug/1.png": picture(1), "mug/2.png": picture(2)})
    path.write_bytes(path.read_bytes().replace(picture(1), picture(3), 1))
    done = import_into(path, dataset)
    assert [problem.file for problem in done.problems] == ["mug/1.png"]
    assert contents(dataset) == {"mug": [picture(2)]}


@pytest.mark.parametrize(
    "name",
    ["../up.png", "mug/../../up.png", "/up.png", "C:/up.png", "..\\up.png", "mug/..\\..\\up.png", "../../x-!-1.png"],
)
def test_a_name_that_leads_out_of_the_zip_is_not_imported(tmp_path, dataset, name):
    path = zipped(tmp_path / "z.zip", {"mug/1.png": picture(1), name: picture(2)})
    before = outside(tmp_path)
    done = import_into(path, dataset)
    assert (done.added, [problem.file for problem in done.problems]) == (1, [name.replace("\\", "/")])
    assert outside(tmp_path) == before


@pytest.mark.parametrize("label", ["..", "../../up", "/etc", ".showtell", "con", "x" * 900, "a\nb"])
def test_no_label_leads_out_of_the_dataset(tmp_path, dataset, label):
    before = outside(tmp_path) | {"z.zip"}
    path = zipped(tmp_path / "z.zip", {"1/.label": label, "1/1.png": picture(1)})
    assert import_into(path, dataset).labels == [label]
    assert outside(tmp_path) == before
    assert contents(Dataset(dataset.folder)) == {label: [picture(1)]}


def test_links_and_encrypted_files_are_not_followed(tmp_path, dataset):
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("mug/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("mug/secret.png", picture(1))
        file.writestr("mug/1.png", picture(1))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)  # the directory's second entry
    struct.pack_into("<H", data, at + 8, 1)
    path.write_bytes(data)
    done = import_into(path, dataset)
    assert {problem.file: problem.reason.partition(" ")[0] for problem in done.problems} == {
        "mug/link.png": "a",
        "mug/secret.png": "encrypted;",
    }
    assert list(contents(dataset)) == ["mug"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, dataset, monkeypatch):
    bomb = zipped(tmp_path / "z.zip", {"mug/1.png": bytes(MAX_PICTURE_BYTES + 1)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(DatasetError, match=r"found none that can be used; mug/1\.png: 32 MB; expected at most 32 MB"):
        import_into(bomb, dataset)
    data = bytearray(zipped(tmp_path / "z.zip", {"mug/1.png": bytes(10**6)}, zipfile.ZIP_DEFLATED).read_bytes())
    for at in (data.index(b"PK\3\4") + 22, data.index(b"PK\1\2") + 24):  # it says that it holds 10 bytes
        struct.pack_into("<I", data, at, 10)
    (tmp_path / "z.zip").write_bytes(data)
    assert [problem.file for problem in import_into(tmp_path / "z.zip", dataset).problems] == ["mug/1.png"]
    many = zipped(tmp_path / "z.zip", {f"mug/{n}.png": picture(n) for n in range(3)})
    monkeypatch.setattr(zips, "MAX_FILES", 2)
    with pytest.raises(DatasetError, match="3 files; expected at most 2"):
        import_into(many, dataset)
    monkeypatch.setattr(zips, "MAX_FILES", 3)
    monkeypatch.setattr(zips, "MAX_BYTES", 100)
    with pytest.raises(DatasetError, match="when unpacked; expected at most"):
        import_into(many, dataset)
    assert len(dataset) == 0


def test_a_list_of_files_that_would_fill_the_memory_is_not_read(tmp_path, dataset):
    entry = struct.pack("<4s4B4H3L5H2L", b"PK\1\2", 20, 0, 20, *[0] * 8, 5, *[0] * 6) + b"a.png"
    count = MAX_PICTURE_BYTES // len(entry) + 1
    size = count * len(entry)
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
    end += struct.pack("<4sLQL", b"PK\6\7", 0, size, 1)
    end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    with open(tmp_path / "z.zip", "wb") as file:
        file.write(entry)
        file.seek(size)  # the rest is a hole: nobody gets that far
        file.write(end)
    with pytest.raises(DatasetError, match=r"z\.zip: far too many files; expected at most 100000"):
        import_into(tmp_path / "z.zip", dataset, label="mug")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_could_take_any_amount_of_memory_to_unpack_is_not_unpacked(tmp_path, dataset, method):
    path = zipped(tmp_path / "z.zip", {"mug/1.png": picture(1)}, method)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("mug/2.png", picture(2), zipfile.ZIP_DEFLATED)
    done = import_into(path, dataset)
    assert [(problem.file, problem.reason.partition(";")[0]) for problem in done.problems] == [
        ("mug/1.png", "compressed in an unusual way")
    ]
    assert contents(dataset) == {"mug": [picture(2)]}


def test_more_classes_than_anybody_teaches_are_refused(tmp_path, dataset, monkeypatch):
    monkeypatch.setattr("showtell.importers.importing.MAX_CLASSES", 2)
    path = zipped(tmp_path / "z.zip", {f"{label}/1.png": picture() for label in "abc"})
    with pytest.raises(DatasetError, match=r"z\.zip: 3 classes; expected at most 2; choose the folder"):
        import_into(path, dataset)
    assert not dataset.folder.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", b"hello"),
        ("x.tm", b""),
        ("x.mp4", b"hello"),
        ("x.m3u8", b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"),
        ("x.ffconcat", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        ("x.zip", b"PK\5\6" + bytes(18)),
    ],
)
def test_what_is_no_source_is_said_in_one_line(dataset, name, data):
    pytest.importorskip("av")
    with pytest.raises(DatasetError, match=r"^x") as error:
        import_into(io.BytesIO(data), dataset, name=name, label="mug")
    assert "\n" not in str(error.value)
    assert not dataset.folder.exists()


def test_a_missing_source_and_the_dataset_itself_are_refused(tmp_path, dataset):
    with pytest.raises(DatasetError, match="No such file"):
        import_into(tmp_path / "none.zip", dataset)
    dataset.add("mug", picture(1))
    with pytest.raises(DatasetError, match="into itself"):
        import_into(dataset.folder, dataset)


def video(path: Path, seconds: int, rate: int = 10, side: int = 64) -> Path:
    """Each frame is of one grey, which rises by one a frame."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt = side, side // 2, "yuvj420p"
        for number in range(seconds * rate):
            shot = av.VideoFrame.from_ndarray(np.full((side // 2, side, 3), number % 250, np.uint8), format="rgb24")
            file.mux(stream.encode(shot.reformat(format="yuvj420p")))
        file.mux(stream.encode())
    return path


def test_a_video_becomes_one_burst_of_five_frames_a_second(tmp_path, dataset):
    done = import_into(video(tmp_path / "turning mug.avi", 4), dataset, label="mug")
    assert (done.added, done.problems) == (20, [])
    assert {example.burst for example in dataset} == {"turning mug"}
    greys = [int(frame.decode(example.path).mean()) for example in dataset]
    np.testing.assert_allclose(greys, range(0, 40, 2), atol=2)
    assert frame.decode(dataset.examples()[0].path).shape == (32, 64, 3)
    assert dataset.undo() == 'import "turning mug.avi" (20 pictures)'


def test_a_long_video_gives_at_most_200_frames_from_all_of_it(tmp_path, dataset):
    with open(video(tmp_path / "long.mov", 100, rate=5, side=16), "rb") as file:
        assert import_into(file, dataset, label="mug", name="long.mov").added == 200
    last = frame.decode(dataset.examples()[-1].path).mean()
    assert last == pytest.approx(499 % 250, abs=5)


def test_a_video_that_is_cut_short_gives_what_there_is(tmp_path, dataset):
    path = video(tmp_path / "x.avi", 4)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 5 < import_into(path, dataset, label="mug").added < 15


def test_without_pyav_a_video_says_what_to_install(tmp_path, dataset, monkeypatch):
    (tmp_path / "x.mp4").write_bytes(b"hello")
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(DatasetError, match=r"pip install 'showtell\[video\]'"):
        import_into(tmp_path / "x.mp4", dataset, label="mug")


def test_a_video_that_a_phone_took_upright_is_upright(tmp_path, dataset):
    av = pytest.importorskip("av")
    path = tmp_path / "phone.mov"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mjpeg", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuvj420p"
        pixels = np.zeros((32, 64, 3), np.uint8)
        pixels[:, :32] = 250
        file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuvj420p")))
        file.mux(stream.encode())
    identity = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    data = path.read_bytes()
    at = data.rindex(identity)  # the track's
    clockwise = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 32 << 16, 0, 1 << 30)
    path.write_bytes(data[:at] + clockwise + data[at + len(identity) :])
    import_into(path, dataset, label="mug")
    seen = frame.decode(dataset.examples()[0].path)
    assert seen.shape == (64, 32, 3)
    assert seen[:32].mean() > 200 > 50 > seen[32:].mean()
