"""Reservations on the disk: after a restart, beside a second program, and without a disk."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.journal import Journal
from console.oioi.calls import ReservationHolder, ReservationStart
from console.reservation_book import UNDER_WAY, ReservationStage, ReserveOf
from console.reservation_keeper import ReservationKeeper
from console.servers import ServerRef
from tests.test_reservation_book import SENT, UNTIL, answer, at, code, ended

SERVER = ServerRef("bench", "https://a")
CALL = ReservationStart("DE*8PS*E1", [ReservationHolder("DE*8PS*9DC4AB*X")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


async def kept(path: Path) -> ReservationKeeper:
    """What another program, started now, finds."""
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    await keeper.load()
    journal.close()
    return keeper


async def test_a_reservation_and_its_cancel_survive_the_program(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    assert (await kept(path)).book[tag.number].stage is ReservationStage.ASKING
    keeper.observe(tag, ended(CALL, answer(CALL, UNTIL)), at(1))
    journal.close()
    again = await kept(path)
    assert list(again.book) == list(keeper.book)
    assert again.book[tag.number].end == at(900)


async def test_a_cancel_is_on_the_disk_before_it_is_sent(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    keeper.observe(tag, ended(CALL, answer(CALL, UNTIL)), at(1))
    call, cancel = await keeper.begin_cancel(tag.number, at(5))
    assert (await kept(path)).book[tag.number].stage is ReservationStage.CANCELLING
    other = Journal(path)
    beside = ReservationKeeper(other)
    await beside.load()
    keeper.observe(cancel, ended(call, code(call, 0)), at(6))
    journal.close()
    assert await beside.load()
    assert beside.book[tag.number].stage is ReservationStage.CANCELLED
    other.close()
    assert list((await kept(path)).book) == [], "it is over, and was never seen by this program"


async def test_a_call_whose_program_died_is_unknown(path: Path) -> None:
    journal = Journal(path)
    tag = await ReservationKeeper(journal).begin(CALL, SERVER, SENT)
    journal.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE program SET pid = 999999999")
    again = await kept(path)
    assert again.book[tag.number].stage is ReservationStage.UNKNOWN
    assert "ended before the answer" in again.book[tag.number].note


async def test_what_was_never_sent_leaves_nothing(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    keeper.not_sent(tag, "No key.", at(1))
    journal.close()
    assert list((await kept(path)).book) == []


async def test_two_programs_never_use_one_number(path: Path) -> None:
    journals = [Journal(path), Journal(path)]
    keepers = [ReservationKeeper(journal) for journal in journals]
    tags = await asyncio.gather(
        *(keeper.begin(CALL, SERVER, SENT) for _ in range(5) for keeper in keepers)
    )
    assert len({tag.number for tag in tags}) == 10
    assert await keepers[0].load(), "the other program's are new"
    assert len(list(keepers[0].book)) == 10
    assert not await keepers[0].load()
    for journal in journals:
        journal.close()


async def test_without_a_disk_a_reservation_lives_as_long_as_the_program(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    said: list[str] = []
    journal = Journal(tmp_path / "folder" / "journal.sqlite3", on_trouble=said.append)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    keeper.observe(tag, ended(CALL, answer(CALL, UNTIL)), at(1))
    assert not await keeper.load()
    assert [entry.stage for entry in keeper.book] == [ReservationStage.HELD]
    journal.close()
    assert len(said) == 1
    assert "not kept" in said[0]


async def test_two_reservations_at_once_for_one_contract_are_one(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    same = ReservationStart("DE*8PS*E2", [ReservationHolder("de-8ps-9dc4ab-x")])
    other = ReservationStart("DE*8PS*E1", [ReservationHolder("DE*8PS*000001*0")])
    beginning = asyncio.ensure_future(keeper.begin(CALL, SERVER, SENT))
    await asyncio.sleep(0)
    assert keeper.before_reserve(same, SERVER, at(1)) == UNDER_WAY, "it is being written down"
    assert keeper.before_reserve(other, SERVER, at(1)) is None
    await beginning
    assert keeper.before_reserve(same, SERVER, at(1)) == UNDER_WAY, "it was not answered"
    journal.close()


async def test_a_row_of_a_newer_version_is_passed_over(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    keeper.observe(tag, ended(CALL, answer(CALL, UNTIL)), at(1))
    journal.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('INSERT INTO reservation (record) VALUES (\'{"stage": "odd"}\')')
        connection.execute(
            "UPDATE reservation SET record = json_set(record, '$.colour', 'red') WHERE number = 1"
        )
    assert [entry.number for entry in (await kept(path)).book] == [tag.number]


async def test_a_reservation_that_has_run_out_meanwhile_is_over(path: Path) -> None:
    journal = Journal(path)
    keeper = ReservationKeeper(journal)
    tag = await keeper.begin(CALL, SERVER, SENT)
    keeper.observe(tag, ended(CALL, answer(CALL, UNTIL)), at(1))
    assert not keeper.pass_time(at(899))
    assert keeper.pass_time(at(900))
    journal.close()
    assert list((await kept(path)).book) == []


async def test_without_a_journal_it_works_alike() -> None:
    keeper = ReservationKeeper()
    now = datetime.now(UTC) + timedelta()
    assert await keeper.begin(CALL, SERVER, now) == ReserveOf(1)
    assert not await keeper.load()
