"""File names in zips that don't say in which encoding they are: most programs write their system's own.

A name that is not ASCII is UTF-8 if the zip says so. If it doesn't, it is UTF-8 where it can be; otherwise it is in
the one code page in which all such names of the zip look most like words.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from itertools import pairwise

_UTF8_FLAG = 0x800

_UNICODE_PATH = 0x7075  # the extra field in which Info-ZIP and 7-Zip write the name once more

_ODD = -9.0  # log likelihood of a character that has no place in a name

_LETTER = -3.7  # of a letter of an alphabet

_PLAIN = -2.9  # of a letter without accent

_SYLLABLE = -5.0  # of a sign for a syllable that is used much

_BRACKET = -5.0  # of a sign that is rare in names

_USUAL = frozenset("äöüßéèêëàâáíóúñçåøæãîïôûìòùœ")

# The syllables that most Korean words are made of.
_HANGUL = frozenset(
    "가강거건경계고공과관구국군그금기길김나난날남내너노년녹눈능니다단달닭당대던데도동두드들등딸라랑러레로류르리린마만말"
    "머면명모목무문물미민바박반발밤방배병보복본봄부북분불비빈빵빨사산삼상새색생서석선설성세소손수술숲스시식신실쌀씨아악안알"
    "야약양어엄엔여역연열영예오옥온와왕외요욕용우운울원월위유육은을음읍의이인일입있잎자작잠장재저적전절점접정제조종좌주죽중"
    "즈지진차책천청체초추축출치칠카칼컵코콩큰키타탕터테토통트파팔편평포품풍피필하학한해행향허현형호혼홍화환황회후휴흰"
)


def decoded_names(entries: Iterable[zipfile.ZipInfo]) -> list[str]:
    """Return the name of each entry of a zip, in order, with ``/`` between folders.

    >>> entry = zipfile.ZipInfo("K\\u00c3\\u00a4se/1.jpg".encode("latin-1").decode("cp437"))  # UTF-8, without the flag
    >>> decoded_names([entry])
    ['Käse/1.jpg']
    """
    entries = list(entries)
    raw = [_raw(entry) for entry in entries]
    page = _code_page({name for name in raw if isinstance(name, bytes) and not _is_utf8(name)})
    names = [
        name if isinstance(name, str) else name.decode("utf-8" if _is_utf8(name) else page, "replace") for name in raw
    ]
    return [name.replace("\\", "/") for name in names]


def _raw(entry: zipfile.ZipInfo) -> str | bytes:
    """Return the name where it is certain, its bytes where it isn't."""
    name = entry.orig_filename.partition("\0")[0]
    if entry.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        data = name.encode("cp437")  # as zipfile decoded it
    except UnicodeEncodeError:
        return name
    return _second_name(entry.extra, data) or data


def _second_name(extra: bytes, name: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(name):
            return body[5:].decode("utf-8", "replace")
        at += 4 + size
    return None


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _code_page(names: set[bytes]) -> str:
    best, most = "cp437", _score(names, "cp437", _latin) + 2  # what the zip format says, in doubt
    for page, likelihood in _PAGES.items():
        if (score := _score(names, page, likelihood)) > most:
            best, most = page, score
    return best


def _score(names: set[bytes], page: str, likelihood: Callable[[str], float]) -> float:
    """Return how likely the names are in this code page, as a logarithm."""
    try:
        texts = [name.decode(page) for name in sorted(names)]
    except UnicodeDecodeError:
        return float("-inf")
    words = [word for text in texts for word in re.split(r"[\0-@\[-`{-\x7f]+", text)]
    brackets = sum(text.count(sign) for text in texts for sign in "\\[]{}|^`")  # mostly the half of something else
    return sum(likelihood(word) for word in words if not word.isascii()) + _BRACKET * brackets


def _latin(word: str) -> float:
    """Most letters of a word are plain ones, and no capital stands inside."""
    accented = [letter for letter in word if not letter.isascii()]
    score = sum(_accent(letter) for letter in accented) + _PLAIN * (len(word) - len(accented))
    if (len(word) > 3 and 2 * len(accented) >= len(word)) or len(word) == len(accented) > 2:
        score += _ODD
    return score + _ODD * _capitals_inside(word)


def _accent(letter: str) -> float:
    if _script(letter) != "LATIN":
        return _ODD
    return _LETTER if letter.lower() in _USUAL else _LETTER - 1.5


def _cyrillic(word: str) -> float:
    score = sum(_LETTER if _script(letter) == "CYRILLIC" else _ODD for letter in word if not letter.isascii())
    score += _mixed(word)
    return score + _ODD * _capitals_inside(word)


def _mixed(word: str) -> float:
    """Plain letters cost what they cost in any language, and hardly stand in one word with those of another script."""
    plain = sum(letter.isascii() for letter in word)
    return _PLAIN * plain + (_ODD if plain else 0)


def _capitals_inside(word: str) -> int:
    return sum(a.islower() and b.isupper() for a, b in pairwise(word))


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0] if letter.isalpha() and letter not in "ªº" else ""


def _common(codec: str, first: int, last: int, likely: float) -> Callable[[str], float]:
    """Return a likelihood to which the characters in the first level of a character set are ``likely``, others rare."""

    def likelihood(word: str) -> float:
        return sum(one(letter) for letter in word if not letter.isascii()) + _mixed(word)

    def one(letter: str) -> float:
        try:
            lead, *rest = letter.encode(codec)
        except UnicodeEncodeError:
            return 2 * _ODD
        if not rest:  # half a width, as nobody writes any more
            return _ODD
        if not letter.isalpha():
            return likely - 1 if unicodedata.category(letter)[0] in "PNL" or letter == "ー" else _ODD
        if letter in _HANGUL or (codec == "shift_jis" and _script(letter) in ("HIRAGANA", "KATAKANA")):
            return _SYLLABLE
        return likely if first <= lead <= last else 1.6 * likely

    return likelihood


_PAGES: dict[str, Callable[[str], float]] = {
    "cp850": _latin,
    "cp1252": _latin,
    "cp852": _latin,
    "cp1250": _latin,
    "cp866": _cyrillic,
    "cp1251": _cyrillic,
    "cp932": _common("shift_jis", 0x88, 0x97, -8.0),
    "gbk": _common("gb2312", 0xB0, 0xD7, -8.2),
    "big5": _common("big5", 0xA4, 0xC6, -8.6),
    "cp949": _common("euc_kr", 0xB0, 0xC8, -9.5),
}
