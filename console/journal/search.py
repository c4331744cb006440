"""The search in the history: words in subject, call, code, message and the beginnings of bodies.

An index of trigrams (FTS5) proposes exchanges, and each of them is looked at before it counts. So
the index needs to know only which trigrams an exchange has, not where (`detail=none`, no content):
10,000 exchanges with lists of 100 KB take 30 MB of index beside 140 MB of bodies, where an index
with places would take 1.3 GB. A word of fewer than three characters is looked for in the short
columns alone.

The index is in parts of PART ids. A part whose exchanges are gone is dropped whole, which is far
cheaper than to take single exchanges out of an index.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from console.journal.codec import PackedExchange, beginning, searchable
from console.journal.file import is_broken_index
from console.journal.subject import compact

PART = 500
"""Ids in one part of the index."""

TRIGRAM = 3
_PREFIX = "search_"
_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5("
    "text, tokenize = 'trigram', content = '', detail = none, columnsize = 0)"
)


def words_of(search: str) -> list[str]:
    """The words to look for, as texts are searched: in small letters."""
    return search.casefold().split()


def short_text(call: str, subject: str, code: str | None, message: str) -> str:
    """What is searched of an exchange beside its bodies; the subject also without separators."""
    parts = (call, subject, compact(subject), code or "", message)
    return "\n".join(parts).casefold()


# ------------------------------------------------------------ writing


def add(connection: sqlite3.Connection, id_: int, words: str, packed: PackedExchange) -> None:
    """Put a finished exchange into the index."""
    _index(connection, id_, f"{words}\n{packed.text}")


def add_missing(connection: sqlite3.Connection, most: int) -> bool:
    """Index some exchanges that ended without being indexed; False if there are none left."""
    select = "SELECT id, words FROM exchange WHERE is_indexed = 0 AND verdict IS NOT NULL LIMIT ?"
    rows = connection.execute(select, (most,)).fetchall()
    for id_, words in rows:
        _index(connection, id_, f"{words}\n{body_text(connection, id_)}")
    return len(rows) == most


def _index(connection: sqlite3.Connection, id_: int, text: str) -> None:
    """Index this text. A damaged index is begun anew; `add_missing` fills it."""
    name = f"{_PREFIX}{id_ // PART}"
    try:
        connection.execute(_TABLE.format(name=name))
        connection.execute(f"INSERT INTO {name} (rowid, text) VALUES (?, ?)", (id_, text))
    except sqlite3.DatabaseError as error:
        if not is_broken_index(error):
            raise
        start_over(connection)
    else:
        connection.execute("UPDATE exchange SET is_indexed = 1 WHERE id = ?", (id_,))


def remove(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Take exchanges out of the index, before their rows are deleted, so that nothing is left."""
    try:
        _remove(connection, ids)
    except sqlite3.DatabaseError as error:
        if not is_broken_index(error):
            raise
        start_over(connection)


def _remove(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    touched = set()
    for id_ in ids:
        select = "SELECT words FROM exchange WHERE id = ? AND is_indexed"
        row = connection.execute(select, (id_,)).fetchone()
        if row is not None:
            name = f"{_PREFIX}{id_ // PART}"
            text = f"{row[0]}\n{body_text(connection, id_)}"
            delete = f"INSERT INTO {name} ({name}, rowid, text) VALUES ('delete', ?, ?)"
            connection.execute(delete, (id_, text))
            touched.add(name)
    for name in touched:
        connection.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")


def drop_empty_parts(connection: sqlite3.Connection) -> None:
    """Drop the parts of the index that have no exchange any more."""
    for part in parts(connection):
        select = "SELECT 1 FROM exchange WHERE id >= ? AND id < ? AND is_indexed LIMIT 1"
        if connection.execute(select, (part * PART, (part + 1) * PART)).fetchone() is None:
            connection.execute(f"DROP TABLE {_PREFIX}{part}")


def start_over(connection: sqlite3.Connection) -> None:
    """Drop the whole index; `add_missing` makes it again."""
    for part in parts(connection):
        connection.execute(f"DROP TABLE {_PREFIX}{part}")
    connection.execute("UPDATE exchange SET is_indexed = 0")


def parts(connection: sqlite3.Connection) -> list[int]:
    """The numbers of the parts of the index, the newest first."""
    select = "SELECT name FROM sqlite_schema WHERE name GLOB ? AND sql LIKE '%fts5%'"
    names = connection.execute(select, (f"{_PREFIX}[0-9]*",)).fetchall()
    return sorted((int(name.removeprefix(_PREFIX)) for (name,) in names), reverse=True)


# ------------------------------------------------------------ finding


def found(
    connection: sqlite3.Connection,
    words: list[str],
    condition: str,
    values: dict[str, object],
) -> Iterator[int]:
    """The ids of the exchanges that contain all these words, of those that fit the condition; the
    newest first.
    """
    trigrams = sorted({each for word in words for each in _trigrams(word)})
    if not trigrams:
        texts = " AND ".join(f"instr(words, :word{n})" for n in range(len(words)))
        named = {f"word{n}": word for n, word in enumerate(words)}
        select = f"SELECT id FROM exchange WHERE {condition} AND {texts} ORDER BY id DESC"
        for (id_,) in connection.execute(select, values | named):
            yield id_
        return
    match = " AND ".join('"' + each.replace('"', '""') + '"' for each in trigrams)
    for id_, short in _proposed(connection, match, condition, values):
        missing = [word for word in words if word not in short]
        if not missing or _are_in_bodies(connection, id_, missing):
            yield id_


def _trigrams(word: str) -> list[str]:
    return [word[start : start + TRIGRAM] for start in range(len(word) - TRIGRAM + 1)]


def _proposed(
    connection: sqlite3.Connection, match: str, condition: str, values: dict[str, object]
) -> Iterator[tuple[int, str]]:
    """The exchanges that may contain the words, with their short texts; the newest first.

    Those that are not in the index may.
    """
    known = parts(connection)
    for part in sorted({*known, *_unindexed_parts(connection)}, reverse=True):
        within = "id >= :part_start AND id < :part_end"
        named = {"part_start": part * PART, "part_end": (part + 1) * PART, "match": match}
        proposed = "NOT is_indexed"
        if part in known:
            name = f"{_PREFIX}{part}"
            proposed += f" OR id IN (SELECT rowid FROM {name} WHERE {name} MATCH :match)"
        select = (
            f"SELECT id, words FROM exchange WHERE {condition} AND {within} AND ({proposed})"
            " ORDER BY id DESC"
        )
        yield from connection.execute(select, values | named)


def _unindexed_parts(connection: sqlite3.Connection) -> list[int]:
    select = f"SELECT DISTINCT id / {PART} FROM exchange WHERE is_indexed = 0"
    return [part for (part,) in connection.execute(select)]


def _are_in_bodies(connection: sqlite3.Connection, id_: int, words: list[str]) -> bool:
    if all(len(word) < TRIGRAM for word in words):
        return False
    text = body_text(connection, id_)
    return all(len(word) >= TRIGRAM and word in text for word in words)


def body_text(connection: sqlite3.Connection, id_: int) -> str:
    """The beginnings of the bodies of an exchange, as they are searched."""
    select = "SELECT data FROM body WHERE exchange = ? AND is_searched ORDER BY place"
    return searchable(beginning(data) for (data,) in connection.execute(select, (id_,)))
