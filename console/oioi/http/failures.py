"""Finds the name of a transport failure from an exception of httpx."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from console.oioi.http.attempt import Failure
from console.oioi.http.encodings import BadEncoding, CutOff, TooLarge

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


_NO_REFUSAL = (
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
    ssl.SSLSyscallError,
    ssl.SSLWantReadError,  # a cause of every reset that arrives while TLS waits to read
    ssl.SSLWantWriteError,
)

_REFUSALS = frozenset(
    {
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "TLSV1_ALERT_UNKNOWN_CA",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_DECRYPT_ERROR",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    }
)
"""OpenSSL's names of the alerts by which a server refuses our certificate."""


def classify(
    error: Exception, *, left: bool, through_proxy: bool, is_new_tls_1_3: bool = False
) -> Failure:
    """The failure that `error` means. `left`: bytes of the request had left this machine.

    `is_new_tls_1_3`: they are the first bytes on a TLS 1.3 connection, and nothing came back. There
    our side of the handshake ends before the server has checked our certificate (RFC 8446 2). If
    the server then refuses it, it has read nothing of the request.
    """
    name, final = _name(error)
    if is_new_tls_1_3 and _refuses_us(error):
        left = False
    if not left:
        name = _before_the_request(name, through_proxy)
    return Failure(name, left=left, final=final, detail=_detail(error))


def _refuses_us(error: Exception) -> bool:
    return any(
        isinstance(reason, ssl.SSLError) and reason.reason in _REFUSALS
        for reason in _reasons(error)
    )


def _before_the_request(name: str, through_proxy: bool) -> str:
    """The name of a failure while the connection was being made.

    An answer cannot fail before the request: the proxy's tunnel or the TLS handshake failed.
    """
    if name in ("read-timeout", "write-timeout"):
        return "connect-timeout"
    if through_proxy and name not in ("connect-timeout", "tls"):
        return "proxy"
    return "tls" if name in ("reset", "closed", "truncated", "not-http") else name


def _name(error: Exception) -> tuple[str, bool]:
    """The failure's public name, and whether another attempt would fail in the same way."""
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "connect-timeout", False
        case httpx.WriteTimeout():
            return "write-timeout", False
        case httpx.ReadTimeout():
            return "read-timeout", False
        case httpx.ProxyError():
            return "proxy", True
        case BadEncoding():
            return "bad-encoding", True
        case TooLarge():
            return "too-large", True
        case CutOff():
            return "truncated", False
        case httpx.RemoteProtocolError():
            return _broken_http(str(error)), False
    return _system_error(error)


def _broken_http(text: str) -> str:
    if "without sending a response" in text:
        return "closed"
    return "truncated" if "without sending complete message body" in text else "not-http"


def _system_error(error: Exception) -> tuple[str, bool]:
    """The operating system's error among the causes of an exception; else `closed`."""
    reasons = list(_reasons(error))
    for reason in reasons:
        if isinstance(reason, socket.gaierror | UnicodeError):  # a label longer than DNS allows
            return "dns", False
    for reason in reasons:
        if isinstance(reason, ssl.SSLError) and not isinstance(reason, _NO_REFUSAL):
            return "tls", True
    for reason in reasons:
        if isinstance(reason, ConnectionRefusedError):
            return "refused", False
        if isinstance(reason, ConnectionResetError):
            return "reset", False
        if isinstance(reason, OSError) and reason.errno in _NO_ROUTE:
            return "no-route", False
    return "closed", False


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """An exception and all its causes and contexts, with the members of groups, each once."""
    seen: set[int] = set()
    queue: list[BaseException] = [error]
    while queue:
        reason = queue.pop(0)
        if id(reason) in seen:
            continue
        seen.add(id(reason))
        yield reason
        queue += [cause for cause in (reason.__cause__, reason.__context__) if cause]
        if isinstance(reason, BaseExceptionGroup):
            queue += reason.exceptions


def _detail(error: Exception) -> str:
    """What the system said, all of it: h11 quotes the server's bytes, and it is not masked yet."""
    return str(error).strip() or type(error).__name__
