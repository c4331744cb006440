"""QR codes: what they say, what fits, and that each module is where it belongs on the screen."""

import threading
from typing import Any

import pytest
import segno
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from console import secrets
from console.oioi.positions.sphere import Position
from console.qr_code import (
    DATA_CODEWORDS,
    LARGEST,
    LOWEST,
    QUIET,
    QrCode,
    least_side,
    place_url,
    qr_code,
    qr_code_of_beginning,
)
from screens.dialogs.qr_code import QrCodeDialog
from tests.app_fixtures import NARROW, WIDE, Started
from tests.raw_server import RawServer, answer
from tests.screen import PATIENCE_S, screen_text, until, until_shown

BERLIN = place_url(Position(52.516734, 13.382221))
NOTE = "Der Ladepunkt DE*DEM*E100008*1 antwortet nicht – bitte prüfen. " * 30
STATION = {
    "id": 7,
    "name": "Am Tor [red]",
    "latitude": 52.516734,
    "longitude": 13.382221,
    "connectors": [],
}

# ------------------------------------------------------------ what fits


def test_a_place_is_a_link_that_any_phone_opens() -> None:
    assert BERLIN == "https://www.google.com/maps/search/?api=1&query=52.51673%2C13.38222"
    assert place_url(Position(-33.9, -151.25)).endswith("query=-33.90000%2C-151.25000")


def test_the_code_is_that_of_the_text_with_light_around_it() -> None:
    code = qr_code(BERLIN, 200)
    assert code is not None
    wanted = segno.make_qr(BERLIN, error="m", boost_error=False).matrix_iter(border=4)
    assert code.rows == tuple(tuple(bool(each) for each in row) for row in wanted)
    edge = {row[at] for row in code.rows for at in (*range(QUIET), *range(-QUIET, 0))}
    assert edge == {False}


def test_less_room_costs_error_correction_before_it_costs_the_code() -> None:
    sides = [code.side if (code := qr_code(BERLIN, most)) else 0 for most in (45, 44, 41, 40, 3)]
    assert sides == [45, 41, 41, 0, 0]
    assert least_side(BERLIN) == 41


def test_what_is_too_long_is_shortened_at_a_space_as_late_as_possible() -> None:
    short = qr_code_of_beginning(NOTE, 60)
    assert short is not None
    assert short.side <= 60
    kept = short.text.removesuffix(" …")
    assert NOTE.startswith(kept + " ")
    assert short.left_out == len(NOTE) - len(kept)
    next_words = " ".join(NOTE.split(" ")[: len(kept.split(" ")) + 1])
    assert qr_code(f"{next_words} …", 60) is None, "one word more does not fit"


def test_what_fits_is_not_shortened() -> None:
    code = qr_code_of_beginning("zu kurz", 60)
    assert code is not None
    assert (code.text, code.left_out) == ("zu kurz", 0)


def segnos_version(text: str, level: str) -> int | None:
    """The version that a code of this text has by the library; None if there is none."""
    try:
        code = segno.make_qr(text, error=level, encoding="utf-8", boost_error=False, mask=0)
    except segno.DataOverflowError:
        return None
    return int(code.version)


@pytest.mark.parametrize("level", DATA_CODEWORDS)
def test_what_is_counted_to_fit_is_what_fits(level: str) -> None:
    for version, size in enumerate(DATA_CODEWORDS[level], 1):
        room = size - (2 if version < 10 else 3)
        for more, takes in ((0, version), (1, version + 1)):
            text = "ü" * (room // 2) + "x" * (room % 2 + more)
            side = 17 + 4 * takes + 2 * QUIET
            assert segnos_version(text, level) == (takes if takes <= LARGEST else None)
            found, smaller = qr_code(text, side), qr_code(text, side - 1)
            if takes <= LARGEST:
                assert found is not None
                assert (found.version, found.side) == (takes, side)
                assert level == LOWEST or found.level == level
            assert smaller is None or (smaller.level != level == "m")


def test_no_code_is_larger_than_codes_can_be() -> None:
    assert least_side("x" * 3000) is None
    assert qr_code("x" * 3000, 10_000) is None
    assert qr_code_of_beginning("x" * 100, 20) is None


# ------------------------------------------------------------ on the screen


async def drawn(pilot: Pilot[None]) -> None:
    """Wait until the modules are made and on the screen."""
    workers = pilot.app.workers
    await until(pilot, lambda: all(each.group != "modules" for each in workers), "the modules")
    await pilot.pause()


def shown_modules(app: App[None], *, is_ascii: bool = False) -> tuple[tuple[bool, ...], ...]:
    """The modules as a camera would see them: the colours of the cells where the code is."""
    place = app.screen.query_one("#qr-code", Static).region
    rows: list[list[bool]] = []
    for strip in app.screen._compositor.render_strips()[place.y : place.bottom]:
        up, down = [], []
        for segment in strip.crop(place.x, place.right):
            style = segment.style
            assert style is not None
            assert style.bgcolor is not None
            assert style.bgcolor.triplet is not None
            behind = sum(style.bgcolor.triplet)
            for sign in segment.text:
                ink = sum(style.color.triplet) if style.color and style.color.triplet else 0
                up.append(ink if sign == "▀" else behind)
                down.append(ink if sign == "▄" else behind)
        rows += [up[::2]] if is_ascii else [up, down]  # type: ignore[list-item]
    light, dark = 3 * 255, 0
    inside = [[at for at, each in enumerate(row) if each == light] for row in rows]
    first = min(at[0] for at in inside if at)
    code = app.screen
    assert isinstance(code, QrCodeDialog)
    assert code.code is not None
    seen = [row[first : first + code.code.side] for row in rows][: code.code.side]
    assert {each for row in seen for each in row} == {light, dark}
    return tuple(tuple(each == dark for each in row) for row in seen)


async def asked(pilot: Pilot[None]) -> QrCode:
    """Search, and ask for the code of the first station."""
    await pilot.press("enter")
    await until_shown(pilot, "Am Tor")
    await pilot.press("Q")
    await until(pilot, lambda: isinstance(pilot.app.screen, QrCodeDialog))
    await until_shown(pilot, "52.51673, 13.38222")
    dialog = pilot.app.screen
    assert isinstance(dialog, QrCodeDialog)
    assert dialog.code is not None, screen_text(pilot.app)
    await drawn(pilot)
    return dialog.code


@pytest.mark.parametrize("theme", ["oioi-dark", "oioi-light", "oioi-contrast"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_place_is_drawn_dark_on_light_in_every_theme(
    started: Started, size: tuple[int, int], theme: str
) -> None:
    async with RawServer(answer(body={"stations": [STATION]})) as server:
        async with started(size, url=server.url) as pilot:
            pilot.app.theme = theme
            code = await asked(pilot)
            assert code.text == BERLIN
            assert shown_modules(pilot.app) == code.rows
            assert "Place of Am Tor [red]" in screen_text(pilot.app)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, QrCodeDialog))


async def test_without_blocks_a_module_is_two_cells(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    async with RawServer(answer(body={"stations": [STATION]})) as server:
        async with started((120, 50), url=server.url) as pilot:
            code = await asked(pilot)
            assert shown_modules(pilot.app, is_ascii=True) == code.rows
            await pilot.resize_terminal(80, 24)
            await until_shown(pilot, "needs a terminal of 84 x 45; this one has 80 x 24.")
            assert "query=52.51673%2C13" in screen_text(pilot.app), "it can be typed"
            dialog = pilot.app.screen
            assert isinstance(dialog, QrCodeDialog)
            await pilot.resize_terminal(84, 45)
            await until(pilot, lambda: dialog.code is not None)


async def test_a_station_without_a_place_has_no_code(started: Started) -> None:
    nowhere = {"id": 7, "name": "Irgendwo", "connectors": []}
    async with RawServer(answer(body={"stations": [nowhere]})) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "Irgendwo")
            await pilot.press("Q")
            await until_shown(pilot, "The server did not say where this station is.")


async def test_a_note_grows_with_the_terminal_and_says_what_is_left_out(started: Started) -> None:
    async with RawServer(answer(409, {"result": {"code": 191, "message": NOTE}})) as server:
        async with started(NARROW, url=server.url) as pilot:
            await pilot.press("f4", *"0452", "enter")
            await until_shown(pilot, "191 EVCO ID")
            await pilot.press("f9")
            await until_shown(pilot, "response")
            await pilot.press("Q")
            await until_shown(pilot, "In short, the first")
            dialog = pilot.app.screen
            assert isinstance(dialog, QrCodeDialog)
            small = dialog.code
            assert small is not None
            assert small.text.startswith("user-get-charging-keys: refused, 191")
            assert len(small.text) > 90, "the height of the terminal is used"
            await drawn(pilot)
            assert shown_modules(pilot.app) == small.rows
            assert "Close Esc" in screen_text(pilot.app)
            await pilot.resize_terminal(*WIDE)
            await until_shown(pilot, "H copies it whole")
            assert dialog.code is not None
            assert dialog.code.left_out < small.left_out
            await drawn(pilot)
            assert shown_modules(pilot.app) == dialog.code.rows


async def test_a_note_holds_no_key_not_even_that_of_another_profile(
    started: Started,
) -> None:
    key, other = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", "0d5e6f1c-aaaa-4a4b-9d35-000000000001"
    said = {"result": {"code": 191, "message": f"bad key {key} {other}"}}
    async with RawServer(answer(409, said)) as server:
        async with started((200, 100), url=server.url, key=key) as pilot:
            secrets.keep_secret(other)
            await pilot.press("f4", *"0452", "enter")
            await until_shown(pilot, "191 EVCO ID")
            await pilot.press("f9")
            await until_shown(pilot, "response")
            await pilot.press("Q")
            await until_shown(pilot, "The note as text")
            dialog = pilot.app.screen
            assert isinstance(dialog, QrCodeDialog)
            assert dialog.code is not None
            assert "bad key" in dialog.code.text
            assert key not in dialog.code.text
            assert other not in dialog.code.text


@pytest.mark.parametrize("size", [(20, 8), NARROW, WIDE, (200, 60)])
async def test_words_are_whole_and_a_click_closes(started: Started, size: tuple[int, int]) -> None:
    async with started(size) as pilot:
        dialog = QrCodeDialog("Handover note", NOTE, "The note as text", in_short=NOTE[:160])
        pilot.app.push_screen(dialog)
        await until_shown(pilot, "Close Esc")
        words = dialog.query_one("#qr-says", Static)
        if dialog.code is not None:
            assert dialog.find_widget(words).visible_region.size == words.region.size
        else:
            assert "has 20 x 8." in " ".join(screen_text(pilot.app).split())
        await pilot.click("#close")
        await until(pilot, lambda: pilot.app.screen is not dialog)


async def test_it_can_be_closed_while_the_modules_are_made(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, waited, make = threading.Event(), threading.Event(), segno.make_qr

    def slowly(*what: Any, **how: Any) -> segno.QRCode:
        may_go_on.wait(PATIENCE_S)
        waited.set()
        return make(*what, **how)

    monkeypatch.setattr(segno, "make_qr", slowly)
    async with started(WIDE) as pilot:
        dialog = QrCodeDialog("Place", BERLIN, "Am Tor")
        pilot.app.push_screen(dialog)
        await until_shown(pilot, "Am Tor")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not dialog, "it is closed")
        assert not waited.is_set()
        may_go_on.set()
