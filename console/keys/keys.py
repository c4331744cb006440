"""`Keys`: the keys for the program, and the thread that asks the keyring."""

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.keys.backend import choose_backend
from console.keys.jobs import Job, Task, outcome_of, perform
from console.keys.key import ENVIRONMENT_VARIABLE, Key, KeySource
from console.keys.troubles import KeyringProblem, KeyringTrouble, diagnose, trouble_with
from console.oioi.language import tr

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What `key status` and the profile page show."""

    source: KeySource
    """The source of the key in use; `KeySource.NONE` if there is none."""
    masked: str
    """The key in use, masked; empty when there is none."""
    stored: str | None
    """The key in the keyring, masked; None if there is none, or if it is unknown because of
    `trouble`.
    """
    trouble: KeyringTrouble | None

    @property
    def present(self) -> bool:
        return self.source is not KeySource.NONE


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """The late result of a call that was already reported as `KeyringProblem.NO_ANSWER`."""

    profile: str
    key: Key | None
    """The key that the keyring now holds for the profile, unless there was trouble."""
    trouble: KeyringTrouble | None


class Keys:
    """The keys of all profiles. One per program: it owns the thread that talks to the keyring.

    `environ` is where `OIOI_API_KEY` is looked up; `service` names this program in the keyring;
    `time_limit` is in seconds and holds for each call. Methods ending in `_now` block and need no
    event loop. Values are used unchanged: the caller removes blanks around a pasted key.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        service: str = "oioi-console",
        time_limit: float = 2.0,
        on_late: Callable[[LateAnswer], None] | None = None,
    ) -> None:
        self.on_late = on_late
        """Called in the event loop of the caller that got `NO_ANSWER`. Callers of the blocking
        methods are not called back: they ask again.
        """
        self._environ = environ
        self._service = service
        self._time_limit = time_limit
        self._this_run: dict[str, Key] = {}
        self._backend: KeyringBackend | None = None
        self._lock = threading.Lock()
        self._jobs: deque[Job] = deque()
        self._worker: threading.Thread | None = None

    async def get(self, profile: str) -> Key | None:
        """The key to use: the environment's, else this run's, else the keyring's.

        Raises KeyringTrouble if the keyring has to be asked and fails.
        """
        return self.at_hand(profile) or await self._answer(self._ask(Task.READ, profile))

    def get_now(self, profile: str) -> Key | None:
        """`get`, blocking."""
        return self.at_hand(profile) or self._answer_now(self._ask(Task.READ, profile))

    async def set(self, profile: str, value: str) -> None:
        """Store a key in the keyring, in place of the one there, and read it back.

        Once it is stored, a key remembered earlier for this run is forgotten. Raises
        KeyringTrouble; after `KeyringProblem.NO_ANSWER` the key may still be stored later.
        """
        key = Key(value, KeySource.KEYRING)
        del value  # a traceback that shows local variables must not show this one
        await self._answer(self._ask(Task.STORE, profile, key))

    def set_now(self, profile: str, value: str) -> None:
        """`set`, blocking."""
        key = Key(value, KeySource.KEYRING)
        del value
        self._answer_now(self._ask(Task.STORE, profile, key))

    async def delete(self, profile: str) -> bool:
        """Delete the key from the keyring and forget this run's. Returns whether the keyring had
        one.

        Raises KeyringTrouble; after `KeyringProblem.NO_ANSWER` the key may still be deleted later.
        """
        self.forget_run(profile)
        return await self._answer(self._ask(Task.DELETE, profile)) is not None

    def delete_now(self, profile: str) -> bool:
        """`delete`, blocking."""
        self.forget_run(profile)
        return self._answer_now(self._ask(Task.DELETE, profile)) is not None

    def remember(self, profile: str, value: str) -> None:
        """Use this key for this run, in memory only, for example without a usable keyring."""
        self._this_run[profile] = Key(value, KeySource.THIS_RUN)

    def forget_run(self, profile: str) -> None:
        """Forget the key given for this run, if there is one."""
        self._this_run.pop(profile, None)

    async def status(self, profile: str) -> KeyStatus:
        """The key in use and the one in the keyring. Raises nothing: trouble is part of the result.

        The keyring is asked even if the environment has the key, so this may take the whole time
        limit.
        """
        try:
            stored = await self._answer(self._ask(Task.READ, profile))
        except KeyringTrouble as trouble:
            return self._status(profile, None, trouble)
        return self._status(profile, stored, None)

    def status_without_keyring(self, profile: str, trouble: KeyringTrouble) -> KeyStatus:
        """The key in use where the keyring has failed already, and is not asked again."""
        return self._status(profile, None, trouble.of(profile))

    def status_now(self, profile: str) -> KeyStatus:
        """`status`, blocking."""
        try:
            stored = self._answer_now(self._ask(Task.READ, profile))
        except KeyringTrouble as trouble:
            return self._status(profile, None, trouble)
        return self._status(profile, stored, None)

    def _status(
        self, profile: str, stored: Key | None, trouble: KeyringTrouble | None
    ) -> KeyStatus:
        key = self.at_hand(profile) or stored
        return KeyStatus(
            source=key.source if key else KeySource.NONE,
            masked=key.masked if key else "",
            stored=stored.masked if stored else None,
            trouble=trouble,
        )

    def at_hand(self, profile: str) -> Key | None:
        """The key that needs no keyring."""
        value = self._environ.get(ENVIRONMENT_VARIABLE, "")
        if value.strip():
            return Key(value, KeySource.ENVIRONMENT)
        return self._this_run.get(profile)

    # Waiting for the thread.

    async def _answer(self, job: Job) -> Key | None:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()
        job.answer.add_done_callback(lambda _: _wake(loop, answered))
        await asyncio.wait({answered}, timeout=self._time_limit)
        if job.answer.done():
            return outcome_of(job)
        if not job.reported_late:
            job.reported_late = True
            answered.add_done_callback(lambda _: self._report(job))
        raise self._no_answer(job)

    def _answer_now(self, job: Job) -> Key | None:
        with contextlib.suppress(TimeoutError):
            job.answer.result(self._time_limit)
            return outcome_of(job)
        raise self._no_answer(job)

    def _no_answer(self, job: Job) -> KeyringTrouble:
        return trouble_with(
            job.profile,
            job.task,
            KeyringProblem.NO_ANSWER,
            tr("{n} s", n=f"{self._time_limit:g}"),
        )

    def _report(self, job: Job) -> None:
        if self.on_late is None:
            return
        outcome = job.answer.result()
        if isinstance(outcome, KeyringTrouble):
            self.on_late(LateAnswer(job.profile, None, outcome))
        else:
            self.on_late(
                LateAnswer(job.profile, None if job.task is Task.DELETE else outcome, None)
            )

    # The thread.

    def _ask(self, task: Task, profile: str, key: Key | None = None) -> Job:
        """Queue a job for the thread. Starts the thread if none runs.

        Requests to read the same key share one job, so that repeated requests to a frozen keyring
        do not accumulate.
        """
        with self._lock:
            latest = next((job for job in reversed(self._jobs) if job.profile == profile), None)
            if latest is not None and latest.task is task is Task.READ:
                return latest
            job = Job(task, profile, key, self._this_run.get(profile))
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

    def _perform(self, job: Job) -> "Key | KeyringTrouble | None":
        try:
            if self._backend is None:
                self._backend = choose_backend()
            outcome = perform(job, self._backend, self._service)
        except BaseException as error:
            # The boundary. Backends and their libraries may raise anything, even the panic of a
            # compiled library, and no exception in this thread is meant to end the program.
            self._backend = None  # the next attempt may find one that works
            return trouble_with(job.profile, job.task, *diagnose(error))
        if job.task is Task.STORE and self._this_run.get(job.profile) is job.replaces:
            self.forget_run(job.profile)
        return outcome


def _wake(loop: asyncio.AbstractEventLoop, answered: "asyncio.Future[None]") -> None:
    def wake() -> None:
        if not answered.done():
            answered.set_result(None)

    with contextlib.suppress(RuntimeError):  # the loop is closed: no caller waits any more
        loop.call_soon_threadsafe(wake)
