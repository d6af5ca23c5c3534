"""How well would it do on new pictures? Teach a part of a dataset, test on another, in turn.

(Not called evaluate: importing that module would put it in the place of ``showtell.evaluate``, the function.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from showtell.dataset import splits
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import TeachingError
from showtell.evaluation import metrics
from showtell.evaluation.advice import advice
from showtell.evaluation.metrics import Answer
from showtell.evaluation.report import CurvePoint, Report
from showtell.model.measures import same_pictures
from showtell.model.model import Model
from showtell.model.prediction import Prediction
from showtell.sentences import Said

SHARES = (0.25, 0.5, 0.75)  # of the learning curve, beside all


CURVE_FOLDS = 3


LEFT_OUT = 5  # models at most that are taught without some classes


def evaluate(
    dataset: Dataset, model: Model | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Test a model of these settings on pictures it was not taught; ``model`` itself stays as it is.

    Cross-validation in which the pictures of one recording (a burst, or a single picture) are never on both sides.
    A class with one recording is cut in the middle, and the report says that this flatters. Classes that are
    disabled take no part; broken pictures are left out and reported in ``dataset.problems``. At most 20 models are
    taught. ``progress(done, total)`` is called as it goes on.

    Raises TeachingError unless there are two classes or more, one of them with two pictures that can be read.
    """
    disabled = set(dataset.disabled)
    candidates = [example for example in dataset if example.label not in disabled]
    _check(candidates, dataset)
    steps = _Steps(len(candidates), progress)
    scout = (model or Model()).fresh().study(dataset, candidates, progress=steps.looked)
    broken = {problem.file for problem in dataset.problems}
    examples = [example for example in candidates if example.id not in broken]
    labels = _check(examples, dataset)

    same = same_pictures(dataset, examples, scout.extractor)
    plan = splits.plan(examples, same)
    if not plan.folds:
        words = "expected two pictures or more in a class, found one in each (the same picture counts once); add some, to have any to test"
        raise TeachingError(Said("test-single", f"{dataset.folder}: {words}"))
    groups = _left_out(labels)
    shares = [s for s in SHARES if len(splits.thinned(examples, plan.folds[0].train, s)) < len(plan.folds[0].train)]
    steps.fits = len(plan.folds) + len(shares) * len(plan.folds[:CURVE_FOLDS]) + len(groups)

    def ask(train: Sequence[int], test: Sequence[int]) -> list[Answer]:
        taught = scout.fresh().study(dataset, [examples[row] for row in train])
        said = zip(test, taught.judge(dataset, [examples[row] for row in test]), strict=True)
        steps.fitted()
        return [Answer(examples[row], plan.recordings[row], p) for row, p in said if isinstance(p, Prediction)]

    rounds = [ask(fold.train, fold.test) for fold in plan.folds]
    answers = [answer for one in rounds for answer in one]
    if not answers:
        words = "its pictures went away during the test; call refresh() and try again"
        raise TeachingError(Said("test-gone", f"{dataset.folder}: {words}"))

    curve_folds = plan.folds[:CURVE_FOLDS]
    whole = [answer for one in rounds[:CURVE_FOLDS] for answer in one]
    by_share = {1.0: whole}
    points = []
    for share in shares:
        parts = [splits.thinned(examples, fold.train, share) for fold in curve_folds]
        by_share[share] = [a for part, fold in zip(parts, curve_folds, strict=True) for a in ask(part, fold.test)]
        points.append(CurvePoint(share, round(sum(map(len, parts)) / len(parts)), metrics.accuracy(by_share[share])))
    if points:
        lessons = sum(len(fold.train) for fold in curve_folds) / len(curve_folds)
        points.append(CurvePoint(1.0, round(lessons), metrics.accuracy(whole)))

    strange: list[Prediction] = []
    for group in groups:
        fold = splits.without(examples, plan, group, same)
        strange += [answer.prediction for answer in ask(fold.train, fold.test)]

    pictures = {label: sum(example.label == label for example in examples) for label in labels}
    gains = metrics.gains(by_share[0.5], whole, pictures) if 0.5 in by_share else {}
    classes = metrics.class_figures(examples, plan.recordings, answers, gains)
    cells, calibration = metrics.confusion(labels, answers), metrics.calibration(answers)
    unknown = metrics.unknown(answers, strange) if strange else None
    lost = len(candidates) - len(examples)
    return Report(
        dataset=dataset.folder.name,
        pictures=len(examples),
        tested=len(answers),
        broken=lost,
        recordings=len(set(plan.recordings)),
        folds=len(plan.folds),
        accuracy=metrics.accuracy(answers),
        interval=metrics.interval(answers),
        once=plan.once,
        untested=plan.untested,
        classes=classes,
        confusion=cells,
        calibration=calibration,
        unknown=unknown,
        curve=tuple(points),
        advice=advice(classes, cells, calibration, unknown, once=plan.once, broken=lost),
        folder=dataset.folder,
    )


def _check(examples: Sequence[Example], dataset: Dataset) -> list[str]:
    labels = list(dict.fromkeys(example.label for example in examples))
    if len(labels) < 2:
        found = f'only "{labels[0]}"' if labels else "none"
        words = f"expected two classes or more with pictures that can be read, found {found}; "
        words += "add some, to have something to tell apart"
        raise TeachingError(Said("test-few", f"{dataset.folder}: {words}"))
    return labels


def _left_out(labels: Sequence[str]) -> list[set[str]]:
    """Groups of classes to leave out in turn; every class is in one, and two others stay. None below three classes."""
    if len(labels) < 3:
        return []
    count = min(LEFT_OUT, len(labels))
    return [set(labels[start::count]) for start in range(count)]


class _Steps:
    """Looking at the pictures is one half of the work, teaching and testing the other."""

    def __init__(self, pictures: int, progress: Callable[[int, int], None] | None) -> None:
        self.pictures, self.progress, self.fits, self.done = pictures, progress, 1, 0

    def looked(self, done: int, total: int) -> None:
        if self.progress:
            self.progress(done, 2 * self.pictures)

    def fitted(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.pictures + self.pictures * self.done // self.fits, 2 * self.pictures)
