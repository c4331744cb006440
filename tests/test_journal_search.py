"""The search in the history, and forgetting."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from console.journal import HistoryFilter, search
from console.journal.codec import SEARCHED
from console.journal.forgetting import STILL_THERE
from console.oioi.calls import RfidVerify, SessionStart, User
from tests.journal_fixtures import CARD, START, Kept, finished, journal_at, result


def hits(kept: Kept, words: str) -> list[int]:
    found = result(kept.journal.entries(HistoryFilter(search=words)))
    assert result(kept.journal.count(HistoryFilter(search=words))) == len(found)
    return [entry.id for entry in found]


def body(text: str, code: int = 0) -> bytes:
    return json.dumps({"result": {"code": code, "message": text}}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("session-start", [1]),
        ("DE*8PS*9DC4AB*X", [1]),
        ("DE8PS9DC4ABX", [1]),
        ("de8ps9dc4abx", [1]),
        ("E100008", [1]),
        ("193", [2]),
        ("expired EXPIRED", [2]),
        ("expired session-start", []),
        ("04523022", [4, 3, 2]),
        ("südwall", [3]),
        ("SÜDWALL", [3]),
        ("straße", [3]),
        ("STRASSE", [3]),
        ("de", [1]),
        ("de E100008", [1]),
        ("zz E100008", []),
        ('"', []),
        ('say "hello"', [4]),
        ('hello" OR "x', []),
        ("NEAR(hello say)", []),
        ("-hello", []),
        ("hel*", []),
        ("100%", [4]),
        ("a_c", []),
        ("🚗🚗🚗", [4]),
        ("it's", [4]),
        ("http://a", [4]),
        ("   ", [4, 3, 2, 1]),
        ("x" * 5000, []),
    ],
)
def test_all_words_are_found_wherever_they_stand(
    tmp_path: Path, words: str, numbers: list[int]
) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(START), START)
        kept.keep(finished(body=body("expired", 193)))
        escaped = json.dumps({"stations": [{"name": "Südwall, Große Straße"}]}).encode()
        kept.keep(finished(body=escaped))
        car = b"\\ud83d\\ude97"
        message = b'say \\"hello\\" 100% abc it\'s http:\\/\\/a ' + 3 * car
        kept.keep(finished(body=b'{"result": {"code": 0}, "x": "' + message + b'"}'))
        assert hits(kept, words) == numbers


def test_the_first_64_kb_of_a_body_are_searched_and_no_more(tmp_path: Path) -> None:
    long = b'{"a": "early' + b" " * SEARCHED + b'late", "result": {"code": 0}}'
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(body=long))
        assert hits(kept, "early") == [1]
        assert hits(kept, "late") == []


def test_trigrams_in_the_wrong_order_are_no_hit(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(body=body("abcdx cdefx")))
        assert hits(kept, "abcdef") == []
        assert hits(kept, "cdefx abcdx") == [1]


def test_the_search_goes_through_all_parts_of_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PART", 3)
    with journal_at(tmp_path / "j.sqlite3") as kept:
        for number in range(10):
            kept.keep(finished(body=body("even" if number % 2 else "odd one")))
        assert hits(kept, "even") == [10, 8, 6, 4, 2]
        page = result(kept.journal.entries(HistoryFilter(search="odd"), limit=2, before_id=8))
        assert [entry.id for entry in page] == [7, 5]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE search_0_data SET block = substr(block, 1, 5) WHERE id > 10",
        "DELETE FROM search_0_data WHERE id > 10",
    ],
)
def test_a_damaged_index_is_made_again_and_nothing_else_is_touched(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished(body=body("expired")))
        result(kept.journal.do(lambda connection: connection.execute(damage).rowcount))
        assert hits(kept, "expired") == [1]
        kept.keep(finished(body=body("expired too")))
        kept.wait()
        kept.wait()
        assert hits(kept, "expired") == [2, 1]
        assert kept.said == []
        assert not [*path.parent.glob("*broken*")]


# ------------------------------------------------------------ forgetting

ANNA, BERTA = "DE*8PS*9DC4AB*X", "DE*8PS*1A2B3C*4"


def starts(kept: Kept, customer: str, more: str) -> int:
    call = SessionStart(User(customer), "DE*DEM*E100008*1")
    return kept.keep(finished(call, body(f"{customer} {more}")), call)


def vocabulary(path: Path) -> set[str]:
    """The trigrams in all parts of the index."""
    with closing(sqlite3.connect(path)) as connection:
        found = set()
        for part in search.parts(connection):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.v{part} USING fts5vocab(main, search_{part}, 'row')"
            )
            found |= {term for (term,) in connection.execute(f"SELECT term FROM temp.v{part}")}
        return found


def test_what_is_forgotten_is_in_none_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        for number in range(30):
            starts(kept, ANNA, f"unforgettable {number}")
            starts(kept, BERTA, f"ordinary {number}")
        assert b"9DC4AB" in kept.all_bytes()
        assert result(kept.journal.forget(HistoryFilter(subject="de8ps9dc4abx"))).exchanges == 30
        left = kept.all_bytes()
        assert b"9DC4AB" not in left
        assert b"9dc4ab" not in left
        assert b"1A2B3C" in left
        assert hits(kept, ANNA) == []
        assert len(hits(kept, BERTA)) == 30
        assert result(kept.journal.exchange(2)) is not None
        assert {"1a2", "ord"} <= vocabulary(path)
        assert not {"9dc", "unf", "rge"} & vocabulary(path)
        assert kept.said == []


@pytest.mark.parametrize("wanted", [None, HistoryFilter(search="unforgettable")])
def test_all_is_forgotten_but_calls_in_flight(tmp_path: Path, wanted: HistoryFilter | None) -> None:
    path = tmp_path / "j.sqlite3"
    damaged = Path(f"{path}.broken-2026-01-01T000000Z")
    damaged.write_bytes(b"customers")
    with journal_at(path) as kept:
        for number in range(5):
            starts(kept, ANNA, f"unforgettable {number}")
        assert result(kept.journal.forget(wanted)).exchanges == 5
        assert b"9DC4AB" not in kept.all_bytes().replace(damaged.name.encode(), b"")
        assert hits(kept, "") == []
        assert damaged.exists() == (wanted is not None)


def test_it_is_said_if_another_program_keeps_forgotten_pages_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.journal.file.BUSY_MS", 100)
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM exchange").fetchall()
            assert result(kept.journal.forget(None)).exchanges == 1
        assert kept.said == [STILL_THERE]
        assert result(kept.journal.count(HistoryFilter())) == 0
        kept.keep(finished())
        assert result(kept.journal.forget(None)).exchanges == 1
        assert b"04523022" not in kept.all_bytes()


def test_a_number_of_the_history_is_not_given_a_second_time(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished())
        result(kept.journal.forget(None))
        assert kept.keep(finished(), RfidVerify(CARD.rfid)) == 2
