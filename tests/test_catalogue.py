"""The 43 documented calls: what is known of each, and how `send` uses it.

`data/calls.json` are cases: the name of a call, and whether it reads, commands, or is misspelt.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.calls import (
    CATALOGUE,
    KNOWN_CALLS,
    AnyCall,
    CallKind,
    about,
    is_read,
    kind_of,
    nearest_call,
    undocumented,
    unfilled,
    unknown_call,
)
from console.oioi.calls.kinds import kind_by_name
from console.oioi.calls.members import Member
from tests.command_line import KEY, Ran, run_here
from tests.keyring_fixtures import own_home
from tests.raw_server import RawServer, answer

__all__ = ["own_home"]

pytestmark = pytest.mark.usefixtures("own_home")

ROOT = Path(__file__).parent
CASES = json.loads((ROOT / "data" / "calls.json").read_text(encoding="utf-8"))
PROTOCOL = (ROOT.parent / "console" / "oioi" / "PROTOCOL.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| \d+ \| `([a-z-]+)` \| ([^|]+) \| ([^|]*) \| ([^|]*) \|", PROTOCOL, re.M)
"""The rows of PROTOCOL.md 2.2: a call, who sends it, its fields, the data of its answer."""

every_call = pytest.mark.parametrize("key", CATALOGUE)


async def send(server: RawServer, *words: str) -> Ran:
    return await run_here("send", *words, "--endpoint", server.url, environ={"OIOI_API_KEY": KEY})


# The catalogue says what the document says


def test_the_catalogue_has_the_calls_of_the_document_in_its_order() -> None:
    assert [key for key, *_ in ROWS] == list(CATALOGUE)
    assert len(CATALOGUE) == 43


OPTIONAL_IN_PRACTICE = {
    ("fleet-post-members", "partner-identifier"),  # missing in the docs' example
    ("station-get-surface", "filters"),  # missing in the recorded calls (PROTOCOL.md 2.7)
    ("session-post", "meter-value-signed"),  # of one operator
}


@pytest.mark.parametrize(("key", "_by", "fields", "_data"), ROWS)
def test_the_members_of_a_call_are_those_of_the_document(
    key: str, _by: str, fields: str, _data: str
) -> None:
    for member in CATALOGUE[key].members:
        found = re.search(rf"(?<![a-zA-Z-]){re.escape(member.name)}(\??)(?![a-zA-Z-])", fields)
        assert found, member.name
        if (key, member.name) not in OPTIONAL_IN_PRACTICE:
            assert member.is_required == (found[1] == ""), member.name
    documented = re.findall(
        r"([a-z-]+)\?? (?:\[[sio]\]|[sifbo])(?=[,:. (;]|$)", fields.split(": ")[0]
    )
    inside = {inner.name for member in CATALOGUE[key].members for inner in member.members}
    assert {member.name for member in CATALOGUE[key].members} | inside >= set(documented)


@pytest.mark.parametrize(("key", "_by", "_fields", "data"), ROWS)
def test_the_data_of_an_answer_stands_where_the_document_says(
    key: str, _by: str, _fields: str, data: str
) -> None:
    where = CATALOGUE[key].data
    if key == "station-get-by-center-radius":
        return  # not documented; as the other searches answer
    assert not where.under or f"`{where.under}`" in data
    assert all(name in data for name in where.members)
    assert bool(where.members) == (not data.startswith("none") or "user-post-details" in data)


@pytest.mark.parametrize(("key", "by", "_fields", "_data"), ROWS)
def test_who_sends_a_call_is_as_the_document_says(
    key: str, by: str, _fields: str, _data: str
) -> None:
    sender = str(CATALOGUE[key].sender)
    words = {"platform": "an app", "operator": "operator", "EMP": "provider"}
    assert all(word in sender for name, word in words.items() if name in by)


@every_call
def test_the_name_alone_tells_the_kind_of_every_documented_call_but_four(key: str) -> None:
    """So the kind of an unknown call is told by the same rule."""
    by_name = {
        "session-start": CallKind.CHANGE,
        "session-stop": CallKind.CHANGE,
        "adyen-verify": CallKind.LOOKUP,
        "api-minimum-version-number": CallKind.CHANGE,
    }
    assert kind_by_name(key) is by_name.get(key, kind_of(key))


@pytest.mark.parametrize(
    ("key", "reads"),
    [
        ("user-subscription-plans-get", True),
        ("vehicle-get-all", True),
        ("api-minimum-version-number", True),
        ("adyen-verify", False),
        ("user-reset", False),
        ("parking-get-all", True),
        ("badge-verify", True),
        ("something-new", False),
        ("getaway", False),
    ],
)
def test_what_reads_and_what_commands(key: str, reads: bool) -> None:
    assert is_read(key) is reads


# A misspelt call


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SESSION-START", "session-start"),
        ("sessionStart", "session-start"),
        ("SessionStart", "session-start"),
        ("StartSession", "session-start"),
        ("start-session", "session-start"),
        ("sessionstart", "session-start"),
        (" session start ", "session-start"),
        ("session\N{EN DASH}stop", "session-stop"),
        ("station_get_by_ids", "station-get-by-ids"),
        ("get-stations-by-ids", "station-get-by-ids"),
        ("user-get-recent-session", "user-get-recent-sessions"),
        ("tariff-get-by-station-ids", "tariffs-get-by-station-ids"),
        ("fleet-post-card", "fleet-post-cards"),
        ("session-begin", "session-start"),
        ("reservation-cancel", "reservation-stop"),
        ("rfid-check", "rfid-verify"),
        ("station-get-by-radius", "station-get-by-center-radius"),
        ("xyz", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_a_misspelt_call_is_like_one_that_is_known(typed: str, meant: str | None) -> None:
    assert nearest_call(typed) == meant


@given(st.sampled_from(sorted(KNOWN_CALLS)), st.data())
def test_one_wrong_letter_still_finds_the_call(key: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(key) - 2))
    swapped = key[:place] + key[place + 1] + key[place] + key[place + 2 :]
    left_out = key[:place] + key[place + 1 :]
    for typed in (swapped, left_out, key.upper(), key.replace("-", "_"), key.replace("-", " ")):
        assert nearest_call(typed) is not None
        if len(key) > 12 or typed not in (swapped, left_out):
            assert nearest_call(typed) == key


def test_what_is_meant_is_said_in_one_sentence() -> None:
    assert unknown_call("session-strat").endswith("session-strat; did you mean session-start?")
    assert unknown_call("xyz").endswith("the call xyz.")


# Templates


@every_call
def test_a_template_is_as_documented_and_holds_nothing_of_a_real_customer(key: str) -> None:
    template = CATALOGUE[key].template
    assert undocumented(key, template) == ()
    assert "true" not in json.dumps(template).replace('"is-open-24": true', "")
    assert not re.search(r"[A-Z]{2}\*|\d{6}|@", json.dumps(template))


def _filled_in_already(value: Any) -> set[str]:
    """The texts of a template that are no placeholders."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return set().union(*map(_filled_in_already, inner))
    return {value} if isinstance(value, str) and not re.fullmatch("<[^<>]+>", value) else set()


def test_a_template_leaves_everything_to_be_filled_in_but_what_is_one_of_a_few_words() -> None:
    words = set().union(*(_filled_in_already(row.template) for row in CATALOGUE.values()))
    assert words == {"evco-id", "Available", "paypal", "NEW_REQUEST", "km", "EUR"}


@every_call
def test_a_template_of_a_command_is_not_sent_before_it_is_filled_in(key: str) -> None:
    template = CATALOGUE[key].template
    assert is_read(key) or unfilled(key, template)
    assert unfilled(key, {}) == ()


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return value.strip("<>") if isinstance(value, str) else value


@every_call
def test_a_filled_in_template_is_sent(key: str) -> None:
    filled = _filled(CATALOGUE[key].template)
    assert unfilled(key, filled) == ()
    assert undocumented(key, filled) == ()


def _in_template(members: tuple[Member, ...]) -> set[str]:
    return {member.name for member in members if member.is_in_template}


@every_call
def test_a_template_has_every_member_that_has_to_be_there(key: str) -> None:
    members = CATALOGUE[key].members
    assert {member.name for member in members if member.is_required} <= _in_template(members)
    assert set(CATALOGUE[key].template) == _in_template(members)


# What is not as documented

USER = {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"}


@pytest.mark.parametrize(
    ("key", "members", "found"),
    [
        ("session-start", {"user": USER, "connector-id": "1"}, []),
        ("session-start", {"user": USER}, ["connector-id: missing"]),
        ("session-start", {}, ["user: missing", "connector-id: missing"]),
        (
            "session-start",
            {"user": USER, "connectorId": "1", "connector-id": 1356},
            ["connectorId: not documented", "connector-id: a text expected, not a whole number"],
        ),
        (
            "session-stop",
            {"user": USER, "connector-id": "1", "session_id": "7"},
            ["session_id: not documented, did you mean session-id?"],
        ),
        (
            "session-stop",
            {"user": {**USER, "identifier-type": "card"}, "connector-id": " "},
            [
                "user.identifier-type: one of evco-id, rfid, username, token expected",
                "connector-id: empty",
            ],
        ),
        ("rfid-verify", {"rfid": None}, ["rfid: a text expected, not null"]),
        ("rfid-verify", {"user": "x"}, ["rfid: missing", "user: not documented"]),
        (
            "station-get-by-ids",
            {"station-ids": ["1", 2, 3.5, True]},
            [
                "station-ids[0]: a whole number expected, not a text",
                "station-ids[2]: a whole number expected, not a number",
                "station-ids[3]: a whole number expected, not true or false",
            ],
        ),
        (
            "station-get-by-ids",
            {"station-ids": 7},
            ["station-ids: a list expected, not a whole number"],
        ),
        (
            "station-get-by-ids",
            {"station-ids": [1] * 11},
            ["station-ids: at most 10 expected, not 11"],
        ),
        (
            "reservation-start",
            {"connector-id": "1", "identifier": [{"evco-id": "x"}, {"rfid": "y"}, []]},
            ["identifier[1].evco-id: missing", "identifier[2]: an object expected, not a list"],
        ),
        (
            "station-get-by-center-radius",
            {"center-lat": 1, "center-long": 2.5, "radius": 3, "unit": "km"},
            [],
        ),
        ("adyen-verify", {"anything": 1}, []),
        ("nobody-knows-it", {"anything": 1}, []),
    ],
)
def test_what_differs_from_the_documents_is_named(
    key: str, members: dict[str, Any], found: list[str]
) -> None:
    assert list(undocumented(key, members)) == found


def test_no_value_is_repeated_where_a_password_may_stand_in_the_wrong_place() -> None:
    members = {"username": ["s3cret"], "password": {"s": "s3cret"}, "is-token": "s3cret"}
    assert "s3cret" not in repr(undocumented("user-verify", members))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(KNOWN_CALLS)), st.data())
def test_members_of_any_kind_are_compared(key: str, data: st.DataObject) -> None:
    names = sorted(CATALOGUE[key].template) or ["x"]
    members = data.draw(st.dictionaries(st.sampled_from(names) | st.text(), json_values))
    assert all(isinstance(text, str) for text in undocumented(key, members))
    assert isinstance(about(AnyCall(key, members)), list)


# Through the command line


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["call"]))
async def test_a_call_is_sent_as_the_cases_say(case: dict[str, Any]) -> None:
    expected = case["expected"]
    async with RawServer(answer(503, {})) as server:
        ran = await send(server, case["call"], json.dumps(case["members"]), "--attempts", "1")
        if "did_you_mean" not in expected:
            assert ran.status == {"read": 3, "command": 4}[expected["is"]]
            return
        assert not server.requests
        assert (ran.status, ran.out) == (2, "")
        assert expected["did_you_mean"] in ran.err


async def test_a_call_that_nobody_knows_is_sent_when_that_is_asked_for() -> None:
    async with RawServer(answer()) as server:
        ran = await send(server, "session-strat", '{"x": 1}', "--any-call")
    assert ran.status == 0
    assert server.requests[0].json == {"session-strat": {"x": 1}}


@pytest.mark.parametrize(
    "words",
    [("session start", "{}"), ("session", "start", "{}"), ("session", "start"), ("start session",)],
)
async def test_a_call_with_blanks_in_its_name_is_offered_as_one_word(
    words: tuple[str, ...],
) -> None:
    async with RawServer(answer()) as server:
        ran = await send(server, *words, "--any-call")
    assert ran.status == 2
    assert "did you mean session-start?" in ran.err
    assert not server.requests


async def test_what_is_not_as_documented_is_said_and_sent_all_the_same() -> None:
    async with RawServer(answer()) as server:
        ran = await send(server, "session-stop", '{"conector-id": 7}', "--json")
    assert ran.status == 0
    assert ran.json["verdict"] == "success"
    assert server.requests[0].json == {"session-stop": {"conector-id": 7}}
    assert "Not as session-stop is documented: user: missing" in ran.err
    assert "did you mean connector-id?" in ran.err


async def test_a_template_is_printed_with_no_key_and_no_server() -> None:
    ran = await run_here("send", "--template", "session-stop", environ={"OIOI_API_KEY": ""})
    assert ran.status == 0
    assert ran.json == CATALOGUE["session-stop"].template
    assert "command" in ran.err
    misspelt = await run_here("send", "--template", "session-strat", environ={"OIOI_API_KEY": ""})
    assert (misspelt.status, misspelt.out) == (2, "")
    assert "did you mean session-start?" in misspelt.err


async def test_a_template_that_was_not_filled_in_is_not_sent() -> None:
    template = CATALOGUE["session-start"].template
    half_done = {**template, "connector-id": "DE*8PS*E12345*1"}
    async with RawServer(answer()) as server:
        ran = await send(server, "session-start", json.dumps(half_done))
    assert ran.status == 2
    assert "user.identifier" in ran.err
    assert "connector-id" not in ran.err
    assert not server.requests
