"""`oioi-console key`: the API keys in the keyring of the operating system.

A key is typed without being shown, or piped in. It is never a word of the command line: those are
saved in the shell's history and visible in the list of processes.
"""

import os
import sys
from collections.abc import Callable

from console.command_line import PROFILE, Command
from console.commands import prompt
from console.commands.output import complain, out, say
from console.commands.target import chosen_profile, keyring, read_settings
from console.exit_status import ExitStatus
from console.keys import ENVIRONMENT_VARIABLE, KeyringTrouble, KeySource
from console.oioi.http.endpoint import key_fault
from console.oioi.identifiers.secrets_text import clean_api_key
from console.oioi.redact import mask
from console.options import Arguments, Options, UsageError, did_you_mean
from console.secrets import keep_secret
from console.settings import Profile

COMMAND = Command(
    "key",
    "Store, look up or delete a profile's API key in the keyring of the operating system.",
    actions=(
        Command(
            "key set",
            """\
Store the API key of a profile in the keyring.

The key is read from a prompt that does not show it, or from standard input when that is no
terminal. It is never a word of the command line: those are kept by the shell.""",
            profile_options=(PROFILE,),
            examples=("oioi-console key set --profile staging < key.txt",),
        ),
        Command(
            "key status",
            "Say whether there is a key, and where it comes from.",
            profile_options=(PROFILE,),
            examples=("oioi-console key status --profile production",),
        ),
        Command(
            "key delete",
            "Take the key of a profile out of the keyring.",
            profile_options=(PROFILE,),
            examples=("oioi-console key delete --profile staging",),
        ),
    ),
)


def run(options: Options, arguments: Arguments, words: list[str]) -> int:
    """Show, store or delete the profile's key, as the first word says."""
    action = _action(words)
    if options.endpoint is not None:
        raise UsageError("Keys are kept by profile: use --profile NAME, not --endpoint.")
    profile = chosen_profile(options, read_settings(options))
    if profile.demo:
        raise UsageError("The demo profile has its own key and keeps none in the keyring.")
    try:
        return action(profile)
    except KeyringTrouble as trouble:
        complain(str(trouble))
        return ExitStatus.NOT_GOOD


def _set(profile: Profile) -> int:
    typed = _piped() if not prompt.can_ask() else _typed_twice(profile)
    keep_secret(typed.strip())
    key, changes = clean_api_key(typed)
    keep_secret(key)
    if not key:
        raise UsageError("No key was given, so nothing was stored.")
    if fault := key_fault(key):
        raise UsageError(f"The key {fault} Paste it again.")
    if changes:
        say(f"Before storing it: {', '.join(changes)}.")
    keyring().set_now(profile.name, key)
    out(f"The key of profile {profile.name} is in the keyring now ({mask(key)}).")
    if os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        say(f"{ENVIRONMENT_VARIABLE} is set here and wins over it.")
    return ExitStatus.SUCCESS


def _piped() -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        raise UsageError("The key can be typed only where the prompt is seen; pipe it in instead.")
    return prompt.read_stdin()


def _typed_twice(profile: Profile) -> str:
    typed = prompt.secret(f"API key for profile {profile.name}: ")
    if typed and prompt.secret("The same once more: ") != typed:
        raise UsageError("The two entries differ, so nothing was stored.")
    return typed


def _status(profile: Profile) -> int:
    status = keyring().status_now(profile.name)
    if status.trouble is not None:
        complain(str(status.trouble))
    if not status.present:
        out(f"{profile.name}: no key")
        return ExitStatus.NOT_GOOD
    name = f" ({ENVIRONMENT_VARIABLE})" if status.source is KeySource.ENVIRONMENT else ""
    out(f"{profile.name}: key {status.masked} from the {status.source}{name}")
    if status.source is not KeySource.KEYRING and status.stored is not None:
        out(f"{profile.name}: another key {status.stored} in the keyring")
    return ExitStatus.SUCCESS


def _delete(profile: Profile) -> int:
    if not keyring().delete_now(profile.name):
        complain(f"There is no key of profile {profile.name} in the keyring.")
        return ExitStatus.NOT_GOOD
    out(f"The key of profile {profile.name} is deleted.")
    return ExitStatus.SUCCESS


_ACTIONS = {"set": _set, "status": _status, "delete": _delete}


def _action(words: list[str]) -> Callable[[Profile], int]:
    if not words:
        raise UsageError("key needs one of set, status and delete.")
    if words[0] not in _ACTIONS:
        raise UsageError(f"key has no such action{did_you_mean(words[0], _ACTIONS)}")
    if len(words) > 1:
        raise UsageError("A key is typed at the prompt or piped in; no word follows key set.")
    return _ACTIONS[words[0]]
