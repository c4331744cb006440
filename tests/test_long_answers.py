"""A long answer is kept as bytes: read once, judged as a short one, made a value when asked."""

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from console.oioi.calls import (
    AnyCall,
    Call,
    ChargingKeys,
    SessionStart,
    StationSearch,
    User,
    UserVerify,
)
from console.oioi.http import bodies, json_bytes
from console.oioi.http.attempt import Answer, Attempt, Body, BodyKind
from console.oioi.http.bodies import read_body
from console.oioi.http.json_bytes import MEND_BYTES, SMALL_BYTES
from console.oioi.http.reader import memory
from console.oioi.http.reader.work import MOST_ITEMS, Read, Work, done
from console.oioi.http.reading import ASIDE_BYTES, read_answer
from console.oioi.http.wrappings import LONGEST
from console.oioi.judgement.outcome import Verdict, judge
from console.oioi.judgement.ruling import rule
from console.oioi.judgement.statements import telling_members
from console.oioi.places import folded_places
from console.oioi.redact import Redactor
from console.oioi.stations import packed

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
SEARCH = StationSearch(52.5, 13.4, 5)
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")
OK = {"result": {"code": 0, "message": "Success."}}


def station(number: int, **members: Any) -> dict[str, Any]:
    return {"id": number, "name": "Säule", "latitude": 52.5, "longitude": 13.4, **members}


def stations(count: int) -> list[dict[str, Any]]:
    return [station(number) for number in range(count)]


MANY = 2 * SMALL_BYTES // 60
LONG = json.dumps({"stations": stations(MANY), **OK}, ensure_ascii=False).encode()


def attempt(body: Body, status: int = 200) -> Attempt:
    return Attempt(1, datetime(2026, 11, 26, tzinfo=UTC), True, 12, Answer(status, (), body))


async def answered(call: Call[Any], raw: bytes, notes: tuple[str, ...] = (), key: str = KEY) -> Any:
    """The outcome of `send`, from the bytes on; its data is what each test says."""
    redactor = Redactor((key,))
    body, data = await read_answer(raw, call, redactor, notes)
    return judge(call, [attempt(body)], redactor, data)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The JSON of which the whole value was made."""
    whole_value: Callable[[bytes], Any] = json_bytes.whole_value
    seen: list[bytes] = []

    def counted(data: bytes) -> Any:
        seen.append(data)
        return whole_value(data)

    for module in (json_bytes, bodies):
        monkeypatch.setattr(module, "whole_value", counted)
    return seen


# --- Read once


@pytest.mark.parametrize("call", [SEARCH, AnyCall(SEARCH.key, {})])
async def test_stations_come_from_the_bytes_and_the_value_when_it_is_asked_for(
    made: list[bytes], call: Call[Any]
) -> None:
    assert len(LONG) > ASIDE_BYTES
    outcome = await answered(call, LONG)
    assert outcome.verdict is Verdict.SUCCESS
    assert len(outcome.data.stations) == MANY
    assert not outcome.issues
    assert not made
    assert outcome.to_json()["response"]["stations"][-1]["id"] == MANY - 1
    assert outcome.response is outcome.response
    assert len(made) == 1


async def test_what_is_no_list_of_stations_is_made_a_value_once(made: list[bytes]) -> None:
    cards = [{"uid": f"{number:014X}"} for number in range(MANY)]
    raw = json.dumps({"user": {"charging-keys": cards}, **OK}).encode()
    outcome = await answered(ChargingKeys(User("X")), raw, ("encoding: odd",))
    assert len(outcome.data) == MANY
    assert len(outcome.response["user"]["charging-keys"]) == MANY
    assert outcome.issues == ("encoding: odd",)
    assert len(made) == 1


def test_of_a_list_that_nobody_has_the_app_makes_the_beginning_and_the_end_records() -> None:
    cards = [{"uid": f"{number:014X}"} for number in range(12_345)]
    raw = json.dumps({"user": {"charging-keys": cards}, **OK}).encode()
    call = ChargingKeys(User("X"))
    made = done(Work(len(raw), call.key, Redactor().secrets, call), raw)
    memory.close(made.descriptors)
    assert isinstance(made.reply, Read)
    assert made.reply.data is not None
    data, issues = pickle.loads(made.reply.data)
    assert len(data) == MOST_ITEMS
    assert [data[0].uid, data[-1].uid] == [cards[0]["uid"], cards[-1]["uid"]]
    assert issues == ("12,345 entries: only the first and the last 2,500 are read",)


def test_of_a_long_list_nothing_is_read_for_the_judgement() -> None:
    judged = read_body(LONG, Redactor()).judged
    assert judged == {"stations": [json_bytes.UNREAD], **OK}


@pytest.mark.parametrize("inside", [1, 2])
def test_a_long_object_is_a_list_by_another_name(inside: int) -> None:
    answer: Any = {"stations": {str(number): station(number) for number in range(MANY)}}
    if inside == 2:
        answer = {"user": answer}
    judged = read_body(json.dumps({**answer, **OK}).encode(), Redactor()).judged
    assert len(json.dumps(judged)) < 200
    assert judged["result"] == OK["result"]


def test_an_answer_that_is_shown_as_it_came_is_kept_once() -> None:
    body = read_body(LONG, Redactor((KEY,)))
    assert body.json is body.shown is LONG


# --- Judged as a short one


LONG_TEXT = "It failed. " * (SMALL_BYTES // 10)
ANSWERS: list[dict[str, Any]] = [
    OK,
    {"result": {"code": "320", "message": "Occupied"}},
    {"result": "Success"},
    {"Result": {"Code": 193}},
    {"code": 181},
    {"result": 404},
    {"result": []},
    {"success": False, "reason": "no"},
    {"session-start": {"success": True, "session-id": 17, "is-stoppable": 1}},
    {"session": {"session_id": "17"}, "result": {"code": "100"}},
    {"session-start": {"success": False, "reason": LONG_TEXT}},
    {"user": {"verified": False}},
    {"error": {"request": "no such thing"}},
    {"error": ["a", {"b": [LONG_TEXT, "c"]}, *(f"text {number}" for number in range(20_000))]},
    {"result": {"code": 140, "message": LONG_TEXT}},
    {"result": {"code": 0}, "success": "false"},
    {"rfid": None},
    {},
]


def test_a_long_object_that_is_not_read_is_not_an_empty_one() -> None:
    """An empty session-id tells nothing; any other one does."""
    answer = {"session-id": {str(number): station(number) for number in range(MANY)}}
    body = read_body(json.dumps(answer).encode(), Redactor())
    assert telling_members(folded_places(body.judged, START.key)) == {"session-id"}


@pytest.mark.parametrize("call", [START, SEARCH, AnyCall("user-verify", {})])
@pytest.mark.parametrize("said", ANSWERS, ids=lambda said: json.dumps(said)[:40])
def test_a_long_answer_is_judged_by_what_stands_beside_its_lists(
    call: Call[Any], said: dict[str, Any]
) -> None:
    long, long_user = stations(MANY), {**said.get("user", {}), "stations": stations(MANY)}
    for answer in (
        {**said, "stations": long},
        {"companies": {str(number): {"id": number} for number in range(MANY)}, **said},
        {**said, "user": long_user},
    ):
        body = read_body(json.dumps(answer).encode(), Redactor())
        read_whole = replace(body, judged=body.value)
        for status in (200, 404, 500):
            seen, expected = (rule(call, Answer(status, (), each)) for each in (body, read_whole))
            assert seen == expected


# --- What is odd is made clean once, and goes the same way


def as_utf16(text: str) -> bytes:
    return text.encode("utf-16")


PLAIN = LONG.decode()
ODD = PLAIN.replace('"latitude"', '"last-static-change": NaN, "latitude"', 1)
WRAPPED = json.dumps({"stations": stations(MANY), **OK})


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (PLAIN.encode("utf-16"), "encoding: UTF-16"),
        (PLAIN.encode("utf-16-le"), "encoding: UTF-16"),
        (PLAIN.encode("latin-1"), "encoding: not UTF-8"),
        (b"\xef\xbb\xbf" + LONG, "encoding: starts"),
        (ODD.encode(), "JSON: leading zeros"),
        (ODD.encode("utf-16"), "encoding: UTF-16"),
        (PLAIN.replace('"id": 0,', '"id": 000,', 1).encode(), "JSON: leading zeros"),
        (PLAIN.replace('"id": 0,', '"id": 0, "notes": "\\ud83d",', 1).encode(), "JSON: leading"),
        (ODD.encode() + b" " * MEND_BYTES, "JSON: NaN"),
        (f"[{WRAPPED}]".encode(), "JSON: wrapped, in a list"),
        (json.dumps(WRAPPED).encode(), "JSON: wrapped, in a text"),
        (f"Notice: x\n{WRAPPED}".encode(), "JSON: wrapped, beside"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
async def test_stations_of_a_long_odd_answer_are_those_of_a_plain_one(
    raw: bytes, note: str
) -> None:
    assert len(raw) > ASIDE_BYTES
    assert len(WRAPPED) < LONGEST
    plain = await answered(SEARCH, LONG)
    odd = await answered(SEARCH, raw)
    assert odd.verdict is Verdict.SUCCESS
    assert odd.code == "000"
    assert odd.issues[0].startswith(note)
    facts = [(each.id, each.name, each.position) for each in plain.data.stations]
    assert [(each.id, each.name, each.position) for each in odd.data.stations] == facts
    json.dumps(odd.to_json(), allow_nan=False)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000])
async def test_a_number_too_large_in_a_long_list_costs_only_itself(number: str) -> None:
    raw = PLAIN.replace('"latitude": 52.5', f'"latitude": {number}', 1).encode()
    outcome = await answered(SEARCH, raw)
    found = [each.id for each in outcome.data.stations if each.id != "0"]
    assert found == [str(n) for n in range(1, MANY)]
    assert outcome.to_json()["response"]["stations"][0] == {**station(0), "latitude": None}


# --- Secrets


@pytest.mark.parametrize("said", [KEY, KEY.upper(), "%35" + KEY[1:], "\\u0035" + KEY[1:]])
async def test_a_key_in_a_long_answer_is_in_nothing_that_is_made_of_it(said: str) -> None:
    raw = PLAIN.replace("Säule", f"key={said}", 1).encode()
    outcome = await answered(SEARCH, raw)
    body = outcome.attempts[0].answer.body
    for made in (body.shown, body.json, json.dumps(outcome.response).encode(), repr(body).encode()):
        assert KEY[:30].encode() not in made.lower()
        assert said.encode() not in made
    assert outcome.data.stations[0].name == "key=••••7c88"
    assert len(outcome.data.stations) == MANY


async def test_a_key_of_digits_does_not_make_a_long_answer_unreadable() -> None:
    digits = "1234567890123456"
    raw = PLAIN.replace('"id": 0', f'"id": {digits}', 1).replace("Säule", digits, 2)
    outcome = await answered(SEARCH, raw.encode(), key=digits)
    assert outcome.verdict is Verdict.SUCCESS
    assert [each.id for each in outcome.data.stations][1:] == [str(n) for n in range(1, MANY)]
    assert digits not in json.dumps(outcome.response)
    assert outcome.data.stations[1].name == "••••3456"


async def test_a_token_in_a_long_answer_reaches_the_call_and_nothing_else() -> None:
    answer = {"user": {"token": "secret-token-1", "stations": stations(MANY)}, **OK}
    outcome = await answered(UserVerify("a@b.example", "pw"), json.dumps(answer).encode())
    assert outcome.data.token == "secret-token-1"
    assert outcome.response["user"]["token"] == "••••"
    assert "secret-token-1" not in repr(outcome)


# --- What is no object, or in pieces


@pytest.mark.parametrize("blanks", range(4))
def test_a_character_may_lie_anywhere_in_a_long_body(blanks: int) -> None:
    raw = b" " * blanks + json.dumps("€" * 2**19, ensure_ascii=False).encode()
    body = read_body(raw, Redactor())
    assert body.kind is BodyKind.JSON
    assert not body.notes


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (json.dumps(stations(MANY)).encode(), BodyKind.JSON),
        (json.dumps("x" * 2 * SMALL_BYTES).encode(), BodyKind.JSON),
        (b" " * SMALL_BYTES + LONG, BodyKind.JSON),
        (LONG[:-1], BodyKind.TEXT),
        (LONG + b"}" + b" " * LONGEST, BodyKind.TEXT),
        (b'{"a":' * 100_000, BodyKind.TEXT),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, BodyKind.TEXT),
        (b"9" * 2 * SMALL_BYTES, BodyKind.TEXT),
        (json.dumps(dict.fromkeys(map(str, range(20_000)), 1)).encode(), BodyKind.JSON),
    ],
    ids=["list", "text", "blanks", "cut off", "too long", "open", "deep", "number", "members"],
)
async def test_what_a_long_body_turns_out_to_be(raw: bytes, kind: BodyKind) -> None:
    outcome = await answered(SEARCH, raw)
    body = outcome.attempts[0].answer.body
    assert body.kind is kind
    if kind is BodyKind.JSON:
        assert outcome.response == json.loads(raw)
    else:
        assert outcome.response == raw.decode()


def test_a_member_that_is_not_there_is_kept_without_looking_through_all_modules() -> None:
    kept = pickle.dumps(msgspec.UNSET)
    assert pickle.loads(kept) is msgspec.UNSET
    assert packed.__name__.encode() in kept, "pickle was told where it is"
