"""The calls of an operator's system: connector states, stations, session records, lists of cards.

The simulated platform checks such a call, keeps the parts that this world uses, and confirms it
(PROTOCOL.md 2.2).
"""

from collections.abc import Callable

from console.simulator.fields import Fields
from console.simulator.replies import Refusal, Reply, success
from console.simulator.state import WorldState

STATES = ("Available", "Occupied", "Offline", "Reserved", "Unknown")


def connector_post_status(world: WorldState, fields: Fields) -> Reply:
    """Give this state to every connector with this EVSE ID. Refusals: 181, 211."""
    _require_partner(fields)
    status = fields.text("status")
    if status not in STATES:
        raise fields.wrong("status", f"must be one of {', '.join(STATES)}")
    world.charging.outlet(fields.text("connector-id")).become(status, world.clock())
    return success({})


def station_post(world: WorldState, fields: Fields) -> Reply:
    """Keep the id of a described station. It does not appear in searches. Refusal: 211."""
    _require_partner(fields)
    station = fields.object("station")
    number = station.text("id")
    for name in ("name", "cpo-id"):
        station.text(name)
    station.number("latitude", -90, 90)
    station.number("longitude", -180, 180)
    station.object("address")
    for connector in station.objects("connectors"):
        connector.text("id")
    _keep(world, "station", number)
    return success({})


def session_post(world: WorldState, fields: Fields) -> Reply:
    """Keep a session record (CDR). The same session-id may come several times. Refusal: 211."""
    _require_partner(fields)
    user = fields.object("user")
    user.text("identifier-type")
    user.text("identifier")
    fields.text("connector-id")
    fields.object("session-interval").text("start")
    number = fields.text("session-id")
    _keep(world, "session", number)
    return success({"session": {"success": True}})


def rfid_post(world: WorldState, fields: Fields) -> Reply:
    """Replace the list of cards. Refusal: 211."""
    _require_partner(fields)
    cards = fields.texts("rfids")
    before = set(world.posted.get("rfid", []))
    world.posted["rfid"] = list(dict.fromkeys(cards))
    added = sum(card not in before for card in world.posted["rfid"])
    return success({"rfid": {"success": True, "processed": added}})


def _require_partner(fields: Fields) -> None:
    """Refuse a call without a partner identifier. Any identifier is accepted."""
    if "partner-identifier" not in fields:
        raise Refusal("211", "partner-identifier: is missing")
    fields.text("partner-identifier")


def _keep(world: WorldState, kind: str, number: str) -> None:
    known = world.posted.setdefault(kind, [])
    if number not in known:
        known.append(number)


CALLS: dict[str, Callable[[WorldState, Fields], Reply]] = {
    "connector-post-status": connector_post_status,
    "station-post": station_post,
    "session-post": session_post,
    "rfid-post": rfid_post,
}
