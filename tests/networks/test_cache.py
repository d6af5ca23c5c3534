"""The cache gives back what was put into it, or nothing: never something else, whatever happens to its file."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from showtell.networks.cache import FeatureCache

DIMENSION = 7
KEYS = [FeatureCache.key(str(number).encode()) for number in range(20)]
VECTORS = np.random.default_rng(0).normal(size=(20, DIMENSION)).astype(np.float32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not yet/features.bin"


def opened(file: Path, dimension: int = DIMENSION, fingerprint: str = "lite0") -> FeatureCache:
    return FeatureCache(file, dimension, fingerprint)


def filled(file: Path) -> FeatureCache:
    cache = opened(file)
    cache.put(KEYS, VECTORS)
    return cache


def assert_only_true(cache: FeatureCache) -> int:
    """Every vector that is known is the right one; how many are known."""
    found = cache.get_many(KEYS)
    for vector, expected in zip(found, FeatureCache.round(VECTORS), strict=True):
        if vector is not None:
            np.testing.assert_array_equal(vector, expected)
    assert len(cache) == sum(vector is not None for vector in found)
    return len(cache)


def test_opening_touches_nothing(file):
    cache = opened(file)
    assert (len(cache), cache.get(KEYS[0]), KEYS[0] in cache, cache.get_many(KEYS[:2])) == (
        0,
        None,
        False,
        [None, None],
    )
    cache.put([], np.zeros((0, DIMENSION), np.float32))
    assert not file.parent.exists()


def test_what_was_put_is_there_also_when_opened_again(file):
    filled(file)
    for cache in (filled(file), opened(file)):
        assert assert_only_true(cache) == 20
        vector = cache.get(KEYS[3])
        assert (vector.dtype, vector.shape) == (np.float32, (DIMENSION,))
        vector[:] = 0  # the reader's own copy
        np.testing.assert_array_equal(cache.get(KEYS[3]), FeatureCache.round(VECTORS[3]))


def test_putting_what_is_known_writes_nothing(file):
    cache = filled(file)
    size = file.stat().st_size
    cache.put(KEYS[:5], VECTORS[:5])
    assert file.stat().st_size == size


def test_a_later_put_is_appended(file):
    for at in range(0, 20, 5):
        opened(file).put(KEYS[at : at + 5], VECTORS[at : at + 5])
    assert assert_only_true(opened(file)) == 20


def test_the_file_does_not_change_if_the_vectors_do(file):
    mine = VECTORS.copy()
    cache = opened(file)
    cache.put(KEYS, mine)
    mine[:] = 0
    assert assert_only_true(cache) == 20


@given(arrays.arrays(np.float32, (3, DIMENSION), elements=st.floats(-65504, 65504, width=32)))
def test_round_says_what_will_be_read_back(vectors):
    rounded = FeatureCache.round(vectors)
    assert rounded.dtype == np.float32
    np.testing.assert_array_equal(FeatureCache.round(rounded), rounded)
    np.testing.assert_allclose(rounded, vectors, rtol=2**-11, atol=2**-25)


@pytest.mark.parametrize("value", [1e5, -1e5, np.inf, np.nan])
def test_what_float16_cannot_hold_is_refused(file, value):
    vectors = VECTORS.copy()
    vectors[3, 2] = value
    with pytest.raises(ValueError, match="up to 65504"):
        opened(file).put(KEYS, vectors)
    with pytest.raises(ValueError, match="up to 65504"):
        FeatureCache.round(vectors)
    assert not file.exists()


@pytest.mark.parametrize(
    ("keys", "vectors", "message"),
    [
        (KEYS[:2], VECTORS[:3], "expected vectors of shape"),
        (KEYS[:2], VECTORS[:2, :3], "expected vectors of shape"),
        (KEYS[:1], VECTORS[0], "expected vectors of shape"),
        ([b"short"], VECTORS[:1], "expected keys of 32 bytes"),
    ],
)
def test_a_mistake_of_the_caller_is_said(file, keys, vectors, message):
    with pytest.raises(ValueError, match=message):
        opened(file).put(keys, vectors)


def test_a_key_depends_on_the_picture_and_on_the_variant():
    keys = [FeatureCache.key(*what) for what in ((b"a",), (b"b",), (b"a", "flip"), (b"a", "crop"), (b"aflip",))]
    assert len(set(keys)) == 5
    assert {len(key) for key in keys} == {32}
    assert FeatureCache.key(b"a") == FeatureCache.key(b"a", "")


@pytest.mark.parametrize(("dimension", "fingerprint"), [(DIMENSION, "other"), (DIMENSION + 1, "lite0")])
def test_the_cache_of_another_backbone_is_replaced_when_something_is_put(file, dimension, fingerprint):
    filled(file)
    cache = opened(file, dimension, fingerprint)
    assert (len(cache), cache.get(KEYS[0])) == (0, None)
    assert len(opened(file)) == 20, "looking changes nothing"
    vectors = np.ones((1, dimension), np.float32)
    cache.put(KEYS[:1], vectors)
    np.testing.assert_array_equal(opened(file, dimension, fingerprint).get(KEYS[0]), vectors[0])
    assert len(opened(file)) == 0


@pytest.mark.parametrize("content", [b"", b"s", b"hello" * 100, b"\0" * 5000])
def test_a_file_of_another_kind_is_replaced(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    assert len(opened(file)) == 0
    filled(file)
    assert assert_only_true(opened(file)) == 20


def test_the_file_may_be_deleted_at_any_time(file):
    cache = filled(file)
    file.unlink()
    assert assert_only_true(cache) == 20
    more = FeatureCache.key(b"more")
    cache.put([more], VECTORS[:1])
    assert len(opened(file)) == 21
    file.unlink()
    file.parent.rmdir()
    cache.put([FeatureCache.key(b"yet more")], VECTORS[:1])
    assert len(opened(file)) == 22


def test_a_record_cut_short_is_ignored_and_what_follows_is_not(file):
    filled(file)
    size = file.stat().st_size
    record = (size - 52) // 20
    for cut in range(1, record + 1, 7):
        os.truncate(file, size - cut)
        cache = opened(file)
        assert assert_only_true(cache) == 19
        cache.put(KEYS[19:], VECTORS[19:])
        assert assert_only_true(opened(file)) == 20
        os.truncate(file, size - record)
        opened(file).put(KEYS[19:], VECTORS[19:])
        assert file.stat().st_size == size


@given(data=st.data())
def test_no_damage_gives_a_wrong_vector(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("cache") / "features.bin"
    filled(file)
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "insert"])):
            case "flip":
                content[at] ^= data.draw(st.integers(1, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 60))]
            case _:
                content[at:at] = data.draw(st.binary(min_size=1, max_size=60))
    file.write_bytes(content)
    assert_only_true(opened(file))
    filled(file)
    assert assert_only_true(opened(file)) <= 20


def test_a_single_wrong_byte_costs_a_single_vector(file):
    filled(file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert assert_only_true(opened(file)) == 19


def test_a_cache_that_is_mostly_damage_starts_anew(file):
    filled(file)
    size = file.stat().st_size
    content = bytearray(file.read_bytes())
    del content[60]  # shifts every record
    file.write_bytes(content)
    assert len(opened(file)) == 0
    filled(file)
    assert assert_only_true(opened(file)) == 20
    assert file.stat().st_size == size


def test_a_folder_that_cannot_be_written_leaves_the_memory(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = filled(tmp_path / "file" / "features.bin")
    assert assert_only_true(cache) == 20
    (tmp_path / "file").unlink()
    cache.put([FeatureCache.key(b"more")], VECTORS[:1])
    assert len(opened(tmp_path / "file" / "features.bin")) == 21, "written as soon as that is possible"


def test_a_full_disk_leaves_the_memory_and_no_half_record(file, monkeypatch):
    cache = opened(file)
    cache.put(KEYS[:5], VECTORS[:5])
    size = file.stat().st_size
    real = os.write

    def write(descriptor, data):
        if len(data) > 30:
            return real(descriptor, data[:30])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    cache.put(KEYS[5:6], VECTORS[5:6])
    monkeypatch.undo()
    assert file.stat().st_size == size
    assert len(cache) == 6
    assert assert_only_true(opened(file)) == 5


def test_threads_may_share_a_cache(file):
    cache = opened(file)
    threads = [
        threading.Thread(target=cache.put, args=(KEYS[at : at + 5], VECTORS[at : at + 5])) for at in range(0, 20, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert assert_only_true(cache) == assert_only_true(opened(file)) == 20


APPENDING = """
import sys
import numpy as np
from showtell.networks.cache import FeatureCache

cache = FeatureCache(sys.argv[1], 50, "lite0")
for count in range(60):
    number = int(sys.argv[2]) * 60 + count
    cache.put([FeatureCache.key(bytes([number]))], np.full((1, 50), number, np.float32))
"""


def test_programs_may_share_a_file(file):
    programs = [
        subprocess.Popen([sys.executable, "-c", APPENDING, str(file), str(number)], stderr=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    assert [program.communicate()[1] for program in programs] == ["", "", ""]
    cache = opened(file, 50)
    assert len(cache) == 180
    for number in range(180):
        np.testing.assert_array_equal(cache.get(FeatureCache.key(bytes([number]))), np.full(50, number))
