"""Real notebooks in a real Chromium whose fake camera shows a star and a mug, each with real kernels.

The servers run in an environment of their own, build/notebook-env (``make notebook-env``); without it these tests skip.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from showtell.drawing import write_clip

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / "build" / "notebook-env" / "bin"
IPYKERNEL_6 = ROOT / "build" / "ipykernel6"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream"]
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"  # kept for looking at, not compared
REQUIRED = "SHOWTELL_REQUIRE_BROWSER" in os.environ
COUNT_TRACKS = """
    (() => {
        const media = navigator.mediaDevices, open = media?.getUserMedia.bind(media);
        window.tracks = [];
        if (open) media.getUserMedia = async (wish) => {
            const stream = await open(wish);
            window.wishes = [...(window.wishes ?? []), wish];
            window.tracks.push(...stream.getTracks());
            return stream;
        };
    })()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker("browser")
        if not REQUIRED and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium here; install Debian's package"))
        if not REQUIRED and not (BIN / "jupyter-lab").exists():
            item.add_marker(pytest.mark.skip(reason="no notebooks here; make notebook-env installs them"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    clip = write_clip(tmp_path_factory.mktemp("clip") / "clip.y4m", ["star", "mug"], 2.5)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        )


@pytest.fixture(params=["allowed"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    allowed = ["camera"] if request.param == "allowed" else []
    context = browser.new_context(permissions=allowed, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    context.add_init_script(COUNT_TRACKS)
    yield context
    context.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the notebooks of this run are."""
    return tmp_path_factory.mktemp("notebooks")


@contextmanager
def serving(folder: Path, home: Path, *command: str | Path) -> Iterator[str]:
    """A server on a free port of this machine; ``{port}`` in the command is that. Gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
    env |= {"HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore"}
    env |= {"OPENBLAS_NUM_THREADS": "1", "PATH": f"{BIN}:{env['PATH']}"}
    log = home / f"log-{port}.txt"
    with log.open("wb") as out:
        words = [str(word).format(port=port) for word in command]
        process = subprocess.Popen(words, cwd=folder, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            _until_it_answers(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}: {log.read_text(errors='replace')}")


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
    options = ["--no-browser", "--allow-root", "--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    options += ["--expose-app-in-browser", "--LabApp.news_url=None", "--ServerApp.answer_yes=True"]
    with serving(folder, home, BIN / "jupyter-lab", *options) as url:
        yield url


def write_notebook(path: Path, *cells: str, kernel: str = "python3") -> Path:
    made = [
        {"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for n, cell in enumerate(cells)
    ]
    about = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}}
    path.write_text(json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}))
    return path


class Lab:
    """A notebook that is open in JupyterLab or in Notebook 7."""

    def __init__(self, page: Page, path: Path, url: str) -> None:
        self.page = page
        self.path = path
        self.url = url

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """One of JupyterLab's commands, done to its end."""
        self.page.evaluate("([name, of]) => window.jupyterapp.commands.execute(name, of).then(() => null)", [name, arguments or {}])

    def select(self, cell: int) -> None:
        self.page.evaluate(
            "(n) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", cell
        )

    def run(self, cell: int) -> None:
        """Run a cell; returns when its code has been run."""
        self.select(cell)
        self.command("notebook:run-cell")

    def start(self, cell: int) -> None:
        """As ``run``, without waiting for it."""
        self.select(cell)
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell', {}); }")

    def execute(self, code: str) -> str:
        """What ``code`` prints in this notebook's kernel, asked without a cell."""
        return self.page.evaluate(
            """async (code) => {
                const future = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
                let out = "";
                future.onIOPub = ({ content }) => { out += content.text ?? content.traceback?.join("\\n") ?? ""; };
                await future.done;
                return out;
            }""",
            code,
        )

    def output(self, cell: int) -> Locator:
        return self.page.locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea")

    def look(self, name: str) -> None:
        look(self.page, name)


def open_lab(context: BrowserContext, url: str, path: Path, app: str = "lab/tree") -> Lab:
    page = context.new_page()
    page.goto(f"{url}/{app}/{path.name}?reset")
    page.wait_for_function(
        """() => {
            const panel = window.jupyterapp?.shell?.currentWidget;
            return panel?.content?.widgets && panel.sessionContext?.session?.kernel?.status === "idle";
        }"""
    )
    return Lab(page, path, url)


def look(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def live_tracks(page: Page) -> int:
    """Cameras that are on now."""
    return page.evaluate("() => window.tracks.filter((track) => track.readyState === 'live').length")


def wait_for(page: Page, condition: Callable[[], Any], seconds: float = 30) -> None:
    for _ in range(round(seconds / 0.1)):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen in time")
