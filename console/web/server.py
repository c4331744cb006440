"""The web server of `oioi-console web`: one page, its script, and a websocket for each visitor.

Everything is below a path that begins with the token, and passes `Admission` first. The script and
the fonts are those of textual-serve; the page is ours, because theirs loads a font from the net.

    CannotListen   the address or the port cannot be had; the text is one sentence
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.http import HttpProcessingError

from console import assets
from console.web.admission import Admission, Asked, in_url, is_loopback, new_token
from console.web.visitor import Visitor

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEARTBEAT_S = 15.0
"""Seconds between two questions whether the page is still there."""

MOST_PASTED = 4 * 1024 * 1024
"""Bytes of one message from the page."""

SIZES = range(1, 1001)
"""Columns and lines that a page may have."""

FONT_SIZES = range(8, 41)
FONT_SIZE = 16

ENDED_BY = ("SIGINT", "SIGTERM", "SIGHUP")


class CannotListen(OSError):
    """The address or the port cannot be had; the text is one sentence."""


class WebServer:
    """Serves the app that `command` starts. `async with` opens and closes it.

    At its end all visitors' processes are ended, and waited for.
    """

    def __init__(self, command: Sequence[str], *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._command = list(command)
        self._host = host.strip("[]")
        self._port = port
        own = {"127.0.0.1", "localhost", "[::1]"}
        is_open = not is_loopback(self._host)
        if is_open:
            own |= {socket.gethostname().lower()}
        names = frozenset({*own, in_url(self._host).lower()})
        self._admission = Admission(new_token(), names, any_address=is_open)
        self._once: str | None = None
        self._visitors: set[Visitor] = set()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The link that lets a visitor in."""
        host = socket.gethostname() if self._host in ("0.0.0.0", "::") else self._host
        return f"http://{in_url(host)}:{self._port}{self._admission.prefix}/"

    def url_for_once(self) -> str:
        """A link that works one time and leads to `url`, for the command line of a browser: other
        users of this machine can read that.
        """
        self._once = new_token()
        before, _, _ = self.url.partition(self._admission.prefix)
        return f"{before}/once/{self._once}"

    async def __aenter__(self) -> WebServer:
        app = web.Application(middlewares=[self._admit])
        app.on_response_prepare.append(_add_headers)
        app.on_shutdown.append(self._end_visitors)
        prefix = self._admission.prefix
        app.router.add_get(prefix, self._whole_link)
        app.router.add_get(f"{prefix}/", self._page)
        app.router.add_get(f"{prefix}/ws", self._socket)
        app.router.add_static(f"{prefix}/static", _static_files())
        self._runner = web.AppRunner(app, access_log=None, logger=_log, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise CannotListen(
                f"Cannot listen on port {self._port} of {self._host}: {error.strerror}."
            ) from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @web.middleware
    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request in, or answer with a sentence."""
        asked = Asked(
            request.path,
            request.headers.getall("Host", []),
            request.headers.get("Origin"),
            opens_socket=request.path.endswith("/ws"),
        )
        if self._once is not None and secrets.compare_digest(
            request.path.encode(), f"/once/{self._once}".encode()
        ):
            self._once = None
            raise web.HTTPSeeOther(f"{self._admission.prefix}/")
        if refusal := self._admission.refusal(asked):
            return web.Response(status=403, text=f"{refusal}\n")
        return await handler(request)

    async def _whole_link(self, request: web.Request) -> web.Response:
        """Lead on who has copied the link without its last character."""
        raise web.HTTPSeeOther(
            request.url.with_path(f"{request.path}/", keep_query=True).relative()
        )

    async def _page(self, request: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        page = Template(assets.read_text("browser.html")).substitute(
            socket=f"ws://{request.host}{self._admission.prefix}/ws",
            font_size=_number(request.query.get("fontsize", ""), FONT_SIZES, FONT_SIZE),
            nonce=nonce,
        )
        policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}';"
            f" connect-src ws://{request.host}; style-src 'self' 'unsafe-inline';"
            " font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the app for as long as the page is open."""
        page = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MOST_PASTED)
        await page.prepare(request)

        async def close() -> None:
            await page.close()

        visitor = Visitor(
            self._command, write=page.send_bytes, write_text=page.send_str, close=close
        )
        self._visitors.add(visitor)
        try:
            await visitor.start(
                _number(request.query.get("width", ""), SIZES, 80),
                _number(request.query.get("height", ""), SIZES, 24),
            )
            await _listen(page, visitor)
        finally:
            await visitor.stop()
            self._visitors.discard(visitor)
        return page

    async def _end_visitors(self, app: web.Application) -> None:
        await asyncio.gather(*(each.stop(server_ends=True) for each in self._visitors))


async def _listen(page: web.WebSocketResponse, visitor: Visitor) -> None:
    """Hand on what the page sends until it is closed. What is no message of ours is dropped."""
    async for message in page:
        if message.type is not WSMsgType.TEXT:
            continue
        with suppress(ValueError, RecursionError):  # it is no JSON, or nested too deep
            await _hand_on(json.loads(message.data), page, visitor)


async def _hand_on(message: Any, page: web.WebSocketResponse, to: Visitor) -> None:
    match message:
        case ["stdin", str(typed), *_]:
            await to.send_bytes(typed.encode("utf-8", "replace"))
        case ["resize", {"width": int(width), "height": int(height)}, *_]:
            if width in SIZES and height in SIZES:
                await to.set_terminal_size(width, height)
        case ["ping", sent, *_]:
            await page.send_json(["pong", sent])
        case ["focus", *_]:
            await to.focus()
        case ["blur", *_]:
            await to.blur()


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    """Whether aiohttp reports more than a request that it could not read, which anybody can send
    before the link is looked at; it has answered that with 400.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


_log = logging.getLogger(__name__)
_log.addFilter(_is_fault_of_ours)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Keep the link to this page: no other server is told of it, no cache holds what is below."""
    response.headers["Server"] = "oioi-console"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _static_files() -> Path:
    """The folder of textual-serve's script, stylesheet and fonts."""
    found = find_spec("textual_serve")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static"


def _number(text: str, allowed: range, default: int) -> int:
    """A number from the query of a URL, or the default."""
    return int(text) if text.isascii() and text.isdecimal() and int(text) in allowed else default


@asynccontextmanager
async def until_told_to_end() -> AsyncIterator[asyncio.Event]:
    """An event that is set by the signals that end a program."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = [getattr(signal, name) for name in ENDED_BY if hasattr(signal, name)]
    with suppress(NotImplementedError):  # Windows: Ctrl+C cancels what waits
        for number in numbers:
            loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)


async def serve(server: WebServer, ready: Callable[[WebServer], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; `ready` is called once visitors can come.

    Raises CannotListen.
    """
    async with until_told_to_end() as told, server:
        ready(server)
        await told.wait()
