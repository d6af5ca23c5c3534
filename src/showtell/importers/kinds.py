"""What a file is that is no picture: a video, a trained model, an archive; told by its first bytes and its name."""

from __future__ import annotations

from pathlib import PurePosixPath

from showtell.importers.tree import Tree
from showtell.sentences import Said

HEAD = 400  # bytes of a file that tell what it is

_VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mj2", ".mkv", ".webm", ".avi", ".mpg"})

_VIDEO_SUFFIXES |= {".mpeg", ".mpe", ".m2v", ".ts", ".mts", ".m2ts", ".m2t", ".ogv", ".ogg", ".flv", ".wmv", ".asf"}

_VIDEO_SUFFIXES |= {".vob", ".y4m", ".m3u8", ".ffconcat"}

_VIDEO_STARTS = (b"\x1aE\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3", b"OggS", b"FLV\1", b"\x30\x26\xb2\x75", b"YUV4MPEG2")

_MODELS = {
    ".h5": "Keras",
    ".hdf5": "Keras",
    ".keras": "Keras",
    ".tflite": "TensorFlow Lite",
    ".onnx": "ONNX",
    ".pb": "TensorFlow",
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".safetensors": "safetensors",
    ".mlmodel": "Core ML",
    ".showtell": "showtell",
}

_MODEL_FILES = {  # what lies in the zips in which models are saved
    "weights.bin": "TensorFlow.js",
    "saved_model.pb": "TensorFlow",
    "model.weights.h5": "Keras",
    "data.pkl": "PyTorch",
}

_ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"(\xb5/\xfd": "zstd",
}


def is_video(name: str, head: bytes) -> bool:
    """Return whether a file is to be opened as a video.

    >>> is_video("mug.MP4", b""), is_video("mug", bytes(4) + b"ftypisom"), is_video("mug.txt", b"hello")
    (True, True, False)
    """
    if PurePosixPath(name).suffix.lower() in _VIDEO_SUFFIXES or head.startswith(_VIDEO_STARTS):
        return True
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return True
    return any(head[at : at + 1] == head[at + size : at + size + 1] == b"G" for at, size in ((0, 188), (4, 192)))


def model_format(name: str, head: bytes = b"") -> str | None:
    """Return which program's trained model a file is; None if it is none.

    >>> model_format("keras_model.h5"), model_format("mug.jpg")
    ('Keras', None)
    """
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "Keras"
    if head[4:8] == b"TFL3":
        return "TensorFlow Lite"
    return _MODELS.get(PurePosixPath(name).suffix.lower())


def model_in(tree: Tree) -> str | None:
    """Return which program's trained model a source is, or holds; None if there is none."""
    if found := model_format(tree.name):
        return found
    for file in tree.files.values():
        if found := _MODEL_FILES.get(file.name) or model_format(file.name):
            return found
    return None


def a_model(found: str) -> Said:
    """Return the words for a source that is a trained model and no pictures."""
    words = f"a trained model ({found}), which holds no pictures; import the pictures or project that it was made from"
    return Said("source-model", words, format=found)


def no_source(name: str, head: bytes) -> Said:
    """Return the words for a file that is neither a zip nor a picture nor a video, and say what it is."""
    if found := model_format(name, head):
        return a_model(found)
    archive = next((archive for start, archive in _ARCHIVES.items() if head.startswith(start)), None)
    if archive is None and (head[257:262] == b"ustar" or PurePosixPath(name).suffix.lower() == ".tar"):
        archive = "tar"
    if archive:
        words = f"an archive of the kind {archive}; expected a zip; unpack it and import its folder"
        return Said("source-archive", words, format=archive)
    return Said("source-other", "expected a folder, a zip, a .tm project, a picture or a video, found something else")
