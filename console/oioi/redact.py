"""The one way in for foreign text and the one way out for secrets.

Whatever a server, a file or a clipboard gave us passes `visible` before it reaches a screen, a
log or an export: no markup is in it to interpret (widgets show it as plain text), and control,
escape and bidi-override characters are replaced by characters one can see.

Whatever leaves this program passes a `Redactor`: a key, a user token, a password or a partner
identifier is taken out by its value, in the spellings in which servers echo values back, and by
the name of the field it stands in.
"""

import base64
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

_ANY_SPELLING = "|".join("[-_]*+".join(name) for name in sorted(SECRET_FIELDS)).encode()
_SECRET_MEMBER = re.compile(
    rb'("[-_]*+(?i:' + _ANY_SPELLING + rb')[-_]*+"\s*:\s*)'
    rb'("(?:[^"\\]|\\.)*+(?:"|\\?\Z)|-?[0-9][0-9.eE+-]*)',
    re.DOTALL,
)
"""A text may also end with the body: where an answer was cut off, half a token is still one."""


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


def is_secret_header(name: str) -> bool:
    """Whether a header of this name holds a secret, as cookies do."""
    return is_secret_field(name) or name.lower() in ("cookie", "set-cookie", "proxy-authorization")


def without_named_secrets(value: Any) -> Any:
    """A JSON value with bullets for whatever stands in a secret field, however short it is."""
    if isinstance(value, list):
        return [without_named_secrets(item) for item in value]
    if isinstance(value, dict):
        return {
            name: BULLETS if _is_named_secret(value, name) else without_named_secrets(inner)
            for name, inner in value.items()
        }
    return value


class Redactor:
    """Takes secrets out of texts, JSON values, bodies and headers.

    `keys` are API keys, whose last four characters may be seen; of what is learnt from a request
    (a token, a password) and of what stands in a secret field nothing is left.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._masks: dict[bytes, bytes] = {}
        self._pattern: re.Pattern[bytes] | None = None
        for key in keys:
            self._add(key, mask(key))

    def _add(self, secret: str, shown: str) -> None:
        if len(secret) < MIN_SECRET:
            return
        for spelling in _spellings(secret):
            self._masks.setdefault(_bytes(spelling), shown.encode())
        longest_first = sorted(self._masks, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(_delimited(spelling) for spelling in longest_first))

    def learn(self, value: Any) -> None:
        """Remember the secrets that stand in a request under a secret name, e.g. a user token."""
        for secret in _named_secrets(value):
            self._add(secret, BULLETS)

    def text(self, text: str) -> str:
        """`text` with every known secret masked, in any spelling known to occur."""
        data = _bytes(text)
        masked = self._masked(data)
        return text if masked is data else masked.decode(errors="surrogatepass")

    def body(self, data: bytes) -> bytes:
        """A body in UTF-8 with known secrets masked, and what stands in secret JSON members."""
        return _SECRET_MEMBER.sub(_BULLET_MEMBER, self._masked(data))

    def cut_off(self, data: bytes) -> bytes:
        """The part of a body that arrived, as `body`, and with a secret masked that it ends in."""
        data = self.body(data)
        starts = (
            spelling[:length]
            for spelling in self._masks
            for length in range(MIN_SECRET, len(spelling))
        )
        cut = max((start for start in starts if data.endswith(start)), key=len, default=b"")
        return data.removesuffix(cut) + BULLETS.encode() if cut else data

    def _masked(self, data: bytes) -> bytes:
        # A look for each spelling takes 1 ms in 10 MB, the pattern up to half a second.
        if self._pattern is None or not any(spelling in data for spelling in self._masks):
            return data
        return self._pattern.sub(lambda found: self._masks[found[0]], data)

    def value(self, value: Any) -> Any:
        """A JSON value with known secrets masked, and whatever stands in a secret field."""
        return self._texts(without_named_secrets(value))

    def _texts(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._texts(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self._texts(inner) for name, inner in value.items()}
        return value


def _spellings(secret: str) -> set[str]:
    """How a secret may come back: as it is, in the other case, escaped, or encoded."""
    import html  # 2 ms together, and there is no secret before the first frame
    import json

    raw = _bytes(secret)
    texts = {secret, repr(secret)[1:-1], repr(raw)[2:-1]}  # as in the message of an exception
    for _ in range(2):  # JSON, and JSON as a text in JSON
        texts |= {json.dumps(each, ensure_ascii=a)[1:-1] for each in texts for a in (True, False)}
    in_url = {quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)}
    in_base64 = _in_base64(raw) if len(raw) >= LONG_SECRET else set()
    return (
        {secret, secret.lower(), secret.upper(), raw.hex(), raw.hex().upper()}
        | texts
        | {text.replace("/", "\\/") for text in texts}
        | {html.escape(secret), html.escape(secret, quote=False)}
        | in_url
        | {_PERCENT.sub(lambda found: found[0].lower(), spelling) for spelling in in_url}
        | {base64.b64encode(raw).decode(), base64.b64encode(b"key=" + raw).decode()}
        | in_base64
        | {spelling.translate(_URL_SAFE) for spelling in in_base64}
    )


_PERCENT = re.compile("%[0-9A-F]{2}")
_URL_SAFE = str.maketrans("+/", "-_")


def _in_base64(raw: bytes) -> set[str]:
    """The characters that are the same wherever in an encoded text `raw` stands.

    Each stands for six bits: what stands before shifts `raw` by 0, 8 or 16 bits, and characters
    that hold a neighbour's bits too are left out at both ends.
    """
    return {
        base64.b64encode(bytes(shift) + raw).decode()[
            -(-8 * shift // 6) : 8 * (shift + len(raw)) // 6
        ]
        for shift in range(3)
    }


def _bytes(text: str) -> bytes:
    """In UTF-8; half of a surrogate pair, which a pasted text may hold, is no reason to fail."""
    return text.encode(errors="surrogatepass")


def _delimited(spelling: bytes) -> bytes:
    """A pattern for a spelling; a short one has to stand by itself, and in no identifier."""
    if len(spelling) >= LONG_SECRET:
        return re.escape(spelling)
    return rb"(?<![A-Za-z0-9*-])" + re.escape(spelling) + rb"(?![A-Za-z0-9*-])"


_BULLET_MEMBER = rb'\1"' + BULLETS.encode() + b'"'


def _is_named_secret(members: dict[str, Any], name: str) -> bool:
    """Whether this member is secret; an `identifier` is one when its type says `token`.

    Nulls, flags and objects are none, but the members of an object may be.
    """
    inner = members[name]
    if not isinstance(inner, str | int | float) or isinstance(inner, bool):
        return False
    return is_secret_field(name) or (
        name == "identifier" and members.get("identifier-type") == "token"
    )


def _named_secrets(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _named_secrets(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if _is_named_secret(value, name):
                yield str(inner)
            else:
                yield from _named_secrets(inner)
