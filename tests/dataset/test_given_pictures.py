"""What a dataset takes as a picture, and what it says of one that it takes with a fault."""

from __future__ import annotations

import base64
import io

import pytest

from showtell import Dataset, Model
from showtell.pictures.frame import encode_jpeg, encode_png


@pytest.fixture
def dataset(tmp_path) -> Dataset:
    return Dataset(tmp_path / "things")


def test_opened_files_and_data_uris_are_stored_byte_for_byte(tmp_path, dataset, shown):
    data = encode_jpeg(shown["mug"][0])
    (tmp_path / "blue.jpg").write_bytes(data)
    written = io.BytesIO()
    written.write(data)
    with open(tmp_path / "blue.jpg", "rb") as opened:
        for picture in (opened, written, "data:image/jpeg;base64," + base64.b64encode(data).decode(), bytearray(data)):
            assert dataset.add("mug", picture).read() == data
    assert sorted(example.path.name for example in dataset) == [
        "blue.jpg",
        "picture-0001.jpg",
        "picture-0002.jpg",
        "picture-0003.jpg",
    ]


def test_a_jpeg_without_its_last_bytes_is_kept_and_reported(dataset, shown):
    example = dataset.add("mug", encode_jpeg(shown["mug"][0])[:-20])
    dataset.add("mug", encode_jpeg(shown["mug"][1]))
    assert [problem.file for problem in dataset.problems] == [example.id]
    assert "its last bytes are missing" in dataset.problems[0].reason


def test_fit_learns_from_a_jpeg_without_its_last_bytes_and_reports_it_each_time(tmp_path, shown):
    for label in ("mug", "star"):
        (tmp_path / label).mkdir()
        for number, pixels in enumerate(shown[label][:2]):
            (tmp_path / label / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
    (tmp_path / "mug" / "cut.jfif").write_bytes(encode_jpeg(shown["mug"][2])[:-20])
    for _ in range(2):  # the second time its features come from the cache
        dataset = Dataset(tmp_path)
        model = Model(classifier="knn").fit(dataset)
        assert model.counts == {"mug": 3, "star": 2}
        assert [problem.file for problem in dataset.problems] == ["mug/cut.jfif"]


def test_folders_of_network_storage_are_no_classes(dataset, shown):
    dataset.add("mug", encode_png(shown["mug"][0]))
    for folder in ("@eaDir", "#recycle"):
        (dataset.folder / folder).mkdir()
        (dataset.folder / folder / "1.png").write_bytes(encode_png(shown["mug"][0]))
    again = Dataset(dataset.folder)
    assert (again.labels, again.problems) == (["mug"], [])
