"""Optional packages: said by name where one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showtell.errors import MissingError

if TYPE_CHECKING:
    pass


def need(extra: str, *modules: str) -> None:
    """MissingError unless the modules of that extra can be imported."""
    for module in modules:
        try:
            __import__(module)
        except ImportError as error:
            raise MissingError(
                f"expected {module}, which this needs, and found none; install it with: pip install 'showtell[{extra}]'"
            ) from error
