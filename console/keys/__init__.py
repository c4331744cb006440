"""API keys: from the environment, from this run's memory, or in the keyring of the OS.

The only package that imports keyring. A keyring may be absent, locked, frozen or misconfigured, or
may wait for its password without end, and the keyring library has no time limit. Therefore:

- Every call to it runs in one daemon thread, in the order of the requests. A caller gets its
  answer after the time limit at the latest, and a frozen keyring delays neither the screen nor
  the exit.
- A call that takes longer than its limit is not cancelled: when the keyring answers, the key is
  read, stored or deleted after all, and `Keys.on_late` is called.
- Only keyrings of the operating system are used. A backend that writes keys to a file is
  refused, even if it is configured.
- Whatever a backend raises becomes a `KeyringTrouble`. The original error is dropped with its
  traceback, because the frames of the traceback hold the key.

`keys` has the methods for the program and the thread, `jobs` the work of the thread, `backend` the
choice of the keyring, and `troubles` the words for what went wrong.
"""

from console.keys.key import ENVIRONMENT_VARIABLE, Key, KeySource
from console.keys.keys import Keys, KeyStatus, LateAnswer
from console.keys.troubles import KeyringProblem, KeyringTrouble

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "Key",
    "KeySource",
    "KeyStatus",
    "KeyringProblem",
    "KeyringTrouble",
    "Keys",
    "LateAnswer",
]
