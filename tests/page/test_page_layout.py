"""Nothing is cut, covered or out of sight: in both languages, at every width, with the longest sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages import card, draw_dataset, in_a_browser, look, open_page, serve, show, wait_for
from showtell.server.server import StudioServer

pytestmark = in_a_browser

WIDTHS = (320, 390, 768, 1024, 1280, 1366, 1440, 1920)
LONG = "Große Lasagneteller"
SAME = "große LASAGNETELLER"  # to the page, and to most disks

FAULTS = re.sub(r"^/\*\*.*?\*/\n", "", (Path(__file__).parent / "faults.js").read_text(), flags=re.S)


def expect_no_faults(page: Page, name: str, widths: tuple[int, ...] = WIDTHS, *, tabs: bool = False) -> None:
    """Leaves a picture of each width."""
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
        for tab in ("check", "use", "show") if tabs and width < 700 else ("",):
            if tab:
                page.get_by_test_id(f"tab-{tab}").click()
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found += [f"{width} {tab}: {fault}" for fault in page.evaluate(FAULTS)]
            look(page, f"layout-{name}-{width}{tab}", whole=True)
    assert not found, "\n".join([name, *found])


@pytest.fixture(params=["en-GB", "de-AT"])
def spoken(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(permissions=["camera"], locale=request.param, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def test_the_first_minute_is_whole_at_every_width(spoken: BrowserContext, server: StudioServer) -> None:
    page = open_page(spoken, server, stage=True)
    expect(page.get_by_test_id("guide")).to_be_visible()
    language = page.evaluate("document.documentElement.lang")
    expect_no_faults(page, f"empty-{language}")
    name = page.get_by_test_id("class-name").first
    name.fill(LONG)
    name.press("Enter")
    page.keyboard.down("Space")
    expect(page.get_by_test_id("recording")).to_be_visible()
    expect_no_faults(page, f"recording-{language}")
    page.keyboard.up("Space")
    expect_no_faults(page, f"one-class-{language}", (320, 1280))
    second = page.get_by_test_id("class-name").nth(1)
    second.fill(SAME)
    second.press("Enter")
    expect(page.get_by_test_id("name-problem")).to_be_visible()
    expect(second).to_have_value(SAME)
    assert page.get_by_test_id("toast").count() == 0
    expect_no_faults(page, f"name-problem-{language}", (320, 768, 1280))


def test_without_a_camera_it_is_whole_at_every_width(browser: Browser, server: StudioServer) -> None:
    for locale in ("en-GB", "de-AT"):
        context = browser.new_context(locale=locale)  # without the permission
        page = open_page(context, server)
        expect(page.get_by_test_id("camera-problem")).to_be_visible()
        expect_no_faults(page, f"refused-{locale[:2]}")
        context.close()


@pytest.fixture
def long_names(tmp_path: Path) -> Iterator[StudioServer]:
    draw_dataset(tmp_path / "things", {LONG: "mug", "Sternförmige Keksausstecher aus Edelstahl": "star"}, 6)
    with serve(tmp_path / "things", classifier="knn") as server:
        yield server


def test_a_taught_page_is_whole_and_still_at_every_width(spoken: BrowserContext, long_names: StudioServer) -> None:
    page = open_page(spoken, long_names, stage=True)
    language = page.evaluate("document.documentElement.lang")
    sentence = page.get_by_test_id("sentence")
    expect(sentence).to_contain_text("%")
    expect_no_faults(page, f"known-{language}", tabs=True)
    places = {width: places_below_the_sentence(page, width) for width in WIDTHS}
    page.get_by_test_id("answer-options").click(force=True)
    page.get_by_test_id("unknown-below").fill("1")
    page.keyboard.press("Escape")
    expect(page.locator('.answer[data-kind="unknown"]')).to_be_visible()
    expect_no_faults(page, f"unknown-{language}", tabs=True)
    assert {width: places_below_the_sentence(page, width) for width in WIDTHS} == places  # nothing jumps
    assert page.get_by_test_id("sentence").evaluate("p => p.style.overflowWrap") == "normal"  # no word was broken

    page.set_viewport_size({"width": 1280, "height": 900})
    classes = card(page, LONG).bounding_box()
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("report")).to_be_visible(timeout=240_000)
    expect(page.get_by_test_id("checking")).to_have_count(0, timeout=240_000)
    page.evaluate("scrollTo(0, 0)")
    assert card(page, LONG).bounding_box() == classes  # they stay where they are
    expect_no_faults(page, f"check-{language}", tabs=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    card(page, LONG).get_by_test_id("example").first.click()
    page.get_by_test_id("remove-selected").click()
    expect(page.get_by_test_id("notice")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
        page.evaluate("scrollTo(0, 0)")
        assert page.evaluate(COVERED) == [], width
        look(page, f"layout-toast-{language}-{width}")


def places_below_the_sentence(page: Page, width: int) -> list[float]:
    page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
    if width < 700:
        page.get_by_test_id("tab-use").click()
    page.evaluate("scrollTo(0, 0)")
    tops: list[float] = page.evaluate(
        """() => [".answer .bars", ".answer .rest", ".answer .minute", ".answer .evidence", ".answer .speed"].map(
            (part) => Math.round(document.querySelector(part).getBoundingClientRect().top))"""
    )
    return tops


# what a toast lies over that one may want to press now
COVERED = """() => [...document.querySelectorAll(".toast")].flatMap((toast) => {
    const a = toast.getBoundingClientRect();
    return [...document.querySelectorAll("[data-testid=record], .tab, .card button")].filter((button) => {
        const b = button.getBoundingClientRect();
        const wide = Math.min(a.right, b.right) > Math.max(a.left, b.left);
        return b.width && wide && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top);
    }).map((button) => button.dataset.testid);
})"""


def test_full_screen_shows_camera_and_answer_whatever_was_open(
    context: BrowserContext, long_names: StudioServer
) -> None:
    page = open_page(context, long_names)
    expect(page.get_by_test_id("sentence")).to_contain_text("%")
    page.get_by_test_id("check-button").click()
    expect(page.get_by_test_id("report")).to_be_visible(timeout=240_000)
    page.get_by_test_id("full-screen").click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        video, said = page.locator("video").bounding_box(), page.get_by_test_id("sentence").bounding_box()
        assert video
        assert said
        assert video["width"] > 0.35 * width, width
        assert video["height"] > 100, width
        assert 0 <= said["x"] <= width - said["width"], width
        assert said["y"] + said["height"] <= 900, width
        apart = said["x"] >= video["x"] + video["width"] or said["y"] >= video["y"] + video["height"]
        assert apart, width
        look(page, f"layout-full-screen-{width}")
    assert page.get_by_test_id("check").is_hidden()


def test_what_has_the_focus_is_seen_on_a_phone(browser: Browser, long_names: StudioServer) -> None:
    context = browser.new_context(permissions=["camera"], viewport={"width": 390, "height": 844}, has_touch=True)
    page = open_page(context, long_names, stage=True)
    show(page, "mug")
    hidden = []
    stops = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const { activeElement: focused } = document;
                if (focused === document.body) return null;
                const { left, top, width, height } = focused.getBoundingClientRect();
                const seen = document.elementFromPoint(left + width / 2, top + height / 2);
                const own = seen &&
                    (focused.contains(seen) || seen.contains(focused) || focused.closest("label")?.contains(seen));
                return [own && !seen.matches(".columns, .root, main"), focused.dataset.testid ?? focused.className];
            }"""
        )
        if found is None:
            break
        stops += 1
        if not found[0]:
            hidden.append(found[1])
    assert stops > 15
    assert hidden == []
    context.close()


def test_answers_change_and_nothing_moves(context: BrowserContext, long_names: StudioServer) -> None:
    page = open_page(context, long_names, stage=True)
    expect(page.get_by_test_id("sentence")).to_contain_text("%")
    page.evaluate(
        """() => {
            globalThis.tops = new Set();
            globalThis.labels = new Set();
            const look = () => {
                tops.add(Math.round(document.querySelector(".answer .bars").getBoundingClientRect().top));
                labels.add(document.querySelector(".sentence-label")?.textContent);
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    for thing, label in (("mug", LONG), ("star", "Sternförmige")):
        show(page, thing)
        expect(page.get_by_test_id("sentence")).to_contain_text(label)
    wait_for(page, lambda: page.evaluate("labels.size") >= 2)
    assert page.evaluate("tops.size") == 1
