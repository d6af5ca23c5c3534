"""Take the README's picture: the real studio in a real Chromium, taught two drawn things through its own buttons.

.venv/bin/python -m scripts.screenshot docs/studio.png
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from pathlib import Path

from benchmarks import chromium
from playwright.sync_api import sync_playwright

from showtell import Dataset
from showtell.pictures.drawing import write_clip
from showtell.server.server import StudioServer
from showtell.studio.studio import Studio

THINGS = ["mug", "star"]
SECONDS = 4  # that each thing is shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["HOME"] = folder  # the page writes ~ for it
        clip = write_clip(Path(folder) / "camera.y4m", THINGS, SECONDS)
        studio = Studio(Dataset(Path(folder) / "things"))
        server = StudioServer(studio, 0)
        threading.Thread(target=server.run, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=chromium.PATH, args=[*chromium.FLAGS, f"--use-file-for-fake-video-capture={clip}"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 800}, device_scale_factor=1.25)
        page.context.grant_permissions(["camera"])
        page.goto(server.url)
        page.wait_for_selector("body[data-ready=true]")
        cards = page.get_by_test_id("class-card")
        for place, thing in enumerate(THINGS):
            name = cards.nth(place).get_by_test_id("class-name")
            name.fill(thing)
            name.press("Enter")
        for place, thing in enumerate(THINGS):
            _wait_until_it_changes_to(page, thing)
            cards.nth(place).get_by_test_id("record").hover()
            page.mouse.down()
            page.wait_for_timeout(2000)
            page.mouse.up()
        _wait_until_it_changes_to(page, THINGS[0])
        page.mouse.move(1270, 710)
        page.wait_for_timeout(1500)
        page.evaluate("document.activeElement.blur()")
        page.evaluate("document.querySelector('[data-testid=camera-select] option').textContent = 'Camera'")
        page.screenshot(path=out)
        browser.close()
        server.stop()
        studio.wait()  # its caches are written


def _wait_until_it_changes_to(page: object, thing: str) -> None:
    """The mug is red, the star yellow: told by the middle of the camera's picture."""
    is_star = """() => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 1;
        const pen = canvas.getContext("2d");
        pen.drawImage(document.querySelector("video"), 280, 200, 80, 80, 0, 0, 1, 1);
        const [red, green] = pen.getImageData(0, 0, 1, 1).data;
        return green / red > 0.55;
    }"""
    shown = is_star if thing == "star" else f"() => !({is_star})()"
    other = is_star if thing != "star" else f"() => !({is_star})()"
    page.wait_for_function(other, polling=50)
    page.wait_for_function(shown, polling=50)


if __name__ == "__main__":
    main()
