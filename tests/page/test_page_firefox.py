"""The page in Firefox: what a person does first, the layout at every width, and what only Firefox does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright
from test_page import (
    test_classes_can_be_added_renamed_removed_and_brought_back,
    test_hold_two_things_up_and_hear_which_is_shown,
)
from test_page_access import (
    test_full_screen_shows_only_the_camera_and_what_it_sees,
    test_the_first_minute_by_keyboard_alone,
)
from test_page_answer import (
    test_the_heat_map_lies_on_the_thing,
    test_when_unsure_it_says_so_or_guesses_as_one_likes,
)
from test_page_check import server as mixed_up
from test_page_check import unfold
from test_page_first_use import (
    test_a_name_that_was_only_typed_is_the_recordings_name_and_it_can_be_stopped,
    test_a_question_that_was_dismissed_is_asked_again,
)
from test_page_layout import (
    long_names,
    spoken,
    test_a_taught_page_is_whole_and_still_at_every_width,
    test_the_first_minute_is_whole_at_every_width,
)

from pages import look, open_page
from showtell.server.server import StudioServer

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        FIREFOX is None and "SHOWTELL_REQUIRE_BROWSER" not in os.environ,
        reason="no Firefox here; install Debian's package firefox-esr to run its tests",
    ),
]

__all__ = [  # the same tests, with this module's browser
    "long_names",
    "mixed_up",
    "spoken",
    "test_a_name_that_was_only_typed_is_the_recordings_name_and_it_can_be_stopped",
    "test_a_question_that_was_dismissed_is_asked_again",
    "test_a_taught_page_is_whole_and_still_at_every_width",
    "test_classes_can_be_added_renamed_removed_and_brought_back",
    "test_full_screen_shows_only_the_camera_and_what_it_sees",
    "test_hold_two_things_up_and_hear_which_is_shown",
    "test_the_first_minute_by_keyboard_alone",
    "test_the_first_minute_is_whole_at_every_width",
    "test_the_heat_map_lies_on_the_thing",
    "test_when_unsure_it_says_so_or_guesses_as_one_likes",
]

CAMERA = {"media.navigator.streams.fake": True, "media.navigator.permission.disabled": True}


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Browser:
    return launch(driver, CAMERA)


def launch(driver: Playwright, preferences: dict[str, str | float | bool]) -> Browser:
    return driver.firefox.launch(channel="moz-firefox", executable_path=FIREFOX, firefox_user_prefs=preferences)


def test_firefox_that_hides_colours_is_told_from_a_camera(driver: Playwright, server: StudioServer) -> None:
    private = launch(driver, {**CAMERA, "privacy.resistFingerprinting": True})
    page = open_page(private.new_context(), server)
    expect(page.get_by_test_id("camera-problem")).to_have_attribute("data-problem", "scrambled")
    private.close()


def test_the_check_unfolds(context: BrowserContext, mixed_up: StudioServer) -> None:
    page = open_page(context, mixed_up)
    unfold(page)
    expect(page.get_by_test_id("map")).to_be_visible()
    look(page, "firefox-check", whole=True)
