"""EVCO ID: what is said before, by and after the server, and lists of numbers."""

from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input

from screens.app import OioiConsoleApp
from screens.dialogs.batch import BatchScreen
from screens.garbage import GarbageWhenIdle
from screens.widgets.table import Table
from tests.app_fixtures import NARROW, WIDE, Started
from tests.raw_server import RawServer, answer
from tests.screen import paste, screen_text, until, until_shown

UNKNOWN = answer(404, {"result": {"code": 191, "message": "EVCO ID not found"}})
KNOWN = answer(body={"result": {"code": 0}, "evco-id": "DE*8PS*D89761*2"})


def was_asked(server: RawServer, times: int) -> bool:
    return len(server.requests) == times


def _has(server: RawServer, requests: int) -> bool:
    return len(server.requests) == requests


class TestBeforeAnythingIsSent:
    @pytest.mark.parametrize(
        ("pasted", "said"),
        [
            ("DE*8PS*9DC4AB*X", "check digit X verifies"),
            ("DE*8PS*123456*7", "check digit 7, computed 0"),
            ("04:52:30:22:aa:48:81", "04523022AA4881"),
            ("880477BD", "Read all of it"),
            ("NL-TNM-000122045-U", "ISO 15118"),
            ("DE*8PS*E123456", "EVSE ID"),
            ("DEADBEEF", "Card UID"),
            ("DEADBEEF12", "Card UID"),
        ],
    )
    async def test_a_number_is_judged_while_it_is_typed(
        self, started: Started, pasted: str, said: str
    ) -> None:
        async with started() as pilot:
            await pilot.press("f4")
            await paste(pilot, pasted)
            await until_shown(pilot, said)
            assert pilot.app.query_one("#evco-input", Input).value == pasted

    async def test_what_cannot_be_sent_is_not_sent(self, started: Started) -> None:
        async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4", "enter")
            await until_shown(pilot, "Nothing was entered.")
            assert server.requests == []

    async def test_it_can_be_taken_for_the_other_kind(self, started: Started) -> None:
        async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "ABCDEF12345678")
            before = screen_text(pilot.app)
            await pilot.press("ctrl+t")
            await until(pilot, lambda: screen_text(pilot.app) != before)
            await pilot.press("enter")
            await until(pilot, lambda: len(server.requests) == 1)


class TestProposals:
    @pytest.mark.parametrize(
        ("pasted", "sign"),
        [
            ("04523022AA4881", "✔ Card UID"),
            ("8148AA22305204", "▲ Card UID"),
            ("880477BD", "▲ Card UID"),
            ("12345678000000", "▲ Card UID"),
            ("DE*8PS*9DC4AB*X", "✔ EVCO ID"),
            ("DE*8PS*9DC4AB*1", "▲ EVCO ID"),
            ("4111 1111 1111 1111", "✖ Unknown form"),
        ],
    )
    async def test_the_headline_is_the_worst_thing_known(
        self, started: Started, pasted: str, sign: str
    ) -> None:
        async with started() as pilot:
            await pilot.press("f4")
            await paste(pilot, pasted)
            await until_shown(pilot, sign)

    async def test_a_proposal_is_asked_at_once(self, started: Started) -> None:
        async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "8148AA22305204")
            await until_shown(pilot, "Ctrl+B or Alt+R asks about it byte-reversed: 04523022AA4881")
            await pilot.press("ctrl+b")
            await until_shown(pilot, "✔ Success")
            assert [each.json["rfid-verify"]["rfid"] for each in server.requests] == [
                "04523022AA4881"
            ]

    async def test_the_same_key_asks_about_one_proposal_after_another(
        self, started: Started
    ) -> None:
        async with RawServer(UNKNOWN, UNKNOWN, KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "EDBA996")
            for count in (1, 2, 3):
                await until_shown(pilot, "Ctrl+G asks about")
                await pilot.press("ctrl+g")
                await until(pilot, partial(was_asked, server, count))
                if count < 3:
                    await until_shown(pilot, "191 EVCO ID not found")
            asked = [each.json["rfid-verify"]["rfid"] for each in server.requests]
            assert len(set(asked)) == 3
            assert {"ED0BA996", "EDBA0996"} <= set(asked)

    async def test_of_two_numbers_in_the_field_both_can_be_asked(self, started: Started) -> None:
        async with RawServer(KNOWN, KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "UID: 046E51B2C48190 UID: 04A1B2C3D4E5F6")
            for count in (1, 2):
                await until_shown(pilot, "Ctrl+G asks about")
                await pilot.press("ctrl+g")
                await until(pilot, partial(_has, server, count))
                await until_shown(pilot, "✔ Success")
            assert "Ctrl+G" not in screen_text(pilot.app)
            asked = [each.json["rfid-verify"]["rfid"] for each in server.requests]
            assert asked == ["046E51B2C48190", "04A1B2C3D4E5F6"]

    async def test_a_proposed_contract_is_said_to_be_perhaps_another_persons(
        self, started: Started
    ) -> None:
        async with RawServer(UNKNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "DE*8PS*9DC4BA*X")
            await until_shown(pilot, "another person")
            for count in (1, 2):
                await until_shown(pilot, "Ctrl+G asks about")
                await pilot.press("ctrl+g")
                await until(pilot, partial(was_asked, server, count))
                await until_shown(pilot, "191 EVCO ID not found")
            asked = [each.json["user-get-charging-keys"]["user"] for each in server.requests]
            assert "DE*8PS*9DC4AB*X" in [user["identifier"] for user in asked]

    @pytest.mark.parametrize(
        "secret",
        [
            "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00",
            "3f1c9a52-7b0e-4d6a-9c31-5e8f2a7d4b60",
            "04523022AA4881 0477BD22AA4880",
            "Visa: 4242/4242/4242/4242",
            "NL91-ABNA-0417-1643-00",
            "9D2F-6C1A-B47E-3F50-8C6B-1E9A-2D70-F3C4",
        ],
    )
    async def test_what_no_server_may_see_is_not_sent(self, started: Started, secret: str) -> None:
        async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, secret)
            await pilot.press("enter", "ctrl+t", "enter")
            await pilot.pause()
            assert server.requests == []


class TestAfter191:
    async def test_one_key_asks_about_the_reversed_uid(self, started: Started) -> None:
        async with RawServer(UNKNOWN, KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "8148AA22305204")
            await pilot.press("enter")
            await until_shown(pilot, "Ctrl+B or Alt+R asks about it byte-reversed: 04523022AA4881")
            await pilot.press("ctrl+b")
            await until_shown(pilot, "✔ Success")
            sent = [request.json["rfid-verify"]["rfid"] for request in server.requests]
            assert sent == ["8148AA22305204", "04523022AA4881"]

    async def test_a_reversed_uid_that_was_asked_before_is_said_to_be_known(
        self, started: Started
    ) -> None:
        async with (
            RawServer(KNOWN, UNKNOWN, KNOWN) as server,
            started(NARROW, url=server.url) as pilot,
        ):
            await pilot.press("f4")
            await paste(pilot, "04523022AA4881")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Known and valid")
            await paste(pilot, "8148AA22305204")
            await until_shown(pilot, "Reversed it is 04523022AA4881: asked at")
            await pilot.press("enter")
            await until_shown(pilot, "191 EVCO ID not found")
            shown = screen_text(pilot.app)
            assert "Reversed it is 04523022AA4881: asked at" in shown
            assert "✔ known, DE*8PS*D89761*2" in shown
            assert shown.index("✔ known") < shown.index("Ctrl+G asks about")
            await until_shown(pilot, "Ctrl+B Try reversed  Ctrl+G Try the proposal")
            assert "Ctrl+B or Alt+R asks again" in shown
            await pilot.press("alt+r")
            await until(pilot, partial(was_asked, server, 3))
            assert server.requests[-1].json["rfid-verify"]["rfid"] == "04523022AA4881"

    async def test_one_key_asks_about_the_repadded_uid(self, started: Started) -> None:
        async with RawServer(UNKNOWN, KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "123456")
            await pilot.press("enter")
            await until_shown(pilot, "Ctrl+G")
            await pilot.press("ctrl+g")
            await until_shown(pilot, "✔ Success")
            sent = [request.json["rfid-verify"]["rfid"] for request in server.requests]
            assert sent[0] == "00123456"
            assert sent[1].strip("0") == "123456"
            assert sent[1] != sent[0]

    async def test_nothing_is_offered_after_a_success(self, started: Started) -> None:
        async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "04523022AA4881")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Success")
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert len(server.requests) == 1


class TestWhatASuccessSays:
    async def test_of_a_card_its_contract_and_what_to_tell_the_customer(
        self, started: Started
    ) -> None:
        async with RawServer(KNOWN) as server, started(NARROW, url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "04523022AA4881")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Known and valid: contract DE*8PS*D89761*2, provider 8PS")
            shown = screen_text(pilot.app)
            said = shown.index("“Your card is known there and valid.”")
            assert said < shown.index("SteVe station")

    async def test_of_a_contract_only_that_it_is_known_and_its_cards(
        self, started: Started
    ) -> None:
        keys = [{"uid": "04523022AA4881", "evco-id": "DE*8PS*D89761*2"}]
        known = answer(body={"result": {"code": 0}, "user": {"charging-keys": keys}})
        async with RawServer(known) as server, started(NARROW, url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "DE*8PS*D89761*2")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Known")
            shown = screen_text(pilot.app)
            assert "valid" not in shown
            assert "04523022AA4881 → DE*8PS*D89761*2" in shown
            assert "“Your contract is known there.”" in shown

    async def test_without_a_contract_in_the_answer_that_there_is_none(
        self, started: Started
    ) -> None:
        nothing = answer(body={"result": {"code": 0}})
        async with RawServer(nothing) as server, started(NARROW, url=server.url) as pilot:
            await pilot.press("f4")
            await paste(pilot, "04523022AA4881")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Known and valid, but the answer names no contract")


async def test_a_contract_found_goes_into_sessions_with_one_key(started: Started) -> None:
    async with RawServer(KNOWN) as server, started(url=server.url) as pilot:
        await pilot.press("f4")
        await paste(pilot, "04523022AA4881")
        await pilot.press("enter")
        await until_shown(pilot, "✔ Success")
        assert "4D9BF7E244BECC0" not in screen_text(pilot.app)
        assert "B986440A9DC0642" in screen_text(pilot.app), "the tag in a SteVe station's log"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(pilot.app.query("#identity")))
        assert pilot.app.query_one("#identity", Input).value == "DE*8PS*D89761*2"


LIST = "uid\n04523022AA4881\n0477BD22AA4AAA\n04523022aa4881\nno number\n0477BD22AA4880\n"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
class TestLists:
    async def test_a_pasted_list_becomes_a_batch(
        self, started: Started, size: tuple[int, int], tmp_path: Path
    ) -> None:
        async with started(size) as pilot:
            await pilot.press("f4")
            await paste(pilot, LIST)
            await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen))
            await until_shown(pilot, "3 to ask")
            await pilot.press("space")
            await until_shown(pilot, "3 of 3")
            shown = screen_text(pilot.app)
            assert "191 EVCO ID not found" in shown
            assert "DE*8PS*" in shown
            assert "not asked" in shown, "an unreadable line stays in the table"
            await pilot.press("x")
            field = pilot.app.screen.query_one("#path", Input)
            field.value = str(tmp_path / "out.csv")
            await pilot.press("enter")
            await until_shown(pilot, "3 results written")
        exported = (tmp_path / "out.csv").read_text(encoding="utf-8")
        assert exported.count("\n") == 5, "names, three results, and the line that was not asked"
        assert "5,no number,,,not asked" in exported

    async def test_escape_stops_and_keeps_what_was_answered(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        numbers = "\n".join(f"{number:014X}" for number in range(0x5000000, 0x5000000 + 400))
        async with started(size) as pilot:
            await pilot.press("f4")
            await paste(pilot, numbers)
            await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen))
            await pilot.press("space")
            table = pilot.app.screen.query_one("#batch-results", Table)
            await until(pilot, lambda: len(table.rows) >= 3)
            await pilot.press("escape")
            await until_shown(pilot, "Stopped:")
            kept = len(table.rows)
            assert 3 <= kept < 400
            await pilot.press("escape", "escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, BatchScreen))


async def test_no_garbage_is_looked_for_while_a_batch_is_at_work(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy: list[bool] = []
    monkeypatch.setattr(GarbageWhenIdle, "collect", lambda _, is_busy: busy.append(is_busy))
    numbers = "\n".join(f"{number:014X}" for number in range(0x5000000, 0x5000000 + 400))
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        app._collect_garbage()
        await pilot.press("f4")
        await paste(pilot, numbers)
        await until(pilot, lambda: isinstance(app.screen, BatchScreen))
        app._collect_garbage()
        await pilot.press("space")
        table = app.screen.query_one("#batch-results", Table)
        await until(pilot, lambda: len(table.rows) >= 3)
        app._collect_garbage()
        await pilot.press("escape")
        await until_shown(pilot, "Stopped:")
        app._collect_garbage()
    assert busy == [False, False, True, False]


@pytest.mark.parametrize("path", ["~nosuchuser/list.csv", "/dev/zero", "/no/such/file"])
async def test_a_path_that_does_not_serve_stays_to_be_mended(started: Started, path: str) -> None:
    async with started() as pilot:
        await pilot.press("f4", "ctrl+o")
        await until(pilot, lambda: bool(pilot.app.screen.query("#path")))
        field = pilot.app.screen.query_one("#path", Input)
        field.value = path
        await pilot.press("enter")
        await until_shown(pilot, f"{path} cannot be read")
        assert field.value == path
        assert pilot.app.focused is field


async def test_a_refused_contract_is_not_offered_for_a_start(started: Started) -> None:
    async with RawServer(UNKNOWN) as server, started(url=server.url) as pilot:
        await pilot.press("f4")
        await paste(pilot, "DE*8PS*9DC4AB*X")
        await pilot.press("enter")
        await until_shown(pilot, "✖ Refused")
        assert "Start with it" not in screen_text(pilot.app)
