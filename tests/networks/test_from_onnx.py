"""What is found out about an ONNX file, what must be told, and what a file must not be."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from test_archive import parts_of, refused, with_header, written
from test_explanation import PLACES, placed

from showtell import FeatureExtractor, Model, explain, load
from showtell.errors import BackboneError
from showtell.networks import catalogue, onnx_file, runtime
from showtell.networks.backbone import Backbone
from tiny_networks import CELL, FEATURES, HEAD, KERNEL, features, network, saved

LITE0 = catalogue.find("efficientnet-lite0")


@pytest.fixture
def made(tmp_path):
    """Makes an extractor of a network's bytes."""

    def make(data: bytes, **told) -> FeatureExtractor:
        path = tmp_path / "network.onnx"
        path.write_bytes(data)
        return FeatureExtractor.from_onnx(path, **({"preprocessing": "tf"} | told))

    return make


@pytest.fixture
def own(made) -> FeatureExtractor:
    return made(network())


# -- what is found out


def test_the_bundled_file_is_found_out_to_be_the_bundled_backbone(shown):
    found = FeatureExtractor.from_onnx(LITE0.path, mean=127 / 255, std=128 / 255, crop=LITE0.crop)
    assert (found.entry.map, found.entry.cut, found.entry.size) == ("map", "features", 224)
    pictures = [frames[0] for frames in shown.values()]
    assert np.array_equal(found.transform(pictures), FeatureExtractor().transform(pictures))


def test_the_average_inside_a_squeeze_and_excitation_block_is_not_the_last_one(made):
    """The block weighs the map's features by its average; what follows takes no average any more."""
    nodes = [
        helper.make_node("Conv", ["pictures", "kernel"], ["edges"], strides=[CELL, CELL]),
        helper.make_node("GlobalAveragePool", ["edges"], ["squeezed"]),
        helper.make_node("Sigmoid", ["squeezed"], ["gate"]),
        helper.make_node("Mul", ["edges", "gate"], ["excited"]),
    ]
    shapes = {"excited": ["n", FEATURES, 8, 8]}
    entry = made(saved(nodes, [numpy_helper.from_array(KERNEL, "kernel")], ["n", 3, 64, 64], shapes)).entry
    assert (entry.map, entry.cut) == ("excited", None)


def test_an_average_of_something_else_is_passed_over(made):
    """As in a transformer: tokens are averaged, and no map is."""
    nodes = [
        helper.make_node("Conv", ["pictures", "kernel"], ["edges"], strides=[CELL, CELL]),
        helper.make_node("Reshape", ["edges", "shape"], ["tokens"]),
        helper.make_node("ReduceMean", ["tokens"], ["means"], axes=[2], keepdims=0),
        helper.make_node("MatMul", ["means", "head"], ["scores"]),
    ]
    weights = [numpy_helper.from_array(KERNEL, "kernel"), numpy_helper.from_array(HEAD, "head")]
    weights.append(numpy_helper.from_array(np.array([0, FEATURES, -1]), "shape"))
    entry = made(saved(nodes, weights, ["n", 3, 64, 64], {"scores": ["n", 5]})).entry
    assert (entry.map, entry.cut, entry.features) == (None, "scores", 5)


def test_an_inner_tensor_can_be_asked_for_by_name(made):
    extractor = made(network(), features="features")
    square = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert extractor.entry.map is None
    assert extractor.transform([square]) == pytest.approx(features([square], 127.5, 127.5), abs=1e-3)


@pytest.mark.parametrize(
    ("data", "told", "message"),
    [
        (
            network(),
            {"preprocessing": None},
            "expected to be told how it wants its pixels, found nothing",
        ),
        (network(), {"preprocessing": "vgg"}, "preprocessing: expected one of imagenet, .* found 'vgg'"),
        (network(), {"preprocessing": None, "mean": 0.5}, "expected a preprocessing, or a mean and a std"),
        (network(), {"preprocessing": None, "mean": 127, "std": 128}, "expected shares of white, .* divide .* by 255"),
        (network(), {"size": 32}, r"expected size=64, as its input is \['n', 3, 64, 64\], found size=32"),
        (network("side"), {}, "expected to be told a size, since its input takes any; give size="),
        (network("side"), {"size": 4096}, "size: expected 16 to 512 pixels, found 4096"),
        (network(), {"crop": 0}, r"crop: expected a share in \(0, 1\], found 0"),
        (network(batch=4), {}, "expected an input for any number of pictures, or one, found"),
        (network(), {"features": "logits"}, "expected a tensor called 'logits', found none; its outputs: scores"),
        (
            network(),
            {"features": "scores", "map": "map"},
            "expected a map whose average the features are",
        ),
        (network(), {"map": "scores"}, r"expected a map \(n, d, rows, columns\) in 'scores', found \(2, 5\)"),
        (network(), {"features": "map"}, r"expected features \(n, d\) in 'map', found \(2, 12, 8, 8\)"),
        (b"", {}, "expected an ONNX file, found no network in it"),
        (b"\xff\xd8 a photograph", {}, "expected an ONNX file, found something else"),
        (network()[:-40], {}, "expected an ONNX file, found something else|cannot load it"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_an_error_that_says_what_to_do(made, data, told, message):
    with pytest.raises(BackboneError, match=message) as caught:
        made(data, **told)
    assert "\n" not in str(caught.value).strip()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BackboneError, match=r"gone\.onnx: cannot be read \(No such file or directory\); expected"):
        FeatureExtractor.from_onnx(tmp_path / "gone.onnx", preprocessing="tf")


def test_other_inputs_are_refused(made):
    grey = saved([helper.make_node("Relu", ["pictures"], ["map"])], [], ["n", 1, 64, 64], {"map": ["n", 1, 64, 64]})
    with pytest.raises(BackboneError, match="expected an input of 3 channels"):
        made(grey)
    wide = saved([helper.make_node("Relu", ["pictures"], ["map"])], [], ["n", 3, 64, 32], {"map": ["n", 3, 64, 32]})
    with pytest.raises(BackboneError, match="expected a network that takes squares"):
        made(wide)


def test_a_network_whose_pictures_change_each_other_is_refused(made):
    nodes = [
        helper.make_node("GlobalAveragePool", ["pictures"], ["each"]),
        helper.make_node("ReduceMean", ["each"], ["all"], axes=[0], keepdims=1),
        helper.make_node("Sub", ["each", "all"], ["features"]),
    ]
    with pytest.raises(BackboneError, match="the same features for a picture alone and with others"):
        made(saved(nodes, [], ["n", 3, 64, 64], {"features": ["n", 3, 1, 1]}), features="features")


def test_numbers_that_cannot_be_kept_are_refused(made):
    nodes = [helper.make_node("Div", ["pictures", "nothing"], ["map"])]
    nothing = numpy_helper.from_array(np.zeros(1, np.float32), "nothing")
    with pytest.raises(BackboneError, match="expected numbers up to 65504, found larger ones"):
        made(saved(nodes, [nothing], ["n", 3, 64, 64], {"map": ["n", 3, 64, 64]}))
    nodes.append(helper.make_node("GlobalAveragePool", ["map"], ["pooled"]))
    nodes.append(helper.make_node("Tanh", ["pooled"], ["scores"]))  # nor are these taken instead
    with pytest.raises(BackboneError, match="expected numbers up to 65504, found larger ones"):
        made(saved(nodes, [nothing], ["n", 3, 64, 64], {"scores": ["n", 3, 1, 1]}))


# -- what a stranger's file must not do


def with_weights_elsewhere(place: str) -> bytes:
    """The network with its kernel's numbers in another file; ``place`` is where in the graph."""
    model = onnx.load_from_string(network())
    kernel = next(weight for weight in model.graph.initializer if weight.name == "kernel")
    kernel.ClearField("raw_data")
    kernel.data_location = TensorProto.EXTERNAL
    entry = kernel.external_data.add()
    entry.key, entry.value = "location", "secret.bin"
    if place == "a constant":
        model.graph.node.insert(0, helper.make_node("Constant", [], ["kernel"], value=kernel))
        model.graph.initializer.remove(kernel)
    if place == "a branch":
        value = helper.make_tensor_value_info("inner", TensorProto.FLOAT, kernel.dims)
        inner = onnx.TensorProto()
        inner.CopyFrom(kernel)
        inner.name = "inner"
        branch = helper.make_graph([], "branch", [], [value], [inner])
        model.graph.node.insert(0, helper.make_node("If", ["yes"], ["kernel"], then_branch=branch, else_branch=branch))
        model.graph.initializer.remove(kernel)
        model.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    return model.SerializeToString()


@pytest.mark.parametrize("place", ["a weight", "a constant", "a branch"])
def test_a_network_that_would_read_another_file_is_refused(made, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    Path("secret.bin").write_bytes(KERNEL.tobytes())
    with pytest.raises(BackboneError, match="its weights are in another file; expected all in one"):
        made(with_weights_elsewhere(place))


def test_operators_of_others_are_not_run(made):
    nodes = [helper.make_node("Shell", ["pictures"], ["map"], domain="stranger")]
    data = saved(nodes, [], ["n", 3, 64, 64], {"map": ["n", 3, 64, 64]}, domain="stranger")
    with pytest.raises(BackboneError, match="ONNX Runtime cannot load it"):
        made(data)


@given(st.binary(max_size=200), st.integers(0, len(network())), st.integers(0, 50))
def test_no_bytes_crash_the_check(noise, at, dropped):
    whole = network()
    for data in (noise, whole[:at] + noise + whole[at + dropped :]):
        with suppress(BackboneError):
            onnx_file.check(data, "it")
            onnx_file.nodes(data)


# -- models on such a backbone


@pytest.fixture
def own_model(own, shown, tmp_path) -> Path:
    model = Model(own, "knn").fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])
    model.save(tmp_path / "own.showtell")
    return tmp_path / "own.showtell"


def test_a_saved_model_takes_its_network_along(own_model, own, shown):
    assert parts_of(own_model)["network.onnx"] == own.entry.weights
    again = load(own_model)
    assert again.extractor.entry == own.entry
    again.add("star", shown["star"][0])
    assert again.predict(shown["star"][0]).label == "star"


def test_a_network_that_was_changed_is_refused(own_model, own, tmp_path):
    parts = parts_of(own_model)
    other = written(tmp_path / "other.showtell", parts | {"network.onnx": network(32)})
    assert "expected a network with sha256" in refused(other)
    gone = {name: data for name, data in parts.items() if name != "network.onnx"}
    assert "network.onnx is missing" in refused(written(tmp_path / "gone.showtell", gone))


@pytest.mark.parametrize(
    "change",
    [
        {"size": 100000},
        {"size": "64"},
        {"mean": [1, 2]},
        {"mean": "x"},
        {"scale": [0, 0, 0]},
        {"features": -1},
        {"features": 13},
        {"order": "GRB"},
        {"map": 3},
        {"file": "../../../etc/passwd"},
        {"classes": "../../../etc/passwd", "logits": "scores"},
        {"unheard": 1},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_the_network_is_refused(own_model, tmp_path, change):
    parts = parts_of(own_model)
    header = json.loads(parts["model.json"])
    described = header["network"] | change
    refused(written(tmp_path / "other.showtell", with_header(parts, network=described)))
    refused(written(tmp_path / "list.showtell", with_header(parts, network=[described])))


def test_a_strangers_network_that_would_read_a_file_is_refused(own_model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("secret.bin").write_bytes(KERNEL.tobytes())
    data = with_weights_elsewhere("a weight")
    parts = parts_of(own_model)
    entry = replace(Backbone.from_dict(json.loads(parts["model.json"])["network"], parts["network.onnx"]), weights=data)
    changed = with_header(parts, network=entry.to_dict(), fingerprint=entry.fingerprint)
    message = refused(written(tmp_path / "other.showtell", changed | {"network.onnx": data}))
    assert "its weights are in another file" in message


def test_a_very_large_network_is_refused(own_model, monkeypatch):
    monkeypatch.setattr(onnx_file, "MAX_BYTES", 100)
    assert "network.onnx has" in refused(own_model)
    with pytest.raises(BackboneError, match="expected a network of at most"):
        onnx_file.check(network(), "it")


def test_it_has_no_imagenet_classes_and_says_so(own, shown):
    with pytest.raises(BackboneError, match="expected one with ImageNet's classes, found features only"):
        next(own.pretrained([shown["mug"][0]]))


def test_without_a_map_it_still_learns_and_shows_where_it_looked(shown, fresh):
    """The bundled network's features as a network might give them that has no map, such as a vision transformer."""
    vectors = FeatureExtractor(replace(LITE0, map=None, weights=LITE0.path.read_bytes()))
    model = Model(vectors).fit(*zip(*[(f, thing) for thing in shown for f in shown[thing]], strict=True))
    assert [model.predict(frame).label for _, frame in fresh] == [thing for thing, _ in fresh]
    x, y = PLACES["left"]
    heat = explain(model, placed("mug", x, y))
    row, column = np.unravel_index(heat.values.argmax(), heat.values.shape)
    left, top, right, bottom = heat.box
    assert heat.values.shape == (7, 7)
    assert abs(left + (column + 0.5) / 7 * (right - left) - x) < 110
    assert abs(top + (row + 0.5) / 7 * (bottom - top) - y) < 110


def test_sessions_are_shared_by_those_who_have_the_same_weights(own):
    other = replace(own.entry, name="another", preprocessing=replace(own.entry.preprocessing, crop=0.5))
    assert runtime.session(own.entry) is runtime.session(other)
