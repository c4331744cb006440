"""Forgetting and growing old: what has ended goes, with its customer; what is open stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.journal import HistoryFilter
from console.journal.records import Forgotten
from console.oioi.calls import ReservationHolder, ReservationStart, SessionStart, User
from console.reservation_keeper import ReservationKeeper
from console.session_keeper import SessionKeeper
from console.session_tags import LookAt
from screens.main import main
from tests.journal_fixtures import Kept, awaited, finished, journal_at, small
from tests.keyring_fixtures import own_home
from tests.test_reservation_book import answer
from tests.test_reservation_book import code as reservation_code
from tests.test_reservation_book import ended as reservation_ended
from tests.test_session_book import SERVER, answered, begun, code, connector

__all__ = ["own_home"]

ANNA, BERTA = "DE*8PS*9DC4AB*X", "DE*8PS*1A2B3C*4"
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=100)
YESTERDAY = NOW - timedelta(days=1)


async def session(
    keeper: SessionKeeper, customer: str, result: int, sent_at: datetime = YESTERDAY
) -> int:
    """A session that was started then, and whose start was answered with this code."""
    call = SessionStart(User(customer), "DE*DEM*E100008*1")
    tag = await keeper.begin_start(call, SERVER, sent_at, "4711")
    keeper.observe(tag, begun(call), sent_at)
    keeper.observe(tag, answered(call, code(result)), sent_at)
    await keeper.written()
    return tag.number


async def reservation(
    keeper: ReservationKeeper, contract: str, result: int, sent_at: datetime = YESTERDAY
) -> None:
    call = ReservationStart("DE*DEM*E100008*1", [ReservationHolder(contract)])
    tag = await keeper.begin(call, SERVER, sent_at)
    outcome = reservation_code(call, result) if result else answer(call, _HELD)
    keeper.observe(tag, reservation_ended(call, outcome), sent_at)


_HELD = (
    b'{"reservation-start": {"end": "%s"}, "result": {"code": 0}}'
    % (NOW + timedelta(hours=1)).isoformat().encode()
)
REFUSED, CHARGES = 181, 11


async def numbers(kept: Kept) -> tuple[list[int], list[int]]:
    """The sessions and the reservations in the file."""

    def read(connection: Any) -> tuple[list[int], list[int]]:
        found = (
            connection.execute(f"SELECT number FROM {table} ORDER BY number").fetchall()
            for table in ("charging_session", "reservation")
        )
        first, second = ([number for (number,) in rows] for rows in found)
        return first, second

    return await awaited(kept.journal.read(read))


@pytest.mark.parametrize(
    ("wanted", "went", "stay"),
    [
        (HistoryFilter(subject="de-8ps-9dc4ab-x"), (2, 1, 1, 1), ([3, 4], [2, 3])),
        (HistoryFilter(subject=BERTA), (1, 1, 0, 0), ([1, 2, 3], [1, 2])),
        (HistoryFilter(before=NOW - timedelta(days=9)), (1, 0, 0, 0), ([2, 3, 4], [1, 2, 3])),
        (None, (3, 2, 1, 1), ([3], [2])),
        (HistoryFilter(call="session-start"), (0, 0, 0, 0), ([1, 2, 3, 4], [1, 2, 3])),
    ],
)
async def test_what_has_ended_is_forgotten_and_what_is_open_stays(
    tmp_path: Path,
    wanted: HistoryFilter | None,
    went: tuple[int, ...],
    stay: tuple[list[int], list[int]],
) -> None:
    with journal_at(tmp_path / "j.sqlite3", limits=small()) as kept:
        keeper, reservations = SessionKeeper(kept.journal), ReservationKeeper(kept.journal)
        await session(keeper, ANNA, REFUSED, LONG_AGO)
        await session(keeper, ANNA, REFUSED)
        await session(keeper, ANNA, CHARGES)
        await session(keeper, BERTA, REFUSED)
        for contract, result in ((ANNA, REFUSED), (ANNA, 0), (BERTA, REFUSED)):
            await reservation(reservations, contract, result)
        expected = Forgotten(0, *went)
        assert await awaited(kept.journal.would_forget(wanted)) == expected
        assert await awaited(kept.journal.forget(wanted)) == expected
        assert await numbers(kept) == stay
        assert kept.said == []


async def test_a_forgotten_customer_is_in_none_of_the_files(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        keeper, reservations = SessionKeeper(kept.journal), ReservationKeeper(kept.journal)
        await session(keeper, ANNA, REFUSED)
        await reservation(reservations, ANNA, REFUSED)
        assert b"9DC4AB" in kept.all_bytes()
        await awaited(kept.journal.forget(HistoryFilter(subject=ANNA)))
        assert b"9DC4AB" not in kept.all_bytes()


async def test_what_is_shown_in_another_program_goes_there_too_and_does_not_come_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept, journal_at(path) as other:
        keeper, reservations = SessionKeeper(kept.journal), ReservationKeeper(kept.journal)
        ended = await session(keeper, ANNA, REFUSED)
        charges = await session(keeper, BERTA, CHARGES)
        await reservation(reservations, ANNA, REFUSED)
        await reservations.load()
        look = keeper.begin_look(LookAt(ended), NOW)
        assert look is not None
        await awaited(other.journal.forget(HistoryFilter(subject=ANNA)))
        # A look that was in flight changes the session before this program hears of it.
        body = f'{{"stations": [{{"id": 4711, "connectors": [{AVAILABLE}]}}]}}'
        keeper.observe(LookAt(ended), answered(look, body.encode()), NOW)
        await keeper.written()
        await session(keeper, BERTA, REFUSED)  # it was written behind it
        assert ended not in (await numbers(other))[0]
        keeper.observe(LookAt(ended), answered(look, body.encode()), NOW)
        await keeper.refresh()
        assert await reservations.load()
        assert charges in [entry.number for entry in keeper.book]
        assert list(reservations.book) == []


AVAILABLE = connector("DE*DEM*E100008*1", "Available", None)


async def test_the_card_of_a_forgotten_session_goes(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept, journal_at(path) as other:
        keeper = SessionKeeper(kept.journal)
        ended = await session(keeper, ANNA, REFUSED)
        look = keeper.begin_look(LookAt(ended), NOW)
        assert look is not None
        await awaited(other.journal.forget(None))
        assert await keeper.refresh()
        assert list(keeper.book) == []
        keeper.observe(LookAt(ended), answered(look, b'{"stations": []}'), NOW)  # and no fault


async def test_what_ended_long_ago_goes_and_what_is_open_stays_however_old(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3", limits=small(days=90)) as kept:
        keeper, reservations = SessionKeeper(kept.journal), ReservationKeeper(kept.journal)
        for sent_at in (LONG_AGO, YESTERDAY):
            await session(keeper, ANNA, REFUSED, sent_at)
            await session(keeper, ANNA, CHARGES, sent_at)
            await reservation(reservations, ANNA, REFUSED, sent_at)
            await reservation(reservations, ANNA, 0, sent_at)
        kept.keep(finished(at=NOW))
        while await awaited(kept.journal.tidy()):
            pass
        assert await numbers(kept) == ([2, 3, 4], [2, 3, 4])


@pytest.mark.usefixtures("own_home")
async def test_the_command_says_what_it_removed_and_what_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from console.journal.file import default_path

    with journal_at(default_path()) as kept:
        keeper, reservations = SessionKeeper(kept.journal), ReservationKeeper(kept.journal)
        await session(keeper, ANNA, REFUSED)
        await session(keeper, ANNA, CHARGES)
        await session(keeper, BERTA, CHARGES)
        await reservation(reservations, ANNA, REFUSED)
    assert main(["history", "forget", "--subject", "de8ps9dc4abx", "--yes"]) == 0
    said = capsys.readouterr()
    assert said.out == "1 session and 1 reservation forgotten.\n"
    assert said.err == "1 open session stays in the list until it has ended.\n"
    assert main(["history", "forget", "--all", "--yes"]) == 1
    said = capsys.readouterr()
    assert "2 open sessions stay in the list until they have ended.\n" in said.err
