"""The course's first notebook as a person goes through it, with a camera; and with recorded pictures in its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from notebooks import ROOT, Lab, hold, live_tracks, open_lab, show, shown, wait_for, write_notebook
from playwright.sync_api import BrowserContext, expect

from showtell.pictures.drawing import write_folder

NOTEBOOK = ROOT / "src" / "showtell" / "course" / "1-show-and-tell.ipynb"
OUTPUTS = "(n) => window.jupyterapp.shell.currentWidget.content.widgets[n].model.outputs.toJSON()"
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

    def run(words: str, pictures: int = 0) -> None:
        """Run the cell with this line; it shows no error, and so many pictures."""
        (number,) = [n for n, cell in enumerate(cells) if words in "".join(cell["source"]).splitlines()]
        lab.run(number)
        outputs = lab.page.evaluate(OUTPUTS, number)
        assert [
            output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"
        ] == []
        assert sum("image/png" in output.get("data", {}) for output in outputs) == pictures

    run("from sklearn.decomposition import PCA")
    run("camera = st.Camera(width=320, height=240)")
    expect(lab.page.locator(".showtell-camera[data-status=on]")).to_be_visible()
    wait_for(lab.page, lambda: lab.execute("print(camera.snapshot(timeout=0).shape)").startswith("(240, 320, 3)"))
    run("frame = camera.snapshot()", pictures=1)
    run("network = st.FeatureExtractor()")
    run("examples = []")
    for thing in ("mug", "star"):
        button = lab.page.get_by_role("button", name=f"Take a picture of “{thing}”")
        button.scroll_into_view_if_needed()  # a video that is out of sight stands still
        show(lab.page, thing, fresh=True)
        hold(lab.page, button, 1500)
    run("X, y = zip(*examples)  # all features, all names")
    run("plane = PCA(2).fit(X)", pictures=1)
    lab.look("course-1-plane")
    run("knn = KNeighborsClassifier(n_neighbors=3).fit(X, y)")
    run("def tell(frame):", pictures=1)
    run("answer = widgets.HTML()")
    answer = lab.page.locator("h1", has_text="I see a")
    answer.scroll_into_view_if_needed()
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
