"""Whatever people call a class: it keeps that name, and its folder is safe on Linux, macOS and Windows."""

import json
import os
import re
import tempfile
import unicodedata
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


def class_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != ".showtell"]


@settings(max_examples=60, deadline=None)
@given(st.lists(labels, min_size=1, max_size=12, unique=True), st.data())
@example(NASTY[:40], None)
@example(NASTY[40:], None)
def test_every_label_keeps_its_name_in_a_folder_of_its_own(names, data):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "things"
        dataset = Dataset(folder)
        for name in names:
            dataset.add_class(name)
        if data:  # one of them by way of another name
            first, other = names[0], data.draw(labels.filter(lambda label: label not in names))
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
    assert check_label("mug ") == "mug "


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
