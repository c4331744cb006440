"""Reads the fields of a request. A missing field or a wrong type is refused with the field's
name.
"""

import math
from collections.abc import Mapping
from typing import Any

from console.simulator.replies import Refusal


class Fields:
    """The members of one JSON object in a request; every refusal is a 230 that names the field."""

    def __init__(self, members: Mapping[str, Any], inside: str = "") -> None:
        self._members = members
        self._inside = inside

    def __contains__(self, name: str) -> bool:
        """Whether the field is there; null is the same as absent."""
        return self._members.get(name) is not None

    def wrong(self, name: str, what: str) -> Refusal:
        """The refusal for one field. The caller raises it."""
        return Refusal("230", f"{self._inside}{name}: {what}")

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self._required(name)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a string")
        if not value.strip():
            raise self.wrong(name, "must not be empty")
        return value

    def number(self, name: str, lowest: float, highest: float) -> float:
        """A number from `lowest` to `highest`."""
        value = self._required(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "must be a number")
        if not lowest <= value <= highest or not math.isfinite(value):
            raise self.wrong(name, f"must be from {lowest:g} to {highest:g}")
        return float(value)

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self._required(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "must be an integer")
        return value

    def flag(self, name: str) -> bool:
        """true or false."""
        value = self._required(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def items(self, name: str) -> list[Any]:
        """A list of any values."""
        value = self._required(name)
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list")
        return value

    def integers(self, name: str, most: int | None = None) -> list[int]:
        """A list of whole numbers, of at most `most` items."""
        value = self.items(name)
        if any(isinstance(item, bool) or not isinstance(item, int) for item in value):
            raise self.wrong(name, "must be a list of integers")
        if most is not None and len(value) > most:
            raise self.wrong(name, f"must hold at most {most}, not {len(value)}")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self.items(name)
        if any(not isinstance(item, str) for item in value):
            raise self.wrong(name, "must be a list of strings")
        return value

    def object(self, name: str) -> "Fields":
        """The fields of the object in this field."""
        return self.inner(name, self._required(name))

    def objects(self, name: str) -> "list[Fields]":
        """The fields of each object in a list that is not empty."""
        value = self.items(name)
        if not value:
            raise self.wrong(name, "must not be empty")
        return [self.inner(f"{name}[{number}]", item) for number, item in enumerate(value)]

    def inner(self, name: str, value: Any) -> "Fields":
        """The fields of `value`, which is in the field of this name."""
        if not isinstance(value, dict):
            raise self.wrong(name, "must be an object")
        return Fields(value, f"{self._inside}{name}.")

    def _required(self, name: str) -> Any:
        value = self._members.get(name)
        if value is None:
            raise self.wrong(name, "is missing")
        return value
