"""Files onto the page: pictures dropped, pasted, in folders, without a class; and videos to test."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from pages import card, draw_dataset, in_a_browser, look, open_page, serve, wait_for
from showtell.pictures.drawing import draw
from showtell.server.server import StudioServer

pytestmark = in_a_browser

GIVE = """async ([type, selector, names, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    for (const name of names) transfer.items.add(new File([bytes], name, {type: "image/jpeg"}));
    const target = document.querySelector(selector);
    const how = {bubbles: true, cancelable: true};
    if (type === "paste") target.dispatchEvent(new ClipboardEvent("paste", {...how, clipboardData: transfer}));
    else for (const one of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(one, {...how, dataTransfer: transfer}));
    }
}"""


@pytest.fixture
def picture(tmp_path: Path) -> str:
    Image.fromarray(draw("star", np.random.default_rng(0))).save(tmp_path / "star.jpg")
    return base64.b64encode((tmp_path / "star.jpg").read_bytes()).decode()


def give(page: Page, type: str, target: str, names: list[str], picture: str) -> None:
    page.evaluate(GIVE, [type, target, names, picture])


def drop(context: BrowserContext, page: Page, path: Path) -> None:
    """Drop a real file or folder on the head of the page."""
    devtools = context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for type in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": type, "x": 700, "y": 30, "data": data})
        if type == "dragOver":
            look(page, "dragged-over")


def first_count(page: Page, place: int = 0) -> Locator:
    return page.get_by_test_id("class-card").nth(place).get_by_test_id("count")


def test_pictures_are_dropped_on_a_class_pasted_or_dropped_anywhere(
    context: BrowserContext, server: StudioServer, picture: str
) -> None:
    page = open_page(context, server)
    give(page, "drop", '[data-testid="class-card"]', ["a.jpg", "b.jpg"], picture)
    expect(first_count(page)).to_have_text("2")
    give(page, "paste", '[data-testid="class-name"]', ["c.jpg"], picture)
    expect(first_count(page)).to_have_text("3")
    give(page, "drop", ".header", ["d.jpg", "e.jpg"], picture)
    expect(page.get_by_test_id("where-to")).to_be_visible()
    look(page, "where-to")
    page.get_by_test_id("where-to-class").select_option("Class 2")
    page.get_by_test_id("where-to-add").click()
    expect(first_count(page, 1)).to_have_text("2")
    wait_for(page, lambda: server.studio.dataset.counts == {"Class 1": 3, "Class 2": 2})


def test_a_folder_of_class_folders_makes_the_classes(
    context: BrowserContext, server: StudioServer, tmp_path: Path
) -> None:
    draw_dataset(tmp_path / "given", {"mug": "mug", "star": "star"}, 4)
    (tmp_path / "given" / "mug" / ".DS_Store").write_text("nothing")
    page = open_page(context, server)
    drop(context, page, tmp_path / "given")
    for label in ("mug", "star"):
        expect(card(page, label).get_by_test_id("count")).to_have_text("4")
    wait_for(page, lambda: server.studio.dataset.counts == {"mug": 4, "star": 4})
    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("8 pictures were added")
    look(page, "dropped-folder")
    notice.get_by_test_id("notice-action").click()
    wait_for(page, lambda: len(server.studio.dataset) == 0)


def test_a_zip_goes_out_and_another_comes_in(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 4)
    with serve(tmp_path / "things", classifier="knn") as server:
        page = open_page(context, server)
        with page.expect_download() as saved:
            page.get_by_test_id("export").click()
        saved.value.save_as(tmp_path / "saved.zip")
        assert len([name for name in zipfile.ZipFile(tmp_path / "saved.zip").namelist() if name.endswith(".jpg")]) == 8
    with serve(tmp_path / "others", classifier="knn") as server:
        page = open_page(context, server)
        drop(context, page, tmp_path / "saved.zip")
        expect(page.get_by_test_id("notice")).to_contain_text("8 pictures were added")
        for label in ("mug", "star"):
            expect(card(page, label).get_by_test_id("count")).to_have_text("4")
        assert server.studio.dataset.counts == {"mug": 4, "star": 4}
        page.get_by_test_id("notice-action").click()
        wait_for(page, lambda: len(server.studio.dataset) == 0)
        with zipfile.ZipFile(tmp_path / "loose.zip", "w") as file:
            file.write(next((tmp_path / "things" / "mug").glob("*.jpg")), "1.jpg")
        drop(context, page, tmp_path / "loose.zip")
        expect(page.get_by_test_id("toast")).to_contain_text("loose.zip: what does it show? Drop it on its class")


def test_all_pictures_of_a_class_are_looked_at(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "many", {"mug": "mug"}, 90)
    with serve(tmp_path / "many") as server:
        page = open_page(context, server)
        card(page, "mug").get_by_test_id("class-menu").click()
        look(page, "class-menu")
        page.get_by_test_id("all-pictures").click()
        album = page.get_by_test_id("album")
        expect(album.get_by_test_id("thumb").nth(30)).to_be_visible()
        album.locator(".album").evaluate("box => box.scrollTo(0, box.scrollHeight)")
        last = album.locator('[data-place="89"]')  # beyond what every state names
        expect(last.get_by_test_id("thumb")).to_be_visible()
        look(page, "album")
        last.click()
        page.get_by_test_id("remove-selected").click()
        expect(card(page, "mug").get_by_test_id("count")).to_have_text("89")
        assert len(server.studio.dataset.examples("mug")) == 89
