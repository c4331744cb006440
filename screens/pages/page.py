"""What the pages of the app have in common: what they ask for, and what they are told.

A page posts messages and is given what it shows. It does not know the app.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.message import Message

from console.oioi.redact import visible
from screens.context import Context

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from console.batch import BatchList
    from console.connection import Connection
    from console.oioi.calls import Call
    from console.oioi.http.exchange import Exchange
    from console.settings import Profile


class Page(Vertical):
    """A form, what came of it, and the keys that go with it."""

    TITLE = ""

    class Send(Message):
        """Send a call through a connection; what comes of it is told to the asker by the tag."""

        def __init__(
            self,
            call: Call[Any],
            connection: Connection,
            asker: str | None,
            tag: Hashable,
            quiet: bool,
        ) -> None:
            super().__init__()
            self.call = call
            self.connection = connection
            self.asker = asker
            self.tag = tag
            self.quiet = quiet

    class ShowExchange(Message):
        """Bring the exchange that a page asked for with this tag beside the page."""

        def __init__(self, asker: str | None, tag: Hashable) -> None:
            super().__init__()
            self.asker = asker
            self.tag = tag

    class StartHere(Message):
        """Fill this connector into the form for starts."""

        def __init__(self, evse_id: str) -> None:
            super().__init__()
            self.evse_id = evse_id

    class ChargeWith(Message):
        """Fill this contract into the form for starts."""

        def __init__(self, evco_id: str) -> None:
            super().__init__()
            self.evco_id = evco_id

    class OpenBatch(Message):
        """Ask about each number of a list; `not_sent` tells why that cannot be."""

        def __init__(self, asker: str | None, tag: Hashable, listed: BatchList) -> None:
            super().__init__()
            self.asker = asker
            self.tag = tag
            self.listed = listed

    class UseProfile(Message):
        """Send to this profile from now on; `is_picked` if somebody went to it to choose it."""

        def __init__(self, profile: Profile, *, is_picked: bool) -> None:
            super().__init__()
            self.profile = profile
            self.is_picked = is_picked

    class AskForKey(Message):
        """Ask for the API key of a profile; `key_asked` tells what came of it."""

        def __init__(self, profile: Profile) -> None:
            super().__init__()
            self.profile = profile

    class KeyForgotten(Message):
        """The API key of a profile is not in the keyring any more."""

        def __init__(self, profile: Profile) -> None:
            super().__init__()
            self.profile = profile

    def __init__(self, context: Context, *, id: str) -> None:
        super().__init__(id=id)
        self.context = context

    # What a page asks for

    def send(
        self,
        call: Call[Any],
        tag: Hashable,
        *,
        quiet: bool = False,
        connection: Connection | None = None,
    ) -> None:
        """Have a call sent, on the profile in use or through `connection`.

        `exchange_changed` and `not_sent` hear of it with the same tag. A quiet call is one that
        nobody asked for: it does not come beside the page.
        """
        through = connection or self.context.connection
        self.post_message(self.Send(call, through, self.id, tag, quiet))

    def show_exchange(self, tag: Hashable) -> None:
        """Bring the exchange of this tag beside the page."""
        self.post_message(self.ShowExchange(self.id, tag))

    def say(self, text: str, *, severity: SeverityLevel = "warning") -> None:
        """A toast, as plain text."""
        self.notify(visible(text), severity=severity, markup=False)

    # What a page is told

    def arrive(self) -> None:
        """The page was entered: put the focus where work begins."""

    def exchange_changed(self, tag: Hashable, exchange: Exchange) -> None:
        """An exchange this page asked for has gone on."""

    def not_sent(self, tag: Hashable, reason: str) -> None:
        """What this page asked for was not sent; `reason` is a sentence."""

    def profile_changed(self) -> None:
        """Another profile is in use."""

    def key_asked(self, profile: Profile, *, is_there: bool) -> None:
        """The API key of this profile was asked for; whether there is one now."""

    def left_behind(self) -> list[str]:
        """What may go on at a station when the program ends, a line each."""
        return []
