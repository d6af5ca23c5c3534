"""The page checks: how well it works, what is odd about the pictures, and the map of them all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from pages import card, draw_dataset, frames_pass, in_a_browser, look, open_page, serve, wait_for
from showtell.server.server import StudioServer
from showtell.server.wire import unpack

pytestmark = in_a_browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    """Two things, one star among the mugs, and a picture of nothing."""
    things = tmp_path / "things"
    draw_dataset(things, {"mug": "mug", "star": "star"}, 8)
    shutil.copy(next((things / "star").glob("*.jpg")), things / "mug" / "wrong.jpg")
    Image.fromarray(np.full((240, 320, 3), 128, np.uint8)).save(things / "star" / "nothing.jpg")
    with serve(things, classifier="knn") as server:  # quick to evaluate
        yield server


def unfold(page: Page) -> None:
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("accuracy")).to_contain_text("% right", timeout=240_000)
    expect(page.get_by_test_id("care")).to_be_visible()
    expect(page.get_by_test_id("checking")).to_have_count(0)


def test_the_check_unfolds_and_its_findings_are_dealt_with(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    expect(page.get_by_test_id("check")).to_be_hidden()
    unfold(page)
    expect(page.get_by_test_id("advice")).to_be_visible()
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if width == 390:
            page.get_by_test_id("tab-check").click()
        look(page, f"check-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})

    page.get_by_test_id("matrix").get_by_test_id("cell").first.click()  # the pictures behind a number
    expect(page.get_by_test_id("album").get_by_test_id("thumb").first).to_be_visible()
    look(page, "cell")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("album")).to_have_count(0)

    findings = page.get_by_test_id("finding")
    before = findings.count()
    page.locator('[data-testid="finding"][data-kind="mislabelled"]').get_by_test_id("care-fine").click()
    expect(findings).to_have_count(before - 1)

    both = page.locator('[data-testid="finding"][data-kind="duplicate"]')
    expect(both.get_by_test_id("care-remove-from")).to_have_text(["Remove from “mug”", "Remove from “star”"])
    both.locator('[data-label="mug"]').click()
    expect(card(page, "mug").get_by_test_id("count")).to_have_text("8")

    empty = page.locator('[data-testid="finding"][data-kind="empty"]')
    empty.get_by_test_id("care-remove").click()
    expect(card(page, "star").get_by_test_id("count")).to_have_text("8")
    expect(empty).to_have_count(0, timeout=240_000)  # checked anew


def test_the_map_moves_and_zooms_and_a_picture_of_it_is_chosen(context: BrowserContext, server: StudioServer) -> None:
    arrived: set[str] = set()  # the small pictures on the map

    def look_into(message: bytes | str) -> None:
        content, _ = unpack(message if isinstance(message, bytes) else message.encode())
        if content and content["type"] == "thumbnail":
            arrived.add(content["example"])

    context.on("page", lambda page: page.on("websocket", lambda socket: socket.on("framereceived", look_into)))
    page = open_page(context, server)
    unfold(page)
    drawn = page.get_by_test_id("map")
    drawn.scroll_into_view_if_needed()
    wait_for(page, lambda: len(arrived) >= len(server.studio.dataset))
    for _ in range(2):  # the last of them is drawn
        frames_pass(page, 5)
    look(page, "map")

    def content() -> str:
        return str(drawn.evaluate("canvas => canvas.toDataURL()"))

    drawn.focus()
    start = content()
    for key in ("+", "ArrowLeft"):
        before = content()
        page.keyboard.press(key)
        wait_for(page, lambda before=before: content() != before)  # type: ignore[misc]
    page.keyboard.press("0")
    wait_for(page, lambda: content() == start)
    page.get_by_test_id("map-method").select_option("tsne")
    wait_for(page, lambda: content() != start)
