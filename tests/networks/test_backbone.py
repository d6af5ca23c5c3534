"""The bundled network gives what the original gives in PyTorch, and nothing else is ever run in its place."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from showtell.errors import BackboneError
from showtell.networks import catalogue, runtime
from showtell.networks.backbone import Backbone
from showtell.networks.preprocessing import Preprocessing

LITE0 = catalogue.find("efficientnet-lite0")


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    """What PyTorch said about eight pictures; scripts/build_backbone.py wrote it."""
    with np.load(Path(__file__).parents[1] / "data" / "efficientnet-lite0.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def answers(reference) -> dict[str, np.ndarray]:
    outputs = ("map", "features", "logits")
    return dict(zip(outputs, runtime.run(LITE0, list(reference["pictures"]), *outputs), strict=True))


def test_features_are_pytorchs(reference, answers):
    ours, theirs = answers["features"], reference["features"]
    assert (ours.shape, ours.dtype) == ((8, 1280), np.float32)
    cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosine.min() >= 0.9999
    assert len({int(row.argmax()) for row in theirs}) > 1  # else the comparison would say little


def test_imagenet_answers_are_pytorchs(reference, answers):
    assert answers["logits"].argmax(1).tolist() == reference["logits"].argmax(1).tolist()
    assert np.abs(answers["logits"] - reference["logits"]).max() < 0.1


def test_the_float32_graph_that_the_file_was_made_from_is_pytorchs(reference):
    assert 0 <= reference["float32_worst"] < 1e-3


def test_features_are_the_average_of_the_map(answers):
    assert answers["map"].shape == (8, 1280, 7, 7)
    np.testing.assert_allclose(answers["map"].mean((2, 3)), answers["features"], atol=1e-4)


def test_pictures_are_scaled_and_laid_out_as_the_network_wants_them():
    square = np.zeros((224, 224, 3), np.uint8)
    square[10, 20] = [255, 127, 63]
    ready = LITE0.ready([square, square])
    assert (ready.shape, ready.dtype) == ((2, 3, 224, 224), np.float32)
    assert ready[1, :, 10, 20].tolist() == [128 / 128, 0, -64 / 128]
    assert ready[0, :, 20, 10].tolist() == [-127 / 128] * 3


def test_the_network_sees_the_middle_of_the_picture(shown):
    picture = shown["mug"][0]
    square = LITE0.square(picture)
    edge = picture.copy()
    edge[:, :90] = edge[:, -90:] = 0
    assert (square.shape, square.dtype) == ((224, 224, 3), np.uint8)
    assert LITE0.square(edge).tolist() == square.tolist()


def test_many_threads_get_the_same_answers(reference, answers):
    pictures = list(reference["pictures"])
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda picture: runtime.run(LITE0, [picture], "features")[0][0], pictures))
    np.testing.assert_allclose(rows, answers["features"], atol=1e-4)


def test_there_are_a_thousand_different_imagenet_classes():
    names = LITE0.imagenet_classes()
    assert len(names) == 1000
    assert all(name.strip() == name and name for name in names)
    assert names[3] == "tiger shark"
    assert "coffee mug" in names[504]


def test_weights_that_were_tampered_with_are_refused(tmp_path):
    weights = bytearray(LITE0.path.read_bytes())
    weights[len(weights) // 2] ^= 1
    path = tmp_path / "network.onnx"
    path.write_bytes(weights)
    with pytest.raises(BackboneError, match=rf"{path}: expected sha256 {LITE0.sha256[:12]}…, found .*reinstall"):
        runtime.session(replace(LITE0, file=str(path)))


def test_missing_weights_are_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(BackboneError, match=r"gone\.onnx: cannot be read \(No such file or directory\); reinstall"):
        runtime.session(replace(LITE0, file=str(tmp_path / "gone.onnx")))


def test_the_same_weights_under_another_name_are_the_same_network():
    assert replace(LITE0, name="other", licence="other").fingerprint == LITE0.fingerprint


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"cut": "map"}], ids=str)
def test_the_fingerprint_changes_with_whatever_changes_the_features(change):
    assert replace(LITE0, **change).fingerprint != LITE0.fingerprint


@pytest.mark.parametrize("change", [{"size": 256}, {"crop": 1.0}, {"mean": 128}, {"scale": 127}], ids=str)
def test_the_fingerprint_changes_with_the_preprocessing(change):
    changed = replace(LITE0, preprocessing=replace(LITE0.preprocessing, **change))
    assert changed.fingerprint != LITE0.fingerprint


def test_fingerprint_and_description_are_those_of_the_first_versions():
    """Or caches of features would be made anew, and saved models of own networks refused."""
    assert LITE0.fingerprint == "660ad87c0a8f09d3"
    how = Preprocessing(size=64, crop=0.8, mean=(123.68, 116.779, 103.939), scale=(1.0, 1.0, 1.0), order="BGR")
    own = Backbone(name="own", preprocessing=how, features=12, cut="pooled", map="map", source="here", weights=b"abc")
    assert own.fingerprint == "032d03d58f3fa1b6"
    saved = (
        '{"name": "own", "size": 64, "features": 12, "crop": 0.8, "mean": [123.68, 116.779, 103.939], '
        '"scale": [1.0, 1.0, 1.0], "order": "BGR", "layout": "NCHW", "cut": "pooled", "map": "map", '
        '"map_layout": "NCHW", "licence": "unknown", "source": "here", '
        '"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}'
    )
    assert json.dumps(own.to_dict()) == saved
    assert Backbone.from_dict(json.loads(saved), b"abc") == own


@pytest.mark.parametrize(
    "change",
    [{"size": 4}, {"size": "64"}, {"crop": 0}, {"mean": [1, 2]}, {"scale": 0}, {"order": "RBG"}, {"layout": "CHW"},
     {"features": 0}, {"map_layout": "CHW"}, {"weights": "abc"}, {"sha256": "0"}, {"preprocessing": {}}, {"mean": {}}],
    ids=str,
)  # fmt: skip
def test_a_damaged_description_is_refused(change):
    own = Backbone(name="own", preprocessing=Preprocessing(size=64), features=12, cut="pooled", weights=b"abc")
    with pytest.raises(BackboneError):
        Backbone.from_dict(own.to_dict() | change, b"abc")
