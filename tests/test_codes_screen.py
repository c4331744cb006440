"""Codes: the catalogue on the keyboard, offline; and the magic identifiers of the demo."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Input

from console.keys import Keys
from console.oioi.http.client import OioiClient, Timeouts
from console.oioi.http.retry import RetryPolicy
from console.oioi.judgement.explanations import Entry, StartEffect, catalogue, lookup, search
from console.oioi.judgement.outcome import Outcome
from console.settings import Kind, Profile, load
from console.simulator.faults import FAULTS
from console.simulator.server import Simulator
from console.simulator.world import World
from screens.app import OioiConsoleApp
from screens.magic_calls import magic_call
from screens.widgets.exchange_pane import ExchangePane
from screens.widgets.explanation_view import ExplanationView, explanation_rows
from screens.widgets.table import Table
from tests.screen import paste, screen_text, until, until_shown

Opened = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
WIDE, NARROW = (120, 40), (80, 24)
BOTH_SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
ELSEWHERE = Profile("bench", "http://127.0.0.1:9/api/v4/request", Kind.TEST)
"""A profile that is not the demo; nobody answers there."""


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Start the app and enter a room: on the demo, or on a profile that nobody answers."""

    @asynccontextmanager
    async def start(
        size: tuple[int, int] = WIDE, *, demo: bool = True, room: str = "f5"
    ) -> AsyncIterator[Pilot[None]]:
        settings = load(tmp_path / "settings.toml")
        profile = settings.profile("demo") if demo else ELSEWHERE
        keys = Keys(environ={"OIOI_API_KEY": "test-key-0123456789"})
        app = OioiConsoleApp(profile, keys, settings)
        async with app.run_test(size=size) as pilot:
            if demo:
                await until(pilot, lambda: bool(app.connection.url), "the simulator is up")
            await pilot.press(room)
            await pilot.pause()
            yield pilot

    return start


async def enter(pilot: Pilot[None], text: str) -> None:
    """Type a text, key by key."""
    await pilot.press(*("space" if char == " " else char for char in text))
    await pilot.pause()


def codes(pilot: Pilot[None]) -> Table[Entry]:
    return pilot.app.query_one("#codes-table", Table)


def marked(pilot: Pilot[None]) -> str:
    """The key of the entry the cursor is on."""
    row = codes(pilot).cursor_row
    assert row is not None, screen_text(pilot.app)
    return row.key


def outcome(pilot: Pilot[None]) -> Outcome[object] | None:
    """What came of the exchange on show."""
    exchange = pilot.app.query_one(ExchangePane).exchange
    return exchange.outcome if exchange else None


class TestFinding:
    @BOTH_SIZES
    async def test_a_typed_number_leads_to_the_sentence_to_say(
        self, opened: Opened, size: tuple[int, int]
    ) -> None:
        async with opened(size) as pilot:
            await enter(pilot, "193")
            assert marked(pilot) == "193"
            await until_shown(pilot, "“Your card is fine, but the payment method in your")
            assert "The customer, with their provider (EMP)" in screen_text(pilot.app)

    async def test_words_find_in_titles_and_texts(self, opened: Opened) -> None:
        expected = {
            "payment": ("193", "850"),
            "plug": ("012", "321"),
            "who pays": ("193", "800"),
            "8xx": ("800", "880"),
            "http 503": ("http:503", "http:503"),
            "read-timeout": ("transport:read-timeout", "transport:read-timeout"),
        }
        async with opened() as pilot:
            for text, (first, among) in expected.items():
                await pilot.press("ctrl+u")
                await enter(pilot, text)
                assert marked(pilot) == first, text
                assert among in {entry.key for entry in codes(pilot).shown}, text

    async def test_statuses_and_failures_follow_the_codes(self, opened: Opened) -> None:
        async with opened() as pilot:
            keys = [entry.key for entry in codes(pilot).shown]
            assert keys[: len(catalogue())] == [entry.key for entry in catalogue()]
            kinds = [key.partition(":")[0] for key in keys[len(catalogue()) :]]
            assert kinds == sorted(kinds)
            assert set(kinds) == {"http", "transport"}

    async def test_down_goes_into_the_list_and_slash_back_to_what_was_typed(
        self, opened: Opened
    ) -> None:
        async with opened() as pilot:
            await enter(pilot, "payment")
            await pilot.press("down")
            assert marked(pilot) == "800"
            await until_shown(pilot, "800  System error at the payment provider")
            assert codes(pilot).has_focus
            await pilot.press("slash", "end")
            await enter(pilot, " method")
            assert pilot.app.query_one("#codes-search", Input).value == "payment method"

    async def test_a_number_that_is_not_listed_is_explained_by_its_family(
        self, opened: Opened
    ) -> None:
        async with opened() as pilot:
            await enter(pilot, "873")
            assert marked(pilot) == "873"
            await until_shown(pilot, "Unlisted code: 8xx Payment Provider Errors")
            assert "This code is not listed" in screen_text(pilot.app)
            await pilot.press("ctrl+u")
            await enter(pilot, "http 520")
            assert marked(pilot) == "http:520"
            await until_shown(pilot, "This status is not listed")

    @BOTH_SIZES
    async def test_what_is_nowhere_is_said_to_be_nowhere(
        self, opened: Opened, size: tuple[int, int]
    ) -> None:
        async with opened(size) as pilot:
            await enter(pilot, "transport:dsn")
            await until_shown(pilot, "Nothing matches “transport:dsn”.")
            assert "did you mean transport:dns?" in screen_text(pilot.app)
            await until_shown(pilot, "Found before: ")
            assert pilot.app.query_one(ExplanationView).has_class("-old")

    @BOTH_SIZES
    async def test_a_letter_too_many_leaves_the_explanation_dimmed_and_labelled(
        self, opened: Opened, size: tuple[int, int]
    ) -> None:
        async with opened(size) as pilot:
            await enter(pilot, "193x")
            await until_shown(pilot, "Found before: 193  EVCO ID has no valid payment method")
            assert "“Your card is fine" in screen_text(pilot.app)
            assert "try it  " not in screen_text(pilot.app), "nothing is marked"
            assert pilot.app.query_one(ExplanationView).has_class("-old")
            await pilot.press("backspace")
            await until(pilot, lambda: "Found before" not in screen_text(pilot.app))
            assert not pilot.app.query_one(ExplanationView).has_class("-old")

    async def test_coming_back_the_next_number_replaces_the_last(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "193")
            await pilot.press("f2", "f5")
            await enter(pilot, "802")
            assert marked(pilot) == "802"

    async def test_a_cleared_field_shows_everything_and_keeps_the_place(
        self, opened: Opened
    ) -> None:
        async with opened() as pilot:
            await enter(pilot, "193")
            await pilot.press("ctrl+u")
            await until(pilot, lambda: len(codes(pilot).shown) == len(search("")))
            assert marked(pilot) == "193"

    async def test_slash_in_the_list_leads_back_to_the_one_field(self, opened: Opened) -> None:
        async with opened() as pilot:
            await pilot.press("enter")
            assert pilot.app.focused is codes(pilot)
            await pilot.press("slash")
            assert pilot.app.focused is pilot.app.query_one("#codes-search")


class TestAnExplanation:
    def test_begins_with_what_can_be_said_now(self) -> None:
        label, text = explanation_rows(lookup("193"))[0]
        assert (label, text) == ("say", f"“{lookup('193').say}”")

    def test_names_what_a_general_code_may_hide_and_the_general_of_an_exact_one(self) -> None:
        assert (
            "\n302  System timeout at the operator\n"
            in dict(explanation_rows(lookup("300")))["may hide"]
        )
        assert dict(explanation_rows(lookup("193")))["also as"].splitlines() == [
            "190  EVCO ID error",
            "100  System error at the platform",
            "800  System error at the payment provider",
        ]

    def test_says_what_neighbours_call_it(self) -> None:
        assert "OICP 210" in dict(explanation_rows(lookup("193")))["others"]

    @pytest.mark.parametrize(
        ("code", "word"),
        [("011", "Accepted"), ("193", "No:"), ("320", "Not by this"), ("302", "Perhaps")],
    )
    def test_says_whether_a_start_may_have_happened(self, code: str, word: str) -> None:
        assert dict(explanation_rows(lookup(code)))["started?"].startswith(word)

    def test_has_no_label_without_a_text(self) -> None:
        for entry in search(""):
            assert all(text.strip() for _, text in explanation_rows(entry)), entry.key


class TestFromAnOutcome:
    @BOTH_SIZES
    async def test_ctrl_e_stands_on_the_code_of_a_refusal(
        self, opened: Opened, size: tuple[int, int]
    ) -> None:
        async with opened(size, room="f3") as pilot:
            await paste(pilot, "DE*SIM*E320")
            await pilot.press("enter")  # the demo has a customer filled in
            await until_shown(pilot, "320 EVSE already in use")
            await pilot.press("ctrl+e")
            assert pilot.app.query_one(ContentSwitcher).current == "codes"
            assert marked(pilot) == "320"
            await until_shown(pilot, "320  EVSE already in use")
            assert len(codes(pilot).shown) == len(search(""))

    async def test_what_is_not_listed_is_searched_for(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "873")
            await pilot.press("enter", "x")
            await until(pilot, lambda: outcome(pilot) is not None)
            await pilot.press("slash", "ctrl+u", *"193", "ctrl+e")
            assert marked(pilot) == "873"

    async def test_without_an_outcome_ctrl_e_is_the_end_of_the_line(self, opened: Opened) -> None:
        async with opened(room="f2") as pilot:
            field = pilot.app.query_one("#near", Input)
            await pilot.press("home", "ctrl+e")
            assert field.cursor_position == len(field.value) > 0
            assert pilot.app.query_one(ContentSwitcher).current == "stations"

    async def test_a_dialog_is_not_left_by_ctrl_e(self, opened: Opened) -> None:
        async with opened(room="f2") as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: outcome(pilot) is not None)
            await pilot.press("f1", "ctrl+e", "escape")
            assert pilot.app.query_one(ContentSwitcher).current == "stations"


class TestTryingIt:
    @pytest.mark.parametrize(
        ("size", "code", "identifier", "call"),
        [
            (WIDE, "193", "DE*SIM*E193", "session-start"),
            (NARROW, "193", "DE*SIM*E193", "session-start"),
            (WIDE, "182", "DE*SIM*E182", "session-stop"),
            (WIDE, "322", "80.322", "station-get-by-center-radius"),
        ],
    )
    async def test_one_key_sends_what_is_listed_and_meets_that_code(
        self, opened: Opened, size: tuple[int, int], code: str, identifier: str, call: str
    ) -> None:
        async with opened(size) as pilot:
            await enter(pilot, code)
            await until_shown(pilot, identifier)
            await pilot.press("enter", "x")
            await until(pilot, lambda: outcome(pilot) is not None, code)
            met = outcome(pilot)
            assert met is not None
            assert (met.code, met.call) == (code, call)

    async def test_the_key_is_named_as_it_is_pressed_from_the_field_and_from_the_list(
        self, opened: Opened
    ) -> None:
        async with opened() as pilot:
            await enter(pilot, "193")
            await until_shown(pilot, "Enter, then x sends session-start with DE*SIM*E193")
            await pilot.press("enter")
            await until(pilot, lambda: "Enter, then x" not in screen_text(pilot.app))
            assert "x sends session-start with DE*SIM*E193" in screen_text(pilot.app)
            await pilot.press("slash")
            await until_shown(pilot, "Enter, then x sends")

    async def test_in_the_field_the_key_is_a_letter(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "8xx")
            assert pilot.app.query_one("#codes-search", Input).value == "8xx"
            assert pilot.app.query_one(ExchangePane).exchange is None

    async def test_what_is_still_being_tried_is_not_sent_twice(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "read-timeout")
            await pilot.press("enter", "x")
            await until_shown(pilot, "In flight")
            await pilot.press("x")
            await until_shown(pilot, "being tried already")
            assert "(+1 in flight)" not in screen_text(pilot.app)
            await pilot.press("escape")
            await until(pilot, lambda: outcome(pilot) is not None)
            await pilot.press("x")
            await until(pilot, lambda: outcome(pilot) is None, "it can be tried again")

    async def test_what_the_simulator_cannot_cause_cannot_be_tried(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "transport:dns")
            await pilot.press("enter", "x")
            await pilot.pause()
            assert "Try it" not in screen_text(pilot.app)
            assert pilot.app.query_one(ExchangePane).exchange is None

    async def test_outside_the_demo_there_is_nothing_to_try(self, opened: Opened) -> None:
        async with opened(demo=False) as pilot:
            await enter(pilot, "193")
            await pilot.press("enter", "x")
            await pilot.pause()
            text = screen_text(pilot.app)
            assert "EVCO ID has no valid payment method" in text
            assert "DE*SIM" not in text
            assert "try it" not in text.lower()
            assert pilot.app.query_one(ExchangePane).exchange is None

    async def test_with_another_profile_the_demo_is_over(self, opened: Opened) -> None:
        async with opened() as pilot:
            await enter(pilot, "193")
            await until_shown(pilot, "DE*SIM*E193")
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            app.use_profile(ELSEWHERE)
            await pilot.press("enter", "x")
            await pilot.press("f5")
            await pilot.pause()
            assert "try it at" not in screen_text(app)
            assert app.query_one(ExchangePane).exchange is None

    @pytest.mark.parametrize(
        ("demo", "copied"),
        [(True, "DE*SIM*E193"), (False, "193 EVCO ID has no valid payment method")],
    )
    async def test_c_copies_the_magic_identifier_or_the_code_with_its_title(
        self, opened: Opened, demo: bool, copied: str
    ) -> None:
        async with opened(demo=demo) as pilot:
            await enter(pilot, "193")
            await pilot.press("enter", "c")
            assert pilot.app.clipboard == copied


class TestTheCallsThatAreTried:
    async def test_each_is_answered_with_exactly_what_it_is_listed_for(self) -> None:
        keys = {entry.key for entry in search("")} | {fault.shows for fault in FAULTS}
        met = {}
        async with (
            Simulator(World(stations=10, latency=0)) as simulator,
            OioiClient(
                simulator.url,
                "an-ordinary-key-7c88",
                timeouts=Timeouts(command_s=1.0),
                policy=RetryPolicy(attempts=1),
            ) as client,
        ):
            for key in sorted(keys):
                if (tried := magic_call(key)) is not None:
                    met[key] = (await client.send(tried.call)).entry.key
        assert met == {key: key for key in met}
        assert {entry.key for entry in catalogue()} <= met.keys()
        assert {key for key in keys if key.startswith("http:")} <= met.keys()

    def test_carry_the_identifier_that_is_shown(self) -> None:
        for entry in search(""):
            if (tried := magic_call(entry.key)) is not None:
                assert tried.identifier in json.dumps(tried.call.fields()), entry.key

    def test_are_starts_only_for_what_a_start_can_be_answered_with(self) -> None:
        for entry in catalogue():
            tried = magic_call(entry.key)
            assert tried is not None
            of_starts = entry.start is not StartEffect.NOT_APPLICABLE
            assert (tried.call.key == "session-start") is of_starts, entry.key
