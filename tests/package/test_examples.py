"""The examples in the docstrings run as they stand, and everything in the Python reference has one."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import showtell
from showtell.errors import MissingError

REFERENCE = Path(__file__).parents[2] / "docs" / "reference.md"
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(showtell.__path__, "showtell.")
    if not module.name.endswith("__main__")
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", ["showtell", *MODULES])
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each docstring's in an empty folder of its own."""
    try:
        module = import_module(name)
    except (MissingError, ModuleNotFoundError) as error:  # it takes an extra of showtell
        pytest.skip(str(error))
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        folder = tmp_path / test.name
        folder.mkdir()
        monkeypatch.chdir(folder)
        runner.run(test)
    assert runner.failures == 0, "see the captured output"


def listed() -> Iterator[tuple[str, object, object]]:
    """Everything in the reference: its name, the thing itself, and the class that it is a method of, if any."""
    directives = re.findall(r"^\.\. auto(\w+):: ([\w.]+)\n((?:   :.*\n)*)", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert len(directives) > 15
    for kind, path, options in directives:
        if kind == "module":
            module = import_module(path)
            for name, thing in vars(module).items():
                if not name.startswith("_") and inspect.isclass(thing) and thing.__module__ == path:
                    yield name, thing, None
            continue
        thing = resolved(path)
        name = path.rpartition(".")[2]
        yield name, thing, None
        members = re.search(r":members:(.*)", options)
        if kind == "class" and members:
            named = [each.strip() for each in members[1].split(",") if each.strip()]
            for member in named or own(thing):
                yield f"{name}.{member}", inspect.getattr_static(thing, member), thing


def resolved(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def own(thing: object) -> list[str]:
    """The methods and properties that autodoc lists: public, with a docstring, of the class itself."""
    kinds = FunctionType, property, classmethod, staticmethod
    return [
        name
        for name, value in vars(thing).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, kinds))
        and inspect.getdoc(value)
    ]


def examples(thing: object) -> str:
    """The code of all examples in its docstring."""
    docstring = inspect.getdoc(thing) or ""
    return "".join(example.source for example in doctest.DocTestParser().get_examples(docstring))


def without_example() -> list[str]:
    """What the reference lists and no example shows; the example of a class may show its methods."""
    missing = []
    for name, thing, owner in listed():
        if inspect.isclass(thing) and issubclass(thing, Exception):
            continue
        shown = examples(owner) if owner and not isinstance(owner, ModuleType) else ""
        if not examples(thing) and not re.search(rf"\.{name.rpartition('.')[2]}\b", shown):
            missing.append(name)
    return missing


def test_everything_in_the_reference_has_an_example() -> None:
    assert without_example() == []
