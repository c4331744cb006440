"""EVSE IDs, the names of charging points (OIOI: connector-id, external-id): reading, comparing."""

import re
from collections.abc import Iterator

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean, tidy
from console.oioi.identifiers.contract import verifies
from console.oioi.identifiers.countries import is_country
from console.oioi.identifiers.evco import compact
from console.oioi.identifiers.reading import (
    EVSE_ID,
    Advice,
    Alternative,
    Level,
    Reading,
    refused,
    unsendable,
    without_repeats,
)

_TOO_LONG = r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E([A-Z0-9*]{31,})"
_WITHOUT_E = r"([A-Z]{2}\*?[A-Z0-9]{3}\*)((?!E)[A-Z0-9][A-Z0-9*]{0,29})"
_WITH_00 = r"00([1-9][0-9]{0,2}\*.*)"
_SEPARATORS = r"[\s*_./|:'\"“”„<>()\[\],;-]+"


def read_evse(text: str) -> Reading:
    """What `text` says as an EVSE ID. Never raises; an odd value is advised on, not refused."""
    cleaned, changes = clean(text)
    if reason := unsendable(cleaned):
        return refused(text, EVSE_ID, cleaned, changes, reason)
    form = None
    if grammar.matches_evse_oioi(cleaned):
        form = "oioi"
    elif grammar.matches_evse_din(cleaned):
        form = "din"
    advice = tuple(_about_known(text, cleaned, form) if form else _about_unknown(cleaned))
    found = _starred(cleaned) if form == "oioi" else () if form else _repaired(cleaned)
    alternatives = without_repeats(found, cleaned)
    return Reading(
        text, EVSE_ID, form, cleaned, form is not None, None, advice, alternatives, cleaned, changes
    )


def same_evse(a: str, b: str) -> bool:
    """Whether two EVSE IDs probably name the same outlet: equal but for separators and case.

    A proposal, not a proof: `…E1*23` and `…E12*3` are equal here. In the DIN form the stars
    count and a leading `+` (or the `00` typed for it) does not. What is sent stays the spelling
    the server gave.
    """
    key = _comparable(a)
    return bool(key) and key == _comparable(b)


def _comparable(evse: str) -> str:
    cleaned = clean(evse)[0]
    for spelling in (cleaned, *(found.value for found in _repaired(cleaned))):
        if grammar.matches_evse_din(spelling):
            return spelling.removeprefix("+")
    joined = re.sub(_SEPARATORS, "", cleaned)
    return joined if grammar.matches_evse_oioi(joined) else cleaned.replace("*", "")


def _about_known(text: str, cleaned: str, form: str) -> Iterator[Advice]:
    if form == "din":
        yield Advice(Level.NOTE, "Older German form; a server may know only the form DE*ABC*E….")
        return
    if verifies(compact(cleaned)):
        yield Advice(Level.WARN, "This also reads as a contract ID whose check digit fits.")
    if not grammar.matches_evse_oioi(tidy(text)[0]):
        yield Advice(Level.NOTE, "The E after the operator must be a capital; it is sent as one.")
    if not is_country(cleaned[:2]):
        yield Advice(Level.WARN, f"{cleaned[:2]} is not a country code.")


def _about_unknown(cleaned: str) -> Iterator[Advice]:
    if cleaned.isascii() and cleaned.isdigit():
        yield Advice(Level.NOTE, "Only digits: right where the server numbers its connectors.")
        return
    if too_long := re.fullmatch(_TOO_LONG, cleaned):
        length = len(too_long[1])
        yield Advice(Level.WARN, f"{length} characters after the E; OIOI allows 30, some allow 31.")
    elif grammar.matches_evco(cleaned) and not any(_repaired(cleaned)):
        yield Advice(Level.WARN, "This looks like a contract ID (EVCO ID), not a station ID.")
    elif grammar.is_uid(cleaned):
        yield Advice(Level.WARN, "This looks like a card number (UID), not a station ID.")
    else:
        yield Advice(Level.WARN, "Unknown station ID format; it will be sent as typed.")


def _starred(cleaned: str) -> Iterator[Alternative]:
    """The spelling with the two stars most systems print, for an ID written without any."""
    if "*" not in cleaned:
        yield Alternative(f"{cleaned[:2]}*{cleaned[2:5]}*{cleaned[5:]}", "with the usual stars")


def _repaired(cleaned: str) -> Iterator[Alternative]:
    """What an EVSE ID in no known form may have been: other separators, `00` for `+`, no E."""
    starred = re.sub(_SEPARATORS, "*", cleaned).strip("*")
    joined = "".join(cleaned.split())
    for candidate, why in ((joined, "without blanks"), (starred, "with stars between its parts")):
        if candidate != cleaned and grammar.matches_evse(candidate):
            yield Alternative(candidate, why)
    abroad = re.fullmatch(_WITH_00, starred)
    if abroad and grammar.matches_evse_din(f"+{abroad[1]}"):
        yield Alternative(f"+{abroad[1]}", "with + instead of 00")
    without_e = re.fullmatch(_WITHOUT_E, cleaned)
    if without_e and not verifies(compact(cleaned)):
        yield Alternative(f"{without_e[1]}E{without_e[2]}", "with the E before the outlet")
