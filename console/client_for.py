"""The client of a profile: the only place where a profile becomes what an OioiClient takes."""

from dataclasses import replace
from typing import Any

from console import oioi
from console.settings import PROFILE_SETTINGS, Profile


def client_for(
    profile: Profile,
    key: str,
    *,
    url: str | None = None,
    timeout_s: float | None = None,
    attempts: int | None = None,
) -> "oioi.OioiClient":
    """A client with the profile's timeouts, retries, CA file and proxy, and this API key.

    `url` stands in for the profile's, which a demo has none of. `timeout_s` is what an attempt
    may take in all, in place of the profile's times to read; `attempts` is in place of the
    profile's. Raises EndpointError for a URL, key or proxy that cannot be used.
    """
    given = client_arguments(profile)
    timeouts = oioi.Timeouts(**given.pop("timeouts"))
    policy = oioi.RetryPolicy(**given.pop("policy"))
    if timeout_s is not None:
        timeouts = timeouts.in_all(timeout_s)
    if attempts is not None:
        policy = replace(policy, attempts=attempts)
    return oioi.OioiClient(
        profile.url if url is None else url, key, timeouts=timeouts, policy=policy, **given
    )


def client_arguments(profile: Profile) -> dict[str, Any]:
    """What the settings of a profile come to as arguments of `OioiClient`.

    `timeouts` and `policy` are still the members of what they become.
    """
    arguments: dict[str, Any] = {"timeouts": {}, "policy": {}}
    for name, setting in PROFILE_SETTINGS.items():
        if setting.client:
            group, _, argument = setting.client.rpartition(".")
            into = arguments[group] if group else arguments
            into[argument] = getattr(profile, name)
    return arguments
