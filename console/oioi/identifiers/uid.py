"""Card UIDs (OIOI: rfid): reading, reversing, padding.

The docs want upper-case hexadecimal, 8, 14 or 20 digits (4, 7 or 10 bytes), zeros in front.
"""

from collections.abc import Iterator

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.reading import (
    UID,
    Advice,
    Alternative,
    Level,
    Reading,
    without_repeats,
)
from console.oioi.identifiers.source import Source
from console.oioi.identifiers.uid_hints import (
    about_bytes,
    about_length,
    is_reader_fault,
    shorter,
    whole_bytes,
    without_zero_bytes,
)
from console.oioi.identifiers.uid_writing import (
    DECIMAL_BYTES,
    FACILITY,
    LENGTHS,
    LOST_ZEROS,
    Written,
    decimal_prints,
    is_rounded,
    written,
)
from console.oioi.language import mark, tr

_NOT_HEX = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "G": "6"})
_MOST_DIGITS = 25
"""The number of decimal digits of ten bytes."""

JUST_REVERSED = mark("the bytes reversed")
"""Why a card number is offered with its bytes in the other order, and nothing else changed."""


def reverse_bytes(uid: str) -> str:
    """The UID with its last byte first; an odd number of digits first gets a 0 in front.

    Reverse before padding, or the zeros would be at the end.
    ValueError when `uid` has anything but hex digits and separators.
    """
    return _reversed(_digits(uid))


def pad_uid(uid: str) -> str:
    """The UID as OIOI sends it: upper case, zeros in front up to 8, 14 or 20 digits.

    ValueError when `uid` has more than 20 digits or anything but hex digits and separators.
    """
    return _padded(_digits(uid))


def read_source(source: Source, other: Advice | None) -> Reading:
    """The text read as a card UID; an odd value gets advice and is not refused.

    `other`: advice that it looks like another kind, used if the text is not a UID.
    """
    read, changes = written(source.cleaned), source.changes
    if read is None:
        return _no_uid(source, other)
    cleaned = read.digits
    if read.change:
        changes = (*changes, tr(read.change))
    fits = len(cleaned) <= LENGTHS[-1]
    normal = _padded(cleaned) if fits else cleaned
    advice = tuple(_advice(read, normal, fits))
    alternatives = without_repeats(_offers(read, normal, fits), normal)
    valid = read.certain and grammar.matches_uid(cleaned)
    return Reading(
        source.text, UID, None, normal, valid, None, advice, alternatives, cleaned, changes
    )


def nearly(cleaned: str) -> bool:
    """Whether `cleaned` is a card number, possibly of a wrong length.

    A number of fewer than six digits is more often a connector.
    """
    read = written(cleaned)
    if read is None or (not read.certain and read.change not in (FACILITY, LOST_ZEROS)):
        return False
    longest = _MOST_DIGITS if read.digits.isdecimal() else LENGTHS[-1]
    if read.digits.endswith("9000"):
        longest += len("9000")  # the status word of a reader
    return 6 <= len(read.digits) <= longest


def _digits(uid: str) -> str:
    read = written(clean(uid)[0])
    if read is None:
        raise ValueError("a UID has hexadecimal digits only")
    return read.digits


def _reversed(digits: str) -> str:
    return bytes.fromhex(whole_bytes(digits))[::-1].hex().upper()


def _padded(digits: str) -> str:
    for length in LENGTHS:
        if len(digits) <= length:
            return digits.zfill(length)
    raise ValueError("a UID has at most 20 hex digits")


def _no_uid(source: Source, other: Advice | None) -> Reading:
    cleaned = source.cleaned
    advice: tuple[Advice, ...]
    if is_rounded(cleaned):
        advice = (rounded(),)
    elif other:
        advice = (other,)
    else:
        advice = (
            Advice(Level.WARN, tr("Not hexadecimal (0-9, A-F); it will be sent as typed.")),
            Advice(Level.NOTE, tr("The number printed on a card is usually not its UID.")),
        )
    alternatives = without_repeats(_without_letters(cleaned), cleaned)
    return Reading(
        source.text, UID, None, cleaned, False, None, advice, alternatives, cleaned, source.changes
    )


def rounded() -> Advice:
    """The advice about a number that a spreadsheet has rounded."""
    words = tr("A spreadsheet has rounded this number: get the original, digits are lost.")
    return Advice(Level.WARN, words)


def _advice(read: Written, normal: str, fits: bool) -> Iterator[Advice]:
    digits = read.digits
    if read.change == FACILITY and len(digits) == 6:
        yield Advice(
            Level.WARN, tr("Facility and card number hold 3 bytes of a UID; read all of it.")
        )
    elif read.change == FACILITY:
        yield Advice(Level.NOTE, tr("Facility and card number, read as the bytes of a UID."))
    if read.change == LOST_ZEROS:
        yield Advice(Level.NOTE, tr("Single digits were read as bytes that had lost their zero."))
    if read.change == DECIMAL_BYTES:
        yield Advice(Level.NOTE, tr("Read as decimal bytes; they may be meant reversed."))
    if read.others:
        yield Advice(Level.WARN, tr("The bytes may be decimal; see the proposals."))
    if fits:
        yield from about_length(digits, normal)
        yield from about_bytes(digits, normal)
        return
    yield Advice(
        Level.WARN, tr("{n} digits; a UID has at most 20. It goes as typed.", n=len(digits))
    )
    if prints := decimal_prints(digits):
        size = len(prints[0].value) // 2
        yield Advice(Level.WARN, tr("Perhaps a {size}-byte UID printed in decimal.", size=size))


def _offers(read: Written, normal: str, fits: bool) -> Iterator[Alternative]:
    """Other UIDs that these digits may mean, the most likely first."""
    digits = read.digits
    if is_reader_fault(digits) or (grammar.is_steve_tag(digits) and not digits.isdecimal()):
        return
    yield from read.others
    prints = decimal_prints(digits)
    whole = len(digits) in LENGTHS or len(digits) < 8
    if not whole:
        yield from prints
    yield from _shortened(digits)
    if not fits:
        return
    yield from _shortened(normal)
    if len(digits) % 2 and len(digits) + 1 in LENGTHS:
        yield from _with_a_zero(digits)
    bare = without_zero_bytes(digits)
    yield Alternative(_padded(_reversed(bare)), tr(JUST_REVERSED), is_reversed=True)
    yield Alternative(
        _padded(_reversed(digits)), tr("the bytes reversed, zeros and all"), is_reversed=True
    )
    yield Alternative(bare, tr("without zeros in front"))
    yield Alternative(_padded(bare), tr("with fewer zeros in front"))
    for length, size in zip(LENGTHS, (4, 7, 10), strict=True):
        if length > len(normal):
            yield Alternative(normal.zfill(length), tr("padded to {size} bytes", size=size))
            break
    if whole:
        yield from prints


def _shortened(digits: str) -> Iterator[Alternative]:
    for each in shorter(digits):
        yield Alternative(each.digits, each.why)
        yield Alternative(_reversed(each.digits), each.why_reversed, is_reversed=True)


def _with_a_zero(digits: str) -> Iterator[Alternative]:
    """The UIDs if one zero was lost, which may have been in front of any byte."""
    for place in range(0, len(digits), 2):
        why = tr("with the zero that byte {n} may have lost", n=place // 2 + 1)
        yield Alternative(f"{digits[:place]}0{digits[place:]}", why)


def _without_letters(cleaned: str) -> Iterator[Alternative]:
    """The UID with letters that are not hex digits replaced by the digits they look like."""
    read = written(cleaned.translate(_NOT_HEX))
    if read and grammar.matches_uid(read.digits):
        yield Alternative(read.digits, tr("with digits for the letters that look like them"))
