"""The doctor: can this machine reach the server, step by step, and where does it end?

    report = await examine(profile, Keys(), settings, observe=print)

The steps run in the order of `TITLES`. A failure ends the run and the rest is skipped; a warning
does not. Nothing but a read is ever sent, and only once everything before it is in order.

`local` judges what this machine has, `way` the way to the server, `answers` what came back: pure
functions from facts to a `Finding`. `reach`, `route` and `certificate` fetch the facts of the way,
and `examination` puts it all in order.
"""

from console.doctor.examination import examine
from console.doctor.steps import NOT_REACHED, TITLES, Report, State, Step

__all__ = ["NOT_REACHED", "TITLES", "Report", "State", "Step", "examine"]
