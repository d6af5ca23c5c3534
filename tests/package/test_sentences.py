"""Sentences with codes: which there are, and that they come whole to the page and back out of the journal."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path

import pytest

from showtell import Dataset, sentences
from showtell.errors import PictureError
from showtell.sentences import Said, coded

SOURCES = Path(sentences.__file__).parent
CODES = Path(__file__).parents[2] / "frontend" / "tests" / "codes.json"  # its own test has a sentence for each


def codes() -> dict[str, list[str]]:
    """Every code in the sources, with the names of its values."""
    found: dict[str, list[str]] = {}
    for file in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Said"):
                continue
            code = node.args[0]
            if isinstance(code, ast.Name) and file.name == "sentences.py":  # it is read back
                continue
            assert isinstance(code, ast.Constant), f"{file}:{node.lineno}: expected the code itself"
            names = sorted(str(keyword.arg) for keyword in node.keywords)
            assert found.setdefault(code.value, names) == names, f"{file}:{node.lineno}: other values than elsewhere"
    return dict(sorted(found.items()))


def test_the_page_knows_every_code() -> None:
    now = json.dumps(codes(), indent=2) + "\n"
    if CODES.read_text("utf-8") != now:
        CODES.write_text(now, "utf-8")
        pytest.fail(f"{CODES} was out of date and is written anew; now frontend/text/ needs a sentence for each code")


def test_an_error_says_what_it_is_about(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "things")
    with pytest.raises(PictureError) as broken:
        dataset.add("mug", b"", name="cup.jpg")
    assert sentences.sentence(broken.value) == str(broken.value) == "cup.jpg: the file is empty; expected a picture"
    assert sentences.reason(broken.value, "cup.jpg") == "the file is empty; expected a picture"
    assert coded(sentences.sentence(broken.value)) == {
        "code": "of",
        "text": "cup.jpg: the file is empty; expected a picture",
        "values": {
            "name": "cup.jpg",
            "reason": {"code": "picture-empty", "text": "the file is empty; expected a picture", "values": {}},
        },
    }
    assert coded("just words") is None
    assert coded(copy.deepcopy(sentences.sentence(broken.value))) == coded(sentences.sentence(broken.value))


def test_what_can_be_undone_keeps_its_code_on_disk(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "things")
    with dataset.together(Said("import", 'import "a.zip"', name="a.zip")):
        dataset.add_class("mug")
    dataset.rename("mug", "cup")
    again = Dataset(tmp_path / "things")
    assert coded(again.undoable) == {
        "code": "rename",
        "text": 'rename "mug" to "cup"',
        "values": {"label": "mug", "to": "cup"},
    }
    again.undo()
    words = again.undoable
    assert words == 'import "a.zip" (0 pictures)'
    kept = coded(words)
    assert kept
    assert (kept["code"], kept["values"]["act"]["code"], kept["values"]["count"]) == ("act", "import", 0)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "x",
        {"code": "x"},
        {"code": 1, "text": "x", "values": {}},
        {"code": "x", "text": "x", "values": {"a": [1]}},
    ],
)
def test_a_journal_without_codes_or_with_damaged_ones_is_read_all_the_same(tmp_path: Path, kept: object) -> None:
    dataset = Dataset(tmp_path / "things")
    dataset.add_class("mug")
    journal = tmp_path / "things" / ".showtell" / "journal"
    records = [json.loads(line) for line in journal.read_bytes().splitlines()]
    for record in records:
        if "said" in record:
            record["said"] = kept
    journal.write_text("".join(json.dumps(record) + "\n" for record in records))
    again = Dataset(tmp_path / "things").undoable
    assert again == 'add the class "mug"'
    assert coded(again) is None
