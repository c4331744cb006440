"""The names of the calls: which there are, which of them only read, which one may be meant."""

from console.oioi.spelling import nearest

KNOWN_CALLS = frozenset(
    {
        "station-get-by-center-radius",
        "station-get-surface",
        "station-get-by-ids",
        "station-get-usage",
        "station-post",
        "connector-post-status",
        "company-get-images",
        "tariffs-get-by-station-ids",
        "session-start",
        "session-stop",
        "session-post",
        "reservation-start",
        "reservation-stop",
        "rfid-verify",
        "rfid-post",
        "user-verify",
        "user-register",
        "user-reset",
        "user-change-password",
        "user-logout",
        "user-get-details",
        "user-post-details",
        "user-get-recent-sessions",
        "user-get-recent-stations",
        "user-get-charging-keys",
        "user-charging-key-activate",
        "user-charging-key-deactivate",
        "user-add-rfid",
        "user-block-rfid",
        "user-unblock-rfid",
        "user-get-bills",
        "user-get-payment-methods",
        "user-add-payment",
        "user-add-creditcard",
        "user-subscription-plans-get",
        "user-subscription-get-active",
        "user-manage-subscription",
        "adyen-setup",
        "adyen-verify",
        "fleet-post-cards",
        "fleet-post-members",
        "vehicle-get-all",
        "api-minimum-version-number",
    }
)
"""The calls that are documented (protocol.md 2.2)."""

_READS_BY_NAME_ALONE = frozenset({"api-minimum-version-number"})
_COMMANDS_LIKE_READS = frozenset({"adyen-verify"})
"""It makes a payment valid."""


def is_read(key: str) -> bool:
    """Whether the call of this key only reads; every other call may change something.

    Reads have `-get-`, a `-get` at the end, or `-verify` in their key (protocol.md 2.2).
    """
    if key in _COMMANDS_LIKE_READS:
        return False
    named_so = "-get-" in key or key.endswith("-get") or "-verify" in key
    return named_so or key in _READS_BY_NAME_ALONE


def nearest_call(key: str) -> str | None:
    """The documented call that a misspelt key may have meant, or None."""
    return nearest(key.lower().replace("_", "-"), sorted(KNOWN_CALLS))
