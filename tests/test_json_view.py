"""The JSON view: what of a body is on screen, however large it is, and how one reads it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.selection import Selection

from console.oioi.http.text_blocks import BLOCK, laid_out_text
from console.oioi.redact import visible
from screens.themed_app import OwnColours
from screens.widgets import json_view
from screens.widgets.json_lines import formatted, tokens
from screens.widgets.json_view import JsonView
from screens.widgets.text_rows import TextRows
from tests.screen import laid_out

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class ViewApp(OwnColours):
    """A JSON view and nothing else."""

    def __init__(self, view: JsonView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()


def running(view: JsonView, size: tuple[int, int] = (80, 24)) -> Any:
    return laid_out(ViewApp(view), view, size)


async def settled(pilot: Any) -> None:
    """Wait until the view has found, folded and counted what it was asked to."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def lines(view: JsonView) -> list[str]:
    """What stands on the lines of the view."""
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def looks(view: JsonView, y: int) -> dict[str, str]:
    """The pieces of a line and how each is drawn."""
    return {part.text: str(part.style) for part in view.render_line(y)}


# On screen


async def test_a_value_is_shown_with_a_member_a_line_in_the_order_sent() -> None:
    view = JsonView()
    async with running(view):
        view.show({"zip": "10117", "name": "Straße", "open": True, "free": [1, None], "x": {}})
        assert lines(view)[:10] == [
            "{",
            '  "zip": "10117",',
            '  "name": "Straße",',
            '  "open": true,',
            '  "free": [',
            "    1,",
            "    null",
            "  ],",
            '  "x": {}',
            "}",
        ]


async def test_the_screen_shows_it_too() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"a": 1})
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        assert [strip.text.rstrip() for strip in strips[:3]] == ["{", '  "a": 1', "}"]
        assert all(strip.cell_length == 80 for strip in strips)


async def test_a_body_keeps_the_spelling_of_its_numbers_and_escapes() -> None:
    view = JsonView()
    async with running(view):
        view.show_bytes(b'{"a":1.50,"b":320.0,"c":1E5,"d":"\\u00e4\\u001b"}')
        assert lines(view)[1:5] == [
            '  "a": 1.50,',
            '  "b": 320.0,',
            '  "c": 1E5,',
            r'  "d": "\u00e4\u001b"',
        ]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<html>\r\n\t<p>502</p>", ["<html>", "    <p>502</p>"]),
        (b"\xef\xbb\xbf{}", ["⟨FEFF⟩{}"]),
        (b'{"a":1,}', ['{"a":1,}']),
        (b"caf\xe9", ["caf\ufffd"]),
        (b"[" * 100_000, ["[" * 79 + "…"]),
    ],
)
async def test_what_is_no_json_is_shown_as_text(body: bytes, shown: list[str]) -> None:
    view = JsonView()
    async with running(view, size=(81, 24)):
        view.show_bytes(body)
        assert lines(view)[: len(shown)] == shown


async def test_head_lines_stand_above_the_body() -> None:
    view = JsonView()
    async with running(view):
        view.show([], head=["POST /api/v4/request", "Authorization: key=••••7c88"])
        assert lines(view)[:3] == ["POST /api/v4/request", "Authorization: key=••••7c88", "[]"]
        assert view.text == "POST /api/v4/request\nAuthorization: key=••••7c88\n[]"


async def test_a_blank_line_may_part_head_and_body() -> None:
    view = JsonView()
    async with running(view):
        view.show([], head=["POST /api/v4/request", ""])
        assert lines(view)[:3] == ["POST /api/v4/request", "", "[]"]


async def test_what_a_terminal_would_act_on_is_made_visible() -> None:
    view = JsonView()
    async with running(view):
        view.show({"a\u202eb": "c\u009bd"}, head=["X: \x1b[2J\nY: no"])
        assert lines(view)[0] == "X: ␛[2J␊Y: no"
        assert lines(view)[2] == '  "a⟨202E⟩b": "c⟨009B⟩d"'
        view.show_text("a\x1b[31mb\rc [red]d[/]")
        assert lines(view)[0] == "a␛[31mb␍c [red]d[/]"
        assert view.text == "a␛[31mb␍c [red]d[/]"


async def test_an_empty_view_says_so() -> None:
    view = JsonView(empty="no answer yet")
    async with running(view):
        assert lines(view)[0] == "no answer yet"
        view.show_text("there")
        assert lines(view)[0] == "there"
        view.show_text("")
        assert lines(view)[0] == "no answer yet"


async def test_half_a_surrogate_pair_is_shown_as_an_escape() -> None:
    view = JsonView()
    async with running(view):
        view.show({"a": "\ud800"}, head=["\udfff"])
        assert lines(view)[0] == "⟨DFFF⟩"
        assert lines(view)[2] == r'  "a": "\ud800"'
        view.show_text("\ud800")
        assert lines(view)[0] == "?"


# Colours


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('  "a": "b",', [("key", '"a"'), ("string", '"b"')]),
        (r'  "a\"b": "c\\",', [("key", r'"a\"b"'), ("string", r'"c\\"')]),
        ('  "a": -1.5e+10', [("key", '"a"'), ("number", "-1.5e+10")]),
        ("    null,", [("word", "null")]),
        ('  "true": false', [("key", '"true"'), ("word", "false")]),
        ('  "a: 1', [("string", '"a: 1')]),
        ('"key": [', [("key", '"key"')]),
        ("},", []),
    ],
)
def test_every_part_of_a_line_is_told_apart(line: str, found: list[tuple[str, str]]) -> None:
    assert [(token.kind, line[token.start : token.end]) for token in tokens(line)] == found


def test_a_string_that_goes_on_in_the_next_piece_stays_a_string() -> None:
    line = 'true 1 null "'
    assert tokens(line, continued=True) == [(0, len(line), "string")]
    assert tokens('end",', continued=True) == [(0, 4, "string")]


@given(JSON)
def test_strings_and_keys_of_any_document_are_found_whole(value: Any) -> None:
    lines = (formatted(msgspec.json.encode(value)) or b"").decode().split("\n")
    for line in lines:
        found = tokens(line)
        for token in found:
            json.loads(line[token.start : token.end])
        rest = list(line)
        for token in found:
            rest[token.start : token.end] = " " * (token.end - token.start)
        assert set(rest) <= set(' {}[],:"')
        assert '"' not in rest


async def test_keys_strings_numbers_and_words_look_different() -> None:
    view = JsonView()
    async with running(view):
        view.show({"a": "b", "c": 1, "d": None})
        drawn = looks(view, 1) | looks(view, 2) | looks(view, 3)
        assert len({drawn[text] for text in ('"a"', '"b"', "1", "null", ": ")}) == 5


async def test_a_text_has_no_colours() -> None:
    view = JsonView()
    async with running(view):
        view.show_text('he said "no" 1 time, true')
        assert len(looks(view, 0)) <= 2
        assert 'he said "no" 1 time, true' in looks(view, 0)


# Large bodies


async def test_of_ten_megabytes_the_first_and_the_last_line_can_be_read() -> None:
    stations = [{"uid": n, "name": f"station {n} " + "x" * 450} for n in range(20_000)]
    body = msgspec.json.encode({"stations": stations, "last": True})
    assert len(body) > 9_000_000
    view = JsonView()
    async with running(view) as pilot:
        view.show_bytes(body)
        await pilot.pause()
        assert lines(view)[0:2] == ["{", '  "stations": [']
        await pilot.press("end")
        await pilot.pause()
        assert lines(view)[-2:] == ['  "last": true', "}"]
        await pilot.press("home")
        await pilot.pause()
        assert lines(view)[0] == "{"


async def test_only_rows_on_screen_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    whole = tokens

    def counted(line: str, *, continued: bool = False) -> Any:
        looked_at.append(line)
        return whole(line, continued=continued)

    monkeypatch.setattr(json_view, "tokens", counted)
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(100_000)))
        await pilot.pause()
        await pilot.press("end")
        await pilot.pause()
        assert 0 < len(looked_at) < 200


async def test_a_line_of_five_megabytes_is_cut_into_rows() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"photo": "ü€" * 1_000_000, "after": 1})
        await pilot.pause()
        assert lines(view)[1].startswith('  "photo": "ü€ü€')
        assert lines(view)[1].endswith("…")
        string = list(looks(view, 1).values())[-1]
        assert list(looks(view, 2).values()) == [string]
        assert len(view.render_line(2).text) == view.size.width - 1
        await pilot.press("end")
        await pilot.pause()
        assert lines(view)[-2:] == ['  "after": 1', "}"]
        assert lines(view)[-3].startswith(("ü€", "€ü"))


async def test_lines_prepared_elsewhere_are_taken_as_they_are() -> None:
    view = JsonView()
    async with running(view):
        view.show_laid_out(laid_out_text(b'{ "a":\n1 }', is_json=True))
        assert lines(view)[:2] == ['{ "a":', "1 }"]
        assert '"a"' in looks(view, 0)


# Scrolling and wrapping


@pytest.mark.parametrize(
    ("keys", "top"),
    [
        (["pagedown"], 23),
        (["pagedown", "pageup"], 0),
        (["end"], 978),
        (["end", "pageup"], 955),
        (["end", "home"], 0),
    ],
)
async def test_keys_scroll(keys: list[str], top: int) -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(1000)))
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert view.scroll_offset.y == top


@pytest.mark.parametrize(
    ("keys", "cursor", "top"),
    [
        (["down", "down", "up"], 1, 0),
        (["up"], 0, 0),
        (["down"] * 24, 24, 1),
        (["pagedown", "up", "up"], 21, 21),
        (["end"], 1001, 978),
        (["end", "down"], 1001, 978),
        (["end", "pageup", "home"], 0, 0),
    ],
)
async def test_the_view_follows_the_cursor(keys: list[str], cursor: int, top: int) -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(1000)))
        await pilot.pause()
        await pilot.press(*keys)
        assert (view.cursor, view.scroll_offset.y) == (cursor, top)


async def test_after_the_mouse_has_scrolled_the_cursor_goes_on_from_what_is_in_view() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(1000)))
        await pilot.pause()
        view.scroll_to(y=500, animate=False)
        await pilot.pause()
        await pilot.press("down")
        assert (view.cursor, view.scroll_offset.y) == (501, 500)


async def test_a_click_puts_the_cursor_on_a_line() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(1000)))
        await pilot.click(view, offset=(2, 7))
        assert view.cursor == 7


async def test_the_line_of_the_cursor_is_told_apart_while_the_view_has_the_focus() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show([1, 2])
        await pilot.press("down")
        drawn = [list(looks(view, y).values())[-1] for y in range(3)]
        assert drawn[0] == drawn[2] != drawn[1]
        pilot.app.set_focus(None)
        await pilot.pause()
        assert len({list(looks(view, y).values())[-1] for y in range(3)}) == 1


async def test_a_new_body_is_shown_from_its_beginning() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(list(range(1000)))
        await pilot.pause()
        await pilot.press("end")
        view.show(list(range(500)))
        await pilot.pause()
        assert lines(view)[0] == "["


async def test_left_and_right_show_the_rest_of_a_long_line() -> None:
    view = JsonView()
    async with running(view, size=(21, 5)) as pilot:
        view.show_text("0123456789abcdefghijklmnopqrstuvwxyz\nshort")
        await pilot.pause()
        assert lines(view)[0] == "0123456789abcdefghi…"
        await pilot.press("right")
        await pilot.pause()
        assert lines(view)[0] == "89abcdefghijklmnopq…"
        assert lines(view)[1] == ""
        await pilot.press("right", "right")
        await pilot.pause()
        assert lines(view)[0] == "ghijklmnopqrstuvwxyz"
        await pilot.press("left", "left", "left")
        await pilot.pause()
        assert lines(view)[0] == "0123456789abcdefghi…"


async def test_wide_characters_cut_by_an_edge_shift_nothing() -> None:
    view = JsonView()
    async with running(view, size=(11, 5)) as pilot:
        view.show_text("a充电站充电站充电站\n012345678901234567890")
        await pilot.pause()
        assert view.render_line(0).text == "a充电站充…"
        await pilot.press("right")
        await pilot.pause()
        assert view.render_line(0).text == " 电站充电…"
        assert {view.render_line(y).cell_length for y in range(5)} == {10}


async def test_w_wraps_long_lines_and_unwraps_them() -> None:
    view = JsonView()
    async with running(view, size=(21, 8)) as pilot:
        view.show({"text": "0123456789abcdefghij", "n": 1})
        await pilot.pause()
        await pilot.press("w")
        await pilot.pause()
        assert lines(view)[:5] == ["{", '  "text": "012345678', '9abcdefghij",', '  "n": 1', "}"]
        assert '9abcdefghij"' in looks(view, 2)
        await pilot.press("w")
        await pilot.pause()
        assert lines(view)[1] == '  "text": "01234567…'


async def test_wrapped_rows_follow_the_width_of_the_view() -> None:
    view = JsonView()
    async with running(view, size=(21, 8)) as pilot:
        view.wrap = True
        view.show_text("x" * 50)
        await pilot.pause()
        assert [len(line) for line in lines(view)[:4]] == [20, 20, 10, 0]
        await pilot.resize_terminal(31, 8)
        await pilot.pause()
        assert [len(line) for line in lines(view)[:4]] == [30, 20, 0, 0]


async def test_wrapping_leaves_the_line_at_the_top_where_it_is() -> None:
    view = JsonView()
    async with running(view, size=(21, 8)) as pilot:
        view.show([f"{n} " + "x" * 40 for n in range(500)], head=["POST"])
        await pilot.pause()
        view.scroll_to(y=300, animate=False)
        await pilot.pause()
        top = lines(view)[0][:8]
        await pilot.press("w")
        await pilot.pause()
        assert view.scroll_offset.y > 600
        assert lines(view)[0][:8] == top
        await pilot.press("w")
        await pilot.pause()
        assert lines(view)[0][:8] == top


async def test_a_long_text_is_wrapped_in_turns_and_its_line_at_the_top_stays() -> None:
    view = JsonView()
    async with running(view, size=(21, 8)) as pilot:
        view.show([f"{n} " + "x" * 40 for n in range(30_000)])
        await settled(pilot)
        view.scroll_to(y=25_000, animate=False)
        await pilot.pause()
        top = lines(view)[0][:9]
        await pilot.press("w")
        await settled(pilot)
        assert lines(view)[0][:9] == top
        assert view.scroll_offset.y > 50_000


# Selecting


async def test_a_selection_made_with_the_mouse_can_be_copied() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"name": "Straße", "free": 1})
        await pilot.pause()
        await pilot.mouse_down(view, offset=(2, 1))
        await pilot.hover(view, offset=(7, 2))
        await pilot.mouse_up(view, offset=(7, 2))
        assert pilot.app.screen.get_selected_text() == '"name": "Straße",\n  "free"'


async def test_a_selection_counts_from_where_the_view_is_scrolled_to() -> None:
    view = JsonView()
    async with running(view, size=(11, 5)) as pilot:
        view.show_text("\n" * 50 + "0123456789abcdefgh")
        await pilot.pause()
        await pilot.press("end")
        await pilot.pause()
        await pilot.press("right")
        await pilot.pause()
        await pilot.mouse_down(view, offset=(1, 4))
        await pilot.hover(view, offset=(3, 4))
        await pilot.mouse_up(view, offset=(3, 4))
        assert pilot.app.screen.get_selected_text() == "9ab"


@pytest.mark.parametrize(
    ("start", "end", "copied"),
    [
        (Offset(3, 1), Offset(3, 3), "3456789abc"),
        (None, Offset(1, 1), "head\n0"),
        (Offset(1, 3), None, "bc\nend"),
        (None, None, "head\n0123456789abc\nend"),
    ],
)
async def test_what_is_copied_has_only_the_line_breaks_of_the_text(
    start: Offset | None, end: Offset | None, copied: str
) -> None:
    view = JsonView()
    async with running(view, size=(6, 8)) as pilot:
        view.wrap = True
        view.show_text("0123456789abc\nend", head=["head"])
        await pilot.pause()
        assert lines(view)[1:4] == ["01234", "56789", "abc"]
        assert view.get_selection(Selection(start, end)) == (copied, "\n")


async def test_what_is_selected_is_drawn_differently() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show_text("one two three")
        await pilot.pause()
        pilot.app.screen.selections = {view: Selection(Offset(4, 0), Offset(7, 0))}
        await pilot.pause()
        assert list(looks(view, 0))[:3] == ["one ", "two", " three"]


# Rows


@given(
    st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))),
    st.none() | st.integers(2, 30),
)
def test_the_rows_of_a_text_are_the_text(texts: list[str], width: int | None) -> None:
    data = "\n".join(texts).encode()
    rows = TextRows(data, width)
    shown = "".join(rows[at].shown + "\n" * rows[at].breaks for at in range(len(rows)))
    expected = "\n".join(visible(text.removesuffix("\r").replace("\t", "    ")) for text in texts)
    assert shown.removesuffix("\n") == expected.removesuffix("\n")
    if width is not None:
        assert all(cell_len(rows[at].shown) <= width for at in range(len(rows)))


@pytest.mark.parametrize("width", [None, 7, 80])
@pytest.mark.parametrize("unit", ["x", "ü", "充", "🚗", "\x80"])
@pytest.mark.parametrize("length", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 2])
def test_a_long_line_is_cut_between_characters(width: int | None, unit: str, length: int) -> None:
    line = unit * length
    rows = TextRows(f"before\n{line}\nafter".encode(), width)
    shown = [rows[at] for at in range(len(rows))]
    assert "".join(row.shown for row in shown[1:-1]) == visible(line)
    assert [row.shown for row in shown if row.breaks][-1] == "after"
    assert sum(row.breaks for row in shown) == 3
    assert all(row.shown for row in shown)


def test_bytes_that_are_no_utf_8_are_still_cut_into_rows() -> None:
    rows = TextRows(b"\x80" * (BLOCK * 2 + 5))
    assert sum(len(rows[at].shown) for at in range(len(rows))) == BLOCK * 2 + 5


@given(st.lists(st.text("ab", max_size=30), min_size=1), st.data())
def test_a_place_in_the_text_is_found_again_in_rows_of_another_width(
    texts: list[str], data: st.DataObject
) -> None:
    body = "\n".join(f"{number} {text}" for number, text in enumerate(texts)).encode()
    narrow, wide = TextRows(body, 6), TextRows(body)
    line = data.draw(st.integers(0, len(wide) - 1))
    row = narrow.row_at(wide[line].offset)
    assert narrow[row].text == wide[line].text
    assert narrow[row].start == 0
    assert wide.row_at(narrow[row].offset) == line


@given(JSON)
def test_the_whole_text_is_the_document(value: Any) -> None:
    view = JsonView()
    view.show(value)
    whole = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    assert view.text == visible(whole, lines=True)
