"""The app on the keyboard, against the simulator over real HTTP."""

import asyncio
import re
from functools import partial

import pytest
from textual.widgets import Button, Input, Select

from console.keys import KeyringProblem, KeyringTrouble, Keys
from console.settings import Kind
from screens import guarded_app
from screens.app import OioiConsoleApp
from screens.dialogs import Confirm, KeySetup
from screens.dialogs.help import Help
from screens.pages.page import Page
from screens.widgets.card import Card
from screens.widgets.session_card import SessionCard
from screens.widgets.table import Table
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, WIDE, Started, start_session
from tests.raw_server import RawServer, answer, close, stall
from tests.screen import paste, row_under_cursor, screen_text, until, until_shown


def is_on(app: OioiConsoleApp, page: str) -> bool:
    return app.main.page.id == page


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
class TestTheWholeJob:
    async def test_enter_finds_stations_at_once(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        async with started(size) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "stations ·")
            table = pilot.app.query_one("#stations-table", Table)
            assert len(table.rows) >= 40
            await until_shown(pilot, "✔ Success")

    async def test_the_list_that_was_found_has_the_focus(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        async with started(size) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "stations ·")
            await pilot.press("down", "down")
            assert pilot.app.query_one("#stations-table", Table).cursor == 2
            assert pilot.app.focused is pilot.app.query_one("#stations-table")

    async def test_one_key_leads_from_a_connector_to_a_start(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        async with started(size) as pilot:
            app = pilot.app
            await pilot.press("enter")
            await until_shown(pilot, "stations ·")
            app.query_one("#connectors").focus()
            evse_id = row_under_cursor(app, "#connectors").evse_id
            await pilot.press("s")
            await until(pilot, lambda: bool(app.query("#connector")))
            assert app.query_one("#connector", Input).value == evse_id
            assert app.focused is app.query_one("#start"), "the demo's customer is filled in"

    async def test_f9_shows_the_whole_exchange(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        async with started(size) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "stations ·")
            await pilot.press("f9")
            await until_shown(pilot, "Authorization: key=••••")
            assert '"center-lat": 52.5167' in screen_text(pilot.app)
            await pilot.press("escape")
            await until_shown(pilot, "stations ·")

    async def test_a_card_gives_its_contract(self, started: Started, size: tuple[int, int]) -> None:
        async with started(size) as pilot:
            await pilot.press("f4")
            await paste(pilot, "04523022AA4881")
            await pilot.press("enter")
            await until_shown(pilot, "✔ Success")
            assert "DE*8PS*" in screen_text(pilot.app)

    async def test_an_unknown_card_is_explained(
        self, started: Started, size: tuple[int, int]
    ) -> None:
        async with started(size) as pilot:
            await pilot.press("f4")
            await paste(pilot, "0477BD22AA4AAA")
            await pilot.press("enter")
            await until_shown(pilot, "191 EVCO ID not found")
            assert "reversed" in screen_text(pilot.app)


def starts(server: RawServer) -> int:
    """How many starts the server received."""
    return sum("session-start" in request.json for request in server.requests)


class TestSessions:
    async def test_a_session_starts_and_stops(self, started: Started) -> None:
        async with started() as pilot:
            await start_session(pilot, "DE*SIM*E011", GOOD_CUSTOMER)
            await until_shown(pilot, "Charging, says the server")
            pilot.app.query(SessionCard).first().focus()
            await pilot.press("x")
            await until_shown(pilot, "■ Stopped")

    async def test_012_says_plug_in_now_and_counts_down(self, started: Started) -> None:
        async with started() as pilot:
            await start_session(pilot, "DE*SIM*E012", GOOD_CUSTOMER)
            await until_shown(pilot, "Plug in now")
            await until_shown(pilot, "Plug in both ends within")

    async def test_000_is_accepted_but_not_confirmed(self, started: Started) -> None:
        async with started() as pilot:
            await start_session(pilot, "DE*SIM*E000", GOOD_CUSTOMER)
            await until_shown(pilot, "Accepted, not confirmed yet")

    async def test_a_refusal_names_its_code(self, started: Started) -> None:
        async with started() as pilot:
            await start_session(pilot, "DE*SIM*E320", GOOD_CUSTOMER)
            await until_shown(pilot, "Not started: 320")

    async def test_a_session_that_cannot_be_stopped_says_so(self, started: Started) -> None:
        body = {
            "result": {"code": 11},
            "session-start": {"session-id": "4711", "is-stoppable": False},
        }
        async with RawServer(answer(body=body)) as server, started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "session 4711")
            pilot.app.query(SessionCard).first().focus()
            await pilot.press("x")
            await until_shown(pilot, "No stop from here")
            assert len(server.requests) == 1

    async def test_a_stop_uses_the_identity_and_session_of_its_start(
        self, started: Started
    ) -> None:
        body = {"result": {"code": 11}, "session-start": {"session-id": "0042"}}
        async with RawServer(answer(body=body), answer()) as server:
            async with started(url=server.url) as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until_shown(pilot, "session 0042")
                pilot.app.query_one("#identity", Input).value = "NL-TNM-012204-5"
                pilot.app.query(SessionCard).first().focus()
                await pilot.press("x")
                await until_shown(pilot, "■ Stopped")
            stop = server.requests[1].json["session-stop"]
        assert stop == {
            "user": {"identifier-type": "evco-id", "identifier": GOOD_CUSTOMER},
            "connector-id": "DE*8PS*E1",
            "session-id": "0042",
        }

    async def test_an_unknown_start_is_not_repeated_by_enter(self, started: Started) -> None:
        async with RawServer(close()) as server, started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "Outcome unknown")
            await pilot.press("f3", "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
            await pilot.press("enter", "enter", "enter")
            await pilot.pause()
            assert starts(server) == 1

    async def test_enter_again_does_not_start_a_second_session(self, started: Started) -> None:
        body = {"result": {"code": 11}, "session-start": {"session-id": "1"}}
        async with RawServer(answer(body=body)) as server, started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "Charging, says the server")
            await pilot.press("enter", "enter", "f3", "enter", "enter", "enter", "enter")
            await pilot.pause()
            assert starts(server) == 1
            await pilot.press("escape", "escape", "f3")
            pilot.app.query_one("#start").focus()
            await pilot.pause()
            await pilot.press("enter")
            await until_shown(pilot, "A session is open here")
            await pilot.press("right", "enter")
            await until(pilot, lambda: starts(server) == 2)

    async def test_a_user_token_is_not_shown_when_its_type_is_changed(
        self, started: Started
    ) -> None:
        async with started() as pilot:
            await pilot.press("f3")
            kind = pilot.app.query_one("#identifier-type", Select)
            kind.value = "token"
            await pilot.pause()
            pilot.app.query_one("#identity", Input).value = "very-secret-token"
            kind.value = "evco-id"
            await pilot.pause()
            assert "very-secret-token" not in screen_text(pilot.app)

    async def test_a_contract_taken_over_stays_where_a_token_was_typed(
        self, started: Started
    ) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await pilot.press("f3")
            app.query_one("#identifier-type", Select).value = "token"
            await pilot.pause()
            app.query_one("#identity", Input).value = "very-secret-token"
            app.main.page.post_message(Page.ChargeWith(GOOD_CUSTOMER))
            await until(pilot, lambda: app.query_one("#identity", Input).value == GOOD_CUSTOMER)
            await until(pilot, lambda: not app.query_one("#identity", Input).password)
            await pilot.pause()
            assert app.query_one("#identity", Input).value == GOOD_CUSTOMER

    async def test_the_question_before_production_is_marked_and_enter_does_not_send(
        self, started: Started
    ) -> None:
        async with RawServer(answer()) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                app = pilot.app
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(app.screen, Confirm), "it asks")
                assert app.screen.has_class("-dangerous")
                await pilot.press("enter")
                await until_shown(pilot, "was not confirmed")
                assert not server.requests

    async def test_a_start_with_nothing_typed_says_what_is_missing(self, started: Started) -> None:
        async with started() as pilot:
            await pilot.press("f3", "enter")
            await until_shown(pilot, "Connector: Nothing was entered.")


class TestWaitingAndStopping:
    async def test_a_wait_shows_its_reason_and_can_be_cut_short(self, started: Started) -> None:
        busy = answer(503, {}, headers={"Retry-After": "50"})
        async with RawServer(busy, answer()) as server, started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "◷ Waiting 49.")
            assert "503" in screen_text(pilot.app)
            assert "· Retry-After 50.0 s" in screen_text(pilot.app)
            card = str(pilot.app.query(Card).first().render()).splitlines()[0]
            assert re.fullmatch(r"… Starting · Attempt 2 of 5 in (50|49) s  █{12}", card)
            await pilot.press("ctrl+r")
            await until_shown(pilot, "✔ Success")
            assert re.search(r"Retry-After 50 s, waited \d+\.\d s", screen_text(pilot.app))
            assert len(server.requests) == 2

    async def test_escape_ends_a_wait_and_says_what_is_known(self, started: Started) -> None:
        busy = answer(503, {}, headers={"Retry-After": "50"})
        async with RawServer(busy) as server, started(url=server.url) as pilot:
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "◷ Waiting")
            await pilot.press("escape")
            await until_shown(pilot, "Outcome unknown")
            assert pilot.app.focused is pilot.app.query_one(SessionCard), "where work goes on"

    async def test_escape_during_a_stalled_search_keeps_what_was_typed(
        self, started: Started
    ) -> None:
        async with RawServer(stall()) as server, started(url=server.url) as pilot:
            near = pilot.app.query_one("#near", Input)
            near.value = "48.1, 11.5"
            await pilot.press("enter")
            await until(pilot, lambda: bool(server.requests))
            await pilot.press("escape")
            await until_shown(pilot, "▲ Failed")
            assert near.value == "48.1, 11.5"
            assert pilot.app.focused is near

    async def test_a_new_search_replaces_the_one_in_flight(self, started: Started) -> None:
        async with RawServer(stall(), answer(body={"stations": []})) as server:
            async with started(url=server.url) as pilot:
                await pilot.press("enter")
                await until(pilot, lambda: bool(server.requests))
                await pilot.press("enter")
                await until_shown(pilot, "0 stations")

    async def test_a_command_is_not_cancelled_by_a_search(self, started: Started) -> None:
        async with RawServer(stall(), answer(body={"stations": []})) as server:
            async with started(url=server.url) as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: bool(server.requests))
                await pilot.press("f2", "enter")
                await until_shown(pilot, "(+1 in flight)")
                await pilot.press("f3")
                await until_shown(pilot, "Starting…")

    async def test_a_search_that_waits_for_its_key_can_be_replaced_and_stopped(
        self, started: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = asyncio.Event()

        async def never(self: Keys, profile: str) -> None:
            asked.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(Keys, "get", never)
        async with RawServer(stall()) as server, started(url=server.url, key=None) as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await pilot.press("enter")
            await until(pilot, asked.is_set)
            await pilot.press("enter")
            await until(pilot, lambda: len(app.exchanges.open) == 1)
            await pilot.press("escape")
            await until(pilot, lambda: app.exchanges.open == [])
            await until_shown(pilot, "Stopped before anything was sent.")

    async def test_leaving_before_anything_was_sent_says_nothing(self, started: Started) -> None:
        async with RawServer(stall()) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                app = pilot.app
                assert isinstance(app, OioiConsoleApp)
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(app.screen, Confirm))
                assert app.still_running() == []


class TestKeysAndText:
    async def test_without_a_key_it_is_asked_for_before_anything_else(
        self, started: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def no_keyring(self: Keys, *args: str) -> None:
            raise KeyringTrouble(KeyringProblem.NO_KEYRING, "There is no keyring here.")

        monkeypatch.setattr(Keys, "get", no_keyring)
        monkeypatch.setattr(Keys, "set", no_keyring)
        stations = answer(body={"stations": []})
        async with RawServer(stations) as server, started(url=server.url, key=None) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, KeySetup))
            await until_shown(pilot, "There is no keyring here.")
            assert pilot.app.screen.query(Button).first().id == "run", (
                "the first choice without a keyring"
            )
            await paste(pilot, "key=secret-0123456789")
            assert "secret-0123456789" not in screen_text(pilot.app)
            await pilot.press("enter")
            await until(pilot, lambda: not isinstance(pilot.app.screen, KeySetup))
            await pilot.click("#search")  # an Enter at once would be one that is held down
            await until_shown(pilot, "0 stations")
            assert server.requests[0].headers["authorization"] == "key=secret-0123456789"

    async def test_a_key_is_asked_for_once_by_the_start_and_a_search_that_comes_at_once(
        self, started: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found, asked = asyncio.Event(), list[str]()

        async def late(self: Keys, profile: str) -> None:
            asked.append(profile)
            await found.wait()

        monkeypatch.setattr(Keys, "get", late)
        stations = answer(body={"stations": []})
        async with RawServer(stations) as server, started(url=server.url, key=None) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: len(asked) == 2, "both look for the key")
            found.set()
            await until(pilot, lambda: bool(pilot.app.screen.query("#run")))
            await pilot.pause()
            assert len(pilot.app.screen_stack) == 2
            pilot.app.screen.query_one("#key", Input).value = "secret-0123456789"
            await pilot.click("#run")
            await until_shown(pilot, "0 stations")
            assert len(pilot.app.screen_stack) == 1

    async def test_the_key_is_never_on_the_screen(self, started: Started) -> None:
        echo = answer(401, {"error": "key test-key-0123456789 is wrong"})
        async with RawServer(echo) as server, started(url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "✖ Refused")
            assert "test-key-0123456789" not in screen_text(pilot.app)
            assert "••••6789" in screen_text(pilot.app)

    async def test_server_text_is_shown_as_it_is(self, started: Started) -> None:
        station = {"id": 1, "name": "[red]Markt\x1b[31m\u202e", "latitude": 52.5, "longitude": 13.4}
        async with RawServer(answer(body={"stations": [station]})) as server:
            async with started(url=server.url) as pilot:
                await pilot.press("enter")
                await until_shown(pilot, "1 station ")
                assert "[red]Markt␛[31m⟨202E⟩" in screen_text(pilot.app)

    async def test_a_toast_shows_as_it_is_what_a_terminal_would_obey(
        self, started: Started
    ) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            for say in (app.say, app.main.page.say):
                name = say.__qualname__
                say(f"{name}\x1b[2J[red]bold[/red]\u202e")
                await until_shown(pilot, f"{name}␛[2J[red]bold[/red]⟨202E⟩")

    async def test_what_a_terminal_would_obey_reaches_no_field(self, started: Started) -> None:
        odd = "DE*8PS*E1\x1b[31m\u202e"
        connector = {"id": 7, "name": "Type2", "status": "Available", "external-id": odd}
        station = {"id": 1, "latitude": 52.5, "longitude": 13.4, "connectors": [connector]}
        async with RawServer(answer(body={"stations": [station]})) as server:
            async with started(url=server.url) as pilot:
                await pilot.press("enter")
                await until_shown(pilot, "1 station ")
                pilot.app.query_one("#connectors").focus()
                await pilot.press("s")
                await until_shown(pilot, "taken over.")
                assert not pilot.app.query("#connector")
                pilot.app.query_one("#near", Input).value = f"52.5{odd}, 13.4"
                await pilot.pause()
                assert "\x1b" not in screen_text(pilot.app)
                assert "\u202e" not in screen_text(pilot.app)

    async def test_a_click_on_a_tab_opens_its_page(self, started: Started) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            for page, column in (("codes", 42), ("evco", 28), ("stations", 3)):
                await pilot.click("#tabs", offset=(column, 0))
                await until(pilot, partial(is_on, app, page), page)
            await pilot.click("#tabs", offset=(110, 0))
            await pilot.pause()
            assert app.main.page.id == "stations"

    async def test_help_lists_the_keys_of_every_room(self, started: Started) -> None:
        async with started() as pilot:
            await pilot.press("f1")
            await until(pilot, lambda: isinstance(pilot.app.screen, Help))
            await until_shown(pilot, "Start here")

    @pytest.mark.parametrize("soon", [True, False])
    async def test_ctrl_c_quits_on_the_second_press_if_it_comes_soon(
        self, started: Started, monkeypatch: pytest.MonkeyPatch, soon: bool
    ) -> None:
        monkeypatch.setattr(guarded_app, "QUIT_WITHIN_S", 1e9 if soon else -1.0)
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            app._last_interrupt = float("-inf")  # or the first press comes soon after it
            await pilot.press("ctrl+c")
            await until_shown(pilot, "Press Ctrl+C again to quit.")
            assert app.is_running
            await pilot.press("ctrl+c")
            await pilot.pause()
            assert app._exit is soon

    async def test_a_position_that_cannot_be_read_is_said_at_once(self, started: Started) -> None:
        async with started() as pilot:
            pilot.app.query_one("#near", Input).value = "somewhere"
            await pilot.pause()
            before = screen_text(pilot.app)
            assert "✖" in before
            await pilot.press("enter")
            assert "somewhere" in screen_text(pilot.app)
