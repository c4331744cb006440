"""Content-Encoding, unpacked a piece at a time and within bounds."""

import gzip
import zlib
from collections.abc import Iterable

import pytest

from console.oioi.http.encodings import (
    ANY_FOLD_BYTES,
    MAX_LAYERS,
    PIECE,
    BadEncoding,
    CutOff,
    TooLarge,
    Unpacker,
)

TEXT = b'{"evco-id": "DE*8PS*D89761*2", "result": {"code": 0}}'


def packed(data: bytes) -> bytes:
    """A gzip member that says no time, so that the names of the tests are the same every run."""
    return gzip.compress(data, mtime=0)


PACKED = packed(TEXT)
NO_MEMBER = packed(b"")
LIMIT = 4 * ANY_FOLD_BYTES


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def unpacked(
    data: bytes, *encodings: str, limit: int = LIMIT, at_once: int = 1 << 20
) -> tuple[bytes, tuple[str, ...]]:
    """The body and the notes, where `at_once` bytes come at a time."""
    unpacker = Unpacker(encodings, limit)
    pieces: list[bytes] = []
    for start in range(0, len(data), at_once):
        pieces += unpacker.feed(data[start : start + at_once])
    pieces += unpacker.end()
    assert max(map(len, pieces), default=0) <= max(PIECE, at_once)
    return b"".join(pieces), unpacker.notes


def twice(data: bytes) -> bytes:
    return packed(packed(data))


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize(
    ("data", "encodings", "notes"),
    [
        (TEXT, (), 0),
        (TEXT, ("identity",), 0),
        (TEXT, ("none", ""), 0),
        (TEXT, ("utf-8",), 1),
        (PACKED, ("gzip",), 0),
        (PACKED, (" X-GZip ",), 0),
        (PACKED, ("identity", "gzip"), 0),
        (twice(TEXT), ("gzip", "gzip"), 0),
        (packed(zlib.compress(TEXT)), ("deflate", "gzip"), 0),
        (zlib.compress(TEXT), ("deflate",), 0),
        (raw_deflate(TEXT), ("deflate",), 0),
        (packed(TEXT[:9]) + packed(TEXT[9:]), ("gzip",), 0),
        (NO_MEMBER + PACKED + NO_MEMBER, ("gzip",), 0),
        (packed(TEXT[:9]) + bytes(5) + packed(TEXT[9:]), ("gzip",), 0),
        (PACKED + bytes(512), ("gzip",), 0),
        (PACKED + b"\x1f\x8b", ("gzip",), 1),
        (PACKED + b"<!-- served in 3 ms -->", ("gzip",), 1),
        (zlib.compress(TEXT) + b"more", ("deflate",), 1),
        (PACKED, (), 1),
        (twice(TEXT), ("gzip",), 1),
        (twice(TEXT), (), 2),
    ],
)
def test_what_is_packed_is_unpacked_however_it_comes(
    data: bytes, encodings: Iterable[str], notes: int, at_once: int
) -> None:
    body, noted = unpacked(data, *encodings, at_once=at_once)
    assert (body, len(noted)) == (TEXT, notes)


@pytest.mark.parametrize(
    "encodings", [(), ("gzip",), ("deflate",), ("gzip", "gzip"), ("identity",)]
)
def test_a_body_of_nothing_is_nothing(encodings: Iterable[str]) -> None:
    assert unpacked(b"", *encodings) == (b"", ())


@pytest.mark.parametrize("text", [b"\x1f", b"\x1f\x8b", b"{}", b"1", b"\x1f\x8b\x07?"])
def test_a_short_body_is_kept_whole(text: bytes) -> None:
    assert unpacked(text) == (text, ())


@pytest.mark.parametrize(
    ("data", "encodings", "said"),
    [
        (b"", ("br",), "br"),
        (TEXT, ("BR",), "br"),
        (TEXT, ("gzip", "zstd"), "zstd"),
        (TEXT, ("compress",), "compress"),
        (b"\x28\xb5\x2f\xfd\x20\x01", (), "zstd"),
        (TEXT, ("gzip",), "gzip"),
        (TEXT, ("deflate",), "deflate"),
        (PACKED[:-8] + bytes(8), ("gzip",), "gzip"),
        (PACKED, ("gzip",) * (MAX_LAYERS + 1), "more than"),
        (packed(twice(twice(TEXT))), (), "more than"),
    ],
)
def test_what_cannot_be_unpacked_is_named(data: bytes, encodings: Iterable[str], said: str) -> None:
    with pytest.raises(BadEncoding, match=said):
        unpacked(data, *encodings)


@pytest.mark.parametrize("end", [1, 9, 15, len(PACKED) - 9, len(PACKED) - 1])
def test_packed_data_that_ends_in_the_middle_is_cut_off(end: int) -> None:
    with pytest.raises(CutOff):
        unpacked(PACKED[:end], "gzip")
    with pytest.raises(CutOff):
        unpacked(PACKED + PACKED[: max(end, 3)], "gzip")


def test_a_body_is_never_longer_than_the_limit() -> None:
    for data, encodings in (
        (bytes(1001), ()),
        (packed(bytes(1001)), ("gzip",)),
        (packed(bytes(501)) * 2, ("gzip",)),
        (packed(packed(b"x") * 99), ("gzip", "gzip")),  # on the way
    ):
        with pytest.raises(TooLarge):
            unpacked(data, *encodings, limit=1000)


def test_no_more_is_unpacked_than_the_limit_allows() -> None:
    """Of twice the limit in 128 KB; looked at piece by piece, as the client does."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(2 * LIMIT >> 20))
    data += packer.flush()
    sizes: list[int] = []
    with pytest.raises(TooLarge):
        sizes.extend(map(len, Unpacker(("gzip",), LIMIT).feed(data)))
    assert max(sizes) <= PIECE
    assert LIMIT - PIECE <= sum(sizes) <= LIMIT


def test_what_is_packed_twice_to_unpack_without_end_is_given_up_early() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    bomb = packed(inner)
    sizes: list[int] = []
    with pytest.raises(TooLarge, match="without end"):
        sizes.extend(map(len, Unpacker(("gzip", "gzip"), 1 << 30).feed(bomb)))
    assert sum(sizes) <= ANY_FOLD_BYTES
    once = packed(bytes(2 * ANY_FOLD_BYTES))
    assert len(unpacked(once, "gzip")[0]) == 2 * ANY_FOLD_BYTES, "packed once, it may be so dense"


def test_many_empty_members_leave_the_caller_its_turns() -> None:
    assert len(list(Unpacker(("gzip",), LIMIT).feed(NO_MEMBER * 5000))) >= 5000
