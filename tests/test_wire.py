"""What came over the wire, read tolerantly and kept without secrets."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from console.oioi.http import json_bytes
from console.oioi.http.attempt import TRANSPORT_FAILURES, Answer, Attempt, Body, BodyKind, Failure
from console.oioi.http.bodies import read_body, read_headers, read_part
from console.oioi.http.encodings import TooLarge
from console.oioi.http.json_bytes import MEND_BYTES
from console.oioi.judgement.explanations import transport
from console.oioi.redact import Redactor

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
NOTHING_SECRET = Redactor()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"{}", BodyKind.JSON),
        (b" \r\n[1]\n", BodyKind.JSON),
        (b"12", BodyKind.JSON),
        (b"", BodyKind.EMPTY),
        (b" \r\n\t", BodyKind.EMPTY),
        (b"\xef\xbb\xbf", BodyKind.EMPTY),
        ("\ufeff \n".encode("utf-16-le"), BodyKind.EMPTY),
        (b"<!DOCTYPE html><p>", BodyKind.HTML),
        (b"  <!-- a --> <!-- b -->\n<HTML lang=de>", BodyKind.HTML),
        (b"<head><title>Log in", BodyKind.HTML),
        (b'<?xml version="1.0"?> <!-- a --><!DOCTYPE HTML PUBLIC>', BodyKind.HTML),
        (b"<!-- a <html> <!-- b", BodyKind.TEXT),
        (b"<error>no such path</error>", BodyKind.TEXT),
        (b"<headline>", BodyKind.TEXT),
        (b"OK", BodyKind.TEXT),
        (b"\x00\x01\x02", BodyKind.TEXT),
        (b'{"cut": ', BodyKind.TEXT),
    ],
)
def test_what_a_body_turns_out_to_be(raw: bytes, kind: BodyKind) -> None:
    assert read_body(raw, NOTHING_SECRET).kind is kind


@pytest.mark.parametrize(("end", "kind"), [(b"<p>", BodyKind.TEXT), (b"<html>", BodyKind.HTML)])
def test_any_number_of_comments_may_stand_before_a_page(end: bytes, kind: BodyKind) -> None:
    """Each one more took twice as long once; at 24 it was seconds."""
    assert read_body(b"<!-- a -->" * 10_000 + end, NOTHING_SECRET).kind is kind


def test_bytes_that_windows_1252_does_not_know_are_kept() -> None:
    body = read_body(b"\x80 \x81 \xe9", NOTHING_SECRET)
    assert body.text == "€ \x81 é"


def test_the_last_of_two_members_of_one_name_counts() -> None:
    assert read_body(b'{"a": 1, "a": 2}', NOTHING_SECRET).value == {"a": 2}


def test_a_number_beyond_64_bits_keeps_its_digits() -> None:
    """A session-id may be one."""
    raw = b'{"session-id": 123456789012345678901234567890}'
    assert read_body(raw, NOTHING_SECRET).value == {"session-id": 123456789012345678901234567890}


def test_what_is_shown_of_an_answer_is_what_was_sent_but_for_the_secrets() -> None:
    raw = f'{{"a":1,  "key": "{KEY}"}}'.encode()
    body = read_body(raw, Redactor((KEY,)))
    assert body.text == '{"a":1,  "key": "••••7c88"}'
    assert body.value == {"a": 1, "key": "••••7c88"}
    assert body.judged == {"a": 1, "key": KEY}
    assert KEY not in repr(body)


def test_a_key_of_digits_does_not_make_the_answer_unreadable() -> None:
    body = read_body(b'{"id": 123456, "key": "123456"}', Redactor(("123456",)))
    assert body.kind is BodyKind.JSON
    assert body.value == {"id": 123456, "key": "••••"}
    assert "123456" not in body.text


def test_headers_come_without_cookies_and_keys() -> None:
    headers = [("Set-Cookie", "a=1"), ("X-Echo", f"key={KEY}"), ("Server", "x"), ("API-Key", "y")]
    shown = dict(read_headers(headers, Redactor((KEY,))))
    assert shown == {
        "Set-Cookie": "••••",
        "X-Echo": "key=••••7c88",
        "Server": "x",
        "API-Key": "••••",
    }


def test_a_header_is_found_in_any_spelling() -> None:
    answer = Answer(503, (("retry-after", "1"), ("Retry-After", "9")), Body(BodyKind.EMPTY))
    assert answer.header("Retry-After") == "1"
    assert answer.joined("retry-AFTER") == "1, 9"
    assert answer.header("Date") is answer.joined("Date") is None


def hostile(pattern: bytes, size: int, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + pattern * (size // len(pattern)) + after


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (hostile(b"00,", MEND_BYTES, b"[", b"0]"), BodyKind.TEXT),
        (hostile(b'{"', MEND_BYTES + 2), BodyKind.TEXT),
        (hostile(b'"\\ud800",', MEND_BYTES, b"[", b"0]"), BodyKind.JSON),
        (hostile(b"NaN,", MEND_BYTES, b"[", b"0]"), BodyKind.JSON),
        (hostile(b"1e999,", MEND_BYTES, b"[", b"0]"), BodyKind.JSON),
        (hostile(b"00,", MEND_BYTES - 9, b"[", b"0]"), BodyKind.JSON),
    ],
    ids=lambda value: str(value)[:12],
)
def test_only_a_small_body_is_mended(body: bytes, kind: BodyKind) -> None:
    assert read_body(body, NOTHING_SECRET).kind is kind


def test_a_large_body_with_a_number_that_is_none_is_read_without_it() -> None:
    station = b'{"id": 7, "power": NaN, "name": "S\\u00e4ule \\ud83d"},'
    stations = hostile(station, 2 * MEND_BYTES, b'{"stations": [', b"null]}")
    body = read_body(stations, NOTHING_SECRET)
    assert body.value["stations"][0] == {"id": 7, "power": None, "name": "Säule ?"}
    assert len(body.notes) == 1


@pytest.mark.parametrize("value", [b"[],", b"{},", b"1,", b'"",', b'{"":1},'])
def test_json_that_would_fill_the_memory_is_not_read(value: bytes) -> None:
    fits = hostile(value, 300_000, b"[", b"0]")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_bytes, "MAX_JSON_BYTES", 3_000_000)
        with pytest.raises(TooLarge):
            read_body(fits, NOTHING_SECRET)
    tracemalloc.start()
    read = read_body(fits, NOTHING_SECRET)
    assert read.value
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.kind is BodyKind.JSON
    assert used <= json_bytes._memory(fits) + 2 * len(fits), "the estimate is on the safe side"


@pytest.mark.parametrize("end", range(len(KEY) - 1, 5, -1))
def test_a_secret_that_an_answer_was_cut_off_in_is_masked_too(end: int) -> None:
    shown = read_part(f'{{"echo": "key={KEY[:end]}'.encode(), Redactor((KEY,))).text
    assert shown == '{"echo": "key=••••'


def test_a_token_that_an_answer_was_cut_off_in_is_masked_too() -> None:
    shown = read_part(b'{"user": {"token": "4f1d-98', NOTHING_SECRET).text
    assert shown == '{"user": {"token": "••••"'


def test_a_part_of_an_answer_is_text_or_nothing() -> None:
    assert read_part(b"{}", NOTHING_SECRET).kind is BodyKind.TEXT
    assert read_part(b"", NOTHING_SECRET).kind is BodyKind.EMPTY
    assert read_part(b"S\xc3", NOTHING_SECRET).text == "S\N{REPLACEMENT CHARACTER}"


def test_an_attempt_has_the_status_of_a_part_too() -> None:
    part = Answer(200, (), Body(BodyKind.EMPTY))
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    cut = Attempt(1, now, failure=Failure("truncated", left=True, part=part))
    assert (cut.http_status, cut.error) == (200, "truncated")
    assert Attempt(1, now, failure=Failure("dns", left=False)).http_status is None
    assert Attempt(1, now, answer=part).error is None


@pytest.mark.parametrize("name", TRANSPORT_FAILURES)
def test_every_failure_has_an_explanation(name: str) -> None:
    assert transport(name).listed


@pytest.mark.parametrize("before", range(90))
def test_a_key_beside_wrapped_json_is_masked_before_the_text_is_cut(before: int) -> None:
    raw = b"x" * before + f" {KEY} ".encode() + b'{"result": {"code": 0}}' + b"y" * 90
    (note,) = read_body(raw, Redactor((KEY,))).notes
    for length in range(8, len(KEY)):
        assert KEY[:length] not in note
    assert len(note) < 150
