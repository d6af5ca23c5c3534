"""How a network wants its pixels: what is taken from them, by what they are divided, which channel comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from showtell.errors import BackboneError

Channels: TypeAlias = float | tuple[float, float, float] | list[float]


@dataclass(frozen=True)
class Pixels:
    """ready = (pixel - mean) / scale, pixels in 0 to 255, red first; ``order`` says which channel goes in first."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    order: str = "RGB"


def shares(mean: Channels, std: Channels, order: str = "RGB") -> Pixels:
    """From mean and standard deviation as shares of white, as torchvision and timm have them: (0.485, …), (0.229, …).

    Raises BackboneError where they look like pixels from 0 to 255.
    """
    means, stds = (tuple(each) if isinstance(each, tuple | list) else (each,) * 3 for each in (mean, std))
    if any(not -1 <= one <= 1.5 for one in means) or any(not 0 < one <= 1 for one in stds):
        raise BackboneError(
            f"mean, std: expected shares of white, such as (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225), "
            f"found {mean} and {std}; divide what is meant for pixels from 0 to 255 by 255"
        )
    return Pixels(tuple(float(255 * one) for one in means), tuple(float(255 * one) for one in stds), order)


# What most networks want. The names are those of Keras's modes, but for "torch", which everybody calls ImageNet's.
KNOWN = {
    "imagenet": shares((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "tf": shares(0.5, 0.5),  # -1 to 1
    "caffe": Pixels((123.68, 116.779, 103.939), (1.0, 1.0, 1.0), "BGR"),
    "unit": shares(0, 1),  # 0 to 1
    "none": Pixels((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),  # 0 to 255
}


def told(preprocessing: str | None, mean: Channels | None, std: Channels | None) -> Pixels | None:
    """What a user told: a name of those above, or mean and std as shares of white; None for nothing.

    Raises BackboneError for anything in between.
    """
    if preprocessing is not None and mean is None and std is None:
        if preprocessing not in KNOWN:
            raise BackboneError(f"preprocessing: expected one of {', '.join(KNOWN)}, found {preprocessing!r}")
        return KNOWN[preprocessing]
    if preprocessing is None and mean is not None and std is not None:
        return shares(mean, std)
    if preprocessing is None and mean is None and std is None:
        return None
    raise BackboneError("expected a preprocessing, or a mean and a std, found one with the other, or half of them")


def must_be_told(name: str) -> BackboneError:
    """The error where a network comes without word of its preprocessing: no number in its file says it."""
    return BackboneError(
        f"{name}: expected to be told how it wants its pixels, found nothing; give preprocessing= one of "
        f"{', '.join(KNOWN)}, or mean= and std= as shares of white, as it was trained with"
    )


@dataclass(frozen=True)
class Told:
    """What no graph says, or what it may leave open: None."""

    pixels: Pixels
    size: int | None = None
    crop: float = 1.0
    features: str | None = None
    map: str | None = None
    licence: str = "unknown"
    source: str = "unknown"
