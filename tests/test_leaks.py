"""After a whole day's work no secret is on the terminal, in an output or in a file of ours.

The day: a key put into a real keyring, every call sent to a server that gives back all it was
sent in every spelling it can think of, the app on a terminal of its own, crashes, and everything
logged at level debug.
"""

import asyncio
import base64
import html
import json
import re
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from textual.widgets import Input

from console.keys import Keys
from console.settings import Kind, Profile, Settings, default_path
from screens.app import OioiConsoleApp
from screens.dialogs import KeySetup
from screens.widgets.session_card import SessionCard
from tests.app_fixtures import Started, start_session, started
from tests.command_line import Ran, finish, run
from tests.keyring_fixtures import RealKeyring, own_home, real_keyring
from tests.raw_server import RawServer, Recorded, Step, answer, raw_bytes
from tests.screen import paste, screen_text, until, until_shown
from tests.spelled import read_off
from tests.terminal import CHECKOUT, CONTROLS, Terminal, in_terminal, pasted

__all__ = ["own_home", "real_keyring", "started"]

NOT_READ = re.compile(CONTROLS.pattern + rb"|\xe2[\x94-\x96].|\s", re.DOTALL)
"""Controls, blanks, and the characters that frames and bars are drawn with (U+2500 to U+25BF)."""
KEY = 'K3y+/9=Q"w\\z%25-Tail7c88'
"""Nothing in it that a header could not carry, and much that is escaped somewhere."""

SECRETS = {
    "key": KEY,
    "token": 'a T0ken"of\\a/user+1=%41&',
    "password": 'pass\'word<"with">\\quotes',
    "partner-identifier": "pärtner/+identifier=0815%7E",
}

# ------------------------------------------------------------ looking for secrets


def spellings(secret: str) -> Iterator[str]:
    """Every form in which somebody who finds it could read the secret off."""
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, in_json.replace("/", "\\/"), json.dumps(in_json)[1:-1])
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield from (repr(secret)[1:-1], repr(repr(secret))[2:-2], repr(secret.encode())[2:-1])
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), quote(quote(secret)))
    yield from (html.escape(secret), html.escape(secret, quote=False), secret.encode().hex())
    for before in ("", "k", "ke"):  # the three ways in which base64 may divide it
        whole = base64.b64encode((before + secret).encode()).decode().rstrip("=")
        middle = whole[4 if before else 0 : -2]
        yield from (middle, middle.replace("+", "-").replace("/", "_"))


def found_in(data: bytes) -> set[str]:
    """The names of the secrets that can be read off `data`, whatever its encoding and case.

    Colours, cursor movements, frames and line breaks within a secret hide it from nobody.
    """
    lowered = data.lower()
    read = NOT_READ.sub(b"", lowered)
    return {
        name
        for name, secret in SECRETS.items()
        for spelling in map(str.lower, spellings(secret))
        if any(spelling.encode(encoding) in lowered for encoding in ("utf-16-le", "utf-16-be"))
        or spelling.encode() in lowered
        or NOT_READ.sub(b"", spelling.encode()) in read
    }


def files_of_ours(home: Path) -> dict[str, bytes]:
    """Every file under a home by its path, but the keyring's own."""
    keyrings = home / "data" / "keyrings"
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and keyrings not in path.parents
    }


@pytest.mark.parametrize("name", SECRETS)
def test_the_search_finds_what_there_is_to_find(name: str) -> None:
    secret = SECRETS[name]
    texts = [
        f"Authorization: key={secret}",
        json.dumps({"inner": json.dumps({"x": secret})}),
        quote(f"https://x.example/?key={secret}").lower(),
        base64.b64encode(f"key={secret}".encode()).decode(),
        base64.urlsafe_b64encode(f"user:{secret}".encode()).decode(),
        str(KeyError(f"no {secret}")),
        f"key={secret}".encode().hex().upper(),
    ]
    assert [found_in(text.encode()) for text in texts] == [{name}] * len(texts)
    assert found_in(f"key={secret}".encode("utf-16")) == {name}
    half = len(secret) // 2
    assert found_in(f"{secret[:half]}\x1b[1;31m │\r\n│ {secret[half:]}".encode()) == {name}
    assert found_in(b"nothing of the kind") == set()


# ------------------------------------------------------------ a server that tells everything


def gossip(request: Recorded) -> str:
    """Each secret that came with a request, as it is and in the encodings servers use."""
    came = [KEY, *(secret for secret in SECRETS.values() if secret in _texts(request.json))]
    return " ".join(encoded for secret in came for encoded in _encoded(secret))


def _encoded(secret: str) -> Iterator[str]:
    yield secret
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    yield from (html.escape(secret), html.escape(secret, quote=False))
    for text in (secret, f"key={secret}", f"somebody:{secret}"):
        yield base64.b64encode(text.encode()).decode()
        yield base64.urlsafe_b64encode(text.encode()).decode()
    yield from (secret.encode().hex(), secret.encode().hex().upper(), secret.encode().hex(":"))
    yield "".join(f"\\u{ord(char):04x}" for char in secret)
    yield "".join(f"&#{ord(char)};" for char in secret)
    yield "".join(f"%{byte:02x}" for byte in secret.encode())
    yield base64.b64encode(f"key={secret}".encode("utf-16")).decode()
    yield secret.swapcase()


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def as_refusal(request: Recorded) -> Step:
    said = gossip(request)
    body = {"result": {"code": 220, "message": said}, "request": request.json, said: said}
    headers = {"X-Key": quote(KEY), "WWW-Authenticate": f"key={KEY}", "Location": f"/?{KEY}"}
    raw = json.dumps(body, ensure_ascii=False).encode()
    return answer(403, raw=raw, headers=headers, reason=f"Not with {KEY}")


def as_success(request: Recorded) -> Step:
    said = gossip(request)
    body = {
        "stations": [{"id": 1, "name": said, "latitude": 52.5, "longitude": 13.4, "token": KEY}],
        next(iter(request.json)): {"success": True, "session-id": said, "is-stoppable": True},
        "result": {"code": 0, "message": said},
    }
    head = base64.b64encode(request.head).decode()
    return answer(body=body, headers={"Set-Cookie": f"key={KEY}", "X-Head": head})


def as_page(request: Recorded) -> Step:
    said, head = gossip(request), html.escape(request.head.decode())
    sent = json.dumps(request.json).replace("/", "\\/")
    page = f"<html><title>{said}</title><pre>{head}</pre><script>{sent}</script></html>"
    return answer(404, raw=page.encode())


def as_utf_16(request: Recorded) -> Step:
    body = json.dumps({"error": {"message": gossip(request)}})
    return answer(400, raw=body.encode("utf-16"))


def cut_off(request: Recorded) -> Step:
    """The connection ends in the middle of the key."""
    body = f"{gossip(request)} {KEY[:-3]}".encode()
    return raw_bytes(b"HTTP/1.1 409 No\r\nContent-Length: 100000\r\n\r\n" + body)


def as_no_http(request: Recorded) -> Step:
    """This ends up in the message of an exception, which quotes it."""
    return raw_bytes(f"{KEY} {gossip(request)}\r\n\r\n".encode())


KINDS = (as_refusal, as_success, as_page, as_utf_16, cut_off, as_no_http)


@asynccontextmanager
async def telltale() -> AsyncIterator[RawServer]:
    """A server that gives back what it was sent; each call goes through all `KINDS` in turn."""
    met: Counter[str] = Counter()

    async def step(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = server.requests[-1]
        call = next(iter(request.json))
        kind = KINDS[met[call] % len(KINDS)]
        met[call] += 1
        await kind(request)(reader, writer)

    async with RawServer(step) as server:
        yield server


# ------------------------------------------------------------ the day


SEARCH = "station-get-by-center-radius"
CALLS = (
    f"{SEARCH} station-get-by-ids station-get-surface station-get-usage"
    " station-usage station-post connector-post-status session-start session-stop session-post"
    " reservation-start reservation-stop rfid-verify rfid-post tariffs-get-by-station-ids"
    " user-verify user-add-rfid user-get-details user-get-charging-keys user-get-bills"
).split()

FIELDS = {
    "user": {
        "identifier-type": "username",
        "identifier": "somebody",
        "token": SECRETS["token"],
        "password": SECRETS["password"],
    },
    "partner-identifier": SECRETS["partner-identifier"],
}
BY_TOKEN = {"user": {"identifier-type": "token", "identifier": SECRETS["token"]}}

MANY_COMMANDS = """
import json, sys
from screens.main import main
for words in json.load(sys.stdin):
    main(words)
"""


async def every_call() -> Ran:
    """Each call twice, in words and as JSON, with everything logged."""
    more = ["--profile", "bench", "--log-level", "debug"]
    words = [
        ["send", call, json.dumps(fields), *form, *more]
        for call in CALLS
        for form, fields in (([], FIELDS), (["--json"], BY_TOKEN))
    ]
    words += [["doctor", *more], ["doctor", "--json", *more], ["key", "status", *more]]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MANY_COMMANDS, cwd=CHECKOUT, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    return await finish(process, json.dumps(words).encode())


async def a_day_in_the_app(server: RawServer) -> Terminal:
    """Searches answered in every way, and a start with a token; what the terminal got."""
    words = ("-m", "screens.main", "--profile", "bench", "--log-level", "debug")
    async with in_terminal(*words) as (terminal, process):
        await terminal.shows("Stations")
        before = sum(SEARCH in each.json for each in server.requests)
        for number in range(before, before + len(KINDS)):
            shown = SHOWN[KINDS[number % len(KINDS)]]
            await terminal.press("\r", then=f"last {shown}")
        await terminal.press("\x1b[20~", then="request")  # F9
        await terminal.press("\x1b[20~", then="Near")
        await terminal.press("\x1bOR", then="Connector")  # F3
        await terminal.press(pasted("DE*DEM*E100008*1"), then="100008")
        terminal.type("\t")
        await terminal.press(pasted("DE*8PS*9DC4AB*X"), then="9DC4AB")
        terminal.type("\t\t")
        await terminal.press(pasted(SECRETS["token"]), then="•" * 12)
        await terminal.press("\r", then="Not started")
        await terminal.press("\x11", then="\x1b[?1049l")  # Ctrl+Q, back from the other screen
        await terminal.closed()
        assert await process.wait() == 0
    return terminal


SHOWN = {
    as_refusal: "403",
    as_success: "200",
    as_page: "404",
    as_utf_16: "400",
    cut_off: "truncated",
    as_no_http: "not-http",
}

IN_A_MESSAGE = """
from screens.pages.stations import StationsPage
def crash(self, ticket, exchange):
    key = self.context.connection.key.value
    raise ValueError({"key": key})
StationsPage.exchange_changed = crash
"""
IN_A_WORKER = """
from console.oioi.http.client import OioiClient
async def crash(self, call, observe=None, **more):
    key = f"key={self._key}"
    raise LookupError(key)
OioiClient.send = crash
"""
RUN = "\nimport sys\nfrom screens.main import main\nsys.exit(main(sys.argv[1:]))"


async def a_crash(code: str) -> Terminal:
    """The app with a fault in it, and a search; what the terminal got."""
    async with in_terminal("-c", code + RUN, "--profile", "bench") as (terminal, process):
        await terminal.shows("Stations")
        await terminal.press("\r", then="Traceback")
        await terminal.closed()
        assert await process.wait() == 70
    return terminal


def bench(url: str) -> None:
    """Settings with a profile for this server."""
    path = default_path()
    path.parent.mkdir(parents=True)
    path.write_text(f'[profiles.bench]\nurl = "{url}"\nkind = "test"\nattempts = 1\n')


@pytest.mark.timeout(600)  # it starts seventy programs
async def test_after_a_days_work_no_secret_is_anywhere(
    own_home: Path, real_keyring: RealKeyring
) -> None:
    async with telltale() as server:
        bench(server.url)
        stored = await run("key", "set", "--profile", "bench", stdin=KEY.encode())
        assert stored.status == 0
        sent = await every_call()
        assert len(server.requests) >= 2 * len(CALLS)
        assert server.requests[0].headers["authorization"] == f"key={KEY}"
        terminal = await a_day_in_the_app(server)
        crashes = [await a_crash(code) for code in (IN_A_MESSAGE, IN_A_WORKER)]
    shown = [each.everything.decode() for each in (terminal, *crashes)]

    for output in (sent.out, sent.err, *shown):
        assert "7c88" in output, "the key was spoken of, masked"
        assert found_in(output.encode()) == set()
    files = files_of_ours(own_home)
    log = next(text for name, text in files.items() if name.endswith("console.log")).decode()
    assert "session-start" in log
    assert "ValueError" in log
    assert {name: found_in(data) for name, data in files.items() if found_in(data)} == {}
    assert not any(found_in(name.encode()) for name in files)


@pytest.mark.parametrize("code", [IN_A_MESSAGE, IN_A_WORKER], ids=["message", "worker"])
async def test_a_crash_shows_where_it_was_and_no_values(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual's own traceback has a box with the local variables of every frame."""
    monkeypatch.setenv("OIOI_API_KEY", KEY)
    async with telltale() as server:
        bench(server.url)
        terminal = await a_crash(code)
    after = CONTROLS.sub(b"", terminal.output.partition(b"\x1b[?1049l")[2]).decode()
    assert after.count("Traceback (most recent call last)") == 1
    assert "in crash" in after
    assert "••••7c88" in after
    assert "console.log" in after
    assert "─ locals ─" not in after
    assert found_in(terminal.everything) == set()


async def test_a_key_that_is_typed_cannot_be_copied() -> None:
    """A terminal hands what is copied to every program; the field hides it for a reason."""
    profile = Profile("bench", "http://127.0.0.1:9/api", Kind.TEST)
    app = OioiConsoleApp(profile, Keys(environ={}), Settings())
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(KeySetup(profile, app.context.keys))
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.password)
        await paste(pilot, KEY)
        for keys in (["ctrl+shift+a", "ctrl+c"], ["ctrl+shift+a", "ctrl+x"]):
            await pilot.press(*keys)
            assert app.clipboard == ""


# ------------------------------------------------------------ in escapes, at every mouth

UUID_KEY = "a39ff3fb-fe0a-4c11-9d35-3d7f2a917c88"
ESCAPED = {
    "one escape": UUID_KEY.replace("-", "\\u002d", 1),
    "all escapes": "".join(f"\\u{ord(char):04X}" for char in UUID_KEY),
    "a text in JSON": UUID_KEY.replace("-", "\\\\u002d"),
    "a URL in JSON": UUID_KEY.replace("-", "\\u00252D"),
    "entities": UUID_KEY.replace("-", "&#45;"),
    "a UUID of capitals": UUID_KEY.replace("-", "").upper(),
}
"""As they stand in the bytes of a JSON text."""


def escaped(spelled: str, *, taken: bool) -> Step:
    """An answer with the key, spelled so, wherever a text may stand."""
    body = {
        "stations": [
            {"id": 7, "name": "KEY", "latitude": 52.5, "longitude": 13.4, "KEY": "KEY",
             "connectors": [{"id": "KEY", "status": "Available", "name": "Type2"}]}
        ],
        "session-start": {"success": True, "session-id": "KEY", "is-stoppable": True},
        "result": {"code": 0 if taken else 320, "message": "not with KEY"},
        "note": json.dumps({"KEY": "KEY", "token": "hunter2"}),
    }  # fmt: skip
    raw = json.dumps(body).replace("KEY", spelled).replace("token", "\\u0074oken").encode()
    headers = {"Location": f"https://x.example/{spelled}", f"X-{spelled[:6]}": spelled}
    return answer(200 if taken else 409, raw=raw, headers=headers)


@pytest.mark.parametrize("spelling", ESCAPED)
async def test_a_key_in_escapes_is_not_printed(spelling: str, own_home: Path) -> None:
    """In words, as JSON, in what is logged, and in the headers of a redirect."""
    steps = [escaped(ESCAPED[spelling], taken=taken) for taken in (True, False)]
    redirect = answer(302, headers={"Location": f"https://x/{ESCAPED[spelling]}"})
    async with RawServer(*steps, *steps, redirect) as server:
        bench(server.url)
        for form in ([], [], ["--json"], ["--json"], ["--json"]):
            ran = await run(
                *("send", "station-get-by-ids", '{"station-ids": ["7"]}', *form),
                *("--profile", "bench", "--log-level", "debug"),
                environ={"OIOI_API_KEY": UUID_KEY},
            )
            assert not read_off(UUID_KEY, ran.out + ran.err, levels=3), ran.out
            assert "hunter2" not in ran.out + ran.err
    assert not any(
        read_off(UUID_KEY, data.decode(errors="replace"), levels=2)
        for data in files_of_ours(own_home).values()
    )


@pytest.mark.parametrize("spelling", ESCAPED)
async def test_a_key_in_escapes_is_not_on_the_screen(spelling: str, started: Started) -> None:
    """In the table, the detail, the exchange, a session's card, what is copied, the last line."""
    seen: list[str] = []
    async with (
        RawServer(escaped(ESCAPED[spelling], taken=True)) as server,
        started(url=server.url, key=UUID_KEY) as pilot,
    ):
        app = pilot.app
        await pilot.press("enter")
        await until(pilot, lambda: "7c88" in screen_text(app).replace("key=••••7c88", ""))
        seen.append(screen_text(app))
        for keys in (["enter"], ["c"], ["f9"], ["f9"]):
            await pilot.press(*keys)
            await pilot.pause(0.1)
            seen += [screen_text(app), app.clipboard]
        await start_session(pilot, "DE*DEM*E100008*1", "DE*8PS*9DC4AB*X")
        await until(pilot, lambda: bool(app.query(SessionCard)))
        await until_shown(pilot, "7c88")
        seen.append(screen_text(app))
        await pilot.press("f9")
        await pilot.pause(0.1)
        seen.append(screen_text(app))
        app.leave()  # type: ignore[attr-defined]
        seen += [str(line) for line in app._exit_renderables]
    text = "\n".join(seen)
    assert not read_off(UUID_KEY, text, levels=3), text
    assert "hunter2" not in text


async def test_a_key_in_use_is_copied_masked() -> None:
    app = OioiConsoleApp(
        Profile("bench", "http://127.0.0.1:9/api", Kind.TEST),
        Keys(environ={"OIOI_API_KEY": KEY}),
        Settings(),
    )
    async with app.run_test(size=(120, 40)):
        await app.connection.find_key()
        app.copy_to_clipboard(f"DE*DEM*E100008*1 {json.dumps(KEY)}")
        assert app.clipboard == 'DE*DEM*E100008*1 "••••7c88"'
        app.copy_to_clipboard("".join(f"\\u{ord(char):04x}" for char in KEY))
        assert app.clipboard == "••••7c88"
