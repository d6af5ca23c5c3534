"""What a newcomer stumbles over: names, the browser's question, colours it hides, projects and files of all kinds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from pages import card, draw_dataset, in_a_browser, look, open_page, serve, wait_for
from showtell.server.server import StudioServer

pytestmark = in_a_browser

# The browser asks, and the first question is dismissed without an answer.
DISMISSED = """
    if (navigator.mediaDevices) {
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        let asked = 0;
        navigator.mediaDevices.getUserMedia = (wanted) => (asked++ ? open(wanted) : new Promise(() => {}));
        navigator.permissions.query = async () => ({state: "prompt"});
    }
"""

# As Firefox does with privacy.resistFingerprinting until the page may read the canvas.
RANDOM_COLOURS = """
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...where) {
        const image = read.apply(this, where);
        if (!window.canvasAllowed) crypto.getRandomValues(image.data);
        return image;
    };
"""


def test_a_name_that_was_only_typed_is_the_recordings_name_and_it_can_be_stopped(
    context: BrowserContext, server: StudioServer
) -> None:
    page = open_page(context, server, stage=True)
    expect(page.get_by_test_id("guide")).to_be_visible()
    first = page.get_by_test_id("class-card").first
    first.get_by_test_id("class-name").fill("mug")
    first.get_by_test_id("record").hover()
    page.mouse.down()
    expect(page.get_by_test_id("recording")).to_contain_text("“mug”")
    expect(card(page, "mug").get_by_test_id("record")).to_have_text("Recording…")
    expect(page.locator(".card.is-recording")).to_have_attribute("data-label", "mug")
    page.mouse.up()
    expect(page.get_by_test_id("recording")).to_have_count(0)

    page.get_by_test_id("camera-options").click()
    page.get_by_test_id("seconds").select_option("10")  # longer than Python takes for the name
    page.keyboard.press("Escape")
    timed = page.get_by_test_id("class-card").first
    timed.get_by_test_id("class-name").fill("cup")  # this one Python knows already
    timed.get_by_test_id("record-timed").click()
    expect(page.locator(".card.is-recording")).to_have_attribute("data-label", "cup")
    card(page, "cup").get_by_test_id("record-timed").click()  # again: never mind
    expect(page.locator(".card.is-recording")).to_have_count(0)
    wait_for(page, lambda: set(server.studio.dataset.counts) == {"cup"})


def test_a_question_that_was_dismissed_is_asked_again(context: BrowserContext, server: StudioServer) -> None:
    context.add_init_script(DISMISSED)
    page = open_page(context, server)
    expect(page.get_by_test_id("camera-asking")).to_contain_text("Your browser is asking")
    look(page, "camera-asking")
    page.get_by_test_id("ask-again").click()
    expect(page.get_by_test_id("guide")).to_be_visible()


def test_a_browser_that_hides_colours_is_told_from_a_camera(context: BrowserContext, server: StudioServer) -> None:
    context.add_init_script(RANDOM_COLOURS)
    page = open_page(context, server)
    problem = page.get_by_test_id("camera-problem")
    expect(problem).to_have_attribute("data-problem", "scrambled")
    expect(problem).to_contain_text("allow this page to read the canvas")
    look(page, "camera-scrambled")
    page.evaluate("window.canvasAllowed = true")
    page.get_by_test_id("retry-camera").click()
    expect(page.get_by_test_id("guide")).to_be_visible()


@pytest.mark.parametrize("door", ["project-files", "files", "folder-files"])
def test_a_project_is_opened_and_nothing_else_is_made(
    context: BrowserContext, server: StudioServer, tmp_path: Path, door: str
) -> None:
    given = draw_dataset(tmp_path / "given", {"mug": "mug", "star": "star"}, 4)
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as file:
        for path in (tmp_path / "given").glob("*/*.jpg"):
            file.write(path, path.relative_to(tmp_path / "given"))
    page = open_page(context, server)
    page.get_by_test_id("open").click()
    expect(page.get_by_test_id("open-project")).to_be_visible()
    page.keyboard.press("Escape")
    source = tmp_path / ("given" if door == "folder-files" else "given.zip")
    page.get_by_test_id(door).first.set_input_files(source)
    wait_for(page, lambda: server.studio.dataset.counts == given.counts)
    expect(page.get_by_test_id("class-card")).to_have_count(2)
    for label in given.labels:
        expect(card(page, label).get_by_test_id("count")).to_have_text("4")


def test_what_is_no_picture_is_refused_before_anybody_is_asked_where_it_belongs(
    context: BrowserContext, server: StudioServer
) -> None:
    page = open_page(context, server)
    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            const files = {
                "worksheet.pdf": "%PDF-1.7 ...",
                "IMG_1.heic": "\\0\\0\\0\\x18ftypheic\\0\\0\\0\\0",
                "broken.png": "\\x89PNG\\r\\n\\x1a\\n and no more",
            };
            for (const [name, letters] of Object.entries(files)) {
                transfer.items.add(new File([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))], name));
            }
            for (const one of ["dragenter", "dragover", "drop"]) {
                document.querySelector(".header").dispatchEvent(
                    new DragEvent(one, {bubbles: true, cancelable: true, dataTransfer: transfer}),
                );
            }
        }"""
    )
    toasts = page.get_by_test_id("toast")
    expect(toasts).to_have_count(3)
    told = ["worksheet.pdf: a PDF is no picture", "IMG_1.heic: HEIC is not read", "broken.png: damaged"]
    for place, words in enumerate(told):
        expect(toasts.nth(place)).to_contain_text(words)
    assert page.get_by_test_id("where-to").count() == 0


def test_a_taught_project_never_asks_for_a_second_thing(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "things", {"fish": "fish", "mug": "mug", "star": "star"}, 4)
    with serve(tmp_path / "things") as server:
        context.add_init_script(
            """
            window.said = new Set();
            const look = () => {
                const places = document.querySelectorAll("[data-testid=sentence], [data-testid=announced]");
                for (const place of places) said.add(place.textContent);
                requestAnimationFrame(look);
            };
            addEventListener("DOMContentLoaded", look);
            """
        )
        page = open_page(context, server)
        expect(page.get_by_test_id("sentence")).to_contain_text("%")
        wait_for(page, lambda: page.get_by_test_id("announced").inner_text() != "")
        said = page.evaluate("[...said]")
    assert not [sentence for sentence in said if "second thing" in sentence or "name it" in sentence], said
