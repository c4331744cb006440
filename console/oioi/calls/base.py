"""What all calls have in common: a key, fields, a body, and how an answer is read."""

import json
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from console.oioi.calls.catalogue import STATION_CALLS, is_read
from console.oioi.places import Json

T = TypeVar("T")


class CallError(ValueError):
    """A call that cannot be built; the text says in one sentence why."""


MAX_DEPTH = 100
"""Levels of lists and objects in a request; OIOI has four. What reads them is recursive."""


def _is_deeper_than(levels: int, value: Json) -> bool:
    """Whether lists and objects stand in each other more than so many levels deep."""
    level = [value]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


class Call(ABC, Generic[T]):
    """One call: a key, its fields, and how to read what comes back."""

    reads_secrets: ClassVar[bool] = False
    """Whether `read` is given the answer with its secrets, which it must hide in every `repr`."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The name of the call, the single key of the request object."""

    @abstractmethod
    def fields(self) -> dict[str, Json]:
        """The members sent under the key."""

    @property
    def reads_stations(self) -> bool:
        """Whether `read` is given the bytes of the answer, which may be a very long list."""
        return self.key in STATION_CALLS

    def read(self, answer: Json) -> tuple[T | None, tuple[str, ...]]:
        """What a successful answer says, an object; and what was odd in it, a text each."""
        return None, ()

    @property
    def is_command(self) -> bool:
        """Whether the call changes something, so that it must not be repeated blindly."""
        return not is_read(self.key)

    def body(self) -> bytes:
        """The request's body: the envelope in UTF-8.

        CallError if JSON cannot say it, or it is nested deeper than MAX_DEPTH.
        """
        fields = self.fields()
        if _is_deeper_than(MAX_DEPTH, fields):
            raise CallError(f"{self.key} is nested more than {MAX_DEPTH} levels deep.")
        try:
            text = json.dumps({self.key: fields}, ensure_ascii=False, allow_nan=False)
            return text.encode()
        except ValueError as error:  # NaN, or half of a surrogate pair
            raise CallError(f"{self.key} cannot be written as JSON in UTF-8: {error}.") from None
