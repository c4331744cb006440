"""Finds impossible times from servers: placeholders, and changes in the future."""

from datetime import UTC, datetime, timedelta

from console.oioi.language import kept
from console.oioi.spans import is_ahead

EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
"""No network of charging stations is older. A clock that was never set shows 1970 or 2000; a
program without a time writes the year 1."""

LATEST_CHANGE = timedelta(days=1)
"""A change this far in the future is a placeholder; a nearer one is a wrong clock or time zone."""

LATEST_END = timedelta(days=366)
"""A reservation that ends later than this counts as one without an end."""


def change(moment: datetime | None) -> datetime | None:
    """When something changed; None for a placeholder."""
    placeholder = moment is None or _is_placeholder(moment, LATEST_CHANGE, datetime.now(UTC))
    return None if placeholder else moment


def doubt_of_change(moment: datetime, now: datetime) -> str:
    """The oddity of the time of a change, received at `now`; empty if there is none."""
    if _is_placeholder(moment, LATEST_CHANGE, now):
        return kept("stands for no time: {time}", time=moment.isoformat())
    if is_ahead(moment, now):
        time = moment.isoformat()
        return kept("in the future, by the clock of this machine: {time}", time=time)
    return ""


def doubt_of_end(moment: datetime, now: datetime) -> str:
    """The oddity of the end of a reservation; empty if there is none."""
    odd = _is_placeholder(moment, LATEST_END, now)
    return kept("stands for no time: {time}", time=moment.isoformat()) if odd else ""


def _is_placeholder(moment: datetime, latest: timedelta, now: datetime) -> bool:
    return moment < EARLIEST or moment > now + latest
