"""An app with one widget that fills the screen."""

from textual.app import ComposeResult
from textual.widget import Widget

from screens.themed_app import OwnColours


class OneWidgetApp(OwnColours):
    """Shows the widget, which has the focus."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()
