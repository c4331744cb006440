"""The journal: exchanges and charging sessions on this computer's disk.

    journal = Journal(limits=…, on_trouble=say)
    recording = Recording(journal, server, call)
    await connection.send(call, observe, recording=recording)
    entries = await asyncio.wrap_future(journal.entries(HistoryFilter(search="193")))

`file` opens the file, `schema` has its tables, `codec` writes an exchange as rows; `threads` does
all work with the file in threads of its own. It is imported after the first frame.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.journal.journal import Journal
    from console.journal.recording import RecordedSender, Recording
    from console.journal.records import HistoryEntry, HistoryFilter, KeptExchange, Limits
    from console.journal.subject import subject_of
    from console.journal.trouble import JournalTrouble

__all__ = [
    "HistoryEntry",
    "HistoryFilter",
    "Journal",
    "JournalTrouble",
    "KeptExchange",
    "Limits",
    "RecordedSender",
    "Recording",
    "subject_of",
]

_MODULES = {
    "HistoryEntry": "records",
    "HistoryFilter": "records",
    "Journal": "journal",
    "JournalTrouble": "trouble",
    "KeptExchange": "records",
    "Limits": "records",
    "RecordedSender": "recording",
    "Recording": "recording",
    "subject_of": "subject",
}
"""The modules of the names, imported on first use."""


if not TYPE_CHECKING:  # or a type checker would accept every name

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
