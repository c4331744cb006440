"""What differs between two exchanges."""

from dataclasses import replace
from typing import Any

import pytest

from console.journal import compare as comparing
from console.journal.compare import Difference, Part, compare, unequal_members
from console.oioi.judgement.outcome import Verdict
from tests.kept_exchanges import SUCCESS, UNKNOWN_CARD, kept


def test_two_exchanges_that_are_the_same_differ_in_nothing() -> None:
    assert compare(kept(SUCCESS), kept(SUCCESS)).differences == ()


def test_another_result_differs_in_verdict_code_message_and_members() -> None:
    found = compare(kept(SUCCESS), kept(UNKNOWN_CARD, status=404))
    assert [(d.part, d.path, d.left, d.right) for d in found.differences] == [
        (Part.OUTCOME, "verdict", "success", "refused"),
        (Part.OUTCOME, "code", "000", "191"),
        (Part.OUTCOME, "HTTP status", "200", "404"),
        (Part.OUTCOME, "message", "Success.", "Unknown card."),
        (Part.ANSWER, "rfid", '{"evco-id":"DE*8PS*9DC4AB*X"}', None),
        (Part.ANSWER, "result.code", "0", "191"),
        (Part.ANSWER, "result.message", "Success.", "Unknown card."),
    ]
    assert not found.is_cut


def test_headers_differ_whatever_their_case_but_not_in_when_they_came() -> None:
    one = (("Date", "Thu"), ("Server", "nginx"), ("Via", "a"))
    other = (("date", "Fri"), ("server", "nginx"), ("X-Request-Id", "7"))
    found = compare(kept(SUCCESS, headers=one), kept(SUCCESS, headers=other))
    assert found.differences == (
        Difference(Part.ANSWER, "header via", "a", None),
        Difference(Part.ANSWER, "header x-request-id", None, "7"),
    )


def test_what_was_sent_differs_member_by_member() -> None:
    found = compare(kept(SUCCESS, sent={"rfid": "0452"}), kept(SUCCESS, sent={"rfid": "5204"}))
    assert found.differences == (Difference(Part.REQUEST, "rfid-verify.rfid", "0452", "5204"),)


def test_text_is_compared_as_a_whole() -> None:
    (found,) = compare(kept(b"no gateway"), kept(b"bad gateway")).differences
    assert found == Difference(Part.ANSWER, "body", "no gateway", "bad gateway")


def test_an_exchange_without_an_answer_differs_by_the_answer() -> None:
    answered = kept(SUCCESS)
    lost = replace(answered, exchange=replace(answered.exchange, attempts=()))
    assert compare(answered, lost).differences[-1] == Difference(Part.ANSWER, "", "HTTP 200", None)


@pytest.mark.parametrize(
    ("left", "right", "paths"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": True}, {"a": 1}, ["a"]),
        ({"a": {"b": None}}, {"a": {}}, ["a.b"]),
        ([1, 2, 3], [1, 5], ["[1]", "[2]"]),
        ({"s": [{"id": 1}, {"id": 2}]}, {"s": [{"id": 2}, {"id": 3}]}, ["s[id=1]", "s[id=3]"]),
        ({"s": [{"id": 2, "n": "a"}]}, {"s": [{"id": 1}, {"id": 2, "n": "b"}]},
         ["s[id=2].n", "s[id=1]"]),
        ({"s": [{"id": 1}, {"id": 1}]}, {"s": [{"id": 1}]}, ["s[1]"]),
    ],
)  # fmt: skip
def test_members_differ_by_their_paths(left: Any, right: Any, paths: list[str]) -> None:
    assert [path for path, _, _ in unequal_members(left, right)] == paths


def test_a_nest_as_deep_as_can_be_read_is_compared() -> None:
    deep: Any = 1
    other: Any = 2
    for _ in range(900):
        deep, other = [deep], [other]
    ((path, _, _),) = unequal_members(deep, other)
    assert path == "[0]" * 900


def test_no_more_than_so_many_differences_are_listed() -> None:
    many = {str(number): number for number in range(comparing.MOST + 50)}
    found = compare(kept(many), kept(dict.fromkeys(many, -1)))
    assert len(found.differences) == comparing.MOST
    assert found.is_cut


def test_long_values_are_shortened_and_bodies_beyond_a_size_are_not_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (found,) = compare(kept({"a": "x" * 500}), kept({"a": "y"})).differences
    assert found.left is not None
    assert len(found.left) == comparing.LONGEST
    monkeypatch.setattr(comparing, "LARGEST", 100)
    large = compare(kept({"a": "x" * 500}), kept({"a": "y" * 600}))
    assert large.differences == (Difference(Part.ANSWER, "body", "509 bytes", "609 bytes"),)
    assert large.is_cut


def test_the_verdict_of_a_call_in_flight_is_absent() -> None:
    one = kept(SUCCESS)
    flying = replace(one, entry=replace(one.entry, verdict=None))
    assert compare(flying, one).differences == (
        Difference(Part.OUTCOME, "verdict", None, str(Verdict.SUCCESS)),
    )
