"""EVCO IDs, the contract IDs of customers: reading, comparing, and SteVe's tag for one."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.contract import (
    carried,
    check_digit_of,
    contract_form,
    is_aligned,
    spelled,
    verifies,
)
from console.oioi.identifiers.countries import about_country
from console.oioi.identifiers.reading import (
    EVCO_ID,
    Advice,
    Alternative,
    CheckDigit,
    Level,
    Reading,
    without_repeats,
)
from console.oioi.identifiers.source import Source
from console.oioi.language import mark, tr

_SEPARATORS = str.maketrans("", "", "*-")
_PASTED_AROUND = r"[\W_]+"
_LOOK_ALIKES = dict(zip("O0I1LB8S5QZG", "0O1I18B5S026", strict=True))
_AMONG_LETTERS = {**_LOOK_ALIKES, "0": "OQ", "1": "IL", "2": "Z", "6": "G"}
"""With the rarer letters. They are not proposed for an instance that has only digits."""

_PROVIDER, _INSTANCE = 2, 5
"""Where they begin in a compact contract ID: the provider after the country, then the instance."""

_CARRIED = (
    mark("the same contract with 12 characters"),
    mark("the same contract as eMI3 writes it"),
    mark("the same contract as older ISO systems write it"),
)


class _Seen(NamedTuple):
    """A cleaned contract ID and what is known of it from its characters."""

    cleaned: str
    code: str
    form: str | None
    check: CheckDigit | None
    valid: bool

    @property
    def verified(self) -> bool:
        return self.check is not None and self.check.ok is True


def compact(evco: str) -> str:
    """The spelling for comparing contracts: cleaned, upper case, without stars and hyphens."""
    return clean(evco)[0].translate(_SEPARATORS)


def provider_of(evco: str) -> str:
    """The provider in a contract ID: `8PS` in `DE*8PS*D89761*2`. Empty if it has not the form."""
    code = compact(evco).upper()
    return code[_PROVIDER:_INSTANCE] if grammar.matches_evco(clean(evco)[0]) else ""


def steve_tag(evco: str) -> str:
    """The tag under which SteVe's log knows a contract: 15 hex digits.

    They are taken from the SHA-256 of the ID exactly as it was sent, so another spelling of the
    same contract has another tag.
    """
    return sha256(evco.encode()).hexdigest()[:15].upper()


def read_source(source: Source, other: Advice | None) -> Reading:
    """The text read as a contract ID; an odd value gets advice and is not refused.

    `other`: advice that it looks like another kind. It is left out if the check digit verifies.
    """
    cleaned = source.cleaned
    code = cleaned.translate(_SEPARATORS)
    form = contract_form(cleaned)
    check = check_digit_of(code) if form else None
    seen = _Seen(cleaned, code, form, check, grammar.matches_evco(cleaned))
    elsewhere = () if seen.verified else tuple(_looks_like(seen, other))
    slips = () if seen.verified or elsewhere else tuple(_slips(seen))
    advice = (*elsewhere, *_about_check(seen, bool(slips)), *_about_form(seen))
    alternatives = without_repeats((*slips, *_other_spellings(seen)), cleaned)
    normal = spelled(code) if form else cleaned
    return Reading(
        source.text,
        EVCO_ID,
        form,
        normal,
        seen.valid,
        check,
        advice,
        alternatives,
        cleaned,
        source.changes,
    )


def oddities(cleaned: str) -> Iterator[Advice]:
    """Why a text is not a contract ID: a wrong character, or wrong lengths of its parts."""
    if "@" in cleaned:
        yield Advice(Level.WARN, tr("This looks like a user name (e-mail), not an ID."))
        return
    if odd := re.search("[^0-9A-Za-z*-]", cleaned):
        yield Advice(Level.WARN, _contains(odd[0]))
        return
    lengths = [len(part) for part in re.split("[*-]", cleaned)]
    if 3 <= len(lengths) <= 5:
        parts = "-".join(map(str, lengths))
        words = tr("Parts of {parts} characters; contracts have 2-3-6-1 or 2-3-9-1.", parts=parts)
        yield Advice(Level.WARN, words)


def _contains(char: str) -> str:
    if char == " ":
        return tr("No contract ID contains a blank.")
    shown = f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
    return tr("No contract ID contains {character}.", character=shown)


def _looks_like(seen: _Seen, other: Advice | None) -> Iterator[Advice]:
    if other:
        yield other
    elif _is_hyphened_evse(seen.cleaned):
        yield Advice(Level.WARN, tr("This looks like a station ID (EVSE ID), not a contract ID."))
    elif grammar.is_steve_tag(seen.cleaned):
        yield Advice(Level.WARN, tr("This looks like the tag SteVe makes of a contract ID."))


def _is_hyphened_evse(cleaned: str) -> bool:
    """Whether it is like `DE-8PS-E123456`: an EVSE ID, as no hyphen is before a check digit."""
    return cleaned.count("-") == 2 and grammar.matches_evse_oioi(cleaned.replace("-", "*"))


def _about_check(seen: _Seen, has_slips: bool) -> Iterator[Advice]:
    check = seen.check
    if check is None or check.ok:
        return
    if check.given is None and seen.form == "din":
        words = tr("The check digit is missing; it would be {digit}.", digit=check.computed)
        yield Advice(Level.WARN, words)
    elif check.given is None:
        note = tr(
            "No check character, which this format allows; it would be {character}.",
            character=check.computed,
        )
        yield Advice(Level.NOTE, note)
    else:
        is_digit = seen.form == "din"
        differs = _CHECK_DIGIT_DIFFERS if is_digit else _CHECK_CHARACTER_DIFFERS
        words = tr(differs, given=check.given, computed=check.computed)
        yield Advice(Level.WARN, words)
        if has_slips:
            slip = tr("One mistaken or swapped character would explain it; see the proposals.")
            yield Advice(Level.WARN, slip)
            yield Advice(
                Level.WARN, tr("A proposal may be another person's contract: ask its holder.")
            )
        yield Advice(Level.NOTE, tr(_WRONG_DIGITS if is_digit else _WRONG_CHARACTERS))


_CHECK_DIGIT_DIFFERS = mark("Check digit {given} does not fit, {computed} would: read it again.")
_CHECK_CHARACTER_DIFFERS = mark(
    "Check character {given} does not fit, {computed} would: read it again."
)
_WRONG_DIGITS = mark("Some partners issue IDs whose check digit is wrong; it may be sent.")
_WRONG_CHARACTERS = mark("Some partners issue IDs whose check character is wrong; it may be sent.")


def _about_form(seen: _Seen) -> Iterator[Advice]:
    if seen.form is None:
        yield Advice(Level.WARN, tr("Unknown contract format; it will be sent as typed."))
        yield from oddities(seen.cleaned)
        return
    if seen.form != "din":
        yield Advice(Level.NOTE, tr("Newer format; an OIOI server may know only 12 characters."))
    if seen.form == "din" and seen.check and (seen.check.given or "X") not in "0123456789X":
        yield Advice(Level.WARN, tr("In this format the last character is a digit or X."))
    elif not seen.valid and seen.form != "din" and "-" not in seen.cleaned:
        yield Advice(Level.NOTE, tr("This format is written with hyphens, not with stars."))
    elif not seen.valid and len(seen.code) != 11:
        yield Advice(Level.WARN, tr("The separators are not where they belong."))
    elif "*" in seen.cleaned and "-" in seen.cleaned:
        yield Advice(Level.WARN, tr("Stars and hyphens are mixed; use one of them."))
    yield from about_country(seen.code[:2])
    if set(seen.code[_INSTANCE : 14 if seen.form != "din" else 11].lstrip("C")) <= {"0"}:
        yield Advice(Level.WARN, tr("Nothing but zeros: a placeholder, no customer's contract."))
    if len(seen.code) == 11 and seen.code[_INSTANCE] in "PS" and seen.code != seen.cleaned:
        yield Advice(
            Level.NOTE, tr("It may be the ID of a charging pool (P) or station (S) as well.")
        )


def _slips(seen: _Seen) -> Iterator[Alternative]:
    """IDs with a correct check digit that differ by one swap of neighbours or one look-alike.

    Only in the instance: country and provider are what the server looks for first, and another
    provider's contract is never what was meant. Swaps come first: they are more common.
    """
    code = seen.code
    if len(code) not in (12, 15) or not is_aligned(seen.cleaned, code):
        return
    for place in range(_INSTANCE, len(code) - 1):
        first, second = code[place], code[place + 1]
        slip = code[:place] + second + first + code[place + 2 :]
        if first != second and verifies(slip):
            why = tr(
                "{first} and {second} swapped; may be another person's contract: ask",
                first=first,
                second=second,
            )
            yield Alternative(_in_own_style(seen.cleaned, slip), why)
    look_alikes = _LOOK_ALIKES if code[_INSTANCE:-1].isdecimal() else _AMONG_LETTERS
    for place, char in enumerate(code[_INSTANCE:], _INSTANCE):
        for other in look_alikes.get(char, ""):
            slip = code[:place] + other + code[place + 1 :]
            if verifies(slip):
                why = tr(
                    "{other} instead of {typed}; may be another person's contract: ask",
                    other=other,
                    typed=char,
                )
                yield Alternative(_in_own_style(seen.cleaned, slip), why)


def _other_spellings(seen: _Seen) -> Iterator[Alternative]:
    """The same contract in other spellings: completed, with correct separators, in other forms."""
    if seen.check is None:
        yield from _regrouped(seen.cleaned)
        return
    if seen.check.given is None:
        complete = f"{seen.code}{seen.check.computed}"
        is_digit = seen.form == "din"
        why = tr("with its check digit") if is_digit else tr("with its check character")
        yield Alternative(_in_own_style(seen.cleaned, complete), why)
    own = _in_own_style(seen.cleaned, seen.code)
    if not seen.valid and grammar.matches_evco(own):
        yield Alternative(own, tr("with the separators in their places"))
    if _is_hyphened_evse(seen.cleaned) and not seen.verified:
        station = seen.cleaned.replace("-", "*")
        yield Alternative(station, tr("if it is a station ID (EVSE ID)"))
    if seen.check.ok is not False:
        for spelling, why in zip(carried(seen.code), _CARRIED, strict=False):
            if not spelling.translate(_SEPARATORS).startswith(seen.code):
                yield Alternative(spelling, tr(why))


def _regrouped(cleaned: str) -> Iterator[Alternative]:
    """The contract ID in a text with blanks or other signs as separators, or with quotes."""
    grouped = re.sub(_PASTED_AROUND, "-", cleaned).strip("-")
    if contract_form(grouped) is not None:
        yield Alternative(spelled(grouped.translate(_SEPARATORS)), tr("with the usual separators"))


def _in_own_style(cleaned: str, code: str) -> str:
    """The code with the separators that were typed: none, hyphens, or the form's usual ones."""
    if "-" in cleaned and "*" not in cleaned:
        return spelled(code, "-")
    return spelled(code) if "*" in cleaned else code
