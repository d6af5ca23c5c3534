"""The file format of a model: `SavedModel` in, `SavedModel` out. (That the file is a zip, only archive.py knows.)"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers import heads
from showtell.classifiers.familiarity import UNMEASURED, ByDistance
from showtell.classifiers.heads import Head
from showtell.classifiers.samples import Taught
from showtell.classifiers.vectors import Floats, label_column
from showtell.dataset.pins import Pin
from showtell.errors import BackboneError, ModelFileError
from showtell.model import archive
from showtell.model.archive import Archive
from showtell.model.sources import Source
from showtell.model.views import Views
from showtell.networks import catalogue, runtime
from showtell.networks.backbone import Backbone
from showtell.networks.regions import LOOKS

_PIN = "pins/{}.jpg"

SCIKIT_LEARN = "scikit-learn"  # in the place of a short name, where the classifier is an object


@dataclass(frozen=True)
class KeptLooks:
    """What a head that needs the network's map learns on without the pictures.

    rows   ``(m, 10, d)`` float16, the looks of m of the pictures as they are
    of     ``(m,)`` int64, which picture each is of
    keys   ``(m, 32)`` uint8, the sha256 of each picture
    """

    rows: NDArray[np.float16]
    of: NDArray[np.int64]
    keys: NDArray[np.uint8]

    @classmethod
    def of_sources(cls, sources: Sequence[Source], views: Views) -> KeptLooks:
        """Return the looks that there are of these sources."""
        found = [(place, source.key, views.plain(source)) for place, source in enumerate(sources)]
        kept = [(place, key, rows) for place, key, rows in found if key is not None and rows is not None]
        return cls(
            np.array([rows for _, _, rows in kept], np.float16).reshape(len(kept), LOOKS, views.entry.features),
            np.array([place for place, _, _ in kept], np.int64),
            np.array([list(key) for _, key, _ in kept], np.uint8).reshape(len(kept), 32),
        )

    def restore(self, sources: Sequence[Source], views: Views) -> None:
        """Give the sources their keys, and the views these looks."""
        for place, key, rows in zip(self.of, self.keys, self.rows, strict=True):
            if 0 <= place < len(sources):
                sources[place].key = key.tobytes()
                views.keep_plain(key.tobytes(), rows)


@dataclass(frozen=True)
class SavedModel:
    """All that a model is, on its way into a file or out of one.

    classifier  a short name, or an unfitted scikit-learn classifier
    settings    ``neighbours``, ``unknown_below`` and ``quality``
    vectors     ``(n, d)`` float32 of length 1, with n ``labels`` and n ``ids``, None for a picture without one
    head        fitted on these, None where there was too little to fit it on
    familiar    familiarity by distance
    looks       None where the head needs none
    pins        pictures with the answers that they must get, as bytes
    """

    backbone: Backbone
    classifier: Any
    vectors: Floats
    labels: list[str]
    ids: list[str | None]
    head: Head | None = None
    familiar: ByDistance = UNMEASURED
    looks: KeptLooks | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    pins: list[Pin] = field(default_factory=list)


def write(path: str | os.PathLike[str], model: SavedModel) -> None:
    """Write a model file, whole or not at all.

    A fitted classifier that cannot be opened safely, such as a forest, is left out, and is fitted again from the
    vectors when the file is opened. Raises ModelFileError where the file cannot be written, and for a classifier that
    cannot be saved without pickle at all.
    """
    own = model.backbone.weights is not None
    header: dict[str, Any] = {
        "backbone": model.backbone.name,
        "fingerprint": model.backbone.fingerprint,
        "classifier": model.classifier if isinstance(model.classifier, str) else SCIKIT_LEARN,
        **model.settings,
        "reach": model.familiar.reach,
        "labels": model.labels,
        "examples": model.ids,
        "fitted": model.head is not None,
    }
    if model.pins:
        header["pins"] = [[pin.label, pin.id] for pin in model.pins]
    if own:
        header["network"] = model.backbone.to_dict()
    arrays: dict[str, NDArray[Any]] = {"vectors": model.vectors}
    if model.looks is not None:
        arrays |= {"looks": model.looks.rows, "looks_of": model.looks.of, "looks_keys": model.looks.keys}
    objects = heads.make(model.classifier).to_objects()
    if model.head is not None:
        arrays |= model.head.to_arrays()
        objects = model.head.to_objects()
    parts = {}
    for name, thing in objects.items():
        try:
            parts[name] = archive.dumps(thing, path)
        except ModelFileError:
            if name != heads.FITTED:
                raise
            header["refit"], parts[name] = True, archive.dumps(None, path)
    pictures = {_PIN.format(place): pin.read() for place, pin in enumerate(model.pins)}
    archive.write(path, header, arrays, parts, model.backbone.weights, pictures)


def read(path: str | os.PathLike[str]) -> SavedModel:
    """Read a model file, and check that its parts fit together. No code of the file's author runs.

    Raises ModelFileError if it is no saved model, one of another version, one that is damaged, or one made with a
    backbone that is neither in the catalogue nor in the file.
    """
    with Archive(path) as file:
        header = file.header
        backbone = _backbone(file)
        labels, ids, neighbours = header.get("labels"), header.get("examples"), header.get("neighbours")
        if not _well_formed(labels, ids, neighbours):
            raise _damaged(file, "its labels and settings don't fit together")
        vectors = file.array("vectors", np.float32, len(labels), backbone.features)
        reach = header.get("reach")
        familiar = ByDistance(float(reach) if isinstance(reach, float) and 0 < reach <= 2 else None)
        classifier = header.get("classifier")
        if classifier == SCIKIT_LEARN:
            classifier = file.object("classifier")
        settings = {"unknown_below": header.get("unknown_below", 0.5), "quality": header.get("quality", "live")}
        try:
            blank = heads.make(heads.named(classifier))
            head = _head(file, blank, vectors, labels, familiar)
        except ModelFileError:
            raise
        except Exception as error:  # a classifier raises whatever the damaged part makes it raise
            raise _damaged(file, str(error)) from error
        return SavedModel(
            backbone,
            classifier,
            vectors,
            labels,
            ids,
            head,
            familiar,
            _looks(file, backbone) if blank.needs_map else None,
            {"neighbours": neighbours, **settings},
            _pins(file),
        )


def _backbone(file: Archive) -> Backbone:
    header = file.header
    if "network" in header:
        try:
            backbone = Backbone.from_dict(header["network"], file.network())
            runtime.session(backbone)
        except BackboneError as error:
            raise ModelFileError(f"{file.path}: {error}; fit it again from its pictures") from error
        found: Backbone | None = backbone
    else:
        found = catalogue.CATALOGUE.get(str(header.get("backbone")))
    if found is None or found.fingerprint != header.get("fingerprint"):
        raise ModelFileError(
            f"{file.path}: expected a model on one of this showtell's backbones ({', '.join(catalogue.CATALOGUE)}), "
            f"found one on another build of {header.get('backbone')!r}; fit it again from its pictures"
        )
    return found


def _head(file: Archive, blank: Head, vectors: Floats, labels: list[str], familiar: ByDistance) -> Head | None:
    if not file.header.get("fitted", True):
        return None
    taught = Taught(vectors, label_column(labels), familiar)
    return blank.fit(taught) if file.header.get("refit") else blank.from_arrays(file, taught)


def _pins(file: Archive) -> list[Pin]:
    pins = []
    for place, entry in enumerate(file.header.get("pins", [])):  # a file of an earlier version has none
        match entry:
            case [str() | None as label, str() as id]:
                pins.append(Pin(label, id, file.picture(_PIN.format(place))))
            case _:
                raise _damaged(file, "its pins are no pairs of a label and a name")
    return pins


def _looks(file: Archive, backbone: Backbone) -> KeptLooks:
    rows = file.array("looks", np.float16, None, LOOKS, backbone.features)
    return KeptLooks(
        rows, file.array("looks_of", np.int64, len(rows)), file.array("looks_keys", np.uint8, len(rows), 32)
    )


def _well_formed(labels: Any, ids: Any, neighbours: Any) -> bool:
    return (
        isinstance(labels, list)
        and isinstance(ids, list)
        and 0 < len(labels) == len(ids)
        and all(isinstance(label, str) for label in labels)
        and all(i is None or isinstance(i, str) for i in ids)
        and isinstance(neighbours, int)
        and neighbours > 0
    )


def _damaged(file: Archive, why: str) -> ModelFileError:
    return ModelFileError(f"{file.path}: its model.json is damaged ({why}); fit the model again from its pictures")
