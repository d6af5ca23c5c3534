"""Large datasets whose pictures are in the feature cache already, made in seconds."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import numpy as np

from showtell import Dataset, FeatureExtractor
from showtell.model.features import open_cache
from showtell.networks.cache import FeatureCache

BURST = 20


def fill(folder: Path, classes: int, pictures: int, kinds: list[bytes]) -> Path:
    """``pictures`` in ``classes`` folders, in bursts of 20; each one of ``kinds``, told apart by what follows its end.

    The vectors in the cache are those of the kinds with noise, and so a class is a cloud of its own.
    """
    extractor, rng = FeatureExtractor(), np.random.default_rng(0)
    cache = open_cache(Dataset(folder), extractor)
    centres = extractor.transform(kinds)
    for number, kind in zip(range(classes), cycle(range(len(kinds)))):
        own = folder / f"thing {number:03}"
        own.mkdir(parents=True)
        data = [kinds[kind] + rng.bytes(8) for _ in range(pictures // classes)]
        for place, picture in enumerate(data):
            (own / f"burst{place // BURST}-{place % BURST:03}.jpg").write_bytes(picture)
        shift = rng.standard_normal(extractor.entry.features) * centres[kind].std() / 2
        noise = rng.standard_normal((len(data), extractor.entry.features), np.float32) * centres[kind].std() / 4
        cache.put([FeatureCache.key(picture) for picture in data], centres[kind] + shift + noise)
    return folder
