"""Exchanges as text for others: HAR, JSON lines, a curl line, and the handover note.

All of it is made of what was kept, which holds no secret. A format has a module and a function:

    har.to_har(kept)        HAR 1.2, for the developer tools of a browser
    jsonl.to_jsonl(kept)    JSON lines: the object of `history show --json`, one a line
    curl.to_curl(kept)      a line for a shell that sends the same request again
    note.to_note(kept)      Markdown for a ticket, or for an operator's hotline

`live.as_kept` makes what they take from an exchange of this run.
"""

from collections.abc import Callable, Sequence

from console.journal.exports.curl import to_curl
from console.journal.exports.har import to_har
from console.journal.exports.jsonl import to_jsonl
from console.journal.exports.note import to_note
from console.journal.records import KeptExchange
from console.oioi.language import english

FORMS: dict[str, Callable[..., str]] = {
    "har": lambda kept, **options: to_har(kept),
    "jsonl": lambda kept, **options: to_jsonl(kept),
    "note": lambda kept, **options: to_note(kept, full=options["full"]),
    "curl": lambda kept, **options: to_curl(kept, powershell=options["powershell"]),
}
"""The forms of an export, by the names that `history export --as` takes."""


@english()
def as_text(
    form: str, kept: Sequence[KeptExchange], *, powershell: bool = False, full: bool = False
) -> str:
    """The exchanges in one of FORMS, with a line end; in English, whatever the screens are in.

    `powershell` is for `curl`, `full` (identifiers not shortened) for `note`.
    """
    return FORMS[form](kept, powershell=powershell, full=full)
