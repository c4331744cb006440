"""The file of the journal: opening it, and what is done about a file that cannot be used."""

import contextlib
import os
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from console.journal.schema import SCHEMA
from console.journal.threads import transaction
from console.journal.trouble import JournalTrouble
from console.oioi.language import mark, tr
from console.oioi.redact import visible
from console.plain_file import open_plain, require_plain

NAME = "journal.sqlite3"
BUSY_MS = 10_000
"""Milliseconds to wait for another program that writes."""

WAL_PAGES = 250
"""Pages of the write-ahead log from which on they are taken over into the file."""

_PRIMARY = 0xFF
"""The part of SQLite's error code that names the kind."""

_BROKEN_INDEX = {sqlite3.SQLITE_CORRUPT_VTAB, sqlite3.SQLITE_CONSTRAINT}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WORDS = {
    sqlite3.SQLITE_FULL: mark("the disk is full"),
    sqlite3.SQLITE_READONLY: mark("it cannot be written"),
    sqlite3.SQLITE_PERM: mark("it may not be opened"),
    sqlite3.SQLITE_AUTH: mark("it may not be opened"),
    sqlite3.SQLITE_CANTOPEN: mark("it cannot be opened"),
    sqlite3.SQLITE_IOERR: mark("the disk reports an error"),
    sqlite3.SQLITE_PROTOCOL: mark("its file system has no usable locks"),
    sqlite3.SQLITE_NOLFS: mark("its file system cannot hold it"),
    sqlite3.SQLITE_BUSY: mark("another program has kept it locked for too long"),
    sqlite3.SQLITE_LOCKED: mark("another program has kept it locked for too long"),
    sqlite3.SQLITE_CORRUPT: mark("it is damaged"),
    sqlite3.SQLITE_NOTADB: mark("it is damaged"),
}


def default_path() -> Path:
    """The path of this user's journal on this system. Nothing is created."""
    from platformdirs import user_data_path  # 8 ms, and not needed if the path is given

    return user_data_path("oioi-console", appauthor=False) / NAME


def reason_of(error: Exception) -> str | None:
    """Why the file cannot be used, in words; None for an error that is not the file's."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        words = {**_WORDS, **_IO_WORDS}
        reason = words.get(code) or words.get(code & _PRIMARY)
        return None if reason is None else tr(reason)
    if isinstance(error, OSError):
        return visible(error.strerror or str(error))
    return None


_IO_WORDS = {
    sqlite3.SQLITE_IOERR_LOCK: _WORDS[sqlite3.SQLITE_PROTOCOL],
    sqlite3.SQLITE_IOERR_RDLOCK: _WORDS[sqlite3.SQLITE_PROTOCOL],
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK: _WORDS[sqlite3.SQLITE_PROTOCOL],
    sqlite3.SQLITE_IOERR_WRITE: mark("the disk is full or cannot be written"),
}


def is_broken(error: Exception) -> bool:
    """Whether the error says that the contents of the file are damaged."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return isinstance(error, sqlite3.DatabaseError) and code in _BROKEN


def is_broken_index(error: Exception) -> bool:
    """Whether an error of the search's index says that the index is damaged."""
    return getattr(error, "sqlite_errorcode", 0) in _BROKEN_INDEX


class JournalFile:
    """The file at a path. `say` is told what an operator should know, one sentence a time.

    `look` is given each new connection for writing; damage that it meets is met at the opening.
    """

    def __init__(
        self,
        path: Path | None,
        say: Callable[[str], None],
        look: Callable[[sqlite3.Connection], None],
    ) -> None:
        self._look = look
        self._path = path
        self._say = say
        self._identity: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        if self._path is None:
            self._path = default_path()
        return self._path

    def open(self) -> sqlite3.Connection:
        """A connection for writing to a file of the present schema, made where there is none.

        A damaged file is set aside first. Raises JournalTrouble.
        """
        try:
            try:
                return self._opened()
            except sqlite3.DatabaseError as error:
                if not (is_broken(error) and self.set_aside_if_damaged()):
                    raise
                return self._opened()
        except (sqlite3.Error, OSError) as error:
            raise self.trouble(error) from error

    def open_reader(self) -> sqlite3.Connection:
        """A further connection that only reads. Raises JournalTrouble."""
        try:
            connection = self._connected()
            connection.execute("PRAGMA query_only = ON")
            if _version(connection) != len(SCHEMA):
                connection.close()
                raise JournalTrouble(self._other_version())
        except sqlite3.Error as error:
            raise self.trouble(error) from error
        return connection

    def trouble(self, error: Exception) -> JournalTrouble:
        """The sentence for an error that keeps the file from being used."""
        return JournalTrouble(self._not_kept(reason_of(error) or visible(str(error))))

    def _not_kept(self, reason: str) -> str:
        path = visible(str(self.path))
        return tr(
            "History and sessions are not kept on the disk: {file}: {reason}.",
            file=path,
            reason=reason,
        )

    def is_replaced(self) -> bool:
        """Whether the file at the path is no longer the one that was opened."""
        try:
            return self._identity is not None and _identity(self.path) != self._identity
        except OSError:
            return True

    def _opened(self) -> sqlite3.Connection:
        self._make()
        _require_locks(self.path.parent)
        connection = self._connected()
        try:
            version, has_tables = _state(connection)
            if version > len(SCHEMA):
                raise JournalTrouble(self._other_version())
            if version == 0 and has_tables:
                raise JournalTrouble(self._not_kept(tr("it belongs to another program")))
            if version == 0:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._make_private()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
            connection.execute("PRAGMA journal_size_limit = 0")
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection)
            self._look(connection)
        except BaseException:
            connection.close()
            raise
        self._identity = _identity(self.path)
        return connection

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _make(self) -> None:
        """Have a private file there. One that is there already is made private, but for a link:
        what it leads to has to be a journal first.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            require_plain(self.path)
        except FileNotFoundError:
            os.close(open_plain(self.path, os.O_RDWR | os.O_CREAT))
            return
        if not self.path.is_symlink():
            self._make_private()

    def _make_private(self) -> None:
        """Let nobody else read the file, if it is ours."""
        # It is not opened here: closing it would end the locks that SQLite has on it (POSIX).
        status = self.path.stat()
        is_ours = hasattr(os, "geteuid") and status.st_uid == os.geteuid()
        if is_ours and stat.S_IMODE(status.st_mode) & 0o077:
            self.path.chmod(0o600)

    def _other_version(self) -> str:
        return self._not_kept(
            tr("a newer version of this program wrote it, and it is left as it is")
        )

    def set_aside_if_damaged(self) -> bool:
        """Look through the whole file, and set it aside if it is damaged; whether another file has
        taken its place. Raises OSError.
        """
        if self._identity is not None and self.is_replaced():
            return True  # another program has set it aside
        if not self._is_damaged():
            return False
        self._set_aside()
        return True

    def _is_damaged(self) -> bool:
        try:
            with contextlib.closing(self._connected()) as connection:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        except sqlite3.DatabaseError as error:
            return is_broken(error)

    def _set_aside(self) -> None:
        """Rename a damaged file, with what belongs to it, so that it says when it was found."""
        now = datetime.now(UTC)
        aside = self.path.with_name(f"{self.path.name}.broken-{now:%Y-%m-%dT%H%M%SZ}")
        for end in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.path}{end}").rename(f"{aside}{end}")
        self._say(
            tr(
                "The journal was damaged; a new one is begun. The old one is kept as {file}."
                " Charging sessions that only it had are not listed any more; they may still run.",
                file=visible(str(aside)),
            )
        )


def _require_locks(folder: Path) -> None:
    """Raise OSError if files in this folder cannot be locked: SQLite would wait for a lock that
    another program seems to have, and two programs would overwrite each other's pages.
    """
    if sys.platform == "win32":
        return
    import fcntl  # there is none on Windows

    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            reason = f"{tr(_WORDS[sqlite3.SQLITE_PROTOCOL])} ({error.strerror})"
            raise OSError(error.errno, reason) from error


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file to the present schema, each step whole or not at all."""
    while transaction(connection, "BEGIN IMMEDIATE", _take_a_step):
        pass


def _take_a_step(connection: sqlite3.Connection) -> bool:
    """Do the next script of the schema; False if there is none."""
    version = _version(connection)
    if version >= len(SCHEMA):
        connection.execute(f"PRAGMA user_version = {version}")  # fails if it is read-only
        return False
    for statement in statements(SCHEMA[version]):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {version + 1}")
    return True


def statements(script: str) -> list[str]:
    """The statements of a script; sqlite3 runs a script of several outside of a transaction."""
    found, rest = [], ""
    for line in script.splitlines():
        rest += f"{line}\n"
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found


def _state(connection: sqlite3.Connection) -> tuple[int, bool]:
    """The version of the file, and whether it has tables: both at one moment, as another copy of
    this program may be making them.
    """
    connection.execute("BEGIN")
    try:
        tables = connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        return _version(connection), tables is not None
    finally:
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
