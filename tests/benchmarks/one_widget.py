"""An app with one widget that fills the screen."""

from textual.app import App, ComposeResult
from textual.widget import Widget

from screens.themes import with_meanings


class OneWidgetApp(App[None]):
    """Shows the widget, which has the focus."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def get_css_variables(self) -> dict[str, str]:
        """With the colours that the styles of the app name."""
        return with_meanings(super().get_css_variables(), is_ansi=False, is_dark=True)

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()
