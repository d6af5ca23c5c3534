"""Optional packages: an error that says how to install one that is missing."""

from __future__ import annotations

from showtell.errors import MissingError


def need(extra: str, *modules: str) -> None:
    """Raise MissingError unless the modules of the extra can be imported.

    >>> need("torch", "no_such_module")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    showtell.errors.MissingError: expected no_such_module, ...
    """
    for module in modules:
        try:
            __import__(module)
        except ImportError as error:
            raise MissingError(
                f"expected {module}, which this needs, and found none; install it with: pip install 'showtell[{extra}]'"
            ) from error
