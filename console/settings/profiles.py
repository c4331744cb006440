"""The servers there are, and which of them is meant."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from console.oioi.http.endpoint import (
    PRODUCTION_URL,
    STAGING_URL,
    check_url,
    host_of,
    is_production,
)
from console.oioi.redact import visible
from console.settings.wording import nearest, short


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
    surface_search: bool = False
    """Whether a radius search the server does not know is at once made by area instead."""
    builtin: bool = False
    stores_key: bool = True
    """Whether the keyring is the place for its API key, under its name."""
    redirected: bool = False
    """Whether `url` stands in for the profile's own, for this run (`--endpoint`)."""

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
        """Whether to be as careful as on production, whatever name and kind say."""
        return self.kind is Kind.PRODUCTION or is_production(self.url)

    @property
    def label(self) -> str:
        """The text of the badge: DEMO, STAGING, PRODUCTION, or the profile's own name.

        With another server than the profile's own it is that server's host: the name would lie.
        """
        if is_production(self.url):
            return "PRODUCTION"
        if self.redirected:
            return self.host
        return "DEMO" if self.demo else self.name.upper()

    def with_endpoint(self, url: str) -> "Profile":
        """This profile, its key included, with another server; raises `EndpointError`.

        Plugsurfing's production makes it production; no other server makes it less than it was,
        since what is at stake is its key too.
        """
        check_url(url, allow_http=self.allow_http)
        kind = Kind.PRODUCTION if is_production(url) else self.kind
        return replace(self, url=url, kind=kind, redirected=True)


BUILT_IN = (
    Profile("production", PRODUCTION_URL, Kind.PRODUCTION, builtin=True),
    Profile("staging", STAGING_URL, Kind.STAGING, builtin=True),
    Profile("demo", "", Kind.TEST, builtin=True, stores_key=False),
)
_DEMO = BUILT_IN[2].name
_NAMELESS = Profile("endpoint", "", Kind.TEST, stores_key=False)
"""What `--endpoint` alone is put into."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the settings file that was not used as it stands."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        where = visible(str(self.file))
        if self.line:
            where = f"{where}, line {self.line}"
        return f"{where}: {self.reason}"


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
        near = nearest(name, known)
        advice = f"; is {near} meant?" if near else "."
        raise UnknownProfile(
            f"There is no profile {short(name)} (there are {', '.join(known)}){advice}"
        )


def profile_for(
    settings: Settings, *, profile: str | None, demo: bool, endpoint: str | None
) -> Profile:
    """The profile that the options --profile, --demo and --endpoint ask for together.

    Without any of them it is the default of the settings. --demo is the simulator, whatever else
    is given. --endpoint alone makes a profile `endpoint` of kind test, without a keyring entry;
    with --profile it replaces that one's URL and leaves it name and key. Raises `UnknownProfile`,
    and `EndpointError` for a URL that may not be called.
    """
    if demo:
        return settings.profile(_DEMO)
    if endpoint is None:
        return settings.profile(settings.default_profile if profile is None else profile)
    chosen = _NAMELESS if profile is None else settings.profile(profile)
    return chosen.with_endpoint(endpoint)
