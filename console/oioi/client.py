"""OioiClient: the only place that sends.

    async with OioiClient(url, key) as client:
        outcome = await client.send(RfidVerify("04523022AA4881"))

Errors: `EndpointError` (a ValueError) for a URL, key, proxy or CA file that cannot be used, and
`CallError` for a call that JSON cannot say, both before anything begins. Nothing is raised for
what a server or a network does: that is the outcome.
"""

import asyncio
import contextlib
import random
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from console.oioi import retry
from console.oioi.calls import Call
from console.oioi.endpoint import (
    EndpointError,
    check_url,
    is_loopback,
    key_fault,
    proxy_for,
    tls_context,
)
from console.oioi.exchange import (
    Answered,
    Began,
    Event,
    Failed,
    Finished,
    Request,
    Sent,
    Waiting,
)
from console.oioi.failures import classify
from console.oioi.outcome import Outcome, Verdict, judge, says_success
from console.oioi.redact import Redactor, mask
from console.oioi.retry import RetryPolicy, Stop, StopReason, Wait
from console.oioi.wire import (
    Answer,
    Attempt,
    Body,
    Failure,
    read_body,
    read_headers,
    read_part,
)

T = TypeVar("T")
Observer = Callable[[Event], None]

MAX_BODY_BYTES = 256 * 1024 * 1024
"""The longest answer that is read; what is longer is `too-large`."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds an attempt may take: to connect, between bytes of an answer, and in all.

    Commands wait longer: operator networks take up to 60 s for their own answer
    (protocol.md 2.6), and giving up earlier makes an unknown outcome of a known one.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    command_s: float = 90.0
    total_extra_s: float = 30.0
    """What an attempt may take in all beyond its read time, a slow body on a hotspot included."""

    def of(self, is_command: bool) -> float:
        return self.command_s if is_command else self.read_s

    def deadline(self, is_command: bool) -> float:
        return self.of(is_command) + self.total_extra_s


@dataclass(slots=True)
class _Flight:
    """How far the attempt in flight got; filled by httpx's trace."""

    left: bool = False
    sent: bool = False
    head: httpx.Response | None = None
    parts: list[bytes] = field(default_factory=list)
    _connection: Any = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        request = info.get("request")
        if request is not None and request.method == b"CONNECT":
            return  # a proxy's tunnel is not the request
        if event.endswith("connect_tcp.complete"):
            self._connection = info["return_value"]
        elif event.endswith("send_request_headers.started"):
            self.left = True
        elif event.endswith("send_request_body.complete"):
            self.sent = True

    async def hang_up(self) -> None:
        """Close a connection that was being made; httpcore forgets it, cancelled in a handshake."""
        if self._connection is not None and not self.left:
            await self._connection.aclose()

    @property
    def phase_timeout(self) -> str:
        """The name of a timeout in the phase that was reached."""
        if not self.left:
            return "connect-timeout"
        return "read-timeout" if self.sent else "write-timeout"


_TRANSPORT_ERRORS = (
    httpx.TransportError,
    httpx.DecodingError,
    httpx.StreamError,
    OSError,
    UnicodeError,  # of a host name that DNS cannot carry
)


class _TooLarge(Exception):
    """The answer is longer than MAX_BODY_BYTES."""


class OioiClient:
    """Sends OIOI calls to one endpoint with one key, with retries by the protocol's rules.

    `url` must be https, or http on loopback unless `allow_http`. `key` is the API key without
    `key=`. `ca_file` is added to what the system trusts. `proxy` overrides the environment's;
    loopback never goes through one. `jitter` draws from 0 to 1.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeouts: Timeouts | None = None,
        policy: RetryPolicy | None = None,
        ca_file: str | None = None,
        proxy: str | None = None,
        allow_http: bool = False,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        check_url(url, allow_http=allow_http)
        if fault := key_fault(key):
            raise EndpointError(f"The API key {fault} Paste it again.")
        self.url = url
        self._key = key
        self._timeouts = timeouts or Timeouts()
        self._policy = policy or RetryPolicy()
        self._ca_file = ca_file
        self._proxy = None if is_loopback(url) else proxy or proxy_for(url)
        self._jitter = jitter
        self._clients: dict[bool, httpx.AsyncClient] = {}

    def __repr__(self) -> str:
        return f"OioiClient({self.url!r}, {mask(self._key)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; calls in flight fail."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def send(
        self,
        call: Call[T],
        observe: Observer | None = None,
        *,
        retry_now: asyncio.Event | None = None,
    ) -> Outcome[T]:
        """Send a call, again where the retry table says so, and judge what came of it.

        `observe` is called with every event as it happens. Setting `retry_now` ends a wait.
        When cancelled it reports the outcome as it then stands in a last `Finished` event
        before CancelledError goes on.
        """
        tell = observe or _ignore
        body = call.body()
        redactor = Redactor((self._key,))
        redactor.learn(call.fields())
        self._client(call.is_command)  # a set-up that cannot be used is told before anything begins
        tell(Began(self._request(call, body, redactor), _now(), self._policy.attempts))
        attempts: list[Attempt] = []
        try:
            stop = await self._attempt_until_done(call, body, redactor, attempts, tell, retry_now)
        except asyncio.CancelledError:
            tell(Finished(_cut_short(call, attempts, redactor), _now()))
            raise
        outcome = _with_note(judge(call, attempts, redactor), stop, len(attempts))
        tell(Finished(outcome, _now()))
        return outcome

    async def _attempt_until_done(
        self,
        call: Call[Any],
        body: bytes,
        redactor: Redactor,
        attempts: list[Attempt],
        tell: Observer,
        retry_now: asyncio.Event | None,
    ) -> Stop:
        """Fill `attempts` until the policy says stop; say why."""
        while True:
            number = len(attempts) + 1
            attempts.append(Attempt(number, _now()))
            await self._attempt(call, body, redactor, attempts, tell)
            step = retry.decide(
                _fate(call, attempts[-1]),
                is_command=call.is_command,
                attempt=number,
                policy=self._policy,
                jitter=self._jitter(),
            )
            if isinstance(step, Stop):
                return step
            await _wait(step, attempts, tell, retry_now)

    async def _attempt(
        self,
        call: Call[Any],
        body: bytes,
        redactor: Redactor,
        attempts: list[Attempt],
        tell: Observer,
    ) -> None:
        """Make the last of `attempts` happen and replace it by what it came to."""
        attempt, flight, began = attempts[-1], _Flight(), time.monotonic()
        tell(Sent(attempt.number, attempt.started, began))

        def done(result: Answer | Failure) -> None:
            elapsed_ms = round((time.monotonic() - began) * 1000)
            if isinstance(result, Answer):
                attempts[-1] = replace(attempt, left=True, answer=result, elapsed_ms=elapsed_ms)
                tell(Answered(result, elapsed_ms))
            else:
                attempts[-1] = replace(
                    attempt, left=result.left, failure=result, elapsed_ms=elapsed_ms
                )
                tell(Failed(result, elapsed_ms))

        try:
            async with asyncio.timeout(self._timeouts.deadline(call.is_command)):
                raw = await self._post(call.is_command, body, flight)
        except asyncio.CancelledError:
            done(Failure("cancelled", left=flight.left, final=True))
            raise
        except TimeoutError:
            done(_with_part(Failure(flight.phase_timeout, left=flight.left), flight, redactor))
        except _TooLarge:
            limit = f"longer than {MAX_BODY_BYTES // 1024 // 1024} MB"
            failure = Failure("too-large", left=True, final=True, detail=limit)
            done(_with_part(failure, flight, redactor))
        except _TRANSPORT_ERRORS as error:
            failure = classify(error, left=flight.left, through_proxy=self._proxy is not None)
            failure = replace(failure, detail=redactor.text(failure.detail))
            done(_with_part(failure, flight, redactor))
        else:
            assert flight.head is not None
            done(_answer(flight.head, read_body(raw, redactor), redactor))

    async def _post(self, is_command: bool, body: bytes, flight: _Flight) -> bytes:
        """One POST. What was reached and what arrived stands in `flight` when it fails."""
        client = self._client(is_command)
        read_s = self._timeouts.of(is_command)
        timeout = httpx.Timeout(read_s, connect=self._timeouts.connect_s)
        request = client.build_request(
            "POST",
            self.url,
            content=body,
            headers={
                "Authorization": f"key={self._key}",
                "Content-Type": "application/json",
            },
            timeout=timeout,
            extensions={"trace": flight.trace},
        )
        try:
            response = await client.send(request, stream=True)
        except asyncio.CancelledError:
            await flight.hang_up()
            raise
        try:
            flight.head, size = response, 0
            async for part in response.aiter_bytes():
                flight.parts.append(part)
                size += len(part)
                if size > MAX_BODY_BYTES:
                    flight.parts.clear()
                    raise _TooLarge
        finally:
            await response.aclose()
        return b"".join(flight.parts)

    def _client(self, is_command: bool) -> httpx.AsyncClient:
        """The connections for reads, or those for commands, which are never used twice.

        A server closing an idle connection at the moment a command goes out makes exactly the
        reset after which nobody knows whether the command arrived.
        """
        if not self._clients:
            context = tls_context(self.url, self._ca_file)
            self._clients = {
                False: self._connections(context, kept=5),
                True: self._connections(context, kept=0),
            }
        return self._clients[is_command]

    def _connections(self, context: ssl.SSLContext, kept: int) -> httpx.AsyncClient:
        try:
            return httpx.AsyncClient(
                verify=context,
                trust_env=False,
                proxy=self._proxy,
                follow_redirects=False,
                limits=httpx.Limits(max_keepalive_connections=kept),
                headers={"User-Agent": "oioi-console"},
            )
        except (ValueError, ImportError, httpx.InvalidURL):  # the text may hold its password
            raise EndpointError(
                "The proxy's URL cannot be used; it has to begin with http:// or https://."
            ) from None

    def _request(self, call: Call[Any], body: bytes, redactor: Redactor) -> Request:
        headers = (
            ("Authorization", f"key={mask(self._key)}"),
            ("Content-Type", "application/json"),
        )
        return Request(call.key, call.is_command, self.url, headers, redactor.body(body))


def _ignore(event: Event) -> None:
    """Nobody watches."""


def _now() -> datetime:
    return datetime.now(UTC)


async def _wait(
    step: Wait, attempts: list[Attempt], tell: Observer, retry_now: asyncio.Event | None
) -> None:
    """Wait as long as `step` says or until `retry_now` is set; note how long it really was."""
    retry_now = retry_now or asyncio.Event()
    retry_now.clear()
    began = time.monotonic()
    tell(Waiting(began + step.seconds, step.seconds, step.reason))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(step.seconds):
            await retry_now.wait()
    waited = round(time.monotonic() - began, 3)
    attempts[-1] = replace(attempts[-1], waited_s=waited, wait_reason=str(step.reason))


def _fate(call: Call[Any], attempt: Attempt) -> retry.Fate:
    answer, failure = attempt.answer, attempt.failure
    if failure is not None:
        return retry.Fate(error=failure.name, left=failure.left, final=failure.final)
    assert answer is not None
    return retry.Fate(
        status=answer.status,
        succeeded=says_success(answer, call.key),
        retry_after_s=retry.retry_after_seconds(
            answer.header("Retry-After"), answer.header("Date"), _now()
        ),
    )


def _answer(response: httpx.Response, body: Body, redactor: Redactor) -> Answer:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
    ]
    return Answer(response.status_code, read_headers(headers, redactor), body)


def _with_part(failure: Failure, flight: _Flight, redactor: Redactor) -> Failure:
    """The failure with what had arrived of an answer, for diagnosis only."""
    if flight.head is None:
        return failure
    body = read_part(b"".join(flight.parts), redactor)
    return replace(failure, part=_answer(flight.head, body, redactor))


def _cut_short(call: Call[T], attempts: Sequence[Attempt], redactor: Redactor) -> Outcome[T]:
    """The outcome as it stands when the operator stopped waiting."""
    outcome = judge(call, attempts, redactor)
    return replace(outcome, note=_why_cut_short(outcome, attempts[-1]))


def _why_cut_short(outcome: Outcome[Any], last: Attempt) -> str:
    if outcome.verdict is Verdict.UNKNOWN and last.error == "cancelled":
        return "You stopped waiting; the server did not. Look before you send it again."
    if last.error != "cancelled":
        return "You stopped it while it waited to try again."
    return "You stopped it." if last.left else "You stopped it before anything was sent."


def _with_note(outcome: Outcome[T], stop: Stop, attempts: int) -> Outcome[T]:
    match stop.reason:
        case StopReason.ASKED_TOO_LONG if stop.asked_s is not None:
            note = f"The server asks to come back in {_span(stop.asked_s)}; that is not waited out."
        case StopReason.EXHAUSTED if attempts > 1:
            note = f"Given up after {attempts} attempts."
        case StopReason.FATE_UNKNOWN:
            note = "Sent once and not repeated: it may have been carried out."
        case _:
            return outcome
    return replace(outcome, note=note)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
