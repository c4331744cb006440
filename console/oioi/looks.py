"""A look at a connector: what a server's list shows of it, and whether a start is held back for it.

When a start was answered with a 5xx or 429, its connector is read before the start is sent again.
If the connector turned Occupied after the first attempt, that was probably this start
(PROTOCOL.md 5.4), and a second one could begin a second session.

The table is in console/README.md 3.3.
"""

from datetime import datetime

from console.oioi import identifiers
from console.oioi.http.attempt import Look
from console.oioi.language import kept
from console.oioi.spans import CLOCK_TOLERANCE, is_ahead
from console.oioi.stations import Connector, State, StationList
from console.oioi.stations.records import deciding


def connector_in(found: StationList, connector_id: str) -> Connector | None:
    """The connector of this EVSE ID in a server's list; None if the list does not contain it.

    Without an EVSE ID the server's number of the connector decides. Of several connectors of one
    EVSE it is the one whose state is that of the EVSE.
    """
    listed = [connector for station in found.stations for connector in station.connectors]
    here = [connector for connector in listed if _is_at(connector, connector_id)]
    return deciding(here) if here else None


def _is_at(connector: Connector, connector_id: str) -> bool:
    if connector.evse_id:
        return identifiers.same_evse(connector.evse_id, connector_id)
    return bool(connector.number) and connector.number == connector_id


def proven_state(connector: Connector) -> State:
    """The state of a connector; UNKNOWN if the station does not report states, as that proves
    nothing.
    """
    return connector.state if connector.live else State.UNKNOWN


def look_before_repeat(
    found: StationList,
    connector_id: str,
    *,
    first_sent_at: datetime,
    at: datetime,
    earlier: Look | None = None,
) -> Look:
    """What `found` shows of the connector of a start, and whether the start is held back for it.

    `first_sent_at` is the time of the first attempt, `at` the present, `earlier` the look before
    this one, made after that attempt too.
    """
    connector = connector_in(found, connector_id)
    if connector is None:
        return Look(at, trouble=kept("the server's list does not contain this connector"))
    state, since = proven_state(connector), connector.since
    if state is not State.OCCUPIED:
        return Look(at, state, since)
    return Look(at, state, since, _turned_since(first_sent_at, since, at, earlier))


def _turned_since(
    first_sent_at: datetime, since: datetime | None, at: datetime, earlier: Look | None
) -> bool:
    """Whether a connector that is Occupied turned so after the first attempt.

    Without a time of the server that can be relied on, only a change between two looks proves it.
    """
    if since is not None and not _is_wrong(since, at, earlier):
        return since >= first_sent_at - CLOCK_TOLERANCE
    return earlier is not None and earlier.state in (State.AVAILABLE, State.RESERVED)


def _is_wrong(since: datetime, at: datetime, earlier: Look | None) -> bool:
    """Whether the server's clock is ahead: it sent a time in the future, now or earlier."""
    if is_ahead(since, at):
        return True
    return earlier is not None and earlier.since is not None and is_ahead(earlier.since, earlier.at)
