"""Which call may be sent where: read-only, production, and names that no document knows."""

from typing import Any

import pytest

from console.batch import Item
from console.batch.results import question
from console.oioi.calls import AnyCall, Call, RfidVerify, SessionStart, User
from console.oioi.http.endpoint import PRODUCTION_URL
from console.permission import Allowed, Ask, Consent, Refused, may_send, may_use
from console.settings import Kind, Profile

TEST = Profile("bench", "http://127.0.0.1:9/api", Kind.TEST)
LIVE = Profile("live", "https://oioi.example/api", Kind.PRODUCTION)
DISGUISED = Profile("bench", PRODUCTION_URL, Kind.TEST)
LOCKED = Profile("locked", "https://oioi.example/api", Kind.PRODUCTION, read_only=True)

READ = RfidVerify("04523022AA4881")
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")
MISSPELT = AnyCall("session-strat", {})
UNKNOWN_READ = AnyCall("parking-get-all", {})
YES, ANY_CALL = Consent.PRODUCTION, Consent.UNKNOWN_CALL


@pytest.mark.parametrize(
    ("call", "profile", "given", "wanted"),
    [
        (READ, TEST, (), None),
        (READ, LIVE, (), None),
        (READ, LOCKED, (), None),
        (START, TEST, (), None),
        (START, LIVE, (), {YES}),
        (START, DISGUISED, (), {YES}),
        (START, LIVE, (YES,), None),
        (START, LIVE, (ANY_CALL,), {YES}),
        (MISSPELT, TEST, (), {ANY_CALL}),
        (MISSPELT, TEST, (YES,), {ANY_CALL}),
        (MISSPELT, TEST, (ANY_CALL,), None),
        (MISSPELT, LIVE, (), {YES, ANY_CALL}),
        (MISSPELT, LIVE, (YES, ANY_CALL), None),
        (UNKNOWN_READ, LIVE, (), {ANY_CALL}),
        (UNKNOWN_READ, LOCKED, (), {ANY_CALL}),
    ],
)
def test_what_is_asked_before_a_call(
    call: Call[Any], profile: Profile, given: tuple[Consent, ...], wanted: set[Consent] | None
) -> None:
    permission = may_send(call, profile, given)
    if wanted is None:
        assert permission == Allowed()
    else:
        assert isinstance(permission, Ask)
        assert permission.wanted == wanted


@pytest.mark.parametrize("given", [(), (YES,), (YES, ANY_CALL)])
@pytest.mark.parametrize("call", [START, MISSPELT])
def test_no_consent_lets_a_command_through_where_only_reading_is_allowed(
    call: Call[Any], given: tuple[Consent, ...]
) -> None:
    assert may_send(call, LOCKED, given) == Refused(f"Read-only: {call.key} was not sent.")


def test_the_question_names_what_goes_where_and_for_whom() -> None:
    asked = may_send(START, LIVE)
    assert isinstance(asked, Ask)
    assert asked.title == "session-start on PRODUCTION"
    text = "\n".join(asked.lines)
    for word in ("live", "oioi.example", "DE*8PS*E1", "DE*8PS*9DC4AB*X"):
        assert word in text


def test_the_question_about_a_misspelt_call_offers_the_nearest_and_shows_no_token() -> None:
    call = AnyCall("session-strat", {"user": {"identifier-type": "token", "identifier": "tok-1"}})
    asked = may_send(call, TEST)
    assert isinstance(asked, Ask)
    text = "\n".join(asked.lines)
    assert "did you mean session-start?" in text
    assert "tok-1" not in text


@pytest.mark.parametrize("kind", ["uid", "evco-id"])
def test_what_a_batch_asks_may_always_be_sent(kind: str) -> None:
    for identifier in ("04523022AA4881", "DE*8PS*9DC4AB*X"):
        item = Item(line=1, typed=identifier, kind=kind, to_send=identifier)
        assert may_send(question(item), LOCKED) == Allowed()


REDIRECTED = Profile("live", "http://127.0.0.1:9/api", Kind.PRODUCTION).with_endpoint(
    "http://127.0.0.1:8/api"
)


@pytest.mark.parametrize(
    ("profile", "in_use", "is_picked", "wanted"),
    [
        (TEST, LIVE, True, None),
        (TEST, LIVE, False, set()),
        (LIVE, TEST, True, {YES}),
        (LIVE, TEST, False, {YES}),
        (DISGUISED, Profile("other"), True, {YES}),
        (LIVE, LIVE, False, None),
        (LIVE, REDIRECTED, True, {YES}),
        (REDIRECTED, LIVE, True, {YES}),
    ],
)
def test_what_is_asked_before_another_profile_is_used(
    profile: Profile, in_use: Profile, is_picked: bool, wanted: set[Consent] | None
) -> None:
    permission = may_use(profile, in_use, is_picked=is_picked)
    if wanted is None:
        assert isinstance(permission, Allowed)
    else:
        assert isinstance(permission, Ask)
        assert permission.wanted == wanted
        assert permission.title == f"Use {profile.label if not wanted else 'PRODUCTION'}"
        assert profile.host in "\n".join(permission.lines)
