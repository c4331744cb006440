"""Dialogs in front of a page: the question for a key, and a confirmation."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from textual.widgets.button import ButtonVariant

from console.keys import Key, KeyringTrouble, Keys, KeySource
from console.oioi.identifiers import clean_api_key
from console.oioi.language import tr, tr_kept
from console.oioi.redact import visible
from console.settings import Profile
from screens.key_names import key_now
from screens.widgets.line_input import LineInput


class DialogText(VerticalScroll, can_focus=False):
    """A long text of a dialog. It scrolls, so that the buttons under it stay in sight."""

    DEFAULT_CSS = """
    DialogText { scrollbar-size-vertical: 1; }
    """


class CloseLine(Horizontal):
    """The last line of a dialog that only shows something: what can be done, and Close."""

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__()
        self._text = Static(text, id=id, markup=False)

    def compose(self) -> ComposeResult:
        yield self._text
        close = key_now(self, "dialog.close", Dialog)
        yield Button(tr("Close {key}", key=close), id="close", compact=True)


class Answers(Horizontal):
    """The buttons of a dialog; one above another where they do not fit side by side, as words are
    longer in some languages.
    """

    DEFAULT_CSS = """
    Answers.-stacked { layout: vertical; height: auto; }
    """

    def on_resize(self) -> None:
        """See whether all of them fit, whatever is drawn now."""
        widths = [each.outer_size.width + each.styles.margin.width for each in self.children]
        self.set_class(sum(widths) > self.size.width, "-stacked")


class Dialog(ModalScreen[Any]):
    """A framed box in the middle."""

    HELP: ClassVar[str] = ""
    """What it is for, in sentences, as F1 shows it."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 94%;
            border: round $primary; background: $surface; padding: 0 2;
        }
        &.-dangerous > Vertical { border: heavy $oioi-production; }
        & Static { height: auto; margin-bottom: 1; }
        & Horizontal { height: 1; margin-bottom: 1; }
        & Button { margin-right: 2; }
        & Input { margin-bottom: 1; }
        & DialogText { height: auto; max-height: 60vh; margin-bottom: 1; }
        & DialogText Static { margin: 0; }
        & CloseLine { height: auto; margin: 0; }
        & CloseLine Static { width: 1fr; margin: 0; color: $oioi-muted; }
        & CloseLine Button { margin: 0 0 0 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", tr("Close"), id="dialog.close"),
        Binding("pageup", "turn(-1)", tr("Text up"), id="dialog.page-up", show=False),
        Binding("pagedown", "turn(1)", tr("Text down"), id="dialog.page-down", show=False),
        Binding("f1,alt+1", "app.help", tr("Help"), id="dialog.help", show=False),
        Binding("ctrl+q", "app.quit", tr("Quit"), id="dialog.quit", show=False, priority=True),
        Binding("ctrl+c", "app.help_quit", tr("Quit"), id="dialog.interrupt", show=False),
    ]

    def key_of(self, id: str) -> str:
        """The key of an action of this dialog, for a button or a sentence that names it."""
        return key_now(self, id)

    def action_turn(self, pages: int) -> None:
        """Scroll the long text, if there is one."""
        for text in self.query(DialogText):
            text.scroll_relative(y=pages * max(1, text.size.height - 1), animate=False)

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        self.dismiss(None)


class KeySetup(Dialog):
    """Asks for the API key of a profile and stores it. The result is the Key, DEMO, or None.

    A pasted key is used at once. A typed key is asked for a second time, because the field hides
    it.
    """

    DEFAULT_CSS = """
    KeySetup Button { min-width: 8; }
    """
    HELP = tr(
        "Every call carries an API key, and this profile has none yet. Paste it; where this"
        " computer has a keyring it is kept there. The demo needs no key."
    )
    DEMO = "demo"

    def __init__(self, profile: Profile, keys: Keys, trouble: str = "") -> None:
        super().__init__()
        self._profile = profile
        self._keys = keys
        self._trouble = trouble
        self._typed = False
        self._stores = profile.stores_key and not trouble
        """Whether the keyring is the first choice; where it fails, this run is."""

    def compose(self) -> ComposeResult:
        profile = self._profile
        with Vertical() as box:
            title = tr("API key for {profile}", profile=visible(profile.label))
            box.border_title = Content(title)  # a text is markup
            paste = tr(
                "Paste the API key you were given for {host}. It looks like a39ff3fb-fe0a-40a3-….",
                host=visible(profile.host),
            )
            where = (
                tr(
                    "It goes into this computer's keyring under the profile's name, never into"
                    " a file."
                )
                if self._stores
                else tr("It is kept in memory and forgotten when the program ends.")
            )
            yield Static(f"{paste}\n{where}", markup=False)
            yield LineInput(password=True, compact=True, placeholder=tr("API key"), id="key")
            yield LineInput(
                password=True,
                compact=True,
                placeholder=tr("once more, as you typed it"),
                id="again",
            )
            yield Static(id="key-hint", markup=False)
            with Answers():
                store = Button(tr("Keep in keyring"), id="store", compact=True)
                run = Button(tr("Only for this run"), id="run", compact=True)
                first, *others = (store, run) if self._stores else (run, store)
                first.variant = "primary"
                yield first
                if profile.stores_key:
                    yield from others
                yield Button(tr("Try the demo"), id="demo", compact=True)
                yield Button(tr("Not now"), id="not-now", compact=True)

    def on_mount(self) -> None:
        self.query_one("#again").display = False
        close = self.key_of("dialog.close")
        self._say(self._trouble or tr("Enter takes it · {key} goes on without", key=close))

    def _say(self, text: str) -> None:
        self.query_one("#key-hint", Static).update(visible(text))

    @on(Input.Changed, "#key")
    def _changed(self, event: Input.Changed) -> None:
        """Note how the text came: one character more was typed, several at once were pasted."""
        if not event.value:
            self._typed = False
        elif len(event.value) == 1:
            self._typed = True
        self.query_one("#again").display = self._typed

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        again = self.query_one("#again", Input)
        if event.input.id == "key" and again.display and not again.value:
            again.focus()
            self._say(tr("Type it once more, to be sure."))
        elif self._stores:
            self._store()
        else:
            self._use_for_this_run()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "store":
            self._store()
        elif event.button.id == "run":
            self._use_for_this_run()
        else:
            self.dismiss(self.DEMO if event.button.id == "demo" else None)

    def _value(self) -> str | None:
        """The key without the text pasted around it; or None, after showing what is wrong."""
        typed = self.query_one("#key", Input).value
        again = self.query_one("#again", Input)
        if again.display and again.value != typed:
            self._say(tr("The two are not the same; type the second one again."))
            return None
        value, changes = clean_api_key(typed)
        if not value:
            self._say(tr("There is no key in the field yet."))
            return None
        if changes:
            self.app.notify(", ".join(changes), title=tr("The key was tidied"), markup=False)
        return value

    @work(exclusive=True)
    async def _store(self) -> None:
        value = self._value()
        if value is None:
            return
        self._say(tr("Storing…"))
        try:
            await self._keys.set(self._profile.name, value)
        except KeyringTrouble as trouble:
            self._say(tr_kept(str(trouble)))
            self.query_one("#run").focus()
        else:
            self.dismiss(Key(value, KeySource.KEYRING))

    def _use_for_this_run(self) -> None:
        value = self._value()
        if value is not None:
            self._keys.remember(self._profile.name, value)
            self.dismiss(Key(value, KeySource.THIS_RUN))


class Confirm(Dialog):
    """Asks before something that cannot be undone. The result is True for yes, False or None for
    no.

    The safe answer has the focus, so that Enter (held, or pressed out of habit) does nothing.
    """

    HELP = tr(
        "A question before something that cannot be undone. The safe answer has the focus: Enter or"
        " Esc does nothing. The other one has to be chosen."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "app.focus_next", tr("Other answer"), id="confirm.other", show=False)
    ]

    def __init__(
        self,
        title: str,
        question: str,
        *,
        no: str,
        yes: str,
        dangerous: bool = False,
        harmless: bool = False,
    ) -> None:
        """`harmless`: neither answer sends or removes anything, so neither is red."""
        super().__init__(classes="-dangerous" if dangerous else None)
        self._words = (title, question, no, yes)
        self._variant: ButtonVariant = "default" if harmless else "error"

    def compose(self) -> ComposeResult:
        title, question, no, yes = self._words
        with Vertical() as box:
            box.border_title = Content(visible(title))  # a text is markup
            with DialogText():
                yield Static(visible(question, lines=True), markup=False)
            with Answers():
                yield Button(no, id="no", compact=True)
                yield Button(yes, id="yes", variant=self._variant, compact=True)

    def on_mount(self) -> None:
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
