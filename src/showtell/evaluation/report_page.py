"""A report as one HTML page that asks nobody for anything: style, script, figures and small pictures are inside.

It is drawn from the report's JSON alone. Labels and file names are foreign text: all of it is escaped here, and
the page's own policy lets nothing run but its own script.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from showtell.errors import PictureError
from showtell.evaluation import own_test_lines
from showtell.evaluation.figures import NEAR_RELATIVES
from showtell.pictures import frame
from showtell.sentences import percent

PAGE = Path(__file__).parent / "page"


MAX_PER_CELL = 12  # pictures


MAX_PICTURES = 400  # pictures, so that the page stays below about 2 MB


THUMBNAIL = 112  # pixels a side


WIDTH, HEIGHT = 360, 240  # of a plot


def render(report: dict[str, Any], folder: Path) -> str:
    """Return the page for ``Report.to_dict()`` of the dataset in ``folder``. A picture that is gone is left out."""
    style, script = ((PAGE / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    interval = report["interval"]
    of = {"wilson": "Wilson", "bootstrap": "bootstrap of whole recordings"}[interval["method"]]
    return Template((PAGE / "report.html").read_text(encoding="utf-8")).substitute(
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        dataset=escape(_clean(report["dataset"])),
        accuracy=percent(report["accuracy"]),
        in_words=_in_words(report["accuracy"]),
        low=percent(interval["low"]),
        high=percent(interval["high"]),
        method=f"{of}, {interval['count']} recordings",
        tested=report["tested"],
        pictures=report["pictures"],
        folds=report["folds"],
        flattered=_flattered(len(report["once"]), len(report["classes"])),
        advice="".join(f"<li>{escape(_clean(sentence))}</li>" for sentence in report["advice"]),
        matrix=_matrix(report),
        classes="".join(map(_class_row, report["classes"])),
        calibration=_calibration(report["calibration"]),
        unknown=_unknown(report["unknown"]),
        test=_test(report["test"]),
        curve=_curve(report["curve"]),
        data=_data(report, folder),
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _clean(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _in_words(accuracy: float) -> str:
    return f"{percent(accuracy)} of 100 pictures it was not taught get the right name."


def _flattered(once: int, classes: int) -> str:
    if not once:
        return ""
    part = "This figure is" if once == classes else "A part of this figure is"
    return f'<p class="warn">{part} too good: see the advice.</p>'


def _matrix(report: dict[str, Any]) -> str:
    labels = [figures["label"] for figures in report["classes"]]
    tested = {figures["label"]: figures["tested"] for figures in report["classes"]}
    cells = {(cell["label"], cell["answer"]): at for at, cell in enumerate(report["confusion"])}
    answers = [*labels, None]

    def name(label: str | None) -> str:
        return "<i>unknown</i>" if label is None else f"<bdi>{escape(_clean(label))}</bdi>"

    def cell(label: str, answer: str | None) -> str:
        at = cells.get((label, answer))
        if at is None:
            return "<td></td>"
        count = len(report["confusion"][at]["examples"])
        shade = -(-9 * count // max(count, tested[label]))
        title = escape(f"{_clean(label)}, answer {'unknown' if answer is None else _clean(answer)}: {count}")
        kind = "right" if answer == label else "wrong"
        return (
            f'<td class="{kind} shade-{shade}"><button type="button" data-cell="{at}" aria-pressed="false" '
            f'aria-controls="cell" aria-label="{title}" title="{title}">{count}</button></td>'
        )

    head = "".join(f'<th scope="col"><span>{name(answer)}</span></th>' for answer in answers)
    rows = "".join(
        f'<tr><th scope="row">{name(label)}</th>{"".join(cell(label, answer) for answer in answers)}</tr>'
        for label in labels
    )
    return f"<table class='matrix'><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _class_row(figures: dict[str, Any]) -> str:
    numbers = [str(figures[key]) for key in ("pictures", "recordings", "tested")]
    numbers += ["–" if figures[key] is None else f"{percent(figures[key])} %" for key in ("recall", "precision", "f1")]
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    return f'<tr><th scope="row"><bdi>{escape(_clean(figures["label"]))}</bdi></th>{cells}</tr>'


def _calibration(calibration: dict[str, Any]) -> str:
    if not calibration["bins"]:
        return "<p>It named nothing, so there is no confidence to check.</p>"
    bars = "".join(
        f'<rect class="bar" x="{_x(b["low"]) + 1:.1f}" y="{_y(b["accuracy"]):.1f}" width="{_x(0.1) - _x(0) - 2:.1f}" '
        f'height="{_y(0) - _y(b["accuracy"]):.1f}"><title>{b["count"]} answers, {percent(b["confidence"])} % sure, '
        f"{percent(b['accuracy'])} % right</title></rect>"
        for b in calibration["bins"]
    )
    ideal = f'<path class="ideal" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    words = f"Its confidence is off by {percent(calibration['error'])} points on average."
    ticks = [(_x(share), f"{percent(share)} %") for share in (0, 0.5, 1)]
    plot = _plot("How often it is right, by how sure it says it is", bars + ideal, ticks, "how sure it says it is")
    return f"<p>{words} Bars on the dotted line would be perfect.</p>{plot}"


def _curve(curve: list[dict[str, Any]]) -> str:
    if not curve:
        return "<p>There are too few pictures to see what more of them bring.</p>"
    most = curve[-1]["pictures"]
    places = [(_x(point["pictures"] / most), _y(point["accuracy"])) for point in curve]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{point["pictures"]} pictures: '
        f"{percent(point['accuracy'])} % right</title></circle>"
        for (x, y), point in zip(places, curve, strict=True)
    )
    ticks = [(x, str(point["pictures"])) for (x, _), point in zip(places, curve, strict=True)]
    drawing = f'<path class="line" d="M{line}"/>{dots}'
    rising = curve[-1]["accuracy"] - curve[-2]["accuracy"] > 0.01
    words = (
        "It still rises: more pictures help." if rising else "It is flat at the end: more of the same brings little."
    )
    return f"<p>{words}</p>{_plot('Accuracy by number of pictures taught', drawing, ticks, 'pictures taught')}"


def _x(share: float) -> float:
    return 46 + share * (WIDTH - 66)


def _y(share: float) -> float:
    return 12 + (1 - share) * (HEIGHT - 60)


def _plot(title: str, drawing: str, ticks: Iterable[tuple[float, str]], below: str) -> str:
    lines = "".join(
        f'<path class="grid" d="M{_x(0)} {_y(share)}H{_x(1)}"/>'
        f'<text x="{_x(0) - 6}" y="{_y(share) + 4}" text-anchor="end">{percent(share)} %</text>'
        for share in (0, 0.5, 1)
    )
    marks = "".join(f'<text x="{x:.1f}" y="{_y(0) + 18}" text-anchor="middle">{text}</text>' for x, text in ticks)
    under = f'<text x="{(_x(0) + _x(1)) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{below}</text>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">{lines}{drawing}{marks}{under}</svg>'


def _unknown(unknown: dict[str, Any] | None) -> str:
    if unknown is None:
        return "<p>Seeing this takes three classes: each is left out in turn, and then asked for.</p>"
    facts = [
        (unknown["called_unknown"], "of pictures of a class that was left out were called unknown"),
        (unknown["named"], "of them got a name"),
        (unknown["named_surely"], "of them got a name with over 90 % confidence"),
        (unknown["known_called_unknown"], "of the pictures it should know were called unknown"),
    ]
    rows = "".join(f"<li><b>{percent(share)} %</b> {words}</li>" for share, words in facts)
    rows += f"<li><b>{unknown['auroc']:.2f}</b> AUROC of familiarity: 1 tells the two apart, 0.5 is guessing</li>"
    classes = "".join(map(_left_out, unknown["classes"]))
    columns = ("left out", "pictures", "named", "with over 90 %", "mostly taken for")
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return (
        f'<p>Classes were left out in turn, then asked for. {NEAR_RELATIVES}</p><ul class="facts">{rows}</ul>'
        f'<div class="scroll"><table class="classes"><thead><tr>{head}</tr></thead>'
        f"<tbody>{classes}</tbody></table></div>"
    )


def _left_out(figures: dict[str, Any]) -> str:
    shares = "".join(f"<td>{percent(figures[key])} %</td>" for key in ("named", "named_surely"))
    name = figures["taken_for"]
    taken = "–" if name is None else f"<bdi>{escape(_clean(name))}</bdi> ({percent(figures['share'])} %)"
    label = f'<th scope="row"><bdi>{escape(_clean(figures["label"]))}</bdi></th>'
    return f"<tr>{label}<td>{figures['pictures']}</td>{shares}<td>{taken}</td></tr>"


def _test(test: dict[str, Any] | None) -> str:
    """Return the section on an own test set; nothing where there was none."""
    if test is None:
        return ""
    first, *rest = own_test_lines.lines(test)
    items = "".join(f"<li>{escape(_clean(line.strip()))}</li>" for line in rest)
    return (
        f'<section aria-labelledby="test"><h2 id="test">Your own test set</h2><p>{escape(_clean(first))}</p>'
        f"<ul>{items}</ul></section>"
    )


def _data(report: dict[str, Any], folder: Path) -> str:
    """Return what a click on a cell shows, as JSON inside the page. Mistakes get their pictures first."""
    pictures: dict[str, str] = {}
    cells = report["confusion"]
    for cell in sorted(cells, key=lambda cell: bool(cell["answer"] == cell["label"])):
        for example in cell["examples"][:MAX_PER_CELL]:
            if len(pictures) < MAX_PICTURES and (thumbnail := _thumbnail(folder / example)):
                pictures[example] = thumbnail
    shown = [
        {
            "label": _clean(cell["label"]),
            "answer": None if cell["answer"] is None else _clean(cell["answer"]),
            "examples": cell["examples"][:MAX_PER_CELL],
            "more": max(0, len(cell["examples"]) - MAX_PER_CELL),
        }
        for cell in cells
    ]
    text = json.dumps({"cells": shown, "pictures": pictures})
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _thumbnail(path: Path) -> str | None:
    try:
        return base64.b64encode(frame.encode_jpeg(frame.square(path, THUMBNAIL), 75)).decode()
    except PictureError:
        return None
