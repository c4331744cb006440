"""`oioi-console sessions`: what list says of what app and `send` started, and what stop sends."""

import asyncio
import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.journal import Journal
from console.journal.file import default_path
from console.session_keeper import SessionKeeper
from tests.app_fixtures import GOOD_CUSTOMER, Started, start_session
from tests.command_line import KEY, START, Ran, finish, run, run_here, start
from tests.keyring_fixtures import own_home
from tests.raw_server import RawServer, Step, answer, close, stall
from tests.screen import until_shown

__all__ = ["own_home"]

pytestmark = pytest.mark.usefixtures("own_home")

KNOWN = {"OIOI_API_KEY": KEY}
STARTED = answer(body={"result": {"code": 11}, "session-start": {"session-id": "0017"}})
MEMBERS = {
    "number",
    "profile",
    "connector_id",
    "identifier_type",
    "identifier",
    "state",
    "since",
    "session_id",
    "is_stoppable",
    "next",
}


async def send_start(server: RawServer, *words: str) -> Ran:
    return await run_here(
        "send", "session-start", START, "--endpoint", server.url, *words, environ=KNOWN
    )


async def listed(*words: str) -> list[dict[str, Any]]:
    """The sessions of `sessions list --json`."""
    ran = await run_here("sessions", "list", "--json", *words)
    assert ran.status == (0 if ran.json else 1), ran.err
    found: list[dict[str, Any]] = ran.json
    return found


async def states(*words: str) -> list[str]:
    return [each["state"] for each in await listed(*words)]


async def stop(number: int, *words: str) -> Ran:
    return await run_here("sessions", "stop", str(number), *words, environ=KNOWN)


# --- list


async def test_without_a_session_list_says_so() -> None:
    for words in ([], ["--all"], ["--json"]):
        ran = await run_here("sessions", "list", *words)
        assert ran.status == 1
        assert ran.out.strip() in (
            "There is no open charging session.",
            "There is no charging session.",
            "[]",
        )


async def test_a_journal_that_cannot_be_read_is_not_said_to_have_no_session() -> None:
    async with RawServer(STARTED) as server:
        assert (await send_start(server)).status == 0
        with closing(sqlite3.connect(default_path())) as file:
            (version,) = file.execute("PRAGMA user_version").fetchone()
            file.execute(f"PRAGMA user_version = {version + 1}")
        for words in ([], ["--json"], ["--all"]):
            ran = await run_here("sessions", "list", *words)
            assert (ran.status, ran.out) == (1, "")
            assert "a newer version" in ran.err
            assert "not known" in ran.err
        ran = await stop(1)
        assert ran.status == 2
        assert "not known" in ran.err
        assert len(server.requests) == 1


async def test_a_start_by_send_is_listed_with_what_to_do_next() -> None:
    async with RawServer(STARTED) as server:
        await send_start(server)
    (session,) = await listed()
    assert session.keys() == MEMBERS
    assert session | {"since": "", "next": ""} == {
        "number": 1,
        "profile": "endpoint",
        "connector_id": "DE*DEM*E100008*1",
        "identifier_type": "evco-id",
        "identifier": "DE*8PS*9DC4AB*X",
        "state": "charging-reported",
        "since": "",
        "session_id": "0017",
        "is_stoppable": None,
        "next": "",
    }
    assert session["since"].endswith("Z")
    assert "look at the connector" in session["next"]
    ran = await run_here("sessions", "list")
    for words in ("1  Charging, says the server", "DE*DEM*E100008*1", "0017", session["next"]):
        assert " ".join(words.split()) in " ".join(ran.out.split())


async def test_what_is_over_is_listed_only_with_all() -> None:
    refused = answer(404, {"result": {"code": 181}})
    async with RawServer(refused) as server:
        await send_start(server)
    assert await states() == []
    assert await states("--all") == ["refused"]


async def test_a_profile_that_is_named_limits_the_list() -> None:
    async with RawServer(STARTED) as server:
        await send_start(server)
    assert await states("--profile", "endpoint") == ["charging-reported"]
    assert await states("--demo") == []


async def test_a_user_token_is_neither_listed_nor_kept(own_home: Path) -> None:
    by_token = START.replace("evco-id", "token").replace("DE*8PS*9DC4AB*X", "s3cret-t0ken")
    async with RawServer(STARTED) as server:
        words = ("send", "session-start", by_token, "--endpoint", server.url)
        await run_here(*words, environ=KNOWN)
        (session,) = await listed()
        assert (session["identifier_type"], session["identifier"]) == ("token", None)
        ran = await stop(1)
    assert ran.status == 2
    assert "only the program that started it can stop it" in " ".join(ran.err.split())
    assert len(server.requests) == 1
    for file in own_home.rglob("journal.sqlite3*"):  # noqa: ASYNC240
        assert b"s3cret-t0ken" not in file.read_bytes()


# --- stop


@pytest.mark.parametrize(
    ("came", "status", "state"),
    [
        (answer(), 0, "stopped"),
        (answer(404, {"result": {"code": 182}}), 1, "charging-reported"),
        (close(), 4, "stop-unknown"),
    ],
)
async def test_stop_sends_what_the_session_was_started_with(
    came: Step, status: int, state: str
) -> None:
    async with RawServer(STARTED, came) as server:
        await send_start(server)
        ran = await stop(1, "--json")
    assert ran.status == status
    assert ran.json["call"] == "session-stop"
    assert server.requests[1].json["session-stop"] == {
        **json.loads(START),
        "session-id": "0017",
    }
    assert await states("--all") == [state]


async def test_a_further_stop_needs_a_yes() -> None:
    async with RawServer(STARTED, answer(), answer(404, {"result": {"code": 182}})) as server:
        await send_start(server)
        await stop(1)
        ran = await stop(1)
        assert ran.status == 2
        assert "The stop was accepted already" in ran.err
        assert len(server.requests) == 2
        assert (await stop(1, "--yes")).status == 1
    assert await states("--all") == ["ended"]
    ran = await stop(1, "--yes")
    assert (ran.status, ran.err.strip()) == (2, "oioi-console: Session 1: This session is over.")


WRONG = [
    ([], "sessions needs list or stop"),
    (["lst"], "did you mean list?"),
    (["list", "more"], "No word follows"),
    (["stop"], "needs the number of one session"),
    (["stop", "one"], "needs the number of one session"),
    (["stop", "1", "2"], "needs the number of one session"),
    (["stop", "7"], "There is no session 7; sessions list shows"),
    (["list", "--endpoint", "https://one.example/api"], "no --endpoint"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
async def test_wrong_usage_is_one_sentence(words: list[str], said: str) -> None:
    ran = await run_here("sessions", *words)
    assert ran.status == 2
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


async def test_a_stop_goes_to_the_sessions_own_server_and_asks_on_production(
    own_home: Path,
) -> None:
    """Also when the profile has another URL by now, or is production by now."""

    def settings(url: str, kind: str) -> None:
        path = own_home / "config" / "oioi-console" / "settings.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[profiles.garage]\nurl = "{url}"\nkind = "{kind}"\n')

    async with RawServer(STARTED, answer()) as server, RawServer(answer()) as other:
        settings(server.url, "test")
        await run_here("send", "session-start", START, "--profile", "garage", environ=KNOWN)
        settings(other.url, "production")
        ran = await stop(1)
        assert ran.status == 2
        assert "--yes" in ran.err
        assert len(server.requests) == 1
        assert (await stop(1, "--yes", "--read-only")).status == 2
        assert (await stop(1, "--yes")).status == 0
    assert "session-stop" in server.requests[1].json
    assert not other.requests


# --- send and the session book


async def test_a_stop_by_send_moves_its_session_on() -> None:
    spelled = START.replace("DE*DEM*E100008*1", "de*dem*e1000081")
    async with RawServer(STARTED, answer()) as server, RawServer(answer()) as other:
        await send_start(server)
        for url, state in ((other.url, "charging-reported"), (server.url, "stopped")):
            words = ("send", "session-stop", spelled, "--endpoint", url)
            assert (await run_here(*words, environ=KNOWN)).status == 0
            assert await states("--all") == [state]


async def test_of_three_sends_at_once_at_one_connector_one_sends_a_start() -> None:
    """The others end with 2 before anything is sent, as one start is under way; --yes sends it."""
    others = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await others.wait()
        await STARTED(reader, writer)

    async with RawServer(late, STARTED) as server:
        words = "send", "session-start", START, "--endpoint", server.url
        sending = [asyncio.create_task(run(*words, environ=KNOWN)) for _ in range(3)]
        refused = [await done for _, done in zip("ab", asyncio.as_completed(sending), strict=False)]
        assert [ran.status for ran in refused] == [2, 2]
        assert all("under way" in ran.err and "--yes" in ran.err for ran in refused)
        await asyncio.wait_for(server.arrived.wait(), 60)
        assert (await send_start(server)).status == 2
        assert (await send_start(server, "--yes")).status == 0
        others.set()
        assert sorted([(await each).status for each in sending]) == [0, 2, 2]
        assert len(server.requests) == 2


async def test_a_start_by_send_waits_longer_for_a_slow_disk_than_one_in_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that of several starts at once one is sent, whatever else the machine does."""
    patience_s = 0.05
    monkeypatch.setattr(Journal, "patience_s", patience_s)
    begin_call = SessionKeeper.begin_call

    async def while_locked(*words: Any, **more: Any) -> Any:
        with closing(sqlite3.connect(default_path(), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            beginning = asyncio.create_task(begin_call(*words, **more))
            await asyncio.wait({beginning}, timeout=10 * patience_s)
            other.execute("COMMIT")
        monkeypatch.setattr(Journal, "patience_s", 60.0)
        return await beginning

    monkeypatch.setattr(SessionKeeper, "begin_call", while_locked)
    async with RawServer(STARTED) as server:
        ran = await send_start(server)
    assert ran.status == 0
    assert "the disk is slow" not in ran.err


async def test_send_says_when_a_start_may_be_the_second_one() -> None:
    async with RawServer(close(), answer(409, {"result": {"code": 320}})) as server:
        assert (await send_start(server)).status == 4
        assert await states() == ["unknown"]
        ran = await send_start(server)
    assert "An earlier start may have worked" in ran.err
    assert await states("--all") == ["unknown", "refused"]


async def test_a_start_that_is_not_sent_leaves_no_session() -> None:
    async with RawServer(STARTED) as server:
        ran = await run_here("send", "session-start", START, "--endpoint", server.url)
    assert ran.status == 2, "no key"
    assert await states("--all") == []


async def test_no_history_keeps_sessions_all_the_same() -> None:
    async with RawServer(STARTED) as server:
        await send_start(server, "--no-history")
    assert await states() == ["charging-reported"]


# --- kill -9


def on_the_disk(home: Path) -> list[str]:
    """The states of the sessions in the file, read while the program runs."""
    (path,) = home.rglob("journal.sqlite3")
    with closing(sqlite3.connect(path)) as file, file:
        return [stage for (stage,) in file.execute("SELECT stage FROM charging_session")]


async def killed(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await finish(process)


async def test_a_start_is_on_the_disk_before_it_arrives_and_after_kill_9(own_home: Path) -> None:
    async with RawServer(stall()) as server:
        words = ("send", "session-start", START, "--endpoint", server.url)
        process = await start(*words, environ=KNOWN)
        await asyncio.wait_for(server.arrived.wait(), 30)
        assert on_the_disk(own_home) == ["starting"]
        assert await states() == ["starting"]
        await killed(process)
    (session,) = await listed()
    assert session["state"] == "unknown"
    ran = await run_here("sessions", "list")
    assert "The program that sent the start ended before the answer came." in ran.out


async def test_kill_9_while_send_waits_for_its_next_attempt(own_home: Path) -> None:
    busy = answer(503, {"result": {"code": 302}}, headers={"Retry-After": "30"})
    async with RawServer(busy) as server:
        words = ("send", "session-start", START, "--endpoint", server.url)
        process = await start(*words, environ=KNOWN)
        assert process.stderr is not None
        await asyncio.wait_for(process.stderr.readuntil(b"Waiting"), 30)
        await killed(process)
        assert await states() == ["unknown"]
        assert (
            "An earlier start may have worked" in (await send_start(server, "--attempts", "1")).err
        )


async def test_kill_9_while_a_stop_is_in_flight(own_home: Path) -> None:
    async with RawServer(STARTED, stall()) as server:
        await send_start(server)
        process = await start("sessions", "stop", "1", environ=KNOWN)
        while len(server.requests) < 2:
            server.arrived.clear()
            await asyncio.wait_for(server.arrived.wait(), 30)
        assert on_the_disk(own_home) == ["stopping"]
        await killed(process)
        (session,) = await listed()
        assert session["state"] == "stop-unknown"
        assert "sent again safely" in session["next"]


# --- The demo


async def test_a_demo_session_survives_the_end_of_its_simulator() -> None:
    assert (await run_here("--demo", "send", "session-start", START)).status == 0
    assert await states("--demo") == ["charging-reported"]
    again = await run_here("--demo", "send", "session-start", START, "--json")
    assert again.json["code"] == "320", "it runs in the simulator of another program"
    ran = await run_here("--demo", "sessions", "stop", "1", "--json")
    assert (ran.status, ran.json["code"]) == (0, "000")


def demo_start(connector: str) -> tuple[str, ...]:
    return "--demo", "send", "session-start", START.replace("DE*DEM*E100008*1", connector)


async def test_a_start_of_the_demo_whose_answer_was_lost_goes_on_in_the_next_simulator() -> None:
    assert (await run_here(*demo_start("DE*SIM*ELOST"))).status == 4
    assert await states() == ["unknown"]
    again = await run_here(*demo_start("DE*SIM*E320"), "--json")
    assert again.status == 1
    assert await states() == ["unknown"], "it was carried out"
    assert (await run_here("sessions", "stop", "1")).status == 4
    assert await states() == ["stop-unknown"]
    await run_here(*demo_start("DE*SIM*E320"))
    assert await states() == [], "its stop was carried out, too"


async def test_a_start_of_the_demo_that_was_not_carried_out_is_over_in_the_next_simulator() -> None:
    assert (await run_here(*demo_start("DE*SIM*ERESET"))).status == 4
    assert await states() == ["unknown"]
    await run_here("--demo", "send", "session-start", START)
    assert await states() == ["charging-reported"]
    ran = await run_here("sessions", "list", "--all")
    assert "A new simulator of the demo has begun without it" in ran.out


async def test_what_the_app_started_can_be_stopped_after_it_ended(started: Started) -> None:
    async with started() as pilot:
        await start_session(pilot, "DE*DEM*E100008*1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
    (session,) = await listed()
    assert session["profile"] == "demo"
    assert (await stop(session["number"])).status == 0
    async with started() as pilot:
        await pilot.press("f3")
        await until_shown(pilot, "Stopped")
