"""The position in a text that somebody pasted, in whichever of the forms it is."""

from urllib.parse import unquote

from console.oioi.language import tr
from console.oioi.positions.angles import PositionError, plain
from console.oioi.positions.coordinates import from_text
from console.oioi.positions.map_links import from_geo_uri, from_link, is_link
from console.oioi.positions.other_systems import refuse_other_systems
from console.oioi.positions.plus_codes import from_plus_code
from console.oioi.positions.sphere import Position

LONGEST_TEXT = 2000
"""Characters. Links to maps are shorter, and the patterns are quick on texts of this length."""


def parse_position(text: str) -> Position:
    """The position in a pasted text.

    A pair of numbers, degrees and minutes, a `geo:` address, a link to a map, a full plus code or
    a GeoJSON point. `note` of the position says what had to be guessed. Raises PositionError, whose
    text is one sentence for the person who pasted it.
    """
    cleaned = plain(text)
    if not cleaned:
        raise PositionError(tr("There is no position yet; write for example 52.5167, 13.3833."))
    if len(cleaned) > LONGEST_TEXT:
        raise PositionError(
            tr("This text is too long to be a position; write for example 52.5167, 13.3833.")
        )
    if cleaned.lower().startswith("geo:"):
        return from_geo_uri(cleaned)
    refuse_other_systems(cleaned)
    if is_link(cleaned):
        return from_link(cleaned)
    return from_plus_code(unquote(cleaned)) or from_text(cleaned)
