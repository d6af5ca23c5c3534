"""How the browser tests open the page, look at it and teach it."""

from __future__ import annotations

import os
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
from showtell.server.server import StudioServer
from showtell.studio.studio import Studio

SCREENSHOTS = Path(__file__).parent / "screenshots"  # kept for looking at, not compared

needs_chromium = pytest.mark.skipif(
    chromium.PATH is None and "SHOWTELL_REQUIRE_BROWSER" not in os.environ,
    reason="no chromium here; install Debian's package to run the browser tests",
)
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
        thread.join(10)
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


def open_page(context: BrowserContext, server: StudioServer) -> Page:
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    page.goto(server.url)
    page.wait_for_selector("body[data-ready=true]")
    return page


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


def wait_until_shown(page: Page, thing: str, *, fresh: bool = False) -> None:
    """Until the camera shows the thing; ``fresh``: it has only just begun to, so it stays for seconds."""
    if fresh:
        wait_for(page, lambda: shown(page) != thing)
    wait_for(page, lambda: shown(page) == thing)


def wait_for(page: Page, condition: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(round(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")


def card(page: Page, label: str) -> Locator:
    return page.locator(f'[data-testid="class-card"][data-label="{label}"]')


def name_class(page: Page, place: int, label: str) -> None:
    name = page.get_by_test_id("class-card").nth(place).get_by_test_id("class-name")
    name.fill(label)
    name.press("Enter")
    expect(card(page, label)).to_be_visible()


def record(page: Page, label: str, ms: int = 1200) -> None:
    card(page, label).get_by_test_id("record").hover()
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def teach_star_and_mug(page: Page) -> None:
    for place, thing in enumerate(["star", "mug"]):
        name_class(page, place, thing)
        wait_until_shown(page, thing, fresh=True)
        record(page, thing)
