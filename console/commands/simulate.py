"""`oioi-console simulate`: runs only the simulated OIOI server, for any client."""

from console.command_line import Command, Option
from console.commands.output import complain, out, say
from console.exit_status import ExitStatus
from console.option_reading import whole_number
from console.options import Arguments, Options, UsageError

COMMAND = Command(
    "simulate",
    """\
Run a simulated OIOI server on this machine until Ctrl+C.

Its address is printed on standard output, alone on its line. With --list, print the identifiers
that make it fail, and end.""",
    options=(
        Option("--port", "the port; 0 takes a free one", "N", whole_number(0, 65535), 0),
        Option("--stations", "how many there are", "N", whole_number(1, 100_000), 360),
        Option(
            "--seed",
            "the same seed gives the same world",
            "N",
            whole_number(-(10**17), 10**17),
            1,
        ),
        Option("--list", "print the magic identifiers and end"),
        Option("--json", "with --list: print one JSON array"),
    ),
    examples=("oioi-console simulate --stations 50",),
)


CARD = '{"rfid": "04523022AA4881"}'
"""A card that the simulated world knows, for the examples."""


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Serve until SIGINT or SIGTERM, or print the list."""
    if words:
        raise UsageError("simulate takes options only; use --port N for the port.")
    if arguments.list:
        _list(as_json=arguments.json)
        return ExitStatus.SUCCESS
    if arguments.json:
        raise UsageError("--json goes with --list only.")
    # 200 ms, with starlette and uvicorn; --help does not need them.
    from console.simulator.server import PortTaken, run_forever
    from console.simulator.world import World

    world = World(seed=arguments.seed, stations=arguments.stations)
    try:
        run_forever(world, arguments.port, _ready)
    except PortTaken as error:
        complain(str(error))
        return ExitStatus.NOT_GOOD
    return ExitStatus.SUCCESS


def _list(*, as_json: bool) -> None:
    """Print the magic identifiers."""
    from console.commands import magic_words  # 40 ms, with the explanations

    if as_json:
        from console.commands.json_output import out_json  # `json` is not needed else

        out_json(magic_words.as_json())
    else:
        out(magic_words.in_words())


def _ready(url: str) -> None:
    out(url)
    say(
        "A simulated OIOI server runs at this address; any key is accepted, Ctrl+C ends it. Try:\n"
        f"  OIOI_API_KEY=any oioi-console send rfid-verify '{CARD}' --endpoint {url}\n"
        "  curl -H 'Authorization: key=any' -H 'Content-Type: application/json'"
        f" -d '{{\"rfid-verify\": {CARD}}}' {url}"
    )
