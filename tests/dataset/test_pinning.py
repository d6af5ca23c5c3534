"""Pins are real files in a folder of their own: kept, undone, moved and never examples."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from showtell import Dataset
from showtell.errors import DatasetError, PictureError
from showtell.importers.importing import import_into
from showtell.pictures.frame import encode_jpeg


def jpeg(shade: int) -> bytes:
    return encode_jpeg(np.full((24, 32, 3), shade, np.uint8))


@pytest.fixture
def things(tmp_path: Path) -> Dataset:
    dataset = Dataset(tmp_path / "things")
    for shade, label in enumerate(["mug", "mug", "star", "star"]):
        dataset.add(label, jpeg(10 * shade))
    return dataset


def state(dataset: Dataset) -> dict[str, str | None]:
    """All pins as they are on disk, by id."""
    return {pin.id: pin.label for pin in Dataset(dataset.folder).pins}


def test_a_pin_is_a_file_as_it_was_given_and_no_example(things, tmp_path):
    (tmp_path / "blue mug.jpg").write_bytes(jpeg(200))
    pin = things.pin(tmp_path / "blue mug.jpg", " mug ")
    assert (pin.label, pin.id) == ("mug", ".pins/mug/blue mug.jpg")
    assert pin.read() == (things.folder / pin.id).read_bytes() == jpeg(200)
    assert things.pins == [pin]
    assert state(things) == {pin.id: "mug"}
    again = Dataset(things.folder)
    assert (len(again), again.labels, again.problems) == (4, ["mug", "star"], [])


def test_what_must_be_unknown_and_the_label_unknown_are_two_things(things):
    things.pin(jpeg(1), "unknown")
    things.pin(jpeg(2), None)
    things.pin(jpeg(3), "tea/coffee")
    things.pin(jpeg(4), None)
    assert sorted(map(str, state(things).values())) == ["None", "None", "tea/coffee", "unknown"]


def test_files_of_one_name_are_kept_apart(things):
    first, second = things.pin(jpeg(1), "mug", name="a.jpg"), things.pin(jpeg(2), "mug", name="../A.jpg")
    assert first.id != second.id
    assert (first.read(), second.read()) == (jpeg(1), jpeg(2))
    assert all(id.startswith(".pins/mug/") for id in state(things))


def test_pinning_a_picture_again_changes_what_it_must_get(things):
    things.pin(jpeg(1), "mug")
    pin = things.pin(jpeg(1), None)
    assert state(things) == {pin.id: None}
    assert things.pin(jpeg(1), None) == pin
    things.undo()
    assert list(state(things).values()) == ["mug"]


def test_an_example_is_pinned_as_a_copy(things):
    example = things.examples("mug")[0]
    pin = things.pin(example, "mug")
    things.remove(example)
    assert pin.read() == jpeg(0)


def test_pinning_and_unpinning_is_undone_and_redone_by_another_program_too(things):
    pin = things.pin(jpeg(1), "mug")
    assert Dataset(things.folder).undo() == 'pin a picture as "mug"'
    things.refresh()
    assert things.pins == []
    assert things.redo() == 'pin a picture as "mug"'
    things.unpin(pin)
    assert state(things) == {}
    things.undo()
    assert state(things) == {pin.id: "mug"}
    assert pin.read() == jpeg(1)


def test_unpin_takes_ids_and_refuses_what_is_no_pin(things):
    pin = things.pin(jpeg(1), "mug")
    with pytest.raises(DatasetError, match="no pin"):
        things.unpin(pin.id, "mug/picture-0001.jpg")
    assert things.pins == [pin]
    things.unpin(pin.id)
    assert things.pins == []


def test_a_class_takes_its_pins_along_when_it_is_renamed(things):
    things.pin(jpeg(1), "mug", name="a.jpg")
    things.pin(jpeg(2), "cup", name="a.jpg")
    things.pin(jpeg(3), None)
    before = state(things)
    things.rename("mug", "cup")
    assert sorted(map(str, state(things).values())) == ["None", "cup", "cup"]
    things.undo()
    assert state(things) == before


@pytest.mark.parametrize("act", [lambda d: d.remove_class("mug"), lambda d: d.clear()])
def test_a_removed_class_leaves_no_picture_behind_and_comes_back_whole(things, act):
    pin = things.pin(jpeg(1), "mug")
    act(things)
    assert pin.id not in state(things)
    things.undo()
    assert state(things) == {pin.id: "mug"}
    assert things.counts == {"mug": 2, "star": 2}


def test_a_broken_picture_is_no_pin(things):
    with pytest.raises(PictureError):
        things.pin(b"no picture", "mug")
    with pytest.raises(DatasetError, match="name"):
        things.pin(jpeg(1), "  ")
    assert state(things) == {}


@pytest.mark.parametrize("by", ["zip", "folder", "foreign folder"])
def test_an_export_and_an_import_take_pins_along(things, tmp_path, by):
    things.pin(jpeg(1), "mug", name="a.jpg")
    things.pin(jpeg(2), None, name="b.jpg")
    things.pin(jpeg(3), "tea/coffee", name="c.jpg")
    source = things.folder
    if by == "zip":
        source = tmp_path / "things.zip"
        things.export(source)
    elif by == "foreign folder":
        (things.folder / ".showtell").rename(tmp_path / "away")
    other = Dataset(tmp_path / "other")
    done = import_into(source, other)
    assert (done.added, done.problems) == (4, [])
    assert state(other) == state(things)
    assert sorted(pin.read() for pin in other.pins) == sorted([jpeg(1), jpeg(2), jpeg(3)])
    assert other.counts == things.counts
    other.undo()
    assert (state(other), len(other)) == ({}, 0)


def test_a_full_folder_of_odd_things_is_told_and_not_followed(things, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x.jpg").write_bytes(jpeg(9))
    pin = things.pin(jpeg(1), "mug", name="a.jpg")
    os.symlink(secret, things.folder / ".pins" / "linked")
    os.symlink(secret / "x.jpg", things.folder / ".pins" / "mug" / "link.jpg")
    (things.folder / ".pins" / "mug" / "notes.txt").write_text("x")
    things.refresh()
    assert things.pins == [pin]
    assert [problem.file for problem in things.problems] == [
        ".pins/linked",
        ".pins/mug/link.jpg",
        ".pins/mug/notes.txt",
    ]


def test_pins_behind_a_link_are_neither_read_nor_written(things, tmp_path):
    (tmp_path / "elsewhere" / "mug").mkdir(parents=True)
    (tmp_path / "elsewhere" / "mug" / "x.jpg").write_bytes(jpeg(9))
    os.symlink(tmp_path / "elsewhere", things.folder / ".pins")
    things.refresh()
    assert things.pins == []
    assert [problem.file for problem in things.problems] == [".pins"]
    with pytest.raises(DatasetError):
        things.pin(jpeg(1), "mug")
    assert os.listdir(tmp_path / "elsewhere" / "mug") == ["x.jpg"]


def test_a_folder_that_becomes_a_link_is_not_read_through(things, tmp_path):
    pin = things.pin(jpeg(1), "mug")
    (things.folder / ".pins").rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", things.folder / ".pins")
    with pytest.raises(DatasetError, match="a link"):
        pin.read()


def test_names_of_any_language_and_shape_stay_inside(things):
    for number, label in enumerate(("Ratón", "con", "..", "a/b\\c", "x" * 300)):
        things.pin(jpeg(40 * number), label, name=f"{label}.jpg")
    assert set(state(things).values()) == {"Ratón", "con", "..", "a/b\\c", "x" * 300}
    assert not (things.folder.parent / "c.jpg").exists()
