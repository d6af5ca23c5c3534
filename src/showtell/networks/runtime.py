"""ONNX Runtime: loads networks and runs them; no other module imports it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.networks import onnx_file
from showtell.networks.backbone import MAX_NUMBER, Backbone, no_classes
from showtell.pictures.frame import Frame

if TYPE_CHECKING:
    import onnxruntime


def session(backbone: Backbone, threads: int = 0) -> onnxruntime.InferenceSession:
    """Return the network, loaded once per process and safe to run from several threads.

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
    return load(network_bytes(backbone), backbone.name, threads)


def load(weights: bytes, name: str, threads: int = 0) -> onnxruntime.InferenceSession:
    """Return the network in an ONNX file, which may be a stranger's: it runs ONNX Runtime's own operators only.

    Raises BackboneError, with the ``name``, if it is none, or none that is whole.
    """
    import onnxruntime

    onnx_file.check(weights, name)
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


def network_bytes(backbone: Backbone) -> bytes:
    """Return the network as an ONNX file; BackboneError if the catalogue's is missing or its sha256 another."""
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
    """Return the outputs "features", "map" or "logits" (see `Backbone`) for n ``(size, size, 3) uint8`` squares.

    Raises BackboneError if a network outside the catalogue gives anything else, or if there are no logits.
    """
    sources = {"features": backbone.cut or backbone.map, "map": backbone.map or backbone.cut, "logits": backbone.logits}
    names = list(dict.fromkeys(sources[output] or no_classes(backbone) for output in outputs))
    found = dict(zip(names, _run(backbone, squares, names, threads), strict=True))
    if not all(abs(numbers).max(initial=0) <= MAX_NUMBER for numbers in found.values()):
        raise BackboneError(
            f"{backbone.name}: expected numbers up to {MAX_NUMBER}, found larger ones or what is no number"
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
    """Return what the network's outputs for features and map give, by their names, as they come."""
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


CLOSE = 1e-3  # of the largest number: what two ways to compute the same may be apart


def close(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Return whether they are the same but for rounding."""
    return one.shape == other.shape and float(abs(one - other).max(initial=0)) <= CLOSE * max(
        1e-3, float(abs(other).max(initial=0))
    )
