"""A card or a contract in words: what the number itself shows, and what the server answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from textual.content import Content

from console.oioi import identifiers
from console.oioi.identifiers import UID, UNKNOWN, Level, Reading
from console.oioi.identifiers.uid import JUST_REVERSED
from console.oioi.judgement import languages
from console.oioi.judgement.outcome import Outcome
from console.oioi.language import tr
from console.oioi.redact import visible
from screens.widgets import exchange_words as words
from screens.widgets.evco_lookups import NEXT, REVERSED, Lookup, Proposal
from screens.widgets.explanation_labels import shown_label
from screens.widgets.forms import SIGNS, STYLES, Tone
from screens.widgets.sentences import with_pieces

TONES = {Level.OK: Tone.GOOD, Level.NOTE: Tone.PLAIN, Level.WARN: Tone.WARN}


def is_card(reading: Reading) -> bool:
    return reading.kind == UID


def verdict_cell(lookup: Lookup) -> Content:
    if lookup.outcome is None:
        return Content(tr("not sent") if lookup.trouble else tr("asking…"))
    sign, word, style = words.MARKS[lookup.outcome.verdict]
    return Content.styled(f"{sign} {word}", style)


VERDICT_WIDTH = max(10, words.MARKS_WIDTH)
"""Cells of a column with the results of lookups."""

KeyOf = Callable[[str], str]
"""The key of an action, by its name."""


def local_verdict(reading: Reading, proposals: Sequence[Proposal], key_of: KeyOf) -> Content:
    """What the number itself shows: kind, form, check digit, advice, other spellings.

    The first line is as serious as the worst finding. `proposals` can be asked about at once.
    """
    lines = [_kind_line(reading)]
    if reading.changes:
        understood = tr("understood: {changes}", changes=", ".join(reading.changes))
        lines.append(Content.styled(visible(understood), STYLES[Tone.PLAIN]))
    lines += [
        Content.styled(visible(SIGNS[TONES[a.level]] + a.text), STYLES[TONES[a.level]])
        for a in reading.advice[:3]
    ]
    lines += _proposed(proposals, key_of)
    if reading.must_not_be_sent:
        return Content("\n").join(lines)
    call = "rfid-verify" if is_card(reading) else "user-get-charging-keys"
    if is_card(reading):
        asks = tr("Enter asks {call} about {id} · {key} takes it for a contract")
    else:
        asks = tr("Enter asks {call} about {id} · {key} takes it for a card")
    said = asks.format(call=call, id=visible(reading.to_send), key=key_of("evco.kind"))
    lines.append(Content.styled(said, STYLES[Tone.PLAIN]))
    return Content("\n").join(lines)


_FORMS = {"din": "DIN", "iso": "ISO 15118", "emi3": "eMI3", "oioi": "OIOI"}


def _kind_line(reading: Reading) -> Content:
    digit = reading.check_digit
    checked = ""
    if digit is not None and digit.ok:
        checked = " · " + tr("check digit {digit} verifies", digit=digit.given)
    elif digit is not None and digit.ok is False:
        given, computed = digit.given, digit.computed
        checked = " · " + tr(
            "check digit {given}, computed {computed}", given=given, computed=computed
        )
    tone = Tone.GOOD if reading.is_good else Tone.WARN
    if reading.must_not_be_sent:
        tone = Tone.BAD
    kind = tr("Unknown form")
    if reading.kind != UNKNOWN:
        kind = tr(identifiers.TABLE[reading.kind].title)
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
    if proposal.kind == REVERSED:
        asks = tr("{key} asks about it byte-reversed: {id}")
    else:
        asks = tr("{key} asks about {id}")
    why = "" if proposal.why == tr(JUST_REVERSED) else f"  {visible(proposal.why)}"
    plain, value = STYLES[Tone.PLAIN], (visible(proposal.value), "bold")
    return Content.assemble(with_pieces(asks, plain, key=(key, plain), id=value), why)


def _asked_before(proposal: Proposal, before: Lookup, key_of: KeyOf) -> Content:
    value = (visible(proposal.value), "bold")
    if proposal.kind == REVERSED:
        asked = tr("Reversed it is {id}: asked at {time}, {answer}")
    else:
        asked = tr("{id}, {why}: asked at {time}, {answer}")
    time, why = f"{before.at.astimezone():%H:%M:%S}", visible(proposal.why)
    said = with_pieces(asked, id=value, why=why, time=time, answer=_came_of(before))
    if not proposal.has_key:
        return said
    again = tr("{key} asks again", key=key_of(PROPOSED[proposal.kind]))
    return Content.assemble(said, (f"\n{again}", STYLES[Tone.PLAIN]))


def _came_of(lookup: Lookup) -> Content:
    if lookup.outcome is None or not lookup.outcome.is_success:
        said = f" {visible(lookup.answer)}" if lookup.outcome or lookup.trouble else ""
        return Content.assemble(verdict_cell(lookup), said)
    sign, _, style = words.MARKS[lookup.outcome.verdict]
    known = (sign + " " + tr("known"), f"bold {style}")
    return Content.assemble(known, f", {visible(lookup.answer)}")


def answer(
    lookup: Lookup,
    outcome: Outcome[Any],
    proposals: Sequence[Proposal],
    key_of: KeyOf,
    customer_language: str = "",
) -> Content:
    """The answer in full: the question, the verdict, and what follows from it.

    `customer_language` is one in which the sentence for the customer is said too, "" is none.

    A number that is not known under this spelling, but under another, is said to be so first.
    """
    asked = (f"{visible(lookup.asked)}  ", "bold")
    if outcome.is_success:
        lines = [Content.assemble(asked, _known(lookup, outcome)), *_cards(lookup)]
        lines += _said(outcome, customer_language)
        return Content("\n").join([*lines, *_proposed(proposals, key_of), *_steve_tag(lookup)])
    known = [each for each in proposals if each.before is not None and each.before.is_known]
    others = [each for each in proposals if each not in known]
    # What to do about an unknown number is to try another spelling. That is done.
    advice = [] if known else [Content(visible(languages.shown_explanation(outcome).support_agent))]
    lines = [Content.assemble(asked, words.verdict(outcome)), *_proposed(known, key_of)]
    lines += [*advice, *_proposed(others, key_of)]
    return Content("\n").join(lines)


def _said(outcome: Outcome[Any], customer_language: str) -> Iterator[Content]:
    """What to say to the customer, in the language of the screens and in the customer's."""
    other = languages.say_in(customer_language, outcome.explanation, outcome.source)
    for label, said in (
        (shown_label("say"), languages.shown_explanation(outcome).say),
        (shown_label(f"say {customer_language}"), other),
    ):
        if said:
            yield Content.assemble(
                (f"{label} ", STYLES[Tone.PLAIN]), tr("“{said}”", said=visible(said))
            )


def _known(lookup: Lookup, outcome: Outcome[Any]) -> Content:
    """What a success says of the number: 000 to rfid-verify says that the card is neither unknown
    (191) nor blocked (192) nor without payment (193); 000 to user-get-charging-keys, which has none
    of these codes, says only that the contract is known (PROTOCOL.md 2.2).
    """
    sign, _, style = words.MARKS[outcome.verdict]
    if not lookup.is_card:
        is_listed = isinstance(outcome.data, tuple) and outcome.data
        known = (sign + " " + tr("Known"), f"bold {style}")
        says = "{known}" if is_listed else tr("{known}, but the answer lists no card")
        return with_pieces(says, known=known)
    valid = (sign + " " + tr("Known and valid"), f"bold {style}")
    if not lookup.contracts:
        return with_pieces(tr("{known}, but the answer names no contract"), known=valid)
    contract = lookup.contracts[0]
    provider = identifiers.provider_of(contract)
    says = tr("{known}: contract {contract}")
    if provider:
        says = tr("{known}: contract {contract}, provider {provider}")
    shown = (visible(contract), "bold")
    return with_pieces(says, known=valid, contract=shown, provider=visible(provider or ""))


def _cards(lookup: Lookup) -> list[Content]:
    """The cards of a contract, as the server listed them."""
    is_listed = not lookup.is_card and lookup.contracts
    return [Content.styled(visible(lookup.answer), "bold")] if is_listed else []


def _steve_tag(lookup: Lookup) -> list[Content]:
    return [
        Content.styled(
            tr(
                "{id} is logged at a SteVe station as {tag}",
                id=visible(evco_id),
                tag=identifiers.steve_tag(evco_id),
            ),
            STYLES[Tone.PLAIN],
        )
        for evco_id in lookup.contracts[:1]
    ]
