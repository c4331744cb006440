"""May this call be sent, and this profile be used? One answer for the app, `send` and the batch.

    match may_send(call, profile):
        case Allowed(): ...
        case Refused(reason): ...              say the reason, send nothing
        case Ask(title, lines): ...            send it only when somebody says yes

    match may_use(profile, in_use, is_picked=True): ...   another profile, in the app: the same

Reads are sent. A command is not where only reading is allowed, and is asked about on production.
A call that no document knows is asked about everywhere: it is most likely misspelt.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.oioi.calls import KNOWN_CALLS, Call, about, unknown_call
from console.settings import Profile


class Consent(StrEnum):
    """What somebody has to agree to; the value is the option of `send` that does."""

    PRODUCTION = "--yes"
    UNKNOWN_CALL = "--any-call"


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be sent, whoever agrees; `reason` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """It may be sent when somebody agrees.

    `title` and `lines` are the question, without secrets: what goes where, and what is unusual.
    `wanted` is what is agreed to by saying yes.
    """

    title: str
    lines: tuple[str, ...]
    wanted: frozenset[Consent]


Permission = Allowed | Refused | Ask


def may_send(call: Call[Any], profile: Profile, given: Collection[Consent] = ()) -> Permission:
    """Whether a call may go to the server of a profile; `given` was agreed to before."""
    if call.is_command and profile.read_only:
        return Refused(f"Read-only: {call.key} was not sent.")
    wanted = _wanted(call, profile).difference(given)
    return _question(call, profile, wanted) if wanted else Allowed()


def may_use(profile: Profile, in_use: Profile, *, is_picked: bool) -> Allowed | Ask:
    """Whether the app may send to another profile from now on.

    `is_picked`: somebody went to it and chose it. Production is asked about all the same.
    """
    is_in_use = profile.name == in_use.name and profile.redirected == in_use.redirected
    if is_in_use or (is_picked and not profile.is_production):
        return Allowed()
    rows = (("Profile", profile.name), ("Host", profile.host or "the demo"), ("Now", in_use.name))
    lines = [f"{label:8}  {text}" for label, text in rows]
    wanted = frozenset({Consent.PRODUCTION}) if profile.is_production else frozenset[Consent]()
    where = "PRODUCTION" if profile.is_production else profile.label
    return Ask(f"Use {where}", (*lines, "All calls go there from then on."), wanted)


def _wanted(call: Call[Any], profile: Profile) -> frozenset[Consent]:
    wanted = set()
    if call.key not in KNOWN_CALLS:
        wanted.add(Consent.UNKNOWN_CALL)
    if call.is_command and profile.is_production:
        wanted.add(Consent.PRODUCTION)
    return frozenset(wanted)


def _question(call: Call[Any], profile: Profile, wanted: frozenset[Consent]) -> Ask:
    rows = [("Profile", profile.name), ("Host", profile.host), *about(call)]
    lines = [f"{label:8}  {text}" for label, text in rows]
    if Consent.UNKNOWN_CALL in wanted:
        lines.append(unknown_call(call.key))
    where = "PRODUCTION" if Consent.PRODUCTION in wanted else profile.label
    return Ask(f"{call.key} on {where}", tuple(lines), wanted)
