"""Where the time of an attempt went, with real connections on loopback."""

import asyncio
import socket
import ssl
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
import trustme

from console.oioi.calls import Call, SessionStart, StationSearch, User
from console.oioi.http.attempt import Attempt, Phases
from console.oioi.http.client import OioiClient, Timeouts
from console.oioi.http.phases import PhaseClock
from console.oioi.http.retry import RetryPolicy
from tests.raw_server import RawServer, Step, answer, reset, stall

START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E12345*1")
SEARCH = StationSearch(52.5167, 13.3833, 100)
FOUND: dict[str, Any] = {"stations": []}
ONCE = RetryPolicy(attempts=1)
HASTY = Timeouts(connect_s=10, read_s=0.4, command_s=0.4, total_extra_s=10)


def client_to(url: str, **options: Any) -> OioiClient:
    return OioiClient(url, "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", policy=ONCE, **options)


async def attempt_at(call: Call[Any], *script: Step, **options: Any) -> tuple[Attempt, Phases]:
    """The only attempt at a call to a server that plays this script."""
    async with RawServer(*script) as server, client_to(server.url, **options) as client:
        (attempt,) = (await client.send(call)).attempts
    assert attempt.phases is not None
    return attempt, attempt.phases


def total(phases: Phases) -> float:
    parts: tuple[float | None, ...] = astuple(phases)
    return sum(part for part in parts if part is not None)


def slowly(head_s: float, body_s: float) -> Step:
    """An answer whose head and whose body are waited for."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(head_s)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(body_s)
        writer.write(b'{"result": {"code": 0}}')
        await writer.drain()

    return step


async def test_the_wait_for_the_head_and_that_for_the_body_are_apart() -> None:
    attempt, phases = await attempt_at(START, slowly(0.2, 0.1))
    assert phases.wait is not None
    assert 200 <= phases.wait < 290
    assert phases.receive is not None
    assert 100 <= phases.receive < 190
    assert phases.connect is not None
    assert phases.send is not None
    assert (phases.tls, phases.lookup) == (None, None)
    assert total(phases) <= (attempt.elapsed_ms or 0)


async def test_a_head_that_comes_in_pieces_is_waited_for_until_its_first_byte() -> None:
    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200")
        await writer.drain()
        await asyncio.sleep(0.5)
        writer.write(b' OK\r\nContent-Length: 23\r\n\r\n{"result": {"code": 0}}')

    _, phases = await attempt_at(START, step)
    assert (phases.wait or 0) < 400
    assert (phases.receive or 0) >= 500


async def test_on_a_connection_that_was_kept_alive_nothing_is_connected() -> None:
    script = answer(body=FOUND), slowly(0.2, 0.0)
    async with RawServer(*script) as server, client_to(server.url) as client:
        first, second = [(await client.send(SEARCH)).attempts[0].phases for _ in range(2)]
    assert first is not None
    assert first.connect is not None
    assert second is not None
    assert second.connect is None
    assert (second.wait or 0) >= 200  # the first byte of this answer, not of the one before


async def test_a_handshake_has_its_own_time(tmp_path: Path) -> None:
    ca = trustme.CA()
    certificate = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    async with (
        RawServer(answer(), tls=context) as server,
        client_to(server.url, ca_file=str(tmp_path / "ca.pem")) as client,
    ):
        (attempt,) = (await client.send(START)).attempts
    assert attempt.phases is not None
    assert (attempt.phases.tls or 0) > 0
    assert total(attempt.phases) <= (attempt.elapsed_ms or 0)


@pytest.mark.parametrize("step", [stall(), stall(b"HTTP/1.1 2"), reset()])
async def test_an_attempt_that_failed_has_the_phases_it_reached(step: Step) -> None:
    attempt, phases = await attempt_at(START, step, timeouts=HASTY)
    assert attempt.failure is not None
    assert phases.send is not None
    assert phases.wait is not None
    assert total(phases) <= (attempt.elapsed_ms or 0)


async def test_an_answer_that_stalls_in_its_head_did_begin() -> None:
    _, phases = await attempt_at(START, stall(b"HTTP/1.1 2"), timeouts=HASTY)
    assert (phases.wait or 0) < 350
    assert (phases.receive or 0) >= 350


async def test_the_way_through_a_proxy_has_its_own_time() -> None:
    async with RawServer(stall()) as proxy:
        way = f"http://127.0.0.1:{proxy.port}"
        async with client_to("https://oioi.example/", proxy=way, timeouts=HASTY) as client:
            (attempt,) = (await client.send(START)).attempts
    phases = attempt.phases
    assert phases is not None
    assert (phases.tunnel or 0) >= 80, "the proxy was asked, and said nothing"
    assert phases.connect is not None
    assert phases.connect < 80
    assert (phases.send, phases.tls) == (None, None)


async def test_where_nobody_listens_only_connecting_took_time() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    async with client_to(f"http://127.0.0.1:{port}/") as client:
        (attempt,) = (await client.send(START)).attempts
    assert attempt.phases is not None
    assert attempt.phases.connect is not None
    assert (attempt.phases.send, attempt.phases.wait) == (None, None)


def test_a_phase_ends_where_the_next_one_begins() -> None:
    clock = PhaseClock()
    for phase, at_s in (("connect", 1.0), ("tls", 1.5), ("connect", 1.75), ("send", 2.0)):
        clock.enter(phase, at_s)
    clock.enter(None, 2.125)
    assert clock.phases() == Phases(connect=750.0, tls=250.0, send=125.0)


def test_a_moment_before_the_running_phase_began_counts_as_its_beginning() -> None:
    clock = PhaseClock()
    clock.enter("wait", 2.0)
    clock.enter("receive", 1.0)
    clock.enter(None, 3.0)
    assert clock.phases() == Phases(wait=0.0, receive=1000.0)
