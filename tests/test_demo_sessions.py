"""Which sessions of the demo its new simulator takes over."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from console.demo_sessions import is_lost, to_resume
from console.oioi.calls import SessionStart, User
from console.oioi.sessions import Stage
from console.servers import ServerRef
from console.session_book import new_entry
from console.session_entry import SessionEntry

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEMO = ServerRef("demo")
ORDINARY, LOST = "DE*DEM*E100008*1", "DE*SIM*ELOST"


def entry(stage: Stage, connector: str, number: str | None, server: ServerRef) -> SessionEntry:
    call = SessionStart(User("DE*8PS*9DC4AB*X"), connector)
    made = new_entry(1, call, server, AT, None)
    return replace(made, session=replace(made.session, stage=stage, session_id=number))


@pytest.mark.parametrize(
    ("stage", "connector", "number", "goes_on", "lost"),
    [
        (Stage.CHARGING, ORDINARY, None, True, False),
        (Stage.REPORTED, ORDINARY, "17", True, False),
        (Stage.UNKNOWN, ORDINARY, "17", True, False),
        (Stage.UNKNOWN, ORDINARY, None, False, True),
        (Stage.UNKNOWN, LOST, None, True, False),
        (Stage.LAPSED, ORDINARY, None, False, True),
        (Stage.STARTING, ORDINARY, None, False, False),
        (Stage.STOPPED, ORDINARY, "17", False, False),
    ],
)
def test_what_certainly_began_goes_on_and_all_else_is_lost(
    stage: Stage, connector: str, number: str | None, goes_on: bool, lost: bool
) -> None:
    known = entry(stage, connector, number, DEMO)
    assert (to_resume(known) is not None, is_lost(known)) == (goes_on, lost)


def test_a_stop_that_was_carried_out_although_its_answer_was_lost_ended_it() -> None:
    known = entry(Stage.STOP_UNKNOWN, LOST, None, DEMO)
    known = replace(known, session=replace(known.session, stop_was_sent=True))
    assert (to_resume(known), is_lost(known)) == (None, True)


def test_sessions_of_other_servers_are_no_concern_of_the_demo() -> None:
    known = entry(Stage.UNKNOWN, ORDINARY, None, ServerRef("bench", "https://a"))
    assert (to_resume(known), is_lost(known)) == (None, False)
