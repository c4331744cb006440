"""What an examination consists of: its steps, in their order, and the report they make."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TITLES = {
    "settings": "settings readable",
    "keyring": "keyring usable",
    "key-present": "key present",
    "proxy": "proxy in force",
    "name": "name resolved",
    "tcp": "TCP connected",
    "tls": "TLS done",
    "clock": "clock right",
    "http": "HTTP answered",
    "json": "JSON answered",
    "key-accepted": "key accepted",
}
"""The steps by name, in the order in which they run."""


class State(StrEnum):
    """How a step stands."""

    RUNNING = "running"
    PASSED = "passed"
    WARNED = "warned"
    """Works, but not as it should; the run goes on."""
    FAILED = "failed"
    """Does not work; the run ends here."""
    SKIPPED = "skipped"
    """Does not apply here, or was not reached; the detail says which."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found: one sentence, and what to do about it where something is to be done."""

    state: State
    detail: str
    advice: str = ""


def passed(detail: str) -> Finding:
    return Finding(State.PASSED, detail)


def warned(detail: str, advice: str) -> Finding:
    return Finding(State.WARNED, detail, advice)


def failed(detail: str, advice: str) -> Finding:
    return Finding(State.FAILED, detail, advice)


NOT_REACHED = "Not reached."
"""The detail of a step after the one that failed."""


def skipped(detail: str) -> Finding:
    return Finding(State.SKIPPED, detail)


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it may be shown: without secrets, and without a character that moves a cursor.

    `elapsed_ms` is None while the step runs and where it was skipped.
    """

    name: str
    state: State
    detail: str = ""
    advice: str = ""
    elapsed_ms: int | None = None

    @property
    def title(self) -> str:
        """What is examined, in words."""
        return TITLES[self.name]


@dataclass(frozen=True, slots=True)
class Report:
    """All steps of an examination, in their order."""

    profile: str
    steps: tuple[Step, ...]

    @property
    def failure(self) -> Step | None:
        """The step at which it ended, None if it went through."""
        return next((step for step in self.steps if step.state is State.FAILED), None)

    @property
    def warnings(self) -> int:
        return sum(step.state is State.WARNED for step in self.steps)

    @property
    def ok(self) -> bool:
        """Whether this machine can work with the server; warnings do not stand against it."""
        return self.failure is None

    def to_json(self) -> dict[str, Any]:
        """The object `doctor --json` prints; its member names are a public contract."""
        return {
            "profile": self.profile,
            "steps": [
                {
                    "name": step.name,
                    "state": str(step.state),
                    "detail": step.detail,
                    "advice": step.advice,
                    "elapsed_ms": step.elapsed_ms,
                }
                for step in self.steps
            ],
            "ok": self.ok,
        }
