"""What all calls have in common: a key, fields, a body, and a reader of the answer."""

import json
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from console.oioi.calls.catalogue import STATION_CALLS, is_read
from console.oioi.language import tr
from console.oioi.places import Json

T = TypeVar("T")


class CallError(ValueError):
    """A call cannot be built; the text says why in one sentence."""


MAX_DEPTH = 100
"""Levels of lists and objects in a request; OIOI has four. JSON is written recursively."""


def _fault(error: ValueError) -> str:
    """What JSON cannot express, in words, where Python names a codec or a float."""
    if isinstance(error, UnicodeEncodeError):
        half = ord(error.object[error.start])
        return f"\\u{half:04x} is half of a surrogate pair, which is no character"
    return "a number is too large, or is none"


def _is_deeper_than(levels: int, value: Json) -> bool:
    """Whether lists and objects are nested more than this many levels deep."""
    level = [value]
    for _ in range(levels + 1):
        if not level:
            return False
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


class Call(ABC, Generic[T]):
    """One call: a key, its fields, and how to read the answer."""

    reads_secrets: ClassVar[bool] = False
    """Whether `read` is given the answer with its secrets, which it must hide in every `repr`."""

    texts: ClassVar[tuple[str, ...]] = ()
    """The members of the answer that are text even if a server writes a number. `read` is given
    them as they were written, with leading zeros or as `1e5`.
    """

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
        """The data of a successful answer (None without any), and a text for each oddity in it."""
        return None, ()

    @property
    def is_command(self) -> bool:
        """Whether the call changes something, so that it must not be repeated blindly."""
        return not is_read(self.key)

    def body(self) -> bytes:
        """The request's body: the envelope in UTF-8.

        CallError if JSON cannot express it, or if it is nested deeper than MAX_DEPTH.
        """
        fields = self.fields()
        if _is_deeper_than(MAX_DEPTH, fields):
            said = tr("{call} is nested more than {n} levels deep.", call=self.key, n=MAX_DEPTH)
            raise CallError(said)
        try:
            text = json.dumps({self.key: fields}, ensure_ascii=False, allow_nan=False)
            return text.encode()
        except ValueError as error:  # NaN, or half of a surrogate pair
            said = tr(
                "{call} cannot be written as JSON in UTF-8: {error}.",
                call=self.key,
                error=_fault(error),
            )
            raise CallError(said) from None
