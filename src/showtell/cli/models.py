"""Commands that teach and ask: demo, fit, evaluate, check, predict, backbones."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from zipfile import is_zipfile

import click

import showtell
from showtell.cli.options import BACKBONE, CLASSIFIER, PREPROCESSING, extractor_of, left_out
from showtell.cli.output import complain, say, say_json
from showtell.errors import PictureError
from showtell.sentences import percent
from showtell.system.progress import counting

if TYPE_CHECKING:
    from showtell.evaluation.pins import BrokenPin
    from showtell.model.model import Model

Answer: TypeAlias = tuple[str, dict[str, Any]] | PictureError  # a sentence, and the same as the fields of --json


@click.command()
def demo() -> None:
    """See the main job without a camera: teaches itself three drawn things, then is shown new ones.

    \b
    Example:
      showtell demo
    """
    import numpy as np

    from showtell.pictures.drawing import draw

    rng = np.random.default_rng()
    model, things, count = showtell.Model(), ["star", "mug", "tree"], 5
    for thing in things:
        for _ in range(count):
            model.add(thing, draw(thing, rng))
        say(f'I was shown {count} pictures of "{thing}".')
    model.wait()
    say("", "Now I am shown new ones:")
    for thing in rng.permutation(things * 2):
        say(f"  a {thing:<5} → {model.predict(draw(str(thing), rng))}")


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="The model's file.")
@CLASSIFIER
@BACKBONE
@PREPROCESSING
def fit(dataset: Path, output: Path, classifier: str, backbone: str | None, preprocessing: str | None) -> None:
    """Learn from a folder of class folders and save the model.

    \b
    Example:
      showtell fit things -o things.showtell
    """
    data = showtell.Dataset(dataset, create=False)
    model = showtell.Model(extractor_of(backbone, preprocessing), classifier)
    with counting("learning", len(data)) as step:
        model.fit(data, progress=lambda done, total: step())
    complain(*left_out(data))
    model.save(output)
    counts = ", ".join(f"{label} ({n})" for label, n in model.counts.items())
    say(f"{output}: learned {len(model.counts)} classes from {sum(model.counts.values())} pictures: {counts}")


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@CLASSIFIER
@BACKBONE
@PREPROCESSING
@click.option("--test", type=click.Path(path_type=Path), metavar="FOLDER", help="Class folders never taught: also ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; docs/report.md describes it.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write a page with pictures.")
def evaluate(
    dataset: Path,
    classifier: str,
    backbone: str | None,
    preprocessing: str | None,
    test: Path | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """Say how well a folder's classes are told apart on pictures that were not taught.

    Pictures of one recording never teach and test at once; the report says what to record next.
    With --test a model that is taught the whole folder is also asked about pictures of your own. A folder
    there whose name is no class holds things that must be called unknown. Pictures that stand in both are
    left out.

    \b
    Example:
      showtell evaluate things --html report.html
      showtell evaluate things --test kitchen
    """
    data = showtell.Dataset(dataset, create=False)
    own = showtell.Dataset(test, create=False) if test else None
    model = showtell.Model(extractor_of(backbone, preprocessing), classifier)
    done = 0
    with counting("testing", 2 * len(data)) as step:

        def progress(now: int, total: int) -> None:
            nonlocal done
            step(now - done)
            done = now

        report = showtell.evaluate(data, model, test=own, progress=progress)
    complain(*left_out(data), *(left_out(own) if own else ()))
    if html:
        report.save_html(html)
    if as_json:
        say_json(report.to_dict())
    else:
        say(*str(report).split("\n"))


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(model: Path, as_json: bool) -> None:
    """Say which pinned pictures get another answer than they must; exit code 1 if any does.

    Pins are pictures with the answer they must get, a class or "unknown", as unit tests are for a program.
    They are never taught. Dataset.pin makes them, and fit puts them into the model's file. With --json: pins
    (how many), and broken, a list of file, expected and label (null for unknown), confidence, familiarity and
    error.

    \b
    Example:
      showtell check things.showtell
    """
    taught = _load(str(model))
    broken = showtell.check(taught)
    if as_json:
        say_json({"pins": len(taught.pins), "broken": [_broken(each) for each in broken]})
    elif not taught.pins:
        say(f"{model}: no pins, nothing to check; pin pictures with Dataset.pin, and fit it again")
    else:
        say(*map(str, broken))
        held = len(taught.pins) - len(broken)
        say(f"{model}: {held} of {len(taught.pins)} pinned pictures get the answer they must get")
    if broken:
        sys.exit(1)


def _broken(each: BrokenPin) -> dict[str, Any]:
    answer = each.prediction
    fields = {name: getattr(answer, name, None) for name in ("label", "confidence", "familiarity")}
    return {"file": each.pin.id, "expected": each.pin.label, **fields, "error": None if answer else each.problem}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="MODEL PICTURE...")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option("--pretrained", is_flag=True, help="No MODEL: ask the pretrained network for its ImageNet classes.")
def predict(files: tuple[str, ...], as_json: bool, pretrained: bool) -> None:
    """Say what is on pictures, a line each.

    With --json: objects with file, label (null for unknown), confidence, familiarity and scores;
    with --pretrained as well: file and scores (the five best). A broken picture gives file and error,
    and exit code 1 at the end.

    \b
    Example:
      showtell predict things.showtell *.jpg --json
      showtell predict --pretrained cat.jpg
    """
    if not pretrained and len(files) < 2:
        raise click.UsageError("expected a model and at least one picture, for example: things.showtell cup.jpg")
    pictures = files if pretrained else files[1:]
    answers = _pretrained(pictures) if pretrained else _taught(_load(*files), pictures)
    broken = 0
    with counting("looking", len(pictures)) as step:
        for file, answer in zip(pictures, answers, strict=True):
            step()
            if isinstance(answer, PictureError):
                broken += 1
                words = _what_is_wrong(file) or str(answer)
                if as_json:
                    say_json({"file": file, "error": words})
                else:
                    complain(f"Error: {words}")
            elif as_json:
                say_json({"file": file, **answer[1]})
            else:
                say(f"{file}: {answer[0]}")
    if broken:
        sys.exit(1)


def _load(file: str, *pictures: str) -> Model:
    """Return the saved model; ClickException where the words on the command line are the trouble."""
    if os.path.isdir(file):
        make = f"showtell fit {shlex.quote(file)} -o MODEL"
        raise click.ClickException(f"{file}: a folder; expected a saved model; make one of a dataset with: {make}")
    if os.path.isfile(file) and not is_zipfile(file) and any(map(is_zipfile, pictures)):
        raise click.ClickException(f"{file}: no saved model; the model comes first: showtell predict MODEL PICTURE...")
    return showtell.load(file)


def _what_is_wrong(file: str) -> str | None:
    """Return what to say of a name on the command line that cannot be a picture's; None where it may be one."""
    if not file:
        return "an empty name; expected a picture file"
    if file == "-":
        return "-: expected a picture file; pictures are not read from stdin"
    if os.path.isdir(file):
        return f"{file}: a folder; expected picture files, for example {os.path.join(file, '*.jpg')}"
    if is_zipfile(file):
        return f"{file}: a model or a zip; expected picture files after the model"
    return None


def _taught(model: Model, pictures: Iterable[str]) -> Iterator[Answer]:
    for answer in model.predict_iter(pictures):
        if isinstance(answer, PictureError):
            yield answer
        else:
            names = ("label", "confidence", "familiarity", "scores")
            yield str(answer), {name: getattr(answer, name) for name in names}


def _pretrained(pictures: Iterable[str]) -> Iterator[Answer]:
    for answer in showtell.FeatureExtractor().pretrained(pictures):
        if isinstance(answer, PictureError):
            yield answer
        else:
            best = dict(list(answer.items())[:5])
            yield ", ".join(f"{name} {percent(share)} %" for name, share in best.items()), {"scores": best}


@click.command()
def backbones() -> None:
    """List the pretrained networks: size, licence, and whether each is installed.

    \b
    Example:
      showtell backbones
    """
    from showtell.networks.catalogue import CATALOGUE

    for entry in CATALOGUE.values():
        there = entry.path.is_file()
        size = f"{entry.path.stat().st_size / 1e6:.1f} MB" if there else "–"
        say(
            f"{entry.name}  {size}  {entry.features} features from {entry.size}×{entry.size} pixels  "
            f"{entry.licence}  {'installed' if there else 'not installed'}"
        )
