"""Finds the data a call asked for in an answer (PROTOCOL.md 2.3 rows 8 to 13)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from console.oioi.tolerant import CaseFoldedMembers

Json = Any
"""Any JSON value."""


def member(members: Mapping[str, Json], name: str) -> Json:
    """The member of this name in any spelling (PROTOCOL.md 2.3 row 13), or None."""
    if name in members:
        return members[name]
    return CaseFoldedMembers(members).get(name) if members else None


def parts(
    answer: Json, call: str, opened: Callable[[Json], Json] = lambda value: value
) -> Iterator[Json]:
    """The parts of an answer in which servers put the data of a call, the most likely first.

    Under the call's name, under its subject (`rfid` of rfid-post, `fleet-cards` of
    fleet-post-cards), under `user` or `session`, at the top, inside `result` (PROTOCOL.md 2.3
    rows 8 to 11). `opened` decodes a member that has not been decoded yet.
    """
    if not isinstance(answer, dict):
        yield answer
        return
    members = CaseFoldedMembers(answer)
    for name in dict.fromkeys(likely_names(call)):
        if name in members:
            yield opened(members.get(name))
    yield answer
    if "result" in members:
        yield opened(members.get("result"))


def places(answer: Mapping[str, Json], call: str) -> Iterator[Mapping[str, Json]]:
    """The `parts` of an answer that are objects."""
    return (part for part in parts(answer, call) if isinstance(part, dict))


@lru_cache(maxsize=128)
def likely_names(call: str) -> tuple[str, ...]:
    """The names under which servers put the data of a call, the most likely first: its name, the
    name without its verbs, each word of that, `user` and `session`."""
    parts = [part for part in call.split("-") if part not in _VERBS]
    return tuple(dict.fromkeys((call, "-".join(parts), *parts, "user", "session")))


_VERBS = frozenset({"get", "post", "add", "by", "all", "start", "stop"})


def first(answer: Mapping[str, Json], call: str, name: str) -> Json:
    """The first value found under `name` in any of the `places`, or None."""
    return first_in(map(CaseFoldedMembers, places(answer, call)), name)


def folded_places(answer: Json, call: str) -> tuple[CaseFoldedMembers, ...]:
    """The `places`, for who asks each of them for several names."""
    return tuple(map(CaseFoldedMembers, places(answer, call))) if answer else ()


def first_in(found: Iterable[CaseFoldedMembers], name: str) -> Json:
    """The first value under `name` in any of these places, or None."""
    for place in found:
        if (value := place.get(name)) is not None:
            return value
    return None
