"""The documents that code cites are in the repository, and so is what is cited of them.

A citation is `PROTOCOL.md 2.3`, `PROTOCOL.md 2.3 row 7` or `console/README.md 3`; several sections
or rows are joined by a comma, `and` or `to`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from console.oioi.judgement import explanations

CHECKOUT = Path(__file__).parent.parent
DOCUMENTS = {
    "PROTOCOL.md": "console/oioi/PROTOCOL.md",
    "console/oioi/PROTOCOL.md": "console/oioi/PROTOCOL.md",
    "console/README.md": "console/README.md",
    "README.md": "README.md",
}
"""The names by which documents are cited, and where they stand."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A document as it is named, with the sections and the rows of the last section."""

    document: str
    sections: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()


_NUMBER = r"\d+(?:\.\d+)*"
_JOIN = r"(?:, and |, | and | to )"
_CITATION = re.compile(
    r"(?<![\w./-])(?P<document>[\w./-]*\w\.md)\b`?(?:,? section)?"
    rf"(?: (?P<sections>{_NUMBER}(?:{_JOIN}{_NUMBER})*)(?!\w)"
    rf"(?: rows? (?P<rows>\d+(?:{_JOIN}\d+)*))?)?"
)
_LINE_BREAK = re.compile(r"\s*\n\s*(?:#:?\s+)?")


def citations(text: str) -> Iterator[Citation]:
    """The citations in a text; one may go on in the next line, also of a comment."""
    for found in _CITATION.finditer(_LINE_BREAK.sub(" ", text)):
        sections = re.findall(_NUMBER, found["sections"] or "")
        yield Citation(found["document"], tuple(sections), tuple(_rows(found["rows"] or "")))


def _rows(text: str) -> Iterator[int]:
    """The numbers in `1 to 3, 5 and 7`: 1, 2, 3, 5, 7."""
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
        yield from range(int(first), int(last or first) + 1)


@cache
def contents(path: str) -> dict[str, list[int]]:
    """The numbered sections of a document, each with the numbers of its rows."""
    found: dict[str, list[int]] = {}
    rows: list[int] = []
    in_rows = False
    for line in (CHECKOUT / path).read_text(encoding="utf-8").splitlines():
        if heading := re.match(rf"#+ ({_NUMBER})\.? ", line):
            assert heading[1] not in found, f"{path}: section {heading[1]} stands there twice"
            found[heading[1]] = rows = []
        in_rows = line.startswith("|") and (in_rows or line.startswith("| Row |"))
        if in_rows and (row := re.match(r"\| (\d+) \|", line)):
            rows.append(int(row[1]))
    return found


def sources() -> list[Path]:
    """Every file whose citations are checked: code, tests, assets and the documents, not this."""
    folders = [CHECKOUT / name for name in ("console", "screens", "tests", "assets")]
    files = [path for folder in folders for path in folder.rglob("*")]
    files += [CHECKOUT / "README.md", CHECKOUT / "pyproject.toml"]
    suffixes = {".py", ".toml", ".tcss", ".md"}
    return [path for path in files if path.suffix in suffixes and path != Path(__file__)]


@cache
def cited() -> list[tuple[str, Citation]]:
    """Every citation, with the name of its file."""
    return [
        (str(path.relative_to(CHECKOUT)), citation)
        for path in sources()
        for citation in citations(path.read_text(encoding="utf-8"))
    ]


def is_there(file: str, document: str) -> bool:
    """Whether a document is one of ours, or stands beside the file that names it."""
    return document in DOCUMENTS or (CHECKOUT / file).parent.joinpath(document).is_file()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(README.md 4)", [Citation("README.md", ("4",))]),
        ("after README.md 3 for causes", [Citation("README.md", ("3",))]),
        ("by README.md 4.", [Citation("README.md", ("4",))]),
        ("as `README.md` 1.1.3 says", [Citation("README.md", ("1.1.3",))]),
        ("README.md 2.2 and 4", [Citation("README.md", ("2.2", "4"))]),
        ("README.md 2.2, 2.3, 2.7", [Citation("README.md", ("2.2", "2.3", "2.7"))]),
        ("README.md 2.5 to 2.7", [Citation("README.md", ("2.5", "2.7"))]),
        ("README.md 2.2 and 2.5 to 2.7, a server", [Citation("README.md", ("2.2", "2.5", "2.7"))]),
        ("README.md 2.2 in units of", [Citation("README.md", ("2.2",))]),
        ("(README.md 2.3 row 7)", [Citation("README.md", ("2.3",), (7,))]),
        ("README.md 2.3 rows 15 and 16", [Citation("README.md", ("2.3",), (15, 16))]),
        ("README.md 2.3 rows 1 to 3, 5", [Citation("README.md", ("2.3",), (1, 2, 3, 5))]),
        ("(README.md 2.3\n    rows 8 to 10).", [Citation("README.md", ("2.3",), (8, 9, 10))]),
        ("# why (README.md\n    # 2.6)", [Citation("README.md", ("2.6",))]),
        (
            "(a/README.md 3, PROTOCOL.md 2.4)",
            [Citation("a/README.md", ("3",)), Citation("PROTOCOL.md", ("2.4",))],
        ),
        ("what `README.md` says", [Citation("README.md")]),
        ("README.mdx 3", []),
    ],
)
def test_every_form_of_a_citation_is_understood(text: str, expected: list[Citation]) -> None:
    assert list(citations(text)) == expected


def test_every_document_that_is_named_is_in_the_repository() -> None:
    assert all((CHECKOUT / path).is_file() for path in DOCUMENTS.values())
    missing = [
        f"{file}: {citation.document}"
        for file, citation in cited()
        if not is_there(file, citation.document)
    ]
    assert not missing


def test_every_section_and_row_that_is_cited_exists() -> None:
    wrong = []
    for file, citation in cited():
        path = DOCUMENTS.get(citation.document)
        if path is None:  # the test before this one says so
            continue
        sections = contents(path)
        wrong += [f"{file}: {path} {name}" for name in citation.sections if name not in sections]
        rows = sections.get(citation.sections[-1], []) if citation.sections else []
        wrong += [f"{file}: {citation} row {row}" for row in citation.rows if row not in rows]
    assert not wrong


def test_code_cites_the_protocol_at_all() -> None:
    """Without this a fault of the search would pass for a tree without citations."""
    found = [citation for _, citation in cited() if citation.document == "PROTOCOL.md"]
    assert sum(bool(citation.sections) for citation in found) > 50
    assert any(len(citation.rows) > 1 for citation in found)


@pytest.mark.parametrize("path", sorted({*DOCUMENTS.values()} - {"README.md"}))
def test_rows_are_numbered_without_a_gap(path: str) -> None:
    assert contents(path)
    for name, rows in contents(path).items():
        assert all(after == before + 1 for before, after in pairwise([0, *rows])), name


def test_a_list_of_documented_calls_has_forty_three_of_them() -> None:
    assert contents(DOCUMENTS["PROTOCOL.md"])["2.2"] == list(range(1, 44))


def test_the_codes_of_the_document_are_those_that_are_explained() -> None:
    """The same codes, each with the same effect on a start and the same more general codes."""
    row = re.compile(r"^\| (\d{3}) \| [^|]+ \| (\S+) \|([^|]*)\|", re.MULTILINE)
    text = (CHECKOUT / DOCUMENTS["PROTOCOL.md"]).read_text(encoding="utf-8")
    _, _, section = text.partition("### 3.3 ")
    section, _, _ = section.partition("### 3.4 ")
    written = {
        code: (start.replace("–", "-"), tuple(re.findall(r"\d{3}", general)))
        for code, start, general in row.findall(section)
    }
    explained = {
        entry.key: (entry.start.value, entry.also_as) for entry in explanations.catalogue()
    }
    assert written == explained
