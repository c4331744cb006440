"""A real GNOME Keyring under a D-Bus session of its own, without a desktop.

Nothing of the user's is touched: home, XDG folders and the bus belong to the test. Where the
programs are missing the test is skipped and says so; under `CI=true` that is a failure, so that
these tests cannot silently stop running.
"""

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = b"a password of the test"
PATIENCE = 60.0
"""Seconds after which a step that takes milliseconds is taken to have failed."""

BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""No service folder: a keyring killed by a test must not be started again by the bus."""

FOREIGN_VARIABLES = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "OIOI_API_KEY")


@dataclass(frozen=True)
class RealKeyring:
    """A running, unlocked keyring and what can happen to it."""

    bus: subprocess.Popen[bytes]
    daemon: subprocess.Popen[bytes]

    def freeze(self) -> None:
        self.daemon.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.daemon.send_signal(signal.SIGCONT)

    def lock(self) -> None:
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def unlock(self) -> None:
        """Unlock it from elsewhere, as a login does: no prompt is answered by this."""
        import secretstorage
        from secretstorage import util

        with closing(secretstorage.dbus_init()) as connection:
            collection = secretstorage.get_collection_by_alias(connection, "default")
            password = util.format_secret(util.open_session(connection), PASSWORD, "text/plain")
            interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
            util.DBusAddressWrapper("/org/freedesktop/secrets", interface, connection).call(
                "UnlockWithMasterPassword", "o(oayays)", collection.collection_path, password
            )

    def forget_everything(self) -> None:
        """Leave it running without a default keyring, as on an account never logged in to."""
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).delete()

    @contextmanager
    def open_prompt(self) -> Iterator[None]:
        """Inside, a password prompt stays open for as long as nobody answers; then it closes."""
        import secretstorage
        from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
        from jeepney.io.blocking import Proxy  # type: ignore[import-untyped]

        with closing(secretstorage.dbus_init()) as prompter:
            Proxy(message_bus, prompter).RequestName("org.gnome.keyring.SystemPrompter")
            yield

    def kill(self) -> None:
        _end(self.daemon)

    def kill_bus(self) -> None:
        _end(self.bus)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a keyring, a bus, a display or a key."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [*os.environ]:
        if name in FOREIGN_VARIABLES or "KEYRING" in name:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture
def real_keyring(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealKeyring]:
    """A running, unlocked GNOME Keyring that this process and its children reach over D-Bus."""
    _need("dbus-daemon", "gnome-keyring-daemon")
    # secretstorage leaves the socket of a failed call to the garbage collector.
    warnings.filterwarnings("ignore", "unclosed", ResourceWarning)
    # Not below tmp_path: the path of a socket is limited to some hundred characters.
    with tempfile.TemporaryDirectory(prefix="oioi-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        bus, address = _start_bus(Path(folder))
        try:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            daemon = _start_daemon()
            try:
                yield RealKeyring(bus, daemon)
            finally:
                _end(daemon)
        finally:
            _end(bus)
            gc.collect()


def _need(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if sys.platform != "linux":
        pytest.skip("GNOME Keyring and D-Bus are tested on Linux only")
    if missing:
        reason = f"not installed: {', '.join(missing)} (Debian packages dbus and gnome-keyring)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def _start_bus(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    configuration = folder / "bus.conf"
    configuration.write_text(BUS_CONFIGURATION.format(folder=folder), encoding="utf-8")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
    )
    assert bus.stdout is not None
    with bus.stdout as output:
        return bus, output.readline().decode().strip()


def _start_daemon() -> subprocess.Popen[bytes]:
    """The daemon, once it has taken its name on the bus."""
    import secretstorage
    from jeepney import MatchRule, MessageType  # type: ignore[import-untyped]
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import Proxy

    named = MatchRule(
        type=MessageType.signal, interface="org.freedesktop.DBus", member="NameOwnerChanged"
    )
    named.add_arg_condition(0, "org.freedesktop.secrets")
    with (
        closing(secretstorage.dbus_init()) as connection,
        connection.filter(named) as signals,
    ):
        Proxy(message_bus, connection).AddMatch(named)
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert daemon.stdin is not None
        with daemon.stdin as stdin:
            stdin.write(PASSWORD)
        try:
            connection.recv_until_filtered(signals, timeout=PATIENCE)
        except BaseException:
            _end(daemon)
            raise
    return daemon


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # ends a stopped process too
    process.wait(PATIENCE)
