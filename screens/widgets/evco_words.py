"""A card or a contract in words: what it is by itself, and what the server said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from textual.content import Content

from console.oioi import identifiers
from console.oioi.calls import CardContract
from console.oioi.identifiers import Level, Reading
from console.oioi.judgement.outcome import Outcome
from console.oioi.redact import visible
from screens.widgets import exchange_words as words
from screens.widgets.forms import SIGNS, STYLES, Tone

TONES = {Level.OK: Tone.GOOD, Level.NOTE: Tone.PLAIN, Level.WARN: Tone.WARN}


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question asked here: what, when, and what came of it."""

    number: int
    asked: str
    is_card: bool
    at: datetime
    outcome: Outcome[Any] | None = None
    trouble: str = ""

    @property
    def contracts(self) -> tuple[str, ...]:
        """The contracts the answer names."""
        data = self.outcome.data if self.outcome else None
        if isinstance(data, CardContract):
            return (data.evco_id,) if data.evco_id else ()
        if isinstance(data, tuple):
            return tuple(dict.fromkeys(key.evco_id for key in data if key.evco_id))
        return ()

    @property
    def answer(self) -> str:
        """What the server said, in one line."""
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
    return reading.kind == "uid"


def verdict_cell(lookup: Lookup) -> Content:
    if lookup.outcome is None:
        return Content("not sent" if lookup.trouble else "asking…")
    sign, word, style = words.MARKS[lookup.outcome.verdict]
    return Content.styled(f"{sign} {word}", style)


def local_verdict(reading: Reading) -> Content:
    """What the number is by itself: kind, form, check digit, advice, other spellings."""
    lines = [_kind_line(reading)]
    if reading.changes:
        understood = f"understood: {', '.join(reading.changes)}"
        lines.append(Content.styled(visible(understood), STYLES[Tone.PLAIN]))
    lines += [
        Content.styled(visible(SIGNS[TONES[a.level]] + a.text), STYLES[TONES[a.level]])
        for a in reading.advice[:3]
    ]
    doubtful = not reading.valid or reading.level is not Level.OK
    lines += [
        Content.assemble((f"or {visible(other.value)}", "bold"), f"  {visible(other.why)}")
        for other in reading.alternatives[: 2 if doubtful else 0]
    ]
    call = "rfid-verify" if is_card(reading) else "user-get-charging-keys"
    other = "a contract" if is_card(reading) else "a card"
    lines.append(
        Content.styled(
            f"Enter asks {call} about {visible(reading.to_send)} · Ctrl+T takes it for {other}",
            STYLES[Tone.PLAIN],
        )
    )
    return Content("\n").join(lines)


_KINDS = {"evco-id": "EVCO ID", "evse-id": "EVSE ID", "uid": "Card UID", "unknown": "Unknown form"}
_FORMS = {"din": "DIN", "iso": "ISO 15118", "emi3": "eMI3", "oioi": "OIOI"}


def _kind_line(reading: Reading) -> Content:
    digit = reading.check_digit
    checked, style = "", STYLES[Tone.GOOD]
    if digit is not None and digit.ok:
        checked = f" · check digit {digit.given} verifies"
    elif digit is not None and digit.ok is False:
        checked = f" · check digit {digit.given}, computed {digit.computed}"
        style = STYLES[Tone.WARN]
    if not reading.valid:
        style = STYLES[Tone.WARN]
    kind = _KINDS[reading.kind]
    form = f" ({_FORMS[reading.form]})" if reading.form else ""
    sign = SIGNS[Tone.GOOD if style == STYLES[Tone.GOOD] else Tone.WARN]
    return Content.assemble(
        (f"{sign}{kind}{form}", f"bold {style}"), f"  {visible(reading.normal)}", (checked, style)
    )


def spellings(lookup: Lookup) -> dict[str, str]:
    """Other spellings of a card that the server did not know: `reversed`, `padded`.

    Readers print bytes last to first, and zeros in front come and go (protocol.md 1.3).
    """
    unknown = lookup.outcome is not None and lookup.outcome.code in ("190", "191")
    if not lookup.is_card or not unknown:
        return {}
    found: dict[str, str] = {}
    for other in identifiers.read_uid(lookup.asked).alternatives:
        name = "reversed" if "revers" in other.why else "padded"
        found.setdefault(name, other.value)
    return found


def answer(lookup: Lookup, outcome: Outcome[Any]) -> Content:
    """The answer in full: what was asked, the verdict, and what follows from it."""
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
    keys = {"reversed": "Ctrl+B asks about it byte-reversed:", "padded": "Ctrl+G re-padded:"}
    lines += [
        Content.assemble((f"{keys[name]} ", STYLES[Tone.PLAIN]), (value, "bold"))
        for name, value in spellings(lookup).items()
    ]
    return Content("\n").join(lines)
