"""Does the studio stay responsive? ``python -m benchmarks.load``.

A page with a camera of 30 frames a second asks while, beside it, all that could go wrong does. Each line is a studio
of its own. Told are its answers a second, how many of the usual ones that is, how long they take, and the most memory
that the studio's process ever had.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from benchmarks.big import fill
from benchmarks.clients import Answers, Client, Process, deaf, studio
from benchmarks.frames import bursts, half
from benchmarks.network import bad_network
from showtell.pictures.frame import encode_jpeg
from showtell.server.wire import pack

SLOW = 30_000  # bytes a second, an old phone at the edge of the Wi-Fi
FULL_DISK = """
import errno, os, pathlib, showtell.dataset.workspace
write_all = showtell.dataset.workspace.write_all
def full(descriptor, data):
    if pathlib.Path(os.environ["SHOWTELL_FULL"]).exists():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    write_all(descriptor, data)
showtell.dataset.workspace.write_all = full
"""


@dataclass(frozen=True)
class Bench:
    """What all loads share: pictures as the page sends them, where to put datasets, and how long to look."""

    pictures: dict[str, list[bytes]]
    folder: Path
    seconds: float
    many: int  # pictures dropped at once
    large: int  # pictures in the large dataset

    @property
    def frames(self) -> list[bytes]:
        return [picture for burst in self.pictures.values() for picture in burst]

    def watch(self, process: Process, during: Callable[[threading.Event], str] | None = None) -> tuple[Answers, str]:
        """What a page sees while ``during`` goes on in a thread; that ends when the event is set, or before."""
        enough = threading.Event()
        with Client(process.url) as page, ThreadPoolExecutor(1) as pool:
            page.settle()
            page.watch(self.frames, 2)
            other = pool.submit(during, enough) if during else None
            time.sleep(0.5 if other else 0)
            answers = page.watch(self.frames, self.seconds)
            enough.set()
            return answers, other.result() if other else ""


@contextmanager
def taught(bench: Bench, before: str = "") -> Iterator[Process]:
    """A studio that was taught three things."""
    with studio(Path(tempfile.mkdtemp(dir=bench.folder)) / "things", before) as process:
        with Client(process.url) as page:
            page.teach(bench.pictures)
        yield process


def usual(bench: Bench) -> tuple[Answers, str, float]:
    with taught(bench) as process:
        return *bench.watch(process), process.memory_mb()


def slow_page(bench: Bench) -> tuple[Answers, str, float]:
    """A second page whose network carries 30 KB a second, while a third one records."""
    with taught(bench) as process, bad_network(port_of(process), bytes_per_s=SLOW) as port:

        def during(enough: threading.Event) -> str:
            with Client(process.url, port) as slow, Client(process.url) as recording:
                other = threading.Thread(target=recording.record, args=(repeated(bench), "more", enough))
                other.start()
                answers = slow.watch(bench.frames, bench.seconds)
                other.join()
                return f"the slow page itself: {answers.rate:.1f} answers/s, {answers.lost} frames lost"

        return *bench.watch(process, during), process.memory_mb()


def lost_frames(bench: Bench) -> tuple[Answers, str, float]:
    """The page's own connection stands still for a second in every four."""
    with taught(bench) as process, bad_network(port_of(process), stall_every_s=3, stall_s=1) as port:
        with Client(process.url, port) as page:
            page.settle()
            answers = page.watch(bench.frames, bench.seconds)
        return answers, f"{answers.lost} frames lost", process.memory_mb()


def deaf_page(bench: Bench) -> tuple[Answers, str, float]:
    """A second page asks for thumbnails without end and reads none."""
    with taught(bench) as process:

        def during(enough: threading.Event) -> str:
            with Client(process.url) as page:
                ids = [name for group in page.ask("hello")["classes"] for name in group["examples"]]
            asked = 0
            with suppress(OSError), deaf(process.url) as send:  # it is let go, or nobody listens to it any more
                while not enough.is_set():
                    send(pack({"type": "thumbnails", "ref": asked, "examples": ids[:200]}, b""))
                    asked += 1
            return f"asked {asked} times for {len(ids[:200])}"

        return *bench.watch(process, during), process.memory_mb()


def full_disk(bench: Bench) -> tuple[Answers, str, float]:
    """A second page records, and the disk has no room; then it has."""
    marker = bench.folder / "full"
    os.environ["SHOWTELL_FULL"] = str(marker)
    with taught(bench, FULL_DISK) as process:

        def during(enough: threading.Event) -> str:
            with Client(process.url) as recording:
                marker.touch()
                _, refused = recording.record(repeated(bench), "more", enough)
                marker.unlink()
                saved = recording.ask("add", bench.frames[0], label="more", burst=None, name=None)["type"] == "saved"
                return f"{refused} pictures refused with a reason, then one {'saved' if saved else 'LOST'}"

        return *bench.watch(process, during), process.memory_mb()


def huge_frames(bench: Bench) -> tuple[Answers, str, float]:
    """A second page's camera sends frames of 10 MB, as fast as it can."""
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (3000, 4000, 3), np.uint8))
    frame = encode_jpeg(np.asarray(noise), 80)
    with taught(bench) as process:

        def during(enough: threading.Event) -> str:
            with Client(process.url) as huge:
                refused = 0
                while not enough.is_set():
                    refused += huge.ask("frame", frame)["type"] == "error"
                answer = huge.ask("classify", frame, name=None)["type"]
                return f"{len(frame) / 1e6:.0f} MB each: {refused} refused with a reason; as a picture: {answer}"

        return *bench.watch(process, during), process.memory_mb()


def dropped(bench: Bench) -> tuple[Answers, str, float]:
    """Many pictures dropped at once by a second page; watched until they are all there."""
    with taught(bench) as process, Client(process.url) as page, Client(process.url) as other:
        results: list[tuple[int, int]] = []
        some = (picture + place.to_bytes(4, "big") for place, picture in zip(range(bench.many), repeated(bench)))  # noqa: B905
        thread = threading.Thread(target=lambda: results.append(other.drop(some, "more")))
        page.watch(bench.frames, 2)
        began, answers = time.perf_counter(), Answers()
        thread.start()
        while thread.is_alive():
            part = page.watch(bench.frames, 2)
            answers.times += part.times
            answers.seconds += part.seconds
        took = time.perf_counter() - began
        return answers, f"{results[0][0]} saved, {results[0][0] / took:.0f} a second", process.memory_mb()


def many_classes(bench: Bench) -> tuple[Answers, str, float]:
    """200 classes of 20 pictures, and a second page records."""
    return large_dataset(bench, 200, 4000)


def many_pictures(bench: Bench) -> tuple[Answers, str, float]:
    """50,000 pictures in 10 classes, and a second page records."""
    return large_dataset(bench, 10, bench.large)


def large_dataset(bench: Bench, classes: int, pictures: int) -> tuple[Answers, str, float]:
    things = fill(Path(tempfile.mkdtemp(dir=bench.folder)) / "things", classes, pictures, bench.frames[::7])
    began = time.perf_counter()
    with studio(things) as process:
        with Client(process.url) as page:
            page.ask("hello")
            there = time.perf_counter() - began
            page.settle()
            learnt = time.perf_counter() - began

        def during(enough: threading.Event) -> str:
            with Client(process.url) as recording:
                saved, _ = recording.record(repeated(bench), "more", enough)
                return f"open after {there:.1f} s, all learnt after {learnt:.1f} s; {saved} more recorded meanwhile"

        return *bench.watch(process, during), process.memory_mb()


LOADS = [
    usual,
    slow_page,
    lost_frames,
    deaf_page,
    full_disk,
    huge_frames,
    dropped,
    many_classes,
    many_pictures,
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the pictures, for a look")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--only", nargs="*", choices=[load.__name__ for load in LOADS])
    options = parser.parse_args()
    source, taken = bursts(30)
    pictures = {label: [encode_jpeg(half(frame), 85) for frame in frames] for label, frames in taken.items()}
    print(
        f"{os.cpu_count()} cores; {source} frames of 320×240, {len(next(iter(pictures.values()))[0]) / 1000:.0f} KB\n"
    )
    print("| | answers/s | of the usual | median | 95 % within | memory | |\n|---|---|---|---|---|---|---|")
    base = 0.0
    with tempfile.TemporaryDirectory() as name:
        scale = 10 if options.quick else 1
        bench = Bench(pictures, Path(name), options.seconds, 10_000 // scale, 50_000 // scale)
        for load in LOADS:
            if options.only and load is not usual and load.__name__ not in options.only:
                continue
            answers, said, memory = load(bench)
            base = base or answers.rate
            print(
                f"| {load.__name__.replace('_', ' ')} | {answers.rate:.1f} | {answers.rate / base:.2f} | "
                f"{answers.within(50):.0f} ms | {answers.within(95):.0f} ms | {memory:.0f} MB | {said} |",
                flush=True,
            )


def repeated(bench: Bench) -> Iterator[bytes]:
    """Pictures without end."""
    while True:
        yield from bench.frames


def port_of(process: Process) -> int:
    port = urlsplit(process.url).port
    assert port
    return port


if __name__ == "__main__":
    main()
