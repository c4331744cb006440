"""What went wrong with the keyring, in words that say what to do next."""

from enum import StrEnum

from console.keys.key import ENVIRONMENT_VARIABLE
from console.oioi.redact import visible


class Problem(StrEnum):
    """Why the keyring did not do what was requested."""

    NO_KEYRING = "no keyring"
    LOCKED = "locked"
    NO_ANSWER = "no answer"
    """Frozen, or waiting for its password: this program cannot tell which."""
    BUS_GONE = "bus gone"
    BROKEN_CONFIGURATION = "broken configuration"
    PLAIN_TEXT = "plain text"
    DISCARDED = "discarded"
    TOO_LONG = "too long"
    OTHER = "other"


class KeyringTrouble(Exception):
    """The keyring did not do what was requested.

    The text is one sentence: what happened, to the key of which profile, and what to do next.
    Neither the text nor the traceback contains the key.
    """

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(text)
        self.problem = problem


class Fault(Exception):
    """Trouble that this program noticed, not the backend. It never leaves the thread."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


_BY_ERROR = {
    "KeyringLocked": (Problem.LOCKED, ""),
    "LockedException": (Problem.LOCKED, ""),
    "PromptDismissedException": (Problem.LOCKED, ""),
    "NoKeyringError": (Problem.NO_KEYRING, "keyring found none"),
    "InitError": (Problem.NO_KEYRING, "the keyring service has no default keyring to open"),
    "SecretServiceNotAvailableException": (Problem.BUS_GONE, ""),
    "DBusException": (Problem.BUS_GONE, ""),
    "OSError": (Problem.BUS_GONE, ""),
}
"""By the name of an error's class or base class: importing the classes would import the
backends.
"""

_BY_WINDOWS_CODE = {
    1312: (Problem.NO_KEYRING, "this kind of logon has no Credential Manager"),
    1783: (Problem.TOO_LONG, ""),
}
_MAC_INTERACTION_NOT_ALLOWED = "-25308"
"""errSecInteractionNotAllowed: a locked keychain where no prompt can be shown, as over SSH."""


def diagnose(error: BaseException) -> tuple[Problem, str]:
    """The problem behind an error of a backend, and a detail to mention.

    The error's own text is left out, because it may contain the key.
    """
    if isinstance(error, Fault):
        return error.problem, error.detail
    code = getattr(error, "winerror", None)
    if code in _BY_WINDOWS_CODE:
        return _BY_WINDOWS_CODE[code]
    if str(getattr(error, "name", "")).endswith("Secret.Error.IsLocked"):
        return Problem.LOCKED, ""
    bases = [base.__name__ for base in type(error).__mro__]
    if "KeyringError" in bases and _MAC_INTERACTION_NOT_ALLOWED in str(error):
        return Problem.LOCKED, ""
    if "InitError" in bases and error.__cause__ is not None:
        beneath = diagnose(error.__cause__)
        if beneath[0] is Problem.BUS_GONE:  # it looks like one not set up
            return beneath
    for name in bases:
        if name in _BY_ERROR:
            return _BY_ERROR[name]
    return Problem.OTHER, f"the OS keyring failed with {bases[0]}"


_FOR_THIS_RUN = f"give the key for this run only ({ENVIRONMENT_VARIABLE})"
_WORDS = {
    Problem.NO_KEYRING: (
        "there is no usable OS keyring here, as {detail}",
        f"start one (GNOME Keyring, KWallet, KeePassXC) or {_FOR_THIS_RUN}",
    ),
    Problem.LOCKED: (
        "the OS keyring is locked",
        f"unlock it and try again, or {_FOR_THIS_RUN}",
    ),
    Problem.NO_ANSWER: (
        "the OS keyring did not answer within {detail}",
        "if it asks for its password, answer it (the key is {done} then), else restart it or "
        f"{_FOR_THIS_RUN}",
    ),
    Problem.BUS_GONE: (
        "the connection to the OS keyring is lost",
        f"restart the keyring or log in again and try again, or {_FOR_THIS_RUN}",
    ),
    Problem.BROKEN_CONFIGURATION: (
        "the keyring named in {detail} cannot be loaded",
        f"correct or remove that setting, or {_FOR_THIS_RUN}",
    ),
    Problem.PLAIN_TEXT: (
        "{detail} is no keyring of the operating system and may keep keys as plain text",
        f"remove that setting or {_FOR_THIS_RUN}",
    ),
    Problem.DISCARDED: (
        "{detail}",
        f"choose another keyring or {_FOR_THIS_RUN}",
    ),
    Problem.TOO_LONG: (
        "it is longer than the OS keyring takes (on Windows about 1,280 characters)",
        f"check that nothing but the key was pasted, or {_FOR_THIS_RUN}",
    ),
    Problem.OTHER: (
        "{detail}",
        f"try again, or {_FOR_THIS_RUN}",
    ),
}
"""For each problem the cause and what to do."""


def trouble_with(profile: str, done: str, problem: Problem, detail: str) -> KeyringTrouble:
    """The trouble in one sentence; `done` completes "the key of this profile could not be …"."""
    cause, way_out = (part.format(detail=detail, done=done) for part in _WORDS[problem])
    return KeyringTrouble(
        problem,
        f"The API key of profile {visible(profile)} could not be {done}: {cause}; {way_out}.",
    )
