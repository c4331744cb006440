"""The table of all pages: the tabs, the keys, the help and the README are made from it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from console.oioi.language import tr
from screens.pages.page import Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its id, key and title, and the class that makes it on the first visit.

    `about` is what it is for, in three sentences. `also_binds` are the classes of widgets whose
    keys the help lists under this page.
    """

    id: str
    key: str
    title: str
    class_path: str
    about: str
    also_binds: tuple[str, ...] = ()

    @property
    def keys(self) -> str:
        """The function key, and Alt with its digit for terminals that use the function keys
        themselves.
        """
        return f"{self.key.lower()},alt+{self.key[1:]}"

    @property
    def tip(self) -> str:
        """The first sentence of what it is for."""
        return self.about.partition(". ")[0] + "."

    @property
    def page_class(self) -> type[Page]:
        """The class of the page, imported on first use."""
        found: type[Page] = load(self.class_path)
        return found


PAGES = (
    PageEntry(
        "stations",
        "F2",
        # Translators: the titles of the six pages stand side by side, together at most 46 cells
        tr("Stations"),
        "screens.pages.stations:StationsPage",
        tr(
            "Find charging stations around a position, and see their connectors with state, power"
            " and price. Type or paste a position or a link to a map, and press Enter; then the"
            " arrow keys move through the list. The connector under the cursor is started, watched"
            " or copied with one key."
        ),
        also_binds=("screens.pages.stations:SearchInput",),
    ),
    PageEntry(
        "sessions",
        "F3",
        tr("Sessions"),
        "screens.pages.sessions:SessionsPage",
        tr(
            "Start and stop charging, and see what became of each start. A card for each session,"
            " of all profiles, says what happens at the station and what to do next. What is open"
            " is kept, and is found again after the program was closed."
        ),
        also_binds=(
            "screens.widgets.start_form:StartInput",
            "screens.widgets.start_form:StartButton",
            "screens.widgets.start_form:ReserveButton",
            "screens.widgets.card:Card",
            "screens.widgets.session_card:SessionCard",
            "screens.widgets.reservation_card:ReservationCard",
            "screens.widgets.session_list:SessionList",
            "screens.widgets.session_list:EndedLine",
        ),
    ),
    PageEntry(
        "evco",
        "F4",
        tr("EVCO ID"),
        "screens.pages.evco:EvcoPage",
        tr(
            "Find out whose card or contract this is, and which cards a contract has. The number"
            " is checked here while it is typed; Enter asks the server. Several lines pasted at"
            " once are looked up one after another."
        ),
        also_binds=("screens.pages.evco:IdentifierInput",),
    ),
    PageEntry(
        "codes",
        "F5",
        tr("Codes"),
        "screens.pages.codes:CodesPage",
        tr(
            "Find out what a result code, an HTTP status or a failure means, who is at fault, and"
            " what to tell the customer. Type a number or words, and the list follows. In the demo,"
            " the simulated server can be made to answer with each of them; no network is needed."
        ),
        also_binds=("screens.pages.codes:EntryTable", "screens.widgets.line_input:FindInput"),
    ),
    PageEntry(
        "history",
        "F6",
        tr("History"),
        "screens.pages.history:HistoryPage",
        tr(
            "Every exchange of this computer is kept here, without keys and passwords. Type words"
            " or filters to find one; it is shown beside the list. Filters are verdict:refused,"
            " call:session-start, code:193, profile:demo, day:yesterday, since:10m, before:08:30"
            " and a time alone, such as 15:55. What is found can be sent again, compared, exported"
            " or forgotten."
        ),
        also_binds=(
            "screens.widgets.line_input:FindInput",
            "screens.widgets.history_table:HistoryTable",
        ),
    ),
    PageEntry(
        "profiles",
        "F7",
        tr("Profiles"),
        "screens.pages.profiles:ProfilesPage",
        tr(
            "A profile is a server with its address, its key and its limits. Calls go to the one"
            " in use, which is marked, until another one is used. The test finds out step by step"
            " whether this computer reaches the server."
        ),
        also_binds=("screens.pages.profiles:ProfileTable",),
    ),
)
FIRST = PAGES[0]
"""The page that is open at the start."""


def page_entry(id: str) -> PageEntry:
    """The entry of this id."""
    return next(entry for entry in PAGES if entry.id == id)


def load(path: str) -> Any:
    """The class that `module:Class` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
