"""Real notebooks in a real Chromium whose fake camera shows a star and a mug, with real kernels.

The servers run in an environment of their own, build/notebook-env (``make notebook-env``); without it these tests skip.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks import chromium
from notebooks import BIN, IPYKERNEL_6, ROOT, serving
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from showtell.pictures.drawing import write_clip

REQUIRED = "SHOWTELL_REQUIRE_BROWSER" in os.environ
COUNT_TRACKS = """
    (() => {
        const media = navigator.mediaDevices, open = media?.getUserMedia.bind(media);
        window.tracks = [];
        if (open) media.getUserMedia = async (wish) => {
            const stream = await open(wish);
            window.tracks.push(...stream.getTracks());
            return stream;
        };
    })()
"""
FASTER = "(() => { const now = performance.now.bind(performance); performance.now = () => 2 * now(); })()"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker("browser")
        if not REQUIRED and chromium.PATH is None:
            item.add_marker(pytest.mark.skip(reason="no chromium here; install Debian's package"))
        if not REQUIRED and not (BIN / "jupyter-lab").exists():
            item.add_marker(pytest.mark.skip(reason="no notebooks here; make notebook-env installs them"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    clip = write_clip(tmp_path_factory.mktemp("clip") / "clip.y4m", ["star", "mug"], 2.5, fps=30)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium.PATH, args=[*chromium.FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        )


@pytest.fixture(params=["allowed"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    allowed = [] if request.param == "refused" else ["camera"]
    context = browser.new_context(permissions=allowed, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    context.add_init_script(COUNT_TRACKS)
    if request.param == "faster":  # the page runs out of patience in half the time
        context.add_init_script(FASTER)
    yield context
    context.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the notebooks of this run are."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a kernel of each kind: "python3" has ipykernel 7, "older" has ipykernel 6."""
    home = tmp_path_factory.mktemp("home")
    spec = home / ".local" / "share" / "jupyter" / "kernels" / "older"
    spec.mkdir(parents=True)
    argv = [str(BIN / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    path = os.pathsep.join([str(IPYKERNEL_6), str(ROOT / "src")])
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Older", "language": "python", "env": {"PYTHONPATH": path}})
    )
    return home


@pytest.fixture(scope="session")
def jupyter(folder: Path, home: Path) -> Iterator[str]:
    """JupyterLab, with Notebook 7 under /notebooks/."""
    options = [
        "--no-browser",
        "--allow-root",
        "--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
    ]
    options += [
        "--expose-app-in-browser",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--ServerApp.answer_yes=True",
    ]
    with serving(folder, home, BIN / "jupyter-lab", *options) as url:
        yield url
