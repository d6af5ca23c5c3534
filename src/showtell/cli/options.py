"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import showtell

if TYPE_CHECKING:
    from showtell.dataset.dataset import Dataset
    from showtell.networks.extractor import FeatureExtractor

BACKBONE = click.option(
    "--backbone",
    metavar="NAME",
    help="The pretrained network: a name (see: showtell backbones), or an ONNX file; the bundled one if not given.",
)
PREPROCESSING = click.option(
    "--preprocessing", metavar="NAME", help="How an ONNX file wants its pixels: imagenet, tf, caffe, unit or none."
)
CLASSIFIER = click.option("--classifier", default="best", show_default=True, help="best, knn, logistic or svm.")


def extractor_of(backbone: str | None, preprocessing: str | None) -> FeatureExtractor:
    """Return the feature extractor that ``--backbone`` and ``--preprocessing`` name.

    BackboneError where there is no such network, UsageError where the two options don't go together.
    """
    if backbone and backbone.lower().endswith(".onnx"):
        return showtell.FeatureExtractor.from_onnx(backbone, preprocessing=preprocessing)
    if preprocessing is not None:
        raise click.UsageError("--preprocessing: expected with an ONNX file only; the others bring their own")
    return showtell.FeatureExtractor(backbone) if backbone else showtell.FeatureExtractor()


def left_out(dataset: Dataset) -> list[str]:
    """Return a line for each file of the dataset that is no usable picture."""
    return [f"left out {problem.file}: {problem.reason}" for problem in dataset.problems]
