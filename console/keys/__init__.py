"""API keys: from the environment, from this run's memory, or in the keyring of the OS.

The only package that imports keyring. A keyring may be absent, locked, frozen, misconfigured, or
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

`keys` is what the program asks and the thread, `jobs` what the thread does with a keyring,
`backend` which keyring that is, and `troubles` what went wrong, in words.
"""

from console.keys.key import ENVIRONMENT_VARIABLE, Key, Source
from console.keys.keys import Keys, Late, Status
from console.keys.troubles import KeyringTrouble, Problem

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "Key",
    "KeyringTrouble",
    "Keys",
    "Late",
    "Problem",
    "Source",
    "Status",
]
