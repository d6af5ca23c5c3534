"""The command line: a click adapter. Exit code 0 for done, 1 for an error said in one line, 2 for wrong usage."""

from __future__ import annotations

import errno
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

import showtell
from showtell.cli import datasets, models
from showtell.cli.output import fitting, visible
from showtell.cli.studio import studio
from showtell.errors import ShowtellError


class Commands(click.Group):
    """Opens the studio when no command is named, and turns errors into one line."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _one_line():
            return super().make_context(*args, **extra)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and Path(args[0]).is_dir():
            args = ["studio", *args]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _one_line():
            return super().invoke(ctx)


@contextmanager
def _one_line() -> Iterator[None]:
    """Raise every error that a user can mend as click's, with a message in one line that any console can show."""
    try:
        yield
    except click.UsageError as error:
        raise click.UsageError(_shown(error.format_message()), error.ctx) from error
    except click.ClickException as error:
        raise click.ClickException(_shown(error.format_message())) from error
    except ShowtellError as error:
        raise click.ClickException(_shown(str(error))) from error
    except OSError as error:  # a full disk, a folder that may not be read
        if error.errno == errno.EPIPE or (error.filename is None and error.errno != errno.ENOSPC):
            raise
        raise click.ClickException(_shown(f"{error.filename or 'the output'}: {error.strerror}")) from error


def _shown(message: str) -> str:
    return fitting(visible(" ".join(message.split())), sys.stderr)


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


for command in (
    studio,
    models.demo,
    models.fit,
    models.evaluate,
    models.check,
    models.predict,
    datasets.import_into,
    datasets.care,
    datasets.notebooks,
    models.backbones,
):
    main.add_command(command)
