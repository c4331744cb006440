"""A small world of stations and customers that answers OIOI calls, without HTTP.

The same world and the same calls at the same moments give the same answers.
"""

from collections.abc import Mapping
from typing import Any

from console.simulator import (
    customer_calls,
    effects,
    faults,
    operator_calls,
    session_calls,
    station_calls,
)
from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, refused
from console.simulator.state import WorldState

CALLS = {
    **station_calls.CALLS,
    **session_calls.CALLS,
    **customer_calls.CALLS,
    **operator_calls.CALLS,
}
"""The function for each call, by its request key: (world, fields) -> reply, or raises a Refusal."""


class World(WorldState):
    """The simulated world, and the answers to calls about it."""

    def answer(self, call: str, fields: Mapping[str, Any], *, key: str = "") -> Reply:
        """Carry out a call, unless a magic identifier in it says otherwise.

        `fields` is the value of the request key, `key` the API key of the call.
        """
        now = self.clock()
        self.charging.advance(now)
        if call not in CALLS:
            return refused("230", f"there is no call {call!r}")
        magic = faults.find(fields, key)
        effect = self.script.due(magic) if magic is not None else None
        if effect is None:
            return self._carry_out(call, fields)
        if effect.carried_out:
            self._carry_out(call, fields)
        return effects.reply(effect, call, key, now)

    def _carry_out(self, call: str, fields: Mapping[str, Any]) -> Reply:
        try:
            return CALLS[call](self, Fields(fields))
        except Refusal as refusal:
            return refusal.reply
