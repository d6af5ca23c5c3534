"""What the page says: the unknown, where the network looked, and from when on it is unsure."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from pages import in_a_browser, look, open_page, wait_until_shown
from showtell.server import StudioServer

pytestmark = in_a_browser


def test_when_unsure_it_says_so_or_guesses_as_one_likes(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server)
    sentence, slider = page.get_by_test_id("sentence"), page.get_by_test_id("unknown-below")
    page.get_by_test_id("answer-options").click()
    slider.fill("0")
    expect(sentence).to_contain_text("certain about it")
    slider.fill("1")
    expect(sentence).to_contain_text("I don't know this one (closest: ")
    assert drawn_server.studio.state()["unknown_below"] == 1
    look(page, "unknown")
    other = open_page(context, drawn_server)
    expect(other.get_by_test_id("unknown-below")).to_have_value("1")


def test_the_bars_say_what_the_sentence_says(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server)
    both = """() => {
        const said = document.querySelector("[data-testid=sentence]").textContent;
        const bars = [...document.querySelectorAll("[data-testid=bar], [data-testid=bar-else]")];
        const best = bars.find((bar) => bar.classList.contains("is-best"));
        return [said, best?.querySelector(".bar-percent").textContent, bars.map((bar) => Number(bar.dataset.score))];
    }"""
    for wanted in ("certain", "don't know"):
        expect(page.get_by_test_id("sentence")).to_contain_text(wanted)
        said, percent, scores = page.evaluate(both)
        assert sum(scores) == pytest.approx(1)
        if wanted == "certain":
            assert percent.replace(" ", "") in said.replace("\u00a0", "")
        else:
            expect(page.get_by_test_id("bar-else")).to_have_class(re.compile("is-best"))
        look(page, f"bars-{wanted[:4]}")
        page.get_by_test_id("answer-options").click()
        page.get_by_test_id("unknown-below").fill("1")
        page.keyboard.press("Escape")


def test_the_heat_map_lies_on_the_thing(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server)
    wait_until_shown(page, "mug")
    expect(page.get_by_test_id("heat-map")).to_have_count(0)
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_be_visible()
    assert page.get_by_test_id("heat-map").bounding_box() == page.get_by_test_id("guide").bounding_box()
    look(page, "heat")
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_have_count(0)
