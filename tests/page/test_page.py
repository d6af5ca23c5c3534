"""The whole of it, as a person uses it: the page in a real Chromium, with a fake camera that shows two drawn things."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from pages import (
    card,
    count_of,
    draw_dataset,
    in_a_browser,
    look,
    name_class,
    open_page,
    record,
    serve,
    show,
    teach_star_and_mug,
    wait_for,
)
from showtell.pictures.drawing import draw
from showtell.server.server import StudioServer

pytestmark = in_a_browser


def test_hold_two_things_up_and_hear_which_is_shown(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server, stage=True)
    look(page, "empty")
    teach_star_and_mug(page)
    for thing in ["star", "mug", "star"]:
        show(page, thing)
        expect(page.get_by_test_id("sentence")).to_contain_text(f'I see "{thing}"')
        expect(page.get_by_test_id("sentence")).to_contain_text("% certain about it")
        look(page, f"sees-{thing}")
    for thing in ["star", "mug"]:
        on_disk = len(server.studio.dataset.examples(thing))
        assert on_disk >= 5
        expect(card(page, thing).get_by_test_id("count")).to_contain_text(str(on_disk))
        expect(card(page, thing).get_by_test_id("thumb").first).to_be_visible()
        (burst,) = {example.burst for example in server.studio.dataset.examples(thing)}
        assert burst
    assert page.locator('[data-testid="bar"]').count() == 2
    assert page.evaluate("showtellStats.answers.length") > 10


def test_closing_and_reopening_goes_on_where_it_stopped(context: BrowserContext, tmp_path: Path) -> None:
    with serve(tmp_path / "things") as server:
        page = open_page(context, server, stage=True)
        teach_star_and_mug(page)
        wait_for(page, lambda: len(server.studio.dataset) == count_of(page, "star") + count_of(page, "mug"))
        page.close()
    counts = server.studio.dataset.counts
    with serve(tmp_path / "things") as server:
        page = open_page(context, server, stage=True)
        assert server.studio.dataset.counts == counts
        for thing in ["star", "mug"]:
            expect(card(page, thing).get_by_test_id("count")).to_contain_text(str(counts[thing]))
            show(page, thing)
            expect(page.get_by_test_id("sentence")).to_contain_text(f'I see "{thing}"')


def test_refused_camera_says_so_and_pictures_still_work(browser: Browser, server: StudioServer, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # without the permission
    page = open_page(context, server)
    problem = page.get_by_test_id("camera-problem")
    expect(problem).to_be_visible()
    expect(problem).to_contain_text("camera")
    expect(page.get_by_test_id("retry-camera")).to_be_visible()
    look(page, "camera-refused")
    rng = np.random.default_rng(1)
    for place, thing in enumerate(["star", "mug"]):
        name_class(page, place, thing)
        files = []
        for i in range(4):
            files.append(tmp_path / f"{thing}{i}.png")
            Image.fromarray(draw(thing, rng)).save(files[-1])
        card(page, thing).get_by_test_id("files").set_input_files(files)
        expect(card(page, thing).get_by_test_id("count")).to_contain_text("4")
    for thing in ["mug", "star"]:
        Image.fromarray(draw(thing, rng)).save(tmp_path / "test.png")
        page.get_by_test_id("test-files").set_input_files(tmp_path / "test.png")
        expect(page.get_by_test_id("test-sentence")).to_contain_text(f'"{thing}"')
    look(page, "tested-picture")
    context.close()


def test_classes_can_be_added_renamed_removed_and_brought_back(
    context: BrowserContext, taught_server: StudioServer
) -> None:
    server = taught_server
    page = open_page(context, server, stage=True)
    page.get_by_test_id("add-class").click()
    expect(page.get_by_test_id("class-card")).to_have_count(3)
    stars = len(server.studio.dataset.examples("star"))
    name_class(page, 1, "Stern ⭐")
    assert len(server.studio.dataset.examples("Stern ⭐")) == stars
    expect(page.get_by_test_id("sentence")).to_contain_text('"Stern ⭐"')
    card(page, "Stern ⭐").get_by_test_id("class-menu").click()
    card(page, "Stern ⭐").get_by_test_id("remove-class").click()
    expect(card(page, "Stern ⭐")).to_have_count(0)
    page.get_by_test_id("undo").first.click()
    expect(card(page, "Stern ⭐").get_by_test_id("count")).to_contain_text(str(stars))


def test_a_file_that_is_no_picture_is_said_and_the_rest_is_kept(
    context: BrowserContext, server: StudioServer, tmp_path: Path
) -> None:
    page = open_page(context, server)
    name_class(page, 0, "star")
    (tmp_path / "notes.jpg").write_text("no picture")
    Image.fromarray(draw("star", np.random.default_rng(0))).save(tmp_path / "good.jpg")
    card(page, "star").get_by_test_id("files").set_input_files([tmp_path / "notes.jpg", tmp_path / "good.jpg"])
    expect(page.get_by_test_id("toast").first).to_contain_text("notes.jpg")
    expect(card(page, "star").get_by_test_id("count")).to_contain_text("1")


def test_two_pages_stay_the_same(context: BrowserContext, server: StudioServer) -> None:
    first, second = open_page(context, server, stage=True), open_page(context, server)
    first.bring_to_front()
    name_class(first, 0, "star")
    record(first, "star")
    counts = [page_card.get_by_test_id("count") for page_card in (card(first, "star"), card(second, "star"))]

    def all_the_same() -> bool:  # the last pictures of a burst may still be on their way
        on_disk = len(server.studio.dataset.examples("star"))
        return on_disk >= 5 and all(count.inner_text().split()[0] == str(on_disk) for count in counts)

    wait_for(first, all_the_same)


def test_nothing_is_loaded_from_elsewhere(context: BrowserContext, taught_server: StudioServer) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = open_page(context, taught_server)
    expect(page.get_by_test_id("sentence")).to_contain_text("certain")
    expect(card(page, "mug").get_by_test_id("thumb").first).to_be_visible()
    page.get_by_test_id("heat").click()
    expect(page.get_by_test_id("heat-map")).to_be_visible()
    own = taught_server.url.removesuffix("/")
    assert [url for url in asked if not url.startswith((own, "blob:" + own.rsplit("/", 1)[0], "data:"))] == []
    assert page.evaluate("performance.getEntriesByType('resource').every(e => new URL(e.name).host === location.host)")


def test_the_server_comes_back_and_so_does_the_page(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 6)
    with serve(tmp_path / "things", classifier="knn") as server:
        page = open_page(context, server, stage=True)
        port, token = server.port, server.tokens.owner
    with serve(tmp_path / "things", port, classifier="knn") as server:
        server.tokens.owner = token  # the same address, as if the computer had slept
        show(page, "mug")
        expect(page.get_by_test_id("sentence")).to_contain_text('"mug"')


def test_it_fits_every_screen(context: BrowserContext, taught_server: StudioServer) -> None:
    page = open_page(context, taught_server)
    expect(page.get_by_test_id("sentence")).to_contain_text("certain")
    for width in (1440, 1024, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            look(page, f"{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
