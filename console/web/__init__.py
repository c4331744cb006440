"""The app in a browser: a small server on this machine, and one process of the app a visitor.

`admission` decides who is let in, `visitor` runs a process, `server` is the web server. Only this
room imports aiohttp and textual-serve, which the extra `web` installs; this module needs neither.
"""

from collections.abc import Mapping

IN_BROWSER = "OIOI_CONSOLE_IN_BROWSER"
"""The environment variable that tells a process of the app that a browser is its terminal."""


def is_in_browser(environment: Mapping[str, str]) -> bool:
    """Whether this process is one that `oioi-console web` has started for a visitor."""
    return environment.get(IN_BROWSER) == "1"
