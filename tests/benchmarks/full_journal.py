"""A journal with many exchanges of 100 KB, made once in the temporary folder for the benchmarks.

python -m tests.benchmarks.full_journal [EXCHANGES]
"""

import json
import random
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.journal import Journal, Limits, history
from console.journal.codec import pack
from console.journal.history import ExchangeRow
from console.journal.subject import subject_of
from console.oioi.calls import RfidVerify, StationSearch
from console.oioi.http.attempt import Body, BodyKind
from console.oioi.http.exchange import Exchange
from tests.journal_fixtures import BENCH, finished
from tests.kept_exchanges import UNKNOWN_CARD, exchange_of

SIZE = 100_000
"""Bytes of an answer."""

SEARCH = StationSearch(52.5167, 13.3833, 100)
STREETS = (
    "Hauptstraße",
    "Gendarmenmarkt",
    "Friedrichstraße",
    "Südwall",
    "Königsallee",
    "Torstraße",
)
CITIES = ("Berlin", "München", "Hamburg", "Köln", "Stuttgart", "Geldern", "Leipzig")
STATES = ("Available", "Occupied", "Offline")

AT_ONCE = 100
"""Exchanges written in one transaction."""

WIDE = Limits(exchanges=10**6, days=10**4, bytes=1 << 40)
"""Limits that nothing reaches."""


def station(chance: random.Random) -> dict[str, Any]:
    """A station as a server lists it, with two connectors."""
    number = chance.randrange(10**6)
    return {
        "id": number,
        "name": f"{chance.choice(STREETS)} {chance.randrange(200)}",
        "address": {"street": chance.choice(STREETS), "city": chance.choice(CITIES)},
        "latitude": round(chance.uniform(47, 55), 6),
        "longitude": round(chance.uniform(6, 15), 6),
        "operator-company-id": chance.randrange(1000),
        "connectors": [
            {
                "id": number * 10 + each,
                "external-id": f"DE*ABC*E{chance.randrange(10**6):06}*{each}",
                "name": "Type2",
                "speed": 22000,
                "status": chance.choice(STATES),
                "last-dynamic-change": f"2026-11-{chance.randrange(1, 27):02}T10:00:00Z",
            }
            for each in range(2)
        ],
    }


def pool_of(chance: random.Random) -> list[bytes]:
    """Stations to make answers of."""
    return [json.dumps(station(chance), ensure_ascii=False).encode() for _ in range(20_000)]


def answer_of(chance: random.Random, pool: list[bytes], marker: str, at: datetime) -> Exchange:
    """An answered search: a list of stations of 100 KB, one of them with the marker as its name."""
    picked = chance.sample(pool, SIZE // len(pool[0]))
    first = json.dumps(station(chance) | {"name": marker}, ensure_ascii=False).encode()
    data = b'{"stations": [' + b",".join([first, *picked]) + b'], "result": {"code": 0}}'
    template = finished(SEARCH, at=at)
    (attempt,) = template.attempts
    assert attempt.answer is not None
    answer = replace(attempt.answer, body=Body(BodyKind.JSON, data, data))
    return replace(template, attempts=(replace(attempt, answer=answer),))


def noise_of(chance: random.Random, number: int, at: datetime) -> tuple[RfidVerify, Exchange]:
    """A card of a hundred, with an answer of 100 KB of which zlib saves no more than a half."""
    card = RfidVerify(f"{number % 100:08X}")
    answer = {"signature": chance.randbytes(SIZE // 2).hex(), **UNKNOWN_CARD}
    return card, exchange_of(card, answer, status=404, at=at)


def fill(path: Path, number: int, *, is_noise: bool = False) -> None:
    """Write the exchanges: searches with their lists, and one in fifty a card that is refused."""
    chance = random.Random(7)
    pool, begun = pool_of(random.Random(1)), datetime.now(UTC) - timedelta(days=30)
    journal = Journal(path, limits=WIDE)
    for start in range(0, number, AT_ONCE):
        made: list[tuple[ExchangeRow, Any]] = []
        for each in range(start, min(start + AT_ONCE, number)):
            at = begun + timedelta(minutes=4 * each)
            exchange, subject = answer_of(chance, pool, f"Marker{each:05}", at), subject_of(SEARCH)
            if is_noise:
                card, exchange = noise_of(chance, each, at)
                subject = subject_of(card)
            elif each % 50 == 0:
                card = RfidVerify(f"{each:08X}")
                exchange = exchange_of(card, UNKNOWN_CARD, status=404, at=at)
                subject = subject_of(card)
            made.append((ExchangeRow(BENCH, subject, None, exchange), pack(exchange)))

        def write(connection: Any, made: list[tuple[ExchangeRow, Any]] = made) -> None:
            for row, packed in made:
                history.insert(connection, row, packed, None)

        journal.do(write).result()
    journal.close(within_s=60)


def home_of(number: int, *, is_noise: bool = False) -> Path:
    """The folder with the journal of this many exchanges, made if it is not there."""
    home = Path(tempfile.gettempdir()) / f"oioi-{'noise' if is_noise else 'full'}-{number}"
    path = home / "data" / "oioi-console" / "journal.sqlite3"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"Filling {home}, once…", flush=True)
        making = path.with_name("making.sqlite3")
        making.unlink(missing_ok=True)
        fill(making, number, is_noise=is_noise)
        making.rename(path)
    return home


if __name__ == "__main__":
    print(home_of(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
