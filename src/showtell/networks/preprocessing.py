"""How a picture is made ready for a network: which part of it, how large, and what its numbers become."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.pictures.augment import LARGEST
from showtell.pictures.frame import Frame, Picture, square

Channels: TypeAlias = float | tuple[float, float, float] | list[float]


MIN_SIZE = 16  # pixels of a network's square; LARGEST is the other end


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """All that is done to a picture before a network gets it: ``input = (pixel - mean) / scale`` of a centred square.

    size    side of the square, in pixels
    crop    share of the picture's short side that the square covers, in (0, 1]
    mean    pixels are in 0 to 255; one number, or one each for red, green and blue
    scale   as ``mean``
    order   "RGB" or "BGR": of the channels, as the network takes them
    layout  "NCHW" or "NHWC": of the network's input

    Raises BackboneError for values that no network can have.

    >>> imagenet = Preprocessing(size=32, mean=(123.675, 116.28, 103.53), scale=(58.395, 57.12, 57.375))
    >>> imagenet.ready([imagenet.square(np.zeros((48, 64, 3), np.uint8))]).shape
    (1, 3, 32, 32)
    """

    size: int
    crop: float = 1.0
    mean: float | tuple[float, ...] = 0.0
    scale: float | tuple[float, ...] = 1.0
    order: str = "RGB"
    layout: str = "NCHW"

    def __post_init__(self) -> None:
        channels = (self.mean, self.scale)
        numbers = [value for each in channels for value in (each if isinstance(each, tuple) else (each,))]
        wrong = {
            f"size: expected {MIN_SIZE} to {LARGEST} pixels, found {self.size}": not MIN_SIZE <= self.size <= LARGEST,
            f"crop: expected a share in (0, 1], found {self.crop}": not 0 < self.crop <= 1,
            f"mean, scale: expected a number, or three for R, G and B, found {self.mean} and {self.scale}": not all(
                map(math.isfinite, numbers)
            )
            or any(isinstance(each, tuple) and len(each) != 3 for each in channels),
            f"scale: expected no 0, found {self.scale}": not np.all(self.scale),
            f"order: expected RGB or BGR, found {self.order!r}": self.order not in ("RGB", "BGR"),
            f"layout: expected NCHW or NHWC, found {self.layout!r}": self.layout not in ("NCHW", "NHWC"),
        }
        if found := [what for what, is_wrong in wrong.items() if is_wrong]:
            raise BackboneError(found[0])

    def square(self, picture: Picture) -> Frame:
        """Return the part of the picture that the network sees, ``(size, size, 3) uint8``."""
        return square(picture, self.size, self.crop)

    def ready(self, squares: Sequence[Frame]) -> NDArray[np.float32]:
        """Return squares as the network takes them: ``(n, 3, size, size) float32``, or ``(n, size, size, 3)``."""
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


@dataclass(frozen=True)
class Normalization:
    """The part of a preprocessing that no graph says: mean, scale and order, as `Preprocessing` has them."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    order: str = "RGB"


def from_shares(mean: Channels, std: Channels, order: str = "RGB") -> Normalization:
    """Return the normalization for a mean and a standard deviation in shares of white, as torchvision has them.

    Raises BackboneError where they look like pixels from 0 to 255.

    >>> from_shares(0.5, 0.25)
    Normalization(mean=(127.5, 127.5, 127.5), scale=(63.75, 63.75, 63.75), order='RGB')
    """
    means, stds = (tuple(each) if isinstance(each, tuple | list) else (each,) * 3 for each in (mean, std))
    if any(not -1 <= one <= 1.5 for one in means) or any(not 0 < one <= 1 for one in stds):
        raise BackboneError(
            f"mean, std: expected shares of white, such as (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225), "
            f"found {mean} and {std}; divide what is meant for pixels from 0 to 255 by 255"
        )
    return Normalization(tuple(float(255 * one) for one in means), tuple(float(255 * one) for one in stds), order)


# What most networks want. The names are those of Keras's modes, but for "torch", which everybody calls ImageNet's.
KNOWN = {
    "imagenet": from_shares((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "tf": from_shares(0.5, 0.5),  # -1 to 1
    "caffe": Normalization((123.68, 116.779, 103.939), (1.0, 1.0, 1.0), "BGR"),
    "unit": from_shares(0, 1),  # 0 to 1
    "none": Normalization((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),  # 0 to 255
}


def find_normalization(name: str | None, mean: Channels | None, std: Channels | None) -> Normalization | None:
    """Return the one of this name in ``KNOWN``, or that of mean and std in shares of white; None where all are None.

    Raises BackboneError for anything in between.
    """
    if name is not None and mean is None and std is None:
        if name not in KNOWN:
            raise BackboneError(f"preprocessing: expected one of {', '.join(KNOWN)}, found {name!r}")
        return KNOWN[name]
    if name is None and mean is not None and std is not None:
        return from_shares(mean, std)
    if name is None and mean is None and std is None:
        return None
    raise BackboneError("expected a preprocessing, or a mean and a std, found one with the other, or half of them")


def missing_normalization(network: str) -> BackboneError:
    """Return the error where nobody says how a network wants its pixels: no number in its file does."""
    return BackboneError(
        f"{network}: expected to be told how it wants its pixels, found nothing; give preprocessing= one of "
        f"{', '.join(KNOWN)}, or mean= and std= as shares of white, as it was trained with"
    )
