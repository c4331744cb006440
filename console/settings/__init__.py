"""Profiles and preferences, in one TOML file that the user edits too.

    default-profile = "garage"      # also: log-level, theme
    first-steps = false             # the demo does not show what there is to try
    language = "auto"               # of the screens: "en", "de"; auto: that of the locale
    customer-languages = ["fr"]     # of what is read out: "en", "de", "fr", "nl", "it", "es"
    slow-line = "auto"              # or "on", "off": few bytes to the terminal; auto: over SSH
    history-days = 30               # also: history (true or false), -exchanges, -megabytes

    [profiles.garage]
    url = "https://oioi.example/api/v4/request"
    kind = "test"                   # production, staging or test; without it: production
    read-timeout-s = 45             # any setting of `Profile`, with hyphens
    read-only = true

    [keymap]                        # other keys for the actions of the app: oioi-console --keys
    stations.start = "f12"          # or a list of keys

Production, staging and demo are built in. A table with the name of one of them changes its
preferences (timeouts, position, customer, proxy …); its identity (`url`, `kind`, `allow-http`) is
fixed.

Reading never fails and never writes. A file that is not TOML is ignored as a whole and reported
with its line. A wrong value is ignored alone, and the default is used, except where the default
would be less careful: an unreadable `read-only` counts as true, an unreadable `kind` as production,
an unreadable `history` as false.
A profile of the user with a wrong URL is left out.

Writing changes only the necessary lines, and refuses a file that is broken or has changed since it
was loaded. API keys are not settings: they are kept in the keyring (`console.keys`).

    SettingsError           a change was refused or could not be written; the file is as it was
    └── UnknownProfile      there is no profile of this name

`profiles` holds the records and the one table of all settings; `rules` checks a value and
`building` a profile; `reading` (with its `reader`) and `writing` read and write the `file`, and
`editing` makes one change in its text. Modules that the first frame does not need are imported on
first use.
"""

import importlib
from typing import TYPE_CHECKING

from console.settings.profiles import (
    BUILT_IN,
    PREFERENCES,
    PROFILE_NAME,
    PROFILE_SETTINGS,
    Kind,
    Profile,
    Setting,
    Settings,
    SettingsError,
    SettingsProblem,
    UnknownProfile,
    default_path,
    profile_for,
)
from console.settings.reading import load

if TYPE_CHECKING:
    from console.settings.building import FieldError, check_url, parse_profile_fields
    from console.settings.file import MAX_FILE
    from console.settings.writing import delete_profile, save_profile, set_preference

__all__ = [
    "BUILT_IN",
    "MAX_FILE",
    "PREFERENCES",
    "PROFILE_NAME",
    "PROFILE_SETTINGS",
    "FieldError",
    "Kind",
    "Profile",
    "Setting",
    "Settings",
    "SettingsError",
    "SettingsProblem",
    "UnknownProfile",
    "check_url",
    "default_path",
    "delete_profile",
    "load",
    "parse_profile_fields",
    "profile_for",
    "save_profile",
    "set_preference",
]

_LATER = {
    "FieldError": "building",
    "MAX_FILE": "file",
    "check_url": "building",
    "delete_profile": "writing",
    "parse_profile_fields": "building",
    "save_profile": "writing",
    "set_preference": "writing",
}
"""The modules of the names that are imported on first use."""


if not TYPE_CHECKING:  # or a type checker would accept every name

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
