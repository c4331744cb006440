"""The helper process: reads one body after the other, until the program is gone.

It is started as `python -c`, or as the frozen program with one word, with its end of the socket as
standard input: see `process`.
"""

import gc
import os
import socket
import threading

from console.oioi.http.reader import frames, memory
from console.oioi.http.reader.watch import end_with
from console.oioi.http.reader.work import Done, LayOut, NotRead, Work, done, lines_done

READY = "ready"

GIVES_WAY = 5
"""How much less urgent it is than the program, whose loop gets the processor at once (nice)."""


def main() -> None:
    """Serve the program at the other end of standard input; ends with it."""
    os.nice(GIVES_WAY)
    gc.disable()  # what is made of a body is gone with its answer, and holds no circles
    connection = socket.socket(fileno=os.dup(0))
    threading.Thread(target=end_with, args=(connection,), daemon=True).start()
    try:
        frames.send(connection, READY)
        while True:
            work, descriptors = frames.receive(connection)
            try:
                made = _answer(work, descriptors[0])
            finally:
                memory.close(descriptors)
            _send(connection, made.reply, made.descriptors)
            if made.later is not None:
                columns, descriptor = made.later()
                _send(connection, columns, [descriptor])
                del columns
            del work, made
    except OSError:
        pass  # the program has ended, or does not want this one any more


def _send(connection: socket.socket, reply: object, descriptors: list[int]) -> None:
    try:
        frames.send(connection, reply, descriptors)
    finally:
        memory.close(descriptors)


def _answer(work: Work | LayOut, descriptor: int) -> Done:
    try:
        if isinstance(work, LayOut):
            return lines_done(memory.copied(descriptor, 0, work.length))
        return done(work, memory.copied(descriptor, 0, work.length))
    except Exception as error:
        # The boundary: the program reads the body itself then, and reports what is wrong with it.
        return Done(NotRead(type(error).__name__), [])
