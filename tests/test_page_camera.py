"""The camera and what may happen to it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from pages import in_a_browser, open_page, wait_for
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


def test_a_video_is_tested_while_it_plays(context: BrowserContext, server: StudioServer, tmp_path: Path) -> None:
    page = open_page(context, server)
    (tmp_path / "broken.webm").write_bytes(b"no video")
    page.get_by_test_id("test-files").set_input_files(tmp_path / "broken.webm")
    expect(page.get_by_test_id("toast")).to_contain_text("broken.webm")
