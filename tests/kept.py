"""Exchanges as the history keeps them, made by the real client against a server on loopback."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.journal.exports.live import as_kept
from console.journal.records import KeptExchange
from console.journal.subject import subject_of
from console.oioi import AnyCall, OioiClient, Outcome, RetryPolicy
from console.oioi.http.exchange import Event, Exchange
from console.servers import ServerRef
from tests.command_line import KEY
from tests.raw_server import RawServer, Step

CUSTOMER = "DE*8PS*9DC4AB*X"
TOKEN = "tok-4f1c-9a22-secret"
START: Mapping[str, Any] = {
    "user": {"identifier-type": "evco-id", "identifier": CUSTOMER, "token": TOKEN},
    "connector-id": "DE*DEM*E100008*1",
}


async def sent(
    url: str, call: AnyCall | None = None, *, id: int = 1, attempts: int = 3, key: str = KEY
) -> KeptExchange:
    """A call that was sent to `url`, a start without another one, with hardly any waits."""
    call = call or AnyCall("session-start", START)
    seen: list[Exchange] = []

    def observe(event: Event, exchange: Exchange) -> None:
        seen.append(exchange)

    policy = RetryPolicy(attempts=attempts)
    async with OioiClient(url, key, policy=policy, jitter=lambda: 0.001) as client:
        outcome: Outcome[Any] = await client.send(call, observe)
    assert outcome is seen[-1].outcome
    return as_kept(seen[-1], ServerRef("staging", url), subject=subject_of(call), id=id)


async def answered(*script: Step, call: AnyCall | None = None, id: int = 1) -> KeptExchange:
    """The same against a server with this script."""
    async with RawServer(*script) as server:
        return await sent(server.url, call, id=id)


async def all_answered(scripts: Sequence[Sequence[Step]]) -> list[KeptExchange]:
    """Several of them, numbered from 1."""
    return [await answered(*script, id=number) for number, script in enumerate(scripts, 1)]
