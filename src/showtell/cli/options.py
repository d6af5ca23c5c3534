"""Options that several commands share."""

from __future__ import annotations

import click

import showtell
from showtell.networks import catalogue

BACKBONE = click.option(
    "--backbone",
    default=catalogue.DEFAULT,
    show_default=True,
    help="The pretrained network: a name (see: showtell backbones), or an ONNX file.",
)


PREPROCESSING = click.option(
    "--preprocessing", metavar="NAME", help="How an ONNX file wants its pixels: imagenet, tf, caffe, unit or none."
)


def extractor_of(backbone: str, preprocessing: str | None) -> showtell.FeatureExtractor:
    if backbone.lower().endswith(".onnx"):
        return showtell.FeatureExtractor.from_onnx(backbone, preprocessing=preprocessing)
    if preprocessing is not None:
        raise click.UsageError("--preprocessing: expected with an ONNX file only; the others bring their own")
    return showtell.FeatureExtractor(backbone)
