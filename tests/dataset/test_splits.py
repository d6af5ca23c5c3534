"""No recording is on both sides, everything that can be is tested once, and every class is always taught."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showtell import Example
from showtell.dataset.splits import FOLDS, LEAST, held_out, plan, thinned, without


def made(classes: dict[str, list[int]]) -> list[Example]:
    """For each class its bursts' sizes; a size of 0 is a single picture without a burst."""
    examples = []
    for label, bursts in classes.items():
        for number, size in enumerate(bursts):
            burst = str(number) if size else None
            names = [f"{label}/burst{number}-{n:03}.jpg" for n in range(size)] or [f"{label}/{number}.jpg"]
            examples += [Example(label, name, burst, Path("things")) for name in names]
    return examples


classes = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=8), min_size=2, max_size=12).map(
    lambda bursts: {f"class {n}": sizes for n, sizes in enumerate(bursts)}
)


@given(classes)
def test_what_holds_for_any_dataset(classes):
    examples = made(classes)
    by = plan(examples)
    labels = {example.label for example in examples}
    pictures = Counter(example.label for example in examples)
    assert len(by.folds) <= FOLDS
    tested = Counter(row for fold in by.folds for row in fold.test)
    assert set(tested.values()) <= {1}
    assert {examples[row].label for row in set(range(len(examples))) - set(tested)} == set(by.untested)
    assert set(by.untested) == {label for label in labels if pictures[label] == 1}
    assert set(by.once) == {label for label, sizes in classes.items() if len(sizes) == 1 and sizes[0] > 1}
    for fold in by.folds:
        assert not set(fold.train) & set(fold.test)
        assert {examples[row].label for row in fold.train} == labels
        both = {by.recordings[row] for row in fold.train} & {by.recordings[row] for row in fold.test}
        assert {e.label for e, r in zip(examples, by.recordings, strict=True) if r in both} <= set(by.once)


@st.composite
def datasets_with_copies(draw):
    """Examples, and for each its picture's number: equal numbers are equal pictures, in whatever class and burst."""
    examples = made(draw(classes))
    kinds = draw(st.integers(1, 2 * len(examples)))
    shown = draw(st.lists(st.integers(0, kinds), min_size=len(examples), max_size=len(examples)))
    return examples, shown


def copies(shown):
    return {
        row: {other for other, it in enumerate(shown) if it == own and other != row} for row, own in enumerate(shown)
    }


@given(datasets_with_copies())
def test_no_fold_asks_for_a_picture_that_it_teaches_however_often_and_wherever_it_is(dataset):
    examples, shown = dataset
    labels = {example.label for example in examples}
    by = plan(examples, copies(shown))
    tested = Counter(row for fold in by.folds for row in fold.test)
    assert set(tested.values()) <= {1}
    assert set(by.untested) == labels - {examples[row].label for row in tested}
    for fold in by.folds:
        assert {examples[row].label for row in fold.train} == labels
        assert not {shown[row] for row in fold.train} & {shown[row] for row in fold.test}
    of_picture = {}
    for row, picture in enumerate(shown):
        assert of_picture.setdefault(picture, by.recordings[row]) == by.recordings[row]
    left_out = without(examples, by, {examples[0].label}, copies(shown))
    assert not {shown[row] for row in left_out.train} & {shown[row] for row in left_out.test}
    early = held_out(examples, copies(shown))
    assert not {shown[row] for row in early.train} & {shown[row] for row in early.test}
    assert {examples[row].label for row in early.train} == labels


@given(classes, st.integers(2, 4))
def test_what_was_imported_several_times_is_tested_as_if_it_was_once(classes, times):
    examples = made(classes)
    again = [
        Example(e.label, f"{e.id}-{n}", e.burst and f"{e.burst}-{n}", e.dataset) for n in range(times) for e in examples
    ]
    same = copies(list(range(len(examples))) * times)
    once, more = plan(examples), plan(again, same)
    assert (once.once, once.untested) == (more.once, more.untested)
    assert len(set(once.recordings)) == len(set(more.recordings))
    assert len(more.folds) == len(once.folds)
    assert sum(len(fold.test) for fold in more.folds) == times * sum(len(fold.test) for fold in once.folds)


def test_recordings_that_share_a_picture_are_one_and_so_is_what_shares_one_with_these():
    examples = made({"cup": [2, 2, 0], "mug": [2, 0]})
    assert plan(examples, {1: [2], 2: [1], 3: [5], 5: [3]}).recordings == (0, 0, 0, 0, 1, 0, 0, 2)


def test_a_class_of_copies_of_one_picture_is_not_tested():
    by = plan(made({"cup": [0, 0, 0], "mug": [0, 0]}), copies([0, 0, 0, 1, 2]))
    assert by.untested == ("cup",)
    assert {row for fold in by.folds for row in fold.test} == {3, 4}
    assert all({0, 1, 2} <= set(fold.train) for fold in by.folds)


def test_a_recording_is_a_burst_of_a_class_or_a_single_picture():
    by = plan(made({"cup": [3, 0, 0], "mug": [2]}))
    assert by.recordings == (0, 0, 0, 1, 2, 3, 3)


def test_one_recording_is_cut_in_the_middle_with_a_gap_that_does_not_teach():
    by = plan(made({"cup": [10], "mug": [10]}))
    assert by.once == ("cup", "mug")
    first, second = by.folds
    assert first.test == (0, 1, 2, 3, 4, 15, 16, 17, 18, 19)
    assert first.train == (6, 7, 8, 9, 10, 11, 12, 13)
    assert second.test == (5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
    assert second.train == (0, 1, 2, 3, 16, 17, 18, 19)


def test_two_single_pictures_teach_and_test_in_turn():
    by = plan(made({"cup": [0, 0], "mug": [0, 0]}))
    assert by.once == ()
    assert sorted(row for fold in by.folds for row in fold.test) == [0, 1, 2, 3]


def test_two_hundred_classes_take_five_folds_of_like_size():
    by = plan(made({f"{n:03}": [2] * 5 for n in range(200)}))
    assert [len(fold.test) for fold in by.folds] == [400] * 5


def test_nothing_to_test_gives_no_folds():
    assert plan(made({"cup": [0], "mug": [1]})).folds == ()


@pytest.mark.parametrize(("share", "expected"), [(1, range(12)), (0.5, [0, 2, 4, 6, 7, 10, 11]), (0.01, [0, 7, 11])])
def test_thinning_keeps_a_share_of_each_class_spread_evenly_and_one_at_least(share, expected):
    assert thinned(made({"a": [7], "b": [4], "c": [1]}), range(12), share) == tuple(expected)


@given(classes)
def test_held_out_pictures_share_no_recording_with_those_that_teach(classes):
    examples = made(classes)
    fold = held_out(examples)
    teach, test = [examples[row] for row in fold.train], [examples[row] for row in fold.test]
    assert not set(fold.train) & set(fold.test)
    pictures = Counter(example.label for example in examples)
    recordings = {label: {e.recording for e in examples if e.label == label} for label in pictures}
    for label, count in pictures.items():
        own = {e.recording for e in teach if e.label == label}
        out = {e.recording for e in test if e.label == label}
        assert own  # every class teaches
        assert bool(out) == (count >= LEAST)
        assert len(recordings[label]) == 1 or not own & out


def test_a_single_recording_gives_its_last_fifth_and_what_is_beside_it_does_not_teach():
    examples = made({"mug": [20], "star": [3]})
    fold = held_out(examples)
    assert fold.train == (*range(14), 20, 21, 22)
    assert fold.test == (16, 17, 18, 19)
