"""showtell: show it, and it tells you what it sees."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from showtell.dataset import Dataset, Example
    from showtell.errors import ShowtellError
    from showtell.evaluation import evaluate
    from showtell.features import FeatureExtractor
    from showtell.findings import Finding, care
    from showtell.finetuning import finetune
    from showtell.heat import Heat, explain
    from showtell.model import Model, load
    from showtell.prediction import Neighbour, Prediction
    from showtell.report import Report
    from showtell.webrtc import from_ipywebrtc
    from showtell.widget import Camera, Recorder, Studio

# Where each public name lives. They are imported when first used, so that ``import showtell`` is quick.
_HOME = {
    "Camera": "widget",
    "Dataset": "dataset",
    "Example": "dataset",
    "FeatureExtractor": "features",
    "Finding": "findings",
    "Heat": "heat",
    "Model": "model",
    "Neighbour": "prediction",
    "Prediction": "prediction",
    "Recorder": "widget",
    "Report": "report",
    "ShowtellError": "errors",
    "Studio": "widget",
    "care": "findings",
    "evaluate": "evaluation",
    "explain": "heat",
    "finetune": "finetuning",
    "from_ipywebrtc": "webrtc",
    "load": "model",
}

__all__ = [
    "Dataset",
    "Example",
    "FeatureExtractor",
    "Finding",
    "Heat",
    "Model",
    "Neighbour",
    "Prediction",
    "Report",
    "ShowtellError",
    "care",
    "evaluate",
    "explain",
    "finetune",
    "from_ipywebrtc",
    "load",
]
if find_spec("anywidget"):  # without showtell[notebook] they say so when used, but a star import works
    __all__ += ["Camera", "Recorder", "Studio"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'showtell' has no attribute {name!r}")
    value = getattr(import_module(f"showtell.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
