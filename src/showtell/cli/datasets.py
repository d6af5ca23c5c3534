"""Commands about folders: import, care, notebooks."""

from __future__ import annotations

import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

import click

import showtell
from showtell.cli.options import left_out
from showtell.cli.output import complain, say, say_json
from showtell.system.progress import counting


@click.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--label", metavar="NAME", help="The class of a video, or of pictures without class folders.")
def import_into(source: Path, dataset: Path, label: str | None) -> None:
    """Bring pictures into a dataset: from a folder of class folders, a zip of them, a .tm project or a
    <class>-samples.zip of Teachable Machine, a video, or pictures without classes.

    \b
    Example:
      showtell import project.tm things
      showtell import mug.mp4 things --label mug
    """
    from showtell.importers import importing

    with counting("importing") as step:
        done = importing.import_into(
            source, showtell.Dataset(dataset), label=label, progress=lambda done, total: step(total=total)
        )
    complain(*(f"left out {problem.file}: {problem.reason}" for problem in done.problems))
    if not done.labels and done.problems:
        raise click.ClickException(f"{source.name}: expected pictures, found none that can be used; nothing came in")
    labels = ", ".join(done.labels) or "no class"
    say(f"{dataset}: imported {done.added} picture{'s' * (done.added != 1)} of {labels}")


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def care(dataset: Path, as_json: bool) -> None:
    """Say what in a dataset is better looked at again, a line each: duplicates, blurred or dark pictures, and so on.

    With --json: objects with finding (its id), kind, reason, examples, label and to (the class that they seem to be).

    \b
    Example:
      showtell care things
    """
    data = showtell.Dataset(dataset, create=False)
    with counting("looking", len(data)) as step:
        found = showtell.care(data, progress=lambda done, total: step())
    complain(*left_out(data))
    for finding in found:
        files = [example.id for example in finding.examples]
        if as_json:
            names = ("kind", "reason", "label", "to")
            say_json({"finding": finding.id, "examples": files, **{name: getattr(finding, name) for name in names}})
        else:
            more = f" and {len(files) - 3} more" if len(files) > 3 else ""
            which = f" ({', '.join(files[:3])}{more})" if files else ""
            say(f"{finding.kind}: {finding.reason}{which}")
    if not found and not as_json:
        say(f"{len(data)} pictures: nothing to say against them")


@click.command()
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
    say(f"{folder}: {len(course)} notebooks. Open the first one with:")
    say(f"  jupyter lab {shlex.quote(str(folder / course[0].name))}")
    if not find_spec("jupyterlab") or not find_spec("matplotlib"):
        say("That takes: pip install 'showtell[course]'")
