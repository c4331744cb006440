"""The language in which the sentence for the customer is shown, beside that of the screens."""

from collections.abc import Sequence

from console.oioi.language import CUSTOMER_LANGUAGES, mark

NAMES = {
    "en": mark("English"),
    "de": mark("German"),
    "fr": mark("French"),
    "nl": mark("Dutch"),
    "it": mark("Italian"),
    "es": mark("Spanish"),
}
"""The languages of CUSTOMER_LANGUAGES in words."""

NONE = ""
"""No other language than that of the screens."""


def first(wanted: Sequence[str], screens: str) -> str:
    """The language at the start: the first of the setting `customer-languages`, or NONE.

    `screens` is the language of the screens, in which the sentence is shown anyway.
    """
    return next((name for name in wanted if name != screens), NONE)


def following(current: str, wanted: Sequence[str], screens: str) -> str:
    """The language after this one: those of the setting in turn, without one all, then NONE."""
    choices = [name for name in wanted or CUSTOMER_LANGUAGES if name != screens]
    ring = [*choices, NONE]
    return ring[(ring.index(current) + 1) % len(ring)] if current in ring else ring[0]
