"""Fine-tuning: the network itself learns, keeps the best so far, and the result is a model like any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import showtell as st
from showtell.errors import BackboneError, MissingError, TeachingError
from showtell.finetuning import training, tuning
from showtell.finetuning.training import PATIENCE, Epoch
from showtell.pictures.drawing import draw
from showtell.pictures.frame import encode_jpeg


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> st.Dataset:
    """Two things, a burst of six pictures each."""
    monkeypatch.setattr(tuning, "VIEWS", 4)  # to save time
    data = st.Dataset(tmp_path / "things")
    rng = np.random.default_rng(0)
    for thing in ("fish", "mug"):
        for _ in range(6):
            data.add(thing, encode_jpeg(draw(thing, rng)), burst="1")
    return data


def test_the_network_learns_and_the_model_is_one_file(dataset, tmp_path, capfd):
    seen: list[Epoch] = []
    model = st.finetune(dataset, epochs=4, progress=seen.append)
    assert [epoch.number for epoch in seen] == [1, 2, 3, 4]
    assert seen[-1].loss < seen[0].loss
    rng = np.random.default_rng(1)
    fresh = [(thing, draw(thing, rng)) for thing in ("fish", "mug")]
    answers = model.predict_many([frame for _, frame in fresh])
    assert [answer.closest for answer in answers] == [thing for thing, _ in fresh]
    assert capfd.readouterr() == ("", "")  # no bar where nobody looks

    kept = {path.name.partition("-")[0] for path in (dataset.folder / ".showtell").glob("*.bin")}
    assert kept == set()  # or each try would leave a quarter of a megabyte a picture
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


def test_an_interrupt_gives_the_model_so_far(dataset):
    seen: list[Epoch] = []

    def stop(epoch: Epoch) -> None:
        seen.append(epoch)
        raise KeyboardInterrupt

    model = st.finetune(dataset, st.Model(classifier="knn"), progress=stop)
    assert len(seen) == 1
    assert model.classifier == "knn"
    assert model.counts == {"fish": 6, "mug": 6}
    came, tuned = np.split(model.extractor.transform([example.path for example in dataset]), 2, axis=1)
    assert np.allclose(came, tuned, atol=1e-3) is not seen[0].best


class Tiny:
    """A tail of 16 numbers, so that training it takes no time."""

    device = "cpu"

    def __init__(self) -> None:
        self.parameters = {"w": torch.eye(4).requires_grad_()}

    def features(self, views: np.ndarray) -> Any:
        return torch.tensor(views.astype(np.float32)) @ self.parameters["w"]


def epochs(tiny: Tiny, *, seed: int = 0, stop: int = 99) -> list[tuple[Epoch, Any]]:
    """Each epoch with the weights after it."""
    labels = np.array(["mug", "star"] * 20)
    rng = np.random.default_rng(0)
    centres = {"mug": [3, 2, 2, 1], "star": [2, 3, 2, 1]}
    views = np.array([centres[label] for label in labels])[:, None] + rng.normal(0, 0.6, (40, 3, 4))
    steps = training.train(
        tiny,  # type: ignore[arg-type]
        views.astype(np.float16),
        list(labels),
        rows=range(30),
        held_out=range(30, 40),
        epochs=20,
        seed=seed,
    )
    found = [(epoch, tiny.parameters["w"].detach().clone()) for _, epoch in zip(range(stop), steps, strict=False)]
    steps.close()
    return found


@pytest.mark.parametrize("stop", [2, 99])
def test_the_best_epoch_is_kept_also_after_an_interrupt(stop):
    tiny = Tiny()
    found = epochs(tiny, stop=stop)
    losses = [epoch.held_out_loss for epoch, _ in found]
    best = max(place for place, (epoch, _) in enumerate(found) if epoch.best)
    assert losses[best] == min(losses)
    assert torch.equal(tiny.parameters["w"], found[best][1])
    assert found[-1][0].loss < found[0][0].loss


def test_it_stops_where_nothing_is_gained_and_leaves_the_network_as_it_was(monkeypatch):
    monkeypatch.setattr(training, "RATE", -1e-3)  # uphill
    monkeypatch.setattr(training, "HEAD_RATE", 0)
    tiny = Tiny()
    found = epochs(tiny)
    assert len(found) == PATIENCE
    assert torch.equal(tiny.parameters["w"], torch.eye(4))
    assert not any(epoch.best for epoch, _ in found)


def test_the_seed_decides_everything():
    runs = [[epoch for epoch, _ in epochs(Tiny(), seed=seed)] for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_a_network_from_elsewhere_is_tuned_too(dataset):
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        *(torch.nn.Conv2d(3, 8, 5, 4), torch.nn.ReLU(), torch.nn.Conv2d(8, 16, 3, 2), torch.nn.SiLU()),
        *(torch.nn.Conv2d(16, 24, 3, padding=1), torch.nn.ReLU()),
    )
    extractor = st.FeatureExtractor.from_torch(module, mean=0.5, std=0.5, size=64)
    seen: list[Epoch] = []
    model = st.finetune(dataset, st.Model(extractor, "knn"), blocks=2, epochs=4, progress=seen.append)
    assert seen[-1].loss < seen[0].loss
    pictures = [example.path for example in dataset]
    came, tuned = np.split(model.extractor.transform(pictures), 2, axis=1)
    frozen = extractor.transform(pictures)
    assert np.allclose(came, frozen, atol=1e-4)
    assert not np.allclose(tuned, frozen, atol=1e-3)
    with pytest.raises(BackboneError, match="blocks: expected 1 to 2 for this network, found 3"):
        st.finetune(dataset, st.Model(extractor), blocks=3)


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


def test_classes_that_cannot_be_told_apart_leave_a_network_of_numbers():
    """All pictures are the same: nothing is to be learned, and nothing becomes NaN or infinite."""
    tiny = Tiny()
    steps = training.train(
        tiny,  # type: ignore[arg-type]
        np.ones((8, 3, 4), np.float16),
        ["mug", "star"] * 4,
        rows=range(6),
        held_out=range(6, 8),
        epochs=3,
        seed=0,
    )
    assert all(np.isfinite(epoch.loss) for epoch in steps)
    assert torch.isfinite(tiny.parameters["w"]).all()
