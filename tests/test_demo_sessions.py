"""Which sessions go on in the next demo."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.demo_sessions import to_resume
from console.oioi.calls import SessionStart, User
from console.oioi.sessions import Stage, starting
from console.servers import ServerRef
from console.session_entry import SessionEntry

NOW = datetime(2026, 11, 26, 10, 32, tzinfo=UTC)
START = SessionStart(User("DE*8PS*9DC4AB*X"), "DE*SIM*ELOST")


def entry(stage: Stage, session_id: str | None, server: ServerRef) -> SessionEntry:
    session = replace(starting(START, NOW), stage=stage, session_id=session_id)
    return SessionEntry(3, server, session, START, NOW)


@pytest.mark.parametrize(
    ("stage", "session_id", "goes_on"),
    [
        (Stage.UNKNOWN, None, False),  # nothing says that it began
        (Stage.UNKNOWN, "17", True),
        (Stage.CHARGING, None, True),  # its connector was seen
        (Stage.CHARGING, "17", True),
        (Stage.PLUG_IN, "17", True),
        (Stage.REFUSED, "17", False),
        (Stage.ENDED, "17", False),
    ],
)
def test_what_has_begun_goes_on_in_the_next_demo(
    stage: Stage, session_id: str | None, goes_on: bool
) -> None:
    found = to_resume(entry(stage, session_id, ServerRef("demo")))
    assert (found is not None) == goes_on
    if found is not None:
        assert found.id == (session_id or "resumed-3")
        assert (found.connector_id, found.identifier) == ("DE*SIM*ELOST", "DE*8PS*9DC4AB*X")


def test_no_session_of_a_real_server_goes_on_in_the_demo() -> None:
    real = ServerRef("staging", "https://oioi.example/api/v4/request")
    assert to_resume(entry(Stage.CHARGING, "17", real)) is None
