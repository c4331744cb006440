"""The history as a list of which only the lines that are looked at are read."""

from collections.abc import AsyncIterator

import pytest

from console.journal import HistoryFilter, Journal, search
from console.journal import overview as portions
from console.journal.window import MARGIN, HistoryWindow
from console.oioi.calls import RfidVerify
from console.oioi.judgement.ruling import Verdict
from tests.kept_exchanges import SUCCESS, UNKNOWN_CARD, exchange_of, write_history

MANY = 300


def write(first: int, last: int) -> None:
    """Cards of these numbers; every tenth is refused."""
    cards = [RfidVerify(f"{number:08X}") for number in range(first, last)]
    write_history(
        *(
            (card, exchange_of(card, SUCCESS if at % 10 else UNKNOWN_CARD))
            for at, card in enumerate(cards, first)
        )
    )


@pytest.fixture
async def window() -> AsyncIterator[HistoryWindow]:
    write(0, MANY)
    journal = Journal()
    yield HistoryWindow(journal)
    journal.close()


def subjects(window: HistoryWindow) -> list[str | None]:
    return [row.entry.subject if row.entry else None for row in window.rows]


async def test_all_that_fits_has_a_place_and_only_what_is_wanted_is_read(
    window: HistoryWindow,
) -> None:
    await window.find(HistoryFilter(), range(3))
    assert len(window.rows) == MANY
    assert subjects(window)[:4] == ["0000012B", "0000012A", "00000129", None]
    assert window.overview.verdicts == {Verdict.SUCCESS: 270, Verdict.REFUSED: 30}
    missing = window.missing(range(200, 210))
    assert len(missing) == 10 + 2 * MARGIN
    await window.fetch(missing)
    assert subjects(window)[200] == f"{MANY - 201:08X}"
    assert window.missing(range(200, 210)) == []


async def test_a_search_for_words_comes_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PART", 50)
    monkeypatch.setattr(portions, "PORTION_S", 0.0)
    write(0, MANY)
    journal = Journal()
    window, wanted = HistoryWindow(journal), HistoryFilter(search="unknown 191")
    await window.find(wanted)
    counted = [len(window.rows)]
    while not window.is_finished:
        await window.find_more(wanted)
        counted.append(len(window.rows))
    journal.close()
    assert len(counted) > 3
    assert counted == sorted(counted)
    assert counted[0] < counted[-1] == 30


async def test_what_came_since_is_on_top_and_what_was_forgotten_is_gone(
    window: HistoryWindow,
) -> None:
    for wanted in (HistoryFilter(verdict=Verdict.REFUSED), HistoryFilter(search="Unknown")):
        await window.find(wanted)
        before = [*window.rows.ids]
        assert not await window.has_changed()
        write(MANY, MANY + 10)
        journal = Journal()
        journal.forget(HistoryFilter(id=before[-1])).result(timeout=30)
        journal.close()
        assert await window.has_changed()
        await window.refresh(wanted, range(5))
        assert window.rows.ids[1:] == before[:-1]
        assert window.rows[0].entry is not None
        assert window.rows[0].entry.subject == f"{MANY:08X}"
        assert window.overview.verdicts == {Verdict.REFUSED: len(before)}
