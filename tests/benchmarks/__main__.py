"""The table of what the program takes, measured with the finished program.

    python -m tests.benchmarks [--quick] [--repeat N] [--json FILE] [--against FILE] [CASE…]

Cases take turns, N rounds of them. A row is printed as its median, its spread (the smallest and the
largest; of five and more without the most extreme at each end), its ratio (most are in starts or in
the memory of a bare Textual app of the same round), its aim, and whether that is met. Then follows
of each long answer when each phase begins after Enter, and what it takes in which process.

`--against` compares with the JSON of an earlier table by the ratios, and ends with status 1 where a
row is worse: the two spreads do not meet, and the medians are more than 5 % apart.

Other programs disturb the clock: `chrt -f 50 python -m tests.benchmarks` keeps them away.
"""

import argparse
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from tests.benchmarks.bare import Bare, bare
from tests.benchmarks.bench_answers import (
    ANSWERS,
    Phases,
    answer_figures,
    phase_lines,
    phase_medians,
)
from tests.benchmarks.bench_memory import exchange_figures, idle_figures
from tests.benchmarks.bench_start import explain_figures, start_figures
from tests.benchmarks.rows import batch_figures, bytes_figures, client_figures
from tests.benchmarks.table import Figure, FigureTable

QUICK = ("start", "explain", "0.1 MB", "10 MB")
REPEAT = 5

BY_NAME = ("exchanges",)
"""Measured only if asked for: 10,000 exchanges take minutes."""

Case = Callable[[Bare], Iterable[Figure]]
"""Measures once, beside a bare app."""


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    phases: dict[str, list[Phases]] = {}
    cases: dict[str, Case] = {
        "start": start_figures,
        "explain": explain_figures,
        "idle": idle_figures,
        "bytes": bytes_figures,
        "client": client_figures,
        "batch": batch_figures,
        "exchanges": exchange_figures,
        **{name: partial(answer_figures, name, phases=phases) for name in ANSWERS},
    }
    parser.add_argument("cases", nargs="*", metavar="CASE", help=" · ".join(cases))
    parser.add_argument("--repeat", type=int, default=REPEAT, metavar="N", help="rounds")
    parser.add_argument("--quick", action="store_true", help=f"two rounds of {', '.join(QUICK)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table to this file")
    parser.add_argument("--against", type=Path, metavar="FILE", help="an earlier table")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.cases if name not in cases]:
        parser.error(f"no case: {', '.join(unknown)}; there are: {', '.join(cases)}")
    old = FigureTable.read(arguments.against) if arguments.against else None
    usual = QUICK if arguments.quick else [name for name in cases if name not in BY_NAME]
    chosen = arguments.cases or usual
    table = measured(
        {name: cases[name] for name in chosen}, 2 if arguments.quick else arguments.repeat
    )
    medians = {name: phase_medians(runs) for name, runs in phases.items()}
    print_table(table, medians)
    if arguments.json:
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        table.write(arguments.json, machine=machine, phases=medians)
    return 0 if old is None else print_changes(table, old)


def measured(cases: dict[str, Case], rounds: int) -> FigureTable:
    """The cases taking turns, each beside a bare app of its own; one that fails is left out."""
    table = FigureTable()
    with tempfile.TemporaryDirectory() as folder:
        bare(Path(folder))  # the first one only writes the bytecode
        for number in range(rounds):
            for name, case in cases.items():
                print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                beside = bare(Path(folder))
                table.add([Figure("bare app, first frame", beside.clock_ms, "ms", 1.0)])
                table.add([Figure("bare app, processor", beside.processor_ms, "ms", 1.0)])
                table.add([Figure("bare app, memory", beside.memory_mb, "MB", 1.0)])
                try:
                    table.add(list(case(beside)))
                except (OSError, subprocess.SubprocessError) as error:
                    print(f"{name} was not measured: {error}", file=sys.stderr)
    return table


def print_table(table: FigureTable, phases: dict[str, Phases]) -> None:
    """All rows, and the phases of the long answers."""
    print(table.HEAD)
    for row in table.rows.values():
        print(row.line())
    for name, medians in phases.items():
        print(f"\n{name}, from Enter on:")
        print("\n".join(phase_lines(medians)))


def print_changes(table: FigureTable, old: FigureTable) -> int:
    """The ratios before and now; 1 where one is worse."""
    lines, worse = table.against(old)
    print("\nAgainst the earlier table, by the ratios:")
    print("\n".join(lines))
    if worse:
        print(f"\nWorse: {'; '.join(worse)}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
