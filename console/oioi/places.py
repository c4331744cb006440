"""Where what a call asked for stands in an answer (protocol.md 2.3 rows 8 to 13)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from console.oioi.tolerant import CaseFoldedMembers

Json = Any
"""A value as JSON knows it."""


def member(members: Mapping[str, Json], name: str) -> Json:
    """The member of this name in any spelling (protocol.md 2.3 row 13), or None."""
    return CaseFoldedMembers(members).get(name)


def places(answer: Mapping[str, Json], call: str) -> Iterator[Mapping[str, Json]]:
    """The objects in which servers put what a call asked for, the likeliest first.

    Under the call's name, under what it is about (`rfid` of rfid-post, `fleet-cards` of
    fleet-post-cards), under `user` or `session`, at the top, inside `result` (protocol.md 2.3
    rows 8 to 11).
    """
    for name in (*_names(call), "user", "session"):
        inner = member(answer, name)
        if isinstance(inner, dict):
            yield inner
    yield answer
    result = member(answer, "result")
    if isinstance(result, dict):
        yield result


@lru_cache(maxsize=128)
def _names(call: str) -> tuple[str, ...]:
    """A call's name, the parts of it that are no verb, and these without the verb between them."""
    parts = [part for part in call.split("-") if part not in _VERBS]
    return tuple(dict.fromkeys((call, "-".join(parts), *parts)))


_VERBS = frozenset({"get", "post", "add", "by", "all", "start", "stop"})


def first(answer: Mapping[str, Json], call: str, name: str) -> Json:
    """The first value found under `name` in any of the `places`, or None."""
    found = (member(place, name) for place in places(answer, call))
    return next((value for value in found if value is not None), None)
