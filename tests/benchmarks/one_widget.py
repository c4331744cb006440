"""An app with one widget that fills the screen."""

from textual.app import App, ComposeResult
from textual.widget import Widget


class OneWidgetApp(App[None]):
    """Shows the widget, which has the focus."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()
