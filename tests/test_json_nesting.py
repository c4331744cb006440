"""What stands in what in JSON with a member a line: paths, values, folds, and lines by number."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.http.text_blocks import laid_out_text
from console.oioi.redact import visible
from screens.widgets import json_nesting as nesting
from screens.widgets.json_nesting import line_at
from screens.widgets.row_folds import Fold, FoldList, RowFolds
from screens.widgets.steps import run
from screens.widgets.text_rows import TextRows

STATIONS = {
    "stations": [
        {"id": 1, "connectors": [{"external-id": "DE*A*E1"}, {"external-id": 'a"b\\'}]},
        {"id": 2, "connectors": [], "notes": {}},
        [[1, 2], [3]],
    ],
    "result": {"code": 0, "a.b": True, "": None, "x y": "straße"},
}

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=30,
)


def laid_out(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def offsets(data: bytes) -> list[int]:
    """Where each line begins."""
    return [0, *(at + 1 for at, byte in enumerate(data) if byte == ord("\n"))]


def line_with(data: bytes, text: str) -> int:
    """A byte in the first line that has this text."""
    return data.index(text.encode())


def container(data: bytes, offset: int) -> Fold | None:
    return run(nesting.container_of(data, offset))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"id": 1', "stations[0].id"),
        ("DE*A*E1", "stations[0].connectors[0].external-id"),
        ('a\\"b', "stations[0].connectors[1].external-id"),
        ('"connectors": []', "stations[1].connectors"),
        ("3", "stations[2][1][0]"),
        ('"stations"', "stations"),
        ('"a.b"', 'result["a.b"]'),
        ('"": null', 'result[""]'),
        ('"x y"', 'result["x y"]'),
        ("{", ""),
    ],
)
def test_the_path_of_a_line_is_spelled_as_in_the_notes_on_an_answer(text: str, path: str) -> None:
    data = laid_out(STATIONS)
    assert run(nesting.path_of(data, line_with(data, text))) == path


def test_a_closing_bracket_has_the_path_of_what_it_closes() -> None:
    data = laid_out(STATIONS)
    for at, line in zip(offsets(data), data.split(b"\n"), strict=True):
        if line.strip(b" ,") in (b"}", b"]"):
            fold = container(data, at)
            assert fold is not None
            assert fold.close == at
            opening = run(nesting.path_of(data, fold.start))
            assert run(nesting.path_of(data, at)) == opening


def every_value(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[Any, Any]]:
    """Each value in a document with its path, in the order in which they begin."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = [each for name, at in value.items() for each in every_value(at, (*path, name))]
    elif isinstance(value, list):
        inner = [each for n, at in enumerate(value) for each in every_value(at, (*path, n))]
    return [(path, value), *inner]


@given(DOCUMENTS)
def test_of_any_document_each_line_has_its_path_its_value_and_its_entries(document: Any) -> None:
    data = laid_out(document)
    lines = [line_at(data, at) for at in offsets(data)]
    begin = [line for line in lines if data[line.text : line.text + 1] not in (b"}", b"]")]
    values = every_value(document)
    assert len(begin) == len(values)
    for line, (path, value) in zip(begin, values, strict=True):
        spelled = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        found = run(nesting.path_of(data, line.start))
        if all(isinstance(step, int) or nesting._PLAIN_NAME.fullmatch(step) for step in path):
            assert found == visible(spelled.removeprefix("."))
        fold = container(data, line.start) if nesting.opens(data, line) else None
        copied = nesting.value_in(data, line, fold)
        assert copied == value if isinstance(value, str) else json.loads(copied) == value
        if fold is not None:
            assert run(nesting.entries_of(data, fold)) == len(value)
            inside = value.values() if isinstance(value, dict) else value
            containers = [each for each in inside if each and isinstance(each, dict | list)]
            folds = run(nesting.folds_inside(data, fold, 100))
            assert len(folds) == len(containers)
            assert all(container(data, each.start) == each for each in folds)


def test_what_is_looked_for_is_found_over_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    data = laid_out({"a": [STATIONS, STATIONS], "b": list(range(300))})
    last = data.rindex(b'"x y"')
    item = data.index(b" 299")
    whole = container(data, 0)
    assert whole is not None

    def asked() -> list[Any]:
        return [
            run(nesting.path_of(data, last)),
            run(nesting.path_of(data, item)),
            container(data, last),
            container(data, 0),
            run(nesting.entries_of(data, whole)),
            [*run(nesting.folds_inside(data, whole, 10))],
            [run(nesting.start_of_line(data, number)) for number in range(1, 400)],
        ]

    at_once = asked()
    assert at_once[:2] == ['a[1].result["x y"]', "b[299]"]
    for step in (1, 2, 3, 7, 64):
        monkeypatch.setattr(nesting, "STEP", step)
        assert asked() == at_once


@pytest.mark.parametrize(
    ("text", "room", "summary"),
    [
        ('"stations"', 80, '  "stations": [ … 3 items ],'),
        (
            '"result"',
            80,
            '  "result": { "code": 0, "a.b": true, "": null, "x y": "straße", … 4 items }',
        ),
        ('"result"', 60, '  "result": { "code": 0, "a.b": true, "": null, … 4 items }'),
        ('"result"', 40, '  "result": { "code": 0, … 4 items }'),
        ('"result"', 10, '  "result": { … 4 items }'),
    ],
)
def test_a_fold_says_what_it_hides(text: str, room: int, summary: str) -> None:
    data = laid_out(STATIONS)
    fold = container(data, line_with(data, text))
    assert fold is not None
    entries = run(nesting.entries_of(data, fold))
    assert nesting.summary(data, fold, entries, room) == summary
    assert "…  " not in nesting.summary(data, fold, None, room)


@pytest.mark.parametrize(
    ("number", "line"), [(0, 0), (1, 0), (2, 1), (4, 3), (9, 8), (10, 9), (99, 9)]
)
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_is_found_by_its_number(number: int, line: int, end: bytes) -> None:
    data = b"\n".join(b"%d" % each * each for each in range(10)) + end
    start = run(nesting.start_of_line(data, number))
    assert data[:start].count(b"\n") == line
    assert start == 0 or data[start - 1 : start] == b"\n"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[", b"{\n", b'{\n  "a": [', b"}\n]", b"null", b"  {\n}", b"[\n[\n]\n]", b"\n\n"],
)
def test_lines_that_are_not_laid_out_so_do_no_harm(data: bytes) -> None:
    for at in range(len(data)):
        fold = container(data, at)
        assert fold is None or 0 <= fold.start < fold.close < len(data)
        assert isinstance(run(nesting.path_of(data, at)), str)
        assert isinstance(nesting.value_in(data, line_at(data, at), fold), str)


# Folds as rows


@given(DOCUMENTS, st.data(), st.none() | st.integers(2, 12))
def test_what_is_folded_is_not_among_the_rows(
    document: Any, data: st.DataObject, width: int | None
) -> None:
    body = laid_out(document)
    rows = TextRows(body, width)
    folds = RowFolds()
    shown = list(range(len(rows)))
    for _ in range(data.draw(st.integers(0, 5))):
        place = data.draw(st.integers(0, len(shown) - 1))
        assert folds.row(place) == shown[place]
        if (fold := folds.at(place)) is not None:
            run(folds.replace(fold, FoldList(), rows))
        elif (fold := container(body, rows[shown[place]].offset)) is not None:
            run(folds.replace(fold, FoldList(fold), rows))
        kept = [*folds]
        hidden = {
            row
            for each in kept
            for row in range(rows.row_at(each.start) + 1, rows.row_at(each.close) + 1)
        }
        shown = [row for row in range(len(rows)) if row not in hidden]
        assert folds.hidden == len(hidden)
        assert [folds.row(place) for place in range(len(shown))] == shown
        assert [folds.place(row) for row in shown] == list(range(len(shown)))
        for row in range(len(rows)):
            hiding = folds.hiding(row)
            assert (hiding is not None) == (row in hidden)
            if hiding is not None:
                assert folds.place(row) == folds.place(rows.row_at(hiding.start))


def test_folds_are_found_again_in_rows_of_another_width() -> None:
    body = laid_out(STATIONS)
    folds = RowFolds()
    fold = container(body, line_with(body, '"connectors"'))
    assert fold is not None
    run(folds.replace(fold, FoldList(fold), TextRows(body)))
    narrow = TextRows(body, 9)
    run(folds.measure(narrow))
    place = folds.place(narrow.row_at(fold.start))
    assert folds.at(place) == fold
    assert narrow[folds.row(place + 1)].text == "    },"


# The index of the rows


@pytest.mark.parametrize("text", ["", "one\ntwo\n", "\n", "ü€" * 3, "x" * 5000 + "\n\n"])
@pytest.mark.parametrize("times", [1, 2000])
def test_rows_found_in_steps_or_by_another_are_the_same(text: str, times: int) -> None:
    data = text.encode() * times
    whole = TextRows(data)
    later = TextRows(data, later=True)
    assert len(later) == 0
    for _step in later.reading():
        assert later.row_at(len(data)) == max(0, len(later) - 1)
    assert later.is_read
    given_ = TextRows(data, index=laid_out_text(data))
    rows = range(0, len(whole), 97)
    assert len(later) == len(given_) == len(whole)
    assert [later[at] for at in rows] == [given_[at] for at in rows] == [whole[at] for at in rows]


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\r")),
    st.none() | st.integers(2, 9),
)
def test_each_byte_of_a_text_is_in_the_row_that_shows_it(text: str, width: int | None) -> None:
    data = text.encode()
    rows = TextRows(data, width)
    at = 0
    for char in text:
        row = rows[rows.row_at(at)]
        if char != "\n":
            column = rows.column(row, at)
            assert row.start <= column < row.end
            assert row.text[column:].startswith(visible(char)[: row.end - column])
        at += len(char.encode())
