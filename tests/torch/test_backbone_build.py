"""The bundled network rebuilt from its PyTorch weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from showtell.networks import catalogue, runtime

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_backbone.py"


def test_the_script_gives_the_network_that_is_shipped(tmp_path: Path) -> None:
    """The script itself refuses a float32 graph that is over 1e-3 from PyTorch."""
    built = subprocess.run([sys.executable, SCRIPT, tmp_path, tmp_path], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    answers = np.load(tmp_path / "efficientnet-lite0.npz")
    assert answers["float32_worst"] <= 1e-3
    entry = catalogue.find("efficientnet-lite0")
    features, logits = runtime.run(entry, list(answers["pictures"]), "features", "logits")
    assert (logits.argmax(1) == answers["logits"].argmax(1)).all()
    cosines = (features * answers["features"]).sum(1)
    cosines /= np.linalg.norm(features, axis=1) * np.linalg.norm(answers["features"], axis=1)
    assert cosines.min() >= 0.9999
