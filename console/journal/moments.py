"""Points in time of the history: as they are written, and as they are typed."""

from datetime import UTC, datetime, tzinfo


def utc_text(moment: datetime) -> str:
    """A time in UTC by ISO 8601, with milliseconds and Z: `2026-11-26T07:54:55.123Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def in_words(moment: datetime, zone: tzinfo | None = None) -> str:
    """A time for people, in UTC and in `zone`; without one in this computer's own.

    E.g. `2026-11-26 07:54:55 UTC (08:54:55 here, UTC+01:00)`; the day is named twice where it
    differs.
    """
    utc, here = moment.astimezone(UTC), moment.astimezone(zone)
    form = "%H:%M:%S" if here.date() == utc.date() else "%Y-%m-%d %H:%M:%S"
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({here.strftime(form)} here, {_offset(here)})"


def _offset(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"
