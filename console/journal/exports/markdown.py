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
    """A text as words of a sentence: in one line, signs that mean something escaped."""
    return _SIGNS.sub(lambda found: f"\\{found[0]}", visible(" ".join(text.split())))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
