"""The levels of loggers: our own log from the chosen level on, all others from `warning` on,
because the debug lines of an HTTP library contain headers.
"""

import logging
from collections.abc import Callable

_OWN = ("console", "screens")


def set_levels(level: str) -> Callable[[], None]:
    """Let our own loggers log from `level` on and all others from `warning`. The result undoes
    it.
    """
    root, own = logging.getLogger(), [logging.getLogger(name) for name in _OWN]
    before = [(logger, logger.level) for logger in (root, *own)]
    number = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(number, logging.WARNING))
    for logger in own:
        logger.setLevel(number)

    def undo() -> None:
        for logger, earlier in before:
            logger.setLevel(earlier)

    return undo
