"""Masking secrets in big answers: clean ones, and ones made to be slow, against `json.loads`.

    python -m tests.benchmarks.bench_redact [--megabytes N]

Prints a line for each body: the processor time of `Redactor.body` for it, and for twice as much of
it as a multiple, which is 2 where time is in proportion to length; and for what can be read as
JSON the ratio to `json.loads`. Nothing may be above 3.
"""

import argparse
import json
import time
from collections.abc import Callable

from console.oioi.redact import Redactor

KEY = "a39ff3fb-fe0a-4c11-9d35-3d7f2a917c88"
STATION = {
    "id": 7,
    "name": "S{}ule Franz{}sische Stra{}e",
    "latitude": 52.516123,
    "longitude": 13.322554,
    "address": {"street": "Stra{}e", "number": "12", "city": "B{}rlin", "zip": "10117"},
    "connectors": [{"id": "DE*DEM*E100008*1", "name": "Typ{} 2", "status": "Available"}] * 2,
}
LINKED = {
    **STATION,
    "uuid": "0b0e1a5c-6f0d-4a53-9a51-72f4a1e0c1d2",
    "url": "https://stations.example/pictures/of/stations/1234567890.jpg",
}
PLAIN = json.dumps(STATION).replace("{}", "a") + ","
ESCAPED = json.dumps(STATION).replace("{}", "\\u00e4") + ","
BODIES: dict[str, tuple[str, str, str]] = {
    "stations": ("[", PLAIN, "1]"),
    "stations, each with a UUID and a URL": ("[", json.dumps(LINKED) + ",", "1]"),
    "stations, each text with an escape": ("[", ESCAPED, "1]"),
    "a name of - and _": ('{"t', "-_", '": 1}'),
    "names of - and _": ("{", '"t-_-_-_": 1,', '"x": 1}'),
    "backslashes": ('["', "\\\\", '"]'),
    "percent signs of percent signs": ('["%', "25", '"]'),
    "a text of escapes": ('["', "%41", '"]'),
    "secret members": ("[", '{"token": "a"},', "1]"),
    "secret members that never end": ("", '"token":"', ""),
    "members that are places in a list": ('{"12":1', ',"7": "a"', "}"),
    "tags": ('"', "<b>a</b", '>"'),
    "tags that never end": ('">', "<", '"'),
    "a tag that never ends": ('"><', "b", '"'),
    "the half of a key and blanks": ('["', KEY[:24] + " " * 1000, '"]'),
    "the end of a key": ('["', KEY[12:] + " ", '"]'),
    "a key of one character each": ('["', '","'.join(KEY) + '","', '"]'),
    "the first half of a key": ('["', KEY[:20] + " ", '"]'),
}


def seconds(work: Callable[[], object]) -> float:
    """The processor time of the best of three."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=5)
    size = parser.parse_args().megabytes * 1_000_000
    redactor = Redactor((KEY,))
    for name, (begin, middle, end) in BODIES.items():
        once, twice = (
            (begin + middle * (times * size // len(middle)) + end).encode() for times in (1, 2)
        )
        took = seconds(lambda data=once: redactor.body(data))  # type: ignore[misc]
        took_twice = seconds(lambda data=twice: redactor.body(data))  # type: ignore[misc]
        line = f"{name:36} {took * 1000:8.1f} ms, twice as long: {took_twice / took:.1f}"
        try:
            json.loads(once)
        except ValueError:
            print(line)
        else:
            loads = seconds(lambda data=once: json.loads(data))  # type: ignore[misc]
            print(f"{line}, json.loads: {took / loads:.2f}")


if __name__ == "__main__":
    main()
