"""JSON in lines: as msgspec lays it out, and never gigabytes of blanks."""

import json

import msgspec
import pytest

from console.json_text import json_text
from console.oioi.http import json_layout
from console.oioi.http.json_layout import SHOWN_BYTES, SHOWN_LEVELS, laid_out
from console.oioi.tolerant import UNREADABLE

DEEP = b"[" * 900 + b"0," * 200_000 + b"0" + b"]" * 900


@pytest.mark.parametrize(
    "raw",
    [
        b"1",
        b'{"a":[],"b":{},"c":[1,2.50],"d":"\\u00e4\\"[{"}',
        b"[" * 900 + b"]" * 900,
        b'[[{"a":"]]","b":"\\\\"}],""]',
    ],
)
def test_json_is_laid_out_with_a_member_a_line(raw: bytes) -> None:
    assert laid_out(raw) == msgspec.json.format(raw, indent=2)


def test_long_honest_json_is_laid_out_whole() -> None:
    raw = json.dumps([{"a": [{"b": [number]}]} for number in range(200_000)]).encode()
    assert laid_out(raw) == msgspec.json.format(raw, indent=2)


@pytest.mark.parametrize(
    "deep", [DEEP, DEEP.replace(b"0,", b'"\\"]",'), b"[" * 39 + b"0," * 10**6 + b"0" + b"]" * 39]
)
def test_deep_json_is_shown_in_part_and_says_so(deep: bytes) -> None:
    lines = laid_out(deep)
    assert len(lines) < 100 * SHOWN_BYTES
    assert len(lines) < len(deep) + 50 * SHOWN_BYTES
    *laid, note = lines.decode().split("\n")
    assert "more bytes are not shown" in note
    assert max(len(line) - len(line.lstrip()) for line in laid) <= 2 * SHOWN_LEVELS
    assert laid[0] == "["


def test_json_that_has_to_stay_json_is_one_line_where_it_is_too_deep() -> None:
    assert laid_out(DEEP, stays_json=True) == DEEP
    assert json.loads(json_text(json.loads(DEEP), is_indented=True)) == json.loads(DEEP)


@pytest.mark.parametrize(
    ("raw", "depth"),
    [
        (b"1", 0),
        (b"[]", 1),
        (b'{"a":["]",{"[":"\\\\"}]}', 3),
        (b'["[","",["\\""]]', 2),
        (b"[" * 40 + b"]" * 40, 40),
        (b"[" * 41 + b"]" * 41, json_layout.DEEPEST),
    ],
)
def test_how_deep_json_is_nested(raw: bytes, depth: int) -> None:
    assert json_layout._depth(json_layout._signs(raw)[1]) == depth


@pytest.mark.parametrize("raw", [b"", b"[", b"{]", b"x" * 100])
def test_what_is_no_json_is_not_laid_out(raw: bytes) -> None:
    with pytest.raises(UNREADABLE):
        laid_out(raw)
