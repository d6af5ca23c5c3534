"""Data care and the map where there is little or nothing to tell apart: no traceback, and nothing that is not true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from PIL import Image

from showtell import Dataset, FeatureExtractor, care
from showtell.curation.map import _plane, place
from showtell.curation.mislabelled import find_mislabelled
from showtell.pictures.frame import Frame, encode_jpeg

BLACK = np.zeros((64, 64, 3), np.uint8)
WHITE = np.full((64, 64, 3), 255, np.uint8)


def noise(seed: int) -> Frame:
    return np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)


def bursts(*sizes: int, seed: int) -> list[tuple[str | None, Frame]]:
    return [(f"burst{b}", noise(100 * seed + 10 * b + n)) for b, size in enumerate(sizes) for n in range(size)]


def singles(*frames: Frame) -> list[tuple[str | None, Frame]]:
    return [(None, frame) for frame in frames]


DATASETS = {
    "all equal": {"a": singles(BLACK, BLACK, BLACK), "b": singles(BLACK, BLACK, BLACK)},
    "a colour a class": {"a": singles(*[BLACK] * 4), "b": singles(*[WHITE] * 4)},
    "one picture": {"a": singles(BLACK)},
    "one class": {"a": singles(*map(noise, range(6)))},
    "one class of equals": {"a": singles(*[BLACK] * 8)},
    "a class of one": {"a": singles(*map(noise, range(6))), "b": singles(noise(9))},
    "classes of one": {"a": singles(noise(1)), "b": singles(noise(2))},
    "classes of three": {label: singles(*map(noise, range(n, n + 3))) for n, label in enumerate("abc")},
    "little is left without a burst": {"a": bursts(1, 2, seed=1), "b": bursts(1, 2, seed=2)},
    "equals and one other": {"a": singles(*[BLACK] * 9), "b": singles(*[BLACK] * 3, noise(4))},
}


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.filterwarnings("error")
def test_every_dataset_gets_findings_and_a_map(tmp_path: Path, name: str) -> None:
    dataset = Dataset(tmp_path / "things")
    for label, pictures in DATASETS[name].items():
        for burst, frame in pictures:
            dataset.add(label, encode_jpeg(frame), burst=burst)
    for finding in care(dataset):
        assert finding.kind in ("duplicate", "unbalanced", "mislabelled")
    for method in ("pca", "tsne"):
        places = place(dataset, FeatureExtractor(), method)
        assert len(places) == len(dataset)
        assert all(0 <= number <= 1 for it in places for number in (it.x, it.y))


@pytest.mark.filterwarnings("error")
def test_pictures_may_go_away_while_they_are_looked_at(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "things")
    for seed, label in enumerate("ab"):
        dataset.add(label, encode_jpeg(noise(seed)))
    assert care(dataset, progress=lambda done, total: dataset.clear()) == []


def test_the_same_picture_in_two_classes_is_found_where_all_are_the_same(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "things")
    for label in "aabb":
        dataset.add(label, encode_jpeg(BLACK))
    (finding,) = care(dataset)
    assert (finding.kind, len(finding.examples)) == ("duplicate", 4)


rows = some.tuples(some.integers(1, 12), some.sampled_from([1, 2, 3, 40])).flatmap(
    lambda shape: arrays(np.float32, shape, elements=some.sampled_from([0, 1, -1, 1e-7, 0.5, 65504]))
)


@given(rows, some.sampled_from(["pca", "tsne"]))
def test_any_vectors_have_places_in_the_plane(vectors: np.ndarray, method: str) -> None:
    plane = _plane(vectors, "pca" if len(vectors) < 9 else method)
    assert plane.shape == (len(vectors), 2)
    assert plane.min() >= -1e-6
    assert plane.max() <= 1 + 1e-6


@given(rows, some.data())
def test_any_vectors_can_be_searched_for_what_is_in_the_wrong_class(vectors: np.ndarray, data: some.DataObject) -> None:
    def drawn(names: str) -> Sequence[str]:
        return data.draw(some.lists(some.sampled_from(names), min_size=len(vectors), max_size=len(vectors)))

    labels = drawn("abc")
    for at, to in find_mislabelled(vectors, labels, drawn("wxyz")):
        assert labels[at] != to
        assert to in labels


def test_two_pictures_again_and_again_in_both_classes(tmp_path):
    for label, shades in (("a", (0, 255) * 3), ("b", (255, 0) * 3)):
        (tmp_path / label).mkdir()
        for number, shade in enumerate(shades):
            Image.fromarray(np.full((64, 64, 3), shade, np.uint8)).save(tmp_path / label / f"{number}.png")
    found = care(Dataset(tmp_path))
    assert any(finding.kind == "duplicate" for finding in found)
