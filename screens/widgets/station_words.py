"""Stations and connectors in words: pure functions from the record to the texts of the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from console.oioi.calendar_names import day_and_month
from console.oioi.language import tr
from console.oioi.redact import visible
from console.oioi.spans import ago, is_ahead
from console.oioi.state_words import state_in_words

if TYPE_CHECKING:
    from console.oioi.stations import Connector, Station

STATE_STYLES = {
    "Available": "$oioi-ok",
    "Reserved": "$oioi-unknown",
    "Occupied": "$oioi-failed",
    "Offline": "$oioi-refused",
    "Unknown": "$oioi-muted",
}
"""By the value of a `State`, so that the first frame does not need its import."""


def heading(station: Station) -> Content:
    """Name, operator and hotline."""
    operator = f" · {visible(station.operator)}" if station.operator else ""
    phone = f" · {visible(station.phone)}" if station.phone else ""
    return Content.assemble((visible(station.name), "bold"), (operator + phone, "$oioi-muted"))


def where(station: Station) -> Content:
    """Who may use it, its address, its opening hours and how to find it."""
    hours = tr("open 24 h") if station.open_24 else "; ".join(station.hours)
    parts = (
        tr("private") if station.private else "",
        tr("free of charge") if station.free_charge else "",
        tr("can be reserved") if station.reservable else "",
        tr("floor {floor}", floor=station.floor) if station.floor else "",
        station.address.one_line,
        hours,
        station.notes.replace("\n", " "),
    )
    text = " · ".join(part for part in parts if part)
    return Content.styled(visible(text), "$oioi-muted")


def free(station: Station) -> Content:
    """How many connectors are free and how many there are; else the station's state."""
    if station.total is None:
        is_known = station.state != "Unknown"
        word = state_in_words(station.state) if is_known else visible(station.state_word)
        return Content.styled(word or tr("no data"), STATE_STYLES[station.state])
    count = station.free
    if count is None:
        return Content.styled(f"?/{station.total}", "$oioi-muted")
    style = "$oioi-ok" if count else "$oioi-failed"
    return Content.styled(f"{count}/{station.total}", style)


def evse(station: Station) -> str:
    """The first EVSE ID, and the number of further ones."""
    ids = station.evse_ids
    if not ids:
        return ""
    return ids[0] if len(ids) == 1 else f"{ids[0]} +{len(ids) - 1}"


def evse_of(connector: Connector) -> str:
    """The EVSE ID of a connector, else the server's own number."""
    return connector.evse_id or tr("no. {number}", number=connector.number)


def state_of(connector: Connector, station: Station | None) -> Content:
    """The connector's state according to its station, or that no reliable state is known.

    It is followed by the server's own word, if that is not one of OIOI's, and by the end of a
    reservation.
    """
    told = station.deciding(connector) if station is not None else connector
    state, own = told.state, told.state_word
    if not connector.live:
        return Content.styled(tr("no data"), STATE_STYLES[state])
    if state == "Reserved" and told.reserved_until is not None:
        text = reserved(told.reserved_until, datetime.now(UTC), told.own_reservation)
    elif own:
        text = own if state == "Unknown" else f"{state_in_words(state)}: {own}"
    else:
        text = state_in_words(state)
    return Content.styled(visible(text), STATE_STYLES[state])


def reserved(until: datetime, now: datetime, own: bool) -> str:
    """A reservation and its end in local time: `Reserved →14:05`, `Yours →14:05`.

    The date in place of the time if it is another day; no end if it is in the past.
    """
    if until < now:
        return tr("Yours, over") if own else tr("Reserved, over")
    local = until.astimezone()
    same_day = local.date() == now.astimezone().date()
    # Translators: a reservation of your own, before its end: "Yours →14:05"
    whose = tr("Yours") if own else tr("Reserved")
    return f"{whose} →{local:%H:%M}" if same_day else f"{whose} →{day_and_month(local)}"


def price(connector: Connector) -> str:
    """The price in short; empty if unknown."""
    return connector.price.short if connector.price else ""


def since(connector: Connector, station: Station | None) -> str:
    """How long the connector has been in the state shown; empty if unknown.

    `future` if the server names a time in the future: its clock is ahead.
    """
    moment, now = station.since_of(connector) if station else connector.since, datetime.now(UTC)
    if moment is None:
        return ""
    # Translators: a time in the future in a column of past times, of 7 cells
    return tr("future") if is_ahead(moment, now) else ago(moment, now)
