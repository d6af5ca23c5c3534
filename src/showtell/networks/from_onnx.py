"""A backbone from an ONNX file: what the graph says of itself is found out, the rest must be said.

Networks for classification are alike at the end: convolutions whose output is the last map, its average over rows and
columns, then a layer or two for the classes they were trained on. What comes after the average is left out.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from showtell.errors import BackboneError
from showtell.networks import onnx_file, runtime
from showtell.networks.backbone import Backbone
from showtell.networks.onnx_file import Node
from showtell.networks.preprocessing import Normalization, Preprocessing
from showtell.networks.runtime import close

POOLING = ("GlobalAveragePool", "ReduceMean")


CANDIDATES = 3  # of the last of them


@dataclass(frozen=True)
class ImportOptions:
    """What no graph says of its network, or what it may leave open: None. See ``FeatureExtractor.from_onnx``."""

    normalization: Normalization
    size: int | None = None
    crop: float = 1.0
    features: str | None = None
    map: str | None = None
    licence: str = "unknown"
    source: str = "unknown"

    def preprocessing(self, size: int, layout: str) -> Preprocessing:
        """Return all of it, with what the graph says."""
        own = self.normalization
        return Preprocessing(
            size=size, crop=float(self.crop), mean=own.mean, scale=own.scale, order=own.order, layout=layout
        )


class _OtherTensorsError(BackboneError):
    """Those that were tried are no map and its average."""


def read(path: str | os.PathLike[str], options: ImportOptions) -> Backbone:
    """Return the backbone in an ONNX file. Raises BackboneError where the file and the options don't fit."""
    try:
        weights = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise BackboneError(f"{os.fspath(path)}: cannot be read ({reason}); expected an ONNX file") from error
    return build(weights, Path(path).stem, options)


def build(weights: bytes, name: str, options: ImportOptions) -> Backbone:
    """Return the backbone in the bytes of an ONNX file, called ``name``; as ``read`` else."""
    network = runtime.load(weights, name)
    preprocessing = options.preprocessing(*_input(network.get_inputs(), name, options.size))
    outputs = [output.name for output in network.get_outputs()]
    graph = onnx_file.nodes(weights)
    inner = {tensor for node in graph for tensor in node.outputs}

    def tried(cut: str | None, whole: str | None) -> Backbone:
        names = {tensor for tensor in (cut, whole) if tensor}
        if missing := names - inner - set(outputs):
            raise BackboneError(
                f"{name}: expected a tensor called {missing.pop()!r}, found none; its outputs: {', '.join(outputs)}"
            )
        more = onnx_file.with_outputs(weights, *(names - set(outputs)))
        return _probed(
            Backbone(
                name=name,
                preprocessing=preprocessing,
                features=1,  # until it is tried
                cut=cut,
                map=whole,
                licence=options.licence,
                source=options.source,
                weights=more,
            )
        )

    if options.features or options.map:
        return tried(options.features, options.map)
    for pool in _pools(graph):
        with suppress(_OtherTensorsError):  # an average of something else
            return tried(pool.outputs[0], pool.inputs[0])
    if len(outputs) != 1:
        raise BackboneError(
            f"{name}: expected one output, found {', '.join(outputs)}; say which gives the features: features=name"
        )
    shape = network.get_outputs()[0].shape
    return tried(None, outputs[0]) if len(shape) == 4 and shape[2:] != [1, 1] else tried(outputs[0], None)


def _input(inputs: list[Any], name: str, size: int | None) -> tuple[int, str]:
    """Return the side of the square and the layout of the network's input."""
    if len(inputs) != 1:
        raise BackboneError(
            f"{name}: expected a network with one input, found {', '.join(each.name for each in inputs)}"
        )
    kind, shape = inputs[0].type, inputs[0].shape
    if kind != "tensor(float)" or len(shape) != 4:
        raise BackboneError(
            f"{name}: expected an input (n, 3, size, size) or (n, size, size, 3) float32, found {shape} {kind}; "
            "export it once more"
        )
    if 3 not in (shape[1], shape[3]):
        raise BackboneError(f"{name}: expected an input of 3 channels, found {shape}; export it with a fixed shape")
    layout = "NCHW" if shape[1] == 3 else "NHWC"
    if isinstance(shape[0], int) and shape[0] != 1:
        raise BackboneError(f"{name}: expected an input for any number of pictures, or one, found {shape}")
    sides = {side for side in (shape[2:] if layout == "NCHW" else shape[1:3]) if isinstance(side, int)}
    if len(sides) > 1:
        raise BackboneError(f"{name}: expected a network that takes squares, found {shape}")
    if size is None and not sides:
        raise BackboneError(
            f"{name}: expected to be told a size, since its input takes any; give size=, for example 224"
        )
    if size is not None and sides and sides != {size}:
        raise BackboneError(f"{name}: expected size={sides.pop()}, as its input is {shape}, found size={size}")
    return int(size or sides.pop()), layout


def _pools(graph: list[Node]) -> list[Node]:
    """Return what may be the average over rows and columns that all goes through, the likeliest first.

    Squeeze-and-excitation blocks take an average as well, but something else takes what they average, too; so does the
    normalisation of layers, mostly.
    """
    uses = Counter(tensor for node in graph for tensor in node.inputs)
    alone = [node for node in reversed(graph) if node.op in POOLING and uses[node.inputs[0]] == 1]
    return sorted(alone[:CANDIDATES], key=lambda node: POOLING.index(node.op))


def _probed(entry: Backbone) -> Backbone:
    """Return the backbone completed by what two pictures show: how many features, where the map has its channels.

    Raises BackboneError where they show that it cannot be used so.
    """
    rng = np.random.default_rng(0)
    squares = [rng.integers(0, 256, (entry.size, entry.size, 3), np.uint8) for _ in range(2)]
    found = runtime.raw(entry, squares)
    whole = found.get(entry.map or "")
    if whole is not None:
        if whole.ndim != 4:
            raise _OtherTensorsError(
                f"{entry.name}: expected a map (n, d, rows, columns) in {entry.map!r}, found {whole.shape}"
            )
        first = (
            whole.shape[2] == whole.shape[3]
            if whole.shape[1] != whole.shape[2]
            else entry.preprocessing.layout == "NCHW"
        )
        entry = replace(entry, map_layout="NCHW" if first else "NHWC", features=whole.shape[1 if first else 3])
    if entry.cut is not None:
        rows = found[entry.cut]
        if rows.ndim < 2 or rows.size != 2 * rows.shape[1]:
            raise _OtherTensorsError(f"{entry.name}: expected features (n, d) in {entry.cut!r}, found {rows.shape}")
        entry = replace(entry, features=rows.shape[1])
    (together,) = runtime.run(entry, squares, "features")
    if entry.cut and whole is not None and not close(np.mean(whole, (2, 3) if first else (1, 2)), together):
        raise _OtherTensorsError(
            f"{entry.name}: expected a map whose average the features are, found another; leave it out"
        )
    apart = np.concatenate([runtime.run(entry, [square], "features")[0] for square in squares])
    if not close(apart, together):
        raise BackboneError(
            f"{entry.name}: expected the same features for a picture alone and with others, found different ones; "
            "export it for inference"
        )
    return entry
