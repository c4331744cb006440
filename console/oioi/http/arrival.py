"""How much of a body has arrived, how fast, and what is to be told and shown of it: decisions.

Nothing here reads a clock; times are readings of the monotonic clock, in seconds.
"""

from dataclasses import dataclass, replace

from console.oioi.http.attempt import Preview

LONG_BODY = 256 * 1024
"""Bytes. Of a longer body is told while it arrives."""

SLOW_S = 1.0
"""Of a shorter one too, if it takes longer than this."""

EVERY_S = 0.2
"""So often at most."""

AT_ONCE_S = 0.05
"""So soon after a body turned out to be long; one that is read by then is not told of."""

RATE_S = 3.0
"""The speed is that of the last seconds, so many."""

PREVIEW_BYTES = 256 * 1024
"""The longest beginning that is shown before the rest is there; reading it takes some 20 ms."""

LEAST_PREVIEW = 1024
"""Bytes. There is little to see in less."""

STALLED_S = 2.0
"""A body of which nothing has come for so long has stalled."""


@dataclass(frozen=True, slots=True)
class Receiving:
    """The body of the attempt in flight is arriving: an event, told now and then.

    `body_bytes` have come, unpacked; `total` is how many it will be, None where the head does not
    say or says it of what is still packed. `per_s` is their number a second, of late. The last of
    them came at `came_s`. `is_whole`: all have come, and are being read.
    """

    body_bytes: int
    total: int | None
    per_s: float
    came_s: float
    is_whole: bool = False
    preview: Preview | None = None

    def stalled_s(self, now_s: float) -> float | None:
        """For how long nothing has come; None while it comes."""
        nothing_for_s = now_s - self.came_s
        return None if self.is_whole or nothing_for_s < STALLED_S else nothing_for_s


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was noted of the arrival of one body; it began with a head at `began_s`."""

    began_s: float
    total: int | None = None
    samples: tuple[tuple[float, int], ...] = ()
    """When what was noted, and how many bytes had come by then: those that the speed is of."""
    previewed: int = 0
    """Bytes of the beginning that a preview was made of."""

    def is_worth_telling(self, body_bytes: int, now_s: float) -> bool:
        """Whether it is long, or slow."""
        return body_bytes > LONG_BODY or now_s - self.began_s >= SLOW_S

    def noted(self, body_bytes: int, now_s: float) -> "Arrival":
        """With one more sample; the older ones that are needed no more are forgotten."""
        samples = (*(self.samples or ((self.began_s, 0),)), (now_s, body_bytes))
        while len(samples) > 2 and samples[1][0] <= now_s - RATE_S:
            samples = samples[1:]
        return replace(self, samples=samples)

    @property
    def per_s(self) -> float:
        """Bytes a second, of the last RATE_S."""
        if not self.samples:
            return 0.0
        (first_s, first), (last_s, last) = self.samples[0], self.samples[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else 0.0

    def told(self, body_bytes: int, came_s: float, *, is_whole: bool) -> Receiving:
        """The event that tells it."""
        total = self.total
        if total is not None and total < body_bytes:
            total = None  # it was packed, and did not say so
        return Receiving(body_bytes, total, self.per_s, came_s, is_whole)

    def wants_preview(self, body_bytes: int, now_s: float) -> bool:
        """Whether a preview is due: of a long body once, of a slow one as often as it doubles."""
        if self.previewed >= PREVIEW_BYTES:
            return False
        if body_bytes > PREVIEW_BYTES:
            return True
        is_slow = now_s - self.began_s >= SLOW_S
        return is_slow and body_bytes >= max(LEAST_PREVIEW, 2 * self.previewed)


def declared_length(lengths: list[str], encodings: list[str]) -> int | None:
    """The length of a body that its head declares (Content-Length), None where that does not tell.

    Of a body that is packed it is the length before it is unpacked.
    """
    is_packed = any(each.strip().lower() not in ("", "identity") for each in encodings)
    if is_packed or len(lengths) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        return None
    return int(lengths[0])
