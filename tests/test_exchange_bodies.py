"""How the exchange pane shares its height, and what it says of a body that does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from screens.themed_app import OwnColours
from screens.widgets.exchange_bodies import (
    SIDE_BY_SIDE,
    BodySide,
    ExchangeBodies,
    share_height,
)
from tests.app_fixtures import WIDE, Started
from tests.screen import paste, screen_text, until, until_shown

LINES = st.integers(0, 500)


@pytest.mark.parametrize(
    ("room", "wanted", "shared"),
    [
        (30, (5, 8, 10), (5, 8, 17)),
        (30, (0, 20, 6), (0, 20, 10)),
        (30, (0, 20, 20), (0, 10, 20)),
        (30, (0, 12, 400), (0, 10, 20)),
        (30, (0, 8, 400), (0, 8, 22)),
        (30, (40, 8, 400), (16, 8, 6)),
        (30, (22, 12, 0), (22, 8, 0)),
        (30, (40, 12, 0), (22, 8, 0)),
        (36, (19, 14, 9), (19, 8, 9)),
        (34, (20, 13, 14), (19, 1, 14)),
        (30, (12, 13, 14), (12, 4, 14)),
        (30, (4, 0, 0), (4, 0, 0)),
        (3, (9, 9, 9), (1, 1, 1)),
    ],
    ids=str,
)
def test_height_goes_to_what_has_content(
    room: int, wanted: tuple[int, int, int], shared: tuple[int, int, int]
) -> None:
    assert share_height(room, *wanted) == shared


@given(st.integers(0, 200), LINES, LINES, LINES)
def test_no_part_overlaps_and_what_fits_is_whole(
    room: int, words: int, request: int, answer: int
) -> None:
    shared = share_height(room, words, request, answer)
    assert min(shared) >= 0
    assert sum(shared) <= room
    if words + request + answer <= room:
        whole = zip(shared, (words, request, answer), strict=True)
        assert all(lines >= wanted for lines, wanted in whole)


class BodiesApp(OwnColours):
    """A request of 3 lines and an answer of 42 under an explanation that is not there."""

    def compose(self) -> ComposeResult:
        words = VerticalScroll()
        words.display = False
        self.request = BodySide("request", id="request-side", view_id="exchange-request")
        self.answer = BodySide("response", id="response-side", view_id="exchange-response")
        yield ExchangeBodies(words, self.request, self.answer, id="exchange-bodies")

    def on_mount(self) -> None:
        self.request.view.show({"one": 1})
        self.answer.view.show(list(range(40)))


async def test_a_body_that_is_cut_says_how_much_of_it_is_in_view() -> None:
    app = BodiesApp()
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "response · 15 of 42 lines" in screen_text(app), "it says so")
        lines = screen_text(app).splitlines()
        assert "▾ request ───" in lines[0], "this one is whole"
        assert lines[3].strip() == "}"
        app.request.fold(True)
        await until(pilot, lambda: "▸ request · 3 lines" in screen_text(app), "it is folded")
        await until(pilot, lambda: "response · 18 of 42 lines" in screen_text(app), "more fits")
        await pilot.resize_terminal(60, 60)
        await until(pilot, lambda: "▾ response ───" in screen_text(app), "all of it fits")
        assert screen_text(app).splitlines()[43].strip() == "]"
        app.request.fold(False)
        await pilot.resize_terminal(SIDE_BY_SIDE, 20)
        await until(pilot, lambda: app.answer.region.y == 0, "they stand side by side")


async def test_a_request_that_is_left_no_room_shows_its_heading() -> None:
    app = BodiesApp()
    async with app.run_test(size=(60, 44)) as pilot:
        await until(pilot, lambda: "▸ request · 3 lines" in screen_text(app), "its heading is left")
        assert screen_text(app).splitlines()[43].strip() == "]", "the answer is whole"
        await pilot.resize_terminal(60, 60)
        await until(pilot, lambda: "▾ request ───" in screen_text(app), "there is room for it")


async def test_beside_a_long_explanation_the_answer_is_whole_and_a_click_opens_the_request(
    started: Started,
) -> None:
    async with started(WIDE) as pilot:
        await pilot.press("f4")
        await paste(pilot, "8148AA22305204")
        await pilot.press("enter")
        await until_shown(pilot, "▸ request · 9 lines")
        answer = pilot.app.query_one("#response-side", BodySide)
        await until(pilot, lambda: answer.view.measured[0] >= answer.view.measured[1] > 9)
        request = pilot.app.query_one("#request-side", BodySide)
        await pilot.click(request.heading)
        await until_shown(pilot, '"rfid-verify": {')
        assert answer.is_folded
