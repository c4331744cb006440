"""What the journal does about a file, a disk or a clock that is not as it should be."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from console.journal import HistoryFilter, JournalTrouble
from console.journal import file as journal_file
from console.journal import journal as journal_module
from console.journal.schema import SCHEMA
from tests.journal_fixtures import Kept, finished, journal_at, result

NOT_KEPT = "History and sessions are not kept on the disk: "


def number_kept(kept: Kept) -> int:
    return result(kept.journal.count(HistoryFilter()))


def is_refused(kept: Kept) -> str:
    """Why nothing can be kept; nothing waits and nothing is raised but by the future."""
    with pytest.raises(JournalTrouble) as caught:
        result(kept.journal.do(lambda connection: None))
    assert kept.journal.trouble == str(caught.value)
    assert kept.said == [str(caught.value)], "it is said once"
    return str(caught.value)


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE later (a)")
        connection.execute(f"PRAGMA user_version = {len(SCHEMA) + 1}")
    before = path.read_bytes()
    with journal_at(path) as kept:
        assert "a newer version" in is_refused(kept)
        with pytest.raises(JournalTrouble, match="a newer version"):
            number_kept(kept)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE places (a)")
    before = path.read_bytes()
    with journal_at(path) as kept:
        assert "another program" in is_refused(kept)
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", range(len(SCHEMA)))
def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / "j.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for script in SCHEMA[:version]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {version}")
    with journal_at(path) as kept:
        kept.keep(finished())
        assert number_kept(kept) == 1


def test_a_step_of_the_schema_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
    broken = [*SCHEMA, "CREATE TABLE new_one (a); CREATE TABLE exchange (a);"]
    monkeypatch.setattr(journal_file, "SCHEMA", broken)
    with journal_at(path) as kept:
        is_refused(kept)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(SCHEMA),)
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name='new_one'").fetchone()


# ------------------------------------------------------------ a corrupt file


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(os.urandom(4096))


@pytest.mark.parametrize("damage", [garbage, cut_short, overwritten])
def test_a_damaged_file_is_set_aside_with_its_date_and_a_new_one_begun(
    tmp_path: Path, damage: object
) -> None:
    assert callable(damage)
    path = tmp_path / "journal.sqlite3"
    with journal_at(path) as kept:
        for _ in range(20):
            kept.keep(finished())
    damage(path)
    before = path.read_bytes()
    with journal_at(path) as kept:
        kept.keep(finished())
        assert number_kept(kept) == 1
        (said,) = kept.said
    (aside,) = tmp_path.glob("*.broken-*")
    assert re.fullmatch(r"journal\.sqlite3\.broken-20\d\d-\d\d-\d\dT\d{6}Z", aside.name)
    assert "damaged" in said
    assert str(aside) in said
    head = 100  # of it, SQLite counts openings for writing
    assert aside.read_bytes()[head:] == before[head:]


def test_a_file_that_its_log_makes_whole_is_used(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
        for end in ("", "-wal", "-shm"):
            shutil.copy(f"{path}{end}", tmp_path / f"copy{end}")
    garbage(tmp_path / "copy")
    with journal_at(tmp_path / "copy") as kept:
        kept.keep(finished())
        assert number_kept(kept) == 2
        assert kept.said == []


def test_damage_that_shows_only_later_is_mended_too(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
        result(kept.journal.do(lambda c: c.execute("SELECT 1").fetchall()))
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        overwritten(path)
        kept.keep(finished())
        assert number_kept(kept) == 1
        assert len(kept.said) == 1
    assert len([*tmp_path.glob("j.sqlite3.broken-*Z")]) == 1


def test_a_file_that_was_removed_or_replaced_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
        for file in tmp_path.iterdir():
            file.unlink()
        kept.keep(finished())
    with journal_at(path) as kept:
        assert number_kept(kept) == 1


# ------------------------------------------------------------ links


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_what_a_link_leads_to_is_only_made_private_if_it_is_a_journal(tmp_path: Path) -> None:
    other, journal, link = (tmp_path / name for name in ("other.txt", "elsewhere", "j.sqlite3"))
    other.write_text("somebody's notes, " * 100)
    other.chmod(0o644)
    link.symlink_to(other)
    with journal_at(link) as kept:
        kept.keep(finished())
        assert number_kept(kept) == 1
    assert other.stat().st_mode & 0o777 == 0o644
    shutil.copy(link, journal)
    journal.chmod(0o644)
    link.unlink()
    link.symlink_to(journal)
    with journal_at(link) as kept:
        assert number_kept(kept) == 1
    assert journal.stat().st_mode & 0o777 == 0o600


# ------------------------------------------------------------ disks and folders


def test_a_folder_that_cannot_be_made_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with journal_at(tmp_path / "file" / "oioi" / "j.sqlite3") as kept:
        assert is_refused(kept).startswith(NOT_KEPT)


def test_a_folder_in_place_of_the_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "j.sqlite3").mkdir()
    with journal_at(tmp_path / "j.sqlite3") as kept:
        assert "a directory" in is_refused(kept)


def test_a_file_that_may_not_be_written_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
    before = path.read_bytes()
    connect = sqlite3.connect

    def read_only(database: Path, **more: object) -> sqlite3.Connection:
        return connect(f"file:{database}?mode=ro", uri=True, **more)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with journal_at(path) as kept:
        assert "it cannot be written" in is_refused(kept)
        assert number_kept(kept) == 1, "what is there can still be read"
    assert path.read_bytes() == before


def fill(path: Path) -> None:
    """Take all the room that is left on a disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(descriptor, bytes(4096))
    os.close(descriptor)


def big_row(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO station_number VALUES ('a', 'b', ?)", ["x" * 500_000])


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"),
    reason="only root can mount a small disk",
)
def test_a_full_disk_keeps_what_is_there_and_takes_more_when_there_is_room(
    tmp_path: Path,
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        filled = disk / "other"
        with journal_at(disk / "j.sqlite3") as kept:
            kept.keep(finished())
            fill(filled)
            future = kept.journal.do(big_row)
            with pytest.raises(JournalTrouble, match="disk is full"):
                result(future)
            (said,) = kept.said
            assert said.startswith(NOT_KEPT)
            assert number_kept(kept) == 1
            filled.unlink()
            kept.keep(finished())
            assert number_kept(kept) == 2
            assert kept.journal.trouble == ""
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_file_that_may_grow_no_more_is_like_a_full_disk(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished())

        def limited(connection: sqlite3.Connection) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()

        result(kept.journal.do(limited))
        future = kept.journal.do(big_row)
        with pytest.raises(JournalTrouble, match="the disk is full"):
            result(future)
        assert len(kept.said) == 1
        assert number_kept(kept) == 1


NO_LOCKS = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <errno.h>
#include <stdarg.h>
#include <dlfcn.h>
static int refuse(int cmd) { return cmd == F_SETLK || cmd == F_SETLKW || cmd == F_GETLK; }
#define BODY(name) \\
    va_list list; va_start(list, cmd); void *argument = va_arg(list, void *); va_end(list); \\
    if (refuse(cmd)) { errno = REFUSAL; return -1; } \\
    int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name); return real(fd, cmd, argument);
int fcntl(int fd, int cmd, ...) { BODY("fcntl") }
int fcntl64(int fd, int cmd, ...) { BODY("fcntl64") }
"""

KEEP_ONE = """
import sys
from pathlib import Path
from tests.journal_fixtures import finished, journal_at
with journal_at(Path(sys.argv[1])) as kept:
    try:
        print(kept.keep(finished()))
    except Exception as error:
        print(type(error).__name__)
    print(*kept.said, sep="\\n")
"""


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("gcc"), reason="needs gcc")
@pytest.mark.parametrize("refusal", ["ENOLCK", "EOPNOTSUPP"])
def test_on_a_file_system_without_locks_nothing_is_kept_and_it_is_said(
    tmp_path: Path, refusal: str
) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept:
        kept.keep(finished())
    before = path.read_bytes()
    source, library = tmp_path / "nolocks.c", tmp_path / "nolocks.so"
    source.write_text(NO_LOCKS.replace("REFUSAL", refusal))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    ran = subprocess.run(
        [sys.executable, "-c", KEEP_ONE, path],
        env={**os.environ, "LD_PRELOAD": str(library)},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "no usable locks" in ran.stdout, ran
    assert path.read_bytes() == before


# ------------------------------------------------------------ several programs, and clocks

KEEP_MANY = """
import sys
from pathlib import Path
from console.journal import Journal, Recording
from console.oioi.http.exchange import Finished
from tests.journal_fixtures import BENCH, CARD, finished, result
journal = Journal(Path(sys.argv[1]), on_trouble=print)
for number in range(1000):
    exchange = finished()
    Recording(journal, BENCH, CARD).observe(Finished(exchange.outcome, exchange.began), exchange)
result(journal.tidy())
journal.close(within_s=60)
"""


def test_three_programs_keep_a_thousand_exchanges_each(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", KEEP_MANY, path],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    with journal_at(path) as kept:
        for program in programs:
            assert program.communicate(timeout=100)[0] == ""
            assert program.returncode == 0
        assert number_kept(kept) == 3000
        assert kept.said == []


def test_nobody_waits_for_a_file_that_is_locked_when_the_program_ends(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with journal_at(path) as kept, closing(sqlite3.connect(path, isolation_level=None)) as other:
        kept.wait()
        other.execute("BEGIN IMMEDIATE")
        future = kept.journal.do(lambda connection: None)
        kept.journal.close(within_s=0.1)
        assert not future.done()
        other.execute("COMMIT")
        result(future)
        with pytest.raises(JournalTrouble, match="closed"):
            result(kept.journal.do(lambda connection: None))


def test_a_fault_of_a_job_is_the_jobs_own(tmp_path: Path) -> None:
    with journal_at(tmp_path / "j.sqlite3") as kept:
        kept.keep(finished())

        def faulty(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM exchange")
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            result(kept.journal.do(faulty))
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            result(kept.journal.do(lambda connection: connection.execute("SELECT * FROM nix")))
        assert number_kept(kept) == 1, "what it had done was undone"
        assert kept.said == []


def test_importing_the_journal_opens_nothing() -> None:
    assert journal_module.DEFAULTS.exchanges == 10_000
    assert timedelta(days=journal_module.DEFAULTS.days) == timedelta(days=90)
