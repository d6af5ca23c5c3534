"""The whole of it, as a person uses it: the page in a real Chromium, with a fake camera that shows two drawn things."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from showtell import Dataset
from showtell.drawing import draw, write_clip
from showtell.protocol import Studio
from showtell.server import StudioServer

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
SCREENSHOTS = Path(__file__).parent / "screenshots"  # kept for looking at, not compared

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and "SHOWTELL_REQUIRE_BROWSER" not in os.environ,
        reason="no chromium here; install Debian's package to run the browser tests",
    ),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    clip = write_clip(tmp_path_factory.mktemp("clip") / "clip.y4m", ["star", "mug"], 2.5)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    with serve(tmp_path / "things") as server:
        yield server


@contextmanager
def serve(folder: Path, port: int = 0) -> Iterator[StudioServer]:
    server = StudioServer(Studio(Dataset(folder)), port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(10)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(permissions=["camera"], viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def open_page(context: BrowserContext, server: StudioServer) -> Page:
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    page.goto(server.url)
    page.wait_for_selector("body[data-ready=true]")
    return page


def look(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


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


def test_hold_two_things_up_and_hear_which_is_shown(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    look(page, "empty")
    teach_star_and_mug(page)
    for thing in ["star", "mug", "star"]:
        wait_until_shown(page, thing, fresh=True)
        expect(page.get_by_test_id("sentence")).to_contain_text(f'"{thing}"', timeout=2000)
        expect(page.get_by_test_id("sentence")).to_contain_text("% certain about it")
        look(page, f"sees-{thing}")
    for thing in ["star", "mug"]:
        on_disk = len(server.studio.dataset.examples(thing))
        assert on_disk >= 5
        expect(card(page, thing).get_by_test_id("count")).to_contain_text(str(on_disk))
        expect(card(page, thing).get_by_test_id("thumb").first).to_be_visible()
        (burst,) = {example.burst for example in server.studio.dataset.examples(thing)}
        assert burst
    assert page.locator('[data-testid="bar"]').count() == 2
    assert page.evaluate("showtellStats.answers.length") > 10


def test_closing_and_reopening_goes_on_where_it_stopped(context: BrowserContext, tmp_path: Path) -> None:
    with serve(tmp_path / "things") as server:
        page = open_page(context, server)
        teach_star_and_mug(page)
        page.close()
    counts = server.studio.dataset.counts
    with serve(tmp_path / "things") as server:
        page = open_page(context, server)
        assert server.studio.dataset.counts == counts
        for thing in ["star", "mug"]:
            expect(card(page, thing).get_by_test_id("count")).to_contain_text(str(counts[thing]))
            wait_until_shown(page, thing, fresh=True)
            expect(page.get_by_test_id("sentence")).to_contain_text(f'"{thing}"', timeout=2000)


def test_refused_camera_says_so_and_pictures_still_work(browser: Browser, server: StudioServer, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # without the permission
    page = open_page(context, server)
    problem = page.get_by_test_id("camera-problem")
    expect(problem).to_be_visible()
    expect(problem).to_contain_text("camera")
    expect(page.get_by_test_id("retry-camera")).to_be_visible()
    look(page, "camera-refused")
    rng = np.random.default_rng(1)
    for place, thing in enumerate(["star", "mug"]):
        name_class(page, place, thing)
        files = []
        for i in range(4):
            files.append(tmp_path / f"{thing}{i}.png")
            Image.fromarray(draw(thing, rng)).save(files[-1])
        card(page, thing).get_by_test_id("files").set_input_files(files)
        expect(card(page, thing).get_by_test_id("count")).to_contain_text("4")
    for thing in ["mug", "star"]:
        Image.fromarray(draw(thing, rng)).save(tmp_path / "test.png")
        page.get_by_test_id("test-files").set_input_files(tmp_path / "test.png")
        expect(page.get_by_test_id("test-sentence")).to_contain_text(f'"{thing}"')
    look(page, "tested-picture")
    context.close()


def test_classes_can_be_added_renamed_removed_and_brought_back(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    teach_star_and_mug(page)
    page.get_by_test_id("add-class").click()
    expect(page.get_by_test_id("class-card")).to_have_count(3)
    stars = len(server.studio.dataset.examples("star"))
    name_class(page, 0, "Stern ⭐")
    assert len(server.studio.dataset.examples("Stern ⭐")) == stars
    wait_until_shown(page, "star", fresh=True)
    expect(page.get_by_test_id("sentence")).to_contain_text('"Stern ⭐"', timeout=2000)
    card(page, "Stern ⭐").get_by_test_id("remove-class").click()
    expect(card(page, "Stern ⭐")).to_have_count(0)
    page.get_by_test_id("undo").first.click()
    expect(card(page, "Stern ⭐").get_by_test_id("count")).to_contain_text(str(stars))


def test_a_file_that_is_no_picture_is_said_and_the_rest_is_kept(
    context: BrowserContext, server: StudioServer, tmp_path: Path
) -> None:
    page = open_page(context, server)
    name_class(page, 0, "star")
    (tmp_path / "notes.jpg").write_text("no picture")
    Image.fromarray(draw("star", np.random.default_rng(0))).save(tmp_path / "good.jpg")
    card(page, "star").get_by_test_id("files").set_input_files([tmp_path / "notes.jpg", tmp_path / "good.jpg"])
    expect(page.get_by_test_id("toast").first).to_contain_text("notes.jpg")
    expect(card(page, "star").get_by_test_id("count")).to_contain_text("1")


def test_two_pages_stay_the_same(context: BrowserContext, server: StudioServer) -> None:
    first, second = open_page(context, server), open_page(context, server)
    first.bring_to_front()
    name_class(first, 0, "star")
    wait_until_shown(first, "star", fresh=True)
    record(first, "star")
    counts = [page_card.get_by_test_id("count") for page_card in (card(first, "star"), card(second, "star"))]

    def all_the_same() -> bool:  # the last pictures of a burst may still be on their way
        on_disk = len(server.studio.dataset.examples("star"))
        return on_disk >= 5 and all(count.inner_text().split()[0] == str(on_disk) for count in counts)

    wait_for(first, all_the_same)


def test_nothing_is_loaded_from_elsewhere(context: BrowserContext, server: StudioServer) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = open_page(context, server)
    teach_star_and_mug(page)
    own = server.url.removesuffix("/")
    assert [url for url in asked if not url.startswith((own, "blob:" + own.rsplit("/", 1)[0], "data:"))] == []
    assert page.evaluate("performance.getEntriesByType('resource').every(e => new URL(e.name).host === location.host)")


def test_the_server_comes_back_and_so_does_the_page(context: BrowserContext, tmp_path: Path) -> None:
    with serve(tmp_path / "things") as server:
        page = open_page(context, server)
        teach_star_and_mug(page)
        port, token = server.port, server.keys.owner
    with serve(tmp_path / "things", port) as server:
        server.keys.owner = token  # the same address, as if the computer had slept
        wait_until_shown(page, "mug", fresh=True)
        expect(page.get_by_test_id("sentence")).to_contain_text('"mug"', timeout=15_000)


def test_it_fits_every_screen(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    teach_star_and_mug(page)
    expect(page.get_by_test_id("sentence")).to_contain_text("certain")
    for width in (1440, 1024, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            look(page, f"{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
