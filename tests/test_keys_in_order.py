"""What is typed fast, or all at once: it goes where it was meant, or nowhere."""

from collections.abc import Iterable
from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens import keys_in_order
from screens.app import OioiConsoleApp
from screens.keys_in_order import KeysInOrder
from screens.widgets.table import Table
from tests.app_fixtures import Started
from tests.raw_server import RawServer, answer
from tests.screen import until, until_shown
from tests.terminal import in_terminal

NOTHING_FOUND = answer(body={"stations": []})


def type_at_once(pilot: Pilot[Any], keys: Iterable[str]) -> None:
    """Put these keys into the app's queue with no pause between them."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))


def near(pilot: Pilot[Any]) -> str:
    return pilot.app.query_one("#near", Input).value


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["ctrl+u", *"48"], "48"),
        ([*"12", "ctrl+u", *"48"], "48"),
        (["ctrl+u", *"48", "home", *"1"], "148"),
        (["ctrl+u", *"481", "backspace", *"2"], "482"),
        (["ctrl+u", *"48", "f3", "f2", *"9"], "489"),
        (["ctrl+u", "tab", "shift+tab", *"48"], "48"),
        (["f1", "escape", "ctrl+u", *"48"], "48"),
        (["f9", "f9", "ctrl+u", *"48"], "48"),
    ],
    ids=" ".join,
)
async def test_each_key_finds_what_the_one_before_left(
    started: Started, keys: list[str], text: str
) -> None:
    async with started() as pilot:
        await until(pilot, lambda: bool(pilot.app.query("#exchange-response")), "all is mounted")
        type_at_once(pilot, keys)
        await until(pilot, lambda: near(pilot) == text, f"{text} in the field")


@pytest.mark.parametrize("page", ["f3", "f4", "f5", "f7"])
async def test_enter_on_the_first_page_again_searches_whatever_page_was_passed(
    started: Started, page: str
) -> None:
    async with RawServer(NOTHING_FOUND) as server, started(url=server.url) as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        type_at_once(pilot, [page, "f2", "enter"])
        await until_shown(pilot, "0 stations")
        assert app.main.page.id == "stations"
        assert app.focused is app.query_one("#near")
        assert app.profile.name == "bench"
        assert [next(iter(request.json)) for request in server.requests] == [
            "station-get-by-center-radius"
        ]


async def test_a_card_reader_that_does_not_wait_asks_about_each_card(started: Started) -> None:
    cards = ["04523022AA4881", "0477BD22AA4A80", "04523022AA4882"]
    async with RawServer(answer(404, {"result": {"code": 191}})) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("f4")
            typed = [["ctrl+u", *card, "enter"] for card in cards]
            type_at_once(pilot, [key for keys in typed for key in keys])
            lookups = pilot.app.query_one("#lookups", Table)
            await until(pilot, lambda: len(lookups.rows) == 3, "three questions")
            assert [lookup.asked for lookup in reversed(lookups.rows)] == cards


async def test_a_page_that_is_not_shown_neither_keeps_nor_takes_the_focus(
    started: Started,
) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await pilot.press("f7")
        table = app.query_one("#profiles-table", Table)
        await until(pilot, lambda: app.focused is table, "the list has the focus")
        await app.main.go("stations")
        assert app.focused is not table  # at once, before the next layout
        table.focus()  # as a page does whose mount ends late
        await pilot.pause()
        assert app.focused is app.query_one("#near")


async def test_alt_with_a_character_writes_nothing(started: Started) -> None:
    async with started() as pilot:
        before = near(pilot)
        await pilot.press("left", "right")  # else the 9 takes the place of the profile's position
        for key in ("alt+j", "alt+z"):
            pilot.app.post_message(events.Key(key, key[-1]))
        type_at_once(pilot, "9")
        await until(pilot, lambda: near(pilot) == before + "9", "only the 9")


class Swallowing(Static, can_focus=True):
    """A widget that passes nothing on, like one that hangs or is taken down."""

    def __init__(self, *, goes: bool) -> None:
        super().__init__()
        self.goes = goes

    async def on_keys_in_order_passed(self, message: KeysInOrder.Passed) -> None:
        message.stop()
        if self.goes:
            self.remove()


@pytest.mark.parametrize(("goes", "looks"), [(True, 10**6), (False, 3)], ids=["gone", "hangs"])
async def test_a_widget_that_passes_nothing_on_is_not_waited_for_for_ever(
    goes: bool, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_in_order, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(keys_in_order, "LOOKS", looks)
    heard: list[str] = []

    class Small(KeysInOrder):
        def compose(self) -> ComposeResult:
            yield Swallowing(goes=goes)

        def on_key(self, event: events.Key) -> None:
            heard.append(event.key)

    async with Small().run_test() as pilot:
        type_at_once(pilot, "abc")
        await until(pilot, lambda: heard == ["a", "b", "c"], "all three, in their order")


class Reader(Vertical):
    """Reads its field when it hears of Enter, two levels above it."""

    def compose(self) -> ComposeResult:
        yield Vertical(Input())

    def on_input_submitted(self) -> None:
        self.app.query_one(Static).update(self.query_one(Input).value)


async def test_what_follows_enter_is_typed_when_enter_was_heard_of() -> None:
    class Small(KeysInOrder):
        def compose(self) -> ComposeResult:
            yield Reader()
            yield Static(markup=False)

    async with Small().run_test() as pilot:
        field = pilot.app.query_one(Input)
        type_at_once(pilot, [*"12", "enter", *"34"])
        await until(pilot, lambda: field.value == "1234", "all is typed")
        await until(pilot, lambda: bool(pilot.app.query_one(Static).content), "it was read")
        assert pilot.app.query_one(Static).content == "12"


async def test_keys_that_are_left_when_the_app_ends_go_nowhere() -> None:
    app = KeysInOrder()
    async with app.run_test():
        pass
    for key in ("tab", "enter"):  # the screens are gone, and what was waited for comes in
        await app.on_event(events.Key(key, None))
    await app._passed(KeysInOrder.Passed(app._lap, app, 0))


async def test_a_terminal_sends_the_digits_with_alt_and_a_line_at_once() -> None:
    """Ctrl+U and what follows in one read, and the keys for terminals that keep F-keys."""
    async with in_terminal("-m", "screens.main", "--demo") as (terminal, process):
        await terminal.shows("Radius")
        await terminal.press("\x1548.137, 11.575", "Enter searches around 48.137, 11.575")
        for keys, shown in (
            ("\x1b3", "The EVSE ID on the station's label"),
            ("\x1b4", "Format, check digit"),
            ("\x1b5", "number or words: 193"),
            ("\x1b7", "in this program"),
            ("\x1b1", "Close Esc"),
        ):
            await terminal.press(keys, shown)
        assert process.returncode is None
        assert not [sign for sign in "¡£¢∞¶" if sign in terminal.screens]
