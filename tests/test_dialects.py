"""Servers speak dialects: each of their known answers is judged as known, in its own terms.

The answers in `data/dialects` are written after PROTOCOL.md 2.2 and 2.5 to 2.7, a server a file.
"""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.assets import read_text
from console.oioi.calls import AnyCall
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body
from console.oioi.judgement.dialects import Dialect, recognise
from console.oioi.judgement.outcome import Outcome, judge
from console.oioi.redact import Redactor
from console.oioi.stations import decode_stations
from screens.widgets import exchange_words

DATA = Path(__file__).parent / "data"
SERVERS = ("plugsurfing_v4", "plugsurfing_v3", "steve", "wwcp")
START, STOP, RADIUS = "session-start", "session-stop", "station-get-by-center-radius"

ANSWERS = [
    pytest.param(answer, id=f"{server}: {answer['call']} {answer['status']}, {answer['says']}")
    for server in SERVERS
    for answer in json.loads((DATA / "dialects" / f"{server}.json").read_text(encoding="utf-8"))
]


def judged(call: str, status: int, body: Any) -> Outcome[Any]:
    """The outcome of one answer; a body of None is an empty one."""
    raw = b"" if body is None else json.dumps(body).encode()
    answer = Answer(status, (), read_body(raw, Redactor()))
    attempt = Attempt(1, datetime(2026, 11, 22, tzinfo=UTC), left=True, answer=answer)
    return judge(AnyCall(call, {}), [attempt], Redactor())


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_judged_as_listed(answer: dict[str, Any]) -> None:
    outcome = judged(answer["call"], answer["status"], answer["body"])
    assert (
        outcome.verdict,
        outcome.code,
        outcome.dialect,
        outcome.may_have_taken_effect,
    ) == (answer["verdict"], answer["code"], answer["dialect"], answer["may_have_started"])


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_explained_in_its_servers_terms(answer: dict[str, Any]) -> None:
    outcome = judged(answer["call"], answer["status"], answer["body"])
    for field, words in answer["explained"].items():
        assert words in getattr(outcome.explanation, field)


def test_what_a_steve_server_says_of_starts_is_not_said_of_others() -> None:
    """The same 404, 310 and success have other meanings where connectors have EVSE IDs."""
    of_steve = judged(START, 404, {"error": {"request": "EVSE not found"}})
    of_others = judged(START, 404, {"error": "EVSE not found"})
    assert "connector numbers of its own" in of_steve.explanation.meaning
    assert "connector numbers of its own" not in of_others.explanation.meaning


def test_a_310_on_a_400_means_a_field_only_where_wwcp_answers() -> None:
    body = {"result": {"code": 310, "message": "no"}}
    assert "nothing was started" in judged(START, 400, body).explanation.meaning
    with_error = judged(START, 400, body | {"error": "no"})
    assert with_error.dialect == Dialect.OIOI_V4
    assert "nothing was started" not in with_error.explanation.meaning


NOT_TOLD: list[tuple[str, int, object]] = [
    (START, 200, None),
    (START, 200, {}),
    (START, 200, {"status": "ok"}),
    (START, 200, {"result": {}}),
    (START, 401, None),
    (START, 502, {"message": "Bad gateway"}),
    (START, 400, {"timestamp": "now", "status": 400, "error": "Bad Request", "path": "/"}),
    (START, 400, {"error": {}}),
    (START, 400, {"error": {"request": "no", "id": 1}}),
    (START, 422, {"error": {"request": "no"}}),
    ("rfid-verify", 404, {"error": {"request": "no"}}),
    ("rfid-verify", 200, {"error": {"request": "no"}}),
    ("rfid-verify", 200, [{"stations": []}]),
]


@pytest.mark.parametrize(("call", "status", "body"), NOT_TOLD)
def test_no_dialect_is_guessed_where_nothing_tells(call: str, status: int, body: Any) -> None:
    assert recognise(call, status, body, None) is Dialect.UNKNOWN


@pytest.mark.parametrize(
    "session",
    [
        {"success": True, "session-id": 17},
        {"success": True, "session-id": "17a"},
        {"success": True, "reason": "fine"},
        {"success": "true"},
    ],
)
def test_a_session_built_otherwise_than_steves_is_plain_v3(session: dict[str, Any]) -> None:
    assert recognise(START, 200, {START: session}, None) is Dialect.OIOI_V3


@pytest.mark.parametrize("code", ["181", "320", "000"])
@pytest.mark.parametrize("call", [START, STOP, "rfid-verify"])
def test_a_code_beside_200_is_plain_v4(call: str, code: str) -> None:
    """WWCP answers so, too; the shape does not tell."""
    body = {"result": {"code": int(code), "message": ""}}
    assert recognise(call, 200, body, code) is Dialect.OIOI_V4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([START, "result", "code", "error", "request", "success", "session-id"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    call=st.sampled_from([START, STOP, "rfid-verify", "station-get-usage"]),
    status=st.integers(100, 599),
    body=JSON,
    code=st.none() | st.sampled_from(["000", "011", "140", "310", "873"]),
)
def test_only_an_object_with_a_result_code_is_v4(
    call: str, status: int, body: Any, code: str | None
) -> None:
    of_v4 = recognise(call, status, body, code) in (Dialect.OIOI_V4, Dialect.WWCP)
    assert of_v4 == (isinstance(body, dict) and code is not None)


@pytest.mark.parametrize(
    ("status", "body"), [(400, {"result": {"code": 230}}), (400, {"error": "no"}), (501, None)]
)
def test_a_refused_radius_search_names_the_way_round(status: int, body: Any) -> None:
    assert "station-get-surface" in judged(RADIUS, status, body).explanation.support_agent
    assert "station-get-surface" not in judged(START, status, body).explanation.support_agent


def test_explanations_ask_for_dialects_there_are() -> None:
    rules = tomllib.loads(read_text("explanations.toml"))["context"]
    asked = {dialect for rule in rules for dialect in rule.get("dialects", ())}
    assert asked == {Dialect.STEVE, Dialect.WWCP}


def test_what_was_recognised_is_shown_and_nothing_where_nothing_was() -> None:
    shown = exchange_words.explanation(judged(START, 400, {"error": {"request": "x"}}))
    assert ("speaks", "SteVe") in shown
    assert "speaks" not in dict(exchange_words.explanation(judged(START, 401, None)))


def test_the_dialect_is_no_part_of_the_public_json() -> None:
    assert "dialect" not in judged(START, 200, {"result": {"code": 0}}).to_json()


@pytest.mark.parametrize("shape", ["detail", "surface", "v3_detail", "v3_surface"])
def test_a_station_list_is_read_alike_in_every_dialect(shape: str) -> None:
    """What a list of stations shows without details: which, where, and whether one is free."""
    body = json.loads((DATA / f"stations_{shape}.json").read_text(encoding="utf-8"))
    call = "station-get-surface" if "surface" in shape else "station-get-by-ids"
    outcome = judged(call, 200, body)
    expected = Dialect.OIOI_V3 if "v3" in shape else Dialect.OIOI_V4
    assert (outcome.verdict, outcome.dialect) == ("success", expected)
    stations = decode_stations(body, call).stations
    assert {"1003", "137273"} <= {station.id for station in stations}
    assert all(station.name and station.position for station in stations)


def test_a_result_beside_its_list_tells_what_answers_a_radius_search() -> None:
    """Its answer was never documented; only with a result is it v4."""
    body: dict[str, list[object]] = {"stations": []}
    assert recognise(RADIUS, 200, body, None) is Dialect.OIOI_V3
    assert recognise(RADIUS, 200, body | {"result": {"code": 0}}, "000") is Dialect.OIOI_V4
