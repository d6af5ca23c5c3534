"""Training a network's last blocks and a new layer on top of them, with PyTorch.

The layer compares a picture's features with one direction for each class (a cosine layer), prepared as the default
classifier prepares them. Little is changed where little is known: small steps, soft labels, batch normalisation as it
was, and early stopping on pictures that were held out.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showtell.finetuning.torch_tail import Tail

BATCH = 32  # pictures a step


RATE, HEAD_RATE = 1e-3, 1e-2  # Adam's steps for the blocks and for the new layer


RISE = 0.1  # of all steps grow, at least ten; the rest shrink along a cosine


MIN_VIEWS = 128  # in an epoch: of few pictures several each


LABEL_SMOOTHING = 0.1  # of a label is shared by all classes (Szegedy et al., CVPR 2016)


SCALE = 16.0  # of the cosines, before the softmax


PATIENCE = 6  # epochs without a better one


@dataclass(frozen=True)
class Epoch:
    """How training stands after an epoch; ``str(epoch)`` is a line for people.

    number, of     which epoch, of at most how many
    loss           cross-entropy while it learned
    held_out_loss  the same on the pictures that were held out; None where none could be
    accuracy       share of the held-out pictures that the new layer names rightly, or None
    best           whether it is the best so far: it is kept unless a better one comes

    >>> print(Epoch(number=3, of=10, loss=0.61, held_out_loss=0.72, accuracy=0.9, best=True))
    epoch 3 of 10: loss 0.610, held out 0.720, accuracy 0.900
    """

    number: int
    of: int
    loss: float
    held_out_loss: float | None
    accuracy: float | None
    best: bool

    def __str__(self) -> str:
        held_out = "" if self.accuracy is None else f", held out {self.held_out_loss:.3f}, accuracy {self.accuracy:.3f}"
        return f"epoch {self.number} of {self.of}: loss {self.loss:.3f}{held_out}"


def train(
    tail: Tail,
    views: NDArray[np.float16],
    labels: Sequence[str],
    *,
    rows: Sequence[int],
    held_out: Sequence[int],
    epochs: int,
    seed: int,
) -> Generator[Epoch]:
    """Train ``tail`` in place, and yield after each epoch.

    views  ``(n, views, …)``, what comes out of the trunk for n pictures; the first view is the picture as it is
    rows   the pictures that teach; ``held_out`` decide when to stop and which epoch was the best

    When it ends, or is closed before, the tail has the weights of the best epoch, at worst those it came with.
    """
    import torch

    rng = np.random.default_rng(seed)
    classes, own = np.unique(np.asarray(labels, object), return_inverse=True)
    truth = torch.tensor(own, device=tail.device)

    def plain(pictures: NDArray[np.intp]) -> Any:
        with torch.no_grad():
            batches = [pictures[i : i + BATCH] for i in range(0, len(pictures), BATCH)]
            return torch.cat([_hellinger(tail.features(views[batch, 0])) for batch in batches])

    teach, test = np.array(rows, np.intp), np.array(held_out, np.intp)
    before = plain(teach)
    centres = torch.stack([before[truth[teach] == i].mean(0) for i in range(len(classes))])
    middle = centres.mean(0)
    head = (centres - middle).clone().requires_grad_()

    def scores(features: Any) -> Any:
        normal = torch.nn.functional.normalize
        return SCALE * normal(features - middle, dim=1) @ normal(head, dim=1).T

    def held_out_figures() -> tuple[float | None, float | None]:
        if not len(test):
            return None, None
        with torch.no_grad():
            answers = scores(plain(test))
            loss = torch.nn.functional.cross_entropy(answers, truth[test], label_smoothing=LABEL_SMOOTHING)
            return float(loss), float((answers.argmax(1) == truth[test]).float().mean())

    learned = list(tail.parameters.values())
    optimiser = torch.optim.Adam([{"params": learned, "lr": RATE}, {"params": [head], "lr": HEAD_RATE}])
    teach = np.tile(teach, -(-MIN_VIEWS // len(teach)))
    steps = epochs * -(-len(teach) // BATCH)
    rise = max(10.0, RISE * steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / rise) * (1 + np.cos(np.pi * step / steps)) / 2
    )
    best, kept = held_out_figures()[0], [values.detach().clone() for values in learned]
    since = 0
    try:
        for number in range(1, epochs + 1):
            total = 0.0
            order = rng.permutation(teach)
            for start in range(0, len(order), BATCH):
                chosen = order[start : start + BATCH]
                shown = views[chosen, rng.integers(views.shape[1], size=len(chosen))]
                answers = scores(_hellinger(tail.features(shown)))
                loss = torch.nn.functional.cross_entropy(answers, truth[chosen], label_smoothing=LABEL_SMOOTHING)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += float(loss.detach()) * len(chosen)
            held_out_loss, accuracy = held_out_figures()
            since += 1
            better = np.isfinite(total) and (best is None or held_out_loss is None or held_out_loss < best)
            if better:
                best, kept, since = held_out_loss, [values.detach().clone() for values in learned], 0
            yield Epoch(number, epochs, total / len(teach), held_out_loss, accuracy, bool(better))
            if since >= PATIENCE:
                return
    finally:
        with torch.no_grad():
            for values, good in zip(learned, kept, strict=True):
                values.copy_(good)


def _hellinger(features: Any) -> Any:
    """Return features as ``regions.hellinger`` does, and a little more: the root's own slope at 0 is infinite."""
    import torch

    roots = torch.copysign((features.abs() + 1e-6).sqrt(), features)
    return torch.nn.functional.normalize(roots, dim=1)
