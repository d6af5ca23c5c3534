"""A report as text, JSON and a page; the page is opened in a real Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import chromium
from click.testing import CliRunner
from playwright.sync_api import Browser, expect, sync_playwright

from pages import look, needs_chromium
from showtell import Dataset, Report
from showtell.cli.main import main
from showtell.errors import DatasetError
from showtell.evaluation.advice import advice
from showtell.evaluation.figures import (
    Bin,
    Calibration,
    Cell,
    ClassFigures,
    CurvePoint,
    Interval,
    LeftOut,
    TestSet,
    Unknown,
)
from showtell.evaluation.scene import SharedScene
from showtell.pictures.frame import encode_jpeg

DOC = Path(__file__).parents[2] / "docs" / "report.md"
EVIL = "</script><img src=x onerror=alert(1)>&\"'$x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, shown) -> Path:
    dataset = Dataset(tmp_path_factory.mktemp("report") / "things")
    for label, thing in (("mug", "mug"), ("star", "star"), (EVIL, "fish")):
        for burst in range(2):
            for picture in shown[thing][3 * burst : 3 * burst + 3]:
                dataset.add(label, encode_jpeg(picture), burst=str(burst))
    return dataset.folder


@pytest.fixture(scope="module")
def report(folder) -> Report:
    """As `evaluate` makes it, with three of the stars taken for mugs and one called unknown."""
    ids = {label: [example.id for example in Dataset(folder).examples(label)] for label in ("mug", "star", EVIL)}
    return Report(
        dataset="things",
        pictures=18,
        tested=18,
        broken=0,
        recordings=6,
        folds=2,
        accuracy=14 / 18,
        interval=Interval(0.4, 0.95, "wilson", 6),
        once=(),
        untested=(),
        classes=(
            ClassFigures("mug", 6, 2, 6, 6 / 9, 1.0, 0.8, 0.0),
            ClassFigures("star", 6, 2, 6, 1.0, 2 / 6, 0.5, 0.25),
            ClassFigures(EVIL, 6, 2, 6, 1.0, 1.0, 1.0, None),
        ),
        confusion=(
            Cell("mug", "mug", tuple(ids["mug"])),
            Cell("star", "mug", tuple(ids["star"][:3])),
            Cell("star", "star", tuple(ids["star"][3:5])),
            Cell("star", None, tuple(ids["star"][5:])),
            Cell(EVIL, EVIL, tuple(ids[EVIL])),
        ),
        calibration=Calibration(0.1, (Bin(0.6, 0.7, 3, 0.65, 1 / 3), Bin(0.9, 1.0, 14, 0.95, 13 / 14))),
        unknown=Unknown(18, 0.875, 0.5, 0.25, 1 / 18, 0.5, 0.4, (LeftOut("star", 6, 0.5, 0.25, EVIL, 0.5),)),
        curve=(CurvePoint(0.5, 5, 0.6), CurvePoint(1.0, 9, 14 / 18)),
        advice=("Record more stars.", f"{EVIL} is odd."),
        test=TestSet(
            "kitchen",
            8,
            6,
            taught=("mug/old.jpg",),
            broken=("mug/bad.jpg",),
            strange=(EVIL, "fork"),
            accuracy=0.5,
            interval=Interval(0.2, 0.8, "wilson", 6),
            known=2,
            right=0.5,
            known_called_unknown=0.5,
            unknown=4,
            named=0.25,
            named_surely=0.0,
            confusion=(
                Cell("mug", None, ("mug/1.jpg",)),
                Cell("star", "star", ("star/1.jpg",)),
                Cell(EVIL, None, ("x/1.jpg", "x/2.jpg", "x/3.jpg")),
                Cell("fork", "mug", ("fork/1.jpg",)),
            ),
            error=0.1,
        ),
        folder=folder,
    )


# -- text and JSON


def test_its_text_says_what_matters(report):
    text = str(report)
    assert text.startswith("things: 78 % right on pictures it was not taught (95 % interval: 40 to 95 %)\n")
    assert '3 × "star" taken for "mug"' in text
    assert '1 × "star" called unknown' in text
    assert re.search(r"^star +6 +2 +33 % +100 %$", text, re.MULTILINE)
    assert "Learning curve: 5 pictures 60 %, 9 pictures 78 %." in text
    assert "50 % of their pictures called unknown, 50 % named, 25 % with over 90 % confidence" in text
    assert "They are near relatives, other classes of the same dataset" in text
    assert 'Test set "kitchen": 6 pictures of 8 tested' in text
    assert '1 × "fork" taken for "mug"' in text
    assert '× "star" taken for "star"' not in text
    assert "since they stand in the dataset too: mug/old.jpg" in text
    assert text.endswith(f"  - Record more stars.\n  - {EVIL} is odd.")


def test_its_json_is_the_fields_without_the_folder(report, folder):
    data = json.loads(json.dumps(report.to_dict()))
    assert data == report.to_dict()
    assert str(folder) not in json.dumps(data)
    assert data["version"] == 1
    assert data["confusion"][3] == {"label": "star", "answer": None, "examples": list(report.confusion[3].examples)}


def test_the_docs_show_every_field(report):
    text = DOC.read_text(encoding="utf-8")
    example = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])

    def shape(value: object) -> object:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value else None

    data = report.to_dict() | {"once": ["x"], "untested": ["x"]}
    assert shape(example) == shape(data)
    names = re.findall(r"^\| `(\w+)`", text, re.MULTILINE)
    assert names == list(data)


# -- advice


def figures(label: str, pictures: int = 20, tested: int | None = None, gain: float | None = None) -> ClassFigures:
    return ClassFigures(label, pictures, 2, pictures if tested is None else tested, 1.0, 1.0, 1.0, gain)


def left_out(named: float = 0.0, surely: float = 0.0, known_refused: float = 0.0, classes=()) -> Unknown:
    return Unknown(9, 0.5, 1 - named, surely, known_refused, named, named, classes)


def own_test(**figures) -> TestSet:
    nothing = dict.fromkeys(("accuracy", "interval", "right", "known_called_unknown", "named", "named_surely", "error"))
    lists = dict.fromkeys(("taught", "broken", "strange", "confusion"), ())
    return TestSet("kitchen", 40, 40, **{**nothing, **lists, "known": 0, "unknown": 0, **figures})


def advise(*classes: ClassFigures, confusion=(), bins=(), unknown=None, once=(), broken=0, **measured) -> str:
    return "\n".join(advice(classes, confusion, Calibration(0, bins), unknown, once=once, broken=broken, **measured))


def test_advice_where_all_is_well():
    fine = {"unknown": left_out(named=0.5, surely=0.2), "test": own_test(known=40, right=0.95, unknown=9, named=0.1)}
    assert advise(figures("cup"), figures("mug"), **fine).startswith("Nothing stands out.")
    assert advise(figures("cup"), figures("mug")).startswith("Nothing stands out.")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"once": ["cup", "mug", "pen"]}, "Everything was recorded only once: "),
        ({"once": ["cup"]}, '"cup" was recorded only once: '),
        ({"broken": 2}, "2 pictures could not be read and took no part."),
        ({"confusion": [Cell("cup", "mug", ("a",)), Cell("mug", "cup", ("b",))]}, '"cup" and "mug" are confused (2 of'),
        ({"bins": (Bin(0.9, 1.0, 9, 0.95, 0.5),)}, "It is surer than it is right"),
        ({"bins": (Bin(0.4, 0.5, 9, 0.45, 0.9),)}, "It is right more often than it is sure"),
        (
            {"unknown": left_out(named=0.8, surely=0.75)},
            "it gives a name to 80, to 75 with over 90 % confidence. They are near",
        ),
        ({"unknown": left_out(named=0.6)}, "it gives a name to 60, to 0 with over"),
        ({"unknown": left_out(known_refused=0.4)}, "It calls 40 of 100 known pictures unknown"),
        (
            {"confusion": [Cell("cup", "mug", tuple("abcdefgh")), Cell("mug", "cup", tuple("abcd"))]},
            '"cup" and "mug" are nearly the same to it: 12 of 40 pictures are confused. Show',
        ),
        (
            {
                "confusion": [Cell("cup", "mug", tuple("abcde"))],
                "unknown": left_out(named=0.3, classes=(LeftOut("mug", 20, 0.9, 0.1, "cup", 0.85),)),
            },
            '5 of 40 pictures are confused, and when "mug" is not taught, 85 % of it are called "cup". Show',
        ),
        (
            {"confusion": [Cell("cup", "mug", tuple("abcde"))], "unknown": left_out(named=0.3)},
            '"cup" and "mug" are confused (5 of 40',
        ),
        (
            {"test": own_test(strange=("hand",), unknown=10, named=0.6)},
            'Of the 10 test pictures of "hand", which it was not taught, 60 % were given a name: record',
        ),
        (
            {"test": own_test(known=40, right=0.5)},
            "On the test set it is right 50 times of 100, on held",
        ),
        ({"shared": SharedScene(3.4, 2.2, 6)}, "All 6 recordings have one background: their edges differ by 3 of 255"),
    ],
)
def test_advice_says(arguments, expected):
    said = advise(figures("cup"), figures("mug"), figures("pen"), **arguments)
    assert expected in said
    assert len(said.splitlines()) == 1


def test_one_mistake_in_many_is_no_confusion():
    assert "confused" not in advise(figures("cup"), figures("mug"), confusion=[Cell("cup", "mug", ("a",))])


def test_advice_about_few_pictures_and_where_more_would_help():
    said = advise(figures("cup", 4, gain=0.1), figures("mug", gain=0.3), figures("pen", 1, 0))
    assert said.splitlines() == [
        '"pen" could not be tested with a single picture; record some more.',
        '"cup" has only 4 pictures; 10 to 20 from different sides are a good start.',
        '10 more pictures of "mug" would help most.',
    ]


# -- the page


def test_a_page_that_cannot_be_written_is_an_error_that_names_it(report, tmp_path):
    with pytest.raises(DatasetError, match="nowhere"):
        report.save_html(tmp_path / "nowhere" / "report.html")


def test_a_page_of_pictures_that_are_gone_still_tells_the_figures(report, tmp_path):
    replace(report, folder=tmp_path).save_html(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<span class="big">78&nbsp;%</span>' in text
    assert '"pictures": {}' in text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.mark.browser
@needs_chromium
def test_a_number_shows_its_pictures_and_nothing_foreign_runs(report, tmp_path, browser):
    path = tmp_path / "report.html"
    many = replace(report.confusion[0], examples=report.confusion[0].examples * 3)
    replace(report, confusion=(many, *report.confusion[1:])).save_html(path)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.set_default_timeout(20_000)
    trouble, asked = [], []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    region = page.get_by_role("region", name="Pictures of the chosen number")
    expect(region).to_be_hidden()

    page.get_by_role("button", name="star, answer mug: 3").click()
    expect(region).to_contain_text("“star” taken for “mug”")
    images = region.locator("img")
    expect(images).to_have_count(3)
    for image in images.all():
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 112
    look(page, "report", whole=True)
    page.keyboard.press("Escape")
    expect(region).to_be_hidden()

    page.get_by_role("button", name="star, answer unknown: 1").focus()
    page.keyboard.press("Enter")
    expect(region).to_contain_text("“star” called unknown")
    expect(images).to_have_count(1)
    page.get_by_role("button", name="mug, answer mug: 18").press("Space")
    expect(images).to_have_count(12)
    expect(region).to_contain_text("and 6 more")

    page.locator(f"button[data-cell='{len(report.confusion) - 1}']").click()
    expect(region).to_contain_text(f"“{EVIL}” taken for “{EVIL}”")
    assert page.locator("img[src=x]").count() == 0
    assert trouble == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    page.close()


# -- the command


def test_the_command_prints_text_or_json_and_writes_the_page(folder, tmp_path):
    run = CliRunner().invoke
    text = run(main, ["evaluate", str(folder), "--html", str(tmp_path / "report.html")])
    assert (text.exit_code, text.stderr) == (0, "")
    assert text.stdout.startswith("things: ")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    data = json.loads(run(main, ["evaluate", str(folder), "--json", "--classifier", "logistic"]).stdout)
    assert (data["version"], data["tested"], data["recordings"]) == (1, 18, 6)


def test_the_command_says_in_one_line_what_is_missing(tmp_path):
    (tmp_path / "cup").mkdir()
    result = CliRunner().invoke(main, ["evaluate", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "expected two classes or more" in result.stderr
    assert len(result.stderr.splitlines()) == 1
