"""What the thread does with a keyring: read, store and delete a key."""

from concurrent.futures import Future
from enum import StrEnum
from typing import TYPE_CHECKING

from console.keys.key import Key, Source
from console.keys.troubles import Fault, KeyringTrouble, Problem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SAME_NAME = 5
"""So many entries of one name are deleted before giving up."""


class Task(StrEnum):
    """What a job does; the value completes "the key could not be …"."""

    READ = "read"
    STORE = "stored"
    DELETE = "deleted"


class Job:
    """One call to the keyring. Trouble is an answer, not raised: so no frame goes along."""

    def __init__(self, task: Task, profile: str, key: Key | None, replaces: Key | None) -> None:
        self.task = task
        self.profile = profile
        self.key = key
        self.replaces = replaces
        """This run's key when asked: obsolete once `key` is stored; one given later is not."""
        self.reported_late = False
        self.answer: Future[Key | KeyringTrouble | None] = Future()
        self.answer.set_running_or_notify_cancel()  # once asked for it cannot be called off


def outcome_of(job: Job) -> Key | None:
    """What a finished job found; raises its trouble, each asker one of its own."""
    outcome = job.answer.result()
    if isinstance(outcome, KeyringTrouble):
        raise KeyringTrouble(outcome.problem, str(outcome))
    return outcome


def perform(job: Job, backend: "KeyringBackend", service: str) -> Key | None:
    """Do a job: what was found, what is stored now, or what was deleted.

    Raises `Fault`, and whatever the backend does.
    """
    return _TASKS[job.task](backend, service, job)


def _read(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
    value = backend.get_password(service, job.profile)
    return Key(value, Source.KEYRING) if value else None


def _store(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
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
        raise Fault(Problem.DISCARDED, "the OS keyring took the key but does not give it back")
    return found


def _delete(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
    """Delete, until nothing of this name is left; gives what was there."""
    was = found = _read(backend, service, job)
    for _ in range(_SAME_NAME):
        if found is None:
            break
        backend.delete_password(service, job.profile)
        found = _read(backend, service, job)
    if found is not None:
        raise Fault(Problem.OTHER, "the key is still there after it was deleted")
    return was


_TASKS = {Task.READ: _read, Task.STORE: _store, Task.DELETE: _delete}
