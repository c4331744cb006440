"""Findings about this machine: settings, keyring, key, proxy."""

from collections.abc import Sequence

from console.doctor.steps import Finding, failed, passed, skipped, warned
from console.keys import Key, KeyringTrouble, KeySource, KeyStatus
from console.oioi.http.endpoint import EndpointError, check_url, key_fault
from console.oioi.language import mark, tr, tr_kept
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
        return failed(
            first, tr("Correct the settings file, or move it away to start with defaults.")
        )
    if not profile.demo:
        try:
            check_url(profile.url, allow_http=profile.allow_http)
        except EndpointError as error:
            return failed(tr_kept(str(error)), tr("Correct the url of the profile."))
    if problems:
        if len(problems) > 1:
            problem, more = first.removesuffix("."), len(problems) - 1
            first = tr("{problem} (and {n} more).", problem=problem, n=more)
        return warned(f"{first.removesuffix('.')}.", tr("Correct it in the settings file."))
    if found.fingerprint is None:
        return passed(tr("There is no settings file, so the defaults hold."))
    return passed(tr("{path} is in order.", path=found.path))


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
        return passed(tr("The keyring of the operating system answers."))
    detail, advice = _cause_and_advice(status.trouble)
    return warned(detail, advice) if status.present else failed(detail, advice)


def _cause_and_advice(trouble: KeyringTrouble) -> tuple[str, str]:
    """The two halves of a KeyringTrouble's sentence."""
    cause, _, way_out = tr_kept(str(trouble)).removesuffix(".").rpartition("; ")
    return f"{cause or way_out}.", f"{way_out[:1].upper()}{way_out[1:]}."


def key(found: Key | None, changes: Sequence[str], profile: Profile) -> Finding:
    """Whether there is a key that can be sent in a header, and whether it looks complete.

    `changes` are texts that say what was removed from the pasted key.
    """
    if found is None:
        return _no_key(profile)
    value = found.value
    if found.source is KeySource.DEMO:
        return passed(tr("The demo brings its own key."))
    shown, source = mask(value), tr(_SOURCES[found.source])
    if fault := key_fault(value):
        said = tr("The key {key} from {source} {fault}", key=shown, source=source, fault=fault)
        return failed(said, tr("Paste it anew."))
    if changes:
        removed = ", ".join(changes)
        return warned(
            tr(
                "The key {key} comes from {source}; {changes} before use.",
                key=shown,
                source=source,
                changes=removed,
            ),
            tr("Store the bare key, without anything around it."),
        )
    if len(value) < MIN_KEY:
        return warned(
            tr(
                "The key {key} comes from {source} and has only {n} characters.",
                key=shown,
                source=source,
                n=len(value),
            ),
            tr("Compare it with the key you were given: it may have been cut off."),
        )
    return passed(tr("The key {key} comes from {source}.", key=shown, source=source))


# Translators: where a key comes from, after "from"
_SOURCES = {
    KeySource.ENVIRONMENT: mark("the environment"),
    KeySource.KEYRING: mark("the keyring"),
    KeySource.THIS_RUN: mark("this run"),
    KeySource.DEMO: mark("the demo"),
    KeySource.NONE: mark("nowhere"),
}


def _no_key(profile: Profile) -> Finding:
    if not profile.stores_key:
        said = tr("There is no API key for {host}.", host=profile.host)
        return failed(said, tr("Set OIOI_API_KEY."))
    store = f"oioi-console key set --profile {profile.name}"
    return failed(
        tr("There is no API key for profile {profile}.", profile=profile.name),
        tr("Store one with {command}, or set OIOI_API_KEY.", command=store),
    )


def proxy(hop: str | None, rule: str, *, loopback: bool, has_pac_file: bool = False) -> Finding:
    """Which proxy is used, and which setting decided that; `hop` is its host and port."""
    if loopback:
        return skipped(tr("The server is this machine: no proxy is asked."))
    direct = tr("The way is direct: {rule}.", rule=rule)
    detail = direct if hop is None else tr("Through {proxy}, set by {rule}.", proxy=hop, rule=rule)
    if not has_pac_file:
        return passed(detail)
    return warned(
        tr(
            "{detail} A proxy auto-configuration file (PAC) is set, which is not read.",
            detail=detail,
        ),
        tr(
            "If the server is not reached, ask IT which proxy the file names for it, and set that"
            " as HTTPS_PROXY or in the profile."
        ),
    )
