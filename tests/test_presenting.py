"""Presenter mode: whoever looks on reads no customer's identifier, and sees the keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.widgets import Input

from console.customers import KnownCustomers
from console.first_steps import BLOCKED_CARD
from console.journal.subject import customers_in
from console.options import Options
from console.presenting import DOT, shortened_line, shortened_search, shortened_whole
from screens.app import OioiConsoleApp
from screens.main import main, run_app
from screens.presenting_app import ShorteningFilter
from screens.widgets.pressed_keys import PressedKey, PressedKeys, after_press, in_words, word_for
from tests.app_fixtures import GOOD_CUSTOMER, WIDE, Started, start_session
from tests.raw_server import RawServer, answer
from tests.screen import in_palette, paste, screen_text, until, until_shown

SHORT = "DE*8PS*9D····*X"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DE*8PS*9DC4AB*X", SHORT),
        ('  "identifier": "DE*8PS*9DC4AB*X",', f'  "identifier": "{SHORT}",'),
        ("DE-8PS-C12345678-3", "DE-8PS-C1·······-3"),
        ("DE8PS9DC4ABX", "DE8PS9D····X"),
        ("de*8ps*9dc4ab*x", "de*8ps*9d····*x"),
        ("NL*TNM*012204*5 and NL*TNM*EBA7F1*1", "NL*TNM*01····*5 and NL*TNM*EB····*1"),
        ("DE*8PS*9DC4AB", "DE*8PS*9D···B"),
        ("04523022AA4881", "··········4881"),
        ("04:52:30:22:AA:48:81", "················4881"),
        ("5C2F2E91 → DE*8PS*9DC4AB*X", f"····2E91 → {SHORT}"),
        ("as 4D9BF7E244BECC0", "as 4D·············"),
        ("jane@example.com", "ja··············"),
        ("DE*8PS*9DC4…", "DE*8PS*9D··…"),
        ("0452302…", "·······…"),
    ],
)
def test_an_identifier_of_a_customer_is_shortened_in_its_place(text: str, shown: str) -> None:
    assert shortened_line(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "DE*DEM*E100008*1",
        "DE*SIM*E503TWICE",
        "DEDEME100008",
        "+49*810*000*438",
        "session bfe2f2a6-35b0-4a76-aa59-48607d07f448",
        "date: Thu, 26 Nov 2026 15:07:38 GMT",
        "20261126",
        "13.38222112",
        "POST http://127.0.0.1:38327/api/v4/request",
        "Authorization: key=••••demo",
        "station-get-by-center-radius",
        "Tankstelle Unter den Li…",
        "user-get-charging-keys",
    ],
)
def test_what_is_no_customers_stays(text: str) -> None:
    assert shortened_line(text) == text


def test_an_identifier_that_was_sent_is_found_whatever_its_form() -> None:
    assert shortened_line("mueller, MUELLER", KnownCustomers(["mueller"])) == "mu·····, MU·····"


@given(st.text(alphabet="DE*-8PS9C4ABX0F:@. …", max_size=60))
def test_a_line_keeps_its_length(text: str) -> None:
    assert len(shortened_line(text, KnownCustomers(["DE8PS9"]))) == len(text)


def test_the_parts_of_a_line_keep_their_styles() -> None:
    bold = Style(bold=True)
    line = [Segment("for DE*8PS*9D"), Segment("C4AB", bold), Segment("*X")]
    shown = ShorteningFilter(KnownCustomers()).apply(line, Color(0, 0, 0))
    assert shown == [Segment("for DE*8PS*9D"), Segment("····", bold), Segment("*X")]


def test_the_last_three_keys_are_shown_and_repeats_are_counted() -> None:
    shown: tuple[PressedKey, ...] = ()
    for word in ["F3", "typing", "typing", "Enter", "↓", "↓", "↓"]:
        shown = after_press(shown, word)
    assert in_words(shown) == ["typing", "Enter", "↓ ×3"]


def test_text_and_a_paste_are_named_and_not_shown() -> None:
    assert word_for(events.Key("x", "x"), is_text=True) == "typing"
    assert word_for(events.Key("x", "x"), is_text=False) == "x"
    assert word_for(events.Key("ctrl+q", None), is_text=False) == "Ctrl+Q"
    assert word_for(events.Paste(GOOD_CUSTOMER), is_text=True) == "paste"


async def test_no_page_shows_an_identifier_whole(started: Started) -> None:
    found = answer(body={"user": {"evco-id": GOOD_CUSTOMER}, "result": {"code": 0}})
    async with (
        RawServer(answer(body={"result": {"code": 11}}), found) as server,
        started(WIDE, url=server.url, presents=True) as pilot,
    ):
        app = pilot.app
        await until_shown(pilot, "Presenter")
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        seen = screen_text(app)
        await pilot.press("f4")
        await until(pilot, lambda: bool(app.query("#evco-input")))
        await paste(pilot, "04523022AA4881")
        await pilot.press("enter")
        await until_shown(pilot, "✔ Success")
        seen += screen_text(app)
        await pilot.press("f6")
        await until_shown(pilot, "2 exchanges")
        seen += screen_text(app)
        await in_palette(pilot, "customer", f"Customer: {SHORT}")
        seen += screen_text(app)
        assert SHORT in seen
        assert "··········4881" in seen
        assert "9DC4AB" not in seen
        assert "04523022AA4881" not in seen
        sent = [request.json for request in server.requests]
        assert sent[0]["session-start"]["user"]["identifier"] == GOOD_CUSTOMER


async def test_what_is_printed_after_the_end_is_shortened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(app: OioiConsoleApp) -> None:
        app.still_running_lines = [f"Charging: DE*SIM*ELOST, {GOOD_CUSTOMER}"]
        try:
            raise ValueError(f"of {GOOD_CUSTOMER}")
        except ValueError as error:
            app.crash = error

    monkeypatch.setattr(OioiConsoleApp, "run", ended)
    run_app(Options(demo=True, presenter=True))
    said = capsys.readouterr().err
    assert f"Charging: DE*SIM*ELOST, {SHORT}" in said
    assert f"ValueError: of {SHORT}" in said
    assert "9DC4AB" not in said
    run_app(Options(demo=True))
    assert f"DE*SIM*ELOST, {GOOD_CUSTOMER}" in capsys.readouterr().err


async def test_the_keys_are_shown_in_front_and_no_text_is(started: Started) -> None:
    async with started(presents=True) as pilot:
        await until_shown(pilot, "Presenter")
        await pilot.press("f3")
        await until(pilot, lambda: bool(pilot.app.query("#connector")))
        await pilot.press("q", "z", "tab")
        await until_shown(pilot, "F3  typing  Tab")
        await pilot.press("f1")
        await until(pilot, lambda: bool(pilot.app.screen.query(PressedKeys)))
        await until_shown(pilot, "typing  Tab  F1")


async def test_the_palette_switches_it_on_and_off(started: Started) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await pilot.press("f3")
        await until_shown(pilot, GOOD_CUSTOMER)
        await in_palette(pilot, "presenter", "Presenter: turn on")
        await pilot.press("enter")
        await until_shown(pilot, SHORT)
        assert app.query_one("#identity", Input).value == GOOD_CUSTOMER
        await in_palette(pilot, "presenter", "Presenter: turn off")
        await pilot.press("enter")
        await until_shown(pilot, GOOD_CUSTOMER)
        await until(pilot, lambda: not app.query(PressedKeys))


def test_presenter_is_an_option_of_the_app_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "--presenter" in capsys.readouterr().out
    assert main(["--presenter", "explain", "193"]) == 2
    assert "no option --presenter" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [
        *("04523022aa4881", "04 52 30 22 AA 48 81", "de8ps9dc4abx", "50DC4B000DD0", "1150460036"),
        *("A1B2C3", "jane.doe", "DE*8PS*ABCDEF*X"),
    ],
)
def test_what_is_typed_of_a_customer_is_shortened_in_any_spelling(typed: str) -> None:
    bare = typed.replace(" ", "")
    for shown in (shortened_whole(typed), shortened_search(f"find {typed}")):
        assert DOT * 2 in shown
        assert bare not in shown.replace(" ", "")
    assert len(shortened_whole(typed)) == len(typed)


@pytest.mark.parametrize(
    "typed",
    ["verdict:unknown day:2026-11-25", "session-start", "193", "DE*DEM*E100", "DE*DEM*E100008*1"],
)
def test_what_is_looked_for_stays_if_it_names_nobody(typed: str) -> None:
    assert shortened_search(typed) == typed


@pytest.mark.parametrize(
    ("call", "subject", "named"),
    [
        ("rfid-verify", "12345678", ["12345678"]),
        ("session-start", "DE*DEM*E1*1, DE*8PS*ABCDEF*X", ["DE*8PS*ABCDEF*X"]),
        ("session-stop", "DE*DEM*E1, mueller, bfe2f2a6-35b0-4a76-aa59-48607d07f448", ["mueller"]),
        ("station-get-by-center-radius", "48.1372, 11.5755, 1 km", []),
        ("connector-post-status", "DE*DEM*E1, Available", []),
    ],
)
def test_the_subject_of_a_kept_exchange_names_customers(
    call: str, subject: str, named: list[str]
) -> None:
    assert [*customers_in(call, subject)] == named


def test_what_is_typed_is_known_until_other_text_is_typed() -> None:
    known = KnownCustomers()
    known.learn_typed("field", ["mueller"])
    assert shortened_line("for mueller", known) == "for mu·····"
    known.learn_typed("field", [])
    assert shortened_line("for mueller", known) == "for mueller"


def test_a_known_identifier_is_found_where_a_column_cuts_it_off() -> None:
    known = KnownCustomers(["DE*8PS*ABCDEF*X"])
    assert shortened_line("de8psabcdefx DE*8PS*ABC…", known) == "de·········· DE*8PS*AB·…"


async def test_what_earlier_runs_have_asked_is_shortened_in_the_history(started: Started) -> None:
    not_known = answer(body={"result": {"code": 190, "message": "unknown"}})
    async with RawServer(not_known, not_known) as server:
        async with started(WIDE, url=server.url) as pilot:
            await pilot.press("f4")
            await until(pilot, lambda: bool(pilot.app.query("#evco-input")))
            for asked in ("12345678", "DE*8PS*ABCDEF*X"):
                await paste(pilot, asked)
                await pilot.press("enter")
                await until(pilot, lambda: "asking…" not in screen_text(pilot.app))
            await until(pilot, lambda: len(server.requests) == 2)
            await pilot.press("f6")
            await until_shown(pilot, "2 exchanges")
        async with started((160, 70), url=server.url, presents=True) as pilot:
            await until_shown(pilot, "Presenter")
            await pilot.press("f6")
            await until_shown(pilot, "DE·············")
            await until_shown(pilot, "user-get-charging-keys")
            seen = screen_text(pilot.app)
            await pilot.press("down")
            await until_shown(pilot, '"rfid": "····5678"')
            seen += screen_text(pilot.app)
            assert "12345678" not in seen
            assert "ABCDEF" not in seen


async def test_what_is_typed_is_shortened_before_it_is_sent(started: Started) -> None:
    async with started(WIDE, presents=True) as pilot:
        app = pilot.app
        await until_shown(pilot, "Presenter")
        await pilot.press("f4")
        await until(pilot, lambda: bool(app.query("#evco-input")))
        await paste(pilot, "1150460036")
        await until_shown(pilot, "······0036")
        assert "1150460036" not in screen_text(app)
        await pilot.press("ctrl+u")
        await paste(pilot, "DE*8PS*ABCDFE")
        await until_shown(pilot, "asks about DE·············")
        assert "ABCDFE" not in screen_text(app)
        await pilot.press("f6")
        await until(pilot, lambda: bool(app.query("#history-search")))
        await pilot.press("slash")
        await paste(pilot, "jane.doe")
        await until_shown(pilot, "Only with “ja······”")
        assert "jane.doe" not in screen_text(app)
        await pilot.press("ctrl+p")
        await until_shown(pilot, "Copy: curl line")
        await paste(pilot, "A1B2C3")
        await until_shown(pilot, "A1····")
        assert "A1B2C3" not in screen_text(app)


async def test_a_field_that_scrolls_shows_no_more(started: Started) -> None:
    async with started((38, 30), presents=True) as pilot:
        await until_shown(pilot, "Presenter")
        await pilot.press("f3")
        await until(pilot, lambda: bool(pilot.app.query("#identity")))
        field = pilot.app.query_one("#identity", Input)
        assert field.value == GOOD_CUSTOMER
        field.focus()
        await pilot.press("home", "end")
        await until_shown(pilot, "····*X")
        assert "DC4AB" not in screen_text(pilot.app)


async def test_the_documented_card_stays_legible_among_the_things_to_try(started: Started) -> None:
    async with started(WIDE, presents=True) as pilot:
        await until_shown(pilot, "Presenter")
        await pilot.press("f10")
        await until_shown(pilot, BLOCKED_CARD)
        await pilot.press("down", "down", "down", "down", "enter")
        await until_shown(pilot, "··········4880")
