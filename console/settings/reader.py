"""Makes settings from the content of the file, and reports what cannot be used."""

from collections.abc import Collection, Mapping
from typing import Any

from console.oioi.http.endpoint import is_secret_name
from console.oioi.language import tr
from console.oioi.spelling import nearest
from console.settings.building import NAME, NAME_RULE, build, preference
from console.settings.profiles import (
    BUILT_IN,
    PREFERENCES,
    PROFILE_SETTINGS,
    Profile,
    Settings,
    UnknownProfile,
    key_of,
)
from console.settings.rules import WrongValue
from console.settings.wording import short, shown


class Reader:
    """Turns the tables of the file into settings and collects problems, each with its key.

    `names_unknown`: every key and table that no setting has is a problem. Without it only one that
    looks misspelt is, because a `read_only` without effect is dangerous.
    """

    def __init__(self, data: dict[str, Any], *, names_unknown: bool = False) -> None:
        self._data = data
        self._names_unknown = names_unknown
        self.complaints: list[tuple[tuple[str, ...], str]] = []

    def _complain(self, path: tuple[str, ...], reason: str) -> None:
        self.complaints.append((path, reason))

    def profiles(self) -> tuple[Profile, ...]:
        """The built-in profiles with the changes of the file, then the user's own profiles."""
        tables = self._data.get("profiles", {})
        if not isinstance(tables, dict):
            self._complain(("profiles",), tr("profiles must be tables such as [profiles.garage]."))
            return BUILT_IN
        found: dict[str, Profile] = {}
        for name, table in tables.items():
            reason = self._misnamed(name, table, found)
            profile = None if reason else self._profile(name, table)
            if reason:
                self._complain(("profiles", name), f"{_left_out(name)} {reason}")
            if profile is not None:
                found[name.lower()] = profile
        built_in = [found.pop(profile.name, profile) for profile in BUILT_IN]
        return (*built_in, *found.values())

    def _misnamed(self, name: str, table: object, found: Mapping[str, Profile]) -> str | None:
        if not NAME.fullmatch(name):
            return tr(NAME_RULE)
        if not isinstance(table, dict):
            return tr("It must be a table.")
        if name.lower() in found:
            return tr("Another profile has this name (upper and lower case count as the same).")
        return None

    def _profile(self, name: str, table: dict[str, Any]) -> Profile | None:
        path = ("profiles", name)
        names = {setting.key: name for name, setting in PROFILE_SETTINGS.items()}
        self._report_misspelt(path, table, names)
        raw = {names[key]: value for key, value in table.items() if key in names}
        profile, errors = build(name, raw)
        for error in errors:
            if profile is not None:
                used = shown(getattr(profile, error.field))
                reason = tr(
                    "In profile {profile}, {reason}; {used} is used.",
                    profile=name,
                    reason=error.reason.removesuffix("."),
                    used=used,
                )
            elif error.field == "url":
                reason = f"{_left_out(name)} {error.reason}"
            else:
                reason = tr("In profile {profile}, {reason}", profile=name, reason=error.reason)
            self._complain((*path, key_of(error.field)), reason)
        return profile

    def preferences(self, defaults: Settings) -> dict[str, Any]:
        """The preferences the file has, by their names in `Settings`."""
        names = {setting.key: name for name, setting in PREFERENCES.items()}
        self._report_misspelt((), self._data, [*names, "profiles", "keymap"])
        values: dict[str, Any] = {}
        for key, name in names.items():
            if key not in self._data:
                continue
            try:
                values[name] = preference(defaults, name, self._data[key])
            except (WrongValue, UnknownProfile) as wrong:
                careful = PREFERENCES[name].careful
                values[name] = getattr(defaults, name) if careful is None else careful
                used = shown(values[name])
                reason = f"{wrong}".removesuffix(".")
                said = tr("In {key}: {reason}; {used} is used.", key=key, reason=reason, used=used)
                self._complain((key,), said)
        return values

    def keymap(self) -> dict[str, str]:
        """The keys of the table `keymap`, by the name of the action.

        `stations.start` may be written with quotes, or without as a key in a table.
        """
        table = self._data.get("keymap", {})
        if not isinstance(table, dict):
            said = tr('keymap must be a table with lines as stations.start = "s".')
            self._complain(("keymap",), said)
            return {}
        found: dict[str, str] = {}
        for name, value in table.items():
            inner = value if isinstance(value, dict) else {"": value}
            for last, keys in inner.items():
                id = f"{name}.{last}" if last else name
                listed = keys if isinstance(keys, list) else [keys]
                if listed and all(isinstance(key, str) and key.strip() for key in listed):
                    found[id] = ",".join(listed)
                else:
                    path = ("keymap", name, last) if last else ("keymap", name)
                    said = tr(
                        'In keymap, {action} must be a key such as "f5", or a list of keys; its own'
                        " key is used.",
                        action=short(id),
                    )
                    self._complain(path, said)
        return found

    def _report_misspelt(
        self, path: tuple[str, ...], table: Mapping[str, Any], known: Collection[str]
    ) -> None:
        """Report keys that no setting has: the misspelt ones, or all of them."""
        for key, value in table.items():
            if key in known or is_secret_name(key):
                continue
            meant = nearest(key_of(key).lower(), known, likeness=0.8)
            if meant or self._names_unknown:
                self._complain((*path, key), _means_nothing((*path, key), value, meant))

    def report_secrets(self) -> None:
        """Report everything in the file that looks like an API key or a password."""
        waiting: list[tuple[tuple[str, ...], Any]] = [((), self._data)]
        while waiting:  # no recursion: dotted keys can nest as deeply as the file is long
            path, value = waiting.pop()
            if isinstance(value, list):
                waiting += [(path, item) for item in value]
            elif isinstance(value, dict):
                waiting += [((*path, key)[:4], inner) for key, inner in value.items()]
                for key, inner in value.items():
                    if inner and is_secret_name(key) and not isinstance(inner, dict | bool):
                        self._complain((*path, key)[:4], _secret_advice(path))


def _secret_advice(path: tuple[str, ...]) -> str:
    name = path[1] if path[:1] == ("profiles",) and len(path) > 1 else ""
    name = name if NAME.fullmatch(name) else "NAME"
    return tr(
        "Something secret stands here and is not used; keys belong into the keyring: oioi-console"
        " key set --profile {profile}",
        profile=name,
    )


def _left_out(name: str) -> str:
    return tr("Profile {profile} is left out.", profile=short(name))


def _means_nothing(path: tuple[str, ...], value: object, meant: str | None) -> str:
    """What is wrong with a key or a table that no setting has; `meant` is the nearest one."""
    key = path[-1]
    if meant:
        return tr("{key} means nothing here; is {meant} meant?", key=short(key), meant=meant)
    if isinstance(value, dict):
        return tr("The table {table} means nothing here.", table=".".join(map(short, path)))
    return tr("{key} means nothing here.", key=short(key))
