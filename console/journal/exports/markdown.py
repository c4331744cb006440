"""Foreign text in Markdown (CommonMark and GitHub's): whatever is in it, it stays text.

A server's text could otherwise close a quotation, begin a heading, a link or HTML, or call people
by `@name`.
"""

import re

from console.oioi.redact import visible

_SIGNS = re.compile(r"[\\`*_\[\]<>|#~&!]")


def code(text: str) -> str:
    """A text as code in a line: one line, nothing in it means anything. Not for a table."""
    shown = visible(" ".join(text.split()))
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    blank = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{blank}{shown}{blank}{fence}"


def quoted(text: str) -> str:
    """A text as a block of code with its own lines; it ends where the text ends."""
    shown = visible(text, lines=True).rstrip()
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def plain(text: str) -> str:
    """A text as words of a sentence: in one line, signs that mean something escaped.

    Words that would call somebody or become a link stand as code, as no escape helps there.
    """
    pieces = _CALLS_OR_LINKS.split(visible(" ".join(text.split())))
    return "".join(
        code(piece) if number % 2 else _SIGNS.sub(lambda found: f"\\{found[0]}", piece)
        for number, piece in enumerate(pieces)
    )


_CALLS_OR_LINKS = re.compile(r"([^\s|]*(?:@|://|www\.)[^\s|]*)", re.IGNORECASE)
"""Words that GitHub and GitLab make a mention or a link of. None has a `|`, which ends a cell."""


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
