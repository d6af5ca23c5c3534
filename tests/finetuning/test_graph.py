"""Networks are cut and joined whatever their file leaves out or names oddly: ONNX asks for little."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from showtell.finetuning import graph

RNG = np.random.default_rng(0)
PICTURES = RNG.normal(size=(1, 3, 16, 16)).astype(np.float32)


def network() -> onnx.ModelProto:
    """Three convolutions; nodes without names, and inputs that are left out."""
    weights = {f"w{i}": RNG.normal(0, 0.3, (4, 3 if i == 0 else 4, 3, 3)).astype(np.float32) for i in range(3)}
    weights |= {"most": np.array(1.5, np.float32)}
    nodes = [
        helper.make_node("Conv", ["pictures", "w0"], ["a"]),
        helper.make_node("Clip", ["a", "", "most"], ["b"]),
        helper.make_node("Conv", ["b", "w1"], ["c"]),
        helper.make_node("Clip", ["c", "", "most"], ["d"]),
        helper.make_node("Dropout", ["d", "", ""], ["e", ""]),
        helper.make_node("Conv", ["e", "w2"], ["f"]),
        helper.make_node("Clip", ["f", "", "most"], ["map"]),
        helper.make_node("GlobalAveragePool", ["map"], ["features"]),
    ]
    made = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("map", "features")],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def as_it_is(model: onnx.ModelProto) -> None:
    pass


def named(model: onnx.ModelProto) -> None:
    for number, node in zip(count(), model.graph.node, strict=False):
        node.name = f"node{number}"


def tuned_before(model: onnx.ModelProto) -> None:
    """Names as a network has them that was joined before."""
    for number, node in enumerate(model.graph.node):
        node.name = f"tuned1/node{number}"
        node.input[:] = [name.replace("w2", "tuned1/w2") for name in node.input]
    model.graph.initializer[2].name = "tuned1/w2"


def weights_listed_as_inputs(model: onnx.ModelProto) -> None:
    """As files before ONNX 1.3 have it."""
    for weight in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(weight.name, TensorProto.FLOAT, list(weight.dims)))


@pytest.mark.parametrize("change", [as_it_is, named, tuned_before, weights_listed_as_inputs])
@pytest.mark.parametrize("blocks", [1, 2])
def test_the_joined_network_has_both_tails(change: Callable[[onnx.ModelProto], None], blocks: int) -> None:
    model = network()
    change(model)
    cut = graph.cut(model.SerializeToString(), PICTURES, "pictures", ["map", "features"], blocks)
    trunk = onnxruntime.InferenceSession(cut.trunk())
    assert [given.name for given in trunk.get_inputs()] == ["pictures"]
    weights = {name: 2 * values for name, values in cut.constants.items() if "w" in name}
    assert len(weights) == blocks
    joined, outputs = cut.joined(weights, 1)
    before = onnxruntime.InferenceSession(model.SerializeToString()).run(["map", "features"], {"pictures": PICTURES})
    after = onnxruntime.InferenceSession(joined).run(outputs, {"pictures": PICTURES})
    for name in weights:
        (weight,) = [each for each in model.graph.initializer if each.name == name]
        weight.CopyFrom(numpy_helper.from_array(weights[name], name))
    tuned = onnxruntime.InferenceSession(model.SerializeToString()).run(["map", "features"], {"pictures": PICTURES})
    for both, one, other in zip(after, before, tuned, strict=True):
        assert np.allclose(both, np.concatenate([one, other], 1), atol=1e-5)
    again, outputs = graph.cut(joined, PICTURES, "pictures", outputs, 1).joined({}, 1)
    assert onnxruntime.InferenceSession(again).run(outputs, {"pictures": PICTURES})[0].shape[1] == 16
