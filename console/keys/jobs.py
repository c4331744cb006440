"""The work of the keyring thread: read, store and delete a key."""

from concurrent.futures import Future
from enum import StrEnum
from typing import TYPE_CHECKING

from console.keys.key import Key, KeySource
from console.keys.troubles import BackendFault, KeyringProblem, KeyringTrouble
from console.oioi.language import tr

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SAME_NAME = 5
"""How many entries of one name are deleted before giving up."""


class Task(StrEnum):
    """The kind of a job; the value completes "the key could not be …"."""

    READ = "read"
    STORE = "stored"
    DELETE = "deleted"


class Job:
    """One request to the keyring. Trouble is returned and not raised, so that no frame with a key
    is kept.
    """

    def __init__(self, task: Task, profile: str, key: Key | None, replaces: Key | None) -> None:
        self.task = task
        self.profile = profile
        self.key = key
        self.replaces = replaces
        """The key of this run when the job was made. It is forgotten once `key` is stored; a later
        one is kept.
        """
        self.reported_late = False
        self.answer: Future[Key | KeyringTrouble | None] = Future()
        self.answer.set_running_or_notify_cancel()  # a job that was requested cannot be cancelled


def outcome_of(job: Job) -> Key | None:
    """The result of a finished job. Raises its trouble, as a new exception for each caller."""
    outcome = job.answer.result()
    if isinstance(outcome, KeyringTrouble):
        raise KeyringTrouble(outcome.problem, str(outcome))
    return outcome


def perform(job: Job, backend: "KeyringBackend", service: str) -> Key | None:
    """Do a job. Returns the key that was found, is stored now, or was deleted.

    Raises `BackendFault`, and any exception of the backend.
    """
    return _TASKS[job.task](backend, service, job)


def _read(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
    value = backend.get_password(service, job.profile)
    return Key(value, KeySource.KEYRING) if value else None


def _store(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
    """Store the key, and read it back to be sure."""
    assert job.key is not None
    backend.set_password(service, job.profile, job.key.value)
    found = _read(backend, service, job)
    if found is not None and found != job.key:
        # Another program made an entry of this name with other attributes, and that one is found
        # first: only one key may be left, the new one.
        _delete(backend, service, job)
        backend.set_password(service, job.profile, job.key.value)
        found = _read(backend, service, job)
    if found != job.key:
        raise BackendFault(
            KeyringProblem.DISCARDED,
            tr("the OS keyring took the key but does not give it back"),
        )
    return found


def _delete(backend: "KeyringBackend", service: str, job: Job) -> Key | None:
    """Delete all entries of this name. Returns the key that was there."""
    was = found = _read(backend, service, job)
    for _ in range(_SAME_NAME):
        if found is None:
            break
        backend.delete_password(service, job.profile)
        found = _read(backend, service, job)
    if found is not None:
        why = tr("the key is still there after it was deleted")
        raise BackendFault(KeyringProblem.OTHER, why)
    return was


_TASKS = {Task.READ: _read, Task.STORE: _store, Task.DELETE: _delete}
