"""Classes on the page: recorded after a countdown, left out, put in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pages import card, draw_dataset, in_a_browser, look, open_page, serve, wait_for
from showtell.server.server import StudioServer

pytestmark = in_a_browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    draw_dataset(tmp_path / "things", {"fish": "fish", "mug": "mug", "star": "star"}, 4)
    with serve(tmp_path / "things", classifier="knn") as server:
        yield server


def order(page: Page) -> list[str | None]:
    return [one.get_attribute("data-label") for one in page.get_by_test_id("class-card").all()]


def choose(page: Page, label: str, item: str) -> None:
    card(page, label).get_by_test_id("class-menu").click()
    card(page, label).get_by_test_id(item).click()


def test_a_class_is_left_out_and_taken_in_again(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    expect(page.get_by_test_id("bar")).to_have_count(3)
    choose(page, "fish", "enable-class")
    expect(card(page, "fish").get_by_test_id("left-out")).to_be_visible()
    expect(page.get_by_test_id("bar")).to_have_count(2)
    look(page, "left-out")
    choose(page, "fish", "enable-class")
    expect(page.get_by_test_id("bar")).to_have_count(3)
    expect(card(page, "fish").get_by_test_id("left-out")).to_have_count(0)


def test_classes_are_put_in_order_by_menu_and_by_drag(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    assert order(page) == ["fish", "mug", "star"]
    choose(page, "star", "move-up")
    wait_for(page, lambda: order(page) == ["fish", "star", "mug"])
    card(page, "mug").hover()
    card(page, "mug").locator(".grip").drag_to(card(page, "fish").locator(".card-head"))
    wait_for(page, lambda: order(page) == ["mug", "fish", "star"])
    assert server.studio.dataset.labels == ["mug", "fish", "star"]


def test_recording_for_some_seconds_after_a_countdown(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    page.get_by_test_id("camera-options").click()
    page.get_by_test_id("seconds").select_option("2")
    page.keyboard.press("Escape")
    page.clock.install()
    page.clock.pause_at(datetime.now() + timedelta(seconds=5))
    card(page, "fish").get_by_test_id("record-timed").click()
    expect(page.get_by_test_id("countdown")).to_contain_text("3")
    look(page, "countdown")
    card(page, "fish").get_by_test_id("record-timed").click()  # again: never mind
    expect(page.get_by_test_id("countdown")).to_have_count(0)
    card(page, "fish").get_by_test_id("record-timed").click()
    expect(page.get_by_test_id("countdown")).to_contain_text("3")
    page.clock.resume()
    page.wait_for_selector('[data-testid="recording"]')
    expect(page.get_by_test_id("recording")).to_have_count(0)
    expect(card(page, "fish").get_by_test_id("count")).not_to_have_text("4")
