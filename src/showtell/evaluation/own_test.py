"""An own test set: pictures that are never taught, asked of a model that was taught the whole dataset."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.names import check_label
from showtell.errors import DatasetError, PictureError
from showtell.evaluation import metrics
from showtell.evaluation.figures import TestSet
from showtell.evaluation.metrics import Answer
from showtell.model.given import picture_of
from showtell.model.labels import label_of
from showtell.model.measures import Row
from showtell.model.model import Model
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures.duplicates import copies
from showtell.pictures.files import file_name_of
from showtell.pictures.frame import Picture
from showtell.pictures.quality import Quality
from showtell.sentences import reason
from showtell.system.parallel import ahead

UNLABELLED = "unknown"  # what a picture with the label None is called in the figures


@dataclass(frozen=True)
class Asked:
    """A picture of a test set; ``example`` has its label and name, and stands in no dataset of ours."""

    example: Example
    picture: Picture


@dataclass(frozen=True)
class Questions:
    """A test set as it was given; ``dataset`` is where it comes from, None for a list."""

    name: str
    asked: Sequence[Asked]
    dataset: Dataset | None


def read(test: str | os.PathLike[str] | Dataset | Iterable[tuple[str | None, Picture]]) -> Questions:
    """Return what is in a folder of class folders, a dataset, or pairs of a label and a picture.

    Raises DatasetError where there is no such folder, or nothing in it, and for what is no label.
    """
    if isinstance(test, str | os.PathLike):
        test = Dataset(test, create=False)
    if isinstance(test, Dataset):
        disabled = set(test.disabled)
        asked = [Asked(example, example.path) for example in test if example.label not in disabled]
        if not asked:
            words = "expected pictures to test with, in a folder for each class, found none; add some"
            raise DatasetError(f"{test.folder}: {words}")
        return Questions(test.folder.name, asked, test)
    asked = [_listed(place, *pair) for place, pair in enumerate(test, 1)]
    if not asked:
        raise DatasetError("expected pairs of a label and a picture to test with, found none; add some")
    return Questions("pictures", asked, None)


def _listed(place: int, label: str | int | None, picture: Picture) -> Asked:
    name = file_name_of(picture) or f"number {place}"
    own = "" if label is None else check_label(label_of(label))
    return Asked(Example(own, name, None, Path()), picture_of(picture))


def run(questions: Questions, model: Model, labels: Sequence[str], taught: Mapping[str, Row]) -> TestSet:
    """Ask the model, and return the figures.

    labels  those it was taught
    taught  the measures of the pictures that it was taught
    """
    rows = _measures(questions.asked, model.extractor)
    broken = [asked for asked, row in zip(questions.asked, rows, strict=True) if isinstance(row, PictureError)]
    if questions.dataset:
        for asked, row in zip(questions.asked, rows, strict=True):
            if isinstance(row, PictureError):
                questions.dataset.report(asked.example.id, reason(row, str(asked.picture)))
    readable = [(asked, row) for asked, row in zip(questions.asked, rows, strict=True) if isinstance(row, np.ndarray)]
    again = _among(list(taught.values()), [row for _, row in readable])
    new = [asked for place, (asked, _) in enumerate(readable) if place not in again]
    recordings = {key: number for number, key in enumerate(dict.fromkeys(_recording(asked) for asked in new))}
    answers = [
        Answer(_named(asked.example, labels), recordings[_recording(asked)], said, asked.example.label not in labels)
        for asked, said in zip(new, model.predict_iter(asked.picture for asked in new), strict=True)
        if not isinstance(said, PictureError)  # one that went away just now
    ]
    known = [answer for answer in answers if not answer.strange]
    strange = [answer for answer in answers if answer.strange]
    others = list(dict.fromkeys(answer.example.label for answer in strange))
    return TestSet(
        name=questions.name,
        pictures=len(questions.asked),
        tested=len(answers),
        taught=tuple(readable[place][0].example.id for place in sorted(again)),
        broken=tuple(asked.example.id for asked in broken),
        strange=tuple(others),
        accuracy=metrics.accuracy(answers) if answers else None,
        interval=metrics.interval(answers) if answers else None,
        known=len(known),
        right=metrics.accuracy(known) if known else None,
        known_called_unknown=metrics.share(known, lambda answer: not answer.named) if known else None,
        unknown=len(strange),
        named=metrics.share(strange, lambda answer: answer.named) if strange else None,
        named_surely=metrics.share(strange, lambda answer: answer.surely) if strange else None,
        confusion=metrics.confusion([*labels, *others], answers),
        error=metrics.calibration(answers).error if any(answer.named for answer in answers) else None,
    )


def _recording(asked: Asked) -> tuple[str, str] | int:
    """Return a key for the recording that a picture is from; pictures of a list may have one name, and are each one."""
    return asked.example.recording if asked.example.burst is not None else id(asked)


def _named(example: Example, labels: Sequence[str]) -> Example:
    """Return the example with a label for the figures, where it has none."""
    label = example.label or (UNLABELLED if UNLABELLED not in labels else f"({UNLABELLED})")
    return Example(label, example.id, example.burst, example.dataset)


def _measures(asked: Sequence[Asked], extractor: FeatureExtractor) -> list[Row | PictureError]:
    def measured(each: Asked) -> Row | PictureError:
        try:
            return extractor.measure(each.picture)
        except PictureError as error:
            return error

    return list(ahead(lambda batch: [measured(each) for each in batch], asked, 16))


def _among(taught: Sequence[Row], rows: Sequence[Row]) -> set[int]:
    """Return the places of the rows whose picture is also among the taught, be it scaled or encoded again."""
    if not rows:
        return set()
    near = copies(Quality.of(np.array([*taught, *rows])).thumbnails)
    first = len(taught)
    return {place - first for place, others in near.items() if place >= first and any(o < first for o in others)}
