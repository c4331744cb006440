"""The question for a file, and the list of numbers in one."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from console.batch import BatchError, BatchList, read_list
from console.oioi.language import current, english, tr
from console.oioi.redact import visible
from console.oioi.text_of_bytes import any_text
from screens.dialogs import Answers, Dialog
from screens.widgets.line_input import LineInput
from screens.widgets.steady import SteadyText


class AskForFile(Dialog):
    """Asks for the path of a file and uses it. The result is that of `use`, or None.

    `use` raises BatchError with a sentence for a path that cannot be used; the typed path stays, to
    be corrected. The field begins with `suggestion`.
    """

    HELP = tr("Type or paste the path of a file; Enter takes it. Nothing is sent yet.")

    def __init__(
        self, title: str, words: str, use: Callable[[str], Awaitable[Any]], suggestion: str = ""
    ) -> None:
        super().__init__()
        self._words = (title, words, suggestion)
        self._use = use

    def compose(self) -> ComposeResult:
        title, words, suggestion = self._words
        with Vertical() as box:
            box.border_title = Content(visible(title))  # a text is markup
            yield Static(words, markup=False)
            yield LineInput(suggestion, compact=True, placeholder=tr("path of a file"), id="path")
            yield SteadyText(id="path-says", markup=False)
            with Answers():
                yield Button(tr("Take it"), id="take", compact=True, variant="primary")
                cancel = tr("Cancel {key}", key=self.key_of("dialog.close"))
                yield Button(cancel, id="close", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#take")
    @work(exclusive=True)
    async def _typed(self) -> None:
        if not (path := self.query_one("#path", Input).value.strip()):
            return
        says = self.query_one("#path-says", Static)
        says.update("…")
        try:
            answer = await self._use(path)
        except BatchError as error:
            says.update(visible(str(error)))
        else:
            self.dismiss(answer)


LARGEST_FILE = 16_000_000
"""Bytes. A list of 10,000 numbers has less than one million."""

PATH_ERRORS = (OSError, ValueError, RuntimeError)
"""Errors of opening a typed path: no such file, a NUL character, an unknown user's home."""


def reason_of(error: Exception) -> str:
    """What the system says of an error of `PATH_ERRORS`."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


async def list_from(path: str) -> BatchList:
    """The list in a file. Raises BatchError with one sentence if it cannot be read."""

    def read() -> BatchList:
        try:
            file = Path(path).expanduser()
            status = file.stat()
            ordinary = stat.S_ISREG(status.st_mode)  # a pipe or a device may be endless
            data = file.read_bytes() if ordinary and status.st_size <= LARGEST_FILE else None
        except PATH_ERRORS as error:
            said = tr("{path} cannot be read: {reason}.", path=path, reason=reason_of(error))
            raise BatchError(said) from None
        if data is None:
            raise BatchError(
                tr("{path} cannot be read: it is too large, or no ordinary file.", path=path)
            )
        return list_in(any_text(data))

    return await asyncio.to_thread(read)


def list_in(text: str) -> BatchList:
    """The list in a text. What an export says of its lines is in English in every language; only
    how the text was divided is not. Raises BatchError.
    """
    listed = read_list(text)
    if current() == "en":
        return listed
    with english():
        return replace(read_list(text), notes=listed.notes)
