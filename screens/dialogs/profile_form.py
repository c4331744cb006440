"""The form in which a profile is made or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from console.oioi.language import tr
from console.oioi.redact import visible
from console.settings import (
    PROFILE_NAME,
    PROFILE_SETTINGS,
    FieldError,
    Profile,
    Setting,
    Settings,
    parse_profile_fields,
)
from screens.dialogs import Confirm, Dialog
from screens.widgets.choice_line import ChoiceLine
from screens.widgets.forms import Hint, Tone
from screens.widgets.line_input import LineInput

FIELDS = {"name": PROFILE_NAME, **PROFILE_SETTINGS}
"""What the form asks for, by the names of the fields of `Profile`, in the order of the form."""

FIXED_WHEN_BUILT_IN = frozenset(
    {"name", *(name for name, each in PROFILE_SETTINGS.items() if each.fixed)}
)


LABEL = max(26, *(cell_len(tr(each.label)) + 2 for each in FIELDS.values() if each.label))
"""Cells of a label, with the gap behind it."""


class SettingField(Vertical):
    """One setting: its label, a field or a choice, and under it what is wrong with it."""

    DEFAULT_CSS = """
    SettingField {
        height: auto;
        & > Horizontal { height: 1; margin: 0; }
        & .setting--label { height: 1; margin: 0; color: $oioi-muted; }
        & Input { width: 1fr; margin: 0; }
        & .setting--error { display: none; height: auto; margin: 0; padding-left: 2; }
        &.-wrong .setting--error { display: block; }
    }
    """

    def __init__(self, setting: Setting, name: str, value: str, *, is_fixed: bool) -> None:
        super().__init__(id=f"{_id(name)}-field")
        self.setting = setting
        self.control: LineInput | ChoiceLine
        if setting.words:
            self.control = ChoiceLine([*setting.words], value, id=_id(name))
        else:
            default = _in_words(setting.default)
            is_demo = is_fixed and name == "url"
            example = tr("the simulator in this program") if is_demo else setting.example
            self.control = LineInput(
                value,
                placeholder=example or default,
                compact=True,
                id=_id(name),
                select_on_focus=False,
            )
        self.control.disabled = is_fixed
        self._initial = value
        self._wrong: str | None = None
        """The value that was found wrong."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            label = Static(tr(self.setting.label), classes="setting--label", markup=False)
            label.styles.width = LABEL
            yield label
            yield self.control
        yield Static(classes="setting--error", markup=False)

    @property
    def value(self) -> str:
        """What is typed or chosen."""
        return self.control.value

    @property
    def is_changed(self) -> bool:
        """Whether the value is another one than at first."""
        return self.value != self._initial

    @property
    def hint(self) -> str:
        """What the setting means, or what the chosen word means."""
        if meaning := self.setting.words.get(self.value):
            return f"{tr(self.value)}: {tr(meaning)}"
        return tr(self.setting.hint) if self.setting.hint else ""

    def take_change(self) -> None:
        """What was wrong is over when the value changes."""
        if self._wrong not in (None, self.value):
            self.say_wrong("")

    def say_wrong(self, reason: str) -> None:
        """Show what is wrong with the value; without a reason, that nothing is."""
        self._wrong = self.value if reason else None
        self.set_class(bool(reason), "-wrong")
        self.query_one(".setting--error", Static).update(Hint(reason, Tone.BAD).content())


class SettingFields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields of a form. It scrolls with the focus, as Up and Down go from field to field."""


class ProfileForm(Dialog):
    """The form of one profile. The result is the profile as typed, or None."""

    HELP = tr(
        "A profile is a server with its address and limits. An empty field takes what the grey"
        " words in it say. The API key is no part of it: it is asked for when it is needed, and"
        " kept in the keyring. Esc asks before something that was changed is lost."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,alt+s", "save", tr("Save"), id="profile-form.save", priority=True),
        Binding("up", "app.focus_previous", tr("Field above"), id="profile-form.up", show=False),
        Binding("down", "app.focus_next", tr("Field below"), id="profile-form.down", show=False),
    ]
    DEFAULT_CSS = """
    ProfileForm {
        & > Vertical { height: 94%; max-height: 34; }
        & SettingFields { height: 1fr; scrollbar-size-vertical: 1; padding-right: 1; }
        & .setting--group { margin: 1 0 0 0; height: 1; text-style: bold; color: $accent; }
        & .setting--group.-first { margin: 0; }
        & #form-says { height: 2; margin: 1 0 0 0; color: $oioi-muted; }
        & #form-buttons { height: 1; margin: 0; }
    }
    """

    def __init__(self, profile: Profile, settings: Settings, *, is_new: bool) -> None:
        super().__init__()
        self._profile = profile
        self._settings = settings
        self._is_new = is_new

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            title = (
                tr("New profile")
                if self._is_new
                else tr("Profile {profile}", profile=visible(self._profile.name))
            )
            box.border_title = Content(title)  # a text is markup
            with SettingFields():
                yield from self._fields_in_groups()
            yield Static(id="form-says", markup=False)
            with Horizontal(id="form-buttons"):
                yield Button(
                    tr("Save {key}", key=self.key_of("profile-form.save")),
                    id="save",
                    compact=True,
                    variant="primary",
                )
                cancel = tr("Cancel {key}", key=self.key_of("dialog.close"))
                yield Button(cancel, id="cancel", compact=True)

    def _fields_in_groups(self) -> Iterator[Widget]:
        for group, members in groupby(FIELDS, lambda name: FIELDS[name].group):
            is_first = group == PROFILE_NAME.group
            is_fixed = is_first and self._profile.builtin
            title = tr(group) if group else ""
            yield Static(
                tr("{group} (built in: its name, URL and kind are fixed)", group=title)
                if is_fixed
                else title,
                classes="setting--group -first" if is_first else "setting--group",
                markup=False,
            )
            for name in members:
                yield SettingField(
                    FIELDS[name], name, self._text(name), is_fixed=self._is_fixed(name)
                )

    def on_mount(self) -> None:
        first = next(name for name in FIELDS if not self._is_fixed(name))
        self.set_focus(self._field(first).control, scroll_visible=False)

    def _is_fixed(self, name: str) -> bool:
        if name == "name":
            return not self._is_new
        return self._profile.builtin and name in FIXED_WHEN_BUILT_IN

    def _text(self, name: str) -> str:
        if self._is_new and name == "kind":
            return "test"
        return _in_words(getattr(self._profile, name))

    def _field(self, name: str) -> SettingField:
        return self.query_one(f"#{_id(name)}-field", SettingField)

    # What is said

    @on(events.DescendantFocus)
    @on(ChoiceLine.Changed)
    def _say_what_it_means(self) -> None:
        """Say what the setting with the focus means, and the word chosen there."""
        fields = [] if self.focused is None else self.focused.ancestors
        hint = next((each.hint for each in fields if isinstance(each, SettingField)), "")
        self.query_one("#form-says", Static).update(hint)

    @on(Input.Changed)
    @on(ChoiceLine.Changed)
    def _changed(self, event: Input.Changed | ChoiceLine.Changed) -> None:
        for each in event.control.ancestors:
            if isinstance(each, SettingField):
                each.take_change()

    # Saving

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Return the profile if all fields are right; else say at each field what is wrong."""
        raw = {name: self._field(name).value for name in FIELDS}
        read = self._changed_builtin if self._profile.builtin else parse_profile_fields
        changed = read(raw)
        if isinstance(changed, Profile) and self._is_new and self._is_taken(changed.name):
            changed = [FieldError("name", tr("There is a profile of this name already."))]
        if isinstance(changed, Profile):
            self.dismiss(changed)
            return
        wrong = {error.field: error.reason for error in changed}
        for name in FIELDS:
            self._field(name).say_wrong(wrong.get(name, ""))
        first = self._field(next(name for name in FIELDS if name in wrong))
        self.set_focus(first.control, scroll_visible=False)
        first.call_after_refresh(first.scroll_visible, animate=False)

    def _changed_builtin(self, raw: dict[str, str]) -> Profile | list[FieldError]:
        """A built-in profile with other preferences. Its server does not change."""
        stand_in = {**raw, "name": "builtin", "url": "https://builtin.example/", "kind": "test"}
        parsed = parse_profile_fields(stand_in)
        if isinstance(parsed, list):
            return parsed
        kept = {name: getattr(self._profile, name) for name in FIXED_WHEN_BUILT_IN}
        return replace(parsed, **kept, builtin=True, stores_key=self._profile.stores_key)

    def _is_taken(self, name: str) -> bool:
        return any(p.name.casefold() == name.casefold() for p in self._settings.profiles)

    # Leaving it

    async def action_dismiss(self, result: Any = None) -> None:
        """Close the form; ask first if that loses something."""
        self._leave()

    @on(Button.Pressed, "#cancel")
    def _leave(self) -> None:
        changed = [name for name in FIELDS if self._field(name).is_changed]
        if not changed:
            self.dismiss(None)
            return
        labels = ", ".join(tr(FIELDS[name].label) for name in changed)
        question = Confirm(
            tr("Close without saving"),
            tr("Not saved yet: {fields}.", fields=labels),
            no=tr("Keep editing"),
            yes=tr("Discard it"),
        )
        self.app.push_screen(question, self._leave_if)

    def _leave_if(self, is_discarded: bool | None) -> None:
        if is_discarded:
            self.dismiss(None)


def _id(name: str) -> str:
    return f"profile-{name.replace('_', '-')}"


def _in_words(value: object) -> str:
    """A value as it is typed or chosen in the form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)
