"""The table of the benchmarks: what counts as met, and what as worse than before."""

from pathlib import Path

import pytest

from tests.benchmarks.table import Figure, FigureTable


def table_of(ratios: list[float], *, row: str = "10 MB: Enter to shown") -> FigureTable:
    table = FigureTable()
    for ratio in ratios:
        table.add([Figure(row, ratio * 100, "ms", ratio, 150)])
    return table


@pytest.mark.parametrize(
    ("before", "now", "is_worse"),
    [
        ([1.0, 1.1, 1.2], [1.5, 1.6, 1.7], True),
        ([1.0, 1.1, 1.9], [1.5, 1.6, 1.7], False),  # the earlier table spreads as far
        ([1.0, 1.1, 1.2], [1.1, 1.6, 1.7], False),  # this one spreads as far back
        ([1.0, 1.1, 1.1, 1.2, 9.0], [0.1, 1.5, 1.6, 1.6, 1.7], True),  # one of five is an accident
        ([1.0, 1.1, 1.1, 1.6, 9.0], [1.5, 1.5, 1.6, 1.6, 1.7], False),  # two are not
        ([1.00], [1.04], False),  # noise
        ([1.00], [1.06], True),
        ([1.5, 1.6, 1.7], [1.0, 1.1, 1.2], False),
    ],
)
def test_a_row_is_worse_where_the_spreads_do_not_meet(
    before: list[float], now: list[float], is_worse: bool
) -> None:
    lines, worse = table_of(now).against(table_of(before))
    assert worse == (["10 MB: Enter to shown"] if is_worse else [])
    assert len(lines) == 1
    assert lines[0].endswith("WORSE") is is_worse


def test_a_row_that_is_new_is_compared_with_nothing() -> None:
    assert table_of([1.0], row="new").against(table_of([2.0])) == ([], [])


def test_a_table_that_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    table = table_of([1.0, 2.0, 1.2])
    table.write(tmp_path / "table.json", machine="any")
    assert FigureTable.read(tmp_path / "table.json").rows == table.rows


def test_an_aim_is_met_by_the_median_of_the_values() -> None:
    assert table_of([1.4, 1.5, 9.0]).rows["10 MB: Enter to shown"].is_met()
    assert table_of([1.4, 1.6, 9.0]).rows["10 MB: Enter to shown"].line().endswith("NOT MET")
