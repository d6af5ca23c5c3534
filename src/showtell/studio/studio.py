"""The studio's behaviour: messages in, messages out. Page and notebook are two carriers of this one protocol.

docs/protocol.md lists the messages. A carrier joins a ``Client`` for each open page and hands every message to
``Studio.handle``; what the studio has to say goes to the client's ``send``, which must take calls from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, ClassVar

from showtell.dataset.dataset import Dataset
from showtell.dataset.example import Example
from showtell.errors import DatasetError, PictureError
from showtell.importers.importing import MAX_PICTURE_BYTES, import_into
from showtell.model.prediction import Prediction
from showtell.pictures import frame
from showtell.sentences import Said
from showtell.studio import replies
from showtell.studio.messages import Content, ProtocolError, Send, expect, failure, field, share, texts, told
from showtell.studio.transfers import Export, Upload, Uploads
from showtell.system.workers import Latest

if TYPE_CHECKING:
    from showtell.model.model import Model
    from showtell.studio.jobs import Checkup

__all__ = ["MAX_PICTURE_BYTES", "Client", "Content", "Send", "Studio"]


MAX_FRAME_BYTES = 4 * 2**20  # a camera's; decoding larger ones would keep other pages waiting


METHODS = ("pca", "tsne")  # of the map of all pictures


MAX_THUMBNAILS = 200  # of one message


THUMBNAIL = 96  # pixels


STATE_INTERVAL_S = 0.2  # states are bundled: at most five a second


class Client:
    """One open page: the way to it, the slot in which its newest frame waits, and the files that come and go."""

    def __init__(self, studio: Studio, send: Send) -> None:
        self.send = send
        self.frames: Latest[tuple[int, bytes]] = Latest(
            lambda waiting: studio.answer(self, *waiting), "showtell-frames"
        )
        self.uploads = Uploads(studio.dataset)
        self.export = Export(studio.dataset)


class Studio:
    """A dataset, the model that follows it, and the pages that are open on them; for use from any thread."""

    def __init__(self, dataset: Dataset, model: Model | None = None) -> None:
        self.dataset = dataset
        self._model = model
        self._checkup: Checkup | None = None
        self._making = threading.Lock()
        self._clients: set[Client] = set()
        self._clients_lock = threading.Lock()
        self._telling = threading.Lock()  # so that no page hears an older state after a newer one
        self._told: Content = {}
        self._states: Latest[None] = Latest(self._broadcast, "showtell-states")
        self._following: Latest[None] = Latest(self._follow, "showtell-follow")
        self._following.put(None)
        self._apart: list[threading.Thread] = []  # for what takes long: imports, and zips that are being made
        self._importing = threading.Lock()  # one after the other

    @property
    def checkup(self) -> Checkup:
        """The background work on dataset and model; made when first needed, as the model is."""
        model = self.model
        with self._making:
            if self._checkup is None:
                from showtell.studio.jobs import Checkup

                self._checkup = Checkup(self.dataset, model)
            return self._checkup

    @property
    def model(self) -> Model:
        """Made when first needed: scikit-learn takes longer to import than all else, and no page shall wait for it."""
        with self._making:
            if self._model is None:
                from showtell.model.model import Model

                self._model = Model()
            return self._model

    def join(self, send: Send) -> Client:
        """A page opens; ``send(content, buffer)`` reaches it."""
        client = Client(self, send)
        with self._clients_lock:
            self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """A page closes."""
        with self._clients_lock:
            self._clients.discard(client)
        client.frames.close()
        client.uploads.close()
        client.export.close()

    def handle(self, client: Client, content: object, buffer: bytes) -> None:
        """Do what one message asks. Whatever is wrong with it becomes an ``error`` message, never an exception."""
        known = content.get("ref") if isinstance(content, dict) else None
        with told(client.send, known if type(known) is int else None):
            message = expect(content, dict, "a message")
            ref = field(message, "ref", int)
            kind = field(message, "type", str)
            work = self._works.get(kind)
            if work is None:
                raise ProtocolError(f"type: expected one of {', '.join(self._works)}, found {kind[:40]!r}")
            most = MAX_FRAME_BYTES if kind == "frame" else MAX_PICTURE_BYTES
            if len(buffer) > most:
                found, most = round(len(buffer) / 2**20), most // 2**20
                words = f"a {'frame' if kind == 'frame' else 'picture'} of {found} MB; expected at most {most} MB"
                raise ProtocolError(Said("file-large", words, found=found, most=most))
            work(self, client, ref, message, buffer)

    def wait(self) -> None:
        """Until all that was asked is done: states sent, the model in line with the dataset, frames answered."""
        for thread in list(self._apart):
            thread.join()
        self._following.wait()
        self.model.wait()
        for client in self._open():
            client.frames.wait()
        if self._checkup:
            self._checkup.wait()
        self._states.wait()

    def _open(self) -> list[Client]:
        with self._clients_lock:
            return list(self._clients)

    # -- answers ----------------------------------------------------------------------------------------

    def answer(self, client: Client, ref: int, picture: bytes, name: str | None = None) -> None:
        """Say what is on the picture."""
        with told(client.send, ref):
            started = time.perf_counter()
            content = self._see(picture, name)
            ms = (time.perf_counter() - started) * 1000
            client.send({"type": "answer", "ref": ref, "ms": round(ms, 2), **content}, b"")

    def _see(self, picture: bytes, name: str | None) -> Content:
        taught = len(self.model.labels)
        if taught < 2:
            frame.decode(picture, name)
            sentence = "Now show me a second thing" if taught else "Show me something, and name it"
            return replies.answer(Prediction(None, 0, 0, {}), sentence, [])
        prediction = self.model.predict(picture)
        return replies.answer(prediction, str(prediction), self.dataset.labels)

    def _frame(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        overtaken = client.frames.put((ref, buffer))
        if overtaken:
            client.send({"type": "skipped", "ref": overtaken[0]}, b"")

    def _classify(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.answer(client, ref, buffer, field(message, "name", str, None))

    # -- teaching ---------------------------------------------------------------------------------------

    def _add(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        label, burst = field(message, "label", str), field(message, "burst", str, None)
        name, again = field(message, "name", str, None), field(message, "again", bool, False)
        example = self._saved_before(label, burst, buffer) if again else None
        batch = field(message, "batch", str, None)
        files = self.dataset.together(Said("add-files", "add files"), batch) if batch else nullcontext()
        with files:
            example = example or self.dataset.add(label, buffer, burst=burst, name=name)
        count = self.dataset.counts[label]
        client.send({"type": "saved", "ref": ref, "label": label, "example": example.id, "count": count}, b"")
        self._states.put(None)
        if self._following.busy:  # it may take long; the example's turn comes in another round
            self._following.put(None)
        else:
            self.model.learn(self.dataset, example)

    def _saved_before(self, label: str, burst: str | None, picture: bytes) -> Example | None:
        """The example that a page sends once more, since the reply to the first time was lost with the connection."""
        examples = self.dataset.examples(label) if label in self.dataset.labels else []
        same = (e for e in reversed(examples) if e.burst == burst and e.path.stat().st_size == len(picture))
        return next((example for example in same if example.read() == picture), None)

    def _add_class(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.add_class(field(message, "label", str))
        self._changed(client, ref)

    def _rename_class(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.rename(field(message, "label", str), field(message, "to", str))
        self._changed(client, ref, taught=True)

    def _remove_class(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.remove_class(field(message, "label", str))
        self._changed(client, ref, taught=True)

    def _remove_examples(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.remove(*texts(message, "examples"))
        self._changed(client, ref, taught=True)

    def _move_examples(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.move(*texts(message, "examples"), to=field(message, "to", str))
        self._changed(client, ref, taught=True)

    def _enable_class(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.enable(field(message, "label", str), field(message, "enabled", bool))
        self._changed(client, ref, taught=True)

    def _order_classes(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.order(texts(message, "labels"))
        self._changed(client, ref)

    def _undo(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.undo()
        self._changed(client, ref, taught=True)

    def _redo(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.dataset.redo()
        self._changed(client, ref, taught=True)

    def _settings(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.model.unknown_below = share(message, "unknown_below")
        self._changed(client, ref)

    def _changed(self, client: Client, ref: int, *, taught: bool = False) -> None:
        client.send({"type": "done", "ref": ref}, b"")
        self._states.put(None)
        if taught:
            self._following.put(None)

    def _follow(self, _: None) -> None:
        self.model.follow(self.dataset)
        self._states.put(None)

    # -- whole files ------------------------------------------------------------------------------------

    def _upload(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        last = field(message, "last", bool)
        name, label = field(message, "name", str), field(message, "label", str, None)
        upload = client.uploads.put(field(message, "upload", int), name, label, buffer, last)
        if upload is None:
            client.send({"type": "done", "ref": ref}, b"")
        else:
            self._begin(lambda: self._import(client.send, ref, upload))

    def _import(self, send: Send, ref: int, upload: Upload) -> None:
        with self._importing, upload.file, told(send, ref):
            progress = lambda done, total: self._states.put(None)  # noqa: E731
            try:
                done = import_into(upload.file, self.dataset, label=upload.label, name=upload.name, progress=progress)
            finally:
                self._states.put(None)
                self._following.put(None)
            problems = replies.problems(done.problems)
            send(
                {"type": "imported", "ref": ref, "added": done.added, "labels": done.labels, "problems": problems}, b""
            )

    def _export(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        number = field(message, "piece", int)
        if number == 0:  # all else is answered while the zip is being made
            self._begin(lambda: self._send_piece(client, ref, number))
        else:
            self._send_piece(client, ref, number)

    def _send_piece(self, client: Client, ref: int, number: int) -> None:
        with told(client.send, ref):
            piece, last = client.export.piece(number)
            name = f"{self.dataset.folder.name}.zip"
            client.send({"type": "piece", "ref": ref, "piece": number, "last": last, "name": name}, piece)

    def _begin(self, work: Callable[[], None]) -> None:
        """Do it in a thread of its own."""
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._apart = [*(one for one in self._apart if one.is_alive()), thread]

    # -- checking ---------------------------------------------------------------------------------------

    def _care(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.checkup.care(client.send, ref)

    def _dismiss(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        from showtell.curation.dismissed import dismiss

        dismiss(self.dataset, field(message, "finding", str))
        client.send({"type": "done", "ref": ref}, b"")

    def _map(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        method = field(message, "method", str)
        if method not in METHODS:
            raise ProtocolError(f"method: expected one of {', '.join(METHODS)}, found {method[:40]!r}")
        self.checkup.map(client.send, ref, method)

    def _explain(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.checkup.explain(client.send, ref, buffer)

    def _evaluate(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        self.checkup.evaluate(client.send, ref)

    # -- state ------------------------------------------------------------------------------------------

    def state(self) -> Content:
        """What every page must know, as a ``state`` message."""
        return replies.state(self.dataset, self._model, self._following.busy or self.model.learning)

    def _hello(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        with self._telling:
            client.send({**self.state(), "ref": ref}, b"")

    def _examples(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        label, first = field(message, "label", str), field(message, "from", int)
        count = min(MAX_THUMBNAILS, field(message, "count", int))
        if first < 0 or count < 0:
            raise ProtocolError(f"from, count: expected numbers from 0 on, found {first} and {count}")
        newest = self.dataset.examples(label)[::-1]
        ids = [example.id for example in newest[first : first + count]]
        reply = {"type": "examples", "ref": ref, "label": label, "from": first, "count": len(newest), "examples": ids}
        client.send(reply, b"")

    def _thumbnails(self, client: Client, ref: int, message: Content, buffer: bytes) -> None:
        names = texts(message, "examples")
        if not names:
            raise ProtocolError("examples: expected ids, found none")
        for name in names[:MAX_THUMBNAILS]:
            try:
                picture = frame.decode(self.dataset.example(name).read(), name, enough=2 * THUMBNAIL)
            except (DatasetError, PictureError) as error:  # gone or broken; the others are still wanted
                client.send(failure(error, ref), b"")
                continue
            small = frame.encode_jpeg(frame.crop(picture, THUMBNAIL), 80)
            client.send({"type": "thumbnail", "ref": ref, "example": name}, small)

    def _broadcast(self, _: None) -> None:
        with self._telling:
            state = self.state()
            for client in self._open() if state != self._told else []:
                client.send(state, b"")
            self._told = state
        time.sleep(STATE_INTERVAL_S)
        if state["learning"]:  # say so when it is done
            self._states.put(None)

    _works: ClassVar = {
        "hello": _hello,
        "frame": _frame,
        "classify": _classify,
        "add": _add,
        "add_class": _add_class,
        "rename_class": _rename_class,
        "remove_class": _remove_class,
        "remove_examples": _remove_examples,
        "move_examples": _move_examples,
        "enable_class": _enable_class,
        "order_classes": _order_classes,
        "undo": _undo,
        "redo": _redo,
        "settings": _settings,
        "upload": _upload,
        "export": _export,
        "examples": _examples,
        "thumbnails": _thumbnails,
        "care": _care,
        "dismiss": _dismiss,
        "map": _map,
        "explain": _explain,
        "evaluate": _evaluate,
    }
