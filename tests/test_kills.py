"""The program is killed (SIGKILL) at each step of a start and of a stop, and what is left is true.

A proxy between the program and the simulator kills the program at a step of the exchange. What the
simulator did is compared with what `sessions list` and `history list` say afterwards.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import pytest

from console.simulator.server import Simulator
from console.simulator.world import World
from screens.main import main
from tests.command_line import KEY, START, start
from tests.terminal import in_terminal, pasted

EVSE, CUSTOMER = "DE*DEM*E100008*1", "DE*8PS*9DC4AB*X"
STOP = json.dumps(
    {
        "user": {"identifier-type": "evco-id", "identifier": CUSTOMER},
        "connector-id": EVSE,
    }
)
STEPS = ("connected", "first-byte", "request", "carried-out", "half-answer", "answer")
"""Where the program is killed: the last three after the server has carried the command out."""

THOROUGH = os.environ.get("OIOI_KILLS") == "all"
"""192 kills instead of 93, which take three minutes more."""

AFTER_MS = (0, 1, 3, 6, 10, 30, 60) if THOROUGH else (0, 3, 30)
AFTER_MS_IN_APP = (0, 3, 30) if THOROUGH else (0, 30)
"""How long after the step it is killed, in milliseconds."""

AT_MS = range(100, 700, 20 if THOROUGH else 40)
"""How long after its start `send` is killed, in milliseconds."""

Told = Callable[..., Awaitable[Any]]

OPEN = {"starting", "plug-in", "accepted", "charging-reported", "charging", "unknown"}
STOPPED = {"stopping", "stop-unknown", "stopped", "ended"}


class KillingProxy:
    """Hands requests on to the simulator, and kills the armed process at a step of a command."""

    def __init__(self, simulator_url: str) -> None:
        self._port = int(simulator_url.rpartition(":")[2].partition("/")[0])
        self._path = simulator_url.rpartition(":")[2].partition("/")[2]
        self.received: list[str] = []
        """The commands that arrived here whole."""
        self.carried_out: list[str] = []
        """The commands that the simulator answered."""
        self._kill: tuple[str, str, float, asyncio.subprocess.Process] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def arm(
        self, call: str, step: str, after_ms: float, process: asyncio.subprocess.Process
    ) -> None:
        """Kill `process` at this step of this call."""
        self._kill = (call, step, after_ms / 1000, process)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self._path}"

    async def __aenter__(self) -> "KillingProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _step(self, name: str, call: str = "") -> None:
        """Kill the program if this is where it has to die."""
        if self._kill is None:
            return
        wanted, step, after_s, process = self._kill
        if name == step and (not call or call == wanted):
            self._kill = None
            await asyncio.sleep(after_s)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._step("connected")
            first = await reader.readexactly(1)
            await self._step("first-byte")
            head = first + await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            (call,) = json.loads(body)
            is_command = call in ("session-start", "session-stop")
            if is_command:
                self.received.append(call)
            await self._step("request", call)
            answer = await self._handed_on(head, body)
            if is_command:
                self.carried_out.append(call)
            await self._step("carried-out", call)
            writer.write(answer[: len(answer) // 2])
            await writer.drain()
            await self._step("half-answer", call)
            writer.write(answer[len(answer) // 2 :])
            await writer.drain()
            await self._step("answer", call)
        writer.close()

    async def _handed_on(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(head.replace(b"keep-alive", b"close") + body)
        answer = await reader.read()
        writer.close()
        return answer


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """What a subcommand tells as JSON, in this process."""

    async def tell(*words: str) -> Any:
        capsys.readouterr()
        status = await asyncio.to_thread(main, [*words, "--json"])
        out = capsys.readouterr().out
        assert status in (0, 1), out
        return json.loads(out) if out.strip() else []

    return tell


@asynccontextmanager
async def simulated(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KillingProxy]:
    monkeypatch.setenv("OIOI_API_KEY", KEY)
    async with Simulator(World()) as simulator, KillingProxy(simulator.url) as proxy:
        yield proxy


async def check(proxy: KillingProxy, told: Told, *, stopping: bool) -> None:
    """What is left on the disk agrees with what the server did."""
    starts = proxy.received.count("session-start")
    stops = proxy.received.count("session-stop")
    sessions, history = await told("sessions", "list", "--all"), await told("history", "list")
    states = [each["state"] for each in sessions if each["connector_id"] == EVSE]
    kept = [each["call"] for each in history]
    assert starts <= 1, "a start was repeated"
    assert len(states) <= 1, states
    if "session-start" in proxy.received:
        assert states, "a session that the server may have started is missing"
        assert states[0] in OPEN | STOPPED
        assert kept.count("session-start") == 1
    if stopping and stops:
        assert states[0] in STOPPED, states
        assert kept.count("session-stop") == stops
    for each in history:
        assert each["verdict"] in ("success", "unknown"), each
    listed = [each["state"] for each in await told("sessions", "list")]
    assert listed == [state for state in states if state != "ended"]


@pytest.mark.parametrize(("step", "after_ms"), [*product(STEPS, AFTER_MS)])
async def test_a_start_of_send_is_killed(
    step: str, after_ms: float, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    async with simulated(monkeypatch) as proxy:
        process = await start("--endpoint", proxy.url, "send", "session-start", START)
        proxy.arm("session-start", step, after_ms, process)
        await process.communicate()
        await check(proxy, told, stopping=False)


@pytest.mark.parametrize("after_ms", [*AT_MS])
async def test_send_is_killed_at_any_time(
    after_ms: int, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    async with simulated(monkeypatch) as proxy:
        process = await start("--endpoint", proxy.url, "send", "session-start", START)
        await asyncio.sleep(after_ms / 1000)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
        await check(proxy, told, stopping=False)


async def started(proxy: KillingProxy, told: Told) -> Any:
    """A session that was started without trouble, as `sessions list` tells it."""
    outcome = await told("--endpoint", proxy.url, "send", "session-start", START)
    assert outcome["verdict"] == "success"
    (session,) = await told("sessions", "list")
    return session


@pytest.mark.parametrize("by", ["sessions stop", "send session-stop"])
@pytest.mark.parametrize(("step", "after_ms"), [*product(STEPS, AFTER_MS)])
async def test_a_stop_is_killed(
    by: str,
    step: str,
    after_ms: float,
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
) -> None:
    async with simulated(monkeypatch) as proxy:
        session = await started(proxy, told)
        if by == "sessions stop":
            words = ["sessions", "stop", str(session["number"])]
        else:
            stop = json.loads(STOP) | {"session-id": session["session_id"]}
            words = ["--endpoint", proxy.url, "send", "session-stop", json.dumps(stop)]
        process = await start(*words)
        proxy.arm("session-stop", step, after_ms, process)
        await process.communicate()
        await check(proxy, told, stopping=True)


@pytest.mark.parametrize(("step", "after_ms"), [*product(STEPS, AFTER_MS_IN_APP)])
async def test_a_start_in_the_app_is_killed(
    step: str, after_ms: float, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    async with simulated(monkeypatch) as proxy:
        async with in_app(proxy) as (terminal, process):
            await terminal.press("\x1b3", "Connector")
            terminal.type(pasted(EVSE) + "\t" + pasted(CUSTOMER))
            proxy.arm("session-start", step, after_ms, process)
            terminal.type("\r")
            await process.wait()
        await check(proxy, told, stopping=False)
        if "session-start" in proxy.received:
            async with in_app(proxy) as (terminal, process):
                await terminal.shows("1 session")
            assert proxy.received == ["session-start"]


@pytest.mark.parametrize(("step", "after_ms"), [*product(STEPS, AFTER_MS_IN_APP)])
async def test_a_stop_in_the_app_is_killed(
    step: str, after_ms: float, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    async with simulated(monkeypatch) as proxy:
        await started(proxy, told)
        async with in_app(proxy) as (terminal, process):
            await terminal.shows("1 session")
            await terminal.press("\x1b3", "Charging")
            terminal.type("\x1b[B")
            await terminal.shows("Own word")
            proxy.arm("session-stop", step, after_ms, process)
            terminal.type("x")
            await process.wait()
        await check(proxy, told, stopping=True)


@asynccontextmanager
async def in_app(proxy: KillingProxy) -> AsyncIterator[Any]:
    """The app in a terminal, at the proxy."""
    async with in_terminal("-m", "screens.main", "--endpoint", proxy.url) as (terminal, process):
        await terminal.shows("Stations")
        yield terminal, process
