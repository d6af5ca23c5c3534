"""The command line: a click adapter. Exit code 0 for done, 1 for an error said in one line, 2 for wrong usage."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import warnings
import webbrowser
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click

import showtell
from showtell.cli.options import BACKBONE, PREPROCESSING, extractor_of
from showtell.cli.output import printable
from showtell.errors import PictureError, ShowtellError
from showtell.networks import catalogue
from showtell.sentences import percent
from showtell.system.progress import counting

T = TypeVar("T")


class Commands(click.Group):
    """Opens the studio when no command is named, and turns showtell's errors into one line."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and Path(args[0]).is_dir():
            args = ["studio", *args]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShowtellError as error:
            raise click.ClickException(printable(" ".join(str(error).split()))) from error


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(showtell.__version__)
@click.pass_context
def main(context: click.Context) -> None:
    """Show it, and it tells you what it sees.

    Without a command: the studio in the browser, on the folder ./things (or on the folder that is named).

    \b
    Example:
      showtell
      showtell my-things
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")  # of a damaged picture the error says it all
    warnings.filterwarnings("ignore", message="The number of unique classes")  # scikit-learn's, of one picture each
    if context.invoked_subcommand is None:
        context.invoke(studio)


@main.command()
@click.argument("dataset", type=click.Path(path_type=Path), default="things")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; 8642, or a free one, if not given.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--lan", is_flag=True, help="Let phones in this local network be cameras too; prints a QR code.")
@click.option("--in-container", is_flag=True, help="Listen where a container's published port leads; no --lan then.")
@BACKBONE
@PREPROCESSING
def studio(
    dataset: Path,
    port: int | None,
    no_browser: bool,
    lan: bool,
    in_container: bool,
    backbone: str,
    preprocessing: str | None,
) -> None:
    """Open the studio: the page on which one shows, teaches and watches.

    \b
    Example:
      showtell studio things --port 9000
      showtell studio things --lan
    """
    from showtell.server.server import StudioServer
    from showtell.studio.studio import Studio

    if lan and in_container:
        raise click.UsageError("expected --lan or --in-container, found both; a container has no network of phones")
    folder = Path(click.get_app_dir("showtell"))
    model = None  # the usual one is made when the page is up
    if backbone != catalogue.DEFAULT or preprocessing:
        model = showtell.Model(extractor_of(backbone, preprocessing))
    studio = Studio(showtell.Dataset(dataset), model)
    server = StudioServer(studio, port, folder=folder, lan=lan, in_container=in_container)
    click.echo(f"Teaching from {dataset.resolve()}. The studio is at this address (Ctrl-C ends it):")
    click.echo(server.url)
    if server.lan:
        _invite(server.invite(), server.lan.fingerprint)
    sys.stdout.flush()
    if not no_browser:
        webbrowser.open(server.url)
    server.run()


def _invite(url: str, fingerprint: str) -> None:
    from showtell.server.lan import qr_text

    click.echo("\nA phone in the same network opens this, once, within ten minutes; the page makes more of them:")
    click.echo(url)
    try:
        qr_text(url).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        pass  # a terminal that cannot draw it; the page can
    else:
        click.echo(qr_text(url))
    click.echo(
        f"Its browser will warn, since nobody vouches for this machine's certificate. It is this one:\n{fingerprint}"
    )


@main.command()
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
        click.echo(f'I was shown {count} pictures of "{thing}".')
    model.wait()
    click.echo("\nNow I am shown new ones:")
    for thing in rng.permutation(things * 2):
        click.echo(f"  a {thing:<5} → {model.predict(draw(str(thing), rng))}")


@main.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), required=True, help="The model's file.")
@click.option("--classifier", default="best", show_default=True, help="best, knn, logistic or svm.")
@BACKBONE
@PREPROCESSING
def fit(dataset: Path, output: Path, classifier: str, backbone: str, preprocessing: str | None) -> None:
    """Learn from a folder of class folders and save the model.

    \b
    Example:
      showtell fit things -o things.showtell
    """
    data = showtell.Dataset(dataset, create=False)
    model = showtell.Model(extractor_of(backbone, preprocessing), classifier)
    with counting("learning", len(data)) as step:
        model.fit(data, progress=lambda done, total: step())
    for problem in data.problems:
        click.echo(f"left out {problem.file}: {problem.reason}", err=True)
    model.save(output)
    counts = ", ".join(f"{label} ({n})" for label, n in model.counts.items())
    click.echo(f"{output}: learned {len(model.counts)} classes from {sum(model.counts.values())} pictures: {counts}")


@main.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--classifier", default="best", show_default=True, help="best, knn, logistic or svm.")
@BACKBONE
@PREPROCESSING
@click.option("--json", "as_json", is_flag=True, help="One JSON object; docs/report.md describes it.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write a page with pictures.")
def evaluate(
    dataset: Path, classifier: str, backbone: str, preprocessing: str | None, as_json: bool, html: Path | None
) -> None:
    """Say how well a folder's classes are told apart on pictures that were not taught.

    Pictures of one recording never teach and test at once; the report says what to record next.

    \b
    Example:
      showtell evaluate things --html report.html
    """
    data = showtell.Dataset(dataset, create=False)
    model = showtell.Model(extractor_of(backbone, preprocessing), classifier)
    done = 0
    with counting("testing", 2 * len(data)) as step:

        def progress(now: int, total: int) -> None:
            nonlocal done
            step(now - done)
            done = now

        report = showtell.evaluate(data, model, progress=progress)
    for problem in data.problems:
        click.echo(printable(f"left out {problem.file}: {problem.reason}"), err=True)
    if html:
        report.save_html(html)
    click.echo(printable(json.dumps(report.to_dict(), ensure_ascii=False) if as_json else str(report)))


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="MODEL PICTURE…")
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
    if pretrained:
        pictures, answers = files, _pretrained(files)
    else:
        pictures = files[1:]
        answers = _taught(showtell.load(files[0]), pictures)
    broken = 0
    with counting("looking", len(pictures)) as step:
        for file, answer in zip(pictures, answers, strict=True):
            step()
            if isinstance(answer, PictureError):
                broken += 1
                line = json.dumps({"file": file, "error": str(answer)}) if as_json else f"Error: {answer}"
                click.echo(printable(line), err=not as_json)
            else:
                sentence, fields = answer
                line = json.dumps({"file": file, **fields}, ensure_ascii=False) if as_json else f"{file}: {sentence}"
                click.echo(printable(line))
    if broken:
        sys.exit(1)


Answer = tuple[str, dict[str, Any]] | PictureError


def _taught(model: showtell.Model, pictures: Iterable[str]) -> Iterator[Answer]:
    for answer in model.answers(pictures):
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


@main.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--label", metavar="NAME", help="The class of a video, or of pictures without class folders.")
def import_(source: Path, dataset: Path, label: str | None) -> None:
    """Bring pictures into a dataset: from a folder of class folders, a zip of them, a .tm project or a
    <class>-samples.zip of Teachable Machine, a video, or pictures without classes.

    \b
    Example:
      showtell import project.tm things
      showtell import mug.mp4 things --label mug
    """
    from showtell.importers.importing import import_into

    with counting("importing") as step:
        done = import_into(
            source, showtell.Dataset(dataset), label=label, progress=lambda done, total: step(total=total)
        )
    for problem in done.problems:
        click.echo(printable(f"left out {problem.file}: {problem.reason}"), err=True)
    labels = ", ".join(done.labels) or "no class"
    click.echo(printable(f"{dataset}: imported {done.added} picture{'s' * (done.added != 1)} of {labels}"))


@main.command(name="care")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def care_(dataset: Path, as_json: bool) -> None:
    """Say what in a dataset is better looked at again, a line each: duplicates, blurred or dark pictures, and so on.

    With --json: objects with finding (its id), kind, reason, examples, label and to (the class that they seem to be).

    \b
    Example:
      showtell care things
    """
    data = showtell.Dataset(dataset, create=False)
    with counting("looking", len(data)) as step:
        found = showtell.care(data, progress=lambda done, total: step())
    for problem in data.problems:
        click.echo(printable(f"left out {problem.file}: {problem.reason}"), err=True)
    for finding in found:
        files = [example.id for example in finding.examples]
        if as_json:
            names = ("kind", "reason", "label", "to")
            fields = {"finding": finding.id, "examples": files, **{name: getattr(finding, name) for name in names}}
            click.echo(printable(json.dumps(fields, ensure_ascii=False)))
        else:
            more = f" and {len(files) - 3} more" if len(files) > 3 else ""
            which = f" ({', '.join(files[:3])}{more})" if files else ""
            click.echo(printable(f"{finding.kind}: {finding.reason}{which}"))
    if not found and not as_json:
        click.echo(f"{len(data)} pictures: nothing to say against them")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def notebooks(folder: Path) -> None:
    """Copy the course out: notebooks that build all this step by step, with the code in sight.

    \b
    Example:
      showtell notebooks course
    """
    course = sorted((Path(showtell.__file__).parent / "course").glob("*.ipynb"))
    there = [notebook.name for notebook in course if (folder / notebook.name).exists()]
    if there:
        raise click.ClickException(f"{folder} has {there[0]} already, maybe with your changes; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in course:
            shutil.copyfile(notebook, folder / notebook.name)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written ({error.strerror}); name another folder") from error
    click.echo(f"{folder}: {len(course)} notebooks. Open the first one with:")
    click.echo(f"  jupyter lab {shlex.quote(str(folder / course[0].name))}")
    if not find_spec("jupyterlab") or not find_spec("matplotlib"):
        click.echo("That takes: pip install 'showtell[course]'")


@main.command(name="backbones")
def backbones_() -> None:
    """List the pretrained networks: size, licence, and whether each is installed.

    \b
    Example:
      showtell backbones
    """
    for entry in catalogue.CATALOGUE.values():
        there = entry.path.is_file()
        size = f"{entry.path.stat().st_size / 1e6:.1f} MB" if there else "–"
        click.echo(
            f"{entry.name}  {size}  {entry.features} features from {entry.size}×{entry.size} pixels  "
            f"{entry.licence}  {'installed' if there else 'not installed'}"
        )
