"""A card or a contract in words: what the number itself shows, and what the server answered."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual.content import Content

from console.oioi import identifiers
from console.oioi.calls import CardContract
from console.oioi.identifiers import EVCO_ID, UID, UNKNOWN, Alternative, Level, Reading
from console.oioi.judgement.outcome import Outcome
from console.oioi.redact import visible
from screens.widgets import exchange_words as words
from screens.widgets.forms import SIGNS, STYLES, Tone

TONES = {Level.OK: Tone.GOOD, Level.NOTE: Tone.PLAIN, Level.WARN: Tone.WARN}


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question to the server: what was asked, when, and the result.

    `reading` is the reading of the typed text; `asked` may be one of its proposals.
    """

    number: int
    asked: str
    reading: Reading
    is_card: bool
    at: datetime
    outcome: Outcome[Any] | None = None
    trouble: str = ""

    @property
    def contracts(self) -> tuple[str, ...]:
        """The contracts in the answer."""
        data = self.outcome.data if self.outcome else None
        if isinstance(data, CardContract):
            return (data.evco_id,) if data.evco_id else ()
        if isinstance(data, tuple):
            return tuple(dict.fromkeys(key.evco_id for key in data if key.evco_id))
        return ()

    @property
    def is_unknown(self) -> bool:
        """Whether the server did not know the number, so that another spelling may be right."""
        return self.outcome is not None and self.outcome.code in ("190", "191")

    @property
    def answer(self) -> str:
        """The server's answer in one line."""
        if self.outcome is None:
            return self.trouble or "…"
        data = self.outcome.data
        if isinstance(data, CardContract):
            return data.evco_id or "yes, but it names no contract"
        if isinstance(data, tuple):
            if not data:
                return "no cards"
            return ", ".join(f"{key.uid or '?'} → {key.evco_id or '?'}" for key in data)
        return f"{self.outcome.code or ''} {self.outcome.title}".strip()


def is_card(reading: Reading) -> bool:
    return reading.kind == UID


def verdict_cell(lookup: Lookup) -> Content:
    if lookup.outcome is None:
        return Content("not sent" if lookup.trouble else "asking…")
    sign, word, style = words.MARKS[lookup.outcome.verdict]
    return Content.styled(f"{sign} {word}", style)


KeyOf = Callable[[str], str]
"""The key of an action, by its name."""


def local_verdict(reading: Reading, proposals: Mapping[str, Alternative], key_of: KeyOf) -> Content:
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
    lines += _asking(proposals, key_of)
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


PROPOSED = {"reversed": "evco.reversed", "next": "evco.padded"}
"""The action that asks about a proposal."""


def proposals(reading: Reading, asked: Container[str]) -> dict[str, Alternative]:
    """The other spellings of a card or a contract that a key asks about, without those in `asked`.

    `reversed` has the bytes in reverse order; `next` is the first of the others, so pressing its
    key repeatedly asks about one after another.
    """
    found: dict[str, Alternative] = {}
    for other in reading.alternatives:
        name = "reversed" if "revers" in other.why else "next"
        if name not in found and other.value not in asked and kind_of(other.value, reading):
            found[name] = other
    return found


def kind_of(value: str, reading: Reading) -> str | None:
    """The kind as which the server is asked about a proposal; None for an EVSE ID, which names no
    customer.
    """
    asked_as = reading.kind if reading.kind in (EVCO_ID, UID) else identifiers.read(value).kind
    return asked_as if asked_as in (EVCO_ID, UID) else None


def _asking(found: Mapping[str, Alternative], key_of: KeyOf) -> list[Content]:
    """One line for each proposal: the key, the spelling, and why it may be meant."""
    words = {"reversed": "asks about it byte-reversed: ", "next": "asks about "}
    return [
        Content.assemble(
            (f"{key_of(PROPOSED[name])} {words[name]}", STYLES[Tone.PLAIN]),
            (visible(other.value), "bold"),
            f"  {visible(other.why)}",
        )
        for name, other in found.items()
    ]


def answer(
    lookup: Lookup, outcome: Outcome[Any], proposals: Mapping[str, Alternative], key_of: KeyOf
) -> Content:
    """The answer in full: the question, the verdict, and what follows from it."""
    head = Content.assemble((f"{visible(lookup.asked)}  ", "bold"), words.verdict(outcome))
    lines = [head]
    if outcome.is_success:
        lines.append(Content.styled(visible(lookup.answer), "bold"))
        lines += [
            Content.styled(
                f"{visible(evco_id)} is logged at a SteVe station as"
                f" {identifiers.steve_tag(evco_id)}",
                STYLES[Tone.PLAIN],
            )
            for evco_id in lookup.contracts[:1]
        ]
    else:
        lines.append(Content(visible(outcome.explanation.support_agent)))
    lines += _asking(proposals, key_of)
    return Content("\n").join(lines)
