"""What a model is given is fixed at that moment, whatever kind of thing it is; and then it is let go."""

from __future__ import annotations

import base64
import gc
import io
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import config_context
from sklearn.linear_model import LogisticRegression

from showtell import Dataset, Model
from showtell.errors import PictureError
from showtell.pictures.frame import encode_jpeg


def reused_path(folder: Path):
    def give(frame: np.ndarray) -> Path:
        (folder / "frame.png").write_bytes(encode_jpeg(frame, 95))
        return folder / "frame.png"

    return give


def reused_image(_: Path):
    image = Image.new("RGB", (640, 480))

    def give(frame: np.ndarray) -> Image.Image:
        image.paste(Image.fromarray(frame))
        return image

    return give


def reused_array(_: Path):
    array = np.zeros((480, 640, 3), np.uint8)

    def give(frame: np.ndarray) -> np.ndarray:
        array[:] = frame
        return array

    return give


@pytest.mark.parametrize("way", ["add", "fit"])
@pytest.mark.parametrize("kind", [reused_path, reused_image, reused_array])
def test_a_file_image_or_array_that_is_used_again_teaches_what_it_was(tmp_path, shown, fresh, kind, way):
    give = kind(tmp_path)
    labels = [thing for thing in shown for _ in range(4)]
    frames = [frame for thing in shown for frame in shown[thing][:4]]
    model = Model()
    if way == "add":
        for label, frame in zip(labels, frames, strict=True):
            model.add(label, give(frame))
        give(np.zeros((480, 640, 3), np.uint8))
        model.wait()
    else:
        model.fit((give(frame) for frame in frames), labels)
    for thing, frame in fresh:
        assert model.predict(frame).label == thing


@pytest.mark.parametrize(("classifier", "classes"), [("knn", "ab"), (LogisticRegression(), "ab"), ("best", "a")])
def test_an_array_is_let_go_at_once(classifier, classes):
    """60 frames of a full-HD camera are 360 MB."""
    model, arrays = Model(classifier=classifier), []
    for number in range(4):
        frame = np.full((1080, 1920, 3), 40 * number, np.uint8)
        arrays.append(weakref.ref(frame))
        model.add(classes[number % len(classes)], frame)
    del frame
    gc.collect()
    assert [array() for array in arrays] == [None] * 4


@pytest.mark.parametrize("classifier", ["knn", "best"])
def test_what_nobody_will_look_at_again_is_not_kept(shown, classifier):
    model = Model(classifier=classifier)
    for thing in ("mug", "star"):
        model.add(thing, shown[thing][0])
    model.wait()
    assert [source.data for source in model._memory.now.sources] == [None, None]


def test_what_was_let_go_is_still_known_after_a_dataset_came(tmp_path, shown, write_folder):
    """Another place for the views must not lose those of pictures that are gone."""
    model = Model()
    for thing in ("mug", "star"):
        model.add(thing, shown[thing][0])
    model.wait()
    dataset = Dataset(write_folder(tmp_path / "things", {"fish": shown["fish"][:1]}))
    model.learn(dataset, next(iter(dataset)))
    model.wait()
    head = model._fitting.answering(model._memory.now)
    assert (head.name, list(head.classes_)) == ("best", ["fish", "mug", "star"])


# -- all kinds


def test_examples_and_datasets_are_pictures_too(things, taught):
    dataset = Dataset(things)
    examples = list(dataset)
    assert taught.predict(examples[0]) == taught.predict(examples[0].path)
    assert taught.predict_many(dataset) == taught.predict_many([example.path for example in examples])
    other = Model(classifier="knn")
    other.add("fish", examples[0])
    assert other.predict(examples[0]).evidence[0].distance == pytest.approx(0, abs=1e-6)
    with pytest.raises(PictureError, match=r"found a dataset; call predict_many\(dataset\)"):
        taught.predict(dataset)
    with pytest.raises(PictureError, match=r"expected several pictures, found one; put it in a list"):
        taught.predict_many(examples[0])


@pytest.mark.parametrize("quality", ["live", "best"])
def test_an_opened_file_is_a_picture(things, taught, quality):
    path = next(iter(Dataset(things))).path
    model = Model(classifier="knn", quality=quality)
    for label in "ab":
        with path.open("rb") as file:
            model.add(label, file)
    expected = model.predict(path)
    with path.open("rb") as file:
        assert model.predict(file) == expected
    assert model.predict_many([io.BytesIO(path.read_bytes())]) == [expected]
    with path.open("rb") as file, pytest.raises(PictureError, match="found one; put it in a list"):
        model.predict_many(file)
    with pytest.raises(PictureError, match="opened as text; open it with"):
        model.add("a", io.StringIO("text"))


class Column:
    """As a table's column: it has an order and a length, and is no list."""

    def __init__(self, values: list) -> None:
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)


def test_a_column_of_a_table_is_a_list_of_pictures_and_a_table_is_none(things):
    examples = list(Dataset(things))[::3]
    files, labels = Column([str(example.path) for example in examples]), Column([e.label for e in examples])
    model = Model(classifier="knn").fit(files, labels)
    assert [answer.label for answer in model.predict_many(files)] == list(labels)
    files.columns = ["file"]
    with pytest.raises(PictureError, match=r'found a table; choose its column, for example table\["file"\]'):
        model.predict_many(files)


def test_it_does_not_matter_what_scikit_learns_transformers_give(shown):
    """With "pandas" they give tables, and raise ImportError without it."""
    with config_context(transform_output="pandas"):
        model = Model(classifier="knn").fit([shown["mug"][0], shown["star"][0]], ["mug", "star"])
        model.add("star", shown["star"][1])
        assert model.predict(shown["star"][0]).label == "star"


def test_a_broken_file_among_many_is_named(tmp_path, shown):
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        Model().fit([shown["mug"][0], tmp_path / "broken.jpg"], ["a", "b"])
    with pytest.raises(PictureError, match=r"gone\.jpg: cannot be read"):
        Model().fit([shown["mug"][0], tmp_path / "gone.jpg"], ["a", "b"])
    with pytest.raises(PictureError, match=r"number 2 of the pictures: .*uint8"):
        Model().fit([shown["mug"][0], shown["mug"][0].astype(float)], ["a", "b"])


def test_a_data_uri_and_what_is_no_picture(shown):
    uri = "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(shown["mug"][0])).decode()
    model = Model(classifier="knn").fit([uri, shown["star"][0]], ["mug", "star"])
    model.add("mug", uri)
    assert model.predict(uri).label == "mug"
    for nothing in (None, 3, "data:image/jpeg;base64,%%%"):
        with pytest.raises(PictureError) as refused:
            model.add("mug", nothing)  # type: ignore[arg-type]
        assert len(str(refused.value)) < 400
