"""What a call is about, in a line of the history."""

from typing import Any

from console.oioi.calls import Call, about
from console.secrets import redacted

LONGEST = 200
"""Characters of a subject."""


def subject_of(call: Call[Any]) -> str:
    """What the call is about, in words and in one line, without secrets: `DE*DEM*E1, …`."""
    text = ", ".join(text for _, text in about(call))
    return " ".join(redacted(text).split())[:LONGEST]


def compact(text: str) -> str:
    """A text as it is compared without separators and case: `DE8PS9DC4ABX` in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())
