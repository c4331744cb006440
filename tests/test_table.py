"""The table: what of many rows is on screen, and how one moves, orders and filters them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.widgets import Input

from console.oioi.redact import visible
from screens.themed_app import OwnColours
from screens.widgets import table as table_module
from screens.widgets.cells import fit
from screens.widgets.columns import GAP, Column, place
from screens.widgets.row_picking import ordering
from screens.widgets.steps import run
from screens.widgets.table import Table
from tests.screen import laid_out, until


@dataclass(frozen=True)
class Station:
    """A row as a screen would have it."""

    uid: int
    name: str
    km: float | None = None
    evse: str = "DE*DEM*E100001*1"


STATIONS = [
    Station(1, "Gendarmenmarkt", 0.48),
    Station(2, "Französische Straße 12", 0.31),
    Station(3, "Unter den Linden", None),
    Station(4, "Alexanderplatz", 2.07),
]


def columns() -> list[Column[Station]]:
    return [
        Column(
            "km",
            "km",
            lambda row: "" if row.km is None else f"{row.km:.2f}",
            width=6,
            align="right",
            sort=lambda row: row.km,
            priority=2,
        ),
        Column("name", "name", lambda row: row.name, sort=lambda row: row.name, priority=3),
        Column("evse", "EVSE", lambda row: row.evse, width=17),
    ]


class TableApp(OwnColours):
    """A table under a form field, and what the table said."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__()
        self.table = table
        self.said: list[tuple[str, Any]] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.table
        yield Input(id="form")

    def on_mount(self) -> None:
        self.table.focus()

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        self.said.append(("highlighted", message.row))

    def on_table_opened(self, message: Table.Opened) -> None:
        self.said.append(("opened", message.row))

    def on_table_filtered(self, message: Table.Filtered) -> None:
        self.said.append(("filtered", (message.text, message.shown, message.total)))


def table_of(rows: Sequence[Station] = STATIONS, **settings: Any) -> Table[Station]:
    table = Table(columns(), key=lambda row: row.uid, **settings)
    table.show(rows)
    return table


def lines(table: Table[Any]) -> list[str]:
    """What stands on the lines of the table."""
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


def names(table: Table[Station]) -> list[str]:
    return [row.name for row in table.shown]


def running(table: Table[Any], size: tuple[int, int] = (80, 24)) -> Any:
    return laid_out(TableApp(table), table, size)


# On screen


async def test_the_screen_shows_titles_and_rows_in_columns() -> None:
    async with running(table_of()) as pilot:
        strips = pilot.app.screen._compositor.render_strips()
        assert strips[0].text.split() == ["km", "name", "EVSE"]
        assert strips[1].text.split() == ["›", "0.48", "Gendarmenmarkt", "DE*DEM*E100001*1"]
        assert all(strip.cell_length == 80 for strip in strips)


async def test_numbers_end_under_the_end_of_their_title() -> None:
    table = table_of()
    async with running(table):
        header, first, *_ = lines(table)
        assert header.index("km") + 2 == first.index("0.48") + 4


async def test_a_text_too_long_for_its_column_ends_with_an_ellipsis() -> None:
    table = table_of([Station(1, "x" * 300)])
    async with running(table):
        assert "xxx…  DE*DEM" in lines(table)[1]


@pytest.mark.parametrize(
    "name", ["充电站 北京路 三里屯", "⚡ Schnell 🚗", "e\u0301cole", "充" * 200]
)
async def test_wide_characters_leave_the_next_column_in_its_place(name: str) -> None:
    table = table_of([Station(1, "plain"), Station(2, name)])
    async with running(table):
        _, plain, wide, *_ = lines(table)
        assert cell_len(wide[: wide.index("DE*")]) == cell_len(plain[: plain.index("DE*")])


async def test_markup_is_shown_and_not_obeyed() -> None:
    table = table_of([Station(1, "[red]x[/] [@click=app.quit]y[/]")])
    async with running(table):
        assert "[red]x[/] [@click=app.quit]y[/]" in lines(table)[1]


@pytest.mark.parametrize(
    ("name", "shown"), [("a\x1b[31mb", "a␛[31mb"), ("a\u202eb", "a⟨202E⟩b"), ("a\nb", "a␊b")]
)
@pytest.mark.parametrize("wrapped", [str, Text, Content])
async def test_what_could_move_the_cursor_is_made_visible(
    name: str, shown: str, wrapped: Any
) -> None:
    table: Table[str] = Table(
        [Column("n", "n", lambda _: wrapped(name))], key=lambda row: row, empty=""
    )
    table.show(["first", "second"])
    async with running(table):
        assert shown in lines(table)[1]  # under the cursor
        assert shown in lines(table)[2]


async def test_a_cell_keeps_its_own_colours_under_the_cursor() -> None:
    table: Table[int] = Table(
        [Column("n", "n", lambda _: Content.styled("Faulted", "$text-error"), width=9)],
        key=lambda row: row,
    )
    table.show([0, 1])
    async with running(table):
        (marked, plain) = (
            next(part.style for part in table.render_line(y) if part.text == "Faulted")
            for y in (1, 2)
        )
        assert marked is not None
        assert plain is not None
        assert marked.color == plain.color != table.rich_style.color
        assert marked.bgcolor != plain.bgcolor
        assert table.render_line(1).text.startswith("›")  # where there are no colours


async def test_a_styled_cell_is_cut_like_any_other() -> None:
    cell = Content.styled("● Out of order", "$text-error")
    table: Table[int] = Table(
        [Column("n", "n", lambda _: cell, width=8, most=8)], key=lambda row: row
    )
    table.show([0, 1])
    async with running(table):
        assert lines(table)[2] == " ● Out o…"


async def test_without_rows_the_table_says_why() -> None:
    table = table_of([], empty="no station within 5 km")
    async with running(table, size=(80, 12)) as pilot:
        middle = lines(table)[table.size.height // 2]
        assert middle.strip() == "no station within 5 km"
        assert middle.startswith(" " * 28)
        table.empty = "search first"
        await pilot.pause()
        assert "search first" in "".join(lines(table))


async def test_a_filter_that_leaves_nothing_is_named() -> None:
    table = table_of(empty="no stations")
    async with running(table):
        table.filter("xyzzy")
        assert "no row contains “xyzzy”" in "".join(lines(table))


async def test_where_not_all_columns_fit_the_least_important_go_first() -> None:
    table = table_of()
    async with running(table, size=(30, 24)):
        assert lines(table)[0].split() == ["km", "name"]
        assert "Gendarmenmarkt" in lines(table)[1]


async def test_the_cursor_can_be_seen_without_colours_and_without_the_focus() -> None:
    table = table_of()
    async with running(table) as pilot:
        with_focus = table.render_line(1)
        pilot.app.query_one(Input).focus()
        await pilot.pause()
        without = table.render_line(1)
        assert with_focus.text == without.text
        assert without.text.startswith("›")
        assert next(iter(with_focus)).style != next(iter(without)).style


async def test_of_100_000_rows_only_those_on_screen_are_drawn() -> None:
    drawn = 0

    def cell(row: int) -> str:
        nonlocal drawn
        drawn += 1
        return str(row)

    table: Table[int] = Table([Column("n", "n", cell)], key=lambda row: row)
    async with running(table) as pilot:
        table.show(range(100_000))
        await pilot.pause()
        await pilot.press("end")
        await pilot.pause()
        assert "99999" in lines(table)[table.size.height - 1]
        assert drawn < 200


# The cursor


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (["down", "down"], 2),
        (["down", "up", "up"], 0),
        (["end"], 99),
        (["end", "home"], 0),
        (["end", "pageup"], 80),
        (["pagedown"], 19),
        (["pagedown", "pageup"], 0),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: list[str], row: int) -> None:
    table = table_of([Station(n, f"station {n}") for n in range(100)])
    async with running(table) as pilot:
        await pilot.press(*keys)
        assert table.cursor == row
        assert table.cursor_row == table.rows[row]
        await pilot.pause()
        [marked] = [line for line in lines(table) if line.startswith("›")]
        assert f"station {row} " in marked


async def test_the_header_stays_when_the_rows_scroll() -> None:
    table = table_of([Station(n, f"station {n}") for n in range(100)])
    async with running(table) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert lines(table)[0].split() == ["km", "name", "EVSE"]


async def test_scrolling_leaves_the_cursor_where_it_is() -> None:
    table = table_of([Station(n, f"station {n}") for n in range(100)])
    async with running(table) as pilot:
        table.scroll_to(y=50, animate=False)
        await pilot.pause()
        assert "station 50 " in lines(table)[1]
        assert table.cursor == 0


async def test_a_form_moves_the_cursor_and_keeps_the_focus() -> None:
    table = table_of()
    async with running(table) as pilot:
        pilot.app.query_one(Input).focus()
        table.move(2)
        table.move(-1)
        assert table.cursor == 1
        table.move(100)
        await pilot.pause()
        assert table.cursor_row == STATIONS[-1]
        assert pilot.app.focused is pilot.app.query_one(Input)


async def test_a_click_selects_and_a_double_click_opens() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.click(table, offset=(10, 3))
        assert table.cursor_row == STATIONS[2]
        assert pilot.app.said[-1] == ("highlighted", STATIONS[2])
        await pilot.double_click(table, offset=(10, 4))
        assert pilot.app.said[-1] == ("opened", STATIONS[3])


async def test_a_click_below_the_last_row_changes_nothing() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.double_click(table, offset=(10, 12))
        assert table.cursor == 0
        assert "opened" not in [what for what, _ in pilot.app.said]


async def test_enter_opens_the_row_under_the_cursor() -> None:
    async with running(table_of()) as pilot:
        await pilot.press("down", "enter")
        assert pilot.app.said[-2:] == [("highlighted", STATIONS[1]), ("opened", STATIONS[1])]


async def test_an_empty_table_opens_nothing() -> None:
    async with running(table_of([])) as pilot:
        await pilot.press("down", "end", "pageup", "enter")
        assert pilot.app.said == []


async def test_rows_given_before_the_table_is_on_screen_are_announced_too() -> None:
    async with running(table_of()) as pilot:
        await pilot.pause()
        assert pilot.app.said == [("highlighted", STATIONS[0])]


async def test_a_refresh_leaves_the_cursor_on_the_same_station() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("down")
        said = len(pilot.app.said)
        fresh = [replace(row, km=9.0) for row in reversed(STATIONS)]
        table.rows = fresh
        await pilot.pause()
        assert table.cursor_row == fresh[2]
        assert len(pilot.app.said) == said


async def test_where_the_station_is_gone_the_cursor_stays_on_its_line() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("end")
        table.show(STATIONS[:3])
        await pilot.pause()
        assert table.cursor == 2
        assert pilot.app.said[-1] == ("highlighted", STATIONS[2])
        table.show([])
        await pilot.pause()
        assert pilot.app.said[-1] == ("highlighted", None)


async def test_new_results_may_begin_at_the_top() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("end")
        table.show(STATIONS, keep_cursor=False)
        assert table.cursor == 0


async def test_the_cursor_stays_in_view_when_the_rows_become_many() -> None:
    table = table_of()
    async with running(table) as pilot:
        more = [Station(100 + n, f"station {n}") for n in range(500)]
        await pilot.press("end")
        table.show([*more, *STATIONS])
        await pilot.pause()
        assert any(line.startswith("› 2.07  Alexanderplatz") for line in lines(table))


async def test_the_cursor_stays_in_view_when_the_table_becomes_small() -> None:
    table = table_of([Station(n, f"station {n}") for n in range(18)])
    async with running(table) as pilot:
        await pilot.press("end")
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert any(line.startswith("›") for line in lines(table))


# Order


async def test_a_click_on_a_title_orders_then_turns_round_then_stops() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.click(table, offset=(5, 0))
        assert [row.km for row in table.shown] == [0.31, 0.48, 2.07, None]
        assert lines(table)[0].split() == ["km▲", "name", "EVSE"]
        await pilot.click(table, offset=(5, 0))
        assert [row.km for row in table.shown] == [2.07, 0.48, 0.31, None]
        assert lines(table)[0].split() == ["km▼", "name", "EVSE"]
        await pilot.click(table, offset=(5, 0))
        assert list(table.shown) == STATIONS
        assert table.order is None


async def test_the_arrow_moves_no_title() -> None:
    table = table_of()
    async with running(table):
        before = lines(table)[0]
        table.sort_by("km")
        after = lines(table)[0]
        assert after.replace("▲", " ") == before


async def test_a_title_that_cannot_order_ignores_clicks() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.click(table, offset=(70, 0))
        assert table.order is None


def test_there_is_no_order_by_a_column_that_does_not_exist() -> None:
    table = table_of()
    with pytest.raises(KeyError):
        table.sort_by("price")
    assert table.order is None


async def test_o_goes_through_the_columns_and_capital_o_turns_the_order_round() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("O")
        assert table.order is None
        await pilot.press("o")
        assert table.order == ("km", False)
        await pilot.press("O")
        assert table.order == ("km", True)
        await pilot.press("o")
        assert table.order == ("name", False)
        await pilot.press("o")
        assert table.order is None


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    table = table_of()
    async with running(table):
        table.move(3)
        table.sort_by("name")
        assert table.cursor_row == STATIONS[3]
        assert table.cursor == 0


@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.integers())), st.booleans())
def test_ordering_is_stable_and_puts_the_unknown_last(
    rows: list[tuple[int | None, int]], descending: bool
) -> None:
    result = run(ordering(rows, lambda row: row[0], descending))
    values = [value for value, _ in result if value is not None]
    assert values == sorted(values, reverse=descending)
    assert [value for value, _ in result[len(values) :]] == [None] * (len(rows) - len(values))
    for value in {value for value, _ in rows}:
        assert [row for row in result if row[0] == value] == [r for r in rows if r[0] == value]


# Filter


async def test_the_filter_line_shows_what_is_typed_and_what_is_left() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("slash", "a", "L", "e", "x", "o")
        await pilot.press("backspace")
        assert names(table) == ["Alexanderplatz"]
        assert lines(table)[-1].startswith(" filter: aLex  · 1 of 4")
        assert pilot.app.said[-1] == ("filtered", ("aLex", 1, 4))
        await pilot.press("enter")
        assert lines(table)[-1] == " filter: aLex · 1 of 4"
        await pilot.press("enter")
        assert pilot.app.said[-1] == ("opened", STATIONS[3])


async def test_esc_takes_the_filter_back_and_closes_its_line() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("slash", "a", "l", "e", "escape")
        assert list(table.shown) == STATIONS
        assert "filter" not in "".join(lines(table))
        await pilot.press("slash", "a", "l", "e", "enter", "escape")
        assert list(table.shown) == STATIONS
        assert "filter" not in "".join(lines(table))


async def test_esc_is_left_to_the_screen_where_there_is_no_filter() -> None:
    escapes = 0

    class Closing(TableApp):
        BINDINGS: ClassVar[list[BindingType]] = [("escape", "close_it", "Close")]

        def action_close_it(self) -> None:
            nonlocal escapes
            escapes += 1

    async with Closing(table_of()).run_test() as pilot:
        await pilot.press("slash", "x", "escape")
        assert escapes == 0
        await pilot.press("escape")
        assert escapes == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("STRASSE französische", [2]),
        ("  ", [1, 2, 3, 4]),
        ("linden alexander", []),
        ("0.48", [1]),
        ("de*dem", [1, 2, 3, 4]),
    ],
)
def test_every_word_has_to_occur_in_any_case_and_order(text: str, found: list[int]) -> None:
    table = table_of()
    table.filter(text)
    assert [row.uid for row in table.shown] == found


def test_a_table_may_say_itself_what_the_filter_looks_in() -> None:
    table = table_of(search=lambda row: f"number {row.uid}")
    table.filter("number 3")
    assert [row.uid for row in table.shown] == [3]
    table.filter("linden")
    assert not table.shown


def test_filter_and_order_stay_on_when_rows_are_refreshed() -> None:
    table = table_of()
    table.sort_by("name", descending=True)
    table.filter("a")
    table.show([*STATIONS, Station(5, "Zoologischer Garten")])
    assert names(table)[0] == "Zoologischer Garten"
    assert "Unter den Linden" not in names(table)[:1]


async def test_a_pasted_line_goes_into_the_filter() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("slash")
        table.post_message(Paste("linden\nsecond line"))
        await pilot.pause()
        assert table.filter_text == "linden"


async def test_arrows_move_the_cursor_while_the_filter_is_typed() -> None:
    table = table_of()
    async with running(table) as pilot:
        await pilot.press("slash", "a", "down")
        assert table.cursor == 1
        assert table.filter_text == "a"


async def test_of_many_rows_the_old_ones_stay_until_the_new_are_found_and_a_letter_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_module, "PICKED_AT_ONCE", 0)
    monkeypatch.setattr(table_module, "run_for", lambda steps: False)
    table = table_of()
    async with running(table) as pilot:
        await until(pilot, lambda: list(table.shown) == STATIONS)
        table.filter("a")
        table.filter("alex")
        assert list(table.shown) == STATIONS
        await until(pilot, lambda: names(table) == ["Alexanderplatz"])
        await pilot.pause()  # what the table says of it is a message
        assert [said for what, said in pilot.app.said if what == "filtered"] == [("alex", 1, 4)]


async def test_the_filter_line_covers_no_row() -> None:
    table = table_of([Station(n, f"station {n}") for n in range(100)])
    async with running(table) as pilot:
        await pilot.press("slash", "s", "enter", "end")
        await pilot.pause()
        assert "station 99" in lines(table)[-2]
        assert lines(table)[-1].startswith(" filter")


# Cells and columns


@given(st.text(), st.integers(0, 40), st.sampled_from(["left", "right"]))
def test_a_fitted_text_has_exactly_the_width_asked_for(text: str, width: int, align: Any) -> None:
    assert cell_len(fit(visible(text), width, align)) == width


@given(
    st.lists(st.tuples(st.none() | st.integers(1, 30), st.integers(0, 3)), min_size=1),
    st.integers(0, 120),
)
def test_columns_never_overlap_and_fill_the_width_if_one_can_grow(
    sizes: list[tuple[int | None, int]], width: int
) -> None:
    given_columns = [
        Column[str](str(n), "", str, width=size, priority=priority)
        for n, (size, priority) in enumerate(sizes)
    ]
    placed = place(given_columns, width)
    assert placed
    end = -GAP
    for column in placed:
        assert column.left == end + GAP
        end = column.left + column.width
    assert end <= width
    if any(column.column.width is None for column in placed):
        assert end == width
    kept = [one.column for one in placed]
    for given_column in given_columns:
        assert given_column in kept or all(
            given_column.priority <= other.priority for other in kept
        )


MEASURED = [
    Column[str]("name", "name", str, least=24, priority=9),
    Column[str]("plugs", "plugs", str, 17, priority=6),
    Column[str]("evse", "EVSE", str, 19, priority=4),
]


@pytest.mark.parametrize(
    ("width", "seen", "widths"),
    [
        (100, {}, [60, 17, 19]),
        (100, {"name": 30, "plugs": 28, "evse": 19}, [49, 28, 19]),
        (100, {"name": 12, "plugs": 9, "evse": 16}, [71, 9, 16]),
        (66, {"name": 26, "plugs": 28, "evse": 17}, [26, 19, 17]),
        (50, {"name": 30, "plugs": 28, "evse": 19}, [30, 18]),
        (43, {"name": 30, "plugs": 28, "evse": 19}, [24, 17]),
        (43, {"name": 12, "plugs": 9, "evse": 16}, [14, 9, 16]),
    ],
    ids=str,
)
def test_columns_are_as_wide_as_what_was_seen_of_them_as_far_as_there_is_space(
    width: int, seen: dict[str, int], widths: list[int]
) -> None:
    assert [placed.width for placed in place(MEASURED, width, seen)] == widths


def test_a_column_that_is_not_needed_is_there_if_no_other_one_is_cut_for_it() -> None:
    seen = {"name": 30, "plugs": 28, "evse": 19, "operator": 16}
    operator = Column[str]("operator", "operator", str, 16, priority=2, is_optional=True)
    for width, count in ((98, 3), (99, 4)):
        assert len(place([*MEASURED, operator], width, seen)) == count


async def test_columns_do_not_move_while_one_scrolls_or_rows_are_read_again() -> None:
    """Only a new list may make them narrower."""
    many = [replace(STATIONS[0], uid=uid) for uid in range(200)]
    many[3] = replace(many[3], evse="DE*DEM*E100001*1 and three more")
    many[150] = replace(many[150], evse="DE*DEM*E100001*1 and more than were seen")
    table = table_of(many)
    async with running(table) as pilot:
        assert "and three more" in lines(table)[4]
        before = lines(table)[0]
        await pilot.press("end")
        assert lines(table)[0] == before
        table.show(many[4:])
        assert lines(table)[0] == before
        table.show(many[4:], keep_cursor=False)
        assert lines(table)[0] != before
