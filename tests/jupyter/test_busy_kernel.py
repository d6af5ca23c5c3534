"""A cell that computes for long: the camera stays, and every picture that was taken meanwhile arrives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from notebooks import hold, live_tracks, open_lab, wait_for, write_notebook
from playwright.sync_api import BrowserContext, expect

SHOW = """
import showtell as st
shots = []
camera = st.Camera(width=320, height=240)
recorder = st.Recorder(camera, label="mug")
recorder.on_shot(shots.append)
import ipywidgets
ipywidgets.VBox([camera, recorder])
"""
STUDIO = 'studio = st.Studio("taught-while-busy-{kernel}")\nstudio'
SECONDS = 11  # longer than a silence after which the camera would go off, in a page whose time is faster
BUSY = f"""
import time
camera.snapshot()
end = time.monotonic() + {SECONDS}
while time.monotonic() < end:
    sum(range(10_000))
camera.snapshot()
"""


@pytest.mark.parametrize("context", ["faster"], indirect=True)
@pytest.mark.parametrize("kernel", ["python3", "older"])  # ipykernel 7, ipykernel 6
def test_nothing_is_lost_while_a_cell_computes(
    context: BrowserContext, jupyter: str, folder: Path, kernel: str
) -> None:
    cells = [SHOW, STUDIO.format(kernel=kernel), BUSY]
    lab = open_lab(context, jupyter, write_notebook(folder / f"busy-{kernel}.ipynb", *cells, kernel=kernel))
    version = lab.execute("import ipykernel; print(ipykernel.__version__)")
    assert version.startswith("6." if kernel == "older" else "7.")
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    lab.run(1)
    card = lab.output(1).get_by_test_id("class-card").first
    name = card.get_by_test_id("class-name")
    name.fill("mug")
    name.press("Enter")
    hold(lab.page, card.get_by_test_id("record"), 500)
    wait_for(lab.page, lambda: int(lab.execute("print(len(studio.dataset))")) > 0)
    lab.start(2)
    lab.page.wait_for_timeout(1000)
    hold(lab.page, lab.output(0).get_by_role("button", name="Take a picture"), 1500)
    hold(lab.page, card.get_by_test_id("record"), 1500)
    lab.page.wait_for_timeout(1000 * (SECONDS - 5))
    lab.look(f"notebook-busy-{kernel}")
    assert live_tracks(lab.page) == 2  # the camera's and the studio's
    wait_for(lab.page, lambda: "1" in lab.execute("print(1)"))  # its turn comes when the cell is done
    taken = int(re.match(r"\d+", lab.output(0).locator(".showtell-count").inner_text())[0])
    assert taken >= 5
    wait_for(lab.page, lambda: int(lab.execute("print(len(shots))")) == taken)
    shown = int(card.get_by_test_id("count").inner_text())  # with those that are on the way
    assert shown >= 10
    wait_for(lab.page, lambda: int(lab.execute("print(len(studio.dataset))")) == shown)
    assert live_tracks(lab.page) == 2
    wait_for(lab.page, lambda: "mug" in lab.execute("camera.snapshot(); print('mug')"))
    if kernel == "older":
        expect(lab.output(2)).to_contain_text("no frame can come in while this cell runs")
    else:
        expect(lab.output(2)).not_to_contain_text("Error")


LISTEN = """
import threading
camera.snapshot(timeout=30)
seen, enough = [], threading.Event()
camera.on_frame(lambda frame: (seen.append(frame), len(seen) > 4 and enough.set()))
print(enough.wait(30))
"""


def test_a_cell_sees_what_comes_while_it_runs(context: BrowserContext, jupyter: str, folder: Path) -> None:
    """Also when it begins before the camera is on, and changes the camera's traits itself."""
    lab = open_lab(context, jupyter, write_notebook(folder / "listen.ipynb", SHOW, LISTEN))
    lab.run(0)
    lab.run(1)
    assert lab.output(1).inner_text().strip() == "True"
