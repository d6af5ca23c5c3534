"""Backbones: pretrained networks, each with everything needed to use it right.

The catalogue says how a picture must be cut and scaled for a network and what its file must hash to, so that a
model answers the same everywhere. The sessions of ONNX Runtime live here and nowhere else.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.pictures.augment import LARGEST
from showtell.pictures.frame import Frame, Picture, square

if TYPE_CHECKING:
    pass

FOLDER = Path(__file__).parent / "weights"


SMALLEST = 16  # pixels of a network's square; LARGEST is the other end


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
            no_classes(self)
        return (FOLDER / self.classes).read_text(encoding="utf-8").splitlines()


_CATALOGUES_OWN = {"weights", "file", "logits", "classes"}


def no_classes(backbone: Backbone) -> NoReturn:
    raise BackboneError(f"backbone {backbone.name!r}: expected one with ImageNet's classes, found features only")
