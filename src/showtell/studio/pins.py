"""Pins: pictures that must get a certain answer. After each change all pages hear which of them don't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from showtell.dataset.pins import Pin
from showtell.sentences import coded
from showtell.studio.messages import Pins, PinState
from showtell.studio.request import Request, failures_sent
from showtell.system.workers import LatestOnly

if TYPE_CHECKING:
    from showtell.studio.studio import Studio


def pin(request: Request) -> None:
    """Pin a picture, or an example, to the answer that it must get."""
    dataset = request.studio.dataset
    label, name, id = request.text_or_none("label"), request.text_or_none("name"), request.text_or_none("example")
    dataset.pin(request.buffer if id is None else dataset.example(id), label, name=name)
    request.reply("done")
    request.studio.announce()


def unpin(request: Request) -> None:
    """Remove pins."""
    request.studio.dataset.unpin(*request.texts("pins"))
    request.reply("done")
    request.studio.announce()


def pins(request: Request) -> None:
    """Send all pins, and what they get now."""

    def send() -> None:
        with request.answered():
            request.send(Pins(type="pins", ref=request.ref, pins=found(request.studio)))

    request.studio.begin(send)


def found(studio: Studio) -> list[PinState]:
    """Return the pins with what they get now; nobody knows that of a model that was taught nothing."""
    pins, model = studio.dataset.pins, studio.model
    if not model.labels:
        return [PinState(pin=pin.id, label=pin.label, holds=None, answer=None, problem=None, said=None) for pin in pins]
    from showtell.evaluation.pins import check  # not before it is needed: no page shall wait for its imports

    broken = {each.pin.id: each for each in check(model, pins)}

    def state(pin: Pin) -> PinState:
        each = broken.get(pin.id)
        if each is None:
            return PinState(pin=pin.id, label=pin.label, holds=True, answer=pin.label, problem=None, said=None)
        answer = each.prediction.label if each.prediction else None
        problem, said = str(each.problem), coded(each.problem)
        return PinState(pin=pin.id, label=pin.label, holds=False, answer=answer, problem=problem, said=said)

    return [state(pin) for pin in pins]


class PinCheck:
    """Checks the pins of a studio in the background, and tells all pages what changed."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._seen: object = None  # the pins and the state at the last check
        self._told: list[PinState] = []
        self._worker: LatestOnly[None] = LatestOnly(self._check, "showtell-pins")

    def look(self, state: Mapping[str, object]) -> None:
        """Check, if anything is other than before; ``state`` is what all pages know."""
        seen = (self._studio.dataset.pins, state)
        if seen != self._seen and (seen[0] or self._told):
            self._worker.put(None)
        self._seen = seen

    def wait(self) -> None:
        """Return when the pins are checked."""
        self._worker.wait()

    def _check(self, _: None) -> None:
        with failures_sent(self._studio.send_to_all, None):
            now = found(self._studio)
            if now != self._told:
                self._told = now
                self._studio.send_to_all(Pins(type="pins", ref=None, pins=now), b"")
