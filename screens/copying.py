"""Copying: the same keys on every page for an identifier and for parts of the shown exchange.

The identifier is that of the widget with the focus, else of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from screens.sending_app import SendingApp

if TYPE_CHECKING:
    from console.oioi.http.exchange import Exchange


@runtime_checkable
class HasValueToCopy(Protocol):
    """A page or a widget that has an identifier or a value under its cursor."""

    def value_to_copy(self) -> str:
        """The value as it is copied; empty if there is none."""


@dataclass(frozen=True, slots=True)
class CopyKey:
    """A key that copies: the part it copies, and how that is named in help and palette."""

    key: str
    part: str
    label: str
    help: str


COPY_KEYS = (
    CopyKey("c", "value", "Copy", "Copy: identifier or value under the cursor"),
    CopyKey("R", "request", "Copy request", "Copy: request of the shown exchange"),
    CopyKey("A", "answer", "Copy answer", "Copy: answer of the shown exchange"),
)


class CopyingApp(SendingApp):
    """Copies what is under the cursor, and parts of the exchange beside the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.key, f"copy({each.part!r})", each.label, id=f"copy.{each.part}", show=False)
        for each in COPY_KEYS
    ]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Adds the ways to copy to the commands of the palette, which works in a field too."""
        yield from super().get_system_commands(screen)
        for each in COPY_KEYS:
            what = f"{each.help} (key {each.key})"
            yield SystemCommand(each.help, what, partial(self.action_copy, each.part))

    def action_copy(self, part: str) -> None:
        """Copy a part: a value under the cursor, or of the shown exchange."""
        if part == "value":
            self._copy_value()
            return
        exchange = self.shown_exchange
        if exchange is None:
            self.say("There is no exchange to copy from yet.")
            return
        name, text_of = _PARTS[part]
        text = text_of(exchange)
        if text:
            self.copy_to_clipboard(text, f"{name} of {exchange.request.call}")
        else:
            self.say("There is no answer to copy yet.")

    def _copy_value(self) -> None:
        focused = self.focused
        places = [] if focused is None else [*focused.ancestors_with_self]
        found = (each.value_to_copy() for each in places if isinstance(each, HasValueToCopy))
        value = next(filter(None, found), "") or self.main.page.value_to_copy()
        if value:
            self.copy_to_clipboard(value, value)
        else:
            self.say("There is nothing to copy under the cursor.")


def request_text(exchange: Exchange) -> str:
    """The request as it was sent, the key masked: its first line, its headers, its body."""
    request = exchange.request
    lines = [f"POST {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join([*lines, "", _body_text(request.body)])


def answer_text(exchange: Exchange) -> str:
    """The body of the newest answer as it is shown; empty without an answer."""
    answer = exchange.last_answer
    return "" if answer is None else _body_text(answer.body.shown)


def _body_text(body: bytes) -> str:
    from screens.widgets.json_lines import formatted  # 45 ms, with msgspec

    lines = formatted(body)
    return (body if lines is None else lines).decode("utf-8", "replace")


_PARTS: dict[str, tuple[str, Callable[[Exchange], str]]] = {
    "request": ("The request", request_text),
    "answer": ("The answer", answer_text),
}
