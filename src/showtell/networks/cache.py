"""Feature vectors that were computed before, kept in one file that can be deleted at any time.

The file is a header and then records of one size, only ever appended to::

    header  magic, version, dimension, sha256 of the fingerprint, crc32 of all that
    record  key (32 bytes), vector (as many float16 as the dimension says), crc32 of key and vector

Nothing in it is trusted: a record whose checksum is wrong is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import threading
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from showtell.system.files import locked, open_regular, write_all
from showtell.system.forks import watch_forks

Opener: TypeAlias = Callable[[str], BinaryIO]


_MAGIC = b"showtell"


_VERSION = 1


_HEADER = struct.Struct("<8sII32sI")


_KEY_SIZE = 32


class FeatureCache:
    """Vectors, ``(dimension,) float32``, by key, kept in ``file`` for one backbone: its ``fingerprint``.

    ``file`` is a path, or a function that takes a mode ("rb" or "a+b") and opens the file unbuffered, as a dataset's
    `Workspace` gives it. With None the vectors are kept in memory only.
    They are stored as float16: what `get` gives is what `round` makes of a vector. The file is read at the
    first use. One that is damaged, or of another fingerprint, dimension or version, is replaced at the next
    `put`. Where the file cannot be read or written the cache works all the same, in memory only, without a
    word: it saves time, and losing it loses nothing else. Threads may share one object and programs one file;
    what another program adds is seen when the file is opened next.

    >>> cache = FeatureCache(None, 2, "any")
    >>> cache.put([cache.key(b"a picture")], np.array([[0.5, 1]]))
    >>> cache.get(cache.key(b"a picture")).tolist()
    [0.5, 1.0]
    """

    def __init__(self, file: str | os.PathLike[str] | Opener | None, dimension: int, fingerprint: str) -> None:
        self._open: Opener | None = file if file is None or callable(file) else partial(_open_file, Path(file))
        self.dimension = dimension
        self.fingerprint = fingerprint
        self._lock = threading.Lock()
        watch_forks(self)
        self._loaded: dict[bytes, NDArray[np.float16]] | None = None
        self._damaged = False  # too much of the file to append to it

    def renew_after_fork(self) -> None:
        """Make the lock anew."""
        self._lock = threading.Lock()

    @staticmethod
    def key(picture: bytes, variant: str = "") -> bytes:
        """Return the key, 32 bytes, for an encoded picture; ``variant`` says what is done to it first."""
        digest = hashlib.sha256(picture)
        if variant:
            digest.update(b"\0" + variant.encode())
        return digest.digest()

    @staticmethod
    def round(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return vectors as they will be read back; ValueError for what float16 can't hold: over 65504, NaN, inf."""
        return _to_half(vectors).astype(np.float32)

    def __len__(self) -> int:
        with self._lock:
            return len(self._vectors())

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._vectors()

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        """Return the vector, ``(dimension,) float32``, or None."""
        return self.get_many([key])[0]

    def get_many(self, keys: Sequence[bytes]) -> list[NDArray[np.float32] | None]:
        """Return for each key its vector, ``(dimension,) float32``, or None."""
        with self._lock:
            known = self._vectors()
            found = [known.get(key) for key in keys]
        return [None if vector is None else vector.astype(np.float32) for vector in found]

    def put(self, keys: Sequence[bytes], vectors: NDArray[np.floating[Any]]) -> None:
        """Keep ``vectors``, ``(n, dimension)``, under n keys; those that are known stay as they are.

        One write, not synced. ValueError for another shape, a key that is not 32 bytes, or what `round`
        refuses.
        """
        halves = _to_half(vectors)
        if halves.shape != (len(keys), self.dimension):
            raise ValueError(f"expected vectors of shape {(len(keys), self.dimension)}, found {halves.shape}")
        if any(len(key) != _KEY_SIZE for key in keys):
            raise ValueError(f"expected keys of {_KEY_SIZE} bytes, as FeatureCache.key makes them")
        with self._lock:
            known = self._vectors()
            new = {key: vector for key, vector in zip(keys, halves, strict=True) if key not in known}
            known.update(new)
            if new and self._open is not None:
                with contextlib.suppress(OSError):
                    self._append(self._open, new)

    # -- the file

    def _header(self) -> bytes:
        fingerprint = hashlib.sha256(self.fingerprint.encode()).digest()
        start = _HEADER.pack(_MAGIC, _VERSION, self.dimension, fingerprint, 0)[:-4]
        return start + struct.pack("<I", zlib.crc32(start))

    def _record(self) -> np.dtype[np.void]:
        return np.dtype([("key", "u1", _KEY_SIZE), ("vector", "<f2", (self.dimension,)), ("crc", "<u4")])

    def _vectors(self) -> dict[bytes, NDArray[np.float16]]:
        if self._loaded is None:
            self._loaded = {}
            if self._open is not None:
                with contextlib.suppress(OSError), self._open("rb") as file:
                    self._read(file.read(), self._loaded)
        return self._loaded

    def _read(self, data: bytes, into: dict[bytes, NDArray[np.float16]]) -> None:
        if data[: _HEADER.size] != self._header():
            return
        record = self._record()
        count = (len(data) - _HEADER.size) // record.itemsize
        records = np.frombuffer(data, record, count, _HEADER.size)
        view, crcs, vectors = memoryview(data), records["crc"].tolist(), records["vector"]
        for at, crc in enumerate(crcs):
            start = _HEADER.size + at * record.itemsize
            if zlib.crc32(view[start : start + record.itemsize - 4]) == crc:
                into[data[start : start + _KEY_SIZE]] = vectors[at]
        self._damaged = len(into) < count / 2

    def _append(self, open_file: Opener, new: dict[bytes, NDArray[np.float16]]) -> None:
        header = self._header()
        with open_file("a+b") as opened, locked(opened.fileno()):
            size = os.fstat(opened.fileno()).st_size
            opened.seek(0)
            if opened.read(len(header)) == header and not self._damaged:
                # What a killed program left of its last record would shift all that follow.
                start = b"\0" * (-(size - len(header)) % self._record().itemsize)
            else:
                os.ftruncate(opened.fileno(), size := 0)
                start, new, self._damaged = header, self._vectors(), False
            try:
                write_all(opened.fileno(), start + self._encode(new))
            except OSError:
                os.ftruncate(opened.fileno(), size)
                raise

    def _encode(self, new: dict[bytes, NDArray[np.float16]]) -> bytes:
        records = np.zeros(len(new), self._record())
        records["key"] = np.frombuffer(b"".join(new), np.uint8).reshape(-1, _KEY_SIZE)
        records["vector"] = list(new.values())
        view, size = memoryview(records.tobytes()), records.itemsize
        records["crc"] = [zlib.crc32(view[at * size : (at + 1) * size - 4]) for at in range(len(new))]
        return records.tobytes()


def _open_file(path: Path, mode: str) -> BinaryIO:
    if mode != "rb":
        path.parent.mkdir(parents=True, exist_ok=True)
    return open_regular(path, mode)


def _to_half(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float16]:
    with np.errstate(over="ignore"):  # what overflows becomes infinite, and is refused below
        halves = np.asarray(vectors).astype("<f2")
    if not np.isfinite(halves).all():
        raise ValueError("expected numbers up to 65504, the end of float16; found larger ones, NaN or inf")
    return halves
