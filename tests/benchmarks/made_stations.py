"""Stations as servers write them, and a server that answers with many of them.

    python -m tests.benchmarks.made_stations KIND COUNT

Prints its port, the length of the long answer, and the processor time of `json.loads` of it in
seconds; the first search is answered with a few stations, each other one with all.
"""

import asyncio
import contextlib
import json
import sys
import time
from typing import Any

from tests.benchmarks.notes import give_way

FEW = 20
"""Stations of the first answer, so that what is only done once is done."""


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


def spread(kind: str, number: int) -> dict[str, Any]:
    """A station of a kind, each at another place and of another name."""
    made: dict[str, Any] = {"brief": brief, "detail": detail}[kind](number)
    made["name"] = f"{'ASDFGHJKLM'[number % 10]}-Straße {number * 7919 % 100_003}"
    made["latitude"] = 51.5 + (number * 7919 % 100_003) / 1e5
    return made


def _answer(listed: list[dict[str, Any]]) -> bytes:
    return json.dumps({"stations": listed, "result": {"code": 0}}, ensure_ascii=False).encode()


async def serve(kind: str, count: int) -> None:
    """Answer until the end of the process."""
    listed = [spread(kind, number) for number in range(count)]
    long, few = _answer(listed), _answer(listed[:FEW])
    del listed
    first = [few]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                asked = await reader.readexactly(length)
                is_search = b"by-center-radius" in asked
                body = (first.pop() if first else long) if is_search else few
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], len(long), _seconds_of_json(long), flush=True)
    await server.serve_forever()


def _seconds_of_json(body: bytes) -> float:
    start = time.process_time()
    json.loads(body)
    return time.process_time() - start


if __name__ == "__main__":
    give_way(2)
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
