"""What the studio tells a page, as docs/protocol.md has it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Problem
from showtell.model.prediction import Prediction
from showtell.networks import catalogue
from showtell.sentences import coded
from showtell.studio.messages import Content

if TYPE_CHECKING:
    from showtell.model.model import Model

NEWEST = 60  # examples of a class that a state names


def state(dataset: Dataset, model: Model | None, learning: bool) -> Content:
    """What every page must know, as a ``state`` message; ``model`` is None as long as none was made."""
    classes = []
    disabled = set(dataset.disabled)
    for label in dataset.labels:
        examples = dataset.examples(label)
        newest = [example.id for example in reversed(examples[-NEWEST:])]
        enabled = label not in disabled
        classes.append({"label": label, "count": len(examples), "examples": newest, "enabled": enabled})
    return {
        "type": "state",
        "ref": None,
        "dataset": dataset.folder.name,
        "path": _short(dataset.folder),
        "crop": (model.extractor.entry if model else catalogue.find(catalogue.DEFAULT)).crop,
        "classes": classes,
        "undo": dataset.undoable,
        "redo": dataset.redoable,
        "undo_said": coded(dataset.undoable),
        "redo_said": coded(dataset.redoable),
        "unknown_below": model.unknown_below if model else 0.5,
        "learning": learning,
        "problems": problems(dataset.problems),
    }


def problems(found: Iterable[Problem]) -> list[Content]:
    """Files that are not used, and why."""
    return [{"file": one.file, "reason": one.reason, "said": coded(one.reason)} for one in found]


def answer(prediction: Prediction, sentence: str, order: list[str]) -> Content:
    """The fields of an ``answer``; its scores come in the ``order`` of the classes."""
    places = {label: place for place, label in enumerate(order)}
    scores = sorted(prediction.scores.items(), key=lambda item: places.get(item[0], len(places)))
    return {
        "sentence": sentence,
        "label": prediction.label,
        "confidence": prediction.confidence,
        "familiarity": prediction.familiarity,
        "scores": [[label, score] for label, score in scores],
        "evidence": [vars(neighbour) for neighbour in prediction.evidence],
    }


def _short(folder: Path) -> str:
    """The folder's path, with ~ for the home folder."""
    return f"~/{folder.relative_to(Path.home()).as_posix()}" if folder.is_relative_to(Path.home()) else str(folder)
