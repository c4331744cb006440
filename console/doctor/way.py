"""Findings about the way to the server: name, TCP, TLS."""

import errno
import socket
import ssl
from datetime import datetime, timedelta

from console.doctor.certificate import Certificate
from console.doctor.reach import Hop, TunnelRefused
from console.doctor.steps import Finding, failed, passed, skipped, warned
from console.oioi.language import mark, tr

EXPIRES_SOON = timedelta(days=14)

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}


# -- Name and TCP


def resolved(hop: Hop, addresses: tuple[str, ...], *, proxied: bool) -> Finding:
    """The addresses of the server, or of the proxy in front of it."""
    if addresses == (hop.host,):
        return passed(tr("{host} is an address already.", host=hop.host))
    found = addresses[0]
    if more := len(addresses) - 1:
        found = tr("{address} and {n} more", address=found, n=more)
    if proxied:
        return passed(tr("The proxy {host} is {address}.", host=hop.host, address=found))
    return passed(tr("{host} is {address}.", host=hop.host, address=found))


def not_resolved(hop: Hop, error: OSError, *, proxied: bool) -> Finding:
    """Why there is no address."""
    of_server, of_proxy = _UNKNOWN_NAME
    if isinstance(error, TimeoutError):
        of_server, of_proxy = _NO_DNS_IN_TIME
    elif isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        of_server, of_proxy = _NO_DNS
    return failed(
        tr(of_proxy if proxied else of_server, host=hop.host),
        tr(_CHECK_PROXY_NAME if proxied else _CHECK_NAME),
    )


_NO_DNS_IN_TIME = (
    mark("The name {host} was not resolved in time: the DNS server does not answer."),
    mark(
        "The name of the proxy, {host}, was not resolved in time: the DNS server does not answer."
    ),
)
_NO_DNS = (
    mark("The name {host} was not resolved: no DNS server could be asked."),
    mark("The name of the proxy, {host}, was not resolved: no DNS server could be asked."),
)
_UNKNOWN_NAME = (
    mark("The name {host} is not known to the DNS server."),
    mark("The name of the proxy, {host}, is not known to the DNS server."),
)
"""What is said of the name of the server, and of that of the proxy."""

_CHECK_NAME = mark(
    "Check its spelling in the profile's url, and whether a web page opens. Try another network,"
    " such as a mobile hotspot."
)
_CHECK_PROXY_NAME = mark(
    "Check its spelling in the proxy's setting, and whether a web page opens. Try another network,"
    " such as a mobile hotspot."
)


def connected(hop: Hop, address: str, server: Hop, *, proxied: bool) -> Finding:
    """Connected: to which server, and through which proxy."""
    at = f"{hop}" if address == hop.host else f"{hop} ({address})"
    if not proxied:
        return passed(tr("Connected to {address}.", address=at))
    if not server.encrypted:
        return passed(tr("Connected to the proxy {address}.", address=at))
    onward = tr(
        "Connected to the proxy {address}, which let us through to {server}.",
        address=at,
        server=server,
    )
    return passed(onward)


def not_connected(hop: Hop, error: OSError, server: Hop, *, proxied: bool) -> Finding:
    """Why there is no connection, or no tunnel through the proxy."""
    if isinstance(error, TunnelRefused):
        return _not_let_through(hop, error, server)
    what = tr("The proxy {address}", address=hop) if proxied else f"{hop}"
    if isinstance(error, ConnectionRefusedError):
        return failed(
            tr(
                "{server} refuses the connection: the machine is there, but nothing listens.",
                server=what,
            ),
            tr("Check the port; if it is right, tell the server's owner that it is down."),
        )
    if isinstance(error, TimeoutError):
        return failed(
            tr(
                "{server} does not answer: the server is dead, or a firewall swallows the"
                " connection.",
                server=what,
            ),
            tr(
                "Try another network, such as a mobile hotspot, or with the VPN; if it stays so,"
                " tell the server's owner."
            ),
        )
    if isinstance(error, ssl.SSLError):
        return failed(
            tr("{server} is reached through TLS, which cannot be set up.", server=what),
            tr("Ask IT for the right address of the proxy, and for its certificate."),
        )
    if error.errno in _NO_ROUTE:
        return failed(
            tr("There is no way to the proxy {address} from here.", address=hop)
            if proxied
            else tr("There is no way to {address} from here.", address=hop),
            tr("Check the network connection and the VPN."),
        )
    return failed(
        tr("{server} broke off the connection.", server=what),
        tr(
            "Try another network, such as a mobile hotspot, or ask IT whether this address may be"
            " reached."
        ),
    )


def _not_let_through(hop: Hop, refused: TunnelRefused, server: Hop) -> Finding:
    status = refused.status
    if status == 407:
        return _login_wanted(hop, refused.logins)
    if status in (502, 503, 504):
        return failed(
            tr(
                "The proxy {address} cannot reach {server} (HTTP {status}).",
                address=hop,
                server=server,
                status=status,
            ),
            tr("Check the profile's url; if it is right, ask IT, or tell the server's owner."),
        )
    return failed(
        tr(
            "The proxy {address} refuses to connect to {server} (HTTP {status}).",
            address=hop,
            server=server,
            status=status,
        ),
        tr("Ask IT to let {host} pass, or use another network.", host=server.host),
    )


_LOGINS_SHOWN = 5


def _login_wanted(hop: Hop, logins: tuple[str, ...]) -> Finding:
    """What to do about a proxy that wants a login of one of these kinds. We support Basic."""
    kinds = ", ".join(name.title() for name in logins[:_LOGINS_SHOWN])
    said = tr("The proxy {address} wants a login (HTTP 407)", address=hop)
    if kinds:
        said += tr("; it offers {logins}", logins=kinds)
    if hop.login and "basic" in logins:
        said += tr(", and the one it was given is wrong")
    if not logins or "basic" in logins:
        advice = tr(
            "Put name and password into the HTTPS_PROXY of the environment"
            " (http://name:password@proxy:port, with %40 for an @), or ask IT."
        )
    else:
        advice = tr(
            "That login is tied to Windows or a domain, and this program can Basic only. Ask IT to"
            " let this server pass without a login, or run a local proxy that logs in (such as"
            " px or cntlm) and name it in HTTPS_PROXY."
        )
    return failed(f"{said}.", advice)


# -- TLS


def unencrypted(*, loopback: bool) -> Finding:
    """TLS is not used: the URL is plain http, which is allowed here."""
    if loopback:
        return skipped(tr("Plain http, which never leaves this machine."))
    return warned(tr("Plain http: the key travels readable."), tr("Use https if the server can."))


def secured(certificate: Certificate | None, now: datetime, *, private: bool) -> Finding:
    """TLS is set up. `private`: only the profile's CA file, not the system, trusts the issuer."""
    if certificate is None:
        return passed(tr("The certificate is trusted; its issuer cannot be read here."))
    left = certificate.not_after - now
    detail = tr(
        "Issued by {issuer}, valid until {date} ({n} days)",
        issuer=certificate.issuer,
        date=_day(certificate.not_after),
        n=left.days,
    )
    if left < EXPIRES_SOON:
        return warned(f"{detail}.", tr("Tell the server's owner that the certificate is expiring."))
    if private:
        return warned(
            tr("{detail}, and trusted only through the ca-file of the profile.", detail=detail),
            tr(
                "Fine for a server with a CA of its own; otherwise a proxy opens and inspects the"
                " connection, and sees the key."
            ),
        )
    return passed(f"{detail}.")


def distrusted(
    certificate: Certificate | None, host: str, now: datetime, reason: str = ""
) -> Finding:
    """Why a certificate was refused; None is a certificate that could not be read.

    `reason` is what the system's TLS library says. That alone is not enough to find the cause.
    """
    reason = f" ({reason})" if reason else ""
    if certificate is None:
        return failed(
            tr(
                "The certificate of {host} was refused{reason}, and cannot be read.",
                host=host,
                reason=reason,
            ),
            tr(
                "Try another network, such as a mobile hotspot; if it stays so, tell the server's"
                " owner."
            ),
        )
    if now < certificate.not_before:
        return failed(
            tr(
                "The certificate of {host} holds from {date} on, and this machine's clock says"
                " {today}.",
                host=host,
                date=_day(certificate.not_before),
                today=_day(now),
            ),
            tr("Set this machine's clock; if it is right, tell the server's owner."),
        )
    if now > certificate.not_after:
        return failed(
            tr(
                "The certificate of {host}, issued by {issuer}, expired on {date}.",
                host=host,
                issuer=certificate.issuer,
                date=_day(certificate.not_after),
            ),
            tr("Check this machine's date first; if it is right, tell the server's owner."),
        )
    if not certificate.covers(host):
        return _another_name(certificate, host)
    return _untrusted(certificate, host, reason)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _another_name(certificate: Certificate, host: str) -> Finding:
    # A login page has a certificate of its own; an inspecting proxy makes one in our host's name.
    names = ", ".join(certificate.hosts[:3]) or certificate.subject
    return failed(
        tr(
            "The certificate is for {names}, not for {host} (issued by {issuer}).",
            names=names,
            host=host,
            issuer=certificate.issuer,
        ),
        tr(
            "On guest Wi-Fi this is a captive portal: open a web page and accept its terms, or"
            " change the network. Otherwise correct the url of the profile."
        ),
    )


def _untrusted(certificate: Certificate, host: str, reason: str) -> Finding:
    if certificate.self_signed:
        return failed(
            tr(
                "The certificate of {host} is signed by itself ({issuer}), which proves nothing.",
                host=host,
                issuer=certificate.issuer,
            ),
            tr(
                "If it is your own server, name its certificate as ca-file of the profile;"
                " otherwise somebody stands in between. Try another network, such as a mobile"
                " hotspot."
            ),
        )
    return failed(
        tr(
            "The certificate of {host} is issued by {issuer}, whom this machine does not"
            " trust{reason}: an inspecting proxy, or a server with a CA of its own.",
            host=host,
            issuer=certificate.issuer,
            reason=reason,
        ),
        tr(
            "Ask IT whether connections are inspected here. If that is meant, name the CA's"
            " certificate as ca-file of the profile. Try another network, such as a mobile hotspot."
        ),
    )


def not_secured(error: OSError, host: str) -> Finding:
    """Why TLS failed for a reason other than the certificate."""
    if isinstance(error, TimeoutError):
        return failed(
            tr("{host} accepted the connection, but does not answer the TLS handshake.", host=host),
            tr(
                "Check the port. Try another network, such as a mobile hotspot: a firewall may hold"
                " it up."
            ),
        )
    reason = getattr(error, "reason", None) or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return failed(
            tr(
                "What answers for {host} does not speak TLS: a wrong port, or a captive portal.",
                host=host,
            ),
            tr(
                "Check the port in the profile's url; on guest Wi-Fi open a web page and accept its"
                " terms."
            ),
        )
    if isinstance(error, ssl.SSLError) and reason not in ("", "UNEXPECTED_EOF_WHILE_READING"):
        words = reason.lower().replace("_", " ")
        return failed(
            tr("No common way of encryption with {host} ({reason}).", host=host, reason=words),
            tr("Report it to the server's owner; the server is probably old."),
        )
    return failed(
        tr("{host} broke off the TLS handshake.", host=host),
        tr(
            "Try another network, such as a mobile hotspot: a firewall or a filter may not want"
            " this host."
        ),
    )
