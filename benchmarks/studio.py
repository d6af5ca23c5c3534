"""How live the studio is: ``python -m benchmarks.studio``.

Starts the real studio, opens its page in a headless Chromium whose camera is a clip at 60 frames a second, teaches two
classes with the page's own buttons, and looks for 15 s at how many frames are answered and how long each takes from
the camera to the screen. Beside it: the bare network, and the studio asked by a client that is no browser.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Page, sync_playwright
from websockets.sync.client import connect

from benchmarks.frames import bursts, write_y4m
from benchmarks.latency import ENTRY, bare_session
from showtell.frame import encode_jpeg
from showtell.server import pack, unpack

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
IN_FLIGHT = 2  # as the page does it
CAMERA_FPS = 60  # above what can be answered, so that the camera is not what is measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="a Chromium that Playwright can drive")
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    source, taken = bursts(30)
    first, second = list(taken.values())[:2]
    print(f"{os.cpu_count()} cores; camera: {source} frames of 640×480, {CAMERA_FPS} a second\n")
    print(f"bare session, nothing else open      {bare_rate(5):6.1f} pictures/s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.y4m"
        write_y4m([*first, *second], clip, CAMERA_FPS)
        with studio(folder / "things") as url:
            if options.chromium:
                in_browser(url, options.chromium, clip, options.seconds)
            else:
                print("page: not measured, there is no chromium here")
        with studio(folder / "other") as url:
            pictures = {label: [encode_jpeg(frame, 85) for frame in frames] for label, frames in taken.items()}
            report("protocol only, no browser", *by_protocol(url, pictures, options.seconds), options.seconds)
    print(f"bare session, nothing else open      {bare_rate(5):6.1f} pictures/s")


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


@contextmanager
def studio(dataset: Path) -> Iterator[str]:
    """``showtell studio`` at work in a process of its own; gives its address."""
    command = [sys.executable, "-m", "showtell", "studio", dataset, "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield next(line.strip() for line in process.stdout if line.startswith("http"))
        finally:
            process.terminate()


def in_browser(url: str, chromium: str, clip: Path, seconds: float) -> None:
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_context(permissions=["camera"], viewport={"width": 1440, "height": 900}).new_page()
        page.goto(url)
        page.locator("body[data-ready=true]").wait_for()
        while not page.evaluate("() => window.showtellStats.answers.length"):
            page.wait_for_timeout(100)
        print(f"bare session, page open, not taught  {bare_rate(5):6.1f} pictures/s")
        for place in range(2):
            record(page, place)
        page.wait_for_timeout(2000)
        # The page keeps the newest 2,000 answers; 15 s at 60 a second are fewer.
        began = page.evaluate("() => { Object.assign(showtellStats, {sent: 0, skipped: 0}); return performance.now() }")
        page.wait_for_timeout(seconds * 1000)
        stats = page.evaluate("() => ({now: performance.now(), ...showtellStats})")
        answers = [answer["ms_on_screen"] for answer in stats["answers"] if answer["at"] >= began]
        shown = {name: page.get_by_test_id(name).inner_text() for name in ("sentence", "fps", "ms")}
        browser.close()
    report("page, from camera to screen", answers, stats["skipped"], (stats["now"] - began) / 1000)
    print(f"  the page itself says: {shown['sentence']} – {shown['fps']} frames/s, {shown['ms']} ms")


def record(page: Page, place: int, seconds: float = 2) -> None:
    """Hold the record button of the class at that place, as a person does."""
    page.get_by_test_id("class-card").nth(place).get_by_test_id("record").hover()
    page.mouse.down()
    page.wait_for_timeout(seconds * 1000)
    page.mouse.up()


def by_protocol(url: str, pictures: dict[str, list[bytes]], seconds: float) -> tuple[list[float], int]:
    """Milliseconds from frame to answer, and how many frames were skipped, for a client that speaks the protocol."""
    address = urlsplit(url)
    sent: dict[int, float] = {}
    times, skipped, ref = [], 0, 0
    with connect(f"ws://{address.netloc}{address.path}ws", origin=f"http://{address.netloc}", max_size=None) as page:
        for label, burst in pictures.items():
            for picture in burst[:20]:
                ref += 1
                page.send(pack({"type": "add", "ref": ref, "label": label, "burst": label, "name": None}, picture))
                while (unpack(page.recv())[0] or {}).get("ref") != ref:
                    pass
        frames = [picture for burst in pictures.values() for picture in burst]
        end = time.perf_counter() + seconds
        answered = True
        while time.perf_counter() < end:
            while answered and len(sent) < IN_FLIGHT:  # not after a skipped one: a camera would not be as quick
                ref += 1
                sent[ref] = time.perf_counter()
                page.send(pack({"type": "frame", "ref": ref}, frames[ref % len(frames)]))
            content = unpack(page.recv())[0] or {}
            began = sent.pop(content.get("ref") or 0, None)
            answered = content["type"] == "answer"
            if began is not None and answered:
                times.append((time.perf_counter() - began) * 1000)
            skipped += content["type"] == "skipped"
    return times, skipped


def report(what: str, times: list[float], skipped: int, seconds: float) -> None:
    half, most = np.percentile(times, [50, 95]) if times else (np.nan, np.nan)
    print(
        f"{what:<36} {len(times) / seconds:6.1f} answers/s; "
        f"median {half:.0f} ms, 95 % within {most:.0f} ms; {skipped} skipped",
        flush=True,
    )


if __name__ == "__main__":
    main()
