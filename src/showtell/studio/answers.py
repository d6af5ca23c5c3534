"""Answers: what a camera sees, what a picture shows, and from where on something counts as unknown."""

from __future__ import annotations

import time

from showtell.model.prediction import Prediction
from showtell.pictures import frame as pictures
from showtell.studio import replies
from showtell.studio.request import Request


def frame(request: Request) -> None:
    """Answer a camera's frame, unless a newer one of the same page comes first."""
    overtaken = request.client.frames.put(request)
    if overtaken:
        overtaken.reply("skipped")


def classify(request: Request) -> None:
    """Answer a picture."""
    answer(request, request.text_or_none("name"))


def settings(request: Request) -> None:
    """Set the familiarity below which an answer is "unknown", for every page."""
    request.studio.model.unknown_below = request.share("unknown_below")
    request.reply("done")
    request.studio.announce()


def answer(request: Request, name: str | None = None) -> None:
    """Send what is on the request's picture; ``name`` is that of its file."""
    with request.answered():
        started = time.perf_counter()
        model = request.studio.model
        taught = len(model.labels)
        if taught < 2:
            pictures.decode(request.buffer, name)  # a broken one is said all the same
            prediction, order = Prediction(None, 0, 0, {}), []
            sentence = "Now show me a second thing" if taught else "Show me something, and name it"
        else:
            prediction, order = model.predict(request.buffer), request.studio.dataset.labels
            sentence = str(prediction)
        ms = (time.perf_counter() - started) * 1000
        request.send(replies.answer(request.ref, prediction, sentence, order, ms))
