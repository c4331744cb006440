"""OioiClient: the only place that sends.

    async with OioiClient(url, key) as client:
        outcome = await client.send(RfidVerify("04523022AA4881"))

Errors: `EndpointError` (a ValueError) for a URL, key, proxy or CA file that cannot be used and for
a client that was closed, and `CallError` for a call that JSON cannot say, all before anything
begins. Nothing is raised for what a server or a network does: that is the outcome. A fault of this
program after something was sent becomes an outcome too, as it does not take back what was sent.
"""

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from io import BytesIO
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from console.oioi.calls import AnyCall, Call
from console.oioi.http import retry
from console.oioi.http.arrival_watch import arrival_told
from console.oioi.http.aside import finished_first
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.encodings import ACCEPT_ENCODING, BadEncoding, CutOff, TooLarge
from console.oioi.http.endpoint import (
    EndpointError,
    check_url,
    is_loopback,
    key_fault,
    proxy_for,
)
from console.oioi.http.exchange import (
    Answered,
    Began,
    Event,
    Exchange,
    Failed,
    Finished,
    Looked,
    Request,
    Sent,
    Waiting,
    begin,
)
from console.oioi.http.failures import classify
from console.oioi.http.reading import read_answer
from console.oioi.http.request_progress import RequestProgress, post
from console.oioi.http.retry import NoRetry, RetryPolicy, StopReason, Wait
from console.oioi.http.send_state import (
    BEFORE_FAILED,
    SendState,
    after_fault,
    answer_of,
    as_text,
    fault_of_ours,
    judged,
    now,
    report,
    stop_before_it_began,
    stopped_here,
    tell_part,
    tell_what_came,
    with_part,
)
from console.oioi.http.send_state import Observer as Observer  # handed on with OioiClient
from console.oioi.http.timeouts import Timeouts as Timeouts  # handed on with OioiClient
from console.oioi.http.transports import Transports
from console.oioi.judgement.notes import why_cut_short, why_it_ended
from console.oioi.judgement.outcome import Outcome
from console.oioi.judgement.ruling import rule
from console.oioi.language import english, kept
from console.oioi.redact import Redactor, mask, without_named_secrets

T = TypeVar("T")
BeforeAttempt = Callable[[Exchange], Awaitable[Looked | None]]
"""Is awaited before each attempt, the first included; may tell of a look at the connector."""

MAX_BODY_BYTES = 256 * 1024 * 1024
"""The longest answer that is read, unpacked; what is longer is `too-large`."""


_TRANSPORT_ERRORS = (
    httpx.TransportError,
    httpx.StreamError,
    BadEncoding,
    CutOff,
    TooLarge,
    OSError,
    UnicodeError,  # of a host name that DNS cannot carry
)


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
        with english():
            fault = key_fault(key)
        if fault:
            raise EndpointError(kept("The API key {fault} Paste it again.", fault=fault))
        self.url = url
        self._parsed_url = httpx.URL(url)
        self._key = key
        self._redactor = Redactor((key,))
        self._timeouts = timeouts or Timeouts()
        self._policy = policy or RetryPolicy()
        self._proxy = None if is_loopback(url) else proxy or proxy_for(url)
        self._jitter = jitter
        self._transports = Transports(url, ca_file, self._proxy)
        self._closed = False
        self._limits: set[asyncio.Timeout] = set()
        """The time limits of what is in flight or waits."""
        self._reading: set[asyncio.Task[None]] = set()
        """Answers that did not come whole, read to be shown."""

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
        """Close all connections, for good.

        A call in flight ends as one that was stopped here, a call that waits is not sent again,
        and a new one raises EndpointError.
        """
        self._closed = True
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(0)
        for reading in self._reading:
            reading.cancel()
        await self._transports.aclose()

    async def send(
        self,
        call: Call[T],
        observe: Observer | None = None,
        *,
        retry_now: asyncio.Event | None = None,
        before_attempt: BeforeAttempt | None = None,
        wants_preview: bool = False,
    ) -> Outcome[T]:
        """Send a call, again where the retry table says so, and judge what came of it.

        `observe` is called with every event as it happens, and with the exchange after it.
        Setting `retry_now` ends a wait.
        `before_attempt` is awaited before each attempt, outside its time limit: after `Began`, and
        after the wait for the next one. If it returns a `Looked` that holds the call back, nothing
        more is sent. An exception in it is logged, and changes nothing.
        With `wants_preview` a `Receiving` event may bring the beginning of a long answer to show,
        and `PartRead` all that had arrived of one that did not come whole, after the end.
        When cancelled it reports the outcome as it then stands in a last `Finished` event
        before CancelledError goes on.
        """
        under_way = self._begin(call, observe or _ignore, self._policy, self._timeouts)
        under_way.wants_preview = wants_preview
        return await self._finish(under_way, retry_now or asyncio.Event(), before_attempt)

    async def read_once(self, call: Call[T], within_s: float) -> Outcome[T]:
        """Send a read, unobserved and in a single attempt that is over after so many seconds."""
        once = replace(self._policy, attempts=1)
        under_way = self._begin(call, _ignore, once, self._timeouts.in_all(within_s))
        return await self._finish(under_way, asyncio.Event(), None)

    async def _finish(
        self,
        under_way: SendState,
        retry_now: asyncio.Event,
        before_attempt: BeforeAttempt | None,
    ) -> Outcome[Any]:
        """Attempt a call that has begun until it is done, and judge what came of it."""
        try:
            stop = await self._attempt_until_done(under_way, retry_now, before_attempt)
        except asyncio.CancelledError:
            stop_before_it_began(under_way)
            self._end(under_way, judged(under_way, why_cut_short))
            raise
        except Exception as error:
            # The boundary: what was sent stays sent, whatever went wrong in here since then.
            if not under_way.exchange.attempts:
                raise
            outcome = after_fault(under_way, error)
        else:
            outcome = judged(under_way, lambda outcome: why_it_ended(outcome, stop))
        self._end(under_way, outcome)
        return outcome

    def _end(self, under_way: SendState, outcome: Outcome[Any]) -> None:
        """Tell the end, and have all read that had arrived of an answer that did not come whole."""
        under_way.tell(Finished(outcome, now()))
        if under_way.arrived and not self._closed:
            reading = asyncio.create_task(tell_part(under_way))
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)

    def _begin(
        self, call: Call[Any], observe: Observer, policy: RetryPolicy, timeouts: Timeouts
    ) -> SendState:
        if self._closed:
            raise EndpointError(
                kept("The connection to this server was closed here; nothing was sent.")
            )
        transport = self._transports.of(call.is_command)
        request = self._request(call, timeouts)  # first: what is nested too deep ends here
        redactor = self._redactor.with_secrets_of(call.fields())
        began = Began(self._shown(call, request, redactor), now(), policy.attempts)
        under_way = SendState(
            call, transport, request, redactor, observe, begin(began), policy, timeouts
        )
        under_way.tell(began)
        return under_way

    async def _attempt_until_done(
        self,
        under_way: SendState,
        retry_now: asyncio.Event,
        before_attempt: BeforeAttempt | None,
    ) -> NoRetry:
        """Attempt it until the policy or a look says stop, or the client is closed; say why."""
        call = under_way.call
        while True:
            number = len(under_way.exchange.attempts) + 1
            if before_attempt is not None and await self._is_held_back(under_way, before_attempt):
                return NoRetry(StopReason.HELD_BACK)
            if self._closed:
                stop_before_it_began(under_way)
                return NoRetry(StopReason.CLOSED)
            await self._attempt(under_way, number)
            step = retry.decide(
                _attempt_result(under_way, under_way.exchange.attempts[-1]),
                is_command=call.is_command,
                attempt=number,
                policy=under_way.policy,
                jitter=self._jitter(),
            )
            if isinstance(step, NoRetry):
                return step
            if not self._closed:
                await self._wait(step, under_way.tell, retry_now)
            if self._closed:
                return NoRetry(StopReason.CLOSED)

    async def _is_held_back(self, under_way: SendState, before_attempt: BeforeAttempt) -> bool:
        """Await `before_attempt`, tell what it saw, and say whether nothing more may be sent."""
        task = asyncio.current_task()
        assert task is not None
        try:
            async with self._limited(None):
                looked = await before_attempt(under_way.exchange)
        except asyncio.CancelledError as error:
            if task.cancelling():
                raise
            report(BEFORE_FAILED, error)  # something it waited for was cancelled, not this call
            return False
        except Exception as error:
            # The boundary: what is done before an attempt must not change what becomes of a call.
            if not self._closed:
                report(BEFORE_FAILED, error)
            return False
        if looked is None or not under_way.exchange.attempts:
            return False
        under_way.tell(looked)
        return looked.look.holds_back

    async def _wait(
        self, step: Wait, tell: Callable[[Event], None], retry_now: asyncio.Event
    ) -> None:
        """Wait as long as `step` says or until `retry_now` is set."""
        retry_now.clear()
        tell(Waiting(time.monotonic() + step.seconds, step.seconds, step.reason))
        with contextlib.suppress(TimeoutError):
            async with self._limited(step.seconds):
                await retry_now.wait()

    @contextlib.asynccontextmanager
    async def _limited(self, seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
        """So much time, or until the client is closed: TimeoutError when it is over."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield limit
            finally:
                self._limits.discard(limit)

    async def _attempt(self, under_way: SendState, number: int) -> None:
        """Send it once, and tell what it came to."""
        progress, began = RequestProgress(), time.monotonic()
        under_way.arrived = b""
        under_way.tell(Sent(number, now(), began))

        def done(result: Answer | Failure) -> None:
            phases = progress.phases()
            elapsed_ms = math.ceil((time.monotonic() - began) * 1000)
            if isinstance(result, Answer):
                under_way.tell(Answered(result, elapsed_ms, phases))
                return
            if under_way.wants_preview and result.part is not None:
                under_way.arrived = progress.body.getvalue()
            under_way.tell(Failed(result, elapsed_ms, phases))

        try:
            with arrival_told(under_way, progress):
                result = await self._result(under_way, progress)
        except asyncio.CancelledError:
            tell_what_came(under_way, progress)
            done(stopped_here(under_way, progress))
            raise
        except Exception as error:
            done(fault_of_ours(error, progress, under_way.redactor))
            raise
        if isinstance(result, Failure):
            tell_what_came(under_way, progress)
        done(result)

    async def _result(self, under_way: SendState, progress: RequestProgress) -> Answer | Failure:
        """What comes of sending it once: an answer, or the failure with what arrived of one."""
        redactor = under_way.redactor
        try:
            deadline_s = under_way.timeouts.deadline(under_way.call.is_command)
            async with self._limited(deadline_s) as limit:
                notes = await finished_first(
                    lambda: post(under_way.transport, under_way.request, progress, MAX_BODY_BYTES)
                )
                body, under_way.data = await read_answer(
                    progress.body.getvalue(), under_way.call, redactor, notes, _left_s(limit)
                )
        except TimeoutError:
            failure = Failure(progress.phase_timeout, left=progress.left)
        except MemoryError:
            failure = Failure("too-large", left=progress.left, final=True)
            progress.body = BytesIO()
        except _TRANSPORT_ERRORS as error:
            failure = classify(
                error,
                left=progress.left,
                through_proxy=self._proxy is not None,
                is_new_tls_1_3=progress.is_new_tls_1_3 and progress.head is None,
            )
            masked = redactor.text(failure.detail)
            failure = replace(failure, detail=masked.splitlines()[0])  # masked, then cut
        else:
            assert progress.head is not None
            return answer_of(progress.head, body, redactor)
        if self._closed:
            failure = progress.cancelled_here()
        return with_part(failure, progress, redactor)

    def _request(self, call: Call[Any], timeouts: Timeouts) -> httpx.Request:
        read_s = timeouts.of(call.is_command)
        timeout = httpx.Timeout(read_s, connect=timeouts.connect_s)
        return httpx.Request(
            "POST",
            self._parsed_url,
            content=call.body(),
            headers={
                "Accept": "*/*",
                "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "keep-alive",
                "User-Agent": "oioi-console",
                "Authorization": f"key={self._key}",
                "Content-Type": "application/json",
            },
            extensions={"timeout": timeout.as_dict()},
        )

    def _shown(self, call: Call[Any], request: httpx.Request, redactor: Redactor) -> Request:
        """The request as it may be shown, with all headers it goes out with."""
        headers = tuple(
            (
                name,
                f"key={mask(self._key)}" if name == "Authorization" else redactor.text(value),
            )
            for name, value in as_text(request.headers)
        )
        if redactor is self._redactor:  # the call has no secrets of its own
            body = request.content
        else:
            body = AnyCall(call.key, without_named_secrets(call.fields())).body()
        return Request(call.key, call.is_command, self.url, headers, redactor.body(body))


def _left_s(limit: asyncio.Timeout) -> float | None:
    """Seconds until a time limit is reached, None if there is none."""
    when = limit.when()
    return None if when is None else when - asyncio.get_running_loop().time()


def _ignore(event: Event, exchange: Exchange) -> None:
    """Nobody watches."""


def _attempt_result(under_way: SendState, attempt: Attempt) -> retry.AttemptResult:
    """The attempt as the retry table asks for it; the ruling of its answer is kept."""
    answer, failure = attempt.answer, attempt.failure
    under_way.ruling = None
    if failure is not None:
        return retry.AttemptResult(error=failure.name, left=failure.left, final=failure.final)
    assert answer is not None
    ruling = under_way.ruling = rule(under_way.call, answer)
    return retry.AttemptResult(
        status=answer.status,
        final=ruling.is_final,
        unclear=ruling.nobody_knows,
        succeeded=ruling.says_success,
        retry_after_s=retry.asked_wait_s(answer, now()),
    )
