"""What the page says: the unknown, where the network looked, from when on it is unsure; all of it seen, and heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from pages import in_a_browser, look, open_page, show, wait_for
from showtell.server.server import StudioServer

pytestmark = in_a_browser

EARS = """
    window.tones = [];
    window.spoken = [];
    const Oscillator = window.OscillatorNode;
    window.OscillatorNode = class extends Oscillator {
        constructor(audio, options) {
            super(audio, options);
            tones.push(options.frequency);
        }
    };
    const voice = {speak: ({text, lang}) => spoken.push([lang, text]), cancel: () => spoken.push(["", "hush"])};
    Object.defineProperty(window, "speechSynthesis", {value: voice});
"""


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
    page = open_page(context, drawn_server, stage=True)
    both = """() => {
        const said = document.querySelector("[data-testid=sentence]").textContent;
        const bars = [...document.querySelectorAll("[data-testid=bar], [data-testid=bar-else]")];
        const best = bars.find((bar) => bar.classList.contains("is-best"));
        return [said, best?.querySelector(".bar-percent").textContent, bars.map((bar) => Number(bar.dataset.score))];
    }"""
    for wanted in ("certain", "don't know"):
        wait_for(page, lambda wanted=wanted: wanted in page.evaluate(both)[0])  # type: ignore[misc]
        said, percent, scores = page.evaluate(both)
        assert sum(scores) == pytest.approx(1)
        if wanted == "certain":
            assert percent.replace(" ", "") in said.replace("\u00a0", "")
        look(page, f"bars-{wanted.split()[-1]}")
        page.get_by_test_id("answer-options").click()
        page.get_by_test_id("unknown-below").fill("1")
        page.keyboard.press("Escape")


def test_the_heat_map_lies_on_the_thing(context: BrowserContext, drawn_server: StudioServer) -> None:
    page = open_page(context, drawn_server, stage=True)
    show(page, "mug")
    expect(page.get_by_test_id("heat-map")).to_have_count(0)
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_be_visible()
    assert page.get_by_test_id("heat-map").bounding_box() == page.get_by_test_id("guide").bounding_box()
    look(page, "heat")
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_have_count(0)


def test_a_change_of_the_answer_is_heard_if_somebody_wants_it(
    context: BrowserContext, taught_server: StudioServer
) -> None:
    context.add_init_script(EARS)
    page = open_page(context, taught_server, stage=True)
    expect(page.get_by_test_id("sentence")).to_contain_text('"star"')
    assert page.evaluate("[tones, spoken]") == [[], []]  # nobody asked for it

    page.get_by_test_id("answer-options").click()
    # clicked and heard in one turn of the page: a moment later, the answer may have changed
    assert len(page.get_by_test_id("sound").evaluate("box => { box.click(); return tones; }")) == 1
    said = page.get_by_test_id("speech").evaluate("box => { spoken.length = 0; box.click(); return spoken; }")
    assert [text[:7] for _, text in said if text != "hush"] == ['I see "']
    page.evaluate("tones.length = spoken.length = 0")
    for thing in ("mug", "star"):
        page.evaluate("spoken.length = 0")  # a star may have been announced late, before the mug
        show(page, thing)
        wait_for(page, lambda thing=thing: f'I see "{thing}"' in str(page.evaluate("spoken")))  # type: ignore[misc]
    assert len(set(page.evaluate("tones"))) == 2  # each class has its own

    page.get_by_test_id("speech").uncheck()
    assert page.evaluate("spoken.at(-1)") == ["", "hush"]
    page.get_by_test_id("speech").check()
    page.get_by_test_id("language").select_option("de")
    page.evaluate("spoken.length = 0")
    show(page, "mug")
    wait_for(page, lambda: ["de", "Ich sehe „"] in [[lang, text[:10]] for lang, text in page.evaluate("spoken")])


def test_a_page_opened_again_is_heard_after_the_first_click(
    context: BrowserContext, taught_server: StudioServer
) -> None:
    page = open_page(context, taught_server)
    page.get_by_test_id("answer-options").click()
    page.get_by_test_id("sound").check()
    context.add_init_script(
        """
        window.resumed = 0;
        const resume = AudioContext.prototype.resume;
        AudioContext.prototype.resume = function () { resumed++; return resume.call(this); };
        """
    )
    page.reload()
    wait_for(page, lambda: page.evaluate("resumed") > 0)
