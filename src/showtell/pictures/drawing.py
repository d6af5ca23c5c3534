"""Drawn things for the demo and the tests: no photographs, so nothing to license, and no camera needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from showtell.pictures.frame import Frame, encode_jpeg

WIDTH, HEIGHT = 640, 480  # pixels

Points = list[tuple[float, float]]


def _star(pen: ImageDraw.ImageDraw) -> None:
    points: Points = []
    for i in range(10):
        radius, angle = (140 if i % 2 == 0 else 60), math.pi * (i / 5 - 0.5)
        points.append((150 + radius * math.cos(angle), 150 + radius * math.sin(angle)))
    pen.polygon(points, fill=(246, 190, 45), outline=(176, 120, 10), width=6)


def _mug(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((180, 95, 285, 215), outline=(150, 30, 40), width=24)
    pen.rounded_rectangle((50, 60, 220, 250), 26, fill=(205, 50, 60), outline=(150, 30, 40), width=6)
    pen.ellipse((50, 40, 220, 92), fill=(245, 235, 225), outline=(150, 30, 40), width=6)
    pen.ellipse((68, 50, 202, 84), fill=(86, 52, 35))


def _tree(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((130, 210, 170, 290), fill=(110, 70, 40))
    for top, half in ((15, 60), (75, 90), (140, 120)):
        pen.polygon([(150, top), (150 - half, top + 95), (150 + half, top + 95)], fill=(40, 130, 70))


def _fish(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(200, 150), (285, 80), (285, 220)], fill=(30, 100, 190))
    pen.ellipse((20, 75, 240, 225), fill=(60, 150, 230), outline=(30, 100, 190), width=6)
    pen.ellipse((60, 115, 90, 145), fill="white")
    pen.ellipse((68, 122, 84, 138), fill="black")


THINGS: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "star": _star,
    "mug": _mug,
    "tree": _tree,
    "fish": _fish,
}


def draw(thing: str, rng: np.random.Generator) -> Frame:
    """Return one of ``THINGS`` held up to a camera, as a hand would hold it: ``(480, 640, 3) uint8``, new at each call.

    >>> draw("mug", np.random.default_rng(0)).shape
    (480, 640, 3)
    """
    layer = Image.new("RGBA", (300, 300))
    THINGS[thing](ImageDraw.Draw(layer))
    side = int(rng.uniform(250, 370))
    layer = layer.resize((side, side)).rotate(rng.uniform(-20, 20), Image.Resampling.BICUBIC, expand=True)
    scene = _wall(rng)
    place = (
        (WIDTH - layer.width) / 2 + rng.uniform(-50, 50),
        (HEIGHT - layer.height) / 2 + rng.uniform(-30, 30),
    )
    scene.paste(layer, (int(place[0]), int(place[1])), layer)
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2))), np.float64)
    pixels = pixels * rng.uniform(0.8, 1.15) + rng.normal(0, 4, pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _wall(rng: np.random.Generator) -> Image.Image:
    """Draw a room out of focus: a few large soft patches."""
    scene = Image.new("RGB", (WIDTH, HEIGHT), (188, 184, 176))
    pen = ImageDraw.Draw(scene)
    pen.rectangle((0, 350, WIDTH, HEIGHT), fill=(140, 122, 104))
    shift = rng.uniform(-30, 30)
    pen.rectangle((60 + shift, 30, 230 + shift, 240), fill=(214, 222, 228))
    pen.rectangle((470 + shift, 120, 610 + shift, 350), fill=(120, 100, 84))
    return scene.filter(ImageFilter.GaussianBlur(9))


def write_folder(folder: Path, things: Sequence[str], bursts: int, count: int, *, seed: int = 0) -> Path:
    """Write a folder of class folders and return it: ``bursts`` of ``count`` pictures of each thing.

    Each burst is in a light of its own.

    >>> folder = write_folder(Path("recorded"), ["mug"], bursts=1, count=2)
    >>> sorted(file.name for file in folder.glob("mug/*"))
    ['burst1-001.jpg', 'burst1-002.jpg']
    """
    rng = np.random.default_rng(seed)
    for thing in things:
        (folder / thing).mkdir(parents=True)
        for burst in range(1, bursts + 1):
            light = rng.uniform(0.55, 1.2) * rng.uniform(0.85, 1.15, 3)
            for number in range(1, count + 1):
                pixels = np.clip(draw(thing, rng) * light, 0, 255).astype(np.uint8)
                (folder / thing / f"burst{burst}-{number:03}.jpg").write_bytes(encode_jpeg(pixels))
    return folder


def write_clip(path: Path, things: Sequence[str], seconds: float, *, fps: int = 10, seed: int = 0) -> Path:
    """Write a clip for a browser's fake camera: each thing for some ``seconds``, then the next; the browser loops it.

    Uncompressed YUV 4:2:0 (y4m), as Chromium's ``--use-file-for-fake-video-capture`` reads it.
    """
    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for thing in things:
            for _ in range(round(seconds * fps)):
                luma, blue, red = Image.fromarray(draw(thing, rng)).convert("YCbCr").split()
                half = (WIDTH // 2, HEIGHT // 2)
                file.write(b"FRAME\n" + luma.tobytes() + blue.resize(half).tobytes() + red.resize(half).tobytes())
    return path
