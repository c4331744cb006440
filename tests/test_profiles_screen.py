"""Profiles, keys, and everything that stands between a key press and production."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from console.keys import Keys
from console.settings import Kind, Profile, load, save_profile
from screens.app import OioiConsoleApp
from screens.dialogs import Confirm, KeySetup
from screens.dialogs.profile_form import ProfileForm, SettingField
from screens.widgets.choice_line import ChoiceLine
from screens.widgets.session_card import SessionCard
from screens.widgets.table import Table
from tests.app_fixtures import GOOD_CUSTOMER, NARROW, WIDE, Started, start_session
from tests.keyring_fixtures import RealKeyring, own_home, real_keyring
from tests.raw_server import RawServer, answer, stall
from tests.screen import in_palette, paste, row_under_cursor, screen_text, until, until_shown

__all__ = ["own_home", "real_keyring"]

STARTED = answer(body={"result": {"code": 11}, "session-start": {"session-id": "77"}})


def marked(pilot: Pilot[None]) -> str:
    """The name of the profile under the cursor."""
    return str(row_under_cursor(pilot.app, "#profiles-table").profile.name)


async def mark(pilot: Pilot[None], name: str) -> None:
    """Go to the row of a profile by keyboard."""
    await pilot.press("home")
    while marked(pilot) != name:
        await pilot.press("down")


class TestProduction:
    async def test_enter_enter_enter_starts_nothing(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
                await pilot.press("enter", "enter", "enter", "enter", "enter")
                await pilot.pause()
            assert server.requests == []

    async def test_the_question_names_where_what_and_who(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION, name="live") as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
                await until_shown(pilot, "session-start on PRODUCTION")
                await until_shown(pilot, "Not sent yet")
                asked = screen_text(pilot.app)
        for word in ("session-start on PRODUCTION", "live", "127.0.0.1", "DE*8PS*E1"):
            assert word in asked
        assert "Not sent yet" in asked
        assert "LIVE  PRODUCTION" in asked
        assert asked.count(GOOD_CUSTOMER) >= 2

    async def test_a_confirmed_start_is_sent(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
                await pilot.press("right", "enter")
                await until_shown(pilot, "Charging, says the server")
            assert len(server.requests) == 1

    async def test_a_stop_is_asked_about_too(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
                await pilot.press("right", "enter")
                await until_shown(pilot, "Charging, says the server")
                pilot.app.query(SessionCard).first().focus()
                await pilot.press("x")
                await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
                await pilot.press("escape")
                await until_shown(pilot, "Not sent: session-stop was not confirmed.")
            assert len(server.requests) == 1

    async def test_searches_are_not_asked_about(self, started: Started) -> None:
        async with RawServer(answer(body={"stations": []})) as server:
            async with started(url=server.url, kind=Kind.PRODUCTION) as pilot:
                await pilot.press("enter")
                await until_shown(pilot, "0 stations")

    @pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
    async def test_the_frame_is_there(self, started: Started, size: tuple[int, int]) -> None:
        async with RawServer(STARTED) as server:
            async with started(size, url=server.url, kind=Kind.PRODUCTION) as pilot:
                await pilot.pause()
                border = pilot.app.screen.styles.border_top
                assert border[0] == "heavy"
                assert screen_text(pilot.app).startswith("┏")


class TestReadOnly:
    async def test_commands_are_refused_with_a_sentence(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, read_only=True) as pilot:
                assert "read-only" in screen_text(pilot.app)
                await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
                await until_shown(pilot, "Read-only: session-start was not sent.")
            assert server.requests == []

    async def test_it_holds_for_every_profile_of_the_run(
        self, started: Started, tmp_path: Path
    ) -> None:
        settings = load(tmp_path / "settings.toml")
        demo = settings.profile("demo")
        app = OioiConsoleApp(demo, Keys(environ={}), settings, read_only=True)
        async with app.run_test(size=WIDE) as pilot:
            app.use_profile(settings.profile("demo"))
            await pilot.pause()
            assert app.profile.read_only


class TestSwitching:
    async def test_what_is_in_flight_stays_where_it_is(self, started: Started) -> None:
        async with RawServer(stall()) as server, started(url=server.url) as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until(pilot, lambda: len(server.requests) == 1)
            app.use_profile(app.context.settings.profile("demo"))
            await until_shown(pilot, " DEMO ")
            assert "Starting…" in screen_text(app)
            await pilot.press("escape")
            await until_shown(pilot, "Outcome unknown")

    async def test_a_session_is_stopped_where_it_was_started(self, started: Started) -> None:
        async with RawServer(STARTED, answer()) as server, started(url=server.url) as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
            await until_shown(pilot, "session 77")
            app.use_profile(app.context.settings.profile("demo"))
            await until_shown(pilot, "  on BENCH")
            app.query(SessionCard).first().focus()
            await pilot.press("x")
            await until_shown(pilot, "■ Stopped")
            assert [list(request.json) for request in server.requests] == [
                ["session-start"],
                ["session-stop"],
            ]

    async def test_enter_uses_the_marked_profile(self, started: Started) -> None:
        async with RawServer(STARTED) as server, started(url=server.url) as pilot:
            await pilot.press("f7")
            await until_shown(pilot, "dev-api.plug")
            await mark(pilot, "demo")
            await pilot.press("enter")
            await until_shown(pilot, " DEMO ")

    async def test_another_server_for_this_run_is_a_row_of_its_own(self, started: Started) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, name="staging", redirected=True) as pilot:
                await pilot.press("f7")
                await until_shown(pilot, "dev-api.plug")
                rows = pilot.app.query_one("#profiles-table", Table).rows
                used = [row.profile.url for row in rows if row.in_use]
                assert used == [server.url]


class TestChoosing:
    async def test_the_cursor_stands_on_the_profile_in_use_at_every_visit(
        self, started: Started
    ) -> None:
        async with started() as pilot:
            await pilot.press("f7")
            await until(pilot, lambda: marked(pilot) == "demo")
            await until_shown(pilot, "the simulator in this program")
            assert "could not be read" not in screen_text(pilot.app)  # the demo needs no keyring
            await pilot.press("home")
            assert marked(pilot) == "production"
            await pilot.press("f2", "f7")
            await until(pilot, lambda: marked(pilot) == "demo")

    async def test_enter_held_from_anywhere_changes_nothing(self, started: Started) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await pilot.press("f7", *["enter"] * 20)
            await until_shown(pilot, "This profile is in use.")
            await mark(pilot, "production")
            await pilot.press(*["enter"] * 21)
            await pilot.pause()
            assert app.profile.name == "demo"

    @pytest.mark.parametrize(
        ("keys", "used"), [(["enter"], "demo"), (["escape"], "demo"), (["right", "enter"], "live")]
    )
    async def test_production_is_asked_about_and_the_safe_answer_has_the_focus(
        self, started: Started, keys: list[str], used: str, tmp_path: Path
    ) -> None:
        async with RawServer(STARTED) as server:
            save_profile(
                load(tmp_path / "settings.toml"), Profile("live", server.url, Kind.PRODUCTION)
            )
            async with started() as pilot:
                app = pilot.app
                assert isinstance(app, OioiConsoleApp)
                await pilot.press("f7")
                await mark(pilot, "live")
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, Confirm))
                await until_shown(pilot, "Use PRODUCTION")
                assert "127.0.0.1" in screen_text(app)
                await pilot.press(*keys)
                await until(pilot, lambda: not isinstance(app.screen, Confirm))
                await until(pilot, lambda: app.profile.name == used)
                assert (app.focused is app.query_one("#profiles-table")) or used == "live"

    async def test_the_palette_asks_about_production_too(self, started: Started) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await in_palette(pilot, "use production", "Profile: use production")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press("enter")
            await until(pilot, lambda: not isinstance(app.screen, Confirm))
            assert app.profile.name == "demo"

    async def test_enter_on_a_row_the_operator_went_to_uses_it(self, started: Started) -> None:
        async with RawServer(STARTED) as server, started(url=server.url) as pilot:
            await pilot.press("f7")
            await until(pilot, lambda: marked(pilot) == "bench")
            await mark(pilot, "demo")
            await pilot.press("enter")
            await until_shown(pilot, "Calls go to")
            await until(pilot, lambda: marked(pilot) == "demo")

    async def test_a_row_the_cursor_was_put_on_is_not_used_without_asking(
        self, started: Started
    ) -> None:
        async with started() as pilot:
            app = pilot.app
            assert isinstance(app, OioiConsoleApp)
            await pilot.press("f7", "n")
            await until(pilot, lambda: isinstance(app.screen, ProfileForm))
            await paste(pilot, "garage")
            await pilot.press("tab")
            await paste(pilot, "http://127.0.0.1:9/api")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: not isinstance(app.screen, ProfileForm))
            await until(pilot, lambda: marked(pilot) == "garage")
            await pilot.press("enter")
            await until_shown(pilot, "Use GARAGE")
            await pilot.press("enter")
            await until(pilot, lambda: not isinstance(app.screen, Confirm))
            await pilot.press("d")
            await until_shown(pilot, "Delete profile garage?")
            await pilot.press("right", "enter")
            await until(pilot, lambda: marked(pilot) == "demo")
            await pilot.press("enter")
            await until_shown(pilot, "This profile is in use.")
            assert app.profile.name == "demo"


class TestEditing:
    async def test_a_new_profile_is_in_the_file_and_in_the_list(
        self, started: Started, tmp_path: Path
    ) -> None:
        async with started() as pilot:
            await pilot.press("f7", "n")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProfileForm))
            await paste(pilot, "garage")
            await pilot.press("tab")
            await paste(pilot, "https://oioi.example/api/v4/request")
            await pilot.press("ctrl+s")
            await until_shown(pilot, "oioi.example")
        assert load(tmp_path / "settings.toml").profile("garage").host == "oioi.example"

    async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
        self, started: Started, tmp_path: Path
    ) -> None:
        async with started() as pilot:
            await pilot.press("f7", "n")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProfileForm))
            await paste(pilot, "garage")
            await pilot.press("tab")
            await paste(pilot, "http://oioi.example/")
            await pilot.press("ctrl+s")
            await until_shown(pilot, "✖")
            url = pilot.app.screen.query_one("#profile-url", Input)
            assert url.value == "http://oioi.example/"
            assert pilot.app.focused is url
        assert not (tmp_path / "settings.toml").exists()

    async def test_what_was_typed_is_not_lost_without_a_question(self, started: Started) -> None:
        async with started(NARROW) as pilot:
            form = await new_profile(pilot)
            await pilot.press("escape", "escape")
            await until(pilot, lambda: pilot.app.screen is form)
            assert form.query_one("#profile-name", Input).value == "garage"
            await pilot.click("#cancel")
            await until_shown(pilot, "Not saved yet: Name, URL.")
            await pilot.press("enter")
            await until(pilot, lambda: pilot.app.screen is form)
            await pilot.press("escape")
            await until_shown(pilot, "Not saved yet: Name, URL.")
            await pilot.press("right", "enter")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)

    async def test_a_form_without_a_change_closes_at_once(self, started: Started) -> None:
        async with started(NARROW) as pilot:
            await pilot.press("f7", "n")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProfileForm))
            await pilot.press("x", "backspace", "escape")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)

    async def test_a_kind_and_yes_or_no_are_chosen_by_keys_and_the_choice_says_what_it_means(
        self, started: Started, tmp_path: Path
    ) -> None:
        async with started(NARROW) as pilot:
            form = await new_profile(pilot)
            await pilot.press("tab", "tab")
            await until_shown(pilot, "test: A server of your own")
            await pilot.press("left", "left", "left")
            await until_shown(pilot, "● production  ○ staging  ○ test")
            await until_shown(pilot, "production: Real customers and stations: you are asked")
            await pilot.press("down", "space")
            await until_shown(pilot, "○ no  ● yes")
            await until_shown(pilot, "yes: No command (start, stop, reserve) is sent")
            assert isinstance(pilot.app.focused, ChoiceLine)
            await pilot.press("enter")
            await until_shown(pilot, "no: Reads and commands")
            await pilot.press("right", "ctrl+s")
            await until(pilot, lambda: not form.is_attached, "the form is closed")
        saved = load(tmp_path / "settings.toml").profile("garage")
        assert (saved.kind, saved.read_only) == (Kind.PRODUCTION, True)

    async def test_a_click_chooses_and_saves(self, started: Started, tmp_path: Path) -> None:
        async with started(NARROW) as pilot:
            form = await new_profile(pilot)
            await pilot.click("#profile-kind", offset=(18, 0))
            await until_shown(pilot, "● staging")
            await pilot.click("#profile-kind", offset=(44, 0))  # beside the words
            await pilot.click("#profile-read-only", offset=(7, 0))
            await until_shown(pilot, "○ no  ● yes")
            await pilot.click("#save")
            await until(pilot, lambda: not form.is_attached, "the form is closed")
        saved = load(tmp_path / "settings.toml").profile("garage")
        assert (saved.kind, saved.read_only) == (Kind.STAGING, True)

    async def test_in_a_small_terminal_buttons_hint_and_focus_are_always_seen(
        self, started: Started
    ) -> None:
        async with started(NARROW) as pilot:
            form = await new_profile(pilot)
            for field in form.query(SettingField):
                await until(pilot, partial(has_focus, field.control), field.setting.label)
                await until(pilot, partial(is_seen, form, field.control), field.setting.label)
                await until_shown(pilot, field.hint[:40])
                assert is_seen(form, form.query_one("#save"))
                assert is_seen(form, form.query_one("#cancel"))
                await pilot.press("down")
            await pilot.press("tab", "enter")
            await until_shown(pilot, "Not saved yet: Name, URL.")
            await pilot.press("tab", "enter")
            await until(pilot, lambda: not form.is_attached, "Cancel closes it")

    async def test_each_error_stands_under_its_field_until_that_changes(
        self, started: Started
    ) -> None:
        async with started(NARROW) as pilot:
            form = await new_profile(pilot)
            timeout = form.query_one("#profile-read-timeout-s", Input)
            attempts = form.query_one("#profile-attempts", Input)
            timeout.value, attempts.value = "soon", "99"
            await pilot.press("ctrl+s")
            await until(pilot, lambda: pilot.app.focused is attempts)
            await until_shown(pilot, "✖ Attempts must be a whole number from 1 to 20.")
            assert is_seen(form, attempts)
            await pilot.press("backspace")
            await until(pilot, lambda: "✖ Attempts" not in screen_text(pilot.app))
            await pilot.press("down", "down", "down")
            await until_shown(pilot, "✖ Read timeout must be a number from")
            assert (timeout.value, attempts.value) == ("soon", "9")

    async def test_saving_without_a_change_keeps_every_value(
        self, started: Started, tmp_path: Path
    ) -> None:
        exact = Profile(
            "garage",
            "https://oioi.example/",
            Kind.TEST,
            latitude=52.51671234,
            read_only=True,
            proxy="http://proxy.example:3128",
        )
        save_profile(load(tmp_path / "settings.toml"), exact)
        async with started() as pilot:
            await pilot.press("f7")
            await mark(pilot, "garage")
            await pilot.press("e")
            await until(pilot, lambda: isinstance(pilot.app.screen, ProfileForm))
            await pilot.press("ctrl+s")
            await until_shown(pilot, "Saved in")
        assert load(tmp_path / "settings.toml").profile("garage") == exact

    async def test_a_built_in_profile_says_what_is_fixed(self, started: Started) -> None:
        async with started(NARROW) as pilot:
            await pilot.press("f7", "e")
            await until_shown(pilot, "built in: its name, URL and kind are fixed")
            await until(pilot, lambda: getattr(pilot.app.focused, "id", "") == "profile-read-only")
            await pilot.press("f1")
            await until_shown(pilot, "Choice to the left")


async def new_profile(pilot: Pilot[None]) -> ProfileForm:
    """Open the form of a new profile, and fill in name and URL; the name has the focus."""
    await pilot.press("f7", "n")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProfileForm))
    form = pilot.app.screen
    assert isinstance(form, ProfileForm)
    await paste(pilot, "garage")
    form.query_one("#profile-url", Input).value = "https://oioi.example/api"
    return form


def has_focus(widget: Widget) -> bool:
    """Whether a widget has the focus."""
    return widget.has_focus


def is_seen(screen: Screen[Any], widget: Widget) -> bool:
    """Whether all of a widget is on the screen."""
    return screen.find_widget(widget).visible_region.size == widget.region.size != (0, 0)


class TestTheFirstStart:
    async def test_a_pasted_key_goes_into_the_keyring_and_is_used(
        self, started: Started, real_keyring: RealKeyring
    ) -> None:
        async with RawServer(answer(body={"stations": []})) as server:
            async with started(url=server.url, key=None) as pilot:
                await until(pilot, lambda: isinstance(pilot.app.screen, KeySetup))
                await paste(pilot, "Authorization: key=secret-0123456789\n")
                await pilot.press("enter")
                await until_shown(pilot, "key: keyring ••••6789")
                await pilot.press("enter")
                await until_shown(pilot, "0 stations")
            assert server.requests[0].headers["authorization"] == "key=secret-0123456789"
            stored = await Keys(environ={}).get("bench")
            assert stored is not None
            assert stored.value == "secret-0123456789"

    async def test_a_typed_key_is_asked_for_twice(
        self, started: Started, real_keyring: RealKeyring
    ) -> None:
        async with RawServer(STARTED) as server:
            async with started(url=server.url, key=None) as pilot:
                await until(pilot, lambda: isinstance(pilot.app.screen, KeySetup))
                await pilot.press(*"abcdefgh", "enter")
                await until_shown(pilot, "Type it once more")
                await pilot.press(*"abcdefgx", "enter")
                await until_shown(pilot, "The two are not the same")
                await pilot.press("backspace", "h", "enter")
                await until_shown(pilot, "key: keyring ••••")

    async def test_a_key_that_is_forgotten_is_not_used_any_more(
        self, started: Started, real_keyring: RealKeyring
    ) -> None:
        await Keys(environ={}).set("staging", "secret-0123456789")
        async with RawServer(STARTED) as server:
            async with started(url=server.url, key=None, name="staging", read_only=True) as pilot:
                app = pilot.app
                assert isinstance(app, OioiConsoleApp)
                await until_shown(pilot, "key: keyring ••••6789")
                await pilot.press("f7")
                await until_shown(pilot, "••••6789 keyring")
                await mark(pilot, "staging")
                await pilot.press("f")
                await until(pilot, lambda: isinstance(app.screen, Confirm))
                await pilot.press("right", "enter")
                await until_shown(pilot, "The key is gone.")
                assert app.connection.key is None

    async def test_a_locked_keyring_leaves_the_app_usable(
        self, started: Started, real_keyring: RealKeyring
    ) -> None:
        real_keyring.lock()
        async with RawServer(answer(body={"stations": []})) as server:
            async with started(url=server.url, key=None) as pilot:
                await until_shown(pilot, "locked")
                await paste(pilot, "secret-0123456789")
                pilot.app.screen.query_one("#run").focus()
                await pilot.press("enter")
                await until_shown(pilot, "key: this run ••••6789")
                await pilot.press("enter")
                await until_shown(pilot, "0 stations")

    async def test_a_frozen_keyring_is_waited_for_beside_the_work(
        self, started: Started, real_keyring: RealKeyring
    ) -> None:
        await Keys(environ={}).set("bench", "secret-0123456789")
        real_keyring.freeze()
        async with RawServer(STARTED) as server:
            async with started(url=server.url, key=None) as pilot:
                await until(pilot, lambda: isinstance(pilot.app.screen, KeySetup))
                real_keyring.thaw()
                await pilot.press("escape")
                await until_shown(pilot, "key: keyring ••••6789")


async def test_the_test_of_a_profile_ends_at_the_first_failure(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f7")
        await until_shown(pilot, "dev-api.plug")
        await mark(pilot, "demo")
        await pilot.press("t")
        await until_shown(pilot, "✔ demo: all good")
