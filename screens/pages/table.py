"""The table of all pages: the tabs, the keys, the help and the README are made from it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from screens.pages.page import Page


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its id, key and title, and the class that makes it on the first visit.

    `also_binds` are the classes of widgets whose keys the help lists under this page.
    """

    id: str
    key: str
    title: str
    class_path: str
    also_binds: tuple[str, ...] = ()

    @property
    def keys(self) -> str:
        """The function key, and Alt with its digit for terminals that use the function keys
        themselves.
        """
        return f"{self.key.lower()},alt+{self.key[1:]}"

    @property
    def page_class(self) -> type[Page]:
        """The class of the page, imported on first use."""
        found: type[Page] = load(self.class_path)
        return found


PAGES = (
    PageEntry(
        "stations",
        "F2",
        "Stations",
        "screens.pages.stations:StationsPage",
        also_binds=(
            "screens.pages.stations:SearchInput",
            "screens.widgets.station_map:StationMap",
        ),
    ),
    PageEntry(
        "sessions",
        "F3",
        "Sessions",
        "screens.pages.sessions:SessionsPage",
        also_binds=(
            "screens.widgets.start_form:StartInput",
            "screens.widgets.start_form:StartButton",
            "screens.widgets.start_form:ReserveButton",
            "screens.widgets.card:Card",
            "screens.widgets.session_card:SessionCard",
            "screens.widgets.reservation_card:ReservationCard",
            "screens.widgets.session_list:SessionList",
        ),
    ),
    PageEntry(
        "evco",
        "F4",
        "EVCO ID",
        "screens.pages.evco:EvcoPage",
        also_binds=("screens.pages.evco:IdentifierInput",),
    ),
    PageEntry(
        "codes",
        "F5",
        "Codes",
        "screens.pages.codes:CodesPage",
        also_binds=("screens.widgets.line_input:FindInput",),
    ),
    PageEntry(
        "history",
        "F6",
        "History",
        "screens.pages.history:HistoryPage",
        also_binds=(
            "screens.widgets.line_input:FindInput",
            "screens.widgets.history_table:HistoryTable",
        ),
    ),
    PageEntry(
        "profiles",
        "F7",
        "Profiles",
        "screens.pages.profiles:ProfilesPage",
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
