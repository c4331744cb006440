"""Findings about the way to the server: name, TCP, TLS."""

import errno
import socket
import ssl
from datetime import datetime, timedelta

from console.doctor.certificate import Certificate
from console.doctor.reach import Hop, TunnelRefused
from console.doctor.steps import Finding, failed, passed, skipped, warned

EXPIRES_SOON = timedelta(days=14)

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
_OTHER_NETWORK = "Try another network, such as a mobile hotspot"


# -- Name and TCP


def resolved(hop: Hop, addresses: tuple[str, ...], *, proxied: bool) -> Finding:
    """The addresses of the server, or of the proxy in front of it."""
    if addresses == (hop.host,):
        return passed(f"{hop.host} is an address already.")
    of_proxy = "The proxy " if proxied else ""
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return passed(f"{of_proxy}{hop.host} is {addresses[0]}{more}.")


def not_resolved(hop: Hop, error: OSError, *, proxied: bool) -> Finding:
    """Why there is no address."""
    what = f"The name of the proxy, {hop.host}," if proxied else f"The name {hop.host}"
    if isinstance(error, TimeoutError):
        why = "was not resolved in time: the DNS server does not answer."
    elif isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        why = "was not resolved: no DNS server could be asked."
    else:
        why = "is not known to the DNS server."
    where = "the proxy's setting" if proxied else "the profile's url"
    return failed(
        f"{what} {why}",
        f"Check its spelling in {where}, and whether a web page opens. {_OTHER_NETWORK}.",
    )


def connected(hop: Hop, address: str, server: Hop, *, proxied: bool) -> Finding:
    """Connected: to which server, and through which proxy."""
    at = f"{hop}" if address == hop.host else f"{hop} ({address})"
    if not proxied:
        return passed(f"Connected to {at}.")
    onward = f", which let us through to {server}" if server.encrypted else ""
    return passed(f"Connected to the proxy {at}{onward}.")


def not_connected(hop: Hop, error: OSError, server: Hop, *, proxied: bool) -> Finding:
    """Why there is no connection, or no tunnel through the proxy."""
    if isinstance(error, TunnelRefused):
        return _not_let_through(hop, error, server)
    what = f"The proxy {hop}" if proxied else f"{hop}"
    if isinstance(error, ConnectionRefusedError):
        return failed(
            f"{what} refuses the connection: the machine is there, but nothing listens.",
            "Check the port; if it is right, tell the server's owner that it is down.",
        )
    if isinstance(error, TimeoutError):
        return failed(
            f"{what} does not answer: the server is dead, or a firewall swallows the connection.",
            f"{_OTHER_NETWORK}, or with the VPN; if it stays so, tell the server's owner.",
        )
    if isinstance(error, ssl.SSLError):
        return failed(
            f"{what} is reached through TLS, which cannot be set up.",
            "Ask IT for the right address of the proxy, and for its certificate.",
        )
    if error.errno in _NO_ROUTE:
        return failed(
            f"There is no way to {what[0].lower()}{what[1:]} from here.",
            "Check the network connection and the VPN.",
        )
    return failed(
        f"{what} broke off the connection.",
        f"{_OTHER_NETWORK}, or ask IT whether this address may be reached.",
    )


def _not_let_through(hop: Hop, refused: TunnelRefused, server: Hop) -> Finding:
    status = refused.status
    if status == 407:
        return _login_wanted(hop, refused.logins)
    if status in (502, 503, 504):
        return failed(
            f"The proxy {hop} cannot reach {server} (HTTP {status}).",
            "Check the profile's url; if it is right, ask IT, or tell the server's owner.",
        )
    return failed(
        f"The proxy {hop} refuses to connect to {server} (HTTP {status}).",
        f"Ask IT to let {server.host} pass, or use another network.",
    )


_LOGINS_SHOWN = 5


def _login_wanted(hop: Hop, logins: tuple[str, ...]) -> Finding:
    """What to do about a proxy that wants a login of one of these kinds. We support Basic."""
    kinds = ", ".join(name.title() for name in logins[:_LOGINS_SHOWN])
    offered = f"; it offers {kinds}" if kinds else ""
    refused = ", and the one it was given is wrong" if hop.login and "basic" in logins else ""
    if not logins or "basic" in logins:
        advice = (
            "Put name and password into the HTTPS_PROXY of the environment"
            " (http://name:password@proxy:port, with %40 for an @), or ask IT."
        )
    else:
        advice = (
            "That login is tied to Windows or a domain, and this program can Basic only. Ask IT to"
            " let this server pass without a login, or run a local proxy that logs in (such as"
            " px or cntlm) and name it in HTTPS_PROXY."
        )
    return failed(f"The proxy {hop} wants a login (HTTP 407){offered}{refused}.", advice)


# -- TLS


def unencrypted(*, loopback: bool) -> Finding:
    """TLS is not used: the URL is plain http, which is allowed here."""
    if loopback:
        return skipped("Plain http, which never leaves this machine.")
    return warned("Plain http: the key travels readable.", "Use https if the server can.")


def secured(certificate: Certificate | None, now: datetime, *, private: bool) -> Finding:
    """TLS is set up. `private`: only the profile's CA file, not the system, trusts the issuer."""
    if certificate is None:
        return passed("The certificate is trusted; its issuer cannot be read here.")
    left = certificate.not_after - now
    detail = (
        f"Issued by {certificate.issuer}, valid until {certificate.not_after:%Y-%m-%d}"
        f" ({left.days} days)"
    )
    if left < EXPIRES_SOON:
        return warned(f"{detail}.", "Tell the server's owner that the certificate is expiring.")
    if private:
        return warned(
            f"{detail}, and trusted only through the ca-file of the profile.",
            "Fine for a server with a CA of its own; otherwise a proxy opens and inspects the"
            " connection, and sees the key.",
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
            f"The certificate of {host} was refused{reason}, and cannot be read.",
            f"{_OTHER_NETWORK}; if it stays so, tell the server's owner.",
        )
    if now < certificate.not_before:
        return failed(
            f"The certificate of {host} holds from {certificate.not_before:%Y-%m-%d} on, and this"
            f" machine's clock says {now:%Y-%m-%d}.",
            "Set this machine's clock; if it is right, tell the server's owner.",
        )
    if now > certificate.not_after:
        return failed(
            f"The certificate of {host}, issued by {certificate.issuer}, expired on"
            f" {certificate.not_after:%Y-%m-%d}.",
            "Check this machine's date first; if it is right, tell the server's owner.",
        )
    if not certificate.covers(host):
        return _another_name(certificate, host)
    return _untrusted(certificate, host, reason)


def _another_name(certificate: Certificate, host: str) -> Finding:
    # A login page has a certificate of its own; an inspecting proxy makes one in our host's name.
    names = ", ".join(certificate.hosts[:3]) or certificate.subject
    return failed(
        f"The certificate is for {names}, not for {host} (issued by {certificate.issuer}).",
        "On guest Wi-Fi this is a captive portal: open a web page and accept its terms, or change"
        " the network. Otherwise correct the url of the profile.",
    )


def _untrusted(certificate: Certificate, host: str, reason: str) -> Finding:
    if certificate.self_signed:
        return failed(
            f"The certificate of {host} is signed by itself ({certificate.issuer}), which proves"
            " nothing.",
            "If it is your own server, name its certificate as ca-file of the profile; otherwise"
            f" somebody stands in between. {_OTHER_NETWORK}.",
        )
    return failed(
        f"The certificate of {host} is issued by {certificate.issuer}, whom this machine does not"
        f" trust{reason}: an inspecting proxy, or a server with a CA of its own.",
        "Ask IT whether connections are inspected here. If that is meant, name the CA's"
        f" certificate as ca-file of the profile. {_OTHER_NETWORK}.",
    )


def not_secured(error: OSError, host: str) -> Finding:
    """Why TLS failed for a reason other than the certificate."""
    if isinstance(error, TimeoutError):
        return failed(
            f"{host} accepted the connection, but does not answer the TLS handshake.",
            f"Check the port. {_OTHER_NETWORK}: a firewall may hold it up.",
        )
    reason = getattr(error, "reason", None) or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return failed(
            f"What answers for {host} does not speak TLS: a wrong port, or a captive portal.",
            "Check the port in the profile's url; on guest Wi-Fi open a web page and accept its"
            " terms.",
        )
    if isinstance(error, ssl.SSLError) and reason not in ("", "UNEXPECTED_EOF_WHILE_READING"):
        words = reason.lower().replace("_", " ")
        return failed(
            f"No common way of encryption with {host} ({words}).",
            "Examination it to the server's owner; the server is probably old.",
        )
    return failed(
        f"{host} broke off the TLS handshake.",
        f"{_OTHER_NETWORK}: a firewall or a filter may not want this host.",
    )
