"""Which server a subcommand uses, and with which key (console/README.md 5)."""

import os
from dataclasses import replace
from typing import NamedTuple

from console.commands import prompt
from console.commands.output import complain, say
from console.connection import Connection, described, no_key
from console.keys import Key, KeyringTrouble, Keys, KeySource
from console.oioi.http.endpoint import EndpointError
from console.options import Options, UsageError
from console.settings import (
    Profile,
    Settings,
    UnknownProfile,
    load,
    profile_for,
)
from console.simulator.resuming import ResumedSessions

PROFILE_VARIABLE = "OIOI_PROFILE"
"""The environment variable that names the profile where no option chooses one."""
KEYRING_PATIENCE_S = 60.0
"""Seconds. How long a keyring may wait for its password if a person is there to type it."""


def read_settings(options: Options) -> Settings:
    """The user's settings, as the options change them. Reports what is wrong in them on stderr."""
    settings = load()
    for problem in settings.problems:
        complain(str(problem))
    return changed_by(options, settings)


def changed_by(options: Options, settings: Settings) -> Settings:
    """The settings with the options' log level, and without a history if an option says so."""
    return replace(
        settings,
        log_level=options.log_level or settings.log_level,
        history=settings.history and not options.no_history,
    )


class ProfileChoice(NamedTuple):
    """The name of the profile that was asked for, and by what: an option, or PROFILE_VARIABLE.

    Both are empty where nothing asks for one: then it is the default of the settings.
    """

    name: str | None = None
    by: str = ""


def choice_of_profile(options: Options) -> ProfileChoice:
    """What chooses the profile: an option, else the environment."""
    if options.demo:
        return ProfileChoice("demo", "--demo")
    if options.profile is not None:
        return ProfileChoice(options.profile, "--profile")
    if options.endpoint is not None:
        return ProfileChoice(None, "--endpoint")
    name = os.environ.get(PROFILE_VARIABLE, "").strip()
    return ProfileChoice(name, PROFILE_VARIABLE) if name else ProfileChoice()


def chosen_profile(options: Options, settings: Settings) -> Profile:
    """The profile that the options or the environment select.

    Raises UsageError for an unknown profile and for a URL that cannot be used.
    """
    choice = choice_of_profile(options)
    try:
        profile = profile_for(
            settings, profile=choice.name, demo=options.demo, endpoint=options.endpoint
        )
    except (UnknownProfile, EndpointError) as error:
        by = f"{PROFILE_VARIABLE}: " if choice.by == PROFILE_VARIABLE else ""
        raise UsageError(f"{by}{error}") from None
    return replace(profile, read_only=profile.read_only or options.read_only)


def keyring() -> Keys:
    """The user's keys. A locked keyring gets time for its prompt only if a person can answer it."""
    return Keys(time_limit=KEYRING_PATIENCE_S) if prompt.can_ask() else Keys()


def connected(
    profile: Profile,
    *,
    timeout_s: float | None = None,
    attempts: int | None = None,
    resumed: ResumedSessions | None = None,
) -> Connection:
    """The connection to a profile's server, with its key: the one kept, or one typed now.

    `timeout_s` and `attempts` replace the profile's values, `resumed` gives the sessions that a
    demo takes over. Raises UsageError without a key.
    """
    connection = Connection(
        profile, keyring(), timeout_s=timeout_s, attempts=attempts, resumed=resumed
    )
    trouble = ""
    try:
        connection.find_key_now()
    except KeyringTrouble as error:
        trouble = str(error)
    if connection.key is None:
        if not prompt.can_ask():
            raise UsageError(trouble or no_key(profile))
        if trouble:
            complain(trouble)
        typed = prompt.secret(f"API key for {described(profile)}, for this call only: ")
        connection.take_key(Key(typed, KeySource.THIS_RUN))
    if connection.key is None:
        raise UsageError(no_key(profile))
    if connection.key_changes:
        say(f"From the API key ({connection.key.source}): {', '.join(connection.key_changes)}.")
    return connection
