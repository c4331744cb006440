"""The result of reading an identifier: kind, spelling, check digit, advice, other spellings.

It has three strings: the typed text (`input`), the text for the server (`to_send`) and the text
that is shown and saved (`normal`).
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from console.oioi.language import tr

EVCO_ID = "evco-id"
EVSE_ID = "evse-id"
UID = "uid"
UNKNOWN = "unknown"


LONGEST = 100
"""Characters. Every identifier is shorter."""


class Level(StrEnum):
    """How important an advice is. No level forbids sending."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Advice:
    """One hint about an identifier, short enough for one line under a form field."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another spelling worth trying, and the reason in a few words.

    Send `value` exactly as it is. Do not read it again: reading would pad an unpadded UID.
    `is_reversed`: it has the bytes in the other order.
    """

    value: str
    why: str
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """The check digit as written and as computed; without one `given` and `ok` are None."""

    given: str | None
    computed: str | None
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An identifier after reading.

    kind: "evco-id", "evse-id", "uid" or "unknown".
    form: of a contract "din" (12 characters), "iso" or "emi3" (14 or 15); of an EVSE ID "oioi" or
        "din"; None for a UID and for an unknown form.
    normal: the form's usual spelling. Contracts: stars for DIN, hyphens for ISO and eMI3. UIDs:
        upper case, zeros in front. EVSE IDs: upper case, otherwise as written.
    valid: a grammar of the kind fits `cleaned`. The check digit does not count here.
    cleaned: the input after the clean-up; `changes` lists the changes in words.
    refusal: why it must never be sent, in one sentence; nearly always empty.
    extracted: whether it was taken out of a longer text, such as a line of a log.
    runs_together: whether it seems to be two identifiers without a gap; the alternatives list them.
    """

    input: str
    kind: str
    form: str | None
    normal: str
    valid: bool
    check_digit: CheckDigit | None
    advice: tuple[Advice, ...]
    alternatives: tuple[Alternative, ...]
    cleaned: str
    changes: tuple[str, ...]
    refusal: str = ""
    extracted: bool = False
    runs_together: bool = False

    @property
    def to_send(self) -> str:
        """The value for the request.

        The spelling that was typed, because operators distinguish contracts and outlets by it. Only
        a UID is sent in its normal spelling, the only one that the docs allow.
        """
        return self.normal if self.kind == UID else self.cleaned

    @property
    def must_not_be_sent(self) -> str | None:
        """Why this value cannot be sent at all; None if it only looks odd."""
        return self.refusal or unsendable(self.to_send)

    @property
    def holds_several(self) -> bool:
        """Whether several identifiers were typed at once; the alternatives list them."""
        return bool(self.refusal and self.alternatives)

    @property
    def is_good(self) -> bool:
        """Whether it is valid, has no warning, and may be sent."""
        return self.valid and self.level is not Level.WARN and not self.must_not_be_sent

    @property
    def level(self) -> Level:
        """The most serious level of the advice; OK without advice."""
        levels = {advice.level for advice in self.advice}
        return next((level for level in (Level.WARN, Level.NOTE) if level in levels), Level.OK)


def unsendable(text: str) -> str | None:
    """Why `text` cannot be sent, or None: it is empty or has a control character.

    Line and paragraph separators and half a surrogate pair count as control characters: the first
    two break lines, the last cannot be written in UTF-8.
    """
    if not text:
        return tr("Nothing was entered.")
    if text.isprintable():
        return None
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
            code = f"U+{ord(char):04X}"
            return tr("Contains a control character ({code}); it cannot be sent.", code=code)
    return None


def refused(
    text: str,
    kind: str,
    shown: str,
    changes: tuple[str, ...],
    reason: str,
    alternatives: tuple[Alternative, ...] = (),
) -> Reading:
    """The reading of a value that must not be sent; `shown` is shown in its place."""
    advice = (Advice(Level.WARN, reason),)
    return Reading(
        text, kind, None, shown, False, None, advice, alternatives, shown, changes, refusal=reason
    )


def without_repeats(found: Iterable[Alternative], *known: str) -> tuple[Alternative, ...]:
    """The alternatives in their order, each spelling once, without the `known` ones."""
    seen = set(known)
    kept = []
    for alternative in found:
        if alternative.value not in seen:
            seen.add(alternative.value)
            kept.append(alternative)
    return tuple(kept)
