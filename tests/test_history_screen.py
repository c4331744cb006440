"""The History page: finding, looking, comparing, sending again, forgetting."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select, Static

from console.journal import HistoryFilter, Journal, KeptExchange
from console.journal.query import NAMES, KnownNames, read_query
from console.oioi.calls import AnyCall, RfidVerify, SessionStart, User
from console.oioi.calls.catalogue import KNOWN_CALLS
from console.oioi.http.exchange import Exchange
from console.servers import ServerRef
from screens.app import OioiConsoleApp
from screens.dialogs import Confirm
from screens.dialogs.comparison import ComparisonDialog
from screens.pages.history import EXAMPLE
from screens.widgets.history_table import HistoryTable
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, Started
from tests.kept_exchanges import SUCCESS, UNKNOWN_CARD, exchange_of, write_history
from tests.raw_server import RawServer, answer
from tests.screen import paste, screen_text, until, until_shown

CARD = RfidVerify("04523022AA4881")
OTHER_CARD = RfidVerify("DEADBEEF")
DEMO = ServerRef("demo")


def two_cards() -> Iterator[tuple[RfidVerify, Exchange]]:
    """A card that is known, and a minute later one that is not."""
    yield CARD, exchange_of(CARD, SUCCESS)
    later = datetime(2026, 11, 26, 10, 33, tzinfo=UTC)
    yield OTHER_CARD, exchange_of(OTHER_CARD, UNKNOWN_CARD, status=404, at=later)


async def open_history(pilot: Pilot[None], shown: str) -> HistoryTable:
    await pilot.press("f6")
    await until_shown(pilot, shown)
    await until(pilot, lambda: isinstance(pilot.app.focused, HistoryTable), "the list has focus")
    return pilot.app.query_one(HistoryTable)


def lines(pilot: Pilot[None], *words: str) -> list[str]:
    """The lines of the screen that hold all of these words."""
    return [
        line for line in screen_text(pilot.app).splitlines() if all(word in line for word in words)
    ]


def lists(pilot: Pilot[None], *words: str) -> bool:
    """Whether a line of the screen holds all of these words."""
    return bool(lines(pilot, *words))


def app_of(pilot: Pilot[None]) -> OioiConsoleApp:
    app: Any = pilot.app
    assert isinstance(app, OioiConsoleApp)
    return app


# Looking


async def test_before_anything_was_sent_the_page_says_what_will_be_here(started: Started) -> None:
    async with started() as pilot:
        await open_history(pilot, "Nothing kept yet. What is sent is listed here.")
        assert lines(pilot, "0 exchanges")


async def test_an_exchange_of_an_earlier_run_is_shown_as_it_was(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History · 2026-11-26 10:33")
        assert lines(pilot, "rfid-verify", "DEADBEEF", "✖ Refused", "191")
        assert lines(pilot, "✔ 1 success", "✖ 1 refused")
        await pilot.press("down")
        await until_shown(pilot, "from History · 2026-11-26 10:32")
        await until_shown(pilot, '"evco-id": "DE*8PS*9DC4AB*X"')
        assert lines(pilot, "✔ Success  000")


async def test_enter_goes_into_the_exchange_and_escape_back_to_its_row(started: Started) -> None:
    write_history(*two_cards())
    async with started(NARROW) as pilot:
        table = await open_history(pilot, "2 exchanges")
        await pilot.press("down", "enter")
        await until_shown(pilot, "▾ response")
        await until_shown(pilot, '"evco-id": "DE*8PS*9DC4AB*X"')
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.focused is table, "back in the list")
        assert table.cursor == 1


async def test_explain_is_about_the_exchange_that_is_shown(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History · 2026-11-26 10:33")
        await pilot.press("ctrl+e")
        await until_shown(pilot, "191 EVCO ID not found")
        assert app_of(pilot).main.page.id == "codes"


async def test_in_a_narrow_terminal_attempts_time_and_profile_give_way(started: Started) -> None:
    write_history(*two_cards())
    async with started(NARROW) as pilot:
        await open_history(pilot, "2 exchanges")
        (head,) = lines(pilot, "time", "verdict")
        assert "HTTP" in head
        assert "tries" not in head
        await pilot.resize_terminal(180, 40)
        await until(pilot, lambda: bool(lines(pilot, "profile", "tries", "took")), "all columns")


# New exchanges


async def test_what_is_written_meanwhile_comes_on_top_and_the_cursor_stays(
    started: Started,
) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        table = await open_history(pilot, "2 exchanges")
        await pilot.press("down")
        card = RfidVerify("CAFE1234")
        write_history((card, exchange_of(card, SUCCESS)))
        await until_shown(pilot, "3 exchanges")
        assert table.cursor == 2
        await until(pilot, lambda: bool(lines(pilot, "›", "04523022AA")), "on the same row")
        assert lines(pilot, "CAFE1234")


async def test_what_is_sent_in_this_run_is_listed_and_shown_live(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f4")
        await paste(pilot, CARD.rfid)
        await pilot.press("enter")
        await until_shown(pilot, "✔ Success")
        await open_history(pilot, "1 exchange ")
        await until(pilot, lambda: bool(lines(pilot, "rfid-verify", CARD.rfid[:8])), "listed")
        assert not lines(pilot, "from History")
        await until(pilot, lambda: app_of(pilot).shown_exchange is not None, "shown")


# Finding


async def test_what_is_not_found_is_not_shown_beside_the_list(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History · 2026-11-26 10:33")
        await pilot.press("slash", *"zzz")
        await until_shown(pilot, "No exchange is selected.")
        assert not lines(pilot, "from History")
        await pilot.press("escape")
        await until_shown(pilot, "from History · 2026-11-26 10:33")


async def test_words_and_filters_are_searched_with_each_key(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        table = await open_history(pilot, "2 exchanges")
        await pilot.press("slash")
        await paste(pilot, "verdict:ref")
        await until_shown(pilot, "Only refused · Esc shows all")
        await until(pilot, lambda: len(table.shown) == 1, "one is left")
        assert lines(pilot, "›", "DEADBEEF")
        await pilot.press("right")  # takes the proposed rest
        assert pilot.app.query_one("#history-search", Input).value == "verdict:refused"
        await paste(pilot, " profile:stag call:session-stop")
        await until_shown(pilot, "No exchange matches.")
        await pilot.press("escape")
        await until(pilot, lambda: len(table.shown) == 2, "all again")
        assert not lines(pilot, "Only ")


async def test_a_filter_that_means_nothing_is_said(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await pilot.press("slash")
        await paste(pilot, "verdict:good")
        await until_shown(pilot, "There is no verdict good")
        assert lines(pilot, "2 exchanges")


async def test_a_word_that_may_be_a_verdict_and_a_filter_that_is_none_are_said(
    started: Started,
) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        table = await open_history(pilot, "2 exchanges")
        await pilot.press("slash")
        await paste(pilot, "failed")
        await until_shown(pilot, "By verdict: verdict:refused, ")
        await pilot.press("escape", "slash")  # the field has the focus, and it is no text
        await paste(pilot, "code:191")
        await until_shown(pilot, "Only code 191 · Esc shows all")
        await until(pilot, lambda: len(table.shown) == 1, "one is left")
        assert lines(pilot, "DEADBEEF", "191")
        await pilot.press("escape")
        await paste(pilot, "status:503")
        await until_shown(pilot, "There is no filter status: verdict, call, code,")


async def test_the_help_lists_the_filters(started: Started) -> None:
    async with started() as pilot:
        await open_history(pilot, "Nothing kept yet.")
        await pilot.press("f1")
        await until_shown(pilot, "Help: History")
        shown = pilot.app.screen.query_one("#help-about", Static).render()
        assert all(f"{name}:" in str(shown) for name in NAMES)


async def test_the_last_of_many_is_one_key_away(started: Started) -> None:
    many = [RfidVerify(f"{number:08X}") for number in range(400)]
    write_history(*((card, exchange_of(card, SUCCESS)) for card in many))
    async with started() as pilot:
        table = await open_history(pilot, "400 exchanges")
        await pilot.press("end")
        await until(pilot, lambda: bool(lines(pilot, "›", many[0].rfid)), "the oldest")
        assert len(table.shown) == 400
        await pilot.press("home")
        await until(pilot, lambda: bool(lines(pilot, "›", many[-1].rfid)), "the newest")


# What is not there


async def test_a_key_held_down_reads_the_exchange_of_the_last_row_only(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step shows its exchange at once; then nothing until the cursor rests."""
    cards = [RfidVerify(f"{number:08X}") for number in range(30)]
    write_history(*((card, exchange_of(card, UNKNOWN_CARD, status=404)) for card in cards))
    read: list[int] = []
    monkeypatch.setattr("screens.widgets.history_table.REST_S", 0.5)
    async with started() as pilot:
        table = await open_history(pilot, "30 exchanges")
        journal = app_of(pilot).context.journal
        assert journal is not None
        exchange = journal.exchange

        def noted(id: int) -> "Future[KeptExchange | None]":
            read.append(id)
            return exchange(id)

        monkeypatch.setattr(journal, "exchange", noted)
        await until(pilot, lambda: bool(table.cursor_row and table.cursor_row.entry), "read")
        for _ in range(20):
            table.move(1)
        await until(pilot, lambda: table.shown[20].id in read, "the last row")
        assert table.cursor == 20
        assert len(read) <= 2


async def test_a_history_that_is_switched_off_is_said_to_be(
    started: Started, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("history = false\n", encoding="utf-8")
    async with started() as pilot:
        await open_history(pilot, "History is switched off")


async def test_trouble_with_the_journal_is_said_in_its_place(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    async with started() as pilot:
        await open_history(pilot, "The history cannot be read.")
        await until_shown(pilot, "✖ History and sessions are not kept")


# Comparing


async def test_two_marked_ones_are_compared(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until(pilot, lambda: bool(lines(pilot, "›", "DEADBEEF")), "its line was read")
        await pilot.press("m")
        await until_shown(pilot, "Marked. m on another one compares the two.")
        assert lines(pilot, "◆")
        await pilot.press("down", "m")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComparisonDialog), "compared")
        await until_shown(pilot, "outcome code")
        assert lines(pilot, "outcome code", "191", "000")
        assert lines(pilot, "request rfid-verify.rfid", "DEADBEEF", CARD.rfid)
        await pilot.press("escape")
        await until(pilot, lambda: not lines(pilot, "◆"), "no mark is left")


# Sending again


async def test_a_read_is_sent_again_at_once_through_the_profile_in_use(started: Started) -> None:
    call = AnyCall("api-minimum-version-number", {})
    write_history((call, exchange_of(call, SUCCESS)), server=DEMO)
    async with started() as pilot:
        await open_history(pilot, "1 exchange ")
        await until_shown(pilot, "from History")
        await pilot.press("S")
        await until_shown(pilot, "2 exchanges")
        assert not isinstance(pilot.app.screen, Confirm)


async def test_another_server_is_asked_for_and_no_is_the_answer_under_enter(
    started: Started,
) -> None:
    call = AnyCall("user-get-details", {"user": {"identifier": GOOD_CUSTOMER}})
    write_history((call, exchange_of(call, SUCCESS)))
    async with RawServer(answer()) as server, started(url=server.url) as pilot:
        await open_history(pilot, "1 exchange ")
        await until_shown(pilot, "from History")
        await pilot.press("S")
        await until_shown(pilot, "Send again to another server")
        assert lines(pilot, "Sent to", "staging")
        assert lines(pilot, "Goes to", "bench")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm), "answered")
        await pilot.press("S")
        await until_shown(pilot, "Send again to another server")
        await pilot.press("right", "enter")
        await until_shown(pilot, "2 exchanges")
        assert len(server.requests) == 1


async def test_a_start_fills_in_its_form_without_the_token(started: Started) -> None:
    call = SessionStart(User("04523022AA4881", "rfid", "a-secret-token-1"), "DE*DEM*E100", "PAY-7")
    failed = {"result": {"code": 320, "message": "Connector occupied."}}
    write_history((call, exchange_of(call, failed)), server=DEMO)
    async with started() as pilot:
        await open_history(pilot, "1 exchange ")
        await until_shown(pilot, "from History")
        await pilot.press("S")
        await until(pilot, lambda: app_of(pilot).main.page.id == "sessions", "on Sessions")
        await until_shown(pilot, "The token is not kept")
        fields = {
            name: pilot.app.query_one(f"#{name}", Input).value
            for name in ("connector", "identity", "token", "payment-reference")
        }
        assert fields == {
            "connector": "DE*DEM*E100",
            "identity": "04523022AA4881",
            "token": "",
            "payment-reference": "PAY-7",
        }


async def test_a_lookup_fills_in_the_field_of_its_page(started: Started) -> None:
    write_history(*two_cards(), server=DEMO)
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History")
        await pilot.press("S")
        await until(pilot, lambda: app_of(pilot).main.page.id == "evco", "on EVCO ID")
        assert pilot.app.query_one("#evco-input", Input).value == OTHER_CARD.rfid


async def test_a_call_with_a_masked_secret_is_not_sent_again(started: Started) -> None:
    call = AnyCall(
        "user-verify", {"user": {"identifier": "a@b.example", "password": "hunter2hunt"}}
    )
    write_history((call, exchange_of(call, SUCCESS)), server=DEMO)
    async with started() as pilot:
        await open_history(pilot, "1 exchange ")
        await until_shown(pilot, "from History")
        await pilot.press("S")
        await until_shown(pilot, "Not sent: password is a secret and was not kept.")
        assert "hunter2" not in screen_text(pilot.app)


# Exporting


async def test_an_exchange_is_written_into_a_file_in_the_form_that_was_chosen(
    started: Started, tmp_path: Path
) -> None:
    write_history(*two_cards())
    target = tmp_path / "out.har"
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History")
        await pilot.press("e")
        await until_shown(pilot, "HAR 1.2")
        await pilot.press("ctrl+u")
        await paste(pilot, str(target))
        await pilot.press("enter")
        await until_shown(pilot, "✔ 1 exchange written to")
        assert len(json.loads(target.read_text(encoding="utf-8"))["log"]["entries"]) == 1
        await pilot.press("e")
        await until_shown(pilot, "HAR 1.2")
        await pilot.press("ctrl+u")
        await paste(pilot, str(target))
        pilot.app.screen.query_one("#export-what", Select).value = True
        pilot.app.screen.query_one("#export-path", Input).focus()
        await pilot.press("enter")
        await until_shown(pilot, "is there already. Enter once more replaces it.")
        await pilot.press("enter")
        await until_shown(pilot, "✔ 2 exchanges written to")
        assert len(json.loads(target.read_text(encoding="utf-8"))["log"]["entries"]) == 2


# Forgetting


async def test_forgetting_asks_and_removes_from_the_disk(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History")
        await pilot.press("delete")
        await until_shown(pilot, "removed from the history for good")
        await pilot.press("enter")  # the safe answer
        await until(pilot, lambda: not isinstance(pilot.app.screen, Confirm), "kept")
        await pilot.press("delete")
        await until_shown(pilot, "removed from the history for good")
        await pilot.press("right", "enter")
        await until_shown(pilot, "1 exchange ")
        assert not lines(pilot, "›", "DEADBEEF")
    journal = Journal()
    (left,) = journal.entries(HistoryFilter()).result(timeout=10)
    journal.close()
    assert left.subject == CARD.rfid


# The exchanges of a run


async def test_the_list_of_the_run_shows_again_what_was_forgotten_from_memory(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.exchanges.KEPT", 2)
    async with started() as pilot:
        await pilot.press("f4")
        for number in (191, 192, 193, 101):
            await paste(pilot, f"0000000C000{number}")
            await pilot.press("enter")
            await until(pilot, partial(lists, pilot, f"0000000C000{number}", "✖"), "asked")
            await pilot.press("ctrl+u")
        await pilot.press("ctrl+l")
        await until_shown(pilot, "Exchanges of this run")
        listed = lines(pilot, "rfid-verify", "0000000C000")
        assert [line.split("0000000C000")[1][:3] for line in listed[:4]] == [
            "101", "193", "192", "191",
        ]  # fmt: skip
        await pilot.press("end", "enter")
        await until_shown(pilot, "from History")
        await until_shown(pilot, "191 EVCO ID not found")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: app_of(pilot).main.page.id == "codes", "explained")
        assert lines(pilot, "›", "191")


async def test_the_list_of_a_run_without_exchanges_says_so(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("ctrl+l")
        await until_shown(pilot, "Nothing was sent in this run yet.")


# The pane follows the selection


async def test_an_earlier_lookup_is_shown_and_named_as_such(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f4")
        for card, verdict in ((CARD.rfid, "✔"), ("0000000C000191", "✖")):
            await paste(pilot, card)
            await pilot.press("enter")
            await until(pilot, partial(lists, pilot, card, verdict), "asked")
            await until(pilot, lambda: not app_of(pilot).exchanges.open, "answered")
            await pilot.press("ctrl+u")
        assert not lines(pilot, "earlier ·")
        await pilot.press("down")
        await until_shown(pilot, "rfid-verify · earlier · ")
        await until_shown(pilot, f'"rfid": "{CARD.rfid}"')


async def test_a_call_of_another_page_does_not_take_the_pane(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "from History · 2026-11-26 10:33")
        pilot.app.query_one("#search", Button).press()  # of Stations, which is not shown
        await until_shown(pilot, "3 exchanges")
        assert lines(pilot, "from History · 2026-11-26 10:33")


async def test_an_old_answer_is_dimmed_and_named_under_a_new_question(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f4")
        await paste(pilot, CARD.rfid)
        await pilot.press("enter")
        await until_shown(pilot, f"{CARD.rfid}  ✔ Success")
        await pilot.press("ctrl+u")
        await paste(pilot, "DEADBEEF")
        await until_shown(pilot, f"Asked before: {CARD.rfid}")
        assert pilot.app.query_one("#evco-answer").has_class("-old")


def test_a_history_of_yesterday_is_written_with_its_times() -> None:
    """The fixture writes what the tests above rely on."""
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    write_history((CARD, exchange_of(CARD, SUCCESS, at=at)))
    journal = Journal()
    (entry,) = journal.entries(HistoryFilter(since=at, before=at + timedelta(hours=1))).result(10)
    journal.close()
    assert (entry.at, entry.duration_ms) == (at, 41)


# What is on the screen


async def test_the_connector_of_each_start_can_be_read_beside_the_exchange(
    started: Started,
) -> None:
    start = SessionStart(User(GOOD_CUSTOMER), "DE*DEM*E100027*1")
    write_history((start, exchange_of(start, {"result": {"code": 11}})))
    async with started() as pilot:
        await open_history(pilot, "1 exchange")
        assert lines(pilot, "session-start ", "DE*DEM*E100027*1")


async def test_a_search_without_a_hit_shows_no_exchange(started: Started) -> None:
    write_history(*two_cards())
    async with started() as pilot:
        await open_history(pilot, "2 exchanges")
        await until_shown(pilot, "191 EVCO ID not found")
        await pilot.press("slash")
        await paste(pilot, "nothing like this")
        await until_shown(pilot, "No exchange is selected.")
        assert not lines(pilot, "191 EVCO ID not found")
        await pilot.press("escape")
        await until_shown(pilot, "191 EVCO ID not found")


def test_what_the_empty_field_proposes_is_understood() -> None:
    known = KnownNames(KNOWN_CALLS)
    query = read_query(EXAMPLE, known, datetime(2026, 11, 26, tzinfo=UTC))
    assert not query.trouble
    assert query.said[:2] == ("unknown", "session-start")
    assert query.wanted.search == "words"
