"""Modules that are imported when one of their names is first asked for."""

import importlib
from typing import Any


class Later:
    """Stands for a module that the first frame can do without, at the top of one that it needs.

    For a type checker the module itself is imported in its place, under `TYPE_CHECKING`.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)
