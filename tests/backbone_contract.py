"""What every backbone promises, wherever it comes from: a class of tests for each kind to inherit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from showtell import Dataset, FeatureExtractor, Model, evaluate, explain, load
from showtell.networks import runtime
from showtell.pictures.frame import Frame
from tiny_networks import network


class BackboneContract:
    """Inherit, and say how the extractor is made and what the source of its network gives."""

    close = 2e-3  # of the largest feature: what ONNX Runtime may be from the source

    @pytest.fixture(scope="class")
    @classmethod
    def extractor(cls) -> FeatureExtractor:
        raise NotImplementedError

    def expected(self, squares: Sequence[Frame]) -> np.ndarray:
        """What the network's source gives for (size, size, 3) uint8 squares, (n, d)."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def squares(cls, extractor, shown) -> list[Frame]:
        entry = extractor.entry
        noise = np.random.default_rng(5).integers(0, 256, (entry.size, entry.size, 3), np.uint8)
        return [noise, *(entry.square(shown[thing][0]) for thing in shown)]

    @pytest.fixture(scope="class")
    @classmethod
    def framed(cls, extractor, squares) -> list[Frame]:
        """Pictures whose part that the network sees is just a square."""
        entry = extractor.entry
        border = (entry.size / entry.crop - entry.size) / 2
        assert border == pytest.approx(round(border)), "choose a crop for the test that leaves whole pixels"
        edge = round(border)
        return [np.pad(square, ((edge, edge), (edge, edge), (0, 0))) for square in squares]

    def test_it_gives_the_numbers_of_its_source(self, extractor, squares, framed):
        found, theirs = extractor.transform(framed), self.expected(squares)
        assert (found.shape, found.dtype) == ((len(squares), extractor.entry.features), np.float32)
        assert found == pytest.approx(theirs, abs=float(self.close * abs(theirs).max()))
        assert np.linalg.matrix_rank(theirs - theirs.mean(0), tol=1e-3 * abs(theirs).max()) > 1  # else this says little

    def test_a_picture_gives_the_same_alone_and_with_others_now_and_again(self, extractor, framed):
        whole = extractor.transform(framed)
        assert np.array_equal(extractor.transform(framed), whole)
        apart = clone(extractor).set_params(batch_size=1).transform(framed[::-1])[::-1]
        assert apart == pytest.approx(whole, abs=float(1e-4 * abs(whole).max()))

    def test_features_are_the_average_of_the_map(self, extractor, squares):
        features, whole = runtime.run(extractor.entry, squares, "features", "map")
        assert whole.mean((2, 3)) == pytest.approx(features, abs=float(1e-3 * abs(features).max()))

    def test_it_clones_as_scikit_learn_asks(self, extractor, framed):
        copy = clone(extractor)
        assert copy.get_params() == extractor.get_params()
        assert copy.get_params()["backbone"] == extractor.backbone
        assert copy.entry.fingerprint == extractor.entry.fingerprint
        assert len(repr(copy)) < 2000  # no weights in it
        assert np.array_equal(copy.transform(framed[:1]), extractor.transform(framed[:1]))

    def test_its_cache_is_its_own(self, extractor, small_dataset, tmp_path):
        path = tmp_path / "other.onnx"
        path.write_bytes(network(32))
        other = FeatureExtractor.from_onnx(path, preprocessing="tf")
        dataset = Dataset(small_dataset)
        picture = next(iter(dataset)).path
        answers = [Model(each, "knn").fit(dataset).predict(picture) for each in (extractor, other, extractor)]
        assert answers[0] == answers[2]
        assert all(
            answer.evidence[0].distance == pytest.approx(0, abs=1e-3) for answer in answers
        )  # float16 in the cache

    def test_the_default_model_learns_explains_and_is_tested_on_it(self, extractor, small_dataset):
        dataset = Dataset(small_dataset)
        model = Model(extractor, unknown_below=0).fit(dataset)
        picture = next(iter(dataset)).path
        said = model.predict(picture)
        assert said.label == max(said.scores, key=said.scores.get)
        assert said.evidence[0].distance == pytest.approx(0, abs=1e-3)
        heat = explain(model, picture)
        assert (heat.label, heat.values.shape[0]) == (said.label, heat.values.shape[1])
        assert heat.values.size > 1
        assert evaluate(dataset, Model(extractor, "knn")).tested == 6

    @pytest.mark.parametrize("classifier", ["best", "knn", "logistic"])
    def test_a_saved_model_answers_the_same(self, extractor, small_dataset, tmp_path, classifier):
        model = Model(extractor, classifier).fit(Dataset(small_dataset))
        model.save(tmp_path / "model.showtell")
        pictures = [example.path for example in Dataset(small_dataset)]
        again = load(tmp_path / "model.showtell")
        assert again.extractor.entry.fingerprint == extractor.entry.fingerprint
        assert again.predict_many(pictures) == model.predict_many(pictures)

    @pytest.fixture(scope="class")
    @classmethod
    def small_dataset(cls, tmp_path_factory, write_folder, shown) -> Path:
        few = {thing: shown[thing][:3] for thing in ("fish", "mug")}
        return write_folder(tmp_path_factory.mktemp("contract") / "things", few)
