"""The page is heard: a tone for each class, and the answer aloud, only if somebody wants it."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from pages import in_a_browser, open_page, wait_for, wait_until_shown
from showtell.server import StudioServer

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


def test_a_change_of_the_answer_is_heard_by_whom_who_wants_it(
    context: BrowserContext, taught_server: StudioServer
) -> None:
    context.add_init_script(EARS)
    page = open_page(context, taught_server)
    sentence = page.get_by_test_id("sentence")
    for thing in ("star", "mug"):
        wait_until_shown(page, thing, fresh=True)
        expect(sentence).to_contain_text(f'"{thing}"')
    assert page.evaluate("[tones, spoken]") == [[], []]  # nobody asked for it

    page.get_by_test_id("answer-options").click()
    page.get_by_test_id("sound").check()
    assert len(page.evaluate("tones")) == 1  # so it sounds
    page.get_by_test_id("speech").check()
    said = page.evaluate("spoken.filter(([, text]) => text !== 'hush')")
    assert len(said) == 1
    assert said[0][1].startswith('I see "')
    page.evaluate("tones.length = spoken.length = 0")
    for thing in ("star", "mug"):
        wait_until_shown(page, thing, fresh=True)
        wait_for(page, lambda thing=thing: f'I see "{thing}"' in str(page.evaluate("spoken")))  # type: ignore[misc]
    assert len(set(page.evaluate("tones"))) == 2  # each class has its own

    page.get_by_test_id("speech").uncheck()
    assert page.evaluate("spoken.at(-1)") == ["", "hush"]
    page.get_by_test_id("sound").uncheck()
    page.evaluate("tones.length = spoken.length = 0")
    wait_until_shown(page, "star", fresh=True)
    expect(sentence).to_contain_text('"star"')
    page.wait_for_timeout(800)
    assert page.evaluate("[tones, spoken]") == [[], []]

    page.get_by_test_id("speech").check()
    page.get_by_test_id("language").select_option("de")
    page.evaluate("spoken.length = 0")
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
