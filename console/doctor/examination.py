"""One examination: the steps in their order, each with its time, until one fails."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from console.doctor import answers, local, way
from console.doctor.certificate import Certificate, read_certificate
from console.doctor.reach import Connection, Hop, hop_of, resolve, trusting_nobody
from console.doctor.steps import TITLES, Finding, Report, State, Step, failed, skipped, warned
from console.keys import Key, KeyringTrouble, Keys, Source
from console.oioi.calls import AnyCall
from console.oioi.endpoint import (
    EndpointError,
    address_fault,
    is_loopback,
    proxy_for,
    tls_context,
)
from console.oioi.identifiers.secrets_text import clean_api_key
from console.oioi.outcome import Outcome
from console.oioi.redact import Redactor, visible
from console.settings import Profile, Settings
from console.simulator import DEMO_KEY

QUESTION = AnyCall(
    "station-get-surface",
    {"min-lat": -40.001, "max-lat": -40.0, "min-long": -20.001, "max-long": -20.0, "filters": {}},
)
"""What the server is asked: the stations in a box of 100 m in the South Atlantic.

It reads, concerns no customer and no card, costs the server next to nothing, and is a call every
client may be expected to make: the page documents it, and a platform answers an empty list, 210
or 220. `rfid-verify` is a call of operators, which a provider's key may not be allowed, and leaves
a failed card in somebody's log; `user-get-charging-keys` would need a customer. The corner where
latitude and longitude are 0 is not empty: stations without a position lie there.
"""


async def examine(
    profile: Profile, keys: Keys, settings: Settings, *, observe: Callable[[Step], None]
) -> Report:
    """Examine the way to a profile's server. Takes at most its time limits, step by step.

    `observe` is called when a step begins (`State.RUNNING`) and when it is done, from this event
    loop. For the demo the simulator is started and examined. Raises nothing for what is wrong:
    that is the report.
    """
    async with AsyncExitStack() as stack:
        if profile.demo:
            from console.simulator.server import Simulator
            from console.simulator.world import World

            simulator = await stack.enter_async_context(Simulator(World()))
            profile = replace(profile, url=simulator.url)
            demo = True
        else:
            demo = False
        examination = _Examination(profile, keys, settings, observe, demo=demo)
        stack.push_async_callback(examination.close)
        return await examination.run()


class _Examination:
    """What is known so far; a method a step."""

    def __init__(
        self,
        profile: Profile,
        keys: Keys,
        settings: Settings,
        observe: Callable[[Step], None],
        *,
        demo: bool,
    ) -> None:
        self._profile = profile
        self._keys = keys
        self._settings = settings
        self._observe = observe
        self._demo = demo
        self._brings_key = profile.name == "demo"
        self._redactor = Redactor()
        self._key = ""
        self._proxy: str | None = None
        self._addresses: tuple[str, ...] = ()
        self._connection: Connection | None = None
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
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def run(self) -> Report:
        """All steps, those after a failure skipped."""
        steps: list[Step] = []
        for name in TITLES:
            if any(step.state is State.FAILED for step in steps):
                steps.append(self._tell(name, skipped("Not reached.")))
                continue
            if name == "clock":
                await self._ask()
            else:
                self._observe(Step(name, State.RUNNING))
            began = time.monotonic()
            finding = await self._works[name]()
            steps.append(self._tell(name, finding, time.monotonic() - began))
        return Report(self._profile.name or self._profile.host, tuple(steps))

    def _tell(self, name: str, finding: Finding, elapsed_s: float = 0.0) -> Step:
        """Report a step that is done: the only way from a finding to what is shown."""
        elapsed_ms: int | None = round(elapsed_s * 1000)
        if name == "http" and self._outcome is not None:
            elapsed_ms = self._outcome.attempts[-1].elapsed_ms
        step = Step(
            name,
            finding.state,
            visible(self._redactor.text(finding.detail)),
            visible(self._redactor.text(finding.advice)),
            None if finding.state is State.SKIPPED else elapsed_ms,
        )
        self._observe(step)
        return step

    # -- This machine

    async def _read_settings(self) -> Finding:
        return local.settings(self._settings, self._profile)

    async def _ask_keyring(self) -> Finding:
        if self._brings_key:
            return skipped("The demo brings its own key.")
        if not self._profile.stores_key:
            return skipped("The keyring has keys of profiles only.")
        return local.keyring(await self._keys.status(self._profile.name))

    async def _find_key(self) -> Finding:
        key = Key(DEMO_KEY, Source.DEMO) if self._brings_key else await self._stored_key()
        if key is not None:
            self._key, _ = clean_api_key(key.value)
            self._redactor = Redactor((key.value, self._key))
        return local.key(key, self._profile)

    async def _stored_key(self) -> Key | None:
        if not self._profile.stores_key:
            return self._keys.at_hand(self._profile.name)
        try:
            return await self._keys.get(self._profile.name)
        except KeyringTrouble:
            return None  # the step before has said so

    async def _find_proxy(self) -> Finding:
        url, own = self._profile.url, self._profile.proxy
        loopback = is_loopback(url)
        if own and (fault := address_fault(own)):
            return failed(f"The proxy of the profile {fault}", "Correct it in the profile.")
        try:
            self._proxy = None if loopback else own or proxy_for(url)
        except EndpointError as error:
            return failed(str(error), "Ask IT which proxy is right here.")
        return local.proxy(
            str(hop_of(self._proxy)) if self._proxy else None,
            of_the_profile=own is not None,
            loopback=loopback,
        )

    # -- The way

    @property
    def _server(self) -> Hop:
        return hop_of(self._profile.url)

    @property
    def _first_hop(self) -> Hop:
        """What this machine connects to: the proxy, or the server itself."""
        return hop_of(self._proxy) if self._proxy else self._server

    @property
    def _proxied(self) -> bool:
        return self._proxy is not None

    async def _resolve(self) -> Finding:
        hop = self._first_hop
        try:
            async with asyncio.timeout(self._profile.connect_timeout_s):
                self._addresses = await resolve(hop.host, hop.port)
        except OSError as error:
            return way.not_resolved(hop, error, proxied=self._proxied)
        return way.resolved(hop, self._addresses, proxied=self._proxied)

    async def _connect(self) -> Finding:
        hop, server = self._first_hop, self._server
        try:
            self._connection = await self._open()
        except EndpointError as error:
            return failed(str(error), "Correct the ca-file of the profile.")
        except OSError as error:
            return way.not_connected(hop, error, server, proxied=self._proxied)
        return way.connected(hop, self._connection.address, server, proxied=self._proxied)

    async def _open(self) -> Connection:
        """A connection to the server, or to the proxy that stands in for it."""
        hop, server = self._first_hop, self._server
        within_s = self._profile.connect_timeout_s
        connection = await Connection.to(self._addresses, hop.port, within_s)
        try:
            async with asyncio.timeout(within_s):
                if self._proxy and hop.encrypted:
                    await connection.secure(tls_context(self._proxy), hop.host)
                if self._proxy and server.encrypted:
                    await connection.tunnel(server, hop.login)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _secure(self) -> Finding:
        profile, server = self._profile, self._server
        assert self._connection is not None
        if not server.encrypted:
            if is_loopback(profile.url):
                return skipped("Plain http, which never leaves this machine.")
            return warned("Plain http: the key travels readable.", "Use https if the server can.")
        try:
            context = tls_context(profile.url, profile.ca_file)
        except EndpointError as error:
            return failed(str(error), "Correct the ca-file of the profile.")
        try:
            async with asyncio.timeout(profile.connect_timeout_s):
                der = await self._connection.secure(context, server.host)
            certificate = read_certificate(der)
        except OSError as error:
            presented = await self._presented()
            return way.not_secured(error, presented, server.host, datetime.now(UTC))
        except ValueError:
            return warned("The certificate is trusted, but cannot be read here.", "")
        finally:
            await self.close()
        private = profile.ca_file is not None and not await self._is_public()
        return way.secured(certificate, datetime.now(UTC), private=private)

    async def _handshake(self, context: ssl.SSLContext) -> bytes:
        """Connect once more, set up TLS, send nothing, and close; the certificate in DER."""
        connection = await self._open()
        try:
            async with asyncio.timeout(self._profile.connect_timeout_s):
                return await connection.secure(context, self._server.host)
        finally:
            await connection.close()

    async def _presented(self) -> Certificate | None:
        """The certificate that was refused, to name its issuer; None if it cannot be had.

        The only handshake that verifies nothing. No byte of ours follows it.
        """
        try:
            return read_certificate(await self._handshake(trusting_nobody()))
        except (OSError, ValueError):
            return None

    async def _is_public(self) -> bool:
        """Whether the system trusts the certificate without the profile's CA file."""
        try:
            await self._handshake(tls_context(self._profile.url))
        except ssl.SSLCertVerificationError:
            return False
        except OSError:
            return True  # nobody can tell now; the first handshake went well
        return True

    # -- The answer

    async def _ask(self) -> None:
        """Send the one request there is. Its answer is judged in the steps that follow."""
        from console.oioi.client import OioiClient, Timeouts
        from console.oioi.retry import RetryPolicy

        self._observe(Step("http", State.RUNNING))
        profile = self._profile
        async with OioiClient(
            profile.url,
            self._key,
            timeouts=Timeouts(profile.connect_timeout_s, profile.read_timeout_s),
            policy=RetryPolicy(attempts=1),
            ca_file=profile.ca_file,
            proxy=profile.proxy,
            allow_http=profile.allow_http,
        ) as client:
            self._outcome = await client.send(QUESTION)

    async def _compare_clocks(self) -> Finding:
        if self._demo:
            return skipped("The simulator has this machine's clock.")
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
