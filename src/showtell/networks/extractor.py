"""FeatureExtractor: pictures in, feature vectors out, as a scikit-learn transformer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax
from sklearn.base import BaseEstimator, TransformerMixin

from showtell.errors import PictureError
from showtell.networks import catalogue, runtime
from showtell.networks.backbone import Backbone
from showtell.networks.preprocessing import Channels, find_normalization, missing_normalization
from showtell.pictures import quality
from showtell.pictures.frame import Frame, Picture
from showtell.system.parallel import R, ahead

if TYPE_CHECKING:
    import keras
    import torch

Row = NDArray[np.float32]


QUALITIES = {"live": 1, "best": 3}  # how many looks at a picture


class FeatureExtractor(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A backbone without its classification layer: pictures → ``(n, d) float32``.

    It is frozen, so ``fit`` learns nothing.

    backbone    a name in the catalogue (``showtell backbones`` lists it), or a `Backbone` outside it
    batch_size  pictures that a core takes at once

    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from showtell.pictures.drawing import draw
    >>> rng = np.random.default_rng(0)
    >>> pipeline = make_pipeline(FeatureExtractor(), KNeighborsClassifier(1))
    >>> pipeline.fit([draw("mug", rng), draw("star", rng)], ["mug", "star"]).predict([draw("star", rng)]).tolist()
    ['star']
    """

    def __init__(self, backbone: str | Backbone = catalogue.DEFAULT, batch_size: int = 4) -> None:
        self.backbone = backbone
        self.batch_size = batch_size

    @classmethod
    def from_onnx(
        cls,
        path: str | os.PathLike[str],
        *,
        preprocessing: str | None = None,
        mean: Channels | None = None,
        std: Channels | None = None,
        size: int | None = None,
        crop: float = 1.0,
        features: str | None = None,
        map: str | None = None,
        licence: str = "unknown",
        batch_size: int = 4,
    ) -> Self:
        """Take a network in an ONNX file as the backbone, without its classification layer.

        preprocessing  how it wants its pixels: "imagenet" (most of torchvision and timm), "tf" (-1 to 1), "caffe" (blue
                       first, means taken away), "unit" (0 to 1) or "none" (0 to 255)
        mean, std      instead of that: shares of white, one number or one each for red, green and blue
        size           side of the square it takes, in pixels; told by the file, unless it takes any
        crop           share of the picture's short side that the square covers
        features, map  names of the tensors that give the features, ``(n, d)``, and the last map, whose average they
                       are; if not given, the last average in the network, or else its only output
        licence        of the weights, kept for the record

        Raises BackboneError that says what was expected of the file and what was found.

        >>> bundled = catalogue.find("efficientnet-lite0")
        >>> FeatureExtractor.from_onnx(bundled.path, mean=127 / 255, std=128 / 255, crop=224 / 240).entry.features
        1280
        """
        from showtell.networks import from_onnx

        normalization = find_normalization(preprocessing, mean, std)
        if normalization is None:
            raise missing_normalization(os.fspath(path))
        source = f"the ONNX file {os.path.basename(path)}"
        options = from_onnx.ImportOptions(normalization, size, crop, features, map, licence, source)
        return cls(from_onnx.read(path, options), batch_size)

    @classmethod
    def from_torch(
        cls,
        module: torch.nn.Module,
        *,
        preprocessing: Any = None,
        mean: Channels | None = None,
        std: Channels | None = None,
        size: int | None = None,
        crop: float | None = None,
        licence: str | None = None,
        batch_size: int = 4,
    ) -> Self:
        """Take a PyTorch module as the backbone, with the weights that it has now.

        It is exported to ONNX, so that no PyTorch is needed afterwards. Needs ``showtell[torch]``.

        A module may give a map, ``(n, d, rows, columns)``, which is averaged; features, ``(n, d)``; or the classes it
        was trained on, after an average, which are then left out. timm's modules say all that is asked below by
        themselves.

        preprocessing  how it wants its pixels: what ``weights.transforms()`` of torchvision gives, or a name, as for
                       `from_onnx`
        mean, std      instead of that: shares of white, one number or one each for red, green and blue
        size           side of the square it takes, in pixels; 224 if nobody says
        crop           share of the picture's short side that the square covers; 1 if nobody says
        licence        of the weights, kept for the record

        Raises BackboneError where the module cannot be exported or used so, MissingError without PyTorch.

        >>> import timm  # doctest: +SKIP
        >>> FeatureExtractor.from_torch(timm.create_model("resnet18", pretrained=True))  # doctest: +SKIP
        """
        from showtell.networks import from_torch

        return cls(from_torch.backbone(module, preprocessing, mean, std, size, crop, licence), batch_size)

    @classmethod
    def from_keras(
        cls,
        model: str | keras.Model,
        *,
        weights: str | os.PathLike[str] | None = "imagenet",
        preprocessing: Any = None,
        size: int | None = None,
        crop: float = 1.0,
        licence: str = "unknown",
        batch_size: int = 4,
    ) -> Self:
        """Take a network of Keras as the backbone.

        It is converted to ONNX, so that no Keras is needed afterwards. Needs ``showtell[keras]``, or Keras on
        TensorFlow with tf2onnx.

        model          a name in ``keras.applications``, such as "MobileNet", which is made without its classification
                       layer; or a model
        weights        of a named one: "imagenet" lets Keras download them; a path to a file of weights for a network
                       without classification layer; None for random ones
        preprocessing  how a model wants its pixels: a ``preprocess_input`` of Keras, or a name, as for `from_onnx`; a
                       named one's is known
        size           side of the square it takes, in pixels; if not given, what Keras has for it
        crop           share of the picture's short side that the square covers
        licence        of the weights, kept for the record

        Raises BackboneError where there is no such network, or it cannot be used so, MissingError without Keras.

        >>> FeatureExtractor.from_keras("MobileNetV2")  # doctest: +SKIP
        """
        from showtell.networks import from_keras

        return cls(from_keras.backbone(model, weights, preprocessing, size, crop, licence), batch_size)

    def fit(self, pictures: object = None, y: object = None) -> Self:
        """Check the parameters; there is nothing to learn. Raises BackboneError for a name not in the catalogue.

        >>> FeatureExtractor("efficientnet-lite0").fit().entry.size
        224
        """
        catalogue.find(self.backbone)
        if self.batch_size < 1:
            raise ValueError(f"batch_size: expected at least 1, found {self.batch_size}")
        return self

    def transform(self, pictures: Iterable[Picture]) -> NDArray[np.float32]:
        """Return the features of many pictures, ``(n, d) float32``, d = 1280 for the bundled backbone.

        pictures  any iterable of paths, encoded bytes, PIL images or (h, w, 3) uint8 arrays

        Raises PictureError that names the file (or the place in the list) of a picture that cannot be read.

        >>> FeatureExtractor().transform([np.zeros((48, 64, 3), np.uint8)]).shape
        (1, 1280)
        """
        entry = self.fit().entry
        rows: list[Row] = []
        for row in self.each(pictures, "features", then=lambda outputs: list(outputs[0])):
            if isinstance(row, PictureError):
                raise row
            rows.append(row)
        return np.array(rows, np.float32).reshape(len(rows), entry.features)

    def pretrained(self, pictures: Iterable[Picture]) -> Iterator[dict[str, float] | PictureError]:
        """Yield for each picture the pretrained network's own ImageNet classes with probabilities, best first.

        A picture that cannot be read gives the error in its place. Raises BackboneError if the network has no such
        classes.

        >>> (answer,) = FeatureExtractor().pretrained([np.zeros((48, 64, 3), np.uint8)])
        >>> len(answer), round(sum(answer.values()), 3)
        (1000, 1.0)
        """
        entry = self.fit().entry
        names = entry.imagenet_classes()

        def best_first(outputs: list[NDArray[np.float32]]) -> list[dict[str, float]]:
            return [{names[i]: float(row[i]) for i in np.argsort(-row)} for row in softmax(outputs[0], axis=1)]

        yield from self.each(pictures, "logits", then=best_first)

    def each(
        self,
        pictures: Iterable[Picture],
        *outputs: str,
        then: Callable[[list[NDArray[np.float32]]], Sequence[R]],
        squares: Callable[[Picture], list[Frame]] | None = None,
    ) -> Iterator[R | PictureError]:
        """Yield for each picture, in order, what ``then`` makes of it, or why it cannot be read.

        ``squares`` cuts a picture for the network, once or more (the same number for each); by default once, as the
        backbone wants it. ``then`` gets the outputs ("features", "map", "logits") for a batch, a row for each square of
        its n pictures, and gives n results. Each core takes a batch of its own from files to results, which is faster
        than all of them on one batch.
        """
        entry = self.entry
        cut = squares or (lambda picture: [entry.square(picture)])

        def look(batch: list[tuple[int, Picture]]) -> list[R | PictureError]:
            found = [_cut(cut, *item) for item in batch]
            good = [square for one in found if isinstance(one, list) for square in one]
            results = iter(then(runtime.run(entry, good, *outputs, threads=1)) if good else ())
            return [next(results) if isinstance(one, list) else one for one in found]

        yield from ahead(look, enumerate(_many(pictures)), self.batch_size)

    def measure(self, picture: Picture) -> Row:
        """Return the measures of what the network sees of a picture, ``(436,) float32``: see `quality.measure`.

        Raises PictureError if it cannot be read.
        """
        return quality.measure(self.entry.square(picture))

    @property
    def entry(self) -> Backbone:
        """The backbone, looked up in the catalogue if it was named."""
        return catalogue.find(self.backbone)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Return the names of the columns, as scikit-learn's ``set_output`` wants them.

        >>> FeatureExtractor().get_feature_names_out()[:2].tolist()
        ['feature0', 'feature1']
        """
        return np.array([f"feature{i}" for i in range(self.entry.features)], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags


def _cut(cut: Callable[[Picture], list[Frame]], place: int, picture: Picture) -> list[Frame] | PictureError:
    try:
        return cut(picture)
    except PictureError as error:
        if isinstance(picture, str | os.PathLike):
            return error
        return PictureError(f"number {place + 1} of the pictures: {error}")


def _many(pictures: Iterable[Picture]) -> Iterable[Picture]:
    one = isinstance(pictures, str | bytes | os.PathLike | Image.Image)
    if one or (isinstance(pictures, np.ndarray) and pictures.ndim == 3):
        raise PictureError("expected several pictures, found one; put it in a list: [picture]")
    return pictures
