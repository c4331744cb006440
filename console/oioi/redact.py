"""The one way in for foreign text and the one way out for secrets.

Whatever a server, a file or a clipboard gave us passes `visible` before it reaches a screen, a
log or an export: no markup is in it to interpret (widgets show it as plain text), and control,
escape and bidi-override characters are replaced by characters one can see.

Whatever leaves this program passes a `Redactor`: a key, a user token, a password or a partner
identifier is taken out by its value, in the spellings in which servers echo values back, and by
the name of the field it stands in.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from console.oioi.layers import Layer, layers
from console.oioi.secret_members import SECRET_FIELDS as SECRET_FIELDS
from console.oioi.secret_members import is_secret_field as is_secret_field
from console.oioi.secret_members import is_secret_member, secret_values
from console.oioi.spellings import (
    LONG_SECRET,
    MIN_SECRET,
    RUN_TOGETHER,
    Search,
    Sought,
    searches,
    sought_for,
)
from console.oioi.visible_text import visible as visible

BULLETS = "••••"


def mask(secret: str) -> str:
    """A secret as it may be shown: bullets, and the last four characters if it has twelve."""
    return BULLETS + (secret[-4:] if len(secret) >= 12 else "")


def is_secret_header(name: str) -> bool:
    """Whether a header of this name holds a secret, as cookies do."""
    return is_secret_field(name) or name.lower() in ("cookie", "set-cookie", "proxy-authorization")


def without_named_secrets(value: Any) -> Any:
    """A JSON value with bullets for whatever stands in a secret field, however short it is."""
    if isinstance(value, list):
        return [without_named_secrets(item) for item in value]
    if isinstance(value, dict):
        return {
            name: BULLETS if is_secret_member(value, name) else without_named_secrets(inner)
            for name, inner in value.items()
        }
    return value


WINDOW = 256 * 1024
"""A text is searched in windows of so many bytes, so that memory is bounded whatever is in it."""

OVERLAP = 16 * 1024
"""The longest spelling of a secret that is found wherever a window ends."""

_Masked = tuple[int, int, bytes]
"""Where something else is shown, and what: its start, its end as a negative number so that the
longest of those that begin together is the first in order, and what is shown."""


Secrets = tuple[tuple[str, str], ...]
"""What is sought, and what is shown in its place."""


class Redactor:
    """Takes secrets out of texts, JSON values, bodies and headers.

    `keys` are API keys, whose last four characters may be seen; of what is learnt from a request
    (a token, a password) and of what stands in a secret field nothing is left.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._secrets: dict[str, str] = {}
        self._sought: dict[Sought, bytes] = {}
        self._searches: list[Search] = []
        self._full = False
        for key in keys:
            self._add(key, mask(key))

    @classmethod
    def of(cls, secrets: Secrets) -> "Redactor":
        """One that seeks the same as another, in another process."""
        redactor = cls()
        for secret, shown in secrets:
            redactor._add(secret, shown)
        return redactor

    @property
    def secrets(self) -> Secrets:
        """All that is known to be secret, as it is: only for `of`."""
        return tuple(self._secrets.items())

    def _add(self, secret: str, shown: str) -> None:
        self._secrets.setdefault(secret, shown)
        self._full = self._full or not secret.isascii()
        for sought in sought_for(secret):
            self._sought.setdefault(sought, shown.encode())
        self._searches.clear()

    def add_secrets_of(self, value: Any) -> None:
        """Remember the secrets that stand in a request under a secret name, e.g. a user token."""
        for secret in _named_secrets(value):
            self._add(secret, BULLETS)

    def text(self, text: str) -> str:
        """`text` with every known secret masked, in any spelling known to occur, and what
        stands under a secret name."""
        data = text.encode(errors="surrogatepass")
        masked = self.body(data)
        return text if masked is data else masked.decode(errors="surrogatepass")

    def body(self, data: bytes) -> bytes:
        """A body in UTF-8 with known secrets masked, and what stands in secret members.

        The body itself where it has none. JSON stays JSON where a secret is a text or a number.
        """
        masked = bytearray()
        done = 0
        for start, negative_end, shown in self._found(data):
            if -negative_end > done:
                if start >= done:
                    masked += data[done:start]
                    masked += shown
                done = -negative_end
        return bytes(masked + data[done:]) if done else data

    def _found(self, data: bytes) -> Iterator[_Masked]:
        """What is to be masked, in order, the longest first where several begin together."""
        waiting: list[_Masked] = []
        read_to = 0
        for offset in range(0, len(data), WINDOW):
            for layer in layers(data[offset : offset + WINDOW + OVERLAP], full=self._full):
                together = RUN_TOGETHER.of(layer.text)
                waiting += self._values(layer, together, data, offset)
                waiting += (
                    (start, -end, opening + _BULLETS + closing)
                    for start, end, opening, closing in secret_values(
                        layer, together, data, offset, read_to
                    )
                )
            if waiting:
                read_to = max(read_to, *(-each[1] for each in waiting))
                waiting.sort()
                border = bisect_left(waiting, (offset + WINDOW,))
                yield from waiting[:border]
                del waiting[:border]
        yield from waiting

    def _values(self, layer: Layer, together: bytes, data: bytes, offset: int) -> Iterator[_Masked]:
        """Known secrets in a layer of what of the data begins at `offset`."""
        if not self._searches:
            self._searches = searches(self._sought)
        for search in self._searches:
            for found in search.found_in(layer, together):
                start, end = (offset + each for each in layer.origin(*found[:2]))
                yield _whole(data, start, end, found[2] or _BULLETS)

    def cut_off(self, data: bytes) -> bytes:
        """The part of a body that arrived, as `body`, and with a secret masked that it ends in."""
        data = self.body(data)
        offset = max(0, len(data) - OVERLAP)
        tail = re.sub(_CUT_ESCAPE, b"", data[offset:])
        rest = tail.rstrip(b"-_:. ")  # a separator inside a secret, at which it was cut off
        if rest.endswith(_BULLETS):
            return data[:offset] + rest
        starts = [
            layer.origin(start, start + 1)[0]
            for layer in layers(tail, full=self._full)
            for sought in self._sought
            if (start := sought.cut_off_in(layer)) is not None
        ]
        return data[: offset + min(starts)] + _BULLETS if starts else data

    def value(self, value: Any) -> Any:
        """A JSON value with known secrets masked, and whatever stands in a secret field."""
        return self._texts(without_named_secrets(value))

    def _texts(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value) if len(value) >= MIN_SECRET else value
        if isinstance(value, int | float) and not isinstance(value, bool):
            digits = str(value)
            masked = self.text(digits) if len(digits) >= LONG_SECRET else digits
            return value if masked == digits else masked
        if isinstance(value, list):
            items = [self._texts(item) for item in value]
            return [BULLETS] if self._is_secret(items) else items
        if isinstance(value, dict):
            members = {self.text(name): self._texts(inner) for name, inner in value.items()}
            return dict.fromkeys(members, BULLETS) if self._is_secret(members.values()) else members
        return value

    def _is_secret(self, items: Iterable[Any]) -> bool:
        """Whether texts and numbers in a list are a secret only one after another."""
        texts = [str(item) for item in items if isinstance(item, str | int)]
        return self.text(" ".join(texts)) != " ".join(map(self.text, texts))


_BULLETS = BULLETS.encode()
_CUT_ESCAPE = (
    rb"(?i)(?:(?<!\\)\\++(?:u\{?[0-9a-f]{0,7}|x[0-9a-f]?|[0-3][0-7]?)?"
    rb"|%(?:25)*+[0-9a-f]?|&(?:amp;)*+\#?[0-9a-z]{0,8}|=[0-9a-f]?)\Z"
)
"""The beginning of an escape, or of one that may go on, where a body was cut off."""


def _whole(data: bytes, start: int, end: int, shown: bytes) -> _Masked:
    """What is masked with what belongs to it, so that JSON stays JSON.

    These are the backslashes of a first character that is escaped, and the quotes that digits
    outside of a text lack. A short number is more likely somebody's number than a secret.
    """
    if data[start : start + 1] in _ESCAPED:
        while start and data[start - 1 : start] == b"\\":
            start -= 1
    if end - start >= LONG_SECRET and _NUMBERS.fullmatch(data, start, end):
        before, after = data[max(0, start - 50) : start].rstrip(), data[end : end + 50].lstrip()
        if before[-1:] in _BEFORE_A_NUMBER and after[:1] in _AFTER_A_NUMBER:
            shown = b'"' + shown + b'"'
    return start, -end, shown


_ESCAPED = (b'"', b"/", b"\\", b"'")
_NUMBERS = re.compile(rb'(?>(?:[-0-9.eE+,\s]++|"\d++"\s*+:)+)')
_BEFORE_A_NUMBER, _AFTER_A_NUMBER = (b":", b",", b"["), (b",", b"]", b"}")


def _named_secrets(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _named_secrets(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if is_secret_member(value, name):
                yield str(inner)
            else:
                yield from _named_secrets(inner)
