"""Content-Encoding: unpacks the received bytes to the body, a small piece at a time.

Servers are not trusted: a body may be packed several times, or unpack to a huge size. So no step
makes more than PIECE bytes, and after each step the caller decides whether to go on.

    Exception
      BadEncoding    an encoding that cannot be read, or data that is not in its encoding
      CutOff         the packed data ends in the middle
      TooLarge       it unpacks to more than `limit`, or further than one packing can
"""

import re
import zlib
from collections.abc import Iterable, Iterator

from console.oioi.language import kept

ACCEPT_ENCODING = "gzip, deflate"
"""The encodings we ask for: the standard library reads them on every supported Python."""

PIECE = 64 * 1024
"""The most bytes unpacked in one step; between steps the caller may look at the clock."""

MAX_LAYERS = 3
"""The most times a body may be packed. A server and a proxy that both pack make two."""

MAX_FOLD = 1100
"""A body may be this many times the received bytes. Deflate reaches 1,032, twice even more."""

ANY_FOLD_BYTES = 16 * 1024 * 1024
"""Up to this many bytes, MAX_FOLD does not apply."""

_INPUT = 8 * 1024
"""Bytes given to zlib at once: it copies the bytes after the end of each gzip member."""

_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_PLAIN = ("", "identity", "none")
_READABLE = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_PACKED = re.compile(r"br|zstd|x-zstd|compress|x-compress|dcb|dcz|lzma|xz|bzip2|exi|pack200-gzip")


class BadEncoding(Exception):
    """The body cannot be unpacked; the text says why and names the encoding."""


class CutOff(Exception):
    """The packed data is incomplete."""


class TooLarge(Exception):
    """The body is too large; the text says what the limit is."""


class _Deflated:
    """Unpacks one layer of gzip (with any number of members) or of deflate."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._zlib: zlib._Decompress | None = None
        self._begin = b""
        self._members = 0
        self.ignored = False
        """Bytes after the end of the packed data were not gzip, and were ignored."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, in pieces of at most PIECE bytes, some of them empty."""
        for start in range(0, len(data), _INPUT):
            yield from self._unpacked(data[start : start + _INPUT])

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        while data and not self.ignored:
            if self._zlib is None:
                data = self._next_member(self._begin + data)
                if self._zlib is None:
                    return
            try:
                piece = self._zlib.decompress(data, PIECE)
            except zlib.error as error:
                raise BadEncoding(
                    kept("the body is no {encoding}: {error}", encoding=self._name, error=error)
                ) from None
            data = self._zlib.unconsumed_tail
            if self._zlib.eof:
                data, self._zlib = self._zlib.unused_data, None
                self._members += 1
            yield piece

    def _next_member(self, data: bytes) -> bytes:
        """Begin the next member when enough of it is there. Returns the bytes left to unpack."""
        self._begin = b""
        if self._name == "deflate":
            if self._members:
                self.ignored = True
            elif len(data) < 2:
                self._begin = data
            else:
                self._zlib = zlib.decompressobj(15 if _has_zlib_header(data) else -15)
            return data
        if self._members:
            data = data.lstrip(b"\0")  # padding
            if len(data) < len(_GZIP_MAGIC) and _GZIP_MAGIC.startswith(data):
                self._begin = data
                return b""
            if not data.startswith(_GZIP_MAGIC):
                self.ignored = True
                return b""
        self._zlib = zlib.decompressobj(31)
        return data

    def end(self) -> None:
        """Raise CutOff if the packed data is incomplete."""
        if self._zlib is not None or (self._begin and not self._members):
            raise CutOff(kept("the {encoding} data ends in the middle", encoding=self._name))
        self.ignored = self.ignored or bool(self._begin)


def _has_zlib_header(data: bytes) -> bool:
    """Whether data begins as in RFC 1950 2.2; servers also send the bare deflate of RFC 1951."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0


class Unpacker:
    """The body of one answer, from its pieces on the wire.

    `encodings` are the values of Content-Encoding, in order; `limit` is the longest body in bytes.
    """

    def __init__(self, encodings: Iterable[str], limit: int) -> None:
        self._limit = limit
        self._wire = 0
        self._made: list[int] = []
        self._layers: list[_Deflated] = []
        self._first: bytes | None = b""
        """The body's first bytes, until there are enough to recognise gzip; then None."""
        self._notes: list[str] = []
        for encoding in reversed([name.strip().lower() for name in encodings]):
            if encoding in _READABLE:
                self._add(_READABLE[encoding])
            elif _PACKED.fullmatch(encoding):
                raise BadEncoding(
                    kept(
                        "the body is packed with {encoding}, which was not asked for",
                        encoding=encoding,
                    )
                )
            elif encoding not in _PLAIN:
                self._notes.append(
                    kept("encoding: a Content-Encoding that nobody knows, passed over")
                )

    def _add(self, name: str) -> None:
        if len(self._layers) == MAX_LAYERS:
            raise BadEncoding(kept("the body is packed more than {n} times", n=MAX_LAYERS))
        self._layers.append(_Deflated(name))
        self._made.append(0)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd."""
        ignored = any(layer.ignored for layer in self._layers)
        behind = (kept("encoding: bytes behind the end of the packed data, passed over"),)
        return (*self._notes, *(behind if ignored else ()))

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The next pieces of the body, each of at most PIECE bytes, some of them empty."""
        self._wire += len(data)
        for piece in self._through(0, data):
            yield from self._sniffed(piece)

    def end(self) -> Iterator[bytes]:
        """The last pieces, after all data was fed. Raises CutOff if the data is incomplete."""
        if self._first:
            first, self._first = self._first, None
            yield first
        for layer in self._layers:
            layer.end()

    def _through(self, index: int, data: bytes) -> Iterator[bytes]:
        if index == len(self._layers):
            if not self._layers and len(data) and self._wire > self._limit:
                raise TooLarge(_longer_than(self._limit))
            yield data
            return
        for piece in self._layers[index].feed(data):
            self._made[index] += len(piece)
            self._check(self._made[index])
            if piece:
                yield from self._through(index + 1, piece)
            else:
                yield piece

    def _check(self, made: int) -> None:
        if made > self._limit:
            raise TooLarge(_longer_than(self._limit))
        if made > max(ANY_FOLD_BYTES, MAX_FOLD * self._wire):
            raise TooLarge(kept("{n} bytes that unpack without end", n=f"{self._wire:,}"))

    def _sniffed(self, piece: bytes) -> Iterator[bytes]:
        """The piece; if the body is gzip that no header declares, what the gzip contains."""
        if self._first is None:
            yield piece
            return
        self._first += piece
        if len(self._first) < len(_ZSTD_MAGIC):
            yield b""
            return
        first, self._first = self._first, None
        if first.startswith(_ZSTD_MAGIC):
            raise BadEncoding(kept("the body is zstd, which was neither asked for nor declared"))
        if not first.startswith(_GZIP_MAGIC):
            yield first
            return
        self._notes.append(kept("encoding: gzip that no header declares"))
        self._add("gzip")
        self._first = b""
        for inner in self._through(len(self._layers) - 1, first):
            yield from self._sniffed(inner)


def _longer_than(limit: int) -> str:
    return kept("longer than {n} MB", n=limit // 1024 // 1024)
