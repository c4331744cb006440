"""The journal as a subcommand uses it: open for as long as it runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from console.commands.output import complain
from console.journal import Journal
from console.journal.opening import open_journal
from console.settings import Settings


@contextmanager
def journal_of(settings: Settings) -> Iterator[Journal]:
    """The user's journal. What it cannot keep is said on stderr."""
    journal = open_journal(settings, complain)
    try:
        yield journal
    finally:
        journal.close()
