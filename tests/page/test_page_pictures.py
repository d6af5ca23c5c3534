"""Pictures of a class on the page: select, move, remove, take back."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from pages import card, in_a_browser, look, open_page
from showtell.server.server import StudioServer

pytestmark = in_a_browser


def thumbs(page: Page, label: str) -> Locator:
    return card(page, label).locator(".thumb")


def counts(page: Page) -> list[str]:
    return [card(page, label).get_by_test_id("count").inner_text() for label in ("mug", "star")]


def expect_counts(page: Page, mug: int, star: int) -> None:
    for label, count in (("mug", mug), ("star", star)):
        expect(card(page, label).get_by_test_id("count")).to_have_text(str(count))


def test_a_row_of_pictures_is_moved_by_the_menu_and_comes_back(
    context: BrowserContext, drawn_server: StudioServer
) -> None:
    page = open_page(context, drawn_server)
    expect_counts(page, 6, 6)
    thumbs(page, "mug").nth(0).click()
    thumbs(page, "mug").nth(2).click(modifiers=["Shift"])
    expect(page.get_by_test_id("selection")).to_contain_text("3")
    look(page, "selected")
    page.get_by_test_id("move-to").select_option("star")
    expect_counts(page, 3, 9)
    expect(page.get_by_test_id("selection")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect_counts(page, 6, 6)
    page.keyboard.press("Control+Shift+z")
    expect_counts(page, 3, 9)
    page.get_by_test_id("undo").click()
    expect_counts(page, 6, 6)
    page.get_by_test_id("redo").click()
    expect_counts(page, 3, 9)
    expect(page.get_by_test_id("redo")).to_be_disabled()


def test_pictures_are_removed_with_the_keyboard_alone(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server)
    expect(thumbs(page, "star")).to_have_count(6)
    thumbs(page, "star").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_test_id("selection")).to_contain_text("3")
    page.keyboard.press("Delete")
    expect_counts(page, 6, 3)
    page.keyboard.press("Control+a")
    expect(page.get_by_test_id("selection")).to_contain_text("3")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("selection")).to_have_count(0)
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Picture 3 of “star”")


def test_a_picture_is_dragged_to_another_class(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server)
    thumbs(page, "mug").nth(1).drag_to(card(page, "star"))
    expect_counts(page, 5, 7)
    assert drawn_server.studio.dataset.counts == {"mug": 5, "star": 7}
