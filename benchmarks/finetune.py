"""Whether fine-tuning pays: simulated episodes, the frozen network beside one whose last blocks were trained.

    python -m benchmarks.finetune                          # 10 episodes; needs showtell[finetune] and the simulation
    python -m benchmarks.finetune --blocks 1 --episodes 3  # a look
    python -m benchmarks.finetune --bursts 2               # everything is taught in two scenes

The episodes are those of `learning`: five things and an empty scene are taught, then shown anew in the same scene and
in others, and things that were never taught.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import showtell as st
from benchmarks.frames import simulation
from benchmarks.learning import Rows, measure, ours, print_means
from showtell.pictures.frame import encode_jpeg


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=3000)
    parser.add_argument("--blocks", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--bursts", type=int, choices=[1, 2], default=1)
    options = parser.parse_args()
    rows: Rows = {}
    for seed in range(options.seed, options.seed + options.episodes):
        with TemporaryDirectory() as folder:
            episode, dataset = taught(seed, options.bursts, Path(folder))
            ways: dict[str, Callable[[], st.Model]] = {"frozen": lambda: st.Model().fit(dataset)}  # noqa: B023
            for blocks in options.blocks:
                ways[f"{blocks} fine-tuned"] = lambda blocks=blocks: st.finetune(dataset, blocks=blocks)  # noqa: B023
            for name, teach in ways.items():
                started = time.perf_counter()
                model = teach()
                seconds = time.perf_counter() - started
                model.save(file := Path(folder) / "model.showtell")
                size = file.stat().st_size / 1e6
                rows.setdefault(name, []).append({**measure(ours(model), episode), "seconds": seconds, "MB": size})
        print(
            f"episode {seed}", {name: round(found[-1]["cross accuracy"], 2) for name, found in rows.items()}, flush=True
        )
    print_means(rows)


def taught(seed: int, bursts: int, folder: Path) -> tuple[Any, st.Dataset]:
    """An episode, and a dataset with what it teaches; a second burst of each is in a scene of its own."""
    simulator = simulation().WebcamSim(seed)
    episode = simulator.episode()
    dataset = st.Dataset(folder / "things")
    for label, frames in episode.train:
        _add(dataset, label, frames, "1")
    if bursts == 2:
        scene = simulator.rng.choice(list(simulator.backgrounds))
        for label, _ in episode.train:
            _add(dataset, label, simulator.burst(None if label == "nothing" else label, scene, 20), "2")
    return episode, dataset


def _add(dataset: st.Dataset, label: str, frames: list[Any], burst: str) -> None:
    for frame in frames:
        dataset.add(label, encode_jpeg(frame, 95), burst=burst)


if __name__ == "__main__":
    main()
