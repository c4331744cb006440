"""The list of all exchanges of this run, the newest first: one line each, without bodies.

    lines = RunList()
    exchanges.observe(lines.hear)
    lines.newest_first

`exchanges` keeps the bodies of the newest ones only; a line stays, and names the exchange in the
journal.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from console.exchanges import NotSent, Submission
    from console.journal import Recording
    from console.oioi.http.exchange import Event, Exchange
    from console.oioi.judgement.outcome import Verdict

LONGEST = 2_000
"""How many lines are kept."""


class RunLine(NamedTuple):
    """One exchange of this run. `at` is in UTC.

    `number`, `asker` and `tag` are those of its submission. `verdict` is None while it is in
    flight. `duration_ms` is the time from its beginning to its outcome, waits included.
    """

    number: int
    asker: Hashable
    tag: Hashable
    at: datetime
    call: str
    subject: str
    verdict: Verdict | None = None
    code: str | None = None
    http_status: int | None = None
    duration_ms: int | None = None


class RunList:
    """The lines of a run, each as its exchange stands now."""

    def __init__(self) -> None:
        self._lines: dict[int, RunLine] = {}
        self._recordings: dict[int, Recording] = {}

    @property
    def newest_first(self) -> Sequence[RunLine]:
        return [*reversed(self._lines.values())]

    @property
    def newest(self) -> RunLine | None:
        """The exchange that began last."""
        return next(reversed(self._lines.values()), None)

    def find(self, asker: Hashable, tag: Hashable) -> RunLine | None:
        """The newest exchange of this asker with this tag."""
        for line in reversed(self._lines.values()):
            if (line.asker, line.tag) == (asker, tag):
                return line
        return None

    def hear(self, submission: Submission, event: Event | NotSent) -> None:
        """Take an event of a call. Quiet calls and calls that never began have no line."""
        if submission.quiet or submission.exchange is None:
            return
        self._lines[submission.number] = _line(submission, submission.exchange)
        if submission.recording is not None:
            self._recordings[submission.number] = submission.recording
        if len(self._lines) > LONGEST:
            oldest = next(iter(self._lines))
            del self._lines[oldest]
            self._recordings.pop(oldest, None)

    def kept_id(self, line: RunLine) -> int | None:
        """The number of this exchange in the journal; None if it is not written there (yet)."""
        recording = self._recordings.get(line.number)
        return recording.id if recording is not None else None


def _line(submission: Submission, exchange: Exchange) -> RunLine:
    from console.journal.subject import subject_of  # 45 ms, with msgspec

    outcome, last = exchange.outcome, exchange.attempts[-1:]
    return RunLine(
        submission.number,
        submission.asker,
        submission.tag,
        exchange.began,
        exchange.request.call,
        subject_of(submission.call),
        outcome.verdict if outcome else None,
        outcome.code if outcome else None,
        last[0].http_status if last else None,
        exchange.duration_ms,
    )
