"""API keys: from the environment, from this run's memory, or in the keyring of the OS.

The only module that imports keyring. A keyring may be absent, locked, frozen, misconfigured, or
wait behind a password prompt for as long as nobody answers, and keyring itself sets no time
limit. Therefore:

- Every call to it runs in one daemon thread, in the order asked. Who asked is answered after
  the time limit at the latest, and a frozen keyring holds up neither the screen nor the exit.
- A call that outlives its limit is not taken back: once the keyring answers, the key is read,
  stored or deleted after all, and `Keys.on_late` is told.
- Only keyrings of the operating system are used. A backend that writes keys to a file is
  refused, wherever it was configured.
- Whatever a backend raises becomes a `KeyringTrouble`. The original error is dropped with its
  traceback, since the frames of that traceback hold the key.
"""

import asyncio
import contextlib
import importlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from console.oioi.redact import mask, visible

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

ENVIRONMENT_VARIABLE = "OIOI_API_KEY"


class Source(StrEnum):
    """Where a key came from; the value is the word shown for it."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    THIS_RUN = "this run"
    DEMO = "demo"
    """Never given out by `Keys`: the demo profile brings its own key and asks nobody."""
    NONE = "none"


class Problem(StrEnum):
    """What kept the keyring from doing what it was asked."""

    NO_KEYRING = "no keyring"
    LOCKED = "locked"
    NO_ANSWER = "no answer"
    """Frozen, or waiting for its password: from here the two look the same."""
    BUS_GONE = "bus gone"
    BROKEN_CONFIGURATION = "broken configuration"
    PLAIN_TEXT = "plain text"
    DISCARDED = "discarded"
    TOO_LONG = "too long"
    OTHER = "other"


class KeyringTrouble(Exception):
    """The keyring did not do what it was asked.

    The text is one sentence: what happened, to the key of which profile, what to do next. It
    never holds the key, nor does its traceback.
    """

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(text)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. Its value is in no `repr`, so in no log and no traceback either."""

    value: str = field(repr=False)
    source: Source

    @property
    def masked(self) -> str:
        """The key as it may be shown: bullets, four last characters if it has twelve."""
        return mask(self.value)


@dataclass(frozen=True, slots=True)
class Status:
    """What `key status` and the profile screen show."""

    source: Source
    """Of the key in use; `Source.NONE` when there is none."""
    masked: str
    """The key in use, masked; empty when there is none."""
    stored: str | None
    """The keyring's own entry, masked; None when absent, or unknown for the `trouble`."""
    trouble: KeyringTrouble | None

    @property
    def present(self) -> bool:
        return self.source is not Source.NONE


@dataclass(frozen=True, slots=True)
class Late:
    """What became of a call whose caller was sent away with `Problem.NO_ANSWER`."""

    profile: str
    key: Key | None
    """What the keyring holds for the profile now, unless there was trouble."""
    trouble: KeyringTrouble | None


class Keys:
    """The keys of all profiles. One per program: it owns the thread that talks to the keyring.

    `environ` is where `OIOI_API_KEY` is looked up; `service` names this program in the keyring;
    `time_limit` is in seconds and holds for each call. Methods ending in `_now` block and need
    no event loop. Values are taken as they are: blanks around a pasted key are the caller's.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        service: str = "oioi-console",
        time_limit: float = 2.0,
        on_late: Callable[[Late], None] | None = None,
    ) -> None:
        self.on_late = on_late
        """Called in the event loop of the caller that was sent away. Callers of the blocking
        methods are not told: they ask again."""
        self._environ = environ
        self._service = service
        self._time_limit = time_limit
        self._this_run: dict[str, Key] = {}
        self._backend: KeyringBackend | None = None
        self._lock = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._worker: threading.Thread | None = None

    async def get(self, profile: str) -> Key | None:
        """The key to use: the environment's, else this run's, else the keyring's.

        Raises KeyringTrouble when it comes to the keyring and the keyring fails.
        """
        return self._at_hand(profile) or await self._answer(self._ask(_Task.READ, profile))

    def get_now(self, profile: str) -> Key | None:
        """`get`, blocking."""
        return self._at_hand(profile) or self._answer_now(self._ask(_Task.READ, profile))

    async def set(self, profile: str, value: str) -> None:
        """Put a key into the keyring, in place of the one there, and read it back.

        Once it is stored, a key remembered earlier for this run is forgotten. Raises
        KeyringTrouble; after `Problem.NO_ANSWER` the key may still get stored.
        """
        key = Key(value, Source.KEYRING)
        del value  # a traceback that shows local variables must not show this one
        await self._answer(self._ask(_Task.STORE, profile, key))

    def set_now(self, profile: str, value: str) -> None:
        """`set`, blocking."""
        key = Key(value, Source.KEYRING)
        del value
        self._answer_now(self._ask(_Task.STORE, profile, key))

    async def delete(self, profile: str) -> bool:
        """Delete the key from the keyring; whether there was one. This run's is forgotten too.

        Raises KeyringTrouble; after `Problem.NO_ANSWER` the key may still get deleted.
        """
        self.forget_run(profile)
        return await self._answer(self._ask(_Task.DELETE, profile)) is not None

    def delete_now(self, profile: str) -> bool:
        """`delete`, blocking."""
        self.forget_run(profile)
        return self._answer_now(self._ask(_Task.DELETE, profile)) is not None

    def remember(self, profile: str, value: str) -> None:
        """Use this key for this run, in memory only: the way on without a usable keyring."""
        self._this_run[profile] = Key(value, Source.THIS_RUN)

    def forget_run(self, profile: str) -> None:
        """Forget the key given for this run, if there is one."""
        self._this_run.pop(profile, None)

    async def status(self, profile: str) -> Status:
        """The key in use and the keyring's own; raises nothing, trouble is part of the answer.

        The keyring is asked even when the environment wins, so this may take the time limit.
        """
        try:
            stored = await self._answer(self._ask(_Task.READ, profile))
        except KeyringTrouble as trouble:
            return self._status(profile, None, trouble)
        return self._status(profile, stored, None)

    def status_now(self, profile: str) -> Status:
        """`status`, blocking."""
        try:
            stored = self._answer_now(self._ask(_Task.READ, profile))
        except KeyringTrouble as trouble:
            return self._status(profile, None, trouble)
        return self._status(profile, stored, None)

    def _status(self, profile: str, stored: Key | None, trouble: KeyringTrouble | None) -> Status:
        key = self._at_hand(profile) or stored
        return Status(
            source=key.source if key else Source.NONE,
            masked=key.masked if key else "",
            stored=stored.masked if stored else None,
            trouble=trouble,
        )

    def _at_hand(self, profile: str) -> Key | None:
        """The key that needs no keyring."""
        value = self._environ.get(ENVIRONMENT_VARIABLE, "")
        if value.strip():
            return Key(value, Source.ENVIRONMENT)
        return self._this_run.get(profile)

    # Waiting for the thread.

    async def _answer(self, job: "_Job") -> Key | None:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()
        job.answer.add_done_callback(lambda _: _wake(loop, answered))
        await asyncio.wait({answered}, timeout=self._time_limit)
        if job.answer.done():
            return _outcome(job)
        if not job.reported_late:
            job.reported_late = True
            answered.add_done_callback(lambda _: self._report(job))
        raise self._no_answer(job)

    def _answer_now(self, job: "_Job") -> Key | None:
        with contextlib.suppress(TimeoutError):
            job.answer.result(self._time_limit)
            return _outcome(job)
        raise self._no_answer(job)

    def _no_answer(self, job: "_Job") -> KeyringTrouble:
        return _trouble(job, Problem.NO_ANSWER, f"{self._time_limit:g} s")

    def _report(self, job: "_Job") -> None:
        if self.on_late is None:
            return
        outcome = job.answer.result()
        if isinstance(outcome, KeyringTrouble):
            self.on_late(Late(job.profile, None, outcome))
        else:
            self.on_late(Late(job.profile, None if job.task is _Task.DELETE else outcome, None))

    # The thread.

    def _ask(self, task: "_Task", profile: str, key: Key | None = None) -> "_Job":
        """Queue a job for the thread, which is started if none runs.

        Somebody already waiting to read the same key is joined, so that asking a frozen keyring
        again and again piles up nothing.
        """
        with self._lock:
            latest = next((job for job in reversed(self._jobs) if job.profile == profile), None)
            if latest is not None and latest.task is task is _Task.READ:
                return latest
            job = _Job(task, profile, key, self._this_run.get(profile))
            self._jobs.append(job)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="keyring", daemon=True)
                self._worker.start()
            return job

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._worker = None
                    return
                job = self._jobs[0]
            outcome = self._perform(job)
            with self._lock:
                self._jobs.popleft()
            job.answer.set_result(outcome)

    def _perform(self, job: "_Job") -> "Key | KeyringTrouble | None":
        try:
            if self._backend is None:
                self._backend = _choose_backend()
            outcome = _TASKS[job.task](self._backend, self._service, job)
        except BaseException as error:
            # The boundary. Backends and what they load raise anything, a panic of a compiled
            # library included, and in this thread nothing is meant for the program as a whole.
            self._backend = None  # looked for anew: the next attempt may find one that works
            return _trouble(job, *_diagnose(error))
        if job.task is _Task.STORE and self._this_run.get(job.profile) is job.replaces:
            self.forget_run(job.profile)
        return outcome


class _Task(StrEnum):
    """What a job does; the value completes "the key could not be …"."""

    READ = "read"
    STORE = "stored"
    DELETE = "deleted"


class _Job:
    """One call to the keyring. Trouble is an answer, not raised: so no frame goes along."""

    def __init__(self, task: _Task, profile: str, key: Key | None, replaces: Key | None) -> None:
        self.task = task
        self.profile = profile
        self.key = key
        self.replaces = replaces
        """This run's key when asked: obsolete once `key` is stored; one given later is not."""
        self.reported_late = False
        self.answer: Future[Key | KeyringTrouble | None] = Future()
        self.answer.set_running_or_notify_cancel()  # once asked for it cannot be called off


def _outcome(job: _Job) -> Key | None:
    """What a finished job found; raises its trouble, each asker one of its own."""
    outcome = job.answer.result()
    if isinstance(outcome, KeyringTrouble):
        raise KeyringTrouble(outcome.problem, str(outcome))
    return outcome


def _wake(loop: asyncio.AbstractEventLoop, answered: "asyncio.Future[None]") -> None:
    def wake() -> None:
        if not answered.done():
            answered.set_result(None)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(wake)


# What the thread does with a backend.

_SAME_NAME = 5
"""So many entries of one name are deleted before giving up."""


def _read(backend: "KeyringBackend", service: str, job: _Job) -> Key | None:
    value = backend.get_password(service, job.profile)
    return Key(value, Source.KEYRING) if value else None


def _store(backend: "KeyringBackend", service: str, job: _Job) -> Key | None:
    """Store, and believe it only when it is read back."""
    assert job.key is not None
    backend.set_password(service, job.profile, job.key.value)
    found = _read(backend, service, job)
    if found is not None and found != job.key:
        # Another program made an entry of this name with other attributes, and that one is found
        # first: there is to be one key, the new one.
        _delete(backend, service, job)
        backend.set_password(service, job.profile, job.key.value)
        found = _read(backend, service, job)
    if found != job.key:
        raise _Fault(Problem.DISCARDED, "the OS keyring took the key but does not give it back")
    return found


def _delete(backend: "KeyringBackend", service: str, job: _Job) -> Key | None:
    """Delete, until nothing of this name is left; gives what was there."""
    was = found = _read(backend, service, job)
    for _ in range(_SAME_NAME):
        if found is None:
            break
        backend.delete_password(service, job.profile)
        found = _read(backend, service, job)
    if found is not None:
        raise _Fault(Problem.OTHER, "the key is still there after it was deleted")
    return was


_TASKS = {_Task.READ: _read, _Task.STORE: _store, _Task.DELETE: _delete}


# Which backend.

_LINUX = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
_ALLOWED = {
    "darwin": ("keyring.backends.macOS.Keyring",),
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
}
"""The keyrings of each operating system, by class: everything else is refused."""

_CHAINER = "keyring.backends.chainer.ChainerBackend"
_NULL = "keyring.backends.null.Keyring"
_FAIL = "keyring.backends.fail.Keyring"


def _choose_backend() -> "KeyringBackend":
    """The backend the user configured, if it is allowed, else the best that works here.

    Of a chainer only the allowed members count, and of those the best: as if none was configured.
    keyring's own detection is not used. It would import whatever third-party backends are
    installed, settle on plain text where there is nothing better, and remember a failure forever.
    """
    configured = _configured()
    name = _name(configured)
    if configured is None or name == _CHAINER:
        return _detect()
    if name in _allowed():
        return configured
    if name == _FAIL:
        raise _Fault(Problem.NO_KEYRING, f"it is switched off in {_setting()}")
    if name == _NULL:
        raise _Fault(Problem.DISCARDED, f"the keyring set in {_setting()} keeps nothing")
    raise _Fault(Problem.PLAIN_TEXT, f"{name}, set in {_setting()},")


def _configured() -> "KeyringBackend | None":
    from configparser import Error as ConfigError

    from keyring import core

    try:
        return core.load_env() or core.load_config()
    except (
        ImportError,
        SyntaxError,
        AttributeError,
        TypeError,
        ValueError,
        RuntimeError,
        ConfigError,
    ) as error:
        detail = visible(str(error))[:200] or type(error).__name__
        raise _Fault(Problem.BROKEN_CONFIGURATION, f"{_setting()} ({detail})") from None


def _detect() -> "KeyringBackend":
    viable = [kind for kind in map(_load, _allowed()) if kind.viable]
    if not viable:
        raise _Fault(Problem.NO_KEYRING, _why_none())
    return max(viable, key=lambda kind: kind.priority)()


def _allowed() -> tuple[str, ...]:
    return _ALLOWED.get(sys.platform, _LINUX)


def _load(name: str) -> "type[KeyringBackend]":
    module, _, kind = name.rpartition(".")
    found: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    return found


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _setting() -> str:
    """Where the user configured a backend: the environment comes before the file."""
    variable = "PYTHON_KEYRING_BACKEND"
    return variable if variable in os.environ else "keyringrc.cfg"


def _why_none() -> str:
    if sys.platform in _ALLOWED:
        return "the operating system offers none"
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return "there is no D-Bus session"
    return "no program offers one on this D-Bus session"


# What went wrong, in words.


class _Fault(Exception):
    """Trouble noticed here rather than raised by a backend; stays inside the thread."""

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
"""By the names of an error's class and its bases: importing them would import the backends."""

_BY_WINDOWS_CODE = {
    1312: (Problem.NO_KEYRING, "this kind of logon has no Credential Manager"),
    1783: (Problem.TOO_LONG, ""),
}
_MAC_INTERACTION_NOT_ALLOWED = "-25308"
"""errSecInteractionNotAllowed: a locked keychain where no prompt can be shown, as over SSH."""


def _diagnose(error: BaseException) -> tuple[Problem, str]:
    """What an error of a backend means, and a detail to name.

    The error's own text is left out: who knows whether the key is in it.
    """
    if isinstance(error, _Fault):
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
        beneath = _diagnose(error.__cause__)
        if beneath[0] is Problem.BUS_GONE:  # a keyring that died looks like one not set up
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
        "if it asks for its password, answer it (the key is {task} then), else restart it or "
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
"""For each problem the cause and the way out."""


def _trouble(job: _Job, problem: Problem, detail: str) -> KeyringTrouble:
    cause, way_out = (part.format(detail=detail, task=job.task) for part in _WORDS[problem])
    return KeyringTrouble(
        problem,
        f"The API key of profile {visible(job.profile)} could not be {job.task}: "
        f"{cause}; {way_out}.",
    )
