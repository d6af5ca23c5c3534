"""Networks of PyTorch and Keras keep the contract as backbones: they give the same numbers without them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import torch
from keras import applications, layers

from backbone_contract import BackboneContract
from showtell import Dataset, FeatureExtractor, Model
from showtell.errors import BackboneError, MissingError
from showtell.networks.from_keras import of_function
from showtell.networks.preprocessing import KNOWN
from tiny_networks import network

# Keras's own, with NumPy 2
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "backbone.md"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def convolutions() -> torch.nn.Sequential:
    """Pictures of 64 pixels → a map (n, 16, 6, 6); what dropout and batch normalisation do differs in training."""
    torch.manual_seed(1)
    parts = [torch.nn.Conv2d(3, 12, 5, 2), torch.nn.BatchNorm2d(12), torch.nn.SiLU(), torch.nn.Dropout(0.5)]
    net = torch.nn.Sequential(*parts, torch.nn.Conv2d(12, 16, 5, 5))
    net[1].running_mean.uniform_(-1, 1)
    net[1].running_var.uniform_(0.5, 2)
    return net


class LikeTimm(torch.nn.Module):
    """What timm's networks have in common, here a convolutional one."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.head = convolutions(), torch.nn.Linear(16, 10)
        self.pretrained_cfg = {
            "mean": MEAN, "std": STD, "input_size": (3, 64, 64), "crop_pct": 0.8, "license": "mit", "hf_hub_id": "a/b",
        }  # fmt: skip

    def forward_features(self, x: torch.Tensor) -> torch.Tensor:
        return self.trunk(x)

    def forward_head(self, x: torch.Tensor, pre_logits: bool = False) -> torch.Tensor:
        x = x.mean((2, 3))
        return x if pre_logits else self.head(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.forward_head(self.forward_features(x))


class LikeTimmsTransformer(LikeTimm):
    """Its trunk gives tokens, the first of which stands for all."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=True)

    def forward_features(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.trunk(x).flatten(2).transpose(1, 2)
        return self.attention(torch.cat([tokens.mean(1, keepdim=True), tokens], 1))

    def forward_head(self, x: torch.Tensor, pre_logits: bool = False) -> torch.Tensor:
        return x[:, 0] if pre_logits else self.head(x[:, 0])


class LikeTimmsWindows(LikeTimm):
    """Its trunk gives a map with the channels last."""

    def forward_features(self, x: torch.Tensor) -> torch.Tensor:
        return self.trunk(x).permute(0, 2, 3, 1)

    def forward_head(self, x: torch.Tensor, pre_logits: bool = False) -> torch.Tensor:
        x = x.mean((1, 2))
        return x if pre_logits else self.head(x)


def with_classes() -> torch.nn.Module:
    """As torchvision has them: convolutions, an average, and a layer for the classes."""
    return torch.nn.Sequential(
        convolutions(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(16, 10)
    )


# As ``weights.transforms()`` of torchvision.
TRANSFORMS = SimpleNamespace(crop_size=[64], resize_size=[80], mean=list(MEAN), std=list(STD))
PLAIN = {"mean": MEAN, "std": STD, "size": 64}


def pooled(net: LikeTimm, x: torch.Tensor) -> torch.Tensor:
    return net.forward_head(net.forward_features(x), pre_logits=True)


# Each with what else is told, and the part that gives its features.
MODULES = {
    "a map": (convolutions, PLAIN, lambda net, x: net(x).mean((2, 3))),
    "features": (lambda: with_classes()[:3], PLAIN, lambda net, x: net(x)),
    "classes": (with_classes, {"preprocessing": TRANSFORMS}, lambda net, x: net[:3](x)),
    "timm": (LikeTimm, {}, pooled),
    "timm, tokens": (
        LikeTimmsTransformer,
        {},
        pooled,
    ),
    "timm, windows": (LikeTimmsWindows, {}, pooled),
}


@pytest.mark.parametrize("kind", MODULES, scope="class")
class TestTorch(BackboneContract):
    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls, kind) -> FeatureExtractor:
        make, told, cls.features = MODULES[kind]
        cls.module = make()
        extractor = FeatureExtractor.from_torch(cls.module, **told)
        assert all(part.training for part in cls.module.modules())  # as it was
        assert (extractor.entry.map is None) == (kind == "timm, tokens")
        if "timm" in kind:
            assert (extractor.entry.size, extractor.entry.crop, extractor.entry.licence) == (64, 0.8, "mit")
        return extractor

    def expected(self, squares):
        x = torch.from_numpy(np.array(squares)).permute(0, 3, 1, 2) / 255
        x = (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
        with torch.no_grad():
            return type(self).features(self.module.eval(), x).numpy()


def lively(model: keras.Model) -> keras.Model:
    """Random weights whose answers do not fade away from layer to layer, as Keras's own do."""
    rng = np.random.default_rng(2)
    for layer in model.layers:
        kernels = [
            rng.normal(0, np.sqrt(2 / np.prod(w.shape[:-1])), w.shape) for w in layer.get_weights() if w.ndim > 1
        ]
        if isinstance(layer, layers.DepthwiseConv2D):
            kernels = [kernel * np.sqrt(kernel.shape[2]) for kernel in kernels]
        if kernels:
            layer.set_weights([*kernels, *layer.get_weights()[len(kernels) :]])
    return model


@pytest.mark.parametrize("name", ["MobileNet", "VGG16"], scope="class")
class TestKerasApplication(BackboneContract):
    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls, name, tmp_path_factory) -> FeatureExtractor:
        size = 64 if name == "MobileNet" else 32
        cls.family = {"MobileNet": applications.mobilenet, "VGG16": applications.vgg16}[name]
        made = getattr(applications, name)(include_top=False, weights=None, pooling="avg", input_shape=(size, size, 3))
        cls.model, file = lively(made), tmp_path_factory.mktemp("keras") / "lively.weights.h5"
        cls.model.save_weights(file)
        extractor = FeatureExtractor.from_keras(name, weights=file, size=size, crop=0.8)
        assert extractor.entry.preprocessing.order == ("RGB" if name == "MobileNet" else "BGR")
        return extractor

    def expected(self, squares):
        pictures = self.family.preprocess_input(np.array(squares, np.float32))
        return np.asarray(self.model.predict(pictures, verbose=0))


def small() -> keras.Model:
    keras.utils.set_random_seed(1)
    pictures = keras.Input((64, 64, 3))
    whole = layers.GlobalAveragePooling2D(name="average")(layers.Conv2D(12, 8, 8, activation="relu")(pictures))
    return keras.Model(pictures, layers.Dense(7, activation="softmax")(whole))


class TestKerasModel(BackboneContract):
    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls) -> FeatureExtractor:
        whole = small()
        cls.model = keras.Model(whole.input, whole.get_layer("average").output)
        return FeatureExtractor.from_keras(whole, preprocessing=applications.mobilenet.preprocess_input)

    def expected(self, squares):
        return np.asarray(self.model.predict(np.array(squares) / 127.5 - 1, verbose=0))


# A process that has no part of what the networks were made with.
ANSWER = """
import json, sys

class Without:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("torch", "keras", "onnx", "tensorflow", "timm", "torchvision"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Without())
import showtell

said = []
for path in sys.argv[1:3]:
    answers = showtell.load(path).predict_many(sys.argv[3:])
    said.append([[answer.label, answer.familiarity, answer.scores] for answer in answers])
print(json.dumps(said))
"""


def test_saved_models_answer_the_same_where_only_showtell_is(write_folder, shown, tmp_path):
    things = write_folder(tmp_path / "things", {thing: shown[thing][:2] for thing in ("fish", "mug")})
    extractors = [
        FeatureExtractor.from_torch(with_classes(), **PLAIN),
        FeatureExtractor.from_keras(small(), preprocessing="tf"),
    ]
    models = [Model(extractor).fit(Dataset(things)) for extractor in extractors]
    paths = [str(tmp_path / f"{place}.showtell") for place in range(2)]
    for model, path in zip(models, paths, strict=True):
        model.save(path)
    pictures = [str(example.path) for example in Dataset(things)]
    asked = subprocess.run([sys.executable, "-c", ANSWER, *paths, *pictures], stdout=subprocess.PIPE, check=True)
    for model, answers in zip(models, json.loads(asked.stdout), strict=True):
        for mine, (label, familiarity, scores) in zip(model.predict_many(pictures), answers, strict=True):
            assert (mine.label, mine.familiarity) == (label, pytest.approx(familiarity, abs=1e-3))
            assert mine.scores == pytest.approx(scores, abs=1e-3)


# -- preprocessing


@pytest.mark.parametrize(
    ("family", "known"),
    [("mobilenet", "tf"), ("xception", "tf"), ("vgg16", "caffe"), ("resnet50", "caffe"), ("efficientnet", "none")],
)
def test_preprocessing_of_keras_is_found_out(family, known):
    found, expected = of_function(getattr(applications, family).preprocess_input), KNOWN[known]
    assert found.order == expected.order
    assert found.mean == pytest.approx(expected.mean, abs=1e-2)
    assert found.scale == pytest.approx(expected.scale, abs=1e-2)


def test_preprocessing_that_is_more_than_a_mean_and_a_scale_is_refused():
    for function in (lambda x: x**2, lambda x: x - x.mean(), lambda x: x[..., :1] + x):
        with pytest.raises(BackboneError, match="takes a mean from each channel and divides by a scale, found another"):
            of_function(function)


# -- what does not fit


class Fails(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise ValueError("no such layer\nand more")


class Two(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"logits": x.mean((2, 3))}


@pytest.mark.parametrize(
    ("module", "told", "message"),
    [
        (convolutions(), {}, "Sequential: expected to be told how it wants its pixels"),
        (convolutions(), {"mean": 127, "std": 128}, "expected shares of white"),
        ("resnet18", PLAIN, "expected a PyTorch module, found str"),
        (Fails(), PLAIN, r"Fails: PyTorch cannot export it to ONNX \(no such layer\)"),
        (Two(), PLAIN, "Two: .*(expected a module that gives one tensor|cannot export)"),
    ],
)
def test_modules_that_do_not_fit_are_errors_that_say_what_to_do(module, told, message):
    with pytest.raises(BackboneError, match=message):
        FeatureExtractor.from_torch(module, **told)


def test_class_scores_of_torchvision_are_not_taken_for_features():
    class VisionTransformer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cells, self.heads = torch.nn.Conv2d(3, 16, 32, 32), torch.nn.Linear(16, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.heads(self.cells(x).flatten(2)[:, :, 0])

    VisionTransformer.__module__ = "torchvision.models.vision_transformer"
    network = VisionTransformer()
    with pytest.raises(BackboneError, match="whose last layer names classes; take that off"):
        FeatureExtractor.from_torch(network, **PLAIN)
    network.heads = torch.nn.Identity()
    assert FeatureExtractor.from_torch(network, **PLAIN).entry.features == 16


def test_networks_of_keras_that_do_not_fit_are_errors_that_say_what_to_do(tmp_path):
    with pytest.raises(BackboneError, match=r"keras\.applications has no 'Mobilenet'; expected one of: .*MobileNet"):
        FeatureExtractor.from_keras("Mobilenet")
    with pytest.raises(BackboneError, match=r"gone\.h5: expected a file of weights for MobileNet, 'imagenet' or None"):
        FeatureExtractor.from_keras("MobileNet", weights=tmp_path / "gone.h5", size=64)
    other = tmp_path / "other.weights.h5"
    keras.Sequential([keras.Input((4,)), layers.Dense(3)]).save_weights(other)
    with pytest.raises(BackboneError, match="MobileNet: Keras cannot make it with the weights"):
        FeatureExtractor.from_keras("MobileNet", weights=other, size=64)
    model = keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(4, 8, 8)])
    with pytest.raises(BackboneError, match="expected to be told how it wants its pixels"):
        FeatureExtractor.from_keras(model)
    with pytest.raises(BackboneError, match=r"expected size=64, as its input is .*, found size=32"):
        FeatureExtractor.from_keras(model, preprocessing="tf", size=32)
    with pytest.raises(BackboneError, match="expected a Keras model or the name of one, found int"):
        FeatureExtractor.from_keras(3)


@pytest.mark.parametrize(
    ("missing", "extra", "make"),
    [
        ("torch", "torch", lambda: FeatureExtractor.from_torch(None)),
        ("onnx", "torch", lambda: FeatureExtractor.from_torch(None)),
        ("keras", "keras", lambda: FeatureExtractor.from_keras("MobileNet")),
    ],
)
def test_what_is_not_installed_is_an_error_that_says_how(monkeypatch, missing, extra, make):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingError, match=rf"expected {missing}, .* found none; .*pip install 'showtell\[{extra}\]'"):
        make()


# -- the how-to


def test_the_python_of_the_how_to_runs(tmp_path, monkeypatch, write_folder, shown):
    """With modules of the same form in the place of torchvision and timm, whose weights would have to be downloaded."""
    blocks = re.findall(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 5
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "things", {thing: shown[thing][:2] for thing in ("fish", "mug")})
    (tmp_path / "network.onnx").write_bytes(network())
    applications.MobileNet(include_top=False, weights=None).save_weights("mobilenet.weights.h5")
    default = SimpleNamespace(transforms=lambda: TRANSFORMS)
    models = SimpleNamespace(
        MobileNet_V3_Small_Weights=SimpleNamespace(DEFAULT=default), mobilenet_v3_small=lambda weights: with_classes()
    )
    monkeypatch.setitem(sys.modules, "torchvision", SimpleNamespace(models=models))
    monkeypatch.setitem(sys.modules, "timm", SimpleNamespace(create_model=lambda name, pretrained: LikeTimm()))
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(HOW_TO), "exec"), names)
    assert (tmp_path / "things.showtell").exists()
