"""Checks: what a page asks about its dataset and model, answered by `showtell.studio.jobs` in the background."""

from __future__ import annotations

from showtell.studio.request import ProtocolError, Request

METHODS = ("pca", "tsne")  # of the map of all pictures


def care(request: Request) -> None:
    """Look for pictures that may be of no use."""
    request.studio.jobs.care(request)


def dismiss(request: Request) -> None:
    """Leave a finding out of what `care` sends from now on."""
    from showtell.curation.dismissed import dismiss  # not before it is needed: no page shall wait for its imports

    dismiss(request.studio.dataset, request.text("finding"))
    request.reply("done")


def map(request: Request) -> None:
    """Place all pictures in the plane."""
    method = request.text("method")
    if method not in METHODS:
        raise ProtocolError(f"method: expected one of {', '.join(METHODS)}, found {method[:40]!r}")
    request.studio.jobs.map(request, method)


def explain(request: Request) -> None:
    """Show what on a picture speaks for its label."""
    request.studio.jobs.explain(request)


def evaluate(request: Request) -> None:
    """Test the model on pictures that it was not taught."""
    request.studio.jobs.evaluate(request)
