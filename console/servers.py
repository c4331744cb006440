"""Which server something belongs to, in a form that survives the program."""

from dataclasses import dataclass

IMPORTED = "imported"
"""The profile under which the history keeps what was imported; calls are not sent to it."""


@dataclass(frozen=True, slots=True)
class ServerRef:
    """A server as the journal and the session book name it.

    `profile` is the name of the profile it was used with, `url` the URL calls were sent to. The
    demo's URL is empty: its simulator gets another port with every run, and stays the same server.
    """

    profile: str
    url: str = ""
