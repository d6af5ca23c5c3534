"""Servers of notebooks, and a notebook that is open in one of them: what the tests here do things with."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / "build" / "notebook-env" / "bin"
IPYKERNEL_6 = ROOT / "build" / "ipykernel6"
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"  # kept for looking at, not compared


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
            _until_it_listens(port, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer on port {port}: {log.read_text(errors='replace')}")


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
        self.page.evaluate(
            "([name, of]) => window.jupyterapp.commands.execute(name, of).then(() => null)", [name, arguments or {}]
        )

    def select(self, cell: int) -> None:
        self.page.evaluate("(n) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", cell)

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
                const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
                const future = kernel.requestExecute({ code });
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


def show(page: Page, thing: str, *, fresh: bool = False) -> None:
    """Until the fake camera shows the thing; ``fresh``: it has only just begun to, so it stays for seconds."""
    if fresh:
        wait_for(page, lambda: shown(page) not in (thing, None))
    wait_for(page, lambda: shown(page) == thing)


def shown(page: Page) -> str | None:
    """What the camera shows: the star is yellow, the mug is red, told by the middle of the picture."""
    green = page.evaluate(
        """() => {
            const inside = (one) => (one.shadowRoot ? all(one.shadowRoot) : []);
            const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...inside(one)]);
            const video = all(document).findLast((one) => one.tagName === "VIDEO" && one.videoWidth);
            if (!video) return null;
            const canvas = document.createElement("canvas"), { videoWidth: w, videoHeight: h } = video;
            canvas.width = canvas.height = 1;
            const pen = canvas.getContext("2d");
            pen.drawImage(video, 0.44 * w, 0.42 * h, 0.12 * w, 0.16 * h, 0, 0, 1, 1);
            const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
            return green / red;
        }"""
    )
    if green is None:
        return None
    return "star" if green > 0.55 else "mug"


def hold(page: Page, button: Locator, ms: int) -> None:
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()
