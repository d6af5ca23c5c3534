"""Does data care find what is wrong, and only that? ``python -m benchmarks.care``

Plants faults in simulated episodes (drawn ones where the simulation is not there) and counts, by kind: planted
pictures that were found, and pictures that were named although nothing was planted in them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.frames import available, simulation
from showtell import Dataset, Finding, care
from showtell.pictures.drawing import THINGS, draw
from showtell.pictures.frame import Frame, encode_jpeg

SHOTS = 20
Bursts = list[tuple[str, str, list[Frame]]]  # label, burst, frames


def episode(seed: int, scenes: int) -> Bursts:
    """Five things and an empty scene (or four drawn things), a burst of 20 in each of ``scenes`` scenes."""
    rng = np.random.default_rng(seed)
    if not available():
        return [(t, f"{t}{s}", [draw(t, rng) for _ in range(SHOTS)]) for t in THINGS for s in range(scenes)]
    module = simulation()
    module.WIDTH, module.HEIGHT = 320, 240
    sim = module.WebcamSim(seed)
    places = rng.choice(sorted(sim.backgrounds), scenes, replace=False)
    things = [str(thing) for thing in rng.choice(sorted(sim.objects), 5, replace=False)]
    return [
        (thing or "nothing", f"{thing}{number}", sim.burst(thing, place, SHOTS))
        for thing in [*things, None]
        for number, place in enumerate(places)
    ]


def noisy(pixels: np.ndarray, rng: np.random.Generator) -> Frame:
    return np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)


def blurred(frame: Frame, rng: np.random.Generator) -> Frame:
    radius = rng.uniform(4, 7) * frame.shape[0] / 240
    return noisy(np.asarray(Image.fromarray(frame).filter(ImageFilter.GaussianBlur(radius)), float), rng)


FAULTS: dict[str, Callable[[Frame, np.random.Generator], Frame]] = {
    "blurred": blurred,
    "dark": lambda frame, rng: noisy(frame * rng.uniform(0.06, 0.14), rng),
    "bright": lambda frame, rng: noisy(frame * rng.uniform(3, 4) + 60.0, rng),
    "empty": lambda frame, rng: noisy(np.ones(frame.shape) * rng.uniform(0, 255, 3), rng),
}


def planted(folder: Path, bursts: Bursts, faults: int, rng: np.random.Generator) -> tuple[Dataset, dict[str, str]]:
    """The bursts as a dataset with so many faults of each kind; and the kind planted in each example, by its id."""
    wrong: dict[str, str] = {}
    data = Dataset(folder)
    places = [(b, i) for b, (_, _, frames) in enumerate(bursts) for i in range(len(frames))]
    drawn = iter([places[int(n)] for n in rng.permutation(len(places))])
    todo = {next(drawn): kind for kind in [*FAULTS, "mislabelled", "duplicate"] for _ in range(faults)}
    late = []
    for b, (label, burst, frames) in enumerate(bursts):
        for i, frame in enumerate(frames):
            kind = todo.get((b, i), "")
            if kind == "mislabelled":
                to = str(rng.choice(sorted({other for other, _, _ in bursts} - {label})))
                late.append((to, frame, next(name for other, name, _ in bursts if other == to), kind))
                continue
            shown = FAULTS[kind](frame, rng) if kind in FAULTS else frame
            example = data.add(label, encode_jpeg(shown, 80), burst=burst)
            if kind in FAULTS:
                wrong[example.id] = kind
            elif kind == "duplicate":
                late.append((label, frame, None, kind))
    for label, frame, burst, kind in late:
        smaller = np.asarray(Image.fromarray(frame).resize((frame.shape[1] * 3 // 4, frame.shape[0] * 3 // 4)))
        example = data.add(label, encode_jpeg(smaller if kind == "duplicate" else frame, 75), burst=burst)
        wrong[example.id] = kind
    return data, wrong


def count(findings: list[Finding], wrong: dict[str, str]) -> tuple[Counter[str], Counter[str]]:
    """Pictures that were rightly and falsely named, by kind; a dark picture may be called empty, and so on."""
    named = {(example.id, finding.kind) for finding in findings for example in finding.examples}
    pairs = {example.id for f in findings if f.kind == "duplicate" for example in f.examples if f.examples}
    ids = {id for id, _ in named}
    right = Counter(kind for id, kind in wrong.items() if id in ids and (kind != "duplicate" or id in pairs))
    false = Counter(kind for id, kind in named if id not in wrong and kind != "duplicate")
    real = {
        id
        for f in findings
        if f.kind == "duplicate" and any(wrong.get(e.id) == f.kind for e in f.examples)
        for id in (e.id for e in f.examples)
    }
    false["duplicate"] += sum(kind == "duplicate" and id not in real for id, kind in named)
    false["unbalanced"] += sum(f.kind == "unbalanced" for f in findings)
    return right, false


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=6)
    parser.add_argument("--faults", type=int, default=2, help="of each kind in each episode; 0: a clean dataset")
    parser.add_argument("--scenes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=6000)
    options = parser.parse_args()
    total, right, false, pictures = Counter[str](), Counter[str](), Counter[str](), 0
    for number in range(options.episodes):
        seed = options.seed + number
        with tempfile.TemporaryDirectory() as folder:
            bursts = episode(seed, options.scenes)
            data, wrong = planted(Path(folder) / "things", bursts, options.faults, np.random.default_rng(seed))
            found, alarms = count(care(data), wrong)
            pictures += len(data)
        total.update(wrong.values())
        right += found
        false += alarms
    print(f"{pictures} pictures\n| kind | planted | found | false alarms (pictures) |\n|---|---|---|---|")
    for kind in [*FAULTS, "mislabelled", "duplicate", "unbalanced"]:
        print(f"| {kind} | {total[kind]} | {right[kind]} | {false[kind]} |")


if __name__ == "__main__":
    main()
