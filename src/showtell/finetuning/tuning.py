"""Fine-tuning: the network's last blocks learn too, not only the classifier on top of them.

(Not called finetune: importing that module would put it in the place of ``showtell.finetune``, the function.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.dataset import splits
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import BackboneError, PictureError, TeachingError
from showtell.finetuning import graph
from showtell.finetuning.graph import Cut
from showtell.finetuning.torch_tail import Tail
from showtell.finetuning.training import Epoch, train
from showtell.model.measures import same_pictures
from showtell.model.model import Model
from showtell.model.sources import SIDE
from showtell.networks import runtime
from showtell.networks.backbone import Backbone
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures.augment import elsewhere, varied
from showtell.pictures.frame import Frame, decode, read
from showtell.system import extras
from showtell.system.progress import Step, bar

VIEWS = 16  # of a picture, that the trunk sees once and the blocks learn on


OTHER_ROOM = 3  # every third of them is in another room


MAX_BYTES = 2**29  # bytes for what comes out of the trunk: beyond it each picture gets fewer views


MAX_DEVIATION = 1e-2  # how far PyTorch's numbers may be from ONNX Runtime's, as a share of the largest


TRUNK_SHARE = 0.3  # of the bar


def finetune(
    dataset: Dataset,
    model: Model | None = None,
    *,
    blocks: int = 1,
    epochs: int = 10,
    seed: int = 0,
    progress: Callable[[Epoch], None] | None = None,
) -> Model:
    """Return a model with the same settings whose network learned to tell this dataset's classes apart.

    Everything before the last ``blocks`` blocks of the network stays as it is, in ONNX Runtime, and sees some views of
    each picture once. The blocks and a new layer learn from what comes out, in PyTorch, for at most ``epochs`` epochs.
    The model's classifier then gets the features of the blocks as they came and of the tuned ones, side by side.
    Recordings (bursts) that are held out decide when to stop and which epoch was the best; a class with a single
    recording gives its last fifth. Ctrl-C, or a notebook's interrupt, ends the training and keeps the best so far. A
    bar is shown on a terminal and in a notebook.

    dataset   two classes or more
    model     gives the settings and the network; the default ones if None. It stays as it is
    blocks    how many of the network's last blocks learn
    epochs    at most; 1 or more
    seed      the same one on the same machine's processor gives the same model; a graphics card is used if there is one
    progress  called as ``progress(epoch)`` after each epoch

    Needs showtell[finetune]: MissingError without. Raises TeachingError as ``Model.fit`` does, and BackboneError where
    the network has fewer blocks, or some that cannot be trained.

    >>> tuned = finetune(Dataset("things"), epochs=5)  # doctest: +SKIP
    >>> tuned.save("things.showtell")  # doctest: +SKIP
    """
    extras.need("finetune", "torch", "onnx")
    if epochs < 1:
        raise ValueError(f"epochs: expected at least 1, found {epochs}")
    before = model or Model()
    entry = before.extractor.entry
    disabled = set(dataset.disabled)
    candidates = [example for example in dataset if example.label not in disabled]
    _check(candidates, dataset)
    parts = _parts(entry, blocks)
    trunk = replace(
        entry, weights=parts.trunk(), file="", map=parts.boundary, map_layout="NCHW", cut=None, features=parts.shape[1]
    )
    tail = _tail(entry, trunk, parts)
    with bar("looking at the pictures") as step:
        examples, views = _seen(dataset, candidates, trunk, parts.shape, step)
        _check(examples, dataset)
        fold = splits.held_out(examples, same_pictures(dataset, examples, before.extractor, on_disk=False))
        training = train(
            tail,
            views,
            [example.label for example in examples],
            rows=fold.train,
            held_out=fold.test,
            epochs=epochs,
            seed=seed,
        )
        kept = "no epoch was better than the network as it came"
        try:
            for epoch in training:
                kept = f"kept {epoch}" if epoch.best else kept
                step(TRUNK_SHARE + (1 - TRUNK_SHARE) * epoch.number / epochs, str(epoch))
                if progress:
                    progress(epoch)
        except KeyboardInterrupt:
            pass  # the best so far is what was asked for
        finally:
            training.close()
        step(1.0, "teaching the classifier")
        extractor = FeatureExtractor(_both(entry, parts, tail), before.extractor.batch_size)
        taught = before.fresh(extractor).fit(dataset)
        step(1.0, kept)
        return taught


def _check(examples: Sequence[Example], dataset: Dataset) -> None:
    if len(labels := {example.label for example in examples}) < 2:
        raise TeachingError(
            f"{dataset.folder}: expected two classes or more with pictures that can be read, found {len(labels)}; "
            "add some, to have something to tell apart"
        )


def _parts(entry: Backbone, blocks: int) -> Cut:
    """Return the network, cut in two: what leads to its map and its features, where it has both."""
    (pictures,) = runtime.session(entry).get_inputs()
    outputs = dict.fromkeys(name for name in (entry.map, entry.cut) if name)
    black = entry.ready([np.zeros((entry.size, entry.size, 3), np.uint8)])
    return graph.cut(runtime.network_bytes(entry), black, pictures.name, list(outputs), blocks)


def _tail(entry: Backbone, trunk: Backbone, parts: Cut) -> Tail:
    """Return the tail, on a graphics card where there is one; BackboneError unless it gives what ONNX Runtime does."""
    import torch

    cards = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    tail = Tail(parts, next((name for name, there in cards.items() if there), "cpu"), entry.map_layout)
    noise = list(np.random.default_rng(0).integers(0, 256, (2, entry.size, entry.size, 3), np.uint8))
    (boundary,), (expected,) = runtime.run(trunk, noise, "map"), runtime.run(entry, noise, "features")
    with torch.no_grad():
        found = tail.features(boundary).cpu().numpy()
    apart = float(abs(found - expected).max() / abs(expected).max()) if found.shape == expected.shape else np.inf
    if not apart < MAX_DEVIATION:
        raise BackboneError(
            f"{entry.name}: expected PyTorch to give what ONNX Runtime gives, found features {apart:.2g} apart; "
            "choose fewer blocks or another backbone"
        )
    return tail


def _both(entry: Backbone, parts: Cut, tail: Tail) -> Backbone:
    """Return the network with both tails, as it came and tuned, so that it has the features of both.

    What tells the taught classes apart is in the tuned ones; what tells them from all else stays in the others.
    """
    weights, outputs = parts.joined(tail.weights(), 1 if entry.map_layout == "NCHW" else -1)
    names = dict(zip(parts.outputs, outputs, strict=True))
    return replace(
        entry,
        name=f"{entry.name}, fine-tuned",
        features=2 * entry.features,
        map=names.get(entry.map or ""),
        cut=names.get(entry.cut or ""),
        weights=weights,
        file="",
        logits=None,
        classes=None,
    )


def _seen(
    dataset: Dataset, candidates: Sequence[Example], trunk: Backbone, shape: tuple[int, ...], step: Step
) -> tuple[list[Example], NDArray[np.float16]]:
    """Return what can be read, and what the trunk makes of it: ``(n, views, channels, rows, columns)``."""
    each = int(np.clip(MAX_BYTES // (2 * np.prod(shape) * len(candidates)), 1, VIEWS))

    def squares(path: Any) -> list[Frame]:
        data = read(path)
        frame, key = decode(data, enough=max(SIDE, trunk.size)), hashlib.sha256(data).digest()
        views = [trunk.square(data)]
        for number in range(1, each):
            view = varied(frame, trunk.size, key, number)
            rng = np.random.default_rng([number, *key[:8]])
            views.append(view if number % OTHER_ROOM else elsewhere(view, rng))
        return views

    looked = FeatureExtractor(trunk, batch_size=1).each(
        [example.path for example in candidates],
        "map",
        squares=squares,
        then=lambda found: list(found[0].astype(np.float16).reshape(-1, each, *shape[1:])),
    )
    examples, views = [], []
    for done, (example, seen) in enumerate(zip(candidates, looked, strict=True), 1):
        if isinstance(seen, PictureError):
            dataset.report(example.id, str(seen))
        else:
            examples.append(example)
            views.append(seen)
        step(TRUNK_SHARE * done / len(candidates), f"looking at picture {done} of {len(candidates)}")
    return examples, np.array(views)
