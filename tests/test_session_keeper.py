"""The session book on the disk: shared by programs, kept after each of them ends."""

import asyncio
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.journal import Journal, session_rows
from console.journal import file as journal_file
from console.look_words import look_line
from console.oioi.calls import SessionStart, User
from console.oioi.sessions import OperatorsWord, Session, Stage
from console.oioi.stations import State
from console.session_entry import SessionEntry
from console.session_keeper import NOT_KEPT_FROM, SessionKeeper, StartUnderWay
from console.session_tags import LookAt, StartOf
from tests.test_session_book import (
    CHARGING,
    CUSTOMER,
    ELSEWHERE,
    HERE,
    HERE_STOP,
    OTHER_SERVER,
    REFUSED,
    SERVER,
    T0,
    answered,
    at,
    begun,
    code,
    connector,
    lost,
    stop_came,
)

TOKEN = "t0ken-of-the-customer"
Program = Callable[[], Any]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Another program with the same journal, which it has read: a keeper for as long as it runs."""

    @asynccontextmanager
    async def run() -> AsyncIterator[SessionKeeper]:
        journal = Journal(tmp_path / "journal.sqlite3")
        keeper = SessionKeeper(journal)
        await keeper.load()
        yield keeper
        await keeper.close()
        journal.close()

    return run


async def started(
    keeper: SessionKeeper, came: Any = CHARGING, call: SessionStart = HERE, now: float = 0
) -> int:
    """Start a session, of which this came two seconds later. Its number."""
    tag = await keeper.begin_start(call, SERVER, at(now), "4711")
    keeper.observe(tag, begun(call), at(now))
    if came is not None:
        keeper.observe(tag, came, at(now + 2))
    await keeper.written()
    return tag.number


def session(keeper: SessionKeeper, number: int) -> Session:
    return keeper.book[number].session


async def test_what_is_open_is_there_for_the_next_program(program: Program) -> None:
    async with program() as keeper:
        number = await started(keeper)
        await started(keeper, REFUSED, now=5)
        known = keeper.book[number]
    async with program() as later:
        assert [entry.number for entry in later.book] == [number]
        assert later.book[number] == known
        assert later.open_entries == [known]
        call, _ = await later.begin_stop(number, at(60))
        assert (call.user, call.connector_id, call.session_id) == (
            CUSTOMER,
            HERE.connector_id,
            "17",
        )


async def test_the_journal_numbers_the_sessions_of_all_programs(program: Program) -> None:
    async with program() as one, program() as other:
        numbers = [await started(keeper) for keeper in (one, other, one, other)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("written", ["insert_alone", "change"])
async def test_a_fault_of_ours_in_writing_a_session_down_is_told_of(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **more: Any) -> Any:
        raise KeyError(TOKEN)

    monkeypatch.setattr(f"console.journal.session_rows.{written}", fail)
    said: list[str] = []
    journal = Journal(tmp_path / "journal.sqlite3", on_trouble=said.append)
    keeper = SessionKeeper(journal)
    await keeper.load()
    await started(keeper)
    await keeper.close()
    journal.close()
    (sentence,) = said
    assert "failed for a fault of this program (KeyError)" in sentence
    assert TOKEN not in sentence


async def test_a_start_is_on_the_disk_before_it_is_sent(program: Program) -> None:
    async with program() as keeper:
        tag = await keeper.begin_start(HERE, SERVER, T0)
        async with program() as other:
            assert session(other, tag.number).stage is Stage.STARTING
            assert "under way" in str(other.before_start(HERE, SERVER, at(1)))


async def test_a_stop_is_on_the_disk_before_it_is_sent(program: Program) -> None:
    async with program() as keeper:
        number = await started(keeper)
        await keeper.begin_stop(number, at(60))
        async with program() as other:
            assert session(other, number).stage is Stage.STOPPING


async def test_a_start_that_was_never_sent_leaves_nothing(program: Program, tmp_path: Path) -> None:
    async with program() as keeper, program() as other:
        tag = await keeper.begin_start(HERE, SERVER, T0)
        assert await other.refresh()
        keeper.not_sent(tag, "Not sent: session-start was not confirmed.", at(5))
        await keeper.close()
        assert await other.refresh()
        assert [*other.book] == []
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as file, file:
        assert file.execute("SELECT count(*) FROM charging_session").fetchone() == (0,)


async def test_a_start_that_waits_for_a_question_at_the_end_leaves_nothing(
    program: Program,
) -> None:
    async with program() as keeper:
        await keeper.begin_start(HERE, SERVER, T0)
    async with program() as later:
        assert [*later.book] == []


async def test_two_starts_at_once_at_one_connector_are_one(program: Program) -> None:
    """While the first is being written down, the second is told that it is under way."""
    async with program() as keeper:
        beginning = asyncio.create_task(keeper.begin_start(HERE, SERVER, T0))
        await asyncio.sleep(0)
        spelled = SessionStart(CUSTOMER, "de8pse123451")
        assert "under way" in str(keeper.before_start(spelled, SERVER, T0))
        await beginning


async def test_of_two_starts_that_begin_at_once_one_is_sent(program: Program) -> None:
    """Both asked before either had begun."""
    async with program() as keeper:
        both = (keeper.begin_start(HERE, SERVER, T0) for _ in range(2))
        came = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in came] == [StartOf, StartUnderWay]


# --- Several programs


async def test_of_two_programs_that_start_at_once_at_one_connector_one_goes_on(
    program: Program,
) -> None:
    """Neither has read what the other writes."""
    async with program() as one, program() as other:
        spelled = SessionStart(CUSTOMER, "de8pse123451")
        tag = await one.begin_start(HERE, SERVER, T0)
        with pytest.raises(StartUnderWay, match="under way"):
            await other.begin_start(spelled, OTHER_SERVER, T0)
        agreed = await other.begin_start(spelled, SERVER, T0, even_if_under_way=True)
        assert agreed.number != tag.number
        one.observe(tag, begun(HERE), at(1))
        one.observe(tag, REFUSED, at(2))
        other.not_sent(agreed, "Not confirmed.", at(2))
        await one.written()
        await other.written()
        await one.begin_start(HERE, SERVER, at(3))


async def test_a_start_whose_program_died_is_not_under_way(
    program: Program, tmp_path: Path
) -> None:
    async with program() as one:
        await one.begin_start(HERE, SERVER, T0)
        with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as file, file:
            file.execute("UPDATE program SET started = 'long ago'")
        async with program() as other:
            await other.begin_start(HERE, SERVER, at(60))


async def test_what_one_program_learns_the_others_know(program: Program) -> None:
    async with program() as one, program() as other:
        number = await started(one)
        assert await other.refresh()
        assert session(other, number).stage is Stage.REPORTED
        assert not await other.refresh()
        one.say_word(number, OperatorsWord.ENDED, at(600))
        await one.close()
        assert await other.refresh()
        assert session(other, number) == session(one, number)
        assert other.open_entries == []


async def test_two_programs_change_the_same_session_and_nothing_is_lost(program: Program) -> None:
    """Each applies its change to what the other has made of it."""
    async with program() as one, program() as other:
        number = await started(one)
        await other.refresh()
        other.watch(number, False)
        await other.close()
        look = LookAt(number)
        one.begin_look(look, at(20))
        seen = connector(HERE.connector_id, "Occupied", 10)
        body = f'{{"stations": [{{"id": 4711, "connectors": [{seen}]}}]}}'
        one.observe(look, answered(HERE, body.encode()), at(20))
        call = one.book.begin_look(look, at(31))
        assert call is not None
        one.observe(look, answered(call, body.encode()), at(31))
        await one.close()
        await other.refresh()
        for keeper in (one, other):
            assert session(keeper, number).stage is Stage.CHARGING
            assert session(keeper, number).seen is State.OCCUPIED
            assert not keeper.book[number].is_watched


async def test_a_stop_of_one_program_and_a_look_of_another_are_both_kept(program: Program) -> None:
    async with program() as one, program() as other:
        number = await started(one)
        await other.refresh()
        _, tag = await other.begin_stop(number, at(60))
        one.watch(number, False)
        other.observe(tag, stop_came(code(0)), at(61))
        await one.close()
        await other.close()
        await one.refresh()
        assert session(one, number).stage is Stage.STOPPED
        assert not one.book[number].is_watched


async def test_a_look_of_one_program_counts_for_the_other(program: Program) -> None:
    async with program() as one, program() as other:
        number = await started(one)
        await other.refresh()
        assert other.due(at(13)) == one.due(at(13)) == [LookAt(number, quiet=True)]
        look = one.begin_look(LookAt(number, quiet=True), at(13))
        assert look is not None
        here = connector(HERE.connector_id, "Available", -60)
        body = f'{{"stations": [{{"id": 4711, "connectors": [{here}]}}]}}'
        one.observe(LookAt(number, quiet=True), answered(look, body.encode()), at(13))
        await one.written()
        assert await other.refresh()
        assert other.due(at(14)) == [], "the other one has looked"
        assert look_line(other.book[number], at(14)).startswith("looked 1 s ago: Available")
        assert "next look in 9 s" in look_line(other.book[number], at(14))
        assert other.due(at(23)) == [LookAt(number, quiet=True)]


async def test_many_changes_of_two_programs_at_once_all_arrive(program: Program) -> None:
    async with program() as one, program() as other:
        numbers = [await started(one, now=each) for each in range(20)]
        await other.refresh()
        for number in numbers:
            one.watch(number, False)
            other.locate(number, "4711", SERVER)
            other.say_word(number, OperatorsWord.CHARGES, at(600))
        await one.close()
        await other.close()
        await one.refresh()
        for number in numbers:
            entry = one.book[number]
            assert (entry.session.stage, entry.is_watched) == (Stage.CHARGING, False)


# --- A program that dies

DIES = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from console.journal import Journal
from console.session_keeper import SessionKeeper
from tests.test_session_book import CHARGING, HERE, SERVER, T0, begun, at

async def main():
    Journal.patience_s = 60
    keeper = SessionKeeper(Journal(Path(sys.argv[1])))
    await keeper.load()
    tag = await keeper.begin_start(HERE, SERVER, T0)
    if sys.argv[2] == "stop":
        keeper.observe(tag, CHARGING, at(2))
        await keeper.begin_stop(tag.number, at(60))
    print(tag.number, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


async def killed_while(doing: str, path: Path) -> int:
    """The number of a session whose program was killed when its call was about to be sent."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, path, doing, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    number = int(await process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    return number


@pytest.mark.parametrize(
    ("doing", "stage", "words"),
    [
        ("start", Stage.UNKNOWN, "noted whether the start was sent"),
        ("stop", Stage.STOP_UNKNOWN, "noted whether the stop was sent"),
    ],
)
async def test_what_was_about_to_be_sent_by_a_program_that_died_is_unknown(
    program: Program, tmp_path: Path, doing: str, stage: Stage, words: str
) -> None:
    async with program() as alive:
        number = await killed_while(doing, tmp_path / "journal.sqlite3")
        await alive.refresh()
        await alive.refresh()
        async with program() as later:
            for keeper in (later, alive):
                assert session(keeper, number).stage is stage
                assert words in session(keeper, number).note
                assert keeper.open_entries


async def test_what_is_in_flight_in_a_program_that_runs_stays_so(program: Program) -> None:
    async with program() as keeper:
        number = await started(keeper, None)
        async with program() as other:
            await other.refresh()
            assert session(other, number).stage is Stage.STARTING
            keeper.observe(StartOf(number), lost(HERE), at(90))
            await keeper.close()
            await other.refresh()
            assert session(other, number).stage is Stage.UNKNOWN


# --- Secrets

WITH_TOKEN = SessionStart(User("DE*8PS*9DC4AB*X", token=TOKEN), "DE*8PS*E1", TOKEN)
BY_TOKEN = SessionStart(User(TOKEN, "token"), "DE*8PS*E2")


async def test_user_tokens_are_never_written(program: Program, tmp_path: Path) -> None:
    async with program() as keeper:
        numbers = [await started(keeper, call=call) for call in (WITH_TOKEN, BY_TOKEN)]
        for number in numbers:
            await keeper.begin_stop(number, at(60))
        for file in tmp_path.glob("journal.sqlite3*"):  # noqa: ASYNC240
            assert TOKEN.encode() not in file.read_bytes(), file


async def test_a_token_serves_for_the_stop_only_in_the_run_of_the_start(program: Program) -> None:
    async with program() as keeper:
        number = await started(keeper, call=BY_TOKEN)
        await keeper.refresh()
        assert keeper.book.before_stop(number, at(60)) is None
    async with program() as later:
        assert "only the program that started it" in str(later.book.before_stop(number, at(60)))
    async with program() as keeper:
        call, _ = await keeper.begin_stop(await started(keeper, call=BY_TOKEN), at(60))
        assert call.user == BY_TOKEN.user


async def test_an_optional_login_token_is_absent_after_a_restart(program: Program) -> None:
    async with program() as keeper:
        number = await started(keeper, call=WITH_TOKEN)
        keeper.watch(number, False)
        await keeper.close()
        assert session(keeper, number).user.token == TOKEN, "it is still there in this run"
    async with program() as later:
        call, _ = await later.begin_stop(number, at(60))
        assert call.user == CUSTOMER


# --- What goes wrong


async def test_without_a_journal_sessions_are_kept_for_the_run() -> None:
    keeper = SessionKeeper(None)
    await keeper.load()
    number = await started(keeper)
    assert not await keeper.refresh()
    assert [entry.number for entry in keeper.open_entries] == [number]
    await keeper.close()


async def test_with_a_journal_that_cannot_be_written_sessions_are_kept_for_the_run(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    (tmp_path / "file").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "file" / "journal.sqlite3", on_trouble=said.append)
    keeper = SessionKeeper(journal)
    await keeper.load()
    numbers = [await started(keeper), await started(keeper, now=5)]
    assert min(numbers) > NOT_KEPT_FROM
    await keeper.begin_stop(numbers[0], at(60))
    assert session(keeper, numbers[0]).stage is Stage.STOPPING
    assert len(said) <= 1
    await keeper.close()
    journal.close()


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """The journal is locked by another program, for longer than this one waits."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_what_could_not_be_written_is_written_as_soon_as_that_is_possible(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start without a row, and a session whose answer was not written."""
    monkeypatch.setattr(journal_file, "BUSY_MS", 20)
    path = tmp_path / "journal.sqlite3"
    async with program() as keeper:
        before = await keeper.begin_start(ELSEWHERE, SERVER, T0)
        async with locked(path):
            keeper.observe(before, CHARGING, at(1))
            tag = await keeper.begin_start(HERE, SERVER, at(2))
            assert tag.number > NOT_KEPT_FROM
            keeper.observe(tag, begun(HERE), at(2))
            keeper.observe(tag, CHARGING, at(3))
            await keeper.written()
            await keeper.refresh()
            assert session(keeper, before.number).stage is Stage.REPORTED
            await keeper.written()
        await keeper.refresh()
        await keeper.written()
        await keeper.written()
        async with program() as other:
            assert [entry.session.stage for entry in other.book] == [Stage.REPORTED] * 2
            assert {entry.session.session_id for entry in other.book} == {"17"}
            assert {entry.call.connector_id for entry in other.book} == {
                HERE.connector_id,
                ELSEWHERE.connector_id,
            }
        assert len([*keeper.book]) == 2


async def test_what_could_not_be_written_is_tried_once_more_at_the_end(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_file, "BUSY_MS", 20)
    async with program() as keeper:
        async with locked(tmp_path / "journal.sqlite3"):
            tag = await keeper.begin_start(HERE, SERVER, T0)
            keeper.observe(tag, CHARGING, at(3))
            await keeper.written()
    async with program() as later:
        assert [entry.session.stage for entry in later.book] == [Stage.REPORTED]


async def begun_before_the_disk(keeper: SessionKeeper) -> StartOf:
    """A start that the disk was too slow for; it gets its row behind this."""
    assert keeper._journal is not None
    moves_on = threading.Event()
    keeper._journal.do(lambda connection: moves_on.wait(60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "patience_s", 0.01)
        tag = await keeper.begin_start(HERE, SERVER, T0)
    moves_on.set()
    assert tag.number > NOT_KEPT_FROM
    return tag


async def test_a_disk_that_is_slow_holds_no_start_up_and_gets_it_later(program: Program) -> None:
    async with program() as keeper:
        tag = await begun_before_the_disk(keeper)
        keeper.observe(tag, CHARGING, at(2))
        async with asyncio.timeout(10):
            while not keeper._rows:  # noqa: ASYNC110  it is written in a thread
                await asyncio.sleep(0)
        await keeper.close()
        await keeper.refresh()
        assert [entry.number for entry in keeper.book] == [tag.number], "it is the same session"
        async with program() as later:
            (entry,) = later.open_entries
            assert entry.number < NOT_KEPT_FROM
            assert entry.session == session(keeper, tag.number)


async def test_what_has_ended_and_got_its_row_late_goes_only_if_it_is_forgotten(
    program: Program,
) -> None:
    async with program() as keeper, program() as other:
        tag = await begun_before_the_disk(keeper)
        keeper.observe(tag, begun(HERE), T0)
        keeper.observe(tag, REFUSED, at(2))
        await keeper.written()
        await keeper.written()  # first its row, then what became of it
        await keeper.refresh()
        assert [entry.number for entry in keeper.book] == [tag.number]
        assert other._journal is not None
        await asyncio.wrap_future(other._journal.forget(None))
        assert await keeper.refresh()
        assert [*keeper.book] == []


async def test_without_history_what_ended_is_shown_though_the_disk_is_read_in_that_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal.sqlite3", keeps_history=False)
    keeper = SessionKeeper(journal)
    await keeper.load()
    tag = await keeper.begin_start(HERE, SERVER, T0)
    keeper.observe(tag, begun(HERE), T0)
    keeper.observe(tag, REFUSED, at(2))
    read = journal.read

    def read_after_what_is_being_written(work: Callable[[sqlite3.Connection], Any]) -> Any:
        journal.keep(lambda connection: None).result()
        return read(work)

    monkeypatch.setattr(journal, "read", read_after_what_is_being_written)
    await keeper.refresh()  # its row has just been removed
    await keeper.refresh()
    assert [entry.number for entry in keeper.book] == [tag.number]
    await keeper.close()
    journal.close()


async def test_a_record_of_a_newer_version_keeps_what_this_one_does_not_know(
    program: Program, tmp_path: Path
) -> None:
    async with program() as keeper:
        number = await started(keeper)
        other = await started(keeper, now=1)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as file, file:
        file.execute(
            "UPDATE charging_session SET record = json_set(record, '$.session.tariff', 'night',"
            " '$.version', 7, '$.session.stage', 'dreaming') WHERE number = ?",
            (number,),
        )
        file.execute("UPDATE charging_session SET record = 'no JSON' WHERE number = ?", (other,))
    async with program() as later:
        assert [entry.number for entry in later.book] == [number]
        assert session(later, number).stage is Stage.UNKNOWN, "it may run"
        later.watch(number, False)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as file, file:
        kept = dict(file.execute("SELECT number, record FROM charging_session").fetchall())
    assert '"tariff": "night"' in kept[number]
    assert kept[other] == "no JSON"


def test_everything_of_an_entry_but_its_token_comes_back() -> None:
    full = Session(
        User("04523022AA4881", "rfid"),
        "DE*8PS*E1",
        T0,
        "4711",
        stage=Stage.STOP_UNKNOWN,
        since=at(1),
        code="312",
        session_id="0123",
        is_stoppable=False,
        why="why",
        note="note",
        seen=State.OCCUPIED,
        seen_at=at(2),
        seen_since=at(3),
        recent_at=at(4),
        recent="recent",
        before_stop=(Stage.CHARGING, at(5)),
        stop_was_sent=True,
        stop_was_accepted=True,
        server_is_ahead=True,
        word=OperatorsWord.CHARGES,
        word_at=at(6),
    )
    for each in Session.__dataclass_fields__.values():
        assert getattr(full, each.name) != each.default, f"{each.name} is not tried here"
    call = SessionStart(full.user, full.connector_id)
    entry = SessionEntry(3, OTHER_SERVER, full, call, at(7), command_began=True, is_watched=False)
    members = session_rows.members_of_entry(entry)
    assert session_rows.entry_of(3, OTHER_SERVER, members) == entry
    assert session_rows.entry_of(3, OTHER_SERVER, members | {"more": 1}) == entry


async def test_a_clock_that_jumped_back_shows_nothing_negative(program: Program) -> None:
    from console.oioi import session_words

    async with program() as keeper:
        number = await started(keeper, answered(HERE, code(12)))
        keeper.book.pass_time(at(-86_400))
        told = session(keeper, number)
        now = T0 - timedelta(days=1)
        assert session_words.running_clock(told, now) == "0:30", "the whole time"
        assert "-" not in session_words.what_next(told, now)
        _, tag = await keeper.begin_stop(number, now)
        keeper.observe(tag, lost(HERE_STOP), now)
        assert "0 s ago" in str(keeper.book.before_stop(number, now - timedelta(days=1)))
