"""The secrets of a request that was not made by this program, masked before it is kept."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from console.oioi.calls import AnyCall
from console.oioi.http.exchange import Request
from console.oioi.redact import (
    BULLETS,
    Redactor,
    is_secret_field,
    is_secret_header,
    mask,
    without_named_secrets,
)


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """The URL and the headers of a request as a file has them, with their secrets."""

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)


_SCHEME = re.compile(r"(?i)\s*(?:(?:key|token)\s*=\s*|(?:bearer|basic|token|key|digest)\s+)?")
_SECRET_NAME = re.compile(
    r"(?i)auth|key|token|secret|passw|cookie|session|signature|csrf|credential"
)
"""Names of headers and of fields of a URL whose value may let somebody in."""


def is_web_url(url: str) -> bool:
    """Whether it is a URL of http or https that can be taken apart."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is not closed
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def masked_request(request: ForeignRequest, call: AnyCall) -> tuple[Request, Redactor]:
    """The request as it may be kept, and the redactor that masks its secrets in its answer.

    Its URL has to be one (`is_web_url`).
    """
    keys = [_key_in(value) for name, value in request.headers if _is_authorization(name)]
    redactor = Redactor(key for key in keys if key)
    redactor.add_secrets_of(call.fields())
    for secret in _other_secrets(request):
        redactor.add_secrets_of({"token": secret})
    headers = tuple(
        (redactor.text(name), _masked(name, value, redactor)) for name, value in request.headers
    )
    body = AnyCall(call.key, without_named_secrets(call.fields())).body()
    url = redactor.text(_without_secrets(request.url))
    return Request(call.key, call.is_command, url, headers, redactor.body(body)), redactor


def _is_authorization(name: str) -> bool:
    return is_secret_field(name.strip())


def _key_in(value: str) -> str:
    """The key in an Authorization header, without the word before it."""
    return value[_scheme(value) :].strip().strip("\"'")


def _scheme(value: str) -> int:
    found = _SCHEME.match(value)
    return found.end() if found else 0


def _is_secret(name: str) -> bool:
    return is_secret_header(name.strip()) or _SECRET_NAME.search(name) is not None


def _masked(name: str, value: str, redactor: Redactor) -> str:
    if _is_authorization(name):
        scheme, key = value[: _scheme(value)], _key_in(value)
        return f"{scheme}{key if BULLETS in key else mask(key)}"
    return BULLETS if _is_secret(name) else redactor.text(value)


def _other_secrets(request: ForeignRequest) -> Any:
    """Values of other headers, of cookies, and of the URL, that are secrets."""
    for name, value in request.headers:
        if _is_secret(name) and not _is_authorization(name):
            yield from (part.partition("=")[2] for part in value.split(";") if "=" in part)
            yield value
    parts = urlsplit(request.url)
    if "@" in parts.netloc:
        yield unquote(parts.netloc.rpartition("@")[0].partition(":")[2])
    yield from (value for name, value in parse_qsl(parts.query) if _SECRET_NAME.search(name))


def _without_secrets(url: str) -> str:
    """The URL without a user's name and password, and with bullets for secret fields."""
    parts = urlsplit(url)
    fields = []
    for each in parts.query.split("&") if parts.query else []:
        name, sign, value = each.partition("=")
        fields.append(f"{name}{sign}{BULLETS if value and _SECRET_NAME.search(name) else value}")
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "&".join(fields), ""))
