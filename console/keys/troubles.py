"""What went wrong with the keyring, in words that say what to do next."""

from __future__ import annotations

from enum import StrEnum

from console.keys.key import ENVIRONMENT_VARIABLE
from console.oioi.language import english, mark, tr
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
    Neither the text nor the traceback contains the key. The text may be kept with a session that
    was not started: it is in English, for `tr_kept`.
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
    "NoKeyringError": (KeyringProblem.NO_KEYRING, mark("keyring found none")),
    "InitError": (
        KeyringProblem.NO_KEYRING,
        mark("the keyring service has no default keyring to open"),
    ),
    "SecretServiceNotAvailableException": (KeyringProblem.BUS_GONE, ""),
    "DBusException": (KeyringProblem.BUS_GONE, ""),
    "OSError": (KeyringProblem.BUS_GONE, ""),
}
"""By the name of an error's class or base class: importing the classes would import the
backends.
"""

_BY_WINDOWS_CODE = {
    1312: (KeyringProblem.NO_KEYRING, mark("this kind of logon has no Credential Manager")),
    1783: (KeyringProblem.TOO_LONG, ""),
}
_MAC_INTERACTION_NOT_ALLOWED = "-25308"
"""errSecInteractionNotAllowed: a locked keychain where no prompt can be shown, as over SSH."""


@english()
def diagnose(error: BaseException) -> tuple[KeyringProblem, str]:
    """The problem behind an error of a backend, and a detail to mention.

    The error's own text is left out, because it may contain the key.
    """
    if isinstance(error, BackendFault):
        return error.problem, error.detail
    code = getattr(error, "winerror", None)
    if code in _BY_WINDOWS_CODE:
        return _said(*_BY_WINDOWS_CODE[code])
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
            return _said(*_BY_ERROR[name])
    return KeyringProblem.OTHER, tr("the OS keyring failed with {error}", error=bases[0])


def _said(problem: KeyringProblem, detail: str) -> tuple[KeyringProblem, str]:
    return problem, tr(detail) if detail else ""


_COULD_NOT = {
    # Translators: {cause} and {way_out} are parts of the sentence, as "the OS keyring is locked"
    "read": mark("The API key of profile {profile} could not be read: {cause}; {way_out}."),
    "stored": mark("The API key of profile {profile} could not be stored: {cause}; {way_out}."),
    "deleted": mark("The API key of profile {profile} could not be deleted: {cause}; {way_out}."),
}
"""The sentence by what could not be done."""

_CAUSES = {
    # Translators: {detail} is such as "there is no D-Bus session"
    KeyringProblem.NO_KEYRING: mark("there is no usable OS keyring here, as {detail}"),
    KeyringProblem.LOCKED: mark("the OS keyring is locked"),
    KeyringProblem.NO_ANSWER: mark("the OS keyring did not answer within {detail}"),
    KeyringProblem.BUS_GONE: mark("the connection to the OS keyring is lost"),
    KeyringProblem.BROKEN_CONFIGURATION: mark("the keyring named in {detail} cannot be loaded"),
    KeyringProblem.PLAIN_TEXT: mark(
        "{detail} is no keyring of the operating system and may keep keys as plain text"
    ),
    KeyringProblem.TOO_LONG: mark(
        "it is longer than the OS keyring takes (on Windows about 1,280 characters)"
    ),
}
"""For a problem its cause; that of the others is the detail alone."""

_WAYS_OUT = {
    # Translators: {variable} is OIOI_API_KEY; so for all that end so
    KeyringProblem.NO_KEYRING: mark(
        "start one (GNOME Keyring, KWallet, KeePassXC) or give the key for this run only"
        " ({variable})"
    ),
    KeyringProblem.LOCKED: mark(
        "unlock it and try again, or give the key for this run only ({variable})"
    ),
    KeyringProblem.BUS_GONE: mark(
        "restart the keyring or log in again and try again, or give the key for this run only"
        " ({variable})"
    ),
    KeyringProblem.BROKEN_CONFIGURATION: mark(
        "correct or remove that setting, or give the key for this run only ({variable})"
    ),
    KeyringProblem.PLAIN_TEXT: mark(
        "remove that setting or give the key for this run only ({variable})"
    ),
    KeyringProblem.DISCARDED: mark(
        "choose another keyring or give the key for this run only ({variable})"
    ),
    KeyringProblem.TOO_LONG: mark(
        "check that nothing but the key was pasted, or give the key for this run only ({variable})"
    ),
    KeyringProblem.OTHER: mark("try again, or give the key for this run only ({variable})"),
}
_WAIT_FOR_ANSWER = {
    "read": mark(
        "if it asks for its password, answer it (the key is read then), else restart it or give the"
        " key for this run only ({variable})"
    ),
    "stored": mark(
        "if it asks for its password, answer it (the key is stored then), else restart it or give"
        " the key for this run only ({variable})"
    ),
    "deleted": mark(
        "if it asks for its password, answer it (the key is deleted then), else restart it or give"
        " the key for this run only ({variable})"
    ),
}
"""What to do about a problem; about no answer by what is done with it."""


@english()
def trouble_with(profile: str, done: str, problem: KeyringProblem, detail: str) -> KeyringTrouble:
    """The trouble in one sentence. `done` is what could not be done with the key: read, stored or
    deleted.
    """
    is_late = problem is KeyringProblem.NO_ANSWER
    way_out = _WAIT_FOR_ANSWER[done] if is_late else _WAYS_OUT[problem]
    cause = tr(_CAUSES[problem], detail=detail) if problem in _CAUSES else detail
    text = tr(
        _COULD_NOT[done],
        profile=visible(profile),
        cause=cause,
        way_out=tr(way_out, variable=ENVIRONMENT_VARIABLE),
    )
    return KeyringTrouble(problem, text, done=done, detail=detail)
