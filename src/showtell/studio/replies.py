"""Replies: what the dataset, the model and its answers are in the messages to a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Problem
from showtell.model.prediction import Prediction
from showtell.networks import catalogue
from showtell.sentences import coded
from showtell.studio.messages import Answer, ClassState, FileProblem, Neighbour, State

if TYPE_CHECKING:
    from showtell.model.model import Model

NEWEST = 60  # examples of a class that a state names


def state(dataset: Dataset, model: Model | None, learning: bool) -> State:
    """Return what every page must know, as a ``state`` message without ``ref``; ``model`` is None until one is made."""
    return State(
        type="state",
        ref=None,
        dataset=dataset.folder.name,
        path=_short(dataset.folder),
        crop=(model.extractor.entry if model else catalogue.find(catalogue.DEFAULT)).crop,
        classes=list(_classes(dataset)),
        undo=dataset.undoable,
        redo=dataset.redoable,
        undo_said=coded(dataset.undoable),
        redo_said=coded(dataset.redoable),
        unknown_below=model.unknown_below if model else 0.5,
        learning=learning,
        problems=problems(dataset.problems),
    )


def problems(found: Iterable[Problem]) -> list[FileProblem]:
    """Return files that are not used, and why."""
    return [FileProblem(file=each.file, reason=each.reason, said=coded(each.reason)) for each in found]


def answer(ref: int, prediction: Prediction, sentence: str, order: list[str], ms: float) -> Answer:
    """Return an ``answer``, its scores in the ``order`` of the classes; ``ms`` is the time it took."""
    places = {label: place for place, label in enumerate(order)}
    scores = sorted(prediction.scores.items(), key=lambda item: places.get(item[0], len(places)))
    return Answer(
        type="answer",
        ref=ref,
        sentence=sentence,
        label=prediction.label,
        confidence=prediction.confidence,
        familiarity=prediction.familiarity,
        scores=scores,
        evidence=[
            Neighbour(label=near.label, distance=near.distance, example=near.example) for near in prediction.evidence
        ],
        ms=round(ms, 2),
    )


def _classes(dataset: Dataset) -> Iterable[ClassState]:
    disabled = set(dataset.disabled)
    for label, examples in dataset.by_class().items():
        newest = [example.id for example in reversed(examples[-NEWEST:])]
        yield ClassState(label=label, count=len(examples), examples=newest, enabled=label not in disabled)


def _short(folder: Path) -> str:
    """Return the folder's path, with ~ for the home folder."""
    return f"~/{folder.relative_to(Path.home()).as_posix()}" if folder.is_relative_to(Path.home()) else str(folder)
