"""What names a class: one rule, whichever way it is taught."""

from __future__ import annotations

import numpy as np
import pytest

from showtell import Model
from showtell.errors import TeachingError

NO_LABELS = {
    "a one-hot row": np.eye(2)[0],
    "a column": np.array([0]),
    "a list": ["mug"],
    "None": None,
    "NaN": float("nan"),
    "NumPy's NaN": np.float64("nan"),
    "a share": 0.5,
    "bytes": b"mug",
    "nothing": "",
    "spaces": " \n",
}


@pytest.mark.parametrize("label", NO_LABELS.values(), ids=NO_LABELS)
def test_what_is_no_label_is_refused_by_both(shown, label):
    model = Model(classifier="knn").fit([shown["mug"][0], shown["star"][0]], ["mug", "star"])
    with pytest.raises(TeachingError, match=r"^expected the name of a class"):
        model.add(label, shown["mug"][0])
    with pytest.raises(TeachingError, match=r"^label 2: expected the name of a class"):
        model.fit([shown["mug"][0], shown["star"][0]], ["mug", label])
    assert model.counts == {"mug": 1, "star": 1}


@pytest.mark.parametrize("labels", [np.eye(2), [[0], [1]]], ids=["one-hot", "column"])
def test_tables_of_labels_are_refused_with_what_to_do(shown, labels):
    with pytest.raises(TeachingError, match=r"argmax|ravel"):
        Model().fit([shown["mug"][0], shown["star"][0]], labels)


@pytest.mark.parametrize("labels", ["ab", {"a", "b"}, {"a": 1, "b": 2}, 7], ids=["text", "set", "dict", "number"])
def test_what_is_no_list_of_labels_is_refused(shown, labels):
    with pytest.raises(TeachingError, match="expected a list with a label for each picture"):
        Model().fit([shown["mug"][0], shown["star"][0]], labels)


@pytest.mark.parametrize("labels", [[0, 1], np.array([0, 1]), np.array(["0", "1"])], ids=["int", "int64", "str"])
def test_whole_numbers_are_labels(shown, labels):
    pictures = [shown["mug"][0], shown["star"][0]]
    fitted, added = Model(classifier="knn").fit(pictures, labels), Model(classifier="knn")
    for label, picture in zip(labels, pictures, strict=True):
        added.add(label, picture)
    for model in (fitted, added):
        assert model.labels == ["0", "1"]
        assert model.predict(pictures[1]).label == "1"
