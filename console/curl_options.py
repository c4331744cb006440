"""The options of curl for the way to a server that a profile sets."""

from console.oioi.http.endpoint import is_loopback
from console.settings import Profile


def curl_options(profile: Profile, url: str, timeout_s: float | None = None) -> tuple[str, ...]:
    """The words for curl: the proxy and the CA file of the profile that calls `url`, and the
    longest time of an attempt, in seconds.

    Without a proxy of the profile curl takes that of the environment, as this program does. Calls
    to this machine go direct. A proxy has no login: the settings refuse one.
    """
    words: list[str] = []
    if profile.proxy and not is_loopback(url):
        words += ["--proxy", profile.proxy]
    if profile.ca_file:
        words += ["--cacert", profile.ca_file]
    if timeout_s is not None:
        words += ["--max-time", f"{timeout_s:.15g}"]
    return tuple(words)
