"""Finding a text in a body: what is found, in which order, and how many there are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.widgets import text_find
from screens.widgets.steps import run
from screens.widgets.text_find import TextFind, TextMatch, findable


def spans(text: str, *parts: bytes) -> list[tuple[int, ...]]:
    """Every match, by going from each to the next one."""
    find = TextFind(text, parts)
    found: list[TextMatch] = []
    match = run(find.next(0, 0))
    while match is not None and match not in found:
        found.append(match)
        match = run(find.next(match.part, match.start + 1))
    run(find.counting())
    assert find.total == len(found)
    assert [find.number(each) for each in found] == list(range(1, len(found) + 1))
    return [(*each,) for each in found]


def said(text: str, body: str) -> list[str]:
    data = body.encode()
    return [data[start:end].decode() for _, start, end in spans(text, data)]


@pytest.mark.parametrize(
    ("text", "body", "found"),
    [
        ("type2", '"Type2", "TYPE2", "type 2"', ["Type2", "TYPE2"]),
        ("Type2", '"Type2", "TYPE2", "type2"', ["Type2"]),
        ("straße", "Straße STRAßE strasse", ["Straße", "STRAßE"]),
        ("über", "Über ÜBER über uber", ["Über", "ÜBER", "über"]),
        ("Über", "Über ÜBER über", ["Über"]),
        ("ü", r'"T\u00fcr", "T\u00DCR", "\u00e4"', [r"\u00fc", r"\u00DC"]),
        ("Ü", r'"T\u00fcr", "T\u00DCR", "T\u00dcR"', [r"\u00DC", r"\u00dc"]),
        ("🚗", r'"🚗", "\ud83d\ude97", "\uD83D\uDE97"', ["🚗", r"\ud83d\ude97", r"\uD83D\uDE97"]),
        ("http://a", r'"http:\/\/a", "http://a"', [r"http:\/\/a", "http://a"]),
        ("e*8", "DE*8PS, e+8, EE8", ["E*8"]),
        (".*", "a.*b", [".*"]),
        ('"a": 1', '"a": 1, "a":1', ['"a": 1']),
        ("aa", "aaaaa", ["aa", "aa"]),
        (
            "de*8ps",
            "DE*\u200b8PS, DE\u00ad*\u2060\ufeff8PS",
            ["DE*\u200b8PS", "DE\u00ad*\u2060\ufeff8PS"],
        ),
        (
            "de*8ps",
            r'"DE*\u200b8PS", "DE*\u202E8\uFEFFPS"',
            [r"DE*\u200b8PS", r"DE*\u202E8\uFEFFPS"],
        ),
        ("充电", "充电站", ["充电"]),
        ("x", "", []),
        ("nothing", "something", []),
    ],
)
def test_what_is_found(text: str, body: str, found: list[str]) -> None:
    assert said(text, body) == found


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("a\u200bb", "ab"),
        ("\ufeffDE*8PS\u202e", "DE*8PS"),
        ("a b\tc\n", "a bc"),
        ("\u200b", ""),
        ("x" * 5000, "x" * text_find.LONGEST),
    ],
)
def test_what_cannot_be_seen_is_not_searched_for(typed: str, sought: str) -> None:
    assert findable(typed) == sought


@given(
    st.text("aAüÜ", min_size=1, max_size=3),
    st.lists(st.text("aAbüÜ\\u\n0fcd", max_size=40), min_size=1, max_size=3),
    st.integers(1, 30),
)
def test_the_slices_of_a_text_change_nothing(text: str, parts: list[str], size: int) -> None:
    whole = [part.encode() for part in parts]
    with pytest.MonkeyPatch.context() as patch:
        found = spans(text, *whole)
        patch.setattr(text_find, "SLICE", size)
        sliced = spans(text, *whole)
    apart = all(b[1] >= a[1] + 2 * len(text.encode()) for a, b in pairwise(found))
    if apart or len(set(text.lower())) == len(text):
        assert sliced == found
    for one in sliced:
        assert whole[one[0]][one[1] : one[2]]


def test_the_search_goes_round_both_ways() -> None:
    find = TextFind("x", (b"x-x", b"--x"))
    assert run(find.next(1, 1)) == (1, 2, 3)
    assert run(find.next(1, 3)) == (0, 0, 1)
    assert run(find.previous(1, 2)) == (0, 2, 3)
    assert run(find.previous(0, 0)) == (1, 2, 3)
    only = TextFind("x", (b"", b"-x-"))
    assert run(only.next(1, 2)) == run(only.previous(1, 1)) == (1, 1, 2)


def test_the_number_of_a_match_is_known_when_what_is_before_it_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_find, "SLICE", 10)
    find = TextFind("x", (b"x" * 25,))
    match = TextMatch(0, 12, 13)
    counting = find.counting()
    assert find.number(match) is None
    next(counting)
    assert (find.number(match), find.total, find.is_counted) == (13, 10, False)
    run(counting)
    assert (find.total, find.is_counted) == (25, True)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_matches_of_a_row_are_those_that_reach_into_it(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_find, "SLICE", size)
    find = TextFind("abc", (b"-abc-abc-abc-",))
    assert [match.start for match in find.within(0, 3, 6)] == [1, 5]
    assert [match.start for match in find.within(0, 4, 5)] == []
    assert [match.start for match in find.within(0, 0, 99)] == [1, 5, 9]


def test_a_text_of_millions_of_matches_is_only_counted() -> None:
    find = TextFind("e", (b"e" * 3_000_000,))
    run(find.counting())
    assert find.total == 3_000_000
    assert find.number(TextMatch(0, 2_999_999, 3_000_000)) == 3_000_000
    assert sum(map(len, find._kept.values())) <= text_find.KEPT * text_find.SLICE


@pytest.mark.parametrize("text", ["(a+)+b", "\\u", "[", "\\", "a" * 200, "ü" * 200])
def test_whatever_is_typed_takes_time_in_proportion_to_the_body(text: str) -> None:
    body = b"a" * 300_000 + "ü".encode() * 100_000 + b"\\u00fc" * 30_000
    find = TextFind(text, (body,))
    run(find.counting())
    assert find.is_counted
