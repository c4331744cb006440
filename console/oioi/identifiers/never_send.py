"""Finds secrets in the field of an identifier, which must not be sent to a charging server.

A payment card, a bank account, an API key or another secret. What is returned here repeats at most
the last four characters of the value.
"""

import re
from collections.abc import Iterator

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.uid_writing import written
from console.oioi.language import tr

# Length by the first digits: schemes in use (ISO/IEC 7812). The 13 digits of old Visa cards are
# left out: a 7-byte UID that lost its leading zero has as many.
_PAYMENT_CARDS = (
    (r"4", (16, 19)),
    (r"5[0-9]|6[0-9]", (16, 18, 19)),
    (r"222[1-9]|22[3-9]|2[3-6]|27[01]|2720|220[0-4]|35", (16,)),
    (r"3[47]", (15,)),
    (r"30[0-5]|36|38|39", (14, 16)),
)
# In groups as printed on a card. Groups of one to three digits are bytes of a UID.
_CARD_NUMBER = (
    r"(?:(?<![\w*+-])|(?<=%B))"  # %B: the first track of a magnetic stripe
    r"(?:[0-9]{14,19}|[0-9]{4}([ ._/-]{1,2})[0-9]{4,6}(?:\1[0-9]{4,9})?(?:\1[0-9]{4,9})?"
    r"(?:\1[0-9]{1,5})?)(?![^\W_]|[*_][0-9])"
)

_IBAN_START = r"(?:(?<![A-Z0-9*])|(?<=\bIBAN))[A-Z]{2}[0-9]{2}(?=[ ._/-]?[A-Z0-9])"
_IBANS = """
15: NO
16: BE
18: DK FI FO GL NL SD FK
19: MK SI
20: AT BA EE KZ LT LU MN XK
21: CH HR LI LV
22: BG BH CR DE GB GE IE ME RS VA
23: AE GI IL IQ OM SO TL
24: AD CZ ES MD PK RO SA SE SK TN VG
25: LY PT ST
26: IS TR
27: BI DJ FR GR IT MC MR SM
28: AL AZ BY CY DO GT HU LB NI PL SV
29: BR EG PS QA UA
30: JO KW MU YE
31: MT SC
32: LC
33: RU
"""
_IBAN_LENGTHS = {country: int(row[:2]) for row in _IBANS.split("\n") for country in row[3:].split()}
_LONGEST_IBAN = 34
_BETWEEN = " ._/-"

_SECRET_LABEL = (
    r"(?i)(?<![^\W_])(?:authorization|bearer|api[-_ ]?key|x-api-key|passwor[dt]|passwd|secret"
    r"|access[-_ ]?token|oioi_api_key|private[-_ ]?key)\b"
    r"|^\s*key\s*[=:](?!\s*[0-9a-f: ]{8,29}$)"  # a UID has that label, too
)
_SECRET_SHAPE = (
    r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{10,12}"  # a UUID, perhaps cut
    r"|(?:[0-9a-f]{2}){16,64}|[0-9a-f]{31}"  # cut by one
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"  # Amazon
    r"|eyJ[\w-]+(?:\.[\w-]+){1,2}"  # a JSON web token
    r"|(?:sk|pk|rk|gh[oprsu]|glpat|xox[abps]|pat|key|tok|token|live|test)[-_][\w-]{16,}"
    r"|(?![0-9a-f]+$)[0-7][0-9a-hjkmnp-tv-z]{25}"  # a ULID
)
_GROUPED_KEY = (
    r"(?i)(?<![0-9a-f])(?:[0-9a-f]{4}([ :_-])(?:[0-9a-f]{4}\1){6}[0-9a-f]{4}"
    r"|[0-9a-f]{8}([ :_])(?:[0-9a-f]{4}\2){3}[0-9a-f]{12})(?![0-9a-f])"
)
_OPAQUE = r"[A-Za-z0-9_+/~-]{16,}={0,2}"


def never_send(text: str) -> str | None:
    """Why `text` must not be sent anywhere, in one sentence; None if it may be sent.

    Found by its form: a payment card by its scheme, length and check digit (Luhn), a bank account
    (IBAN) by its country's length and its check digits, a key by its label or its randomness.
    """
    cleaned = clean(text)[0]
    if any(map(_is_iban, _ibans(cleaned))):
        # Translators: short, it has to fit into a narrow form
        return tr("Bank account (IBAN): not sent. Do not send it.")
    if any(map(_is_payment_card, _card_numbers(cleaned))):
        return tr("Payment card: not sent. Do not send it.")
    if _is_secret(text.strip()):
        return tr("API key or password: not sent. Do not send it.")
    return None


def masked(text: str) -> str:
    """A text that must not be sent, as it may be shown: only its last four characters, if long."""
    bare = text.strip().rstrip("\"'`;,")
    return f"••••{bare[-4:]}" if len(bare) >= 12 and bare[-4:].isalnum() else "••••"


def _card_numbers(cleaned: str) -> Iterator[str]:
    for match in re.finditer(_CARD_NUMBER, cleaned, re.ASCII):
        yield re.sub("[^0-9]", "", match[0])


def _is_payment_card(number: str) -> bool:
    fits = any(
        len(number) in lengths and re.match(first, number) for first, lengths in _PAYMENT_CARDS
    )
    return fits and _luhn(number)


def _luhn(number: str) -> bool:
    """The check of ISO/IEC 7812: every second digit from the right doubled, the sum ends in 0."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


def _ibans(cleaned: str) -> Iterator[str]:
    """Texts as long as an IBAN of the country they begin with, without blanks."""
    for match in re.finditer(_IBAN_START, cleaned):
        length = _IBAN_LENGTHS.get(match[0][:2])
        stretch = cleaned[match.start() : match.start() + _LONGEST_IBAN + _LONGEST_IBAN // 4 + 1]
        read, taken = "", 0
        for char in stretch:
            if length is None or len(read) == length or not (char in _BETWEEN or char.isalnum()):
                break
            read += char.strip(_BETWEEN)
            taken += 1
        if len(read) == length and not re.match("[A-Z0-9*]", stretch[taken:]):
            yield read


def _is_iban(text: str) -> bool:
    """The check of ISO 13616: first four characters to the end, letters as numbers, modulo 97."""
    if not text.isascii():
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _is_secret(typed: str) -> bool:
    if re.search(_SECRET_LABEL, typed) or re.search(_GROUPED_KEY, typed):
        return True
    words = (part.strip("\"'`<>()[]{},;") for part in typed.split() if len(part) >= 16)
    return any(re.fullmatch(_SECRET_SHAPE, word, re.ASCII) or _is_opaque(word) for word in words)


def _is_opaque(word: str) -> bool:
    """Whether a word is as random as a key: long, all sorts of characters, not an identifier."""
    sorts = (str.islower, str.isupper, str.isdigit)
    runs = re.findall("[A-Za-z0-9]{12,}", word)
    if len(word) >= 32 and re.fullmatch("[A-Za-z0-9/+=]+", word):
        runs.append(word)  # Base64 has slashes, too
    if not re.fullmatch(_OPAQUE, word) or not any(all(any(map(s, r)) for s in sorts) for r in runs):
        return False
    return not any(map(_is_identifier, word.upper().split("/")))


def _is_identifier(text: str) -> bool:
    return grammar.matches_evse(text) or grammar.matches_evco(text) or written(text) is not None
