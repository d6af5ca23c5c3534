"""Teachable Machine's network and recipe in a browser, with TensorFlow.js, to be measured beside the studio.

Needs its exported model (../shared/peers/teachable-machine) and, in a folder of their own, the libraries::

    npm install --prefix build/tfjs @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
LIBRARIES = ROOT / "build/tfjs/node_modules/@tensorflow"
MODEL = ROOT.parent / "shared/peers/teachable-machine"
WASM = LIBRARIES / "tfjs-backend-wasm/dist"


def available(model: Path) -> bool:
    return LIBRARIES.is_dir() and model.is_dir()


class Handler(SimpleHTTPRequestHandler):
    """The page, the libraries and the model, each by its name alone."""

    def __init__(self, *arguments: object, model: Path, **options: object) -> None:
        self.folders = [Path(__file__).parent, LIBRARIES / "tfjs/dist", WASM, model]
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        name = path.rsplit("/", 1)[-1] or "teachable.html"
        found = (folder / name for folder in self.folders if (folder / name).is_file())
        return str(next(found, self.folders[0] / "missing"))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def page(browser: Browser, classes: int, model: Path) -> Iterator[Page]:
    """Its page, looking at the camera; the classes are as good as random, which takes the same time."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, model=model)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(permissions=["camera"], viewport={"width": 1440, "height": 900})
        opened = context.new_page()
        opened.set_default_timeout(600_000)
        opened.goto(f"http://127.0.0.1:{server.server_port}/")
        assert opened.evaluate("classes => start(classes)", classes) == "wasm"
        yield opened
        context.close()
        server.shutdown()
