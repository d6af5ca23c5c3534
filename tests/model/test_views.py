"""What the network saw on several views of each picture: made once, the same every time, and never too much."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from showtell.model import views
from showtell.model.sources import Source
from showtell.model.views import MAX_VIEWS, Views
from showtell.networks import catalogue, runtime
from showtell.networks.cache import FeatureCache
from showtell.networks.regions import LOOKS, looks
from showtell.pictures.frame import encode_jpeg

ENTRY = catalogue.find("efficientnet-lite0")


def memory() -> Views:
    return Views(ENTRY, FeatureCache(None, LOOKS * ENTRY.features, ENTRY.fingerprint))


@pytest.fixture(scope="module")
def pictures(shown) -> list[bytes]:
    return [encode_jpeg(frame) for frame in shown["mug"][:2]]


def test_the_first_view_is_the_picture_and_the_others_differ(pictures):
    seen = memory().see([Source(pictures[0])], ["mug"])
    (plain,) = runtime.run(ENTRY, [ENTRY.square(pictures[0])], "map")
    assert seen.looks.shape == (MAX_VIEWS, LOOKS, ENTRY.features)
    assert seen.sources.tolist() == [0] * MAX_VIEWS
    assert seen.looks[:1] == pytest.approx(looks(plain), abs=2e-3)  # kept as float16
    assert len({row.tobytes() for row in seen.looks}) == MAX_VIEWS


def test_the_same_picture_gives_the_same_views_wherever_it_comes_from(pictures, tmp_path):
    (tmp_path / "a.jpg").write_bytes(pictures[0])
    sources = [Source(pictures[0]), Source((tmp_path / "a.jpg").read_bytes), Source(lambda: pictures[0])]
    seen = [memory().see([source], ["mug"]).looks for source in sources]
    assert np.array_equal(seen[0], seen[1])
    assert np.array_equal(seen[0], seen[2])


def test_what_was_seen_is_not_looked_at_again(pictures, monkeypatch):
    kept = memory()
    first = kept.see([Source(pictures[0])], ["mug"])
    monkeypatch.setattr(runtime, "run", lambda *_, **__: pytest.fail("the network ran again"))
    assert np.array_equal(kept.see([Source(pictures[0])], ["mug"]).looks, first.looks)


def test_a_picture_that_is_gone_gives_what_was_seen_before(pictures, tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(pictures[0])
    kept, source = memory(), Source(file.read_bytes)
    first = kept.see([source], ["mug"])
    file.unlink()
    again = kept.see([source, Source(None)], ["mug", "mug"])
    assert np.array_equal(again.looks, first.looks)
    assert again.sources.tolist() == [0] * MAX_VIEWS


@pytest.mark.parametrize("kind", [np.asarray, Image.fromarray])
def test_a_picture_without_a_file_is_kept_as_it_was(shown, kind):
    frame = shown["mug"][0].copy()
    source = Source.of_picture(kind(frame), "a")
    expected = memory().see([Source.of_picture(kind(frame.copy()), "a")], ["mug"]).looks
    if kind is np.asarray:
        frame[:] = 0
    assert np.array_equal(memory().see([source], ["mug"]).looks, expected)


def test_a_file_is_kept_as_it_was(pictures, tmp_path):
    file = tmp_path / "a.jpg"
    file.write_bytes(pictures[0])
    source = Source.of_picture(file, "a")
    expected = memory().see([Source(pictures[0])], ["mug"]).looks
    file.write_bytes(pictures[1])
    assert np.array_equal(memory().see([source], ["mug"]).looks, expected)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_large_picture_is_kept_in_few_bytes_and_let_go_after_it_was_looked_at(as_file):
    noise = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), np.uint8)
    given = encode_jpeg(noise, 95) if as_file else noise
    source = Source.of_picture(given, "a")
    assert len(source.data) < len(memoryview(given).tobytes()) / 5  # and noise is what a JPEG needs most bytes for
    memory().make([source], ["mug"])
    assert source.data is None


def test_many_pictures_get_fewer_views_and_too_many_get_none(monkeypatch, pictures):
    monkeypatch.setattr(views, "BUDGET", 6)
    kept = memory()
    data = [encode_jpeg(np.full((32, 32, 3), 10 * i, np.uint8)) for i in range(9)]
    sources = [Source(picture, str(i)) for i, picture in enumerate(data)]
    assert np.bincount(kept.see(sources[:3], list("aab")).sources).tolist() == [2, 2, 2]
    chosen = set(kept.see(sources[:8], list("aaaaabbb")).sources.tolist())
    assert len(chosen) == 6
    more = set(kept.see(sources, list("aaaaabbba")).sources.tolist())
    assert len(more) == 6
    assert len(chosen & more) >= 5  # a new picture takes the place of one at most


def test_no_picture_is_too_small_or_too_long():
    for shape in ((1, 1, 3), (3, 200, 3), (400, 7, 3)):
        frame = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        assert np.isfinite(memory().see([Source.of_picture(frame, "a")], ["a"]).looks).all()
