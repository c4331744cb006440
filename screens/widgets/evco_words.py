"""A card or a contract in words: what the number itself shows, and what the server answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from console.oioi import identifiers
from console.oioi.identifiers import UID, UNKNOWN, Level, Reading
from console.oioi.judgement.outcome import Outcome
from console.oioi.redact import visible
from screens.widgets import exchange_words as words
from screens.widgets.evco_lookups import NEXT, REVERSED, Lookup, Proposal
from screens.widgets.forms import SIGNS, STYLES, Tone

TONES = {Level.OK: Tone.GOOD, Level.NOTE: Tone.PLAIN, Level.WARN: Tone.WARN}


def is_card(reading: Reading) -> bool:
    return reading.kind == UID


def verdict_cell(lookup: Lookup) -> Content:
    if lookup.outcome is None:
        return Content("not sent" if lookup.trouble else "asking…")
    sign, word, style = words.MARKS[lookup.outcome.verdict]
    return Content.styled(f"{sign} {word}", style)


KeyOf = Callable[[str], str]
"""The key of an action, by its name."""


def local_verdict(reading: Reading, proposals: Sequence[Proposal], key_of: KeyOf) -> Content:
    """What the number itself shows: kind, form, check digit, advice, other spellings.

    The first line is as serious as the worst finding. `proposals` can be asked about at once.
    """
    lines = [_kind_line(reading)]
    if reading.changes:
        understood = f"understood: {', '.join(reading.changes)}"
        lines.append(Content.styled(visible(understood), STYLES[Tone.PLAIN]))
    lines += [
        Content.styled(visible(SIGNS[TONES[a.level]] + a.text), STYLES[TONES[a.level]])
        for a in reading.advice[:3]
    ]
    lines += _proposed(proposals, key_of)
    if reading.must_not_be_sent:
        return Content("\n").join(lines)
    call = "rfid-verify" if is_card(reading) else "user-get-charging-keys"
    other = "a contract" if is_card(reading) else "a card"
    lines.append(
        Content.styled(
            f"Enter asks {call} about {visible(reading.to_send)} · {key_of('evco.kind')}"
            f" takes it for {other}",
            STYLES[Tone.PLAIN],
        )
    )
    return Content("\n").join(lines)


_FORMS = {"din": "DIN", "iso": "ISO 15118", "emi3": "eMI3", "oioi": "OIOI"}


def _kind_line(reading: Reading) -> Content:
    digit = reading.check_digit
    checked = ""
    if digit is not None and digit.ok:
        checked = f" · check digit {digit.given} verifies"
    elif digit is not None and digit.ok is False:
        checked = f" · check digit {digit.given}, computed {digit.computed}"
    tone = Tone.GOOD if reading.is_good else Tone.WARN
    if reading.must_not_be_sent:
        tone = Tone.BAD
    kind = identifiers.TABLE[reading.kind].title if reading.kind != UNKNOWN else "Unknown form"
    form = f" ({_FORMS[reading.form]})" if reading.form else ""
    return Content.assemble(
        (f"{SIGNS[tone]}{kind}{form}", f"bold {STYLES[tone]}"),
        f"  {visible(reading.normal)}",
        (checked, STYLES[tone]),
    )


PROPOSED = {REVERSED: "evco.reversed", NEXT: "evco.padded"}
"""The action that asks about a proposal, by its kind."""


def _proposed(found: Sequence[Proposal], key_of: KeyOf) -> list[Content]:
    """One line for each proposal: the spelling, why it may be meant, and the key that asks about
    it; of one that was asked before, what came of that.
    """
    return [
        _asked_before(each, each.before, key_of) if each.before else _asks(each, key_of)
        for each in found
    ]


def _asks(proposal: Proposal, key_of: KeyOf) -> Content:
    key = key_of(PROPOSED[proposal.kind])
    how = "it byte-reversed: " if proposal.kind == REVERSED else ""
    why = "" if proposal.why == _JUST_REVERSED else f"  {visible(proposal.why)}"
    return Content.assemble(
        (f"{key} asks about {how}", STYLES[Tone.PLAIN]), (visible(proposal.value), "bold"), why
    )


_JUST_REVERSED = "the bytes reversed"
"""A reason that the line of a reversed UID says anyway."""


def _asked_before(proposal: Proposal, before: Lookup, key_of: KeyOf) -> Content:
    value = (visible(proposal.value), "bold")
    if proposal.kind == REVERSED:
        subject = Content.assemble("Reversed it is ", value)
    else:
        subject = Content.assemble(value, f", {visible(proposal.why)}")
    again = f"\n{key_of(PROPOSED[proposal.kind])} asks again" if proposal.has_key else ""
    return Content.assemble(
        subject,
        f": asked at {before.at.astimezone():%H:%M:%S}, ",
        _came_of(before),
        (again, STYLES[Tone.PLAIN]),
    )


def _came_of(lookup: Lookup) -> Content:
    if lookup.outcome is None or not lookup.outcome.is_success:
        said = f" {visible(lookup.answer)}" if lookup.outcome or lookup.trouble else ""
        return Content.assemble(verdict_cell(lookup), said)
    sign, _, style = words.MARKS[lookup.outcome.verdict]
    return Content.assemble((f"{sign} known", f"bold {style}"), f", {visible(lookup.answer)}")


def answer(
    lookup: Lookup, outcome: Outcome[Any], proposals: Sequence[Proposal], key_of: KeyOf
) -> Content:
    """The answer in full: the question, the verdict, and what follows from it.

    A number that is not known under this spelling, but under another, is said to be so first.
    """
    asked = (f"{visible(lookup.asked)}  ", "bold")
    if outcome.is_success:
        lines = [Content.assemble(asked, _known(lookup, outcome)), *_cards(lookup)]
        if outcome.explanation.say:
            say = visible(outcome.explanation.say)
            lines.append(Content.assemble(("say ", STYLES[Tone.PLAIN]), f"“{say}”"))
        return Content("\n").join([*lines, *_proposed(proposals, key_of), *_steve_tag(lookup)])
    known = [each for each in proposals if each.before is not None and each.before.is_known]
    others = [each for each in proposals if each not in known]
    # What to do about an unknown number is to try another spelling. That is done.
    advice = [] if known else [Content(visible(outcome.explanation.support_agent))]
    lines = [Content.assemble(asked, words.verdict(outcome)), *_proposed(known, key_of)]
    lines += [*advice, *_proposed(others, key_of)]
    return Content("\n").join(lines)


def _known(lookup: Lookup, outcome: Outcome[Any]) -> Content:
    """What a success says of the number: 000 to rfid-verify says that the card is neither unknown
    (191) nor blocked (192) nor without payment (193); 000 to user-get-charging-keys, which has none
    of these codes, says only that the contract is known (PROTOCOL.md 2.2).
    """
    sign, _, style = words.MARKS[outcome.verdict]
    if not lookup.is_card:
        is_listed = isinstance(outcome.data, tuple) and outcome.data
        more = "" if is_listed else ", but the answer lists no card"
        return Content.assemble((f"{sign} Known", f"bold {style}"), more)
    if not lookup.contracts:
        more = ", but the answer names no contract"
        return Content.assemble((f"{sign} Known and valid", f"bold {style}"), more)
    contract = lookup.contracts[0]
    provider = identifiers.provider_of(contract)
    return Content.assemble(
        (f"{sign} Known and valid: ", f"bold {style}"),
        "contract ",
        (visible(contract), "bold"),
        f", provider {visible(provider)}" if provider else "",
    )


def _cards(lookup: Lookup) -> list[Content]:
    """The cards of a contract, as the server listed them."""
    is_listed = not lookup.is_card and lookup.contracts
    return [Content.styled(visible(lookup.answer), "bold")] if is_listed else []


def _steve_tag(lookup: Lookup) -> list[Content]:
    return [
        Content.styled(
            f"{visible(evco_id)} is logged at a SteVe station as {identifiers.steve_tag(evco_id)}",
            STYLES[Tone.PLAIN],
        )
        for evco_id in lookup.contracts[:1]
    ]
