"""The handover note: what a ticket or a hotline needs, in Markdown that no server can break."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from console.journal.exports import markdown
from console.journal.exports.live import as_kept
from console.journal.exports.note import to_note
from console.journal.exports.note_in_short import note_in_short
from console.journal.exports.shortening import identifiers_in, shortened, with_short
from console.oioi import AnyCall, User
from console.oioi.http.attempt import Answer, Attempt, Look
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Began, Exchange, Request, begin
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor, visible
from console.oioi.sessions import Session, Stage
from console.oioi.stations import State
from console.servers import ServerRef
from tests.kept import CUSTOMER, TOKEN, all_answered, answered
from tests.raw_server import answer, reset

OCCUPIED = {"result": {"code": 320, "message": "EVSE occupied"}}
BERLIN = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 26, 23, 54, 55, tzinfo=UTC)


def made(message: str, *, body: bytes | None = None, look: Look | None = None) -> Any:
    """A refused start at NOW, without a server."""
    user = {"identifier-type": "evco-id", "identifier": CUSTOMER}
    call = AnyCall("session-start", {"user": user, "connector-id": "DE*DEM*E100008*1"})
    sent = body or json.dumps({"result": {"code": 320, "message": message}}).encode()
    attempt = Attempt(1, NOW, True, 12, Answer(409, (), read_body(sent, Redactor())), look=look)
    outcome = judge(call, [attempt], Redactor())
    request = Request(call.key, True, "https://oioi.example/", (), call.body())
    exchange = Exchange(request, NOW, 1, (attempt,), outcome=outcome, finished=NOW)
    return as_kept(exchange, ServerRef("staging"), subject=f"DE*DEM*E100008*1, {CUSTOMER}")


async def test_the_note_says_all_that_a_hotline_asks_for() -> None:
    kept = await answered(
        answer(503, {"error": "busy"}, headers={"Retry-After": "0"}), answer(409, OCCUPIED)
    )
    note = to_note([kept])
    outcome = kept.exchange.outcome
    assert outcome is not None
    for text in (
        "# session-start: refused, 320 EVSE already in use",
        " UTC (",
        kept.exchange.request.url,
        "profile `staging`",
        "**EVSE:** `DE*DEM*E100008*1`",
        "**Customer:** `DE*8PS*9D…*X` (evco-id)",
        "**HTTP status:** 409",
        "**It may have been carried out.** Look before it is sent again.",
        f"**Responsible:** {outcome.explanation.responsible}",
        "**Next:** ",
        "```text\nEVSE occupied\n```",
        "| 1 | ",
        "HTTP 503",
        "waited 0.0 s (back-off)",
        "HTTP 409",
    ):
        assert text in note
    assert CUSTOMER not in note
    assert CUSTOMER in to_note([kept], full=True)
    assert TOKEN not in to_note([kept], full=True)


def test_times_are_in_utc_and_here() -> None:
    note = to_note([made("no")], zone=BERLIN)
    assert "2026-11-26 23:54:55 UTC (2026-11-27 00:54:55 here, UTC+01:00)" in note
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    request = Request("rfid-verify", False, "https://x.example/", (), b"{}")
    other = as_kept(begin(Began(request, noon, 1)), ServerRef("staging"))
    note = to_note([other], zone=BERLIN)
    assert "2026-11-26 12:00:00 UTC (13:00:00 here, UTC+01:00)" in note
    assert "in flight, no answer yet" in note


async def test_several_exchanges_begin_with_a_line_each_the_oldest_first() -> None:
    kept = await all_answered([[answer(409, OCCUPIED)], [reset()]])
    note = to_note([*reversed(kept)])
    assert note.startswith("# 2 calls to OIOI\n\n- ")
    first, second = note.split("\n\n")[1].splitlines()
    assert first.endswith("`DE*DEM*E100008*1, DE*8PS*9D…*X`: refused, 320 EVSE already in use")
    assert second.endswith("outcome unknown, Connection broken off")
    assert note.count("\n## session-start: ") == 2


def test_a_session_begins_with_what_is_known_of_it() -> None:
    session = Session(
        User(CUSTOMER),
        "DE*DEM*E100008*1",
        NOW,
        stage=Stage.UNKNOWN,
        session_id="42|`<b>",
        seen=State.OCCUPIED,
        seen_at=NOW,
    )
    note = to_note([made("no")], session=session, zone=UTC, now=NOW)
    assert note.startswith("# Charging session: Outcome unknown\n\n- **Started:** 2026-11-26")
    assert "**Customer:** `DE*8PS*9D…*X`" in note
    assert "**Session:** ``42|`<b>``" in note
    assert "**Connector:** Occupied, read 2026-11-26 23:54:55 UTC" in note
    assert "**Next:** It may be running." in note
    assert "\n## session-start: refused, 320" in note


def test_a_look_between_two_attempts_is_in_the_table() -> None:
    note = to_note([made("no", look=Look(NOW, "Occupied", NOW, holds_back=True))])
    assert "looked: Occupied since" in note
    assert "probably yours" in note


def test_without_a_message_the_answer_is_quoted() -> None:
    assert "<h1>502</h1>" in to_note([made("", body=b"<html><h1>502</h1></html>")])
    note = to_note([made("", body=b'{"result": {"code": 320}, "evco-id": "DE*ABC*C00001*9"}')])
    assert '```text\n{"result":{"code":320},"evco-id":"DE*ABC*C0…*9"}\n```' in note
    long = to_note([made("x" * 5000)])
    assert "x" * 1000 + "…" in long
    assert "x" * 1001 not in long


def test_in_short_the_result_the_evse_the_time_and_what_to_do_come_first() -> None:
    kept = made("occupied\nby a car of " + CUSTOMER)
    lines = note_in_short(kept).splitlines()
    assert lines[:3] == [
        "session-start: refused, 320 EVSE already in use",
        "DE*DEM*E100008*1",
        "2026-11-26 23:54:55 UTC",
    ]
    assert kept.exchange.outcome is not None
    assert f"Next: {kept.exchange.outcome.explanation.support_agent}" in lines[:5]
    assert lines[-1] == "The server said: occupied by a car of DE*8PS*9D…*X"
    assert CUSTOMER not in "".join(lines)


# ------------------------------------------------------------ whatever the server says

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr"} | {
    *("th", "td", "text", "code_inline", "fence", "strong", "softbreak", "inline")
}
MARKUP = st.text(
    st.one_of(st.sampled_from("`~|\\<>[]()!#*_-+=&@:\n\r\t 1a"), st.characters(codec="utf-8")),
    max_size=60,
)


def kinds(note: str) -> set[str]:
    tokens = PARSER.parse(note)
    inner = [child for token in tokens for child in token.children or ()]
    return {token.type.removesuffix("_open").removesuffix("_close") for token in [*tokens, *inner]}


def fences(note: str) -> list[str]:
    return [token.content for token in PARSER.parse(note) if token.type == "fence"]


@settings(max_examples=200, deadline=None)
@given(said=MARKUP)
def test_a_server_cannot_break_the_markdown(said: str) -> None:
    note = to_note([made(said)], full=True)
    assert kinds(note) <= HARMLESS
    shown = visible(said.strip(), lines=True).rstrip()
    if said.strip():
        assert fences(note) == [f"{shown}\n"]
    headings = [token for token in PARSER.parse(note) if token.type == "heading_open"]
    assert len(headings) == 1


@pytest.mark.parametrize(
    "said",
    [
        "```\n# Owned\n<script>alert(1)</script>",
        "a | b | c\n|---|---|\n| x |",
        "</details><img src=x onerror=alert(1)> [a](javascript:x) @everyone #1",
        "````text\n```",
    ],
)
def test_famous_tricks_stay_text(said: str) -> None:
    note = to_note([made(said)])
    assert kinds(note) <= HARMLESS
    assert fences(note) == [f"{said}\n"]


@settings(max_examples=300, deadline=None)
@given(text=MARKUP)
@example("<b>x</b> <http://a.example> &amp; ![a](b) ~~c~~ # d")
def test_a_text_in_a_line_stays_that_text(text: str) -> None:
    shown = visible(" ".join(text.split()))
    for written in (markdown.code(text), markdown.plain(text)):
        if not shown:
            continue
        assert "\n" not in written
        inline = PARSER.parseInline(f"- a: {written}")[0]
        assert {child.type for child in inline.children or ()} <= {"text", "code_inline"}
        assert "".join(child.content for child in inline.children or ()) == f"- a: {shown}"


@pytest.mark.parametrize(
    "word", ["@octocat", "(@a/b", "https://evil.example/#1", "WWW.evil.example"]
)
def test_nobody_is_called_and_nothing_linked_by_a_text(word: str) -> None:
    written = markdown.plain(f"closed: {word} | `x`")
    assert written == f"closed: `{word}` \\| \\`x\\`"
    call = AnyCall(word, {})
    request = Request(call.key, True, "https://oioi.example/", (), call.body())
    note = to_note([as_kept(Exchange(request, NOW, 1), ServerRef("a"))])
    assert note.startswith(f"# `{word}`: ")


def test_a_connector_of_a_hostile_list_stays_code() -> None:
    user = {"identifier-type": "evco-id", "identifier": "`|<b>x</b>"}
    call = AnyCall("session-start", {"user": user, "connector-id": "`` # <i>"})
    request = Request(call.key, True, "https://oioi.example/`<b>", (), call.body())
    kept = as_kept(Exchange(request, NOW, 1), ServerRef("a`b|"), subject="```")
    for note in (to_note([kept]), to_note([kept, kept], full=True)):
        assert kinds(note) <= HARMLESS


# ------------------------------------------------------------ shortening


@pytest.mark.parametrize(
    ("identifier", "short"),
    [
        ("DE*8PS*9DC4AB*X", "DE*8PS*9D…*X"),
        ("DE-8PS-C9DC4ABCD-X", "DE-8PS-C9…-X"),
        ("DE8PSC9DC4ABCDX", "DE8PSC9…X"),
        ("04523022AA4881", "…4881"),
        ("04:52:30:22:AA:48:81", "…4881"),
        ("jane@example.com", "ja…"),
        ("bob", "…"),
        ("••••", "••••"),
    ],
)
def test_an_identifier_is_known_again_and_not_given_away(identifier: str, short: str) -> None:
    assert shortened(identifier) == short


def test_an_identifier_is_shortened_in_any_spelling() -> None:
    text = "de8ps9dc4abx, DE-8PS-9DC4AB-X and DE*8PS*9DC4AB*X but not DE*8PS*9DC4AB*XY"
    assert with_short(text, [CUSTOMER]).count("DE*8PS*9D…*X") == 3
    assert "XY" in with_short(text, [CUSTOMER])
    assert with_short("4 a 4", ["4"]) == "4 a 4"


def test_identifiers_are_found_under_their_names() -> None:
    value = {"user": {"identifier": "A"}, "rfids": [{"rfid": "B"}, "C"], "Evco_ID": "D", "x": "E"}
    assert set(identifiers_in(value)) == {"A", "B", "C", "D"}
