"""Labels and how they are compared, and file names for them that are safe on Linux, macOS and Windows alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container

from showtell.errors import DatasetError
from showtell.sentences import Said, quoted

LONGEST_LABEL = 1000  # characters

LONGEST_NAME = 60  # bytes, of a name that is not cut; a file system takes 255, a path on Windows 260


WORKSPACE = ".showtell"  # the folder of a dataset in which all is that is no picture

LABEL_FILE = ".label"  # in the folder of a class: its label, where the folder can't be called so


DISABLED_FILE = ".disabled"  # in the folder of a class that is not learned

DISABLED = "its pictures are kept but not learned"  # what that file says

PINS = ".pins"  # the folder of a dataset in which the pinned pictures are

UNKNOWN_FILE = ".unknown"  # in a folder of pins that must be called unknown

UNKNOWN = "its pictures must be called unknown"  # what that file says


# What systems leave behind; it is skipped when reading, so nothing of ours may be called so.
LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information", "lost+found"})

LITTER |= {"@eadir", "#recycle", "#snapshot", "@recycle", "ehthumbs.db"}  # of network storage

_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"})


_DEVICES |= {device + digit for device in ("com", "lpt") for digit in "0123456789¹²³"}


_MADE = re.compile(r"-[0-9a-f]{8}\Z")  # ends a name that was made safe: it is safe as it is, though it is longer

_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")  # Unicode's category Zs

_PUNCTUATION = frozenset('<>:"/\\|?*')


def check_label(label: str) -> str:
    """Return the label as classes are compared by: see `normalized`.

    Raise DatasetError for what is no str, empty, only whitespace, longer than `LONGEST_LABEL`, or not valid Unicode.

    >>> check_label(" coffee  mug ")
    'coffee mug'
    """
    if not isinstance(label, str):
        raise DatasetError(f"a class needs a name, a str; found {type(label).__name__}")
    if not label.strip():
        found = "; found only whitespace" if label else ""
        raise DatasetError(Said("name-empty", f"a class needs a name{found}"))
    label = normalized(label)
    if len(label) > LONGEST_LABEL:
        words = f"the name of a class has at most {LONGEST_LABEL} characters, found {len(label)}; shorten it"
        raise DatasetError(Said("name-long", words, most=LONGEST_LABEL, found=len(label)))
    if any("\ud800" <= character <= "\udfff" for character in label):
        raise DatasetError(Said("name-odd", f"the name {quoted(label)} is not valid Unicode; type it anew"))
    return label


def normalized(label: str) -> str:
    """Return the label in the one form in which it is compared: names that look the same are the same class.

    That is Unicode's composed form, NFC (a folder from a Mac may be called in the other one, NFD), without white space
    around it, and with one space for several, whatever their width. Tabs and line breaks within it stay.

    >>> normalized("Rato\u0301n ") == "Rat\u00f3n"
    True
    """
    if label.isascii() and "  " not in label and label.isprintable() and label == label.strip():
        return label
    return _SPACES.sub(" ", unicodedata.normalize("NFC", label)).strip() or label


def fold(name: str) -> str:
    """Return the same for two names that a file system could take for one, by case or Unicode normalisation."""
    folded = unicodedata.normalize("NFD", name).casefold().upper().casefold()
    return unicodedata.normalize("NFC", folded)


def safe_name(text: str, taken: Container[str] = frozenset()) -> str:
    """Return a file name (without ending) for any text: the text itself, or a readable part of it and a short hash.

    ``taken`` holds names as `fold` gives them; the result is none of them.

    >>> safe_name("mug"), safe_name("tea/coffee")
    ('mug', 'tea_coffee-13b516a9')
    """
    if _is_safe(text) and fold(text) not in taken:
        return text
    composed = unicodedata.normalize("NFC", text)
    readable = "".join(character if _is_plain(character) else "_" for character in composed)
    readable = _cut(re.sub("_+", "_", readable), LONGEST_NAME).strip(" ._") or "name"
    if _is_device(readable):
        readable = readable.replace(".", "_")
    attempt = 0
    while True:
        salt = f"\0{attempt}" if attempt else ""
        digest = hashlib.sha256((text + salt).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        if fold(name := f"{readable}-{digest}") not in taken:
            return name
        attempt += 1


def is_litter(name: str) -> bool:
    """Return whether a file or folder is hidden or left behind by a system, and so is skipped without a word."""
    return name.startswith(".") or name.lower() in LITTER


def printable(name: str) -> str:
    """Return the name with question marks for what is no Unicode: a file name on Linux may be any bytes."""
    return name.encode("utf-8", "replace").decode()


def _is_safe(text: str) -> bool:
    return (
        0 < len(text.encode("utf-8", "surrogatepass")) <= LONGEST_NAME + (9 if _MADE.search(text) else 0)
        and all(map(_is_plain, text))
        and not text.startswith((".", " "))
        and not text.endswith((".", " "))
        and not _is_device(text)
        and not is_litter(text)
        and unicodedata.is_normalized("NFC", text)
    )


def _is_device(text: str) -> bool:
    """Return whether Windows takes it for a device, as "con.txt" for the console, whatever follows the first dot."""
    return text.partition(".")[0].strip().lower() in _DEVICES


def _is_plain(character: str) -> bool:
    """Return whether it is no separator, no wildcard and nothing invisible.

    The categories C* are control and format characters, Z* separators.
    """
    if character == " ":
        return True
    return character not in _PUNCTUATION and unicodedata.category(character)[0] not in "CZ"


def _cut(text: str, length: int) -> str:
    return text.encode("utf-8", "replace")[:length].decode("utf-8", "ignore")
