"""What all pictures have in common, to the bundled network: the mean of its features over parts of free photographs.

    pip download --no-deps scikit-image && unzip scikit_image-*.whl 'skimage/data/*'
    python scripts/measure_common.py skimage/data src/showtell/networks/weights/efficientnet-lite0-common.npy

The photographs are those that scikit-image and scikit-learn bring with them (public domain, CC0 and CC BY); only 1,280
means of numbers are kept. Each is shown in many parts, as `pictures.augment.varied` changes a picture.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

from showtell.networks import catalogue, runtime
from showtell.networks.regions import hellinger
from showtell.pictures.augment import varied
from showtell.pictures.frame import Frame, decode

PHOTOGRAPHS = "astronaut brick camera chelsea clock_motion coffee coins grass gravel page rocket"
PARTS = 48  # of each photograph
SMALLEST = 0.3  # side of a part, as a share of the photograph's short side


def main(folder: Path, out: Path) -> None:
    entry, means = catalogue.find(catalogue.DEFAULT), []
    for name, photograph in photographs(folder):
        rng = np.random.default_rng(0)
        squares = [varied(part(photograph, rng), entry.size, key(name), n) for n in range(1, PARTS + 1)]
        (features,) = runtime.run(entry, squares, "features")
        means.append(hellinger(features).mean(0))
    np.save(out, np.mean(means, 0).astype(np.float16))


def photographs(folder: Path) -> list[tuple[str, Frame]]:
    """Return them all with their names, in colour."""
    found = [(path.stem, decode(path)) for name in PHOTOGRAPHS.split() for path in folder.glob(f"{name}.*")]
    return [*found, *zip(("china", "flower"), map(np.asarray, load_sample_images().images), strict=True)]


def part(photograph: Frame, rng: np.random.Generator) -> Frame:
    """Return a part of it, somewhere, not smaller than the network's square where there is enough of it."""
    short = min(photograph.shape[:2])
    side = int(short * rng.uniform(SMALLEST, 1))
    y, x = (int(rng.integers(0, length - side + 1)) for length in photograph.shape[:2])
    cut = Image.fromarray(np.ascontiguousarray(photograph[y : y + side, x : x + side]))
    return np.asarray(cut.resize((320, 320), Image.Resampling.BILINEAR))


def key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
