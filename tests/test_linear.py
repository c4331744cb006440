"""What a stranger writes takes time in proportion to its length, whatever stands in it."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from console.journal.shell_words import NoWords, shells_for
from console.oioi import tolerant
from console.oioi.http.bodies import read_body, read_part
from console.oioi.redact import Redactor
from console.oioi.stations.power import read_power
from console.oioi.stations.prices import read_amount
from screens.widgets.json_lines import tokens

BYTES = 6_000
SLACK_S = 0.001
"""Below this a measurement says nothing."""

REDACTOR = Redactor(("5f0c8a52-71de-4a4b-9d35-3d7f2a917c88",))

BODIES = {
    "a text of quotes that is not closed": (b'["', b'\\"'),
    "a member of quotes that is not closed": (b'{"a":"', b'\\"x'),
    "JSON in a text, cut off": (b'"{\\"a\\":\\"', b'\\\\\\"'),
    "quotes": (b"[", b'"'),
    "texts without a comma": (b"[", b'"a"'),
    "backslashes": (b'["', b"\\\\"),
    "half pairs": (b'["', b"\\ud800"),
    "zeros": (b"[", b"00"),
    "numbers with zeros": (b"[", b"00,"),
    "objects that begin": (b"", b'{"'),
    "objects with a result": (b"", b'{"result":1}'),
    "braces and blanks": (b"", b"{ \t"),
    "comments": (b"", b"<!--"),
    "secrets without an end": (b"[", b'"token":"'),
    "secrets in JSON in a text": (b'["', b'\\"token\\":\\"'),
    "a secret of escaped quotes": (b'["{\\"token\\":\\"', b'\\"'),
    "a secret of backslashes as in a URL": (b"'token':'", b"%255c"),
    "a secret of backslashes as in a page": (b"'token':'", b"&amp;#92;"),
    "a secret in a URL": (b"%22token%22:%22", b"%255c"),
    "a secret in a page": (b"&quot;token&quot;:&quot;", b"&amp;#92;"),
    "elements of a secret": (b"", b"<token "),
    "identifiers": (b'{"identifier-type":"token",', b'"identifier":"'),
    "dashes in a name": (b'{"', b"-_"),
    "escapes of escapes": (b"", b"%25"),
    "quoted-printable": (b"token=", b"=3D"),
}


def _grows(read: Callable[[int], Callable[[], object]]) -> float:
    """How many times as long it takes for twice as much; CPU time, so that nobody else counts."""

    def best(length: int) -> float:
        work = read(length)
        times = []
        for _ in range(3):
            began = time.process_time()
            work()
            times.append(time.process_time() - began)
        return min(times) + SLACK_S

    return min(best(2 * BYTES) / best(BYTES) for _ in range(2))


@pytest.mark.parametrize("shape", BODIES)
@pytest.mark.parametrize("read", [read_body, read_part])
def test_a_body_of_twice_the_length_takes_twice_the_time(
    read: Callable[[bytes, Redactor], object], shape: str
) -> None:
    begin, unit = BODIES[shape]

    def of(length: int) -> Callable[[], object]:
        body = begin + unit * (length // len(unit))
        return lambda: read(body, REDACTOR)

    assert _grows(of) < 3


TEXTS = {
    "blanks": ("1", " ", "!"),
    "blanks in a word": ("x", " ", "x"),
    "digits": ("", "1", "x"),
    "thousands": ("1", ",000", "x"),
    "points": ("1", ".", "1x"),
    "quotes": ('"', '\\"', ""),
    "quotes of a name": ('"', '"', ""),
}


@pytest.mark.parametrize("shape", TEXTS)
@pytest.mark.parametrize(
    "read", [tolerant.moment, tolerant.number, read_power, read_amount, tokens]
)
def test_a_text_of_twice_the_length_takes_twice_the_time(
    read: Callable[[str], object], shape: str
) -> None:
    begin, unit, end = TEXTS[shape]

    def of(length: int) -> Callable[[], object]:
        text = begin + unit * (length // len(unit)) + end
        return lambda: getattr(read, "__wrapped__", read)(text)  # no cache

    assert _grows(of) < 3


COMMANDS = ["@'\n", "'\n'@ @'\n", "`\n", "('a'+", '""', '^"', "$'", "> "]


@pytest.mark.parametrize("unit", COMMANDS)
@pytest.mark.parametrize("shell", [0, 1, 2])
def test_a_command_line_of_twice_the_length_takes_twice_the_time(unit: str, shell: int) -> None:
    def of(length: int) -> Callable[[], object]:
        text = "curl -d " + unit * (length // len(unit))

        def words() -> None:
            with suppress(NoWords):
                [*shells_for("")][shell](text)

        return words

    assert _grows(of) < 3
