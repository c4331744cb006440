"""One examination: the steps in their order, each with its time, until one fails."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.connection import Connection
from console.doctor import answers, local, way
from console.doctor.certificate import read_certificate
from console.doctor.reach import TcpConnection, hop_of, resolve
from console.doctor.route import Route
from console.doctor.steps import (
    NOT_REACHED,
    TITLES,
    Examination,
    Finding,
    Step,
    StepState,
    failed,
    skipped,
)
from console.keys import KeyringTrouble, Keys
from console.oioi.calls import AnyCall
from console.oioi.http.endpoint import (
    EndpointError,
    ProxyChoice,
    address_fault,
    choose_proxy,
    is_loopback,
    pac_file,
    tls_context,
)
from console.oioi.judgement.outcome import Outcome
from console.oioi.language import tr, tr_kept
from console.oioi.redact import Redactor, visible
from console.settings import Profile, Settings

QUESTION = AnyCall(
    "station-get-surface",
    {"min-lat": -40.001, "max-lat": -40.0, "min-long": -20.001, "max-long": -20.0, "filters": {}},
)
"""The question to the server: the stations in a box of 100 m in the South Atlantic.

It only reads, concerns no customer and no card, costs the server almost nothing, and every client
may make it: the page documents it, and a platform answers with an empty list, 210 or 220.
`rfid-verify` is a call of operators, which a provider's key may not be allowed to make, and it
leaves a failed card in the server's log; `user-get-charging-keys` would need a customer. The area
around latitude 0 and longitude 0 is not empty: stations without a position are put there.
"""


async def examine(
    profile: Profile, keys: Keys, settings: Settings, *, observe: Callable[[Step], None]
) -> Examination:
    """Examine the way to a profile's server. Takes at most its time limits, step by step.

    `observe` is called in this event loop when a step begins (`StepState.RUNNING`) and when it is
    done.
    The step "clock" is judged from the answer, so its beginning is not reported. For the demo the
    simulator is started and examined. What is wrong is in the report and is never raised.
    """
    async with Connection(profile, keys, attempts=1) as connection:
        await connection.open_demo()
        examination = _Examination(connection, keys, settings, observe)
        try:
            return await examination.run()
        finally:
            await examination.close()


class _Examination:
    """What is known so far, with one method for each step."""

    def __init__(
        self,
        connection: Connection,
        keys: Keys,
        settings: Settings,
        observe: Callable[[Step], None],
    ) -> None:
        self._connection = connection
        self._demo = connection.profile.demo
        self._profile = profile = replace(connection.profile, url=connection.url)
        self._keys = keys
        self._settings = settings
        self._observe = observe
        self._redactor = Redactor()
        self._route = Route(profile.url, profile.connect_timeout_s)
        self._tcp: TcpConnection | None = None
        self._outcome: Outcome[Any] | None = None
        self._works: dict[str, Callable[[], Awaitable[Finding]]] = {
            "settings": self._read_settings,
            "keyring": self._ask_keyring,
            "key-present": self._find_key,
            "proxy": self._find_proxy,
            "name": self._resolve,
            "tcp": self._connect,
            "tls": self._secure,
            "clock": self._compare_clocks,
            "http": self._judge_http,
            "json": self._judge_json,
            "key-accepted": self._judge_key,
        }

    async def close(self) -> None:
        if self._tcp is not None:
            await self._tcp.close()
            self._tcp = None

    async def run(self) -> Examination:
        """Run all steps; those after a failure are skipped."""
        steps: list[Step] = []
        for name in TITLES:
            if any(step.state is StepState.FAILED for step in steps):
                steps.append(self._tell(name, skipped(NOT_REACHED)))
                continue
            if name == "clock":
                await self._ask()
            elif name != "http":  # which began when it was asked
                self._observe(Step(name, StepState.RUNNING))
            began = time.monotonic()
            finding = await self._works[name]()
            steps.append(self._tell(name, finding, time.monotonic() - began))
        return Examination(self._profile.name or self._profile.host, tuple(steps))

    def _tell(self, name: str, finding: Finding, elapsed_s: float = 0.0) -> Step:
        """Examination a step that is done. Every finding that is shown comes through here."""
        elapsed_ms: int | None = round(elapsed_s * 1000)
        if name == "http" and self._outcome is not None:
            elapsed_ms = self._outcome.attempts[-1].elapsed_ms
        step = Step(
            name,
            finding.state,
            visible(self._redactor.text(finding.detail)),
            visible(self._redactor.text(finding.advice)),
            None if finding.state is StepState.SKIPPED else elapsed_ms,
        )
        self._observe(step)
        return step

    # -- This machine

    async def _read_settings(self) -> Finding:
        return local.settings(self._settings, self._profile)

    async def _ask_keyring(self) -> Finding:
        if self._demo:
            return skipped(tr("The demo brings its own key."))
        if not self._profile.stores_key:
            return skipped(tr("The keyring has keys of profiles only."))
        return local.keyring(await self._keys.status(self._profile.name))

    async def _find_key(self) -> Finding:
        connection = self._connection
        with contextlib.suppress(KeyringTrouble):  # the step before has said so
            await connection.find_key()
        if connection.key is not None:
            self._redactor = Redactor((connection.key.value,))
        return local.key(connection.key, connection.key_changes, self._profile)

    async def _find_proxy(self) -> Finding:
        url, own = self._profile.url, self._profile.proxy
        if own and (fault := address_fault(own)):
            said = tr("The proxy of the profile {fault}", fault=fault)
            return failed(said, tr("Correct it in the profile."))
        try:
            with_own = own is not None and not is_loopback(url)
            choice = ProxyChoice(own, tr("the profile")) if with_own else choose_proxy(url)
        except EndpointError as error:
            return failed(tr_kept(str(error)), tr("Ask IT which proxy is right here."))
        self._route = replace(self._route, proxy=choice.proxy)
        return local.proxy(
            str(hop_of(choice.proxy)) if choice.proxy else None,
            choice.rule,
            loopback=is_loopback(url),
            has_pac_file=pac_file() is not None,
        )

    # -- The way

    async def _resolve(self) -> Finding:
        hop, proxied = self._route.first_hop, self._route.proxy is not None
        try:
            async with asyncio.timeout(self._route.within_s):
                addresses = await resolve(hop.host, hop.port)
        except OSError as error:
            return way.not_resolved(hop, error, proxied=proxied)
        self._route = replace(self._route, addresses=addresses)
        return way.resolved(hop, addresses, proxied=proxied)

    async def _connect(self) -> Finding:
        route, proxied = self._route, self._route.proxy is not None
        try:
            self._tcp = await route.open()
        except OSError as error:
            return way.not_connected(route.first_hop, error, route.server, proxied=proxied)
        address = self._tcp.address
        return way.connected(route.first_hop, address, route.server, proxied=proxied)

    async def _secure(self) -> Finding:
        assert self._tcp is not None
        try:
            if not self._route.server.encrypted:
                return way.unencrypted(loopback=is_loopback(self._profile.url))
            context = tls_context(self._profile.url, self._profile.ca_file)
            return await self._trust(self._tcp, context)
        except EndpointError as error:
            return failed(tr_kept(str(error)), tr("Correct the ca-file of the profile."))
        finally:
            await self.close()

    async def _trust(self, connection: TcpConnection, context: ssl.SSLContext) -> Finding:
        route, host = self._route, self._route.server.host
        try:
            der = await route.secure(connection, context)
        except ssl.SSLCertVerificationError as error:
            presented = await route.presented()
            return way.distrusted(presented, host, datetime.now(UTC), error.verify_message)
        except OSError as error:
            return way.not_secured(error, host)
        private = self._profile.ca_file is not None and not await route.is_public()
        return way.secured(read_certificate(der), datetime.now(UTC), private=private)

    # -- The answer

    async def _ask(self) -> None:
        """Send the only request. The next steps judge its answer."""
        self._observe(Step("http", StepState.RUNNING))
        self._outcome = await self._connection.send(QUESTION)

    async def _compare_clocks(self) -> Finding:
        if self._demo:
            return skipped(tr("The simulator has this machine's clock."))
        assert self._outcome is not None
        attempt = self._outcome.attempts[-1]
        date = attempt.answer.header("Date") if attempt.answer else None
        return answers.clock(
            date, attempt.started + timedelta(milliseconds=attempt.elapsed_ms or 0)
        )

    async def _judge_http(self) -> Finding:
        assert self._outcome is not None
        answer = self._outcome.attempts[-1].answer
        return answers.http(self._outcome, answer, self._profile.url, self._profile.read_timeout_s)

    async def _judge_json(self) -> Finding:
        assert self._outcome is not None
        answer = self._outcome.attempts[-1].answer
        assert answer is not None
        return answers.json(self._outcome, answer, self._profile.url)

    async def _judge_key(self) -> Finding:
        assert self._outcome is not None
        return answers.key(self._outcome)
