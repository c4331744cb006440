"""From a profile to its client: what of the profile reaches whom."""

from dataclasses import replace
from typing import Any

import pytest

from console.connection import client_arguments, client_for
from console.oioi.http import client
from console.oioi.http.client import Timeouts
from console.oioi.http.endpoint import EndpointError
from console.oioi.http.retry import RetryPolicy
from console.settings import PROFILE_SETTINGS, Kind, Profile

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
GARAGE = Profile(
    "garage",
    "http://oioi.example/api",
    Kind.TEST,
    connect_timeout_s=3.0,
    read_timeout_s=7.0,
    command_timeout_s=70.0,
    attempts=4,
    retry_budget_s=20.0,
    ca_file="/etc/garage.pem",
    proxy="http://proxy.example:3128",
    allow_http=True,
)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a client was made with, by name."""
    seen: dict[str, Any] = {}

    def make(url: str, key: str, **more: Any) -> None:
        seen.update(more, url=url, key=key)

    monkeypatch.setattr(client, "OioiClient", make)
    return seen


def test_a_client_is_what_its_profile_says(made: dict[str, Any]) -> None:
    client_for(GARAGE, KEY)
    assert made == {
        "url": GARAGE.url,
        "key": KEY,
        "timeouts": Timeouts(connect_s=3.0, read_s=7.0, command_s=70.0),
        "policy": RetryPolicy(attempts=4, budget_s=20.0),
        "ca_file": "/etc/garage.pem",
        "proxy": "http://proxy.example:3128",
        "allow_http": True,
    }


def test_a_profile_that_says_nothing_waits_as_a_client_does_by_itself(
    made: dict[str, Any],
) -> None:
    client_for(Profile("garage", GARAGE.url, Kind.TEST, allow_http=True), KEY)
    assert (made["timeouts"], made["policy"]) == (Timeouts(), RetryPolicy())


@pytest.mark.parametrize(("in_all_s", "connect_s"), [(1.5, 1.5), (60.0, 3.0)])
def test_a_time_in_all_is_in_all_and_makes_no_wait_for_a_connection_longer(
    made: dict[str, Any], in_all_s: float, connect_s: float
) -> None:
    client_for(GARAGE, KEY, timeout_s=in_all_s)
    timeouts = made["timeouts"]
    assert timeouts.connect_s == connect_s
    assert timeouts.deadline(is_command=False) == timeouts.deadline(is_command=True) == in_all_s


def test_what_is_asked_for_counts_before_the_profile(made: dict[str, Any]) -> None:
    client_for(GARAGE, KEY, url="http://127.0.0.1:9/", attempts=1)
    assert made["url"] == "http://127.0.0.1:9/"
    assert made["policy"] == RetryPolicy(attempts=1, budget_s=20.0)


@pytest.mark.parametrize(
    ("profile", "key"), [(replace(GARAGE, allow_http=False), KEY), (GARAGE, ""), (GARAGE, "a b")]
)
def test_what_cannot_be_used_makes_no_client(profile: Profile, key: str) -> None:
    with pytest.raises(EndpointError):
        client_for(profile, key)


def test_every_setting_for_the_client_reaches_it() -> None:
    arguments = client_arguments(GARAGE)
    members = {**arguments, **arguments.pop("timeouts"), **arguments.pop("policy")}
    taken = {setting.client.rpartition(".")[2] for setting in PROFILE_SETTINGS.values()} - {""}
    assert {"connect_s", "read_s", "command_s", "attempts", "budget_s", "ca_file"} <= taken
    assert taken == members.keys() - {"timeouts", "policy"}


NOT_FOR_THE_CLIENT = {
    "url",  # the demo's is not known before its server is up
    "kind",
    "customer",
    "latitude",
    "longitude",
    "radius_km",
    "read_only",
    "surface_search",
}


def test_a_setting_is_for_the_client_or_said_not_to_be() -> None:
    for name, setting in PROFILE_SETTINGS.items():
        assert bool(setting.client) != (name in NOT_FOR_THE_CLIENT), name
