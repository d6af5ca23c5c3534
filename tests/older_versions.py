"""What each version of showtell wrote, kept in tests/data/older_versions, so that every later one is tested on it.

    PYTHONPATH=src build/torch-env/bin/python tests/older_versions.py NAME

adds the folder NAME with what the present version writes, and leaves the others as they are: those are what people
have. ``november`` was made by showtell 0.1.0 at commit cee0c7f. Fine-tuning needs PyTorch, the rest doesn't.

    pictures/            the pictures that are taught and asked, drawn once and kept
    NAME/*.showtell      a model of each kind
    NAME/dataset.tar.gz  a dataset with a history; a tar, since git keeps no times of files and no empty folders
    NAME/exported.zip    the same, as it was exported
    NAME/expected.json   what each model answers, each state of the dataset, and the versions it was made with
    NAME/names.json      the public names, and what they take; the commands, and their options

Only public names, files and messages are used here, so that it goes on working when modules move.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import inspect
import json
import math
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw, ImageFilter
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

import showtell as st
from showtell import errors

DATA = Path(__file__).parent / "data/older_versions"
PICTURES = DATA / "pictures"
CLASSES = {"mug": "mug", "star": "Stern ★", "ball": "ball"}  # drawn thing -> label
TAUGHT = 3  # pictures of each class
Ask = Callable[[dict[str, Any]], dict[str, Any]]
SURE = 0.02  # how far an answer must be from another label, so that no processor's rounding changes it


# -- pictures


def draw(thing: str, rng: np.random.Generator) -> Image.Image:
    """A thing in front of a wall, 320 × 240: just what the bundled network sees, without being scaled."""
    scene = Image.new("RGB", (320, 240), tuple(int(c) for c in rng.integers(150, 200, 3)))
    pen = ImageDraw.Draw(scene)
    pen.rectangle((0, 180, 320, 240), fill=tuple(int(c) for c in rng.integers(90, 140, 3)))
    x, y, r = 160 + rng.uniform(-25, 25), 120 + rng.uniform(-15, 15), rng.uniform(55, 75)
    if thing == "mug":
        pen.ellipse((x + r / 3, y - r / 2, x + r * 1.3, y + r / 2), outline=(150, 30, 40), width=12)
        pen.rounded_rectangle((x - r, y - r, x + r * 0.7, y + r), 14, fill=(205, 50, 60))
        pen.ellipse((x - r, y - r * 1.2, x + r * 0.7, y - r * 0.7), fill=(245, 235, 225))
    elif thing == "star":
        turn = rng.uniform(0, 0.3)
        points = [(r * (1.2 if i % 2 == 0 else 0.5), math.pi * (i / 5 - 0.5 + turn)) for i in range(10)]
        pen.polygon([(x + a * math.cos(t), y + a * math.sin(t)) for a, t in points], fill=(246, 190, 45))
    elif thing == "ball":
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(60, 150, 230), outline=(30, 100, 190), width=5)
        pen.chord((x - r, y - r, x + r, y + r), 20, 160, fill=(240, 240, 240))
    else:  # a tree
        pen.rectangle((x - 10, y + r / 2, x + 10, y + r * 1.5), fill=(110, 70, 40))
        for top in (-1.4, -0.8, -0.2):
            pen.polygon(
                [(x, y + r * top), (x - r, y + r * (top + 0.9)), (x + r, y + r * (top + 0.9))], fill=(40, 130, 70)
            )
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1))), np.float64)
    noise = rng.normal(
        0, 3, (240, 320, 1)
    )  # as of a camera; on flat colours alone a network hangs on a pixel's last bit
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def draw_pictures() -> None:
    rng = np.random.default_rng(11)
    for folder, things, count in (("taught", CLASSES, 6), ("asked", [*CLASSES, "tree"], 2)):
        for thing in things:
            (PICTURES / folder / thing).mkdir(parents=True)
            for number in range(1, count + 1):
                draw(thing, rng).save(PICTURES / folder / thing / f"{number}.jpg", quality=80)


def taught(thing: str, number: int) -> Path:
    return PICTURES / "taught" / thing / f"{number}.jpg"


def asked() -> list[Path]:
    return sorted((PICTURES / "asked").glob("*/*.jpg"))


# -- models


def network(depth: int, channels: int, size: int = 64) -> bytes:
    """A network with random weights as an ONNX file: ``depth`` convolutions, of which the average is the features."""
    rng = np.random.default_rng(3)
    nodes, weights, tensor, width = [], [], "pictures", 3
    for layer in range(depth):
        kernel = rng.normal(0, math.sqrt(2 / (9 * width)), (channels, width, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"kernel{layer}"))
        ends = {"pads": [1, 1, 1, 1], "strides": [2, 2], "kernel_shape": [3, 3]}
        nodes.append(helper.make_node("Conv", [tensor, f"kernel{layer}"], [f"edges{layer}"], f"conv{layer}", **ends))
        nodes.append(helper.make_node("Relu", [f"edges{layer}"], [f"map{layer}"], f"relu{layer}"))
        tensor, width = f"map{layer}", channels
    nodes += [
        helper.make_node("GlobalAveragePool", [tensor], ["pooled"], "pool"),
        helper.make_node("Flatten", ["pooled"], ["features"], "flatten"),
    ]
    cells = size // 2**depth
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, size, size])],
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", channels]),
            helper.make_tensor_value_info(tensor, TensorProto.FLOAT, ["n", channels, cells, cells]),
        ],
        weights,
    )
    made: onnx.ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return made.SerializeToString()


def own(folder: Path, depth: int = 2, channels: int = 12) -> st.FeatureExtractor:
    path = folder / f"own{depth}.onnx"
    path.write_bytes(network(depth, channels))
    return st.FeatureExtractor.from_onnx(path, preprocessing="imagenet", licence="Apache-2.0")


def lesson(folder: Path, things: list[str], count: int = TAUGHT) -> st.Dataset:
    """A dataset of these things, in bursts."""
    dataset = st.Dataset(folder)
    for thing in things:
        for number in range(1, count + 1):
            dataset.add(CLASSES[thing], taught(thing, number), burst=str(1 + number % 3))
    return dataset


def models(folder: Path) -> dict[str, st.Model]:
    """A model of each kind, taught. The bundled network has 1280 features, so few pictures make a large file."""
    two, three = lesson(folder / "two", ["mug", "star"]), lesson(folder / "three", list(CLASSES))
    many = lesson(folder / "many", list(CLASSES), 6)
    added = st.Model(classifier="knn", neighbours=2)
    for thing in ("mug", "star"):
        for number in (1, 2, 3):
            added.add(CLASSES[thing], taught(thing, number))
    single = st.Model(own(folder))
    single.add("mug", taught("mug", 1))
    few = {"learning_rate_init": 0.1, "max_iter": 60, "random_state": 0}
    return {
        "best": st.Model().fit(two),
        "knn": st.Model(classifier="knn").fit(three),
        "added": added,
        "settings": st.Model(own(folder), neighbours=3, unknown_below=0.8, quality="best").fit(many),
        "logistic": st.Model(classifier="logistic").fit(three),
        "svm": st.Model(classifier="svm").fit(two),
        "scikit-learn": st.Model(classifier=LinearSVC(C=3.0)).fit(two),
        "own": st.Model(own(folder)).fit(many),
        "own-calibrated": st.Model(
            own(folder), CalibratedClassifierCV(LogisticRegression(C=100.0), cv=2, ensemble=False)
        ).fit(many),
        "own-mlp": st.Model(own(folder), MLPClassifier((4,), **few)).fit(many),
        "single": single,
        "tuned": st.finetune(many, st.Model(own(folder, 4, 16))),
    }


def answer(model: st.Model, picture: Path) -> dict[str, Any]:
    said = model.predict(picture)
    first, second = sorted([*said.scores.values(), 0.0], reverse=True)[:2]
    sure = min(first - second, abs(said.familiarity - model.unknown_below))
    assert sure > SURE, f"{picture}: {said.familiarity=}, {said.scores=}: too near to another answer"
    return {
        "label": said.label,
        "confidence": said.confidence,
        "familiarity": said.familiarity,
        "scores": said.scores,
        "evidence": [[each.label, each.distance, each.example] for each in said.evidence],
    }


def described(model: st.Model) -> dict[str, Any]:
    return {
        "labels": model.labels,
        "counts": model.counts,
        "settings": {name: getattr(model, name) for name in ("neighbours", "unknown_below", "quality")},
        "answers": {picture.relative_to(PICTURES).as_posix(): answer(model, picture) for picture in asked()},
    }


# -- a dataset


def state(dataset: st.Dataset) -> dict[str, Any]:
    """What a person would see, and each file's bytes; without the hidden folder."""
    files = (path for path in sorted(dataset.folder.rglob("*")) if path.is_file())
    names = {path: path.relative_to(dataset.folder).as_posix() for path in files}
    return {
        "labels": dataset.labels,
        "disabled": dataset.disabled,
        "counts": dataset.counts,
        "examples": [example.id for example in dataset],
        "files": {
            name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            for path, name in names.items()
            if not name.startswith(".showtell/")
        },
    }


def history(dataset: st.Dataset) -> list[dict[str, Any]]:
    """Do all kinds of changes; gives the state before the first and after each."""
    states = [state(dataset)]

    def did(what: Callable[[], Any]) -> Any:
        result = what()
        states.append(state(dataset))
        return result

    def burst(label: str, thing: str, numbers: tuple[int, ...], name: str) -> None:
        for number in numbers:
            dataset.add(label, taught(thing, number), burst=name)

    did(lambda: burst("mug", "mug", (1, 2, 3), "1"))
    did(lambda: burst("mug", "mug", (4, 5), "2"))
    did(lambda: dataset.add("mug", taught("star", 6), name="holiday.jpg"))  # a wrong one, which stays
    did(lambda: burst("star", "star", (1, 2, 3), "1"))
    did(lambda: burst("star", "star", (4, 5), "2"))
    did(lambda: dataset.rename("star", "Stern ★: a/b?"))  # no name for a folder
    did(lambda: dataset.add_class("empty"))
    did(lambda: burst("ball", "ball", (1, 2, 3), "ball"))
    did(lambda: burst("ball", "ball", (4, 6), "12"))
    did(lambda: dataset.add("ball", Image.open(taught("ball", 5)).resize((96, 72))))  # kept as PNG
    did(lambda: dataset.remove(dataset.examples("ball")[1]))
    did(lambda: dataset.move(*dataset.examples("mug")[3:5], to="cup"))
    did(lambda: dataset.enable("empty", False))
    did(lambda: dataset.order(["ball", "cup", "empty", "mug", "Stern ★: a/b?"]))
    did(lambda: dataset.add("cup", taught("mug", 1)))  # the same picture as in "mug", which care finds
    did(lambda: dataset.add("Stern ★: a/b?", PICTURES / "asked/star/1.jpg"))
    did(lambda: dataset.remove(*dataset.examples("cup")[:1]))
    did(lambda: dataset.remove_class("ball"))
    did(lambda: dataset.rename("mug", "MUG"))
    return states


def dismiss(dataset: st.Dataset, copy: Path) -> list[str]:
    """Dismiss the finding about the picture in two classes, as the page does; gives its id, then those of the others.

    In a copy, since the page leaves more in the hidden folder than is worth keeping here.
    """
    shutil.copytree(dataset.folder, copy)
    with studio(copy, copy.with_name("config")) as (_, ask):
        found = ask({"type": "care", "ref": 1})["findings"]
        (both,) = [each for each in found if each["kind"] == "duplicate" and each["to"]]
        assert ask({"type": "dismiss", "ref": 2, "finding": both["finding"]})["type"] == "done"
    shutil.copy2(copy / ".showtell/dismissed", dataset.folder / ".showtell/dismissed")
    return [both["finding"], *(each["finding"] for each in found if each is not both)]


@contextlib.contextmanager
def studio(folder: Path, config: Path, port: int | None = None) -> Iterator[tuple[str, Ask]]:
    """The command ``showtell studio``, running: the address it printed, and what its page asks with."""
    port = port or free_port()
    command = [sys.executable, "-m", "showtell", "studio", str(folder), "--port", str(port), "--no-browser"]
    environment = os.environ | {"XDG_CONFIG_HOME": str(config)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            url = [process.stdout.readline().strip() for _ in range(2)][1]
            origin = Origin(f"http://127.0.0.1:{port}")
            with connect(url.replace("http:", "ws:") + "ws", origin=origin) as page:
                yield url, functools.partial(say, page)
        finally:
            process.kill()


def say(page: ClientConnection, content: dict[str, Any], buffer: bytes = b"") -> dict[str, Any]:
    """Send a message as docs/protocol.md tells; gives the content of its reply."""
    text = json.dumps(content).encode()
    page.send(struct.pack("<I", len(text)) + text + buffer)
    while True:
        message = bytes(page.recv(timeout=60))
        (length,) = struct.unpack_from("<I", message)
        reply: dict[str, Any] = json.loads(message[4 : 4 + length])
        if reply["ref"] == content["ref"]:
            return reply


def write_token(config: Path, folder: Path, port: int, token: str) -> None:
    """Keep the token of the studio's address for this dataset and port, as showtell does."""
    name = hashlib.sha256(f"{folder}\0{port}".encode()).hexdigest()[:16]
    file = config / "showtell/studios" / f"{name}.json"
    file.parent.mkdir(parents=True)
    file.touch(0o600)
    file.write_text(json.dumps({"owner": token, "guests": {}}))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def pack(folder: Path, target: Path) -> None:
    def nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid, info.gid, info.uname, info.gname = 0, 0, "", ""
        return info

    with tarfile.open(target, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        tar.add(folder, folder.name, filter=nobodys)


# -- names


def of_class(thing: type) -> dict[str, Any]:
    """The public attributes that showtell's own classes give it: what they take, or null for what is not called."""
    found: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        if not base.__module__.startswith("showtell"):
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and not type(value).__module__.startswith("sklearn"):
                value = value.__func__ if isinstance(value, classmethod | staticmethod) else value
                found[name] = taken(value) if inspect.isfunction(value) else None
        found |= {name: None for name in inspect.get_annotations(base) if not name.startswith("_")}
    return found


def taken(thing: Callable[..., Any]) -> list[list[Any]]:
    """Of each parameter its name, its kind, and whether it may be left out."""
    parameters = inspect.signature(thing).parameters.values()
    return [[each.name, each.kind.name, each.default is not each.empty] for each in parameters]


def commands() -> dict[str, Any]:
    listed = usage()
    names = re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.MULTILINE)
    return {"": of_command(listed), **{name: of_command(usage(name)) for name in names}}


def usage(*command: str) -> str:
    whole = [sys.executable, "-m", "showtell", *command, "--help"]
    return subprocess.run(
        whole, capture_output=True, check=True, encoding="utf-8", env=os.environ | {"PYTHONIOENCODING": "utf-8"}
    ).stdout


def of_command(text: str) -> dict[str, Any]:
    (arguments,) = re.findall(r"\[OPTIONS\] ?(.*)", text)
    return {"arguments": arguments.split(), "options": sorted(set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", text, re.M)))}


def instances(folder: Path) -> dict[str, list[str]]:
    """The public attributes of what has them only once it is made."""
    dataset = lesson(folder / "instances", ["mug", "star"])
    found = [dataset, st.Model(classifier="knn").fit(dataset), st.FeatureExtractor().fit()]
    return {type(each).__name__: sorted(name for name in vars(each) if not name.startswith("_")) for each in found}


def names(folder: Path) -> dict[str, Any]:
    public = {name: getattr(st, name) for name in sorted(st.__all__)}
    return {
        "functions": {name: taken(each) for name, each in public.items() if not inspect.isclass(each)},
        "classes": {
            name: {"called": None if issubclass(each, Exception) else taken(each), "has": of_class(each)}
            for name, each in public.items()
            if inspect.isclass(each)
        },
        "instances": instances(folder),
        "errors": sorted(name for name, each in vars(errors).items() if inspect.isclass(each)),
        "commands": commands(),
    }


# -- all


def main(name: str) -> None:
    target = DATA / name
    target.mkdir()
    if not PICTURES.exists():
        draw_pictures()
    versions = {each: importlib.metadata.version(each) for each in ("onnxruntime", "scikit-learn", "numpy", "Pillow")}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made = models(folder)
        for kind, model in made.items():
            model.save(target / f"{kind}.showtell")
        dataset = st.Dataset(folder / "things")
        states = history(dataset)
        before = len(states) - 3
        dataset.undo()
        dataset.undo()
        findings = dismiss(dataset, folder / "copy")
        st.care(dataset)  # fills the caches of features and of measures
        pack(dataset.folder, target / "dataset.tar.gz")
        dataset.export(target / "exported.zip")
        expected = {
            "versions": {"showtell": st.__version__, **versions},
            "models": {kind: described(st.load(target / f"{kind}.showtell")) for kind in made},
            "dataset": {"states": states, "now": before, "dismissed": findings[0], "findings": findings[1:]},
        }
        listed = names(folder)
    write = functools.partial(json.dumps, indent=1, ensure_ascii=False)
    (target / "expected.json").write_text(write(expected) + "\n", encoding="utf-8")
    (target / "names.json").write_text(write(listed) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
