"""Pins as a model keeps them: small JPEGs, without what a camera writes into its files, such as the place."""

from __future__ import annotations

from dataclasses import replace

from showtell.dataset.dataset import Dataset
from showtell.dataset.pins import Pin
from showtell.errors import DatasetError, PictureError
from showtell.model.sources import SIDE, encoded
from showtell.networks.backbone import Backbone
from showtell.pictures.frame import decode
from showtell.sentences import reason


def reduced(pin: Pin, entry: Backbone) -> Pin:
    """Return the pin with a small picture, still large enough for the network; as it is if it has one.

    Raises PictureError or DatasetError where the picture cannot be read.
    """
    if isinstance(pin.picture, bytes):
        return pin
    side = max(SIDE, entry.size)
    return replace(pin, picture=encoded(decode(pin.read(), pin.id, enough=side), side))


def of_dataset(dataset: Dataset, entry: Backbone) -> list[Pin]:
    """Return a dataset's pins, reduced; those that cannot be read are reported there."""
    pins = []
    for pin in dataset.pins:
        try:
            pins.append(reduced(pin, entry))
        except (PictureError, DatasetError) as error:
            dataset.report(pin.id, reason(error, pin.id))
    return pins
