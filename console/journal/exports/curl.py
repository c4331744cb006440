"""A request as a curl line, for sh or PowerShell: as pasted it sends the same call again.

Secrets are not kept, so the environment gives them: `OIOI_API_KEY`, and for what was masked in the
body a variable named after its member, such as `OIOI_USER_TOKEN` or `OIOI_PASSWORD`.

In sh the body is a word in single quotes. In PowerShell it is piped in, as a program is given
quotes in its words differently by 5.1 and by 7.3; it is written in ASCII, because 5.1 pipes
nothing else. Both versions add a line end, which JSON allows.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from console.journal.exports.shells import (
    Parts,
    ShellVariable,
    joined,
    powershell_expression,
    powershell_text,
    sh_word,
)
from console.journal.moments import utc_text
from console.journal.records import KeptExchange
from console.json_text import json_text
from console.oioi.http.exchange import Request
from console.oioi.redact import BULLETS, visible
from console.oioi.secret_members import folded

KEY_VARIABLE = ShellVariable("OIOI_API_KEY")
_VARIABLES = {"token": "OIOI_USER_TOKEN", "identifier": "OIOI_USER_TOKEN"}
"""The variable for a masked member; others are named after the member itself."""

_MASK = re.compile(BULLETS + r"[^\s\"';,]{0,4}")


def to_curl(kept: Iterable[KeptExchange], *, powershell: bool = False) -> str:
    """A line an exchange, with its line end; of several, a comment before each says which it is."""
    kept = [*kept]
    lines = []
    for each in kept:
        if len(kept) > 1:
            lines.append(_comment(each))
        lines.append(curl_line(each.exchange.request, powershell=powershell))
    return "".join(f"{line}\n" for line in lines)


def _comment(kept: KeptExchange) -> str:
    entry = kept.entry
    result = " ".join(filter(None, (str(entry.verdict or "in flight"), entry.code)))
    about = f"{entry.call} {entry.subject}".rstrip()
    return visible(f"# {utc_text(entry.at)} {about}: {result}")


def curl_line(request: Request, *, powershell: bool = False, options: Sequence[str] = ()) -> str:
    """The request as one line. It is refused by the shell where a variable for its body is unset,
    which only sh can do. `options` are more words for curl.
    """
    return _for_powershell(request, options) if powershell else _for_sh(request, options)


def _for_sh(request: Request, options: Sequence[str]) -> str:
    body = _body_parts(request, ascii_only=False)
    words = ["curl", "-sS", *_glob_off(request.url), sh_word([_url(request.url)])]
    words += [each if each.startswith("--") else sh_word([each]) for each in options]
    for name, value in _headers(request):
        words += ["-H", _sh_header(name, value)]
    words += ["--data-raw", sh_word(body)]
    checks = (f': "${{{name}:?is not kept here, set it first}}" && ' for name in _names(body))
    return "".join(checks) + " ".join(words)


def _sh_header(name: str, value: Parts) -> str:
    """The usual header in double quotes, as people write it."""
    match value:
        case [str(text), ShellVariable(variable)] if re.fullmatch(r"[A-Za-z =]*", text):
            return f'"{name}: {text}${variable}"'
    return sh_word(joined([f"{name}: ", *value]))


def _for_powershell(request: Request, options: Sequence[str]) -> str:
    body = _body_parts(request, ascii_only=True)
    words = ["curl.exe", "-sS", *_glob_off(request.url), powershell_text(_url(request.url))]
    words += [each if each.startswith("--") else powershell_text(each) for each in options]
    for name, value in _headers(request):
        words += ["-H", powershell_expression(joined([f"{name}: ", *value]))]
    line = f"{powershell_expression(body)} | {' '.join(words)} --data-binary '@-'"
    unset = [f"$env:{name}" for name in _names(body)]
    return f"# Set {', '.join(unset)} first: not kept here.\n{line}" if unset else line


def _glob_off(url: str) -> list[str]:
    """curl reads brackets in a URL as a range."""
    return ["-g"] if set(url) & set("[]") else []


def _url(url: str) -> str:
    """The URL; what is no character of one is percent-encoded."""
    return "".join(
        char if char.isprintable() and char not in ' "<>\\^`{|}' else quote(char) for char in url
    )


def _headers(request: Request) -> Iterator[tuple[str, Parts]]:
    """The two headers that OIOI requires, as far as the request has them."""
    for name, value in request.headers:
        if name.lower() == "authorization":
            yield name, _with_variables(value, lambda masked: KEY_VARIABLE)
        elif name.lower() == "content-type":
            yield name, [visible(value)]


def _with_variables(text: str, variable: Any) -> Parts:
    parts: list[str | ShellVariable] = []
    done = 0
    for found in _MASK.finditer(text):
        if found.start() > done:
            parts.append(visible(text[done : found.start()]))
        parts.append(variable(found[0]))
        done = found.end()
    if done < len(text):
        parts.append(visible(text[done:]))
    return parts


def _names(body: Parts) -> list[str]:
    """The variables that a body needs beside the key, each once."""
    names = [part.name for part in body if isinstance(part, ShellVariable)]
    return [name for name in dict.fromkeys(names) if name != KEY_VARIABLE.name]


# ------------------------------------------------------------ the body


def _body_parts(request: Request, *, ascii_only: bool) -> Parts:
    """The body: JSON in which what cannot be seen is escaped, and variables for what was masked."""
    text = request.body.decode(errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [text.replace("\0", "␀")]
    filler = _Filler(_masked_key(request), _place(json.dumps(value, ensure_ascii=False)))
    filled = filler.filled(value, "")
    text = json.dumps(filled) if ascii_only else json_text(filled, is_indented=False)
    pieces = re.split(f"{_escape(filler.place)}([A-Z0-9_]+){_escape(filler.place)}", text)
    parts = [ShellVariable(piece) if at % 2 else piece for at, piece in enumerate(pieces)]
    return [part for part in parts if part]


def _masked_key(request: Request) -> str:
    """The API key as it was masked, where that tells it from other secrets."""
    for name, value in request.headers:
        if name.lower() == "authorization" and (found := _MASK.search(value)):
            return found[0] if found[0] != BULLETS else ""
    return ""


def _place(text: str) -> str:
    """A character that JSON escapes, and that is not in this text: it may be anybody's, and what it
    names must not become a variable.
    """
    private_use = (*range(0xE000, 0xF900), *range(0xF0000, 0x10FFFE))
    return next(char for char in map(chr, private_use) if char not in text)


def _escape(char: str) -> str:
    """The character as JSON escapes it, for a pattern."""
    return re.escape(json.dumps(char)[1:-1])


@dataclass(frozen=True, slots=True)
class _Filler:
    """Puts a place for a variable where something was masked: its name between two `place`."""

    masked_key: str
    place: str

    def filled(self, value: Any, name: str) -> Any:
        """A JSON value, which is that of this member, with places."""
        if isinstance(value, dict):
            return {self._text(key, ""): self.filled(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner, name) for inner in value]
        return self._text(value, name) if isinstance(value, str) else value

    def _text(self, text: str, name: str) -> str:
        if self.masked_key:
            text = text.replace(self.masked_key, self._named(KEY_VARIABLE.name))
        if text == BULLETS:
            return self._named(_variable(name))
        return text.replace(BULLETS, self._named("OIOI_SECRET"))

    def _named(self, variable: str) -> str:
        return f"{self.place}{variable}{self.place}"


def _variable(name: str) -> str:
    known = _VARIABLES.get(folded(name))
    return known or "OIOI_" + (re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "SECRET")
