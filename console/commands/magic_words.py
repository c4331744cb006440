"""The magic identifiers of the simulated server, for `simulate --list`."""

from collections.abc import Iterator, Sequence
from typing import Any

from console.commands.columns import aligned
from console.simulator.faults import GROUPS, STAGING_CARDS, Fault

COLUMNS = ("EVSE ID", "card", "latitude", "shown as", "what happens")
KINDS = ("evse-id", "uid", "latitude")
"""The kinds of identifiers in the first columns. The others follow from the number of a fault."""

ABOUT = """\
A call with one of these gets that answer: an EVSE ID in a start, stop or reservation, a card in a
lookup, a search around that latitude. Each of `shown as` is explained by oioi-console explain."""

OTHERS = """\
A contract, a user name and a station of the same number do it too, and a key for the codes about
keys: 193 is also DE*SIM*000193*2, 000193@sim.example and station 900193. --json has them all.
Nothing fails for the contract DE*8PS*9DC4AB*X and the card 04523022AA4881."""

CARDS = "Cards of the protocol's documentation"


def in_words() -> str:
    """All of them in tables, a group of faults each."""
    parts = [ABOUT]
    for title, faults in GROUPS.items():
        parts.append(_table(title, [_row(fault) for fault in faults]))
    cards = [("", card.identifier, "", card.shows, card.title) for card in STAGING_CARDS]
    return "\n\n".join([*parts, _table(CARDS, cards), OTHERS])


def as_json() -> list[dict[str, Any]]:
    """A fault each: its group, what it shows and does, and all its identifiers by their kinds."""
    return [*_faults_as_json(), *_cards_as_json()]


def _row(fault: Fault) -> tuple[str, ...]:
    found = fault.identifiers()
    return (*(found.get(kind, "") for kind in KINDS), fault.shows, fault.title)


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """A title and a table; a column in which nothing stands is left out."""
    filled = [at for at in range(len(COLUMNS)) if any(row[at] for row in rows)]
    cells = [[row[at] for at in filled] for row in (COLUMNS, *rows)]
    return "\n".join([title, *(f"  {line}" for line in aligned(cells))])


def _faults_as_json() -> Iterator[dict[str, Any]]:
    for group, faults in GROUPS.items():
        for fault in faults:
            yield {
                "group": group,
                "shown_as": fault.shows,
                "title": fault.title,
                "identifiers": fault.identifiers(),
            }


def _cards_as_json() -> Iterator[dict[str, Any]]:
    for card in STAGING_CARDS:
        yield {
            "group": CARDS,
            "shown_as": card.shows,
            "title": card.title,
            "identifiers": {card.kind: card.identifier},
        }
