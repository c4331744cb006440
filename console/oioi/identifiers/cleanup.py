"""The clean-up that is safe for every identifier, from any source.

It removes only what people do not type on purpose. It does not replace a letter O by a zero: that
would be a guess, and guesses are offered as alternatives.
"""

import unicodedata
from string import ascii_lowercase, ascii_uppercase

from console.oioi.language import mark, tr

_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D), "-")
_STARS = dict.fromkeys(map(ord, "·×•‣∙⁎⁕∗⋅⋆★☆✱✲✳✴✶●・･﹡＊٭"), "*")
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_AT_THE_ENDS = "".join(map(chr, (*range(33), *range(127, 161), 0x2028, 0x2029)))
"""Blanks, line ends, and the control characters that a reader acting as a keyboard adds."""

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"), " ")
_STEPS = (
    (mark("typographic dashes became -"), _DASHES),
    (mark("look-alike stars became *"), _STARS),
    (mark("full-width characters became ordinary ones"), _FULL_WIDTH),
    (mark("unusual blanks became ordinary ones"), _BLANKS),
)
# Not str.upper: it turns ß into SS and ı into I, which would invent characters.
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)


def tidy(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without pasted junk, its letters as typed; and the changes, in words."""
    changes = []
    if not text.isascii():
        seen = without_invisible(text)
        if seen != text:
            changes.append(tr("invisible characters were removed"))
        text = seen
        for words, table in _STEPS:
            replaced = text.translate(table)
            if replaced != text:
                changes.append(tr(words))
            text = replaced
    trimmed = text.strip(_AT_THE_ENDS)
    if trimmed != text:
        changes.append(tr("blanks at the ends were removed"))
    if "\t" in trimmed:
        trimmed = trimmed.replace("\t", " ")
        changes.append(tr("tabs became blanks"))
    if "* " in trimmed or " *" in trimmed:
        trimmed = "*".join(part.strip(" ") for part in trimmed.split("*"))
        changes.append(tr("blanks around the stars were removed"))
    return trimmed, tuple(changes)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without pasted junk and in upper case; and the changes, in words.

    Trims the ends, removes invisible characters and blanks around stars, replaces typographic
    dashes, look-alike stars and full-width characters, and turns ASCII letters to upper case.
    Cleaning a second time changes nothing.
    """
    tidied, changes = tidy(text)
    upper = tidied.translate(_UPPER)
    if upper != tidied:
        changes = (*changes, tr("small letters became capitals"))
    return upper, changes


def without_invisible(text: str) -> str:
    """`text` without invisible characters, which have no meaning in an identifier.

    Zero-width and direction marks, byte-order marks, soft hyphens, variation selectors.
    """
    return "".join(
        char
        for char in text
        if unicodedata.category(char) != "Cf" and not "\ufe00" <= char <= "\ufe0f"
    )
