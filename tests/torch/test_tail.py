"""The last blocks in PyTorch give what ONNX Runtime gives, before and after they were changed."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from showtell.errors import BackboneError
from showtell.finetuning import graph
from showtell.finetuning.graph import Cut
from showtell.finetuning.torch_tail import Tail
from showtell.networks import catalogue


class Squeezed(nn.Module):
    """A block as in MobileNetV3: expand, look at neighbours, weigh the channels, project; a way around it all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        wide = 2 * channels
        self.expand = nn.Sequential(nn.Conv2d(channels, wide, 1), nn.BatchNorm2d(wide), nn.Hardswish())
        self.look = nn.Sequential(nn.Conv2d(wide, wide, 3, padding=1, groups=wide), nn.BatchNorm2d(wide), nn.SiLU())
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 8, 1), nn.ReLU(), nn.Conv2d(8, wide, 1), nn.Hardsigmoid()
        )
        self.project = nn.Conv2d(wide, channels, 1)

    def forward(self, x: Any) -> Any:
        y = self.look(self.expand(x))
        return x + self.project(y * self.weigh(y))


class Network(nn.Module):
    """With what networks are made of: residual blocks, pools with and without padding, activations."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.first, self.second = Squeezed(8), Squeezed(8)
        self.last = nn.Sequential(
            nn.Conv2d(8, 16, (3, 5), padding=(0, 2), dilation=(2, 1)), nn.LeakyReLU(), nn.AvgPool2d(3, 1, 1), nn.Tanh()
        )

    def forward(self, x: Any) -> tuple[Any, Any]:
        last = self.last(self.second(self.first(self.stem(x))))
        return last, last.mean((2, 3))


@pytest.fixture(scope="module")
def network() -> bytes:
    torch.manual_seed(0)
    module = Network()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2)
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # the new exporter wants onnxscript
        torch.onnx.export(
            module.eval(),
            torch.zeros(1, 3, 48, 48),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["pictures"],
            output_names=["map", "features"],
            dynamic_axes={name: {0: "n"} for name in ("pictures", "map", "features")},
        )
    return file.getvalue()


def run(network: bytes, names: list[str], pictures: np.ndarray) -> list[np.ndarray]:
    return onnxruntime.InferenceSession(network).run(names, {"pictures": pictures})


def cut(network: bytes, pictures: np.ndarray, blocks: int) -> Cut:
    return graph.cut(network, pictures[:1], "pictures", ["map", "features"], blocks)


BUNDLED = catalogue.find("efficientnet-lite0").path.read_bytes()


@pytest.mark.parametrize(("which", "blocks"), [("bundled", 1), ("bundled", 2), ("own", 1), ("own", 2), ("own", 3)])
def test_it_gives_what_onnx_runtime_gives_and_joined_the_file_has_both_tails(network, which, blocks):
    own = which == "own"
    data, side = (network, 48) if own else (BUNDLED, 224)
    pictures = np.random.default_rng(0).normal(size=(2, 3, side, side)).astype(np.float32)
    parts = cut(data, pictures, blocks)
    (boundary,) = run(parts.trunk(), [parts.boundary], pictures)
    tail = Tail(parts)
    assert len(tail.parameters) > 1
    before = run(data, ["map", "features"], pictures)
    for mine, theirs in zip(tail(torch.tensor(boundary)), before, strict=True):
        assert np.abs(mine.detach().numpy() - theirs).max() <= 1e-4 * max(1, np.abs(theirs).max())

    for name, values in tail.parameters.items():
        values.data = torch.tensor(parts.rounded(name, values.detach().numpy() * 1.05))
    joined, outputs = parts.joined(tail.weights(), axis=1)
    after = run(joined, outputs, pictures)
    for mine, old, both in zip(tail(torch.tensor(boundary)), before, after, strict=True):
        first, second = np.split(both, 2, axis=1)
        assert np.abs(first - old).max() <= 1e-4 * max(1, np.abs(old).max())
        assert np.abs(second - mine.detach().numpy()).max() <= 1e-4 * max(1, np.abs(second).max())
        assert np.abs(second - first).max() > 0.01 * np.abs(first).max()
    learned = sum(values.numel() for values in tail.parameters.values())
    assert len(joined) <= len(data) + (4 if own else 2.1) * learned + 20_000  # in the precision that it had


def test_a_block_is_never_cut_where_something_goes_around_it(network):
    pictures = np.zeros((1, 3, 48, 48), np.float32)
    makers = {name: node.op_type for node in onnx.load_model_from_string(network).graph.node for name in node.output}
    cuts = [cut(network, pictures, blocks) for blocks in (1, 2, 3)]
    assert [makers[parts.boundary] for parts in cuts] == ["Add", "Add", "MaxPool"]
    assert [parts.shape for parts in cuts] == [(1, 8, 12, 12)] * 3
    learned = [set(Tail(parts).parameters) for parts in cuts]
    assert learned[0] < learned[1] < learned[2]


@pytest.mark.parametrize("blocks", [0, 4])
def test_there_must_be_that_many_blocks(network, blocks):
    with pytest.raises(BackboneError, match=f"blocks: expected 1 to 3 for this network, found {blocks}"):
        cut(network, np.zeros((1, 3, 48, 48), np.float32), blocks)


def test_an_operation_that_it_does_not_know_is_named():
    made = onnx.parser.parse_model("""
        <ir_version: 8, opset_import: ["": 17]>
        g (float[n,1,8,8] pictures) => (float[n,1,8,8] map)
        <float[1,1,3,3] w = {1,1,1,1,1,1,1,1,1}> {
            a = Conv<pads=[1,1,1,1]>(pictures, w)
            b = Conv<pads=[1,1,1,1]>(a, w)
            map = Celu(b)
        }""")
    parts = graph.cut(made.SerializeToString(), np.zeros((1, 1, 8, 8), np.float32), "pictures", ["map"], 1)
    with pytest.raises(BackboneError, match=r"cannot be trained here \(Celu\)"):
        Tail(parts)
