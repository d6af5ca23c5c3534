"""Camera and Recorder in JupyterLab: frames and pictures come in, and the light goes off when it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from notebooks import Lab, hold, live_tracks, open_lab, show, wait_for, write_notebook
from playwright.sync_api import BrowserContext, expect

CAMERA = """
import showtell as st
seen, statuses, shots = [], [], []
camera = st.Camera(width=320, height=240, facing="user")
camera.on_frame(seen.append)
camera.observe(lambda change: statuses.append(change.new), "status")
camera
"""
RECORDER = """
recorder = st.Recorder(camera, label="mug")
recorder.on_shot(shots.append)
recorder
"""
SHOT = """
recorder.wait()
for shot in shots:
    assert shot.picture.shape == (240, 320, 3) and shot.jpeg[:2] == bytes([255, 216])
print([(shot.label, shots[1].burst == shot.burst) for shot in shots])
"""
COLOUR = "frame = camera.snapshot(); print(frame.shape, *frame[105:135, 145:175].mean(axis=(0, 1)).round())"


@pytest.fixture
def lab(context: BrowserContext, jupyter: str, folder: Path) -> Lab:
    return open_lab(context, jupyter, write_notebook(folder / "camera.ipynb", CAMERA, RECORDER, "camera", "1 + 1"))


def count(lab: Lab, what: str) -> int:
    return int(lab.execute(f"print({what})"))


def test_frames_and_pictures_arrive_in_python(lab: Lab) -> None:
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    wait_for(lab.page, lambda: count(lab, "len(seen)") > 10)
    assert lab.execute("print({(f.shape, f.dtype.name) for f in seen}, statuses)").strip() == (
        "{((240, 320, 3), 'uint8')} ['on']"
    )
    for thing in ["star", "mug"]:  # yellow, red: the colours come in the order RGB
        show(lab.page, thing, fresh=True)
        lab.page.wait_for_timeout(300)
        shape, red, green, blue = lab.execute(COLOUR).replace("(240, 320, 3)", "240x320").split()
        assert shape == "240x320"
        assert float(red) > float(green) > 2 * float(blue) if thing == "star" else float(red) > 2 * float(green)
    lab.run(1)
    button = lab.output(1).get_by_role("button", name="Take a picture of “mug”")
    button.click()
    expect(lab.output(1).locator(".showtell-count")).to_have_text("1")
    lab.execute('recorder.label = "pen"')
    button = lab.output(1).get_by_role("button", name="Take a picture of “pen”")
    hold(lab.page, button, 1500)
    lab.look("notebook-recorder")
    taken = int(lab.output(1).locator(".showtell-count").inner_text().partition(",")[0])
    wait_for(lab.page, lambda: count(lab, "len(shots)") == taken)
    assert taken >= 4
    assert lab.execute(SHOT).strip() == str([("mug", False)] + [("pen", True)] * (taken - 1))
    no_frame_is_in_the_saved_notebook(lab)
    assert "done" in lab.execute("camera.on_frame(seen.append, remove=True); print('done')")
    lab.page.wait_for_timeout(500)
    before = count(lab, "len(seen)")
    lab.page.wait_for_timeout(500)
    assert count(lab, "len(seen)") == before


def no_frame_is_in_the_saved_notebook(lab: Lab) -> None:
    lab.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")
    lab.command("docmanager:save")
    saved = lab.path.read_text()
    assert "application/vnd.jupyter.widget-state+json" in json.loads(saved)["metadata"]["widgets"]
    assert "/9j/" not in saved  # how a JPEG begins in base64
    assert len(saved) < 60_000  # the widgets' own code, twice


def test_the_light_is_on_while_it_is_shown(lab: Lab) -> None:
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_have_count(1)
    lab.run(2)  # another view of the same camera
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_have_count(2)
    assert lab.page.evaluate("window.tracks.length") == 1
    lab.select(2)
    lab.command("notebook:clear-cell-output")
    expect(lab.page.locator(".showtell-camera")).to_have_count(1)
    assert live_tracks(lab.page) == 1
    lab.output(0).get_by_role("button", name="Turn the camera off").click()
    wait_for(lab.page, lambda: lab.execute("print(camera.status)").strip() == "off")
    assert live_tracks(lab.page) == 0
    assert "none has come from the camera" in lab.execute("camera.snapshot(timeout=0.1)")
    lab.output(0).get_by_role("button", name="Turn the camera on").click()
    wait_for(lab.page, lambda: lab.execute("print(camera.status)").strip() == "on")
    lab.execute("camera.constraints = {'width': 160, 'height': 120}")
    wait_for(lab.page, lambda: lab.execute("print(camera.snapshot().shape)").strip() == "(120, 160, 3)")
    lab.execute("camera.close()")
    wait_for(lab.page, lambda: live_tracks(lab.page) == 0)
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_have_count(1)
    lab.command("notebook:clear-all-cell-outputs")
    wait_for(lab.page, lambda: live_tracks(lab.page) == 0)


@pytest.mark.parametrize("context", ["faster"], indirect=True)
def test_a_restarted_kernel_does_not_leave_the_light_on(lab: Lab) -> None:
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(lab.page.locator(".showtell-camera[data-status=silent]")).to_be_visible(timeout=40_000)
    expect(lab.output(0)).to_contain_text("Python is not answering")
    assert live_tracks(lab.page) == 0
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    assert live_tracks(lab.page) == 1


@pytest.mark.parametrize("context", ["refused"], indirect=True)
def test_a_refused_camera_says_what_to_do(lab: Lab) -> None:
    lab.run(0)
    expect(lab.output(0)).to_contain_text("The camera was not allowed. Allow it for this page")
    wait_for(lab.page, lambda: lab.execute("print(camera.status)").strip() == "refused")
