"""How long an attempt may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds an attempt may take: to connect, between bytes of an answer, and in all.

    Commands wait longer: operator networks take up to 60 s for their own answer
    (PROTOCOL.md 2.6), and giving up earlier makes an unknown outcome of a known one.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    command_s: float = 90.0
    total_extra_s: float = 30.0
    """What an attempt may take in all beyond its read time, a slow body on a hotspot included."""

    def of(self, is_command: bool) -> float:
        return self.command_s if is_command else self.read_s

    def in_all(self, seconds: float) -> "Timeouts":
        """These, where an attempt has to be over after so many seconds, whatever it waits for."""
        return Timeouts(min(self.connect_s, seconds), seconds, seconds, total_extra_s=0.0)

    def deadline(self, is_command: bool) -> float:
        return self.of(is_command) + self.total_extra_s
