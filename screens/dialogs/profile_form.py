"""The form in which a profile is made or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from console.oioi.redact import visible
from console.settings import (
    PROFILE_SETTINGS,
    FieldError,
    Profile,
    Settings,
    parse_profile_fields,
)
from screens.dialogs import Dialog
from screens.widgets.forms import Field, Hint, Tone

FIELDS = (
    ("name", "Name", "letters, digits, - and _"),
    *((name, each.label, each.hint) for name, each in PROFILE_SETTINGS.items() if each.label),
)
"""The fields of a profile, as the form asks for them: name, label, what to type."""

FIXED_WHEN_BUILT_IN = frozenset(
    {"name", *(name for name, each in PROFILE_SETTINGS.items() if each.fixed)}
)


class ProfileForm(Dialog):
    """The form of one profile. The result is the profile as typed, or None."""

    HELP = (
        "A profile is a server with its address and limits. An empty field takes what the grey"
        " words in it say. The API key is no part of it: it is asked for when it is needed, and"
        " kept in the keyring."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,alt+s", "save", "Save", id="profile-form.save", priority=True)
    ]
    DEFAULT_CSS = """
    ProfileForm Field Input, ProfileForm Field Static, ProfileForm Field Horizontal {
        margin-bottom: 0;
    }
    ProfileForm VerticalScroll { height: auto; max-height: 24; margin-bottom: 1; }
    """

    def __init__(self, profile: Profile, settings: Settings, *, is_new: bool) -> None:
        super().__init__()
        self._profile = profile
        self._settings = settings
        self._is_new = is_new

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = (
                "New profile" if self._is_new else f"Profile {visible(self._profile.name)}"
            )
            with VerticalScroll(can_focus=False):
                for name, label, placeholder in FIELDS:
                    field = Field(
                        label, id=_id(name), value=self._text(name), placeholder=placeholder
                    )
                    field.input.disabled = self._is_fixed(name)
                    yield field
            yield Static("Ctrl+S saves · Esc changes nothing", id="form-says", markup=False)
            with Horizontal():
                yield Button("Save", id="save", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        first = next(name for name, *_ in FIELDS if not self._is_fixed(name))
        self._field(first).input.focus()

    def _is_fixed(self, name: str) -> bool:
        if name == "name":
            return not self._is_new
        return self._profile.builtin and name in FIXED_WHEN_BUILT_IN

    def _text(self, name: str) -> str:
        value = getattr(self._profile, name)
        if self._is_new and name == "kind":
            return "test"
        if isinstance(value, bool):
            return str(value).lower()
        if value is None:
            return ""
        return f"{value:g}" if isinstance(value, int | float) else str(value)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{_id(name)}-field", Field)

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Return the profile if all fields are right; else show at each field what is wrong."""
        raw = {name: self._field(name).value for name, *_ in FIELDS}
        read = self._changed_builtin if self._profile.builtin else parse_profile_fields
        changed = read(raw)
        if isinstance(changed, list):
            for name, *_ in FIELDS:
                self._field(name).set_class(True, "-bare")
            for error in changed:
                field = self._field(error.field)
                field.remove_class("-bare")
                field.say(Hint(error.reason, Tone.BAD))
            self._field(changed[0].field).input.focus()
            return
        if self._is_new and self._is_taken(changed.name):
            field = self._field("name")
            field.remove_class("-bare")
            field.say(Hint("There is a profile of this name already.", Tone.BAD))
            field.input.focus()
            return
        self.dismiss(changed)

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

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)


def _id(name: str) -> str:
    return f"profile-{name.replace('_', '-')}"
