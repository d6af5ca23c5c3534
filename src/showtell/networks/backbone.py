"""Backbones: pretrained networks, each with everything needed to use it right.

A backbone says how a picture must be cut and scaled for its network and what the network's file must hash to, so that a
model answers the same everywhere. `showtell.networks.runtime` runs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.networks.preprocessing import Preprocessing
from showtell.pictures.frame import Frame, Picture

FOLDER = Path(__file__).parent / "weights"


MAX_FEATURES = 16384


MAX_NUMBER = 65504  # the end of float16, in which features are kept


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network, how pictures are made ready for it, and where it comes from.

    Its weights are a ``file`` of the catalogue, or, outside the catalogue, the bytes of an ONNX file. The graph has one
    input, of 4 dimensions, float32. What it is asked for:

    features  ``(n, d)``: the output ``cut``, or where there is none the average of the map
    map       ``(n, d, rows, columns)`` whose average over rows and columns the features are; of a network that has no
              such map (a vision transformer) its features are taken for a map of one cell
    logits    ``(n, classes)``: the layer on top of the features that names ``classes``

    ``features`` is d, ``map_layout`` is "NCHW" or "NHWC", and ``classes`` a file with a line for each.

    Raises BackboneError where these don't fit together.

    >>> from showtell import FeatureExtractor
    >>> backbone = FeatureExtractor().entry
    >>> backbone.name, backbone.preprocessing.size, backbone.features
    ('efficientnet-lite0', 224, 1280)
    """

    name: str
    preprocessing: Preprocessing
    features: int
    cut: str | None = None
    map: str | None = None
    map_layout: str = "NCHW"
    logits: str | None = None
    classes: str | None = None
    licence: str = "unknown"
    source: str = "unknown"
    file: str = ""
    sha256: str = ""
    weights: bytes | None = field(default=None, repr=False, compare=False)  # the sha256 stands for them

    def __post_init__(self) -> None:
        if self.weights is not None:
            object.__setattr__(self, "sha256", hashlib.sha256(self.weights).hexdigest())
        wrong = {
            f"features: expected 1 to {MAX_FEATURES}, found {self.features}": not 1 <= self.features <= MAX_FEATURES,
            f"layout: expected NCHW or NHWC, found {self.map_layout!r}": self.map_layout not in ("NCHW", "NHWC"),
            "expected an output that gives features, or a map, found neither": not (self.cut or self.map),
        }
        if found := [what for what, is_wrong in wrong.items() if is_wrong]:
            raise BackboneError(f"backbone {self.name!r}: {found[0]}")

    @property
    def size(self) -> int:
        """The side of the square that the network takes, in pixels."""
        return self.preprocessing.size

    @property
    def crop(self) -> float:
        """The share of the picture's short side that the square covers."""
        return self.preprocessing.crop

    @property
    def path(self) -> Path:
        """The catalogue's file."""
        return FOLDER / self.file

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with the weights and with all that changes the numbers that come out."""
        how = self.preprocessing
        what: tuple[object, ...] = (self.sha256, how.size, how.crop, how.mean, how.scale, self.cut)
        if self.weights is not None:  # in the catalogue the sha256 implies them
            what += (how.order, how.layout, self.map, self.map_layout)
        return hashlib.sha256(repr(what).encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return all but the weights as JSON keeps it; ``from_dict`` takes it."""
        values = {**{each.name: getattr(self, each.name) for each in fields(self)}, **asdict(self.preprocessing)}
        return {name: values[name] for name in _SAVED}

    @classmethod
    def from_dict(cls, saved: object, weights: bytes) -> Backbone:
        """Return a backbone outside the catalogue from what ``to_dict`` gave; BackboneError if that is damaged."""
        if not isinstance(saved, dict) or not saved.keys() <= set(_SAVED):
            raise BackboneError("expected a backbone's description, found something else")
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in saved.items()}
        sha256 = values.pop("sha256", None)
        how = {each.name: values.pop(each.name) for each in fields(Preprocessing) if each.name in values}
        try:
            backbone = cls(preprocessing=Preprocessing(**how), **values, weights=weights)
            hash(backbone)
        except (TypeError, ValueError, OverflowError) as error:
            raise BackboneError(f"its backbone's description is damaged ({error})") from error
        if backbone.sha256 != sha256:
            raise BackboneError(f"expected a network with sha256 {str(sha256)[:12]}…, found {backbone.sha256[:12]}…")
        return backbone

    def square(self, picture: Picture) -> Frame:
        """Return the part of the picture that the network sees, ``(size, size, 3) uint8``."""
        return self.preprocessing.square(picture)

    def ready(self, squares: Sequence[Frame]) -> NDArray[np.float32]:
        """Return squares as the network takes them, see `Preprocessing.ready`."""
        return self.preprocessing.ready(squares)

    def imagenet_classes(self) -> list[str]:
        """Return the 1000 class names of the network's own last layer, in its order; BackboneError if it has none."""
        if self.classes is None:
            no_classes(self)
        return (FOLDER / self.classes).read_text(encoding="utf-8").splitlines()


# What model files keep of a backbone, in this order. The rest is the catalogue's own.
_SAVED = (
    "name", "size", "features", "crop", "mean", "scale", "order", "layout", "cut", "map", "map_layout", "licence",
    "source", "sha256",
)  # fmt: skip


def no_classes(backbone: Backbone) -> NoReturn:
    """Raise the BackboneError of a backbone without a last layer that names classes."""
    raise BackboneError(f"backbone {backbone.name!r}: expected one with ImageNet's classes, found features only")
