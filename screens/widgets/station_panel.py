"""The station under the cursor: its name, how to use it, and its connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical

from console.oioi.language import tr
from screens.widgets import station_words as words
from screens.widgets.steady import SteadyText
from screens.widgets.table import Column, Table

if TYPE_CHECKING:
    from console.oioi.stations import Connector, Station

CONNECTORS_SHOWN = 6
"""Rows of connectors on the screen; the others are scrolled to."""


class StationPanel(Vertical):
    """Shows one station, and nothing without one."""

    def __init__(self, *, id: str) -> None:
        self._station: Station | None = None
        self._connectors: Table[Connector] = Table(
            [
                Column("evse", tr("connector"), words.evse_of, least=17, priority=9),
                Column("state", tr("state"), self._state, least=14, priority=9),
                # Translators: a column of times like "3 h", of 7 cells
                Column("since", tr("since"), self._since, 7, "right", priority=5),
                Column("plug", tr("plug"), lambda c: c.plug, 14, priority=8),
                Column("price", tr("price"), words.price, 14, priority=7),
            ],
            key=lambda c: (c.number, c.evse_id),
            empty=tr("The server told no connectors; Enter in the list above asks for them."),
            id="connectors",
        )
        self._heading = SteadyText(id="station-name", markup=False)
        self._use = SteadyText(id="station-where", markup=False)
        super().__init__(self._heading, self._use, self._connectors, id=id)
        self.display = False

    @property
    def connector(self) -> Connector | None:
        """The connector under the cursor."""
        return self._connectors.cursor_row

    def show(self, station: Station | None) -> None:
        """Show this station, the best connector first."""
        self._station = station
        self.display = station is not None
        if station is None:
            self._connectors.show([])
            return
        self._heading.update(words.heading(station))
        self._use.update(words.where(station))
        ranked = sorted(station.connectors, key=lambda c: station.state_of(c).rank)
        self._connectors.show(ranked)
        self._connectors.styles.height = 1 + min(CONNECTORS_SHOWN, max(1, len(ranked)))

    def _state(self, connector: Connector) -> Any:
        return words.state_of(connector, self._station)

    def _since(self, connector: Connector) -> str:
        return words.since(connector, self._station)
