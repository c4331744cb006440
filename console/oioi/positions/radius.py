"""Radii as people write them: a number and a unit."""

import re

from console.oioi.language import tr
from console.oioi.positions.angles import clip, plain
from console.oioi.positions.sphere import FARTHEST_KM

KM_PER_UNIT = {"km": 1.0, "mi": 1.609344, "m": 0.001}
"""Kilometres per unit, by the names that a search uses."""

_WRITTEN = {
    "km": "km kilometer kilometers kilometre kilometres",
    "m": "m meter meters metre metres",
    "mi": "mi mile miles meile meilen",
}
_UNITS = {"": "km"} | {word: unit for unit, words in _WRITTEN.items() for word in words.split()}
"""The unit for each word that people write after a number."""

_RADIUS = re.compile(r"(\d{1,3}(?:[ '_]\d{3})+|\d+(?:[.,]\d*)?|[.,]\d+)\s*([a-z]*)\.?")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""Unclear: a number with three decimals, or with a separator of thousands."""


class RadiusError(ValueError):
    """A text is not a radius; the error says in one sentence why, and what to write."""


def parse_radius(text: str) -> float:
    """A radius in km from `5`, `2,5 km`, `500 m`, `1 000 m` or `3 mi`.

    Raises RadiusError for any other text, for `1.000 m`, which may be one metre or a thousand, for
    zero, and for more than half the way around the earth.
    """
    cleaned = plain(text)
    match = _RADIUS.fullmatch(cleaned.lower())
    if not match:
        said = tr(
            "“{text}” is no radius; write for example 5, 2.5 km or 500 m.", text=clip(cleaned)
        )
        raise RadiusError(said)
    unit = _UNITS.get(match[2])
    if unit is None:
        said = tr("The unit “{unit}” is not known; use km, m or mi.", unit=clip(match[2]))
        raise RadiusError(said)
    if _EITHER.fullmatch(match[1]):
        whole, decimals = re.split("[.,]", match[1])
        small = f"{float(f'{whole}.{decimals}'):g} {unit}"
        large = f"{whole}{decimals} {unit}"
        raise RadiusError(
            tr(
                "“{text}” may be {small} or {large}; write {small} or {large}.",
                text=clip(cleaned),
                small=small,
                large=large,
            )
        )
    radius = float(re.sub("[ '_]", "", match[1]).replace(",", ".")) * KM_PER_UNIT[unit]
    if radius <= 0:
        raise RadiusError(tr("The radius must be more than 0."))
    if radius > FARTHEST_KM:
        raise RadiusError(tr("The radius is more than half the way round the earth."))
    return radius
