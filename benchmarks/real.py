"""How right, and how honest, on pictures that other people took: few-shot episodes with unknown things.

    python -m benchmarks.real                       # all sets, 5 and 20 pictures a class, 2 draws each
    python -m benchmarks.real --draws 1 --sets hands coins --shots 5     # a look
    python -m benchmarks.real --first-minute        # two things, nobody records "nothing": simulated

Sets and episodes are those of ``../shared/real-pictures``. An episode teaches some pictures of some classes and asks
for others of these (known), for classes that were left out (near), and for things of other sets (far).
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

import showtell as st
from benchmarks import teachable_recipe
from benchmarks.frames import simulation
from benchmarks.learning import calibration_error, spread

PICTURES = Path(__file__).parents[2] / "shared/real-pictures"
ACCEPTED = 0.95  # of the known: where ways with other thresholds are compared
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """What one way says of n pictures: the best class, its confidence, a familiarity, and whether it names it."""

    best: list[str]
    confidence: Floats
    familiarity: Floats
    named: NDArray[np.bool_]


Way = Callable[[Sequence[Any]], Answers]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="all of real-pictures, if not given")
    parser.add_argument("--shots", nargs="+", type=int, default=[5, 20])
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--only", nargs="+", help="ways to measure, by name")
    parser.add_argument("--first-minute", action="store_true", help="the simulated first minute instead")
    parser.add_argument("--episodes", type=int, default=30, help="of first minutes")
    options = parser.parse_args()
    if options.first_minute:
        first_minutes(options.episodes)
        return
    sys.path.insert(0, str(PICTURES))
    real = importlib.import_module("real_pictures")
    for shots in options.shots:
        table: dict[str, dict[str, list[dict[str, float]]]] = {}
        for name in options.sets or real.SETS:
            for draw in range(options.draws):
                episode = real.episode(name, shots, draw)
                for way, teach in WAYS.items():
                    if not options.only or way in options.only:
                        figures = measured(teach(episode.taught), episode)
                        table.setdefault(way, {}).setdefault(name, []).append(figures)
            print(f"{shots} pictures, {name}: ", {w: _mean(f[name], "accuracy") for w, f in table.items()}, flush=True)
        print_table(table, f"{shots} pictures a class")


def measured(way: Way, episode: Any) -> dict[str, float]:
    """The figures of one way on one episode; of near and far where there are such."""
    known = way([picture.path for picture in episode.asked])
    truth = [picture.label for picture in episode.asked]
    right = np.array([best == label for best, label in zip(known.best, truth, strict=True)])
    figures = {
        "accuracy": float(right.mean()),
        "right and named": float((right & known.named).mean()),
        "known called unknown": float(1 - known.named.mean()),
        "calibration error": calibration_error(known.confidence, right),
        "wrong, over 90 %": float((~right & known.named & (known.confidence > 0.9)).mean()),
    }
    enough = np.quantile(known.familiarity, 1 - ACCEPTED)
    for kind in ("near", "far"):
        if strangers := [picture.path for picture in getattr(episode, kind)]:
            said = way(strangers)
            figures |= unknown_figures(known, said, kind, enough)
    return figures


def unknown_figures(known: Answers, said: Answers, kind: str, enough: float) -> dict[str, float]:
    truth = np.r_[np.ones(len(known.best)), np.zeros(len(said.best))]
    return {
        f"{kind}: AUROC": float(roc_auc_score(truth, np.r_[known.familiarity, said.familiarity])),
        f"{kind}: named": float(said.named.mean()),
        f"{kind}: named, {ACCEPTED:.0%} of known accepted": float((said.familiarity >= enough).mean()),
        f"{kind}: mean confidence": float(np.where(said.named, said.confidence, 0).mean()),
    }


def talk(taught: Sequence[Any]) -> Way:
    """The recipe of the talk: 5-NN on pooled features; familiarity is the nearest neighbour's distance, negated."""
    vectors, labels = _features(taught)
    neighbours = KNeighborsClassifier(min(5, len(labels))).fit(vectors, labels)

    def answer(pictures: Sequence[Any]) -> Answers:
        asked = _transform(pictures)
        shares = neighbours.predict_proba(asked)
        return _answers(neighbours.classes_, shares, -neighbours.kneighbors(asked)[0][:, 0])

    return answer


def logistic(taught: Sequence[Any]) -> Way:
    """Logistic regression, C = 100, on vectors of length 1; familiarity is its confidence."""
    return _linear(taught, LogisticRegression(C=100, max_iter=1000), _unit)


def lda(taught: Sequence[Any]) -> Way:
    """Linear discriminant analysis with Ledoit and Wolf's shrinkage, on square roots of length 1."""
    return _linear(taught, LinearDiscriminantAnalysis("lsqr", shrinkage="auto"), lambda rows: _unit(np.sqrt(rows)))


def teachable(taught: Sequence[Any]) -> Way:
    """Teachable Machine's network and recipe; familiarity is its confidence."""
    vectors = teachable_recipe.features([picture.path for picture in taught])
    labels, scores = teachable_recipe.taught(vectors, [picture.label for picture in taught])

    def answer(pictures: Sequence[Any]) -> Answers:
        shares = scores(teachable_recipe.features(pictures))
        return _answers(labels, shares, shares.max(1))

    return answer


def showtell(taught: Sequence[Any], classifier: str = "best") -> Way:
    """What a user has: the pictures in a dataset, recordings as bursts, and ``st.Model()``."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = st.Dataset(folder)
        bursts: dict[str, str] = {}
        for picture in taught:
            burst = bursts.setdefault(picture.recording, str(len(bursts))) if picture.recording else None
            dataset.add(picture.label, picture.path, burst=burst)
        model = st.Model(classifier=classifier).fit(dataset)
    return ours(model)


def ours(model: st.Model) -> Way:
    def answer(pictures: Sequence[Any]) -> Answers:
        found = model.predict_many(pictures)
        return Answers(
            [prediction.closest or "" for prediction in found],
            np.array([prediction.confidence for prediction in found]),
            np.array([prediction.familiarity for prediction in found]),
            np.array([prediction.label is not None for prediction in found]),
        )

    return answer


WAYS: dict[str, Callable[[Sequence[Any]], Way]] = {
    "talk's recipe": talk,
    "logistic": logistic,
    "LDA": lda,
    "Teachable Machine": teachable,
    "showtell": showtell,
    "showtell knn": lambda taught: showtell(taught, "knn"),
    "showtell logistic": lambda taught: showtell(taught, "logistic"),
}


def first_minutes(episodes: int, first: int = 5000) -> None:
    """Two things, one recording each, and then other things and the empty room."""
    rows: dict[str, list[dict[str, float]]] = {}
    for seed in range(first, first + episodes):
        minute = simulation().WebcamSim(seed).first_minute()
        model = st.Model()
        frames = [(label, frame) for label, burst in minute.taught for frame in burst]
        model.fit([frame for _, frame in frames], [label for label, _ in frames])
        rows.setdefault("showtell", []).append(minute_figures(ours(model), minute))
        print(seed, {name: round(found[-1]["same: strangers named"], 2) for name, found in rows.items()}, flush=True)
    for name, found in rows.items():
        print(f"\n{name} ({episodes} first minutes)")
        for figure in found[0]:
            print(f"  {figure:32} {spread([one[figure] for one in found])}")


def minute_figures(way: Way, minute: Any) -> dict[str, float]:
    figures: dict[str, float] = {}
    for scene in ("same", "cross"):
        pairs = [(label, frame) for label, burst in getattr(minute, scene) for frame in burst]
        known = way([frame for _, frame in pairs])
        right = np.array([best == label for best, (label, _) in zip(known.best, pairs, strict=True)])
        figures |= {f"{scene}: known right": float(right.mean()), f"{scene}: refused": float(1 - known.named.mean())}
        for kind in ("strangers", "empty"):
            said = way([frame for _, burst in getattr(minute, f"{kind}_{scene}") for frame in burst])
            found = unknown_figures(known, said, kind, float(np.quantile(known.familiarity, 1 - ACCEPTED)))
            figures |= {f"{scene}: {figure.replace(': ', ' ')}": value for figure, value in found.items()}
    return figures


def print_table(table: dict[str, dict[str, list[dict[str, float]]]], title: str) -> None:
    """Means over sets of their draws' means, with the standard error over sets and draws."""
    for way, sets in table.items():
        every = [figures for found in sets.values() for figures in found]
        print(f"\n{way}, {title} ({len(sets)} sets, {len(every)} episodes)")
        for figure in dict.fromkeys(name for figures in every for name in figures):
            by_set = [_mean(found, figure) for found in sets.values() if figure in found[0]]
            error = np.std([f[figure] for f in every if figure in f], ddof=1) / len(every) ** 0.5
            print(f"  {figure:40} {np.mean(by_set):.3f} ± {error:.3f}")
        print("  accuracy by set:", ", ".join(f"{name} {_mean(found, 'accuracy'):.2f}" for name, found in sets.items()))


def _mean(found: list[dict[str, float]], figure: str) -> float:
    return round(float(np.mean([figures[figure] for figures in found])), 3)


def _linear(taught: Sequence[Any], classifier: Any, scaled: Callable[[Any], Any]) -> Way:
    vectors, labels = _features(taught)
    classifier.fit(scaled(vectors), labels)

    def answer(pictures: Sequence[Any]) -> Answers:
        shares = classifier.predict_proba(scaled(_transform(pictures)))
        return _answers(classifier.classes_, shares, shares.max(1))

    return answer


def _answers(labels: Any, shares: Any, familiarity: Any) -> Answers:
    best = [str(labels[place]) for place in shares.argmax(1)]
    return Answers(best, shares.max(1).astype(float), familiarity.astype(float), np.ones(len(best), bool))


_seen: dict[Path, Any] = {}


def _transform(pictures: Sequence[Any]) -> Any:
    new = [picture for picture in dict.fromkeys(pictures) if picture not in _seen]
    _seen.update(zip(new, st.FeatureExtractor().transform(new), strict=True))
    return np.array([_seen[picture] for picture in pictures])


def _features(taught: Sequence[Any]) -> tuple[Any, list[str]]:
    return _transform([picture.path for picture in taught]), [picture.label for picture in taught]


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)


if __name__ == "__main__":
    main()
