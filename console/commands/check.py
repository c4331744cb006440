"""`oioi-console check`: checks EVCO IDs, EVSE IDs and card UIDs, as they were read or pasted."""

import re
from collections.abc import Iterator

from console.command_line import Command, Completes, Option, Word
from console.commands.json_output import out_json
from console.commands.output import labelled, out
from console.commands.prompt import read_source
from console.exit_status import ExitStatus
from console.oioi.identifiers import (
    EVCO_ID,
    EVSE_ID,
    KINDS,
    LONGEST,
    UID,
    Level,
    Reading,
    read,
    reading_json,
)
from console.oioi.redact import visible
from console.options import Arguments, Options, UsageError

COMMAND = Command(
    "check",
    """\
Say what an identifier is, whether its check digit is right, and which spellings to try.

It needs no network.""",
    words=(
        Word(
            "ID",
            "an EVCO ID, an EVSE ID or a card UID; @FILE reads a file, - standard input, one"
            " identifier a line (of a CSV the first column)",
            usage="ID…",
            may_repeat=True,
            completes=Completes.AT_FILES,
        ),
    ),
    options=(
        Option("--kind", "read them as this kind", "KIND", choices=tuple(KINDS)),
        Option("--json", "print a JSON list"),
    ),
    examples=("oioi-console check 'DE*8PS*9DC4AB*X' 04:52:30:22:AA:48:81",),
)

_FIRST_COLUMN = re.compile(r'\s*(?:"([^"]+)"|([^,;\t]*))')
_NAMES = {EVCO_ID: "contract (EVCO ID)", EVSE_ID: "EVSE ID", UID: "card (UID)"}
_MARKS = {Level.OK: "", Level.NOTE: "Note", Level.WARN: "Careful"}


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Check every identifier. Returns 1 if any is not valid or has a wrong check digit."""
    texts = [text for word in words for text in _identifiers(word)]
    if not texts:
        raise UsageError("check needs an identifier, such as DE*8PS*9DC4AB*X; there is none.")
    readings = [read(text, arguments.kind) for text in texts]
    if arguments.json:
        out_json([reading_json(reading) for reading in readings])
    else:
        out("\n".join(_in_words(reading) for reading in readings))
    good = all(reading.is_good for reading in readings)
    return ExitStatus.SUCCESS if good else ExitStatus.NOT_GOOD


def _identifiers(word: str) -> Iterator[str]:
    text = read_source(word)
    if text is None:
        yield word
        return
    for line in text.splitlines():
        column = _FIRST_COLUMN.match(line)
        if column and (first := (column[1] or column[2]).strip()):
            yield first


def _in_words(reading: Reading) -> str:
    """One line with the judgement, then one row for each advice."""
    verdict = "not valid"
    if reading.valid:
        verdict = "valid" if reading.is_good else "valid in form, doubtful"
    kind = _NAMES.get(reading.kind, "neither contract nor EVSE nor card")
    form = f", {reading.form}" if reading.form else ""
    head = f"{visible(reading.normal)}  {kind}{form}: {verdict}{_check_digit(reading)}"
    shown = reading.input[:LONGEST]  # a secret is shown only masked
    rows = [("  As typed", shown)] if shown != reading.normal and not reading.refusal else []
    rows += [("  Cleaned up", change) for change in reading.changes]
    rows += [(f"  {_MARKS[advice.level]}", advice.text) for advice in reading.advice]
    rows += [("  Try", f"{other.value} ({other.why})") for other in reading.alternatives]
    return f"{head}\n{labelled(rows)}" if rows else head


def _check_digit(reading: Reading) -> str:
    check = reading.check_digit
    if check is None:
        return ""
    if check.given is None:
        return ", no check digit"
    return f", check digit {check.given} is {'right' if check.ok else 'wrong'}"
