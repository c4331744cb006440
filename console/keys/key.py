"""An API key and where it came from."""

from dataclasses import dataclass, field
from enum import StrEnum

from console.oioi.redact import mask

ENVIRONMENT_VARIABLE = "OIOI_API_KEY"


class Source(StrEnum):
    """Where a key came from; the value is the word shown for it."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    THIS_RUN = "this run"
    DEMO = "demo"
    """Never given out by `Keys`: the demo profile brings its own key and asks nobody."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. Its value is in no `repr`, so in no log and no traceback either."""

    value: str = field(repr=False)
    source: Source

    @property
    def masked(self) -> str:
        """The key as it may be shown: bullets, four last characters if it has twelve."""
        return mask(self.value)
