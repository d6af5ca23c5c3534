"""Webcam-like frames to measure with: of the webcam simulation where it is there, drawn ones elsewhere."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from showtell.pictures.drawing import THINGS, draw
from showtell.pictures.frame import Frame

SIMULATION = Path(__file__).parents[2] / "shared/webcam-sim/webcam_sim.py"
WIDTH, HEIGHT = 640, 480


def bursts(n: int, seed: int = 0) -> tuple[str, dict[str, list[Frame]]]:
    """Where they come from, and for each of three things a burst of n frames, ``(480, 640, 3) uint8``."""
    if available():
        return "webcam simulation", _simulated(n, seed)
    rng = np.random.default_rng(seed)
    return "drawn", {thing: [draw(thing, rng) for _ in range(n)] for thing in list(THINGS)[:3]}


def available() -> bool:
    """Whether the webcam simulation and the OpenCV that it needs are there."""
    return SIMULATION.is_file() and importlib.util.find_spec("cv2") is not None


def simulation() -> Any:
    """The module of the webcam simulation; only where it is `available`."""
    if str(SIMULATION.parent) not in sys.path:
        sys.path.insert(0, str(SIMULATION.parent))
    return importlib.import_module(SIMULATION.stem)


def _simulated(n: int, seed: int) -> dict[str, list[Frame]]:
    module = simulation()
    module.WIDTH, module.HEIGHT = WIDTH, HEIGHT  # a camera's own size, not scaled up afterwards
    sim = module.WebcamSim(seed)
    scene = sorted(sim.backgrounds)[0]
    return {thing: sim.burst(thing, scene, n) for thing in sorted(sim.objects)[:3]}


def mixed(taken: Mapping[str, Sequence[Frame]]) -> list[tuple[str, Frame]]:
    """All frames with their labels, one of each thing in turn."""
    pairs = ([(label, frame) for frame in frames] for label, frames in taken.items())
    return [pair for pair in chain.from_iterable(zip_longest(*pairs)) if pair]


def half(frame: Frame) -> Frame:
    """``(240, 320, 3) uint8``, about as the page sends it."""
    return np.asarray(Image.fromarray(frame).resize((WIDTH // 2, HEIGHT // 2)))


def write_y4m(frames: Sequence[Frame], file: Path, fps: int = 30) -> None:
    """An uncompressed 4:2:0 clip, as Chromium's fake camera reads it (it loops); frames of one size, even sides."""
    height, width = frames[0].shape[:2]
    with file.open("wb") as clip:
        clip.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            light, blue, red = Image.fromarray(frame).convert("YCbCr").split()
            clip.write(b"FRAME\n" + light.tobytes() + blue.reduce(2).tobytes() + red.reduce(2).tobytes())
