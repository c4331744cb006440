"""Card UIDs (OIOI: rfid): reading, reversing, padding, and what a UID tells about its card.

The docs want upper-case hexadecimal, 8, 14 or 20 digits (4, 7 or 10 bytes), zeros in front.
The hints about cards are rules of thumb from ISO/IEC 14443-3 and from what readers do.
"""

from collections.abc import Iterator

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.contract import verifies
from console.oioi.identifiers.countries import is_country
from console.oioi.identifiers.reading import (
    UID,
    Advice,
    Alternative,
    Level,
    Reading,
    refused,
    unsendable,
    without_repeats,
)

LENGTHS = (8, 14, 20)
"""The lengths of a UID in hex digits."""

_NOT_HEX = str.maketrans({"O": "0", "I": "1", "L": "1", "S": "5"})


def reverse_bytes(uid: str) -> str:
    """The UID with its last byte first; an odd number of digits gets a 0 in front before.

    Reverse before padding: afterwards the zeros would stand at the end.
    ValueError when `uid` has anything but hex digits and separators.
    """
    digits = _digits(uid)
    return bytes.fromhex(_whole_bytes(digits))[::-1].hex().upper()


def pad_uid(uid: str) -> str:
    """The UID as OIOI sends it: upper case, zeros in front up to 8, 14 or 20 digits.

    ValueError when `uid` has more than 20 digits or anything but hex digits and separators.
    """
    digits = _digits(uid)
    for length in LENGTHS:
        if len(digits) <= length:
            return digits.zfill(length)
    raise ValueError("a UID has at most 20 hex digits")


def read_uid(text: str) -> Reading:
    """What `text` says as a card UID. Never raises; an odd value is advised on, not refused."""
    tidied, changes = clean(text)
    cleaned = grammar.uid_digits(tidied)
    if cleaned != tidied:
        changes = (*changes, "separators and 0x were removed")
    if reason := unsendable(cleaned):
        return refused(text, UID, cleaned, changes, reason)
    normal = cleaned
    advice: tuple[Advice, ...]
    found: Iterator[Alternative]
    if grammar.is_hex(cleaned) and len(cleaned) <= LENGTHS[-1]:
        normal = pad_uid(cleaned)
        advice = (*_about_length(cleaned, normal), *_about_card(cleaned, normal))
        found = _other_readings(cleaned, normal)
    else:
        advice = tuple(_about_no_uid(cleaned))
        found = _without_letters(cleaned)
    valid = grammar.matches_uid(cleaned)
    alternatives = without_repeats(found, normal)
    return Reading(text, UID, None, normal, valid, None, advice, alternatives, cleaned, changes)


def _digits(uid: str) -> str:
    digits = grammar.uid_digits(clean(uid)[0])
    if not grammar.is_hex(digits):
        raise ValueError("a UID has hexadecimal digits only")
    return digits


def _whole_bytes(digits: str) -> str:
    return digits.zfill(len(digits) + len(digits) % 2)


def _bare(digits: str) -> str:
    """The digits without zero bytes in front; one byte always stays."""
    bare = _whole_bytes(digits)
    while len(bare) > 2 and bare.startswith("00"):
        bare = bare[2:]
    return bare


def _is_reader_fault(digits: str) -> bool:
    return set(digits) in ({"0"}, {"F"})


def _about_no_uid(cleaned: str) -> Iterator[Advice]:
    if grammar.matches_evse(cleaned):
        yield Advice(Level.WARN, "This looks like a station ID (EVSE ID), not a card number.")
    elif grammar.matches_evco(cleaned):
        yield Advice(Level.WARN, "This looks like a contract ID (EVCO ID), not a card number.")
    elif grammar.is_hex(cleaned):
        yield Advice(Level.WARN, f"{len(cleaned)} digits; a UID has at most 20. It goes as typed.")
    else:
        yield Advice(Level.WARN, "Not hexadecimal (0-9, A-F); it will be sent as typed.")
        yield Advice(Level.NOTE, "The number printed on a card is usually not its UID.")


def _about_length(digits: str, normal: str) -> Iterator[Advice]:
    if grammar.is_steve_tag(digits):
        yield Advice(Level.WARN, "15 digits: more likely SteVe's tag for a contract than a card.")
    elif len(digits) % 2:
        yield Advice(Level.WARN, f"An odd number of digits, one may be missing; sent as {normal}.")
    elif len(digits) not in LENGTHS:
        yield Advice(Level.NOTE, f"{len(digits) // 2} bytes: zeros in front, sent as {normal}.")
    if verifies(digits):
        yield Advice(Level.WARN, "This also reads as a contract ID whose check digit fits.")
    elif digits != normal and grammar.matches_evco(digits) and is_country(digits[:2]):
        yield Advice(Level.NOTE, "It also has the shape of a contract ID.")
    if _decimal_print(digits):
        yield Advice(Level.WARN, "Ten decimal digits: perhaps a 4-byte UID printed in decimal.")


def _about_card(digits: str, normal: str) -> Iterator[Advice]:
    """What the bytes say about card and reader."""
    bare = _bare(digits)
    if _is_reader_fault(digits):
        yield Advice(Level.WARN, "Nothing but 0 or F: the reader failed, this is no card.")
    elif len(digits) == 8:
        yield from _about_four_bytes(digits)
    elif _padded_behind(normal):
        yield Advice(Level.WARN, "Zeros at the end: a shorter UID was padded on the wrong side.")
    elif len(digits) == 14 and digits.endswith("04") and not digits.startswith("04"):
        yield Advice(Level.WARN, "Ends in 04, where cards begin: the bytes look reversed.")
    elif len(bare) == 16 and bare.startswith("E0"):
        yield Advice(Level.NOTE, "Begins with E0: an ISO 15693 card, 8 bytes.")
    elif len(bare) == 16 and bare.endswith("E0"):
        yield Advice(Level.WARN, "Ends in E0: an ISO 15693 UID, its bytes look reversed.")


def _about_four_bytes(digits: str) -> Iterator[Advice]:
    if digits.startswith("88"):
        yield Advice(Level.WARN, "Begins with 88: only the start of a 7-byte UID. Read all of it.")
    elif digits.startswith("08"):
        yield Advice(
            Level.WARN, "Begins with 08: a random ID, new at every tap (phone, bank card)."
        )
    else:
        if digits == "12345678":
            yield Advice(Level.WARN, "This is the usual sample number, hardly a real card.")
        yield Advice(Level.NOTE, "4-byte UIDs are not unique: two customers can share one.")


def _padded_behind(normal: str) -> str | None:
    """The UID without the zeros that were put behind it, if it looks as if they were."""
    for length in LENGTHS:
        zeros = len(normal) - length
        head = normal[:length]
        if zeros > 0 and normal.endswith("0" * zeros) and not head.startswith("00"):
            return head
    return None


def _decimal_print(digits: str) -> str | None:
    """The 4-byte UID that ten decimal digits stand for, as a reader may print it."""
    if len(digits) == 10 and digits.isdigit() and int(digits) < 1 << 32:
        return f"{int(digits):08X}"
    return None


def _other_readings(digits: str, normal: str) -> Iterator[Alternative]:
    """Other UIDs these digits may stand for, the likeliest first."""
    if _is_reader_fault(digits) or grammar.is_steve_tag(digits):
        return
    if decimal := _decimal_print(digits):
        yield Alternative(decimal, "the decimal number as 4 bytes")
        yield Alternative(reverse_bytes(decimal), "the decimal number as 4 bytes, reversed")
    if head := _padded_behind(normal):
        yield Alternative(head, "without the zeros at its end")
    bare = _bare(digits)
    yield Alternative(pad_uid(reverse_bytes(bare)), "the bytes reversed")
    yield Alternative(pad_uid(reverse_bytes(digits)), "the bytes reversed, zeros and all")
    yield Alternative(bare, "without zeros in front")
    yield Alternative(pad_uid(bare), "with fewer zeros in front")
    for length, size in zip(LENGTHS, (4, 7, 10), strict=True):
        if length > len(normal):
            yield Alternative(normal.zfill(length), f"padded to {size} bytes")
            return


def _without_letters(cleaned: str) -> Iterator[Alternative]:
    """Letters that are no hex digit, replaced by the digit they look like."""
    digits = grammar.uid_digits(cleaned.translate(_NOT_HEX))
    if grammar.matches_uid(digits):
        yield Alternative(digits, "with digits for the letters that look like them")
