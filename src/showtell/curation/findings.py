"""Data care: what in a dataset is better looked at again. Few false alarms matter more than finding everything."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from showtell.curation.mislabelled import strays
from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.dataset.names import WORKSPACE
from showtell.errors import DatasetError, PictureError
from showtell.model.features import ExampleFeatures
from showtell.networks.cache import FeatureCache
from showtell.networks.extractor import FeatureExtractor
from showtell.pictures import quality
from showtell.pictures.quality import Quality
from showtell.sentences import Said
from showtell.system.parallel import ahead

Kind = Literal["duplicate", "blurred", "dark", "bright", "empty", "mislabelled", "unbalanced"]


BLURRED = 0.55  # of the sharpness that is usual in the dataset


DARK = 50  # the lightest parts, of 255


BURNT = 0.15  # share of white pixels more than usual in the burst, in a picture that is


LIGHT = 210  # on average at least that light, of 255, and


LIGHTER = 25  # so many levels lighter than usual


EMPTY = 3.0  # grey levels a pixel: there is nothing but noise


SAME = 1.4  # root of the mean squared difference of two thumbnails, of 255


STILL = 5  # at least that many pictures, and four fifths of a burst, are the same: it stood still


UNBALANCED = 4  # times fewer pictures than the usual class


@dataclass(frozen=True)
class Finding:
    """Something in a dataset that is better looked at again.

    kind      "duplicate", "blurred", "dark", "bright", "empty", "mislabelled" or "unbalanced"
    reason    what was found and what to do, in a sentence
    examples  the pictures, worst first; none for "unbalanced"
    label     the class it is about
    to        "mislabelled": the class that they seem to be, "duplicate": another class that has it too; or None
    """

    kind: Kind
    reason: str
    examples: tuple[Example, ...]
    label: str
    to: str | None = None

    @property
    def id(self) -> str:
        """Stays the same while the finding does; for "unbalanced", while the class is."""
        parts = [self.kind, self.label, self.to or "", *sorted(example.id for example in self.examples)]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def care(
    dataset: Dataset,
    extractor: FeatureExtractor | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """What in the classes that are learned is better looked at again, most important first.

    ``progress(done, total)`` is called as pictures are looked at; what was measured is kept in the dataset's hidden
    folder. Broken pictures are left out and reported in ``dataset.problems``.
    """
    extractor = (extractor or FeatureExtractor()).fit()
    disabled = set(dataset.disabled)
    examples = [example for example in dataset if example.label not in disabled]
    rows: dict[str, NDArray[np.float32]] = {}
    known = []
    for example, row in _measured(dataset, examples, extractor):
        rows[example.id] = row
    for done, found in enumerate(ExampleFeatures(dataset, extractor).vectors(examples), 1):
        if found.example.id in rows:
            known.append(found)
        if progress:
            progress(done, len(examples))
    if not known:
        return []
    pictures = [found.example for found in known]
    measures = Quality.of(np.array([rows[example.id] for example in pictures]))
    vectors = np.array([found.vector for found in known])
    poor = list(_poor(pictures, measures))
    spoilt = {example.id for finding in poor for example in finding.examples}
    good = [place for place, example in enumerate(pictures) if example.id not in spoilt]
    return [
        *_mislabelled([pictures[place] for place in good], vectors[good]),
        *_duplicates(pictures, measures.thumbnails),
        *poor,
        *_unbalanced({label: count for label, count in dataset.counts.items() if count and label not in disabled}),
    ]


def _measured(
    dataset: Dataset, examples: Sequence[Example], extractor: FeatureExtractor
) -> Iterator[tuple[Example, NDArray[np.float32]]]:
    """Each example that can be read, with its row of measures."""
    entry = extractor.entry
    variant = f"{quality.VERSION}-{entry.size}-{entry.crop}"
    cache = FeatureCache(dataset.folder / WORKSPACE / "quality.bin", quality.DIMENSION, variant)

    def look(batch: list[Example]) -> list[tuple[Example, NDArray[np.float32]] | None]:
        return [_row(example, extractor, cache) for example in batch]

    yield from (row for row in ahead(look, examples, 16) if row is not None)


def _row(
    example: Example, extractor: FeatureExtractor, cache: FeatureCache
) -> tuple[Example, NDArray[np.float32]] | None:
    try:
        data = example.read()
        key = cache.key(data)
        row = cache.get(key)
        if row is None:
            row = cache.round(quality.measure(extractor.entry.square(data)))
            cache.put([key], row[None])
    except (PictureError, DatasetError):  # reported when the network looks at it
        return None
    return example, row


def _poor(pictures: Sequence[Example], found: Quality) -> Iterator[Finding]:
    """Pictures on which there is little to see, unlike the other pictures of their class: a dark class is meant so."""
    labels = np.array([example.label for example in pictures], object)
    empty = found.edges < EMPTY
    dark = (found.lightest < DARK) & ~empty
    usual = np.median(found.sharpness[~empty]) if not empty.all() else 0
    blurred = (found.sharpness < BLURRED * usual) & ~empty & ~dark
    light = found.thumbnails.mean(1)
    bright = (_unlike(found.burnt, pictures) > BURNT) & (_unlike(light, pictures) > LIGHTER) & (light > LIGHT) & ~empty
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
    """How much each value is above what is usual in the burst, or, where that is short, in the class."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, example in enumerate(pictures):
        for group in (("", example.label), example.recording):
            places.setdefault(group, []).append(place)
    usual = {
        group: np.median(values[those]) for group, those in places.items() if group[0] == "" or len(those) >= STILL
    }
    base = [usual.get(example.recording, usual["", example.label]) for example in pictures]
    return np.asarray(values - base, np.float32)


def _sentence(count: int, label: str, what: str) -> str:
    """``what`` with its verbs for several and, after a bar, for one: "are|is blurred; remove them|it"."""
    text = " ".join(word.split("|")[count == 1] if "|" in word else word for word in what.split(" "))
    return f'A picture of "{label}" {text}.' if count == 1 else f'{count} pictures of "{label}" {text}.'


def _duplicates(pictures: Sequence[Example], thumbnails: NDArray[np.float32]) -> Iterator[Finding]:
    """Groups of nearly the same picture. In one burst that is usual, unless most of it stood still."""
    near = _near(thumbnails, SAME * np.sqrt(thumbnails.shape[1]))
    taken: set[int] = set()
    sizes = Counter(picture.recording for picture in pictures)
    for place in sorted(near, key=lambda place: -len(near[place])):
        if place in taken:
            continue
        group = [other for other in [place, *near[place]] if other not in taken]
        recordings = {pictures[other].recording for other in group}
        if len(group) < 2 or (len(recordings) == 1 and len(group) < max(STILL, 0.8 * sizes[pictures[place].recording])):
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


def _near(rows: NDArray[np.float32], limit: float) -> dict[int, list[int]]:
    """For each row that has any, the others within the Euclidean distance; in blocks, so that memory stays bounded."""
    centred = rows - rows.mean(0)
    squares = np.einsum("nd,nd->n", centred, centred)
    found: dict[int, list[int]] = {}
    for start in range(0, len(rows), 1000):
        block = centred[start : start + 1000]
        apart = squares[start : start + 1000, None] + squares - 2 * (block @ centred.T)
        for one, other in np.argwhere(apart < limit**2).tolist():
            if one + start != other:
                found.setdefault(one + start, []).append(other)
    return found


def _mislabelled(pictures: Sequence[Example], vectors: NDArray[np.float32]) -> Iterator[Finding]:
    labels = [example.label for example in pictures]
    groups: dict[tuple[str, str], list[Example]] = {}
    for place, to in strays(vectors, labels, ["\0".join(example.recording) for example in pictures]):
        groups.setdefault((labels[place], to), []).append(pictures[place])
    for (label, to), those in groups.items():
        words = _sentence(len(those), label, "look|looks like {to}; move them|it there, or remove what is neither")
        words = words.replace("{to}", f'"{to}"')
        reason = Said("care-wrong", words, count=len(those), label=label, to=to)
        yield Finding("mislabelled", reason, tuple(those), label, to)


def _unbalanced(counts: dict[str, int]) -> Iterable[Finding]:
    usual = float(np.median(list(counts.values())))
    for label, count in sorted(counts.items(), key=lambda item: item[1]):
        if len(counts) > 1 and count * UNBALANCED <= max(usual, max(counts.values()) / 2) and usual >= STILL:
            few = "only 1 picture" if count == 1 else f"only {count} pictures"
            words = f'"{label}" has {few}, other classes about {usual:.0f}; record more of it.'
            reason = Said("care-few", words, count=count, label=label, usual=round(usual))
            yield Finding("unbalanced", reason, (), label)
