"""Reading big answers: what the client does with their bytes, against `json.loads` of them.

    python -m tests.benchmarks.bench_stations [--stations N] [--repeat N]

Prints a line for each shape: its size, the median of `json.loads`, and as multiples of that the
medians of `read_whole`, which is all from the bytes to the stations (encoding, JSON, secrets, what
the judgement looks at, stations), and of the stations alone in the bytes it hands on. The aim for
these is 0.65 or less for stations written as the pages write them (only ratios hold on other
machines).
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from console.oioi.calls import StationSearch
from console.oioi.http.read_whole import read_whole
from console.oioi.redact import Redactor
from console.oioi.stations import StationList, decode_stations

CALL = StationSearch(52.5, 13.4, 5)
KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
AIM = 0.65


def surface(number: int) -> dict[str, Any]:
    """A station as a search returns it."""
    return {
        "id": number,
        "name": f"Parkhaus Südwall {number}",
        "latitude": 51.516123,
        "longitude": 6.322554,
        "dynamic-status-summary": "Available",
        "owner-type": None,
        "last-static-change": "2018-01-13T18:07:23+01:00",
        "connector-statuses": {str(number * 10): "Available", str(number * 10 + 1): "Occupied"},
    }


def brief(number: int) -> dict[str, Any]:
    """Some 500 bytes of the detail shape: what a small operator fills in."""
    return {
        "id": number,
        "name": f"Parkhaus Südwall {number}",
        "address": {"street": "Südwall", "street-number": "32", "city": "Geldern", "zip": "47608"},
        "latitude": 51.516123,
        "longitude": 6.322554,
        "operator-company-id": 715,
        "has-dynamic-info": True,
        "connectors": [connector(number * 10), connector(number * 10 + 1)],
    }


def connector(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "status": "Available",
        "name": "Type2",
        "speed": "22.2kW",
        "external-id": f"DE*123*E{number:08}",
    }


def detail(number: int) -> dict[str, Any]:
    """The detail shape in full."""
    flags = ("free-charge", "plugin-charge", "roofed", "reservable", "validated", "private")
    prices = {
        "starting-fee": "0.00",
        "charging-per-hour": "0.00",
        "parking-per-hour": "1.10",
        "charging-per-kwh": "0.36",
        "currency": "EUR",
    }
    more = {"mode": "Mode3", "last-change": "2018-01-13T18:07:23+01:00", "prices": prices}
    return brief(number) | {
        "contact": {"email": None, "web": "www.example.com", "phone": None, "fax": None},
        "floor-level": None,
        "last-static-change": "2018-01-13T18:07:23+01:00",
        "last-dynamic-change": "2018-01-13T18:07:23+01:00",
        "description": None,
        "open-hour-notes": [{"times": ["07:30", "20:00"], "days": ["Mo", "Fr"]}],
        "total-parking": 1,
        "notes": "",
        **{f"is-{name}": False for name in flags},
        "is-open-24": False,
        "dynamic-status-summary": "AVAILABLE",
        "service-providers": [715, 1224],
        "connectors": [connector(number * 10 + n) | more for n in range(2)],
        "prices": None,
    }


def strange(number: int) -> dict[str, Any]:
    """Detail with a member nobody knows in each station: the way over Python."""
    return detail(number) | {"loyalty-points": number}


def median(decode: Callable[[bytes], Any], body: bytes, repeat: int) -> float:
    """Seconds, with the garbage of the run before collected first."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        result = decode(body)
        times.append(time.perf_counter() - start)
        del result
    return statistics.median(times)


def read(body: bytes) -> StationList:
    _, data = read_whole(body, CALL, Redactor((KEY,)))
    assert data is not None
    found: StationList = data[0]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stations", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    for make in (surface, brief, detail, strange):
        stations = [make(number) for number in range(arguments.stations)]
        body = json.dumps({"stations": stations}, ensure_ascii=False).encode()
        del stations
        assert not read(body).issues
        plain = median(json.loads, body, arguments.repeat)
        whole = median(read, body, arguments.repeat) / plain
        handed_on, _ = read_whole(body, CALL, Redactor((KEY,)))
        alone = median(
            lambda json: decode_stations(json, CALL.key), handed_on.json, arguments.repeat
        )
        verdict = "" if alone <= AIM * plain else f"  above {AIM}"
        print(
            f"{make.__name__:8} {len(body) / 1e6:6.1f} MB  json.loads {plain * 1000:6.0f} ms  "
            f"read_whole {whole:.2f}  of which stations {alone / plain:.2f}{verdict}"
        )


if __name__ == "__main__":
    main()
