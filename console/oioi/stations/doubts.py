"""Oddities of values that could be read: a power in watts, an impossible time.

A search may find 200,000 connectors, nearly all without oddities. So they are checked together,
without running Python code for each, and one by one only if something is odd.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter

from console.oioi.spans import CLOCK_TOLERANCE
from console.oioi.stations.members import ConnectorWire, StationWire
from console.oioi.stations.power import read_power
from console.oioi.stations.times import EARLIEST, doubt_of_change
from console.oioi.tolerant import Issues

_CONNECTORS, _SPEED, _CHANGE = (attrgetter(name) for name in ("connectors", "speed", "last_change"))


class Doubts:
    """Notes oddities of the stations of one answer, which are listed at `path`."""

    def __init__(self, path: str, issues: Issues) -> None:
        self._path = path
        self._issues = issues
        self._now = datetime.now(UTC)
        self._usual_speeds: set[str | float | None] = set()

    def look_at(self, stations: Sequence[StationWire], numbers: Sequence[int]) -> None:
        """Note oddities of some of the stations; `numbers` are their places in the list."""
        connectors = list(chain.from_iterable(filter(None, map(_CONNECTORS, stations))))
        if not connectors or self._are_usual(connectors):
            return
        for number, station in zip(numbers, stations, strict=True):
            for index, connector in enumerate(station.connectors or ()):
                self._note(connector, f"{self._path}[{number}].connectors[{index}]")

    def _are_usual(self, connectors: Sequence[ConnectorWire]) -> bool:
        """Whether none of these connectors has an oddity."""
        changes = list(filter(None, map(_CHANGE, connectors)))
        if changes and not EARLIEST <= min(changes) <= max(changes) <= self._now + CLOCK_TOLERANCE:
            return False
        new_speeds = set(map(_SPEED, connectors)) - self._usual_speeds
        if any(read_power(speed).note for speed in new_speeds):
            return False
        self._usual_speeds |= new_speeds
        return True

    def _note(self, connector: ConnectorWire, path: str) -> None:
        if note := read_power(connector.speed).note:
            self._issues.note(f"{path}.speed", note)
        changed = connector.last_change
        if changed is not None and (note := doubt_of_change(changed, self._now)):
            self._issues.note(f"{path}.last-change", note)
