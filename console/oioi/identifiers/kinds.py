"""The table of the kinds of identifiers: for each its names, its grammar and its reader."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from console.oioi.amounts import grouped
from console.oioi.identifiers import evco, evse, grammar, uid
from console.oioi.identifiers.alphabets import alphabet_of, foreign_look_alikes, in_latin
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.contract import contract_form, verifies
from console.oioi.identifiers.countries import is_country
from console.oioi.identifiers.never_send import masked, never_send
from console.oioi.identifiers.reading import (
    EVCO_ID,
    EVSE_ID,
    LONGEST,
    UID,
    UNKNOWN,
    Advice,
    Alternative,
    Level,
    Reading,
    refused,
    unsendable,
    without_repeats,
)
from console.oioi.identifiers.source import Source, find, in_parts, peelings, run_together
from console.oioi.identifiers.uid_writing import is_rounded, is_uid, written
from console.oioi.language import mark, tr

MOST_READ = 2_000
"""Characters. A longer text is not read; links and log lines are shorter."""


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """A kind of identifier.

    name: on the command line and in JSON. title: at the start of a line, for `tr`.
    fits: whether a cleaned text has the form of this kind; the check digit does not count.
    nearly: whether it would fit if digits or separators were not missing.
    read: reads a text as this kind; the second argument is advice that it looks like another.
    """

    name: str
    title: str
    fits: Callable[[str], bool]
    nearly: Callable[[str], bool]
    read: Callable[[Source, Advice | None], Reading]


def _is_another(cleaned: str) -> bool:
    """Whether a text in the form of a contract is more likely a pool, a station or a card.

    A correct check digit means a contract. `DE*8PS*P123456` is a pool: it has no star before a
    check digit. `DD17380A0000` is a card: DD is not a country.
    """
    if verifies(evco.compact(cleaned)):
        return False
    if cleaned.count("*") + cleaned.count("-") == 2 and evse.about_place(cleaned):
        return True
    return len(cleaned) == 12 and grammar.is_hex(cleaned) and not is_country(cleaned[:2])


TABLE = {
    kind.name: kind
    for kind in (
        IdentifierKind(
            EVCO_ID,
            mark("EVCO ID"),
            lambda cleaned: grammar.matches_evco(cleaned) and not _is_another(cleaned),
            lambda cleaned: contract_form(cleaned) is not None and not _is_another(cleaned),
            evco.read_source,
        ),
        IdentifierKind(
            EVSE_ID,
            mark("EVSE ID"),
            grammar.matches_evse,
            lambda cleaned: False,  # a missing E is not added
            evse.read_source,
        ),
        IdentifierKind(UID, mark("Card UID"), is_uid, uid.nearly, uid.read_source),
    )
}

KINDS = tuple(TABLE)
"""The kinds an identifier can be read as, in the words of `check --kind`."""


def read(text: str, kind: str | None = None) -> Reading:
    """`text` read as the given kind; without `kind`, as the kind whose grammar fits.

    Quotes, a label or a link around an identifier are removed and named in `changes`. If several
    kinds fit, the order is: a contract with a correct check digit, an EVSE ID, a UID, a contract
    with a wrong or missing check digit. A note names the other kinds. If no kind fits, a text that
    only lacks digits or separators is still read as its kind, with `valid` false; any other text
    is "unknown".

    No text raises an error. ValueError for a kind that is not in `KINDS`.
    """
    if kind is not None and kind not in TABLE:
        raise ValueError(f"unknown kind {kind!r}, use one of {', '.join(KINDS)}")
    if len(text) > MOST_READ:
        return _too_long(text, kind)
    if reason := never_send(text):
        return refused(text, kind or UNKNOWN, masked(text), (), reason)
    source = Source(text, *clean(text))
    layers = (source,) if _fits(source.cleaned, kind) else (source, *peelings(source))
    fitting = next((layer for layer in layers if _fits(layer.cleaned, kind)), None)
    if not fitting and (several := _several(source, kind)):
        return several
    source = fitting or _nearly(layers, kind)
    if reason := unsendable(source.cleaned):
        return refused(text, kind or UNKNOWN, source.cleaned, source.changes, reason)
    reading = _offering_latin(_noting_two(_read_as(source, kind)))
    if len(reading.to_send) > LONGEST:
        return _too_long(text, kind)
    return replace(reading, extracted=True) if source.extracted else reading


def read_customer(text: str) -> Reading:
    """`text` read as what names a customer, a card or a contract, wherever it can be one.

    Many card numbers have the shape of an EVSE ID too (`DEADBEEF`), which `read` prefers. A text
    that can only be an EVSE ID is read as one.
    """
    reading = read(text)
    if reading.kind != EVSE_ID or reading.must_not_be_sent:
        return reading
    card, contract = read(text, UID), read(text, EVCO_ID)
    if card.level is not Level.WARN and uid.nearly(card.cleaned):
        return card
    return contract if contract.valid else reading


def _read_as(source: Source, kind: str | None) -> Reading:
    if kind is not None:
        return TABLE[kind].read(source, _resembles(source.cleaned, kind))
    fitting = tuple(_fitting(source.cleaned))
    if fitting:
        return _naming_others(TABLE[fitting[0]].read(source, None), fitting[1:])
    nearest = next((each for each in _NEAREST if TABLE[each].nearly(source.cleaned)), None)
    return TABLE[nearest].read(source, None) if nearest else _unknown(source)


# What to read


def _nearly(layers: Sequence[Source], kind: str | None) -> Source:
    """For a text that fits no grammar: the layer that nearly fits, or the identifier in it."""
    if nearest := next((layer for layer in layers if _is_nearly(layer.cleaned, kind)), None):
        return nearest
    bare = layers[-1]
    found = find(bare.cleaned)
    wanted = [each for each in found.identifiers if _is_one(each, kind)]
    is_part = in_parts(bare.cleaned)
    if len(wanted) == 1 and found.sure and found.amid_words and not is_part:
        changes = (*bare.changes, tr("it was taken out of a longer text"))
        return replace(bare, cleaned=wanted[0], changes=changes, extracted=True)
    return bare if unsendable(bare.cleaned) is None else layers[0]


def _fits(cleaned: str, kind: str | None) -> bool:
    return any(TABLE[each].fits(cleaned) for each in ([kind] if kind else KINDS))


def _is_nearly(cleaned: str, kind: str | None) -> bool:
    return any(TABLE[each].nearly(cleaned) for each in ([kind] if kind else KINDS))


def _is_one(found: str, kind: str | None) -> bool:
    return _fits(found, kind) or _is_nearly(found, kind)


def _fitting(cleaned: str) -> Iterator[str]:
    """The kinds whose grammar fits, the preferred one first."""
    contract = TABLE[EVCO_ID].fits(cleaned)
    verified = contract and verifies(evco.compact(cleaned))
    if verified:
        yield EVCO_ID
    yield from (each for each in (EVSE_ID, UID) if TABLE[each].fits(cleaned))
    if contract and not verified:
        yield EVCO_ID


_NEAREST = (UID, EVSE_ID, EVCO_ID)
"""The kinds in the order in which `nearly` is tried: the strictest form first."""


def _resembles(cleaned: str, kind: str) -> Advice | None:
    """Advice if a text that is read as one kind looks like another."""
    other = next((each for each in _fitting(cleaned) if each != kind), None)
    if other is None:
        return None
    return Advice(Level.WARN, tr(_LOOKS_LIKE[other, kind]))


_LOOKS_LIKE = {
    (EVCO_ID, EVSE_ID): mark("This looks like a contract ID (EVCO ID), not a station ID."),
    (EVCO_ID, UID): mark("This looks like a contract ID (EVCO ID), not a card number."),
    (EVSE_ID, EVCO_ID): mark("This looks like a station ID (EVSE ID), not a contract ID."),
    (EVSE_ID, UID): mark("This looks like a station ID (EVSE ID), not a card number."),
    (UID, EVCO_ID): mark("This looks like a card number (UID), not a contract ID."),
    (UID, EVSE_ID): mark("This looks like a card number (UID), not a station ID."),
}
"""What a text looks like, and as what it was to be read."""

_ALSO = {
    (EVCO_ID,): mark("It also has the shape of a contract ID (EVCO ID)."),
    (EVSE_ID,): mark("It also has the shape of a station ID (EVSE ID)."),
    (UID,): mark("It also has the shape of a card number (UID)."),
    (EVSE_ID, UID): mark(
        "It also has the shape of a station ID (EVSE ID) and a card number (UID)."
    ),
    (UID, EVCO_ID): mark(
        "It also has the shape of a card number (UID) and a contract ID (EVCO ID)."
    ),
}
"""The other kinds that fit, in the order of `_fitting` after its first."""


def _naming_others(reading: Reading, others: tuple[str, ...]) -> Reading:
    """The reading with a note about the other kinds that fit, and with UIDs it may be."""
    advice, alternatives = reading.advice, reading.alternatives
    if others:
        advice = (*advice, Advice(Level.NOTE, tr(_ALSO[others])))
    if reading.kind != UID and reading.cleaned.isalnum() and uid.nearly(reading.cleaned):
        card = uid.read_source(Source(reading.input, reading.cleaned, ()), None)
        if UID not in others:
            note = tr("Nothing but hex digits: it may be a card number as well.")
            advice = (*advice, Advice(Level.NOTE, note))
        offers = (
            *alternatives,
            Alternative(card.to_send, tr("as a card number")),
            *card.alternatives,
        )
        alternatives = without_repeats(offers, reading.to_send)
    return replace(reading, advice=advice, alternatives=alternatives)


# No identifier, or more than one


def _too_long(text: str, kind: str | None) -> Reading:
    length = grouped(len(text))
    reason = tr("{n} characters; no card number or contract is that long.", n=length)
    return refused(text, kind or UNKNOWN, text[:LONGEST].strip(), (), reason)


def _several(source: Source, kind: str | None) -> Reading | None:
    """The reading of a text with several identifiers, of which one has to be chosen; else None."""
    together, found = run_together(source.cleaned), find(source.cleaned)
    wanted = together or [each for each in found.identifiers if _is_one(each, kind)]
    if len(wanted) < 2 or not (together or found.sure):
        return None
    if together:
        reason = tr("There are two identifiers run together: choose one of them.")
    elif len(wanted) == 2:
        reason = tr("There are two identifiers in one field: choose one of them.")
    else:
        reason = tr(
            "There are {n} (more than two) identifiers in one field: choose one of them.",
            n=len(wanted),
        )
    shown = tr(" and ").join(wanted)
    return refused(source.text, kind or UNKNOWN, shown, source.changes, reason, _each(wanted))


def _noting_two(reading: Reading) -> Reading:
    """The reading with a warning if it seems to be two identifiers without a gap."""
    together = run_together(reading.cleaned) if reading.kind in (EVCO_ID, EVSE_ID) else None
    if together is None or reading.refusal:
        return reading
    words = tr("Two identifiers seem to be run together: choose one of them.")
    return replace(
        reading,
        advice=(Advice(Level.WARN, words), *reading.advice),
        alternatives=_each(together),
        runs_together=True,
    )


def _each(found: Sequence[str]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(each, tr("number {n} of {all}", n=n, all=len(found)))
        for n, each in enumerate(found, 1)
    )


def _unknown(source: Source) -> Reading:
    """A reading without a kind, with alternatives for what it may be."""
    cleaned = source.cleaned
    # Read as a card, every short number would be offered with its bytes reversed.
    readers = (EVCO_ID, EVSE_ID) if written(cleaned) else KINDS
    readings = {each: TABLE[each].read(source, None) for each in readers}
    if evse.about_place(cleaned):
        readings.pop(EVCO_ID)  # a pool must not become a customer's contract
    offers = [offer for reading in readings.values() for offer in reading.alternatives]
    offers += [Alternative(each, tr("in this text")) for each in find(cleaned).identifiers]
    advice: tuple[Advice, ...]
    if is_rounded(cleaned):
        offers, advice = [], (uid.rounded(),)
    else:
        oddities = _oddities(cleaned, readings[EVSE_ID])
        words = tr("Neither a contract, a station ID nor a card number as it stands.")
        advice = (Advice(Level.WARN, words), *oddities)
    alternatives = without_repeats(offers, cleaned)
    return Reading(
        source.text,
        UNKNOWN,
        None,
        cleaned,
        False,
        None,
        advice,
        alternatives,
        cleaned,
        source.changes,
    )


def _oddities(cleaned: str, as_evse: Reading) -> Iterable[Advice]:
    if place := evse.about_place(cleaned):
        return (place,)
    return as_evse.advice if cleaned.isdecimal() else evco.oddities(cleaned)


def _offering_latin(reading: Reading) -> Reading:
    """The reading, with a warning about letters of other alphabets and the Latin spelling."""
    foreign = foreign_look_alikes(reading.cleaned)
    if not foreign:
        return reading
    char = foreign[0]
    code = f"U+{ord(char):04X}"
    words = tr(
        "Contains {alphabet} {character} ({code}), no Latin {latin}.",
        alphabet=tr(alphabet_of(char)),
        character=char,
        code=code,
        latin=in_latin(char),
    )
    latin = read(in_latin(reading.cleaned), None if reading.kind == UNKNOWN else reading.kind)
    offers = (Alternative(latin.to_send, tr("with Latin letters")), *latin.alternatives)
    return replace(
        reading,
        advice=(Advice(Level.WARN, words), *reading.advice),
        alternatives=without_repeats(offers, reading.to_send),
    )
