"""Members that several calls have in common, and larger objects (PROTOCOL.md 2.2)."""

from console.oioi.calls.members import Member, flag, listed, nested, number, optional, text, whole
from console.oioi.calls.users import IDENTITY_TYPES

MAX_STATION_IDS = 10
"""The most ids in one station-get-by-ids (PROTOCOL.md 2.2)."""

USER = nested(
    "user",
    text("identifier-type", choices=IDENTITY_TYPES),
    text("identifier", "<EVCO ID>"),
    optional(text("token")),
)
USER_MAY = optional(USER)
CONNECTOR = text("connector-id", "<EVSE ID>")
CONTRACT = text("evco-id", "<EVCO ID>")
CARD = text("rfid", "<card UID>")
PARTNER = text("partner-identifier")
STATION_IDS = listed(whole("station-ids"), at_most=MAX_STATION_IDS)
BOX = (
    number("min-lat", 52.4),
    number("max-lat", 52.6),
    number("min-long", 13.2),
    number("max-long", 13.5),
)
FILTERS = nested(
    "filters",
    optional(listed(whole("excludes"))),
    optional(listed(text("company-types"))),
    optional(listed(text("connector-types"))),
    optional(number("connector-speeds-greater")),
    optional(number("connector-speeds-less")),
    optional(listed(whole("operator-ids"))),
    optional(listed(text("payable"))),
)
START_TIME, END_TIME = "<start, as 2026-01-31T09:30:00Z>", "<end, as 2026-01-31T10:15:00Z>"


def interval(name: str) -> Member:
    """The start of a session or of its charging, and its stop, which may be missing."""
    stop = optional(text("stop", END_TIME), in_template=True)
    return nested(name, text("start", START_TIME), stop)


STATION = nested(
    "station",
    text("id", "<your number of the station>"),
    text("name"),
    optional(text("description")),
    number("latitude"),
    number("longitude"),
    nested(
        "address",
        text("street"),
        text("street-number"),
        text("city"),
        text("zip"),
        text("country", "<country, as DE>"),
    ),
    nested("contact", text("phone"), *(optional(text(name)) for name in ("fax", "web", "email"))),
    text("cpo-id"),
    flag("is-open-24", example=True),
    optional(text("open-hour-notes")),
    optional(text("notes")),
    listed(
        nested(
            "connectors", text("id", "<EVSE ID>"), text("name", "<plug, as Type2>"), number("speed")
        )
    ),
    *(
        optional(member)
        for member in (
            flag("is-reservable"),
            whole("floor-level"),
            flag("is-free-charge"),
            whole("total-parking"),
            flag("is-green-power-available"),
            flag("is-plugin-charge"),
            flag("is-roofed"),
            flag("is-private"),
        )
    ),
    flag("deleted"),
)
DETAILS = nested(
    "details",
    *(
        optional(text(name), in_template=name in ("first-name", "last-name"))
        for name in (
            "first-name",
            "last-name",
            "billing-name",
            "locale",
            "vat",
            "social-security-number",
            "phone",
            "company-name",
        )
    ),
    optional(nested("address")),
    optional(nested("billing-address")),
)
STATES = ("Available", "Occupied", "Reserved", "Offline", "Unknown")
"""The states of a connector that connector-post-status may report (PROTOCOL.md 2.2)."""

CARD_STATES = (
    "NEW_REQUEST",
    "EVCO_REQUEST",
    "REQUEST_RECEIVED",
    "REQUEST_ACCEPTED",
    "REQUEST_REJECTED",
    "OPERATIONAL",
    "REQUEST_TO_BLOCK",
    "REQUEST_TO_UNBLOCK",
    "BLOCKED",
)
FLEET_CARD = nested(
    "fleet-cards",
    text("fm-card-uid"),
    text("fleet-member-uid"),
    text("card-status", choices=CARD_STATES),
    *(
        optional(text(name))
        for name in (
            "evco-id",
            "rfid",
            "visual-id",
            "issuer",
            "request-date",
            "activation-date",
            "expiration-date",
        )
    ),
)
FLEET_MEMBER = nested(
    "members",
    whole("fleet-member-uid"),
    nested("contact"),
    nested("address"),
    *(text(name) for name in ("default-language", "fleet-id", "fleet-name", "fleet-cpo-id")),
    optional(text("external-id")),
    optional(text("fleet-reference-id")),
    optional(listed(nested("evses"))),
)
