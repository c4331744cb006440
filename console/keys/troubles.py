"""What went wrong with the keyring, in words that say what to do next."""

from __future__ import annotations

from enum import StrEnum

from console.keys.key import ENVIRONMENT_VARIABLE
from console.oioi.redact import visible


class KeyringProblem(StrEnum):
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

    def __init__(
        self, problem: KeyringProblem, text: str, *, done: str = "", detail: str = ""
    ) -> None:
        super().__init__(text)
        self.problem = problem
        self._done = done
        self._detail = detail

    def of(self, profile: str) -> KeyringTrouble:
        """The same trouble with the key of another profile."""
        if not self._done:
            return self
        return trouble_with(profile, self._done, self.problem, self._detail)


class BackendFault(Exception):
    """Trouble that this program noticed, not the backend. It never leaves the thread."""

    def __init__(self, problem: KeyringProblem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


_BY_ERROR = {
    "KeyringLocked": (KeyringProblem.LOCKED, ""),
    "LockedException": (KeyringProblem.LOCKED, ""),
    "PromptDismissedException": (KeyringProblem.LOCKED, ""),
    "NoKeyringError": (KeyringProblem.NO_KEYRING, "keyring found none"),
    "InitError": (KeyringProblem.NO_KEYRING, "the keyring service has no default keyring to open"),
    "SecretServiceNotAvailableException": (KeyringProblem.BUS_GONE, ""),
    "DBusException": (KeyringProblem.BUS_GONE, ""),
    "OSError": (KeyringProblem.BUS_GONE, ""),
}
"""By the name of an error's class or base class: importing the classes would import the
backends.
"""

_BY_WINDOWS_CODE = {
    1312: (KeyringProblem.NO_KEYRING, "this kind of logon has no Credential Manager"),
    1783: (KeyringProblem.TOO_LONG, ""),
}
_MAC_INTERACTION_NOT_ALLOWED = "-25308"
"""errSecInteractionNotAllowed: a locked keychain where no prompt can be shown, as over SSH."""


def diagnose(error: BaseException) -> tuple[KeyringProblem, str]:
    """The problem behind an error of a backend, and a detail to mention.

    The error's own text is left out, because it may contain the key.
    """
    if isinstance(error, BackendFault):
        return error.problem, error.detail
    code = getattr(error, "winerror", None)
    if code in _BY_WINDOWS_CODE:
        return _BY_WINDOWS_CODE[code]
    if str(getattr(error, "name", "")).endswith("Secret.Error.IsLocked"):
        return KeyringProblem.LOCKED, ""
    bases = [base.__name__ for base in type(error).__mro__]
    if "KeyringError" in bases and _MAC_INTERACTION_NOT_ALLOWED in str(error):
        return KeyringProblem.LOCKED, ""
    if "InitError" in bases and error.__cause__ is not None:
        beneath = diagnose(error.__cause__)
        if beneath[0] is KeyringProblem.BUS_GONE:  # it looks like one not set up
            return beneath
    for name in bases:
        if name in _BY_ERROR:
            return _BY_ERROR[name]
    return KeyringProblem.OTHER, f"the OS keyring failed with {bases[0]}"


_FOR_THIS_RUN = f"give the key for this run only ({ENVIRONMENT_VARIABLE})"
_WORDS = {
    KeyringProblem.NO_KEYRING: (
        "there is no usable OS keyring here, as {detail}",
        f"start one (GNOME Keyring, KWallet, KeePassXC) or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.LOCKED: (
        "the OS keyring is locked",
        f"unlock it and try again, or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.NO_ANSWER: (
        "the OS keyring did not answer within {detail}",
        "if it asks for its password, answer it (the key is {done} then), else restart it or "
        f"{_FOR_THIS_RUN}",
    ),
    KeyringProblem.BUS_GONE: (
        "the connection to the OS keyring is lost",
        f"restart the keyring or log in again and try again, or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.BROKEN_CONFIGURATION: (
        "the keyring named in {detail} cannot be loaded",
        f"correct or remove that setting, or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.PLAIN_TEXT: (
        "{detail} is no keyring of the operating system and may keep keys as plain text",
        f"remove that setting or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.DISCARDED: (
        "{detail}",
        f"choose another keyring or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.TOO_LONG: (
        "it is longer than the OS keyring takes (on Windows about 1,280 characters)",
        f"check that nothing but the key was pasted, or {_FOR_THIS_RUN}",
    ),
    KeyringProblem.OTHER: (
        "{detail}",
        f"try again, or {_FOR_THIS_RUN}",
    ),
}
"""For each problem the cause and what to do."""


def trouble_with(profile: str, done: str, problem: KeyringProblem, detail: str) -> KeyringTrouble:
    """The trouble in one sentence; `done` completes "the key of this profile could not be …"."""
    cause, way_out = (part.format(detail=detail, done=done) for part in _WORDS[problem])
    return KeyringTrouble(
        problem,
        f"The API key of profile {visible(profile)} could not be {done}: {cause}; {way_out}.",
        done=done,
        detail=detail,
    )
