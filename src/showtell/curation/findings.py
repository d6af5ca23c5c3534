"""Data care: what in a dataset is better looked at again. Few false alarms matter more than finding everything."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from showtell.curation.mislabelled import find_mislabelled
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.model.features import ExampleFeatures
from showtell.model.measures import measures
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures.duplicates import near_duplicates
from showtell.pictures.quality import Quality
from showtell.sentences import Said

Kind = Literal["duplicate", "blurred", "dark", "bright", "empty", "mislabelled", "unbalanced"]


BLURRED_SHARE = 0.55  # of the sharpness that is usual in the dataset


DARK_LEVEL = 50  # the lightest parts, of 255


BURNT_SHARE = 0.15  # share of white pixels more than usual in the burst, in a picture that is


BRIGHT_LEVEL = 210  # on average at least that light, of 255, and


BRIGHTER_BY = 25  # so many levels lighter than usual


EMPTY_GRADIENT = 3.0  # grey levels a pixel: there is nothing but noise


STILL_PICTURES = 5  # at least that many pictures, and four fifths of a burst, are the same: it stood still


UNBALANCED_TIMES = 4  # times fewer pictures than the usual class


@dataclass(frozen=True)
class Finding:
    """Something in a dataset that is better looked at again.

    kind      "duplicate", "blurred", "dark", "bright", "empty", "mislabelled" or "unbalanced"
    reason    what was found and what to do, in a sentence
    examples  the pictures, worst first; none for "unbalanced"
    label     the class it is about
    to        "mislabelled": the class that they seem to be, "duplicate": another class that has it too; or None

    >>> Finding("unbalanced", '"cup" has only 2 pictures, other classes about 20; record more of it.', (), "cup").kind
    'unbalanced'
    """

    kind: Kind
    reason: str
    examples: tuple[Example, ...]
    label: str
    to: str | None = None

    @property
    def id(self) -> str:
        """16 hexadecimal digits that stay while the finding does; for "unbalanced", while the class has its name.

        >>> Finding("unbalanced", "Record more cups.", (), "cup").id
        '90a44ffb9bcbe5e1'
        """
        parts = [self.kind, self.label, self.to or "", *sorted(example.id for example in self.examples)]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def care(
    dataset: Dataset,
    extractor: FeatureExtractor | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Return what in a dataset is better looked at again, most important first; disabled classes are left alone.

    extractor  computes the features by which pictures in the wrong class are found; the bundled backbone if None
    progress   called as ``progress(done, total)`` as pictures are looked at

    What was measured is kept in the dataset's folder ``.showtell``, so that a second call is quick. Broken pictures are
    left out and reported in ``dataset.problems``.

    >>> from showtell.pictures.drawing import draw
    >>> dataset, rng = Dataset("things"), np.random.default_rng(0)
    >>> cup = draw("mug", rng)
    >>> examples = [dataset.add("cup", cup), dataset.add("star", draw("star", rng)), dataset.add("mug", cup)]
    >>> [str(finding.reason) for finding in care(dataset)]
    ['The same picture is in "cup" and in "mug"; it can be only one: remove the wrong one.']
    """
    extractor = (extractor or FeatureExtractor()).fit()
    disabled = set(dataset.disabled)
    examples = [example for example in dataset if example.label not in disabled]
    rows = measures(dataset, examples, extractor)
    known = []
    for done, each in enumerate(ExampleFeatures(dataset, extractor).vectors(examples), 1):
        if each.example.id in rows:
            known.append(each)
        if progress:
            progress(done, len(examples))
    if not known:
        return []
    pictures = [each.example for each in known]
    found = Quality.of(np.array([rows[example.id] for example in pictures]))
    vectors = np.array([each.vector for each in known])
    poor = list(_poor(pictures, found))
    spoilt = {example.id for finding in poor for example in finding.examples}
    good = [place for place, example in enumerate(pictures) if example.id not in spoilt]
    return [
        *_mislabelled([pictures[place] for place in good], vectors[good]),
        *_duplicates(pictures, found.thumbnails),
        *poor,
        *_unbalanced({label: count for label, count in dataset.counts.items() if count and label not in disabled}),
    ]


def _poor(pictures: Sequence[Example], found: Quality) -> Iterator[Finding]:
    """Yield pictures on which there is little to see, unlike the others of their class: a dark class is meant so."""
    labels = np.array([example.label for example in pictures], object)
    empty = found.edges < EMPTY_GRADIENT
    dark = (found.lightest < DARK_LEVEL) & ~empty
    usual = np.median(found.sharpness[~empty]) if not empty.all() else 0
    blurred = (found.sharpness < BLURRED_SHARE * usual) & ~empty & ~dark
    light = found.thumbnails.mean(1)
    bright = (
        (_unlike(found.burnt, pictures) > BURNT_SHARE)
        & (_unlike(light, pictures) > BRIGHTER_BY)
        & (light > BRIGHT_LEVEL)
        & ~empty
    )
    for kind, those, order, what in (
        ("empty", empty, found.edges, "show|shows nothing at all; was the lens covered? Remove them|it"),
        ("dark", dark, found.lightest, "are|is almost black; remove them,|it, or record again with more light"),
        ("bright", bright, -found.burnt, "are|is overexposed; remove them,|it, or record again with less light"),
        ("blurred", blurred, found.sharpness, "are|is blurred; remove them,|it, or record again, moving more slowly"),
    ):
        for label in dict.fromkeys(labels):
            of_class = labels == label
            found_here = np.flatnonzero(those & of_class)
            if 0 < len(found_here) <= of_class.sum() / 2:
                ordered = found_here[np.argsort(order[found_here], kind="stable")]
                worst = tuple(pictures[place] for place in ordered)
                reason = Said("care-poor", _sentence(len(worst), label, what), kind=kind, count=len(worst), label=label)
                yield Finding(kind, reason, worst, label)  # type: ignore[arg-type]


def _unlike(values: NDArray[np.float32], pictures: Sequence[Example]) -> NDArray[np.float32]:
    """Return how much each value is above what is usual in the burst, or, where that is short, in the class."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, example in enumerate(pictures):
        for group in (("", example.label), example.recording):
            places.setdefault(group, []).append(place)
    usual = {
        group: np.median(values[those])
        for group, those in places.items()
        if group[0] == "" or len(those) >= STILL_PICTURES
    }
    base = [usual.get(example.recording, usual["", example.label]) for example in pictures]
    return np.asarray(values - base, np.float32)


def _sentence(count: int, label: str, what: str) -> str:
    """Return a sentence from ``what``, with its words for several and, after a bar, for one: "are|is blurred"."""
    text = " ".join(word.split("|")[count == 1] if "|" in word else word for word in what.split(" "))
    return f'A picture of "{label}" {text}.' if count == 1 else f'{count} pictures of "{label}" {text}.'


def _duplicates(pictures: Sequence[Example], thumbnails: NDArray[np.float32]) -> Iterator[Finding]:
    """Yield groups of nearly the same picture. In one burst that is usual, unless most of it stood still."""
    near = near_duplicates(thumbnails)
    taken: set[int] = set()
    sizes = Counter(picture.recording for picture in pictures)
    for place in sorted(near, key=lambda place: -len(near[place])):
        if place in taken:
            continue
        group = [other for other in [place, *near[place]] if other not in taken]
        recordings = {pictures[other].recording for other in group}
        if len(group) < 2 or (
            len(recordings) == 1 and len(group) < max(STILL_PICTURES, 0.8 * sizes[pictures[place].recording])
        ):
            continue
        taken.update(group)
        yield _duplicate([pictures[other] for other in group], one=len(recordings) == 1)


def _duplicate(group: list[Example], *, one: bool) -> Finding:
    label = group[0].label
    others = [example.label for example in group if example.label != label]
    if others:
        words = f'The same picture is in "{label}" and in "{others[0]}"; it can be only one: remove the wrong one.'
        reason = Said("care-both", words, label=label, other=others[0])
        return Finding("duplicate", reason, tuple(group), label, others[0])
    count = len(group)
    if one:
        words = _sentence(count, label, "stand still and teach as little as one; move the thing, and record again")
        return Finding("duplicate", Said("care-still", words, count=count, label=label), tuple(group), label)
    words = _sentence(count, label, "are all but the same; one is enough: remove the others")
    return Finding("duplicate", Said("care-same", words, count=count, label=label), tuple(group), label)


def _mislabelled(pictures: Sequence[Example], vectors: NDArray[np.float32]) -> Iterator[Finding]:
    labels = [example.label for example in pictures]
    groups: dict[tuple[str, str], list[Example]] = {}
    for place, to in find_mislabelled(vectors, labels, ["\0".join(example.recording) for example in pictures]):
        groups.setdefault((labels[place], to), []).append(pictures[place])
    for (label, to), those in groups.items():
        words = _sentence(len(those), label, "look|looks like {to}; move them|it there, or remove what is neither")
        words = words.replace("{to}", f'"{to}"')
        reason = Said("care-wrong", words, count=len(those), label=label, to=to)
        yield Finding("mislabelled", reason, tuple(those), label, to)


def _unbalanced(counts: dict[str, int]) -> Iterable[Finding]:
    if not counts:  # all went away while the pictures were looked at
        return
    usual = float(np.median(list(counts.values())))
    for label, count in sorted(counts.items(), key=lambda item: item[1]):
        if (
            len(counts) > 1
            and count * UNBALANCED_TIMES <= max(usual, max(counts.values()) / 2)
            and usual >= STILL_PICTURES
        ):
            few = "only 1 picture" if count == 1 else f"only {count} pictures"
            words = f'"{label}" has {few}, other classes about {usual:.0f}; record more of it.'
            reason = Said("care-few", words, count=count, label=label, usual=round(usual))
            yield Finding("unbalanced", reason, (), label)
