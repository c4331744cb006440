"""The README is true."""

import re

from tests.readme import README, TABLES, written


def test_its_tables_are_those_of_the_program() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"<!-- {name}: begin -->" in text for name in TABLES)
    assert text == written(text), "run: python -m tests.readme"


def test_the_pictures_it_shows_are_there() -> None:
    shown = re.findall(r"!\[[^]]*]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert shown
    assert all((README.parent / path).is_file() for path in shown)
