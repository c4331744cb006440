"""Refuses places in other systems than degrees, naming the system, so that users stop trying."""

import re

from console.oioi.language import mark, tr
from console.oioi.positions.angles import PositionError

_ZONE = r"(?:0?[1-9]|[1-5]\d|60)\s*[C-HJ-NP-X]"
_METRES = r"(?:\d{5,8}|\d{1,3}(?:[ .']\d{3}){1,2})(?:[.,]\d+)?\s*m?"
_EAST_AND_NORTH = rf"E?\s*{_METRES}\s*E?[\s,;/]+N?\s*{_METRES}\s*N?"
_WORD = r"[^\W\d]"
_SYSTEMS = (
    (
        mark(
            "These are MGRS coordinates, which I cannot read; paste the degrees, for example"
            " 52.5167, 13.3833."
        ),
        rf"{_ZONE}\s*[A-HJ-NP-Z]{{2}}\s*(?:\d{{2,5}}\s*\d{{2,5}})",
    ),
    (
        mark(
            "These are UTM coordinates, which I cannot read; paste the degrees, for example"
            " 52.5167, 13.3833."
        ),
        rf"UTM(?![^\W\d]).*|(?:zone\s*)?{_ZONE}[\s,;]*{_EAST_AND_NORTH}"
        rf"|{_EAST_AND_NORTH}[\s,;]+(?:zone\s*)?{_ZONE}",
    ),
    (
        mark(
            "These are metres of a grid such as UTM, which I cannot read; paste the degrees, for"
            " example 52.5167, 13.3833."
        ),
        r"E?\s*\d{5,7}(?:[.,]\d+)?\s*m?E?[\s,;/]+N?\s*\d{6,8}(?:[.,]\d+)?\s*m?N?"
        r"|EPSG:?\s*(?!4326|4258)\d{4,5}\b.*",
    ),
    (
        mark(
            "This is a what3words address, which I cannot read; paste the degrees, for example"
            " 52.5167, 13.3833."
        ),
        rf"/{{0,3}}\s*{_WORD}{{3,}}(?:[.。]{_WORD}{{3,}}){{2}}"
        r"|(?:https?://)?(?:www\.)?(?:w3w\.co|what3words\.com)/.*",
    ),
)
_PATTERNS = tuple((said, re.compile(pattern, re.IGNORECASE)) for said, pattern in _SYSTEMS)


def refuse_other_systems(text: str) -> None:
    """Raise PositionError, naming the system, if a text is in another system than degrees."""
    for said, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            raise PositionError(tr(said))
