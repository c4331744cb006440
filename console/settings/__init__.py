"""Profiles and preferences: one TOML file that is the user's as much as ours.

    default-profile = "garage"      # also: log-level, theme

    [profiles.garage]
    url = "https://oioi.example/api/v4/request"
    kind = "test"                   # production, staging or test; without it: production
    read-timeout-s = 45             # any setting of `Profile`, with hyphens
    read-only = true

Production, staging and demo are built in. A table named like one of them changes its preferences
(timeouts, position, customer, proxy …); what makes it that profile (`url`, `kind`, `allow-http`)
is fixed.

Reading never fails and never writes. A file that is no TOML costs all of its content and is
reported with its line; a wrong value costs only itself, and the default stands in for it, except
where the default would be the bolder choice: a `read-only` that cannot be read counts as true, a
`kind` that cannot be read as production. An own profile whose URL is wrong is left out.

Writing changes the lines it has to and no other, and refuses a file that is broken or is not the
one that was loaded. API keys are no settings: they live in the keyring (`console.keys`).

    SettingsError           a change was refused or could not be written; the file is as it was
    └── UnknownProfile      there is no profile of this name

`profiles` holds the records and the one table of all settings; `rules` and `building` say what a
value and a profile may be; `reading` (with its `reader`) and `writing` are the ways from and to
the `file`, and `editing` makes one change in its text. What the first frame can do without is
imported when it is asked for.
"""

import importlib
from typing import TYPE_CHECKING

from console.settings.profiles import (
    BUILT_IN,
    PREFERENCES,
    PROFILE_SETTINGS,
    Kind,
    Problem,
    Profile,
    Settings,
    SettingsError,
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
    "PROFILE_SETTINGS",
    "FieldError",
    "Kind",
    "Problem",
    "Profile",
    "Settings",
    "SettingsError",
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
"""The modules of the names that are imported when they are asked for."""


if not TYPE_CHECKING:  # or a type checker would take every name for one of this package

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
