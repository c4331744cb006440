"""Copying: the same keys on every page for an identifier and for parts of the shown exchange.

The identifier is that of the widget with the focus, else of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual import work
from textual.binding import Binding, BindingType

from console.later import Later
from console.oioi.language import mark, tr
from console.secrets import redacted
from screens.guarded_app import named
from screens.shown_exchange import ShowingApp
from screens.widgets.too_long import TooLongToCopy

if TYPE_CHECKING:
    from mmap import mmap

    from console.journal.records import KeptExchange
    from console.oioi.http import aside
    from console.oioi.http.attempt import Body
    from console.oioi.http.reader import process
else:
    aside = Later("console.oioi.http.aside")  # with anyio
    process = Later("console.oioi.http.reader.process")  # comes with the client


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
    CopyKey("c", "value", tr("Copy"), tr("Copy: identifier or value under the cursor")),
    CopyKey("R", "request", tr("Copy request"), tr("Copy: request of the shown exchange")),
    CopyKey("A", "answer", tr("Copy answer"), tr("Copy: answer of the shown exchange")),
    CopyKey("C", "curl", tr("Copy as curl"), tr("Copy: curl line of the shown exchange")),
    CopyKey("H", "note", tr("Copy handover note"), tr("Copy: handover note of the shown exchange")),
)


COPIED_AT_ONCE = 128 * 1024
"""Bytes of an answer; a longer one is copied as soon as its text is made."""

PIECE = 32 * 1024
"""Bytes; a search for secrets in so many takes 2 ms. No line is cut, as a secret may be there."""


class CopyingApp(ShowingApp):
    """Copies what is under the cursor, and parts of the exchange beside the page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                each.key,
                f"copy({each.part!r})",
                each.label,
                id=f"copy.{each.part}",
                show=False,
                tooltip=each.help,
            )
            for each in COPY_KEYS
        ),
        Binding(
            "Q",
            "qr_note",
            tr("QR code of the note"),
            id="copy.qr",
            show=False,
            tooltip=tr("QR code: handover note of the shown exchange; on Stations, the place"),
        ),
    ]

    def action_qr_note(self) -> None:
        """Show the handover note of the shown exchange as a code for a phone."""
        kept = self._shown_as_kept()
        if kept is None:
            self.say(tr("There is no exchange to write a note of yet."))
            return
        from console.journal.exports.note_in_short import note_in_short  # as `note_text`
        from screens.dialogs.qr_code import QrCodeDialog  # rarely used

        note, in_short = redacted(note_text(kept)), redacted(note_in_short(kept))
        title = tr("Handover note of {call}", call=kept.entry.call)
        self.push_screen(QrCodeDialog(title, note, tr("The note as text"), in_short=in_short))

    def action_copy(self, part: str) -> None:
        """Copy a part: a value under the cursor, or of the shown exchange."""
        if part == "value":
            self._copy_value()
            return
        kept = self._shown_as_kept()
        if kept is None:
            self.say(tr("There is no exchange to copy from yet."))
            return
        name, text_of = _PARTS[part]
        what = tr(name, call=kept.entry.call)
        answer = kept.exchange.arrived_answer
        if part == "answer" and answer is not None and len(answer.body.shown) > COPIED_AT_ONCE:
            self._copy_long(answer.body, what)
            return
        text = self._curl_text(kept) if part == "curl" else text_of(kept)
        if text:
            self.copy_to_clipboard(text, what, is_redacted=part == "curl")
        else:
            self.say(tr("There is no answer to copy yet."))

    def _curl_text(self, kept: KeptExchange) -> str:
        """The curl line; of an exchange of this run with the proxy and the CA file it went with."""
        if self._shown is None:
            return curl_text(kept)
        from console.curl_options import curl_options  # rarely used

        profile, url = self._shown.connection.profile, kept.exchange.request.url
        return curl_text(kept, curl_options(profile, url))

    @work(exclusive=True, group="copy long", description="copy long")
    async def _copy_long(self, body: Body, what: str) -> None:
        """Copy a long answer, whose text is made beside the loop: 0.1 s a megabyte."""
        lines = body.laid_out or await process.lay_out(body.shown)
        text = await aside.aside(redacted_in_pieces, lines.data)
        self.copy_to_clipboard(text, what, is_redacted=True)

    def _shown_as_kept(self) -> KeptExchange | None:
        """The shown exchange, as the history would keep it."""
        shown = self._shown
        if self._kept is not None:
            return self._kept
        if shown is None or shown.exchange is None:
            return None
        from console.journal import subject_of  # 60 ms, with sqlite3
        from console.journal.exports.live import as_kept

        return as_kept(shown.exchange, shown.connection.server, subject=subject_of(shown.call))

    def _copy_value(self) -> None:
        focused = self.focused
        places = [] if focused is None else [*focused.ancestors_with_self]
        found = (each.value_to_copy() for each in places if isinstance(each, HasValueToCopy))
        try:
            value = next(filter(None, found), "") or self.main.page.value_to_copy()
        except TooLongToCopy as error:
            self.say(str(error))
            return
        if value:
            self.copy_to_clipboard(value, named(value))
        else:
            self.say(tr("There is nothing to copy under the cursor."))


def redacted_in_pieces(lines: bytes | mmap) -> str:
    """A text in lines, without secrets. Between two pieces of it other threads have their turn."""
    pieces: list[str] = []
    start = 0
    while start < len(lines):
        end = lines.find(b"\n", start + PIECE) + 1 or len(lines)
        pieces.append(redacted(lines[start:end].decode("utf-8", "replace")))
        start = end
    return "".join(pieces)


def request_text(kept: KeptExchange) -> str:
    """The request as it was sent, the key masked: its first line, its headers, its body."""
    request = kept.exchange.request
    lines = [f"POST {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join([*lines, "", _body_text(request.body)])


def answer_text(kept: KeptExchange) -> str:
    """The body of the newest answer as it is shown; empty without an answer."""
    answer = kept.exchange.arrived_answer
    return "" if answer is None else _body_text(answer.body.shown)


def _body_text(body: bytes) -> str:
    from screens.widgets.json_lines import formatted  # 45 ms, with msgspec

    lines = formatted(body)
    return (body if lines is None else lines).decode("utf-8", "replace")


def curl_text(kept: KeptExchange, options: Sequence[str] = ()) -> str:
    """A line for sh that sends the same request again, with the key from `$OIOI_API_KEY`.

    It is made of a request without secrets. Masked afterwards, it would lose its variables.
    """
    from console.journal.exports.curl import curl_line  # 50 ms, with msgspec

    request = kept.exchange.request
    body = redacted(request.body.decode("utf-8", "replace")).encode()
    masked = replace(request, url=redacted(request.url), body=body)
    return curl_line(masked, options=[redacted(word) for word in options])


def note_text(kept: KeptExchange) -> str:
    """A note for a ticket or an operator's hotline, with customers' identifiers shortened."""
    from console.journal.exports.note import to_note  # 50 ms, with msgspec

    return to_note([kept])


_PARTS: dict[str, tuple[str, Callable[[KeptExchange], str]]] = {
    "request": (mark("The request of {call}"), request_text),
    "answer": (mark("The answer of {call}"), answer_text),
    "curl": (mark("The curl line of {call}"), curl_text),
    "note": (mark("The handover note of {call}"), note_text),
}
