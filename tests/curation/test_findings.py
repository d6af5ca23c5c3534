"""Data care: it finds what is wrong, says it in a sentence, and has nothing to say against what is right."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageFilter

from showtell import Dataset, care
from showtell.cli.main import main
from showtell.pictures.drawing import draw
from showtell.pictures.frame import Frame, encode_jpeg

RNG = np.random.default_rng(5)
THINGS = ("fish", "mug", "star")
BURSTS = {thing: [draw(thing, RNG) for _ in range(8)] for thing in THINGS}


def dataset(folder: Path, **more: list[Frame]) -> Dataset:
    """Three clean bursts, and then ``more`` pictures for some, in the same bursts."""
    data = Dataset(folder / "things")
    for thing in THINGS:
        for frame in [*BURSTS[thing], *more.get(thing, [])]:
            data.add(thing, encode_jpeg(frame), burst=thing)
    return data


def noisy(pixels: np.ndarray) -> Frame:
    return np.clip(pixels + RNG.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)


def test_nothing_is_said_against_a_clean_dataset(tmp_path: Path) -> None:
    assert care(dataset(tmp_path)) == []
    assert care(Dataset(tmp_path / "empty")) == []


FAULTS = {
    "blurred": (np.asarray(Image.fromarray(draw("mug", RNG)).filter(ImageFilter.GaussianBlur(14))), "is blurred"),
    "dark": (noisy(draw("mug", RNG) * 0.15), "is almost black"),
    "bright": (noisy(draw("mug", RNG) * 3.0 + 60), "is overexposed"),
    "empty": (noisy(np.full((480, 640, 3), 90.0)), "shows nothing at all"),
    "mislabelled": (draw("star", RNG), 'looks like "star"; move it there'),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_one_bad_picture_is_found_and_nothing_else(tmp_path: Path, kind: str) -> None:
    frame, words = FAULTS[kind]
    data = dataset(tmp_path, mug=[frame])
    (finding,) = care(data)
    assert (finding.kind, finding.label) == (kind, "mug")
    assert finding.examples == (data.examples("mug")[-1],)
    assert words in finding.reason
    assert finding.to == ("star" if kind == "mislabelled" else None)
    assert care(data)[0].id == finding.id


def test_the_same_picture_in_two_classes_is_a_contradiction(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    data.add("star", encode_jpeg(BURSTS["mug"][0], 70))
    found = [finding for finding in care(data) if finding.kind == "duplicate"]
    assert len(found) == 1
    assert {found[0].label, found[0].to} == {"mug", "star"}
    assert {example.label for example in found[0].examples} == {"mug", "star"}


def test_a_copy_in_another_size_is_a_duplicate(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    copy = np.asarray(Image.fromarray(BURSTS["mug"][3]).resize((400, 300)))
    added = data.add("mug", encode_jpeg(copy, 80))
    (finding,) = care(data)
    assert finding.kind == "duplicate"
    assert set(finding.examples) == {data.examples("mug")[3], added}


def test_a_burst_of_one_still_picture_is_said(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    still = draw("tree", RNG)
    for _ in range(8):
        data.add("tree", encode_jpeg(noisy(still.astype(float))), burst="tree")
    (finding,) = care(data)
    assert (finding.kind, finding.label, len(finding.examples)) == ("duplicate", "tree", 8)
    assert "stand still" in finding.reason


def test_a_class_with_far_fewer_pictures_is_said(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    data.add("tree", encode_jpeg(draw("tree", RNG)))
    (finding,) = care(data)
    assert (finding.kind, finding.label, finding.examples) == ("unbalanced", "tree", ())
    assert "only 1 picture" in finding.reason


def test_a_class_that_is_meant_to_be_empty_or_dark_is_left_alone(tmp_path: Path) -> None:
    data = dataset(tmp_path)
    for level in np.linspace(20, 230, 8):
        data.add("wall", encode_jpeg(noisy(np.full((240, 320, 3), level))), burst="wall")
    assert [finding for finding in care(data) if finding.kind in ("empty", "dark", "bright", "blurred")] == []


def test_a_broken_picture_is_a_problem_of_the_dataset_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    data = dataset(tmp_path, mug=[FAULTS["dark"][0]])
    data.examples("fish")[0].path.write_bytes(b"\xff\xd8 broken")
    steps: list[tuple[int, int]] = []
    assert [finding.kind for finding in care(data, progress=lambda *step: steps.append(step))] == ["dark"]
    assert [problem.file for problem in data.problems] == [data.examples("fish")[0].id]
    assert steps[-1][1] == len(data)


def test_a_finding_is_a_value(tmp_path: Path) -> None:
    (finding,) = care(dataset(tmp_path, mug=[FAULTS["empty"][0]]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.label = "star"  # type: ignore[misc]


def test_the_command_says_a_line_each(tmp_path: Path) -> None:
    data = dataset(tmp_path, mug=[FAULTS["empty"][0]])
    id = data.examples("mug")[-1].id
    shown = CliRunner().invoke(main, ["care", str(data.folder)])
    assert shown.exit_code == 0
    assert shown.stdout == (
        f'empty: A picture of "mug" shows nothing at all; was the lens covered? Remove it. ({id})\n'
    )
    lines = CliRunner().invoke(main, ["care", str(data.folder), "--json"]).stdout.splitlines()
    (finding,) = [json.loads(line) for line in lines]
    assert (finding["kind"], finding["label"], finding["to"], finding["examples"]) == ("empty", "mug", None, [id])
