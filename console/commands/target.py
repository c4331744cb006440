"""Which server a subcommand talks to, and with which key (design.md 5 and 7)."""

import os
from dataclasses import replace

from console.commands import prompt
from console.commands.output import complain, keep_secret, say
from console.keys import ENVIRONMENT_VARIABLE, Key, KeyringTrouble, Keys, Source
from console.oioi.http.endpoint import EndpointError
from console.options import Options, UsageError
from console.settings import (
    Profile,
    Settings,
    UnknownProfile,
    load,
    profile_for,
)
from console.simulator import DEMO_KEY

KEYRING_PATIENCE_S = 60.0
"""How long a keyring may wait for its password when somebody sits there to type it."""


def read_settings(options: Options) -> Settings:
    """The user's settings, with the options' log level; complains about what is wrong in them."""
    settings = load()
    for problem in settings.problems:
        complain(str(problem))
    return replace(settings, log_level=options.log_level or settings.log_level)


def chosen_profile(options: Options, settings: Settings) -> Profile:
    """The profile the options ask for.

    UsageError for a profile there is not and for a URL that cannot be used.
    """
    try:
        profile = profile_for(
            settings, profile=options.profile, demo=options.demo, endpoint=options.endpoint
        )
    except (UnknownProfile, EndpointError) as error:
        raise UsageError(str(error)) from None
    return replace(profile, read_only=profile.read_only or options.read_only)


def described(profile: Profile) -> str:
    """The server in a few words: its host, and the profile if it is one."""
    if profile.demo:
        return "the simulated server (profile demo)"
    return f"{profile.host} (profile {profile.name})" if profile.stores_key else profile.host


def keyring() -> Keys:
    """The user's keys. A locked keyring gets time for its prompt only where somebody can answer."""
    return Keys(time_limit=KEYRING_PATIENCE_S) if prompt.can_ask() else Keys()


def find_key(profile: Profile) -> Key:
    """The key for a profile: the environment's, the keyring's, or one typed now.

    The demo has its own and asks nobody. UsageError where there is none.
    """
    if profile.demo:
        return Key(DEMO_KEY, Source.DEMO)
    trouble = ""
    try:
        found = _stored_key(profile)
    except KeyringTrouble as error:
        found, trouble = None, str(error)
    if found is None:
        if not prompt.can_ask():
            raise UsageError(trouble or _no_key(profile))
        if trouble:
            complain(trouble)
        typed = prompt.secret(f"API key for {described(profile)}, for this call only: ")
        found = Key(typed, Source.THIS_RUN)
    return _usable(found, profile)


def _stored_key(profile: Profile) -> Key | None:
    """The environment's or the keyring's key; a server without a profile has none in the latter."""
    if profile.stores_key or os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        return keyring().get_now(profile.name)
    return None


def _usable(key: Key, profile: Profile) -> Key:
    """The key without what was pasted around it, known from here on as a secret."""
    from console.oioi.identifiers.secrets_text import clean_api_key  # 4 ms; the app never does

    keep_secret(key.value)
    value, changes = clean_api_key(key.value)
    if not value:
        raise UsageError(_no_key(profile))
    keep_secret(value)
    if changes:
        say(f"From the API key ({key.source}): {', '.join(changes)}.")
    return replace(key, value=value)


def _no_key(profile: Profile) -> str:
    if profile.stores_key:
        way = f"store one with oioi-console key set --profile {profile.name}"
    else:
        way = "name a --profile whose key was stored with oioi-console key set"
    return f"There is no API key for {described(profile)}: set {ENVIRONMENT_VARIABLE}, or {way}."
