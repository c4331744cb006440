"""`oioi-console explain`: what a result code, an HTTP status or a transport failure means."""

from typing import Any

from console.command_line import Command, Completes, Option, Word
from console.commands.output import complain, labelled, out
from console.exit_status import ExitStatus
from console.oioi.judgement.entries import Entry, UnknownWord, lookup, public_texts, rows
from console.oioi.judgement.languages import own_say, says
from console.oioi.language import CUSTOMER_LANGUAGES
from console.oioi.visible_text import visible
from console.options import Arguments, Options, UsageError

COMMAND = Command(
    "explain",
    """\
Say who is responsible for a code, what it means and what to do.

It needs no network. A word that is no code is named, and the others are explained all the same.""",
    words=(
        Word(
            "CODE",
            "a result code (193, 011), http: with a status (http:503), or transport: with a failure"
            " (transport:dns)",
            usage="CODE…",
            may_repeat=True,
            completes=Completes.CODES,
        ),
    ),
    options=(
        Option(
            "--language",
            "say it to the customer in this language too",
            "LANGUAGE",
            choices=CUSTOMER_LANGUAGES,
        ),
        Option("--json", "print a JSON list"),
    ),
    examples=("oioi-console explain 193 011 http:503 transport:dns",),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Explain every word that is a code. Other words are reported on stderr and make the status
    2.
    """
    if not words:
        raise UsageError("explain needs a code, such as 193, http:503 or transport:dns.")
    entries, unknown = _looked_up(words)
    if entries and arguments.json:
        from console.commands.json_output import out_json  # 2 ms, and most want words

        out_json([_as_json(entry) for entry in entries])
    elif entries:
        out("\n\n".join(_in_words(entry, arguments.language) for entry in entries))
    if not unknown:
        return ExitStatus.SUCCESS
    *others, last = unknown
    for sentence in others:
        complain(sentence)
    raise UsageError(last)


def _looked_up(words: list[str]) -> tuple[list[Entry], list[str]]:
    """The entries of the words that are codes, and a sentence for each word that is not."""
    entries, unknown = [], []
    for word in words:
        try:
            entries.append(lookup(word))
        except UnknownWord as error:
            unknown.append(str(error))
    return entries, unknown


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.key,
        "family": entry.family,
        "title": entry.title,
        "say": says(entry),
        "explanation": public_texts(entry.explanation),
        "may_hide": list(entry.may_hide),
        "also_as": list(entry.also_as),
    }


def _in_words(entry: Entry, language: str | None) -> str:
    """For a person; `language` is that of a sentence for the customer beside the English one."""
    own = [(language, own_say(language, entry))] if language and language != "en" else []
    about = [
        ("family", entry.family),
        *rows(entry.explanation, own),
        ("also as", ", ".join(entry.also_as)),
        ("may hide", ", ".join(entry.may_hide)),
        ("others", "; ".join(entry.neighbours)),
    ]
    return f"{visible(entry.key)}  {visible(entry.title)}\n{labelled(about)}"
