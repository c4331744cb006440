"""The settings file as a JSON Schema (draft 2020-12), made from the one table of settings.

It accepts what `reading` reads without a problem and `oioi-console config check` does not complain
of. Not all can be said in a schema: which hosts and addresses are possible, that a default profile
is there, and that TOML's 2.0 is no whole number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from console.settings.building import NAME
from console.settings.profiles import BUILT_IN, PREFERENCES, PROFILE_SETTINGS, Setting
from console.settings.rules import Choice, Flag, Number, Rule, Several, Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PRINTABLE = r"[^\u0000-\u001f\u007f-\u00a0\u00ad\u2028\u2029]*"
_KEYS = {"type": "string", "pattern": r"\S"}


def schema() -> dict[str, Any]:
    """The whole schema, as JSON values."""
    return {
        "$schema": DIALECT,
        "title": "The settings of OIOI Console",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **_properties(PREFERENCES),
            "profiles": _profiles(),
            "keymap": _keymap(),
        },
    }


def _properties(settings: Mapping[str, Setting]) -> dict[str, Any]:
    return {setting.key: _of_setting(setting) for setting in settings.values()}


def _of_setting(setting: Setting) -> dict[str, Any]:
    found = _of_rule(setting.rule)
    if setting.default is not None:
        default = setting.default
        found["default"] = list(default) if isinstance(default, tuple) else default
    if description := _description(setting):
        found["description"] = description
    if setting.example.isascii() and setting.example.startswith("/"):
        found["examples"] = [setting.example]
    return found


def _description(setting: Setting) -> str:
    """What the form says of it; of a choice what each word says."""
    words = {"no": "false", "yes": "true"} if isinstance(setting.rule, Flag) else {}
    chosen = (f"{words.get(word, word)}: {says}" for word, says in setting.words.items())
    return " ".join([*filter(None, [setting.hint]), *chosen])


def _of_rule(rule: Rule) -> dict[str, Any]:
    match rule:
        case Number():
            kind = "integer" if rule.whole else "number"
            return {"type": kind, "minimum": rule.low, "maximum": rule.high}
        case Flag():
            return {"type": "boolean"}
        case Choice():
            return _one_of(rule.choices)
        case Several():
            return {"type": "array", "items": _one_of(rule.choices)}
        case Text():
            return {"type": "string", "maxLength": rule.most, "pattern": _text_pattern(rule)}
    raise TypeError(f"{type(rule).__name__} has no schema")


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    """One of the words, in any case; an editor offers those of `enum`."""
    pattern = "|".join(map(_any_case, words))
    return {"type": "string", "anyOf": [{"enum": [*words]}, {"pattern": f"^({pattern})$"}]}


def _text_pattern(rule: Text) -> str:
    pattern = f"^(?=({rule.pattern}))" if rule.pattern else "^"
    whole = f"{pattern}{_PRINTABLE}$"
    return f"{whole}|^$" if rule.optional and rule.pattern else whole


def _any_case(word: str) -> str:
    """A pattern for the word in any case; in JSON Schema a pattern has no option for it."""
    return "".join(f"[{char}{char.upper()}]" if char.isalpha() else char for char in word)


def _profiles() -> dict[str, Any]:
    names = "|".join(_any_case(profile.name) for profile in BUILT_IN)
    free = {name: each for name, each in PROFILE_SETTINGS.items() if not each.fixed}
    return {
        "type": "object",
        "description": "A table for each server. production, staging and demo are built in.",
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "patternProperties": {
            f"^({names})$": {
                "type": "object",
                "additionalProperties": False,
                "properties": _properties(free),
            }
        },
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["url"],
            "properties": _properties(PROFILE_SETTINGS),
        },
    }


def _keymap() -> dict[str, Any]:
    keys = {"anyOf": [_KEYS, {"type": "array", "minItems": 1, "items": _KEYS}]}
    return {
        "type": "object",
        "description": "Other keys for the actions of the app; oioi-console --keys lists them.",
        "additionalProperties": {
            "anyOf": [*keys["anyOf"], {"type": "object", "additionalProperties": keys}]
        },
    }
