"""A backbone from Keras, by way of ONNX: one of its applications by name, or a model.

Keras 3 runs on PyTorch or on TensorFlow, and each has its own way to ONNX.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.networks import from_onnx, torch_export
from showtell.networks.backbone import Backbone
from showtell.networks.from_onnx import ImportOptions
from showtell.networks.preprocessing import Normalization, find_normalization, missing_normalization
from showtell.system import extras

if TYPE_CHECKING:
    import keras

SIZE = 224  # where a model takes any


def backbone(
    model: str | keras.Model,
    weights: str | os.PathLike[str] | None = "imagenet",
    preprocessing: Any = None,
    size: int | None = None,
    crop: float = 1.0,
    licence: str = "unknown",
) -> Backbone:
    """Return the backbone of a Keras model, or of a named one; see ``FeatureExtractor.from_keras``."""
    extras.need("keras", "keras")
    import keras

    if isinstance(model, str):
        name, source = model, f"keras.applications.{model}, weights: {weights}"
        family, make = _application(model)
        size = size or _usual_size(make)
        model = _made(make, name, weights, size)
        preprocessing = preprocessing or family.preprocess_input
    else:
        if not isinstance(model, keras.Model):
            raise BackboneError(f"expected a Keras model or the name of one, found {type(model).__name__}")
        name, source = model.name, f"the Keras model {model.name}"
    normalization = (
        of_function(preprocessing) if callable(preprocessing) else find_normalization(preprocessing, None, None)
    )
    if normalization is None:
        raise missing_normalization(name)
    shape = _shape(model, name, size)
    data = _to_onnx(model, shape, name)
    return from_onnx.build(data, name, ImportOptions(normalization, max(shape), crop, None, None, licence, source))


def of_function(preprocess: Callable[[NDArray[np.float32]], Any]) -> Normalization:
    """Return what a ``preprocess_input`` does to pixels, found out by asking it.

    Raises BackboneError unless it is a mean and a scale for each channel, and perhaps an exchange of red and blue.
    """

    def asked(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.array(preprocess(pixels[None].copy())[0], np.float64)  # some write into what they get

    black, white = np.zeros((1, 1, 3), np.float32), np.float32(255)
    offset = asked(black)[0, 0]
    slopes = (
        np.array([asked(black + white * np.eye(3, dtype=np.float32)[c])[0, 0] - offset for c in range(3)]).T / white
    )
    probe = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.float32)
    for order, turn in (("RGB", 1), ("BGR", -1)):
        scale = np.diag(slopes[::turn])  # of each channel as it comes in
        if np.all(scale) and np.allclose(asked(probe), (probe * scale)[..., ::turn] + offset, atol=1e-3):
            mean = -offset[::turn] / scale
            return Normalization(_rounded(mean), _rounded(1 / scale), order)
    raise BackboneError(
        "preprocessing: expected one that takes a mean from each channel and divides by a scale, found another; "
        "put it into the model as its first layer, and give preprocessing='none'"
    )


def _rounded(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    """Return numbers as they were meant: float32 leaves 123.67999 of 123.68."""
    return tuple(round(float(number), 3) + 0.0 for number in numbers)


def _application(name: str) -> tuple[Any, Callable[..., Any]]:
    """Return the module of ``keras.applications`` that has this network, and the function that makes it."""
    from keras import applications

    families = [each for each in vars(applications).values() if hasattr(each, "preprocess_input")]
    for family in families:
        if callable(make := getattr(family, name, None)) and name[:1].isupper():
            return family, make
    names = sorted({each for family in families for each in vars(family) if each[:1].isupper()})
    raise BackboneError(f"keras.applications has no {name!r}; expected one of: {', '.join(names)}")


def _usual_size(make: Callable[..., Any]) -> int:
    """Return the side of the square that the network was trained on: Keras knows it only of the whole network."""
    return int(max(make(weights=None).input_shape[1:3]))


def _made(make: Callable[..., Any], name: str, weights: str | os.PathLike[str] | None, size: int) -> Any:
    file = weights if weights is None else os.fspath(weights)
    if file not in (None, "imagenet") and not os.path.isfile(str(file)):
        raise BackboneError(f"{file}: expected a file of weights for {name}, 'imagenet' or None, found nothing there")
    try:
        return make(include_top=False, weights=file, input_shape=(size, size, 3))
    except Exception as error:  # whatever Keras meets on the way: no network, another network's weights
        raise BackboneError(f"{name}: Keras cannot make it with the weights {file} ({error})") from error


def _shape(model: Any, name: str, size: int | None) -> tuple[int, ...]:
    """Return the shape of what goes into the model for one picture, (size, size, 3), or with the channels first."""
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or len(shape) != 4 or 3 not in (shape[1], shape[3]):
        raise BackboneError(f"{name}: expected a model with one input (n, size, size, 3), found {shape}")
    found = tuple(size or SIZE if side is None else int(side) for side in shape[1:])
    if size is not None and max(found) != size:
        raise BackboneError(f"{name}: expected size={max(found)}, as its input is {shape}, found size={size}")
    return found


def _to_onnx(model: Any, shape: tuple[int, ...], name: str) -> bytes:
    import keras

    if keras.backend.backend() == "torch":
        extras.need("keras", "torch", "onnx")
        return torch_export.exported(model, shape, ["given"], name)
    if keras.backend.backend() != "tensorflow":
        raise BackboneError(
            f"{name}: expected Keras on torch or tensorflow, found it on {keras.backend.backend()}; "
            "set the environment variable KERAS_BACKEND=torch before it is imported"
        )
    extras.need("keras", "tf2onnx")
    model(np.zeros((1, *shape), np.float32))  # Keras exports only what was called
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tf2onnx's, about NumPy
        try:
            model.export(file := Path(folder) / "model.onnx", format="onnx", verbose=False)
        except Exception as error:  # whatever Keras, TensorFlow or tf2onnx meets on the way
            raise BackboneError(f"{name}: Keras cannot export it to ONNX ({error})") from error
        return file.read_bytes()
