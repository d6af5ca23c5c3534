"""A phone is added by the page's code, and teaches what the first page then shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from test_page_access import expect_accessible

from pages import card, in_a_browser, look, name_class, open_page, record, running
from showtell import Dataset, Model
from showtell.server import lan
from showtell.server.server import StudioServer
from showtell.studio.studio import Studio

pytestmark = in_a_browser


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioServer]:
    monkeypatch.setattr(lan, "addresses", lambda: [IPv4Address("127.0.0.2")])  # stands for the local network
    studio = Studio(Dataset(tmp_path / "things"), Model(classifier="knn"))
    with running(StudioServer(studio, 0, folder=tmp_path / "config", lan=True)) as server:
        yield server


def test_a_phone_comes_in_by_the_code_and_is_a_camera(
    browser: Browser, context: BrowserContext, server: StudioServer
) -> None:
    assert server.lan
    page = open_page(context, server)
    page.get_by_test_id("add-phone").click()
    dialog, url = page.get_by_test_id("phone-dialog"), page.get_by_test_id("phone-url")
    expect(page.get_by_test_id("phone-print")).to_have_text(server.lan.fingerprint)
    expect(dialog).to_contain_text(re.compile(r"\b9:\d\d"))  # minutes and seconds that it is still good
    expect_accessible(page, "add-phone", "light", "dark")
    first = url.inner_text()
    page.get_by_test_id("phone-again").press("Enter")
    expect(url).not_to_have_text(first)

    guest = browser.new_context(
        permissions=["camera"], ignore_https_errors=True, viewport={"width": 390, "height": 844}, has_touch=True
    )
    phone = guest.new_page()
    phone.goto(url.inner_text())
    phone.wait_for_selector("body[data-ready=true]")
    expect(phone.get_by_test_id("guide")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    name_class(phone, 0, "mug")
    record(phone, "mug", 3)
    look(phone, "phone-guest")
    expect(card(page, "mug").get_by_test_id("thumb").first).to_be_visible()
    expect(phone.get_by_test_id("add-phone")).to_have_count(0)  # a guest invites nobody
    guest.close()


def test_a_code_ends_and_so_does_the_studios_hospitality(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    page.clock.install()
    page.get_by_test_id("add-phone").click()
    expect(page.get_by_test_id("phone-qr")).to_be_visible()
    page.clock.fast_forward("10:00")
    expect(page.get_by_test_id("phone-dialog")).to_contain_text("This code has run out.")
    look(page, "phone-code-over")
    server.lan = None  # as after a restart without --lan
    page.get_by_test_id("phone-again").click()
    expect(page.get_by_test_id("phone-dialog")).to_contain_text("no longer lets phones in")
