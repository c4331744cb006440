"""The fields in which an identifier is typed: what is said under them, and what is not sent."""

import pytest
from textual.widgets import Input

from screens.widgets.forms import Tone
from screens.widgets.identifier_hints import evse_hint, identity_hint
from tests.app_fixtures import Started
from tests.raw_server import RawServer, answer
from tests.screen import until, until_shown

SECRETS = ["4111 1111 1111 1111", "GB82WEST12345698765432", "9d2f6c1ab47e3f508c6b1e9a2d70f3c4"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("kind", ["evco-id", "rfid", "username"])
def test_a_field_says_what_no_server_may_see(secret: str, kind: str) -> None:
    for hint in (identity_hint(secret, kind), evse_hint(secret)):
        assert hint.tone is Tone.BAD
        assert "not sent" in hint.text
        assert secret[:8] not in hint.text


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("04523022AA4881", Tone.GOOD),
        ("8148AA22305204", Tone.WARN),
        ("5C0374510000", Tone.WARN),
        ("DD17380AF8", Tone.WARN),
    ],
)
def test_a_doubtful_card_has_no_green_tick(text: str, tone: Tone) -> None:
    assert identity_hint(text, "rfid").tone is tone


@pytest.mark.parametrize("field", ["connector-field", "identity-field"])
@pytest.mark.parametrize("secret", SECRETS)
async def test_the_form_of_a_session_does_not_send_it(
    started: Started, field: str, secret: str
) -> None:
    async with RawServer(answer(body={"result": {"code": 0}})) as server:
        async with started(url=server.url) as pilot:
            await pilot.press("f3")
            await until(pilot, lambda: bool(pilot.app.query("#identity-field")))
            values = {"connector-field": "DE*8PS*E123456", "identity-field": "DE*8PS*9DC4AB*X"}
            for name, value in (values | {field: secret}).items():
                pilot.app.query_one(f"#{name} Input", Input).value = value
            pilot.app.query_one("#identity-field Input", Input).focus()
            await pilot.press("enter")
            await until_shown(pilot, "not sent")
            assert server.requests == []
