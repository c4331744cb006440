"""Reads the connector of a start before the start is sent again: one quiet read, of a few seconds.

    before = LookBeforeRepeat(client, connector_id, station_id)
    await client.send(start, before_attempt=before)

What the read shows is decided in `console.oioi.looks`. A read that fails lets the start go on, and
is told all the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console.oioi.calls import AnyCall, Call, CallError, SessionStart, StationDetails
from console.oioi.http.attempt import Look
from console.oioi.http.exchange import Exchange, Looked
from console.oioi.http.retry import asks_to_come_back
from console.oioi.looks import look_before_repeat
from console.oioi.stations import StationList

if TYPE_CHECKING:
    from console.oioi.http.client import OioiClient

WITHIN_S = 5.0
"""Seconds that the read may take, so that a slow server does not hold up the start."""


def connector_of_start(call: Call[Any]) -> str | None:
    """The connector that a call starts a session at; None for any other call."""
    if isinstance(call, SessionStart):
        return call.connector_id
    if isinstance(call, AnyCall) and call.key == "session-start":
        named = call.fields().get("connector-id")
        return named if isinstance(named, str) and named else None
    return None


class LookBeforeRepeat:
    """A `BeforeAttempt` for the start at one connector, whose station has this number."""

    def __init__(self, client: OioiClient, connector_id: str, station_id: str) -> None:
        self._client = client
        self._connector_id = connector_id
        self._station_id = station_id

    async def __call__(self, exchange: Exchange) -> Looked | None:
        """Look, if an attempt was answered with a failure after which the start may have worked."""
        answered = (each.answer for each in exchange.attempts if each.answer is not None)
        if not any(asks_to_come_back(answer.status) for answer in answered):
            return None
        return Looked(await self._look(exchange))

    async def _look(self, exchange: Exchange) -> Look:
        try:
            call = StationDetails([self._station_id])
            outcome = await self._client.read_once(call, WITHIN_S)
        except CallError as error:
            return Look(datetime.now(UTC), trouble=str(error))
        at = datetime.now(UTC)
        if not isinstance(outcome.data, StationList):
            return Look(at, trouble=outcome.title)
        looks = [each.look for each in exchange.attempts if each.look is not None]
        return look_before_repeat(
            outcome.data,
            self._connector_id,
            first_sent_at=next(each.started for each in exchange.attempts if each.left),
            at=at,
            earlier=next((look for look in reversed(looks) if look.state is not None), None),
        )
