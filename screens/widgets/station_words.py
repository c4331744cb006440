"""Stations and connectors in words: pure functions from the record to what the tables show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from console.oioi.redact import visible
from console.oioi.spans import ago, is_ahead

if TYPE_CHECKING:
    from console.oioi.stations import Connector, Station

STATE_STYLES = {
    "Available": "$text-success",
    "Reserved": "$text-accent",
    "Occupied": "$text-warning",
    "Offline": "$text-error",
    "Unknown": "$foreground-muted",
}
"""By the value of a `State`, so that no import is needed for the first frame."""


def heading(station: Station) -> Content:
    """Name, operator and hotline."""
    operator = f" · {visible(station.operator)}" if station.operator else ""
    phone = f" · {visible(station.phone)}" if station.phone else ""
    return Content.assemble(
        (visible(station.name), "bold"), (operator + phone, "$foreground-muted")
    )


def where(station: Station) -> Content:
    """Address, opening hours and how to find it."""
    hours = "open 24 h" if station.open_24 else "; ".join(station.hours)
    parts = (station.address.one_line, hours, station.notes.replace("\n", " "))
    text = " · ".join(part for part in parts if part)
    return Content.styled(visible(text), "$foreground-muted")


def free(station: Station) -> Content:
    """How many connectors are free, of how many; else the station's state."""
    if station.total is None:
        return Content.styled(str(station.state), STATE_STYLES[station.state])
    count = station.free
    if count is None:
        return Content.styled(f"?/{station.total}", "$foreground-muted")
    style = "$text-success" if count else "$text-warning"
    return Content.styled(f"{count}/{station.total}", style)


def evse(station: Station) -> str:
    """The first EVSE ID, and how many more there are."""
    ids = station.evse_ids
    if not ids:
        return ""
    return ids[0] if len(ids) == 1 else f"{ids[0]} +{len(ids) - 1}"


def evse_of(connector: Connector) -> str:
    """The EVSE ID, else the server's own number."""
    return connector.evse_id or f"no. {connector.number}"


def state_of(connector: Connector, station: Station | None) -> Content:
    """The connector's state as its station has it, or that there is none to rely on."""
    state = station.state_of(connector) if station is not None else connector.state
    return Content.styled(str(state) if connector.live else "no data", STATE_STYLES[state])


def price(connector: Connector) -> str:
    """The price in short; empty if unknown."""
    return connector.price.short if connector.price else ""


def since(connector: Connector, station: Station | None) -> str:
    """How long the connector has been in the state shown; empty if unknown.

    `future` where the server names a time that has not come yet: its clock is ahead.
    """
    moment, now = station.since_of(connector) if station else connector.since, datetime.now(UTC)
    if moment is None:
        return ""
    return "future" if is_ahead(moment, now) else ago(moment, now)


def searchable(station: Station) -> str:
    """What the list's filter looks in."""
    parts = (station.name, station.address.one_line, station.operator, station.plugs)
    states = " ".join(str(state) for state in station.states)
    return "\n".join((*parts, *station.evse_ids, states, station.id))
