"""The one way in for foreign text and the one way out for secrets.

Whatever a server, a file or a clipboard gave us passes `visible` before it reaches a screen, a
log or an export: no markup is in it to interpret (widgets show it as plain text), and control,
escape and bidi-override characters are replaced by characters one can see.

Whatever leaves this program passes a `Redactor`: a key, a user token, a password or a partner
identifier is taken out by its value, in the spellings in which servers echo values back, and by
the name of the field it stands in.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

BULLETS = "••••"
SECRET_FIELDS = frozenset(
    {"token", "password", "partneridentifier", "authorization", "apikey", "accesstoken"}
)
"""Names of fields whose value is a secret, without case, `-` and `_` (protocol.md 2.3 row 13)."""

MIN_SECRET = 6
"""Shorter values are not searched for in text: they would turn ordinary words into bullets."""

LONG_SECRET = 16
"""From this length a secret is masked inside a word too; a shorter one only standing by itself,
or the key `123456` of somebody's test server would cut a hole into every EVSE ID with those
digits."""

_LARGE = 1 << 20
_SECRET_MEMBER = re.compile(
    rb'("(?i:token|password|partner[-_]?identifier|authorization|api[-_]?key|access[-_]?token)"'
    rb'\s*:\s*)("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*)'
)
_MEMBER_ENDS = tuple(
    spelling.encode()
    for end in ('oken"', 'assword"', 'dentifier"', 'ization"', 'key"', 'Key"')
    for spelling in (end, end.upper())
)
"""Cheap to look for in a body of many megabytes, where the pattern would take a second."""


class _Visible(dict[int, str]):
    """A translation table that is worked out a character at a time, and then kept."""

    def __init__(self, keep: str) -> None:
        self._keep = keep

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in self._keep:
            shown = char
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif code == 0x7F:
            shown = "␡"
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
            shown = f"⟨{code:04X}⟩"
        else:
            shown = char
        self[code] = shown
        return shown


_ONE_LINE = _Visible("")
_LINES = _Visible("\n")


def visible(text: str, *, lines: bool = False) -> str:
    """`text` with everything that could move a cursor or turn the reading direction made visible.

    Line breaks and tabs are made visible too; with `lines` a line break stays one and a tab
    becomes four blanks.
    """
    if text.isprintable():
        return text
    if lines:
        return text.replace("\r\n", "\n").replace("\t", "    ").translate(_LINES)
    return text.translate(_ONE_LINE)


def mask(secret: str) -> str:
    """A secret as it may be shown: bullets, and the last four characters if it has twelve."""
    return BULLETS + (secret[-4:] if len(secret) >= 12 else "")


def is_secret_field(name: str) -> bool:
    """Whether a JSON member or header of this name holds a secret."""
    return name.lower().replace("-", "").replace("_", "") in SECRET_FIELDS


class Redactor:
    """Takes secrets out of texts, JSON values, bodies and headers.

    `secrets` are values known to be secret (the API key in use, a token typed in a form).
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._masks: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._bytes_pattern: re.Pattern[bytes] | None = None
        for secret in secrets:
            self._add(secret)

    def _add(self, secret: str) -> None:
        if len(secret) < MIN_SECRET:
            return
        for spelling in _spellings(secret):
            self._masks[spelling] = mask(secret)
        pattern = "|".join(
            _delimited(spelling) for spelling in sorted(self._masks, key=len, reverse=True)
        )
        self._pattern = re.compile(pattern)
        self._bytes_pattern = re.compile(pattern.encode())

    def learn(self, value: Any) -> None:
        """Remember the secrets that stand in a request under a secret name, e.g. a user token."""
        for secret in _named_secrets(value):
            self._add(secret)

    def text(self, text: str) -> str:
        """`text` with every known secret masked, in any spelling known to occur."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._masks[found[0]], text)

    def body(self, data: bytes) -> bytes:
        """A body in UTF-8 with known secrets masked, and what stands in secret JSON members."""
        if self._bytes_pattern is not None:
            data = self._bytes_pattern.sub(
                lambda found: self._masks[found[0].decode()].encode(), data
            )
        if len(data) > _LARGE and not any(end in data for end in _MEMBER_ENDS):
            return data
        return _SECRET_MEMBER.sub(_mask_member, data)

    def value(self, value: Any) -> Any:
        """A JSON value with known secrets masked, and whatever stands in a secret field."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self._member(value, name) for name in value}
        return value

    def _member(self, members: dict[str, Any], name: str) -> Any:
        inner = members[name]
        if _holds_secret(members, name) and isinstance(inner, str | int | float):
            return inner if isinstance(inner, bool) else mask(str(inner))
        return self.value(inner)


def _spellings(secret: str) -> set[str]:
    """How a secret may come back: as it is, or escaped for a URL or for JSON, or encoded."""
    escaped = json.dumps(secret)[1:-1]
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        quote(secret, safe="").lower(),
        escaped,
        escaped.replace("/", "\\/"),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"key={secret}".encode()).decode(),
        secret.encode().hex(),
    }


def _delimited(spelling: str) -> str:
    if len(spelling) >= LONG_SECRET:
        return re.escape(spelling)
    return rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])"


def _mask_member(found: re.Match[bytes]) -> bytes:
    value = found[2].strip(b'"').decode(errors="replace")
    return found[1] + b'"' + mask(value).encode() + b'"'


def _holds_secret(members: dict[str, Any], name: str) -> bool:
    """Whether this member is secret; an `identifier` is one when its type says `token`."""
    return is_secret_field(name) or (
        name == "identifier" and members.get("identifier-type") == "token"
    )


def _named_secrets(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _named_secrets(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and _holds_secret(value, name):
                yield inner
            else:
                yield from _named_secrets(inner)
