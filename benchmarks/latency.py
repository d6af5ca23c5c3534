"""How long an answer takes, against the bare network and against the usual recipe: ``python -m benchmarks.latency``.

Each line is measured in turns within this one run, so the ratios mean something on a busy machine as well.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
from PIL import Image

import showtell
from benchmarks.frames import bursts, mixed
from benchmarks.measure import Pair, paired, timed
from showtell.networks import catalogue, runtime
from showtell.pictures.frame import decode, encode_jpeg

KERAS_PYTHON = Path(__file__).parents[1] / "build" / "keras-env" / "bin" / "python"
ENTRY = catalogue.find("efficientnet-lite0")
BATCHES = (1, 2, 4, 8, 16, 32)
Lessons = list[tuple[str, bytes]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras", type=Path, default=KERAS_PYTHON, help="python of the environment with Keras")
    parser.add_argument("--quick", action="store_true", help="only a look: fewer rounds")
    options = parser.parse_args()
    rounds = 3 if options.quick else 20

    source, taken = bursts(34)
    lessons = [(label, encode_jpeg(frame, 85)) for label, frame in mixed(taken)[:100]]
    kilobytes = median(len(picture) for _, picture in lessons) / 1000
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, onnxruntime {onnxruntime.__version__}; ", end="")
    print(f"100 {source} frames of 640×480, JPEG of {kilobytes:.0f} KB")
    print(f"\n{'':<62}{'showtell':>10}{'other':>10}{'ratio':>8}   aim")
    for size in ((640, 480), (320, 240)):  # a camera's frame, and what the page makes of it
        one_answer(lessons, rounds, size)
    keras_recipe(lessons, rounds, options.keras)
    for size in ((640, 480), (320, 240)):
        many_files(lessons, 2 if options.quick else 7, size)
    one_more(lessons, rounds)
    print()
    starts(lessons)


def one_answer(lessons: Lessons, rounds: int, size: tuple[int, int]) -> None:
    model = teach(lessons, 300)
    pictures = [resized(picture, size) for _, picture in lessons]
    ready = [ENTRY.ready([ENTRY.square(picture)]) for picture in pictures]
    bare = bare_session()
    pair = paired(
        lambda i: model.predict(pictures[i % 100]),
        lambda i: bare.run([ENTRY.cut], {"pictures": ready[i % 100]}),
        rounds,
    )
    row(f"JPEG of {size[0]}×{size[1]} in → answer out, against the bare session, ms", milliseconds(pair), "≤ 1.25")


def keras_recipe(lessons: Lessons, rounds: int, python: Path) -> None:
    if not python.is_file():
        print("JPEG in → answer out, against Keras: no build/keras-env; benchmarks/README.md says how to make it")
        return
    model = teach(lessons, 300)
    with tempfile.TemporaryDirectory() as folder, recipe(python, lessons, Path(folder)) as ask:
        pair = paired(ask, lambda i: model.predict(lessons[i % 100][1]), rounds, block=5)
    pair = Pair(pair.second, pair.first, pair.ratio)
    row("JPEG in → answer out, against the recipe with Keras, ms", milliseconds(pair), "≥ 12")


def many_files(lessons: Lessons, rounds: int, size: tuple[int, int]) -> None:
    model, bare, count = teach(lessons, 300), bare_session(), 400
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{i}.jpg" for i in range(count)]
        for file, (_, picture) in zip(files, lessons * 4, strict=True):
            file.write_bytes(resized(picture, size))
        ready = ENTRY.ready([ENTRY.square(file) for file in files])

        def session(batch: int) -> None:
            for at in range(0, count, batch):
                bare.run([ENTRY.cut], {"pictures": ready[at : at + batch]})

        best = min(BATCHES, key=lambda batch: min(timed(lambda _: session(batch), i) for i in range(2)))
        pair = paired(lambda _: model.predict_many(files), lambda _: session(best), rounds, block=1)
    rates = Pair(count / pair.first, count / pair.second, 1 / pair.ratio)
    row(f"{count} files of {size[0]}×{size[1]}, against batches of {best}, pictures/s", rates, "≥ 0.9")


def resized(picture: bytes, size: tuple[int, int]) -> bytes:
    return encode_jpeg(np.asarray(Image.fromarray(decode(picture)).resize(size)), 85)


def one_more(lessons: Lessons, rounds: int) -> None:
    model = teach(lessons, 1000)

    def extract(i: int) -> None:
        runtime.run(ENTRY, [ENTRY.square(lessons[i % 100][1])], "features")

    pair = paired(lambda i: model.add(*lessons[i % 100]), extract, rounds)
    row("one more example after 1,000, against one extraction, ms", milliseconds(pair), "≤ 1.5")


def starts(lessons: Lessons) -> None:
    with tempfile.TemporaryDirectory() as folder:
        saved, picture = Path(folder) / "things.showtell", Path(folder) / "picture.jpg"
        teach(lessons, 300).save(saved)
        picture.write_bytes(lessons[0][1])
        load = f"import showtell; model = showtell.load({str(saved)!r})"
        for what, code in {
            "start of Python alone": "pass",
            "… and import showtell": "import showtell",
            "… and load a model of 300 examples": load,
            "… and its first answer": f"{load}; model.predict({str(picture)!r})",
        }.items():
            command = [sys.executable, "-c", code]
            seconds = median(timed(lambda _, run=command: subprocess.run(run, check=True), i) for i in range(7))
            print(f"{what:<62}{seconds * 1000:>10.0f} ms")


def teach(lessons: Lessons, count: int) -> showtell.Model:
    """A model that was shown so many pictures; the lessons are gone through as often as it takes."""
    pictures, labels = [picture for _, picture in lessons], [label for label, _ in lessons]
    times = -(-count // len(lessons))
    return showtell.Model().fit((pictures * times)[:count], (labels * times)[:count])


def bare_session() -> onnxruntime.InferenceSession:
    """The network as ONNX Runtime runs it when nothing is said: what showtell is measured by."""
    return onnxruntime.InferenceSession(ENTRY.path.read_bytes(), providers=["CPUExecutionProvider"])


@contextmanager
def recipe(python: Path, lessons: Lessons, folder: Path) -> Iterator[Callable[[int], float]]:
    """``keras_recipe.py`` at work; gives a function that asks it about a picture and returns the seconds it took."""
    files = []
    for i, (_, picture) in enumerate(lessons):
        files.append(folder / f"{i}.jpg")
        files[-1].write_bytes(picture)
    labels = [label for label, _ in lessons]
    script = Path(__file__).with_name("keras_recipe.py")
    with subprocess.Popen(
        [python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        asked, answers = process.stdin, process.stdout

        def ask(line: str) -> dict[str, float]:
            print(line, file=asked, flush=True)
            answer = answers.readline()
            if not answer:
                raise SystemExit(f"{python} {script}: ended early; run it by hand to see why")
            return json.loads(answer)

        ask(json.dumps([[label, str(file)] for label, file in zip(labels * 3, files * 3, strict=True)]))
        yield lambda i: ask(str(files[i % 100]))["seconds"]
        asked.close()


def milliseconds(pair: Pair) -> Pair:
    return Pair(pair.first * 1000, pair.second * 1000, pair.ratio)


def row(what: str, pair: Pair, aim: str) -> None:
    print(f"{what:<62}{pair.first:>10.1f}{pair.second:>10.1f}{pair.ratio:>8.2f}   {aim}", flush=True)


if __name__ == "__main__":
    main()
