"""Long answers, read in a helper process, so that the event loop goes on meanwhile.

`process` is the side of the program: it starts the helper and waits for it in a thread. `helper` is
the other side. `frames` is how they talk; `memory` is where the bytes are: it has no name, and is
gone with the last process that has it open. `work` is what is asked for and what comes back.
`beside` lets the helper do two things at once, in a copy of itself; `watch` is how one process
notices what has become of another.

A thread would not do: msgspec and the search for secrets hold the interpreter for a whole body.
Secrets go to the helper through its socket, and nowhere else.
"""

HELPER_WORD = "--read-long-answers"
"""Where the program is frozen (`screens.frozen`), this word alone on its command line makes it the
helper."""

_is_allowed = False


def allow(*, is_allowed: bool = True) -> None:
    """Let long answers be read in a helper, or no longer; what reads one asks. Nothing is imported
    for it, so a program can say it before it has a client."""
    global _is_allowed
    _is_allowed = is_allowed


def is_allowed() -> bool:
    """Whether this program lets long answers be read in a helper."""
    return _is_allowed
