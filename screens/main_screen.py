"""The screen with the pages and the exchange beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from console.assets import read_text
from screens.context import Context
from screens.pages.page import Page
from screens.pages.stations import StationsPage
from screens.pages.table import FIRST, page_entry
from screens.station_mapping import MAPPED
from screens.widgets.exchange_line import ExchangeLine
from screens.widgets.page_tabs import PageTabs
from screens.widgets.status_bar import StatusBar
from screens.widgets.steady import SteadyFooter

if TYPE_CHECKING:
    from console.exchanges import Exchanges
    from console.oioi.http.exchange import Exchange
    from screens.widgets.exchange_pane import ExchangePane

WIDE = 100
"""Columns from which the exchange pane stands beside the page."""


class MainScreen(Screen[None]):
    """The screen is styled and laid out once at the start; Textual alone would do both three times.

    It has its CSS classes from the beginning, including the one for its width.
    """

    AUTO_FOCUS = ""  # the page that is entered sets the focus

    def __init__(self, context: Context, size: Size) -> None:
        width = "-wide" if size.width >= WIDE else "-narrow"
        production = "production" if context.profile.is_production else ""
        super().__init__(id="_default", classes=f"{width} {production}")
        self.context = context
        self._fitted = size
        self._is_new = True
        self._pane: ExchangePane | None = None
        self._focus_before: Widget | None = None
        """The widget of the page that had the focus before the exchange got it."""

    # Layout

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Do not style again: the widgets were styled when they were mounted."""
        if self._is_new:
            event.refresh_styles = False
        self._is_new = False

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again and set the width class, but only when the size has changed."""
        if event.size == self._fitted:
            event.prevent_default()
        self._fitted = event.size

    def layout_widgets(self) -> Iterator[Widget]:
        """The widgets of the first frame."""
        yield StatusBar(self.context.connection, id="status")
        yield PageTabs(id="tabs")
        with Horizontal(id="main"):
            with Vertical(id="left"):
                with ContentSwitcher(initial=FIRST.id, id="switcher"):
                    yield StationsPage(self.context, id=FIRST.id)
                yield ExchangeLine(id="line")
            yield Vertical(id="pane")  # its contents come after the first frame
        yield SteadyFooter()

    async def mount_the_rest(self) -> None:
        """Mount what the first exchange needs but the first frame does not.

        Nothing can be mounted any more if the operator has quit meanwhile.
        """
        from screens.widgets.exchange_pane import ExchangePane  # 95 ms, with msgspec

        place, pane = self.query_one("#pane"), ExchangePane()
        if place.is_attached:
            await place.mount(pane)
            self._pane = pane
            pane.say_to_customer_in(self.context.customer_language)
        await self.query_one(StationsPage).mount_the_rest()

    # Pages

    @property
    def pages(self) -> list[Page]:
        """The pages that were visited."""
        switchers = self.query(ContentSwitcher)  # gone before the screen when the app ends
        return [page for each in switchers for page in each.children if isinstance(page, Page)]

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.query_one(f"#{self.query_one(ContentSwitcher).current}", Page)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that are offered now, those of the page's next step first."""
        offered = super().active_bindings
        if self._pane is None or self.is_in_exchange:
            return offered
        places = {id: place for place, id in enumerate(self.page.next_keys())}
        last = len(places)
        keys = sorted(offered.items(), key=lambda key: places.get(key[1].binding.id or "", last))
        return dict(keys)

    async def go(self, page_id: str) -> Page:
        """Enter a page. It is made on the first visit."""
        switcher = self.query_one(ContentSwitcher)
        if not switcher.query(f"#{page_id}"):
            sheet = "pages.tcss"
            self.app.stylesheet.add_source(read_text(sheet), read_from=("", sheet))
            page = page_entry(page_id).page_class(self.context, id=page_id)
            await switcher.add_content(page, set_current=False)
        self.remove_class("-zoomed")
        switcher.current = page_id
        if self._is_hidden(self.focused):
            self.set_focus(None)  # Textual would remove it only with the next layout
        self.query_one(PageTabs).show(page_id)
        self.page.arrive()
        return self.page

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Give the focus to a widget, but not on a page that is not shown (any more)."""
        if not self._is_hidden(widget):
            super().set_focus(widget, scroll_visible, from_app_focus)

    def _is_hidden(self, widget: Widget | None) -> bool:
        """Whether the widget is on a page that is not shown."""
        pages = [] if widget is None else [n for n in widget.ancestors if isinstance(n, Page)]
        return any(page.id != self.query_one(ContentSwitcher).current for page in pages)

    def draw_profile(
        self, exchanges: Exchanges, open_sessions: str, times: Sequence[int | None]
    ) -> None:
        """Show the profile in use, its key, the newest attempt, how many sessions are open, and
        the times of the last attempts.
        """
        profile = self.context.profile
        self.set_class(profile.is_production, "production")
        newest = exchanges.newest_attempt()
        bar = self.query_one(StatusBar)
        bar.show(self.context.connection, newest, open_sessions, times)

    # The exchange

    @property
    def is_zoomed(self) -> bool:
        return self.has_class("-zoomed")

    def draw_exchange(
        self,
        exchange: Exchange,
        others: int,
        which: str,
        *,
        is_live: bool,
        is_old: bool = False,
        since_then: str = "",
    ) -> None:
        """Show the present state of this exchange, how many others are in flight, and which one
        it is if it is not the newest. One that is not live was read from the journal, and one
        that is old is dimmed: the page asks something else by now. `since_then` is what became
        of its session.
        """
        if self._pane is not None:
            self._pane.show(
                exchange, others, which, is_live=is_live, is_old=is_old, since_then=since_then
            )
        line = self.query_one(ExchangeLine)
        line.set_class(is_old, "-old")
        line.show(exchange, which, since_then)

    def draw_no_exchange(self, why: str) -> None:
        """Show no exchange, but a sentence about that."""
        line = self.query_one(ExchangeLine)
        line.remove_class("-old")
        if self._pane is not None:
            self._pane.show_none(why)
        line.show_none(why)

    def customer_language_changed(self) -> None:
        """Say it to the customer in the chosen language, in the pane and on every page."""
        if self._pane is not None:
            self._pane.say_to_customer_in(self.context.customer_language)
        for page in self.pages:
            page.customer_language_changed()

    def toggle_pane(self) -> None:
        """Show or hide the exchange; where the map has its place, show it there."""
        if self.has_class("-wide", MAPPED):
            self.remove_class(MAPPED, "-without-exchange")
        else:
            self.toggle_class("-without-exchange")

    def toggle_zoom(self) -> None:
        """Show the exchange on the whole screen, or beside the page again."""
        if self._pane is None:
            return
        self.set_class(not self.is_zoomed, "-zoomed")
        if self.is_zoomed:
            self._remember_focus()
            self._pane.focus_body()
        else:
            self.leave_exchange()

    @property
    def is_in_exchange(self) -> bool:
        """Whether the exchange has the focus or the whole screen."""
        return self.is_zoomed or (self.focused is not None and self._pane in self.focused.ancestors)

    def focus_exchange(self) -> None:
        """Give the focus to the answer; where the exchange is hidden, show it whole."""
        if self._pane is None:
            return
        self._remember_focus()
        self.remove_class("-without-exchange")
        self.set_class(not self.has_class("-wide") or self.has_class(MAPPED), "-zoomed")
        self._pane.focus_body()

    def show_pane(self) -> None:
        """Show the exchange beside the page, if it was hidden there."""
        self.remove_class("-without-exchange")

    def leave_exchange(self) -> None:
        """Show the page again, with the focus where it was."""
        self.remove_class("-zoomed")
        before, self._focus_before = self._focus_before, None
        if before is not None and before.is_attached and not self._is_hidden(before):
            before.focus()
        else:
            self.page.arrive()

    def _remember_focus(self) -> None:
        if self.focused is not None and any(isinstance(n, Page) for n in self.focused.ancestors):
            self._focus_before = self.focused
