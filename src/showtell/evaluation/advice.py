"""Advice: what to do next, in plain sentences, from the figures of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from showtell.evaluation.figures import Calibration, Cell, ClassFigures, Unknown
from showtell.sentences import Said, quoted

MIN_PICTURES = 8  # of a class; below, one odd picture decides


MAX_NAMED = 3  # labels in a sentence, pairs in the advice


def advice(
    classes: Sequence[ClassFigures],
    confusion: Sequence[Cell],
    calibration: Calibration,
    unknown: Unknown | None,
    *,
    once: Sequence[str],
    broken: int,
) -> tuple[Said, ...]:
    """Return sentences, the most useful first; one at least.

    once    classes that were recorded only once
    broken  how many pictures could not be read
    """
    said: list[Said] = []
    if untested := [c.label for c in classes if not c.tested]:
        words = f"{_listed(untested)} could not be tested with a single picture; record some more."
        said.append(Said("advice-untested", words, labels=untested))
    if once:
        said.append(_once(list(once), all=len(once) == len(classes)))
    said += _confused(confusion, {c.label: c.tested for c in classes})
    if few := [c.label for c in classes if 1 < c.pictures < MIN_PICTURES]:
        count = next(c.pictures for c in classes if c.label == few[0]) if len(few) == 1 else None
        have = f"has only {count} pictures" if count else f"have fewer than {MIN_PICTURES} pictures each"
        words = f"{_listed(few)} {have}; 10 to 20 from different sides are a good start."
        said.append(Said("advice-few", words, labels=few, count=count, most=MIN_PICTURES))
    over = sum(b.count * (b.confidence - b.accuracy) for b in calibration.bins)
    total = sum(b.count for b in calibration.bins)
    if total and over / total > 0.1:
        words = "It is surer than it is right: don't take its percentages literally."
        said.append(Said("advice-too-sure", words))
    if total and over / total < -0.1:
        words = "It is right more often than it is sure: don't take its percentages literally."
        said.append(Said("advice-too-unsure", words))
    if unknown and unknown.named_surely > 0.2:
        percent = round(100 * unknown.named_surely)
        words = (
            f"Of 100 pictures of things it was never shown, it names {percent} "
            "with over 90 % confidence. A class of other things and the empty scene, for example “nothing”, helps."
        )
        said.append(Said("advice-named", words, percent=percent))
    if unknown and unknown.known_called_unknown > 0.2:
        percent = round(100 * unknown.known_called_unknown)
        words = f"It calls {percent} of 100 known pictures unknown: record the things in more places and light."
        said.append(Said("advice-unknown", words, percent=percent))
    best = max(classes, key=lambda c: c.gain or 0)
    if (best.gain or 0) >= 0.01:
        words = f"10 more pictures of {quoted(best.label)} would help most."
        said.append(Said("advice-more", words, label=best.label))
    if broken:
        words = f"{broken} {'picture' if broken == 1 else 'pictures'} could not be read and took no part."
        said.append(Said("advice-broken", words, count=broken))
    words = "Nothing stands out. Try it in another room and light, and record what it gets wrong."
    return tuple(said) or (Said("advice-none", words),)


def _once(labels: list[str], *, all: bool) -> Said:
    what = "Everything" if all else _listed(labels)
    words = (
        f"{what} {'was' if all or len(labels) == 1 else 'were'} recorded only once: the first half "
        "taught and the last was tested, and the other way round. They look alike, so the figure is too good. "
        "Record each thing a second time in another place, then this figure means something."
    )
    return Said("advice-once", words, labels=None if all else labels)


def _confused(confusion: Iterable[Cell], tested: dict[str, int]) -> list[Said]:
    pairs: Counter[tuple[str, ...]] = Counter()
    for cell in confusion:
        if cell.answer is not None and cell.answer != cell.label:
            pairs[tuple(sorted((cell.label, cell.answer)))] += len(cell.examples)
    said = []
    for (one, other), count in pairs.most_common(MAX_NAMED):
        of = tested[one] + tested[other]
        if count >= 0.1 * of or (count > 1 and count >= 0.05 * of):
            words = (
                f"{quoted(one)} and {quoted(other)} are confused ({count} of {of} pictures); "
                "record each once more, from above and in front of another background."
            )
            said.append(Said("advice-confused", words, label=one, other=other, count=count, of=of))
    return said


def _listed(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return quoted(labels[0])
    if len(labels) <= MAX_NAMED:
        return ", ".join(map(quoted, labels[:-1])) + f" and {quoted(labels[-1])}"
    return ", ".join(map(quoted, labels[:MAX_NAMED])) + f" and {len(labels) - MAX_NAMED} others"
