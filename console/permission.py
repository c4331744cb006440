"""Whether a call may be sent and a profile used: one rule for the app, `send` and the batch.

    match may_send(call, profile):
        case Allowed(): ...
        case Refused(reason): ...              say the reason, send nothing
        case Ask(title, lines): ...            send it only when somebody says yes

    match may_use(profile, in_use, is_picked=True): ...   another profile, in the app: the same
    match may_take_key(call, profile): ...                a key that was given for another server

Reads are sent. A command is refused on a read-only profile, and needs consent on production. A call
that no document knows needs consent everywhere: it is probably misspelt.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.oioi.calls import KNOWN_CALLS, Call, about, unknown_call
from console.oioi.language import kept, tr
from console.settings import Profile


class Consent(StrEnum):
    """What a person has to agree to; the value is the option of `send` that gives this consent."""

    PRODUCTION = "--yes"
    UNKNOWN_CALL = "--any-call"


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be sent, even with consent; `reason` is a sentence, in English as it is kept."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """It may be sent if the person agrees.

    `title` and `lines` are the question, without secrets: what is sent where, and what is unusual.
    `wanted` lists the consents that a yes gives.
    """

    title: str
    lines: tuple[str, ...]
    wanted: frozenset[Consent]


Permission = Allowed | Refused | Ask


def may_send(call: Call[Any], profile: Profile, given: Collection[Consent] = ()) -> Permission:
    """Whether a call may go to the server of a profile; `given` are the consents given already."""
    if call.is_command and profile.read_only:
        return Refused(kept("Read-only: {call} was not sent.", call=call.key))
    wanted = _wanted(call, profile).difference(given)
    return _question(call, profile, wanted) if wanted else Allowed()


def may_use(profile: Profile, in_use: Profile, *, is_picked: bool) -> Allowed | Ask:
    """Whether the app may send to another profile from now on.

    `is_picked`: the operator selected this profile on purpose. Production needs a yes even then.
    """
    is_in_use = profile.name == in_use.name and profile.redirected == in_use.redirected
    if is_in_use or (is_picked and not profile.is_production):
        return Allowed()
    rows = [
        (tr("Profile"), profile.name),
        (tr("Host"), profile.host or tr("the demo")),
        # Translators: a label: the profile that is in use until now
        (tr("Now"), in_use.name),
    ]
    wanted = frozenset({Consent.PRODUCTION}) if profile.is_production else frozenset[Consent]()
    where = "PRODUCTION" if profile.is_production else profile.label
    lines = (*_in_columns(rows), tr("All calls go there from then on."))
    # Translators: the title of a question; {profile} is a name in capital letters
    return Ask(tr("Use {profile}", profile=where), lines, wanted)


def may_take_key(call: Call[Any], profile: Profile) -> Ask:
    """The question before the key in OIOI_API_KEY goes to a server that it was not given for."""
    lines = (
        *_in_columns([(tr("Host"), profile.host)]),
        tr(
            "The key in OIOI_API_KEY was given for the server of this run. This call goes to"
            " another one, and would carry that key there."
        ),
    )
    title = tr("{call} with the key of another server", call=call.key)
    return Ask(title, lines, frozenset())


def _wanted(call: Call[Any], profile: Profile) -> frozenset[Consent]:
    wanted = set()
    if call.key not in KNOWN_CALLS:
        wanted.add(Consent.UNKNOWN_CALL)
    if call.is_command and profile.is_production:
        wanted.add(Consent.PRODUCTION)
    return frozenset(wanted)


def _question(call: Call[Any], profile: Profile, wanted: frozenset[Consent]) -> Ask:
    rows = [(tr("Profile"), profile.name), (tr("Host"), profile.host), *about(call)]
    lines = _in_columns(rows)
    if Consent.UNKNOWN_CALL in wanted:
        lines.append(unknown_call(call.key))
    where = "PRODUCTION" if Consent.PRODUCTION in wanted else profile.label
    # Translators: the title of a question; {profile} is a name in capital letters
    title = tr("{call} on {profile}", call=call.key, profile=where)
    return Ask(title, tuple(lines), wanted)


def _in_columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Labels and texts, a line each, the texts below each other."""
    width = max(_LABELS, *(len(label) for label, _ in rows))
    return [f"{label:{width}}  {text}" for label, text in rows]


_LABELS = 8
"""The least width of the labels, in cells."""
