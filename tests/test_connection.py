"""A connection: what it needs for a call, and what becomes of the client when its key changes."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.connection import Connection, Connections, KeyMissing
from console.keys import Key, Keys, KeySource
from console.oioi.calls import RfidVerify, SessionStart, User
from console.oioi.http.client import OioiClient
from console.oioi.http.endpoint import PRODUCTION_URL, EndpointError
from console.oioi.judgement.outcome import Verdict
from console.servers import ServerRef
from console.settings import BUILT_IN, Kind, Profile, Settings, load
from tests.raw_server import RawServer, Step, answer, stall

OLD, NEW = "old-key-0123456789", "new-key-0123456789"
CARD = RfidVerify("04523022AA4881")
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*8PS*E1")


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[OioiClient]:
    """Every client that is closed, in this order."""
    closed: list[OioiClient] = []
    close = OioiClient.aclose

    async def noted(self: OioiClient) -> None:
        closed.append(self)
        await close(self)

    monkeypatch.setattr(OioiClient, "aclose", noted)
    return closed


def bench(url: str, **more: Any) -> Profile:
    return Profile("bench", url, Kind.TEST, stores_key=False, **more)


def held_back(release: asyncio.Event) -> Step:
    """An answer that comes when it is released."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        await answer()(reader, writer)

    return step


async def test_a_profile_and_a_key_are_all_a_call_needs() -> None:
    keys = Keys(environ={"OIOI_API_KEY": f" key={OLD} "})
    async with RawServer(answer()) as server, Connection(bench(server.url), keys) as connection:
        outcome = await connection.send(CARD)
        assert outcome.is_success
        assert connection.key_changes
        assert server.requests[0].headers["authorization"] == f"key={OLD}"


async def test_the_demo_brings_its_server_and_its_key() -> None:
    async with Connection(load().profile("demo"), Keys(environ={"OIOI_API_KEY": OLD})) as demo:
        assert demo.url == ""
        assert (await demo.send(CARD)).is_success
        assert demo.key is not None
        assert demo.key.source is KeySource.DEMO


async def test_without_a_key_nothing_is_sent_and_it_is_said_how_to_give_one() -> None:
    async with RawServer(answer()) as server:
        async with Connection(bench(server.url), Keys(environ={})) as connection:
            with pytest.raises(KeyMissing, match="OIOI_API_KEY"):
                await connection.send(CARD)
        assert server.requests == []


async def test_the_client_of_an_old_key_is_closed_at_once_when_nothing_is_in_flight(
    clients: list[OioiClient],
) -> None:
    async with RawServer(answer()) as server:
        keys = Keys(environ={"OIOI_API_KEY": OLD})
        async with Connection(bench(server.url), keys) as connection:
            await connection.send(CARD)
            connection.take_key(Key(NEW, KeySource.THIS_RUN))
            await server.all_closed()
            assert len(clients) == 1
            await connection.send(CARD)
            assert server.requests[1].headers["authorization"] == f"key={NEW}"
            assert len(clients) == 1
        assert len(set(clients)) == 2


async def test_calls_in_flight_end_on_the_client_they_began_with_which_is_then_closed(
    clients: list[OioiClient],
) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    async with RawServer(held_back(first), held_back(second), answer()) as server:
        keys = Keys(environ={"OIOI_API_KEY": OLD})
        async with Connection(bench(server.url), keys) as connection:
            calls = [asyncio.create_task(connection.send(each)) for each in (START, CARD)]
            while len(server.requests) < 2:
                server.arrived.clear()
                await server.arrived.wait()
            connection.take_key(Key(NEW, KeySource.THIS_RUN))
            assert (await connection.send(CARD)).is_success
            assert clients == []
            first.set()
            await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            assert clients == []
            second.set()
            assert [(await call).verdict for call in calls] == [Verdict.SUCCESS] * 2
            assert len(clients) == 1
            keys_sent = [request.headers["authorization"] for request in server.requests]
            assert keys_sent == [f"key={OLD}", f"key={OLD}", f"key={NEW}"]


async def test_what_is_in_flight_on_an_old_client_ends_with_the_connection() -> None:
    async with RawServer(stall()) as server:
        connection = Connection(bench(server.url), Keys(environ={"OIOI_API_KEY": OLD}))
        call = asyncio.create_task(connection.send(START))
        await server.arrived.wait()
        connection.take_key(None)
        await connection.close()
        assert (await call).verdict is Verdict.UNKNOWN


async def test_a_key_goes_to_every_connection_of_its_profile_and_to_no_other() -> None:
    connections = Connections(Keys(environ={}))
    first, changed = bench("http://127.0.0.1:9/"), bench("http://127.0.0.1:9/", attempts=1)
    other = Profile("other", "http://127.0.0.1:9/", Kind.TEST)
    made = [connections.of(profile) for profile in (first, changed, other)]
    connections.take_key("bench", Key(NEW, KeySource.THIS_RUN))
    assert [each.key is not None for each in made] == [True, True, False]
    assert connections.of(first) is made[0]


def test_read_only_holds_for_every_profile() -> None:
    connections = Connections(Keys(environ={}), read_only=True)
    assert connections.of(bench("http://127.0.0.1:9/")).profile.read_only


# --- The server of a session ----------------------------------------------------------------------

THERE = "https://garage.example/api"


def at_(server: ServerRef, *profiles: Profile, used: Profile | None = None) -> Profile:
    """The profile that a session at this server is stopped with; `used` was used in this run."""
    connections = Connections(Keys(environ={}))
    if used is not None:
        connections.of(used)
    settings = Settings(profiles=(*BUILT_IN, *profiles), path=Path("none"))
    return connections.at(server, settings).profile


def test_a_session_is_found_again_by_the_name_and_url_of_its_server() -> None:
    garage = Profile("garage", THERE, Kind.TEST, command_timeout_s=7)
    garage_then = ServerRef("garage", THERE)
    assert at_(garage_then, garage) == garage
    assert at_(ServerRef("demo"), garage).demo
    moved = replace(garage, url="https://new.example/api", kind=Kind.PRODUCTION)
    found = at_(garage_then, moved)
    assert (found.url, found.name, found.stores_key) == (THERE, "garage", True)
    assert found.is_production, "as careful as its profile is now"


def test_the_server_of_a_deleted_profile_has_no_stored_key_and_is_handled_as_production() -> None:
    gone = at_(ServerRef("garage", THERE))
    assert (gone.url, gone.stores_key, gone.is_production) == (THERE, False, True)
    used = Profile("garage", THERE, Kind.TEST)
    assert at_(ServerRef("garage", THERE), used=used) == used, "it was used in this run"


def test_a_server_of_endpoint_alone_is_no_production_unless_it_is() -> None:
    assert not at_(ServerRef("endpoint", THERE)).is_production
    assert at_(ServerRef("endpoint", PRODUCTION_URL)).is_production


def test_a_url_that_may_not_be_called_any_more_is_refused() -> None:
    with pytest.raises(EndpointError):
        at_(ServerRef("garage", "http://garage.example/api"))


def test_a_connection_knows_its_server() -> None:
    connections = Connections(Keys(environ={}))
    assert connections.of(bench(THERE)).server == ServerRef("bench", THERE)
    assert connections.of(Settings().profile("demo")).server == ServerRef("demo", "")
