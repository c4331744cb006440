"""API keys in the keyring: against a real GNOME Keyring, and against everything but one."""

import asyncio
import os
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordSetError

from console.keys import (
    Key,
    KeyringProblem,
    KeyringTrouble,
    Keys,
    KeySource,
    KeyStatus,
    LateAnswer,
)
from console.keys.troubles import diagnose
from tests.keyring_fixtures import PATIENCE, RealKeyring, own_home, real_keyring

__all__ = ["own_home", "real_keyring"]  # fixtures, used by name

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
OTHER_KEY = "b1946ac9-2492-4d23-8a1c-67f5e8d0aa31"
NO_ENVIRONMENT: Mapping[str, str] = {}


def patient_keys(environ: Mapping[str, str] = NO_ENVIRONMENT) -> Keys:
    return Keys(environ, time_limit=PATIENCE)


def hasty_keys() -> Keys:
    return Keys(NO_ENVIRONMENT, time_limit=0.1)


def listen(keys: Keys) -> "asyncio.Queue[LateAnswer]":
    """What `keys` reports late."""
    reports: asyncio.Queue[LateAnswer] = asyncio.Queue()
    keys.on_late = reports.put_nowait
    return reports


async def next_of(reports: "asyncio.Queue[LateAnswer]") -> LateAnswer:
    return await asyncio.wait_for(reports.get(), PATIENCE)


async def trouble_with(keys: Keys) -> KeyringTrouble:
    """The trouble reading a key meets; its text never lacks a profile and a way out."""
    with pytest.raises(KeyringTrouble) as caught:
        await keys.get("staging")
    text = str(caught.value)
    assert "profile staging" in text
    assert "OIOI_API_KEY" in text
    assert text.endswith(".")
    return caught.value


def run_python(
    code: str, *arguments: str, environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program that is ended, and thereby fails the test, should it hang."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **(environ or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


# A keyring that works.


async def test_a_stored_key_is_found_again(real_keyring: RealKeyring) -> None:
    await patient_keys().set("staging", KEY)
    assert await patient_keys().get("staging") == Key(KEY, KeySource.KEYRING)


async def test_a_key_never_stored_is_absent(real_keyring: RealKeyring) -> None:
    assert await patient_keys().get("staging") is None


async def test_storing_again_replaces_the_key(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)
    await keys.set("staging", OTHER_KEY)
    assert await keys.get("staging") == Key(OTHER_KEY, KeySource.KEYRING)
    assert await keys.delete("staging") is True
    assert await keys.get("staging") is None


async def test_deleting_an_absent_key_says_that_there_was_none(real_keyring: RealKeyring) -> None:
    assert await patient_keys().delete("staging") is False


async def test_profiles_have_keys_of_their_own(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)
    await keys.set("production", OTHER_KEY)
    await keys.delete("staging")
    assert await keys.get("staging") is None
    assert await keys.get("production") == Key(OTHER_KEY, KeySource.KEYRING)


@pytest.mark.parametrize(
    "value", ["Schlüssel–ключ–鍵", "x" * 100_000, "quotes \"' and \\", " blanks \t"]
)
async def test_a_key_comes_back_as_it_was_given(real_keyring: RealKeyring, value: str) -> None:
    keys = patient_keys()
    await keys.set("staging", value)
    assert await keys.get("staging") == Key(value, KeySource.KEYRING)


async def test_an_entry_another_program_made_under_our_name_gives_way(
    real_keyring: RealKeyring,
) -> None:
    """`secret-tool` stores without the attribute that keyring adds: a second entry, not the
    same one, and reading might go on finding the old key."""
    import secretstorage

    def store_foreign(label: str) -> None:
        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).create_item(
                label,
                {"service": "oioi-console", "username": "staging", "made-by": label},
                OTHER_KEY.encode(),
            )

    keys = patient_keys()
    store_foreign("before")
    await keys.set("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.KEYRING)
    store_foreign("after")
    await keys.set("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.KEYRING)
    assert await keys.delete("staging") is True
    assert await keys.get("staging") is None


async def test_the_status_shows_no_more_than_four_characters(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    assert await keys.status("staging") == KeyStatus(KeySource.NONE, "", None, None)
    await keys.set("staging", KEY)
    status = await keys.status("staging")
    assert status == KeyStatus(KeySource.KEYRING, "••••7c88", "••••7c88", None)
    assert status.present


def test_the_command_line_needs_no_event_loop(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    keys.set_now("staging", KEY)
    assert keys.get_now("staging") == Key(KEY, KeySource.KEYRING)
    assert keys.status_now("staging").masked == "••••7c88"
    assert keys.delete_now("staging") is True
    assert keys.delete_now("staging") is False


async def test_a_chainer_is_read_through_to_the_keyring_of_the_system(
    real_keyring: RealKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await patient_keys().set("staging", KEY)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.chainer.ChainerBackend")
    assert await patient_keys().get("staging") == Key(KEY, KeySource.KEYRING)


async def test_a_keyring_configured_by_name_is_used_if_it_is_the_systems(
    real_keyring: RealKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
    await patient_keys().set("staging", KEY)
    assert await patient_keys().get("staging") == Key(KEY, KeySource.KEYRING)


# Keys that need no keyring.


async def test_the_environment_wins_over_everything(real_keyring: RealKeyring) -> None:
    keys = patient_keys({"OIOI_API_KEY": OTHER_KEY})
    await keys.set("staging", KEY)
    keys.remember("staging", "of this run")
    assert await keys.get("staging") == Key(OTHER_KEY, KeySource.ENVIRONMENT)
    status = await keys.status("staging")
    assert (status.source, status.masked) == (KeySource.ENVIRONMENT, "••••aa31")
    assert status.stored == "••••7c88", "the keyring's own entry is shown beside it"


@pytest.mark.parametrize("value", ["", "  \n"])
async def test_an_empty_environment_variable_is_no_key(own_home: Path, value: str) -> None:
    keys = patient_keys({"OIOI_API_KEY": value})
    keys.remember("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.THIS_RUN)


async def test_a_key_for_this_run_needs_no_keyring(own_home: Path) -> None:
    keys = patient_keys()
    keys.remember("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.THIS_RUN)
    assert keys.get_now("staging") == Key(KEY, KeySource.THIS_RUN)
    keys.forget_run("staging")
    assert (await trouble_with(keys)).problem is KeyringProblem.NO_KEYRING


async def test_storing_a_key_ends_the_one_of_this_run(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    keys.remember("staging", OTHER_KEY)
    await keys.set("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.KEYRING)


async def test_a_key_of_this_run_outlives_a_failed_attempt_to_store(own_home: Path) -> None:
    keys = patient_keys()
    keys.remember("staging", OTHER_KEY)
    with pytest.raises(KeyringTrouble):
        await keys.set("staging", KEY)
    assert await keys.get("staging") == Key(OTHER_KEY, KeySource.THIS_RUN)


async def test_deleting_forgets_the_key_of_this_run_too(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    keys.remember("staging", KEY)
    await keys.delete("staging")
    assert await keys.get("staging") is None


# Keyrings that do not work.


async def test_without_dbus_there_is_no_keyring(own_home: Path) -> None:
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.NO_KEYRING
    assert "no D-Bus session" in str(trouble)


async def test_a_bus_without_a_keyring_is_told_from_no_bus(real_keyring: RealKeyring) -> None:
    real_keyring.kill()
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.NO_KEYRING
    assert "on this D-Bus session" in str(trouble)


async def test_a_locked_keyring_says_so_for_every_call(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)
    real_keyring.lock()
    assert (await trouble_with(keys)).problem is KeyringProblem.LOCKED
    for attempt in (keys.set("staging", OTHER_KEY), keys.delete("staging")):
        with pytest.raises(KeyringTrouble, match="locked") as caught:
            await attempt
        assert caught.value.problem is KeyringProblem.LOCKED
    status = await keys.status("staging")
    assert status.trouble is not None
    assert status.trouble.problem is KeyringProblem.LOCKED
    assert not status.present


async def test_a_prompt_holds_up_nobody_and_unlocking_later_gives_the_key(
    real_keyring: RealKeyring,
) -> None:
    keys = hasty_keys()
    reports = listen(keys)
    await patient_keys().set("staging", KEY)
    real_keyring.lock()
    with real_keyring.open_prompt():
        assert (await trouble_with(keys)).problem is KeyringProblem.NO_ANSWER
        real_keyring.unlock()
    assert await next_of(reports) == LateAnswer("staging", Key(KEY, KeySource.KEYRING), None)


async def test_a_prompt_turned_down_later_is_reported_as_locked(
    real_keyring: RealKeyring,
) -> None:
    keys = hasty_keys()
    reports = listen(keys)
    real_keyring.lock()
    with real_keyring.open_prompt():
        assert (await trouble_with(keys)).problem is KeyringProblem.NO_ANSWER
    late = await next_of(reports)
    assert late.trouble is not None
    assert late.trouble.problem is KeyringProblem.LOCKED


async def test_a_keyring_never_set_up_says_what_it_lacks(real_keyring: RealKeyring) -> None:
    real_keyring.forget_everything()
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.NO_KEYRING
    assert "no default keyring" in str(trouble)


async def test_a_keyring_killed_between_two_calls_is_lost_and_then_looked_for_anew(
    real_keyring: RealKeyring,
) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)
    real_keyring.kill()
    assert (await trouble_with(keys)).problem is KeyringProblem.BUS_GONE
    assert (await trouble_with(keys)).problem is KeyringProblem.NO_KEYRING


async def test_a_bus_killed_between_two_calls_is_lost(real_keyring: RealKeyring) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)
    real_keyring.kill_bus()
    assert (await trouble_with(keys)).problem is KeyringProblem.BUS_GONE


async def test_a_keyring_that_comes_back_is_used_again(
    real_keyring: RealKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = patient_keys()
    with monkeypatch.context() as lost:
        lost.delenv("DBUS_SESSION_BUS_ADDRESS")
        assert (await trouble_with(keys)).problem is KeyringProblem.NO_KEYRING
    await keys.set("staging", KEY)
    assert await keys.get("staging") == Key(KEY, KeySource.KEYRING)


async def test_a_frozen_keyring_leaves_the_loop_alone_and_its_late_answer_counts(
    real_keyring: RealKeyring,
) -> None:
    await patient_keys().set("staging", KEY)
    real_keyring.freeze()
    keys = Keys(NO_ENVIRONMENT, time_limit=1.0)
    reports = listen(keys)
    asking = asyncio.create_task(trouble_with(keys))
    turns = 0
    while not asking.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 2, "the loop went round while the keyring was asked"
    trouble = await asking
    assert trouble.problem is KeyringProblem.NO_ANSWER
    assert "within 1 s" in str(trouble)
    real_keyring.thaw()
    assert await next_of(reports) == LateAnswer("staging", Key(KEY, KeySource.KEYRING), None)


async def test_what_a_frozen_keyring_was_asked_happens_in_order_once_it_thaws(
    real_keyring: RealKeyring,
) -> None:
    keys = hasty_keys()
    reports = listen(keys)
    real_keyring.freeze()
    keys.remember("staging", "the old one")
    for value in (OTHER_KEY, KEY):
        with pytest.raises(KeyringTrouble, match="is stored then"):
            await keys.set("staging", value)
    with pytest.raises(KeyringTrouble, match="is deleted then"):
        await keys.delete("production")
    real_keyring.thaw()
    assert (await next_of(reports)).key == Key(OTHER_KEY, KeySource.KEYRING)
    assert (await next_of(reports)).key == Key(KEY, KeySource.KEYRING)
    assert await next_of(reports) == LateAnswer("production", None, None)
    assert await patient_keys().get("staging") == Key(KEY, KeySource.KEYRING)
    keys._time_limit = PATIENCE
    assert keys.get_now("staging") == Key(KEY, KeySource.KEYRING), "the old one was replaced"


async def test_a_key_given_while_the_keyring_is_frozen_outlives_its_late_answer(
    real_keyring: RealKeyring,
) -> None:
    keys = hasty_keys()
    reports = listen(keys)
    real_keyring.freeze()
    with pytest.raises(KeyringTrouble):
        await keys.set("staging", OTHER_KEY)
    keys.remember("staging", KEY)
    real_keyring.thaw()
    await next_of(reports)
    assert await keys.get("staging") == Key(KEY, KeySource.THIS_RUN)


async def test_asking_a_frozen_keyring_again_piles_up_neither_threads_nor_reports(
    real_keyring: RealKeyring,
) -> None:
    keys = hasty_keys()
    reports = listen(keys)
    real_keyring.freeze()
    for _ in range(3):
        await trouble_with(keys)
    assert [thread.name for thread in threading.enumerate()].count("keyring") == 1
    real_keyring.thaw()
    assert await next_of(reports) == LateAnswer("staging", None, None)
    await patient_keys().get("staging")
    assert reports.empty()


async def test_a_keyring_that_dies_while_frozen_is_reported_late(
    real_keyring: RealKeyring,
) -> None:
    keys = patient_keys()
    await keys.set("staging", KEY)  # its backend is chosen
    keys._time_limit = 0.1
    reports = listen(keys)
    real_keyring.freeze()
    await trouble_with(keys)
    real_keyring.kill()
    late = await next_of(reports)
    assert late.trouble is not None
    assert late.trouble.problem is KeyringProblem.BUS_GONE


@pytest.mark.parametrize(
    "asking",
    ["keys.get_now('staging')", "asyncio.run(keys.get('staging'))"],
    ids=["command line", "app"],
)
def test_the_program_ends_although_the_keyring_is_frozen(
    real_keyring: RealKeyring, asking: str
) -> None:
    real_keyring.freeze()
    code = f"""
import asyncio
from console.commands.ending import end
from console.keys import Keys, KeyringTrouble
keys = Keys(time_limit=0.1)
try:
    {asking}
except KeyringTrouble as trouble:
    print(trouble.problem)
end(0)
"""
    ended = run_python(code)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "no answer\n", "")


def test_an_answer_after_the_loop_is_closed_disturbs_nobody(
    real_keyring: RealKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    keys = hasty_keys()
    real_keyring.freeze()
    with pytest.raises(KeyringTrouble):
        asyncio.run(keys.get("staging"))
    (worker,) = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    real_keyring.thaw()
    worker.join(PATIENCE)
    assert not worker.is_alive()
    assert caplog.messages == []


# Configurations that must not be followed.

PLAIN_TEXT_BACKEND = """
from pathlib import Path
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    "Keeps keys in a file, and likes itself best."
    priority = 20

    def get_password(self, service, username):
        return Path.home().joinpath("keys.txt").read_text()

    def set_password(self, service, username, password):
        Path.home().joinpath("keys.txt").write_text(password)
"""

STORE_AND_REPORT = """
import sys
from console.keys import Keys, KeyringTrouble
try:
    Keys({}, time_limit=20).set_now("staging", sys.argv[1])
except KeyringTrouble as trouble:
    print(trouble.problem)
    print(trouble)
else:
    print("stored")
"""


def install_plain_text_backend(home: Path, *, as_plugin: bool) -> Path:
    """A folder for PYTHONPATH that holds the backend, if need be as an installed plug-in."""
    folder = home.parent / "site"
    folder.mkdir()
    (folder / "plaintext.py").write_text(PLAIN_TEXT_BACKEND, encoding="utf-8")
    if as_plugin:
        metadata = folder / "plaintext-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: plaintext\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text("[keyring.backends]\nplain = plaintext\n")
    return folder


def write_configuration(home: Path, text: str) -> None:
    folder = home / "config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(text, encoding="utf-8")


def store_with(folder: Path, **environ: str) -> list[str]:
    """What storing a key says in a program that finds `folder` among its packages."""
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[1])])
    ended = run_python(STORE_AND_REPORT, KEY, environ={"PYTHONPATH": path, **environ})
    assert ended.stderr == ""
    assert KEY not in ended.stdout
    return ended.stdout.splitlines()


def key_on_disk(home: Path) -> bool:
    return any(KEY.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("configured_in", ["PYTHON_KEYRING_BACKEND", "keyringrc.cfg"])
@pytest.mark.parametrize("with_a_real_one", [False, True], ids=["alone", "beside a real one"])
def test_a_plain_text_keyring_is_refused_wherever_it_is_configured(
    own_home: Path, request: pytest.FixtureRequest, configured_in: str, with_a_real_one: bool
) -> None:
    if with_a_real_one:
        request.getfixturevalue("real_keyring")
    folder = install_plain_text_backend(own_home, as_plugin=False)
    environ = {}
    if configured_in == "keyringrc.cfg":
        write_configuration(own_home, "[backend]\ndefault-keyring=plaintext.PlaintextKeyring\n")
    else:
        environ = {configured_in: "plaintext.PlaintextKeyring"}
    problem, text = store_with(folder, **environ)
    assert problem == "plain text"
    assert "plaintext.PlaintextKeyring" in text
    assert configured_in in text
    assert not key_on_disk(own_home)


@pytest.mark.parametrize("backend", [None, "keyring.backends.chainer.ChainerBackend"])
def test_an_installed_plain_text_keyring_is_no_substitute(
    own_home: Path, backend: str | None
) -> None:
    folder = install_plain_text_backend(own_home, as_plugin=True)
    environ = {"PYTHON_KEYRING_BACKEND": backend} if backend else {}
    assert store_with(folder, **environ)[0] == "no keyring"
    assert not key_on_disk(own_home)


@pytest.mark.parametrize("backend", [None, "keyring.backends.chainer.ChainerBackend"])
def test_an_installed_plain_text_keyring_is_passed_over_for_the_real_one(
    real_keyring: RealKeyring, own_home: Path, backend: str | None
) -> None:
    folder = install_plain_text_backend(own_home, as_plugin=True)
    environ = {"PYTHON_KEYRING_BACKEND": backend} if backend else {}
    assert store_with(folder, **environ) == ["stored"]
    assert not key_on_disk(own_home)
    assert patient_keys().get_now("staging") == Key(KEY, KeySource.KEYRING)


@pytest.mark.parametrize(
    "backend",
    [
        "",
        "nowhere.Keyring",
        "no_module",
        "keyring.backends.null.Missing",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backend.KeyringBackend",
        "json.dumps",
    ],
)
async def test_a_broken_environment_variable_is_named(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.BROKEN_CONFIGURATION
    assert "PYTHON_KEYRING_BACKEND" in str(trouble)


@pytest.mark.parametrize(
    "text",
    ["no section", "[backend]\ndefault-keyring=nowhere.Keyring\n", "[backend]\ndefault-keyring=\n"],
)
async def test_a_broken_configuration_file_is_named(own_home: Path, text: str) -> None:
    write_configuration(own_home, text)
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.BROKEN_CONFIGURATION
    assert "keyringrc.cfg" in str(trouble)
    assert "\n" not in str(trouble)


async def test_a_backend_that_ends_the_program_when_loaded_ends_nothing(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quitting_keyring.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "quitting_keyring.Keyring")
    trouble = await trouble_with(patient_keys())
    assert trouble.problem is KeyringProblem.OTHER
    assert "SystemExit" in str(trouble)


@pytest.mark.parametrize(
    ("backend", "problem"),
    [
        ("keyring.backends.null.Keyring", KeyringProblem.DISCARDED),
        ("keyring.backends.fail.Keyring", KeyringProblem.NO_KEYRING),
    ],
)
async def test_a_keyring_switched_off_takes_no_key(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, backend: str, problem: KeyringProblem
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    with pytest.raises(KeyringTrouble, match="PYTHON_KEYRING_BACKEND") as caught:
        await patient_keys().set("staging", KEY)
    assert caught.value.problem is problem


# Backends that misbehave in ways the real one cannot be brought to.


class OddKeyring(KeyringBackend):
    """Passes for the system's keyring, remembers nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class LeakyKeyring(OddKeyring):
    """Puts the key into the error it raises."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")


for odd in (OddKeyring, LeakyKeyring):
    odd.__module__, odd.__qualname__ = "keyring.backends.SecretService", "Keyring"


async def test_a_key_that_cannot_be_read_back_does_not_count_as_stored(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.OddKeyring")
    with pytest.raises(KeyringTrouble, match="does not give it back") as caught:
        await patient_keys().set("staging", KEY)
    assert caught.value.problem is KeyringProblem.DISCARDED


@pytest.mark.parametrize("blocking", [False, True])
async def test_no_traceback_holds_the_key(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, blocking: bool
) -> None:
    """Not even one that prints local variables, for an error whose own text holds the key."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.LeakyKeyring")
    keys = patient_keys()
    keys.remember("staging", KEY)

    async def store() -> None:
        if blocking:
            keys.set_now("staging", KEY)
        else:
            await keys.set("staging", KEY)

    with pytest.raises(KeyringTrouble, match="RuntimeError") as caught:
        await store()
    printed = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert "profile = 'staging'" in printed, "local variables are printed"
    assert KEY not in printed


def test_a_key_does_not_show_itself() -> None:
    key = Key(KEY, KeySource.KEYRING)
    assert KEY not in f"{key} {key!r} {[key]}"
    assert key.masked == "••••7c88"
    assert Key("short", KeySource.THIS_RUN).masked == "••••"


class SecretServiceNotAvailableException(Exception): ...


class DBusErrorResponse(Exception):
    name = "org.freedesktop.Secret.Error.IsLocked"


class WindowsError1783(Exception):
    winerror = 1783


class WindowsError1312(Exception):
    winerror = 1312


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (KeyringLocked(), KeyringProblem.LOCKED),
        (DBusErrorResponse(), KeyringProblem.LOCKED),
        (KeyringError("Can't get password from keychain: (-25308, '…')"), KeyringProblem.LOCKED),
        (InitError(), KeyringProblem.NO_KEYRING),
        (WindowsError1312(), KeyringProblem.NO_KEYRING),
        (WindowsError1783(), KeyringProblem.TOO_LONG),
        (SecretServiceNotAvailableException(), KeyringProblem.BUS_GONE),
        (ConnectionResetError(), KeyringProblem.BUS_GONE),
        (FileNotFoundError(), KeyringProblem.BUS_GONE),
        (PasswordSetError(KEY), KeyringProblem.OTHER),
        (UnicodeEncodeError("utf-8", KEY, 0, 1, "surrogates"), KeyringProblem.OTHER),
        (MemoryError(), KeyringProblem.OTHER),
    ],
    ids=repr,
)
def test_what_an_error_of_a_backend_means(error: Exception, problem: KeyringProblem) -> None:
    found, detail = diagnose(error)
    assert found is problem
    assert KEY not in detail


def test_keyring_is_not_imported_before_it_is_needed() -> None:
    ended = run_python("import sys, console.keys; print('keyring' in sys.modules)")
    assert ended.stdout == "False\n"


def test_only_keys_imports_keyring() -> None:
    root = Path(__file__).parents[1]
    packages = {
        module.parent.relative_to(root).as_posix()
        for package in ("console", "screens")
        for module in root.joinpath(package).rglob("*.py")
        if re.search(r"^\s*(import|from) keyring\b", module.read_text(encoding="utf-8"), re.M)
    }
    assert packages == {"console/keys"}
