"""How often each magic identifier has failed, in one world."""

from collections import Counter

from console.simulator.effects import Effect
from console.simulator.faults import Magic, compared


class FaultCounter:
    """Counts, for one world, how often each identifier has already failed."""

    def __init__(self) -> None:
        self._met: Counter[tuple[str, str]] = Counter()

    def due(self, magic: Magic) -> Effect | None:
        """The effect of this call. None is the ordinary answer, after which the counting starts
        again.
        """
        times = magic.effect.times
        if times is None:
            return magic.effect
        met = compared(magic.kind, magic.identifier)
        if self._met[met] < times:
            self._met[met] += 1
            return magic.effect
        del self._met[met]
        return None
