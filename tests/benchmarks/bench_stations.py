"""Decoding big answers: `decode_stations` against `json.loads` of the same bytes.

    python -m tests.benchmarks.bench_stations [--stations N] [--repeat N]

Prints a line for each shape: size, both medians and their ratio; the aim is a ratio of 0.65 or
less for stations written as the pages write them (only ratios hold on other machines).
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from console.oioi.stations import StationList, decode_stations

CALL = "station-get-by-center-radius"
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


def decode(body: bytes) -> StationList:
    return decode_stations(body, CALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stations", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    for make in (surface, brief, detail, strange):
        stations = [make(number) for number in range(arguments.stations)]
        body = json.dumps({"stations": stations}, ensure_ascii=False).encode()
        del stations
        assert not decode(body).issues
        plain = median(json.loads, body, arguments.repeat)
        ours = median(decode, body, arguments.repeat)
        verdict = "" if ours <= AIM * plain else f"  above {AIM}"
        print(
            f"{make.__name__:8} {len(body) / 1e6:6.1f} MB  json.loads {plain * 1000:6.0f} ms  "
            f"decode_stations {ours * 1000:6.0f} ms  ratio {ours / plain:.2f}{verdict}"
        )


if __name__ == "__main__":
    main()
