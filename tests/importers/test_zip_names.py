"""Names in zips whose encoding nobody says: macOS writes UTF-8, Windows the code page of its country."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from sources import picture

from showtell.dataset.dataset import Dataset
from showtell.importers.importing import import_into
from showtell.importers.zip_names import decoded_names


def entries(names: list[str], encoding: str) -> list[zipfile.ZipInfo]:
    """As zipfile reads them where the flag is not set."""
    return [zipfile.ZipInfo(name.encode(encoding).decode("cp437")) for name in names]


WORDS = {
    "utf-8": ["Käse", "猫", "Ratón", "кошка", "고양이", "Größe", "naïve café", "犬", "ελιά", "🍎"],
    "cp437": ["Käse", "Größe", "Ratón", "Äpfel", "crème brûlée", "Ñandú", "Åse", "Öl", "garçon", "plätzchen"],
    "cp850": ["São Paulo", "Ørsted", "brød", "maçã", "Ícaro"],
    "cp1252": ["Käse", "Größe", "Ratón", "crème brûlée", "maçã", "brød", "garçon"],
    "cp866": ["кошка", "Собака", "чашка и звезда", "МЯЧ"],
    "cp932": ["りんご", "バナナ", "猫", "犬と猫", "自転車", "コップ", "表", "ソース"],
    "gbk": ["苹果", "香蕉", "自行车", "猫和狗"],
    "big5": ["蘋果", "香蕉和橘子", "腳踏車"],
    "cp949": ["고양이", "강아지", "자전거와 사과"],
}


@pytest.mark.parametrize("encoding", WORDS)
def test_names_of_a_country_are_read_together(encoding):
    names = [f"{word}/{number}.jpg" for word in WORDS[encoding] for number in (1, 2)]
    assert decoded_names(entries(names, encoding)) == names


@pytest.mark.parametrize(("word", "encoding"), [(word, code) for code in WORDS for word in WORDS[code] if word != "表"])
def test_one_name_alone_is_read_as_well(word, encoding):
    assert decoded_names(entries([f"{word}/1.jpg"], encoding)) == [f"{word}/1.jpg"]


def test_the_flag_and_the_second_name_of_other_programs_count():
    flagged = zipfile.ZipInfo("Käse/1.jpg")
    flagged.flag_bits = 0x800
    raw = b"K\xe4se/1.jpg"
    import struct
    import zlib

    second = "Käse☕/1.jpg".encode()
    body = struct.pack("<BI", 1, zlib.crc32(raw)) + second
    other = zipfile.ZipInfo(raw.decode("cp437"))
    other.extra = b"\1\0\2\0xx" + struct.pack("<HH", 0x7075, len(body)) + body
    assert decoded_names([flagged, other]) == ["Käse/1.jpg", "Käse☕/1.jpg"]


class Unflagged(zipfile.ZipInfo):
    """A name in another encoding, without a word of which."""

    encoding = "utf-8"

    def _encodeFilenameFlags(self):  # noqa: N802
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


@pytest.mark.parametrize("encoding", WORDS)
def test_the_pictures_come_in_with_those_labels(tmp_path: Path, monkeypatch, encoding):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(Unflagged, "encoding", encoding)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as file:
        for number, word in enumerate(WORDS[encoding]):
            file.writestr(Unflagged(f"{word}/1.png"), picture(number))
    done = import_into(tmp_path / "z.zip", Dataset(tmp_path / "things"))
    assert (done.labels, done.problems) == (WORDS[encoding], [])
