"""What is odd about values that could be read: a power in watts, a time that cannot be, a price.

Every connector of an answer is looked at, so little is done for a value that is as usual.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from console.oioi.stations.members import ConnectorWire, PricesWire, ReservationWire, StationWire
from console.oioi.stations.power import read_power
from console.oioi.stations.prices import AMOUNTS, read_amount
from console.oioi.stations.times import AHEAD, EARLIEST, doubt_of_change, doubt_of_end
from console.oioi.tolerant import Issues, describe


def note_doubts(
    stations: Sequence[StationWire], numbers: Sequence[int], path: str, issues: Issues
) -> None:
    """Note what is odd in the stations; `numbers` are their places in the list at `path`."""
    doubts = _Doubts(issues)
    early, late = EARLIEST, doubts.now + AHEAD
    usual = doubts.usual_speeds
    for number, station in zip(numbers, stations, strict=True):
        for index, connector in enumerate(station.connectors or ()):
            changed = connector.last_change
            if (
                connector.speed not in usual
                or (changed is not None and not early <= changed <= late)
                or connector.prices is not None
                or connector.reservation is not None
            ):
                doubts.of_connector(connector, f"{path}[{number}].connectors[{index}]")
        if station.prices is not None:
            doubts.of_prices(station.prices, f"{path}[{number}].prices")
        if station.connector_reservations:
            for key, reservation in station.connector_reservations.items():
                doubts.of_end(reservation, f"{path}[{number}].connector-reservations[{key}]")


class _Doubts:
    """Notes what is odd; what was found usual is not looked at again."""

    def __init__(self, issues: Issues) -> None:
        self.now = datetime.now(UTC)
        self.usual_speeds: set[str | float | None] = {None}
        self._usual_amounts: set[str | float | None] = {None}
        self._issues = issues

    def of_connector(self, wire: ConnectorWire, path: str) -> None:
        if note := read_power(wire.speed).note:
            self._issues.note(f"{path}.speed", note)
        else:
            self.usual_speeds.add(wire.speed)
        if wire.last_change and (note := doubt_of_change(wire.last_change, self.now)):
            self._issues.note(f"{path}.last-change", note)
        if wire.prices is not None:
            self.of_prices(wire.prices, f"{path}.prices")
        self.of_end(wire.reservation, f"{path}.reservation")

    def of_prices(self, wire: PricesWire, path: str) -> None:
        for name in AMOUNTS:
            written = getattr(wire, name)
            if written in self._usual_amounts:
                continue
            if written == "" or read_amount(written) is not None:
                self._usual_amounts.add(written)
            else:
                member = name.replace("_", "-")
                self._issues.note(f"{path}.{member}", f"not a price: {describe(written)}")

    def of_end(self, wire: ReservationWire | None, path: str) -> None:
        if wire and wire.end and (note := doubt_of_end(wire.end, self.now)):
            self._issues.note(f"{path}.end", note)
