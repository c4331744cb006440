"""The written forms of identifiers, as strict patterns for the unchanged text.

Every pattern is ASCII only and must match the whole text: searching would accept
`DE*8PS*156456730*9` for its first part, a `$` a trailing line break, and a `\\d` Arabic digits.
The published OIOI pattern for an EVCO ID has `[\\*|-]`, which also allows the character `|`. That
is a mistake, and it is not allowed here.

The patterns are texts. `re` compiles and keeps each on first use, because compiling all of them
would slow down the start of the program.
"""

import re

_EVCO_OIOI = r"[A-Za-z]{2}[*-]?[A-Za-z0-9]{3}[*-]?[A-Za-z0-9]{6}[*-]?[0-9X]"
_EVCO_ISO = r"[A-Za-z]{2}(-?)[A-Za-z0-9]{3}\1[A-Za-z0-9]{9}(?:\1[A-Za-z0-9])?"
_EVSE_OIOI = r"[A-Za-z]{2}\*?[A-Za-z0-9]{3}\*?E[A-Za-z0-9*]{1,30}"
_EVSE_DIN = r"\+?[0-9]{1,3}\*[0-9]{3,6}\*[0-9*]{1,32}"
_UID = r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20}"
_HEX = r"[0-9A-F]+"


def matches_oioi_evco(text: str) -> bool:
    """Whether `text` is a 12-character contract ID in the form OIOI describes (DIN SPEC 91286)."""
    return re.fullmatch(_EVCO_OIOI, text) is not None


def matches_iso_evco(text: str) -> bool:
    """Whether `text` is a contract ID of ISO 15118 Annex H: hyphens at every place or at none."""
    return re.fullmatch(_EVCO_ISO, text) is not None


def matches_evco(text: str) -> bool:
    """Whether `text` is a contract ID in either form."""
    return matches_oioi_evco(text) or matches_iso_evco(text)


def matches_evse_oioi(text: str) -> bool:
    """Whether `text` is an EVSE ID in the form OIOI describes; its `E` must be a capital."""
    return re.fullmatch(_EVSE_OIOI, text) is not None


def matches_evse_din(text: str) -> bool:
    """Whether `text` is an EVSE ID of the older form that starts with a telephone code."""
    return re.fullmatch(_EVSE_DIN, text) is not None


def matches_evse(text: str) -> bool:
    """Whether `text` is an EVSE ID in either form."""
    return matches_evse_oioi(text) or matches_evse_din(text)


def matches_uid(text: str) -> bool:
    """Whether `text` is a card UID as OIOI sends it: 8, 14 or 20 upper-case hex digits."""
    return re.fullmatch(_UID, text) is not None


def is_hex(text: str) -> bool:
    """Whether `text` has only upper-case hex digits, at least one."""
    return re.fullmatch(_HEX, text) is not None


def is_steve_tag(text: str) -> bool:
    """Whether `text` looks like SteVe's tag for a contract: 15 hex digits."""
    return len(text) == 15 and is_hex(text)
