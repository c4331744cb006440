"""The keys of the JSON view: finding, folding, copying, going to a line, the bytes as they came."""

from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.app import ComposeResult
from textual.widgets import Footer

from console.oioi.http.body_lines import body_lines
from console.oioi.http.text_blocks import laid_out_text
from screens.themed_app import OwnColours
from screens.widgets import body_rows, steps, text_find
from screens.widgets.json_view import JsonView
from screens.widgets.too_long import TooLongToCopy
from tests.screen import laid_out
from tests.test_json_view import lines, looks, settled

STATIONS = {
    "stations": [
        {
            "id": number,
            "name": f"Straße {number}",
            "connectors": [{"external-id": f"DE*DEM*E{number}*{letter}"} for letter in "AB"],
        }
        for number in range(40)
    ],
    "result": {"code": 0},
}


class KeysApp(OwnColours):
    """A JSON view and a footer; `copied` is what was put on the clipboard."""

    def __init__(self, view: JsonView) -> None:
        super().__init__()
        self.view = view
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.view
        yield Footer()

    def on_mount(self) -> None:
        self.view.focus()

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)


def running(view: JsonView, size: tuple[int, int] = (80, 24)) -> Any:
    return laid_out(KeysApp(view), view, size)


async def press(pilot: Any, *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


def bottom(view: JsonView) -> str:
    return lines(view)[-1]


def under_cursor(view: JsonView) -> str:
    return lines(view)[view.cursor - view.scroll_offset.y].strip()


def marked(view: JsonView, look: str) -> list[tuple[int, str]]:
    """The pieces on screen that are drawn like this, each with its line."""
    colour = view.get_visual_style(f"find--{look}").rich_style.bgcolor
    return [
        (y, part.text)
        for y in range(view.size.height)
        for part in view.render_line(y)
        if part.style is not None and part.style.bgcolor == colour
    ]


# Finding


async def test_while_one_types_the_first_match_is_shown_and_all_are_counted() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"straße 1")
        assert under_cursor(view) == '"name": "Straße 1",'
        assert bottom(view).startswith(" find: straße 1  · 1 of 11")
        assert [text for _, text in marked(view, "current")] == ["Straße 1"]
        await press(pilot, "2")
        assert under_cursor(view) == '"name": "Straße 12",'
        assert "1 of 1 " in bottom(view)
        await press(pilot, "backspace", "backspace", "backspace", "backspace")
        assert under_cursor(view) == '"name": "Straße 0",'
        assert "1 of 40" in bottom(view)


async def test_n_and_shift_n_go_round_all_matches() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"e3*a", "enter")
        assert "1 of 1" in bottom(view)
        await press(pilot, "slash", "ctrl+u", *"e2*", "enter")
        seen = []
        for key in ("n", "n", "N", "N"):
            await press(pilot, key)
            seen.append((under_cursor(view)[-5:-1], bottom(view).split(" · ")[1][:6]))
        assert seen == [
            ("E2*B", "2 of 2"),
            ("E2*A", "1 of 2"),
            ("E2*B", "2 of 2"),
            ("E2*A", "1 of 2"),
        ]


async def test_the_current_match_is_drawn_differently_from_the_others() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(["one", "two one", "three"])
        await press(pilot, "slash", *"one", "enter", "n")
        assert marked(view, "current") == [(2, "one")]
        assert marked(view, "match") == [(1, "one")]


async def test_esc_ends_the_search_and_leaves_the_cursor_at_what_was_found() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"straße 7", "escape")
        assert under_cursor(view) == '"name": "Straße 7",'
        assert marked(view, "current") == []
        assert not bottom(view).startswith(" find")
        assert not view.check_action("end_find", ())
        await press(pilot, "n")
        assert under_cursor(view) == '"name": "Straße 7",'


async def test_the_search_goes_on_from_where_the_cursor_was_put() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(["x", "-", "x", "-", "x"])
        await press(pilot, "slash", "x", "enter", "down", "down", "down", "n")
        assert view.cursor == 5
        await press(pilot, "up", "N")
        assert view.cursor == 3


async def test_what_is_not_there_is_said() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"nowhere")
        assert "not found" in bottom(view)
        assert view.cursor == 0


async def test_letters_are_typed_and_do_nothing_else_while_the_line_is_open() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"wv-+p:n/ ")
        assert bottom(view).startswith(" find: wv-+p:n/ ")
        assert not view.wrap
        assert not pilot.app.query_one(JsonView)._rows.folds.hidden


async def test_the_head_is_searched_too() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"type": 1}, head=["HTTP 200", "Content-Type: x"])
        await press(pilot, "slash", *"type", "enter")
        assert view.cursor == 3
        await press(pilot, "n")
        assert view.cursor == 1
        assert marked(view, "current") == [(1, "Type")]


async def test_invisible_characters_do_no_harm() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"a": "\u202e DE*\u200b8PS \u202e end"})
        await press(pilot, "slash", *"de*8ps")
        assert [text for _, text in marked(view, "current")] == ["DE*⟨200B⟩8PS"]
        await press(pilot, "ctrl+u", *"end")
        assert [text for _, text in marked(view, "current")] == ["end"]


async def test_a_match_far_to_the_right_is_brought_into_view_and_back() -> None:
    view = JsonView()
    async with running(view, size=(41, 10)) as pilot:
        view.show([f"{'.' * 300}needle{'.' * 300}", "needle"])
        await press(pilot, "slash", *"needle")
        assert [(y, text) for y, text in marked(view, "current")] == [(1, "needle")]
        assert view.scroll_x > 200
        await press(pilot, "enter", "n")
        assert view.scroll_x == 0
        assert marked(view, "current") == [(2, "needle")]


async def test_a_match_in_a_line_of_megabytes_is_found_in_its_piece() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"photo": "ü€" * 500_000 + "needle" + "€" * 1_000_000})
        await press(pilot, "slash", *"needle")
        assert [text for _, text in marked(view, "current")] == ["needle"]
        await press(pilot, "enter", "w", "N")
        assert "needle" in "".join(text for _, text in marked(view, "current"))


async def test_the_first_match_is_shown_before_all_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_find, "SLICE", 64)
    monkeypatch.setattr(steps, "TURN_S", 0)
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await pilot.press("slash")
        seen: list[str] = []
        refresh = view._refresh_bottom

        def noted() -> None:
            refresh()
            seen.append(view._count())

        monkeypatch.setattr(view, "_refresh_bottom", noted)
        await press(pilot, *"*b")
        assert any(each.startswith("1 of ") and each.endswith("…") for each in seen)
        assert seen[-1] == "1 of 40"


async def test_a_new_body_ends_the_search() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"straße", "enter")
        view.show(["Straße"])
        await settled(pilot)
        assert marked(view, "match") == marked(view, "current") == []
        assert not view.check_action("find_next", ())


# Folding


async def test_space_folds_what_the_cursor_is_in_and_opens_it_again() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, *["down"] * 6)
        assert under_cursor(view) == "{"
        await press(pilot, "up", "space")
        assert lines(view)[5] == '      "connectors": [ … 2 items ]'
        assert lines(view)[6] == "    },"
        assert view.cursor == 5
        await press(pilot, "up", "space")
        assert lines(view)[2].startswith('    { "id": 0, "name": "Straße 0", … 3 items },')
        assert view.cursor == 2
        await press(pilot, "enter")
        assert lines(view)[5] == '      "connectors": ['
        await press(pilot, "home", "space")
        assert lines(view)[:2] == ["{ … 2 items }", ""]


async def test_minus_folds_all_and_what_is_opened_shows_its_parts_folded() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "minus")
        assert lines(view)[:5] == [
            "{",
            '  "stations": [ … 40 items ],',
            '  "result": { "code": 0, … 1 item }',
            "}",
            "",
        ]
        await press(pilot, "down", "space")
        assert lines(view)[2:4] == [
            f'    {{ "id": {number}, "name": "Straße {number}", … 3 items }},' for number in (0, 1)
        ]
        await press(pilot, "down", "down", "space")
        assert lines(view)[3:8] == [
            "    {",
            '      "id": 1,',
            '      "name": "Straße 1",',
            '      "connectors": [ … 2 items ]',
            "    },",
        ]
        await press(pilot, "plus")
        assert len(view._rows) == len(
            msgspec.json.format(msgspec.json.encode(STATIONS)).split(b"\n")
        )
        assert under_cursor(view) == "{"


async def test_a_match_in_a_fold_opens_it() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "minus", "slash", *"e30*b")
        assert under_cursor(view) == '"external-id": "DE*DEM*E30*B"'
        assert sum("… 3 items" in line for line in lines(view)) > 5


async def test_a_fold_stays_when_lines_are_wrapped() -> None:
    view = JsonView()
    async with running(view, size=(30, 12)) as pilot:
        view.show(STATIONS)
        await press(pilot, *["down"] * 5, "space", "w")
        assert lines(view)[5].strip().startswith('"connectors": [ … 2')
        assert under_cursor(view).startswith('"connectors"')


async def test_a_text_is_not_folded_and_the_footer_does_not_offer_it() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show_text("{\n  [\n  ]\n}")
        await press(pilot, "space", "minus", "p")
        assert lines(view)[:4] == ["{", "  [", "  ]", "}"]
        offered = {binding.binding.action for binding in pilot.app.screen.active_bindings.values()}
        assert "fold" not in offered
        view.show({"a": [1]})
        await settled(pilot)
        offered = {binding.binding.action for binding in pilot.app.screen.active_bindings.values()}
        assert "fold" in offered


async def test_what_is_too_many_folds_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_rows, "MOST_FOLDS", 3)
    view = JsonView()
    async with running(view) as pilot:
        view.show([[number] for number in range(9)])
        await press(pilot, "minus")
        assert lines(view)[:6] == [
            "[",
            *(f"  [ {n}, … 1 item ]," for n in range(3)),
            "  [",
            "    3",
        ]


async def test_a_double_click_folds() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await pilot.click(view, offset=(6, 5), times=2)
        await settled(pilot)
        assert lines(view)[5] == '      "connectors": [ … 2 items ]'


# Copying


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (3, "0"),
        (4, "Straße 0"),
        (7, "DE*DEM*E0*A"),
        (6, '{\n  "external-id": "DE*DEM*E0*A"\n}'),
        (8, '{\n  "external-id": "DE*DEM*E0*A"\n}'),
    ],
)
async def test_the_value_under_the_cursor_can_be_copied(line: int, value: str) -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, *["down"] * line)
        assert view.value_to_copy() == value


async def test_a_folded_value_is_copied_whole() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "down", "down", "space")
        assert msgspec.json.decode(view.value_to_copy()) == STATIONS["stations"][0]  # type: ignore[index]


async def test_a_text_and_a_head_are_copied_by_the_line() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show_text("one\ntwo\t\x1b[2J\r\n", head=["HTTP 200"])
        assert view.value_to_copy() == "one"
        await press(pilot, "down")
        assert view.value_to_copy() == "two    ␛[2J"
        await press(pilot, "home")
        assert view.value_to_copy() == "HTTP 200"


async def test_an_escape_of_the_server_never_reaches_the_clipboard_as_a_control_character() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show_bytes(b'{"a":"\\u001b[2J\\n\\u202ex","\\u001bb":1}')
        await press(pilot, "down")
        assert view.value_to_copy() == "␛[2J\n⟨202E⟩x"
        await press(pilot, "down", "p")
        assert pilot.app.copied == ["␛b"]


async def test_an_empty_view_has_nothing_to_copy() -> None:
    view = JsonView()
    async with running(view) as pilot:
        assert view.value_to_copy() == ""
        await press(
            pilot, "p", "space", "minus", "plus", "n", "v", "slash", "x", "enter", "colon", "3"
        )
        assert view.value_to_copy() == ""
        assert not view.check_action("find", ())


async def test_a_value_too_long_to_copy_is_said_to_be_so() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show({"a": ["x" * 1000] * 2000})
        await press(pilot, "down")
        with pytest.raises(TooLongToCopy, match="too long"):
            view.value_to_copy()


async def test_p_copies_the_path_of_the_value() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "slash", *"e3*b", "escape", "p", "end", "up", "p", "end", "p")
        assert pilot.app.copied == ["stations[3].connectors[1].external-id", "result"]


# Going to a line, and the bytes as they came


async def test_a_colon_asks_for_a_line_and_goes_there() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS, head=["HTTP 200"])
        await press(pilot, "colon", *"1x02")
        assert bottom(view).startswith(" line: 102")
        await press(pilot, "enter")
        assert view.cursor == 102
        assert not bottom(view).startswith(" line")
        await press(pilot, "colon", *"99999", "enter")
        assert under_cursor(view) == "}"
        await press(pilot, "colon", "escape", "colon", "enter")
        assert under_cursor(view) == "}"


async def test_a_line_in_a_fold_is_opened_when_one_goes_there() -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show(STATIONS)
        await press(pilot, "minus", "colon", "5", "enter")
        assert under_cursor(view) == '"name": "Straße 0",'


async def test_v_shows_the_bytes_as_they_came_and_back() -> None:
    view = JsonView()
    async with running(view, size=(41, 24)) as pilot:
        view.show_bytes(msgspec.json.encode(STATIONS), head=["HTTP 200"])
        await press(pilot, "v")
        assert lines(view)[:2] == ["HTTP 200", '{"stations":[{"id":0,"name":"Straße 0","']
        assert bottom(view) == " as it came"
        await press(pilot, "slash", *"e3*b")
        assert "1 of 1" in bottom(view)
        await press(pilot, "escape", "v")
        assert lines(view)[1:3] == ["{", '  "stations": [']
        assert not view.wrap


async def test_v_is_not_offered_where_the_bytes_came_as_they_are_shown() -> None:
    view = JsonView()
    async with running(view):
        view.show({"a": 1})
        assert not view.check_action("toggle_raw", ())
        view.show_text("text")
        assert not view.check_action("toggle_raw", ())
        view.show_bytes(b'{"a":1}')
        assert view.check_action("toggle_raw", ())


@pytest.mark.parametrize(
    ("body", "note", "mark"),
    [
        (b'{"a": 1,\n\n  "b": "x" "y"}', " not JSON: line 3, column 12", '"'),
        (b'{"\xc3\xbc\xe2\x82\xac": x}', " not JSON: line 1, column 8", "x"),
        (b'\t{"a":\r\n\t?}', " not JSON: line 2, column 2", "?"),
        (b'{"a": [1, 2', " not JSON: line 1, column 12: it ends too early", None),
        (b"[1,]", " not JSON: line 1, column 4", "]"),
        (b"[" * 100_000, " JSON nested more than 500 levels deep, which is not read", None),
        (b'["\\ud800"]', " JSON, but not one that can be laid out in lines", None),
        (b"<html>502</html>", "", None),
        (b"", "", None),
    ],
)
async def test_where_a_body_stops_being_json_is_said_and_marked(
    body: bytes, note: str, mark: str | None
) -> None:
    view = JsonView()
    async with running(view) as pilot:
        view.show_bytes(body)
        await settled(pilot)
        assert bottom(view) == note
        assert [text for _, text in marked(view, "fault")] == ([] if mark is None else [mark])


async def test_lines_that_another_process_has_laid_out_are_shown_with_its_index() -> None:
    view = JsonView()
    async with running(view) as pilot:
        raw = msgspec.json.encode(STATIONS)
        rows = msgspec.json.format(raw, indent=2)
        view.show_laid_out(laid_out_text(rows, is_json=True), raw=raw)
        assert view._rows.is_read
        await press(pilot, "end")
        assert under_cursor(view) == "}"
        await press(pilot, "w", "home", "v")
        assert looks(view, 0)
        assert lines(view)[0].startswith('{"stations":[{')


async def test_a_long_answer_that_is_mapped_is_read_searched_folded_and_copied(
    tmp_path: Path,
) -> None:
    whole = laid_out_text(msgspec.json.format(msgspec.json.encode(STATIONS)), is_json=True)
    file = tmp_path / "lines"
    file.write_bytes(whole.data)
    view = JsonView()
    with file.open("rb") as opened:
        mapped = mmap(opened.fileno(), 0, access=ACCESS_READ)
    async with running(view) as pilot:
        view.show_laid_out(replace(whole, data=mapped), raw=b"{}")
        await press(pilot, "slash", *"e3*b", "enter", "p")
        assert pilot.app.copied == ["stations[3].connectors[1].external-id"]
        assert view.value_to_copy() == "DE*DEM*E3*B"
        await press(pilot, "minus", "down", "space", "down", "down", "space", "n")
        assert under_cursor(view) == '"external-id": "DE*DEM*E3*B"'
        await press(pilot, "w", "colon", "3", "enter")
        assert under_cursor(view).startswith('{ "id": 0')
        assert '"id": 0' in view.value_to_copy()
        await press(pilot, "v", "v", "end")
        assert under_cursor(view) == "}"


async def test_of_a_text_that_another_process_laid_out_the_fault_is_said_too() -> None:
    view = JsonView()
    async with running(view) as pilot:
        raw = b'{\t"a":\r\n\t?}'
        view.show_laid_out(body_lines(raw), raw=raw)
        await settled(pilot)
        assert bottom(view) == " not JSON: line 2, column 2"
        assert [text for _, text in marked(view, "fault")] == ["?"]
        assert not view.check_action("toggle_raw", ())
