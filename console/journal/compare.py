"""What differs between two exchanges: outcome, request, answer; JSON by its members.

Pure, and bounded: at most MOST differences of at most LONGEST characters, and bodies beyond
LARGEST bytes are compared as a whole. Takes up to a few hundred milliseconds for large bodies, so
it is not called in an event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, zip_longest
from typing import Any

import msgspec

from console.journal.records import KeptExchange
from console.oioi.amounts import grouped
from console.oioi.http.attempt import Answer
from console.oioi.http.exchange import Exchange
from console.oioi.http.json_bytes import whole_value
from console.oioi.judgement.ruling import Verdict
from console.oioi.language import mark, tr
from console.verdict_words import verdict_word

MOST = 500
"""How many differences are listed."""

LONGEST = 200
"""Characters of a value that are listed."""

LARGEST = 1_000_000
"""Bytes of a body whose members are compared."""

IDS = ("id", "session-id", "evse-id", "connector-id", "uid", "identifier")
"""The members that tell the items of a list apart, if all items have one of their own."""

ALWAYS_DIFFERENT = ("date",)
"""Headers that say when, not what."""

_ABSENT: Any = object()
Pair = tuple[str, Any, Any]
"""A path, and what stands there in either of the two."""


class Part(StrEnum):
    """The part of an exchange in which something differs; the value is shown by `tr`."""

    OUTCOME = mark("outcome")
    REQUEST = mark("request")
    ANSWER = mark("answer")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `left` and `right` are its texts; None: it is not there."""

    part: Part
    path: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs; `is_cut`: there is more, or a body was too large to look into."""

    differences: tuple[Difference, ...]
    is_cut: bool = False


def compare(left: KeptExchange, right: KeptExchange) -> Comparison:
    """What differs between two exchanges."""
    pairs: list[tuple[Part, Iterable[Pair]]] = [
        (Part.OUTCOME, _outcomes(left, right)),
        (Part.REQUEST, _requests(left.exchange, right.exchange)),
        (Part.ANSWER, _answers(left.exchange.last_answer, right.exchange.last_answer)),
    ]
    found = (
        Difference(part, path, _text(one), _text(other))
        for part, unequal in pairs
        for path, one, other in unequal
    )
    differences = tuple(islice(found, MOST + 1))
    too_large = any(
        len(body) > LARGEST for each in (left, right) for body in _bodies(each.exchange)
    )
    return Comparison(differences[:MOST], len(differences) > MOST or too_large)


def _outcomes(left: KeptExchange, right: KeptExchange) -> Iterator[Pair]:
    facts = [
        # Translators: what differs between two exchanges, in the first column of a list
        (tr("profile"), left.entry.server.profile, right.entry.server.profile),
        (tr("call"), left.entry.call, right.entry.call),
        (tr("verdict"), _said(left.entry.verdict), _said(right.entry.verdict)),
        (tr("code"), left.entry.code, right.entry.code),
        (tr("HTTP status"), left.entry.http_status, right.entry.http_status),
        (tr("message"), _message(left.exchange), _message(right.exchange)),
        (tr("attempts"), left.entry.attempts, right.entry.attempts),
    ]
    for path, one, other in facts:
        if one != other:
            yield path, _ABSENT if one is None else one, _ABSENT if other is None else other


def _said(verdict: Verdict | None) -> str | None:
    return None if verdict is None else verdict_word(verdict)


def _message(exchange: Exchange) -> str | None:
    return (exchange.outcome.message or None) if exchange.outcome else None


def _requests(left: Exchange, right: Exchange) -> Iterator[Pair]:
    one, other = left.request, right.request
    if one.url != other.url:
        yield "URL", one.url, other.url
    yield from _headers(one.headers, other.headers)
    yield from _bodies_differ(one.body, one.body, other.body, other.body)


def _answers(left: Answer | None, right: Answer | None) -> Iterator[Pair]:
    if left is None or right is None:
        if left is not right:
            yield (
                "",
                _ABSENT if left is None else f"HTTP {left.status}",
                _ABSENT if right is None else f"HTTP {right.status}",
            )
        return
    yield from _headers(left.headers, right.headers)
    yield from _bodies_differ(left.body.json, left.body.shown, right.body.json, right.body.shown)


def _bodies(exchange: Exchange) -> Iterator[bytes]:
    yield exchange.request.body
    if exchange.last_answer is not None:
        yield exchange.last_answer.body.shown


def _headers(
    left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, Any, Any]]:
    ours, theirs = _joined(left), _joined(right)
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name, _ABSENT), theirs.get(name, _ABSENT)
        if one != other and name not in ALWAYS_DIFFERENT:
            yield tr("header {name}", name=name), one, other


def _joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}


def _bodies_differ(
    left_json: bytes, left: bytes, right_json: bytes, right: bytes
) -> Iterator[tuple[str, Any, Any]]:
    if left == right:
        return
    if max(len(left), len(right)) > LARGEST:
        # Translators: the body of a request or an answer
        yield tr("body"), _bytes(len(left)), _bytes(len(right))
        return
    one = whole_value(left_json) if left_json else None
    other = whole_value(right_json) if right_json else None
    if isinstance(one, dict | list) and isinstance(other, dict | list):
        yield from unequal_members(one, other)
    else:
        yield tr("body"), left.decode(errors="replace"), right.decode(errors="replace")


def _bytes(number: int) -> str:
    return tr("{n} bytes", n=grouped(number))


# JSON


def unequal_members(left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """The paths at which two JSON values differ, with what stands there, in the order of the text.

    The items of a list are paired by the member that tells them apart, else by their place.
    """
    waiting: list[tuple[str, Any, Any]] = [("", left, right)]
    while waiting:
        path, one, other = waiting.pop()
        inner: list[tuple[str, Any, Any]]
        if isinstance(one, dict) and isinstance(other, dict):
            inner = [
                (_member(path, name), one.get(name, _ABSENT), other.get(name, _ABSENT))
                for name in dict.fromkeys([*one, *other])
            ]
        elif isinstance(one, list) and isinstance(other, list):
            inner = _items(path, one, other)
        else:
            if type(one) is not type(other) or one != other:
                yield path or tr("body"), one, other
            continue
        waiting += reversed(inner)


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _items(path: str, left: list[Any], right: list[Any]) -> list[tuple[str, Any, Any]]:
    for name in IDS:
        ours, theirs = _by_id(left, name), _by_id(right, name)
        if ours is not None and theirs is not None and (ours or theirs):
            return [
                (f"{path}[{name}={key}]", ours.get(key, _ABSENT), theirs.get(key, _ABSENT))
                for key in dict.fromkeys([*ours, *theirs])
            ]
    return [
        (f"{path}[{at}]", one, other)
        for at, (one, other) in enumerate(zip_longest(left, right, fillvalue=_ABSENT))
    ]


def _by_id(items: list[Any], name: str) -> dict[str, Any] | None:
    """The items by this member; None unless each has its own."""
    found: dict[str, Any] = {}
    for item in items:
        key = item.get(name) if isinstance(item, dict) else None
        if not isinstance(key, str | int) or str(key) in found:
            return None
        found[str(key)] = item
    return found


def _text(value: Any) -> str | None:
    """A value as it is listed; None if it is not there."""
    if value is _ABSENT:
        return None
    if isinstance(value, str):
        text = str(value)
    else:
        try:
            text = msgspec.json.encode(value).decode()
        except (TypeError, ValueError, RecursionError, OverflowError):
            text = "…"  # nested deeper than can be written
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
