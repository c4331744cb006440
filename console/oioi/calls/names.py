"""The names of the calls there are, and which of them a misspelt one may mean."""

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


def nearest_call(key: str) -> str | None:
    """The documented call that a misspelt key may have meant, or None."""
    return nearest(key.lower().replace("_", "-"), sorted(KNOWN_CALLS))
