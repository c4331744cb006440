"""EVSE IDs, the names of charging points (OIOI: connector-id, external-id): reading, comparing."""

import re
from collections.abc import Iterator

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean, tidy
from console.oioi.identifiers.contract import contract_form, verifies
from console.oioi.identifiers.countries import about_country
from console.oioi.identifiers.evco import compact
from console.oioi.identifiers.reading import (
    EVSE_ID,
    Advice,
    Alternative,
    Level,
    Reading,
    without_repeats,
)
from console.oioi.identifiers.source import Source
from console.oioi.language import tr

_TOO_LONG = r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E([A-Z0-9*]{31,})"
_WITHOUT_E = r"([A-Z]{2}\*?[A-Z0-9]{3}\*)((?![EPS])[A-Z0-9][A-Z0-9*]{0,29})"
_PLACE = r"[A-Z]{2}([*-])[A-Z0-9]{3}\1([PS])(?=[A-Z0-9*-]*[0-9])[A-Z0-9*-]{1,30}"
_WITH_00 = r"00([1-9][0-9]{0,2}\*.*)"
_SEPARATORS = r"(?:[^\w+]|_|(?<=\w)\+)+"  # any sign for the star; a + in front belongs to DIN


def read_source(source: Source, other: Advice | None) -> Reading:
    """The text read as an EVSE ID; an odd value gets advice and is not refused.

    `other`: advice that it looks like another kind, used if no EVSE ID can be made of the text.
    """
    cleaned = source.cleaned
    form = None
    if grammar.matches_evse_oioi(cleaned):
        form = "oioi"
    elif grammar.matches_evse_din(cleaned):
        form = "din"
    found = tuple(_starred(cleaned) if form == "oioi" else () if form else _repaired(cleaned))
    if form:
        advice = tuple(_about_known(source, form))
    else:
        advice = tuple(_about_unknown(cleaned, None if found else other))
    valid, alternatives = form is not None, without_repeats(found, cleaned)
    return Reading(
        source.text,
        EVSE_ID,
        form,
        cleaned,
        valid,
        None,
        advice,
        alternatives,
        cleaned,
        source.changes,
    )


def about_place(cleaned: str) -> Advice | None:
    """Advice if this is the ID of a charging pool or a station, which does not name an outlet."""
    place = re.fullmatch(_PLACE, cleaned)
    if place is None:
        return None
    if place[2] == "P":
        words = tr("The ID of a charging pool (P); a start needs an outlet's, with an E.")
    else:
        words = tr("The ID of a charging station (S); a start needs an outlet's, with an E.")
    return Advice(Level.WARN, words)


def same_evse(a: str, b: str) -> bool:
    """Whether two EVSE IDs probably name the same outlet: equal except for separators and case.

    A proposal, not a proof: `…E1*23` and `…E12*3` are equal here. In the DIN form the stars
    matter; a leading `+` (or `00` in its place) does not. Send the server's own spelling.
    """
    key = comparable(a)
    return bool(key) and key == comparable(b)


def comparable(evse: str) -> str:
    """What two EVSE IDs have in common that probably name the same outlet (`same_evse`)."""
    cleaned = clean(evse)[0]
    for spelling in (cleaned, *(found.value for found in _repaired(cleaned))):
        if grammar.matches_evse_din(spelling):
            return spelling.removeprefix("+")
    joined = re.sub(_SEPARATORS, "", cleaned)
    return joined if grammar.matches_evse_oioi(joined) else cleaned.replace("*", "")


def _about_known(source: Source, form: str) -> Iterator[Advice]:
    cleaned = source.cleaned
    if form == "din":
        yield Advice(
            Level.NOTE, tr("Older German form; a server may know only the form DE*ABC*E….")
        )
        return
    if verifies(compact(cleaned)):
        yield Advice(Level.WARN, tr("This also reads as a contract ID whose check digit fits."))
    if _has_small_e(source):
        yield Advice(
            Level.NOTE, tr("The E after the operator must be a capital; it is sent as one.")
        )
    yield from about_country(cleaned[:2])
    outlet = cleaned.replace("*", "")[6:]
    if len(outlet) > 2 and set(outlet) == {"0"}:
        yield Advice(Level.WARN, tr("Nothing but zeros: a placeholder, no outlet's ID."))


def _has_small_e(source: Source) -> bool:
    """Whether the E before the outlet was typed as a small letter."""
    head = r"(?i:[A-Z]{2}\*?[A-Z0-9]{3}\*?)e"
    return re.search(rf"(?<![0-9A-Za-z]){head}", tidy(source.text)[0]) is not None


def _about_unknown(cleaned: str, other: Advice | None) -> Iterator[Advice]:
    if cleaned.isascii() and cleaned.isdigit():
        yield Advice(Level.NOTE, tr("Only digits: right where the server numbers its connectors."))
    elif place := about_place(cleaned):
        yield place
    elif too_long := re.fullmatch(_TOO_LONG, cleaned):
        length = len(too_long[1])
        words = tr("{n} characters after the E; OIOI allows 30, some allow 31.", n=length)
        yield Advice(Level.WARN, words)
    elif other:
        yield other
    else:
        yield Advice(Level.WARN, tr("Unknown station ID format; it will be sent as typed."))


def _starred(cleaned: str) -> Iterator[Alternative]:
    """The spelling with the two stars most systems print, and with GB for UK."""
    if cleaned.startswith("UK"):
        yield Alternative(f"GB{cleaned[2:]}", tr("with GB, the code of the United Kingdom"))
    if "*" not in cleaned:
        yield Alternative(f"{cleaned[:2]}*{cleaned[2:5]}*{cleaned[5:]}", tr("with the usual stars"))


def _repaired(cleaned: str) -> Iterator[Alternative]:
    """EVSE IDs that a text of unknown form may mean: other separators, `00` for `+`, no E."""
    starred = re.sub(_SEPARATORS, "*", cleaned).strip("*")
    joined = "".join(cleaned.split())
    if "://" in cleaned:
        return  # the parts of a link are not parts of an ID
    whys = tr("without blanks"), tr("with stars between its parts")
    for candidate, why in zip((joined, starred), whys, strict=True):
        if candidate != cleaned and grammar.matches_evse(candidate):
            yield Alternative(candidate, why)
    abroad = re.fullmatch(_WITH_00, starred)
    if abroad and grammar.matches_evse_din(f"+{abroad[1]}"):
        yield Alternative(f"+{abroad[1]}", tr("with + instead of 00"))
    is_contract = starred != cleaned and contract_form(starred)
    has_parts = starred == cleaned or starred[2:3] == "*"
    without_e = re.fullmatch(_WITHOUT_E, starred) if has_parts and not is_contract else None
    if without_e and not verifies(compact(cleaned)):
        yield Alternative(f"{without_e[1]}E{without_e[2]}", tr("with the E before the outlet"))
