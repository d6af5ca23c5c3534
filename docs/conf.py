"""The documentation's build, by `make docs`; nothing in its pages is loaded from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

import showtell
from showtell import errors
from showtell.cli.main import main

project = "showtell"
author = "the showtell authors"
version = release = showtell.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
nitpicky = True
# Types of other libraries, and names that stand for several types, have no page here.
nitpick_ignore_regex = [("py:.*", r"(?!showtell\.).*")]
default_role = "py:obj"
smartquotes = False  # quotes in code and in answers are meant as they are

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the course was run by scripts/run_course.py, all else by tests/package/test_docs.py
nb_ipywidgets_js: dict[str, Any] = {}  # its default comes from elsewhere
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

html_theme = "furo"
html_title = "showtell"
html_static_path = ["_static"]
html_css_files = ["showtell.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_favicon = "_static/icon.svg"
html_logo = "_static/icon.svg"
html_theme_options = {"source_edit_link": None, "source_view_link": None}

autodoc_default_options = {"member-order": "bysource"}
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {name: name for name in ("Picture", "Frame", "Progress")}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
toc_object_entries_show_parents = "hide"

FIELD = re.compile(r"(\w+(?:, \w+)*)  +(\S.*)")  # `confidence    in [0, 1]`: how docstrings list parameters and fields


def fields(lines: list[str]) -> list[str]:
    """Aligned lists of names and their meanings as definition lists, which reStructuredText would run together."""
    out: list[str] = []
    inside = False
    for line in lines:
        if field := FIELD.fullmatch(line):
            if not inside and out and out[-1]:
                out.append("")
            out += [f"``{field[1]}``".replace(", ", "``, ``"), f"    {field[2]}"]
            inside = True
        elif inside and line.startswith("  "):
            out.append("    " + line.strip())
        else:
            if inside and line:
                out.append("")
            inside = False
            out.append(line)
    return out


def linked(line: str) -> str:
    """Names of errors become links to them, and a plural's s may follow a name."""
    if line.startswith("    "):  # code
        return line
    line = re.sub(r"(`[^`]+`)s\b", r"\1\\ s", line)
    return re.sub(r"(?<![`.\w])(\w+Error)\b(?!`)", lambda name: _error(name[1]), line)


def _error(name: str) -> str:
    return f":exc:`~showtell.errors.{name}`" if hasattr(errors, name) else name


def _docstring(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    lines[:] = fields([linked(line) for line in lines])


def _signature(
    app: Sphinx, what: str, name: str, obj: object, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    def short(text: str | None) -> str | None:
        text = text and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", text)
        return text and re.sub(r"~?numpy\.ndarray\[tuple\[.*?\], ~?numpy\.dtype\[(.*?)\]\]", r"NDArray[\1]", text)

    return short(signature), short(returns)


def _math(writer: Any, node: nodes.math | nodes.math_block) -> None:
    writer.body.append(tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block)))
    raise nodes.SkipNode


class Commands(Directive):
    """What each command's --help says."""

    def run(self) -> list[nodes.Node]:
        out: list[nodes.Node] = []
        for name, command in main.commands.items():
            section = nodes.section(ids=[f"showtell-{name}"], names=[f"showtell-{name}"])
            context = click.Context(command, info_name=f"showtell {name}", max_content_width=100)
            text = command.get_help(context)
            section += [nodes.title("", f"showtell {name}"), nodes.literal_block(text, text, language="text")]
            out.append(section)
        return out


def setup(app: Sphinx) -> None:
    app.add_directive("commands", Commands)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    app.add_html_math_renderer("mathml", inline_renderers=(_math, None), block_renderers=(_math, None))
