"""Identifiers of customers, shortened so that a colleague knows them again and nobody else.

DE*8PS*9DC4AB*X   ->  DE*8PS*9D…*X     an EVCO ID: who issued it, and its two ends
04523022AA4881    ->  …4881            a card: its last four characters
jane@example.com  ->  ja…              any other name
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from console.customers import LEAST, SEPARATORS
from console.oioi.redact import BULLETS
from console.oioi.secret_members import folded

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange

READ_BYTES = 64 * 1024
"""Bytes of an answer, up to which identifiers are looked for in it."""

_MEMBERS = frozenset({"identifier", "evcoid", "contractid", "rfid", "rfids", "uid", "username"})
"""Members that hold an identifier of a customer, without case, `-` and `_`."""

_CONTRACT = re.compile(
    r"([A-Z]{2})([*-]?)([A-Z0-9]{3})\2(?=[A-Z0-9]*[0-9])([A-Z0-9]{6,9})(?:([*-]?)([A-Z0-9]))?",
    re.IGNORECASE,
)
_UID = re.compile(r"(?:[0-9A-F]{2}[:\- ]?){4,10}", re.IGNORECASE)


def shortened(identifier: str) -> str:
    """An identifier of a customer as the note shows it."""
    bare = identifier.strip()
    if BULLETS in bare:
        return bare
    if _UID.fullmatch(bare):
        return f"…{re.sub('[: -]', '', bare)[-4:]}"
    if found := _CONTRACT.fullmatch(bare):
        country, separator, provider, instance, before, check = found.groups()
        end = f"{before}{check}" if check and before else bare[-1]
        return f"{country}{separator}{provider}{separator}{instance[:2]}…{end}"
    return f"{bare[:2]}…" if len(bare) > LEAST else "…"


def identifiers_in(value: Any) -> Iterator[str]:
    """The identifiers of customers that stand in a JSON value under the names known for them."""
    waiting = [("", value)]
    while waiting:
        name, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(str(key), inner) for key, inner in item.items()]
        elif isinstance(item, list):
            waiting += [(name, inner) for inner in item]
        elif folded(name) in _MEMBERS and isinstance(item, str | int) and str(item).strip():
            yield str(item)


def identifiers_in_exchange(exchange: Exchange) -> Iterator[str]:
    """The identifiers of customers in the request and in the short answers."""
    with suppress(ValueError, RecursionError):  # that of another program, from a file
        yield from identifiers_in(json.loads(exchange.request.body.decode(errors="replace")))
    for attempt in exchange.attempts:
        body = attempt.answer.body if attempt.answer else None
        if body is not None and len(body.json) <= READ_BYTES:
            yield from identifiers_in(body.value)


def spelled(identifier: str) -> re.Pattern[str] | None:
    """What finds an identifier in a text, in any case and with any separators; None for one that is
    too short to be looked for.
    """
    signs = re.sub(f"[{SEPARATORS}]", "", identifier.strip())
    if len(signs) < LEAST:
        return None
    return re.compile(rf"(?i)(?<!\w){f'[{SEPARATORS}]?'.join(map(re.escape, signs))}(?!\w)")


def with_short(text: str, identifiers: Iterable[str]) -> str:
    """`text` with each of these identifiers shortened, in any case and with any separators."""
    for identifier in sorted(set(identifiers), key=len, reverse=True):
        if pattern := spelled(identifier):
            text = pattern.sub(shortened(identifier).replace("\\", r"\\"), text)
    return text
