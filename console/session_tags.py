"""What a call about a charging session is for. It is sent with the call, and comes back with the
result. Apart from `session_book`, because the app needs it before its first frame.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StartOf:
    """The start of the session of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class StopOf:
    """A stop of the session of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class LookAt:
    """A look at the session of this number; `quiet` if the operator did not ask for it.

    It reads the connector, or with `account` the customer's list of sessions.
    """

    number: int
    quiet: bool = False
    account: bool = False


Tag = StartOf | StopOf | LookAt
