"""Long work in small steps, so that the loop goes on between them.

A step is what a generator does up to its next `yield`: a millisecond at most, often less.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")
Steps = Generator[None, None, Result]
"""Work that yields after each step, and returns its result."""

TURN_S = 0.004
"""Seconds of steps without a turn for others: a frame is drawn between two of them."""


def run(steps: Steps[Result]) -> Result:
    """The result, without a turn for anything else."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def run_for(steps: Steps[Result], seconds: float = TURN_S) -> bool:
    """Take steps for so long, and say whether that was all of them."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        try:
            next(steps)
        except StopIteration:
            return True
    return False


async def run_in_turns(
    steps: Steps[Result], after_turn: Callable[[], object] = lambda: None
) -> Result:
    """The result; after each TURN_S whatever else waits has its turn."""
    until = perf_counter() + TURN_S
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        if perf_counter() >= until:
            after_turn()
            await asyncio.sleep(0)
            until = perf_counter() + TURN_S
