"""From which level on a logger speaks: our own from the level asked for, all others from
`warning` on, since the debug lines of an HTTP library are headers."""

import logging
from collections.abc import Callable

LEVELS = ("debug", "info", "warning", "error")
"""From the one that tells most to the one that tells least."""

_OWN = ("console", "screens")


def set_levels(level: str) -> Callable[[], None]:
    """Let our own loggers speak from `level` on and all others from `warning`; returns the undo."""
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
