"""The prices of charging at a connector, as far as a station's data state them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from console.oioi.language import mark, tr
from console.oioi.stations.members import PricesWire
from console.oioi.tolerant import MAX_WORD, number

_CURRENCY = r"[^\W\d_]{1,5}\.?|[€£$¥]"
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY})?\s*(-?\d+(?:[.,]\d*)?|[.,]\d+)\s*({_CURRENCY})?"
    r"(?:\s*(?:/|per|pro|je)\s*[^\W\d_]{1,6})?",
    re.IGNORECASE,
)
_HUNDREDTHS = ("ct", "cent", "cents", "c", "p")
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


@dataclass(frozen=True, slots=True)
class Price:
    """The four prices of PROTOCOL.md 2.2 in units of `currency`; None: not stated.

    `unclear`: the text in the place of an amount, if it cannot be read as one.
    """

    per_kwh: float | None = None
    per_hour: float | None = None
    parking_per_hour: float | None = None
    starting_fee: float | None = None
    currency: str = ""
    unclear: str = ""

    @property
    def short(self) -> str:
        """For a table: `0.49 €/kWh`, `0.36 €/kWh + 1.10 €/h parking`; zeros are left out.

        `0.00 €` if every stated price is zero, empty if none is stated.
        """
        named = (
            # Translators: parts of a price in a narrow column
            (self.per_kwh, mark("{amount}/kWh")),
            (self.per_hour, mark("{amount}/h")),
            (self.parking_per_hour, mark("{amount}/h parking")),
            (self.starting_fee, mark("{amount} start")),
        )
        sign = _SIGNS.get(self.currency, self.currency)
        unit = f" {sign}" if sign else ""
        parts = [tr(per, amount=f"{_amount(value)}{unit}") for value, per in named if value]
        if not parts and not self.unclear and any(value is not None for value, _ in named):
            return f"0.00{unit}"
        return " + ".join((*parts, *filter(None, (self.unclear,))))


def read_price(wire: PricesWire | None) -> Price | None:
    """The price in a `prices` member; None if nothing is stated in it."""
    if wire is None:
        return None
    written = (
        wire.charging_per_kwh,
        wire.charging_per_hour,
        wire.parking_per_hour,
        wire.starting_fee,
    )
    per_kwh, per_hour, parking, start = amounts = [read_amount(each) for each in written]
    unclear = (
        each.strip()
        for each, amount in zip(written, amounts, strict=True)
        if amount is None and isinstance(each, str)
    )
    currency = (wire.currency or "").strip().upper()
    price = Price(per_kwh, per_hour, parking, start, currency, ", ".join(filter(None, unclear)))
    return price if price.short else None


@lru_cache(maxsize=1024)
def read_amount(written: str | float | None) -> float | None:
    """Units of the currency in 0.49, `0,49 €`, `EUR 0.49/kWh` or `49 ct`; None where unclear."""
    found = number(written)
    if found is not None or not isinstance(written, str):
        return found
    written = written.strip()
    match = _AMOUNT.fullmatch(written) if len(written) <= MAX_WORD else None
    amount = number(match[1]) if match else None
    if match is None or amount is None:
        return None
    return amount / 100 if (match[2] or "").lower().rstrip(".") in _HUNDREDTHS else amount


def _amount(value: float) -> str:
    """An amount with at least two decimals: 0.49, 2.50, 0.125."""
    return f"{value:.2f}" if round(value, 2) == value else f"{value:.6f}".rstrip("0")
