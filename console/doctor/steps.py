"""The parts of an examination: its steps in their order, and the report of all of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.oioi.language import mark, tr

TITLES = {
    "settings": mark("settings readable"),
    "keyring": mark("keyring usable"),
    "key-present": mark("key present"),
    "proxy": mark("proxy in force"),
    "name": mark("name resolved"),
    "tcp": mark("TCP connected"),
    "tls": mark("TLS done"),
    "clock": mark("clock right"),
    "http": mark("HTTP answered"),
    "json": mark("JSON answered"),
    "key-accepted": mark("key accepted"),
}
"""The steps by name, in the order in which they run."""


class StepState(StrEnum):
    """The state of a step."""

    RUNNING = "running"
    PASSED = "passed"
    WARNED = "warned"
    """It works, but not as it should; the examination goes on."""
    FAILED = "failed"
    """It does not work; the examination ends here."""
    SKIPPED = "skipped"
    """It does not apply here, or was not reached; the detail says which."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found: one sentence, and what to do if something has to be done."""

    state: StepState
    detail: str
    advice: str = ""


def passed(detail: str) -> Finding:
    return Finding(StepState.PASSED, detail)


def warned(detail: str, advice: str) -> Finding:
    return Finding(StepState.WARNED, detail, advice)


def failed(detail: str, advice: str) -> Finding:
    return Finding(StepState.FAILED, detail, advice)


NOT_REACHED = mark("Not reached.")
"""The detail of a step after the one that failed."""


def skipped(detail: str) -> Finding:
    return Finding(StepState.SKIPPED, detail)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is safe to show: without secrets and without control characters.

    `elapsed_ms` is None while the step runs and where it was skipped.
    """

    name: str
    state: StepState
    detail: str = ""
    advice: str = ""
    elapsed_ms: int | None = None

    @property
    def title(self) -> str:
        """What is examined, in words."""
        return tr(TITLES[self.name])


@dataclass(frozen=True, slots=True)
class Examination:
    """All steps of an examination, in their order."""

    profile: str
    steps: tuple[Step, ...]

    @property
    def failure(self) -> Step | None:
        """The step that failed, None if none did."""
        return next((step for step in self.steps if step.state is StepState.FAILED), None)

    @property
    def warnings(self) -> int:
        return sum(step.state is StepState.WARNED for step in self.steps)

    @property
    def ok(self) -> bool:
        """Whether this machine can work with the server. Warnings do not change that."""
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
