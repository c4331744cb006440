"""The app in a browser: who is let in, and that no process outlives its page."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte
import pytest

from console.exit_status import ExitStatus
from console.options import Options, UsageError
from console.web.admission import Admission, Asked, is_loopback
from console.web.server import WebServer
from console.web.visitor import app_command, last_words
from screens.main import main
from tests.command_line import finish, run_here, start

TOKEN = "a-token"
KEY = "an-ordinary-key-0123456789"
PATIENCE = 60.0
SIZE = {"width": 120, "height": 40}
SHORT = ("-c", "print('__GANGLION__', flush=True); import sys; sys.stdin.read()")
"""A program in place of the app: it draws nothing, and ends with its input."""

LOCAL = Admission(TOKEN, frozenset({"127.0.0.1", "localhost", "[::1]"}))
OPEN = Admission(TOKEN, frozenset({"127.0.0.1", "kiosk"}), any_address=True)


# Who is let in


@pytest.mark.parametrize(
    ("rule", "asked", "is_let_in"),
    [
        (LOCAL, Asked("/a-token/", ["127.0.0.1:8080"]), True),
        (LOCAL, Asked("/a-token/static/x.js", ["localhost:8080"]), True),
        (LOCAL, Asked("/a-token/", ["LOCALHOST"]), True),
        (LOCAL, Asked("/a-token/", ["[::1]:8080"]), True),
        (LOCAL, Asked("/a-token/", ["localhost:9000"]), True),  # an SSH tunnel
        (LOCAL, Asked("/", ["127.0.0.1:8080"]), False),
        (LOCAL, Asked("/a-toke/", ["127.0.0.1:8080"]), False),
        (LOCAL, Asked("/a-token-/", ["127.0.0.1:8080"]), False),
        (LOCAL, Asked("/x/a-token/", ["127.0.0.1:8080"]), False),
        (LOCAL, Asked("/tökén/", ["127.0.0.1:8080"]), False),
        (LOCAL, Asked("/a-token/", ["evil.example:8080"]), False),
        (LOCAL, Asked("/a-token/", ["127.0.0.1.evil.example"]), False),
        (LOCAL, Asked("/a-token/", ["192.0.2.7:8080"]), False),
        (LOCAL, Asked("/a-token/", []), False),
        (LOCAL, Asked("/a-token/", ["127.0.0.1", "evil.example"]), False),
        (OPEN, Asked("/a-token/", ["192.0.2.7:8080"]), True),
        (OPEN, Asked("/a-token/", ["[2001:db8::7]:8080"]), True),
        (OPEN, Asked("/a-token/", ["kiosk:8080"]), True),
        (OPEN, Asked("/a-token/", ["evil.example:8080"]), False),
    ],
)
def test_a_request_needs_the_token_and_a_name_of_this_server(
    rule: Admission, asked: Asked, is_let_in: bool
) -> None:
    assert (rule.refusal(asked) is None) is is_let_in


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.0.0.1:8081", False),
        ("https://127.0.0.1:8080", False),
        ("http://localhost:8080", False),
        ("http://evil.example", False),
        ("null", False),
        (None, False),
    ],
)
def test_only_the_page_of_this_server_opens_the_websocket(
    origin: str | None, is_let_in: bool
) -> None:
    asked = Asked("/a-token/ws", ["127.0.0.1:8080"], origin, opens_socket=True)
    assert (LOCAL.refusal(asked) is None) is is_let_in


def test_an_address_that_other_machines_reach_is_known() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "192.0.2.7", "example.org", ""]))


# The server and its page


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        yield session


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    async with WebServer([sys.executable, *SHORT]) as running:
        yield running


async def status_of(client: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with client.get(url, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 200 or TOKEN not in await answer.text()
        return answer.status


async def test_nothing_is_told_without_the_token(
    client: aiohttp.ClientSession, server: WebServer
) -> None:
    top = server.url.rsplit("/", 2)[0]
    refused = set()
    for path in ("/", "/ws", "/static/js/textual.js", "/favicon.ico", "/nobody/", "/once/x"):
        async with client.get(top + path) as answer:
            refused.add((answer.status, await answer.text(), answer.headers["Server"]))
    assert len(refused) == 1
    assert next(iter(refused))[::2] == (403, "oioi-console")
    assert await status_of(client, server.url, Host="evil.example") == 403
    assert await status_of(client, f"{server.url}static/js/textual.js", Host="evil.example") == 403
    assert await status_of(client, f"{server.url}static/js/textual.js") == 200


async def test_the_page_loads_nothing_from_elsewhere(
    client: aiohttp.ClientSession, server: WebServer
) -> None:
    async with client.get(server.url) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert policy.startswith("default-src 'none';")
    assert re.findall(r"\w+://[^/\"]+", page) == [f"ws://{server.url.split('/')[2]}"]
    files = re.findall(r'(?:src|href|url)(?:="|\(")(static/[^"]+)', page)
    assert len(files) == 4
    for name in files:
        assert await status_of(client, server.url + name) == 200


async def test_another_page_opens_no_websocket(
    client: aiohttp.ClientSession, server: WebServer
) -> None:
    for origin in ("http://evil.example", None):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{server.url}ws", origin=origin)
        assert refused.value.status == 403
    assert apps_of(os.getpid()) == []


async def test_the_link_given_to_a_browsers_command_line_works_once(
    client: aiohttp.ClientSession, server: WebServer
) -> None:
    link = server.url_for_once()
    assert server.url.split("/")[3] not in link
    assert await status_of(client, link, Host="127.0.0.1") == 303
    assert await status_of(client, link, Host="127.0.0.1") == 403


async def test_the_link_without_its_last_character_leads_to_the_page(
    client: aiohttp.ClientSession, server: WebServer
) -> None:
    async with client.get(f"{server.url[:-1]}?fontsize=20") as answer:
        assert answer.status == 200
        assert str(answer.url) == f"{server.url}?fontsize=20"
    assert await status_of(client, server.url[:-1], Host="evil.example") == 403
    assert await status_of(client, server.url[:-2]) == 403


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 10_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nno colon\r\n\r\n",
        b"\x16\x03\x01 TLS\r\n\r\n",
    ],
    ids=["no host", "long", "no header", "tls"],
)
async def test_a_request_that_cannot_be_read_is_refused_and_not_reported(
    server: WebServer, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.split(":")[2][:5]))
    writer.write(head)
    answer = await asyncio.wait_for(reader.readline(), PATIENCE)
    writer.close()
    assert answer.split()[1] in (b"400", b"403")
    assert caplog.records == []


# The app behind it


class Page:
    """What a browser's page does: it draws what comes, and sends what is typed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._screen = pyte.Screen(SIZE["width"], SIZE["height"])
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    @property
    def is_closed(self) -> bool:
        return self._socket.closed

    async def until(self, text: str) -> None:
        """Draw what comes until it shows this."""
        async with asyncio.timeout(PATIENCE):
            while text not in self.text:
                message = await self._socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, self.text
                self._stream.feed(message.data.replace(b"\x1b[?2026$p", b""))

    async def until_closed(self) -> None:
        """Draw what comes until the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._stream.feed(message.data)

    async def type(self, keys: str) -> None:
        await self._socket.send_json(["stdin", keys])

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)

    async def close(self) -> None:
        await self._socket.close()


async def opened(client: aiohttp.ClientSession, url: str) -> Page:
    """A page of the app at this link."""
    origin = "/".join(url.split("/")[:3])
    return Page(await client.ws_connect(f"{url}ws", params=SIZE, origin=origin))


def apps_of(parent: int) -> list[int]:
    """The processes of the app that this process has started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(each) for each in children if b"screens" in words_of_process(int(each))]


def words_of_process(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    pause = 0.01
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.2)


async def until_gone(number: int) -> None:
    """Wait until the process has ended."""
    await until(lambda: not words_of_process(number))


@asynccontextmanager
async def web(*words: str, **environ: str) -> AsyncIterator[tuple[Any, str]]:
    """`oioi-console web` as a process of its own, and its link."""
    process = await start("web", *words, environ=environ)
    try:
        link = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()  # type: ignore[union-attr]
        yield process, link
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
pytestmark = needs_proc


async def test_a_visitor_searches_starts_and_stops_and_what_was_done_is_kept(
    client: aiohttp.ClientSession,
) -> None:
    async with WebServer(app_command(["--demo"])) as server:
        page = await opened(client, server.url)
        await page.until("127.0.0.1:")
        (app,) = apps_of(os.getpid())
        await page.type("\r")
        await page.until("stations ·")
        await page.until("s Start here")
        await page.type("s")
        await page.until("✔ EVSE ID")
        await page.type("\x1b[200~DE*8PS*9DC4AB*X\x1b[201~")
        await page.until("check digit X verifies")
        await page.type("\r")
        await page.until("1 session open")
        await page.until("x Stop")
        await page.type("x")
        await page.until("Stopped")
        await page.type("\x1bOR")
        await page.close()
        await until_gone(app)
    kept = (await run_here("sessions", "list", "--all", "--json")).json
    assert [each["state"] for each in kept] == ["stopped"]


async def test_each_tab_has_an_app_of_its_own_and_closing_one_leaves_the_other(
    client: aiohttp.ClientSession,
) -> None:
    async with WebServer(app_command(["--demo"])) as server:
        one = await opened(client, server.url)
        await one.until("F2 Stations")
        (first,) = apps_of(os.getpid())
        other = await opened(client, server.url)
        await other.until("F2 Stations")
        assert len(apps_of(os.getpid())) == 2
        await one.close()
        await until_gone(first)
        await other.type("\x1b[15~")
        await other.until("codes, HTTP statuses and failures")


async def test_an_open_session_survives_its_tab(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.web.visitor.END_WITHIN_S", 10 * PATIENCE)  # it is not killed
    async with WebServer(app_command(["--demo"])) as server:
        page = await opened(client, server.url)
        await page.until("127.0.0.1:")
        (app,) = apps_of(os.getpid())
        await page.type("\x1bOR")
        await page.until("Customer")
        await page.until("check digit X verifies")  # the demo's customer
        await page.type("\x1b[200~DE*SIM*E011\x1b[201~")
        await page.until("✔ EVSE ID")
        await page.type("\r")
        await page.until("1 session open")
        await page.close()
        await until_gone(app)
    kept = (await run_here("sessions", "list", "--json")).json
    assert [each["connector_id"] for each in kept] == ["DE*SIM*E011"]


async def test_what_is_no_message_of_the_page_ends_nothing(client: aiohttp.ClientSession) -> None:
    async with WebServer(app_command(["--demo"])) as server:
        page = await opened(client, server.url)
        await page.until("F2 Stations")
        for text in (
            *("", "[]", "{", "7", "[" * 100_000, '["stdin", 5]', '["stdin"]', '["focus"', "{}"),
            *('["resize"]', '["resize", {"width": -1, "height": 5}]', '["resize", [1, 2]]'),
        ):
            await page.send(text)
        await page.send('["stdin", "\\ud800"]')
        await page.type("\x1b[15~")
        await page.until("codes, HTTP statuses and failures")


async def test_an_app_that_dies_leaves_a_sentence(client: aiohttp.ClientSession) -> None:
    async with WebServer(app_command(["--demo"])) as server:
        page = await opened(client, server.url)
        await page.until("F2 Stations")
        (app,) = apps_of(os.getpid())
        os.kill(app, signal.SIGKILL)
        await page.until_closed()
        assert "OIOI Console ended unexpectedly (signal 9)." in page.text
        assert "F2 Stations" not in page.text


async def test_an_app_that_cannot_start_says_why(client: aiohttp.ClientSession) -> None:
    async with WebServer(app_command(["--profile", "nobody"])) as server:
        page = await opened(client, server.url)
        await page.until_closed()
        assert "(exit status 2)" in page.text
        assert "nobody" in page.text


async def test_quitting_says_that_it_has_ended(client: aiohttp.ClientSession) -> None:
    async with WebServer(app_command(["--demo"])) as server:
        page = await opened(client, server.url)
        await page.until("Ctrl+Q Quit")
        await page.type("\x11")
        await page.until_closed()
        assert page.text.split() == ["OIOI", "Console", "has", "ended."]


async def test_an_app_that_does_not_end_is_ended(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.web.visitor.END_WITHIN_S", 0.2)
    deaf = "import time; print('__GANGLION__', flush=True); 'screens'; time.sleep(600)"
    async with WebServer([sys.executable, "-c", deaf]) as server:
        page = await opened(client, server.url)
        await until(lambda: bool(apps_of(os.getpid())))
        (app,) = apps_of(os.getpid())
        await page.close()
        await until_gone(app)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_ending_the_server_ends_all_apps_and_says_so(
    client: aiohttp.ClientSession, number: signal.Signals
) -> None:
    async with web("--demo") as (process, link):
        page = await opened(client, link)
        await page.until("F2 Stations")
        (app,) = apps_of(process.pid)
        process.send_signal(number)
        await page.until_closed()
        assert "oioi-console web was ended" in page.text
        ran = await finish(process)
        assert words_of_process(app) == b""
        assert ran.status == ExitStatus.SUCCESS
        assert "Traceback" not in ran.err


async def test_an_app_whose_server_was_killed_ends_by_itself(
    client: aiohttp.ClientSession,
) -> None:
    async with web("--demo") as (process, link):
        page = await opened(client, link)
        await page.until("F2 Stations")
        (app,) = apps_of(process.pid)
        process.kill()
        await process.wait()
        await until_gone(app)


async def test_the_key_is_in_no_command_line_and_not_in_the_page(
    client: aiohttp.ClientSession,
) -> None:
    async with web("--endpoint", "http://127.0.0.1:9/", OIOI_API_KEY=KEY) as (process, link):
        async with client.get(link) as answer:
            assert KEY not in await answer.text()
        page = await opened(client, link)
        await page.until("key: environment")
        (app,) = apps_of(process.pid)
        words = words_of_process(app)
        assert b"--endpoint=http://127.0.0.1:9/" in words
        for text in (words, words_of_process(process.pid), page.text.encode()):
            assert KEY.encode() not in text


# The command line


def test_the_app_of_a_visitor_has_the_profile_options() -> None:
    from console.commands.web import words_of

    options = Options(profile="garage", read_only=True, log_level="debug", no_history=True)
    assert words_of(options) == [
        "--profile=garage",
        "--read-only",
        "--log-level=debug",
        "--no-history",
    ]
    assert words_of(Options(demo=True)) == ["--demo"]
    assert words_of(Options(presenter=True)) == ["--presenter"]
    assert words_of(Options()) == []


@pytest.mark.parametrize(
    "words", [("--presenter", "web", "--demo"), ("web", "--demo", "--presenter")]
)
def test_presenter_mode_is_handed_on(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[list[str]] = []

    def note(command: list[str], **how: Any) -> Any:
        made.append(command)
        raise UsageError("Enough.")

    monkeypatch.setattr("console.web.server.WebServer", note)
    assert main(words) == ExitStatus.USAGE
    assert made == [app_command(["--demo", "--presenter"])]


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    assert main(["web", "--demo"]) == ExitStatus.USAGE
    assert "pip install 'oioi-console[web]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "without TLS"),
        (["--host", "192.0.2.7"], "add --yes"),
        (["--profile", "nobody"], "nobody"),
        (["--port", "65536"], "65535"),
        (["word"], "options only"),
    ],
)
def test_what_is_not_meant_is_refused_before_anything_listens(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["web", *words]) == ExitStatus.USAGE
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


async def test_a_port_in_use_is_said(server: WebServer) -> None:
    port = server.url.split("/")[2].rpartition(":")[2]
    ran = await finish(await start("web", "--demo", "--port", port))
    assert ran.status == ExitStatus.NOT_GOOD
    assert f"port {port} of 127.0.0.1" in ran.err
    assert ran.err.count("\n") == 1


async def test_other_machines_are_let_in_with_a_warning() -> None:
    async with web("--demo", "--host", "0.0.0.0", "--yes") as (process, link):
        assert link.startswith("http://")
        process.send_signal(signal.SIGINT)
        ran = await finish(process)
        assert "There is no TLS" in ran.err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="they have a desktop")
async def test_without_a_desktop_no_browser_is_opened() -> None:
    async with web("--demo", "--open") as (process, _):
        process.send_signal(signal.SIGINT)
        assert "There is no desktop here" in (await finish(process)).err


def test_what_an_app_said_at_its_end_is_data() -> None:
    shown = last_words(70, b"\x1b]52;c;eA==\x07 <b>\n").decode()
    before, _, after = shown.partition("OIOI Console ended")
    assert "\x1b" in before
    assert "\x1b" not in after
    assert "\x07" not in after
    assert "<b>" in after
