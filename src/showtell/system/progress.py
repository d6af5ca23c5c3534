"""A progress bar with words on it, on a terminal's stderr or in a notebook's cell; elsewhere none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

Step = Callable[[float, str], None]


@contextmanager
def bar(what: str) -> Iterator[Step]:
    """Show a progress bar. Yield a function that takes the share that is done, in [0, 1], and the words beside the bar.

    >>> with bar("learn") as step:
    ...     step(0.5, "half of it")
    """
    if _in_notebook():
        from IPython.display import HTML, display

        def html(done: float, words: str) -> HTML:
            return HTML(f'<progress value="{done:.3f}"></progress> {escape(words)}')

        shown = display(html(0, what), display_id=True)
        yield lambda done, words: shown.update(html(done, words))
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = BarColumn(), TextColumn("{task.description}")
        with Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as progress:
            task = progress.add_task(what, total=1)
            yield lambda done, words: progress.update(task, completed=done, description=words)
    else:
        yield lambda done, words: None


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Any]:
    """Show a progress bar of a number of items, on a terminal only.

    Yield a function to call after each item, or with a count after several. It takes the ``total`` as well, if that is
    known only then.
    """
    if not sys.stderr.isatty():
        yield lambda count=1, total=None: None
        return
    from rich.console import Console
    from rich.progress import Progress

    # Elsewhere than on this terminal, stdout is left alone: what goes into a file or pipe is no part of what is shown.
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count=1, total=total: bar.update(task, advance=count, total=total)
