"""Small networks as ONNX files, and what they give, computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CELL, FEATURES, CLASSES = 8, 12, 5  # pixels of a cell of the map
_rng = np.random.default_rng(3)
KERNEL = _rng.normal(0, 0.5, (FEATURES, 3, CELL, CELL)).astype(np.float32)
HEAD = _rng.normal(0, 1, (FEATURES, CLASSES)).astype(np.float32)


def network(
    size: int | str = 64,
    layout: str = "NCHW",
    batch: int | str = "n",
    outputs: Sequence[str] = ("scores",),
    pool: str = "GlobalAveragePool",
) -> bytes:
    """A convolution of cells side by side and a ReLU; ``map``, its average ``pooled``, ``features``, and ``scores``."""
    nodes = []
    if layout == "NHWC":
        nodes.append(helper.make_node("Transpose", ["pictures"], ["first"], perm=[0, 3, 1, 2]))
    nodes += [
        helper.make_node(
            "Conv", ["first" if layout == "NHWC" else "pictures", "kernel"], ["edges"], strides=[CELL, CELL]
        ),
        helper.make_node("Relu", ["edges"], ["map"]),
        helper.make_node(pool, ["map"], ["pooled"], **({"axes": [2, 3]} if pool == "ReduceMean" else {})),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("MatMul", ["features", "head"], ["scores"]),
    ]
    cells = size // CELL if isinstance(size, int) else "cells"
    shapes = {"map": [batch, FEATURES, cells, cells], "features": [batch, FEATURES], "scores": [batch, CLASSES]}
    pictures = [batch, 3, size, size] if layout == "NCHW" else [batch, size, size, 3]
    weights = [numpy_helper.from_array(KERNEL, "kernel"), numpy_helper.from_array(HEAD, "head")]
    return saved(nodes, weights, pictures, {name: shapes[name] for name in outputs})


def saved(nodes, weights, pictures, outputs, opset: int = 17, domain: str = "") -> bytes:
    """A graph of these nodes as the bytes of a file."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, pictures)], values, weights
    )
    opsets = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return model.SerializeToString()


def features(squares: Sequence[np.ndarray], mean, scale, order: str = "RGB") -> np.ndarray:
    """What ``network`` gives for (size, size, 3) uint8 squares, (n, 12) float64."""
    x = (np.array(squares, np.float64) - mean) / scale
    x = x[..., :: 1 if order == "RGB" else -1]
    n, size = x.shape[:2]
    cells = x.reshape(n, size // CELL, CELL, size // CELL, CELL, 3)
    return np.maximum(np.einsum("nrycxk,dkyx->ndrc", cells, KERNEL), 0).mean((2, 3))
