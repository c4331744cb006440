"""The table of figures: what was measured, against its aims and against an earlier table.

A figure has a value in its own unit and a ratio, which holds on other machines too: most of them
are in starts or in the memory of a bare Textual app, measured in the same round. Rounds take turns,
so that what else the machine does meets all rows alike.
"""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

NOISE = 0.05
"""A change of less than this part of the old ratio is none."""


TRIMMED_FROM = 5
"""Of so many values the most extreme ones do not count in the spread."""


class Figure(NamedTuple):
    """One measurement of one row."""

    row: str
    value: float
    unit: str
    ratio: float
    """Of the value to what is measured beside it; the same as the value where that is a ratio."""
    aim: float | None = None
    """The most that the value should be."""


@dataclass
class FigureRow:
    """All measurements of one row."""

    name: str
    unit: str
    aim: float | None
    values: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def ratio(self) -> float:
        """The median."""
        return statistics.median(self.ratios)

    def is_met(self) -> bool | None:
        """Whether the aim is, None where there is none."""
        return None if self.aim is None else self.value <= self.aim

    def line(self) -> str:
        """The row as it is printed."""
        spread = " … ".join(map(_short, _spread(self.values)))
        met = {None: "", True: "met", False: "NOT MET"}[self.is_met()]
        aim = "" if self.aim is None else f"≤ {self.aim:g}"
        return (
            f"{self.name:48} {_short(self.value):>9} {self.unit:18} {spread:20} "
            f"{_short(self.ratio):>9}  {aim:8} {met}"
        ).rstrip()

    def is_worse_than(self, old: Self) -> bool:
        """Whether what was measured now is beyond all before: the spreads do not meet, and
        the medians differ by more than noise."""
        is_beyond = _spread(self.ratios)[0] > _spread(old.ratios)[1]
        return is_beyond and self.ratio > old.ratio * (1 + NOISE)


class FigureTable:
    """Rows in the order in which they were measured first."""

    HEAD = f"{'':48} {'median':>9} {'':18} {'spread':20} {'ratio':>9}  aim"

    def __init__(self) -> None:
        self.rows: dict[str, FigureRow] = {}

    def add(self, figures: Iterable[Figure]) -> None:
        """Take what one round has measured."""
        for figure in figures:
            row = self.rows.setdefault(figure.row, FigureRow(figure.row, figure.unit, figure.aim))
            row.values.append(figure.value)
            row.ratios.append(figure.ratio)

    def write(self, file: Path, **more: Any) -> None:
        """Write it as JSON, with more beside the rows."""
        rows = {name: _as_json(row) for name, row in self.rows.items()}
        file.write_text(json.dumps({"rows": rows, **more}, indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, file: Path) -> Self:
        """A table that was written."""
        table = cls()
        for name, row in json.loads(file.read_text())["rows"].items():
            known = FigureRow(name, row["unit"], row["aim"], row["values"], row["ratios"])
            table.rows[name] = known
        return table

    def against(self, old: Self) -> tuple[list[str], list[str]]:
        """A line for each row that both have, by their ratios, and the names of the worse ones."""
        lines, worse = [], []
        for name, row in self.rows.items():
            before = old.rows.get(name)
            if before is None or not before.ratio:
                continue
            change = (row.ratio / before.ratio - 1) * 100
            word = ""
            if row.is_worse_than(before):
                worse.append(name)
                word = "WORSE"
            elif before.is_worse_than(row):
                word = "better"
            lines.append(
                f"{name:48} {before.ratio:9.4g} → {row.ratio:9.4g}  {change:+6.0f} %  {word}"
            )
        return [line.rstrip() for line in lines], worse


def _spread(values: list[float]) -> tuple[float, float]:
    """The smallest and the largest, of five or more without the most extreme at each end."""
    ordered = sorted(values)
    kept = ordered[1:-1] if len(ordered) >= TRIMMED_FROM else ordered
    return kept[0], kept[-1]


def _short(value: float) -> str:
    """A figure in four digits, or all before the point."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _as_json(row: FigureRow) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "aim": row.aim,
        "is_met": row.is_met(),
        "median": row.value,
        "ratio": row.ratio,
        "values": row.values,
        "ratios": row.ratios,
    }
