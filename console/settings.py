"""Profiles and preferences: one TOML file that is the user's as much as ours.

    default-profile = "garage"      # also: log-level, theme

    [profiles.garage]
    url = "https://oioi.example/api/v4/request"
    kind = "test"                   # production, staging or test; without it: production
    read-timeout-s = 45             # any field of `Profile`, with hyphens
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
"""

import codecs
import contextlib
import ipaddress
import math
import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from console.oioi.redact import is_secret_field, visible

PRODUCTION_HOST = "api.plugsurfing.com"
MAX_FILE = 256 * 1024
"""Bytes; a larger file is not ours and is not read."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,31}")
_NAME_RULE = "A profile name is 1 to 32 letters, digits, - and _, and does not begin with -."
_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[\w-]{1,63}(?:\.[\w-]{1,63})*\.?))(?::(?P<port>\d+))?",
    re.ASCII,
)
_PREAMBLE = """\
# Profiles and preferences of OIOI Console. Comments and keys it does not know are kept.
# API keys do not belong here: oioi-console key set --profile NAME
"""


class SettingsError(Exception):
    """A change was refused or could not be written; says what to do next."""


class UnknownProfile(SettingsError):
    """There is no profile of this name."""


class Kind(StrEnum):
    """What a mistake on this server would cost."""

    PRODUCTION = "production"
    STAGING = "staging"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Profile:
    """A server and how to talk to it. An empty `url` is the simulator started in the app."""

    name: str
    url: str
    kind: Kind
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0
    command_timeout_s: float = 90.0
    attempts: int = 5
    retry_budget_s: float = 60.0
    ca_file: str | None = None
    proxy: str | None = None
    allow_http: bool = False
    latitude: float = 52.5167
    longitude: float = 13.3833
    radius_km: float = 5.0
    customer: str = ""
    read_only: bool = False
    builtin: bool = False

    @property
    def demo(self) -> bool:
        """Whether this profile is the simulator started in the app."""
        return self.kind is Kind.TEST and not self.url

    @property
    def host(self) -> str:
        """The URL's host in lower case, without port and trailing dot; empty if it has none."""
        try:
            return (urlsplit(self.url).hostname or "").rstrip(".")
        except ValueError:
            return ""

    @property
    def is_production(self) -> bool:
        """Whether to be as careful as on production, whatever name and kind say."""
        return self.kind is Kind.PRODUCTION or self.host == PRODUCTION_HOST

    @property
    def label(self) -> str:
        """The text of the badge: DEMO, STAGING, PRODUCTION, or the profile's own name."""
        if self.host == PRODUCTION_HOST:
            return "PRODUCTION"
        return "DEMO" if self.demo else self.name.upper()


BUILT_IN = (
    Profile(
        "production",
        f"https://{PRODUCTION_HOST}/api/v4/request",
        Kind.PRODUCTION,
        builtin=True,
    ),
    Profile(
        "staging", "https://dev-api.plugsurfing.com/api/v4/request", Kind.STAGING, builtin=True
    ),
    Profile("demo", "", Kind.TEST, builtin=True),
)
_BUILT_IN = {profile.name: profile for profile in BUILT_IN}
_FIXED = ("url", "kind", "allow_http")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the settings file that was not used as it stands."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        where = visible(str(self.file))
        return (
            f"{where}, line {self.line}: {self.reason}" if self.line else f"{where}: {self.reason}"
        )


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form: the field's name in `Profile` and a sentence."""

    field: str
    reason: str

    def __str__(self) -> str:
        return self.reason


def default_path() -> Path:
    """Where the settings of this user live on this system; nothing is created."""
    from platformdirs import user_config_path

    return user_config_path("oioi-console", appauthor=False) / "settings.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says, completed with the defaults, and what it says wrongly."""

    profiles: tuple[Profile, ...] = BUILT_IN
    default_profile: str = "staging"
    log_level: str = "warning"
    theme: str | None = None
    problems: tuple[Problem, ...] = ()
    path: Path = field(default_factory=default_path)
    fingerprint: int | None = field(default=None, repr=False, compare=False)
    """The `hash` of the file's bytes, None without a file: holds good within this process."""

    def profile(self, name: str) -> Profile:
        """The profile of this name, in upper or lower case; raises `UnknownProfile`."""
        for profile in self.profiles:
            if profile.name.lower() == name.lower():
                return profile
        known = [profile.name for profile in self.profiles]
        near = _nearest(name, known)
        advice = f"; is {near} meant?" if near else "."
        raise UnknownProfile(
            f"There is no profile {_short(name)} (there are {', '.join(known)}){advice}"
        )


# -- URLs


def check_url(url: str, *, allow_http: bool = False) -> str | None:
    """What is wrong with a server's URL, in one sentence, or None.

    The rule is stricter than RFC 3986 where parsers differ: the host checked here has to be the
    host that is called.
    """
    fault, scheme, host = _address(url, "The URL")
    if fault or scheme == "https" or allow_http or _is_loopback(host):
        return fault
    return (
        f"Plain http:// would send the key readable to {host}; use https://, "
        "or set allow-http in this profile."
    )


def _address(url: str, subject: str) -> tuple[str | None, str, str]:
    """The first fault of an http or https URL, or None with its scheme and host."""
    fault, scheme, host = "", "", ""
    if not url:
        fault = "is empty."
    elif len(url) > 2000:
        fault = "is longer than 2,000 characters."
    elif not url.isprintable() or " " in url or "\\" in url:
        fault = "contains a blank, a backslash or a control character."
    elif not re.match("https?://", url, re.IGNORECASE):
        fault = "must begin with https:// or http://."
    elif "#" in url:
        fault = "must not contain a fragment (#)."
    else:
        scheme, _, rest = url.partition("://")
        authority = re.split("[/?]", rest, maxsplit=1)[0]
        fault, host = _authority(authority)
    return f"{subject} {fault}" if fault else None, scheme.lower(), host


def _authority(text: str) -> tuple[str, str]:
    """The fault (or an empty text) and the host of what stands between // and the path."""
    if "@" in text:
        # httpx would make an Authorization header of it, in place of the one with the key.
        return "must not contain a user name or a password.", ""
    if not text or text.startswith(":"):
        return "names no host.", ""
    if not text.isascii():
        return "must have its host in ASCII (xn--…), so that look-alike letters show.", ""
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return "has a host or a port that cannot be read.", ""
    host = (match["v6"] or match["name"]).lower()
    # What has no letter, or looks like four numbers to httpx, has to be a complete address.
    if match["v6"] or not re.search("[a-z]", host) or re.fullmatch(r"(\d+.){3}\d+", host):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return "has a host that is no valid IP address.", ""
    port = match["port"]
    if port is not None and not (len(port) <= 5 and 1 <= int(port) <= 65535):
        return "has a port that is not between 1 and 65535.", ""
    return "", host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"


# -- One value: what a key may hold, in the file (typed) and in a form (text)


class _WrongValue(ValueError):
    """What the value should have been; follows the name of its key."""


class _Rule(Protocol):
    def read(self, value: object) -> Any:
        """The value of the setting for a value of the file; raises `_WrongValue`."""

    def parse(self, text: str) -> Any:
        """The value of the setting for the text of a form; raises `_WrongValue`."""


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    unit: str = ""
    whole: bool = False

    def _wrong(self) -> _WrongValue:
        number = "a whole number" if self.whole else "a number"
        return _WrongValue(f"must be {number} from {self.low:g} to {self.high:g}{self.unit}")

    def read(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            raise self._wrong()
        if not self.low <= value <= self.high:
            raise self._wrong()
        return value if self.whole else float(value)

    def parse(self, text: str) -> float:
        try:
            return self.read(int(text) if self.whole else float(text.replace(",", ".")))
        except ValueError:
            raise self._wrong() from None


class _Flag:
    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise _WrongValue("must be true or false")
        return value

    def parse(self, text: str) -> bool:
        known = {"true": True, "yes": True, "on": True, "1": True}
        known |= {"false": False, "no": False, "off": False, "0": False}
        return self.read(known.get(text.lower()))


@dataclass(frozen=True, slots=True)
class _Choice:
    choices: Mapping[str, Any]

    def read(self, value: object) -> Any:
        if not isinstance(value, str) or value.lower() not in self.choices:
            raise _WrongValue(f"must be one of {', '.join(self.choices)}")
        return self.choices[value.lower()]

    parse = read


@dataclass(frozen=True, slots=True)
class _Text:
    most: int
    optional: bool = False
    convert: Callable[[str], str] = str

    def read(self, value: object) -> str | None:
        if self.optional and value in (None, ""):
            return None
        if not isinstance(value, str) or len(value) > self.most or not value.isprintable():
            raise _WrongValue(f"must be a text of one line, at most {self.most:,} characters")
        return self.convert(value)

    parse = read


def _absolute(text: str) -> str:
    # The app may be started in any folder, so a relative path would be a different file each time.
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise _WrongValue("names a home folder that is not known") from None
    if not path.is_absolute():
        raise _WrongValue("must be a path from the root of the disk or from ~")
    return str(path)


def _proxy(text: str) -> str:
    fault, _, _ = _address(text, "")
    if fault:
        raise _WrongValue(fault.strip().rstrip("."))
    return text


_SECONDS = " seconds"
_RULES: dict[str, _Rule] = {
    "url": _Text(2000),  # check_url has the last word, it needs allow_http
    "kind": _Choice({kind.value: kind for kind in Kind}),
    "connect_timeout_s": _Number(0.1, 600, _SECONDS),
    "read_timeout_s": _Number(0.1, 600, _SECONDS),
    "command_timeout_s": _Number(0.1, 600, _SECONDS),
    "attempts": _Number(1, 20, whole=True),
    "retry_budget_s": _Number(0, 3600, _SECONDS),
    "ca_file": _Text(4096, optional=True, convert=_absolute),
    "proxy": _Text(2000, optional=True, convert=_proxy),
    "allow_http": _Flag(),
    "latitude": _Number(-90, 90, " degrees"),
    "longitude": _Number(-180, 180, " degrees"),
    "radius_km": _Number(0.001, 20_100, " km"),
    "customer": _Text(100),
    "read_only": _Flag(),
}
_PREFERENCES: dict[str, _Rule] = {
    "default_profile": _Text(32),
    "log_level": _Choice({level: level for level in ("debug", "info", "warning", "error")}),
    "theme": _Text(64, optional=True),
}
_CAREFUL = {"read_only": True}


def _key(name: str) -> str:
    """The key in the file for a field of `Profile` or `Settings`."""
    return name.replace("_", "-")


_FIELD_OF = {_key(name): name for name in _RULES}
_PREFERENCE_OF = {_key(name): name for name in _PREFERENCES}
_DEFAULTS = {item.name: item.default for item in fields(Profile)} | {"kind": Kind.PRODUCTION}


# -- One profile, from the file, from a form or to be saved: all are judged here


def _build(name: str, raw: Mapping[str, object]) -> tuple[Profile | None, list[FieldError]]:
    """The profile of this name with these values, None without a usable URL, and all faults."""
    base = _BUILT_IN.get(name.lower()) or Profile(name, "", Kind.PRODUCTION)
    values: dict[str, Any] = {}
    errors = []
    for key, given in raw.items():
        try:
            value = _RULES[key].read(given)
        except _WrongValue as wrong:
            errors.append(FieldError(key, f"{_key(key)} {wrong}."))
            if key in _CAREFUL:
                values[key] = _CAREFUL[key]
            continue
        if not base.builtin or key not in _FIXED:
            values[key] = value
        elif value != getattr(base, key):
            errors.append(FieldError(key, f"{_key(key)} of the profile {base.name} is fixed."))
    profile = replace(base, **values)
    fault = None if base.builtin else check_url(profile.url, allow_http=profile.allow_http)
    if fault and all(error.field != "url" for error in errors):
        errors.append(FieldError("url", fault))
    return None if fault else profile, errors


def parse_profile_fields(raw: Mapping[str, str]) -> Profile | list[FieldError]:
    """A profile from the texts of a form, or a sentence for each field that is wrong.

    `raw` maps names of `Profile`'s fields to texts; fields that are missing or blank have their
    default, numbers may have a decimal comma. Whether the name is taken is not asked here.
    """
    name = raw.get("name", "").strip()
    errors = [] if _NAME.fullmatch(name) else [FieldError("name", _NAME_RULE)]
    values: dict[str, object] = {}
    for key, text in raw.items():
        rule = _RULES.get(key)
        if rule is None:
            if key != "name":
                errors.append(FieldError(key, "There is no such field."))
        elif text.strip():
            try:
                values[key] = rule.parse(text.strip())
            except _WrongValue as wrong:
                errors.append(FieldError(key, f"{_key(key)} {wrong}."))
    profile, wrong_values = _build(name, values)
    seen = {error.field for error in errors}
    errors += [error for error in wrong_values if error.field not in seen]
    return errors if errors or profile is None else profile


# -- Reading


class _Broken(Exception):
    """The file is no TOML: the line, where it is known, and why."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def load(path: Path | None = None) -> Settings:
    """The settings in this file (default: `default_path()`); without a file the defaults.

    Never raises for what is in the file, creates nothing: see `Settings.problems`.
    """
    path = path or default_path()
    source = None
    try:
        source = _read(path)
        text = _decode(source or b"")
        data = _parse(text)
    except _Broken as broken:
        problem = Problem(path, broken.line, broken.reason)
        return Settings(problems=(problem,), path=path, fingerprint=_fingerprint(source))
    reader = _Reader(data)
    profiles = reader.profiles()
    settings = Settings(profiles, path=path, fingerprint=_fingerprint(source))
    settings = replace(settings, **reader.preferences(settings))
    reader.report_secrets()
    return replace(settings, problems=_located(reader.complaints, path, text))


def _fingerprint(source: bytes | None) -> int | None:
    return None if source is None else hash(source)


def _read(path: Path) -> bytes | None:
    """The bytes of the file, None without one; raises `_Broken`."""
    try:
        with path.open("rb") as file:
            source = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _Broken(f"The file cannot be read ({error.strerror or error}).") from error
    return source


def _decode(source: bytes) -> str:
    if len(source) > MAX_FILE:
        raise _Broken(f"The file is larger than {MAX_FILE // 1024} KiB and was not read.")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Broken("The file is UTF-16 text; save it as UTF-8.", 1)
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise _Broken("The file is not UTF-8 text.", line) from error


def _float(text: str) -> object:
    """A float, but NaN as text: it fits no number here, and is not even equal to itself."""
    value = float(text)
    return text if math.isnan(value) else value


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_float)
    except RecursionError as error:
        raise _Broken("The file nests values too deeply.") from error
    except ValueError as error:  # a TOMLDecodeError, or an integer of thousands of digits
        reason = visible(str(error))
        found = re.search(r" \(at line (\d+), column \d+\)$", reason)
        line = int(found[1]) if found else None
        if reason.endswith(" (at end of document)"):
            line = text.rstrip("\n").count("\n") + 1
        reason = reason.partition(" (at ")[0]
        raise _Broken(f"The file is no valid TOML: {reason}.", line) from error


class _Reader:
    """Turns the tables of the file into settings and collects complaints, each with its key."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self.complaints: list[tuple[tuple[str, ...], str]] = []

    def _complain(self, path: tuple[str, ...], reason: str) -> None:
        self.complaints.append((path, reason))

    def profiles(self) -> tuple[Profile, ...]:
        tables = self._data.get("profiles", {})
        if not isinstance(tables, dict):
            self._complain(("profiles",), "profiles must be tables such as [profiles.garage].")
            return BUILT_IN
        found: dict[str, Profile] = {}
        for name, table in tables.items():
            reason = self._misnamed(name, table, found)
            profile = None if reason else self._profile(name, table)
            if reason:
                self._complain(("profiles", name), f"Profile {_short(name)} is left out. {reason}")
            if profile is not None:
                found[name.lower()] = profile
        own = (profile for key, profile in found.items() if key not in _BUILT_IN)
        return (*(found.get(profile.name, profile) for profile in BUILT_IN), *own)

    def _misnamed(self, name: str, table: object, found: Mapping[str, Profile]) -> str | None:
        if not _NAME.fullmatch(name):
            return _NAME_RULE
        if not isinstance(table, dict):
            return "It must be a table."
        if name.lower() in found:
            return "Another profile has this name (upper and lower case count as the same)."
        return None

    def _profile(self, name: str, table: dict[str, Any]) -> Profile | None:
        path = ("profiles", name)
        self._report_misspelt(path, table, _FIELD_OF)
        raw = {_FIELD_OF[key]: value for key, value in table.items() if key in _FIELD_OF}
        profile, errors = _build(name, raw)
        for error in errors:
            if profile is not None:
                used = _toml(getattr(profile, error.field))
                reason = error.reason.removesuffix(".")
                reason = f"In profile {name}, {reason}; {used} is used."
            elif error.field == "url":
                reason = f"Profile {name} is left out. {error.reason}"
            else:
                reason = f"In profile {name}, {error.reason}"
            self._complain((*path, _key(error.field)), reason)
        return profile

    def preferences(self, defaults: Settings) -> dict[str, Any]:
        self._report_misspelt((), self._data, [*_PREFERENCE_OF, "profiles"])
        values: dict[str, Any] = {}
        for key, name in _PREFERENCE_OF.items():
            if key not in self._data:
                continue
            try:
                values[name] = _preference(defaults, name, self._data[key])
            except (_WrongValue, UnknownProfile) as wrong:
                used = _toml(getattr(defaults, name))
                reason = f"{wrong}".removesuffix(".")
                self._complain((key,), f"In {key}: {reason}; {used} is used.")
        return values

    def _report_misspelt(
        self, path: tuple[str, ...], table: Mapping[str, Any], known: Collection[str]
    ) -> None:
        """An unknown key is the user's own, but a `read_only` that does nothing is a trap."""
        for key in table:
            if key in known or _is_secret(key):
                continue
            meant = _nearest(_key(key), known)
            if meant:
                self._complain((*path, key), f"{_short(key)} means nothing here; is {meant} meant?")

    def report_secrets(self) -> None:
        waiting: list[tuple[tuple[str, ...], Any]] = [((), self._data)]
        while waiting:  # no recursion: dotted keys can nest as deeply as the file is long
            path, value = waiting.pop()
            if isinstance(value, list):
                waiting += [(path, item) for item in value]
            elif isinstance(value, dict):
                waiting += [((*path, key)[:4], inner) for key, inner in value.items()]
                for key, inner in value.items():
                    if inner and _is_secret(key) and not isinstance(inner, dict | bool):
                        self._complain((*path, key)[:4], _secret_advice(path))


def _preference(settings: Settings, name: str, given: object) -> Any:
    """A preference as it is kept; raises `_WrongValue` or `UnknownProfile`."""
    value = _PREFERENCES[name].read(given)
    return settings.profile(value).name if name == "default_profile" else value


def _is_secret(key: str) -> bool:
    bare = key.lower().replace("-", "").replace("_", "")
    words = ("apikey", "token", "password", "passphrase", "secret", "authorization")
    return is_secret_field(key) or bare == "key" or any(word in bare for word in words)


def _secret_advice(path: tuple[str, ...]) -> str:
    name = path[1] if path[:1] == ("profiles",) and len(path) > 1 else ""
    name = name if _NAME.fullmatch(name) else "NAME"
    return (
        "Something secret stands here and is not used; "
        f"keys belong into the keyring: oioi-console key set --profile {name}"
    )


def _toml(value: object) -> str:
    """A value for reading, as it would stand in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, "") else str(value)


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _nearest(word: str, known: Collection[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower()[:40], known, 1, 0.8)), None)


# -- Where a key stands: tomllib does not say, and it is asked only when there is a problem


def _located(
    complaints: list[tuple[tuple[str, ...], str]], path: Path, text: str
) -> tuple[Problem, ...]:
    """The complaints with their lines (best effort), in the order of the file."""
    lines = _lines_of_keys(text) if complaints else {}
    problems = []
    for key, reason in complaints:
        known = (key[:length] for length in range(len(key), 0, -1) if key[:length] in lines)
        problems.append(Problem(path, lines.get(next(known, ())), reason))
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header = _header(line)
        if header is not None:
            found = table = header[:4]  # no setting of ours is deeper
        elif "=" in line:
            found = table + (_keys_in(line.partition("=")[0] + "=0") or ())
        else:
            continue
        for length in range(1, len(found[:4]) + 1):
            lines.setdefault(found[:length], number)
    return lines


def _header(line: str) -> tuple[str, ...] | None:
    """The keys in a line such as `[profiles.garage]`, else None."""
    return _keys_in(line) if line.lstrip().startswith("[") else None


def _keys_in(line: str) -> tuple[str, ...] | None:
    try:
        inner: Any = tomllib.loads(line.strip())
    except ValueError:
        return None
    keys = []
    while inner:
        inner = inner[0] if isinstance(inner, list) else inner
        if not isinstance(inner, dict) or not inner:
            break
        key, inner = next(iter(inner.items()))
        keys.append(key)
    return tuple(keys) or None


# -- Writing


def save_profile(settings: Settings, profile: Profile) -> Settings:
    """Write a profile, new or known by its name, and return the settings as they then are.

    Of a built-in one only preferences can be changed. Raises `SettingsError`.
    """
    if not _NAME.fullmatch(profile.name):
        raise SettingsError(_NAME_RULE)
    checked, errors = _build(profile.name, {key: getattr(profile, key) for key in _RULES})
    if checked is None or errors:
        raise SettingsError(" ".join(error.reason for error in errors))

    def edit(text: str) -> str:
        tables = _parse(text).get("profiles", {})
        names = tables if isinstance(tables, dict) else {}
        name = next((key for key in names if key.lower() == checked.name.lower()), None)
        if name is None:
            new = _changes(checked, {})
            if not checked.builtin:
                new = {"url": checked.url, "kind": checked.kind.value} | new
            return _set(text, ("profiles", checked.name), new) if new else text
        table = names[name]
        if not isinstance(table, dict):
            raise SettingsError(f"profiles.{name} in the settings file is no table; mend it there.")
        for key, value in _changes(checked, table).items():
            text = _set(text, ("profiles", name, key), value)
        return text

    return _rewrite(settings, edit)


def delete_profile(settings: Settings, name: str) -> Settings:
    """Take an own profile out of the file; its key stays in the keyring.

    If it was the default, staging is the default again. Comments above the table stay. Raises
    `SettingsError`, also for a built-in one, and `UnknownProfile`.
    """
    profile = settings.profile(name)
    if profile.builtin:
        raise SettingsError(f"Profile {profile.name} is built in and cannot be deleted.")

    def edit(text: str) -> str:
        if settings.default_profile == profile.name:
            text = _set(text, ("default-profile",), "staging")
        return _set(text, ("profiles", profile.name), None)

    return _rewrite(settings, edit)


def set_preference(settings: Settings, name: str, value: str | None) -> Settings:
    """Write `default_profile`, `log_level` or `theme` (None: the app's own theme).

    Raises `SettingsError` for another name, and for a value that does not fit.
    """
    if name not in _PREFERENCES:
        raise SettingsError(f"There is no preference {_short(name)}.")
    try:
        value = _preference(settings, name, value)
    except _WrongValue as wrong:
        raise SettingsError(f"{_key(name)} {wrong}.") from None

    def edit(text: str) -> str:
        present = _key(name) in _parse(text)
        return _set(text, (_key(name),), value or "") if value or present else text

    return _rewrite(settings, edit)


def _changes(profile: Profile, table: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be written so that this table says what the profile says, in the file's types.

    What is there and means the same stays as the user wrote it; defaults are not spelled out.
    """
    changes = {}
    for key, name in _FIELD_OF.items():
        value = getattr(profile, name)
        if profile.builtin and name in _FIXED:
            continue
        if key in table:
            with contextlib.suppress(_WrongValue):
                if _RULES[name].read(table[key]) == value:
                    continue
        elif value == _DEFAULTS[name]:
            continue
        changes[key] = value.value if isinstance(value, Kind) else "" if value is None else value
    return changes


def _rewrite(settings: Settings, edit: Callable[[str], str]) -> Settings:
    """Edit the file's text as a whole: all of it is written or nothing."""
    path = settings.path
    try:
        source = _read(path)
        if _fingerprint(source) != settings.fingerprint:
            raise SettingsError(
                f"{visible(str(path))} was changed since it was read; "
                "read it again, then repeat the change."
            )
        text = _PREAMBLE if source is None else _decode(source)
        windows = "\r\n" in text and "\n" not in text.replace("\r\n", "")
        before = text.replace("\r\n", "\n") if windows else text
        after = edit(before)
    except _Broken as broken:
        problem = Problem(path, broken.line, broken.reason)
        raise SettingsError(f"Nothing was written; mend the file first. {problem}") from broken
    if after != before:
        mark = codecs.BOM_UTF8 if (source or b"").startswith(codecs.BOM_UTF8) else b""
        _write(path, mark + (after.replace("\n", "\r\n") if windows else after).encode())
    return load(path)


def _write(path: Path, content: bytes) -> None:
    """Replace the file in one step; a link stays one, and the file it points to is replaced."""
    import tempfile

    temporary: Path | None = None
    try:
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp gives mode 0600.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise SettingsError(
            f"{visible(str(path))} could not be written ({error.strerror or error}); "
            "it is as it was, and the change is not saved."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


# -- One change in the text. tomlkit replaces a value and keeps the comment beside it, but it puts
# -- a new key below the comment that introduces the next table, and takes that comment away with
# -- the table above it. So lines are added and removed here. Whatever way: the result is parsed,
# -- and has to be the old content with this one change, or nothing is written.


def _set(text: str, path: tuple[str, ...], value: object) -> str:
    """`text` with this value (a dict: a new table; None: nothing) under this path of keys."""
    try:
        expected = _parse(text)
        _put(expected, path, value, dict)
        for candidate in _candidates(text, path, value):
            with contextlib.suppress(_Broken):
                if _without_empty(_parse(candidate), path[0]) == _without_empty(expected, path[0]):
                    return candidate
    except (TypeError, AttributeError, LookupError, RecursionError):
        pass  # a key on the way is no table, or tables nest past all reason
    raise SettingsError(
        f"{'.'.join(path)} cannot be changed in the settings file as it stands; change it there."
    )


def _without_empty(data: dict[str, Any], key: str) -> dict[str, Any]:
    """Without a table that holds nothing: `profiles` goes with the last profile, or stays."""
    return {name: value for name, value in data.items() if name != key or value != {}}


def _candidates(text: str, path: tuple[str, ...], value: object) -> Iterator[str]:
    """Texts that may be what is wanted, the best first."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    parent: Any = _parse(text)
    for key in path[:-1]:
        parent = parent.get(key, {})
    if value is None:
        yield _without_table(text.split("\n"), path)
    elif path[-1] not in parent and isinstance(value, dict):
        yield _with_table(text, path, value)
    elif path[-1] not in parent:
        yield _with_line(text.split("\n"), path, value)
    with contextlib.suppress(TOMLKitError, ValueError):
        document = tomlkit.parse(text)
        _put(document, path, value, lambda: tomlkit.table(is_super_table=True))
        yield tomlkit.dumps(document)


def _put(data: Any, path: tuple[str, ...], value: object, new_table: Callable[[], Any]) -> None:
    for key in path[:-1]:
        if key not in data:
            data[key] = new_table()
        data = data[key]
    if value is None:
        del data[path[-1]]
    else:
        data[path[-1]] = value


def _assignment(key: str, value: object) -> str:
    import tomlkit

    return f"{key} = {tomlkit.item(value).as_string()}"


def _with_table(text: str, path: tuple[str, ...], values: Mapping[str, object]) -> str:
    lines = [f"[{'.'.join(path)}]", *(_assignment(key, values[key]) for key in values)]
    start = f"{text.rstrip()}\n\n" if text.strip() else ""
    return start + "\n".join(lines) + "\n"


def _with_line(lines: list[str], path: tuple[str, ...], value: object) -> str:
    _, end = _section(lines, path[:-1], inner=False)
    if end == 0:  # no key yet above the first table: below the comment that opens the file
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        if end < len(lines) and lines[end].strip():
            end = 0
    new = [_assignment(path[-1], value)]
    rest = lines[end:]
    if len(path) == 1 and rest and rest[0].lstrip().startswith(("[", "#")):
        new.append("")
    return "\n".join([*lines[:end], *new, *(rest or [""])])


def _without_table(lines: list[str], path: tuple[str, ...]) -> str:
    start, end = _section(lines, path, inner=True)
    while start < end < len(lines) and not lines[end].strip():
        end += 1
    return "\n".join(lines[:start] + lines[end:])


def _section(lines: list[str], path: tuple[str, ...], *, inner: bool) -> tuple[int, int]:
    """The first line of a table and the one after its last that is neither blank nor comment.

    With `inner` the tables inside it belong to it. Without such a table (0, 0); the empty path
    is what stands above the first table.
    """
    start = None if path else 0
    end = 0
    for number, line in enumerate(lines):
        header = _header(line)
        if start is None:
            if header == path:
                start, end = number, number + 1
        elif header is not None and not (inner and header[: len(path)] == path):
            break
        elif line.strip() and not line.lstrip().startswith("#"):
            end = number + 1
    return start or 0, end
