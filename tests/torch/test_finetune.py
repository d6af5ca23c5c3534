"""Fine-tuning: the network itself learns, keeps the best so far, and the result is a model like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import showtell as st
from showtell import finetuning
from showtell.drawing import draw
from showtell.errors import BackboneError, MissingError, TeachingError
from showtell.frame import encode_jpeg


@pytest.fixture
def dataset(tmp_path: Path) -> st.Dataset:
    """Two things, two bursts of three pictures each."""
    data = st.Dataset(tmp_path / "things")
    rng = np.random.default_rng(0)
    for thing in ("fish", "mug"):
        for burst in ("1", "2"):
            for _ in range(3):
                data.add(thing, encode_jpeg(draw(thing, rng)), burst=burst)
    return data


def test_the_network_learns_and_the_model_is_one_file(dataset, tmp_path, capfd):
    seen: list[finetuning.Epoch] = []
    model = st.finetune(dataset, epochs=4, progress=seen.append)
    assert [epoch.number for epoch in seen] == [1, 2, 3, 4]
    assert seen[-1].loss < seen[0].loss
    rng = np.random.default_rng(1)
    fresh = [(thing, draw(thing, rng)) for thing in ("fish", "mug")]
    answers = model.predict_many([frame for _, frame in fresh])
    assert [answer.closest for answer in answers] == [thing for thing, _ in fresh]
    assert capfd.readouterr() == ("", "")  # no bar where nobody looks

    frozen, both = st.FeatureExtractor().transform([fresh[0][1]]), model.extractor.transform([fresh[0][1]])
    came, tuned = np.split(both, 2, axis=1)
    assert np.allclose(came, frozen, atol=1e-3)
    assert np.abs(tuned - frozen).max() > 0.1 * frozen.max()
    file = tmp_path / "things.showtell"
    model.save(file)
    (tmp_path / "new.jpg").write_bytes(encode_jpeg(fresh[0][1]))
    code = """
import sys, showtell
answer = showtell.load(sys.argv[1]).predict(sys.argv[2])
print(answer.closest, answer.confidence, answer.familiarity)
assert not {"torch", "onnx"} & sys.modules.keys()
"""
    done = subprocess.run(
        [sys.executable, "-c", code, file, tmp_path / "new.jpg"], capture_output=True, text=True, check=True
    )
    expected = model.predict(tmp_path / "new.jpg")
    label, *numbers = done.stdout.split()
    assert label == expected.closest == "fish"
    assert np.allclose([float(number) for number in numbers], [expected.confidence, expected.familiarity], atol=1e-3)


def test_an_interrupt_keeps_the_best_so_far_and_the_seed_decides_all_the_rest(dataset):
    def stop_after_the_first(epoch: finetuning.Epoch) -> None:
        raise KeyboardInterrupt

    first, same, other = (
        st.finetune(dataset, st.Model(classifier="knn"), epochs=3, seed=seed, progress=stop_after_the_first)
        for seed in (0, 0, 1)
    )
    prints = [model.extractor.entry.fingerprint for model in (first, same, other)]
    assert prints[0] == prints[1] != prints[2]
    assert first.classifier == "knn"
    assert first.labels == ["fish", "mug"]


def test_the_best_epoch_is_kept_not_the_last(dataset, monkeypatch):
    """With steps that are far too long it gets worse: then the network stays as it was."""
    monkeypatch.setattr("showtell.training.RATE", 100.0)
    seen: list[finetuning.Epoch] = []
    model = st.finetune(dataset, st.Model(classifier="knn"), epochs=20, progress=seen.append)
    assert len(seen) < 20  # it does not go on for long
    assert not any(epoch.best for epoch in seen)
    came, tuned = np.split(model.extractor.transform([example.path for example in dataset][:2]), 2, axis=1)
    assert np.allclose(came, tuned, atol=1e-3)


def test_what_cannot_be_fine_tuned(dataset, tmp_path, monkeypatch):
    with pytest.raises(BackboneError, match="blocks: expected 1 to 16 for this network, found 17"):
        st.finetune(dataset, blocks=17)
    with pytest.raises(ValueError, match="epochs: expected at least 1, found 0"):
        st.finetune(dataset, epochs=0)
    alone = st.Dataset(tmp_path / "alone")
    alone.add("mug", encode_jpeg(draw("mug", np.random.default_rng(0))))
    with pytest.raises(TeachingError, match="expected two classes or more with pictures that can be read, found 1"):
        st.finetune(alone)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingError, match=r"pip install 'showtell\[finetune\]'"):
        st.finetune(dataset)


def test_a_broken_picture_is_reported_and_left_out(dataset):
    broken = dataset.folder / "mug" / "broken.jpg"
    broken.write_bytes(b"no picture")
    dataset.refresh()
    model = st.finetune(dataset, st.Model(classifier="knn"), epochs=1)
    assert model.counts == {"fish": 6, "mug": 6}
    assert "mug/broken.jpg" in [problem.file for problem in dataset.problems]
