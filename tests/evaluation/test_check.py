"""st.check and `showtell check`: which pins broke, from the model alone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import showtell as st
from showtell.cli.main import main
from showtell.errors import ModelFileError, TeachingError
from showtell.pictures import frame
from showtell.pictures.drawing import draw, write_folder


@pytest.fixture
def things(tmp_path: Path) -> st.Dataset:
    return st.Dataset(write_folder(tmp_path / "things", ["mug", "star"], bursts=1, count=5))


def picture(thing: str, seed: int = 50) -> np.ndarray:
    return draw(thing, np.random.default_rng(seed))


def fitted(things: st.Dataset, **settings: object) -> st.Model:
    return st.Model(classifier="knn", **settings).fit(things)


def test_pins_that_hold_are_not_mentioned_and_broken_ones_are(things):
    things.pin(picture("mug"), "mug")
    wrong = things.pin(picture("star"), "mug")
    spoon = things.pin(picture("tree"), "spoon")
    model = fitted(things, unknown_below=0)
    broken = {each.pin.id: each for each in st.check(model)}
    assert set(broken) == {wrong.id, spoon.id}
    assert broken[wrong.id].prediction.label == "star"
    assert str(broken[wrong.id]).startswith(f'{wrong.id}: expected "mug", found "star" (')
    assert 'expected "spoon", which it was not taught' in str(broken[spoon.id])


def test_a_pin_as_unknown_breaks_when_it_gets_a_name(things):
    things.pin(picture("fish"), None)
    named, silent = fitted(things, unknown_below=0), fitted(things, unknown_below=1)
    assert [each.pin.label for each in st.check(named)] == [None]
    assert st.check(silent) == []


def test_pins_are_never_taught(things):
    things.pin(picture("tree"), "tree")
    model = fitted(things)
    assert model.counts == {"mug": 5, "star": 5}
    assert st.evaluate(things, model).pictures == 10


def test_a_saved_model_keeps_its_pins_and_says_the_same(things, tmp_path):
    things.pin(picture("star"), "mug")
    things.pin(picture("fish"), None)
    model = fitted(things, unknown_below=0)
    model.save(tmp_path / "m.showtell")
    things.clear()
    again = st.load(tmp_path / "m.showtell")
    assert [(pin.label, pin.id) for pin in again.pins] == [(pin.label, pin.id) for pin in model.pins]
    assert list(map(str, st.check(again))) == list(map(str, st.check(model)))
    assert len(st.check(again)) == 2


def test_a_pin_travels_without_what_a_camera_wrote_into_its_file(things, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "at home, 48.1 north"
    Image.fromarray(picture("mug")).resize((2000, 1500)).save(tmp_path / "phone.jpg", exif=exif)
    things.pin(tmp_path / "phone.jpg", "mug")
    fitted(things).save(tmp_path / "m.showtell")
    assert b"at home" not in (tmp_path / "m.showtell").read_bytes()
    (pin,) = st.load(tmp_path / "m.showtell").pins
    assert min(frame.decode(pin.read()).shape[:2]) >= 320
    assert len(pin.read()) < 100_000
    assert b"at home" in things.pins[0].read()  # the dataset has it as it came


def test_other_pins_can_be_asked_about(things):
    model = fitted(things, unknown_below=0)
    pin = things.pin(picture("star"), "mug")
    assert st.check(model) == []
    assert [each.pin for each in st.check(model, [pin])] == [st.check(model, things.pins)[0].pin]


def test_a_pin_that_cannot_be_read_is_broken_and_reported_when_a_model_is_fitted(things):
    pin = things.pin(picture("mug"), "mug")
    (things.folder / pin.id).write_bytes(b"no picture")
    (broken,) = st.check(fitted(things), things.pins)
    assert broken.prediction is None
    assert "expected a picture" in str(broken) or "picture" in broken.problem
    fitted(things)
    assert [problem.file for problem in things.problems] == [pin.id]


def test_a_model_that_learns_anew_forgets_its_pins(things):
    things.pin(picture("star"), "mug")
    model = fitted(things)
    model.fit([picture("mug"), picture("star")], ["mug", "star"])
    assert model.pins == []


def test_an_untaught_model_has_no_pins_and_cannot_be_asked_about_others(things):
    pin = things.pin(picture("mug"), "mug")
    assert st.check(st.Model()) == []
    with pytest.raises(TeachingError):
        st.check(st.Model(), [pin])


@pytest.mark.parametrize("pins", [[["mug"]], [[1, "a"]], ["mug"]])
def test_a_model_file_with_odd_pins_is_damaged(things, tmp_path, pins):
    fitted(things).save(tmp_path / "m.showtell")
    with zipfile.ZipFile(tmp_path / "m.showtell") as old, zipfile.ZipFile(tmp_path / "odd.showtell", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "model.json":
                data = json.dumps({**json.loads(data), "pins": pins}).encode()
            new.writestr(name, data)
    with pytest.raises(ModelFileError, match="pins"):
        st.load(tmp_path / "odd.showtell")


# -- the command


def check(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *map(str, arguments)])
    return result.exit_code, result.output


def test_the_command_ends_with_1_where_a_pin_is_broken_and_names_it(things, tmp_path):
    things.pin(picture("mug"), "mug")
    wrong = things.pin(picture("star"), "mug")
    fitted(things, unknown_below=0).save(tmp_path / "m.showtell")
    code, output = check(tmp_path / "m.showtell")
    first, last = output.splitlines()
    assert code == 1
    assert first.startswith(f'{wrong.id}: expected "mug", found "star"')
    assert last.endswith("1 of 2 pinned pictures get the answer they must get")
    code, output = check(tmp_path / "m.showtell", "--json")
    data = json.loads(output)
    assert (code, data["pins"]) == (1, 2)
    (broken,) = data["broken"]
    assert (broken["file"], broken["expected"], broken["label"], broken["error"]) == (wrong.id, "mug", "star", None)
    assert 0 < broken["confidence"] <= 1


def test_the_command_ends_with_0_where_all_hold(things, tmp_path):
    things.pin(picture("mug"), "mug")
    fitted(things, unknown_below=0).save(tmp_path / "m.showtell")
    assert check(tmp_path / "m.showtell") == (
        0,
        f"{tmp_path / 'm.showtell'}: 1 of 1 pinned pictures get the answer they must get\n",
    )
    assert json.loads(check(tmp_path / "m.showtell", "--json")[1]) == {"pins": 1, "broken": []}


def test_a_model_without_pins_says_so_and_that_is_no_fault(things, tmp_path):
    fitted(things).save(tmp_path / "m.showtell")
    code, output = check(tmp_path / "m.showtell")
    assert code == 0
    assert "no pins" in output


def test_what_is_no_model_is_an_error(tmp_path):
    code, output = check(tmp_path)
    assert code == 1
    assert "expected a saved model" in output
