"""Checks one profile: from the file, from a form, or before it is saved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.oioi.http import endpoint
from console.oioi.language import mark, tr, tr_kept
from console.settings.profiles import (
    BUILT_IN,
    PREFERENCES,
    PROFILE_SETTINGS,
    Kind,
    Profile,
    Settings,
)
from console.settings.rules import WrongValue

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,31}")
NAME_RULE = mark("A profile name is 1 to 32 letters, digits, - and _, and does not begin with -.")
_BUILT_IN = {profile.name: profile for profile in BUILT_IN}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form: the field's name in `Profile` and a sentence."""

    field: str
    reason: str

    def __str__(self) -> str:
        return self.reason


def check_url(url: str, *, allow_http: bool = False) -> str | None:
    """What is wrong with a server's URL, by the rules of `console.oioi.http.endpoint`, or None."""
    try:
        endpoint.check_url(url, allow_http=allow_http)
    except endpoint.EndpointError as fault:
        return tr_kept(str(fault))
    return None


def base_of(name: str) -> Profile:
    """What a profile of this name is before anything is set: the built-in one, or the defaults."""
    return _BUILT_IN.get(name.lower()) or Profile(name, "", Kind.PRODUCTION)


def build(name: str, raw: Mapping[str, object]) -> tuple[Profile | None, list[FieldError]]:
    """The profile of this name with these values (None without a usable URL), and all errors."""
    base = base_of(name)
    values: dict[str, Any] = {}
    errors = []
    for key, given in raw.items():
        setting = PROFILE_SETTINGS[key]
        try:
            value = setting.rule.read(given)
        except WrongValue as wrong:
            errors.append(FieldError(key, f"{setting.key} {wrong}."))
            if setting.careful is not None:
                values[key] = setting.careful
            continue
        if not (base.builtin and setting.fixed):
            values[key] = value
        elif value != getattr(base, key):
            fixed = tr(
                "{setting} of the profile {profile} is fixed.",
                setting=setting.key,
                profile=base.name,
            )
            errors.append(FieldError(key, fixed))
    profile = replace(base, **values)
    fault = None if base.builtin else check_url(profile.url, allow_http=profile.allow_http)
    if fault and all(error.field != "url" for error in errors):
        errors.append(FieldError("url", fault))
    return None if fault else profile, errors


def parse_profile_fields(raw: Mapping[str, str]) -> Profile | list[FieldError]:
    """A profile from the texts of a form, or a sentence for each field that is wrong.

    `raw` maps names of `Profile`'s fields to texts; fields that are missing or blank get their
    default; numbers may have a decimal comma. Whether the name is already used is not checked here.
    """
    name = raw.get("name", "").strip()
    errors = [] if NAME.fullmatch(name) else [FieldError("name", tr(NAME_RULE))]
    values: dict[str, object] = {}
    for key, text in raw.items():
        setting = PROFILE_SETTINGS.get(key)
        if setting is None:
            if key != "name":
                errors.append(FieldError(key, tr("There is no such field.")))
        elif text.strip():
            try:
                values[key] = setting.rule.parse(text.strip())
            except WrongValue as wrong:
                errors.append(FieldError(key, f"{setting.title} {wrong}."))
    profile, wrong_values = build(name, values)
    seen = {error.field for error in errors}
    errors += [error for error in wrong_values if error.field not in seen]
    return errors if errors or profile is None else profile


def preference(settings: Settings, name: str, given: object) -> Any:
    """The value of a preference as it is stored. Raises `WrongValue` or `UnknownProfile`."""
    value = PREFERENCES[name].rule.read(given)
    return settings.profile(value).name if name == "default_profile" else value
