"""The feature extractor is a well-behaved scikit-learn transformer for pictures of every kind."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from showtell import FeatureExtractor
from showtell.errors import BackboneError, PictureError
from showtell.pictures.frame import encode_jpeg, encode_png
from showtell.system.parallel import ahead


@pytest.fixture(scope="module")
def frames(shown) -> list[np.ndarray]:
    return [frame for frames in shown.values() for frame in frames[:4]]


@pytest.fixture(scope="module")
def features(frames) -> np.ndarray:
    return FeatureExtractor().transform(frames)


def test_pictures_become_vectors_in_their_order(frames, features):
    assert (features.shape, features.dtype) == ((12, 1280), np.float32)
    assert np.isfinite(features).all()
    backwards = FeatureExtractor(batch_size=5).transform(frames[::-1])
    np.testing.assert_allclose(backwards[::-1], features, atol=1e-4)
    one_by_one = [FeatureExtractor(batch_size=1).transform([frame])[0] for frame in frames[:4]]
    np.testing.assert_allclose(one_by_one, features[:4], atol=1e-4)


def test_every_kind_of_picture_gives_the_same_vector(tmp_path, frames, features):
    data = encode_png(frames[0])
    path = tmp_path / "mug.png"
    path.write_bytes(data)
    same = [path, str(path), data, bytearray(data), Image.fromarray(frames[0]), frames[0]]
    np.testing.assert_allclose(FeatureExtractor().transform(same), [features[0]] * 6, atol=1e-4)


def test_a_large_jpeg_gives_about_the_vector_of_the_whole(frames, features):
    large = Image.fromarray(frames[0]).resize((2560, 1920), Image.Resampling.BICUBIC)
    (vector,) = FeatureExtractor().transform([encode_jpeg(np.asarray(large), 95)])
    cosines = features @ vector / np.linalg.norm(features, axis=1) / np.linalg.norm(vector)
    assert cosines.argmax() == 0
    assert cosines[0] > 0.97


def test_it_works_in_a_pipeline(shown, fresh):
    pictures = [frame for frames in shown.values() for frame in frames]
    labels = [thing for thing, frames in shown.items() for _ in frames]
    pipeline = make_pipeline(FeatureExtractor(), KNeighborsClassifier(n_neighbors=3)).fit(pictures, labels)
    expected, unseen = zip(*fresh, strict=True)
    assert pipeline.predict(list(unseen)).tolist() == list(expected)


def test_fit_is_optional_and_fit_transform_is_both(frames, features):
    np.testing.assert_allclose(FeatureExtractor().fit_transform(frames[:2]), features[:2], atol=1e-4)


def test_it_clones_and_pickles(frames, features):
    extractor = FeatureExtractor(batch_size=3)
    for copy in (clone(extractor), pickle.loads(pickle.dumps(extractor))):
        assert copy.get_params() == {"backbone": "efficientnet-lite0", "batch_size": 3}
        np.testing.assert_allclose(copy.transform(frames[:1]), features[:1], atol=1e-4)


def test_the_columns_have_names():
    extractor = FeatureExtractor().set_output(transform="default")
    names = extractor.get_feature_names_out()
    assert (len(names), len(set(names)), names[0], names[-1]) == (1280, 1280, "feature0", "feature1279")
    assert isinstance(extractor.transform([np.zeros((8, 8, 3), np.uint8)]), np.ndarray)


@pytest.mark.parametrize("nothing", [[], (), iter(()), np.zeros((0, 8, 8, 3), np.uint8)], ids=["[]", "()", "iter", "0"])
def test_no_pictures_give_no_rows(nothing):
    found = FeatureExtractor().transform(nothing)
    assert (found.shape, found.dtype) == ((0, 1280), np.float32)


def test_a_generator_is_read_as_it_goes(frames, features):
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield frames[read % len(frames)]

    rows = FeatureExtractor(batch_size=2).each(endless(), "features", then=lambda outputs: outputs[0])
    for place in range(1, 4):
        np.testing.assert_allclose(next(rows), features[place], atol=1e-4)
    assert read < 30
    rows.close()
    np.testing.assert_allclose(FeatureExtractor().transform(f for f in frames[:3]), features[:3], atol=1e-4)


def test_a_stack_of_frames_is_several_pictures(frames, features):
    np.testing.assert_allclose(FeatureExtractor().transform(np.stack(frames[:2])), features[:2], atol=1e-4)


@pytest.mark.parametrize(
    "one",
    ["mug.jpg", b"\xff\xd8", Image.new("RGB", (4, 4)), np.zeros((4, 4, 3), np.uint8)],
    ids=["path", "bytes", "PIL", "array"],
)
def test_one_picture_instead_of_several_is_an_error_that_says_what_to_do(one):
    with pytest.raises(PictureError, match=r"expected several pictures, found one; put it in a list: \[picture\]"):
        FeatureExtractor().transform(one)


def test_a_broken_picture_is_named(tmp_path, frames):
    path = tmp_path / "broken.jpg"
    path.write_bytes(encode_jpeg(frames[0])[:2000])
    with pytest.raises(PictureError, match=r"broken\.jpg: .*expected a whole picture"):
        FeatureExtractor().transform([frames[0], path])
    with pytest.raises(PictureError, match=r"number 2 of the pictures: .*expected a whole picture"):
        FeatureExtractor().transform([frames[0], path.read_bytes(), frames[1]])
    with pytest.raises(PictureError, match=r"number 3 of the pictures: .*found \(4, 4\) uint8"):
        FeatureExtractor().transform([frames[0], frames[1], np.zeros((4, 4), np.uint8)])


def test_broken_pictures_among_good_ones_stay_in_their_place(frames, features):
    pictures = [b"x", frames[0], b"", b"y", frames[1], b"z"]
    rows = list(FeatureExtractor(batch_size=2).each(pictures, "features", then=lambda outputs: outputs[0]))
    assert [isinstance(row, PictureError) for row in rows] == [True, False, True, True, False, True]
    np.testing.assert_allclose([rows[1], rows[4]], features[:2], atol=1e-4)


def test_an_exception_in_the_callers_generator_comes_through(frames):
    def failing():
        yield frames[0]
        raise RuntimeError("the camera was unplugged")

    with pytest.raises(RuntimeError, match="unplugged"):
        FeatureExtractor().transform(failing())


def test_wrong_parameters_are_errors():
    with pytest.raises(BackboneError, match="no backbone is called 'nope'; expected one of: "):
        FeatureExtractor("nope").fit()
    with pytest.raises(BackboneError, match="no backbone is called 'nope'"):
        FeatureExtractor("nope").transform([])
    with pytest.raises(ValueError, match="batch_size: expected at least 1, found 0"):
        FeatureExtractor(batch_size=0).transform([])


def test_the_pretrained_network_names_imagenet_classes(shown):
    good, broken = FeatureExtractor().pretrained([shown["mug"][0], b"broken"])
    assert isinstance(broken, PictureError)
    assert len(good) == 1000
    assert sum(good.values()) == pytest.approx(1, abs=1e-4)
    assert list(good.values()) == sorted(good.values(), reverse=True)


def test_the_pretrained_network_gives_pytorchs_probabilities():
    with np.load(Path(__file__).parents[1] / "data" / "efficientnet-lite0.npz") as file:
        pictures, logits = file["pictures"], file["logits"].astype(np.float64)
    odds = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    # The network sees the middle of a frame: a border of the right width puts the picture just there.
    border = round((224 / FeatureExtractor().entry.crop - 224) / 2)
    framed = np.pad(pictures, ((0, 0), (border, border), (border, border), (0, 0)), mode="edge")
    for said, expected in zip(FeatureExtractor().pretrained(framed), odds, strict=True):
        assert np.abs(np.sort(list(said.values()))[::-1][:5] - np.sort(expected)[::-1][:5]).max() < 0.02


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own here")
def test_humble_work_gives_way_and_nothing_else_does():
    def priorities(_: list[int]) -> list[int]:
        return [os.getpriority(os.PRIO_PROCESS, threading.get_native_id())]

    usual = os.getpriority(os.PRIO_PROCESS, 0)
    assert list(ahead(priorities, range(4), 4, humble=True)) == [min(usual + 10, 19)]
    assert list(ahead(priorities, range(4), 4)) == [usual]
    assert os.getpriority(os.PRIO_PROCESS, 0) == usual
