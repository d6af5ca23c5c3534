"""The camera and what may happen to it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from pages import draw_dataset, in_a_browser, look, open_page, serve, wait_for, wait_until_shown
from showtell.server import StudioServer

pytestmark = in_a_browser

WATCH_TRACKS = """
    globalThis.tracks = [];
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await original(wanted);
        tracks.push(...stream.getTracks());
        return stream;
    };
"""

FILM = """async () => {
    const recorder = new MediaRecorder(document.querySelector("video").srcObject, {mimeType: "video/webm"});
    const pieces = [];
    recorder.ondataavailable = ({data}) => pieces.push(data);
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
    const transfer = new DataTransfer();
    transfer.items.add(new File(pieces, "film.webm", {type: "video/webm"}));
    const input = document.querySelector("[data-testid=test-files]");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def live_tracks(page: Page) -> int:
    return int(page.evaluate("tracks.filter(({readyState}) => readyState === 'live').length"))


def test_the_light_goes_off_and_the_camera_comes_back(context: BrowserContext, server: StudioServer) -> None:
    context.add_init_script(WATCH_TRACKS)
    page = open_page(context, server)
    guide = page.get_by_test_id("guide")
    expect(guide).to_be_visible()
    assert live_tracks(page) == 1
    page.get_by_test_id("camera-off").click()
    assert live_tracks(page) == 0
    page.get_by_role("button", name="Turn on").click()
    expect(guide).to_be_visible()
    # unplugged, which ends the track; a second later it is tried again
    page.evaluate("tracks.at(-1).dispatchEvent(new Event('ended'))")
    expect(page.get_by_test_id("camera-problem")).to_have_attribute("data-problem", "lost")
    expect(guide).to_be_visible()
    assert live_tracks(page) == 1
    # another resolution, and the picture as it is
    page.get_by_test_id("camera-options").click()
    page.get_by_test_id("resolution").select_option("1280 × 720")
    wait_for(page, lambda: page.evaluate("tracks.length") == 4)
    expect(guide).to_be_visible()
    page.get_by_test_id("mirror").uncheck()
    expect(page.locator(".preview.is-mirrored")).to_have_count(0)
    assert live_tracks(page) == 1


def test_frames_are_sent_only_while_the_page_is_seen(context: BrowserContext, server: StudioServer) -> None:
    page = open_page(context, server)
    wait_for(page, lambda: page.evaluate("showtellStats.sent") > 2)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.wait_for_timeout(300)
    sent = page.evaluate("showtellStats.sent")
    page.wait_for_timeout(700)
    assert page.evaluate("showtellStats.sent") == sent
    page.evaluate("delete document.hidden")
    wait_for(page, lambda: page.evaluate("showtellStats.sent") > sent)


def test_a_video_is_tested_while_it_plays(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 4)
    with serve(tmp_path / "things", classifier="knn") as server:
        page = open_page(context, server)
        wait_until_shown(page, "star", fresh=True)
        page.evaluate(FILM)
        expect(page.get_by_test_id("test-video")).to_be_visible()
        expect(page.get_by_test_id("test-sentence")).to_contain_text('I see "star"')
        look(page, "test-video")
        page.get_by_test_id("test-close").click()
        expect(page.get_by_test_id("test-video")).to_have_count(0)


def test_a_broken_video_is_said(context: BrowserContext, server: StudioServer, tmp_path: Path) -> None:
    page = open_page(context, server)
    (tmp_path / "broken.webm").write_bytes(b"no video")
    page.get_by_test_id("test-files").set_input_files(tmp_path / "broken.webm")
    expect(page.get_by_test_id("toast")).to_contain_text("broken.webm")
