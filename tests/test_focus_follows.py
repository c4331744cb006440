"""The focus follows the work, the footer names the next step, and old messages go."""

import asyncio
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Button, Input

from console.keys import KeyringProblem, Keys
from console.keys.troubles import trouble_with
from screens.keys_in_order import KeysInOrder
from screens.pages import evco
from screens.widgets.session_card import SessionCard
from screens.widgets.table import Table
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, Started
from tests.raw_server import RawServer, Step, answer
from tests.screen import paste, row_under_cursor, screen_text, until, until_shown

STATION = {
    "id": 1,
    "name": "Station 1",
    "latitude": 52.517,
    "longitude": 13.3833,
    "connectors": [{"id": 11, "status": "Available", "name": "Type2", "external-id": "DE*8PS*E1"}],
}
FOUND = answer(body={"stations": [STATION], "result": {"code": 0}})
STARTED = answer(body={"result": {"code": 11}, "session-start": {"session-id": "1"}})
TYPED_INTO = ("connector", "evco-input", "codes-search", "near")
UNKNOWN = answer(404, {"result": {"code": 191}})


def footer(pilot: Pilot[Any]) -> str:
    return screen_text(pilot.app).splitlines()[-1].strip()


def has_focus(pilot: Pilot[Any], selector: str) -> bool:
    return pilot.app.focused is pilot.app.query_one(selector)


def when(event: asyncio.Event, then: Step) -> Step:
    """A step that waits."""

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await event.wait()
        await then(reader, writer)

    return step


async def test_at_the_start_what_is_typed_replaces_the_position_of_the_profile(
    started: Started,
) -> None:
    async with RawServer(FOUND) as server, started(url=server.url) as pilot:
        near = pilot.app.query_one("#near", Input)
        await until(pilot, lambda: near.has_focus, "the position")
        await pilot.press(*"52.52", "comma", *"13.4")
        assert near.value == "52.52,13.4"
        await pilot.press("f3", "f2")
        await until(pilot, lambda: near.has_focus, "the position again")
        assert near.selected_text == "", "what was typed is not replaced by the next key"


async def test_from_a_search_to_a_card_with_the_keys_that_the_footer_names(
    started: Started,
) -> None:
    async with RawServer(FOUND, STARTED) as server:
        async with started(NARROW, url=server.url, customer=GOOD_CUSTOMER) as pilot:
            app = pilot.app
            await until(pilot, lambda: footer(pilot).startswith("Enter Search"), footer(pilot))
            await pilot.press("enter")
            await until(pilot, lambda: has_focus(pilot, "#stations-table"), "the list")
            await until(pilot, lambda: footer(pilot).startswith("s Start here"), "the next step")
            assert "w Watch" in footer(pilot)
            await pilot.press("e")
            field = app.query_one("#near", Input)
            assert field.has_focus
            assert field.selected_text == field.value, "what is typed next replaces it"
            await pilot.press("down", "s")
            await until(pilot, lambda: bool(app.query("#start")), "the form")
            await until(pilot, lambda: has_focus(pilot, "#start"), "nothing is missing")
            await until(pilot, lambda: footer(pilot).startswith("Enter Start"), "the next step")
            assert app.query_one("#connector", Input).value == "DE*8PS*E1"
            await pilot.press("enter")
            await until_shown(pilot, "Charging, says the server")
            assert isinstance(app.focused, SessionCard)
            await until(pilot, lambda: footer(pilot).startswith("x Stop"), "the next step")
            await pilot.press("e")
            connector = app.query_one("#connector", Input)
            assert connector.has_focus
            assert connector.selected_text == "DE*8PS*E1", "what is typed next replaces it"
            await pilot.press("f2")
            assert has_focus(pilot, "#stations-table"), "where the work was left"
            await pilot.press("f3")
            assert isinstance(app.focused, SessionCard), "the form has been sent"
            await pilot.press("f3")
            assert has_focus(pilot, "#start"), "a second time it leads to the form"


async def test_the_focus_stays_with_who_types_and_after_a_failure(started: Started) -> None:
    may_answer = asyncio.Event()
    failing = answer(401, {"result": {"code": 210}})
    async with RawServer(failing, when(may_answer, FOUND)) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "No stations: 210")
            assert has_focus(pilot, "#near")
            shown = screen_text(pilot.app)
            assert "The search failed. Enter searches again" in shown
            assert "Press Enter to search around this position." not in shown
            await pilot.press("enter")
            await until(pilot, lambda: len(server.requests) == 2, "it is searched")
            await pilot.press("1")
            may_answer.set()
            await until_shown(pilot, "1 station ")
            assert has_focus(pilot, "#near")


async def test_enter_in_the_form_goes_on_to_the_field_that_is_missing(started: Started) -> None:
    async with started(NARROW) as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: footer(pilot).startswith("Enter Next field"), "the next step")
        pilot.app.query_one("#identity", Input).value = ""  # the demo's customer
        await paste(pilot, "DE*8PS*E1DE*8PS*E2")
        await until_shown(pilot, "Ctrl+G takes DE*8PS*E1")
        connector = pilot.app.query_one("#connector", Input)
        for id_ in ("DE*8PS*E1", "DE*8PS*E2", "DE*8PS*E1"):
            await pilot.press("ctrl+g")
            await until(pilot, lambda id_=id_: connector.value == id_, id_)  # type: ignore[misc]
        await pilot.press("enter")
        await until(pilot, lambda: has_focus(pilot, "#identity"), "the customer is missing")
        await pilot.press("enter")
        await until_shown(pilot, "Customer: ")
        await pilot.press("D")
        await until(pilot, lambda: "Customer: " not in screen_text(pilot.app), "it is over")


async def test_a_card_that_is_read_twice_is_asked_about_twice_and_a_held_enter_once(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evco, "HELD_S", 1e9)
    async with RawServer(UNKNOWN) as server, started(url=server.url) as pilot:
        await pilot.press("f4")
        for times in (1, 2):
            await pilot.press(*"04523022AA4881", "enter")
            await until(pilot, lambda n=times: len(server.requests) == n)  # type: ignore[misc]
            await until_shown(pilot, "191 EVCO ID")
            field = pilot.app.query_one("#evco-input", Input)
            assert field.selected_text == field.value == "04523022AA4881"
            await pilot.press("enter", "enter", "enter")
        await pilot.pause()
        assert len(server.requests) == 2
        monkeypatch.setattr(evco, "HELD_S", 0.0)
        await pilot.press("enter")
        await until(pilot, lambda: len(server.requests) == 3, "Enter on purpose asks again")


async def test_what_is_typed_right_after_a_key_that_leads_elsewhere_arrives_there(
    started: Started,
) -> None:
    async with RawServer(FOUND) as server, started(url=server.url) as pilot:
        for key in ("f3", *"DE*8PS*E7", "f4", *"0452", "f5", *"193", "f2", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: has_focus(pilot, "#stations-table"), "the list")
        typed = [pilot.app.query_one(f"#{id_}", Input).value for id_ in TYPED_INTO]
        assert typed == ["DE*8PS*E7", "0452", "193", "52.5167, 13.3833"]
        for key in ("s", *GOOD_CUSTOMER):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        customer = pilot.app.query_one("#identity", Input)
        await until(pilot, lambda: customer.value == GOOD_CUSTOMER, "typed where s led")
        assert pilot.app.query_one("#connector", Input).value == "DE*8PS*E1"


async def test_digits_search_the_codes_from_the_list_too(started: Started) -> None:
    async with started(NARROW) as pilot:
        await pilot.press("f5", "down")
        table = pilot.app.query_one("#codes-table", Table)
        assert table.has_focus
        await pilot.press(*"193")
        field = pilot.app.query_one("#codes-search", Input)
        await until(pilot, lambda: field.value == "193", "typed into the search")
        await until(pilot, lambda: footer(pilot).startswith("Enter To the list"), "the next step")
        await pilot.press("enter")
        assert table.has_focus


async def test_a_key_that_is_held_down_does_not_go_on_where_it_has_led() -> None:
    pressed: list[str] = []

    class Small(KeysInOrder):
        def compose(self) -> Any:
            yield Input()
            yield Button("Go")

        def on_input_submitted(self) -> None:
            self.query_one(Button).focus()

        def on_button_pressed(self) -> None:
            pressed.append(f"after {self._pressed[1] - began:.2f} s")

    async with Small().run_test() as pilot:
        began = events.Key("enter", None).time
        for at in (0.0, 0.1, 0.2, 0.3, 1.0):
            event = events.Key("enter", None)
            event.time = began + at
            pilot.app.post_message(event)
        await until(pilot, lambda: bool(pressed), "the last one is pressed anew")
        assert pressed == ["after 1.00 s"]


async def test_what_a_key_does_a_click_does(started: Started) -> None:
    async with RawServer(FOUND) as server, started(url=server.url) as pilot:
        app: Any = pilot.app
        await until(pilot, lambda: bool(app.query("#search")), "the rest is mounted")
        await pilot.pause()
        await pilot.click("#search")
        await until(pilot, lambda: has_focus(pilot, "#stations-table"), "the list")
        await pilot.click("#connectors", offset=(3, 1), times=2)
        await until(pilot, lambda: app.main.page.id == "sessions", "a start at the connector")
        await pilot.click("#status", offset=(2, 0))
        await until(pilot, lambda: app.main.page.id == "profiles", "the badge leads to Profiles")
        await pilot.click("#status", offset=(screen_text(app).splitlines()[0].index("last"), 0))
        await until(pilot, lambda: app.main.is_in_exchange, "the last result leads to it")


async def test_profiles_opens_on_the_one_in_use_and_shows_a_key_as_soon_as_it_is_set(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_keyring(self: Keys, task: object, profile: str, *args: object) -> None:
        raise trouble_with(profile, "read", KeyringProblem.NO_KEYRING, "there is none")

    monkeypatch.setattr(Keys, "_ask", no_keyring)
    async with started(NARROW) as pilot:
        await pilot.press("f7")
        table = pilot.app.query_one("#profiles-table", Table)
        await until_shown(pilot, "no keyring")
        assert row_under_cursor(pilot.app, "#profiles-table").profile.name == "demo"
        await pilot.press("enter")
        await until_shown(pilot, "This profile is in use.")
        await pilot.press("up")
        await until_shown(pilot, "The API key of profile staging could not be read")
        assert "This profile is in use." not in screen_text(pilot.app)
        await until(pilot, lambda: footer(pilot).startswith("Enter Use"), "the next step")
        await pilot.press("k")
        await until_shown(pilot, "Only for this run")
        await paste(pilot, "staging-key-0123456789")
        await pilot.press("enter")
        await until_shown(pilot, "••••6789 this run")
        assert [row.key_words for row in table.shown][:2] == ["no keyring", "••••6789 this run"]
