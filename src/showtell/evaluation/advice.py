"""Advice: what to do next, in plain sentences, from the figures of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from showtell.evaluation.figures import NEAR_RELATIVES, Calibration, Cell, ClassFigures, LeftOut, TestSet, Unknown
from showtell.evaluation.metrics import wilson
from showtell.evaluation.scene import SharedScene
from showtell.sentences import Said, quoted

MIN_PICTURES = 8  # of a class; below, one odd picture decides


MAX_NAMED = 3  # labels in a sentence, pairs in the advice

MANY_NAMED = 0.5  # share of the left out that get a name; near relatives are hard

ALIKE = 0.3  # share of the pictures of two classes that are confused; half is guessing


def advice(
    classes: Sequence[ClassFigures],
    confusion: Sequence[Cell],
    calibration: Calibration,
    unknown: Unknown | None,
    *,
    once: Sequence[str],
    broken: int,
    test: TestSet | None = None,
    shared: SharedScene | None = None,
) -> tuple[Said, ...]:
    """Return sentences, the most useful first; one at least.

    once    classes that were recorded only once
    broken  how many pictures could not be read
    test    an own test set
    shared  the background that all recordings have, where that is one
    """
    said: list[Said] = []
    if untested := [c.label for c in classes if not c.tested]:
        words = f"{_listed(untested)} could not be tested with a single picture; record some more."
        said.append(Said("advice-untested", words, labels=untested))
    if once:
        said.append(_once(list(once), all=len(once) == len(classes)))
    said += _confused(confusion, {c.label: c.tested for c in classes}, unknown)
    said += _one_room(shared)
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
    if unknown and (unknown.named > MANY_NAMED or unknown.named_surely > 0.2):
        percent, surely = round(100 * unknown.named), round(100 * unknown.named_surely)
        words = (
            f"Of 100 pictures of classes that were left out in turn, it gives a name to {percent}, to {surely} with "
            f"over 90 % confidence. {NEAR_RELATIVES} What it may meet and must not name needs a class of its own."
        )
        said.append(Said("advice-named", words, percent=percent, surely=surely))
    said += _strange(test)
    said += _elsewhere(test, classes)
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


def _one_room(shared: SharedScene | None) -> list[Said]:
    """Say so where all recordings have one background."""
    if shared is None:
        return []
    apart, within, count = round(shared.apart), round(shared.within), shared.recordings
    words = (
        f"All {count} recordings have one background: their edges differ by {apart} of 255 at most "
        f"(within a recording by {within}). Nothing says how well it does elsewhere: record each thing in another room."
    )
    return [Said("advice-room", words, count=count, apart=apart, within=within)]


def _strange(test: TestSet | None) -> list[Said]:
    """Say so where a test set's own strangers are named."""
    if test is None or test.named is None or test.named <= 0.2:
        return []
    labels, percent = list(test.strange), round(100 * test.named)
    words = (
        f"Of the {test.unknown} test pictures of {_listed(labels)}, which it was not taught, {percent} % were given a "
        "name: record them, or the empty scene, as a class of their own, for example “nothing”."
    )
    return [Said("advice-test-named", words, labels=labels, percent=percent, count=test.unknown)]


def _elsewhere(test: TestSet | None, classes: Sequence[ClassFigures]) -> list[Said]:
    """Say so where a test set is harder than the held out pictures, beyond what chance would bring."""
    tested = sum(c.tested for c in classes)
    if test is None or test.right is None or not tested:
        return []
    held_out = sum((c.recall or 0) * c.tested for c in classes) / tested
    if wilson(test.right, test.known)[1] >= wilson(held_out, tested)[0]:
        return []
    percent, other = round(100 * test.right), round(100 * held_out)
    words = (
        f"On the test set it is right {percent} times of 100, on held out pictures of the dataset {other}: "
        "record each thing where the test pictures come from, or in another room and light."
    )
    return [Said("advice-test-harder", words, percent=percent, other=other)]


def _confused(confusion: Iterable[Cell], tested: dict[str, int], unknown: Unknown | None) -> list[Said]:
    left_out = {each.label: each for each in unknown.classes} if unknown else {}
    pairs: Counter[tuple[str, ...]] = Counter()
    for cell in confusion:
        if cell.answer is not None and cell.answer != cell.label:
            pairs[tuple(sorted((cell.label, cell.answer)))] += len(cell.examples)
    said = []
    for (one, other), count in pairs.most_common(MAX_NAMED):
        of = tested[one] + tested[other]
        taken = [(a, b, left_out[a].share) for a, b in ((one, other), (other, one)) if _taken_for(left_out.get(a), b)]
        if count >= ALIKE * of or (taken and count >= 0.1 * of):
            said.append(_alike(one, other, count, of, taken))
        elif count >= 0.1 * of or (count > 1 and count >= 0.05 * of):
            words = (
                f"{quoted(one)} and {quoted(other)} are confused ({count} of {of} pictures); "
                "record each once more, from above and in front of another background."
            )
            said.append(Said("advice-confused", words, label=one, other=other, count=count, of=of))
    return said


def _taken_for(left_out: LeftOut | None, other: str) -> bool:
    """Return whether most pictures of a class are called the other when only that one is taught."""
    return left_out is not None and left_out.taken_for == other and left_out.share > 0.5


def _alike(one: str, other: str, count: int, of: int, taken: Sequence[tuple[str, str, float]]) -> Said:
    """Say that two classes are nearly the same; ``taken``: what was called what, when left out, and how often."""
    words = f"{quoted(one)} and {quoted(other)} are nearly the same to it: {count} of {of} pictures are confused"
    percent = None
    if taken:
        a, b, share = max(taken, key=lambda each: each[2])
        one, other, percent = a, b, round(100 * share)
        words += f", and when {quoted(a)} is not taught, {percent} % of it are called {quoted(b)}"
    words += ". Show what tells them apart from close by, or make them one class."
    return Said("advice-alike", words, label=one, other=other, count=count, of=of, percent=percent)


def _listed(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return quoted(labels[0])
    if len(labels) <= MAX_NAMED:
        return ", ".join(map(quoted, labels[:-1])) + f" and {quoted(labels[-1])}"
    return ", ".join(map(quoted, labels[:MAX_NAMED])) + f" and {len(labels) - MAX_NAMED} others"
