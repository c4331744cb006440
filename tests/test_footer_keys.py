"""The keys in the footer: the next step first, Quit last, and the needed ones in every width."""

import pytest
from textual.binding import Binding

from screens.app import OioiConsoleApp
from screens.key_names import key_in_words, key_name
from screens.pages.evco import EvcoPage
from screens.widgets.footer_keys import LAST, in_order, that_fit

OFFERED = [
    Binding("ctrl+e", "explain", "Explain", id="app.explain"),
    Binding("enter", "open", "Open", id="table.open"),
    Binding("s", "start", "Start", id="stations.start"),
    Binding("f1", "help", "Help", id="app.help"),
    Binding("ctrl+q", "quit", "Quit", id="app.quit"),
    Binding("alt+1", "help", "Help", id="app.help"),
    Binding("f9", "zoom", "Exchange", id="app.zoom"),
    Binding("escape", "stop_shown", "Stop", id="app.stop"),
    Binding("r", "refresh", "Refresh", id="stations.refresh"),
]


def test_the_next_step_is_first_and_quit_last() -> None:
    words = [binding.description for binding in in_order(OFFERED)]
    assert words == ["Open", "Start", "Refresh", "Stop", "Explain", "Exchange", "Help", "Quit"]


@pytest.mark.parametrize(
    ("environ", "offered", "in_words"),
    [
        ({}, "ctrl+b", "Ctrl+B or Alt+R"),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, "alt+r", "Alt+R"),
        ({"STY": "1.pts-0"}, "ctrl+b", "Ctrl+B or Alt+R"),
    ],
)
def test_a_key_that_tmux_keeps_is_not_named_inside_of_it(
    environ: dict[str, str], offered: str, in_words: str
) -> None:
    keys = [Binding(key, "try('reversed')", "Try reversed") for key in ("ctrl+b", "alt+r")]
    assert [each.key for each in in_order(keys, environ)] == [offered]
    assert key_in_words(EvcoPage, "evco.reversed", {}, environ) == in_words
    only = {"evco.reversed": "ctrl+b"}
    assert key_in_words(EvcoPage, "evco.reversed", only, environ) == "Ctrl+B"
    assert key_in_words(EvcoPage, "evco.padded", {}, environ) == "Ctrl+G"


def test_while_a_call_waits_the_next_step_is_to_send_it_or_to_stop_it() -> None:
    retry = Binding("ctrl+r", "retry_now", "Retry now", id="app.retry-now")
    words = [binding.description for binding in in_order([*OFFERED, retry])]
    assert words[:3] == ["Retry now", "Stop", "Open"]
    assert words[-1] == "Quit"


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (120, "Open Start Refresh Stop Explain Exchange Help Quit"),
        (88, "Open Start Refresh Stop Explain Help Quit"),
        (70, "Open Start Refresh Stop Help Quit"),
        (55, "Open Start Stop Help Quit"),
        (45, "Open Stop Help Quit"),
        (5, "Open Stop Help Quit"),
    ],
)
def test_what_is_least_needed_gives_way_first(width: int, words: str) -> None:
    keys = [(binding, key_name(binding.key)) for binding in in_order(OFFERED)]
    assert [binding.description for binding in that_fit(keys, width)] == words.split()


def test_the_keys_that_stand_last_are_those_of_the_app() -> None:
    ids = {each.id for each in OioiConsoleApp.BINDINGS if isinstance(each, Binding)}
    assert set(LAST) <= ids


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("ctrl+q", "Ctrl+Q"),
        ("alt+1", "Alt+1"),
        ("f9", "F9"),
        ("escape", "Esc"),
        ("pagedown", "PgDn"),
        ("slash", "/"),
        ("shift+tab", "Shift+Tab"),
        ("s", "s"),
    ],
)
def test_a_key_is_written_one_way(key: str, name: str) -> None:
    assert key_name(key) == name
