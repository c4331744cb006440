"""The parts of a contract ID: its form, its check digit, its spellings.

Everything here works on the compact spelling, upper case without separators.

    11  DIN core, the check digit is missing       12  DIN SPEC 91286, what OIOI describes
    14  ISO 15118 or eMI3 without check character  15  the same with it
"""

import re
from functools import lru_cache
from itertools import accumulate

from console.oioi.identifiers.checkdigits import din_check_digit, iso_check_character
from console.oioi.identifiers.reading import CheckDigit

_CODE = r"[A-Z]{2}[0-9A-Z]{9,13}"
_CORE_LENGTH = {11: 11, 12: 11, 14: 14, 15: 14}


def form_of(code: str) -> str | None:
    """ "din", "iso" or "emi3" (an ISO contract whose instance starts with C), else None."""
    if len(code) not in _CORE_LENGTH or not re.fullmatch(_CODE, code):
        return None
    if len(code) < 14:
        return "din"
    return "emi3" if code[5] == "C" else "iso"


@lru_cache(maxsize=64)  # one reading needs the same code several times
def check_digit_of(code: str) -> CheckDigit | None:
    """The check digit as given and as computed; None if the code has no known form."""
    if form_of(code) is None:
        return None
    core = code[: _CORE_LENGTH[len(code)]]
    given = code[len(core) :] or None
    computed = din_check_digit(core) if len(core) == 11 else iso_check_character(core)
    return CheckDigit(given, computed, None if given is None else given == computed)


def verifies(code: str) -> bool:
    """Whether the code has a known form and a correct check digit."""
    check = check_digit_of(code)
    return check is not None and check.ok is True


def spelled(code: str, separator: str | None = None) -> str:
    """The code with separators: by default stars for DIN, hyphens for ISO and eMI3.

    Plugsurfing writes DIN contracts with stars; ISO only has the hyphen. The code must have a
    known form.
    """
    size = _CORE_LENGTH[len(code)]
    if separator is None:
        separator = "*" if size == 11 else "-"
    parts = (code[:2], code[2:5], code[5:size], code[size:])
    return separator.join(part for part in parts if part)


def is_aligned(text: str, code: str) -> bool:
    """Whether every star and hyphen in `text` is where the form of `code` has a separator.

    Double separators and separators at the ends are allowed. `DE*8P*9DC4AB*X` is not aligned: it
    has as many characters as a DIN core, but its provider is too short.
    """
    ends = accumulate(len(part) for part in text.replace("*", "-").split("-"))
    return {0, 2, 5, _CORE_LENGTH[len(code)], len(code)}.issuperset(ends)


def contract_form(cleaned: str) -> str | None:
    """The form of a cleaned contract ID by its length: "din", "iso", "emi3" or None.

    Separators in wrong places are accepted only if the check digit verifies.
    """
    code = cleaned.replace("*", "").replace("-", "")
    form = form_of(code)
    return form if form and (is_aligned(cleaned, code) or verifies(code)) else None


def carried(code: str) -> tuple[str, ...]:
    """All spellings of a DIN contract: first DIN, then eMI3, then ISO.

    eMI3 writes `C0` before the instance of a DIN contract, older ISO writes `00`. The DIN check
    digit becomes the ninth character of the instance, and the result gets its own check
    character. Empty if the code does not come from a DIN contract with a correct check digit.
    """
    if len(code) in (14, 15) and code[5:7] in ("C0", "00"):
        code = code[:5] + code[7:14]
    if len(code) != 12 or not verifies(code):
        return ()
    longer = [code[:5] + prefix + code[5:] for prefix in ("C0", "00")]
    return tuple(spelled(each) for each in (code, *(c + iso_check_character(c) for c in longer)))
