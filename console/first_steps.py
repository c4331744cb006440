"""Seven things to try in the demo, and which of them have been done in this run.

What was done is read from the exchanges and the charging sessions themselves, so it does not matter
which way it was done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from console.oioi.http.retry import WaitReason
from console.oioi.judgement.ruling import Verdict
from console.oioi.language import mark, tr
from console.oioi.sessions import Stage
from console.oioi.stations import StationList
from console.send_again import FilledStart
from console.simulator.customers import GOOD_STANDING

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange
    from console.oioi.sessions import Session

BLOCKED_CARD = "0477BD22AA4880"
"""The documented card that is not active (PROTOCOL.md 1.3)."""

_STARTED = frozenset({Stage.PLUG_IN, Stage.ACCEPTED, Stage.REPORTED, Stage.CHARGING})
_AFTER_PLUG_IN = frozenset({Stage.CHARGING, Stage.LAPSED})
_SEARCHES = frozenset({"station-get-by-center-radius", "station-get-surface"})
_NOT_ACTIVE = frozenset({"190", "192", "193"})
"""Result codes for a customer who may not charge."""


class FirstStep(StrEnum):
    """One of the seven."""

    FIND = "find"
    START = "start"
    PLUG_IN = "plug in"
    STOP = "stop"
    BLOCKED = "blocked"
    BUSY = "busy"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ThingToTry:
    """A line of the panel: what it is, and how it is done.

    `title` and `template` are in English; the title is shown by `tr`. `template` names each key
    with the id of its action: `{card.stop x}`. `start` is what the start form is filled in with,
    `position` what is searched around.
    """

    step: FirstStep
    title: str
    template: str
    start: FilledStart | None = None
    position: str = ""

    def how(self, changed: Mapping[str, str]) -> str:
        """How it is done, in the user's language, with the keys that the user has changed: by the
        id of the action, as they are written.
        """
        return _KEY.sub(lambda found: changed.get(found[1], found[2]), tr(self.template))


_KEY = re.compile(r"\{([\w.-]+) ([^}]+)\}")


def _start_at(evse_id: str) -> FilledStart:
    return FilledStart(evse_id, GOOD_STANDING, "evco-id")


THINGS = (
    ThingToTry(
        FirstStep.FIND,
        mark("Find a station"),
        # Translators: {stations.edit e} is a key; what stands in such braces stays as it is
        mark("{stations.edit e}, a position, then Enter"),
        position="48.1372, 11.5755",
    ),
    ThingToTry(
        FirstStep.START,
        mark("Start charging"),
        mark("{stations.start s} on a free connector, then Enter"),
    ),
    ThingToTry(
        FirstStep.PLUG_IN,
        mark("Plug in late"),
        mark("DE*SIM*E012: the cable comes after 10 s"),
        _start_at("DE*SIM*E012"),
    ),
    ThingToTry(
        FirstStep.STOP, mark("Stop charging"), mark("{card.stop x} on the card of a session")
    ),
    ThingToTry(
        FirstStep.BLOCKED,
        mark("A blocked card"),
        mark("rfid 0477BD22AA4880; {app.explain Ctrl+E} explains"),
        FilledStart("DE*DEM*E100008*1", BLOCKED_CARD, "rfid"),
    ),
    ThingToTry(
        FirstStep.BUSY,
        mark("A busy server"),
        mark("DE*SIM*E503WAIT, 8 s; {app.retry-now Ctrl+R} waits no longer"),
        _start_at("DE*SIM*E503WAIT"),
    ),
    ThingToTry(
        FirstStep.LOST,
        mark("A lost answer"),
        mark("DE*SIM*ELOST; its card says what to do"),
        _start_at("DE*SIM*ELOST"),
    ),
)
"""All seven, in the order in which they are shown."""

_FILLED_IN = frozenset(
    thing.start.connector_id
    for thing in THINGS
    if thing.start is not None and thing.step is not FirstStep.BLOCKED
)
"""The EVSEs that were in no list; a blocked card starts nothing at its one."""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What has been done."""

    done: frozenset[FirstStep] = frozenset()

    @property
    def next(self) -> ThingToTry | None:
        """The first that has not been done; None after all of them."""
        return next((thing for thing in THINGS if thing.step not in self.done), None)

    def after_exchange(self, exchange: Exchange) -> FirstSteps:
        """What has been done with this exchange in its present state."""
        return self._with(_of_exchange(exchange))

    def after_session(self, session: Session) -> FirstSteps:
        """What has been done with this charging session in its present state."""
        return self._with(_of_session(session))

    def _with(self, steps: Iterable[FirstStep]) -> FirstSteps:
        done = self.done.union(steps)
        return self if done == self.done else FirstSteps(done)


def _of_exchange(exchange: Exchange) -> Iterable[FirstStep]:
    waits = [attempt.wait_reason for attempt in exchange.attempts]
    if exchange.waiting is not None:
        waits.append(exchange.waiting.reason)
    if WaitReason.RETRY_AFTER in waits:
        yield FirstStep.BUSY
    outcome = exchange.outcome
    if outcome is None:
        return
    if (
        outcome.call in _SEARCHES
        and isinstance(outcome.data, StationList)
        and outcome.data.stations
    ):
        yield FirstStep.FIND
    is_refused = outcome.call == "session-start" and outcome.verdict is Verdict.REFUSED
    if is_refused and outcome.code in _NOT_ACTIVE and _is_of_card(exchange.request.body):
        yield FirstStep.BLOCKED


def _is_of_card(body: bytes) -> bool:
    """Whether a start was asked for with a card."""
    try:
        kind = json.loads(body)["session-start"]["user"]["identifier-type"]
    except (ValueError, LookupError, TypeError):
        return False
    return bool(kind == "rfid")


def _of_session(session: Session) -> Iterable[FirstStep]:
    if session.stage in _STARTED:
        yield FirstStep.START
        if session.connector_id not in _FILLED_IN:
            yield FirstStep.FIND  # that of the search which the demo makes itself
    if session.code == "012" and session.stage in _AFTER_PLUG_IN:
        yield FirstStep.PLUG_IN
    if session.stage is Stage.STOPPED:
        yield FirstStep.STOP
    if session.stage is Stage.UNKNOWN:
        yield FirstStep.LOST
