"""What a connector can deliver, from a number or a text such as `22.2kW` (PROTOCOL.md 2.3 row 17).

A text is read as a whole: `3x32A` and `16 A, 400 V` do not state a power.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from console.oioi.language import kept
from console.oioi.tolerant import MAX_WORD, number, text

WATTS_FROM = 1000.0
"""A number without a unit is in watts from here on: no connector has 1000 kW, a socket 2300 W."""

MOST_KW = 5000.0
"""More kW than any connector can deliver, also those for lorries and ships."""


@dataclass(frozen=True, slots=True)
class Power:
    """A power in kW, which may be 0; None if the text states none. `note`: its oddity."""

    kw: float | None = None
    note: str = ""


_AMOUNT = r"\d{1,3}(?:[ .,'_]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+"
_UNIT = r"[km]?(?:w|va)|(?:kilo|mega)?watts?"
_JOINT = r"\s*(?:-|/|to|bis|until|up to|\.\.+|…|à)\s*"
_ONLY = re.compile(rf"({_AMOUNT})\s*({_UNIT})?(?:{_JOINT}({_AMOUNT})\s*({_UNIT})?)?")
_BEFORE = re.compile(
    r"^(?:[<>~≤≥≈=]+|up to|upto|max(?:imum|imal)?\.?|bis(?: zu)?|ca\.?|about|approx\.?)\s*"
)
_BEHIND = re.compile(r"\s*\(?\b(?:ac|dc|max\.?|peak)\)?$|\s*/\s*h$")
_NAMED = re.compile(rf"(\d+(?:[.,]\d+)?)\s*({_UNIT})(?![^\W\d])")
_NO_PART_BEFORE = re.compile(r"(?:^|[^\w.,\-]|\dx)$")
"""A power must not follow a sign, a range or a name that ends in a digit."""

_FACTORS = {"k": 1.0, "m": 1000.0, "w": 0.001, "v": 0.001}


@lru_cache(maxsize=1024)
def read_power(written: str | float | None) -> Power:
    """The highest power that `22.2kW`, `22000 W`, `50 - 150 kW`, 11.1 or 22000 means."""
    if written is None:
        return Power()
    plain = number(written)
    if plain is not None:
        return _without_unit(plain)
    if not isinstance(written, str) or len(written) > MAX_WORD:
        return Power()
    cleaned = unicodedata.normalize("NFKC", written).replace("\N{EN DASH}", "-").lower()
    cleaned = " ".join(cleaned.replace("\N{MINUS SIGN}", "-").split())
    cleaned = _BEHIND.sub("", _BEFORE.sub("", cleaned))
    if match := _ONLY.fullmatch(cleaned):
        amount, unit, high, high_unit = match.groups()
        low = _kw(amount, unit or high_unit or "")
        return low if high is None else _in_order(low, _kw(high, high_unit or unit or ""))
    named = list(_NAMED.finditer(cleaned))
    if len(named) == 1 and _NO_PART_BEFORE.search(cleaned[: named[0].start()]):
        return _kw(*named[0].groups())
    return Power()


def _in_order(low: Power, high: Power) -> Power:
    """The upper end of a range; no power if the first end is the higher one."""
    return high if (low.kw or 0) <= (high.kw or 0) else Power()


def _kw(amount: str, unit: str) -> Power:
    """The kW of an amount with its unit. The dot in `22.000 W` separates thousands, in kW not."""
    in_watts = unit[:1] in ("w", "v")
    if " " in amount and unit and not in_watts:
        return Power()  # `2 150 kW` is two of 150 or 2150
    value = _value(amount, thousands=in_watts)
    if not unit:
        return _without_unit(value)
    kw = value * _FACTORS[unit[0]]
    if kw > MOST_KW:
        return Power(
            kw / 1000,
            kept("{power} is more than there is; taken for watts", power=f"{value:.6g} {unit}"),
        )
    return Power(kw)


def _without_unit(value: float) -> Power:
    if value < 0:
        return Power(None, kept("not a power: {number}", number=f"{value:.6g}"))
    if value > MOST_KW * 1000:
        return Power(None, kept("more than there is: {number}", number=f"{value:.6g}"))
    if value >= WATTS_FROM:
        return Power(
            value / 1000, kept("{number} without a unit, taken for watts", number=f"{value:.6g}")
        )
    return Power(value)


def _value(amount: str, *, thousands: bool) -> float:
    """The number in a text of digits, with separators of thousands or a decimal sign."""
    amount = re.sub("[ '_]", "", amount)
    *groups, last = re.split("[.,]", amount)
    if not groups:
        return float(last)
    grouped = all(len(part) == 3 for part in (*groups[1:], last))
    if grouped and (thousands or len(groups) > 1):
        return float("".join((*groups, last)))
    return float(f"{''.join(groups) or '0'}.{last or '0'}")


def as_written(written: str | float | None) -> str:
    """The text to show for a power that could not be read: the server's own, such as `3x32A`."""
    shown = text(written) or ""
    return shown if read_power(written).kw is None and re.search(r"[^\W\d_]", shown) else ""
