"""The program as a German user starts it: the screens are German, and nothing else changes."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.connection import no_key
from console.journal.exports import FORMS, as_text
from console.journal.exports.note_in_short import note_in_short
from console.journal.records import KeptExchange
from console.keys.troubles import KeyringProblem, trouble_with
from console.logs import FILE
from console.oioi import language
from console.oioi.http.endpoint import EndpointError, check_url
from console.oioi.language import tr_kept
from console.settings import default_path, load
from screens.copying import curl_text, note_text
from tests.command_line import Ran, run
from tests.kept import answered
from tests.raw_server import answer, reset
from tests.terminal import in_terminal, pasted

APP = ("-m", "screens.main", "--demo")
GERMAN = {"LANG": "de_DE.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "LANGUAGE": ""}
ENGLISH = {**GERMAN, "LANG": "en_GB.UTF-8"}
F1, F4, F5 = "\x1bOP", "\x1bOS", "\x1b[15~"
ESCAPE, CTRL_Q = "\x1b", "\x11"


@pytest.fixture
def in_germany(monkeypatch: pytest.MonkeyPatch) -> None:
    """A German locale."""
    for name, value in GERMAN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def german() -> Iterator[None]:
    """The screens of this process are German."""
    language.use("de")
    yield
    language.use("en")


@pytest.mark.usefixtures("in_germany")
async def test_tabs_footer_help_and_explanations_are_german() -> None:
    async with in_terminal(*APP) as (terminal, process):
        await terminal.shows("Umkreis")
        await terminal.shows("mit freiem Anschluss")
        for text in ("Stationen", "Vorgänge", "Verlauf", "Hilfe", "Beenden"):
            await terminal.shows(text)
        await terminal.press(F1, "Hilfe: Stationen")
        await terminal.shows("Ladestationen um eine Position finden")
        await terminal.press(ESCAPE, "Umkreis")
        await terminal.press(F5, "testen mit")
        await terminal.press(pasted("193"), "EVCO-ID hat kein gültiges Zahlungsmittel")
        await terminal.shows("sagen    „Ihre Ladekarte ist in Ordnung")
        terminal.type(CTRL_Q)
        assert await process.wait() == 0


@pytest.mark.usefixtures("in_germany")
async def test_the_language_of_the_settings_wins_over_the_locale() -> None:
    path = default_path()
    path.parent.mkdir(parents=True)
    path.write_text('language = "en"\n', encoding="utf-8")
    async with in_terminal(*APP) as (terminal, process):
        await terminal.shows("Radius")
        await terminal.shows("Sessions")
        assert "Umkreis" not in terminal.screens
        assert "Vorgänge" not in terminal.screens
        terminal.type(CTRL_Q)
        assert await process.wait() == 0


# ------------------------------------------------------- what other programs and people read


def without_figures(found: Any) -> Any:
    """The value without times, ports and lengths of time, which differ from run to run."""
    match found:
        case dict():
            return {name: without_figures(value) for name, value in found.items()}
        case list():
            return [without_figures(value) for value in found]
        case str():
            return re.sub(r"\d+", "0", found)
        case int() | float() if not isinstance(found, bool):
            return 0
    return found


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("explain", "193", "--json"), 0),
        (("--demo", "send", "rfid-verify", '{"rfid": "04AAAAAA"}', "--json"), 1),
        (("check", "DE*8PS*9DC4AB*Y", "--json"), 1),
        (("send", "rfid-verify", "{}", "--profile", "none"), 2),
    ],
    ids=["explain", "send", "check", "wrong usage"],
)
async def test_a_command_says_the_same_in_a_german_locale(
    words: tuple[str, ...], status: int
) -> None:
    german, english = [await run(*words, environ=environ) for environ in (GERMAN, ENGLISH)]
    assert (german.status, english.status) == (status, status)
    assert shown(german) == shown(english)


def shown(ran: Ran) -> tuple[Any, str]:
    """What a command printed: JSON, or the complaint."""
    return (without_figures(ran.json) if ran.out else None, without_figures(ran.err))


async def logged(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], radius: str) -> set[str]:
    """The lines of the log after a start of the app, a search and a card that is not known."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    async with in_terminal(*APP, "--log-level", "info") as (terminal, process):
        await terminal.shows(radius)
        await terminal.shows("Parkplatz Behrenstraße 164")
        await terminal.press(F4, "UID")
        await terminal.press(pasted("04AAAAAAAAAA80"), "rfid-verify")
        await terminal.press("\r", "191")
        terminal.type(CTRL_Q)
        assert await process.wait() == 0
    return taken_from_the_log()


def taken_from_the_log() -> set[str]:
    """The lines of the log, which is deleted."""
    (log,) = Path(os.environ["XDG_STATE_HOME"]).rglob(FILE)
    text = log.read_text(encoding="utf-8")
    log.unlink()
    return {str(without_figures(line)) for line in text.splitlines()}


async def test_the_log_is_the_same_in_a_german_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    german = await logged(monkeypatch, GERMAN, "Umkreis")
    english = await logged(monkeypatch, ENGLISH, "Radius")
    assert any("rfid-verify: refused" in line for line in german), german
    assert german == english


@pytest.mark.usefixtures("german")
async def test_exports_and_notes_are_in_english() -> None:
    refused = {"result": {"code": 320, "message": "EVSE occupied"}}
    busy = answer(503, {"error": "busy"}, headers={"Retry-After": "0"})
    for kept in (await answered(busy, answer(409, refused)), await answered(reset())):
        german = written_of(kept)
        with language.english():
            english = written_of(kept)
        assert german == english


def written_of(kept: KeptExchange) -> list[str]:
    """All that is exported or copied of an exchange."""
    copied = (note_text(kept), note_in_short(kept), curl_text(kept))
    return [*(as_text(form, [kept]) for form in FORMS), *copied]


# ------------------------------------------------------- reasons that are written down


def told(url: str) -> str:
    """Why no call may be sent to this URL."""
    with pytest.raises(EndpointError) as found:
        check_url(url)
    return str(found.value)


@pytest.mark.usefixtures("german")
def test_why_nothing_was_sent_is_written_down_in_english_and_shown_in_german() -> None:
    reasons = [
        told(""),
        told("https://user@a.example/"),
        told("http://a.example/"),
        told("https://a.example/?key=1"),
        no_key(load().profile("staging")),
        str(trouble_with("staging", "read", KeyringProblem.LOCKED, "")),
        str(trouble_with("staging", "stored", KeyringProblem.NO_KEYRING, "keyring found none")),
    ]
    language.use("en")
    assert [tr_kept(each) for each in reasons] == reasons
    assert reasons[0] == "The URL is empty."
    language.use("de")
    shown = [tr_kept(each) for each in reasons]
    english = re.compile(r"\b(the|is|be|or|and|with|give|of)\b")
    assert [each for each in shown if english.search(each)] == []
    assert shown[0] == "Die URL ist leer."
