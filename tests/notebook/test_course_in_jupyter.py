"""The course's first notebook as a person goes through it, with a camera; and with recorded pictures in its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from notebooks import ROOT, Lab, hold, live_tracks, open_lab, show, shown, wait_for, write_notebook
from playwright.sync_api import BrowserContext, expect

from showtell.drawing import write_folder

NOTEBOOK = ROOT / "src" / "showtell" / "notebooks" / "1-show-and-tell.ipynb"
RECORDED = """
import os
os.environ["SHOWTELL_FRAMES"] = "recorded"
import ipywidgets
import showtell as st
seen, shots = [], []
camera = st.Camera()
recorder = st.Recorder(camera, label="something else")
recorder.on_shot(shots.append)
ipywidgets.VBox([camera, recorder])
"""


def test_the_first_notebook_with_a_camera(context: BrowserContext, jupyter: str, folder: Path) -> None:
    path = Path(shutil.copy(NOTEBOOK, folder))
    cells = json.loads(path.read_text("utf-8"))["cells"]
    lab = open_lab(context, jupyter, path)

    def run(words: str) -> None:
        (number,) = [n for n, cell in enumerate(cells) if words in "".join(cell["source"]).splitlines()]
        lab.run(number)

    run("from sklearn.decomposition import PCA")
    run("camera = st.Camera(width=320, height=240)")
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    wait_for(lab.page, lambda: lab.execute("print(camera.snapshot(timeout=0).shape)").startswith("(240, 320, 3)"))
    run("frame = camera.snapshot()")
    run("network = st.FeatureExtractor()")
    run("examples = []")
    for thing in ("mug", "star"):
        show(lab.page, thing, fresh=True)
        hold(lab.page, lab.page.get_by_role("button", name=f"Take a picture of “{thing}”"), 1500)
    run("X, y = zip(*examples)  # all features, all names")
    run("plane = PCA(2).fit(X)")
    lab.look("course-1-plane")
    run("knn = KNeighborsClassifier(n_neighbors=3).fit(X, y)")
    run("def tell(frame):")
    run("answer = widgets.HTML()")
    answer = lab.page.locator("h1", has_text="I see a")
    for thing in ("mug", "star"):
        show(lab.page, thing, fresh=True)
        expect(answer).to_have_text(f"I see a {thing}")
    lab.look("course-1-answer")
    assert shown(lab.page) is not None
    run("camera.on_frame(show_and_tell, remove=True)")


def test_recorded_pictures_take_the_cameras_place(context: BrowserContext, jupyter: str, folder: Path) -> None:
    write_folder(folder / "recorded", ["star", "mug"], bursts=1, count=12)
    lab: Lab = open_lab(context, jupyter, write_notebook(folder / "recorded.ipynb", RECORDED))
    lab.run(0)
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    for thing in ("mug", "star"):
        show(lab.page, thing)
    lab.look("notebook-recorded")
    assert live_tracks(lab.page) == 0
    wait_for(lab.page, lambda: lab.execute("print(len(shots))").strip() == "10")  # without a press
    lab.page.get_by_role("button", name="Take a picture").click()
    wait_for(lab.page, lambda: lab.execute("print(len(shots), shots[-1].picture.shape)").strip() == "11 (480, 640, 3)")
    lab.execute("camera.on_frame(seen.append)")
    wait_for(lab.page, lambda: int(lab.execute("print(len(seen))")) > 5)
    lab.page.get_by_role("button", name="Turn the camera off").click()
    expect(lab.page.locator(".showtell-camera[data-status=off]")).to_be_visible()
