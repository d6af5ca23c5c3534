"""A network's ONNX graph, cut in two before its last blocks, and joined again with a second tail beside the first.

A block is what lies between one narrow place and the next. A narrow place is a tensor through which everything goes;
of those between two convolutions that look at neighbours, it is the smallest, and of equally small ones the last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.errors import BackboneError
from showtell.networks import runtime

Weights = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Cut:
    """A graph in two parts.

    model      the whole (an ``onnx.ModelProto``), without what the outputs don't need
    boundary   the tensor between the parts: all that the tail gets
    shape      its shape for one picture, (1, …)
    outputs    what the tail gives, the tensor that is trained on first
    nodes      the tail's nodes in order (``onnx.NodeProto``)
    constants  every tensor that the nodes take and that no picture changes, by name
    """

    model: Any
    boundary: str
    shape: tuple[int, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Any, ...]
    constants: Weights

    def trunk(self) -> bytes:
        """Return the part before the boundary, an ONNX file of its own."""
        return _extract(self.model, [self.boundary])

    def joined(self, weights: Mapping[str, NDArray[Any]], axis: int) -> tuple[bytes, list[str]]:
        """Return the whole, and beside its tail a second one with other values for some of the constants.

        weights  the values, stored in the precision that the constants had
        axis     along which the outputs of the second tail are appended to those of the first

        It is an ONNX file; the names of its outputs come with it, in the order of ``outputs``.
        """
        import onnx

        new = onnx.ModelProto()
        new.CopyFrom(self.model)
        graph = new.graph
        names = {name for node in graph.node for name in (*node.input, *node.output)}
        mark = next(mark for i in count(1) if not any(name.startswith(mark := f"tuned{i}/") for name in names))
        own = {*weights, *(name for node in self.nodes for name in _tensors(node.output))}
        for name, values in weights.items():
            dtype = self._stored(name)
            kept = f"{mark}{name}" if dtype == np.float32 else f"{mark}{name} {dtype}"
            graph.initializer.append(onnx.numpy_helper.from_array(values.astype(dtype), kept))
            if dtype != np.float32:
                graph.node.append(onnx.helper.make_node("Cast", [kept], [mark + name], to=onnx.TensorProto.FLOAT))
        for node in self.nodes:
            twin = graph.node.add()
            twin.CopyFrom(node)
            twin.ClearField("name")  # two nodes may not have the same, but may have none
            for field in (twin.input, twin.output):
                field[:] = [mark + name if name in own else name for name in field]
        outputs = [f"{mark}both/{name}" for name in self.outputs]
        for name, both in zip(self.outputs, outputs, strict=True):
            graph.node.append(onnx.helper.make_node("Concat", [name, mark + name], [both], axis=axis))
        return _extract(new, outputs), outputs

    def rounded(self, name: str, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return a constant's values as ``joined`` stores them."""
        return np.asarray(values.astype(self._stored(name)), np.float32)

    def _stored(self, name: str) -> np.dtype[Any]:
        """Return in what precision the file has a constant: its initializer's, before a Cast."""
        import onnx

        makers = {output: node for node in self.model.graph.node for output in node.output}
        while name in makers and makers[name].op_type in ("Cast", "Identity"):
            name = makers[name].input[0]
        found = [weight for weight in self.model.graph.initializer if weight.name == name]
        return onnx.numpy_helper.to_array(found[0]).dtype if found else np.dtype(np.float32)


def cut(network: bytes, pictures: NDArray[np.float32], name: str, outputs: Sequence[str], blocks: int) -> Cut:
    """Cut a network before the last ``blocks`` blocks that lead to the first of the outputs.

    network   an ONNX file
    pictures  what its input ``name`` takes, for one picture: the sizes of the tensors are found by trying

    Raises BackboneError unless there are that many blocks with something before them.
    """
    import onnx

    model = onnx.load_model_from_string(_extract(onnx.load_model_from_string(network), outputs))
    moving, nodes = {name}, []
    for node in model.graph.node:
        if moving & set(node.input):
            moving |= _tensors(node.output)
            nodes.append(node)
    runs = _runs(nodes, name, outputs, {w.name: list(w.dims) for w in model.graph.initializer})
    if not 1 <= blocks < len(runs) - 1:
        raise BackboneError(
            f"blocks: expected 1 to {max(len(runs) - 2, 0)} for this network, found {blocks}; "
            "a block ends where everything goes through one tensor, after a convolution that looks at neighbours"
        )
    run = runs[-1 - blocks]
    shapes = [found.shape for found in _values(model, run, {name: pictures})]
    place = min(range(len(run)), key=lambda place: (math.prod(shapes[place]), -place))
    boundary = run[place]
    after, tail = {boundary}, []
    for node in nodes:
        if after & set(node.input):
            after |= _tensors(node.output)
            tail.append(node)
    wanted = list(dict.fromkeys(i for node in tail for i in node.input if i and i not in after))
    stored = {weight.name: onnx.numpy_helper.to_array(weight) for weight in model.graph.initializer}
    made = [i for i in wanted if i not in stored]
    constants = {**stored, **dict(zip(made, _values(model, made, {name: pictures}), strict=True))}
    return Cut(model, boundary, shapes[place], tuple(outputs), tuple(tail), {i: constants[i] for i in wanted})


def attributes(node: Any) -> dict[str, Any]:
    """Return a node's attributes as Python values."""
    import onnx

    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _runs(nodes: Sequence[Any], name: str, outputs: Sequence[str], shapes: Mapping[str, list[int]]) -> list[list[str]]:
    """Return the narrow places up to the first output, in runs between which a convolution looks at neighbours."""
    last_use = {i: place for place, node in enumerate(nodes) for i in node.input}
    last_use |= {output: len(nodes) for output in outputs}
    runs, alive, spatial = [[name]], {name}, False
    for place, node in enumerate(nodes):
        spatial |= node.op_type == "Conv" and _looks_at_neighbours(node, shapes)
        alive = {tensor for tensor in alive | _tensors(node.output) if last_use.get(tensor, -1) > place}
        if outputs[0] in node.output or len(alive) == 1:
            (tensor,) = [outputs[0]] if outputs[0] in node.output else alive
            if spatial:
                runs.append([])
            runs[-1].append(tensor)
            spatial = False
        if outputs[0] in node.output:
            break
    return runs


def _looks_at_neighbours(node: Any, shapes: Mapping[str, list[int]]) -> bool:
    kernel = attributes(node).get("kernel_shape") or shapes.get(node.input[1], [])[2:]
    return any(side > 1 for side in kernel)


def _tensors(names: Iterable[str]) -> set[str]:
    """Return the names of a node's inputs or outputs, without the empty ones, which stand for what is left out."""
    return {name for name in names if name}


def _extract(model: Any, outputs: Sequence[str]) -> bytes:
    """Return the part of the graph that the outputs need."""
    import onnx

    part = onnx.ModelProto()
    part.CopyFrom(model)
    graph, needed, kept = part.graph, set(outputs), []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            needed |= _tensors(node.input)
            kept.append(node)
    known = {output.name: output for output in model.graph.output}
    weights = [weight for weight in model.graph.initializer if weight.name in needed]
    inputs = [given for given in model.graph.input if given.name in needed]  # older files list their weights here too
    for field in (graph.node, graph.initializer, graph.input, graph.output, graph.value_info):
        del field[:]
    graph.input.extend(inputs)
    graph.node.extend(reversed(kept))
    graph.initializer.extend(weights)
    graph.output.extend(known.get(name) or onnx.helper.make_empty_tensor_value_info(name) for name in outputs)
    return bytes(part.SerializeToString())


def _values(model: Any, names: Sequence[str], feed: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
    """Return what these tensors of the graph are for a picture."""
    import onnx

    if not names:
        return []
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    del asked.graph.output[:]
    asked.graph.output.extend(onnx.helper.make_empty_tensor_value_info(f"value {i}") for i in range(len(names)))
    asked.graph.node.extend(  # an input may not be an output
        onnx.helper.make_node("Identity", [tensor], [f"value {i}"]) for i, tensor in enumerate(names)
    )
    return list(runtime.load(asked.SerializeToString(), "the network").run(None, dict(feed)))
