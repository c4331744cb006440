"""`oioi-console explain`: what a result code, an HTTP status or a transport failure means."""

import argparse
from dataclasses import asdict
from typing import Any

from console.commands.output import labelled, out, out_json
from console.exit_status import ExitStatus
from console.oioi.judgement.explanations import Entry, UnknownWord, lookup, rows
from console.oioi.redact import visible
from console.options import Options, Parser, UsageError

USAGE = "oioi-console explain CODE… [--json]"
HELP = """\
Say who is responsible for a code, what it means and what to do. Needs no network.

  CODE    a result code (193, 011), http:503, or transport: with the name of a failure

exit status: 0, or 2 for a word that is no code"""


def add_options(parser: Parser) -> None:
    """The options of `explain`."""
    parser.add_argument("--json", action="store_true", help="print a JSON list")


def run(options: Options, arguments: argparse.Namespace, words: list[str]) -> int:
    """Explain every word; one that is no code ends it before anything is printed."""
    if not words:
        raise UsageError("explain needs a code, such as 193, http:503 or transport:dns.")
    try:
        entries = [lookup(word) for word in words]
    except UnknownWord as error:
        raise UsageError(str(error)) from None
    if arguments.json:
        out_json([_as_json(entry) for entry in entries])
    else:
        out("\n\n".join(_in_words(entry) for entry in entries))
    return ExitStatus.SUCCESS


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.key,
        "family": entry.family,
        "title": entry.title,
        "explanation": asdict(entry.explanation),
        "may_hide": list(entry.may_hide),
        "also_as": list(entry.also_as),
    }


def _in_words(entry: Entry) -> str:
    about = [
        ("family", entry.family),
        *rows(entry, entry.explanation),
        ("also as", ", ".join(entry.also_as)),
        ("may hide", ", ".join(entry.may_hide)),
        ("others", "; ".join(entry.neighbours)),
    ]
    return f"{visible(entry.key)}  {visible(entry.title)}\n{labelled(about)}"
