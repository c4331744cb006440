"""A curl command as browsers, Postman and colleagues write it, read as the request it would send.

NoCurl   it is no curl command that can be read; the text is one sentence
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from console.journal.shell_words import NoWords, Stages, shells_for, windows_words
from console.oioi.language import tr
from console.oioi.redact import visible


class NoCurl(ValueError):
    """The text is no curl command that can be read; the text of the error is one sentence."""


@dataclass(frozen=True, slots=True)
class CurlRequest:
    """What a curl command sends. Headers and body may hold secrets, so they are not in `repr`."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str = field(repr=False)


_DATA = {"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"}
_WITH_VALUE = _DATA | {
    *("-H", "--header", "-X", "--request", "--url", "-u", "--user", "-A", "--user-agent"),
    *("-e", "--referer", "-b", "--cookie", "-c", "--cookie-jar", "-o", "--output", "-m"),
    *("--max-time", "--connect-timeout", "--cacert", "--capath", "-E", "--cert", "--key"),
    *("-x", "--proxy", "--resolve", "--connect-to", "--retry", "--retry-delay", "-w"),
    *("--retry-max-time", "--write-out", "-F", "--form", "-T", "--upload-file", "-K"),
    *("--config", "--max-redirs", "--noproxy", "--interface", "--ciphers", "--tls-max"),
    *("-D", "--dump-header", "-r", "--range", "-U", "--proxy-user", "--proxy-header"),
    *("--oauth2-bearer", "--data-urlencode", "--trace", "--trace-ascii", "--stderr", "--pass"),
    *("--cert-type", "--key-type", "--pinnedpubkey", "--limit-rate", "--keepalive-time"),
    *("-y", "-Y", "-z", "-Q", "-t", "-C", "-P", "--form-string", "--aws-sigv4", "--variable"),
}
"""Options of curl that are followed by a value; all others are read as having none."""


def read_curl(text: str) -> CurlRequest:
    """The request of the first curl command in a text. Raises NoCurl.

    Of several shells that the text may be written for, the one in which the body is JSON counts,
    else the one it looks like.
    """
    if re.search(r"(?i)\binvoke-(?:webrequest|restmethod)\b", text):
        raise NoCurl(tr("This is a command of PowerShell itself; copy it as cURL instead."))
    read = [_read_for(shell, text) for shell in shells_for(text)]
    requests = [each for each in read if isinstance(each, CurlRequest)]
    if best := next((each for each in requests if _is_json(each.body)), None):
        return best
    if isinstance(read[0], CurlRequest):
        return read[0]
    raise read[0]


def _read_for(shell: Callable[[str], Stages], text: str) -> CurlRequest | NoCurl:
    """The request as this shell would read it, or why there is none."""
    try:
        stages = shell(text)
        for number, stage in enumerate(stages):
            words = _after_curl(stage)
            if words is not None:
                return _request(words, _piped(stages, number))
    except (NoWords, NoCurl) as error:
        return NoCurl(str(error))
    return NoCurl(tr("There is no curl command in it."))


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _after_curl(words: list[str]) -> list[str] | None:
    """The words after `curl`; None if that is not what the command runs."""
    for number, word in enumerate(words):
        if re.fullmatch(r"(?i)(?:.*[/\\])?curl(?:\.exe)?", word):
            return words[number + 1 :]
        if not re.fullmatch(r"[$>%#&]|sudo|time|env|\w+=.*", word, re.DOTALL):
            return None
    return None


def _piped(stages: Stages, number: int) -> str | None:
    """The text that the command before it pipes in: a text of PowerShell, or that of `echo`."""
    before = stages[number - 1] if number else []
    texts = [word for word in before if word not in ("echo", "printf", "-n", "%s", "%s\\n")]
    return texts[0] if len(texts) == 1 else None


def _request(words: list[str], piped: str | None) -> CurlRequest:
    method, url, data = "", "", []
    headers: list[tuple[str, str]] = []
    for name, value in _options(words):
        if name in _DATA:
            data.append(_data(name, value, piped))
            if name == "--json":
                headers.append(("Content-Type", "application/json"))
        elif name in ("-H", "--header"):
            header, sign, text = value.partition(":")
            if sign and text.strip():
                headers.append((header.strip(), text.strip()))
        elif name in ("-X", "--request"):
            method = value.upper()
        elif name in ("-u", "--user"):
            encoded = base64.b64encode(value.encode(errors="replace")).decode()
            headers.append(("Authorization", f"Basic {encoded}"))
        elif name == "--oauth2-bearer":
            headers.append(("Authorization", f"Bearer {value}"))
        elif name in ("-b", "--cookie"):
            headers.append(("Cookie", value))
        elif name in ("", "--url"):
            url = url or value
        elif name in _OTHER_BODIES:
            raise NoCurl(
                tr("It sends a form or a file ({option}), and OIOI takes JSON only.", option=name)
            )
    if not url:
        raise NoCurl(tr("The curl command names no URL."))
    url = url if "://" in url else f"http://{url}"
    body = "&".join(data)
    return CurlRequest(method or ("POST" if data else "GET"), url, tuple(headers), body)


_OTHER_BODIES = {"-F", "--form", "--form-string", "-T", "--upload-file", "--data-urlencode"}


def _options(words: list[str]) -> list[tuple[str, str]]:
    """The options in order, each with its value; a word that is no option has an empty name."""
    found: list[tuple[str, str]] = []
    waiting = [*reversed(words)]
    while waiting:
        word = waiting.pop()
        if word.startswith("--") and word != "--":
            name, sign, value = word.partition("=")
            if name in _WITH_VALUE:
                found.append((name, value if sign else _next(waiting, name)))
        elif word.startswith("-") and word not in ("-", "--"):
            found += _short_options(word, waiting)
        elif word not in ("-", "--"):
            found.append(("", word))
    return found


def _short_options(word: str, waiting: list[str]) -> list[tuple[str, str]]:
    """The one of `-sSXPOST` that has a value; those without one tell nothing of the request."""
    for number, letter in enumerate(word[1:], 1):
        if f"-{letter}" in _WITH_VALUE:
            rest = word[number + 1 :]
            return [(f"-{letter}", rest or _next(waiting, f"-{letter}"))]
    return []


def _next(waiting: list[str], name: str) -> str:
    if not waiting:
        raise NoCurl(tr("Nothing follows {option}; was the whole command copied?", option=name))
    return waiting.pop()


def _data(name: str, value: str, piped: str | None) -> str:
    """The text that a data option sends; a file that it names is not here."""
    if value.startswith("@") and name != "--data-raw":
        if value == "@-" and piped is not None:
            return piped
        if value == "@-":
            raise NoCurl(
                tr(
                    "Its body comes from standard input, which is not here; put the JSON in its"
                    " place."
                )
            )
        raise NoCurl(
            tr(
                "Its body comes from the file {file}, which is not here; put the JSON in its"
                " place.",
                file=visible(value[1:]),
            )
        )
    return value


def unescaped(body: str) -> str:
    r"""A body in which quotes are still written `\"`, as PowerShell 5.1 needs them."""
    words = windows_words(f'"{body}"') if '\\"' in body else [body]
    return words[0] if words else body
