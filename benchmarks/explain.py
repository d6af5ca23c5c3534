"""Does the heat map land on the object? ``python -m benchmarks.explain``

The webcam simulation knows where it put the object. Two figures (Zhang et al. 2018): how often the hottest point is on
the object, and how much of the map's energy is; beside them the object's share of the picture, which is what a map that
knows nothing gets, and the same figures for a blob in the middle.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from benchmarks.frames import available, simulation
from showtell import Model, explain
from showtell.pictures.frame import Frame, crop

__all__ = ["available", "measure"]
CLASSIFIERS = {
    "best": "best",
    "knn": "knn",
    "logistic": "logistic",
    "lda": LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
}
SIDE = 224
SMALLEST = 0.03  # of the square: below, the object is all but outside


@dataclass(frozen=True)
class Row:
    """Means over ``pictures``; all shares in [0, 1]."""

    pictures: int
    hits: float
    energy: float
    area: float


def measure(episodes: int, classifiers: Sequence[str] = tuple(CLASSIFIERS), seed: int = 4000) -> dict[str, Row]:
    """For each classifier, and for a blob in the middle, how well its maps land on the objects."""
    found: dict[str, list[tuple[bool, float, float]]] = {}
    middle = np.exp(-((np.arange(7) - 3) ** 2) / 8)
    for number in range(episodes):
        with _masks() as (module, masks):
            episode = module.WebcamSim(seed + number).episode(5, 20, 10)
        shown = [(label, frame) for label, frames in episode.train for frame in frames]
        objects = iter(masks[100:])  # after the five taught ones, 20 frames each
        tests = [
            pair
            for _, frames in episode.same + episode.cross
            for pair in list(zip(frames, [next(objects) for _ in frames], strict=True))[::5]
        ]
        vectors = [frame for _, frame in shown]
        for name in classifiers:
            model = Model(classifier=CLASSIFIERS[name]).fit(vectors, [label for label, _ in shown])
            for frame, mask in tests:
                on = crop(np.repeat(mask[:, :, None], 3, 2), SIDE, model.extractor.entry.crop)[..., 0] > 127
                if on.mean() >= SMALLEST:
                    found.setdefault(name, []).append(_landing(explain(model, frame).values, on))
                    if name == classifiers[0]:
                        found.setdefault("a blob in the middle", []).append(_landing(np.outer(middle, middle), on))
    return {name: Row(len(rows), *(float(share) for share in np.mean(rows, 0))) for name, rows in found.items()}


def _landing(values: np.ndarray[Any, Any], on: np.ndarray[Any, Any]) -> tuple[bool, float, float]:
    heat = np.asarray(Image.fromarray(values.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    hit = bool(on[np.unravel_index(heat.argmax(), heat.shape)])
    return hit, float(heat[on].sum() / max(heat.sum(), 1e-9)), float(on.mean())


@contextmanager
def _masks() -> Iterator[tuple[Any, list[Frame]]]:
    """The simulation, and a list that gets the opacity, (240, 320) uint8, of each object it puts into a frame."""
    module, masks = simulation(), []
    opencv = module.cv2

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            return getattr(opencv, name)

        def warpPerspective(self, *args: Any, **options: Any) -> Any:  # noqa: N802
            layer = opencv.warpPerspective(*args, **options)
            masks.append(layer[..., 3])
            return layer

    module.cv2 = Recorder()
    size = module.WIDTH, module.HEIGHT
    module.WIDTH, module.HEIGHT = 320, 240
    try:
        yield module, masks
    finally:
        module.cv2 = opencv
        module.WIDTH, module.HEIGHT = size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=6)
    parser.add_argument("--seed", type=int, default=4000)
    options = parser.parse_args()
    print("| | pictures | hottest point on the object | energy on the object | its share of the picture |")
    print("|---|---|---|---|---|")
    for name, row in measure(options.episodes, seed=options.seed).items():
        print(f"| {name} | {row.pictures} | {row.hits:.2f} | {row.energy:.2f} | {row.area:.2f} |")


if __name__ == "__main__":
    main()
