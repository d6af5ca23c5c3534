"""Backbones that need nothing but ONNX Runtime keep the contract: the bundled one, and ONNX files of every shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tiny_networks
from backbone_contract import BackboneContract
from showtell import FeatureExtractor

IMAGENET = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]) * 255
CAFFE = np.array([123.68, 116.779, 103.939])
KINDS = {
    "classes after an average": ({}, {"preprocessing": "imagenet", "crop": 0.8}, (*IMAGENET, "RGB")),
    "a map alone": ({"outputs": ["map"]}, {"preprocessing": "tf"}, (127.5, 127.5, "RGB")),
    "features alone": (
        {"outputs": ["features"]},
        {"mean": 0.5, "std": 0.25, "features": "features"},
        (127.5, 63.75, "RGB"),
    ),
    "channels last, blue first": ({"layout": "NHWC"}, {"preprocessing": "caffe"}, (CAFFE, 1, "BGR")),
    "one picture at a time": ({"batch": 1, "pool": "ReduceMean"}, {"preprocessing": "none"}, (0, 1, "RGB")),
    "any size": ({"size": "side"}, {"preprocessing": "unit", "size": 96}, (0, 255, "RGB")),
}


class TestBundled(BackboneContract):
    close = 0.02  # its weights are kept as float16

    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls) -> FeatureExtractor:
        return FeatureExtractor()

    @pytest.fixture(scope="class")
    @classmethod
    def squares(cls):
        return list(cls.reference()["pictures"])

    def expected(self, squares):
        return self.reference()["features"]

    @staticmethod
    def reference() -> dict[str, np.ndarray]:
        with np.load(Path(__file__).parents[1] / "data" / "efficientnet-lite0.npz") as file:
            return dict(file)


@pytest.mark.parametrize("kind", KINDS, scope="class")
class TestOnnxFile(BackboneContract):
    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls, kind, tmp_path_factory) -> FeatureExtractor:
        made, told, cls.pixels = KINDS[kind]
        path = tmp_path_factory.mktemp("onnx") / "network.onnx"
        path.write_bytes(tiny_networks.network(**made))
        extractor = FeatureExtractor.from_onnx(path, **told)
        assert (extractor.entry.map is None) == (kind == "features alone")
        return extractor

    def expected(self, squares):
        return tiny_networks.features(squares, *self.pixels)
