"""Tests that need PyTorch or Keras: ``make torch-env``, then ``build/torch-env/bin/pytest tests/torch``."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch's threads would wait awake for cores that are busy
os.environ.setdefault("KERAS_HOME", "build/keras")  # not the user's own; it keeps a configuration there
try:
    version("torch")  # find_spec would take this folder, whose parent is on sys.path, for the package
except PackageNotFoundError:

    class Without(pytest.Module):
        def collect(self) -> list[pytest.Item]:
            pytest.skip("needs PyTorch in an environment of its own: make torch-env", allow_module_level=True)

    def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
        return Without.from_parent(parent, path=module_path)
