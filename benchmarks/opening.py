"""How soon the studio is there: ``python -m benchmarks.opening``.

From the start of the process to the page that can be used (``data-ready``: connected, and it shows the dataset), and to
the first answer by a model that has learnt all. The browser is open already, as it is for most people. Each is measured
several times, with no dataset at all and with one whose pictures were looked at before.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks import chromium
from benchmarks.big import fill
from benchmarks.clients import Client, studio
from benchmarks.frames import bursts, half
from showtell.pictures.frame import encode_jpeg


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chromium", default=chromium.PATH, help="a Chromium that Playwright can drive")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    source, taken = bursts(8)
    kinds = [encode_jpeg(half(frame), 85) for burst in taken.values() for frame in burst]
    print(f"{os.cpu_count()} cores; {source} pictures; medians of {options.rounds} starts\n")
    print("| | address printed | page ready | first answer of the whole model |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=chromium.FLAGS)
        large = fill(Path(name) / "large", 10, options.pictures, kinds)
        for what, dataset in (("empty", Path(name) / "none"), (f"{options.pictures:,} cached pictures", large)):
            rounds = [opened(browser, dataset, kinds[0]) for _ in range(options.rounds)]
            cells = " | ".join(f"{median(times):.2f} s" for times in zip(*rounds, strict=True))
            print(f"| {what} | {cells} |", flush=True)
        browser.close()


def opened(browser: Browser, dataset: Path, picture: bytes) -> tuple[float, float, float]:
    """Seconds from the start to: the address, the page, an answer by all that is known."""
    context = browser.new_context(permissions=["camera"])
    page = context.new_page()
    began = time.perf_counter()
    with studio(dataset) as process:
        printed = time.perf_counter() - began
        page.goto(process.url)
        page.locator("body[data-ready=true]").wait_for()
        ready = time.perf_counter() - began
        with Client(process.url) as client:
            client.settle()
            client.ask("classify", picture, name=None)
        answered = time.perf_counter() - began
        context.close()
    return printed, ready, answered


if __name__ == "__main__":
    main()
