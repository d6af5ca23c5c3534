"""How right, and how honest: simulated episodes beside the recipe of the talk.

    python -m benchmarks.learning                 # 20 episodes, about 15 minutes on two cores
    python -m benchmarks.learning --episodes 3    # a look
    python -m benchmarks.learning --elpv          # photographs of solar cells instead (needs elpv-dataset)
    python -m benchmarks.learning --cost          # time instead: an answer, and until the classifier takes over

An episode teaches five things and an empty scene, one burst each, and shows the things anew in the same scene and in
others, and things that were never taught.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

import showtell as st
from benchmarks.frames import bursts, half, mixed, simulation
from benchmarks.measure import paired
from showtell.networks import runtime

Rows = dict[str, list[dict[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=3000)
    parser.add_argument("--elpv", action="store_true", help="solar cells instead of the simulated webcam")
    parser.add_argument("--cost", action="store_true", help="time instead of accuracy")
    options = parser.parse_args()
    if options.cost:
        cost()
    elif options.elpv:
        elpv(options.episodes, options.seed)
    else:
        episodes(options.episodes, options.seed)


def episodes(count: int, first: int) -> None:
    rows: Rows = {}
    for seed in range(first, first + count):
        episode = simulation().WebcamSim(seed).episode()
        for shots in (20, 5):
            train = [(label, frame) for label, burst in episode.train for frame in burst[:: len(burst) // shots]]
            rows.setdefault(f"talk's recipe, {shots}", []).append(measure(talk(train), episode))
            started = time.perf_counter()
            model = st.Model().fit([frame for _, frame in train], [label for label, _ in train])
            seconds = time.perf_counter() - started
            rows.setdefault(f"showtell, {shots}", []).append({**measure(ours(model), episode), "seconds": seconds})
            model.quality = "best"
            rows.setdefault(f"showtell best, {shots}", []).append(measure(ours(model), episode))
        print(
            f"episode {seed}", {name: round(found[-1]["same accuracy"], 2) for name, found in rows.items()}, flush=True
        )
    print_means(rows)


def talk(train: list[tuple[str, Any]]) -> Callable[[list[Any]], list[tuple[str, str | None, float, float]]]:
    """Average-pooled features, 5-NN, no rejection; familiarity is the nearest neighbour's distance, negated."""
    extractor = st.FeatureExtractor()
    neighbours = KNeighborsClassifier(5).fit(
        extractor.transform([frame for _, frame in train]), [label for label, _ in train]
    )

    def answer(frames: list[Any]) -> list[tuple[str, str | None, float, float]]:
        vectors = extractor.transform(frames)
        shares, distances = neighbours.predict_proba(vectors), neighbours.kneighbors(vectors)[0]
        labels = neighbours.classes_[shares.argmax(1)]
        return list(zip(labels, labels, shares.max(1), -distances[:, 0], strict=True))

    return answer


def ours(model: st.Model) -> Callable[[list[Any]], list[tuple[str, str | None, float, float]]]:
    def answer(frames: list[Any]) -> list[tuple[str, str | None, float, float]]:
        return [(p.closest or "", p.label, p.confidence, p.familiarity) for p in model.predict_many(frames)]

    return answer


def measure(answer: Callable[[list[Any]], Any], episode: Any) -> dict[str, float]:
    """best: the label of the highest score; said: the answer, None for unknown."""
    figures: dict[str, float] = {}
    for scene in ("same", "cross"):
        known = [(label, frame) for label, burst in getattr(episode, scene) for frame in burst]
        best, said, confidence, familiar = zip(*answer([frame for _, frame in known]), strict=True)
        others = [frame for _, burst in getattr(episode, f"unknown_{scene}") for frame in burst]
        _, named, sure, strange = zip(*answer(others), strict=True)
        right = np.array([guess == label for guess, (label, _) in zip(best, known, strict=True)])
        truth = np.r_[np.ones(len(familiar)), np.zeros(len(strange))]
        called = np.array([label is not None for label in named])
        figures |= {
            f"{scene} accuracy": float(right.mean()),
            f"{scene} AUROC, distance": float(roc_auc_score(truth, [*familiar, *strange])),
            f"{scene} AUROC, confidence": float(roc_auc_score(truth, [*confidence, *sure])),
            f"{scene} unknown named > 90 %": float((called & (np.array(sure) > 0.9)).mean()),
            f"{scene} unknown named at all": float(called.mean()),
            f"{scene} known called unknown": float(np.mean([label is None for label in said])),
            f"{scene} calibration error": calibration_error(np.array(confidence), right),
        }
    return figures


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error in ten bins (Guo et al., ICML 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    return float(
        sum(abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    )


def elpv(draws: int, first: int) -> None:
    """Good and broken solar cells, 20 a class; tested on 80 others of each (Deitsch et al., Solar Energy 2019)."""
    from elpv_dataset.utils import load_dataset  # type: ignore[import-not-found]

    images, broken, _ = load_dataset()
    rows: dict[str, list[float]] = {}
    for seed in range(first, first + draws):
        rng = np.random.default_rng(seed)
        good, bad = (rng.permutation(np.flatnonzero(broken == share))[:100] for share in (0, 1))
        frames = {int(i): np.repeat(images[i][..., None], 3, 2) for i in [*good, *bad]}
        train = [("good", frames[int(i)]) for i in good[:20]] + [("broken", frames[int(i)]) for i in bad[:20]]
        test = [("good", frames[int(i)]) for i in good[20:]] + [("broken", frames[int(i)]) for i in bad[20:]]
        model = st.Model().fit([frame for _, frame in train], [label for label, _ in train])
        plain = st.Model(classifier="logistic").fit([frame for _, frame in train], [label for label, _ in train])
        for name, answer in {"talk's recipe": talk(train), "showtell": ours(model), "logistic": ours(plain)}.items():
            right = [a[0] == label for a, (label, _) in zip(answer([f for _, f in test]), test, strict=True)]
            rows.setdefault(name, []).append(float(np.mean(right)))
    for name, values in rows.items():
        print(f"{name:20} {spread(values)}")


def cost() -> None:
    """An answer against one pass of the network on a ready tensor; how long until the classifier takes over."""
    _, shown = bursts(34)
    pairs = [(label, half(frame)) for label, frame in mixed(shown)[:100]]  # as the page sends
    model = st.Model()
    started = time.perf_counter()
    for label, frame in pairs:
        model.add(label, frame)
    added = time.perf_counter()
    answers = 0
    while model.learning:  # as the page does, while it waits
        model.predict(pairs[answers % 100][1])
        answers += 1
    seconds = time.perf_counter() - added
    print(f"100 pictures added in {added - started:.1f} s; taken over {seconds:.1f} s later,")
    print(f"with {answers / seconds:.0f} answers/s meanwhile")
    waiting = st.Model()
    started = time.perf_counter()
    waiting.fit([frame for _, frame in pairs], [label for label, _ in pairs])
    print(f"fit on 100 pictures, with nothing else to do: {time.perf_counter() - started:.1f} s")

    entry = model.extractor.entry
    ready = entry.ready([entry.square(pairs[0][1])])
    net = runtime.session(entry)
    for quality in ("live", "best"):
        model.quality = quality
        pair = paired(
            lambda number: model.predict(pairs[number % 100][1]), lambda _: net.run([entry.cut], {"pictures": ready})
        )
        print(f"an answer, {quality}: {pair.first * 1e3:.1f} ms, {pair.ratio:.2f} times one pass")


def print_means(rows: Rows) -> None:
    """Each way's figures over all its episodes, with their standard errors."""
    for name, found in rows.items():
        print(f"\n{name} ({len(found)} episodes)")
        for figure in found[0]:
            print(f"  {figure:32} {spread([one[figure] for one in found])}")


def spread(values: list[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=min(1, len(values) - 1)) / len(values) ** 0.5:.3f}"


if __name__ == "__main__":
    main()
