"""The ways in which readers, programs and spreadsheets write the bytes of a UID."""

import re
from dataclasses import dataclass

from console.oioi.identifiers import grammar
from console.oioi.identifiers.reading import Alternative
from console.oioi.language import mark, tr

LENGTHS = (8, 14, 20)
"""The lengths of a UID in hex digits."""

_SIZES = (4, 5, 7, 8, 10)
"""Possible lengths of a list of bytes: UIDs of 4, 7, 10; 8 for ISO 15693; 5 with a BCC."""

_ONE_NUMBER = r"(?:0X|&H|#)?([0-9A-F]+?)H?|0X([0-9A-F]+)U?L{0,2}"  # 0x04…, 04…h, 0x04…ULL
_FLOAT = r"([0-9]{5,})[.,]0+"
_THOUSANDS = r"[0-9]{1,3}([ .,'’])[0-9]{3}(?:\1[0-9]{3})+"
_ROUNDED = (
    r"[+=]?[0-9]+(?:(?:[.,][0-9]+)?[ ]?E\+|[.,][0-9]+[ ]?E[ ]?|(?:[.,][0-9]+)?[ ]?[*X][ ]?10[\^*]+)"
    r"[0-9]+(?:[.,]0+)?|\#{4,}"  # the last one: a column too narrow for its number
)
_SEPARATORS = r"[ :;,._|/&'’\"-]+"
_SIGNED = r"-?[0-9]{1,3}(?:(?:[ ]*[,;][ ]*|[ ]+)-?[0-9]{1,3}){3,9}"
_ESCAPE = r"\\X|\\U(?:00)?|%|(?<=[0-9A-F])0X"
_CAST = r"\([A-Z0-9_ ]*(?:BYTE|CHAR|INT8)[A-Z0-9_ ]*\) ?"
_BYTE = r"(?:0X|X|[#$])?([0-9A-F]{1,2})H?"
_GROUP = r"(?:0X)?((?:[0-9A-F]{2})+)H?"
_FACILITY_WORDS = r"FACILITY|SITE|CARD|CODE|NUMBER|FC|CN|NO|NR|[#=]"

LOST_ZEROS = mark("zeros that single digits had lost were put back")
DECIMAL_BYTES = mark("decimal bytes became hexadecimal")
FACILITY = mark("facility and card number became bytes")


@dataclass(frozen=True, slots=True)
class Written:
    """A text read as the bytes of a card.

    `digits` are the hex digits, `change` says in English words how the text was changed. `certain`:
    it is almost certainly a card number. `others` are other possible readings.
    """

    digits: str
    change: str = ""
    certain: bool = True
    others: tuple[Alternative, ...] = ()


def is_rounded(cleaned: str) -> bool:
    """Whether this is a number that a spreadsheet has shortened, such as `4.52302E+13`."""
    return re.fullmatch(_ROUNDED, cleaned) is not None


def written(cleaned: str) -> Written | None:
    """The bytes that `cleaned` (cleaned up, nothing around it) means; None if it is not bytes.

    Separators show where a byte ends, so a byte of one digit has lost its zero. A list with a
    number of three digits is decimal; if both are possible, it is read as hexadecimal, and
    `others` has the decimal reading.
    """
    if number := re.fullmatch(_ONE_NUMBER, cleaned):
        digits = number[1] or number[2]
        return Written(digits, "" if digits == cleaned else mark("the prefix was removed"))
    if is_rounded(cleaned):
        return None
    if number := re.fullmatch(_FLOAT, cleaned):
        return Written(number[1], mark("the .0 that a spreadsheet adds was removed"))
    if re.fullmatch(_SIGNED, cleaned) and "-" in cleaned:
        return _signed(cleaned)
    escaped = re.sub(_ESCAPE, " 0X", re.sub(_CAST, "", cleaned))
    parts = [part for part in re.split(_SEPARATORS, escaped) if part]
    if len(parts) < 2:
        return None
    return (
        _bytes(parts)
        or _decimal_bytes(parts)
        or _thousands(cleaned)
        or _groups(cleaned, parts)
        or _wiegand(cleaned)
    )


def is_uid(cleaned: str) -> bool:
    """Whether `cleaned` is a UID of 4, 7 or 10 bytes, in any way to write one."""
    read = written(cleaned)
    return read is not None and read.certain and len(read.digits) in LENGTHS


def _bytes(parts: list[str]) -> Written | None:
    """Hexadecimal bytes, one by one."""
    found = [re.fullmatch(_BYTE, part) for part in parts]
    digits = [each[1] for each in found if each]
    if len(digits) < len(parts) or not 3 <= len(digits) <= 15:
        return None
    hexadecimal = "".join(each.zfill(2) for each in digits)
    others: tuple[Alternative, ...] = ()
    # Decimal bytes are padded to three digits or not at all: 04 is hexadecimal.
    is_padded = any(len(part) == 2 and part[0] == "0" for part in parts)
    is_decimal = digits == parts and all(map(str.isdecimal, parts)) and not is_padded
    if is_decimal and (decimal := _decimal_bytes(parts)):
        others = _both_ways(
            decimal.digits, tr("if the bytes are decimal"), tr("if the bytes are decimal, reversed")
        )
    shortened = any(len(each) == 1 for each in digits)
    return Written(
        hexadecimal,
        LOST_ZEROS if shortened else mark("separators and 0x were removed"),
        certain=not shortened or len(digits) in _SIZES,
        others=others,
    )


def _decimal_bytes(parts: list[str]) -> Written | None:
    if len(parts) not in _SIZES or not all(re.fullmatch("[0-9]{1,3}", part) for part in parts):
        return None
    values = [int(part) for part in parts]
    return Written(bytes(values).hex().upper(), DECIMAL_BYTES) if max(values) < 256 else None


def _signed(cleaned: str) -> Written | None:
    """The bytes from a program that only has signed ones: -84 is AC."""
    values = [int(part) for part in re.split("[ ,;]+", cleaned)]
    if len(values) not in _SIZES or not all(-128 <= value < 256 for value in values):
        return None
    return Written(bytes(value % 256 for value in values).hex().upper(), DECIMAL_BYTES)


def _groups(cleaned: str, parts: list[str]) -> Written | None:
    """Hexadecimal digits in groups of whole bytes, or a decimal number in groups of three.

    Groups of other lengths are probably not a card (`certain` is false).
    """
    found = [re.fullmatch(_GROUP, part) for part in parts]
    groups = [each[1] for each in found if each]
    lengths = {len(group) for group in groups[:-1]}
    if len(groups) == len(parts) and len(lengths) == 1:
        fits = len(groups[-1]) <= max(lengths) or groups[-1] == "9000"  # the status word
        are_two_prints = max(lengths) > 8 and "".join(groups).isdecimal()
        if fits and not are_two_prints:
            return Written("".join(groups), mark("separators and 0x were removed"))
    if grammar.is_hex("".join(parts)) and not grammar.matches_evco(cleaned):
        wiegand = _wiegand(cleaned)
        return wiegand or Written("".join(parts), mark("separators were removed"), certain=False)
    return None


def _thousands(cleaned: str) -> Written | None:
    """A decimal number in groups of three; with blanks only if it fits into four bytes."""
    digits = re.sub("[^0-9]", "", cleaned)
    if not re.fullmatch(_THOUSANDS, cleaned):
        return None
    if " " in cleaned and not 10**6 <= int(digits) < 1 << 32:
        return None  # bytes, or a DIN station ID
    return Written(digits, mark("separators of thousands were removed"))


def _wiegand(cleaned: str) -> Written | None:
    """Facility and card number as access systems print them, perhaps after the whole number.

    They are the low bytes of the UID. In 26 bits the facility has one byte and the card two, in 34
    bits both have two.
    """
    bare = re.sub(_FACILITY_WORDS, " ", cleaned).strip(" :")
    whole = re.fullmatch("(?:([0-9]{8,10})[ ,;:/-]+)?([0-9]{1,5})[ ,;:/-]+([0-9]{4,5})", bare)
    if not whole or int(whole[2]) > 0xFFFF or int(whole[3]) > 0xFFFF:
        return None
    facility, card = int(whole[2]), int(whole[3])
    digits = f"{facility:02X}{card:04X}" if facility < 256 else f"{facility:04X}{card:04X}"
    if whole[1] and f"{int(whole[1]):08X}".endswith(digits):
        return Written(f"{int(whole[1]):08X}", FACILITY)
    return Written(digits, FACILITY, certain=False)


def _both_ways(digits: str, why: str, why_reversed: str) -> tuple[Alternative, ...]:
    reverse = bytes.fromhex(digits)[::-1].hex().upper()
    return (Alternative(digits, why), Alternative(reverse, why_reversed, is_reversed=True))


def decimal_prints(digits: str) -> tuple[Alternative, ...]:
    """The UIDs that `digits` may be in decimal, each also with its bytes reversed."""
    if len(digits) < 6 or not digits.isdecimal():
        return ()
    value, found = int(digits), list[Alternative]()
    for size, least, most in ((4, 0, 32), (7, 32, 56), (8, 56, 64), (10, 56, 80)):
        if (value >> least or size == 4) and value < 1 << most:
            found += _both_ways(
                f"{value:0{2 * size}X}",
                tr("the decimal number as {size} bytes", size=size),
                tr("the decimal number as {size} bytes, reversed", size=size),
            )
    return tuple(found)
