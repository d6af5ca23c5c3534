"""Where the network looked: the map lands on the thing, whichever classifier answers."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import explain as benchmark
from PIL import Image, ImageDraw
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from showtell import Heat, Model, ShowtellError, explain
from showtell.pictures.drawing import THINGS, _wall, draw
from showtell.pictures.frame import Frame, encode_jpeg

PLACES = {"left": (200, 200), "right": (440, 240), "above": (320, 120), "below": (300, 350)}


def placed(thing: str, x: int, y: int) -> Frame:
    """The thing, 150 pixels wide, centred at (x, y) of a 640×480 picture."""
    layer = Image.new("RGBA", (300, 300))
    THINGS[thing](ImageDraw.Draw(layer))
    layer = layer.resize((150, 150))
    scene = _wall(np.random.default_rng(0))
    scene.paste(layer, (x - 75, y - 75), layer)
    return np.asarray(scene)


@pytest.mark.parametrize("classifier", ["knn", "logistic", LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1)])
def test_the_hottest_place_is_on_the_thing_wherever_it_is(shown, classifier) -> None:
    frames = [(thing, frame) for thing, frames in shown.items() for frame in frames]
    model = Model(classifier=classifier).fit([frame for _, frame in frames], [thing for thing, _ in frames])
    missed = []
    for thing in shown:
        for place, (x, y) in PLACES.items():
            heat = explain(model, placed(thing, x, y))
            assert heat.label in shown
            row, column = np.unravel_index(heat.values.argmax(), heat.values.shape)
            left, top, right, bottom = heat.box
            found = (left + (column + 0.5) / 7 * (right - left), top + (row + 0.5) / 7 * (bottom - top))
            if max(abs(found[0] - x), abs(found[1] - y)) > 75 + 32:  # half the thing and half a cell
                missed.append((thing, place, found))
    assert len(missed) <= 2, missed


def test_the_map_lies_over_the_square_that_the_network_saw(taught) -> None:
    heat = explain(taught, draw("star", np.random.default_rng(7)))
    assert isinstance(heat, Heat)
    assert heat.label == "star"
    assert heat.values.shape == (7, 7)
    assert heat.values.dtype == np.float32
    assert (heat.values.min() >= 0, heat.values.max()) == (True, 1)
    assert heat.box == pytest.approx((96, 16, 544, 464))


def test_the_overlay_reddens_the_hot_part_and_leaves_the_rest() -> None:
    values = np.zeros((7, 7), np.float32)
    values[3, 3] = 1
    grey = np.full((90, 120, 3), 100, np.uint8)
    laid = Heat("mug", values, (25, 10, 95, 80)).overlay(encode_jpeg(grey))
    assert laid.shape == grey.shape
    assert laid.dtype == np.uint8
    red, _, blue = laid[45, 60].astype(int)
    assert red > 170 > 60 > blue
    assert np.abs(laid[:, :25].astype(int) - 100).max() <= 2


def test_one_class_has_nothing_that_speaks_against_another() -> None:
    model = Model()
    model.add("star", draw("star", np.random.default_rng(0)))
    assert explain(model, draw("star", np.random.default_rng(1))).values.max() == 0


def test_a_model_that_was_taught_nothing_says_so() -> None:
    with pytest.raises(ShowtellError, match="expected a model that was taught"):
        explain(Model(), draw("star", np.random.default_rng(0)))


@pytest.mark.skipif(not benchmark.available(), reason="needs the webcam simulation and OpenCV")
def test_the_map_lands_on_the_object_in_front_of_real_scenes() -> None:
    row = benchmark.measure(episodes=1, classifiers=["knn"], seed=4100)["knn"]
    assert row.hits > 0.65  # in the middle of the picture: half of them
    assert row.energy > 2 * row.area
