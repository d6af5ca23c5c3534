"""The camera and what may happen to it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from pages import draw_dataset, frames_pass, in_a_browser, look, open_page, serve, show, wait_for
from showtell.server.server import StudioServer

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

# Chromium's fake camera cannot be unplugged or turned away: two drawn ones stand in its place.
CAMERAS = """
    const sides = {front: "user", back: "environment"};
    const plugged = new Set(JSON.parse(sessionStorage.plugged ?? '["front", "back"]'));  // also after a reload
    const opened = [];
    const missing = () => new DOMException("no such camera", "NotFoundError");
    navigator.mediaDevices.enumerateDevices = async () =>
        [...plugged].map((id) => ({deviceId: id, kind: "videoinput", label: `${id} camera`}));
    navigator.mediaDevices.getUserMedia = async ({video: {deviceId, facingMode}}) => {
        const fits = (id) => (!deviceId || deviceId.exact === id) && (!facingMode || facingMode.exact === sides[id]);
        const id = [...plugged].find(fits);
        if (!id) throw missing();
        const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 480});
        const pen = canvas.getContext("2d");
        setInterval(() => {
            pen.fillStyle = id === "front" ? "#2a6" : "#26a";
            pen.fillRect(0, 0, 640, 480);
        }, 50);
        const stream = canvas.captureStream(20);
        const [track] = stream.getTracks();
        track.getSettings = () => ({deviceId: id, facingMode: sides[id], width: 640, height: 480});
        opened.push({id, track});
        return stream;
    };
    const changed = () => {
        sessionStorage.plugged = JSON.stringify([...plugged]);
        navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    };
    Object.assign(window, {
        cameras: {
            plug: (id) => { plugged.add(id); changed(); },
            unplug: (id) => {
                plugged.delete(id);
                for (const {id: one, track} of opened) {
                    if (one !== id || track.readyState === "ended") continue;
                    track.stop();
                    track.dispatchEvent(new Event("ended"));
                }
                changed();
            },
            used: () => opened.filter(({track}) => track.readyState === "live").map(({id}) => id),
            count: () => opened.length,
            last: () => opened.at(-1).track,
        },
    });
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
    frames_pass(page, 10)  # what was on its way is sent
    sent = page.evaluate("showtellStats.sent")
    frames_pass(page, 20)
    assert page.evaluate("showtellStats.sent") == sent
    page.evaluate("delete document.hidden")
    wait_for(page, lambda: page.evaluate("showtellStats.sent") > sent)


def test_a_video_is_tested_while_it_plays(context: BrowserContext, tmp_path: Path) -> None:
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 4)
    with serve(tmp_path / "things", classifier="knn") as server:
        page = open_page(context, server, stage=True)
        show(page, "star")
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


def open_with_cameras(context: BrowserContext, server: StudioServer) -> Page:
    context.add_init_script(CAMERAS)
    page = open_page(context, server)
    expect_used(page, "front")
    return page


def expect_used(page: Page, *cameras: str) -> None:
    """These are on, and no others."""
    page.wait_for_function("wanted => JSON.stringify(cameras.used()) === JSON.stringify(wanted)", arg=list(cameras))
    expect(page.get_by_test_id("guide")).to_have_count(1 if cameras else 0)


def test_a_camera_is_unplugged_and_plugged_in_again(context: BrowserContext, server: StudioServer) -> None:
    page = open_with_cameras(context, server)
    problem, choice = page.get_by_test_id("camera-problem"), page.get_by_test_id("camera-select")
    expect(choice.locator("option")).to_have_text(["front camera", "back camera"])
    page.evaluate("cameras.unplug('front')")
    expect_used(page, "back")  # the other one takes over
    expect(choice.locator("option")).to_have_text(["back camera"])
    page.evaluate("cameras.unplug('back')")
    expect(problem).to_have_attribute("data-problem", "lost")
    expect(problem).to_have_attribute("data-problem", "absent")  # tried again, in vain
    look(page, "camera-unplugged")
    expect_used(page)
    page.evaluate("cameras.plug('front')")
    expect_used(page, "front")  # noticed by itself
    expect(problem).to_have_count(0)


def test_the_other_camera_is_taken_and_shown_as_it_is_and_the_choice_is_kept(
    context: BrowserContext, server: StudioServer
) -> None:
    page = open_with_cameras(context, server)
    mirrored = page.locator(".preview.is-mirrored")
    expect(mirrored).to_have_count(1)
    page.get_by_test_id("flip").click()
    expect_used(page, "back")
    expect(mirrored).to_have_count(0)  # it looks away from you
    page.reload()
    expect_used(page, "back")
    page.get_by_test_id("flip").click()
    expect_used(page, "front")
    expect(mirrored).to_have_count(1)
    page.get_by_test_id("camera-select").select_option("back")
    expect_used(page, "back")
    page.evaluate("cameras.unplug('back')")
    page.reload()
    expect_used(page, "front")  # the chosen one is not there today


def test_a_camera_that_gives_no_pictures_for_some_seconds_is_started_anew(
    context: BrowserContext, server: StudioServer
) -> None:
    page = open_with_cameras(context, server)
    page.clock.install()
    mute = """muted => {
        Object.defineProperty(cameras.last(), "muted", {value: muted, configurable: true});
        cameras.last().dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }"""
    page.evaluate(mute, True)
    page.evaluate(mute, False)
    page.clock.fast_forward(4000)
    assert page.evaluate("cameras.count()") == 1  # it was but a moment
    page.evaluate(mute, True)
    page.clock.fast_forward(4000)
    page.wait_for_function("cameras.count() === 2")
    expect_used(page, "front")


def test_after_a_sleep_the_camera_is_there_again(context: BrowserContext, server: StudioServer) -> None:
    page = open_with_cameras(context, server)
    seen = """hidden => {
        Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(seen, True)
    page.evaluate("cameras.last().stop()")  # ended without a word, as while a computer sleeps
    page.evaluate(seen, False)
    page.wait_for_function("cameras.count() === 2")
    expect_used(page, "front")
    page.evaluate(seen, True)
    page.evaluate(seen, False)
    page.wait_for_timeout(200)
    assert page.evaluate("cameras.count()") == 2  # one that is fine stays as it is
