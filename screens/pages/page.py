"""The common parts of the app's pages: their requests to the app, and what the app tells them.

A page posts messages and receives what it shows. It does not know the app.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from console.oioi.language import tr
from console.oioi.redact import visible
from screens.context import Context
from screens.key_names import key_in_words

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from console.batch import BatchList
    from console.connection import Connection
    from console.oioi.calls import Call
    from console.oioi.http.exchange import Exchange
    from console.oioi.stations import Connector, Station, StationList
    from console.send_again import FilledStart
    from console.servers import ServerRef
    from console.settings import Profile


def list_keys(page: str, *, is_form: bool = False) -> list[Binding]:
    """The keys that move in a page's list while its field has the focus, or one of its form: `move`
    and `turn`.
    """
    keys = (
        ("up", "move(-1)", "up", tr("Row up, from the field"), tr("Row up, from the form")),
        ("down", "move(1)", "down", tr("Row down, from the field"), tr("Row down, from the form")),
        (
            "pageup",
            "turn(-1)",
            "page-up",
            tr("Page up, from the field"),
            tr("Page up, from the form"),
        ),
        (
            "pagedown",
            "turn(1)",
            "page-down",
            tr("Page down, from the field"),
            tr("Page down, from the form"),
        ),
    )
    return [
        Binding(key, action, form if is_form else field, id=f"{page}.{name}", show=False)
        for key, action, name, field, form in keys
    ]


class Page(Vertical):
    """A form, its results, and its keys."""

    explains = False
    """Whether this page itself shows what to say to a customer."""

    class Send(Message):
        """Send a call through a connection. The results go to the asker, with the tag."""

        def __init__(
            self,
            call: Call[Any],
            connection: Connection,
            asker: str | None,
            tag: Hashable,
            quiet: bool,
            station_id: str | None = None,
        ) -> None:
            super().__init__()
            self.station_id = station_id
            self.call = call
            self.connection = connection
            self.asker = asker
            self.tag = tag
            self.quiet = quiet

    class ShowExchange(Message):
        """Show the exchange that a page requested with this tag beside the page."""

        def __init__(self, asker: str | None, tag: Hashable) -> None:
            super().__init__()
            self.asker = asker
            self.tag = tag

    class ShowSession(Message):
        """Show the newest start or stop of the charging session of this number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class ShowKept(Message):
        """Show the exchange of this number in the journal; with None, that none is selected."""

        def __init__(self, id: int | None) -> None:
            super().__init__()
            self.id = id

    class ShowNothing(Message):
        """Nothing is selected: show no exchange beside the page."""

    class QuestionChanged(Message):
        """What the form of a page asks has changed; see `Page.asks_anew`."""

    class FocusExchange(Message):
        """Give the focus to the exchange beside the page, and show it whole where it is hidden."""

    class StartHere(Message):
        """Fill this connector into the start form."""

        def __init__(self, evse_id: str) -> None:
            super().__init__()
            self.evse_id = evse_id

    class Watch(Message):
        """Watch this connector at the server it was found at; if it is watched, stop that."""

        def __init__(self, connection: Connection, station: Station, connector: Connector) -> None:
            super().__init__()
            self.connection = connection
            self.station = station
            self.connector = connector

    class WatchNone(Message):
        """Do not watch any connector any more."""

    class FindConnector(Message):
        """Search for the station of this connector, and come back to look at this session."""

        def __init__(self, evse_id: str, session: int) -> None:
            super().__init__()
            self.evse_id = evse_id
            self.session = session

    class ConnectorFound(Message):
        """The station of the connector that was searched for is known now."""

        def __init__(self, session: int) -> None:
            super().__init__()
            self.session = session

    class ChargeWith(Message):
        """Fill this contract into the start form."""

        def __init__(self, evco_id: str) -> None:
            super().__init__()
            self.evco_id = evco_id

    class StartAgain(Message):
        """Fill in the start form as it was filled in before."""

        def __init__(self, filled: FilledStart) -> None:
            super().__init__()
            self.filled = filled

    class LookUp(Message):
        """Fill this card or contract into the field of the EVCO ID page."""

        def __init__(self, identifier: str) -> None:
            super().__init__()
            self.identifier = identifier

    class GoToSession(Message):
        """Go to the card of the charging session of this number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class OpenBatch(Message):
        """Look up each number of a list. `not_sent` is called if that is not possible."""

        def __init__(self, asker: str | None, tag: Hashable, listed: BatchList) -> None:
            super().__init__()
            self.asker = asker
            self.tag = tag
            self.listed = listed

    class UseProfile(Message):
        """Send to this profile from now on; `is_picked` if the operator selected it on purpose."""

        def __init__(self, profile: Profile, *, is_picked: bool) -> None:
            super().__init__()
            self.profile = profile
            self.is_picked = is_picked

    class AskForKey(Message):
        """Ask for the API key of a profile. `key_asked` tells the result.

        `trouble` says what is wrong with the keyring, if it is known.
        """

        def __init__(self, profile: Profile, trouble: str = "") -> None:
            super().__init__()
            self.profile = profile
            self.trouble = trouble

    class KeyForgotten(Message):
        """The API key of a profile was removed from the keyring."""

        def __init__(self, profile: Profile) -> None:
            super().__init__()
            self.profile = profile

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(id=id)
        self.context = context

    # What a page requests

    def send(
        self,
        call: Call[Any],
        tag: Hashable,
        *,
        quiet: bool = False,
        connection: Connection | None = None,
        station_id: str | None = None,
    ) -> None:
        """Send a call, through `connection` or, without it, the connection in use.

        With `station_id` the connector of a start is looked at before the start is sent again.

        `exchange_changed` and `not_sent` are called with the same tag. A quiet call is one that the
        operator did not ask for: it is not shown beside the page.
        """
        through = connection or self.context.connection
        self.post_message(self.Send(call, through, self.id, tag, quiet, station_id))

    def show_exchange(self, tag: Hashable) -> None:
        """Show the exchange of this tag beside the page, if the page is open."""
        if self.display:
            self.post_message(self.ShowExchange(self.id, tag))

    def show_kept(self, id: int | None) -> None:
        """Show the exchange of this number in the journal beside the page, if the page is open.

        With None it says that none is selected.
        """
        if self.display:
            self.post_message(self.ShowKept(id))

    def say(self, text: str, *, severity: SeverityLevel = "warning") -> None:
        """Show a toast, as plain text."""
        self.notify(visible(text), severity=severity, markup=False)

    def key_of(self, id: str) -> str:
        """The key of an action of this page, for a sentence that names it."""
        return key_in_words(type(self), id, self.context.keymap)

    # What a page is told

    def arrive(self) -> None:
        """The page was entered: focus the widget where work begins."""

    def customer_language_changed(self) -> None:
        """Another `context.customer_language` was chosen: say it to the customer in that one."""

    def next_keys(self) -> Sequence[str]:
        """The ids of the bindings that the footer names first, the next step before the others."""
        return ()

    @property
    def asks_anew(self) -> bool:
        """Whether a form of this page holds a question that was not sent yet, so that an exchange
        beside it is of an earlier one. `QuestionChanged` is posted when this changes.
        """
        return False

    def value_to_copy(self) -> str:
        """The identifier under the cursor, as `c` copies it; empty if there is none."""
        return ""

    def show_selected(self) -> None:
        """Show the exchange of what is selected on this page beside it, if something is."""

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        """An exchange of this page has changed."""

    def part_arrived(self, tag: Hashable, exchange: Exchange) -> None:
        """All that had arrived of an answer that never came whole is read, after the end."""

    def not_sent(self, tag: Hashable, reason: str) -> None:
        """A call of this page was not sent; `reason` is a sentence."""

    def station_looked_at(self, server: ServerRef, found: StationList) -> None:
        """A look at a session's connector has read its station at this server."""

    def sessions_changed(self) -> None:
        """Something changed in the session book."""

    def profile_changed(self) -> None:
        """Another profile is in use."""

    def key_asked(self, profile: Profile, *, is_there: bool) -> None:
        """The operator was asked for the API key of this profile. The flag says whether there is
        one now.
        """
