"""showtell: show it, and it tells you what it sees.

>>> import numpy as np, showtell as st
>>> from showtell.pictures.drawing import draw
>>> rng, model = np.random.default_rng(0), st.Model()
>>> for label in ("mug", "star", "mug", "star"):
...     model.add(label, draw(label, rng))
>>> print(model.predict(draw("mug", rng)))
I see "mug" and I'm ... % certain about it
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from showtell.curation.findings import Finding, care
    from showtell.dataset.dataset import Dataset
    from showtell.dataset.example import Example
    from showtell.dataset.pins import Pin
    from showtell.errors import ShowtellError
    from showtell.evaluation.cross_validation import evaluate
    from showtell.evaluation.pins import BrokenPin, check
    from showtell.evaluation.report import Report
    from showtell.finetuning.tuning import finetune
    from showtell.model.explanation import Heat, explain
    from showtell.model.model import Model, load
    from showtell.model.prediction import Neighbour, Prediction
    from showtell.networks.extractor import FeatureExtractor
    from showtell.notebook.camera import Camera
    from showtell.notebook.ipywebrtc import from_ipywebrtc
    from showtell.notebook.recorder import Recorder
    from showtell.notebook.studio import Studio

_WIDGETS = {"Camera", "Recorder", "Studio"}  # they take showtell[notebook]
# Where each public name lives. They are imported when first used, so that ``import showtell`` is quick.
_HOME = {
    "BrokenPin": "evaluation.pins",
    "Camera": "notebook.camera",
    "Dataset": "dataset",
    "Example": "dataset",
    "FeatureExtractor": "networks.extractor",
    "Finding": "curation.findings",
    "Heat": "model.explanation",
    "Model": "model.model",
    "Neighbour": "model.prediction",
    "Pin": "dataset",
    "Prediction": "model.prediction",
    "Recorder": "notebook.recorder",
    "Report": "evaluation.report",
    "ShowtellError": "errors",
    "Studio": "notebook.studio",
    "care": "curation.findings",
    "check": "evaluation.pins",
    "evaluate": "evaluation.cross_validation",
    "explain": "model.explanation",
    "finetune": "finetuning.tuning",
    "from_ipywebrtc": "notebook.ipywebrtc",
    "load": "model.model",
}

__all__ = [
    "BrokenPin",
    "Dataset",
    "Example",
    "FeatureExtractor",
    "Finding",
    "Heat",
    "Model",
    "Neighbour",
    "Pin",
    "Prediction",
    "Report",
    "ShowtellError",
    "care",
    "check",
    "evaluate",
    "explain",
    "finetune",
    "from_ipywebrtc",
    "load",
]
if find_spec("anywidget"):  # without it they say so when used, but a star import works
    __all__ += ["Camera", "Recorder", "Studio"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'showtell' has no attribute {name!r}")
    if name in _WIDGETS:
        from showtell.system.extras import need

        need("notebook", "anywidget")
    value = getattr(import_module(f"showtell.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
