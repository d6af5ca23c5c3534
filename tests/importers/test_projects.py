"""What other tools export keeps its labels, or says that it can't."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from sources import counts, make, picture

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.importers.importing import import_into

Files = dict[str, bytes | str]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "things")


@pytest.fixture(params=["folder", "zip"])
def kind(request) -> str:
    return request.param


def pictures(*paths: str) -> Files:
    return {path: picture(at) for at, path in enumerate(paths)}


# -- Teachable Machine


MANIFEST = '{"type": "image", "version": "2.4.10", "appdata": {}}'


@pytest.mark.parametrize("root", ["", "project/", "Downloads/my project/"])
@pytest.mark.parametrize("manifest", [True, False])
def test_an_unpacked_project_and_one_zipped_again(tmp_path, dataset, kind, root, manifest):
    if root and not manifest:
        pytest.skip("known by its manifest")
    files = pictures(*(f"{root}Class {c}-!-{n}.jpg" for c in (2, 1) for n in (0, 10, 9)))
    if manifest:
        files[f"{root}manifest.json"] = MANIFEST
    done = import_into(make(kind, tmp_path / "project", files), dataset)
    assert counts(dataset) == {"Class 1": 3, "Class 2": 3}
    assert done.problems == []
    assert {example.burst for example in dataset} == {"project"}
    assert [example.read() for example in dataset.examples("Class 2")] == [picture(n) for n in (0, 2, 1)]


def test_a_project_on_a_mac_comes_without_its_shadow_files(tmp_path, dataset, kind):
    files = pictures("p/mug-!-0.jpg", "p/._mug-!-0.jpg", "__MACOSX/p/._mug-!-0.jpg") | {"p/manifest.json": MANIFEST}
    assert import_into(make(kind, tmp_path / "project", files), dataset).added == 1


def test_a_project_of_sounds_is_called_one(tmp_path, dataset, kind):
    files: Files = {"manifest.json": '{"type": "audio"}', "hello-!-0.json": "{}"}
    with pytest.raises(DatasetError, match="project of sounds"):
        import_into(make(kind, tmp_path / "project", files), dataset)


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("root", ["", "samples of today/"])
def test_sample_zips_in_a_zip_or_folder_are_classes(tmp_path, dataset, kind, root):
    files: Files = {
        f"{root}blue mug-samples.zip": zipped(pictures("0.jpg", "1.jpg")),
        f"{root}star-samples (1).zip": zipped(pictures("0.jpg", "1.jpg", "2.jpg")),
    }
    done = import_into(make(kind, tmp_path / "all", files), dataset)
    assert (counts(dataset), done.problems) == ({"blue mug": 2, "star": 3}, [])
    assert all(example.burst for example in dataset)


def test_a_zip_in_a_zip_may_be_a_project_or_class_folders(tmp_path, dataset, kind):
    inner = zipped(pictures("mug-!-0.jpg", "star-!-0.jpg") | {"manifest.json": MANIFEST})
    import_into(make(kind, tmp_path / "a", {"project.tm": inner}), dataset)
    inner = zipped(pictures("data/mug/1.png", "data/star/1.png"))
    import_into(make(kind, tmp_path / "b", {"download/data.zip": inner}), dataset)
    assert counts(dataset) == {"mug": 2, "star": 2}


def test_a_damaged_zip_in_a_zip_is_named_and_the_rest_comes_in(tmp_path, dataset, kind):
    files: Files = {"mug-samples.zip": zipped(pictures("0.jpg")), "star-samples.zip": b"PK\3\4 nothing"}
    done = import_into(make(kind, tmp_path / "all", files), dataset)
    assert counts(dataset) == {"mug": 1}
    assert [problem.file for problem in done.problems] == ["star-samples.zip"]


# -- GenAI Teachable Machine


@pytest.mark.parametrize("root", ["", "classifier/"])
def test_genai_keeps_the_names_of_its_classes(tmp_path, dataset, kind, root):
    files = pictures(f"{root}samples/0_0.png", f"{root}samples/1_0.png", f"{root}samples/1_10.png")
    files |= {f"{root}model.json": "{}", f"{root}weights.bin": b"x" * 100}
    files[f"{root}metadata.json"] = json.dumps({"labels": ["mug", "blue star"], "imageSize": 224})
    done = import_into(make(kind, tmp_path / "classifier", files), dataset)
    assert (counts(dataset), done.problems) == ({"blue star": 2, "mug": 1}, [])


def test_genai_without_names_or_of_sounds_says_so(tmp_path, dataset, kind):
    files = pictures("samples/0_0.png", "samples/1_0.png") | {"behaviours.json": "{}"}
    with pytest.raises(DatasetError, match="without the names of its classes"):
        import_into(make(kind, tmp_path / "a", files), dataset)
    files["metadata.json"] = json.dumps({"labels": ["a", "b"], "tfjsSpeechCommandsVersion": "1"})
    with pytest.raises(DatasetError, match="project of sounds"):
        import_into(make(kind, tmp_path / "b", files), dataset)
    assert dataset.labels == []


# -- Edge Impulse


def entry(path: str, label: object, category: str = "training", **more: object) -> dict[str, object]:
    return {"path": path, "name": path, "category": category, "label": label, **more}


@pytest.mark.parametrize("where", ["root", "parts"])
@pytest.mark.parametrize("typed", [True, False])
def test_edge_impulse_keeps_its_labels(tmp_path, dataset, kind, where, typed):
    def label(name: str) -> object:
        return {"type": "label", "label": name} if typed else name

    mug, star = entry("training/mug.3m1.jpg", label("mug")), entry("testing/x.9.jpg", label("red star"), "testing")
    files = pictures("training/mug.3m1.jpg", "testing/x.9.jpg")
    if where == "root":
        files["info.labels"] = json.dumps({"version": 1, "files": [mug, star]})
    else:
        for one in (mug, star):
            one["path"] = str(one["path"]).partition("/")[2]
            files[f"{one['category']}/info.labels"] = json.dumps({"version": 1, "files": [one]})
    done = import_into(make(kind, tmp_path / "export", files), dataset)
    assert (counts(dataset), done.problems) == ({"mug": 1, "red star": 1}, [])


def test_edge_impulse_names_without_a_list_hold_the_label(tmp_path, dataset, kind):
    files = pictures("training/mug.3m1p.jpg", "training/star.IMG_1.jpg.2x.ingestion-7.jpg", "testing/mug.77.png")
    import_into(make(kind, tmp_path / "export", files), dataset)
    assert counts(dataset) == {"mug": 2, "star": 1}


def test_edge_impulse_pictures_without_a_single_label_are_named(tmp_path, dataset, kind):
    box = {"x": 1, "y": 1, "width": 2, "height": 2}
    listed = [
        entry("training/1.jpg", {"type": "unlabeled"}),
        entry("training/2.jpg", {"type": "multi-label", "labels": [{"label": "a"}, {"label": "b"}]}),
        entry("training/3.jpg", None, boundingBoxes=[{"label": "mug", **box}, {"label": "mug", **box}]),
        entry("training/4.jpg", None, boundingBoxes=[{"label": "mug", **box}, {"label": "star", **box}]),
    ]
    files = pictures(*(f"training/{n}.jpg" for n in (1, 2, 3, 4)))
    files["info.labels"] = json.dumps({"version": 1, "files": listed})
    done = import_into(make(kind, tmp_path / "export", files), dataset)
    assert counts(dataset) == {"mug": 1}
    assert sorted(problem.file for problem in done.problems) == [f"training/{n}.jpg" for n in (1, 2, 4)]


# -- Kaggle


TABLES = {
    "id and breed": "id,breed\na,mug\nb,mug\nc,star\n",
    "paths": "filename,label\nimages/a.jpg,mug\nimages/b.jpg,mug\nimages/c.jpg,star\n",
    "an index": ",file,target,width\n0,a.jpg,mug,3\n1,b.jpg,mug,4\n2,c.jpg,star,5\n",
    "semicolons and a byte order mark": "\ufeffImage;Class\na.jpg;mug\nb.jpg;mug\nc.jpg;star\n",
    "a column for each class": "image_id,mug,star\na,1,0\nb,1.0,0.0\nc,0,1\n",
    "quotes and Windows": '"image","label"\r\n"images\\a.jpg","mug"\r\n"images\\b.jpg","mug"\r\n"c.jpg","star"\r\n',
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("place", ["train.csv", "images/labels.csv", "competition/train.csv"])
def test_a_table_beside_pictures_gives_them_their_labels(tmp_path, dataset, kind, table, place):
    root = "competition/" if place.startswith("competition") else ""
    files = pictures(*(f"{root}images/{name}.jpg" for name in "abc"))
    files |= {place: TABLES[table], "sample_submission.csv": "id,label\na,star\n"}
    done = import_into(make(kind, tmp_path / "kaggle", files), dataset)
    assert (counts(dataset), done.problems) == ({"mug": 2, "star": 1}, [])


def test_a_test_set_that_no_table_knows_costs_one_line(tmp_path, dataset, kind):
    files = pictures("train/a.jpg", "train/b.jpg", *(f"test/{n}.jpg" for n in range(5)))
    files |= {"train.csv": "id,label\na,mug\nb,star\n", "test.csv": "id,width\n0,3\n1,4\n"}
    done = import_into(make(kind, tmp_path / "kaggle", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}
    assert [(problem.file, "5 of its pictures" in problem.reason) for problem in done.problems] == [("test", True)]


def test_cats_and_dogs_have_their_labels_in_their_names(tmp_path, dataset, kind):
    files = pictures("train/cat.0.jpg", "train/cat.1.jpg", "train/dog.0.jpg", "test1/1.jpg", "test1/2.jpg")
    import_into(make(kind, tmp_path / "kaggle", files), dataset)
    assert counts(dataset) == {"cat": 2, "dog": 1}


def test_a_table_without_a_clear_column_of_labels_says_so(tmp_path, dataset, kind):
    files = pictures("images/a.jpg", "images/b.jpg") | {"train.csv": "id,who,where\na,ann,home\nb,ann,home\n"}
    with pytest.raises(DatasetError, match=r"no column of labels; .* found: who, where"):
        import_into(make(kind, tmp_path / "kaggle", files), dataset)


def test_class_folders_count_more_than_a_table(tmp_path, dataset, kind):
    files = pictures("mug/a.jpg", "star/b.jpg") | {"train.csv": "id,label\na,wrong\nb,wrong\n"}
    import_into(make(kind, tmp_path / "kaggle", files), dataset)
    assert counts(dataset) == {"mug": 1, "star": 1}


# -- models


@pytest.mark.parametrize(
    ("files", "program"),
    [
        ({"model.json": "{}", "metadata.json": '{"labels": ["a"]}', "weights.bin": b"x"}, "TensorFlow.js"),
        ({"keras_model.h5": b"\x89HDF\r\n\x1a\n", "labels.txt": "0 mug\n1 star"}, "Keras"),
        ({"model_unquant.tflite": b"\0\0\0\0TFL3", "labels.txt": "0 mug"}, "TensorFlow Lite"),
        ({"model.savedmodel/saved_model.pb": b"x", "labels.txt": "0 mug"}, "TensorFlow"),
        ({"config.json": "{}", "model.weights.h5": b"x"}, "Keras"),
        ({"archive/data.pkl": b"x", "archive/version": "3"}, "PyTorch"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_exported_model_is_called_one(tmp_path, dataset, kind, files, program):
    with pytest.raises(DatasetError, match=rf"a trained model \({program}\), which holds no pictures"):
        import_into(make(kind, tmp_path / "export", files), dataset)
    assert not dataset.folder.exists()


def test_showtells_own_model_is_called_one_too(model_file, dataset):
    with pytest.raises(DatasetError, match=r"a trained model \(showtell\)"):
        import_into(model_file, dataset)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("keras_model.h5", b"\x89HDF\r\n\x1a\n" + bytes(99), "a trained model (Keras)"),
        ("unknown", b"\x1c\0\0\0TFL3" + bytes(99), "a trained model (TensorFlow Lite)"),
        ("net.onnx", b"\x08\x07\x12\x07pytorch", "a trained model (ONNX)"),
        ("things.tar.gz", b"\x1f\x8b\x08" + bytes(99), "an archive of the kind gzip; expected a zip"),
        ("things.7z", b"7z\xbc\xaf\x27\x1c" + bytes(99), "an archive of the kind 7z"),
        ("things.tar", bytes(257) + b"ustar" + bytes(99), "an archive of the kind tar"),
        ("things.rar", b"Rar!\x1a\7" + bytes(99), "an archive of the kind RAR"),
        ("notes.txt", b"hello", "expected a folder, a zip, a .tm project, a picture or a video"),
        ("photo.jxl", b"\xff\x0a" + bytes(99), "in the format JPEG XL"),
    ],
)
@pytest.mark.parametrize("label", [None, "mug"])
def test_a_file_that_is_no_source_is_called_what_it_is(tmp_path, dataset, name, data, words, label):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DatasetError) as caught:
        import_into(tmp_path / name, dataset, label=label)
    assert str(caught.value).startswith(f"{name}: ")
    assert words in str(caught.value)
    assert "PyAV" not in str(caught.value)
