"""Chooses the keyring: one of the operating system, or none."""

import importlib
import os
import sys
from typing import TYPE_CHECKING

from console.keys.troubles import BackendFault, KeyringProblem
from console.oioi.language import tr
from console.oioi.redact import visible

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_LINUX = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
_ALLOWED = {
    "darwin": ("keyring.backends.macOS.Keyring",),
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
}
"""The allowed keyrings of each operating system, by class. All others are refused."""

_CHAINER = "keyring.backends.chainer.ChainerBackend"
_NULL = "keyring.backends.null.Keyring"
_FAIL = "keyring.backends.fail.Keyring"


def choose_backend() -> "KeyringBackend":
    """The backend that the user configured, if it is allowed; else the best one that works here.

    A configured chainer (a list of backends) counts as no configuration. The keyring library's own
    detection is not used: it would import all installed third-party backends, accept plain text if
    there is nothing better, and remember a failure forever.
    """
    configured = _configured()
    name = _name(configured)
    if configured is None or name == _CHAINER:
        return _detect()
    if name in _allowed():
        return configured
    if name == _FAIL:
        why = tr("it is switched off in {setting}", setting=_setting())
        raise BackendFault(KeyringProblem.NO_KEYRING, why)
    if name == _NULL:
        why = tr("the keyring set in {setting} keeps nothing", setting=_setting())
        raise BackendFault(KeyringProblem.DISCARDED, why)
    # Translators: a keyring and where it is named, followed by "is no keyring of …"
    what = tr("{keyring}, set in {setting},", keyring=name, setting=_setting())
    raise BackendFault(KeyringProblem.PLAIN_TEXT, what)


def _configured() -> "KeyringBackend | None":
    # 25 ms, the first with the second.
    from configparser import Error as ConfigError

    from keyring import core

    try:
        return core.load_env() or core.load_config()
    except (
        ImportError,
        SyntaxError,
        AttributeError,
        TypeError,
        ValueError,
        RuntimeError,
        ConfigError,
    ) as error:
        detail = visible(str(error))[:200] or type(error).__name__
        raise BackendFault(
            KeyringProblem.BROKEN_CONFIGURATION, f"{_setting()} ({detail})"
        ) from None


def _detect() -> "KeyringBackend":
    viable = [kind for kind in map(_load, _allowed()) if kind.viable]
    if not viable:
        raise BackendFault(KeyringProblem.NO_KEYRING, _why_none())
    return max(viable, key=lambda kind: kind.priority)()


def _allowed() -> tuple[str, ...]:
    return _ALLOWED.get(sys.platform, _LINUX)


def _load(name: str) -> "type[KeyringBackend]":
    module, _, kind = name.rpartition(".")
    found: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    return found


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _setting() -> str:
    """The backend that the user configured. The environment comes before the file."""
    variable = "PYTHON_KEYRING_BACKEND"
    return variable if variable in os.environ else "keyringrc.cfg"


def _why_none() -> str:
    if sys.platform in _ALLOWED:
        return tr("the operating system offers none")
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return tr("there is no D-Bus session")
    return tr("no program offers one on this D-Bus session")
