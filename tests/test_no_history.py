"""`history = false` and `--no-history`: nothing but open sessions is in the file, byte for byte."""

import sqlite3
from pathlib import Path

import pytest
from textual.widgets import Input

from console.journal.file import JournalFile
from console.reservation_keeper import ReservationKeeper
from console.settings.profiles import default_path
from screens.dialogs.batch import BatchScreen
from tests.app_fixtures import GOOD_CUSTOMER, Started, start_session
from tests.command_line import KEY, run
from tests.journal_fixtures import journal_at
from tests.keyring_fixtures import own_home
from tests.raw_server import RawServer, answer
from tests.screen import paste, screen_text, until, until_shown
from tests.test_forgetting_sessions import ANNA, BERTA, REFUSED, reservation

__all__ = ["own_home"]

pytestmark = pytest.mark.usefixtures("own_home")

STARTED = answer(body={"result": {"code": 11, "message": "Zimtstern"}})
UNKNOWN_ID = answer(404, {"result": {"code": 181, "message": "Zimtstern"}})
CARDS = ["04523022AA4881", "0477BD22AA4880"]


def on_the_disk(home: Path) -> bytes:
    """The bytes of all files of the journal."""
    files = [*home.rglob("journal.sqlite3*")]
    assert files, "there is a file"
    return b"".join(file.read_bytes() for file in files)


def holds(found: bytes, text: str) -> bool:
    return text.encode() in found or text.casefold().encode() in found


async def test_the_app_keeps_its_open_session_and_nothing_else(
    started: Started, own_home: Path, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text("history = false\n")
    script = STARTED, UNKNOWN_ID
    async with RawServer(*script) as server, started(url=server.url) as pilot:
        await start_session(pilot, "DE*8PS*E1", GOOD_CUSTOMER)
        await until_shown(pilot, "Charging, says the server")
        pilot.app.query_one("#connector", Input).value = ""
        pilot.app.query_one("#identity", Input).value = ""
        await start_session(pilot, "DE*8PS*E2", BERTA)
        await until_shown(pilot, "Not started: 181")
        await pilot.press("f4")
        await paste(pilot, "\n".join(CARDS))
        await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen))
        await pilot.press("space")
        await until(pilot, lambda: screen_text(pilot.app).count("✖ Refused") == len(CARDS), "asked")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, BatchScreen))
        await pilot.press("f3")
        await until_shown(pilot, "Not started: 181")  # what has ended is shown in this run
    found = on_the_disk(own_home)
    assert holds(found, GOOD_CUSTOMER)
    for text in (BERTA, "DE*8PS*E2", *CARDS, "Zimtstern"):
        assert not holds(found, text), text


@pytest.mark.parametrize("way", ["--no-history", "history = false"])
async def test_send_keeps_its_open_session_and_nothing_else(own_home: Path, way: str) -> None:
    words = [way] if way.startswith("--") else []
    if not words:
        path = default_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{way}\n")

    async def start(customer: str, connector: str) -> None:
        user = f'{{"identifier-type": "evco-id", "identifier": "{customer}"}}'
        start_json = f'{{"user": {user}, "connector-id": "{connector}"}}'
        call = ("send", "session-start", start_json, "--endpoint", server.url, *words)
        await run(*call, environ={"OIOI_API_KEY": KEY})

    async with RawServer(STARTED, UNKNOWN_ID) as server:
        await start(ANNA, "DE*8PS*E1")
        await start(BERTA, "DE*8PS*E2")
    found = on_the_disk(own_home)
    assert holds(found, ANNA)
    for text in (BERTA, "DE*8PS*E2", "Zimtstern"):
        assert not holds(found, text), text


async def test_a_reservation_that_is_over_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = JournalFile._connected

    def that_leaves_what_is_deleted(file: JournalFile) -> sqlite3.Connection:
        connection = connected(file)
        connection.execute("PRAGMA secure_delete = OFF")  # as SQLite is on most systems
        return connection

    monkeypatch.setattr(JournalFile, "_connected", that_leaves_what_is_deleted)
    with journal_at(tmp_path / "j.sqlite3", keeps_history=False) as kept:
        keeper = ReservationKeeper(kept.journal)
        await reservation(keeper, ANNA, 0)
        await reservation(keeper, BERTA, REFUSED)
        await keeper.load()
        assert len(list(keeper.book)) == 2, "what has ended is shown in this run"
    assert holds(on_the_disk_of(tmp_path), ANNA)
    assert not holds(on_the_disk_of(tmp_path), BERTA)


def on_the_disk_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("j.sqlite3*"))
