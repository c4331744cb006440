"""The journal stays within its limits, and remembers which station an EVSE ID belongs to."""

import os
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.journal import HistoryFilter, Limits, Recording, pruning, search, stations
from console.journal.opening import open_journal
from console.oioi.calls import StationSearch
from console.oioi.http.exchange import Finished
from console.servers import IMPORTED, ServerRef
from console.settings import Settings
from tests.journal_fixtures import (
    BENCH,
    CARD,
    NOON,
    START,
    Kept,
    begun,
    finished,
    journal_at,
    result,
    small,
)

NOW = datetime.now(UTC)


def tidied(kept: Kept) -> None:
    while result(kept.journal.tidy()):
        pass


def ids(kept: Kept) -> list[int]:
    found = result(kept.journal.entries(HistoryFilter(), limit=10_000))
    return [entry.id for entry in found]


def test_the_oldest_go_first_by_number_whatever_the_clock_said(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3", limits=small(exchanges=3)) as kept:
        for hours in (9, 0, 5, 1, 2):
            kept.keep(finished(at=NOON + timedelta(hours=hours)))
        tidied(kept)
        assert ids(kept) == [5, 4, 3]


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3", limits=small(days=30)) as kept:
        for days in (40, 31, 29, 0):
            kept.keep(finished(at=NOW - timedelta(days=days)))
        tidied(kept)
        assert ids(kept) == [4, 3]


def test_a_clock_that_jumped_ahead_does_not_empty_the_history(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(at=NOON))
        kept.wait()

        def prune(connection: sqlite3.Connection) -> bool:
            ahead = NOON + timedelta(days=3650)
            return pruning.prune(connection, Limits(), ahead, pruning.newest(connection))

        assert not result(kept.journal.do(prune))
        assert ids(kept) == [1]


def test_calls_in_flight_stay_whatever_the_limits_are(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3", limits=small(exchanges=1, days=1)) as kept:
        open_call = Recording(kept.journal, BENCH, START)
        result(open_call._write(begun(START), 0))  # type: ignore[arg-type]
        for _ in range(3):
            kept.keep(finished(at=NOW))
        tidied(kept)
        assert ids(kept) == [1]


def test_the_file_stays_within_its_size_and_its_index_goes_with_what_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PART", 20)
    path = tmp_path / "j.sqlite3"
    most = 8 * 1024 * 1024
    with journal_at(path, limits=small(bytes=most)) as kept:
        for number in range(150):
            body = os.urandom(50_000).hex().encode()
            exchange = finished(body=b'{"x": "%d %s"}' % (number, body))
            Recording(kept.journal, BENCH, CARD).observe(
                Finished(exchange.outcome, NOON),  # type: ignore[arg-type]
                exchange,
            )
        tidied(kept)
        total = sum(file.stat().st_size for file in tmp_path.iterdir())
        assert total <= most
        assert total > most // 3, "it is used"
        left = ids(kept)
        assert left[0] == 150
        assert len(left) > 30
        parts = result(kept.journal.read(search.parts))
        assert min(parts) == left[-1] // 20
        assert kept.said == []


def test_free_pages_are_given_back_many_at_once(tmp_path: Path) -> None:
    """One at a time, a file of 600 MB takes minutes to become one of 256 MB."""
    with journal_at(tmp_path / "j.sqlite3", limits=small(exchanges=1)) as kept:
        body = os.urandom(500_000).hex().encode()
        for _ in range(2):
            kept.keep(finished(body=b'{"x": "%s"}' % body))

        def given_back(connection: sqlite3.Connection) -> tuple[bool, int]:
            connection.execute("DELETE FROM exchange")
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            return pruning.give_back(connection), free

        is_more, free = result(kept.journal._writing.put(given_back))
        assert 50 < free < pruning.PAGES
        assert not is_more


def test_the_limits_and_the_switch_come_from_the_settings(tmp_path: Path) -> None:
    settings = Settings(history=False, history_exchanges=7, history_days=2.5, history_megabytes=9)
    journal = open_journal(settings, print)
    journal.close()
    assert journal.limits == Limits(7, 2.5, 9 * 1024 * 1024)
    assert not journal.keeps_history


# ------------------------------------------------------------ station numbers


def station(number: int, *evse_ids: str) -> dict[str, Any]:
    connectors = [{"id": n, "external-id": each} for n, each in enumerate(evse_ids)]
    return {"id": number, "name": "x", "connectors": connectors}


def listed(*found: dict[str, Any]) -> Any:
    data, _ = StationSearch(52.5, 13.4, 5).read(json_of(found))
    assert data is not None
    return data


def json_of(found: tuple[dict[str, Any], ...]) -> Any:
    import json

    return json.dumps({"stations": list(found), "result": {"code": 0}}).encode()


def test_the_stars_of_a_german_evse_id_matter(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.journal.remember_stations(BENCH, listed(station(7, "+49*123*45*6", "17")))
        kept.wait()
        assert result(kept.journal.station_of(BENCH, "49*123*45*6")) == "7"
        assert result(kept.journal.station_of(BENCH, "17")) == "7"
        assert result(kept.journal.station_of(BENCH, "+49*123*456")) is None


@pytest.mark.parametrize("spelling", ["DE*ABC*E1*2", "deabce12", "DE-ABC-E1-2", "de*abc e12"])
def test_an_evse_id_is_found_in_any_spelling_at_its_own_server(
    tmp_path: Path, spelling: str
) -> None:
    path = tmp_path / "j.sqlite3"
    other, demo = ServerRef("x", "https://other.example/api"), ServerRef("demo")
    with journal_at(path) as kept:
        kept.journal.remember_stations(BENCH, listed(station(7, "DE*ABC*E1*2", "DE*ABC*E9")))
        kept.journal.remember_stations(other, listed(station(8, "DE*ABC*E1*2")))
        kept.journal.remember_stations(demo, listed(station(9, "DE*ABC*E1*2")))
        kept.wait()
    with journal_at(path) as kept:
        same_server = ServerRef("another profile", BENCH.url)
        assert result(kept.journal.station_of(same_server, spelling)) == "7"
        assert result(kept.journal.station_of(other, spelling)) == "8"
        assert result(kept.journal.station_of(demo, spelling)) == "9"
        assert result(kept.journal.station_of(BENCH, "DE*ABC*E1*3")) is None


def test_the_newest_list_counts(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3", keeps_history=False) as kept:
        kept.journal.remember_stations(BENCH, listed(station(7, "DE*ABC*E1")))
        kept.journal.remember_stations(BENCH, listed(station(8, "DE*ABC*E1")))
        kept.wait()
        assert result(kept.journal.station_of(BENCH, "DE*ABC*E1")) == "8"


def test_a_long_list_is_remembered_whole_and_a_command_need_not_wait_for_it(
    tmp_path: Path,
) -> None:
    many = listed(*(station(n, f"DE*ABC*E{n}") for n in range(10 * stations.SLICE + 1)))
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.wait()
        began = time.perf_counter()
        kept.journal.remember_stations(BENCH, many)
        assert time.perf_counter() - began < 0.05
        number = 10 * stations.SLICE
        select = "SELECT 1 FROM station_number WHERE station = ?"
        found = kept.journal.do(lambda c: c.execute(select, (str(number),)).fetchone())
        assert result(found) is None, "what somebody waits for is done first"
        kept.wait()
        assert result(kept.journal.station_of(BENCH, f"DE*ABC*E{number}")) == str(number)


@pytest.mark.parametrize("years", [-7, 70])
def test_what_is_imported_grows_old_from_when_it_came(tmp_path: Path, years: int) -> None:
    imported = replace(BENCH, profile=IMPORTED)
    path, then = tmp_path / "j.sqlite3", NOW + timedelta(days=365 * years)
    with journal_at(path, limits=small(days=30)) as kept:
        kept.keep(finished(at=NOW - timedelta(days=29)))
        kept.keep(finished(at=then), server=imported)
        tidied(kept)
    with journal_at(path, limits=small(days=30)) as kept:
        kept.keep(finished(at=NOW - timedelta(days=1)))
        tidied(kept)
        assert ids(kept) == [3, 2, 1]
    with journal_at(path, limits=small(days=30)) as kept:
        assert result(kept.journal.read(pruning.newest)) == NOW - timedelta(days=1)
    with journal_at(path, limits=small(days=0.5)) as kept:
        tidied(kept)
        assert ids(kept) == []
