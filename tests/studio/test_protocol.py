"""The studio's behaviour, by its messages alone: what page and notebook have in common."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asking import Content, Page
from showtell import Dataset, Example
from showtell.importers.importing import MAX_PICTURE_BYTES
from showtell.pictures import frame
from showtell.pictures.drawing import draw
from showtell.studio.commands import COMMANDS, MAX_FRAME_BYTES
from showtell.studio.studio import Studio


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(Studio(Dataset(tmp_path / "things")))


def jpeg(thing: str, seed: int = 0) -> bytes:
    return frame.encode_jpeg(draw(thing, np.random.default_rng(seed)))


def teach(page: Page, *things: str, count: int = 3) -> None:
    for thing in things:
        for seed in range(count):
            reply = page.ask("add", jpeg(thing, seed), label=thing, burst=f"{thing}-1", name=None)
            assert reply["type"] == "saved", reply


def test_teach_two_things_and_hear_which_is_shown(page: Page) -> None:
    teach(page, "star", "mug")
    for thing in ("star", "mug"):
        answer = page.ask("frame", jpeg(thing, 9))
        assert answer["type"] == "answer"
        assert answer["label"] == thing
        assert answer["sentence"].startswith(f'I see "{thing}" and I\'m ')
        assert [label for label, _ in answer["scores"]] == ["star", "mug"]  # in the order of the class cards
        assert sum(score for _, score in answer["scores"]) == pytest.approx(1)
        assert answer["evidence"][0]["label"] == thing


def test_a_saved_picture_is_on_disk_as_it_was_sent(page: Page) -> None:
    sent = jpeg("star")
    saved = page.ask("add", sent, label="star", burst="b", name=None)
    assert (page.studio.dataset.folder / saved["example"]).read_bytes() == sent
    assert saved["count"] == 1


def test_before_two_things_are_taught_the_sentence_says_what_to_do(page: Page) -> None:
    first = page.ask("frame", jpeg("star"))
    assert (first["label"], first["scores"]) == (None, [])
    teach(page, "star")
    second = page.ask("frame", jpeg("star"))
    assert (second["label"], second["scores"]) == (None, [])
    assert first["sentence"] != second["sentence"]


def test_state_lists_classes_in_order_with_their_newest_examples_first(page: Page) -> None:
    teach(page, "star", "mug", count=2)
    page.ask("add_class", label="empty")
    state = page.state()
    assert [(c["label"], c["count"]) for c in state["classes"]] == [("star", 2), ("mug", 2), ("empty", 0)]
    ids = [example.id for example in page.studio.dataset.examples("star")]
    assert state["classes"][0]["examples"] == ids[::-1]
    assert state["undo"] == 'add the class "empty"'


def test_every_page_hears_of_a_change(page: Page) -> None:
    other = Page(page.studio)
    teach(page, "star", count=1)
    state = other.wait_for(lambda c: c["type"] == "state" and c["classes"])
    assert state["classes"][0]["label"] == "star"


def test_rename_remove_and_undo_reach_the_answers(page: Page) -> None:
    teach(page, "star", "mug", "tree")
    assert page.ask("rename_class", label="star", to="Stern")["type"] == "done"
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "Stern"
    assert page.ask("remove_class", label="Stern")["type"] == "done"
    settle(page)
    assert "Stern" not in dict(page.ask("frame", jpeg("star", 9))["scores"])
    assert page.ask("undo")["type"] == "done"
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "Stern"
    examples = [example.id for example in page.studio.dataset.examples("Stern")]
    assert page.ask("remove_examples", examples=examples[:2])["type"] == "done"
    assert [c["count"] for c in page.state()["classes"] if c["label"] == "Stern"] == [1]


def test_moved_pictures_are_learned_as_what_they_are_now_and_back(page: Page) -> None:
    teach(page, "star", "mug")
    stars = [example.id for example in page.studio.dataset.examples("star")]
    assert page.ask("move_examples", examples=stars, to="Stern")["type"] == "done"
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "Stern"
    words = 'move 3 pictures of "star" to "Stern"'
    assert (page.state()["undo"], page.state()["redo"]) == (words, None)
    page.ask("undo")
    assert page.state()["redo"] == words
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "star"
    assert page.ask("redo")["type"] == "done"
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "Stern"
    assert page.state()["redo"] is None


def test_a_disabled_class_is_not_learned_until_it_is_enabled(page: Page) -> None:
    teach(page, "star", "mug", "tree")
    assert page.ask("enable_class", label="star", enabled=False)["type"] == "done"
    assert page.ask("add", jpeg("star", 5), label="star", burst=None, name=None)["count"] == 4
    settle(page)
    assert [(c["label"], c["enabled"]) for c in page.state()["classes"]][:2] == [("star", False), ("mug", True)]
    assert set(dict(page.ask("frame", jpeg("star", 9))["scores"])) == {"mug", "tree"}
    page.ask("enable_class", label="star", enabled=True)
    settle(page)
    assert page.ask("frame", jpeg("star", 9))["label"] == "star"


def test_answers_and_classes_come_in_the_order_that_a_page_asked_for(page: Page) -> None:
    teach(page, "star", "mug")
    assert page.ask("order_classes", labels=["mug", "star"])["type"] == "done"
    assert [c["label"] for c in page.state()["classes"]] == ["mug", "star"]
    assert [label for label, _ in page.ask("frame", jpeg("star", 9))["scores"]] == ["mug", "star"]


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def upload(page: Page, number: int, name: str, data: bytes, label: str | None = None, size: int = 1000) -> Content:
    """Send a file in pieces; the reply to the last one."""
    for at in range(0, len(data), size):
        last = at + size >= len(data)
        piece = data[at : at + size]
        reply = page.ask("upload", piece, upload=number, name=name, label=label, last=last)
        assert last or reply["type"] == "done", reply
    return reply


def test_a_zip_that_is_sent_in_pieces_is_imported_and_learned(page: Page) -> None:
    files = {f"{thing}/{seed}.jpg": jpeg(thing, seed) for thing in ("star", "mug") for seed in range(3)}
    files["mug/notes.txt"] = b"hello"
    reply = upload(page, 7, "things.zip", zipped(files))
    assert (reply["type"], reply["added"], reply["labels"]) == ("imported", 6, ["star", "mug"])
    assert [problem["file"] for problem in reply["problems"]] == ["mug/notes.txt"]
    settle(page)
    assert page.ask("frame", jpeg("mug", 9))["label"] == "mug"
    assert page.state()["undo"] == 'import "things.zip" (6 pictures)'
    assert not list(page.studio.dataset.folder.glob(".showtell/tmp/*"))


def test_loose_pictures_are_of_the_class_that_the_page_names(page: Page) -> None:
    data = zipped({"1.jpg": jpeg("star")})
    assert "name of a class" in upload(page, 1, "x.zip", data)["message"]
    assert upload(page, 1, "x.zip", data, "star")["labels"] == ["star"]


def test_files_of_one_batch_are_undone_at_once_and_a_recording_before_them_is_not(page: Page) -> None:
    teach(page, "star", count=2)
    for label, seed in (("star", 7), ("mug", 1), ("mug", 2)):
        page.ask("add", jpeg("mug", seed), label=label, burst=None, name=f"{seed}.jpg", batch="drop 1")
    page.ask("add", jpeg("mug", 3), label="mug", burst=None, name="3.jpg", batch="drop 2")
    assert page.state()["undo"] == "add files (1 picture)"
    assert page.ask("undo")["type"] == "done"
    assert page.state()["undo_said"]["values"]["count"] == 3
    assert page.ask("undo")["type"] == "done"
    assert page.studio.dataset.counts == {"star": 2}


def test_whole_files_that_wait_for_their_import_take_room_too(page: Page) -> None:
    go_on = threading.Event()
    page.studio.imports.put(go_on.wait)  # another import is under way
    try:
        for number in range(4):
            page.studio.handle(
                page.client,
                {"type": "upload", "ref": 100 + number, "upload": number, "name": "x.zip", "label": None, "last": True},
                b"x",
            )
        fields = {"upload": 9, "name": "x.zip", "label": None, "last": False}
        assert "at most 4 files at once" in page.ask("upload", b"x", **fields)["message"]
    finally:
        go_on.set()
    page.studio.wait()
    assert page.ask("upload", b"x", **{**fields, "upload": 10})["type"] == "done"
    page.studio.leave(page.client)


def test_all_else_goes_on_while_a_zip_is_made(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(page, "star", "mug")
    begun, go_on = threading.Event(), threading.Event()
    export = page.studio.dataset.export

    def slow(target: Any) -> None:
        begun.set()
        assert go_on.wait(60)
        export(target)

    monkeypatch.setattr(page.studio.dataset, "export", slow)
    page.studio.handle(page.client, {"type": "export", "ref": 1000, "piece": 0}, b"")
    assert begun.wait(60)
    assert page.ask("add_class", label="meanwhile")["type"] == "done"
    for number in (0, 1):
        assert "under way" in page.ask("export", piece=number)["message"]
    go_on.set()
    page.studio.wait()
    (piece,) = [content for content, _ in page.inbox if content["ref"] == 1000]
    assert (piece["type"], piece["last"]) == ("piece", True)


def test_an_upload_that_failed_is_not_taken_for_whole(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"star/1.jpg": jpeg("star")})
    fields = {"upload": 3, "name": "x.zip", "label": None}
    monkeypatch.setattr("showtell.studio.uploads.MAX_BYTES", 1500)
    assert page.ask("upload", data[:1000], last=False, **fields)["type"] == "done"
    assert "at most" in page.ask("upload", data[1000:2000], last=False, **fields)["message"]
    assert "send the whole file again" in page.ask("upload", data[2000:], last=True, **fields)["message"]
    monkeypatch.undo()
    assert upload(page, 3, "x.zip", data)["type"] == "imported"


def test_a_page_has_few_files_on_their_way_and_none_when_it_leaves(page: Page) -> None:
    fields = {"name": "x.zip", "label": None, "last": False}
    for number in range(4):
        assert page.ask("upload", b"x", upload=number, **fields)["type"] == "done"
    assert "at most 4 files at once" in page.ask("upload", b"x", upload=4, **fields)["message"]
    assert "at most 4 MB" in page.ask("upload", bytes(4 * 2**20 + 1), upload=0, **fields)["message"]
    files = [one.file for one in page.client.uploads._open.values() if one]
    assert len(files) == 3
    page.studio.leave(page.client)
    assert all(file.closed for file in files)
    assert page.ask("upload", b"x", upload=1, **fields)["type"] == "error"


def test_the_dataset_comes_as_a_zip_in_pieces(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showtell.studio.exports.MAX_PIECE_BYTES", 5000)
    teach(page, "star", "mug")
    pieces, last = b"", False
    for number in range(100):
        reply = page.ask("export", piece=number)
        assert (reply["type"], reply["piece"], reply["name"]) == ("piece", number, "things.zip")
        pieces += next(buffer for content, buffer in page.inbox if content is reply)
        last = reply["last"]
        if last:
            break
    assert number > 2
    other = Page(Studio(Dataset(tmp_path / "other")))
    assert upload(other, 1, "things.zip", pieces)["added"] == 6
    assert [e.read() for e in other.studio.dataset] == [e.read() for e in page.studio.dataset]
    assert "ask for piece 0 first" in page.ask("export", piece=number)["message"]
    page.studio.leave(page.client)
    assert page.ask("export", piece=0)["type"] == "error"


def test_the_limit_of_the_unknown_is_set_for_every_page(page: Page) -> None:
    other = Page(page.studio)
    assert page.state()["unknown_below"] == 0.5
    for limit in (0.25, 0, 1):
        assert page.ask("settings", unknown_below=limit)["type"] == "done"
        assert other.state()["unknown_below"] == page.studio.model.unknown_below == limit
    other.wait_for(lambda c: c["type"] == "state" and c["ref"] is None and c["unknown_below"] == 1)


def settle(page: Page) -> None:
    page.studio.wait()


def test_reopening_goes_on_where_it_stopped(page: Page) -> None:
    teach(page, "star", "mug")
    again = Page(Studio(Dataset(page.studio.dataset.folder)))
    settle(again)
    assert again.ask("frame", jpeg("mug", 9))["label"] == "mug"


def test_thumbnails_are_small_squares(page: Page) -> None:
    teach(page, "star", count=2)
    examples = [example.id for example in page.studio.dataset]
    page.ask("thumbnails", examples=examples)
    thumbnails = {c["example"]: buffer for c, buffer in page.inbox if c["type"] == "thumbnail"}
    assert list(thumbnails) == examples
    assert all(frame.decode(buffer).shape == (96, 96, 3) for buffer in thumbnails.values())


def test_the_newest_frame_wins_and_every_frame_is_acknowledged(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(page, "star", "mug")
    frames, picture = 30, jpeg("star", 9)
    all_sent, predict = threading.Event(), page.studio.model.predict

    def slow(picture: bytes) -> Any:  # until all were sent
        assert all_sent.wait(60)
        return predict(picture)

    monkeypatch.setattr(page.studio.model, "predict", slow)
    for ref in range(1000, 1000 + frames):
        page.studio.handle(page.client, {"type": "frame", "ref": ref}, picture)
    all_sent.set()
    page.wait_for(lambda content: content["ref"] == 1000 + frames - 1)
    page.studio.wait()
    replies = {c["ref"]: c["type"] for c, _ in page.inbox if c["ref"] and c["ref"] >= 1000}
    assert sorted(replies) == list(range(1000, 1000 + frames))
    assert replies[1000 + frames - 1] == "answer"
    assert list(replies.values()).count("skipped") >= frames - 2  # all but the last, and one that was looked at


@pytest.mark.parametrize(
    ("kind", "fields", "buffer", "says"),
    [
        ("add", {"label": "star", "burst": None, "name": "notes.txt"}, b"hello", "notes.txt"),
        ("add", {"label": "star", "burst": None, "name": None}, b"", "empty"),
        ("add", {"label": " ", "burst": None, "name": None}, jpeg("star"), "name"),
        ("add", {"burst": None, "name": None}, jpeg("star"), "label"),
        ("add", {"label": 7}, jpeg("star"), "label"),
        ("classify", {"name": "big.jpg"}, bytes(MAX_PICTURE_BYTES + 1), "32 MB"),
        ("frame", {}, bytes(MAX_FRAME_BYTES + 1), "4 MB"),
        ("frame", {}, b"no picture", "not a picture"),
        ("rename_class", {"label": "nobody", "to": "x"}, b"", "nobody"),
        ("remove_class", {"label": "../.."}, b"", "../.."),
        ("remove_examples", {"examples": ["../../etc/passwd"]}, b"", "passwd"),
        ("thumbnails", {"examples": ["../../etc/passwd"]}, b"", "passwd"),
        ("thumbnails", {"examples": "star"}, b"", "examples"),
        ("undo", {}, b"", "undo"),
        ("redo", {}, b"", "redo"),
        ("enable_class", {"label": "nobody", "enabled": False}, b"", "nobody"),
        ("enable_class", {"label": "nobody", "enabled": 0}, b"", "enabled"),
        ("order_classes", {"labels": ["nobody"]}, b"", "nobody"),
        ("order_classes", {"labels": [["nobody"]]}, b"", "labels"),
        ("move_examples", {"examples": ["../../etc/passwd"], "to": "star"}, b"", "passwd"),
        ("move_examples", {"examples": [], "to": " "}, b"", "name"),
        ("settings", {"unknown_below": 1.5}, b"", "[0, 1]"),
        ("settings", {"unknown_below": float("nan")}, b"", "[0, 1]"),
        ("settings", {"unknown_below": True}, b"", "unknown_below"),
        ("settings", {}, b"", "unknown_below"),
        ("upload", {"upload": 1, "name": "../x.zip", "label": None, "last": True}, b"hello", "../x.zip"),
        ("upload", {"upload": 1, "name": "x.mp4", "label": " ", "last": True}, b"hello", "name"),
        ("export", {"piece": 3}, b"", "piece 0"),
        ("export", {"piece": -1}, b"", "piece 0"),
        ("export", {}, b"", "piece"),
        ("upload", {"upload": 1, "name": "x.mp4"}, b"hello", "last"),
        ("dance", {}, b"", "dance"),
        ("upload", {"upload": 1, "name": "a\nb.zip", "label": None, "last": True}, b"hello", "a b.zip"),
    ],
)
def test_a_wrong_message_gets_one_line_that_says_what_is_wrong(
    page: Page, kind: str, fields: Content, buffer: bytes, says: str
) -> None:
    reply = page.ask(kind, buffer, **fields)
    assert reply["type"] == "error"
    assert says in reply["message"]
    assert "\n" not in reply["message"]
    assert len(page.studio.dataset) == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(sorted(COMMANDS))
almost_right = st.fixed_dictionaries(
    {"type": kinds | json_values, "ref": st.integers() | json_values},
    optional=dict.fromkeys(
        ("label", "to", "burst", "name", "examples", "labels", "enabled", "upload", "last", "piece", "unknown_below"),
        json_values,
    ),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=almost_right | json_values, buffer=st.binary(max_size=40))
def test_no_message_breaks_the_studio(page: Page, content: Any, buffer: bytes) -> None:
    teach(page, "star", count=1) if not len(page.studio.dataset) else None
    before = len(page.inbox)
    page.studio.handle(page.client, content, buffer)
    page.studio.jobs.wait()  # what it looks into in the background is answered later, and so are imports
    page.studio.imports.wait()
    for thread in page.studio._apart:
        thread.join()
    if not (isinstance(content, dict) and content.get("type") == "frame"):  # frames are answered later
        assert any(c["type"] != "state" or c["ref"] is not None for c, _ in page.inbox[before:])
    assert "something went wrong" not in str([c.get("message") for c, _ in page.inbox[before:]])
    del page.inbox[:]


def test_a_full_disk_is_said_and_loses_nothing(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(page, "star", count=2)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        reply = page.ask("add", jpeg("star", 5), label="star", burst=None, name=None)
    assert reply["type"] == "error"
    assert "space" in reply["message"]
    assert len(Dataset(page.studio.dataset.folder)) == 2
    teach(page, "star", count=1)
    assert len(Dataset(page.studio.dataset.folder)) == 3


@pytest.mark.parametrize("steps", range(8))
def test_a_class_that_goes_right_after_a_picture_was_saved_is_no_error(
    page: Page, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Another page, or another program that asks nobody, removes it before some later step of the same message."""
    dataset = page.studio.dataset
    teach(page, "mug", "star", count=1)
    page.studio.wait()
    left, real_add = steps, dataset.add

    def goes() -> None:
        nonlocal left
        left -= 1
        if left == -1:
            dataset.remove_class("star") if steps % 2 else shutil.rmtree(dataset.folder / "star", ignore_errors=True)

    def watched(real: Any) -> Any:
        return lambda *args, **options: (goes(), real(*args, **options))[1]

    def add(*args: Any, **options: Any) -> Example:
        example = real_add(*args, **options)
        for name in ("by_class", "examples", "example"):
            monkeypatch.setattr(dataset, name, watched(getattr(dataset, name)))
        monkeypatch.setattr(Example, "read", watched(Example.read))
        goes()
        return example

    monkeypatch.setattr(dataset, "add", add)
    assert page.ask("add", jpeg("star", 5), label="star", burst="b", name=None)["type"] == "saved"
    page.studio.wait()
    monkeypatch.undo()
    assert "error" not in {content["type"] for content, _ in page.inbox}
    again = page.ask("add", jpeg("star", 5), label="star", burst="b", name=None, again=True)
    assert again["type"] == "saved"
    assert Dataset(dataset.folder).example(again["example"]).read() == jpeg("star", 5)


def test_a_picture_that_is_sent_again_after_a_lost_reply_is_saved_once(page: Page) -> None:
    first = page.ask("add", jpeg("star", 1), label="star", burst="b", name=None, again=False)
    again = page.ask("add", jpeg("star", 1), label="star", burst="b", name=None, again=True)
    assert again["example"] == first["example"]
    assert page.ask("add", jpeg("star", 2), label="star", burst="b", name=None, again=True)["count"] == 2


def test_one_missing_thumbnail_does_not_hold_back_the_others(page: Page) -> None:
    teach(page, "star", count=2)
    first, second = [example.id for example in page.studio.dataset]
    page.studio.handle(page.client, {"type": "thumbnails", "ref": 7, "examples": [first, "star/gone.jpg", second]}, b"")
    replies = [(c["type"], c.get("example")) for c, _ in page.inbox if c["ref"] == 7]
    assert replies == [("thumbnail", first), ("error", None), ("thumbnail", second)]


def test_a_frame_that_fails_for_no_known_reason_is_answered_too(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(page, "star", "mug")

    def broken(_: object) -> None:
        raise RuntimeError("the network is upset")

    monkeypatch.setattr(page.studio.model, "predict", broken)
    reply = page.ask("frame", jpeg("star", 9))
    assert reply["type"] == "error"
    assert "the network is upset" in reply["message"]
