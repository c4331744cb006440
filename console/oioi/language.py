"""The texts of the program in the user's language: gettext, with the English text as the key.

    tr("{name} is not watched any more.", name=name)
    tr_n("{n} station", "{n} stations", n)
    HINTS = {"slow": mark("The server is slow.")}   then, where it is shown: tr(HINTS["slow"])

English needs no catalogue and costs one look at a variable. Other languages are read from the asset
`oioi-console.LANGUAGE.mo`, which `python -m tests.translations` makes from the .po file beside it.

`use` is called before the modules of `screens` are imported, so their constants may hold texts made
by `tr`. A constant of `console` may be made earlier than that: it is only marked with `mark`, and
`tr` stands where it is shown. The command line, JSON, the journal and logs are English: nothing but
the app calls `use`, and what it writes for other programs it makes within `english()`.

A record that is written down, or that another process makes (an outcome, an attempt, a charging
session), holds its texts in English; they are translated where they are shown:

    note=kept("Given up after {tried} attempts.", tried=5)   then: tr_kept(outcome.note)
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = ("en", "de")
"""The languages of the screens."""

CUSTOMER_LANGUAGES = ("en", "de", "fr", "nl", "it", "es")
"""The languages of what is read out to the customer."""

_language = "en"
_catalogue: "NullTranslations | None" = None
_known = b""
"""The bytes of the catalogue, in which `tr_kept` finds the English texts."""
_in_english: ContextVar[bool] = ContextVar("in_english", default=False)


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, with `values` in place of their names in braces."""
    if _catalogue is not None and text and not _in_english.get():
        text = _catalogue.gettext(text)
    return text.format_map(values) if values else text


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """The text for this number in the user's language; `{n}` in it is the number."""
    if _catalogue is not None and not _in_english.get():
        text = _catalogue.ngettext(one, many, n)
    else:
        text = one if n == 1 else many
    return text.format_map({"n": n, **values})


def mark(text: str) -> str:
    """The text as it is: it is only noted for translation, and translated where it is shown."""
    return text


def kept(text: str, /, **values: object) -> str:
    """The text of a record, with its values: in English, as it is written down; see `tr_kept`."""
    return text.format_map(values) if values else text


def tr_kept(text: str) -> str:
    """The text of a record in the user's language.

    It is found again among the texts of the catalogue, whole or sentence by sentence, whatever its
    values are; what is not found stays as it is. So it works for what an earlier run wrote, too.
    """
    if _catalogue is None or not text or _in_english.get():
        return text
    from console.oioi.kept_texts import found_again  # English needs none of it

    return found_again(text, _language, _catalogue, _known)


def current() -> str:
    """The language of the texts that `tr` makes here: `en`, `de`."""
    return "en" if _in_english.get() else _language


def use(language: str) -> None:
    """Make all later texts in this language, one of `LANGUAGES`."""
    global _language, _catalogue, _known
    catalogue = None
    data = b""
    if language != "en":
        import io
        from gettext import GNUTranslations  # 3 ms, and English needs none

        from console.assets import read_bytes

        data = read_bytes(f"oioi-console.{language}.mo")
        catalogue = GNUTranslations(io.BytesIO(data))
    _language, _catalogue, _known = language, catalogue, data


@contextmanager
def english() -> Iterator[None]:
    """Make texts in English within this block: for JSON, the journal and logs."""
    token = _in_english.set(True)
    try:
        yield
    finally:
        _in_english.reset(token)


def preferred(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for, as gettext reads it, or `en`.

    The first of LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set decides; LANGUAGE may name
    several, and counts only where the locale is not C.
    """
    locale = next((environment[name] for name in _LOCALES if environment.get(name)), "C")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return "en"
    wished = (environment.get("LANGUAGE") or locale).split(":")
    known = (word.partition(".")[0].partition("_")[0].lower() for word in wished)
    return next((word for word in known if word in LANGUAGES), "en")


_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
