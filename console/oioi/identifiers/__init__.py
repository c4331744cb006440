"""Identifiers as people type, scan and paste them: EVCO IDs, EVSE IDs, card UIDs, keys.

Pure functions from a text to a `Reading`: what it is, whether its spelling and its check digit
are right, what to tell the operator, and which other spellings are worth a try. Nothing is ever
refused for looking odd, since real systems send odd identifiers; only an empty value or one with
a control character must not be sent.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from console.oioi.identifiers import grammar
from console.oioi.identifiers.checkdigits import din_check_digit, iso_check_character
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.contract import verifies
from console.oioi.identifiers.evco import compact, contract_form, oddities, read_evco, steve_tag
from console.oioi.identifiers.evse import read_evse, same_evse
from console.oioi.identifiers.grammar import (
    matches_evse_din,
    matches_evse_oioi,
    matches_iso_evco,
    matches_oioi_evco,
    matches_uid,
)
from console.oioi.identifiers.reading import (
    EVCO_ID,
    EVSE_ID,
    UID,
    UNKNOWN,
    Advice,
    Alternative,
    CheckDigit,
    Level,
    Reading,
    refused,
    unsendable,
    without_repeats,
)
from console.oioi.identifiers.secrets_text import clean_api_key, partner_identifier_advice
from console.oioi.identifiers.uid import pad_uid, read_uid, reverse_bytes

__all__ = [
    "EVCO_ID",
    "EVSE_ID",
    "KINDS",
    "UID",
    "UNKNOWN",
    "Advice",
    "Alternative",
    "CheckDigit",
    "Level",
    "Reading",
    "clean",
    "clean_api_key",
    "compact",
    "din_check_digit",
    "iso_check_character",
    "matches_evse_din",
    "matches_evse_oioi",
    "matches_iso_evco",
    "matches_oioi_evco",
    "matches_uid",
    "pad_uid",
    "partner_identifier_advice",
    "read",
    "read_evco",
    "read_evse",
    "read_uid",
    "reading_json",
    "reverse_bytes",
    "same_evse",
    "steve_tag",
    "unsendable",
]

_READERS: dict[str, Callable[[str], Reading]] = {
    EVCO_ID: read_evco,
    EVSE_ID: read_evse,
    UID: read_uid,
}
_NAMES = {EVCO_ID: "a contract ID", EVSE_ID: "a station ID (EVSE ID)", UID: "a card number (UID)"}

KINDS = tuple(_READERS)
"""The kinds an identifier can be read as, in the words of `check --kind`."""

_SHORTEST_UID = 6
"""In hex digits. Less is more often the number of a connector than a UID without its zeros."""


def read(text: str, kind: str | None = None) -> Reading:
    """What `text` says as the given kind, or without one as the kind whose grammar fits.

    Where several fit, a contract whose check digit verifies comes before an EVSE ID, that before
    a UID, a contract with a wrong or no check digit last; a note names the others. Where none
    fits, a contract or UID that only lacks digits or separators is still read as one, with
    `valid` false; everything else is "unknown".

    Never raises for any text; ValueError for a kind that is none of `KINDS`.
    """
    if kind is not None:
        if kind not in _READERS:
            raise ValueError(f"unknown kind {kind!r}, use one of {', '.join(KINDS)}")
        return _READERS[kind](text)
    cleaned = clean(text)[0]
    fitting = tuple(_fitting(cleaned))
    if fitting:
        return _naming_others(_READERS[fitting[0]](text), fitting[1:])
    nearest = _nearest(cleaned)
    return _READERS[nearest](text) if nearest else _unknown(text)


def reading_json(reading: Reading) -> dict[str, Any]:
    """The reading as one object of `check --json`; its member names are a promise to scripts."""
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


def _fitting(cleaned: str) -> Iterator[str]:
    """The kinds whose grammar fits, the one to prefer first."""
    contract = grammar.matches_evco(cleaned)
    verified = contract and verifies(compact(cleaned))
    if verified:
        yield EVCO_ID
    if grammar.matches_evse(cleaned):
        yield EVSE_ID
    if grammar.is_uid(cleaned):
        yield UID
    if contract and not verified:
        yield EVCO_ID


def _nearest(cleaned: str) -> str | None:
    """The kind `cleaned` is nearly, when no grammar fits."""
    digits = grammar.uid_digits(cleaned)
    if grammar.in_bytes(cleaned) and _SHORTEST_UID <= len(digits) <= 20:
        return UID
    return EVCO_ID if contract_form(cleaned) else None


def _naming_others(reading: Reading, others: tuple[str, ...]) -> Reading:
    if not others:
        return reading
    names = " and ".join(_NAMES[kind] for kind in others)
    note = Advice(Level.NOTE, f"It also has the shape of {names}.")
    return replace(reading, advice=(*reading.advice, note))


def _unknown(text: str) -> Reading:
    """A reading without a kind, offering what it may have been."""
    cleaned, changes = clean(text)
    if reason := unsendable(cleaned):
        return refused(text, UNKNOWN, cleaned, changes, reason)
    readers = [read_evco, read_evse]
    if not grammar.is_hex(grammar.uid_digits(cleaned)):
        readers.append(read_uid)  # else it would offer every short number turned round
    offers = (offer for reader in readers for offer in reader(text).alternatives)
    alternatives = without_repeats(offers, cleaned)
    advice = (
        Advice(Level.WARN, "Neither a contract, a station ID nor a card number as it stands."),
        *(read_evse(text).advice if cleaned.isdecimal() else oddities(cleaned)),
    )
    return Reading(
        text, UNKNOWN, None, cleaned, False, None, advice, alternatives, cleaned, changes
    )
