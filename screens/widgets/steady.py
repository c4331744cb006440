"""Widgets that do nothing where nothing has changed.

Textual lays the whole screen out again with each `Static.update`, and makes all keys of its Footer
anew with each refresh of the bindings. Together that takes a third of the time of a step of the
cursor through a list.
"""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.visual import VisualType
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey

from screens.widgets.footer_keys import in_order, that_fit


class SteadyText(Static):
    """A text that is drawn again only if it differs, and lays out only if its height does.

    Its width must not depend on the text.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show this from now on."""
        before = self.content
        if isinstance(content, Content) and isinstance(before, Content):
            if content.is_same(before):
                return
            layout = layout and not self._is_as_high(before, content)
        super().update(content, layout=layout)

    def _is_as_high(self, before: Content, content: Content) -> bool:
        """Whether this text takes the lines of the one before; not before they have a width."""
        rules: Any = self.styles  # as Textual does
        width = self.content_size.width
        return bool(width) and before.get_height(rules, width) == content.get_height(rules, width)


class SteadyFooter(Footer):
    """A footer whose keys are made anew only if others are offered, or the width is another.

    The next step is the first, Quit the last; keys that do not fit are left out whole.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._offered: list[object] | None = None
        self._fitted = 0

    def compose(self) -> ComposeResult:
        if not self._bindings_ready:
            return
        self._fitted = self.app.size.width
        active = {each.binding: each for each in self.screen.active_bindings.values()}
        keys = in_order([binding for binding in active if binding.show])
        named = [(key, self.app.get_key_display(key)) for key in keys]
        names = dict(named)
        for key in that_fit(named, self._fitted):
            yield FooterKey(
                key.key,
                names[key],
                key.description,
                key.action,
                disabled=not active[key].enabled,
                tooltip=active[key].tooltip,
            ).data_bind(compact=Footer.compact)

    def on_resize(self, event: events.Resize) -> None:
        """Show what fits into another width."""
        if self._bindings_ready and self._fitted != self.app.size.width:
            self.call_after_refresh(self.recompose)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Compare the keys that are offered now with those that are shown."""
        if not (screen.app.app_focus and self.is_attached and screen is self.screen):
            super().bindings_changed(screen)
            return
        offered: list[object] = [
            (binding, enabled, tooltip)
            for _, binding, enabled, tooltip in screen.active_bindings.values()
            if binding.show
        ]
        if offered != self._offered:
            self._offered = offered
            super().bindings_changed(screen)
