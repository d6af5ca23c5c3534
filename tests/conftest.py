"""What many tests share: drawn things, a folder of them, and a model that was taught from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from benchmarks import chromium
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from pages import draw_dataset, serve
from showtell import Dataset, Model
from showtell.pictures.drawing import draw, write_clip
from showtell.pictures.frame import Frame, encode_jpeg
from showtell.server.server import StudioServer

settings.register_profile("showtell", deadline=None, print_blob=True)  # a busy machine is no failure
settings.load_profile("showtell")

THINGS = ("fish", "mug", "star")


@pytest.fixture(scope="session")
def shown() -> dict[str, list[Frame]]:
    """Six pictures of each thing, (480, 640, 3) uint8."""
    rng = np.random.default_rng(1)
    return {thing: [draw(thing, rng) for _ in range(6)] for thing in THINGS}


@pytest.fixture(scope="session")
def fresh() -> list[tuple[str, Frame]]:
    """Two pictures of each thing that nobody was shown before."""
    rng = np.random.default_rng(2)
    return [(thing, draw(thing, rng)) for thing in THINGS * 2]


@pytest.fixture(scope="session")
def write_folder() -> Callable[[Path, dict[str, list[Frame]]], Path]:
    """Writes a folder of class folders of JPEG files."""

    def write(folder: Path, classes: dict[str, list[Frame]]) -> Path:
        for label, frames in classes.items():
            (folder / label).mkdir(parents=True)
            for number, frame in enumerate(frames):
                (folder / label / f"{number}.jpg").write_bytes(encode_jpeg(frame))
        return folder

    return write


@pytest.fixture(scope="session")
def things(tmp_path_factory, write_folder, shown) -> Path:
    """A folder of class folders; only to be read."""
    return write_folder(tmp_path_factory.mktemp("shared") / "things", shown)


@pytest.fixture(scope="session")
def taught(things) -> Model:
    """A nearest-neighbour model that knows the folder ``things``; only to be asked."""
    return Model(classifier="knn").fit(Dataset(things))


@pytest.fixture(scope="session")
def model_file(tmp_path_factory, taught) -> Path:
    """``taught``, saved; only to be read."""
    path = tmp_path_factory.mktemp("saved") / "things.showtell"
    taught.save(path)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    clip = write_clip(tmp_path_factory.mktemp("clip") / "clip.y4m", ["star", "mug"], 2.5)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium.PATH,
            args=[*chromium.FLAGS, f"--use-file-for-fake-video-capture={clip}"],
            ignore_default_args=["--hide-scrollbars"],  # people see them, and they take room
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StudioServer]:
    with serve(tmp_path / "things") as server:
        yield server


@pytest.fixture
def taught_server(tmp_path: Path) -> Iterator[StudioServer]:
    """Knows a mug and a star, from eight pictures each."""
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 8)
    with serve(tmp_path / "things", classifier="knn") as server:
        yield server


@pytest.fixture
def drawn_server(tmp_path: Path) -> Iterator[StudioServer]:
    """Learns a mug and a star, from six pictures each, as the studio does by default."""
    draw_dataset(tmp_path / "things", {"mug": "mug", "star": "star"}, 6)
    with serve(tmp_path / "things") as server:
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(permissions=["camera"], viewport={"width": 1440, "height": 900})
    yield context
    context.close()
