"""Widgets that do nothing where nothing has changed.

Textual lays the whole screen out again with each `Static.update`, and makes all keys of its Footer
anew with each refresh of the bindings. Together that takes a third of the time of a step of the
cursor through a list.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.visual import VisualType
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey

from screens.widgets.footer_keys import cells_of, in_order, that_fit


class SteadyText(Static):
    """A text that is drawn again only if it differs, and lays out only if its height does.

    Its width must not depend on the text.
    """

    virtual_size = reactive(Size(0, 0), layout=False)
    """Its own size: nothing else has its place by it."""
    _is_remembered = True
    """Whether Textual may go by the height that it remembers of each width."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show this from now on, a string without markup."""
        before = self.content
        if isinstance(content, str):
            content = Content(content)
        if isinstance(content, Content) and isinstance(before, Content):
            if content.is_same(before):
                return
            layout = layout and not self._is_as_high(before, content)
        self._is_remembered = layout
        if layout:  # Textual counts none while one is under way, and would go by the height of it
            self._layout_updates += 1
        super().update(content, layout=layout)

    def on_resize(self) -> None:
        """Lay out once more if the height at this width may be that of an earlier text."""
        if not self._is_remembered:
            self._is_remembered = True
            self.refresh(layout=True)

    def _is_as_high(self, before: Content, content: Content) -> bool:
        """Whether this text takes the lines of the one before; not before they have a width.

        What is not displayed takes none; it is laid out when it is.
        """
        if not self.display:
            return True
        rules: Any = self.styles  # as Textual does
        width = self.content_size.width
        return bool(width) and before.get_height(rules, width) == content.get_height(rules, width)


class _Key(FooterKey):
    """A key of the footer, which becomes another one where it stands."""

    compact = reactive(False)  # Textual's begins with True: each key's styles are computed thrice
    virtual_size = reactive(Size(0, 0), layout=False)  # its width is set

    def __init__(self, offered: ActiveBinding, name: str) -> None:
        super().__init__("", "", "", "")
        self.show(offered, name)

    def show(self, offered: ActiveBinding, name: str) -> None:
        """Be this key from now on."""
        _, binding, enabled, tooltip = offered
        self.key, self.key_display = binding.key, name
        self.description, self.action = binding.description, binding.action
        self._disabled = not enabled
        self.set_class(self._disabled, "-disabled")
        self.tooltip = tooltip or None
        self.styles.width = cells_of(binding, name)  # Textual may remember that of the key before
        self.refresh()


class SteadyFooter(Footer):
    """A footer whose keys change only if others are offered, or the width is another.

    The next step is the first, Quit the last; keys that do not fit are left out whole. A key that
    is new takes the place of one before: making a dozen of them takes 30 ms.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._offered: list[object] | None = None
        self._fitted = 0

    def compose(self) -> ComposeResult:
        """Nothing yet: which keys there are is known later."""
        return ()

    async def recompose(self) -> None:
        """Show the keys that are offered now."""
        if not self.is_attached or self._pruning:
            return
        self._fitted = self.app.size.width
        active = {each.binding: each for each in self.screen.active_bindings.values()}
        keys = in_order([binding for binding in active if binding.show])
        named = [(key, self.app.get_key_display(key)) for key in keys]
        names = dict(named)
        shown = [(active[key], names[key]) for key in that_fit(named, self._fitted)]
        async with self.batch():
            there = [*self.query_children(_Key)]
            for place, key in zip(there, shown, strict=False):
                place.show(*key)
            await self.remove_children(there[len(shown) :])
            if self.is_attached:
                await self.mount_all([_Key(*key) for key in shown[len(there) :]])

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits into another width."""
        if self._bindings_ready and self._fitted != self.app.size.width:
            self.call_after_refresh(self.recompose)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Compare the keys that are offered now with those that are shown.

        While the app has no focus, nothing is compared: no widget has it then, and what its keys
        do is offered again at once afterwards. But something is shown: in a browser the app begins
        without the focus.
        """
        is_left_alone = self._offered is not None and not screen.app.app_focus
        if is_left_alone or not self.is_attached or screen is not self.screen:
            super().bindings_changed(screen)
            return
        offered: list[object] = [
            (binding, enabled, tooltip)
            for _, binding, enabled, tooltip in screen.active_bindings.values()
            if binding.show
        ]
        if offered != self._offered:
            self._offered = offered
            self._bindings_ready = True
            self.call_after_refresh(self.recompose)
