"""`oioi-console history`: list, show, export, forget and import."""

import io
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from console.commands import prompt
from console.commands.history_words import table
from console.journal import Journal, Recording
from console.journal.records import HistoryFilter
from console.journal.threads import Urgency
from console.oioi import AnyCall
from console.oioi.http.attempt import Answer, Attempt, Failure
from console.oioi.http.bodies import read_body
from console.oioi.http.exchange import Exchange, Finished, Request
from console.oioi.judgement.outcome import judge
from console.oioi.redact import Redactor
from console.plain_file import write_plain
from console.servers import ServerRef
from screens.main import main
from tests.command_line import KEY, START
from tests.command_line import run as run_program
from tests.kept import CUSTOMER
from tests.keyring_fixtures import own_home
from tests.raw_server import RawServer, answer
from tests.test_send import MEMBERS

__all__ = ["own_home"]

pytestmark = pytest.mark.usefixtures("own_home")

OCCUPIED = b'{"result": {"code": 320, "message": "EVSE occupied"}}'
URL = "https://oioi.example/api/v4/request"


def keep(
    call: str = "session-start",
    body: bytes = OCCUPIED,
    *,
    status: int = 409,
    at: datetime | None = None,
    profile: str = "staging",
    customer: str = CUSTOMER,
    failure: Failure | None = None,
) -> int:
    """Write an exchange into the user's journal. Returns its number."""
    at = at or datetime.now(UTC)
    user = {"identifier-type": "evco-id", "identifier": customer}
    sent = AnyCall(call, {"user": user, "connector-id": "DE*DEM*E100008*1"})
    received = None if failure else Answer(status, (("Server", "x"),), read_body(body, Redactor()))
    attempt = Attempt(1, at, True, 12, received, failure)
    outcome = judge(sent, [attempt], Redactor())
    headers = (("Authorization", "key=••••7c88"), ("Content-Type", "application/json"))
    request = Request(call, sent.is_command, URL, headers, sent.body())
    done = at + timedelta(milliseconds=12)
    exchange = Exchange(request, at, 5, (attempt,), outcome=outcome, finished=done)
    journal = Journal()
    try:
        recording = Recording(journal, ServerRef(profile, URL), sent)
        recording.observe(Finished(outcome, done), exchange)
        journal.do(lambda connection: None, urgency=Urgency.BEHIND).result()
    finally:
        journal.close()
    assert recording.id is not None
    return recording.id


def count() -> int:
    journal = Journal()
    try:
        return journal.count(HistoryFilter()).result()
    finally:
        journal.close()


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def history(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs `history` with these words; its exit status, what it printed and what it said."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["history", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def a_person(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A terminal at which somebody answers the question."""

    def answers(text: str) -> None:
        monkeypatch.setattr(prompt, "can_ask", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return answers


# ------------------------------------------------------------ list


def test_it_lists_what_was_sent_the_newest_first(history: Said) -> None:
    keep("rfid-verify", b'{"result": {"code": 0}}', status=200)
    keep()
    status, out, err = history("list")
    assert (status, err) == (0, "")
    names, newest, oldest = out.splitlines()
    assert names.split() == ["id", "when", "profile", "call", "subject", "result"]
    assert newest.split()[0] == "2"
    assert "session-start" in newest
    assert newest.endswith("refused 320")
    assert oldest.endswith("success 000")


def test_the_list_as_json_has_its_public_members(history: Said) -> None:
    at = datetime(2026, 11, 26, 8, 0, 1, 500_000, UTC)
    keep(at=at)
    status, out, _ = history("list", "--json")
    assert status == 0
    assert json.loads(out) == [
        {
            "id": 1,
            "at": "2026-11-26T08:00:01.500Z",
            "profile": "staging",
            "call": "session-start",
            "subject": f"DE*DEM*E100008*1, {CUSTOMER}",
            "verdict": "refused",
            "code": "320",
            "http_status": 409,
            "attempts": 1,
            "duration_ms": 12,
        }
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [4, 3, 2, 1]),
        (["--since", "2h"], [4, 3, 2]),
        (["--since", "today", "--before", "1000w"], []),
        (["--before", "2h"], [1]),
        (["--call", "rfid-verify"], [2]),
        (["--verdict", "refused"], [4, 1]),
        (["--verdict", "UNKNOWN"], [3]),
        (["--profile", "production"], [4]),
        (["--demo"], [3]),
        (["--limit", "2"], [4, 3]),
        (["--verdict", "refused", "--limit", "1"], [4]),
        (["--search", "occupied evse"], [4, 1]),
        (["--search", "rfid-verify"], [2]),
        (["--search", "no such words"], []),
        (["--verdict", "refused", "--profile", "staging"], [1]),
    ],
)
def test_filters_say_what_is_listed(history: Said, words: list[str], expected: list[int]) -> None:
    now = datetime.now(UTC)
    keep(at=now - timedelta(days=3))
    keep("rfid-verify", b'{"result": {"code": 0}}', status=200)
    keep(failure=Failure("reset", left=True), profile="demo")
    keep(profile="production")
    status, out, err = history("list", "--json", *words)
    assert [entry["id"] for entry in json.loads(out)] == expected
    assert status == (0 if expected else 1)
    assert err == ("" if expected else "oioi-console: Nothing in the history fits.\n")


def test_a_journal_that_cannot_be_opened_is_said_once(
    history: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/dev/null")
    status, out, err = history("list")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "journal.sqlite3" in err


def test_an_empty_history_says_so(history: Said) -> None:
    assert history("list") == (1, "", "oioi-console: The history is empty.\n")
    assert history("list", "--json") == (1, "[]\n", "oioi-console: The history is empty.\n")


def test_a_misspelt_call_is_answered_with_the_one_that_is_meant(history: Said) -> None:
    status, _, err = history("list", "--call", "sesion-start")
    assert status == 1
    assert "session-start" in err


def test_it_says_how_many_older_ones_are_not_listed(
    history: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commands.history.LISTED", 2)
    for _ in range(3):
        keep()
    status, out, err = history("list", "--json")
    assert (status, len(json.loads(out))) == (0, 2)
    assert err == "1 older ones are not listed; --limit 3 lists all.\n"


def test_a_search_counts_only_so_many_older_ones(
    history: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commands.history.LISTED", 1)
    monkeypatch.setattr("console.commands.history.MOST_COUNTED", 2)
    for _ in range(4):
        keep()
    *_, err = history("list", "--json", "--search", "session-start")
    assert err == "2 or more older ones are not listed; --limit 3 lists so many of them.\n"
    *_, err = history("list", "--json")
    assert err == "3 older ones are not listed; --limit 4 lists all.\n"


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_no_line_of_the_list_is_wider_than_the_terminal(columns: int) -> None:
    from tests.test_handover_note import made

    entry = made("no").entry
    entries = [
        entry,
        replace(
            entry,
            id=99_999,
            call="station-get-by-center-radius",
            subject="日本語の駅 " * 30,
            server=ServerRef("a-profile-with-a-long-name"),
            duration_ms=123_456,
        ),
        replace(entry, verdict=None, code=None, http_status=None, subject="\x1b[2J"),
    ]
    lines = table(entries, columns).splitlines()
    assert len(lines) == 4
    assert max(map(cell_len, lines)) <= columns
    assert all(line.isprintable() for line in lines)
    assert ("took" in lines[0]) == (columns == 200)
    if columns >= 80:
        assert "refused 320" in lines[1]
        assert "DE*DEM*E100008*" in lines[1]


# ------------------------------------------------------------ show


def test_one_exchange_is_shown_as_the_pane_shows_it(history: Said) -> None:
    keep()
    status, out, err = history("show", "1")
    assert (status, err) == (0, "")
    order = [
        "1  session-start  DE*DEM*E100008*1",
        "profile staging",
        f"POST {URL}",
        "Authorization: key=••••7c88",
        '    "connector-id": "DE*DEM*E100008*1"',
        "Attempt 1: HTTP 409 after 12 ms",
        "HTTP 409",
        "Server: x",
        "Refused: 320 EVSE already in use",
        "EVSE occupied",
        "who ",
        '"message": "EVSE occupied"',
    ]
    places = [out.index(text) for text in order]
    assert places == sorted(places)


def test_show_as_json_is_the_object_of_send_and_more(history: Said) -> None:
    keep(at=datetime(2026, 11, 26, 8, tzinfo=UTC))
    status, out, _ = history("show", "1", "--json")
    assert status == 0
    shown = json.loads(out)
    assert set(shown) == MEMBERS | {"id", "at", "profile", "url", "request"}
    assert (shown["id"], shown["at"]) == (1, "2026-11-26T08:00:00.000Z")
    assert shown["request"]["session-start"]["connector-id"] == "DE*DEM*E100008*1"
    assert shown["url"] == URL


def test_a_number_that_is_not_there_is_said(history: Said) -> None:
    keep()
    assert history("show", "7")[::2] == (
        1,
        "oioi-console: There is no exchange 7 in the history.\n",
    )


# ------------------------------------------------------------ wrong usage


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "history needs one of list, show, export, forget and import."),
        (["lst"], "history has no action lst; did you mean list?"),
        (["exprot"], "did you mean export?"),
        (["list", "words"], "follow --search"),
        (["list", "--since", "soon"], "--since must be a time such as 2h"),
        (["list", "--verdict", "good"], "must be one of success, refused, failed, unknown"),
        (["list", "--search", " "], "--search needs words to look for."),
        (["export", "--as", "har", "--search", ""], "--search needs words to look for."),
        (["list", "--limit", "0"], "--limit must be a whole number from 1"),
        (["list", "--all"], "history list does not take --all"),
        (["list", "--as", "har"], "history list does not take --as"),
        (["list", "--endpoint", "https://x.example/"], "does not take --endpoint"),
        (["show"], "history show takes one number"),
        (["show", "x"], "x is no number of the history"),
        (["show", "-1"], "There is no option -1 here"),
        (["show", "1", "2"], "history show takes one number"),
        (["export", "1"], "history export needs --as with one of har, jsonl, note, curl."),
        (["export", "1", "--as", "pdf"], "--as must be one of har"),
        (["export", "1", "--as", "note", "--powershell"], "--powershell is for --as curl."),
        (["export", "1", "--as", "har", "--full"], "--full is for --as note"),
        (["export", "1", "--as", "har", "--since", "2h"], "takes numbers or filters, not both."),
        (["forget"], "history forget needs one of --subject ID, --before DATE and --all."),
        (["forget", "1"], "history forget needs one of"),
        (["forget", "--all", "--before", "2h"], "history forget needs one of"),
        (["forget", "--all", "--profile", "staging"], "does not take --profile"),
        (["forget", "--subject", "***", "--yes"], "--subject needs at least 4 letters or digits."),
        (["forget", "--subject", "", "--yes"], "--subject needs at least 4 letters or digits."),
        (["import"], "history import takes one file, or - for standard input."),
        (["import", "/nowhere"], "The file /nowhere cannot be read"),
    ],
)
def test_wrong_usage_is_one_sentence_and_does_nothing(
    history: Said, words: list[str], said: str
) -> None:
    keep()
    status, out, err = history(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert count() == 1


# ------------------------------------------------------------ export


@pytest.mark.parametrize("form", ["har", "jsonl", "curl", "note"])
def test_an_export_goes_to_standard_output(history: Said, form: str) -> None:
    keep(at=datetime.now(UTC) - timedelta(hours=1))
    keep("rfid-verify", b'{"result": {"code": 0}}', status=200)
    status, out, err = history("export", "2", "1", "--as", form)
    assert (status, err) == (0, "")
    assert 0 <= out.index("session-start") < out.index("rfid-verify"), "the oldest first"
    assert history("export", "--as", form)[1] == out
    one = history("export", "--as", form, "--verdict", "refused")[1]
    assert "rfid-verify" not in one
    assert one == history("export", "1", "--as", form)[1]


def test_a_note_shortens_identifiers_unless_they_are_asked_for(history: Said) -> None:
    keep()
    assert CUSTOMER not in history("export", "1", "--as", "note")[1]
    assert CUSTOMER in history("export", "1", "--as", "note", "--full")[1]
    assert "curl.exe" in history("export", "1", "--as", "curl", "--powershell")[1]


def test_nothing_is_exported_where_a_number_is_missing(history: Said) -> None:
    keep()
    status, out, err = history("export", "1", "7", "--as", "har")
    assert (status, out) == (1, "")
    assert "There is no exchange 7" in err


def test_more_than_a_page_is_exported_whole(history: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commands.history.PAGE", 2)
    for _ in range(5):
        keep()
    lines = history("export", "--as", "jsonl")[1].splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2, 3, 4, 5]
    lines = history("export", "--as", "jsonl", "--limit", "3")[1].splitlines()
    assert [json.loads(line)["id"] for line in lines] == [3, 4, 5]


def test_a_file_is_for_its_owner_only_and_is_replaced_on_demand(
    history: Said, tmp_path: Path, a_person: Callable[[str], None]
) -> None:
    keep()
    path = tmp_path / "a.har"
    words = ("export", "1", "--as", "har", "--output", str(path))
    status, out, err = history(*words)
    assert (status, out, err) == (0, "", f"1 exchange written to {path}.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["log"]["version"] == "1.2"
    path.write_text("mine" * 10_000)
    path.chmod(0o644)
    status, _, err = history(*words)
    assert (status, err) == (2, f"oioi-console: {path} is there already; --yes replaces it.\n")
    a_person("no")
    assert history(*words)[0] == 2
    assert path.read_text() == "mine" * 10_000
    a_person("yes")
    assert history(*words)[0] == 0
    assert json.loads(path.read_text())["log"]["version"] == "1.2"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert history(*words, "--yes")[0] == 0


def test_a_place_that_cannot_be_written_is_said(history: Said, tmp_path: Path) -> None:
    keep()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, said in ((tmp_path / "no" / "x", "No such file"), (pipe, "it is a named pipe")):
        status, out, err = history("export", "1", "--as", "har", "--output", str(path), "--yes")
        assert (status, out) == (2, "")
        assert f"{path} cannot be written: {said}" in err


def test_a_link_is_followed_to_a_plain_file_only(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    write_plain(link, b"x")
    assert (tmp_path / "target").read_bytes() == b"x"
    with pytest.raises(OSError, match="a directory"):
        write_plain(tmp_path, b"x")


# ------------------------------------------------------------ forget


def test_a_customer_is_forgotten_in_any_spelling(history: Said) -> None:
    keep()
    keep(customer="DE*8PS*9ABCDE*1")
    status, out, err = history("forget", "--subject", "de-8ps-9dc4ab-x", "--yes")
    assert (status, out, err) == (0, "1 exchange forgotten.\n", "")
    assert [entry["id"] for entry in json.loads(history("list", "--json")[1])] == [2]
    assert history("forget", "--subject", CUSTOMER, "--yes")[0] == 1


def test_what_is_old_or_all_is_forgotten(history: Said) -> None:
    keep(at=datetime.now(UTC) - timedelta(days=3))
    keep()
    keep()
    assert history("forget", "--before", "2d", "--yes")[1] == "1 exchange forgotten.\n"
    assert history("forget", "--all", "--yes")[1] == "2 exchanges forgotten.\n"
    assert count() == 0


def test_it_asks_before_it_forgets(history: Said, a_person: Callable[[str], None]) -> None:
    keep()
    status, out, err = history("forget", "--all")
    assert (status, out) == (2, "")
    assert "needs --yes where nobody can be asked" in err
    a_person("y")
    status, out, err = history("forget", "--subject", CUSTOMER)
    assert (status, out) == (2, "")
    assert f"Forget 1 exchange about {CUSTOMER}? They cannot be brought back." in err
    assert count() == 1
    a_person("yes")
    assert history("forget", "--all")[:2] == (0, "1 exchange forgotten.\n")


# ------------------------------------------------------------ import


def test_a_curl_command_is_imported_without_its_secrets(history: Said, tmp_path: Path) -> None:
    path = tmp_path / "curl.txt"
    path.write_text(f"curl {URL} -H 'authorization: key={KEY}' -d '{{\"session-start\": {START}}}'")
    status, out, err = history("import", str(path))
    assert (status, err) == (0, "")
    assert out.splitlines()[1].startswith("1 ")
    assert "imported" in out
    shown = json.loads(history("show", "1", "--json")[1])
    assert (shown["profile"], shown["verdict"], shown["url"]) == ("imported", "unknown", URL)
    assert [
        entry["id"] for entry in json.loads(history("list", "--json", "--profile", "imported")[1])
    ]
    files = (Path(os.environ["XDG_DATA_HOME"]) / "oioi-console").iterdir()
    assert all(KEY.encode() not in file.read_bytes() for file in files if file.is_file())


def test_an_export_of_one_computer_is_the_import_of_another(history: Said, tmp_path: Path) -> None:
    keep()
    keep("rfid-verify", b'{"result": {"code": 0}}', status=200)
    before = [json.loads(line) for line in history("export", "--as", "jsonl")[1].splitlines()]
    path = str(tmp_path / "x.har")
    assert history("export", "--as", "har", "--output", path)[0] == 0
    assert history("forget", "--all", "--yes")[0] == 0
    status, out, _ = history("import", path, "--json")
    assert status == 0
    assert [entry["verdict"] for entry in json.loads(out)] == ["success", "refused"]
    after = [json.loads(line) for line in history("export", "--as", "jsonl")[1].splitlines()]
    for was, now in zip(before, after, strict=True):
        for name in ("call", "verdict", "code", "http_status", "response", "request", "at"):
            assert now[name] == was[name]


def test_what_cannot_be_imported_is_said(history: Said, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("hello")
    status, out, err = history("import", str(path))
    assert (status, out) == (2, "")
    assert err == "oioi-console: Nothing was imported. There is no curl command in it.\n"
    status, _, err = history("import", str(path), "--no-history")
    assert status == 2
    assert "no history is kept" in err


# ------------------------------------------------------------ the whole program


async def test_what_send_sent_is_in_the_history() -> None:
    known = {"OIOI_API_KEY": KEY}
    async with RawServer(answer(409, json.loads(OCCUPIED))) as server:
        sent = await run_program(
            "send", "session-start", START, "--json", "--endpoint", server.url, environ=known
        )
    assert sent.status == 1
    listed = await run_program("history", "list", "--json", "--since", "1h")
    [entry] = listed.json
    assert (entry["call"], entry["verdict"], entry["code"]) == ("session-start", "refused", "320")
    shown = await run_program("history", "show", str(entry["id"]), "--json")
    for name in MEMBERS:
        assert shown.json[name] == sent.json[name]
    piped = await run_program("history", "export", str(entry["id"]), "--as", "curl")
    imported = await run_program("history", "import", "-", "--json", stdin=piped.out.encode())
    assert imported.status == 0, imported.err
    assert imported.json[0]["subject"] == entry["subject"]


async def test_help_shows_an_example_of_each_action() -> None:
    ran = await run_program("history", "--help")
    assert ran.status == 0
    for action in ("list", "show", "export", "forget", "import"):
        assert f"history {action} " in ran.out


def test_nothing_is_counted_where_a_limit_was_asked_for(
    history: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep()
    keep()
    monkeypatch.delattr(Journal, "count")
    assert (
        len(json.loads(history("list", "--search", "occupied", "--limit", "1", "--json")[1])) == 1
    )
