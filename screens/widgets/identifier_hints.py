"""The hints under a field while an identifier is typed into it."""

from console.oioi import identifiers
from console.oioi.identifiers import Level, Reading
from console.oioi.language import tr
from screens.widgets.forms import Hint, Tone


def evse_hint(text: str, take_one: str = "Ctrl+G") -> Hint:
    """A hint about the ID of a connector; `take_one` is the key that takes one of several."""
    if not text.strip():
        return Hint(tr("The EVSE ID on the station's label, e.g. DE*8PS*E12345"))
    if several := evse_ids_in(text):
        said = tr(
            "The field holds more than one EVSE ID: {key} takes {first}, then {others}.",
            key=take_one,
            first=several[0],
            others=tr(", then ").join(several[1:]),
        )
        return Hint(said, Tone.BAD)
    return reading_hint(identifiers.read_evse(text), tr("EVSE ID"))


def evse_ids_in(text: str) -> tuple[str, ...]:
    """The EVSE IDs in a field that has swallowed several; empty if it holds one."""
    reading = identifiers.read_evse(text)
    if not (reading.runs_together or reading.holds_several):
        return ()
    return tuple(alternative.value for alternative in reading.alternatives)


def identity_hint(text: str, kind: str) -> Hint:
    """A hint about an identity of this identifier-type."""
    if not text.strip():
        return Hint(_ASKED_FOR[kind])
    if kind == "evco-id":
        return reading_hint(identifiers.read_evco(text), tr("EVCO ID"))
    if kind == "rfid":
        return reading_hint(identifiers.read_uid(text), tr("card UID"))
    if kind == "username" and (why := identifiers.never_send(text)):
        return Hint(why, Tone.BAD)
    return Hint(tr("Sent as typed."))


_ASKED_FOR = {
    "evco-id": tr("The contract, e.g. DE*8PS*9DC4AB*X"),
    "rfid": tr("The card's UID, hexadecimal; few operators take it in a start"),
    "username": tr("The user's e-mail address"),
    "token": tr("A login token of the user; it is never shown"),
}


def reading_hint(reading: Reading, name: str) -> Hint:
    """One line about a reading: the most serious advice, else that it is well-formed."""
    if why := reading.must_not_be_sent:
        return Hint(why, Tone.BAD)
    for level in (Level.WARN, Level.NOTE):
        for advice in reading.advice:
            if advice.level is level:
                return Hint(advice.text, Tone.WARN if level is Level.WARN else Tone.PLAIN)
    digit = reading.check_digit
    said = [name]
    if digit and digit.ok:
        said.append(tr("check digit {digit} verifies", digit=digit.given))
    if reading.to_send != reading.input:
        why = f" ({', '.join(reading.changes)})" if reading.changes else ""
        said.append(tr("sent as {id}", id=reading.to_send) + why)
    return Hint(", ".join(said), Tone.GOOD)
