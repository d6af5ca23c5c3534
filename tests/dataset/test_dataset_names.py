"""Whatever people call a class: it keeps that name, and its folder is safe on Linux, macOS and Windows."""

import json
import os
import re
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from showtell.dataset.dataset import Dataset
from showtell.dataset.names import LONGEST_NAME, check_label, safe_name
from showtell.errors import DatasetError
from showtell.pictures import frame
from showtell.sentences import quoted

PICTURE = frame.encode_png(np.zeros((2, 2, 3), np.uint8))
NASTY = [
    "../", "..", ".", "/", "\\", "a/b", "a\\b", "C:", "C:\\x", "~", "CON", "con.txt", "Aux ", "nul.tar.gz", "COM1",
    "LPT¹", "CONIN$", ".hidden", ".showtell", ".label", "__MACOSX", "Thumbs.db", "lost+found",
    "mug.", "mug ", " mug", "mug\t",
    "mug\n", "a\0b", "\x1b[31m", "\u202egpj", "\u200b mug", "👩‍💻", "😀", "x" * 300, "é" * 300, "日本" * 60, "é",
    "e\u0301", "É", "Mug", "MUG", "mug", "ß", "ss", "SS", "ı", "i", "I", "İ", "ſ", "K", "Å", "*?<>|\"", "a:b", "-rf",
    "picture-0001", "burst1-001", "\ufeffmug", "\uffff", "\U0010ffff", "¥", "%00", "$(x)", "a" * 60, "a" * 61,
]  # fmt: skip
labels = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=1000),
    st.text("aAbß éÉ./\\ \u0301\u200d\0", min_size=1, max_size=6),
    st.sampled_from(NASTY).map(str.swapcase),
).filter(str.strip)


@pytest.fixture(autouse=True, scope="module")
def no_waiting_for_the_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


def canonical(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def plainly(label: str) -> str:
    """The label as it is compared: composed, with one space where there are spaces, and none around it."""
    label = "".join(" " if unicodedata.category(each) == "Zs" else each for each in unicodedata.normalize("NFC", label))
    return re.sub(" +", " ", label).strip()


def class_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != ".showtell"]


@settings(max_examples=60, deadline=None)
@given(st.lists(labels, min_size=1, max_size=12), st.data())
@example(NASTY[:40], None)
@example(NASTY[40:], None)
def test_every_label_keeps_its_name_in_a_folder_of_its_own(spelled, data):
    names = list(dict.fromkeys(map(plainly, spelled)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "things"
        dataset = Dataset(folder)
        for name in names:
            dataset.add_class(name)
        if data:  # one of them by way of another name
            first, other = names[0], data.draw(labels.filter(lambda label: plainly(label) not in names))
            dataset.rename(first, other)
            dataset.rename(other, first)
        assert dataset.labels == names
        assert Dataset(folder).labels == names
        assert [path.name for path in Path(temporary).iterdir()] == ["things"]
        folders = class_folders(folder)
        assert len(folders) == len({canonical(path.name) for path in folders}) == len(names)
        assert all(path.is_dir() and path.parent == folder for path in folders)
        for path in folders:
            assert_safe(path.name)
            inside = [file.name for file in path.iterdir()]
            assert inside == ([] if path.name in names else [".label"])


def assert_safe(name: str) -> None:
    assert len(name.encode()) <= LONGEST_NAME + len("burst-12345678-0001.png")
    assert not re.search(r'[<>:"/\\|?*\0-\x1f]', name)
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?", name)
    assert unicodedata.is_normalized("NFC", name)


@settings(max_examples=40, deadline=None)
@given(label=labels, burst=st.none() | labels | st.just(""), name=st.none() | labels | st.just(""))
def test_no_burst_and_no_file_name_is_unsafe(label, burst, name):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "things"
        dataset = Dataset(folder)
        added = [dataset.add(label, PICTURE, burst=burst, name=name) for _ in range(3)]
        assert len({one.id for one in added}) == 3
        assert len({one.burst for one in added}) == 1
        assert (added[0].burst is None) <= (burst is None)
        assert [one.path.parent for one in added] == class_folders(folder) * 3
        for one in added:
            assert one.path.read_bytes() == PICTURE
            assert_safe(one.path.name)
        assert Dataset(folder).examples(label) == added


@given(st.lists(st.text(), unique=True))
def test_different_bursts_stay_different(bursts):
    assert len({safe_name(burst) for burst in bursts}) == len(bursts)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("", "a class needs a name"),
        (" \t\n\u3000", "a class needs a name; found only whitespace"),
        ("x" * 1001, "at most 1000 characters, found 1001; shorten it"),
        ("\ud800", "not valid Unicode"),
        (7, "a class needs a name, a str; found int"),
        (None, "a class needs a name, a str; found NoneType"),
    ],
)
def test_what_is_no_name_is_refused_everywhere(label, message, tmp_path):
    dataset = Dataset(tmp_path)
    kept = dataset.add("mug", PICTURE)
    for change in (
        lambda: dataset.add(label, PICTURE),
        lambda: dataset.add_class(label),
        lambda: dataset.rename("mug", label),
        lambda: dataset.move(kept, to=label),
    ):
        with pytest.raises(DatasetError, match=message):
            change()
    assert dataset.labels == ["mug"]


def test_an_ordinary_name_is_its_own_folder(tmp_path):
    dataset = Dataset(tmp_path)
    for label in ("mug", "My mug (2)", "Grüße", "日本語", "😀", "a.b", "v1.0 – final"):
        dataset.add_class(label)
        assert list((tmp_path / label).iterdir()) == []


def test_a_folder_name_stays_readable():
    assert re.fullmatch(r"cup of tea_coffee-[0-9a-f]{8}", safe_name("cup of tea/coffee?"))
    assert re.fullmatch(r"x{60}-[0-9a-f]{8}", safe_name("x" * 300))
    assert re.fullmatch(r"name-[0-9a-f]{8}", safe_name("../"))


def test_a_name_that_is_taken_even_with_its_hash_gets_another():
    first = safe_name("a/b")
    second = safe_name("a/b", {first.casefold()})
    assert first != second
    assert safe_name("a/b", {first.casefold(), second.casefold()}) not in (first, second)


@pytest.mark.parametrize("content", [b"", b"  ", b"\xff\xfe", b"x" * 5000])
def test_a_label_file_without_a_usable_name_is_reported(tmp_path, content):
    (tmp_path / "mug").mkdir()
    (tmp_path / "mug/.label").write_bytes(content)
    dataset = Dataset(tmp_path)
    assert dataset.labels == ["mug"]
    assert [problem.file for problem in dataset.problems] == ["mug/.label"]


def test_a_name_in_a_message_takes_one_short_line():
    assert quoted("mug") == '"mug"'
    assert quoted("a\nb\x1b") == '"a\ufffdb\ufffd"'
    assert len(quoted("x" * 1000)) == 62
    assert check_label("mug") == "mug"


# -- one name in several spellings

COMPOSED, APART = "Rat\u00f3n", "Rato\u0301n"
SPELLINGS = [
    (COMPOSED, APART),
    ("coffee mug", "coffee  mug"),
    ("coffee mug", " coffee mug"),
    ("coffee mug", "coffee mug "),
    ("coffee mug", "coffee mug\t\n"),
    ("coffee mug", "coffee\u00a0mug\u3000"),
    ("\uac00", "\u1100\u1161"),  # Hangul
    ("\u1ec7", "e\u0323\u0302"),  # two marks, which may come in either order
    ("\u1ec7", "e\u0302\u0323"),
    ("K\u00c5", "\u212a\u212b"),  # the signs of Kelvin and Angstrom
    (f"{COMPOSED} y caf\u00e9", f"  {APART}  y cafe\u0301 "),
]


def number(value: int) -> bytes:
    return frame.encode_png(np.full((2, 2, 3), value, np.uint8))


@pytest.mark.parametrize(("plain", "other"), SPELLINGS)
@pytest.mark.parametrize("swapped", [False, True])
def test_names_that_look_the_same_are_one_class_everywhere(tmp_path, plain, other, swapped):
    first, second = (other, plain) if swapped else (plain, other)
    dataset = Dataset(tmp_path / "things")
    one, two = dataset.add(first, number(1)), dataset.add(second, number(2))
    assert (one.label, two.label) == (plain, plain)
    assert dataset.counts == Dataset(dataset.folder).counts == {plain: 2}
    assert [path.name for path in class_folders(dataset.folder)] == [plain]
    for label in (first, second):
        assert dataset.examples(label) == [one, two]
        with pytest.raises(DatasetError, match="there is a class"):
            dataset.add_class(label)
        dataset.enable(label, False)
        assert dataset.disabled == [plain]
        dataset.enable(label)
        dataset.order([label])
        assert dataset.move(one, two, to=label) == [one, two]
    before = dataset.undoable
    dataset.rename(first, second)  # no change
    assert dataset.undoable == before
    dataset.rename(second, "cup")
    dataset.rename("cup", second)
    assert dataset.labels == [plain]
    dataset.remove_class(second)
    assert dataset.labels == []


@pytest.mark.parametrize(("plain", "folder"), SPELLINGS)
def test_a_folder_from_elsewhere_keeps_its_bytes(tmp_path, plain, folder):
    try:
        (tmp_path / folder).mkdir()
    except OSError:
        pytest.skip("no such name on this file system")
    (tmp_path / folder / "1.png").write_bytes(number(1))
    dataset = Dataset(tmp_path)
    assert dataset.counts == {plain: 1}
    dataset.add(plain, number(2))
    dataset.enable(plain, False)
    dataset.undo()
    assert [os.fsencode(path.name) for path in class_folders(tmp_path)] == [os.fsencode(folder)]
    assert sorted(path.name for path in (tmp_path / folder).iterdir()) == ["1.png", "picture-0001.png"]
    assert Dataset(tmp_path).counts == {plain: 2}


def test_tabs_and_line_breaks_within_a_name_stay():
    assert check_label("coffee\n\tmug \n") == "coffee\n\tmug"


@pytest.fixture
def twins(tmp_path: Path) -> Dataset:
    """A class in two folders that look the same, between two others; pictures of the same name in both."""
    folder = tmp_path / "things"
    for name, values in {"Q": [9], COMPOSED: [1, 2], APART: [3, 4], "S": [8]}.items():
        try:
            (folder / name).mkdir(parents=True)
        except FileExistsError:
            pytest.skip("this file system takes both names for one")
        for place, value in enumerate(values):
            (folder / name / f"{place}.png").write_bytes(number(value))
    return Dataset(folder)


def pictures(dataset: Dataset, label: str) -> list[bytes]:
    return sorted(example.read() for example in dataset.examples(label))


EVERY = sorted(map(number, [1, 2, 3, 4]))


def test_two_folders_of_one_name_are_one_class(twins):
    assert twins.counts == {"Q": 1, COMPOSED: 4, "S": 1}
    assert pictures(twins, APART) == EVERY
    assert all(twins.example(example.id) == example for example in twins)
    assert {example.label for example in twins.examples(APART)} == {COMPOSED}
    assert twins.problems == []


def test_a_class_of_two_folders_is_changed_as_one(twins):
    def undone() -> None:
        twins.undo()
        for dataset in (twins, Dataset(twins.folder)):
            assert dataset.counts == {"Q": 1, COMPOSED: 4, "S": 1}
            assert pictures(dataset, COMPOSED) == EVERY
            assert dataset.disabled == []
        assert sorted(path.name for path in class_folders(twins.folder)) == sorted(["Q", COMPOSED, APART, "S"])

    twins.remove_class(APART)
    assert twins.labels == ["Q", "S"]
    undone()
    twins.rename(APART, "mouse")
    assert pictures(twins, "mouse") == pictures(Dataset(twins.folder), "mouse") == EVERY
    undone()
    twins.rename(COMPOSED, "Q2")
    twins.undo()
    twins.redo()
    assert pictures(twins, "Q2") == EVERY
    undone()
    twins.enable(APART, False)
    assert Dataset(twins.folder).disabled == [COMPOSED]
    undone()
    twins.clear()
    assert twins.labels == []
    undone()
    twins.order(["S", APART, "Q"])
    assert Dataset(twins.folder).labels == ["S", COMPOSED, "Q"]
    twins.undo()
    twins.move(*twins.examples(COMPOSED), to="S")
    assert pictures(twins, "S") == sorted([*EVERY, number(8)])
    undone()


def test_a_zip_of_two_folders_of_one_name_has_all_pictures(twins, tmp_path):
    twins.export(tmp_path / "things.zip")
    with zipfile.ZipFile(tmp_path / "things.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{COMPOSED}/") and name.endswith(".png")]
        assert sorted(map(archive.read, names)) == EVERY


def test_classes_that_an_older_version_kept_apart_are_one(tmp_path):
    """It gave the second of them a folder with a hash, and a label file."""
    for folder, label in {"mug": "", "mug-12345678": "mug ", f"{COMPOSED}": "", "Rato_n-12345678": APART}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.png").write_bytes(number(len(label)))
        if label:
            (tmp_path / folder / ".label").write_text(label, encoding="utf-8")
    assert Dataset(tmp_path).counts == {"mug": 2, COMPOSED: 2}


def test_a_folder_whose_name_is_no_unicode_is_reported(tmp_path):
    try:
        os.mkdir(os.fsencode(tmp_path) + b"/m\xffg")
    except OSError:
        pytest.skip("this file system takes only Unicode")
    (tmp_path / "mug").mkdir()
    with open(os.fsencode(tmp_path) + b"/mug/\xff.png", "wb"):
        pass
    dataset = Dataset(tmp_path)
    assert dataset.labels == ["mug"]
    assert [problem.reason for problem in dataset.problems] == ["its name is not valid Unicode; rename it"] * 2
    json.dumps([problem.file for problem in dataset.problems], ensure_ascii=False).encode()
