"""The known servers, the choice of one of them, and the one table of all settings.

A setting is a field of `Profile` or `Settings` made by `_setting`. Its default, its allowed values
and its words in a form are defined only there. The file, the form, the rules and the client read
`PROFILE_SETTINGS` and `PREFERENCES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from console.log_levels import LEVELS
from console.oioi.http.endpoint import (
    MAX_URL,
    PRODUCTION_URL,
    STAGING_URL,
    check_url,
    host_of,
    is_production,
)
from console.oioi.language import CUSTOMER_LANGUAGES, LANGUAGES, mark, tr
from console.oioi.redact import visible
from console.oioi.spelling import nearest
from console.settings.rules import (
    ABSOLUTE,
    WEB_ADDRESS,
    Choice,
    Flag,
    Number,
    Rule,
    Several,
    Text,
    absolute_path,
    proxy_url,
)
from console.settings.wording import short


class SettingsError(Exception):
    """A change was refused or could not be written; the text says what to do next."""


class UnknownProfile(SettingsError):
    """There is no profile of this name."""


class Kind(StrEnum):
    """How much harm a mistake on this server can do."""

    PRODUCTION = "production"
    STAGING = "staging"
    TEST = "test"


class Setting:
    """One setting: its allowed values, its words in a form, and the argument of the client it sets.

    `label`, `hint`, `group` and `example` are the form's words (no label: a form does not ask for
    it), given in English; the first three are shown by `tr`. A label ends with its unit, after a
    comma. `words` has a sentence for each word that can be chosen, if the form offers a choice.
    `client` is the argument of `OioiClient` it becomes, with a point for a member of an argument
    (`timeouts.connect_s`). `fixed`: the user cannot change it in a built-in profile. `careful` is
    used for an unreadable value if the default would be less careful.
    """

    def __init__(
        self,
        rule: Rule,
        label: str = "",
        hint: str = "",
        *,
        group: str = "",
        example: str = "",
        words: Mapping[str, str] | None = None,
        client: str = "",
        fixed: bool = False,
        careful: object = None,
    ) -> None:
        self.rule, self.label, self.hint = rule, label, hint
        self.group, self._example, self.words = group, example, words or {}
        self.client, self.fixed, self.careful = client, fixed, careful
        self.name, self.default = "", None  # the name of its field

    @property
    def example(self) -> str:
        """What a form shows where nothing is typed, in the user's language."""
        return tr(self._example) if self._example else ""

    @property
    def title(self) -> str:
        """The label without its unit, for a sentence in the user's language."""
        return tr(self.label).partition(",")[0]

    @property
    def key(self) -> str:
        """Its key in the file."""
        return key_of(self.name)


def key_of(name: str) -> str:
    """The key in the file for a field of `Profile` or `Settings`."""
    return name.replace("_", "-")


def _setting(default: Any, rule: Rule, label: str = "", hint: str = "", **more: Any) -> Any:
    """A field of a dataclass that is a setting."""
    return field(default=default, metadata={"setting": Setting(rule, label, hint, **more)})


def _settings_of(record: type) -> "dict[str, Setting]":
    """The settings among the fields of a record, by name, in the order of the fields."""
    found = {}
    for item in fields(record):
        if (setting := item.metadata.get("setting")) is not None:
            setting.name, setting.default = item.name, item.default
            found[item.name] = setting
    return found


SERVER, POSITION = mark("Server"), mark("Position")
LIMITS, NETWORK = mark("Retry and time limits"), mark("Network")
"""The groups of settings in a form."""

_YES, _NO = mark("yes"), mark("no")
"""The words of a choice; they are typed and chosen in English, and shown by `tr`."""

_KINDS = Choice({kind.value: kind for kind in Kind})


@dataclass(frozen=True, slots=True)
class Profile:
    """A server and how to use it. An empty `url` means the simulator, started in the app."""

    name: str
    # `check_url` decides about the URL, as it needs allow_http.
    url: str = _setting(
        "",
        Text(MAX_URL, pattern=WEB_ADDRESS),
        mark("URL"),
        mark(
            "The address that calls are sent to. It begins with https://, unless plain http is"
            " allowed below."
        ),
        group=SERVER,
        example="https://…/api/v4/request",
        fixed=True,
    )
    kind: Kind = _setting(
        Kind.PRODUCTION,
        _KINDS,
        mark("Kind"),
        group=SERVER,
        words={
            mark("production"): mark(
                "Real customers and stations: you are asked before each command is sent."
            ),
            mark("staging"): mark(
                "The operator's test system: a command is sent without a question."
            ),
            mark("test"): mark("A server of your own: a command is sent without a question."),
        },
        fixed=True,
    )
    read_only: bool = _setting(
        False,
        Flag(),
        mark("Read-only"),
        group=SERVER,
        words={
            _NO: mark("Reads and commands (start, stop, reserve) are sent."),
            _YES: mark("No command (start, stop, reserve) is sent, only reads such as a search."),
        },
        careful=True,
    )
    customer: str = _setting(
        "",
        Text(100),
        mark("Customer"),
        mark("The EVCO ID with which the form for a start is filled in."),
        group=SERVER,
        example=mark("EVCO ID"),
    )
    latitude: float = _setting(
        52.5167,
        Number(-90, 90, "degrees"),
        mark("Latitude, degrees"),
        mark("Where the page Stations begins to search; north is positive."),
        group=POSITION,
    )
    longitude: float = _setting(
        13.3833,
        Number(-180, 180, "degrees"),
        mark("Longitude, degrees"),
        mark("Where the page Stations begins to search; east is positive."),
        group=POSITION,
    )
    radius_km: float = _setting(
        5.0,
        Number(0.001, 20_100, "km"),
        mark("Radius, km"),
        mark("How far around this position it searches."),
        group=POSITION,
    )
    surface_search: bool = _setting(
        False,
        Flag(),
        mark("Search by area"),
        group=POSITION,
        words={
            _NO: mark("Where the server knows no search by radius, the search by area is offered."),
            _YES: mark("Where the server knows no search by radius, it is made by area at once."),
        },
    )
    """Whether a radius search that the server does not know is made by area at once."""
    attempts: int = _setting(
        5,
        Number(1, 20, whole=True),
        mark("Attempts"),
        mark("How often a call is sent at most, the first time included."),
        group=LIMITS,
        client="policy.attempts",
    )
    retry_budget_s: float = _setting(
        60.0,
        Number(0, 3600, "seconds"),
        mark("Longest wait, seconds"),
        mark("If the next attempt is due later than this, it is not waited for."),
        group=LIMITS,
        client="policy.budget_s",
    )
    connect_timeout_s: float = _setting(
        10.0,
        Number(0.1, 600, "seconds"),
        mark("Connect timeout, seconds"),
        mark("How long connecting may take, TLS included."),
        group=LIMITS,
        client="timeouts.connect_s",
    )
    read_timeout_s: float = _setting(
        30.0,
        Number(0.1, 600, "seconds"),
        mark("Read timeout, seconds"),
        mark("How long the answer to a read, such as a search, may take."),
        group=LIMITS,
        client="timeouts.read_s",
    )
    command_timeout_s: float = _setting(
        90.0,
        Number(0.1, 600, "seconds"),
        mark("Command timeout, seconds"),
        mark("How long the answer to a command, such as a start, may take."),
        group=LIMITS,
        client="timeouts.command_s",
    )
    proxy: str | None = _setting(
        None,
        Text(MAX_URL, optional=True, convert=proxy_url, pattern=WEB_ADDRESS),
        mark("Proxy"),
        mark("All calls go through this proxy. If it is empty, the proxy of the system is used."),
        group=NETWORK,
        example="http://host:port",
        client="proxy",
    )
    ca_file: str | None = _setting(
        None,
        Text(4096, optional=True, convert=absolute_path, pattern=ABSOLUTE),
        mark("CA file"),
        mark("A PEM file with certificates to trust in addition to those of the system."),
        group=NETWORK,
        example="/path/to/certificates.pem",
        client="ca_file",
    )
    allow_http: bool = _setting(
        False,
        Flag(),
        mark("Allow plain http"),
        group=NETWORK,
        words={
            _NO: mark("Only https is used; plain http only to this computer."),
            _YES: mark("The API key goes over the network unencrypted."),
        },
        client="allow_http",
        fixed=True,
    )
    builtin: bool = False
    stores_key: bool = True
    """Whether its API key may be kept in the keyring, under the profile's name."""
    redirected: bool = False
    """Whether `url` replaces the profile's own URL in this run (`--endpoint`)."""

    @property
    def demo(self) -> bool:
        """Whether this profile is the simulator started in the app."""
        return self.kind is Kind.TEST and not self.url

    @property
    def host(self) -> str:
        """The URL's host in lower case, without port and trailing dot; empty if it has none."""
        return host_of(self.url)

    @property
    def is_production(self) -> bool:
        """Whether to be as careful as on production, even with another name or kind."""
        return self.kind is Kind.PRODUCTION or is_production(self.url)

    @property
    def label(self) -> str:
        """The text of the badge: DEMO, STAGING, PRODUCTION, or the profile's own name.

        If the server is not the profile's own, it is that server's host, as the name would be
        wrong.
        """
        if is_production(self.url):
            return "PRODUCTION"
        if self.redirected:
            return self.host
        return "DEMO" if self.demo else self.name.upper()

    def with_endpoint(self, url: str) -> "Profile":
        """This profile, its key included, with another server; raises `EndpointError`.

        Plugsurfing's production makes it production. No other server makes it less careful than it
        was, because its key is at risk too.
        """
        check_url(url, allow_http=self.allow_http)
        kind = Kind.PRODUCTION if is_production(url) else self.kind
        return replace(self, url=url, kind=kind, redirected=True)


PROFILE_SETTINGS = _settings_of(Profile)
"""The settings of a profile, by name, in the order in which a form asks for them."""

PROFILE_NAME = Setting(
    Text(32),
    mark("Name"),
    mark("It is shown in the badge, and the API key is kept in the keyring under it."),
    group=SERVER,
    example=mark("letters, digits, - and _"),
)
"""What a form asks for besides the settings of a profile."""

BUILT_IN = (
    Profile("production", PRODUCTION_URL, Kind.PRODUCTION, builtin=True),
    Profile("staging", STAGING_URL, Kind.STAGING, builtin=True),
    # The simulator's customer in good standing (`simulator.customers.GOOD_STANDING`).
    Profile("demo", "", Kind.TEST, customer="DE*8PS*9DC4AB*X", builtin=True, stores_key=False),
)
_DEMO = BUILT_IN[2].name
_NAMELESS = Profile("endpoint", "", Kind.TEST, stores_key=False)
"""The profile that `--endpoint` without `--profile` is based on."""


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Something in the settings file that was not used as it is written."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        where = visible(str(self.file))
        if self.line:
            where = tr("{file}, line {line}", file=where, line=self.line)
        return f"{where}: {self.reason}"


def default_path() -> Path:
    """The path of this user's settings file on this system. Nothing is created."""
    from platformdirs import user_config_path  # 8 ms, and not needed if the path is given

    return user_config_path("oioi-console", appauthor=False) / "settings.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the file, completed with the defaults, and the problems in the file."""

    profiles: tuple[Profile, ...] = BUILT_IN
    default_profile: str = _setting(
        "staging", Text(32), hint="The profile that is used where nothing names one."
    )
    log_level: str = _setting(
        "warning",
        Choice({level: level for level in LEVELS}),
        hint="How much is written into the log.",
    )
    theme: str | None = _setting(None, Text(64, optional=True), hint="The colours of the app.")
    language: str = _setting(
        "auto",
        Choice({word: word for word in ("auto", *LANGUAGES)}),
        hint="The language of the screens; auto: that of the locale.",
    )
    customer_languages: tuple[str, ...] = _setting(
        (),
        Several(CUSTOMER_LANGUAGES),
        hint="The languages in which the sentence for the customer is shown, beside that of the"
        " screens.",
    )
    first_steps: bool = _setting(True, Flag(), hint="Whether the demo shows what there is to try.")
    slow_line: str = _setting(
        "auto",
        Choice({word: word for word in ("auto", "on", "off")}),
        hint="Whether few bytes are written to the terminal; auto: over SSH.",
    )
    history: bool = _setting(
        True, Flag(), hint="Whether exchanges are kept on the disk.", careful=False
    )
    history_exchanges: int = _setting(
        10_000, Number(1, 100_000, whole=True), hint="How many exchanges are kept at most."
    )
    history_days: float = _setting(
        90.0, Number(0.01, 36_500, "days"), hint="How many days an exchange is kept at most."
    )
    history_megabytes: int = _setting(
        256,
        Number(8, 100_000, "megabytes", whole=True),
        hint="How many megabytes the exchanges take on the disk at most.",
    )
    keymap: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The keys of the app's actions that the user has changed: keys by the name of the action. Only
    the app knows which names there are."""
    keymap_lines: Mapping[str, int] = field(default_factory=dict, hash=False, repr=False)
    """The line of each of these in the file, for what the app finds wrong with it."""
    problems: tuple[SettingsProblem, ...] = ()
    path: Path = field(default_factory=default_path)
    fingerprint: int | None = field(default=None, repr=False, compare=False)
    """The `hash` of the file's bytes, None without a file. Only valid in this process."""

    def profile(self, name: str) -> Profile:
        """The profile of this name, in upper or lower case; raises `UnknownProfile`."""
        for profile in self.profiles:
            if profile.name.lower() == name.lower():
                return profile
        known = [profile.name for profile in self.profiles]
        words = {"profile": short(name), "known": ", ".join(known)}
        if near := nearest(name.lower(), known, likeness=0.8):
            raise UnknownProfile(
                tr(
                    "There is no profile {profile} (there are {known}); is {near} meant?",
                    near=near,
                    **words,
                )
            )
        raise UnknownProfile(tr("There is no profile {profile} (there are {known}).", **words))


PREFERENCES = _settings_of(Settings)
"""The settings of the program, by name."""


def profile_for(
    settings: Settings, *, profile: str | None, demo: bool, endpoint: str | None
) -> Profile:
    """The profile that the options --profile, --demo and --endpoint select together.

    Without any of them it is the default of the settings. --demo is the simulator, even with the
    other options. --endpoint alone makes a profile `endpoint` of kind test, without a keyring
    entry; with --profile it replaces the URL of that profile and keeps its name and key. Raises
    `UnknownProfile`, and `EndpointError` for a URL that may not be called.
    """
    if demo:
        return settings.profile(_DEMO)
    if endpoint is None:
        return settings.profile(settings.default_profile if profile is None else profile)
    chosen = _NAMELESS if profile is None else settings.profile(profile)
    return chosen.with_endpoint(endpoint)
