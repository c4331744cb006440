"""Findings about this machine: settings, keyring, key, proxy."""

from collections.abc import Sequence

from console.doctor.steps import Finding, failed, passed, skipped, warned
from console.keys import Key, KeyringTrouble, KeySource, KeyStatus
from console.oioi.http.endpoint import EndpointError, check_url, key_fault
from console.oioi.redact import mask
from console.settings import Profile, Settings
from console.settings.file import Broken, decode, parse, read

MIN_KEY = 16
"""A shorter API key is probably only a part of one: the known keys have 36 characters. No length is
published, so this is only a warning.
"""


def settings(found: Settings, profile: Profile) -> Finding:
    """Whether the settings file could be read, and names a server that may be called."""
    problems = found.problems
    first = str(problems[0]) if problems else ""
    if problems and not _is_toml(found):
        return failed(first, "Correct the settings file, or move it away to start with defaults.")
    if not profile.demo:
        try:
            check_url(profile.url, allow_http=profile.allow_http)
        except EndpointError as error:
            return failed(str(error), "Correct the url of the profile.")
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return warned(f"{first.removesuffix('.')}{more}.", "Correct it in the settings file.")
    if found.fingerprint is None:
        return passed("There is no settings file, so the defaults hold.")
    return passed(f"{found.path} is in order.")


def _is_toml(found: Settings) -> bool:
    """Whether only single values could not be read, and not the file as a whole."""
    try:
        source = read(found.path)
        if source is not None:
            parse(decode(source))
    except Broken:
        return False
    return True


def keyring(status: KeyStatus) -> Finding:
    """Whether the keyring answers. Without one a key for this run is enough."""
    if status.trouble is None:
        return passed("The keyring of the operating system answers.")
    detail, advice = _cause_and_advice(status.trouble)
    return warned(detail, advice) if status.present else failed(detail, advice)


def _cause_and_advice(trouble: KeyringTrouble) -> tuple[str, str]:
    """The two halves of a KeyringTrouble's sentence."""
    cause, _, way_out = str(trouble).removesuffix(".").rpartition("; ")
    return f"{cause or way_out}.", f"{way_out[:1].upper()}{way_out[1:]}."


def key(found: Key | None, changes: Sequence[str], profile: Profile) -> Finding:
    """Whether there is a key that can be sent in a header, and whether it looks complete.

    `changes` are texts that say what was removed from the pasted key.
    """
    if found is None:
        return _no_key(profile)
    value = found.value
    if found.source is KeySource.DEMO:
        return passed("The demo brings its own key.")
    if fault := key_fault(value):
        return failed(f"The key {mask(value)} from the {found.source} {fault}", "Paste it anew.")
    detail = f"The key {mask(value)} comes from the {found.source}"
    if changes:
        return warned(
            f"{detail}; {', '.join(changes)} before use.",
            "Store the bare key, without anything around it.",
        )
    if len(value) < MIN_KEY:
        return warned(
            f"{detail} and has only {len(value)} characters.",
            "Compare it with the key you were given: it may have been cut off.",
        )
    return passed(f"{detail}.")


def _no_key(profile: Profile) -> Finding:
    if not profile.stores_key:
        return failed(f"There is no API key for {profile.host}.", "Set OIOI_API_KEY.")
    store = f"oioi-console key set --profile {profile.name}"
    return failed(
        f"There is no API key for profile {profile.name}.",
        f"Store one with {store}, or set OIOI_API_KEY.",
    )


def proxy(hop: str | None, rule: str, *, loopback: bool, has_pac_file: bool = False) -> Finding:
    """Which proxy is used, and which setting decided that; `hop` is its host and port."""
    if loopback:
        return skipped("The server is this machine: no proxy is asked.")
    detail = f"The way is direct: {rule}." if hop is None else f"Through {hop}, set by {rule}."
    if not has_pac_file:
        return passed(detail)
    return warned(
        f"{detail} A proxy auto-configuration file (PAC) is set, which is not read.",
        "If the server is not reached, ask IT which proxy the file names for it, and set that as"
        " HTTPS_PROXY or in the profile.",
    )
