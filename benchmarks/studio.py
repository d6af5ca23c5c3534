"""How live the studio is: ``python -m benchmarks.studio``.

Starts the real studio on 2, 20 and 200 classes of 20 pictures, opens its page in a headless Chromium whose camera is a
clip, and looks for 15 s at how many frames are answered and how long each takes from the camera to the screen; then the
same with two pages, each with a camera. Beside it, where they are there: Teachable Machine's network and recipe in the
same Chromium (teachable.py), first as live, then learning. And: the bare network, and a client that is no browser.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks import chromium, teachable
from benchmarks.big import fill
from benchmarks.clients import Answers, Client, studio
from benchmarks.frames import bursts, half, write_y4m
from benchmarks.latency import ENTRY, bare_session
from showtell.pictures.frame import encode_jpeg

VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
CAMERA_FPS = 60  # above what can be answered, so that the camera is not what is measured
CLASSES = (2, 20, 200)
EACH = 20  # pictures a class
PEER = "Teachable Machine's recipe"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=chromium.PATH, help="a Chromium that Playwright can drive")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--peer", type=Path, default=teachable.MODEL, help="an exported Teachable Machine model")
    parser.add_argument("--learn", type=int, nargs="*", default=[100, 1000, 8000], help="pictures a class it learns")
    options = parser.parse_args()
    source, taken = bursts(30)
    first, second = list(taken.values())[:2]
    kinds = [encode_jpeg(half(frame), 85) for burst in taken.values() for frame in burst]
    print(f"{os.cpu_count()} cores; camera: {source} frames of 640×480, {CAMERA_FPS} a second\n")
    print(f"bare session, nothing else open: {bare_rate(5):.1f} pictures/s\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.y4m"
        write_y4m([*first, *second], clip, CAMERA_FPS)
        things = {n: fill(folder / f"{n}", n, n * EACH, kinds[::7]) for n in CLASSES}
        print("| | answers/s | median | 95 % within |\n|---|---|---|---|")
        with started(options.chromium, clip) as browser:
            for classes, dataset in things.items():
                with studio(dataset) as process:
                    row(f"{classes} classes", *pages(browser, process.url, 1, options.seconds))
                if teachable.available(options.peer):
                    row(f"{classes} classes, {PEER}", peer(browser, classes, options.peer, options.seconds))
            with studio(things[2]) as process:
                row("two pages, first", *pages(browser, process.url, 2, options.seconds))
        with studio(things[2]) as process, Client(process.url) as client:
            client.settle()
            row("no browser", client.watch(kinds, options.seconds, None))
        if teachable.available(options.peer) and options.learn:
            print("\n| | learnt in | longest standstill of the page |\n|---|---|---|")
            with started(options.chromium, clip) as browser, teachable.page(browser, 2, options.peer) as page:
                for each in options.learn:
                    took, longest = page.evaluate("([classes, each]) => learn(classes, each)", [2, each])
                    print(f"| {PEER}, {each} pictures a class | {took:.1f} s | {longest:.2f} s |", flush=True)
    print(f"\nbare session, nothing else open: {bare_rate(5):.1f} pictures/s")


@contextmanager
def started(path: str, clip: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*chromium.FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def pages(browser: Browser, url: str, count: int, seconds: float) -> list[Answers]:
    """What so many pages, each with its camera, see of the studio at the same time."""
    contexts = [browser.new_context(permissions=["camera"], viewport=VIEWPORT) for _ in range(count)]
    opened = [context.new_page() for context in contexts]
    for page in opened:
        page.goto(url)
        page.locator("body[data-ready=true]").wait_for()
        page.wait_for_function("() => window.showtellStats.answers.length > 30", timeout=60_000)
    began = [start(page) for page in opened]
    opened[0].wait_for_timeout(seconds * 1000)
    answers = [seen(page, since) for page, since in zip(opened, began, strict=True)]
    for context in contexts:
        context.close()
    return answers


def start(page: Page) -> float:
    begin = "() => { Object.assign(showtellStats, {sent: 0, skipped: 0}); return performance.now() }"
    return float(page.evaluate(begin))


def seen(page: Page, since: float) -> Answers:
    """The page keeps the newest 2,000 answers; 15 s at 60 a second are fewer."""
    stats = page.evaluate("() => ({now: performance.now(), ...showtellStats})")
    times = [answer["ms_on_screen"] for answer in stats["answers"] if answer["at"] >= since]
    return Answers((stats["now"] - since) / 1000, times, stats["skipped"])


def peer(browser: Browser, classes: int, model: Path, seconds: float) -> Answers:
    with teachable.page(browser, classes, model) as page:
        return Answers(seconds, page.evaluate("seconds => watch(seconds)", seconds))


def row(what: str, *found: Answers) -> None:
    for answers in found:
        print(
            f"| {what} | {answers.rate:.1f} | {answers.within(50):.0f} ms | {answers.within(95):.0f} ms |",
            flush=True,
        )
        what = "two pages, second"


def bare_rate(seconds: float) -> float:
    """Pictures a second through the bare session, one after the other."""
    session = bare_session()
    ready = np.zeros((1, 3, ENTRY.size, ENTRY.size), np.float32)
    count = 0
    session.run([ENTRY.cut], {"pictures": ready})
    started = time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        session.run([ENTRY.cut], {"pictures": ready})
        count += 1
    return count / passed


if __name__ == "__main__":
    main()
