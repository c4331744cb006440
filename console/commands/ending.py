"""How the process begins and ends around what it does: without a core, and at once."""

import os
import signal
import sys
from typing import NoReturn

from console.commands import output


def dump_no_core() -> None:
    """Whatever ends the process: a core dump would contain the API key."""
    try:
        import resource
    except ImportError:  # Windows has no cores
        return
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def end(status: int) -> NoReturn:
    """End with this status, which Ctrl+C no longer changes; threads that still work are left.

    A keyring that does not answer has a thread, as has a name that is looked up. Up to Python 3.13
    the interpreter ends each with `pthread_exit` as soon as it wants the GIL. On glibc that unwinds
    its stack, and where a library compiled from Rust is on it (`cryptography`, which secretstorage
    brings, imports and calls Python), the process aborts: "exception not rethrown".
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        output.drop_what_cannot_be_written()
        os._exit(status)
    sys.exit(status)
