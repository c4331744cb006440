"""Where the value of each setting comes from: the default, the file, the environment, an option."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from console.settings.file import Broken, decode, parse, read
from console.settings.lines import lines_of_keys
from console.settings.profiles import (
    PREFERENCES,
    PROFILE_SETTINGS,
    Profile,
    Setting,
    Settings,
)
from console.settings.rules import WrongValue


class Origin(NamedTuple):
    """Where a value comes from.

    `source` is "default", "built in", "file" (with its `line`), "environment" or "option", these
    two with the `name` of the variable or option.
    """

    source: str = "default"
    line: int | None = None
    name: str = ""

    def __str__(self) -> str:
        return self.name or (f"line {self.line}" if self.line else self.source)


class Valued(NamedTuple):
    """A setting with its key in the file, the value it comes to, and the origin of that."""

    key: str
    value: Any
    origin: Origin


class FileContent(NamedTuple):
    """What the file says, and the line of each key; empty without a file that can be read."""

    data: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def table_of(self, profile: str) -> tuple[str, Mapping[str, Any]]:
        """The table of a profile, with its name as the file writes it."""
        tables = self.data.get("profiles")
        for name, table in (tables if isinstance(tables, dict) else {}).items():
            if name.lower() == profile.lower() and isinstance(table, dict):
                return name, table
        return profile, {}


def content_of(settings: Settings) -> FileContent:
    """The file that these settings were read from."""
    try:
        source = read(settings.path)
        text = "" if source is None else decode(source)
        return FileContent(parse(text), lines_of_keys(text))
    except Broken:
        return FileContent({}, {})


def preferences(
    settings: Settings, content: FileContent, options: Mapping[str, str]
) -> list[Valued]:
    """The settings of the program; `options` names the option by which a value was replaced."""
    return [
        Valued(
            each.key,
            getattr(settings, name),
            Origin("option", name=options[name])
            if name in options
            else _origin(each, content.data, content.lines, ()),
        )
        for name, each in PREFERENCES.items()
    ]


def of_profile(profile: Profile, content: FileContent, options: Mapping[str, str]) -> list[Valued]:
    """The settings of a profile, likewise."""
    name_there, table = content.table_of(profile.name)
    found = []
    for name, each in PROFILE_SETTINGS.items():
        value = getattr(profile, name)
        if name in options:
            origin = Origin("option", name=options[name])
        elif profile.builtin and (each.fixed or value != each.default):
            own = _origin(each, table, content.lines, ("profiles", name_there))
            origin = own if own.source == "file" and not each.fixed else Origin("built in")
        else:
            origin = _origin(each, table, content.lines, ("profiles", name_there))
        found.append(Valued(each.key, value, origin))
    return found


def _origin(
    setting: Setting,
    table: Mapping[str, Any],
    lines: Mapping[tuple[str, ...], int],
    path: tuple[str, ...],
) -> Origin:
    """The file if it has a value that can be used, or one that is read as the careful one."""
    if setting.key not in table:
        return Origin()
    try:
        setting.rule.read(table[setting.key])
    except WrongValue:
        if setting.careful is None:
            return Origin()
    return Origin("file", lines.get((*path, setting.key)))
