"""Writes a changed profile or preference, and leaves the rest of the user's file alone."""

import codecs
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from console.oioi.language import tr
from console.oioi.redact import visible
from console.settings.building import NAME, NAME_RULE, base_of, build, preference
from console.settings.editing import set_value
from console.settings.file import Broken, decode, fingerprint_of, parse, read, write
from console.settings.profiles import (
    PREFERENCES,
    PROFILE_SETTINGS,
    Kind,
    Profile,
    Settings,
    SettingsError,
    SettingsProblem,
)
from console.settings.reading import load
from console.settings.rules import WrongValue
from console.settings.wording import short

_PREAMBLE = """\
# Profiles and preferences of OIOI Console. Comments and keys it does not know are kept.
# API keys do not belong here: oioi-console key set --profile NAME
"""


def save_profile(settings: Settings, profile: Profile) -> Settings:
    """Write a profile, a new one or a known one by its name. Returns the new settings.

    In a built-in profile only preferences can be changed. A profile with another server for this
    run is refused. Raises `SettingsError`.
    """
    if profile.redirected:
        raise SettingsError(
            tr(
                "Profile {profile} has its URL from --endpoint, for this run only; it is not"
                " saved.",
                profile=short(profile.name),
            )
        )
    if not NAME.fullmatch(profile.name):
        raise SettingsError(tr(NAME_RULE))
    values = {name: getattr(profile, name) for name in PROFILE_SETTINGS}
    checked, errors = build(profile.name, values)
    if checked is None or errors:
        raise SettingsError(" ".join(error.reason for error in errors))

    def edit(text: str) -> str:
        tables = parse(text).get("profiles", {})
        names = tables if isinstance(tables, dict) else {}
        name = next((key for key in names if key.lower() == checked.name.lower()), None)
        if name is None:
            new = _changes(checked, {})
            if not checked.builtin:
                new = {"url": checked.url, "kind": checked.kind.value} | new
            return set_value(text, ("profiles", checked.name), new) if new else text
        table = names[name]
        if not isinstance(table, dict):
            raise SettingsError(
                tr(
                    "profiles.{profile} in the settings file is no table; mend it there.",
                    profile=name,
                )
            )
        for key, value in _changes(checked, table).items():
            text = set_value(text, ("profiles", name, key), value)
        return text

    return _rewrite(settings, edit)


def delete_profile(settings: Settings, name: str) -> Settings:
    """Remove a profile of the user from the file. Its key stays in the keyring.

    If it was the default, staging is the default again. Comments above the table stay. Raises
    `SettingsError`, also for a built-in profile, and `UnknownProfile`.
    """
    profile = settings.profile(name)
    if profile.builtin:
        raise SettingsError(
            tr("Profile {profile} is built in and cannot be deleted.", profile=profile.name)
        )

    def edit(text: str) -> str:
        if settings.default_profile == profile.name:
            text = set_value(text, ("default-profile",), "staging")
        return set_value(text, ("profiles", profile.name), None)

    return _rewrite(settings, edit)


def set_preference(settings: Settings, name: str, value: object) -> Settings:
    """Write a preference, such as `default_profile` or `theme` (None: the app's own theme).

    Raises `SettingsError` for another name, and for a value that does not fit.
    """
    if name not in PREFERENCES:
        raise SettingsError(tr("There is no preference {name}.", name=short(name)))
    try:
        value = preference(settings, name, value)
    except WrongValue as wrong:
        raise SettingsError(f"{PREFERENCES[name].key} {wrong}.") from None

    def edit(text: str) -> str:
        key = PREFERENCES[name].key
        if value is None and key not in parse(text):
            return text
        written = list(value) if isinstance(value, tuple) else "" if value is None else value
        return set_value(text, (key,), written)

    return _rewrite(settings, edit)


def _changes(profile: Profile, table: Mapping[str, Any]) -> dict[str, Any]:
    """The values to write so that the table matches the profile, in the types of the file.

    A value that already means the same stays as the user wrote it; defaults are not written.
    """
    changes = {}
    base = base_of(profile.name)
    for name, setting in PROFILE_SETTINGS.items():
        key, value = setting.key, getattr(profile, name)
        if profile.builtin and setting.fixed:
            continue
        if key in table:
            with contextlib.suppress(WrongValue):
                if setting.rule.read(table[key]) == value:
                    continue
        elif value == getattr(base, name):
            continue
        changes[key] = value.value if isinstance(value, Kind) else "" if value is None else value
    return changes


def _rewrite(settings: Settings, edit: Callable[[str], str]) -> Settings:
    """Edit the text of the file: either all changes are written or none."""
    path = settings.path
    try:
        source = read(path)
        if fingerprint_of(source) != settings.fingerprint:
            raise SettingsError(
                tr(
                    "{file} was changed since it was read; read it again, then repeat the change.",
                    file=visible(str(path)),
                )
            )
        text = _PREAMBLE if source is None else decode(source)
        windows = "\r\n" in text and "\n" not in text.replace("\r\n", "")
        before = text.replace("\r\n", "\n") if windows else text
        after = edit(before)
    except Broken as broken:
        problem = SettingsProblem(path, broken.line, broken.reason)
        said = tr("Nothing was written; mend the file first. {problem}", problem=problem)
        raise SettingsError(said) from broken
    if after != before:
        mark = codecs.BOM_UTF8 if (source or b"").startswith(codecs.BOM_UTF8) else b""
        write(path, mark + (after.replace("\n", "\r\n") if windows else after).encode())
    return load(path)
