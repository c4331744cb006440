"""What the server was asked about cards and contracts, and which other spellings are proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.oioi import identifiers
from console.oioi.calls import CardContract
from console.oioi.identifiers import EVCO_ID, UID, Alternative, Reading
from console.oioi.judgement.languages import shown_title
from console.oioi.judgement.outcome import Outcome, Verdict
from console.oioi.language import tr, tr_kept


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
    def is_open(self) -> bool:
        """Whether the answer is still awaited."""
        return self.outcome is None and not self.trouble

    @property
    def is_answered(self) -> bool:
        """Whether the server decided about the number. After a failure nobody knows."""
        decided = (Verdict.SUCCESS, Verdict.REFUSED)
        return self.outcome is not None and self.outcome.verdict in decided

    @property
    def is_unknown(self) -> bool:
        """Whether the server did not know the number, so that another spelling may be right."""
        return self.outcome is not None and self.outcome.code in ("190", "191")

    @property
    def is_known(self) -> bool:
        """Whether the server knew the number, even if it refused it, as it does a blocked card."""
        outcome = self.outcome
        return outcome is not None and (outcome.is_success or outcome.code in ("192", "193"))

    @property
    def answer(self) -> str:
        """The server's answer in one line."""
        if self.outcome is None:
            return tr_kept(self.trouble) or "…"
        data = self.outcome.data
        if isinstance(data, CardContract):
            return data.evco_id or tr("yes, but it names no contract")
        if isinstance(data, tuple):
            if not data:
                return tr("no cards")
            return ", ".join(f"{key.uid or '?'} → {key.evco_id or '?'}" for key in data)
        return f"{self.outcome.code or ''} {shown_title(self.outcome)}".strip()


REVERSED, NEXT = "reversed", "next"
"""The two kinds of proposals: the bytes in reverse order, and any other spelling."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another spelling that may be meant, and why.

    `kind` is `REVERSED` or `NEXT`; `before` is the earlier question about the same spelling.
    `has_key`: the key of its kind asks about this one.
    """

    kind: str
    value: str
    why: str
    before: Lookup | None = None
    has_key: bool = False


def proposals(
    reading: Reading, lookups: Sequence[Lookup], marked: Lookup | None = None
) -> tuple[Proposal, ...]:
    """The other spellings of a card or a contract that are shown, the likeliest first.

    `lookups` are the questions so far, the newest first; `marked` is the one whose answer is shown,
    None while the number is new. The key of a kind asks about the first spelling that has no answer
    yet, so pressing it repeatedly asks about one after another; if all have one, it asks about the
    first again, but only beside the number as it was typed, or a key that is held down would go
    round for ever. A spelling that the server knows, and a reversed one that was asked, stay on
    show without a key.
    """
    listed = [
        Proposal(_kind(each), each.value, each.why, _before(each.value, lookups))
        for each in reading.alternatives
        if kind_of(each.value, reading) and (marked is None or each.value != marked.asked)
    ]
    is_typed = marked is None or marked.asked == reading.to_send
    keys: dict[str, Proposal] = {}
    for each in listed:
        if each.before is None or not (each.before.is_open or each.before.is_answered):
            keys.setdefault(each.kind, each)
    for each in listed:
        if is_typed and each.before is not None and each.before.is_answered:
            keys.setdefault(each.kind, each)
    return tuple(
        Proposal(each.kind, each.value, each.why, each.before, has_key=keys.get(each.kind) is each)
        for each in listed
        if keys.get(each.kind) is each
        or (each.before is not None and (each.kind == REVERSED or each.before.is_known))
    )


def kind_of(value: str, reading: Reading) -> str | None:
    """The kind as which the server is asked about a proposal; None for an EVSE ID, which names no
    customer.
    """
    asked_as = reading.kind if reading.kind in (EVCO_ID, UID) else identifiers.read(value).kind
    return asked_as if asked_as in (EVCO_ID, UID) else None


def _kind(alternative: Alternative) -> str:
    return REVERSED if alternative.is_reversed else NEXT


def _before(value: str, lookups: Sequence[Lookup]) -> Lookup | None:
    """The newest question about this spelling that was answered, else the newest."""
    same = [each for each in lookups if each.asked == value]
    return next((each for each in same if each.is_answered), same[0] if same else None)
