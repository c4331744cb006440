"""What the bytes of a UID tell: too many, too few, reversed, or not from a card.

Rules of thumb from ISO/IEC 14443-3 (cascade tag, check byte, random IDs), ISO/IEC 15693, PC/SC
(status words) and the behaviour of readers (PROTOCOL.md 1.3).
"""

from collections.abc import Iterator
from functools import reduce
from operator import xor
from typing import NamedTuple

from console.oioi.identifiers import grammar
from console.oioi.identifiers.contract import verifies
from console.oioi.identifiers.countries import is_country
from console.oioi.identifiers.reading import Advice, Level
from console.oioi.identifiers.uid_writing import LENGTHS, decimal_prints
from console.oioi.language import tr

_CASCADE_TAG = 0x88


class Shorter(NamedTuple):
    """The UID in a longer number, why it and its reverse are offered, and an advice about the
    rest."""

    digits: str
    why: str
    why_reversed: str
    words: str


def whole_bytes(digits: str) -> str:
    """The digits, with a zero in front if their number is odd."""
    return digits.zfill(len(digits) + len(digits) % 2)


def without_zero_bytes(digits: str) -> str:
    """The digits without zero bytes in front; at least one byte stays."""
    bare = whole_bytes(digits)
    while len(bare) > 2 and bare.startswith("00"):
        bare = bare[2:]
    return bare


def is_reader_fault(digits: str) -> bool:
    """Whether a reader that failed to read gives these digits: only 0, or only F."""
    return set(digits) in ({"0"}, {"F"})


def shorter(digits: str) -> tuple[Shorter, ...]:
    """The UIDs in a number that has other bytes after or around them."""
    if len(digits) % 2 or is_reader_fault(digits):
        return ()
    found = _cascaded(bytes.fromhex(digits))
    return (*found, *_with_something_behind(digits))


def _cascaded(data: bytes) -> tuple[Shorter, ...]:
    """The UID in the form the card sends: parts with cascade tags before and check bytes after."""
    if len(data) == 5 and data[0] != _CASCADE_TAG and _checks(data):
        return (
            Shorter(
                _hex(data[:4]),
                tr("without the check byte"),
                tr("without the check byte, reversed"),
                tr("The fifth byte is the check byte (BCC) of the four before it."),
            ),
        )
    words = tr("With cascade tag or check bytes (BCC) between: the UID is shorter.")
    uid, rest = b"", data
    while len(rest) > 5 and rest[0] == _CASCADE_TAG and _checks(rest[:5]):
        uid, rest = uid + rest[1:4], rest[5:]
    if uid and (len(rest) == 4 or (len(rest) == 5 and _checks(rest))):
        why = tr("without cascade tag and check bytes")
        why_reversed = tr("without cascade tag and check bytes, reversed")
        return (Shorter(_hex(uid + rest[:4]), why, why_reversed, words),)
    if len(data) == 8 and data[0] == _CASCADE_TAG:
        why = tr("without the cascade tag")
        why_reversed = tr("without the cascade tag, reversed")
        return (Shorter(_hex(data[1:]), why, why_reversed, words),)
    memory = len(data) in (8, 9) and _checks(bytes((_CASCADE_TAG, *data[:4])))
    if memory and (len(data) == 8 or _checks(data[4:])):
        why = tr("without the check bytes")
        why_reversed = tr("without the check bytes, reversed")
        return (Shorter(_hex(data[:3] + data[4:8]), why, why_reversed, words),)
    return ()


def _with_something_behind(digits: str) -> Iterator[Shorter]:
    head = digits.removesuffix("9000")
    if head != digits and len(head) in (8, 14, 16, 20):
        yield Shorter(
            head,
            tr("without the status word 90 00"),
            tr("without the status word 90 00, reversed"),
            tr("Ends in 90 00, the status word of a card reader."),
        )
    for length in (8, 14):
        zeros = len(digits) - length
        if zeros >= 4 and digits.endswith("0" * zeros) and not digits.startswith("00"):
            yield Shorter(
                digits[:length],
                tr("without the zeros at its end"),
                tr("without the zeros at its end, reversed"),
                tr("Zeros at the end: a shorter UID was padded on the wrong side."),
            )
            return


def _checks(data: bytes) -> bool:
    """Whether the last byte is the check byte (BCC): the XOR of those before it."""
    return reduce(xor, data) == 0


def _hex(data: bytes) -> str:
    return data.hex().upper()


def about_length(digits: str, normal: str) -> Iterator[Advice]:
    """Advice from the number of digits, and what else they may be."""
    if grammar.is_steve_tag(digits):
        yield Advice(
            Level.WARN, tr("15 digits: more likely SteVe's tag for a contract than a card.")
        )
    elif len(digits) % 2:
        odd = tr("An odd number of digits, one may be missing; sent as {uid}.", uid=normal)
        yield Advice(Level.WARN, odd)
    elif len(digits) not in LENGTHS:
        padded = tr("{n} bytes: zeros in front, sent as {uid}.", n=len(digits) // 2, uid=normal)
        yield Advice(Level.NOTE, padded)
    if verifies(digits):
        yield Advice(Level.WARN, tr("This also reads as a contract ID whose check digit fits."))
    elif digits != normal and grammar.matches_evco(digits) and is_country(digits[:2]):
        yield Advice(Level.NOTE, tr("It also has the shape of a contract ID."))
    if len(digits) >= 8 and (prints := decimal_prints(digits)):
        size = len(prints[0].value) // 2
        level = Level.NOTE if len(digits) in LENGTHS else Level.WARN
        counted = tr(
            "{n} decimal digits: perhaps a {size}-byte UID printed in decimal.",
            n=len(digits),
            size=size,
        )
        yield Advice(level, counted)
        if len(digits) > 15 and digits.endswith("0" * (len(digits) - 15)):
            rounded = tr("A spreadsheet keeps 15 digits: the last ones may be lost.")
            yield Advice(Level.WARN, rounded)


def about_bytes(digits: str, normal: str) -> Iterator[Advice]:
    """Advice from the bytes, about card and reader."""
    bare = without_zero_bytes(digits)
    inner = shorter(digits)
    if is_reader_fault(digits):
        yield Advice(Level.WARN, tr("Nothing but 0 or F: the reader failed, this is no card."))
    elif inner:
        yield from (Advice(Level.WARN, each.words) for each in inner)
    elif digits.startswith("88") and len(digits) in (8, 10):
        yield Advice(
            Level.WARN, tr("Begins with 88: only the start of a 7-byte UID. Read all of it.")
        )
    elif len(digits) == 8:
        yield from _about_four_bytes(digits)
    elif len(digits) == 12:
        is_cut = digits.startswith("04")
        cut = tr("6 bytes, begins with 04: the last byte of seven is missing.")
        yield Advice(
            Level.WARN, cut if is_cut else tr("6 bytes, a byte of 7 bytes may be missing.")
        )
    elif inner := shorter(normal):
        yield from (Advice(Level.WARN, each.words) for each in inner)
    elif len(digits) == 14 and digits.endswith("04") and not digits.startswith("04"):
        yield Advice(Level.WARN, tr("Ends in 04, where cards begin: the bytes look reversed."))
    elif len(bare) == 16 and bare.startswith("E0"):
        yield Advice(Level.NOTE, tr("Begins with E0: an ISO 15693 card, 8 bytes."))
    elif len(bare) == 16 and bare.endswith("E0"):
        yield Advice(Level.WARN, tr("Ends in E0: an ISO 15693 UID, its bytes look reversed."))


def _about_four_bytes(digits: str) -> Iterator[Advice]:
    if digits.startswith("08"):
        yield Advice(
            Level.WARN, tr("Begins with 08: a random ID, new at every tap (phone, bank card).")
        )
        return
    if digits == "12345678":
        yield Advice(Level.WARN, tr("This is the usual sample number, hardly a real card."))
    yield Advice(Level.NOTE, tr("4-byte UIDs are not unique: two customers can share one."))
