"""A model file holds no pickle, and a stranger's file runs nothing: it is refused in one line."""

from __future__ import annotations

import io
import json
import os
import pickle
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from showtell import Model, load
from showtell.errors import ModelFileError, TeachingError
from showtell.model import archive


class Evil:
    """Unpickling it runs a shell command that leaves a file behind."""

    def __init__(self, sentinel: Path) -> None:
        self.sentinel = sentinel

    def __reduce__(self):
        return os.system, (f"touch '{self.sentinel}'",)


@pytest.fixture(scope="module")
def small(shown) -> Model:
    """A model of two pictures with a scikit-learn classifier."""
    return Model(classifier=LogisticRegression()).fit([shown["fish"][0], shown["mug"][0]], ["fish", "mug"])


@pytest.fixture(scope="module")
def small_file(tmp_path_factory, small) -> Path:
    path = tmp_path_factory.mktemp("small") / "small.showtell"
    small.save(path)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def written(path: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def with_header(parts: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    return parts | {"model.json": json.dumps(json.loads(parts["model.json"]) | changes).encode()}


def npy(array: np.ndarray, **options: bool) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def refused(path: Path) -> str:
    """What opening the file says; it must be one line that names the file."""
    with pytest.raises(ModelFileError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


# -- what is written


def test_a_model_file_is_json_plain_arrays_and_readable_objects(model_file, small_file):
    assert list(parts_of(model_file)) == ["model.json", "vectors.npy"]
    parts = parts_of(small_file)
    assert sorted(parts) == ["classifier.skops", "fitted.skops", "model.json", "vectors.npy"]
    header = json.loads(parts["model.json"])
    assert (header["format"], header["labels"]) == ("showtell model", ["fish", "mug"])
    vectors = np.load(io.BytesIO(parts["vectors.npy"]), allow_pickle=False)
    assert (vectors.shape, vectors.dtype) == ((2, 1280), np.float32)


def test_nothing_in_a_model_file_is_a_pickle(small_file):
    inner = [parts_of(small_file)]
    inner += [parts_of(io.BytesIO(data)) for name, data in inner[0].items() if name.endswith(".skops")]
    for parts in inner:
        for name, data in parts.items():
            assert Path(name).suffix in {".json", ".npy", ".skops"}
            with pytest.raises(Exception, match=r".*"):
                pickle.loads(data)
            if name.endswith(".npy"):
                np.load(io.BytesIO(data), allow_pickle=False)


# -- strangers' files that want to run something


def test_a_pickle_under_the_name_of_a_model_is_not_opened(tmp_path):
    path, sentinel = tmp_path / "model.showtell", tmp_path / "ran"
    path.write_bytes(pickle.dumps(Evil(sentinel)))
    assert "no zip archive" in refused(path)
    assert not sentinel.exists()


def test_an_array_of_pickled_objects_is_not_opened(tmp_path, small_file):
    sentinel = tmp_path / "ran"
    array = np.empty(2, object)
    array[:] = [Evil(sentinel), Evil(sentinel)]
    parts = parts_of(small_file) | {"vectors.npy": npy(array, allow_pickle=True)}
    refused(written(tmp_path / "model.showtell", parts))
    assert not sentinel.exists()


@pytest.mark.parametrize("part", ["classifier.skops", "fitted.skops"])
def test_a_function_smuggled_into_a_pipeline_is_named_and_not_built(tmp_path, small_file, part):
    head = make_pipeline(FunctionTransformer(func=os.system), LogisticRegression())
    path = written(tmp_path / "model.showtell", parts_of(small_file) | {part: skops.io.dumps(head)})
    message = refused(path)
    assert "could run a stranger's code" in message
    assert "system" in message


SENTINEL = "SENTINEL"
TEXT = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": '"system"'}
ATTACKS = {
    "reduce": {
        "__class__": "system",
        "__module__": "os",
        "__loader__": "ReduceNode",
        "__reduce__": {"args": TEXT},
    },
    "function": {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": "os.system"},
    "type": {
        "__class__": "type",
        "__module__": "builtins",
        "__loader__": "TypeNode",
        "content": {"__class__": "Popen", "__module__": "subprocess"},
    },
    "operator": {
        "__class__": "methodcaller",
        "__module__": "operator",
        "__loader__": "OperatorFuncNode",
        "attrs": {
            "__class__": "tuple",
            "__module__": "builtins",
            "__loader__": "TupleNode",
            "content": [TEXT],
        },
    },
    "method": {
        "__class__": "system",
        "__module__": "os",
        "__loader__": "MethodNode",
        "content": {"func": "system", "obj": TEXT},
    },
    "partial": {
        "__class__": "partial",
        "__module__": "functools",
        "__loader__": "PartialNode",
        "content": {
            "func": {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "content": "os.system"},
            "args": {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": []},
            "kwds": {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {}},
            "namespace": {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {}},
        },
    },
    "import": {"__class__": "LogisticRegression", "__module__": SENTINEL, "__loader__": "ObjectNode", "content": None},
    "no loader": {"__class__": "system", "__module__": "os", "__loader__": "NoSuchNode"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_crafted_object_is_refused_and_runs_nothing(tmp_path, monkeypatch, small_file, attack):
    sentinel = tmp_path / "ran"
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{SENTINEL}.py").write_text(f"open({str(sentinel)!r}, 'w')")  # importing it would be seen
    monkeypatch.setattr(os, "system", lambda *_: sentinel.touch())
    schema = ATTACKS[attack] | {"protocol": 2, "_skops_version": skops.__version__, "__id__": 1}
    crafted = written(tmp_path / "part.zip", {"schema.json": json.dumps(schema).encode()}).read_bytes()
    for part in ("classifier.skops", "fitted.skops"):
        refused(written(tmp_path / "model.showtell", parts_of(small_file) | {part: crafted}))
    assert not sentinel.exists()


# -- files that would unpack to too much


def test_compressed_parts_are_refused(tmp_path, small_file):
    path = written(tmp_path / "model.showtell", parts_of(small_file), zipfile.ZIP_DEFLATED)
    assert "holds compressed parts" in refused(path)


def test_a_zip_bomb_in_an_object_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, small_file):
    monkeypatch.setattr(archive, "MAX_OBJECT_BYTES", 2**24)  # a smaller bomb is as good, and made sooner
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("big.npy", bytes(2**24 + 1))
    assert len(inner.getvalue()) < 2**16
    path = written(tmp_path / "model.showtell", parts_of(small_file) | {"classifier.skops": inner.getvalue()})
    assert "unpacks to" in refused(path)


def test_an_array_that_claims_to_be_huge_is_refused(tmp_path, small_file):
    huge = npy(np.zeros((2, 1280), np.float32)).replace(b"(2, 1280)", b"(2, 10**9)", 1)
    assert refused(written(tmp_path / "a", parts_of(small_file) | {"vectors.npy": huge}))
    header = np.lib.format.header_data_from_array_1_0(np.zeros(1, np.float32)) | {"shape": (10**12, 1280)}
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    assert refused(written(tmp_path / "b", parts_of(small_file) | {"vectors.npy": buffer.getvalue()}))


@pytest.mark.parametrize("text", ["[" * 200_000, '{"format":' * 100_000], ids=["lists", "objects"])
def test_json_that_nests_without_end_is_refused(tmp_path, small_file, text):
    refused(written(tmp_path / "model.showtell", parts_of(small_file) | {"model.json": text.encode()}))


# -- damage


def test_the_helpers_write_what_can_be_read(tmp_path, small_file, small, shown):
    """Else all the refusals here would prove nothing."""
    path = written(tmp_path / "model.showtell", with_header(parts_of(small_file)))
    assert load(path).predict(shown["mug"][0]).label == small.predict(shown["mug"][0]).label == "mug"


@settings(max_examples=150)
@given(data=st.data())
def test_a_file_cut_anywhere_is_refused(tmp_path_factory, model_file, data):
    whole = model_file.read_bytes()
    path = tmp_path_factory.getbasetemp() / "cut.showtell"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refused(path)


@settings(max_examples=150)
@given(data=st.data())
def test_a_file_with_bytes_changed_is_refused_or_whole(tmp_path_factory, small_file, data):
    whole = bytearray(small_file.read_bytes())
    end = len(whole) - 1
    places = st.integers(0, end) | st.integers(0, 600) | st.integers(end - 400, end)  # headers and directory
    for place in data.draw(st.lists(places, min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.showtell"
    path.write_bytes(whole)
    try:
        model = load(path)
    except ModelFileError as caught:
        error: ModelFileError | None = caught
    else:
        error = None
        assert model.counts == {"fish": 1, "mug": 1}  # the bytes did not matter
    assert error is None or str(error).startswith(f"{path}: ")


@given(rest=st.binary(max_size=300), start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]))
def test_random_bytes_are_refused(tmp_path_factory, start, rest):
    path = tmp_path_factory.getbasetemp() / "random.showtell"
    path.write_bytes(start + rest)
    refused(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "expected a model of version 1, found version 2; fit it again"),
        ({"version": None}, "expected a model of version 1, found version None"),
        ({"format": "teachable machine"}, "another program's"),
        ({"fingerprint": "0" * 16}, "on one of this showtell's backbones"),
        ({"backbone": "resnet"}, "found one on another build of 'resnet'"),
        ({"backbone": ["x"]}, "on one of this showtell's backbones"),
        ({"labels": ["fish"]}, "damaged"),
        ({"labels": ["fish", "mug", "star"], "examples": [None] * 3}, "vectors"),
        ({"labels": [], "examples": []}, "damaged"),
        ({"labels": ["fish", 7]}, "damaged"),
        ({"labels": "fm"}, "damaged"),
        ({"examples": [None]}, "damaged"),
        ({"examples": [None, 7]}, "damaged"),
        ({"neighbours": 0}, "damaged"),
        ({"neighbours": "5"}, "damaged"),
        ({"neighbours": None}, "damaged"),
    ],
    ids=str,
)
def test_a_header_that_does_not_fit_is_refused(tmp_path, small_file, changes, said):
    path = written(tmp_path / "model.showtell", with_header(parts_of(small_file), **changes))
    assert said in refused(path)


VECTORS = np.eye(2, 1280, dtype=np.float32)


@pytest.mark.parametrize(
    "vectors",
    [VECTORS[:1], VECTORS[:, :640], VECTORS[0], VECTORS.astype(np.float64), VECTORS + np.nan, VECTORS + np.inf],
    ids=["a row short", "narrow", "flat", "float64", "NaN", "infinite"],
)
def test_vectors_that_do_not_fit_are_refused(tmp_path, small_file, vectors):
    path = written(tmp_path / "model.showtell", parts_of(small_file) | {"vectors.npy": npy(vectors)})
    assert "its array 'vectors'" in refused(path)


@pytest.mark.parametrize("part", ["model.json", "vectors.npy", "classifier.skops", "fitted.skops"])
def test_a_missing_or_empty_part_is_refused(tmp_path, small_file, part):
    parts = parts_of(small_file)
    refused(written(tmp_path / "empty", parts | {part: b""}))
    del parts[part]
    assert part.partition(".")[0] in refused(written(tmp_path / "missing", parts))


def _fitted(**options: object) -> LogisticRegression:
    return LogisticRegression().fit(np.eye(options["n"], options["d"]), options["labels"])


@pytest.mark.parametrize(
    ("part", "thing"),
    [
        ("fitted.skops", {"a": 1}),
        ("fitted.skops", LogisticRegression()),
        ("fitted.skops", _fitted(n=2, d=7, labels=["fish", "mug"])),
        ("fitted.skops", _fitted(n=3, d=1280, labels=["fish", "mug", "star"])),
        ("classifier.skops", {"a": 1}),
        ("classifier.skops", "nonsense"),
    ],
    ids=["a dict", "unfitted", "other features", "other labels", "a dict for the classifier", "a name"],
)
def test_an_object_that_is_no_fitting_classifier_is_refused(tmp_path, small_file, part, thing):
    path = written(tmp_path / "model.showtell", parts_of(small_file) | {part: skops.io.dumps(thing)})
    refused(path)


def test_what_is_no_file_is_refused(tmp_path):
    assert "No such file" in refused(tmp_path / "gone.showtell")
    assert "Is a directory" in refused(tmp_path)
    empty = tmp_path / "empty.showtell"
    empty.touch()
    refused(empty)
    with pytest.raises(ModelFileError):
        load("a\0b")


# -- saving where it fails


@pytest.fixture
def old(tmp_path, model_file) -> Path:
    path = tmp_path / "model.showtell"
    path.write_bytes(model_file.read_bytes())
    return path


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_when_saving_fails_the_old_file_is_whole(monkeypatch, small, old, function):
    before = old.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, function, full)
    with pytest.raises(ModelFileError, match=r"cannot be written \(No space left on device\); choose a folder"):
        small.save(old)
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


def test_a_folder_that_is_not_there_is_an_error_that_says_what_to_do(tmp_path, small):
    with pytest.raises(ModelFileError, match=r"cannot be written \(No such file or directory\); choose a folder that"):
        small.save(tmp_path / "gone" / "model.showtell")
    with pytest.raises(ModelFileError, match="cannot be written"):
        small.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [".", "/", "", "a\0b"])
def test_a_path_that_can_be_no_file_is_an_error_too(small, path):
    with pytest.raises(ModelFileError, match="cannot be written"):
        small.save(path)


def test_threads_that_save_to_one_place_leave_a_whole_file(tmp_path, small, taught):
    path = tmp_path / "model.showtell"
    failures: list[BaseException] = []

    def save(model: Model) -> None:
        try:
            for _ in range(10):
                model.save(path)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=save, args=(model,)) for model in (small, taught) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert load(path).counts in (small.counts, taught.counts)
    assert list(tmp_path.iterdir()) == [path]


def test_a_label_that_is_no_valid_unicode_is_saved_or_refused_but_no_crash(tmp_path, shown):
    model = Model(classifier="knn")
    try:
        for label in ("a\ud800", "b"):
            model.add(label, shown["mug"][0])
        model.save(tmp_path / "model.showtell")
    except (ModelFileError, TeachingError):
        return
    assert load(tmp_path / "model.showtell").counts == model.counts


@pytest.mark.parametrize("tree", ["ball_tree", "kd_tree"])
def test_a_tree_whose_indices_lead_out_of_memory_is_refused(tmp_path, small, small_file, tree):
    fitted = KNeighborsClassifier(1, algorithm=tree).fit(np.eye(2, 1280), np.array(["fish", "mug"], object))
    parts = parts_of(small_file) | {"classifier.skops": skops.io.dumps(KNeighborsClassifier(1, algorithm=tree))}
    refused(written(tmp_path / "model.showtell", parts | {"fitted.skops": skops.io.dumps(fitted)}))
