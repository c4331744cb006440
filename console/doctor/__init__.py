"""The doctor: examines step by step whether this machine can reach the server.

    report = await examine(profile, Keys(), settings, observe=print)

The steps run in the order of `TITLES`. A failure ends the run and the rest is skipped; a warning
does not. Only one read is ever sent, and only if everything before it is in order.

`local` judges this machine, `way` the way to the server, `answers` the server's answer: pure
functions from facts to a `Finding`. `reach`, `route` and `certificate` get the facts about the way,
and `examination` runs everything in order.
"""

from console.doctor.examination import examine
from console.doctor.steps import NOT_REACHED, TITLES, Examination, Step, StepState

__all__ = ["NOT_REACHED", "TITLES", "Examination", "Step", "StepState", "examine"]
