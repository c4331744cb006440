"""What holds for every test: nothing of the user's is read, written or sent to."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from console import secrets
from console.journal import Journal, Limits
from console.journal.journal import DEFAULTS
from screens.garbage import MIDDLE, RARELY, YOUNG
from tests.app_fixtures import started

__all__ = ["nothing_of_the_user", "started"]

gc.disable()  # until all tests are collected: what is made by then stays

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
# The same examples in each run; README says how to look for others.

FOREIGN = (
    "OIOI_API_KEY",
    "OIOI_PROFILE",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "SSH_CONNECTION",
    "SSH_CLIENT",
    "TMUX",
    "STY",
)
"""The user's key, the ways to the user's keyring, and what decides where a text is copied to."""


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as there are processors, because many tests wait for other programs."""
    return (os.cpu_count() or 2) * 2


def pytest_collection_finish() -> None:
    """Leave the tests and modules out of each later search for garbage, and search as seldom as the
    program does. A test of the app takes a third less processor time.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, RARELY)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def style_sheets_are_parsed_once() -> Iterator[None]:
    """Keep the rules that Textual has parsed for the next app, as it does itself within one app."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(sheet: Stylesheet, *css: Any, **how: Any) -> list[RuleSet]:
        key = (css, *sorted(how.items()), *sorted(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *css, **how)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture(autouse=True)
def nothing_of_the_user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty home and empty XDG folders; no key, no keyring and no proxy in the environment."""
    for name in [*os.environ]:
        if name in FOREIGN or name.lower().endswith("_proxy") or "KEYRING" in name:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")
    if sys.platform != "win32":
        time.tzset()
    monkeypatch.setenv("SSH_TTY", "test")  # over SSH the desktop's clipboard is left alone
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    # A busy machine is no slow disk, whatever the tests beside this one write.
    monkeypatch.setattr(Journal, "patience_s", 60.0)
    # What tests write down is of days that are past, and grows old: only limits of their own count.
    made = Journal.__init__

    def without_age(
        journal: Journal, *path: Any, limits: Limits = DEFAULTS, **options: Any
    ) -> None:
        if limits == DEFAULTS:
            limits = replace(limits, days=36_500)
        made(journal, *path, limits=limits, **options)

    monkeypatch.setattr(Journal, "__init__", without_age)
    assert Journal.close.__kwdefaults__ is not None
    monkeypatch.setitem(Journal.close.__kwdefaults__, "within_s", 60.0)
    # Secrets are remembered for a run; two keys that end alike would mask parts of each other.
    monkeypatch.setattr(secrets, "_keys", {})
    secrets._of_calls.clear()
