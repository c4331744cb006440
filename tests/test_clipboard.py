"""Copying: which way a text takes, and that nobody is told it is where it is not."""

import asyncio
import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from console.clipboard import Clipboard, Copied, Way, sentence, sequence, ways
from console.secrets import redacted
from console.web import IN_BROWSER
from screens.app import OioiConsoleApp
from screens.copying import redacted_in_pieces
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import TEST_KEY, Started, start_session
from tests.raw_server import RawServer, answer
from tests.screen import in_palette, paste, until, until_shown
from tests.terminal import in_terminal

XTERM = {"TERM": "xterm-256color"}
DESK = {**XTERM, "DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}
D, T, F = Way.DESKTOP, Way.TERMINAL, Way.FILE
ID, CURL = 16, 360


@pytest.mark.parametrize(
    ("environment", "platform", "length", "expected"),
    [
        (DESK, "linux", ID, (D, T, F)),
        ({**XTERM, "WAYLAND_DISPLAY": "wayland-0"}, "linux", ID, (D, T, F)),
        (XTERM, "linux", ID, (T, F)),
        ({**XTERM, "DISPLAY": ""}, "linux", ID, (T, F)),
        ({**XTERM, "WSL_DISTRO_NAME": "Debian"}, "linux", ID, (D, T, F)),
        (XTERM, "darwin", CURL, (D, T, F)),
        ({}, "win32", ID, (D, T, F)),
        ({}, "win32", CURL, (D, F)),
        ({"WT_SESSION": "1"}, "win32", CURL, (D, T, F)),
        ({**DESK, **SSH}, "linux", ID, (T, F)),
        ({**XTERM, "SSH_TTY": "/dev/ttys001"}, "darwin", ID, (T, F)),
        ({"SSH_CLIENT": "192.0.2.1 50000 22"}, "win32", CURL, (F,)),
        ({"TERM": "linux"}, "linux", ID, (F,)),
        ({"TERM": "dumb"}, "linux", ID, (F,)),
        ({**DESK, "TERM": "linux"}, "linux", ID, (D, F)),
        ({**XTERM, "TMUX": "/tmp/tmux-0/default,1,0"}, "linux", CURL, (T, F)),
        ({"TERM": "screen", "STY": "1.tty"}, "linux", CURL, (T, F)),
        (XTERM, "linux", 74_994, (T, F)),
        (XTERM, "linux", 74_995, (F,)),
        (DESK, "linux", 1_000_000, (D, F)),
        ({**DESK, IN_BROWSER: "1"}, "linux", ID, (T, F)),  # it may be on another computer
        ({**XTERM, IN_BROWSER: "1"}, "darwin", CURL, (T, F)),
    ],
)
def test_the_ways_of_a_text(
    environment: dict[str, str], platform: str, length: int, expected: tuple[Way, ...]
) -> None:
    found = ways(environment, length, platform=platform, has_program=lambda name: name == "xclip")
    assert found == expected


def test_a_desktop_without_a_program_for_its_clipboard_is_none() -> None:
    """pyperclip would try Qt, which ends the whole program where it finds no display."""
    assert ways(DESK, ID, platform="linux", has_program=lambda name: False) == (T, F)


def test_the_sequence_for_a_terminal_and_for_screen() -> None:
    text = "DE*8PS*E1 " * 20
    plain = sequence(text, XTERM)
    assert plain == f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    wrapped = sequence(text, {"TERM": "screen.xterm-256color", "STY": "1.tty"})
    pieces = wrapped.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert "".join(pieces) == plain
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= 76
    assert sequence(text, {"TERM": "screen", "TMUX": "x"}) == plain


FILE = Path("/state/copied.txt")


@pytest.mark.parametrize(
    ("copied", "said"),
    [
        (Copied(confirmed=True), "Copied to the clipboard: DE*E1"),
        (
            Copied(sent=True, file=FILE),
            "DE*E1 sent to the terminal's clipboard (it gives no confirmation);"
            " also in /state/copied.txt",
        ),
        (
            Copied(sent=True, file=FILE, unanswered=True, in_tmux=True),
            "The desktop's clipboard did not confirm it. DE*E1 sent to the terminal's clipboard"
            " (it gives no confirmation; tmux needs set-clipboard on); also in /state/copied.txt",
        ),
        (
            Copied(file=FILE, too_long=True),
            "DE*E1 is too long for the terminal's clipboard; it is in /state/copied.txt",
        ),
        (
            Copied(sent=True, file=FILE, in_browser=True),
            "DE*E1 sent to the browser's clipboard (it gives no confirmation);"
            " also in /state/copied.txt",
        ),
        (Copied(file=FILE), "DE*E1 reached no clipboard from here; it is in /state/copied.txt"),
        (
            Copied(sent=True, trouble="/state/copied.txt: disk full"),
            "DE*E1 sent to the terminal's clipboard (it gives no confirmation);"
            " not in a file: /state/copied.txt: disk full",
        ),
        (
            Copied(trouble="/state/copied.txt: disk full"),
            "Not copied. DE*E1 reached no clipboard from here, and no file:"
            " /state/copied.txt: disk full",
        ),
    ],
)
def test_what_is_said_of_it(copied: Copied, said: str) -> None:
    assert sentence(copied, "DE*E1") == said


# ------------------------------------------------------------ programs that pyperclip starts

WORKS = 'case "$*" in *-o*) cat "$HOME/board";; *) cat > "$HOME/board";; esac'
FAILS = 'echo "Error: Can\'t open display"; echo "Error: Can\'t open display" >&2; exit 1'
HANGS = 'echo $$ > "$HOME/pid"; sleep 600 & echo $! >> "$HOME/pid"; wait'
LOSES = 'case "$*" in *-o*) echo what stood there before;; *) cat > /dev/null;; esac'


def desktop(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop whose clipboard is served by this xclip."""
    xclip = folder / "bin" / "xclip"
    xclip.parent.mkdir()
    xclip.write_text(f"#!/bin/sh\n{program}\n")
    xclip.chmod(0o755)
    monkeypatch.setenv("PATH", f"{xclip.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("SSH_TTY")


async def test_what_the_desktop_gives_back_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop(WORKS, tmp_path, monkeypatch)
    written: list[str] = []
    clipboard = Clipboard(written.append, tmp_path / "copied.txt")
    text = "DE*8PS*E1\näöü €\n"
    assert await clipboard.copy(text) == Copied(confirmed=True)
    assert (Path(os.environ["HOME"]) / "board").read_text(encoding="utf-8") == text
    assert written == []
    assert not clipboard.path.exists()


@pytest.mark.parametrize("program", [FAILS, LOSES, HANGS], ids=["fails", "loses", "hangs"])
async def test_what_the_desktop_does_not_give_back_goes_to_the_terminal_and_a_file(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    desktop(program, tmp_path, monkeypatch)
    written: list[str] = []
    path = tmp_path / "state" / "copied.txt"
    clipboard = Clipboard(written.append, path, desktop_within_s=0.5)
    copied = await clipboard.copy("DE*8PS*E1")
    assert copied == Copied(unanswered=True, sent=True, file=path)
    assert written == [sequence("DE*8PS*E1", {"TERM": "xterm"})]
    assert path.read_text() == "DE*8PS*E1"
    assert capfd.readouterr() == ("", ""), "the screen is drawn on this terminal"
    pids = Path(os.environ["HOME"]) / "pid"
    if program == HANGS:
        for pid in map(int, pids.read_text().split()):
            await gone(pid)


async def gone(pid: int) -> None:
    """Wait until a process has ended."""
    for _ in range(500):
        if not is_running(pid):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"process {pid} still runs")


def is_running(pid: int) -> bool:
    """Whether a process has not ended; a zombie has."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_the_file_is_the_users_alone_and_holds_the_last_text(tmp_path: Path) -> None:
    path = tmp_path / "state" / "copied.txt"
    clipboard = Clipboard(lambda sequence: None, path)
    await clipboard.copy("the first and longer text")
    path.chmod(0o644)
    await clipboard.copy("the second")
    assert path.read_text() == "the second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("of somebody else")
    path = tmp_path / "copied.txt"
    path.symlink_to(other)
    copied = await Clipboard(lambda sequence: None, path).copy("DE*8PS*E1")
    assert copied.file is None
    assert "symbolic link" in copied.trouble
    assert other.read_text() == "of somebody else"


# ------------------------------------------------------------ in the app


def in_the_file() -> str:
    return (Path(os.environ["XDG_STATE_HOME"]) / "oioi-console" / "copied.txt").read_text()


async def test_the_bytes_reach_a_real_terminal() -> None:
    async with in_terminal("-m", "screens.main", "--demo") as (terminal, _):
        await terminal.shows("Radius")
        await terminal.press("\x1b[15~", "codes, HTTP statuses")  # F5
        terminal.type("193")
        await terminal.shows("Enter goes to the list")
        terminal.type("\r")
        terminal.type("c")
        await terminal.shows(f"\x1b]52;c;{base64.b64encode(b'DE*SIM*E193').decode()}\x07")
        await terminal.shows("copied.txt")
    assert in_the_file() == "DE*SIM*E193"


LISTED = {
    "stations": [
        {
            "id": 7,
            "name": "Seven",
            "latitude": 52.5168,
            "longitude": 13.3833,
            "connectors": [{"id": 1, "external-id": "DE*8PS*E7", "status": "Available"}],
        }
    ],
    "result": {"code": 0, "message": f"Success for key {TEST_KEY}"},
}


async def test_each_key_copies_its_part_of_the_shown_exchange(started: Started) -> None:
    async with RawServer(answer(200, LISTED)) as server, started(url=server.url) as pilot:
        app = pilot.app
        await pilot.press("enter")
        await until_shown(pilot, "1 station ·")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "stations-table")
        await pilot.press("c")
        assert app.clipboard == "DE*8PS*E7"
        await until_shown(pilot, "DE*8PS*E7 sent to the")
        await pilot.press("R")
        head, _, body = app.clipboard.partition("\n\n")
        assert head.startswith(f"POST {server.url}\n")
        assert "content-type: application/json" in head.lower()
        assert json.loads(body) == server.requests[0].json
        await pilot.press("A")
        assert json.loads(app.clipboard)["stations"] == LISTED["stations"]
        await until(pilot, lambda: in_the_file() == app.clipboard)
        for text in (head, app.clipboard, in_the_file()):
            assert TEST_KEY not in text
        await pilot.press("C")
        assert app.clipboard.startswith("curl ")
        assert "$OIOI_API_KEY" in app.clipboard
        assert server.url in app.clipboard
        await pilot.press("H")
        assert "station-get-by-center-radius" in app.clipboard
        assert "UTC" in app.clipboard
        assert "6789" in head, "masked, and still to be told apart"


async def test_the_curl_line_goes_through_the_proxy_of_the_profile(started: Started) -> None:
    async with RawServer(answer(200, LISTED)) as proxy:
        way = {"proxy": proxy.url, "allow_http": True}
        async with started(url="http://oioi.example/api", **way) as pilot:
            await pilot.press("enter")
            await until_shown(pilot, "1 station ·")
            await pilot.press("C")
            assert f"'http://oioi.example/api' --proxy '{proxy.url}' -H" in pilot.app.clipboard


async def test_the_curl_line_has_variables_where_the_request_has_secrets(started: Started) -> None:
    async with RawServer(answer(200)) as server, started(url=server.url) as pilot:
        app = pilot.app
        await pilot.press("f3")
        await paste(pilot, "DE*8PS*E7")
        await pilot.press("tab")
        await paste(pilot, "DE*8PS*9DC4AB*X")
        await pilot.press("tab", "tab")
        await paste(pilot, "a-login-token-4711")
        await pilot.press("enter")
        await until(pilot, lambda: len(server.requests) == 1)
        await until_shown(pilot, "000 Success")
        await pilot.press("down", "C")
        assert app.clipboard.count("$OIOI_API_KEY") == 1
        assert app.clipboard.count("$OIOI_USER_TOKEN") == 1
        assert "••••" not in app.clipboard
        assert "4711" not in app.clipboard


async def test_in_a_field_the_keys_are_letters_and_the_palette_copies(started: Started) -> None:
    async with RawServer(answer(200, LISTED)) as server, started(url=server.url) as pilot:
        app = pilot.app
        await pilot.press("f3")
        await pilot.press("c", "R", "A")
        assert app.focused is not None
        assert getattr(app.focused, "value", "") == "cRA"
        await pilot.press("f2", "enter")
        await until_shown(pilot, "1 station ·")
        await pilot.press("f3")
        await in_palette(pilot, "Copy: answer", "Copy: answer of the shown exchange")
        await pilot.press("enter")
        await until(pilot, lambda: "DE*8PS*E7" in app.clipboard, "the answer is copied")


async def test_a_card_gives_its_connector(started: Started) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, OioiConsoleApp)
        await start_session(pilot, "DE*SIM*E320", "DE*8PS*9DC4AB*X")
        await until(pilot, lambda: bool(app.query(SessionCard)), "its card")
        app.query(SessionCard).first().focus()
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard == "DE*SIM*E320", "its connector is copied")


async def test_with_nothing_to_copy_that_is_said(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("f3", "down")
        pilot.app.screen.set_focus(None)
        await pilot.press("c")
        await until_shown(pilot, "There is nothing to copy under the cursor.")
        await pilot.press("A")
        await until_shown(pilot, "There is no exchange to copy from yet.")
        assert pilot.app.clipboard == ""


def test_a_long_answer_is_copied_in_pieces_without_its_secrets() -> None:
    number = '  "external-id": "DE*AB*E1 é",\n'
    text = "{\n" + number * 3000 + '  "token": "Secret-9876543210",\n' + "x" * 70_000 + "\n}"
    copied = redacted_in_pieces(text.encode())
    assert copied == redacted(text)
    assert "Secret-9876543210" not in copied
