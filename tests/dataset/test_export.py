"""The dataset as a zip: any program can read it, and imported it is the same dataset again."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showtell.dataset.dataset import Dataset
from showtell.errors import DatasetError
from showtell.importers.importing import import_into
from showtell.pictures import frame


def picture(number: int = 0) -> bytes:
    """A tiny picture, another one for each number."""
    return frame.encode_png(np.frombuffer(number.to_bytes(12, "big"), np.uint8).reshape(2, 2, 3))


def everything(dataset: Dataset) -> list[tuple[str, bool, list[tuple[str | None, bytes]]]]:
    """Labels in order, whether each is learned, and its pictures with their bursts."""
    return [
        (label, label not in dataset.disabled, [(one.burst, one.read()) for one in dataset.examples(label)])
        for label in dataset.labels
    ]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    dataset = Dataset(tmp_path / "things")
    for number, (label, burst) in enumerate([("mug", "z"), ("a/b", None), ("mug", "z"), ("mug", "a"), ("mug", None)]):
        dataset.add(label, picture(number), burst=burst)
    dataset.add_class("empty")
    dataset.enable("mug", False)
    dataset.order(["empty", "a/b", "mug"])
    return dataset


def test_a_zip_of_class_folders_imports_as_the_same_dataset(dataset, tmp_path):
    dataset.export(tmp_path / "out.zip")
    again = Dataset(tmp_path / "again")
    assert import_into(tmp_path / "out.zip", again).problems == []
    assert everything(again) == everything(Dataset(again.folder)) == everything(dataset)
    again.undo()
    assert (again.labels, again.undoable) == ([], None)


def test_another_program_finds_a_folder_for_each_class(dataset, tmp_path):
    dataset.export(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        assert file.testzip() is None
        file.extractall(tmp_path / "unzipped")
    opened = Dataset(tmp_path / "unzipped")
    assert sorted(opened.labels) == ["a/b", "empty", "mug"]
    assert {example.read() for example in opened} == {picture(number) for number in range(5)}
    assert not (tmp_path / "unzipped" / ".showtell").exists()


labels = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable()) | st.sampled_from(
    ["mug", "Mug", "..", "a/b", "a\\b", "con", "x" * 300, ".disabled", "mug-samples", "x-!-1", "manifest.json"]
)
adds = st.lists(st.tuples(labels, st.none() | st.text(max_size=80)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(adds=adds, data=st.data())
def test_any_dataset_comes_back_as_it_was(tmp_path, monkeypatch, adds, data):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    for name in ("any", "back"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    dataset = Dataset(tmp_path / "any")
    for number, (label, burst) in enumerate(adds):
        dataset.add(label, picture(number), burst=burst)
    dataset.order(data.draw(st.permutations(dataset.labels)))
    zipped = io.BytesIO()
    dataset.export(zipped)
    back = Dataset(tmp_path / "back")
    assert import_into(zipped, back, name="any.zip").added == len(adds)
    back.refresh()
    assert everything(back) == everything(Dataset(dataset.folder))


def test_a_zip_that_could_not_be_written_leaves_what_was_there(dataset, tmp_path, monkeypatch):
    (tmp_path / "out.zip").write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(DatasetError, match="the disk is full"):
            dataset.export(tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.zip"]
    with pytest.raises(DatasetError, match="could not export"):
        dataset.export(tmp_path / "nowhere" / "out.zip")


def test_a_picture_that_goes_meanwhile_is_said(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "refresh", lambda: None)
    dataset.examples("mug")[1].path.unlink()
    with pytest.raises(DatasetError, match="removed meanwhile; export once more"):
        dataset.export(tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()
