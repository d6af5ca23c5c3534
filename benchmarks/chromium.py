"""The Chromium that tests, benchmarks and the README's picture drive, with a fake camera and without asking anybody."""

from __future__ import annotations

import shutil

PATH = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
