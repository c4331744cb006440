"""Identifiers and lists as the field really writes them (tests/data/cases).

Facts are asserted, not wordings: `says` is a list of groups of words, one of each group has to
occur. Separators and zeros in front do not count where spellings are compared.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from console.batch import read_list
from console.oioi.identifiers import Reading, read, reading_json

CASES = Path(__file__).parent / "data" / "cases"


def cases(name: str) -> pytest.MarkDecorator:
    """Every case of a file; the reason why it is one is its id."""
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    ids = [f"{row['group']}: {row['why']} ({number})" for number, row in enumerate(rows)]
    return pytest.mark.parametrize("case", rows, ids=ids)


def bare(text: str) -> str:
    """What counts of a spelling: no separators, no zeros in front, capitals."""
    return re.sub(r"[^0-9A-Za-z]", "", text).upper().lstrip("0")


def offered(reading: Reading) -> set[str]:
    """The normal form and the alternatives, for comparing."""
    return {bare(text) for text in (reading.normal, *(a.value for a in reading.alternatives))}


def said(reading: Reading) -> str:
    """All that is said about an identifier, without case."""
    texts = [advice.text for advice in reading.advice]
    texts += [*reading.changes, *(f"{a.value} {a.why}" for a in reading.alternatives)]
    return " / ".join(texts).lower()


@cases("identifiers")
def test_an_identifier_is_read_as_the_field_writes_it(case: dict[str, Any]) -> None:
    reading = read(case["input"], case["ask_kind"])
    expected, words = case["expected"], said(reading)
    shown = reading_json(reading)
    alternatives = [bare(alternative.value) for alternative in reading.alternatives]
    for name in ("kind", "form", "valid"):
        if name in expected:
            assert shown[name] == expected[name], name
    if "normal" in expected:
        assert bare(reading.normal) == bare(expected["normal"])
    check = reading.check_digit
    if "check_ok" in expected:
        assert (check and check.ok) is expected["check_ok"]
    if "check_computed" in expected:
        assert check is not None
        assert check.computed == expected["check_computed"]
    for offer in expected.get("offers", ()):
        assert bare(offer) in offered(reading), offer
    for never in expected.get("never", ()):
        assert bare(never) not in offered(reading), never
    if "never_pattern" in expected:
        assert not any(re.search(expected["never_pattern"], each) for each in alternatives)
    assert all(each.startswith(expected.get("keeps", "")) for each in alternatives)
    if expected.get("nothing"):
        assert alternatives == []
    for group in expected.get("says", ()):
        assert any(word.lower() in words for word in group), (group, words)
    if "several" in expected:
        both = {bare(each) for each in expected["several"]} <= offered(reading)
        assert both or "two" in words, words


@cases("lists")
def test_a_list_is_read_as_the_field_writes_it(case: dict[str, Any]) -> None:
    listed, expected = read_list(case["text"]), case["expected"]
    asked = {bare(item.to_send) for item in listed.items}
    for value in expected.get("values", ()):
        wanted = {bare(value)}
        if value.isdecimal():  # a decimal print may go out as its bytes
            wanted.add(bare(f"{int(value):X}"))
        assert wanted & asked, value
    for never in expected.get("never", ()):
        assert bare(never) not in asked, never
    if "count" in expected:
        assert len(listed.items) == expected["count"]
    if "several" in expected:
        notes = [*listed.notes, *(item.note for item in listed.items)]
        words = " ".join([*notes, *(each.why for each in listed.unreadable)]).lower()
        assert {bare(each) for each in expected["several"]} <= asked or "two" in words, words
