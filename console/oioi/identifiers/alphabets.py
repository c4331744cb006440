"""Letters and digits of other alphabets that look like Latin ones.

A person cannot see the difference between `DE` and `DЕ`; a server can. The Latin spelling is
offered, and never used without asking.
"""

import unicodedata
from string import ascii_letters, digits

from console.oioi.language import mark

_CYRILLIC = zip(
    "АВЕКМНОРСТУХІЈЅԚԜӀҮԀЗавекмнорстухіјѕԛԝӏүԁһз",
    "ABEKMHOPCTYXIJSQWIYD3ABEKMHOPCTYXIJSQWIYDH3",
    strict=True,
)
_GREEK = zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹαβεζηικμνορτυχγ", "ABEZHIKMNOPTYXCABEZHIKMVOPTUXY", strict=True)
_ARMENIAN = zip("ՕՍՏԼօսհց", "OUSLOUHG", strict=True)
_LATIN = {**dict(_CYRILLIC), **dict(_GREEK), **dict(_ARMENIAN)}

_ALPHABETS = (mark("Cyrillic"), mark("Greek"), mark("Armenian"), mark("Fullwidth"))
"""The usual names among those of `alphabet_of`."""


def foreign_look_alikes(text: str) -> tuple[str, ...]:
    """The characters of other alphabets in `text` that have a Latin look-alike, each once."""
    if text.isascii():
        return ()
    return tuple(dict.fromkeys(char for char in text if _latin(char) != char))


def in_latin(text: str) -> str:
    """`text` with its look-alike characters replaced by Latin letters and digits."""
    return "".join(map(_latin, text))


def alphabet_of(char: str) -> str:
    """The English name of a character's alphabet, such as "Cyrillic", for `tr`."""
    return unicodedata.name(char, "Foreign").split()[0].split("-")[0].capitalize()


def _latin(char: str) -> str:
    """The ASCII letter or digit that `char` looks like or stands for, else `char`."""
    if char.isascii():
        return char
    if latin := _LATIN.get(char):
        return latin
    plain = unicodedata.normalize("NFKC", char)  # mathematical and circled letters
    if len(plain) == 1 and plain in ascii_letters + digits:
        return plain.upper()
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
