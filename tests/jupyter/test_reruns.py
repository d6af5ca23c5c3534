"""Fifty runs of one cell leave no camera on, no thread behind, and no heap that grows with them."""

from __future__ import annotations

from pathlib import Path

from notebooks import Lab, live_tracks, open_lab, wait_for, write_notebook
from playwright.sync_api import BrowserContext, expect

RUNS = 50
CELL = """
import ipywidgets, threading
import showtell as st
camera = st.Camera(width=160, height=120)
camera.on_frame(lambda frame: None)
recorder = st.Recorder(camera)
studio = st.Studio("reruns")
ipywidgets.VBox([camera, recorder, studio])
"""
THREADS = "print(sum(thread.name.startswith('showtell') for thread in threading.enumerate()))"


def run(lab: Lab) -> None:
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_have_count(1)
    expect(lab.page.get_by_test_id("camera-off")).to_have_count(1)


def heap(lab: Lab) -> float:
    """MB of JavaScript that is still used."""
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6


def test_fifty_runs_leave_nothing_behind(context: BrowserContext, jupyter: str, folder: Path) -> None:
    lab = open_lab(context, jupyter, write_notebook(folder / "reruns.ipynb", CELL))
    for _ in range(5):
        run(lab)
    heap_before = heap(lab)
    for _ in range(RUNS - 5):
        run(lab)
    assert live_tracks(lab.page) == 2
    wait_for(lab.page, lambda: int(lab.execute(THREADS)) <= 4, 20)  # camera, frames, states, follow
    grown = heap(lab) - heap_before
    print(f"heap grew by {grown:.1f} MB in {RUNS - 5} runs")
    lab.execute("import gc; from showtell.studio.studio import Studio, Client; gc.collect()")
    counts = lab.execute("print(*[sum(type(o) is kind for o in gc.get_objects()) for kind in (Studio, Client)])")
    assert counts.split() == ["1", "1"]
    lab.command("notebook:clear-all-cell-outputs")
    wait_for(lab.page, lambda: live_tracks(lab.page) == 0)
    assert lab.page.evaluate("window.showtellCameras.size") == 0
    assert grown < 12  # JupyterLab keeps each widget's traits; with the code loaded anew each time it is 27 MB
