"""How the browser tests open the page, look at it and teach it."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from benchmarks import chromium
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from showtell import Dataset, Model
from showtell.pictures.drawing import draw
from showtell.pictures.frame import encode_jpeg
from showtell.server.server import StudioServer
from showtell.studio.studio import Studio

SCREENSHOTS = Path(__file__).parent / "screenshots"  # kept for looking at, not compared

needs_chromium = pytest.mark.skipif(
    chromium.PATH is None and "SHOWTELL_REQUIRE_BROWSER" not in os.environ,
    reason="no chromium here; install Debian's package to run the browser tests",
)
# What Firefox's driver reports as errors, and other browsers only note: a server that ended, the driver's own style.
NOTES = re.compile("establish a connection to the server at ws|The connection to ws|sha256-YjaKGiklmzC6")
LONG_S = 60  # a test that hangs should fail, some day

expect.set_options(timeout=1000 * LONG_S / 2)

# A camera that shows what a test puts before it, for as long as the test likes.
STAGE = """
    if (navigator.mediaDevices) {  // an empty page has none in Firefox
        const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const opened = (file) => createImageBitmap(new Blob([bytes(file)]));
        const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 480});
        const pen = canvas.getContext("2d"), pictures = {};
        for (const [thing, files] of Object.entries(FRAMES)) {
            Promise.all(files.map(opened)).then((all) => { pictures[thing] = all; });
        }
        let thing = Object.keys(FRAMES)[0], turn = 0;
        setInterval(() => {
            const film = pictures[thing];
            if (film) pen.drawImage(film[turn++ % film.length], 0, 0, 640, 480);
        }, 100);
        navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10);
        window.stage = (next) => { thing = next; };
    }
"""

in_a_browser = [pytest.mark.browser, needs_chromium]


@contextmanager
def running(server: StudioServer) -> Iterator[StudioServer]:
    """The server while it runs in a thread of its own; at the end it must stop."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(LONG_S)
    assert not thread.is_alive()


@contextmanager
def serve(folder: Path, port: int = 0, *, classifier: str = "best") -> Iterator[StudioServer]:
    with running(StudioServer(Studio(Dataset(folder), Model(classifier=classifier)), port)) as server:
        yield server


def draw_dataset(folder: Path, things: dict[str, str], count: int = 12) -> Dataset:
    """A dataset of drawn things, in two recordings each; ``things``: label -> what is drawn."""
    rng = np.random.default_rng(7)
    for label, thing in things.items():
        (folder / label).mkdir(parents=True)
        for i in range(count):
            name = f"burst{label}{i * 2 // count}-{i:03d}.jpg"
            Image.fromarray(draw(thing, rng)).save(folder / label / name, quality=90)
    return Dataset(folder)


def open_page(context: BrowserContext, server: StudioServer, *, stage: bool = False) -> Page:
    """The page, ready; with ``stage`` its camera shows what `show` puts before it, first a star."""
    page = context.new_page()
    if stage:
        page.add_init_script(f"const FRAMES = {json.dumps(_frames())};{STAGE}")
    page.set_default_timeout(1000 * LONG_S)
    page.on("pageerror", _fail)
    page.goto(server.url)
    page.wait_for_selector("body[data-ready=true]")
    return page


def _fail(error: object) -> None:
    if not NOTES.search(str(error)):
        pytest.fail(f"the page failed: {error}")


def _frames() -> dict[str, list[str]]:
    rng = np.random.default_rng(0)

    def picture(thing: str) -> str:
        return base64.b64encode(encode_jpeg(draw(thing, rng))).decode()

    return {thing: [picture(thing) for _ in range(20)] for thing in ("star", "mug")}


def look(page: Page, name: str, *, whole: bool = False) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def shown(page: Page) -> str:
    """What the camera shows: the star is yellow, the mug is red, told by the middle of the picture."""
    green = page.evaluate(
        """() => {
            const video = document.querySelector("video"), canvas = document.createElement("canvas");
            canvas.width = canvas.height = 1;
            const pen = canvas.getContext("2d");
            pen.drawImage(video, 280, 200, 80, 80, 0, 0, 1, 1);
            const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
            return green / red;
        }"""
    )
    return "star" if green > 0.55 else "mug"


def show(page: Page, thing: str) -> None:
    """Put the thing before the camera of a page with a stage."""
    page.evaluate("thing => stage(thing)", thing)
    wait_for(page, lambda: shown(page) == thing)


def wait_for(page: Page, condition: Callable[[], object], seconds: float = LONG_S) -> None:
    """Return once the condition holds."""
    for _ in range(round(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")


def frames_pass(page: Page, count: int) -> None:
    """Return when the camera has given so many more frames: time as the page has it, however busy the machine is."""
    page.evaluate(
        """async (count) => {
            const video = document.querySelector("video");
            for (; count > 0; count--) await new Promise((next) => video.requestVideoFrameCallback(next));
        }""",
        count,
    )


def card(page: Page, label: str) -> Locator:
    return page.locator(f'[data-testid="class-card"][data-label="{label}"]')


def name_class(page: Page, place: int, label: str) -> None:
    name = page.get_by_test_id("class-card").nth(place).get_by_test_id("class-name")
    name.fill(label)
    name.press("Enter")
    expect(card(page, label)).to_be_visible()


def record(page: Page, label: str, count: int = 6) -> None:
    """Record until the class has so many more pictures."""
    before = count_of(page, label)
    card(page, label).get_by_test_id("record").hover()
    page.mouse.down()
    wait_for(page, lambda: count_of(page, label) >= before + count)
    page.mouse.up()


def count_of(page: Page, label: str) -> int:
    """How many pictures the class has on the page."""
    found = re.match(r"\d+", card(page, label).get_by_test_id("count").inner_text())
    return int(found[0]) if found else 0


def teach_star_and_mug(page: Page) -> None:
    """On a page with a stage."""
    for place, thing in enumerate(["star", "mug"]):
        name_class(page, place, thing)
        show(page, thing)
        record(page, thing)
