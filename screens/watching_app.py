"""Watches connectors on every page: makes the looks that are due, and tells of each change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.timer import Timer

from console.connection import Connection
from console.keys import Keys
from console.later import Later
from console.oioi.language import tr
from console.settings import Profile, Settings
from screens.copying import CopyingApp
from screens.key_names import key_now
from screens.pages.page import Page
from screens.pages.stations import StationsPage
from screens.widgets.watch_board import WatchBoard, when

if TYPE_CHECKING:
    from console import watching
    from console.exchanges import NotSent, Submission
    from console.oioi.http.exchange import Event
    from console.watching import Watch, Watches, WatchKey
else:
    watching = Later("console.watching")  # 60 ms, with msgspec

ASKER = "watching"
"""The asker of the looks; no page has this id."""

TICK_S = 1.0


class WatchingApp(CopyingApp):
    """Watches connectors, each at the server it was found at, whatever profile is in use."""

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        self._watches: Watches[Connection] | None = None
        """None until a connector is watched for the first time."""
        self._watch_clock: Timer | None = None
        self.exchanges.observe(self._hear_look)

    # What the operator wants

    @on(Page.Watch)
    def _watch(self, message: Page.Watch) -> None:
        """Watch a connector, or do not watch it any more."""
        station, connector = message.station, message.connector
        key = watching.WatchKey(
            message.connection, station.id, connector.evse_id or connector.number
        )
        watches = self._watches or watching.Watches()
        if watches.find(key) is not None:
            self._unwatch(key)
            return
        self._watches = watching.follow(watches, key, station, connector, _now())
        if not watches.rows:  # later ones are seen on the board, which a toast would cover
            again = key_now(self, "stations.watch", StationsPage)
            said = tr(
                "Watching {connector}; {key} again stops it.", connector=key.connector_id, key=again
            )
            self.say(said, severity="information")
        self._tick()

    @on(WatchBoard.Unwatch)
    def _unwatch_row(self, message: WatchBoard.Unwatch) -> None:
        self._unwatch(message.key)

    def _unwatch(self, key: WatchKey[Connection]) -> None:
        if self._watches is not None:
            self._watches = watching.unfollow(self._watches, key)
            said = tr("{connector} is not watched any more.", connector=key.connector_id)
            self.say(said, severity="information")
            self._tick()

    @on(Page.WatchNone)
    def _watch_none(self) -> None:
        if self._watches is not None:
            self._watches = watching.Watches(looks=self._watches.looks)
            self.say(tr("No connector is watched any more."), severity="information")
            self._tick()

    @on(WatchBoard.LookedAt)
    def _looked_at(self, message: WatchBoard.LookedAt) -> None:
        if self._watches is not None:
            self._watches = watching.acknowledged(self._watches, message.key)
            self._draw_board()

    @on(WatchBoard.StartAt)
    def _start_at(self, message: WatchBoard.StartAt) -> None:
        server: Connection = message.key.server
        if server is not self.connection:
            said = tr(
                "This connector is watched at {profile}. Use that profile to start at it.",
                profile=server.profile.name,
            )
            self.say(said)
        else:
            self.post_message(Page.StartHere(message.key.connector_id))

    # Looks

    def _tick(self) -> None:
        """Send the looks that are due, and show the time until the next ones."""
        if self._watches is None or not self.is_running:
            return
        self._watches, looks = watching.due(self._watches, _now())
        for look in looks:
            self.exchanges.submit(look.call, look.server, asker=ASKER, tag=look.tag, quiet=True)
        if self._watch_clock is None:
            self._watch_clock = self.set_interval(TICK_S, self._tick)
        (self._watch_clock.resume if self._watches.rows else self._watch_clock.pause)()
        self._draw_board()

    def _hear_look(self, submission: Submission, event: Event | NotSent) -> None:
        """Take what a look has brought."""
        if submission.asker != ASKER or self._watches is None or not self.is_running:
            return
        tag: Any = submission.tag
        changed: list[Watch[Connection]] = []
        exchange = submission.exchange
        if exchange is None:
            self._watches = watching.missed(self._watches, tag, submission.reason)
        elif exchange.outcome is not None:
            self._watches, changed = watching.answered(self._watches, tag, exchange.outcome, _now())
        else:
            return
        for watch in changed:
            self._tell(watch)
        self._draw_board()

    def _tell(self, watch: Watch[Connection]) -> None:
        """Tell of a change, on whatever page the operator is."""
        before, after = watch.periods[-2:]
        said = tr(
            "{connector}: {before} → {after} at {time}",
            connector=watch.key.connector_id,
            before=before.words,
            after=after.words,
            time=when(after.began, _now()),
        )
        self.bell()
        self.say(said, severity="information")

    def _draw_board(self) -> None:
        if self._watches is None or not (self.is_running and self.screen_stack):
            return  # at the end the screen goes first
        is_watching = bool(self._watches.rows)
        if is_watching != self.main.has_class("-watching"):
            self.main.set_class(is_watching, "-watching")
            self.refresh_bindings()  # only then: the footer is made anew with it
        for board in self.main.query(WatchBoard):
            board.show(self._watches, _now())


def _now() -> datetime:
    return datetime.now(UTC)
