"""Which other spellings of a number are proposed, after what was asked so far."""

from datetime import UTC, datetime

import pytest

from console.oioi import identifiers
from console.oioi.calls import RfidVerify
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor
from screens.widgets.evco_lookups import Lookup, proposals

TYPED, REVERSED, PADDED = "8148AA22305204", "04523022AA4881", "0000008148AA22305204"
READING = identifiers.read(TYPED)
KNOWN = b'{"result": {"code": 0}, "evco-id": "DE*8PS*D89761*2"}'
UNKNOWN = b'{"result": {"code": 191}}'
LOCKED = b'{"result": {"code": 192}}'
BROKEN = b"<html>"
AT = datetime(2026, 11, 26, 15, 55, 46, tzinfo=UTC)


def lookup(asked: str, body: bytes | None) -> Lookup:
    """A question, with this answer of the server or none yet."""
    if body is None:
        return Lookup(1, asked, READING, True, AT)
    status = 500 if body == BROKEN else 200
    attempt = Attempt(1, AT, left=True, answer=Answer(status, (), read_body(body, Redactor())))
    return Lookup(1, asked, READING, True, AT, judge(RfidVerify(asked), [attempt], Redactor()))


def shown(*lookups: Lookup, marked: Lookup | None = None) -> list[tuple[str, bool]]:
    """The spellings that are shown, each with whether a key asks about it."""
    return [(each.value, each.has_key) for each in proposals(READING, lookups, marked)]


def test_the_likeliest_spelling_is_the_first() -> None:
    assert shown() == [(REVERSED, True), (PADDED, True)]


@pytest.mark.parametrize("body", [KNOWN, UNKNOWN, LOCKED, BROKEN])
def test_a_reversed_spelling_that_was_asked_stays_and_can_be_asked_again(body: bytes) -> None:
    typed = lookup(TYPED, UNKNOWN)
    assert shown(typed, lookup(REVERSED, body), marked=typed) == [(REVERSED, True), (PADDED, True)]
    assert shown(lookup(REVERSED, body)) == [(REVERSED, True), (PADDED, True)]


def test_what_is_being_asked_is_not_asked_once_more() -> None:
    assert shown(lookup(REVERSED, None)) == [(REVERSED, False), (PADDED, True)]


def test_a_key_that_is_held_down_asks_about_each_spelling_once() -> None:
    typed, padded = lookup(TYPED, UNKNOWN), lookup(PADDED, UNKNOWN)
    reversed_ = lookup(REVERSED, UNKNOWN)
    assert shown(reversed_, typed, marked=reversed_) == [(PADDED, True)]
    assert shown(padded, reversed_, typed, marked=padded) == [(REVERSED, False)]
    assert shown(reversed_, padded, typed, marked=reversed_) == []


@pytest.mark.parametrize(
    ("body", "is_known"), [(KNOWN, True), (LOCKED, True), (UNKNOWN, False), (BROKEN, False)]
)
def test_a_blocked_card_is_known_and_a_failure_says_nothing(body: bytes, is_known: bool) -> None:
    assert lookup(REVERSED, body).is_known is is_known


@pytest.mark.parametrize(
    ("evco_id", "provider"),
    [
        ("DE*8PS*D89761*2", "8PS"),
        ("DE8PSD897612", "8PS"),
        ("nl-tnm-000122045-u", "TNM"),
        ("04523022AA4881", ""),
        ("", ""),
    ],
)
def test_the_provider_stands_behind_the_country(evco_id: str, provider: str) -> None:
    assert identifiers.provider_of(evco_id) == provider
