"""The simulator as a server: what it asks of a request, over real HTTP, and how it stops."""

import asyncio
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from console.simulator import server
from console.simulator.replies import Reply
from console.simulator.server import HEALTH, HOST, LARGEST_BODY, PATH, PortTaken, Simulator
from console.simulator.world import World

HEADERS = {"Authorization": "key=any-key-will-do", "Content-Type": "application/json"}
SEARCH = {
    "station-get-by-center-radius": {
        "center-lat": 52.5167,
        "center-long": 13.3833,
        "radius": 100,
        "unit": "km",
    }
}
STALLED = json.dumps({"rfid-verify": {"rfid": "0000000C002101"}})


@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def simulator() -> AsyncIterator[Simulator]:
    """One server for the tests of a class: stopping it takes longer than a hundred calls."""
    async with Simulator(World(latency=0)) as running:
        yield running


@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, verify=False, timeout=10) as client:
        yield client


async def post(
    client: httpx.AsyncClient,
    simulator: Simulator,
    body: Any = SEARCH,
    **headers: str | None,
) -> httpx.Response:
    """Send a call; a header given as None is left out."""
    changed = {**HEADERS, **{name.replace("_", "-"): text for name, text in headers.items()}}
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return await client.post(
        simulator.url,
        content=content,
        headers={name: text for name, text in changed.items() if text is not None},
    )


def port_of(simulator: Simulator) -> int:
    port = httpx.URL(simulator.url).port
    assert port is not None
    return port


def raw(body: str, length: int) -> bytes:
    """The bytes of a request that announces a body of this length."""
    head = "".join(f"{name}: {text}\r\n" for name, text in HEADERS.items())
    return (
        f"POST {PATH} HTTP/1.1\r\nhost: {HOST}\r\n{head}content-length: {length}\r\n\r\n{body}"
    ).encode()


def assert_refused(response: httpx.Response, status: int, code: int, word: str = "") -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["result"]["code"] == code
    assert body["result"]["message"]
    assert word in body["error"]["message"]


@pytest.mark.asyncio(loop_scope="class")
class TestWhatItAsksOfARequest:
    async def test_the_documented_sample_request_finds_stations(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        response = await post(client, simulator)
        assert response.status_code == 200
        body = response.json()
        assert body["result"] == {"code": 0, "message": "Success."}
        assert body["hasMore"] is False
        assert len(body["stations"]) >= 40
        assert "Straße" in response.content.decode()

    async def test_it_says_that_it_is_up(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        answer = await client.get(simulator.url.replace(PATH, HEALTH))
        assert (answer.status_code, answer.text) == (200, "ok")

    async def test_only_post_is_allowed(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        for method in ("GET", "PUT", "DELETE"):
            response = await client.request(method, simulator.url, headers=HEADERS)
            assert_refused(response, 405, 200, method)
            assert response.headers["allow"] == "POST"

    @pytest.mark.parametrize("path", ["/", "/api/v4", "/api/v4/request/", "/api/v3/request"])
    async def test_only_one_path_is_there(
        self, client: httpx.AsyncClient, simulator: Simulator, path: str
    ) -> None:
        url = simulator.url.replace(PATH, path)
        assert_refused(await client.post(url, headers=HEADERS, content="{}"), 404, 200, path)

    @pytest.mark.parametrize(
        "header",
        [None, "", "key=", "any-key", "Bearer any-key", "key= any-key", "key=any key", "KEY=x"],
    )
    async def test_a_key_must_be_given_in_the_one_form_there_is(
        self, client: httpx.AsyncClient, simulator: Simulator, header: str | None
    ) -> None:
        assert_refused(
            await post(client, simulator, Authorization=header), 401, 210, "Authorization"
        )

    async def test_a_bad_key_is_refused(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        bad = await post(client, simulator, Authorization="key=sim-key-000210")
        assert_refused(bad, 401, 210)
        weak = await post(client, simulator, Authorization="key=sim-key-000220")
        assert_refused(weak, 403, 220)

    @pytest.mark.parametrize(
        "kind", [None, "text/plain", "application/json; charset=utf-8", "application/x-json"]
    )
    async def test_the_content_type_must_be_plain_json(
        self, client: httpx.AsyncClient, simulator: Simulator, kind: str | None
    ) -> None:
        response = await post(client, simulator, Content_Type=kind)
        assert_refused(response, 415, 230, "Content-Type")

    @pytest.mark.parametrize(
        ("body", "word"),
        [
            ("", "not JSON"),
            ("{", "not JSON"),
            ('{"a": NaN}', "not JSON"),
            (b'{"rfid-verify": {"rfid": "\xe4"}}', "not UTF-8"),
            (b"\xef\xbb\xbf{}", "not JSON"),
            ("[]", "object"),
            ('"rfid-verify"', "object"),
            ("{}", "one member"),
            ('{"a": {}, "b": {}}', "one member"),
            ('{"rfid-verify": []}', "rfid-verify"),
            ('{"rfid-verify": {}}', "rfid"),
            ('{"rfid-verify": {"rfid": 17}}', "rfid"),
            ('{"no-such-call": {}}', "no-such-call"),
            ('{"a": {"b": ' + "9" * 5000 + "}}", "number"),
            ("[" * 200_000, "nesting"),
        ],
    )
    async def test_a_body_that_is_no_call_is_refused_with_what_is_wrong(
        self, client: httpx.AsyncClient, simulator: Simulator, body: str | bytes, word: str
    ) -> None:
        assert_refused(await post(client, simulator, body), 400, 230, word)

    async def test_half_a_surrogate_pair_in_a_request_does_not_break_the_answer(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        response = await post(client, simulator, '{"rfid-verify": {"rfid": "\\ud800"}}')
        assert_refused(response, 404, 191)

    async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        call = '{"rfid-verify": {"rfid": "04523022AA4881"}}'
        assert (await post(client, simulator, call.ljust(LARGEST_BODY))).status_code == 200
        assert_refused(await post(client, simulator, call.ljust(LARGEST_BODY + 1)), 413, 230)

    async def test_a_body_without_a_length_is_limited_too(
        self, client: httpx.AsyncClient, simulator: Simulator
    ) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(LARGEST_BODY // 1024 + 1):
                yield b" " * 1024

        response = await client.post(simulator.url, content=chunks(), headers=HEADERS)
        assert_refused(response, 413, 230)


@pytest.mark.asyncio(loop_scope="class")
class TestHowItRuns:
    async def test_two_servers_are_two_worlds(self, client: httpx.AsyncClient) -> None:
        start = {
            "session-start": {
                "user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"},
                "connector-id": "DE*SIM*E011",
            }
        }
        where = {"station-get-by-ids": {"station-ids": [900000]}}
        async with Simulator(World(latency=0)) as one, Simulator(World(latency=0)) as two:
            assert (await post(client, one, start)).json()["result"]["code"] == 11
            states = [
                {
                    each["external-id"]: each["status"]
                    for each in (await post(client, server, where)).json()["stations"][0][
                        "connectors"
                    ]
                }["DE*SIM*E011"]
                for server in (one, two)
            ]
        assert states == ["Occupied", "Available"]

    async def test_a_port_that_is_in_use_is_said_in_one_sentence(
        self, simulator: Simulator
    ) -> None:
        taken = port_of(simulator)
        with pytest.raises(PortTaken, match=rf"^Cannot listen on port {taken} .*\.$") as caught:
            await Simulator(World(stations=1), port=taken).start()
        assert caught.value.errno == errno.EADDRINUSE

    async def test_the_port_is_free_again_after_a_stop(self) -> None:
        first = Simulator(World(stations=1))
        await first.start()
        port = port_of(first)
        await first.stop()
        await first.stop()
        async with Simulator(World(stations=1), port=port) as second:
            assert second.url == first.url

    async def test_it_leaves_the_signal_handlers_of_the_program_alone(self) -> None:
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        async with Simulator(World(stations=1)):
            assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before

    async def test_a_stalled_call_does_not_keep_it_from_stopping(
        self, client: httpx.AsyncClient
    ) -> None:
        """Stopping has a second before calls are cut off; a stalled one must not use that up."""
        called = asyncio.Event()

        class Noticing(World):
            def answer(self, call: str, fields: Mapping[str, Any], *, key: str = "") -> Reply:
                called.set()
                return super().answer(call, fields, key=key)

        simulator = Simulator(Noticing(stations=1, latency=0))
        await simulator.start()
        stalled = asyncio.create_task(post(client, simulator, STALLED))
        await called.wait()
        began = time.monotonic()
        await simulator.stop()
        assert time.monotonic() - began < 0.9
        with pytest.raises(httpx.TransportError):
            await stalled

    async def test_a_client_that_leaves_half_way_through_its_request_is_no_failure(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with Simulator(World(stations=1, latency=0)) as simulator:
            _, writer = await asyncio.open_connection(HOST, port_of(simulator))
            writer.write(raw("{", 9))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        assert caplog.records == []


SERVE = """
from console.simulator.server import run_forever
from console.simulator.world import World

class Noticing(World):
    def answer(self, call, fields, *, key=""):
        print("called", flush=True)
        return super().answer(call, fields, key=key)

run_forever(Noticing(stations=1, latency=0), 0, lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_alone_it_ends_cleanly_on_a_signal_even_with_a_stalled_call(number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            url = httpx.URL(process.stdout.readline().strip())
            with socket.create_connection((HOST, url.port or 0), timeout=10) as stalled:
                stalled.sendall(raw(STALLED, len(STALLED)))
                assert process.stdout.readline() == "called\n"
                process.send_signal(number)
                out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (out, err, process.returncode) == ("ended\n", "", 0)


async def test_a_server_that_is_cancelled_while_it_starts_leaves_no_socket_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen, listeners = server._listen, list[socket.socket]()

    def kept(port: int) -> socket.socket:
        listeners.append(listen(port))
        return listeners[-1]

    monkeypatch.setattr(server, "_listen", kept)
    starting = asyncio.create_task(Simulator(World(stations=1)).start())
    await asyncio.sleep(0)
    (listener,) = listeners
    await asyncio.sleep(0)
    starting.cancel()
    async with asyncio.timeout(60):
        while listener.fileno() != -1:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert starting.cancelled()


async def test_a_server_that_ends_with_its_loop_leaves_no_socket_open() -> None:
    """As where the program ends without stopping it: the tasks of a loop are cancelled then."""
    simulator = Simulator(World(stations=1))
    await simulator.start()
    assert simulator._task is not None
    simulator._task.cancel()
    await asyncio.wait({simulator._task})
    async with Simulator(World(stations=1), port=port_of(simulator)):
        pass
