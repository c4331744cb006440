"""Whether a URL may be sent to, through which proxy, and which certificates are trusted.

The whole exception tree of the client's set-up:

    ValueError
      EndpointError      a URL, a key or a CA file that cannot be used, with the reason
"""

import ipaddress
import ssl
import urllib.request
from urllib.parse import SplitResult, urlsplit

PRODUCTION_URL = "https://api.plugsurfing.com/api/v4/request"
STAGING_URL = "https://dev-api.plugsurfing.com/api/v4/request"


class EndpointError(ValueError):
    """A URL, key or CA file that cannot be used; the text says why and what to do."""


def check_url(url: str, *, allow_http: bool = False) -> None:
    """Raise EndpointError unless `url` may be sent to.

    https anywhere, plain http only on loopback or with `allow_http`. User info is refused:
    the HTTP library would put it in place of our Authorization header.
    """
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise EndpointError(f"{url!r} is not an http or https URL.")
    if not parts.hostname:
        raise EndpointError(f"{url!r} names no host.")
    if "@" in parts.netloc:
        raise EndpointError("The URL holds a user name or password; the API key goes elsewhere.")
    if parts.fragment:
        raise EndpointError(f"{url!r} has a fragment (#…), which is never sent.")
    if not all(char.isprintable() and char != " " for char in url):
        raise EndpointError("The URL holds blanks or control characters.")
    if parts.scheme == "http" and not allow_http and not is_loopback(url):
        raise EndpointError(
            f"{parts.hostname} would get the API key unencrypted: use https, or set allow-http"
            " in the profile."
        )


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine itself, by address or as localhost."""
    host = (_split(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_production(url: str) -> bool:
    """Whether the URL's host is Plugsurfing's production server, whatever a profile is called."""
    host = (_split(url).hostname or "").rstrip(".")
    return host == urlsplit(PRODUCTION_URL).hostname


def proxy_for(url: str) -> str | None:
    """The proxy the environment (or the system) sets for a URL, None where it is to go direct."""
    parts = _split(url)
    host = parts.hostname or ""
    if is_loopback(url) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def tls_context(url: str, ca_file: str | None = None) -> ssl.SSLContext:
    """What to verify a server's certificate with: the system's trust store and `ca_file`.

    Checking cannot be switched off. For plain http there is nothing to verify.
    """
    if _split(url).scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and costs nothing
    import truststore  # 25 ms, and not needed for loopback

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise EndpointError(f"The CA file {ca_file} cannot be used: {reason}.") from None
    return context


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError as error:
        raise EndpointError(f"{url!r} is not a URL: {error}.") from None
    return parts
