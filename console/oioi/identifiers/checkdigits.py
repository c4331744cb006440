"""The two check digit schemes of contract IDs.

Both work on the compact spelling: country, provider and instance without separators. A digit
that verifies does not prove that the contract exists: a random ID passes one time in eleven
(DIN) or in thirty-six (ISO).
"""

import re
from functools import cache

_CORE_DIN = r"[0-9A-Za-z]{11}"
_CORE_ISO = r"[0-9A-Za-z]{14}"
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_DIN_DIGITS = str.maketrans({char: str(value) for value, char in enumerate(_CHARACTERS)})
_DIN_WEIGHTS = tuple(pow(2, k, 11) for k in range(22))


def din_check_digit(core11: str) -> str:
    """The check digit (0-9 or X) of a DIN SPEC 91286 contract: eleven letters and digits.

    A letter counts as its two-digit number (A is 10), so eleven characters make up to 22 digits.
    Digit k, from 0, is multiplied by 2^k. The sum modulo 11 is the check digit, X for ten. It does
    not notice a letter in place of another that is eleven or twenty-two numbers away, such as A for
    P.

    ValueError for anything but eleven ASCII letters and digits.
    """
    if not re.fullmatch(_CORE_DIN, core11):
        raise ValueError("a DIN contract has eleven letters and digits before its check digit")
    digits = map(int, core11.upper().translate(_DIN_DIGITS))
    rest = sum(digit * weight for digit, weight in zip(digits, _DIN_WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def iso_check_character(core14: str) -> str:
    """The check character (0-9, A-Z) of an ISO 15118-2 Annex H or eMI3 contract.

    A character's value 0-35 is split into two bits and two base-3 digits. Both pairs are
    multiplied by a matrix that depends on the position, and added up modulo 2 and 3. This finds
    every wrong character, every swap of neighbours and every jump swap (abc, cba).

    ValueError for anything but fourteen ASCII letters and digits.
    """
    if not re.fullmatch(_CORE_ISO, core14):
        raise ValueError("an ISO contract has fourteen letters and digits before its check")
    total = sum(table[char] for table, char in zip(_iso_tables(), core14.upper(), strict=True))
    q1, q2 = (total & 0xFF) % 2, (total >> 8 & 0xFF) % 2
    c, d = (total >> 16 & 0xFF) % 3, (total >> 24) % 3
    r1 = -d % 3
    r2 = (-c - r1) % 3
    return _CHARACTERS[9 * (2 * q1 + q2) + 3 * r1 + r2]


def _transformed_bits(position: int, q1: int, q2: int) -> tuple[int, int]:
    """A pair of bits, multiplied by the matrix [[0,1],[1,1]] to the power of the position."""
    return ((q1, q2), (q2, q1 + q2), (q1 + q2, q1))[position % 3]


def _transformed_digits(position: int, r1: int, r2: int) -> tuple[int, int]:
    """Two base-3 digits, multiplied by the matrix [[0,1],[1,2]] to the power of the position."""
    for _ in range(position % 8):
        r1, r2 = r2, (r1 + 2 * r2) % 3
    return r1, r2


def _contributions(position: int) -> dict[str, int]:
    """What each character adds at a position (from 1): four sums, a byte each, in one integer."""
    table = {}
    for value, char in enumerate(_CHARACTERS):
        q, r = divmod(value, 9)
        a, b = _transformed_bits(position, *divmod(q, 2))
        c, d = _transformed_digits(position, *divmod(r, 3))
        table[char] = a | b << 8 | c << 16 | d << 24
    return table


@cache
def _iso_tables() -> tuple[dict[str, int], ...]:
    return tuple(_contributions(position) for position in range(1, 15))
