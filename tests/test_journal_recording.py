"""A command is on the disk before its first byte leaves; what a program that died knew is kept."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.connection import Connection
from console.exchanges import Exchanges
from console.journal import HistoryFilter, Journal, RecordedSender, Recording, recording
from console.journal.history import PROGRAM_ENDED
from console.journal.programs import ProgramRun, is_over, this_run
from console.keys import Keys
from console.oioi.calls import AnyCall, Call, SessionStart, User, UserVerify
from console.oioi.http.exchange import Finished
from console.oioi.judgement.outcome import Outcome, Verdict
from console.secrets import keep_secrets_of
from console.servers import ServerRef
from console.settings import Kind, Profile
from screens.app import OioiConsoleApp
from tests.app_fixtures import GOOD_CUSTOMER, start_session
from tests.command_line import SEARCH, finish, run, start
from tests.command_line import START as START_JSON
from tests.journal_fixtures import CARD, START, awaited, begun, finished, journal_at, result
from tests.raw_server import RawServer, answer, stall
from tests.screen import until, until_shown

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
HERE = ServerRef("bench")


def connection_to(url: str) -> Connection:
    profile = Profile("bench", url, kind=Kind.TEST, stores_key=False, retry_budget_s=60)
    return Connection(profile, Keys(environ={"OIOI_API_KEY": KEY}))


def rows(path: Path) -> list[tuple[Any, ...]]:
    """What another program sees of the history."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT call, verdict FROM exchange ORDER BY id").fetchall()


class WatchingServer(RawServer):
    """Keeps what stood in the journal at the moment each request arrived."""

    def __init__(self, path: Path, *script: Any) -> None:
        self.seen: list[list[tuple[Any, ...]]] = []

        def watching(step: Any) -> Any:
            async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                self.seen.append(rows(path))
                await step(reader, writer)

            return watched

        super().__init__(*map(watching, script))


async def test_a_command_is_on_the_disk_before_it_arrives_and_a_read_after_its_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        async with WatchingServer(path, answer(), answer()) as server:
            async with connection_to(server.url) as connection:
                calls: list[Call[Any]] = [START, CARD]
                for call in calls:
                    note = Recording(kept.journal, connection.server, call)
                    await connection.send(call, recording=note)
                await asyncio.to_thread(kept.wait)
        assert server.seen[0] == [("session-start", None)]
        assert [call for call, _ in server.seen[1]] == ["session-start"]
        assert rows(path) == [("session-start", "success"), ("rfid-verify", "success")]


async def test_a_wait_of_a_command_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    busy = answer(503, raw=b"busy", headers={"Retry-After": "30"})
    with journal_at(path) as kept:
        async with RawServer(busy) as server, connection_to(server.url) as connection:
            note = Recording(kept.journal, connection.server, START)
            waits = asyncio.Event()
            task = asyncio.create_task(
                connection.send(
                    START,
                    lambda _, exchange: waits.set() if exchange.waiting else None,
                    recording=note,
                )
            )
            await asyncio.wait_for(waits.wait(), 5)
            await asyncio.to_thread(kept.wait)
            (entry,) = await awaited(kept.journal.entries(HistoryFilter()))
            assert (entry.verdict, entry.http_status, entry.attempts) == (None, 503, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.to_thread(kept.wait)
        (entry,) = await awaited(kept.journal.entries(HistoryFilter()))
        assert entry.verdict is Verdict.UNKNOWN
        assert entry.id == note.id


async def test_a_slow_disk_holds_a_command_for_so_long_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.journal.patience_s = 0.05
        kept.wait()
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            note = Recording(kept.journal, HERE, START)
            for _ in range(3):
                await note.before_first_byte(begun(START))
            assert kept.said == [recording.TOO_SLOW]
            assert note.id is None
            other.execute("COMMIT")
        await asyncio.to_thread(kept.wait)
        assert note.id == 1


async def test_a_command_goes_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with journal_at(tmp_path / "file" / "j.sqlite3") as kept:
        async with RawServer(answer()) as server, connection_to(server.url) as connection:
            note = Recording(kept.journal, connection.server, START)
            outcome = await connection.send(START, recording=note)
        assert outcome.is_success
        assert len(kept.said) == 1


async def test_a_call_that_is_not_written_for_a_fault_of_ours_is_told_of_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(exchange: Any) -> Any:
        raise KeyError(f"of {KEY}")

    monkeypatch.setattr(recording, "pack", fail)
    with journal_at(tmp_path / "j.sqlite3") as kept:
        async with RawServer(answer()) as server, connection_to(server.url) as connection:
            for _ in range(2):
                note = Recording(kept.journal, connection.server, START)
                assert (await connection.send(START, recording=note)).is_success
        await asyncio.to_thread(kept.wait)
    (said,) = kept.said
    assert "failed for a fault of this program (KeyError)" in said
    assert KEY not in said
    assert "Something was not written into the journal." in caplog.messages


async def test_without_a_journal_a_call_is_sent_all_the_same() -> None:
    async with RawServer(answer()) as server, connection_to(server.url) as connection:
        note = Recording(None, connection.server, START)
        assert (await connection.send(START, recording=note)).is_success
        assert note.id is None


# ------------------------------------------------------------ secrets

SECRETS = [
    (UserVerify("anna@example.org", "Pa55word-of-anna"), "Pa55word-of-anna"),
    (SessionStart(User("DE*8PS*9DC4AB*X", token="t0ken-0f-anna"), "DE*8PS*E1"), "t0ken-0f-anna"),
    (AnyCall("x-y", {"api-key": "s3cret-s3cret-1"}), "s3cret-s3cret-1"),
    (CARD, KEY),
]


@pytest.mark.parametrize(("call", "secret"), SECRETS, ids=["password", "token", "member", "key"])
async def test_no_secret_comes_into_the_file(
    tmp_path: Path, call: Call[Any], secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.journal.codec.LEVEL", 0)  # what is compressed cannot be searched
    echo = f'{{"result": {{"code": 220, "message": "{secret} is wrong"}}, "x": "{secret}"}}'
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        headers = {"X-Echo": secret, "Set-Cookie": "c00kie"}
        script = answer(400, raw=echo.encode(), headers=headers)
        async with RawServer(script) as server:
            connection = connection_to(f"{server.url}/{secret}")
            keep_secrets_of(call.fields())  # as the app and send do
            note = Recording(kept.journal, connection.server, call)
            await connection.send(call, recording=note)
            await connection.close()
        await asyncio.to_thread(kept.wait)
        found = kept.all_bytes()
        assert b"is wrong" in found
        assert secret.encode() not in found
        assert secret[4:12].encode().lower() not in found.lower()
        assert b"c00kie" not in found


# ------------------------------------------------------------ programs that die

DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from console.journal import Journal, Recording
from tests.journal_fixtures import BENCH, START, begun
async def main():
    Journal.patience_s = 60
    journal = Journal(Path(sys.argv[1]), on_trouble=print)
    recording = Recording(journal, BENCH, START, session=3)
    await recording.before_first_byte(begun(START))
    print(recording.id, flush=True)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
asyncio.run(main())
"""


def program(path: Path, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DIES, path, what],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_command_whose_program_died_is_unknown_and_one_in_flight_is_not_judged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j.sqlite3"
    with program(path, "dies") as dead, program(path, "lives") as alive:
        assert dead.wait(30) == -signal.SIGKILL
        assert alive.stdout is not None
        alive.stdout.readline()
        with journal_at(path) as kept:
            for _ in range(2):  # before the verdict is written, and after
                verdicts = {e.verdict for e in result(kept.journal.entries(HistoryFilter()))}
                assert verdicts == {Verdict.UNKNOWN, None}
                unknown = HistoryFilter(verdict=Verdict.UNKNOWN)
                assert result(kept.journal.count(unknown)) == 1
                kept.wait()
            (lost,) = result(kept.journal.entries(unknown))
            found = result(kept.journal.exchange(lost.id))
            assert found is not None
            outcome = found.exchange.outcome
            assert outcome is not None
            assert outcome.may_have_taken_effect
            assert (outcome.verdict, outcome.note) == (Verdict.UNKNOWN, PROGRAM_ENDED)
            assert outcome.title == "The program ended before the outcome was known"
            assert found.exchange.attempts[-1].error == "program-ended"
            assert result(kept.journal.forget(None)).exchanges == 1, "the one in flight stays"
        alive.kill()


def test_a_run_is_over_if_its_number_was_given_to_another_process() -> None:
    me = this_run()
    assert is_over(me) is False
    assert is_over(ProgramRun(me.pid, "12345", me.host, me.boot)) is True
    assert is_over(ProgramRun(me.pid, me.started, me.host, "another boot")) is True
    assert is_over(ProgramRun(me.pid, me.started, "another computer", me.boot)) is None


# ------------------------------------------------------------ the app's calls, and send


async def test_the_calls_of_the_app_are_kept_but_quiet_ones_are_not(tmp_path: Path) -> None:
    faults: list[Exception] = []
    with journal_at(tmp_path / "j.sqlite3") as kept:

        async def journal() -> Journal:
            return kept.journal

        async def yes(_: Any) -> bool:
            return True

        async with RawServer(answer(), stall()) as server:
            exchanges = Exchanges(yes, yes, faults.append, journal)
            connection = connection_to(server.url)
            submission = exchanges.submit(START, connection, session=9)
            assert submission.task is not None
            await submission.task
            quiet = exchanges.submit(CARD, connection, quiet=True)
            async with asyncio.timeout(5):
                await server.arrived.wait()
            exchanges.cancel(quiet)
            assert quiet.recording is None
            assert submission.recording is not None
            await asyncio.to_thread(kept.wait)
            await exchanges.close()
            await connection.close()
        (entry,) = await awaited(kept.journal.entries(HistoryFilter()))
        assert (entry.id, entry.session) == (submission.recording.id, 9)
        assert entry.server == ServerRef("bench", server.url)
    assert faults == []


def data_file() -> Path:
    from platformdirs import user_data_path

    return user_data_path("oioi-console", appauthor=False) / "journal.sqlite3"


async def test_send_keeps_its_call_unless_told_not_to() -> None:
    ran = await run("send", "--demo", "station-get-by-center-radius", SEARCH)
    assert ran.status == 0
    assert rows(data_file()) == [("station-get-by-center-radius", "success")]
    ran = await run("send", "--demo", "--no-history", "station-get-by-center-radius", SEARCH)
    assert ran.status == 0
    ran = await run("--no-history", "send", "--demo", "session-start", START_JSON)
    assert rows(data_file()) == [("station-get-by-center-radius", "success")]


async def test_a_send_that_is_killed_has_left_its_command_in_the_history() -> None:
    async with RawServer(stall()) as server:
        environ = {"OIOI_API_KEY": KEY}
        words = ("send", "--endpoint", server.url, "session-start", START_JSON)
        process = await start(*words, environ=environ)
        async with asyncio.timeout(20):
            await server.arrived.wait()
        process.kill()
        await finish(process)
    with journal_at(data_file()) as kept:
        (entry,) = await awaited(kept.journal.entries(HistoryFilter()))
        assert (entry.call, entry.verdict) == ("session-start", Verdict.UNKNOWN)
        assert os.fspath(entry.server.url) == server.url


async def test_send_works_where_nothing_can_be_kept_and_says_so() -> None:
    data_file().parent.parent.mkdir(parents=True)
    data_file().parent.write_text("in the way")
    ran = await run("send", "--demo", "station-get-by-center-radius", SEARCH)
    assert ran.status == 0
    assert ran.err.count("History and sessions are not kept") == 1


Opened = Callable[..., Any]


async def test_the_app_works_where_nothing_can_be_kept_and_says_so_once(
    started: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    notify = OioiConsoleApp.notify

    def heard(app: OioiConsoleApp, message: str, **more: Any) -> None:
        said.append(message)
        notify(app, message, **more)

    monkeypatch.setattr(OioiConsoleApp, "notify", heard)
    data_file().parent.parent.mkdir(parents=True)
    data_file().parent.write_text("in the way")
    async with RawServer(answer(body={"result": {"code": 11}})) as server:
        async with started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "Charging, says the server")
            await pilot.press("f6", "f3")
            assert len(said) == 1, said
            assert "History and sessions are not kept" in said[0]
            await pilot.press("ctrl+q")
            await until_shown(pilot, "note it down before you leave")


async def test_the_app_opens_the_journal_and_writes_what_waits_at_its_end(started: Opened) -> None:
    async with started() as pilot:
        app = pilot.app
        await until(pilot, lambda: app.context.journal is not None, "the journal is open")
        await pilot.press("enter")
        await until(pilot, lambda: bool(rows(data_file())), "the search is written")
        assert await app.context.find_station("de-dem e100008 1") is not None
        assert await app.context.find_station("DE*XXX*E1") is None
    assert [verdict for _, verdict in rows(data_file())] == ["success"]


def test_an_exchange_that_never_began_is_not_written(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        Recording(kept.journal, HERE, CARD)
        kept.wait()
        assert result(kept.journal.count(HistoryFilter())) == 0
        assert finished().outcome is not None


class AnsweringAtOnce:
    """A connection whose calls are answered before they are sent, in no time."""

    server = HERE

    def __init__(self) -> None:
        self.sent = 0

    async def send(
        self, call: Call[Any], observe: Any = None, *, recording: Any = None, station_id: Any = None
    ) -> Outcome[Any]:
        self.sent += 1
        exchange = finished(call)
        assert exchange.outcome is not None
        recording.observe(Finished(exchange.outcome, exchange.began), exchange)
        return exchange.outcome


async def test_a_batch_does_not_run_ahead_of_the_disk_without_end(tmp_path: Path) -> None:
    connection, on_the_disk = AnsweringAtOnce(), threading.Event()
    with journal_at(tmp_path / "j.sqlite3") as kept:
        sender = RecordedSender(kept.journal, connection)
        kept.journal.do(lambda _: on_the_disk.wait(100))

        async def send_many() -> None:
            for _ in range(recording.UNWRITTEN + 10):
                await sender.send(CARD)

        sending = asyncio.create_task(send_many())
        for _ in range(200):
            await asyncio.sleep(0)
        assert connection.sent == recording.UNWRITTEN
        on_the_disk.set()
        await sending
    assert len(rows(tmp_path / "j.sqlite3")) == recording.UNWRITTEN + 10
