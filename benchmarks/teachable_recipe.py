"""Teachable Machine's image recipe without TensorFlow: its network as ONNX, its two layers on top in NumPy.

Made from a model that it exported (``../shared/peers/teachable-machine``): the body is MobileNetV2 0.35 with ImageNet
weights, frozen; on top Dense 100 (relu) and Dense n (softmax, no bias), Adam 0.001, 50 epochs, batches of 16, 15 % of
the pictures held out; a picture is cut to its middle square and scaled to [-1, 1].
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from showtell.pictures.frame import Picture, decode

PEER = Path(__file__).parents[2] / "shared/peers/teachable-machine"
SIDE, EPSILON = 224, 1e-3
HIDDEN, RATE, EPOCHS, BATCH, TAUGHT = 100, 1e-3, 50, 16, 0.85
Floats = NDArray[np.float32]


def features(pictures: Sequence[Picture]) -> Floats:
    """What its network gives for pictures, ``(n, 1280) float32``."""
    network = _body()
    rows = [network.run(None, {"picture": _ready(picture)[None]})[0] for picture in pictures]
    return np.concatenate(rows) if rows else np.empty((0, 1280), np.float32)


def taught(vectors: Floats, labels: Sequence[str], seed: int = 0) -> Any:
    """Its two layers, trained: the labels, sorted, and a function that gives their scores, ``(n, classes)``."""
    rng = np.random.default_rng(seed)
    names, own = np.unique(np.array(labels, object), return_inverse=True)
    kept = np.concatenate(
        [rng.permutation(np.flatnonzero(own == c))[: max(1, int(TAUGHT * (own == c).sum()))] for c in range(len(names))]
    )
    x, y = vectors[kept], np.eye(len(names), dtype=np.float32)[own[kept]]
    weights = [_scaled(rng, x.shape[1], HIDDEN), np.zeros(HIDDEN, np.float32), _scaled(rng, HIDDEN, len(names))]
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            hidden = np.maximum(x[rows] @ weights[0] + weights[1], 0)
            error = (_softmax(hidden @ weights[2]) - y[rows]) / len(rows)
            back = (error @ weights[2].T) * (hidden > 0)
            step += 1
            for place, gradient in enumerate((x[rows].T @ back, back.sum(0), hidden.T @ error)):
                first, second = moments[place]
                first += 0.1 * (gradient - first)
                second += 0.001 * (gradient**2 - second)
                size = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                weights[place] -= size * first / (np.sqrt(second) + 1e-7)
    return names, lambda asked: _softmax(np.maximum(asked @ weights[0] + weights[1], 0) @ weights[2])


def _ready(picture: Picture) -> Floats:
    frame = decode(picture)
    side = min(frame.shape[:2])
    top, left = (frame.shape[0] - side) // 2, (frame.shape[1] - side) // 2
    square = Image.fromarray(frame[top : top + side, left : left + side])
    pixels = np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=None), np.float32)
    return (pixels / 127 - 1).transpose(2, 0, 1)


def _scaled(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Keras's VarianceScaling: a normal distribution, cut at two deviations, with variance 1 / rows."""
    drawn = rng.normal(size=(rows, columns))
    while (far := abs(drawn) > 2).any():
        drawn[far] = rng.normal(size=far.sum())
    return (drawn / 0.87962566 / np.sqrt(rows)).astype(np.float32)


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float32)


@cache
def _body() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(_graph(_weights()).SerializeToString(), options)


def _weights() -> dict[str, Floats]:
    (group,) = json.loads((PEER / "model.json").read_text())["weightsManifest"]
    buffer, found, start = (PEER / "weights.bin").read_bytes(), {}, 0
    for entry in group["weights"]:
        size = int(np.prod(entry["shape"]))
        found[entry["name"]] = np.frombuffer(buffer, "<f4", size, start).reshape(entry["shape"])
        start += 4 * size
    return found


def _graph(weights: dict[str, Floats]) -> onnx.ModelProto:
    """MobileNetV2 with its normalisations folded into the convolutions."""
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []

    def conv(source: str, name: str, norm: str, stride: int = 1, *, clip: bool = True) -> str:
        depth = f"{name}/depthwise_kernel" in weights
        kernel = weights[f"{name}/depthwise_kernel" if depth else f"{name}/kernel"]
        kernel = kernel.transpose((2, 3, 0, 1) if depth else (3, 2, 0, 1))
        gain = weights[f"{norm}/gamma"] / np.sqrt(weights[f"{norm}/moving_variance"] + EPSILON)
        constants.append(numpy_helper.from_array((kernel * gain[:, None, None, None]).astype(np.float32), f"{name}.w"))
        bias = weights[f"{norm}/beta"] - weights[f"{norm}/moving_mean"] * gain
        constants.append(numpy_helper.from_array(bias.astype(np.float32), f"{name}.b"))
        side = kernel.shape[2]
        pads = [0, 0, 0, 0] if side == 1 else [0, 0, 1, 1] if stride == 2 else [1, 1, 1, 1]
        inputs, group = [source, f"{name}.w", f"{name}.b"], len(kernel) if depth else 1
        nodes.append(helper.make_node("Conv", inputs, [name], strides=[stride] * 2, pads=pads, group=group))
        if not clip:
            return name
        nodes.append(helper.make_node("Clip", [name, "zero", "six"], [f"{name}.6"]))
        return f"{name}.6"

    constants += [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in (("zero", 0), ("six", 6))]
    at = conv("picture", "Conv1", "bn_Conv1", 2)
    strides = {1: 2, 3: 2, 6: 2, 13: 2}
    for block in range(17):
        name, before = "expanded_conv" if block == 0 else f"block_{block}", at
        if block:
            at = conv(at, f"{name}_expand", f"{name}_expand_BN")
        at = conv(at, f"{name}_depthwise", f"{name}_depthwise_BN", strides.get(block, 1))
        at = conv(at, f"{name}_project", f"{name}_project_BN", clip=False)
        same = block and weights[f"{name}_expand/kernel"].shape[2] == weights[f"{name}_project/kernel"].shape[3]
        if same and block not in strides:
            nodes.append(helper.make_node("Add", [before, at], [f"{name}.sum"]))
            at = f"{name}.sum"
    at = conv(at, "Conv_1", "Conv_1_bn")
    nodes += [helper.make_node("GlobalAveragePool", [at], ["pooled"]), helper.make_node("Flatten", ["pooled"], ["out"])]
    graph = helper.make_graph(
        nodes,
        "teachable-machine",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 1280])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
