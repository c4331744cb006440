"""The exchanges that name a customer or a card in what was sent and answered.

The answer to a card's verification has its contract, and a server's text may name anybody; neither
is in the subject of the exchange.
"""

import re
import sqlite3
import zlib

from console.customers import SEPARATORS
from console.journal.codec import unescaped
from console.journal.exports.shortening import spelled
from console.oioi import identifiers

_SMALL = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")


def naming(connection: sqlite3.Connection, identifier: str) -> list[int]:
    """The exchanges that have this identifier anywhere, in whatever case and with any separators.

    None for an EVSE ID: it names nobody, and stands in every list of its station. All bodies are
    read: 10,000 lists of 100 KB take some seconds.
    """
    pattern = spelled(identifier)
    if pattern is None or identifiers.read(identifier).kind == identifiers.EVSE_ID:
        return []
    sought = identifier.strip().encode()
    signs = sought.translate(_SMALL, SEPARATORS.encode()) if sought.isascii() else b""
    select = "SELECT id, record FROM exchange UNION ALL SELECT exchange, data FROM body"
    return sorted(
        {
            id_
            for id_, data in connection.execute(select)
            if _names(zlib.decompress(data), signs, pattern)
        }
    )


def _names(text: bytes, signs: bytes, pattern: re.Pattern[str]) -> bool:
    """Whether the pattern is in a text. Its `signs` without separators are looked for first, which
    is far quicker.
    """
    if b"\\" in text:
        text = unescaped(text.decode(errors="replace")).encode(errors="replace")
    if signs not in text.translate(_SMALL, SEPARATORS.encode()):
        return False
    return pattern.search(text.decode(errors="replace")) is not None
