"""The file a model is saved in: a zip of JSON, plain arrays and skops objects. No pickle, in or out.

Opening a stranger's file runs none of their code: arrays are read with ``allow_pickle=False``, and of objects only
those are built that skops or the short list below trust. A network is run by ONNX Runtime's own operators only.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.errors import ModelFileError
from showtell.networks import onnx_file
from showtell.system.files import replaced

FORMAT, VERSION = "showtell model", 1

NETWORK = "network.onnx"

MAX_OBJECT_BYTES = 2**30  # what a skops object may unpack to

# Plain Python parts of scikit-learn's classifiers, which skops does not list itself. Trees stay out, those of forests
# and of neighbours alike: compiled code follows their indices unchecked, wherever a file's author makes them point.
TRUSTED = {
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
}


def write(
    path: str | os.PathLike[str],
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    objects: Mapping[str, bytes],
    network: bytes | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> None:
    """Write a model file, whole or not at all. Raise ModelFileError where the place cannot be written.

    header    what model.json says beside format and version
    arrays    by their names
    objects   what ``dumps`` returned, by their names
    network   the ONNX file of a backbone that is not in the catalogue
    pictures  encoded pictures, by the names of their files
    """
    target = Path(path)
    parts = {f"{name}.skops": data for name, data in objects.items()} | dict(pictures or {})
    if network is not None:
        parts[NETWORK] = network
    try:
        with replaced(target) as file:
            _write_zip(file, header, arrays, parts)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModelFileError(
            f"{target}: the model cannot be written ({getattr(error, 'strerror', error)}); "
            "choose a folder that exists, can be written and has room"
        ) from error


def dumps(thing: Any, target: str | os.PathLike[str]) -> bytes:
    """Return a scikit-learn object as skops keeps it.

    Raise ModelFileError, with the file it was meant for, where opening it would not be safe.
    """
    import skops.io

    target = os.fspath(target)

    try:
        data: bytes = skops.io.dumps(thing)
        untrusted = set(skops.io.get_untrusted_types(data=data)) - TRUSTED
    except Exception as error:  # skops raises whatever the object makes it raise
        raise ModelFileError(f"{target}: {type(thing).__name__} cannot be saved without pickle ({error})") from error
    if untrusted:
        raise ModelFileError(
            f"{target}: {type(thing).__name__} cannot be saved so that opening it is safe for a stranger "
            f"(it holds {', '.join(sorted(untrusted))}); choose another classifier, for example logistic or svm, "
            "or pickle the model for yourself"
        )
    return data


def _write_zip(file: Any, header: Mapping[str, Any], arrays: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    whole = {"format": FORMAT, "version": VERSION, **header}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model.json", json.dumps(whole, indent=1))
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", buffer.getvalue())
        for name, data in parts.items():
            archive.writestr(name, data)


class Archive:
    """A model file opened for reading. Raises ModelFileError for anything that is not one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            self._zip = zipfile.ZipFile(self.path)
        except OSError as error:
            raise ModelFileError(f"{self.path}: cannot be read ({error.strerror}); expected a saved model") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self._wrong("it is no zip archive") from error
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in self._zip.infolist()):
            raise self._wrong("it holds compressed parts, which showtell never writes")
        try:
            self.header = json.loads(self._bytes("model.json"))
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"its model.json is damaged ({error})") from error
        if not isinstance(self.header, dict) or self.header.get("format") != FORMAT:
            raise self._wrong("its model.json is another program's")
        if self.header.get("version") != VERSION:
            raise ModelFileError(
                f"{self.path}: expected a model of version {VERSION}, found version {self.header.get('version')!r}; "
                "fit it again from its pictures, or use the showtell that wrote it"
            )

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def array(self, name: str, dtype: Any, *shape: int | None) -> NDArray[Any]:
        """Return the array of that name; raise ModelFileError unless it has this dtype and shape (None: any length)."""
        try:
            array = np.load(io.BytesIO(self._bytes(f"{name}.npy")), allow_pickle=False)
        except (ValueError, EOFError, SyntaxError, MemoryError, OSError) as error:
            raise self._wrong(f"its array {name!r} is damaged ({error})") from error
        fits = len(array.shape) == len(shape) and all(s in (None, n) for s, n in zip(shape, array.shape, strict=True))
        if array.dtype != np.dtype(dtype) or not fits or not np.isfinite(array).all():
            raise self._wrong(f"its array {name!r} is {array.dtype} {array.shape}, not {np.dtype(dtype)} {shape}")
        return np.asarray(array)

    def object(self, name: str) -> Any:
        """Return the scikit-learn object of that name; raise ModelFileError if it holds what is not trusted."""
        import skops.io

        data = self._bytes(f"{name}.skops")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                size = sum(entry.file_size for entry in inner.infolist())
            if size > MAX_OBJECT_BYTES:
                raise self._wrong(f"its part {name!r} unpacks to {size} bytes")
            untrusted = set(skops.io.get_untrusted_types(data=data)) - TRUSTED
            if untrusted:
                raise ModelFileError(
                    f"{self.path}: it holds types that could run a stranger's code ({', '.join(sorted(untrusted))}); "
                    "expected scikit-learn's own; fit the model again from its pictures"
                )
            return skops.io.loads(data, trusted=sorted(TRUSTED))
        except ModelFileError:
            raise
        except Exception as error:  # skops raises whatever the damaged part makes it raise
            raise self._wrong(f"its part {name!r} is damaged ({error})") from error

    def network(self) -> bytes:
        """Return the ONNX file of its backbone; raise ModelFileError if there is none, or a very large one."""
        try:
            size = self._zip.getinfo(NETWORK).file_size
        except KeyError as error:
            raise self._wrong(f"its part {NETWORK} is missing") from error
        if size > onnx_file.MAX_BYTES:
            raise self._wrong(f"its part {NETWORK} has {size} bytes")
        return self._bytes(NETWORK)

    def picture(self, name: str) -> bytes:
        """Return the bytes of a picture in it, which nobody has looked at yet."""
        return self._bytes(name)

    def _bytes(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise self._wrong(f"its part {name} is missing or damaged") from error

    def _wrong(self, what: str) -> ModelFileError:
        return ModelFileError(
            f"{self.path}: expected a model saved by showtell, but {what}; fit one with: showtell fit DATASET -o MODEL"
        )
