"""Identifiers as people type, scan and paste them: EVCO IDs, EVSE IDs, card UIDs, keys.

Pure functions from a text to a `Reading`: its kind, whether its spelling and its check digit are
right, what to tell the operator, and which other spellings are worth a try. An identifier is not
refused because it looks odd: real systems send odd identifiers. Refused are an empty value, a
control character, two identifiers at once, and secrets that no charging server may see (a payment
card, a bank account, a key).
"""

from typing import Any

from console.oioi.identifiers.checkdigits import din_check_digit, iso_check_character
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.evco import compact, provider_of, steve_tag
from console.oioi.identifiers.evse import about_place, same_evse
from console.oioi.identifiers.grammar import (
    matches_evse_din,
    matches_evse_oioi,
    matches_iso_evco,
    matches_oioi_evco,
    matches_uid,
)
from console.oioi.identifiers.kinds import KINDS, TABLE, read, read_customer
from console.oioi.identifiers.never_send import never_send
from console.oioi.identifiers.reading import (
    EVCO_ID,
    EVSE_ID,
    LONGEST,
    UID,
    UNKNOWN,
    Advice,
    Alternative,
    CheckDigit,
    Level,
    Reading,
    unsendable,
)
from console.oioi.identifiers.secrets_text import clean_api_key, partner_identifier_advice
from console.oioi.identifiers.uid import pad_uid, reverse_bytes
from console.oioi.identifiers.uid_writing import is_rounded

__all__ = [
    "EVCO_ID",
    "EVSE_ID",
    "KINDS",
    "LONGEST",
    "TABLE",
    "UID",
    "UNKNOWN",
    "Advice",
    "Alternative",
    "CheckDigit",
    "Level",
    "Reading",
    "about_place",
    "clean",
    "clean_api_key",
    "compact",
    "din_check_digit",
    "is_rounded",
    "iso_check_character",
    "matches_evse_din",
    "matches_evse_oioi",
    "matches_iso_evco",
    "matches_oioi_evco",
    "matches_uid",
    "never_send",
    "pad_uid",
    "partner_identifier_advice",
    "provider_of",
    "read",
    "read_customer",
    "read_evco",
    "read_evse",
    "read_uid",
    "reading_json",
    "reverse_bytes",
    "same_evse",
    "steve_tag",
    "unsendable",
]


def read_evco(text: str) -> Reading:
    """`text` read as a contract ID."""
    return read(text, EVCO_ID)


def read_evse(text: str) -> Reading:
    """`text` read as an EVSE ID."""
    return read(text, EVSE_ID)


def read_uid(text: str) -> Reading:
    """`text` read as a card UID."""
    return read(text, UID)


def reading_json(reading: Reading) -> dict[str, Any]:
    """The reading as one object of `check --json`. Scripts rely on its member names."""
    check = reading.check_digit
    return {
        "input": reading.input,
        "kind": reading.kind,
        "form": reading.form,
        "normal": reading.normal,
        "valid": reading.valid,
        "check_digit": check and {"given": check.given, "computed": check.computed, "ok": check.ok},
        "advice": [advice.text for advice in reading.advice],
        "alternatives": [alternative.value for alternative in reading.alternatives],
    }
