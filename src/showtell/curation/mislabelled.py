"""Pictures that seem to be in the wrong class, by what a classifier says that was not taught them.

Confident learning (Northcutt, Jiang & Chuang 2021): out-of-fold predictions; a picture is in doubt when another class
is at least as likely as that class usually is for its own pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from showtell.classifiers.discriminant import discriminate
from showtell.classifiers.vectors import l2_normalize
from showtell.curation.projection import principal_axes

FOLDS = 5


AXES = 128  # principal axes that the classifier sees: the rest is costly and tells little


NEARER_BY = 0.75  # times as far as the own class, or less, must the nearest picture of the other class be


MAX_DOUBTFUL = 0.5  # of a burst in doubt: then its scene is new, rather than each of its pictures wrong


def find_mislabelled(
    vectors: NDArray[np.float32], labels: Sequence[str], recordings: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield the places of pictures that seem to be in the wrong class, with that which they seem to be, surest first.

    vectors     (n, d)
    labels      the class of each
    recordings  the burst of each

    Pictures of one burst don't vouch for each other
    where their class has another burst. Classes of fewer than three pictures are left alone.
    """
    names, targets = np.unique(np.array(labels, object), return_inverse=True)
    counts = np.bincount(targets, minlength=len(names))
    kept = np.flatnonzero(counts[targets] >= 3)
    names, targets = np.unique(np.array(labels, object)[kept], return_inverse=True)
    if len(names) < 2:
        return
    vectors = l2_normalize(vectors[kept])
    flat = principal_axes(vectors, AXES, "randomized")
    bursts = np.unique(np.array(recordings, object)[kept], return_inverse=True)[1]
    odds = _out_of_fold(flat, targets, bursts, len(names))
    own = odds[np.arange(len(targets)), targets]
    usual = np.array([own[targets == name].mean() for name in range(len(names))])
    rival = np.where(odds >= usual, odds, 0)
    rival[np.arange(len(targets)), targets] = 0
    to = rival.argmax(1)
    doubtful = (rival.max(1) > 0) & (rival.max(1) > own)
    doubtful &= _nearer(vectors, targets, to, np.flatnonzero(doubtful))
    for burst in np.unique(bursts[doubtful]):
        if (bursts == burst).sum() > 2 and doubtful[bursts == burst].mean() > MAX_DOUBTFUL:
            doubtful[bursts == burst] = False
    places = np.flatnonzero(doubtful)
    for place in places[np.argsort(own[places], kind="stable")]:
        yield int(kept[place]), str(names[to[place]])


def _out_of_fold(
    vectors: NDArray[np.float32], targets: NDArray[np.intp], bursts: NDArray[np.intp], classes: int
) -> NDArray[np.float64]:
    """Return for each picture the odds, (n, classes), of a classifier that did not learn its fold."""
    folds = np.empty(len(targets), int)
    for target in range(classes):
        places = np.flatnonzero(targets == target)
        own = np.unique(bursts[places])
        if len(own) > 1:
            folds[places] = np.searchsorted(own, bursts[places]) % min(FOLDS, len(own))
        else:
            folds[places] = np.arange(len(places)) % FOLDS
    odds = np.zeros((len(targets), classes))
    for fold in range(folds.max() + 1):
        rest, out = folds != fold, folds == fold
        if out.any():
            odds[out] = discriminate(vectors[rest], targets[rest], vectors[out], classes)
    return odds


def _nearer(
    vectors: NDArray[np.float32], targets: NDArray[np.intp], to: NDArray[np.intp], places: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return whether the nearest pictures of the class ``to`` are clearly nearer than those of the own class."""
    nearer = np.zeros(len(targets), bool)
    for place in places:
        apart = 1 - vectors @ vectors[place]
        apart[place] = np.inf
        here, there = (np.sort(apart[targets == name])[:3].mean() for name in (targets[place], to[place]))
        nearer[place] = there < NEARER_BY * here
    return nearer
