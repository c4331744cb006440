"""The client of a profile: the only place where a profile becomes what an OioiClient takes."""

from typing import TYPE_CHECKING

from console.settings import Profile

if TYPE_CHECKING:
    from console.oioi.http.client import OioiClient, Timeouts


def client_for(
    profile: Profile,
    key: str,
    *,
    url: str | None = None,
    timeout_s: float | None = None,
    attempts: int | None = None,
) -> "OioiClient":
    """A client with the profile's timeouts, retries, CA file and proxy, and this API key.

    `url` stands in for the profile's, which a demo has none of. `timeout_s` is what an attempt
    may take in all, in place of the profile's times to read; `attempts` is in place of the
    profile's. Raises EndpointError for a URL, key or proxy that cannot be used.
    """
    from console.oioi.http.client import OioiClient  # httpx takes 80 ms, and usage comes first
    from console.oioi.http.retry import RetryPolicy

    return OioiClient(
        profile.url if url is None else url,
        key,
        timeouts=_timeouts(profile, timeout_s),
        policy=RetryPolicy(attempts or profile.attempts, budget_s=profile.retry_budget_s),
        ca_file=profile.ca_file,
        proxy=profile.proxy,
        allow_http=profile.allow_http,
    )


def _timeouts(profile: Profile, in_all_s: float | None) -> "Timeouts":
    """The profile's timeouts, or what is left of them when an attempt has to be over by then."""
    from console.oioi.http.client import Timeouts

    if in_all_s is None:
        return Timeouts(
            connect_s=profile.connect_timeout_s,
            read_s=profile.read_timeout_s,
            command_s=profile.command_timeout_s,
        )
    return Timeouts(
        connect_s=min(profile.connect_timeout_s, in_all_s),
        read_s=in_all_s,
        command_s=in_all_s,
        total_extra_s=0.0,
    )
