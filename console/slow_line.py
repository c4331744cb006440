"""Whether the terminal is at the end of a line that may be slow, and what is under way on it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
"""Variables that sshd sets for a session from another computer."""

MOST_BYTES = 1_200
"""Bytes that may be under way when a frame is added: half a second of a line of 2 KB/s."""

LOST_AFTER_S = 10.0
"""An answer that takes longer will not come."""

SILENT_AFTER_S = 3.0
"""A terminal that has not answered the first question by then is one that answers none. The
question comes before the first frame, so that it takes no longer than the way there and back.
"""


def is_slow(setting: str, environment: Mapping[str, str]) -> bool:
    """Whether to save bytes: as the setting says (`on`, `off`), or (`auto`) over SSH."""
    if setting == "auto":
        return any(environment.get(name) for name in _REMOTE)
    return setting == "on"


@dataclass(slots=True)
class FramesUnderWay:
    """The frames that the terminal has not confirmed yet: their bytes, and when each was sent.

    The line takes what is written long before the terminal shows it: an SSH connection holds 2 MB,
    a quarter of an hour at 2 KB/s. So each frame ends with a question, and while too much is
    unanswered there are no further frames; what changes meanwhile is in the next one.
    """

    _frames: deque[tuple[int, float]] = field(default_factory=deque)
    _bytes: int = 0
    _ever_answered: bool = False
    _gave_up: bool = False
    _late: int = 0
    """Answers that were given up, and may come all the same."""

    @property
    def asks(self) -> bool:
        """Whether a frame is to end with the question. A terminal that never answered is not
        asked any more.
        """
        return not self._gave_up

    @property
    def answer_within_s(self) -> float:
        """So long an answer is waited for."""
        return LOST_AFTER_S if self._ever_answered else SILENT_AFTER_S

    @property
    def number(self) -> int:
        """How many answers of a terminal that answers may still come."""
        return len(self._frames) + (self._late if self._ever_answered else 0)

    def sent(self, size: int, now: float) -> None:
        """A frame of so many bytes was written, and the question after it."""
        self._frames.append((size, now))
        self._bytes += size

    def answered(self) -> None:
        """The terminal has drawn the oldest frame under way."""
        self._ever_answered = True
        self._gave_up = False
        if self._frames:
            size, _ = self._frames.popleft()
            self._bytes -= size
        elif self._late:
            self._late -= 1

    def forget(self) -> None:
        """Wait for no answer to what was written so far."""
        self._frames.clear()
        self._bytes = self._late = 0

    def may_send(self, now: float) -> bool:
        """Whether a frame may be added now."""
        if self._frames and now - self._frames[0][1] > self.answer_within_s:
            late = self._late + len(self._frames)
            self.forget()
            self._late = late
            self._gave_up = not self._ever_answered
        return self._bytes <= MOST_BYTES
