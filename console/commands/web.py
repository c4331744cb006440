"""`oioi-console web`: the app in a browser on this machine."""

from __future__ import annotations

import os
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

from console.command_line import PROFILE_OPTIONS, Command, Option
from console.commands.output import complain, out, say
from console.exit_status import ExitStatus
from console.option_reading import whole_number
from console.options import PRESENTER, Arguments, Options, UsageError

if TYPE_CHECKING:
    from console.web.server import WebServer

LOOPBACK = "127.0.0.1"
NOT_INSTALLED = (
    "The app in a browser needs two packages more:"
    " pip install 'oioi-console[web]' (pipx and uv tool install take the same name; in a checkout:"
    " pip install '.[web]')."
)


COMMAND = Command(
    "web",
    """\
Open the app in a browser on this machine, until Ctrl+C.

The link is printed on standard output, alone on its line. Each tab runs an app of its own; closing
it ends the app, and what is open at a station stays on Sessions.

It needs the extra `web`: pip install 'oioi-console[web]'.""",
    options=(
        Option("--port", "the port; 0 takes a free one", "N", whole_number(0, 65535), 0),
        Option("--open", "open the link in your browser"),
        Option("--host", "listen on another address; needs --yes", "ADDRESS", default=LOOPBACK),
        Option("--yes", "let other machines in, without TLS"),
        PRESENTER,
    ),
    profile_options=PROFILE_OPTIONS,
    examples=("oioi-console web --demo --open",),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Serve until SIGINT or SIGTERM."""
    if words:
        raise UsageError("web takes options only; use --port N for the port.")
    if find_spec("textual_serve") is None or find_spec("aiohttp") is None:
        raise UsageError(NOT_INSTALLED)
    from console.web.admission import is_loopback

    is_open = not is_loopback(arguments.host)
    if is_open and not arguments.yes:
        raise UsageError(
            f"--host {arguments.host} lets other machines in without TLS, and whoever has the link"
            " sends with your API key; add --yes if that is meant."
        )
    _check_profile(options)
    # 250 ms, with aiohttp; --help does not need them.
    import asyncio

    from console.web.server import CannotListen, WebServer, serve
    from console.web.visitor import app_command

    server = WebServer(app_command(words_of(options)), host=arguments.host, port=arguments.port)

    def ready(server: WebServer) -> None:
        _ready(server, is_open=is_open, opens=arguments.open)

    try:
        asyncio.run(serve(server, ready))
    except CannotListen as error:
        complain(str(error))
        return ExitStatus.NOT_GOOD
    return ExitStatus.SUCCESS


def words_of(options: Options) -> list[str]:
    """The profile options, and `--presenter`, as words of a command line."""
    words = []
    for name, value in options._asdict().items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value:
            words.append(f"{flag}={value}")
    return words


def _check_profile(options: Options) -> None:
    """Raise UsageError now for what every visitor would be told."""
    from console.commands.target import chosen_profile, read_settings

    chosen_profile(options, read_settings(options))


def _ready(server: WebServer, *, is_open: bool, opens: bool) -> None:
    out(server.url)
    say("The app runs at this link, once for each tab; Ctrl+C ends it.")
    if is_open:
        complain(
            "There is no TLS: whoever has the link, or reads along on the way, sends with your"
            " API key."
        )
    if opens:
        _open(server.url_for_once())


def _open(url: str) -> None:
    """Show the link in the user's browser; one in the terminal could not run the page."""
    has_desktop = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if not has_desktop and sys.platform not in ("win32", "darwin"):
        say("There is no desktop here with a browser; open the link where there is one.")
        return
    import webbrowser  # 10 ms

    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
