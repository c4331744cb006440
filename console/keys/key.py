"""An API key and where it came from."""

from dataclasses import dataclass, field
from enum import StrEnum

from console.oioi.language import mark
from console.oioi.redact import mask

ENVIRONMENT_VARIABLE = "OIOI_API_KEY"


class KeySource(StrEnum):
    """Where a key came from; the value is the word that is shown, by `tr`."""

    ENVIRONMENT = mark("environment")
    KEYRING = mark("keyring")
    THIS_RUN = mark("this run")
    DEMO = mark("demo")
    """Never returned by `Keys`: the demo profile has its own key, so no keyring is asked."""
    NONE = mark("none")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. Its value is in no `repr`, so in no log and no traceback either."""

    value: str = field(repr=False)
    source: KeySource

    @property
    def masked(self) -> str:
        """The key, safe to show: bullets, and the last four characters if it has at least
        twelve.
        """
        return mask(self.value)
