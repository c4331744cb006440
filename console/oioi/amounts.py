"""Amounts of data, counts and lengths of time for people: one number and one unit."""

from console.oioi.language import current


def amount(length: float) -> str:
    """Bytes as people write them, in thousands: `512 B`, `60 KB`, `12.4 MB`."""
    if length < 1000:
        return f"{length:.0f} B"
    if length < 999_500:
        return f"{length / 1000:.0f} KB" if length >= 9_950 else f"{length / 1000:.1f} KB"
    return f"{length / 1_000_000:.1f} MB"


def grouped(number: int) -> str:
    """A whole number with its digits in groups of three: `8,127`, in German `8.127`."""
    text = f"{number:,}"
    return text if current() == "en" else text.replace(",", ".")


_UNITS_OF_TIME = (("day", 86_400), ("hour", 3600), ("minute", 60))


def in_largest_unit(seconds: float) -> tuple[int, str]:
    """A length of time as a number of its largest unit: (45, "second"), (5, "minute"), (2, "day").

    A unit without its plural.
    """
    for unit, length in _UNITS_OF_TIME:
        if seconds >= length:
            return round(seconds / length), unit
    return round(seconds), "second"
