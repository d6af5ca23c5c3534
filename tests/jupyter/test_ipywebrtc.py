"""ipywebrtc's ImageRecorder as a camera, in JupyterLab."""

from __future__ import annotations

from pathlib import Path

from notebooks import open_lab, wait_for, write_notebook
from playwright.sync_api import BrowserContext

CELL = """
import ipywebrtc, ipywidgets
import showtell as st
stream = ipywebrtc.CameraStream(constraints={"audio": False, "video": {"width": 320, "height": 240}})
recorder = ipywebrtc.ImageRecorder(stream=stream, format="jpeg")
camera = st.from_ipywebrtc(recorder)
frames = []
camera.on_frame(frames.append)
ipywidgets.VBox([stream, recorder])
"""


def test_its_frames_arrive_one_after_the_other(context: BrowserContext, jupyter: str, folder: Path) -> None:
    lab = open_lab(context, jupyter, write_notebook(folder / "ipywebrtc.ipynb", CELL))
    lab.run(0)
    wait_for(lab.page, lambda: int(lab.execute("print(len(frames))")) >= 4)
    assert lab.execute("print({frame.shape for frame in frames})").strip() == "{(240, 320, 3)}"
    assert lab.execute("print(camera.snapshot().shape)").strip() == "(240, 320, 3)"
    lab.look("notebook-ipywebrtc")
    lab.execute("camera.close()")
    lab.page.wait_for_timeout(2000)
    before = lab.execute("print(len(frames))")
    lab.page.wait_for_timeout(2000)
    assert lab.execute("print(len(frames))") == before
