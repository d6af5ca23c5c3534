"""What to do next, in plain sentences, from the figures of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from showtell.names import quoted
from showtell.report import Calibration, Cell, ClassFigures, Unknown

FEW = 8  # pictures; below, one odd picture decides
SHOWN = 3  # labels in a sentence, pairs in the advice


def advice(
    classes: Sequence[ClassFigures],
    confusion: Sequence[Cell],
    calibration: Calibration,
    unknown: Unknown | None,
    *,
    once: Sequence[str],
    broken: int,
) -> tuple[str, ...]:
    """Sentences, the most useful first; one at least."""
    said: list[str] = []
    if untested := [c.label for c in classes if not c.tested]:
        said.append(f"{_listed(untested)} could not be tested with a single picture; record some more.")
    if once:
        what = "Everything" if len(once) == len(classes) else _listed(once)
        said.append(
            f"{what} {'was' if what == 'Everything' or len(once) == 1 else 'were'} recorded only once: the first half "
            "taught and the last was tested, and the other way round. They look alike, so the figure is too good. "
            "Record each thing a second time in another place, then this figure means something."
        )
    said += _confused(confusion, {c.label: c.tested for c in classes})
    if few := [c.label for c in classes if 1 < c.pictures < FEW]:
        counts = {c.label: c.pictures for c in classes}
        have = f"has only {counts[few[0]]} pictures" if len(few) == 1 else f"have fewer than {FEW} pictures each"
        said.append(f"{_listed(few)} {have}; 10 to 20 from different sides are a good start.")
    over = sum(b.count * (b.confidence - b.accuracy) for b in calibration.bins)
    total = sum(b.count for b in calibration.bins)
    if total and abs(over) / total > 0.1:
        word = "surer than it is right" if over > 0 else "right more often than it is sure"
        said.append(f"It is {word}: take its percentages with a grain of salt.")
    if unknown and unknown.named_surely > 0.2:
        said.append(
            f"Of 100 pictures of things it was never shown, it names {round(100 * unknown.named_surely)} "
            "with over 90 % confidence. A class of other things and the empty scene, for example “nothing”, helps."
        )
    if unknown and unknown.known_called_unknown > 0.2:
        said.append(
            f"It calls {round(100 * unknown.known_called_unknown)} of 100 known pictures unknown: record the things "
            "in more places and light."
        )
    best = max(classes, key=lambda c: c.gain or 0)
    if (best.gain or 0) >= 0.01:
        said.append(f"10 more pictures of {quoted(best.label)} would help most.")
    if broken:
        said.append(f"{broken} {'picture' if broken == 1 else 'pictures'} could not be read and took no part.")
    return tuple(said) or ("Nothing stands out. Try it in another room and light, and record what it gets wrong.",)


def _confused(confusion: Iterable[Cell], tested: dict[str, int]) -> list[str]:
    pairs: Counter[tuple[str, ...]] = Counter()
    for cell in confusion:
        if cell.answer is not None and cell.answer != cell.label:
            pairs[tuple(sorted((cell.label, cell.answer)))] += len(cell.examples)
    said = []
    for (one, other), count in pairs.most_common(SHOWN):
        of = tested[one] + tested[other]
        if count >= 0.1 * of or (count > 1 and count >= 0.05 * of):
            said.append(
                f"{quoted(one)} and {quoted(other)} are confused ({count} of {of} pictures); "
                "record each once more, from above and before another background."
            )
    return said


def _listed(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return quoted(labels[0])
    if len(labels) <= SHOWN:
        return ", ".join(map(quoted, labels[:-1])) + f" and {quoted(labels[-1])}"
    return ", ".join(map(quoted, labels[:SHOWN])) + f" and {len(labels) - SHOWN} others"
