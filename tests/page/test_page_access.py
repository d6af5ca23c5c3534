"""The page for everybody: by the rules of WCAG 2.2 AA as far as axe-core can tell, by keyboard, in two languages, on
every screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages import card, in_a_browser, look, open_page
from showtell.server.server import StudioServer

pytestmark = in_a_browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def expect_accessible(page: Page, name: str, *schemes: Literal["light", "dark"]) -> None:
    """Leaves a picture of each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(f"axe.run(document, {json.dumps(RULES)}).then((result) => result.violations)")
        look(page, f"{name}-{scheme}")
        told = [(one["id"], one["help"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found]
        assert told == [], f"{name}, {scheme}"


def test_axe_finds_nothing(context: BrowserContext, taught_server: StudioServer) -> None:
    page = open_page(context, taught_server)
    expect(page.get_by_test_id("sentence")).to_contain_text('"')
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_be_visible()
    card(page, "mug").get_by_test_id("example").first.click()
    expect_accessible(page, "taught", "light", "dark")
    page.keyboard.press("Escape")
    page.get_by_test_id("heat").click()
    for menu in ("answer-options", "camera-options"):
        page.get_by_test_id(menu).click()
        expect_accessible(page, menu, "light")
    card(page, "mug").get_by_test_id("class-menu").click()
    card(page, "mug").get_by_test_id("all-pictures").click()
    expect_accessible(page, "album", "dark")
    page.keyboard.press("Escape")
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("map")).to_be_visible(timeout=240_000)
    expect(page.get_by_test_id("report")).to_be_visible(timeout=240_000)
    expect_accessible(page, "check", "light", "dark")
    for tab in ("show", "check", "use"):
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_test_id(f"tab-{tab}").click()
        expect_accessible(page, f"phone-{tab}", "dark" if tab == "check" else "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_axe_finds_nothing_on_an_empty_page_without_camera(browser: Browser, server: StudioServer) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = open_page(context, server)
    expect(page.get_by_test_id("camera-problem")).to_be_visible()
    expect_accessible(page, "empty-refused", "light", "dark")
    context.close()


def test_the_first_minute_by_keyboard_alone(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    expect(page.get_by_test_id("class-name").first).to_be_focused()
    page.keyboard.type("mug")
    page.keyboard.press("Enter")
    expect(card(page, "mug").get_by_test_id("record")).to_be_focused()
    page.keyboard.down("Space")
    expect(page.get_by_test_id("recording")).to_be_visible()
    expect(card(page, "mug").get_by_test_id("count")).not_to_have_text("0")
    page.keyboard.up("Space")
    expect(page.get_by_test_id("recording")).to_have_count(0)
    for _ in range(4):  # timer, files, the second class's name
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("data-testid") == "class-name":
            break
    expect(page.get_by_test_id("class-name").nth(1)).to_be_focused()


def test_german_is_spoken_from_the_first_word_and_english_on_wish(
    browser: Browser, taught_server: StudioServer, tmp_path: Path
) -> None:
    context = browser.new_context(permissions=["camera"], locale="de-AT", viewport={"width": 1024, "height": 768})
    page = open_page(context, taught_server)
    sentence = page.get_by_test_id("sentence")
    expect(sentence).to_contain_text("Ich sehe „")
    assert page.evaluate("document.documentElement.lang") == "de"
    card(page, "mug").get_by_test_id("class-name").fill("Tasse")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("undo")).to_contain_text("„mug“ in „Tasse“ umbenennen")  # what Python says, too
    (tmp_path / "Brief.jpg").write_text("no picture")
    card(page, "Tasse").get_by_test_id("files").set_input_files(tmp_path / "Brief.jpg")
    expect(page.get_by_test_id("toast")).to_contain_text("Brief.jpg: kein Bild, das showtell lesen kann")
    look(page, "german")
    page.get_by_test_id("language").select_option("en")
    expect(sentence).to_contain_text('I see "')
    page.reload()
    expect(sentence).to_contain_text('I see "')
    context.close()


def test_full_screen_shows_only_the_camera_and_what_it_sees(
    context: BrowserContext, taught_server: StudioServer
) -> None:
    page = open_page(context, taught_server)
    expect(page.get_by_test_id("sentence")).to_contain_text('"')
    page.get_by_test_id("full-screen").click()
    expect(page.get_by_test_id("class-card").first).to_be_hidden()
    expect(page.get_by_test_id("sentence")).to_be_visible()
    look(page, "full-screen")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("class-card").first).to_be_visible()
