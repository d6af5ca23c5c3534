"""The last blocks of a network in PyTorch: the nodes of its own graph, one after the other, with weights that learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.finetuning.graph import Cut, attributes

Tensor = Any  # torch.Tensor; PyTorch is imported when it is needed


LEARNED = {"Conv": (1, 2), "Gemm": (1, 2), "MatMul": (1,), "BatchNormalization": (1, 2), "PRelu": (1,)}  # which inputs


class Tail:
    """``tail(boundary)`` gives the cut's outputs, as tensors; ``parameters`` are what learns, by name.

    ``layout`` is that of a map among the outputs, "NCHW" or "NHWC". Batch normalisation keeps its means and variances.
    Raises BackboneError for an operation it does not know.
    """

    def __init__(self, cut: Cut, device: str = "cpu", layout: str = "NCHW") -> None:
        import torch

        if unknown := sorted({node.op_type for node in cut.nodes} - set(OPERATIONS)):
            raise BackboneError(
                f"the network's last blocks have operations that cannot be trained here ({', '.join(unknown)}); "
                f"expected only {', '.join(sorted(OPERATIONS))}; choose fewer blocks or another backbone"
            )
        self.cut, self.device = cut, device
        self.cells = (2, 3) if layout == "NCHW" else (1, 2)
        self.constants: dict[str, Any] = {
            name: torch.tensor(values, device=device) if values.dtype.kind == "f" else values
            for name, values in cut.constants.items()
        }
        learned = dict.fromkeys(
            node.input[place]
            for node in cut.nodes
            for place in LEARNED.get(node.op_type, ())
            if place < len(node.input) and node.input[place] in cut.constants
        )
        self.parameters = {name: self.constants[name].float().requires_grad_() for name in learned}

    def __call__(self, boundary: Tensor) -> list[Tensor]:
        values: dict[str, Any] = {"": None, **self.constants, **self.parameters, self.cut.boundary: boundary}
        for node in self.cut.nodes:
            inputs = [values[name] for name in node.input]
            values[node.output[0]] = OPERATIONS[node.op_type](inputs, attributes(node))
        return [values[name] for name in self.cut.outputs]

    def features(self, boundary: NDArray[Any]) -> Tensor:
        """Return ``(n, d)``, the last of the outputs, averaged over its cells where it has several."""
        import torch

        last = self(torch.tensor(boundary.astype(np.float32), device=self.device))[-1]
        return last.mean(self.cells) if last.ndim == 4 else last.flatten(1)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the parameters' values, rounded to what the joined file keeps of them."""
        return {name: self.cut.rounded(name, values.detach().cpu().numpy()) for name, values in self.parameters.items()}


def _numbers(constant: Any) -> list[int]:
    return [int(number) for number in np.asarray(constant).ravel()]


def _padded(x: Tensor, a: dict[str, Any], kernel: Sequence[int], value: float = 0.0) -> Tensor:
    """Pad before and after, as ONNX has it; PyTorch's own takes only the same on both sides."""
    import torch

    sides, auto = a.get("pads"), a.get("auto_pad", b"NOTSET").decode()
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        steps, sides = a.get("strides", [1, 1]), []
        spread = [d * (k - 1) + 1 for d, k in zip(a.get("dilations", [1, 1]), kernel, strict=True)]
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x.shape[2:], steps, spread, strict=True)]
        less, more = [t // 2 for t in totals], [t - t // 2 for t in totals]
        sides = [*less, *more] if auto == "SAME_UPPER" else [*more, *less]
    if not sides or not any(sides):
        return x
    top, left, bottom, right = sides
    return torch.nn.functional.pad(x, (left, right, top, bottom), value=value)


def _conv(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    import torch

    x, weight, *bias = inputs
    return torch.nn.functional.conv2d(
        _padded(x, a, weight.shape[2:]),
        weight,
        bias[0] if bias else None,
        a.get("strides", [1, 1]),
        0,
        a.get("dilations", [1, 1]),
        a.get("group", 1),
    )


def _pool(kind: str) -> Callable[[list[Tensor], dict[str, Any]], Tensor]:
    def pool(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
        import torch

        kernel, steps = a["kernel_shape"], a.get("strides", [1, 1])
        if kind == "max":
            x = _padded(inputs[0], a, kernel, -torch.inf)
            return torch.nn.functional.max_pool2d(x, kernel, steps, ceil_mode=bool(a.get("ceil_mode", 0)))
        x = _padded(inputs[0], a, kernel)
        means = torch.nn.functional.avg_pool2d(x, kernel, steps, ceil_mode=bool(a.get("ceil_mode", 0)))
        if a.get("count_include_pad", 0) or x is inputs[0]:
            return means
        inside = _padded(torch.ones_like(inputs[0][:1, :1]), a, kernel)
        return means / torch.nn.functional.avg_pool2d(inside, kernel, steps, ceil_mode=bool(a.get("ceil_mode", 0)))

    return pool


def _batch_norm(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    import torch

    x, scale, shift, mean, variance = inputs
    return torch.nn.functional.batch_norm(x, mean, variance, scale, shift, eps=a.get("epsilon", 1e-5))


def _gemm(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    x, weight, *bias = inputs
    x, weight = (x.T if a.get("transA", 0) else x), (weight.T if a.get("transB", 0) else weight)
    product = a.get("alpha", 1.0) * (x @ weight)
    return product + a.get("beta", 1.0) * bias[0] if bias else product


def _clip(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    import torch

    x, low, high = [*inputs, None, None][:3]
    low, high = a.get("min", low), a.get("max", high)
    if low is not None and high is not None:
        return torch.nn.functional.hardtanh(x, float(low), float(high))  # learns faster than clamp
    return x.clamp(None if low is None else float(low), None if high is None else float(high))


def _pad(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    import torch

    sides = _numbers(inputs[1]) if len(inputs) > 1 else a["pads"]
    value = float(inputs[2]) if len(inputs) > 2 and inputs[2] is not None else a.get("value", 0.0)
    n = len(sides) // 2
    pairs = [side for i in reversed(range(n)) for side in (sides[i], sides[n + i])]
    mode = a.get("mode", b"constant").decode()
    if mode != "constant":
        raise BackboneError(f'the network pads by "{mode}"; expected "constant"; choose fewer blocks')
    return torch.nn.functional.pad(inputs[0], pairs, value=value)


def _axes(inputs: list[Tensor], a: dict[str, Any]) -> list[int]:
    return _numbers(inputs[1]) if len(inputs) > 1 and inputs[1] is not None else list(a.get("axes", ()))


def _mean(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    axes = _axes(inputs, a) or list(range(inputs[0].ndim))
    return inputs[0].mean(axes, keepdim=bool(a.get("keepdims", 1)))


def _reshape(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    x, shape = inputs[0], _numbers(inputs[1])
    return x.reshape([x.shape[i] if side == 0 and not a.get("allowzero", 0) else side for i, side in enumerate(shape)])


def _squeeze(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    for axis in sorted(_axes(inputs, a), reverse=True):
        inputs[0] = inputs[0].squeeze(axis)
    return inputs[0]


def _concat(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    import torch

    return torch.cat(inputs, a["axis"])


def _hard_sigmoid(x: Tensor, a: dict[str, Any]) -> Tensor:
    return (a.get("alpha", 0.2) * x + a.get("beta", 0.5)).clamp(0, 1)


def _prelu(inputs: list[Tensor], a: dict[str, Any]) -> Tensor:
    x, slope = inputs
    return x.clamp(min=0) + slope * x.clamp(max=0)


# What ONNX calls each operation: inputs and attributes → its first output.
OPERATIONS: dict[str, Callable[[list[Tensor], dict[str, Any]], Tensor]] = {
    "Add": lambda i, a: i[0] + i[1],
    "AveragePool": _pool("average"),
    "BatchNormalization": _batch_norm,
    "Cast": lambda i, a: i[0].float(),
    "Clip": _clip,
    "Concat": _concat,
    "Conv": _conv,
    "Div": lambda i, a: i[0] / i[1],
    "Dropout": lambda i, a: i[0],
    "Elu": lambda i, a: i[0].clamp(min=0) + a.get("alpha", 1.0) * (i[0].clamp(max=0).exp() - 1),
    "Erf": lambda i, a: i[0].erf(),
    "Flatten": lambda i, a: i[0].flatten(a.get("axis", 1)),
    "Gemm": _gemm,
    "GlobalAveragePool": lambda i, a: i[0].mean((2, 3), keepdim=True),
    "GlobalMaxPool": lambda i, a: i[0].amax((2, 3), keepdim=True),
    "HardSigmoid": lambda i, a: _hard_sigmoid(i[0], a),
    "HardSwish": lambda i, a: i[0] * _hard_sigmoid(i[0], {"alpha": 1 / 6}),
    "Identity": lambda i, a: i[0],
    "LeakyRelu": lambda i, a: i[0].clamp(min=0) + a.get("alpha", 0.01) * i[0].clamp(max=0),
    "MatMul": lambda i, a: i[0] @ i[1],
    "MaxPool": _pool("max"),
    "Mul": lambda i, a: i[0] * i[1],
    "PRelu": _prelu,
    "Pad": _pad,
    "ReduceMean": _mean,
    "Relu": lambda i, a: i[0].relu(),
    "Reshape": _reshape,
    "Sigmoid": lambda i, a: i[0].sigmoid(),
    "Squeeze": _squeeze,
    "Sub": lambda i, a: i[0] - i[1],
    "Tanh": lambda i, a: i[0].tanh(),
    "Transpose": lambda i, a: i[0].permute(*a["perm"]),
}
