"""Places written in other systems than degrees: each is named, so that nobody tries on."""

import re

from console.oioi.positions.angles import PositionError

_ZONE = r"(?:0?[1-9]|[1-5]\d|60)\s*[C-HJ-NP-X]"
_METRES = r"\d{5,8}(?:[.,]\d+)?\s*m?"
_WORD = r"[^\W\d]"
_SYSTEMS = {
    "These are MGRS coordinates": rf"{_ZONE}\s*[A-HJ-NP-Z]{{2}}\s*(?:\d{{2,5}}\s*\d{{2,5}})",
    "These are UTM coordinates": (
        rf"UTM\b.*|(?:zone\s*)?{_ZONE}[\s,;]+E?\s*{_METRES}\s*E?[\s,;]+N?\s*{_METRES}\s*N?"
    ),
    "These are metres of a grid such as UTM": r"\d{5,7}(?:[.,]\d+)?[\s,;/]+\d{6,8}(?:[.,]\d+)?",
    "This is a what3words address": (
        rf"/{{0,3}}\s*{_WORD}{{3,}}(?:[.。]{_WORD}{{3,}}){{2}}"
        r"|(?:https?://)?(?:www\.)?(?:w3w\.co|what3words\.com)/.*"
    ),
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SYSTEMS.items()}


def refuse_other_systems(text: str) -> None:
    """PositionError that names the system a text is written in, where it is none of degrees."""
    for name, pattern in _PATTERNS.items():
        if pattern.fullmatch(text):
            raise PositionError(
                f"{name}, which I cannot read; paste the degrees, for example 52.5167, 13.3833."
            )
