"""A HAR file and a curl command that somebody sends become exchanges without secrets."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from console.journal.codec import pack
from console.journal.curl_reading import read_curl
from console.journal.exports.curl import curl_line
from console.journal.exports.har import to_har
from console.journal.imports import ImportedCall, ImportTrouble, read_import
from console.oioi.judgement.outcome import Verdict
from console.servers import IMPORTED
from tests.command_line import KEY
from tests.kept import CUSTOMER, START, TOKEN, all_answered, answered
from tests.raw_server import answer, close, cut, reset

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
URL = "https://oioi.example/api/v4/request"
STOP = {"session-stop": {"session-id": "it's 5 €"}}
BODY = json.dumps(STOP, ensure_ascii=False)


def only(text: str) -> ImportedCall:
    [found] = read_import(text, NOW)
    return found


# ------------------------------------------------------------ curl commands

BASH_OF_CHROME = r"""curl 'https://oioi.example/api/v4/request' \
  -H 'accept: */*' \
  -H 'authorization: key=%s' \
  -H 'content-type: application/json' \
  --data-raw $'{"session-stop": {"session-id": "it\'s 5 \u20ac"}}' \
  --compressed --insecure"""
CMD_OF_CHROME = r"""curl ^"https://oioi.example/api/v4/request^" ^
  -H ^"authorization: key=%s^" ^
  -H ^"content-type: application/json^" ^
  --data-raw ^"^{^\^"session-stop^\^": ^{^\^"session-id^\^": ^\^"it's 5 €^\^"^}^}^" """
CMD_OF_OLDER_CHROME = r"""curl "https://oioi.example/api/v4/request" ^
  -H "authorization: key=%s" ^
  --data-raw "{\"session-stop\": {\"session-id\": \"it's 5 €\"}}" ^
  --compressed"""
POSTMAN = r"""curl --location --request POST 'https://oioi.example/api/v4/request' \
--header 'Authorization: key=%s' \
--header 'Content-Type: application/json' \
--data '{
    "session-stop": {
        "session-id": "it'\''s 5 €"
    }
}'"""
POWERSHELL = """curl.exe -X POST `
  -H "Authorization: key=%s" `
  -d '{\\"session-stop\\": {\\"session-id\\": \\"it''s 5 €\\"}}' `
  https://oioi.example/api/v4/request"""
HERE_STRING = """@'
{"session-stop": {"session-id": "it's 5 €"}}
'@ | curl.exe -H 'Authorization: key=%s' --data-binary '@-' https://oioi.example/api/v4/request"""
COLLEAGUE = r"""$ curl -sSkXPOST -HAuthorization:\ key=%s -d "{\"session-stop\":
> {\"session-id\": \"it's 5 €\"}}" --url=https://oioi.example/api/v4/request | jq . > out.json
{"result": {"code": 0}}"""
ECHO = r"""# as told on the phone
echo '{"session-stop": {"session-id": "it'"'"'s 5 €"}}' | /usr/bin/curl -d @- \
-H "Authorization: key=%s" https://oioi.example/api/v4/request 2>/dev/null && echo done"""
ONE_LINE_OF_CMD = (
    r"""C:\Windows\System32\curl.exe -d "{\"session-stop\": {\"session-id\": \"it's 5 €\"}}" """
    """-H "Authorization: key=%s" https://oioi.example/api/v4/request"""
)


@pytest.mark.parametrize(
    "command",
    [
        BASH_OF_CHROME,
        CMD_OF_CHROME,
        CMD_OF_OLDER_CHROME,
        POSTMAN,
        POWERSHELL,
        HERE_STRING,
        COLLEAGUE.replace("\n> ", "\n"),
        ECHO,
        ONE_LINE_OF_CMD,
        "curl oioi.example/api/v4/request --json '" + BODY.replace("'", r"'\''") + "' -u %s:",
    ],
    ids=[
        *("bash", "cmd", "older-cmd", "postman", "powershell", "here", "colleague", "echo", "win"),
        "json",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_curl_command_is_read_however_it_is_written(command: str, line_end: str) -> None:
    found = only((command % KEY).replace("\n", line_end))
    assert {found.call.key: found.call.fields()} == STOP
    assert found.exchange.request.url.endswith("://oioi.example/api/v4/request")
    assert json.loads(found.exchange.request.body) == STOP
    assert found.server.profile == IMPORTED
    assert KEY not in repr(found)


def test_a_curl_command_says_nothing_of_an_answer_so_its_outcome_is_unknown() -> None:
    found = only(POSTMAN % KEY)
    outcome = found.exchange.outcome
    assert outcome is not None
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.may_have_taken_effect
    read = only(f'curl {URL} -d \'{{"rfid-verify": {{"rfid": "0123"}}}}\'').exchange.outcome
    assert read is not None
    assert not read.may_have_taken_effect


async def test_our_own_lines_can_be_imported() -> None:
    kept = await answered(answer())
    for powershell in (False, True):
        line = curl_line(kept.exchange.request, powershell=powershell)
        found = only(line)
        assert found.call.key == "session-start"
        assert found.call.fields()["connector-id"] == START["connector-id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "It is empty"),
        ("hello there", "There is no curl command in it."),
        ("wget https://oioi.example/", "There is no curl command in it."),
        (f"curl {URL}", "It sends no body with POST"),
        (f"curl -X PUT -d '{BODY[:5]}' {URL}", "It sends no body with POST"),
        (f"curl {URL} -d 'a=b'", "Its body is no OIOI call"),
        (f"curl {URL} -d '[1]'", "Its body is no OIOI call"),
        (f'curl {URL} -d \'{{"a": {{}}, "b": {{}}}}\'', "Its body is no OIOI call"),
        (f"curl {URL} -d '{{\"a\": 5}}'", "Its body is no OIOI call"),
        (f"curl {URL} -d '{'[' * 100_000}'", "Its body is no OIOI call"),
        (f'curl {URL} -d \'{{"a": {{', "A quote is not closed"),
        (f"curl {URL} -d", "Nothing follows -d"),
        (f"curl {URL} -d @start.json", "Its body comes from the file start.json"),
        (f"curl {URL} -d @-", "Its body comes from standard input"),
        (f"curl {URL} -F a=b", "It sends a form or a file (-F)"),
        ("curl -d '{\"a\": {}}' 'http://[1'", "Its URL cannot be read"),
        ("curl -d '{\"a\": {}}' file:///etc/passwd", "Its URL cannot be read"),
        ("curl -d '{}'", "The curl command names no URL."),
        ("Invoke-WebRequest -Uri x", "copy it as cURL"),
        ("{", "not JSON"),
        ("[1, 2]", "not a HAR file"),
        ('{"log": {}}', "not a HAR file"),
        ('{"log": {"entries": []}}', "It is a HAR file with 0 requests, and none"),
        (BODY, "This is the body of a call alone"),
        ("{" * 100_000, "not JSON"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ImportTrouble) as raised:
        read_import(text, NOW)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert KEY not in str(raised.value)


# ------------------------------------------------------------ secrets


@pytest.mark.parametrize(
    "header",
    [
        f"Authorization: key={KEY}",
        f"authorization:key={KEY}",
        f"AUTHORIZATION: Key = {KEY}",
        f"Authorization: Bearer {KEY}",
        f"Authorization: {KEY}",
        f"Authorization: 'key={KEY}'",
        f"Api-Key: {KEY}",
        f"X-Api-Key: {KEY}",
        f"X-Auth-Token: {KEY}",
        f"Cookie: theme=dark; sid={KEY}",
    ],
)
def test_no_key_is_kept_wherever_it_stood(header: str) -> None:
    body = json.dumps({"session-start": {**START, "note": f"I used {KEY}"}})
    har = har_of(
        answer_text=json.dumps({"result": {"code": 0, "message": f"{KEY} {TOKEN}"}}), body=body
    )
    name, _, value = header.partition(":")
    har["log"]["entries"][0]["request"]["headers"] = [{"name": name, "value": value}]
    kept = everything(only(json.dumps(har)))
    assert KEY not in kept
    assert TOKEN not in kept
    quoted = header.replace("'", "")
    command = f"curl '{URL}' -H '{quoted}' --data-raw '{body}'"
    assert KEY not in everything(only(command))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://me:{KEY}@oioi.example/request", "https://oioi.example/request"),
        (
            f"https://oioi.example/request?api_key={KEY}&a=1",
            "https://oioi.example/request?api_key=••••&a=1",
        ),
        (f"https://oioi.example/request?a=1#{KEY}", "https://oioi.example/request?a=1"),
    ],
)
def test_no_secret_of_a_url_is_kept(url: str, shown: str) -> None:
    found = only(f"curl '{url}' -d '{BODY.replace(chr(39), '')}'")
    assert found.exchange.request.url == shown
    assert found.server.url == shown


def test_the_tail_of_a_key_stays_so_that_two_can_be_told_apart() -> None:
    found = only(POSTMAN % KEY)
    assert ("Authorization", f"key=••••{KEY[-4:]}") in found.exchange.request.headers
    found = only(f"curl {URL} -u me:passw0rd -d '{{\"session-stop\": {{}}}}'")
    encoded = base64.b64encode(b"me:passw0rd").decode()
    assert encoded not in everything(found)
    assert "passw0rd" not in everything(found)


def everything(found: ImportedCall) -> str:
    """All that would be written to the disk, and what could be shown."""
    packed = pack(found.exchange)
    record = packed.record if isinstance(packed.record, bytes) else str(packed.record).encode()
    return repr(found.exchange) + record.decode("latin-1") + found.exchange.request.body.decode()


# ------------------------------------------------------------ HAR files


def har_of(
    status: int = 200,
    answer_text: str = '{"result": {"code": 320}}',
    *,
    body: str = json.dumps({"session-start": START}),
    url: str = URL,
    **entry: Any,
) -> dict[str, Any]:
    """A HAR as a browser writes it, with one request."""
    request = {
        "method": "POST",
        "url": url,
        "headers": [{"name": ":authority", "value": "x"}, {"name": "Content-Type", "value": "a/b"}],
        "postData": {"mimeType": "application/json", "text": body},
    }
    response = {"status": status, "headers": [], "content": {"text": answer_text}}
    moment = {"startedDateTime": "2026-11-25T10:32:00.500+01:00", "time": 41.6}
    one = {**moment, "request": request, "response": response, **entry}
    return {"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": [one]}}


def test_a_request_of_a_browser_is_judged_as_if_it_was_sent_here() -> None:
    found = only(json.dumps(har_of(409)))
    exchange, outcome = found.exchange, found.exchange.outcome
    assert outcome is not None
    assert (outcome.verdict, outcome.code, outcome.http_status) == (Verdict.REFUSED, "320", 409)
    assert exchange.began == datetime(2026, 11, 25, 9, 32, 0, 500_000, UTC)
    assert exchange.attempts[0].elapsed_ms == 42
    assert exchange.request.headers == (("Content-Type", "a/b"),)
    assert found.call.fields()["user"]["token"] == TOKEN
    assert "HAR" in outcome.note


@pytest.mark.parametrize(
    ("entry", "verdict", "code"),
    [
        (har_of(200, '{"result": {"code": 11}}'), "success", "011"),
        (har_of(503, "<html>busy</html>"), "unknown", None),
        (har_of(200, base64.b64encode(b'{"result": {"code": 193}}').decode()), "unknown", None),
        (
            har_of(0, "", response={"status": 0, "_error": "net::ERR_NAME_NOT_RESOLVED"}),
            "failed",
            None,
        ),
        (
            har_of(0, "", response={"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}),
            "failed",
            None,
        ),
        (
            har_of(0, "", response={"status": 0, "_error": "net::ERR_CERT_DATE_INVALID"}),
            "failed",
            None,
        ),
        (
            har_of(0, "", response={"status": 0, "_error": "net::ERR_CONNECTION_RESET"}),
            "unknown",
            None,
        ),
        (har_of(0, "", response={"status": 0}), "unknown", None),
        (har_of(0, "", response=None), "unknown", None),
        (har_of(200, "", response={"status": "200", "content": 5}), "unknown", None),
        (har_of(startedDateTime=5, time=float("inf")), "refused", "320"),
        (har_of(startedDateTime="0001-01-01", time=-1), "refused", "320"),
    ],
)
def test_what_was_answered_is_judged(entry: dict[str, Any], verdict: str, code: str | None) -> None:
    outcome = only(json.dumps(entry)).exchange.outcome
    assert outcome is not None
    assert (outcome.verdict, outcome.code) == (verdict, code)


def test_a_body_in_base64_is_read() -> None:
    content = {
        "text": base64.b64encode(b'{"result": {"code": 193}}').decode(),
        "encoding": "base64",
    }
    har = har_of(response={"status": 404, "headers": [], "content": content})
    outcome = only(json.dumps(har)).exchange.outcome
    assert outcome is not None
    assert outcome.code == "193"


def test_only_the_calls_of_oioi_are_taken_from_a_har() -> None:
    har = har_of()
    others = [
        har_of(body='{"event": {"name": "click"}}', url="https://stats.example/collect"),
        har_of(body="not json"),
        har_of(url="http://[1/request"),
        har_of(url=""),
        har_of(body='{"my-own-call": {}}'),
        har_of(body='{"vehicle-get-all": {}}', url="https://oioi.example/v3"),
    ]
    har["log"]["entries"] += [other["log"]["entries"][0] for other in others]
    har["log"]["entries"].append({"request": {"method": "GET", "url": URL}})
    har["log"]["entries"].append(None)
    calls = [found.call.key for found in read_import(json.dumps(har), NOW)]
    assert calls == ["session-start", "my-own-call", "vehicle-get-all"]


def test_a_har_begins_with_a_mark_where_windows_wrote_it() -> None:
    assert only("\ufeff" + json.dumps(har_of())).call.key == "session-start"


async def test_a_har_of_our_own_comes_back_as_it_was() -> None:
    occupied = {"result": {"code": 320, "message": "EVSE occupied"}}
    kept = await all_answered(
        [
            [answer(503, {"error": "busy"}), answer(409, occupied)],
            [reset()],
            [close()],
            [cut()],
            [answer()],
        ]
    )
    back = read_import(to_har(kept), NOW)
    assert len(back) == len(kept)
    for was, found in zip(kept, back, strict=True):
        before, after = was.exchange, found.exchange
        assert before.outcome is not None
        assert after.outcome is not None
        for name in ("verdict", "code", "http_status", "title", "message", "explanation"):
            assert getattr(after.outcome, name) == getattr(before.outcome, name)
        assert [a.error for a in after.attempts] == [a.error for a in before.attempts]
        assert [a.waited_s for a in after.attempts] == [a.waited_s for a in before.attempts]
        assert after.request.body == before.request.body
        assert replace(after.request, url="") == replace(before.request, url="")
        assert CUSTOMER.encode() in after.request.body


def test_cmd_leaves_its_own_signs_alone_in_quotes() -> None:
    request = read_curl(f'curl {URL} ^\n -H "X: a^b|c&d" ^\n -H ^"Y: a^^b^|c^" -d "{{}}"')
    assert request.headers == (("X", "a^b|c&d"), ("Y", "a^b|c"))


def test_a_header_may_have_any_sign_in_it() -> None:
    request = read_curl(f"curl {URL} -H 'X: a:b' -H 'Empty;' -H 'None:' -d '{{}}'")
    assert request.headers == (("X", "a:b"),)


def test_a_long_text_is_not_read_for_a_command() -> None:
    with pytest.raises(ImportTrouble, match="too long for a curl command"):
        read_import("curl https://oioi.example/ -d '" + "a|" * 200_000, NOW)
