"""The simulated world over HTTP, as the protocol page describes an OIOI server.

One address, POST, `Authorization: key=...`, `Content-Type: application/json`, and a JSON object
with one member that names the call. Only on 127.0.0.1.

    async with Simulator(World()) as simulator:
        ...  # simulator.url

Errors: `PortTaken`, an OSError, if the port cannot be used.
"""

import asyncio
import errno
import json
import logging
import re
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from console.simulator.envelope import envelope_of
from console.simulator.replies import ConnectionFault, Refusal, Reply, refused
from console.simulator.world import World

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

HOST = "127.0.0.1"
PATH = "/api/v4/request"
HEALTH = "/health"
"""A path that answers 200 as soon as calls are answered, for scripts that wait for the server."""

LARGEST_BODY = 1024 * 1024
_KEY = re.compile(r"key=(\S+)", re.ASCII)
_TRANSPORT = "oioi.transport"

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # else it would write over a running app


class PortTaken(OSError):
    """The port cannot be used. The text is one sentence for the user who chose it."""

    def __str__(self) -> str:
        return str(self.strerror)


class Simulator:
    """An OIOI server on 127.0.0.1, in the caller's event loop. Port 0 means any free port."""

    def __init__(self, world: World, *, port: int = 0) -> None:
        self._app = app(world)
        self._port = port
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The URL for calls. With port 0 it is known only after the start."""
        return f"http://{HOST}:{self._port}{PATH}"

    async def start(self) -> None:
        """Listen. Returns as soon as calls are answered. Raises PortTaken."""
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        self._server = _Server(_config(self._app))
        self._task = asyncio.create_task(_serve(self._server, listener))
        ready = asyncio.create_task(self._server.ready.wait())
        try:
            await asyncio.wait((ready, self._task), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        finally:
            ready.cancel()
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """Stop listening and end all running calls, within a second even if a call is stalled."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        for transport in list(self._app.state.waiting):
            transport.abort()
        await self._task
        self._server = self._task = None

    async def __aenter__(self) -> "Self":
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: "type[BaseException] | None",
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        await self.stop()


def run_forever(world: World, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `on_ready` gets the URL. Raises PortTaken."""
    with suppress(KeyboardInterrupt):  # on Windows, where a loop cannot handle signals
        asyncio.run(_until_told(Simulator(world, port=port), on_ready))


async def _until_told(simulator: Simulator, on_ready: Callable[[str], None]) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    async with simulator:
        on_ready(simulator.url)
        await told.wait()


def app(world: World) -> Starlette:
    """The server as an ASGI application.

    `state.waiting` holds the connections that wait for their client or stall on purpose, so that
    `Simulator.stop` can end them.
    """
    face = Starlette(
        routes=[
            Route(PATH, _answer, methods=["POST"]),
            Route(HEALTH, _healthy, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _not_here, Exception: _broken},
    )
    face.router.redirect_slashes = False
    face.state.world = world
    face.state.waiting = set()
    return face


async def _answer(request: Request) -> Response:
    """The only endpoint: check the request as the page describes it, then let the world answer."""
    world: World = request.app.state.world
    try:
        key = _key(request)
        _require_json(request)
        call, fields = envelope_of(await _body(request))
    except Refusal as refusal:
        return _response(refusal.reply)
    except ClientDisconnect:
        return Response(status_code=400)  # not sent: the client has gone, or the server stops
    await asyncio.sleep(world.latency)
    return _response(world.answer(call, fields, key=key))


async def _healthy(request: Request) -> Response:
    """The answer of a server that is ready."""
    return Response("ok", media_type="text/plain")


def _key(request: Request) -> str:
    """The API key; 210 unless the header is exactly of the form `key=<key>`."""
    header = request.headers.get("authorization", "")
    match = _KEY.fullmatch(header)
    if match is None:
        raise Refusal("210", "the Authorization header must be: key=<your API key>")
    return match[1]


def _require_json(request: Request) -> None:
    # Plugsurfing is reported to refuse a charset suffix (PROTOCOL.md 1.5): so do we.
    if request.headers.get("content-type", "").lower() != "application/json":
        raise Refusal("230", "the Content-Type header must be: application/json", 415)


async def _body(request: Request) -> bytes:
    """The whole body. Refusal: 230 with HTTP 413 if it is larger than the server accepts."""
    too_large = Refusal("230", f"the body may have at most {LARGEST_BODY} bytes", 413)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise too_large
    body = bytearray()
    with _waiting(request.scope):
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise too_large
    return bytes(body)


async def _not_here(request: Request, error: Exception) -> Response:
    """The answer to a wrong path or method."""
    assert isinstance(error, HTTPException)
    detail = f"{request.method} {request.url.path}: only POST {PATH} is answered here"
    allow = (("allow", "POST"),) if error.status_code == 405 else ()
    reply = refused("200", detail, error.status_code)
    return _response(Reply(reply.status, reply.body, (*reply.headers, *allow)))


async def _broken(request: Request, error: Exception) -> Response:
    """The boundary for faults of this program: the client gets the answer of a failed server."""
    _log.error("The simulator failed", exc_info=error)
    return _response(refused("100", "the simulator failed; its log says more", 500))


def _response(reply: Reply) -> Response:
    body = reply.body
    if isinstance(body, dict):
        # A lone surrogate, which JSON allows and UTF-8 does not, must not break the answer.
        body = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    if reply.wire is not None:
        return _BrokenConnection(body, reply.wire)
    return Response(body, reply.status, dict(reply.headers))


class _BrokenConnection(Response):
    """An answer that goes wrong on the connection itself, below HTTP."""

    def __init__(self, body: bytes, wire: ConnectionFault) -> None:
        super().__init__(body)
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get("extensions", {}).get(_TRANSPORT)
        if transport is None:
            raise RuntimeError("this fault needs a connection that only Simulator provides")
        _break_connection(transport, self._wire, bytes(self.body))
        with _waiting(scope):
            while (await receive())["type"] != "http.disconnect":
                pass


def _break_connection(transport: asyncio.Transport, wire: ConnectionFault, body: bytes) -> None:
    """Make the connection fail as `wire` says. Up to half of `body`, the answer, may be sent."""
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n"
    half = head.format(len(body)).encode() + body[: len(body) // 2]
    match wire:
        case ConnectionFault.STALL:
            pass
        case ConnectionFault.STALL_IN_BODY:
            transport.write(half)
        case ConnectionFault.CUT:
            transport.write(half)
            transport.close()
        case ConnectionFault.GARBAGE:
            transport.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
            transport.close()
        case ConnectionFault.CLOSE:
            transport.close()
        case ConnectionFault.RESET:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger(sys.platform))
            transport.abort()


def no_linger(platform: str) -> bytes:
    """The value of SO_LINGER with a time of zero, which makes closing a reset (socket(7)).

    Its two members are `u_short` on Windows (winsock.h) and `int` elsewhere.
    """
    return struct.pack("HH" if platform == "win32" else "ii", 1, 0)


@contextmanager
def _waiting(scope: Scope) -> Iterator[None]:
    """Until the block ends, `Simulator.stop` ends this connection at once."""
    transport = scope.get("extensions", {}).get(_TRANSPORT)
    waiting: set[asyncio.Transport] = scope["app"].state.waiting
    if transport is not None:
        waiting.add(transport)
    try:
        yield
    finally:
        waiting.discard(transport)


class _Protocol(H11Protocol):
    """uvicorn's HTTP protocol, but the application can reach the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for sockets made for TCP by name, which `create_server`'s are
        # not; without it an answer's body waits 40 ms for the client to acknowledge its head.
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = self.app

        async def reaching(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = reaching


class _Server(uvicorn.Server):
    """A uvicorn server that runs in an existing event loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do not handle SIGINT and SIGTERM: the program that runs this server does."""
        yield


def _config(face: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        face,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL,  # uvicorn would report our faults as its own
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )


async def _serve(server: _Server, listener: socket.socket) -> None:
    """Serve until it is told to stop, or cancelled: then uvicorn leaves its sockets open."""
    with listener:
        await server.serve(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = "another program uses it; choose another one, or 0 for any"
        elif error.errno in (errno.EACCES, errno.EPERM):
            why = "this user may not use it; choose one above 1023, or 0 for any"
        else:
            raise
        raise PortTaken(error.errno, f"Cannot listen on port {port} of {HOST}: {why}.") from error
