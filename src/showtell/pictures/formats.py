"""The formats of picture files: which are read, what a file is by its first bytes, and what is said of the others."""

from __future__ import annotations

from importlib.util import find_spec

from showtell.sentences import Said

HEAD = 32  # bytes of a file that tell its format

FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})

NO_PICTURE = Said("picture-other", "not a picture that showtell reads; expected JPEG, PNG, WebP, GIF, BMP or TIFF")

_HEIF_SUFFIXES = frozenset({".heic", ".heif", ".hif"})

# Formats that take a reader of their own: it is looked for, not loaded, until such a picture comes.
if find_spec("PIL._avif"):
    FORMATS |= {"AVIF": ".avif"}
    SUFFIXES |= {".avif"}
if find_spec("pillow_heif"):
    FORMATS |= {"HEIF": ".heic"}
    SUFFIXES |= _HEIF_SUFFIXES

_READERS = {"HEIF": "showtell[heic]", "AVIF": "Pillow>=11.3"}  # what is installed for it

_OTHERS = {
    ".svg": "SVG",
    ".psd": "Photoshop",
    ".jxl": "JPEG XL",
    ".jp2": "JPEG 2000",
    ".ico": "icon",
    ".dng": "camera raw",
    ".cr2": "camera raw",
    ".cr3": "camera raw",
    ".nef": "camera raw",
    ".arw": "camera raw",
    ".raf": "camera raw",
    ".orf": "camera raw",
    ".rw2": "camera raw",
}

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})

_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\0\0\0\x0cJXL \r\n": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"8BPS": "Photoshop",
    b"<svg": "SVG",
}


def format_of(head: bytes) -> str | None:
    """Return the name of a picture format, as Pillow has it where it reads it, from a file's first ``HEAD`` bytes.

    None if it is not a picture, as far as these bytes tell.

    >>> format_of(b"GIF89a" + bytes(26)), format_of(b"hello")
    ('GIF', None)
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, len(head) - 3, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        return "HEIF" if brands & _HEIF_BRANDS else None
    return next((name for start, name in _STARTS.items() if head.startswith(start)), None)


def is_picture(suffix: str, head: bytes = b"") -> bool:
    """Return whether a file is taken for a picture, by the ending of its name or else by its first bytes.

    >>> is_picture(".JPG"), is_picture("", b"GIF89a"), is_picture(".txt", b"hello")
    (True, True, False)
    """
    return suffix.lower() in SUFFIXES or format_of(head) in FORMATS


def why_not(suffix: str, head: bytes = b"") -> Said:
    """Return why a file that `is_picture` refuses is not read, and what to do, in words that name its format."""
    suffix = suffix.lower()
    kind = format_of(head) or {"": None, ".avif": "AVIF"}.get(suffix, _OTHERS.get(suffix))
    if suffix in _HEIF_SUFFIXES:
        kind = kind or "HEIF"
    if kind in _READERS:
        name = "HEIC" if kind == "HEIF" else kind
        words = f"a picture in the format {name}; install what reads it: pip install '{_READERS[kind]}'"
        return Said("picture-reader", words, format=name, needs=_READERS[kind])
    if kind is None or kind in FORMATS:
        return NO_PICTURE
    words = f"not a picture that showtell reads, but one in the format {kind}; expected JPEG or PNG, so save it as one"
    return Said("picture-format", words, format=kind)


def candidates(head: bytes) -> list[str]:
    """Return the formats that Pillow is to try on a file that starts so, and have it know them.

    >>> candidates(b"GIF89a")
    ['GIF']
    """
    kind = format_of(head)
    if kind == "HEIF" and kind in FORMATS:  # Pillow learns it from a package of its own
        import pillow_heif

        pillow_heif.register_heif_opener()
    return [kind] if kind in FORMATS else [name for name in FORMATS if name not in _READERS]
