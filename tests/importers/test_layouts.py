"""Class folders as people have them, deeper, parted, with a system's leftovers; as a folder and as a zip alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sources import counts, make, picture

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.importers.importing import import_into


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "things")


@pytest.fixture(params=["folder", "zip"])
def kind(request) -> str:
    return request.param


def pictures(*paths: str) -> dict[str, bytes | str]:
    return {path: picture(at) for at, path in enumerate(paths)}


FOUND = {
    "plain": ["mug/1.png", "mug/2.png", "star/1.png"],
    "one deeper": ["dataset/mug/1.png", "dataset/mug/2.png", "dataset/star/1.png"],
    "two deeper": ["outer/dataset/mug/1.png", "outer/dataset/mug/2.png", "outer/dataset/star/1.png"],
    "splits": ["train/mug/1.png", "val/mug/1.png", "train/star/1.png"],
    "all splits": ["Train/mug/1.png", "valid/mug/1.png", "TEST/star/1.png"],
    "splits of another name": ["train_set/mug/1.png", "test-images/mug/1.png", "validation/star/1.png"],
    "splits deeper": ["data/train/mug/1.png", "data/test/mug/1.png", "data/test/star/1.png"],
    "splits over a folder": ["train/images/mug/1.png", "val/images/mug/2.png", "val/images/star/1.png"],
    "one split only": ["train/mug/1.png", "train/mug/2.png", "train/star/1.png"],
    "splits in the classes": ["mug/train/1.png", "mug/test/1.png", "star/train/1.png"],
    "pictures in the classes": ["mug/images/1.png", "mug/images/2.png", "star/images/1.png"],
    "pictures in the classes of a split": [
        "train/mug/images/1.png",
        "train/mug/images/2.png",
        "train/star/images/1.png",
    ],
    "folds": ["fold1/mug/1.png", "fold2/mug/1.png", "fold2/star/1.png"],
    "groups of classes": ["kitchen/mug/1.png", "kitchen/mug/2.png", "sky/star/1.png"],
    "recordings in the classes": ["mug/day1/1.png", "mug/day2/1.png", "star/day1/1.png"],
}


@pytest.mark.parametrize("layout", FOUND)
def test_class_folders_are_found_where_they_are(tmp_path, dataset, kind, layout):
    done = import_into(make(kind, tmp_path / "source", pictures(*FOUND[layout])), dataset)
    assert counts(dataset) == {"mug": 2, "star": 1}
    assert (done.added, sorted(done.labels), done.problems) == (3, ["mug", "star"], [])


def test_a_class_may_be_called_like_a_split(tmp_path, dataset, kind):
    import_into(make(kind, tmp_path / "source", pictures("test/1.png", "mug/1.png")), dataset)
    assert counts(dataset) == {"mug": 1, "test": 1}


def test_showtells_own_classes_called_like_splits_come_back(tmp_path, dataset):
    for number, label in enumerate(["train", "test"]):
        dataset.add(label, picture(number))
    dataset.export(tmp_path / "out.zip")
    again = Dataset(tmp_path / "again")
    import_into(tmp_path / "out.zip", again)
    assert again.labels == ["train", "test"]


def test_folders_of_one_name_in_several_folders_are_not_guessed(tmp_path, dataset, kind):
    source = make(kind, tmp_path / "source", pictures("ann/left/1.png", "bob/left/1.png", "bob/right/1.png"))
    with pytest.raises(DatasetError, match=r"\(ann/left and bob/left\); choose the folder whose folders are"):
        import_into(source, dataset)
    assert not dataset.folder.exists()


def test_a_folder_in_a_class_costs_one_line(tmp_path, dataset, kind):
    files = pictures("mug/1.png", *(f"mug/old/{n}.png" for n in range(5)), "star/1.png")
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}
    assert [problem.file for problem in done.problems] == ["mug/old"]


def test_pictures_in_a_split_without_classes_are_left_out_in_one_line(tmp_path, dataset, kind):
    files = pictures("train/mug/1.png", "train/star/1.png", *(f"test/{n}.png" for n in range(4)))
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}
    assert [problem.file for problem in done.problems] == ["test"]


NOTHING = {
    "no files": {"empty/": b""},
    "texts": {"mug/readme.txt": "hello", "star/notes.md": "hello"},
    "empty classes": {"mug/": b"", "star/": b""},
    "only what a system left": {"mug/Thumbs.db": b"x", "@eaDir/mug/1.jpg": b"x", ".DS_Store": b"x"},
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_found_is_an_error_and_makes_no_classes(tmp_path, dataset, kind, what):
    source = make(kind, tmp_path / "source", NOTHING[what])
    with pytest.raises(DatasetError, match=r"source(\.zip)?: expected pictures, in folders of classes, found none"):
        import_into(source, dataset)
    assert dataset.labels == []
    assert not dataset.folder.exists()


def test_empty_classes_beside_others_are_kept_and_folders_of_texts_are_none(tmp_path, dataset, kind):
    files: dict[str, bytes | str] = {"empty/": b"", "docs/readme.txt": "hello", **pictures("mug/1.png")}
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"empty": 0, "mug": 1}
    assert done.problems == []


SYSTEM = ["@eaDir", "#recycle", "__MACOSX", ".git", "$RECYCLE.BIN", "System Volume Information", ".ipynb_checkpoints"]


def test_what_a_system_left_is_no_class_and_costs_one_line_in_all(tmp_path, dataset, kind):
    files = pictures("mug/1.png", "star/1.png")
    for folder in SYSTEM:
        files |= pictures(*(f"{folder}/{n}.jpg" for n in range(3)), *(f"mug/{folder}/{n}.png" for n in range(3)))
    files |= {"Thumbs.db": b"x", "mug/Thumbs.db": b"x", "mug/desktop.ini": b"x", "mug/._1.png": b"x"}
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}
    assert len(done.problems) == 1
    assert "folders of the system" in done.problems[0].reason


def test_system_folders_do_not_hide_that_all_classes_are_deeper(tmp_path, dataset, kind):
    files = pictures("outer/mug/1.png", "outer/star/1.png", "@eaDir/outer/1.jpg", "__MACOSX/outer/mug/._1.png")
    import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}


@pytest.mark.parametrize("ending", [".jfif", ".JPE", ".jpeg", "", ".download", ".1234"])
def test_pictures_are_known_by_content_where_their_names_say_little(tmp_path, dataset, kind, ending):
    from showtell.pictures import frame

    data = frame.encode_jpeg(frame.decode(picture(1)))
    files: dict[str, bytes | str] = {f"mug/cup{ending}": data, "mug/notes": "hello", f"star/x{ending}": data}
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}
    assert [problem.file for problem in done.problems] == ["mug/notes"]
    assert {example.read() for example in dataset} == {data}
    assert {example.path.suffix for example in dataset} == {".jpg"}
    Dataset(dataset.folder).refresh()


def test_a_link_is_followed_only_inside_the_folder(tmp_path, dataset):
    source = make("folder", tmp_path / "source", pictures("mug/1.png", "star/1.png"))
    (tmp_path / "secret.png").write_bytes(picture(9))
    (source / "star" / "2.png").symlink_to(source / "mug" / "1.png")
    (source / "star" / "3.png").symlink_to(tmp_path / "secret.png")
    (source / "others").symlink_to(tmp_path)
    done = import_into(source, dataset)
    assert counts(dataset) == {"mug": 1, "star": 2}
    assert sorted(problem.file for problem in done.problems) == ["others", "star/3.png"]


def test_pipes_are_not_opened(tmp_path, dataset):
    source = make("folder", tmp_path / "source", pictures("mug/1.png"))
    os.mkfifo(source / "mug" / "2.png")
    assert [problem.file for problem in import_into(source, dataset).problems] == ["mug/2.png"]


def test_a_truncated_picture_comes_in_and_is_reported(tmp_path, dataset, kind, shown):
    from showtell.pictures.frame import encode_jpeg

    data = encode_jpeg(shown["mug"][0])
    files: dict[str, bytes | str] = {"mug/cut.jpg": data[:-20], "mug/half.jpg": data[:9000], "mug/whole.jpg": data}
    done = import_into(make(kind, tmp_path / "source", files), dataset)
    assert done.added == 2
    assert {problem.file: problem.reason.partition(" ")[0] for problem in done.problems} == {
        "mug/cut.jpg": "its",
        "mug/half.jpg": "damaged",
    }


def test_heic_without_its_reader_is_named(tmp_path, dataset, kind, monkeypatch):
    from showtell.pictures import formats

    monkeypatch.setattr(formats, "FORMATS", {"JPEG": ".jpg", "PNG": ".png"})
    monkeypatch.setattr(formats, "SUFFIXES", frozenset({".jpg", ".png"}))
    heic = b"\0\0\0\x1cftypheic\0\0\0\0mif1" + bytes(100)
    files: dict[str, bytes | str] = {"mug/IMG_1.HEIC": heic, "mug/IMG_2": heic}
    with pytest.raises(DatasetError, match=r"none that can be used; mug/IMG_1\.HEIC: a picture in the format HEIC"):
        import_into(make(kind, tmp_path / "none", files), dataset)
    done = import_into(make(kind, tmp_path / "source", {**files, "mug/3.png": picture(3)}), dataset)
    assert done.added == 1
    assert [("HEIC" in problem.reason, problem.file) for problem in done.problems] == [
        (True, "mug/IMG_1.HEIC"),
        (True, "mug/IMG_2"),
    ]


@pytest.mark.parametrize("file_format", ["HEIF", "AVIF"])
def test_heic_and_avif_come_in_as_jpegs_that_every_showtell_reads(tmp_path, dataset, kind, shown, file_format):
    import io

    from PIL import Image

    from showtell.pictures import formats

    if file_format not in formats.FORMATS:
        pytest.skip(f"no reader of {file_format}")
    buffer = io.BytesIO()
    formats.candidates(b"\0\0\0\x1cftypheic")
    Image.fromarray(shown["mug"][0]).save(buffer, file_format)
    done = import_into(make(kind, tmp_path / "source", {"mug/IMG_1.HEIC": buffer.getvalue()}), dataset)
    assert (done.added, done.problems) == (1, [])
    assert [example.path.name for example in dataset] == ["IMG_1.jpg"]
