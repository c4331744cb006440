"""The journal as the user's settings want it."""

from collections.abc import Callable

from console.journal.journal import Journal
from console.journal.records import Limits
from console.settings import Settings


def open_journal(settings: Settings, on_trouble: Callable[[str], None]) -> Journal:
    """This user's journal. `on_trouble` is called in its threads (`Journal`)."""
    limits = Limits(
        exchanges=settings.history_exchanges,
        days=settings.history_days,
        bytes=settings.history_megabytes * 1024 * 1024,
    )
    return Journal(limits=limits, keeps_history=settings.history, on_trouble=on_trouble)
