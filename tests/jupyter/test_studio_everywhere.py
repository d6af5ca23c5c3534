"""The studio in a cell of JupyterLab, Notebook, Voilà and marimo: teach two things, and hear which is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from notebooks import BIN, hold, live_tracks, look, open_lab, serving, show, shown, wait_for, write_notebook
from playwright.sync_api import BrowserContext, Page, expect

CAMERA = """
import ipywidgets
import showtell as st
camera = st.Camera(width=320, height=240)
told = ipywidgets.Label()
def tell(frame):
    told.value = f"frame {frame.shape}"
camera.on_frame(tell)
ipywidgets.VBox([camera, told])
"""
MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import showtell as st
    return mo, st

@app.cell
def _(st):
    camera = st.Camera(width=320, height=240)
    frames = []
    camera.on_frame(frames.append)
    camera
    return camera, frames

@app.cell
def _(frames, mo):
    refresh = mo.ui.refresh(options=[1], default_interval=1)
    refresh
    return (refresh,)

@app.cell
def _(camera, frames, mo, refresh):
    refresh
    mo.md(f"frame {frames[-1].shape if frames else None}")

@app.cell
def _(st):
    studio = st.Studio("marimo-things")
    studio
    return (studio,)

if __name__ == "__main__":
    app.run()
"""


@contextmanager
def notebook(host: str, context: BrowserContext, jupyter: str, folder: Path, home: Path) -> Iterator[Page]:
    """A page with a camera, what Python says of its frames, and a studio."""
    cells = (CAMERA, f'studio = st.Studio("{host}-things")\nstudio')
    path = write_notebook(folder / f"{host}.ipynb", *cells)
    if host in ("lab", "notebook"):
        lab = open_lab(context, jupyter, path, "lab/tree" if host == "lab" else "notebooks")
        lab.run(0)
        lab.run(1)
        yield lab.page
        return
    command = [BIN / "voila", path, "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1"]
    if host == "marimo":
        (folder / "marimo.py").write_text(MARIMO)
        command = [BIN / "marimo", "run", "marimo.py", "--headless", "--no-token", "--port={port}"]
    with serving(folder, home, *command) as url:
        page = context.new_page()
        page.goto(url)
        yield page


@pytest.mark.parametrize("host", ["lab", "notebook", "voila", "marimo"])
def test_show_and_tell(host: str, context: BrowserContext, jupyter: str, folder: Path, home: Path) -> None:
    with notebook(host, context, jupyter, folder, home) as page:
        expect(page.locator(".showtell-camera[data-status=on]")).to_be_visible()
        expect(page.get_by_text("frame (240, 320, 3)")).to_be_visible()
        for place, thing in enumerate(["star", "mug"]):
            card = page.get_by_test_id("class-card").nth(place)
            card.get_by_test_id("class-name").fill(thing)
            card.get_by_test_id("class-name").press("Enter")
            record = page.locator(f'[data-testid="class-card"][data-label="{thing}"]').get_by_test_id("record")
            record.scroll_into_view_if_needed()
            show(page, thing, fresh=True)
            hold(page, record, 1000)
        told = set()

        def both_told() -> bool:
            thing = shown(page)
            if f'"{thing}"' in page.get_by_test_id("sentence").inner_text():
                told.add(thing)
            return told == {"star", "mug"}

        wait_for(page, both_told)
        look(page, f"notebook-{host}")
        assert len(list((folder / f"{host}-things" / "mug").iterdir())) >= 4
        assert live_tracks(page) == 2


@pytest.mark.parametrize("context", ["refused"], indirect=True)
def test_without_a_camera_in_the_notebook_there_is_a_link_to_the_page(
    context: BrowserContext, jupyter: str, folder: Path
) -> None:
    path = write_notebook(folder / "refused.ipynb", 'import showtell as st\nstudio = st.Studio("linked")\nstudio')
    lab = open_lab(context, jupyter, path)
    lab.run(0)
    link = lab.output(0).get_by_role("link", name="Open this studio as a page")
    expect(link).to_be_visible()
    lab.look("notebook-refused")
    context.grant_permissions(["camera"])  # as another program than the editor would have it
    with context.expect_page() as opened:
        link.click()
    page = opened.value
    page.wait_for_selector("body[data-ready=true]")
    name = page.get_by_test_id("class-name").first
    name.fill("teapot")
    name.press("Enter")
    hold(page, page.get_by_test_id("record").first, 500)
    expect(lab.output(0).locator('[data-testid="class-card"][data-label="teapot"]')).to_be_visible()
    wait_for(page, lambda: int(lab.execute("print(len(studio.dataset))")) > 0)
