"""How one process notices what has become of another."""

import os
import select
import socket


def is_stopped(pid: int) -> bool:
    """Whether somebody has stopped this child (SIGSTOP): it would not answer for as long.

    Not known on macOS, where the time limit has to do.
    """
    if not hasattr(os, "waitid"):
        return False
    try:
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    except OSError:
        return False  # it has ended, and its socket says so


def end_with(connection: socket.socket) -> None:
    """End this process as soon as the one at the other end is gone, whatever is being done."""
    poll = select.poll()
    poll.register(connection, select.POLLHUP)
    poll.poll()
    os._exit(0)
