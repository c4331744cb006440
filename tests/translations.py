"""The catalogues of the screens' texts: `python -m tests.translations` renews them from the code.

It writes `assets/oioi-console.LANGUAGE.po` (edited by hand: a new text is added without its
translation, one that the code no longer has is dropped) and the .mo file that the program reads.
What is still to be translated is printed.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.oioi.language import LANGUAGES

ROOT = Path(__file__).parent.parent
KEYWORDS = {"tr": (1,), "tr_n": (1, 2), "mark": (1,), "kept": (1,)}
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Instead of the time of the last run, so that the same texts make the same bytes."""
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


def po_file(language: str) -> Path:
    """The catalogue that people edit."""
    return ROOT / "assets" / f"oioi-console.{language}.po"


def mo_file(language: str) -> Path:
    """The catalogue that the program reads."""
    return po_file(language).with_suffix(".mo")


def in_the_code() -> Catalog:
    """The texts that the code has translated, each with the files it stands in."""
    found = Catalog(charset="utf-8")
    for package in ("console", "screens"):
        for place, _, text, comments, _ in extract_from_dir(
            ROOT / package, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            if text:
                name = f"{package}/{Path(place).as_posix()}"
                found.add(text, locations=[(name, 0)], auto_comments=comments)
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue as people have edited it; an empty one where there is none."""
    path = po_file(language)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return read_po(io.StringIO(text), locale=language)


def messages(found: Catalog) -> Iterator[Message]:
    """The messages of a catalogue, without its header."""
    return (message for message in found if message.id)


def renewed(language: str) -> Catalog:
    """The texts of the code, with the translations that the catalogue has."""
    known = catalogue(language)
    new = Catalog(locale=language, charset="utf-8")
    for message in messages(in_the_code()):
        old = known.get(message.id)
        string = old.string if old is not None else None
        new.add(
            message.id,
            string,
            locations=sorted(message.locations),
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old is not None else (),
        )
    return new


def as_po(found: Catalog) -> str:
    """The text of the .po file."""
    out = io.BytesIO()
    write_po(out, found, width=100, sort_by_file=True, include_lineno=False, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {found.locale}\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {found.plural_forms}\\n"\n\n'
    return head + out.getvalue().decode()


def as_mo(po: str, language: str) -> bytes:
    """The bytes of the .mo file for this text of a .po file."""
    found = read_po(io.StringIO(po), locale=language)
    found.creation_date = found.revision_date = NO_DATE
    out = io.BytesIO()
    write_mo(out, found)
    return out.getvalue()


def untranslated(found: Catalog) -> list[Message]:
    """The messages without a translation, or with one that lacks a plural form."""
    return [
        message
        for message in messages(found)
        if not message.string or (isinstance(message.string, tuple) and not all(message.string))
    ]


def main() -> int:
    for language in TRANSLATED:
        po = as_po(renewed(language))
        po_file(language).write_text(po, encoding="utf-8")
        mo_file(language).write_bytes(as_mo(po, language))
        missing = untranslated(catalogue(language))
        for message in missing:
            print(f"{language}: {message.id!r}")
        print(f"{language}: {len(catalogue(language))} texts, {len(missing)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
