"""Forgetting a customer reaches the answers that name one, and the damaged files."""

import json
from pathlib import Path

import pytest

from console.journal import HistoryFilter
from console.journal.file import default_path
from console.oioi.calls import AnyCall
from screens.main import main
from tests.journal_fixtures import CARD, finished, journal_at, result
from tests.keyring_fixtures import own_home

__all__ = ["own_home"]

ANNA = "DE*8PS*9DC4AB*X"


def answer(**members: object) -> bytes:
    return json.dumps({**members, "result": {"code": 0, "message": "Success."}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        answer(rfid={"evco-id": ANNA}),
        answer(text=f"The contract de-8ps-9dc4ab-x, of {'x' * 70_000}"),
        answer(text=f"{'x' * 70_000} DE8PS9DC4ABX"),
        b'{"text": "DE\\u002a8PS\\u002a9DC4AB\\u002aX"}',
        b"<p>DE*8PS*9DC4AB*X</p>",
    ],
)
def test_an_exchange_whose_answer_names_the_customer_is_forgotten(
    tmp_path: Path, body: bytes
) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(body=body))
        kept.keep(finished(body=answer(rfid={"evco-id": "DE*8PS*1A2B3C*4"})))
        wanted = HistoryFilter(subject="de8ps-9dc4ab-x")
        assert result(kept.journal.would_forget(wanted)).exchanges == 1
        assert result(kept.journal.forget(wanted)).exchanges == 1
        left = [each.id for each in result(kept.journal.entries(HistoryFilter()))]
        assert left == [2]


def test_a_customer_behind_a_very_long_subject_is_forgotten(tmp_path: Path) -> None:
    call = AnyCall("x-call", {"connector-id": "E" * 300, "user": {"identifier": ANNA}})
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(call), call)
        assert result(kept.journal.forget(HistoryFilter(subject=ANNA))).exchanges == 1


def test_what_only_looks_like_the_card_stays(tmp_path: Path) -> None:
    card = "12345678"
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(body=answer(number="9123456780", id="x12345678")))
        assert result(kept.journal.forget(HistoryFilter(subject=card))).exchanges == 0


def test_lists_of_a_station_stay_when_one_of_its_evses_is_forgotten(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished(body=answer(stations=[{"connectors": [{"id": "DE*DEM*E100008*1"}]}])))
        assert result(kept.journal.forget(HistoryFilter(subject="DE*DEM*E100008*1"))).exchanges == 0
        assert result(kept.journal.forget(HistoryFilter(subject=CARD.rfid))).exchanges == 1


def test_everything_is_forgotten_with_the_damaged_files_of_an_empty_history(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = default_path().parent
    folder.mkdir(parents=True)
    damaged = folder / f"{default_path().name}.broken-2026-01-01T000000Z"
    damaged.write_text(ANNA)
    assert main(["history", "forget", "--subject", ANNA, "--yes"]) == 1
    said = "1 damaged file of the journal cannot be searched; history forget --all removes them."
    assert said in capsys.readouterr().err
    assert damaged.exists()
    assert main(["history", "forget", "--all", "--yes"]) == 0
    assert capsys.readouterr().out == "1 damaged file forgotten.\n"
    assert not damaged.exists()
