"""`oioi-console explain`: what a result code, an HTTP status or a transport failure means."""

import argparse
from dataclasses import asdict
from typing import Any

from console.commands.output import labelled, out, out_json
from console.oioi.explanations import Entry, Explanation, UnknownWord, lookup
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
    return 0


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.key,
        "family": entry.family,
        "title": entry.title,
        "explanation": asdict(entry.explanation),
        "may_hide": list(entry.may_hide),
        "also_as": list(entry.also_as),
    }


def advice_rows(explanation: Explanation, entry: Entry) -> list[tuple[str, str]]:
    """Who, why and what next, a label and a text each, as `labelled` takes them."""
    return [
        ("Responsible", explanation.responsible),
        ("Meaning", explanation.meaning),
        ("To the customer", entry.say),
        ("At the desk", explanation.support_agent),
        ("On site", explanation.field_technician),
        ("Try again?", explanation.retry),
    ]


def _in_words(entry: Entry) -> str:
    rows = [
        ("Family", entry.family),
        *advice_rows(entry.explanation, entry),
        ("May hide", ", ".join(entry.may_hide)),
        ("Also sent as", ", ".join(entry.also_as)),
        ("Elsewhere", "; ".join(entry.neighbours)),
    ]
    return f"{visible(entry.key)}  {visible(entry.title)}\n{labelled(rows)}"
