"""Modules that are imported when one of their names is first used."""

import importlib
from typing import Any


class Later:
    """Replaces the import of a module that the first frame does not need.

    Under `TYPE_CHECKING` the module itself is imported, so that a type checker knows its names.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)
