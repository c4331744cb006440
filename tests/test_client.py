"""The client against servers on loopback that misbehave at the level of bytes."""

import asyncio
import contextlib
import gc
import gzip
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from httpcore._backends.anyio import AnyIOStream

from console.oioi.calls import (
    AnyCall,
    Call,
    CallError,
    RfidVerify,
    SessionStart,
    StationSearch,
    User,
)
from console.oioi.http import client as client_module
from console.oioi.http import json_bytes, read_whole, reading, request_progress
from console.oioi.http.attempt import Body
from console.oioi.http.bodies import read_body
from console.oioi.http.client import Observer, OioiClient, Timeouts
from console.oioi.http.encodings import Unpacker
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.exchange import (
    Answered,
    Began,
    Event,
    Exchange,
    Failed,
    Finished,
    Request,
    Sent,
    Waiting,
    begin,
    fold,
)
from console.oioi.http.failures import classify
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.redact import Redactor
from tests.raw_server import (
    RawServer,
    Step,
    answer,
    close,
    cut,
    drip,
    raw_bytes,
    reset,
    stall,
)

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E12345*1")
SEARCH = StationSearch(52.5167, 13.3833, 100)
VERIFY = RfidVerify("04523022AA4881")
FOUND: dict[str, Any] = {"stations": []}
BUSY = answer(503, raw=b"")

AT_ONCE = RetryPolicy(attempts=3, base_s=0.001, cap_s=0.002)
PATIENT = RetryPolicy(base_s=30.0)
HASTY = Timeouts(connect_s=10, read_s=1.0, command_s=1.0, total_extra_s=10)
IN_ALL = replace(HASTY, total_extra_s=1.0)
"""The whole call is over soon, however it goes on."""
SUCCESS, REFUSED, FAILED, UNKNOWN = Verdict


@pytest.fixture(autouse=True)
def no_socket_is_left_behind() -> Iterator[None]:
    """One that nobody closed warns when it is collected, and a warning is an error."""
    gc.freeze()  # only what is new is looked at, which is quicker
    yield
    gc.collect()
    gc.unfreeze()


def client_to(url: str, policy: RetryPolicy = AT_ONCE, **options: Any) -> OioiClient:
    return OioiClient(url, KEY, policy=policy, jitter=lambda: 1.0, **options)


async def sent(call: Call[Any], *script: Step, **options: Any) -> tuple[Outcome[Any], RawServer]:
    """What comes of a call to a server that plays this script, and the server."""
    async with RawServer(*script) as server, client_to(server.url, **options) as client:
        return await client.send(call), server


def errors(outcome: Outcome[Any]) -> list[str | None]:
    return [attempt.error for attempt in outcome.attempts]


# --- What is sent


async def test_the_request_of_the_page_goes_out_byte_by_byte() -> None:
    _, server = await sent(SEARCH, answer(body=FOUND))
    (request,) = server.requests
    assert request.line == "POST /api/v4/request HTTP/1.1"
    assert request.headers["authorization"] == f"key={KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(request.body))
    assert request.head.count(b"\r\nAuthorization: ") == 1
    assert request.head.count(b"\r\nContent-Type: ") == 1
    assert request.body == (
        b'{"station-get-by-center-radius": '
        b'{"center-lat": 52.5167, "center-long": 13.3833, "radius": 100, "unit": "km"}}'
    )


async def test_a_body_is_sent_in_utf_8() -> None:
    _, server = await sent(AnyCall("x-get-y", {"name": "Säule 充電"}), answer(body=FOUND))
    assert server.requests[0].body == '{"x-get-y": {"name": "Säule 充電"}}'.encode()


async def test_the_path_and_the_query_of_the_url_are_kept() -> None:
    async with RawServer(answer()) as server, client_to(f"{server.url}?a=1") as client:
        await client.send(SEARCH)
    assert server.requests[0].line == "POST /api/v4/request?a=1 HTTP/1.1"


async def test_a_read_reuses_its_connection() -> None:
    async with RawServer(answer(body=FOUND)) as server, client_to(server.url) as client:
        for _ in range(3):
            assert (await client.send(SEARCH)).is_success
    assert [request.connection for request in server.requests] == [1, 1, 1]


class _Sought(list[str]):
    """The modules that are looked for, as a finder that finds none."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self.append(name)


async def test_a_call_looks_for_no_module_once_the_first_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sought = _Sought()
    async with RawServer(answer(body=FOUND)) as server, client_to(server.url) as client:
        await client.send(SEARCH)
        monkeypatch.setattr(sys, "meta_path", [sought, *sys.meta_path])
        await client.send(SEARCH)
    assert sought == []


async def test_a_command_never_shares_a_connection() -> None:
    async with RawServer(answer()) as server, client_to(server.url) as client:
        calls: list[Call[Any]] = [SEARCH, START, START, SEARCH]
        for call in calls:
            assert (await client.send(call)).is_success
    assert [request.connection for request in server.requests] == [1, 2, 3, 1]


async def test_the_second_attempt_of_a_command_has_a_connection_of_its_own_too() -> None:
    _, server = await sent(START, BUSY, answer())
    assert [request.connection for request in server.requests] == [1, 2]


@pytest.mark.parametrize("call", [SEARCH, START])
async def test_a_cookie_is_never_sent_back(call: Call[Any]) -> None:
    step = answer(body=FOUND, headers={"Set-Cookie": "SID=abc; Path=/"})
    async with RawServer(step) as server, client_to(server.url) as client:
        for _ in range(2):
            await client.send(call)
    assert len(server.requests) == 2
    assert not any("cookie" in request.headers for request in server.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    async with RawServer(answer()) as other:
        elsewhere = {"Location": other.url}
        for call in (SEARCH, START):
            outcome, _ = await sent(call, answer(status, raw=b"", headers=elsewhere))
            assert (outcome.verdict, outcome.http_status) == (REFUSED, status)
    assert other.connections == 0


async def test_loopback_goes_direct_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    outcome, _ = await sent(SEARCH, answer(body=FOUND))
    assert outcome.is_success


# --- What is sent again


async def test_a_busy_server_is_asked_again_until_it_answers() -> None:
    """Retry-After is a floor: the second request is not a moment early."""
    script = answer(503, {}, headers={"Retry-After": "1"}), answer(500, {}), answer(body=FOUND)
    outcome, server = await sent(SEARCH, *script)
    assert outcome.verdict is SUCCESS
    assert [attempt.http_status for attempt in outcome.attempts] == [503, 500, 200]
    first, second, third = server.requests
    assert second.at_s - first.at_s >= 1.0
    assert third.at_s - second.at_s < 1.0
    told = outcome.to_json()["attempts"]
    assert [each["wait_reason"] for each in told] == ["retry-after", "backoff", None]
    assert told[0]["waited_s"] >= 1.0
    assert told[2]["waited_s"] is None


async def test_retry_after_as_a_date_counts_from_the_answers_own_date() -> None:
    """A clock on this machine that is a year wrong shortens nothing."""
    now = datetime(2031, 5, 17, 12, tzinfo=UTC)
    headers = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=1), usegmt=True),
    }
    outcome, server = await sent(SEARCH, answer(503, {}, headers=headers), answer(body=FOUND))
    first, second = server.requests
    assert second.at_s - first.at_s >= 1.0
    assert outcome.attempts[0].wait_reason == "retry-after"


async def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    outcome, server = await sent(SEARCH, answer(503, {}, headers={"Retry-After": "3600"}))
    assert (outcome.verdict, len(server.requests)) == (FAILED, 1)
    assert outcome.note == "The server asks to come back in 60 min; that is not waited out."


async def test_after_the_last_attempt_it_is_given_up() -> None:
    outcome, server = await sent(SEARCH, BUSY)
    assert (outcome.verdict, len(server.requests)) == (FAILED, 3)
    assert outcome.note == "Given up after 3 attempts."


@pytest.mark.parametrize("status", [500, 502, 503, 504, 527, 429])
async def test_a_command_is_repeated_where_a_server_asks_for_it(status: int) -> None:
    """A 5xx is an answer, and the page's rule holds for every call."""
    outcome, server = await sent(START, answer(status, {}), answer(body={"result": {"code": 11}}))
    assert (outcome.verdict, len(server.requests)) == (SUCCESS, 2)


async def test_a_command_that_only_met_server_errors_is_unknown() -> None:
    outcome, server = await sent(START, BUSY)
    assert (outcome.verdict, len(server.requests)) == (UNKNOWN, 3)
    assert outcome.may_have_taken_effect


async def test_a_refusal_after_a_5xx_may_hide_a_start_that_worked() -> None:
    outcome, _ = await sent(START, answer(500, {}), answer(body={"result": {"code": 320}}))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (REFUSED, True)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (501, {}, UNKNOWN),
        (408, {}, UNKNOWN),
        (400, {}, REFUSED),
        (200, {"result": {"code": 302}}, REFUSED),
        (503, {"result": {"code": 0}}, SUCCESS),
        (503, {"session-start": {"success": True}}, SUCCESS),
    ],
)
async def test_what_else_is_answered_to_a_command_ends_it(
    status: int, body: Any, verdict: Verdict
) -> None:
    outcome, server = await sent(START, answer(status, body))
    assert (outcome.verdict, len(server.requests)) == (verdict, 1)


async def test_a_refusal_in_a_408_was_not_carried_out() -> None:
    outcome, server = await sent(START, answer(408, {"result": {"code": 193}}))
    assert (outcome.verdict, outcome.may_have_taken_effect) == (REFUSED, False)
    assert (outcome.note, len(server.requests)) == ("", 1)


NO_ANSWER = [
    (close(), "closed"),
    (reset(), "reset"),
    (cut(), "truncated"),
    (raw_bytes(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"'), "truncated"),
    (raw_bytes(b"HTTP/1.1 200 OK\r\nContent-Le"), "closed"),
    (raw_bytes(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "not-http"),
    (raw_bytes(b"\x15\x03\x03\x00\x02\x02\x0a\r\n\r\n"), "not-http"),
    (stall(), "read-timeout"),
    (stall(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"), "read-timeout"),
]


@pytest.mark.parametrize(("step", "name"), NO_ANSWER)
async def test_a_command_that_nobody_answered_is_sent_once_and_unknown(
    step: Step, name: str
) -> None:
    outcome, server = await sent(START, step, answer(), timeouts=HASTY)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, [name])
    assert (len(server.requests), server.connections) == (1, 1)
    assert outcome.may_have_taken_effect
    assert "not repeated" in outcome.note


@pytest.mark.parametrize(("step", "name"), NO_ANSWER)
async def test_a_read_that_nobody_answered_is_sent_again(step: Step, name: str) -> None:
    outcome, server = await sent(SEARCH, step, answer(body=FOUND), timeouts=HASTY)
    assert (outcome.verdict, errors(outcome)) == (SUCCESS, [name, None])
    assert len(server.requests) == 2


async def test_what_arrived_of_a_cut_answer_is_kept_for_diagnosis_only() -> None:
    outcome, _ = await sent(START, cut())
    assert outcome.verdict is UNKNOWN
    assert outcome.http_status == 200
    assert outcome.response == '{"result": {"code": 0'


async def test_an_answer_that_ends_with_its_connection_is_whole() -> None:
    step = raw_bytes(b'HTTP/1.0 200 OK\r\n\r\n{"result": {"code": 0}}')
    outcome, _ = await sent(START, step)
    assert outcome.verdict is SUCCESS


async def test_an_interim_answer_is_not_the_answer() -> None:
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"result": {"code": 0}}'
    outcome, _ = await sent(START, raw_bytes(b"HTTP/1.1 102 Processing\r\n\r\n" + whole))
    assert (outcome.verdict, outcome.http_status) == (SUCCESS, 200)


# --- What never left this machine


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.parametrize("call", [SEARCH, START])
async def test_a_refused_connection_is_tried_again_for_every_call(call: Call[Any]) -> None:
    async with client_to(f"http://127.0.0.1:{free_port()}/") as client:
        outcome = await client.send(call)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["refused"] * 3)
    assert not outcome.may_have_taken_effect
    assert not any(attempt.left for attempt in outcome.attempts)


@pytest.mark.parametrize("host", ["nonexistent.invalid", f"{'a.' * 200}invalid"])
async def test_a_host_that_is_in_no_dns(host: str) -> None:
    url = f"http://{host}/"
    async with client_to(url, RetryPolicy(attempts=2, base_s=0.001), allow_http=True) as client:
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["dns", "dns"])


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts."""
    return trustme.CA()


def tls_for(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


async def test_a_server_that_a_given_authority_vouches_for_is_trusted(
    authority: trustme.CA, ca_file: str
) -> None:
    async with (
        RawServer(answer(), tls=tls_for(authority)) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        outcome = await client.send(START)
    assert outcome.verdict is SUCCESS
    assert server.requests[0].headers["authorization"] == f"key={KEY}"


async def test_a_start_that_a_tls_server_answers_with_a_reset_is_unknown(
    authority: trustme.CA, ca_file: str
) -> None:
    async with (
        RawServer(close(), tls=tls_for(authority)) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["closed"])
    assert len(server.requests) == 1


async def test_a_certificate_nobody_vouches_for_is_refused_once_and_for_all(
    authority: trustme.CA,
) -> None:
    async with (
        RawServer(answer(), tls=tls_for(authority)) as server,
        client_to(server.url) as client,
    ):
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["tls"])
    assert server.requests == []
    assert "nobody this device trusts" in outcome.explanation.meaning


async def test_the_certificate_of_another_host_is_refused(
    authority: trustme.CA, ca_file: str
) -> None:
    async with (
        RawServer(answer(), tls=tls_for(authority, "other.example")) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        outcome = await client.send(SEARCH)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["tls"])
    assert server.requests == []
    assert "another host" in outcome.explanation.meaning


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """A port at which each connection is talked to in this way, from its first moment."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def plain_text(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_a_server_that_speaks_plain_text_at_a_tls_port_ends_it() -> None:
    async with listening(plain_text) as port, client_to(f"https://127.0.0.1:{port}/") as client:
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["tls"])
    assert "does not speak TLS" in outcome.explanation.meaning


async def test_a_tls_handshake_that_breaks_off_is_tried_again() -> None:
    async with listening(hang_up) as port, client_to(f"https://127.0.0.1:{port}/") as client:
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["tls"] * 3)


# --- Through a proxy


BEHIND_A_PROXY = "https://oioi.example/api/v4/request"


async def through(call: Call[Any], *script: Step) -> tuple[Outcome[Any], RawServer]:
    async with (
        RawServer(*script) as proxy,
        client_to(BEHIND_A_PROXY, proxy=f"http://127.0.0.1:{proxy.port}", timeouts=HASTY) as client,
    ):
        return await client.send(call), proxy


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_ends_it_and_never_sees_the_key(status: int) -> None:
    outcome, proxy = await through(START, answer(status, raw=b"", reason="No"))
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["proxy"])
    (request,) = proxy.requests
    assert request.line == "CONNECT oioi.example:443 HTTP/1.1"
    assert KEY.encode() not in request.head + request.body


@pytest.mark.parametrize("step", [close(), reset(), raw_bytes(b"SSH-2.0\r\n\r\n")])
async def test_a_proxy_that_breaks_off_is_tried_again(step: Step) -> None:
    outcome, _ = await through(START, step)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["proxy"] * 3)


async def test_a_proxy_that_says_nothing_is_a_connection_that_was_not_made() -> None:
    outcome, _ = await through(START, stall())
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["connect-timeout"] * 3)


async def test_a_proxy_that_is_not_there() -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    async with client_to(BEHIND_A_PROXY, proxy=proxy) as client:
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["proxy"] * 3)


async def test_a_start_through_a_tunnel_is_unknown_once_the_request_itself_left(
    authority: trustme.CA, ca_file: str
) -> None:
    async with RawServer(close(), tls=tls_for(authority, "oioi.example")) as server:

        async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            try:
                await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))
            finally:
                inner_writer.close()

        async with (
            RawServer(tunnel) as proxy,
            client_to(
                BEHIND_A_PROXY, proxy=f"http://127.0.0.1:{proxy.port}", ca_file=ca_file
            ) as client,
        ):
            outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["closed"])
    assert len(server.requests) == 1


async def test_a_request_that_is_not_taken_through_a_tunnel_is_a_write_timeout(
    authority: trustme.CA, ca_file: str
) -> None:
    """Asking the proxy for the tunnel is not the request, and was over long before."""
    call = AnyCall("rfid-post", {"rfids": ["04523022AA4881"] * 1_000_000})

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await writer.start_tls(tls_for(authority, "oioi.example"))
        await asyncio.Event().wait()

    async with (
        RawServer(tunnel) as proxy,
        client_to(
            BEHIND_A_PROXY,
            proxy=f"http://127.0.0.1:{proxy.port}",
            ca_file=ca_file,
            timeouts=Timeouts(5.0, 10.0, 10.0, -7.0),
        ) as client,
    ):
        outcome = await client.send(call)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["write-timeout"])


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


# --- Bodies


async def test_an_answer_longer_than_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MAX_BODY_BYTES", 1000)
    long = answer(raw=b'{"stations": []}' + b" " * 1000)
    packed = answer(raw=gzip.compress(b" " * 100_000), headers={"Content-Encoding": "gzip"})
    for step in (long, packed):
        outcome, server = await sent(SEARCH, step)
        assert (outcome.verdict, errors(outcome)) == (FAILED, ["too-large"])
        assert (outcome.http_status, len(server.requests)) == (200, 1)
    outcome, server = await sent(START, long)
    assert (outcome.verdict, len(server.requests)) == (UNKNOWN, 1)


async def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(json.dumps(FOUND).encode())
    outcome, _ = await sent(SEARCH, answer(raw=packed, headers={"Content-Encoding": "gzip"}))
    assert outcome.response == FOUND


@pytest.mark.parametrize(("call", "verdict"), [(SEARCH, FAILED), (START, UNKNOWN)])
async def test_an_answer_that_cannot_be_unpacked(call: Call[Any], verdict: Verdict) -> None:
    step = answer(raw=b"not packed at all", headers={"Content-Encoding": "gzip"})
    outcome, server = await sent(call, step)
    assert (outcome.verdict, errors(outcome)) == (verdict, ["bad-encoding"])
    assert len(server.requests) == 1


# --- Time


async def test_an_answer_that_dribbles_in_meets_the_deadline() -> None:
    """Each byte comes in time, and the whole would take half a minute."""
    step = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b" " * 4000, 0.008)
    outcome, server = await sent(START, step, timeouts=IN_ALL)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["read-timeout"])
    assert len(server.requests) == 1


@pytest.mark.parametrize("connect_s", [0.1, 10.0])
async def test_a_handshake_that_does_not_end_is_a_connect_timeout(connect_s: float) -> None:
    """By the connection's own limit, and by the attempt's."""
    timeouts = Timeouts(connect_s, 0.1, 0.1, 0.1)
    async with (
        listening(silence) as port,
        client_to(f"https://127.0.0.1:{port}/", timeouts=timeouts) as client,
    ):
        outcome = await client.send(START)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["connect-timeout"] * 3)


@pytest.mark.parametrize("read_s", [0.1, 10.0])
async def test_a_request_that_is_not_taken_is_a_write_timeout(read_s: float) -> None:
    call = AnyCall("rfid-post", {"rfids": ["04523022AA4881"] * 1_000_000})
    timeouts = Timeouts(10.0, read_s, read_s, 2.0 - read_s)
    async with (
        listening(silence) as port,
        client_to(f"http://127.0.0.1:{port}/", timeouts=timeouts) as client,
    ):
        outcome = await client.send(call)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["write-timeout"])


def test_commands_get_more_time_than_reads() -> None:
    timeouts = Timeouts()
    assert (timeouts.connect_s, timeouts.of(False), timeouts.of(True)) == (10, 30, 90)
    assert timeouts.deadline(True) > timeouts.of(True)


# --- Events


def keep_in(events: list[Event]) -> Observer:
    """An observer that keeps what happened in this list."""
    return lambda event, _: events.append(event)


async def watched(call: Call[Any], *script: Step, **options: Any) -> list[Event]:
    events: list[Event] = []
    async with RawServer(*script) as server, client_to(server.url, **options) as client:
        outcome = await client.send(call, keep_in(events))
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome is outcome
    return events


def record_of(events: list[Event]) -> Exchange:
    first, *more = events
    assert isinstance(first, Began)
    exchange = begin(first)
    for event in more:
        exchange = fold(exchange, event)
    return exchange


async def test_events_come_in_order_and_tell_the_same_as_the_outcome() -> None:
    events = await watched(SEARCH, BUSY, close(), answer(body=FOUND))
    kinds = [Began, Sent, Answered, Waiting, Sent, Failed, Waiting, Sent, Answered, Finished]
    assert [type(event) for event in events] == kinds
    last = events[-1]
    assert isinstance(last, Finished)
    assert len(last.outcome.attempts) == 3
    assert record_of(events[:-1]).attempts == last.outcome.attempts
    assert record_of(events).attempts == last.outcome.attempts


async def test_each_event_is_handed_over_with_the_exchange_it_was_folded_into() -> None:
    told: list[tuple[Event, Exchange]] = []
    async with RawServer(BUSY, close(), answer(body=FOUND)) as server:
        async with client_to(server.url) as client:
            await client.send(SEARCH, lambda *both: told.append(both))
    events = [event for event, _ in told]
    for number, (_, exchange) in enumerate(told, start=1):
        assert exchange == record_of(events[:number])
    assert [exchange.is_open for _, exchange in told] == [True] * (len(told) - 1) + [False]


async def shown_request(call: Call[Any]) -> tuple[Request, RawServer]:
    """The request as it may be shown before it is sent, and the server it went to."""
    events: list[Event] = []
    async with RawServer(answer()) as server, client_to(server.url) as client:
        await client.send(call, keep_in(events))
    assert isinstance(events[0], Began)
    assert events[0].attempts_allowed == 3
    return events[0].request, server


@pytest.mark.parametrize("call", [SEARCH, START])
async def test_a_call_begins_with_the_request_as_it_goes_out(call: Call[Any]) -> None:
    """Every header is shown; of the key no more than its end."""
    request, server = await shown_request(call)
    assert (request.call, request.is_command) == (call.key, call.is_command)
    _, *lines = server.requests[0].head.decode().strip().split("\r\n")
    masked = "Authorization: key=••••7c88"
    assert masked in [f"{name}: {value}" for name, value in request.headers]
    assert [f"{name}: {value}" for name, value in request.headers] == [
        masked if line.startswith("Authorization: ") else line for line in lines
    ]
    assert request.body == server.requests[0].body


async def test_a_token_of_a_few_characters_is_not_shown_in_the_request() -> None:
    """It is too short to be looked for by its value."""
    request, server = await shown_request(SessionStart(User("ab12c", "token"), "DE*8PS*E1"))
    assert server.requests[0].json["session-start"]["user"]["identifier"] == "ab12c"
    assert json.loads(request.body)["session-start"]["user"]["identifier"] == "••••"


class Watched:
    """A call under way in a task, with its events."""

    def __init__(
        self, client: OioiClient, call: Call[Any], retry_now: asyncio.Event | None
    ) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        self.task = asyncio.create_task(client.send(call, self._observe, retry_now=retry_now))

    def _observe(self, event: Event, exchange: Exchange) -> None:
        self.events.append(event)
        self._changed.set()

    async def until(self, kind: type[Event]) -> None:
        while not any(isinstance(event, kind) for event in self.events):
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 5)

    async def cancelled(self) -> Outcome[Any]:
        """The outcome as it stands after the call is cancelled, which takes a moment at most."""
        began = time.monotonic()
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task
        assert time.monotonic() - began < 5  # and not as long as it would have waited
        last = self.events[-1]
        assert isinstance(last, Finished)
        assert record_of(self.events).outcome is last.outcome
        return last.outcome


@asynccontextmanager
async def under_way(
    url: str, call: Call[Any], retry_now: asyncio.Event | None = None, **options: Any
) -> AsyncIterator[Watched]:
    """A call under way; at the end nothing of it is left behind."""
    async with client_to(url, PATIENT, **options) as client:
        others = asyncio.all_tasks()
        watched = Watched(client, call, retry_now)
        yield watched
        assert watched.task.done()
    assert {task for task in asyncio.all_tasks() - others if not _is_servers(task)} == set()


def _is_servers(task: asyncio.Task[Any]) -> bool:
    return "serve" in getattr(task.get_coro(), "__qualname__", "")


@pytest.mark.parametrize("call", [SEARCH, START])
async def test_cancelled_before_anything_was_sent(call: Call[Any]) -> None:
    async with listening(silence) as port, under_way(f"https://127.0.0.1:{port}/", call) as watched:
        await watched.until(Sent)
        await asyncio.sleep(0.05)  # into the handshake
        outcome = await watched.cancelled()
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["cancelled"])
    assert outcome.note == "You stopped it before anything was sent."
    assert not outcome.may_have_taken_effect


async def test_cancelled_while_a_proxy_is_asked_nothing_was_sent() -> None:
    async with (
        RawServer(stall()) as proxy,
        under_way(BEHIND_A_PROXY, START, proxy=f"http://127.0.0.1:{proxy.port}") as watched,
    ):
        await proxy.arrived.wait()
        outcome = await watched.cancelled()
    assert (outcome.verdict, outcome.may_have_taken_effect) == (FAILED, False)


@pytest.mark.parametrize("so_far", [b"", b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"result"'])
@pytest.mark.parametrize(("call", "verdict"), [(SEARCH, FAILED), (START, UNKNOWN)])
async def test_cancelled_in_flight(call: Call[Any], verdict: Verdict, so_far: bytes) -> None:
    async with RawServer(stall(so_far)) as server, under_way(server.url, call) as watched:
        await server.arrived.wait()
        outcome = await watched.cancelled()
        await server.all_closed()
    assert (outcome.verdict, errors(outcome)) == (verdict, ["cancelled"])
    assert outcome.may_have_taken_effect is (verdict is UNKNOWN)
    assert ("server did not" in outcome.note) is (verdict is UNKNOWN)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("call", "verdict"), [(SEARCH, FAILED), (START, UNKNOWN)])
async def test_cancelled_while_waiting(call: Call[Any], verdict: Verdict) -> None:
    async with RawServer(BUSY) as server, under_way(server.url, call) as watched:
        await watched.until(Waiting)
        outcome = await watched.cancelled()
    assert (outcome.verdict, outcome.http_status, errors(outcome)) == (verdict, 503, [None])
    assert outcome.note == "You stopped it while it waited to try again."
    assert [type(event) for event in watched.events] == [Began, Sent, Answered, Waiting, Finished]


async def test_cancelled_while_waiting_after_nothing_had_left() -> None:
    async with under_way(f"http://127.0.0.1:{free_port()}/", START) as watched:
        await watched.until(Waiting)
        outcome = await watched.cancelled()
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["refused"])


async def test_cancelled_in_the_second_attempt_of_a_command_the_first_counts_too() -> None:
    """The first was answered 503, and may have been carried out."""
    retry_now = asyncio.Event()
    async with (
        RawServer(BUSY, stall()) as server,
        under_way(server.url, START, retry_now) as watched,
    ):
        await watched.until(Waiting)
        server.arrived.clear()
        retry_now.set()
        await server.arrived.wait()
        outcome = await watched.cancelled()
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, [None, "cancelled"])


async def test_retry_now_ends_a_wait_and_the_real_wait_is_told() -> None:
    retry_now = asyncio.Event()
    retry_now.set()  # from an earlier call: it ends no wait that has not begun
    async with (
        RawServer(BUSY, answer(body=FOUND)) as server,
        under_way(server.url, SEARCH, retry_now) as watched,
    ):
        await watched.until(Waiting)
        waiting = watched.events[-1]
        await asyncio.sleep(0.05)
        assert len(server.requests) == 1
        retry_now.set()
        outcome = await asyncio.wait_for(watched.task, 5)
    assert isinstance(waiting, Waiting)
    assert waiting.seconds == 30.0
    first, second = server.requests
    assert 0.05 <= (outcome.attempts[0].waited_s or 0) < 5
    assert outcome.attempts[0].waited_s == pytest.approx(second.at_s - first.at_s, abs=0.1)


async def test_a_start_goes_out_once_the_server_listens() -> None:
    retry_now = asyncio.Event()
    server = RawServer(answer(), port=free_port())
    async with under_way(f"http://127.0.0.1:{server.port}/", START, retry_now) as watched:
        await watched.until(Waiting)
        async with server:
            retry_now.set()
            outcome = await asyncio.wait_for(watched.task, 5)
    assert (outcome.verdict, errors(outcome)) == (SUCCESS, ["refused", None])
    assert len(server.requests) == 1


async def test_retry_now_may_be_set_by_whoever_is_told_of_the_wait() -> None:
    retry_now = asyncio.Event()

    def impatient(event: Event, exchange: Exchange) -> None:
        if isinstance(event, Waiting):
            retry_now.set()

    async with (
        RawServer(BUSY, BUSY, answer(body=FOUND)) as server,
        client_to(server.url, PATIENT) as client,
    ):
        outcome = await asyncio.wait_for(client.send(SEARCH, impatient, retry_now=retry_now), 5)
    assert [attempt.http_status for attempt in outcome.attempts] == [503, 503, 200]


async def test_a_wait_runs_to_its_end_without_anybody() -> None:
    policy = RetryPolicy(base_s=0.1)
    outcome, _ = await sent(SEARCH, BUSY, answer(body=FOUND), policy=policy)
    assert 0.1 <= (outcome.attempts[0].waited_s or 0) < 5
    assert outcome.attempts[0].wait_reason == "backoff"


@pytest.mark.parametrize(("call", "verdict"), [(SEARCH, FAILED), (START, UNKNOWN)])
async def test_calls_in_flight_fail_when_the_client_is_closed(
    call: Call[Any], verdict: Verdict
) -> None:
    """Another attempt would open connections that nobody closes."""
    async with RawServer(stall(), answer(body=FOUND)) as server:
        client = client_to(server.url)
        task = asyncio.create_task(client.send(call))
        await server.arrived.wait()
        await client.aclose()
        outcome = await asyncio.wait_for(task, 5)
        await server.all_closed()
    assert (outcome.verdict, errors(outcome)) == (verdict, ["cancelled"])
    assert (len(server.requests), server.connections) == (1, 1)


@pytest.mark.parametrize("call", [SEARCH, START])
async def test_a_connection_that_is_being_made_ends_when_the_client_is_closed(
    call: Call[Any],
) -> None:
    async with listening(silence) as port:
        client = client_to(f"https://127.0.0.1:{port}/")
        task = asyncio.create_task(client.send(call))
        await asyncio.sleep(0.05)  # into the handshake
        await client.aclose()
        outcome = await asyncio.wait_for(task, 5)
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["cancelled"])


async def test_a_call_that_waits_is_not_sent_again_when_the_client_is_closed() -> None:
    async with RawServer(BUSY) as server:
        client = client_to(server.url, PATIENT)
        watched = Watched(client, START, None)
        await watched.until(Waiting)
        await client.aclose()
        outcome = await asyncio.wait_for(watched.task, 5)
    assert (outcome.verdict, outcome.http_status, len(outcome.attempts)) == (UNKNOWN, 503, 1)
    assert outcome.note == "The connection was closed while it waited to try again."
    assert len(server.requests) == 1


async def test_a_closed_client_sends_nothing() -> None:
    events: list[Event] = []
    async with RawServer(answer()) as server:
        client = client_to(server.url)
        await client.send(START)
        for _ in range(2):
            await client.aclose()
            with pytest.raises(EndpointError, match="nothing was sent"):
                await client.send(START, keep_in(events))
    assert (events, len(server.requests)) == ([], 1)


# --- Secrets


ECHO = f"""<html><body>key={KEY} is wrong, Authorization: key={KEY}</body></html>"""


async def test_a_key_that_a_server_echoes_is_nowhere_in_events_and_outcome() -> None:
    headers = {"X-Key": KEY, "WWW-Authenticate": f'Key realm="{KEY}"', "Set-Cookie": f"k={KEY}"}
    bodies = [ECHO.encode(), json.dumps({"error": {"request": f"key={KEY}"}}).encode()]
    for raw in bodies:
        for status in (200, 401, 503):
            step = answer(status, raw=raw, headers=headers, reason=f"No key={KEY}")
            events = await watched(SEARCH, step)
            last = events[-1]
            assert isinstance(last, Finished)
            shown = repr(events) + json.dumps(last.outcome.to_json())
            shown += "".join(
                attempt.answer.body.text + repr(attempt.answer.headers)
                for attempt in last.outcome.attempts
                if attempt.answer
            )
            assert KEY not in shown
            assert "••••7c88" in shown


@pytest.mark.parametrize(
    "step",
    [
        raw_bytes(f"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nkey={KEY}".encode()),
        raw_bytes(f"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nkey={KEY[:-1]}".encode()),
        raw_bytes(f"key={KEY}\r\n\r\n".encode()),
        stall(f"HTTP/1.1 200 OK\r\nX: {KEY}\r\nContent-Length: 400\r\n\r\n{KEY}".encode()),
    ],
)
async def test_a_key_in_half_an_answer_is_masked_too(step: Step) -> None:
    events = await watched(START, step, timeouts=HASTY)
    last = events[-1]
    assert isinstance(last, Finished)
    assert KEY[:-1] not in repr(events) + json.dumps(last.outcome.to_json())


async def test_a_proxy_that_echoes_a_secret_in_its_refusal() -> None:
    outcome, _ = await through(START, answer(403, raw=b"", reason=f"key={KEY}"))
    assert "••••7c88" in repr(outcome.attempts)
    assert KEY not in repr(outcome)


async def test_tokens_and_passwords_of_a_request_are_nowhere_in_events_and_outcome() -> None:
    token = "login-4711-abc"
    calls: list[Call[Any]] = [
        SessionStart(User("a@b.example", "username", token), "1"),
        SessionStart(User(token, "token"), "1"),
        AnyCall("user-verify", {"username": "a@b.example", "password": token}),
        AnyCall("rfid-post", {"rfids": [], "partner-identifier": token}),
    ]
    for call in calls:
        body = {"result": {"code": 145, "message": f"'{token}' is not valid"}, "token": token}
        events = await watched(call, answer(body=body))
        last = events[-1]
        assert isinstance(last, Finished)
        assert "••••" in last.outcome.message
        assert token not in repr(events) + json.dumps(last.outcome.to_json())


async def test_a_token_that_a_server_hands_out_is_not_shown() -> None:
    body = {"result": {"code": 0}, "user": {"token": "fresh-4711", "evco-id": "DE*8PS*9DC4AB*X"}}
    outcome, _ = await sent(AnyCall("user-verify", {}), answer(body=body))
    assert outcome.response["user"] == {"token": "••••", "evco-id": "DE*8PS*9DC4AB*X"}


# --- What cannot be used


def test_a_client_shows_no_key() -> None:
    assert repr(OioiClient("https://x.example/", KEY)) == (
        "OioiClient('https://x.example/', '••••7c88')"
    )


@pytest.mark.parametrize("key", ["", " ", "two words", "line\nbreak", "schlüssel", "tab\t"])
def test_a_key_that_no_header_can_carry_is_refused_without_naming_it(key: str) -> None:
    with pytest.raises(EndpointError) as caught:
        OioiClient("https://x.example/", key)
    assert not key.strip() or key not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://x.example/", "http://x.example/", "https://a:b@x.example/"])
def test_a_url_that_must_not_be_sent_to_is_refused(url: str) -> None:
    with pytest.raises(EndpointError):
        OioiClient(url, KEY)


@pytest.mark.parametrize(
    "options",
    [
        {"ca_file": "/nonexistent/ca.pem"},
        {"proxy": "socks5://user:geheim@127.0.0.1:1080"},
        {"proxy": "gopher://127.0.0.1:70"},
        {"proxy": "http://127.0.0.1:port"},
    ],
)
async def test_a_set_up_that_cannot_be_used_is_told_before_anything_begins(
    options: dict[str, Any],
) -> None:
    events: list[Event] = []
    async with client_to(BEHIND_A_PROXY, **options) as client:
        with pytest.raises(EndpointError) as caught:
            await client.send(START, keep_in(events))
    assert events == []
    assert "geheim" not in str(caught.value)


async def test_a_call_that_json_cannot_say_is_told_before_anything_begins() -> None:
    events: list[Event] = []
    async with client_to("http://127.0.0.1:9/") as client:
        for value in (float("nan"), "\ud800"):
            with pytest.raises(CallError):
                await client.send(AnyCall("x", {"token": value}), keep_in(events))
    assert events == []


# --- Answers made to stop the program (the figures: tests/benchmarks/bench_hostile.py)


def packed(data: bytes, times: int = 1) -> Step:
    for _ in range(times):
        data = gzip.compress(data)
    return answer(raw=data, headers={"Content-Encoding": ", ".join(["gzip"] * times)})


async def test_the_deadline_holds_while_an_answer_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each piece is a moment: the clock is looked at between them."""
    monkeypatch.setattr(request_progress, "_BREATH_S", 0.0)
    quick, fed = Unpacker.feed, 0

    def feed(unpacker: Unpacker, data: bytes) -> Iterator[bytes]:
        nonlocal fed
        for piece in quick(unpacker, data):
            time.sleep(0.005)
            fed += 1
            yield piece

    monkeypatch.setattr(Unpacker, "feed", feed)
    step = packed(b" " * (64 << 20))
    outcome, _ = await sent(START, step, timeouts=IN_ALL)
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["read-timeout"])
    assert fed < 1000, "of 1,024 pieces"


@pytest.mark.parametrize("by", ["esc", "deadline"])
async def test_the_loop_goes_on_while_a_long_answer_is_read(
    monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """It is read in a thread, which nobody waits for once the call was stopped."""
    began, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def read(raw: bytes, redactor: Redactor, masked: Any) -> Body:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(10)
        return read_body(raw, redactor, masked)

    monkeypatch.setattr(read_whole, "read_body", read)
    long = answer(raw=b'{"result": {"code": 0}}' + b" " * reading.ASIDE_BYTES)
    timeouts = IN_ALL if by == "deadline" else Timeouts()
    events: list[Event] = []
    try:
        async with RawServer(long) as server, client_to(server.url, timeouts=timeouts) as client:
            task = asyncio.create_task(client.send(START, keep_in(events)))
            await began.wait()
            if by == "esc":
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            else:
                await task
    finally:
        go_on.set()
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.outcome.verdict is UNKNOWN
    assert errors(last.outcome) == ["cancelled" if by == "esc" else "read-timeout"]


async def test_a_long_answer_is_read_as_a_short_one_is() -> None:
    stations = [{"id": n, "name": "S", "latitude": 52.5, "longitude": 13.4} for n in range(3000)]
    long, _ = await sent(SEARCH, answer(body={"stations": stations}))
    assert long.data is not None
    assert len(long.data.stations) == 3000
    short, _ = await sent(SEARCH, answer(body={"stations": stations[:1]}))
    assert short.data is not None
    assert short.data.stations[0] == long.data.stations[0]


async def test_json_that_would_fill_the_memory_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_bytes, "MAX_JSON_BYTES", 100_000)
    for step in (answer(raw=b"[" + b"[]," * 1000 + b"0]"), packed(b"[" + b"[]," * 90_000 + b"0]")):
        outcome, server = await sent(SEARCH, step)
        assert (outcome.verdict, errors(outcome)) == (FAILED, ["too-large"])
        assert len(server.requests) == 1


async def test_what_is_asked_for_is_what_can_be_unpacked() -> None:
    _, server = await sent(VERIFY, answer())
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


HTTP_CASES = Path(__file__).parent / "data" / "http"
OF_THE_WIRE = {
    "gzip-members", "x-gzip", "brotli", "zstd", "gzip-undeclared", "header-line"
}  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in json.loads((HTTP_CASES / "index.json").read_text("utf-8"))
        if case["group"] in OF_THE_WIRE
    ],
    ids=lambda case: case["file"],
)
async def test_an_answer_byte_by_byte(case: dict[str, Any]) -> None:
    call = AnyCall(case["call"], case["members"])
    outcome, _ = await sent(
        call,
        raw_bytes((HTTP_CASES / case["file"]).read_bytes()),
        policy=RetryPolicy(attempts=1),
    )
    expected = case["expected"]
    said = json.dumps(outcome.to_json(), ensure_ascii=False).lower()
    assert any(
        outcome.verdict == one["verdict"]
        and one.get("code", outcome.code) == outcome.code
        and one.get("error", outcome.attempts[-1].error) == outcome.attempts[-1].error
        and (not one.get("note") or outcome.issues)
        and not any(word in said for word in one.get("lacks", ()))
        and all(text.lower() in said for text in one.get("response_has", ()))
        for one in expected.get("either", [expected])
    ), said


# --- Heads of answers

HEAD = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"


@pytest.mark.parametrize("call", [START, VERIFY], ids=["command", "read"])
@pytest.mark.parametrize(
    "location",
    [
        b"http://[broken",
        b"http://a:99999999/",
        b"http://\xc3\xa4\xff/",
        b"//",
        b"",
        b"/" + b"x" * 70_000,
        b"/" + b"x" * 200_000,
        b"/\x00",
        b"/\x01\x1b[31m\x7f",
        b"/\x0b\x0c",
        b"/a\rb",
    ],
    ids=lambda value: str(value)[:20],
)
async def test_a_redirect_is_a_refusal_whatever_its_location_says(
    call: Call[Any], location: bytes
) -> None:
    outcome, server = await sent(call, raw_bytes(HEAD + b"Location: " + location + b"\r\n\r\n"))
    assert (outcome.verdict, outcome.http_status) == (REFUSED, 302)
    assert (errors(outcome), len(server.requests)) == ([None], 1)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize(
    "line",
    [b"no colon", b"X-A : 1", b"cache rule: a", b"(a): b", b": b", b"=", b"X: a\x00b", b"\xe4: 1"],
)
async def test_one_bad_header_line_does_not_make_a_start_unknown(
    line: bytes, line_end: bytes
) -> None:
    body = b'{"session-start": {"success": true}, "result": {"code": 0}}'
    good = b"Content-Length: %d" % len(body)
    for lines in ([line, good], [good, line], [line, b" folded", good], [b" folded", line, good]):
        head = line_end.join([b"HTTP/1.1 200 OK", *lines, b"", b""])
        outcome, _ = await sent(START, raw_bytes(head + body))
        assert (outcome.verdict, outcome.code) == (SUCCESS, "000")
        assert len(outcome.issues) == 1


@pytest.mark.parametrize(
    "data",
    [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\x15\x03\x01\x00\x02\n\n"],
)
async def test_what_is_not_http_is_said_at_once(data: bytes) -> None:
    outcome, _ = await sent(START, stall(data))
    assert (outcome.verdict, errors(outcome)) == (UNKNOWN, ["not-http"])


async def test_an_answer_may_come_after_a_word_of_patience_and_byte_by_byte() -> None:
    body = b'{"result": {"code": 0}}'
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA\r\n\r\nHTTP/1.1 200 OK\r\nB\r\n"
    whole = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for step in (raw_bytes(whole), drip(whole, 0)):
        outcome, _ = await sent(START, step)
        assert (outcome.verdict, outcome.code) == (SUCCESS, "000")


async def test_a_request_goes_out_in_one_piece() -> None:
    """In two, a server that hangs up between them makes a reset of what it had said."""
    written: list[bytes] = []
    write = AnyIOStream.write

    async def noted(stream: AnyIOStream, buffer: bytes, *rest: Any, **more: Any) -> None:
        written.append(buffer)
        await write(stream, buffer, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnyIOStream, "write", noted)
        _, server = await sent(START, answer())
    (request,) = server.requests
    assert [data for data in written if data] == [request.head + request.body]


# --- A certificate of ours


def demanding(authority: trustme.CA) -> ssl.SSLContext:
    context = tls_for(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize("call", [START, VERIFY], ids=["command", "read"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_certificate_that_the_server_demands(
    authority: trustme.CA, ca_file: str, call: Call[Any], version: ssl.TLSVersion
) -> None:
    """The server is one of plain sockets: asyncio's closes without the alert."""
    context = demanding(authority)
    context.minimum_version = context.maximum_version = version

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            context.wrap_socket(connection, server_side=True).recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = asyncio.create_task(asyncio.to_thread(serve, listener))
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        async with client_to(url, ca_file=ca_file) as client:
            outcome = await client.send(call)
        await served
    assert (outcome.verdict, errors(outcome)) == (FAILED, ["tls"])
    assert not outcome.attempts[0].left
    assert not outcome.may_have_taken_effect


@pytest.mark.parametrize("call", [START, VERIFY], ids=["command", "read"])
async def test_a_certificate_that_the_server_demands_without_a_word(
    authority: trustme.CA, ca_file: str, call: Call[Any]
) -> None:
    async with RawServer(answer(), tls=demanding(authority)) as server:
        async with client_to(server.url, ca_file=ca_file) as client:
            outcome = await client.send(call)
        assert not server.requests
    assert (outcome.verdict, set(errors(outcome))) == (FAILED, {"tls"})
    assert not any(attempt.left for attempt in outcome.attempts)


@pytest.mark.parametrize(
    ("reason", "is_new", "left"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", True, False),
        ("TLSV1_ALERT_UNKNOWN_CA", True, False),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", False, True),
        ("TLSV1_ALERT_INTERNAL_ERROR", True, True),
        ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", True, True),
    ],
)
def test_an_alert_after_the_request_left(reason: str, is_new: bool, left: bool) -> None:
    """A refusal that comes later than we waited for it; then the alert itself tells."""
    error, cause = httpx.ReadError(reason), ssl.SSLError(1, reason)
    error.__cause__, cause.reason = cause, reason
    failure = classify(error, left=True, through_proxy=False, is_new_tls_1_3=is_new)
    assert (failure.name, failure.left) == ("tls", left)


async def test_a_certificate_that_the_server_only_asks_for(
    authority: trustme.CA, ca_file: str
) -> None:
    context = demanding(authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    async with (
        RawServer(answer(), tls=context) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        outcome = await client.send(START)
    assert outcome.verdict is SUCCESS


async def test_a_reset_over_tls_is_a_reset(authority: trustme.CA, ca_file: str) -> None:
    """It stands on an error of OpenSSL that only says that more had been to come."""
    async with (
        RawServer(reset(), tls=tls_for(authority)) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        outcome = await client.send(VERIFY)
    assert set(errors(outcome)) <= {"reset", "closed"}
    assert len(outcome.attempts) == AT_ONCE.attempts


# --- What a stopped call leaves behind


@pytest.mark.parametrize("kind", ["http", "https"])
async def test_no_connection_of_a_stopped_call_stays_in_the_pool(
    authority: trustme.CA, ca_file: str, kind: str
) -> None:
    tls = tls_for(authority) if kind == "https" else None
    async with (
        RawServer(answer(), tls=tls) as server,
        client_to(server.url, ca_file=ca_file) as client,
    ):
        for turns in range(0, 120, 3 if tls else 1):
            task = asyncio.create_task(client.send(VERIFY))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        pool: Any = client._transports.of(False)._pool
        assert [each for each in pool.connections if not each.is_idle()] == []
        assert pool._requests == []


# --- Our own words


@pytest.mark.parametrize("depth", [100, 600, 960, 5000])
async def test_a_request_that_is_nested_too_deep_is_refused_before_anything_begins(
    depth: int,
) -> None:
    members: dict[str, Any] = {}
    for _ in range(depth):
        members = {"a": [members]}
    events: list[Event] = []
    async with client_to("http://127.0.0.1:9/") as client:
        with pytest.raises(CallError, match="nested"):
            await client.send(AnyCall("x-get-y", members), keep_in(events))
    assert events == []
