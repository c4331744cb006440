"""Where a call may go: which URLs are accepted, which proxy is used, which certificates count.

Only this module has these rules. Settings, the command line and the client use them, so that all
agree on the host of production, on what may be sent without TLS, and on what is a key.

    ValueError
      EndpointError      a URL, a key, a proxy or a CA file that cannot be used, with the reason
"""

import errno
import ipaddress
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from console.oioi.http.no_proxy import excepting_entry
from console.oioi.language import english, kept, tr
from console.oioi.redact import is_secret_field, visible

if TYPE_CHECKING:
    import ssl

PRODUCTION_HOST = "api.plugsurfing.com"
PRODUCTION_URL = f"https://{PRODUCTION_HOST}/api/v4/request"
STAGING_URL = "https://dev-api.plugsurfing.com/api/v4/request"
MAX_URL = 2000
"""Characters. No server needs a longer URL, and a longer one could not be shown."""

_PORTS = {"http": 80, "https": 443}
_PAC_VARIABLES = ("auto_proxy", "AUTO_PROXY")
_LOOPBACK_NAME = "localhost"
_LOOPBACK_V4 = ipaddress.ip_network("127.0.0.0/8")
_LOOPBACK_V6 = ipaddress.ip_address("::1")
_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[\w-]{1,63}(?:\.[\w-]{1,63})*\.?))(?::(?P<port>\d+))?",
    re.ASCII,
)
_SECRET_WORDS = ("apikey", "token", "password", "passphrase", "secret", "authorization")


class EndpointError(ValueError):
    """A URL, key, proxy or CA file that cannot be used; the text says why and what to do.

    The text may be kept with a session that was not started: it is in English, for `tr_kept`.
    """


# -- What is in a URL


def host_of(url: str) -> str:
    """The URL's host in lower case, without port and trailing dot; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine: 127.0.0.0/8, ::1 or exactly `localhost`.

    Names that a DNS server may resolve do not count, because it may answer any address:
    `localhost.` with its dot (glibc only knows the name without it), `x.localhost`,
    `localhost.localdomain`. 127.1, 2130706433 and 0x7f.1 do not count: some resolvers read them as
    an address, others as a name. ::ffff:127.0.0.1 does not count: it is not a loopback address
    where IPv6 is off.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == _LOOPBACK_NAME
    return address in _LOOPBACK_V4 or address == _LOOPBACK_V6


def is_production(url: str) -> bool:
    """Whether the URL's host is Plugsurfing's production server. The profile does not matter."""
    return host_of(url) == PRODUCTION_HOST


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


# -- Whether it may be called, and with this key


@english()
def check_url(url: str, *, allow_http: bool = False) -> None:
    """Raise EndpointError, with one sentence, unless calls may be sent to `url`.

    https may go anywhere, plain http only to loopback or with `allow_http`. The sentence repeats
    nothing of the URL but its host.
    """
    fault = address_fault(url)
    if fault:
        raise EndpointError(tr("The URL {fault}", fault=fault))
    if _scheme(url) == "http" and not allow_http and not is_loopback(url):
        raise EndpointError(
            tr(
                "Plain http:// would send the key readable to {host}; use https://, "
                "or set allow-http in a profile for this server.",
                host=urlsplit(url).hostname,
            )
        )


def address_fault(url: str) -> str | None:
    """What is wrong with an http or https URL, as the end of a sentence, or None.

    Stricter than RFC 3986 where URL parsers differ: the host that is checked here has to be the
    host that is called.
    """
    # Translators: these texts are the end of a sentence that begins with "The URL", "The proxy …"
    if not url:
        return tr("is empty.")
    if len(url) > MAX_URL:
        length = f"{MAX_URL:,}"
        return tr("is longer than {n} characters.", n=length)
    if not url.isprintable() or " " in url or "\\" in url:
        return tr("contains a blank, a backslash or a control character.")
    if not re.match("https?://", url, re.IGNORECASE):
        return tr("must begin with https:// or http://.")
    if "#" in url:
        return tr("must not contain a fragment (#).")
    address, _, query = url.partition("?")
    if any(is_secret_name(name) for name in _parameters(query)):
        # The query goes into the logs of servers and proxies, the Authorization header does not.
        return tr(
            "must not carry a key, a token or a password in its query; "
            "the API key belongs into the keyring."
        )
    return _authority_fault(address.partition("://")[2].partition("/")[0])


def _authority_fault(authority: str) -> str | None:
    """What is wrong with the part between `//` and the path, or None."""
    if "@" in authority:
        # httpx would send it as the Authorization header, in place of the one with the key.
        return tr("must not contain a user name or a password.")
    if not authority or authority.startswith(":"):
        return tr("names no host.")
    if not authority.isascii():
        return tr("must have its host in ASCII (xn--…), so that look-alike letters show.")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return tr("has a host or a port that cannot be read.")
    host = (match["v6"] or match["name"]).lower()
    # A host without a letter, or one that httpx reads as four numbers, must be a full address.
    if match["v6"] or not re.search("[a-z]", host) or re.fullmatch(r"(\d+.){3}\d+", host):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return tr("has a host that is no valid IP address.")
    port = match["port"]
    if port is not None and not (len(port) <= 5 and 1 <= int(port) <= 65535):
        return tr("has a port that is not between 1 and 65535.")
    return None


def _parameters(query: str) -> list[str]:
    """The names of the parameters in a query. Both `&` and the older `;` separate them."""
    return [unquote_plus(part.partition("=")[0]) for part in re.split("[&;]", query)]


def is_secret_name(name: str) -> bool:
    """Whether a parameter or a setting of this name is likely to hold a secret.

    It finds more names than `redact.is_secret_field`, which knows the members of OIOI: here a name
    is only refused or asked about, so a false alarm does little harm.
    """
    bare = name.lower().replace("-", "").replace("_", "")
    return is_secret_field(name) or bare == "key" or any(word in bare for word in _SECRET_WORDS)


def key_fault(key: str) -> str | None:
    """What is wrong with an API key, as the end of a sentence that does not repeat it, or None.

    The key is the end of a header line, so it has to be printable ASCII without blanks.
    """
    if not key:
        return tr("is empty.")
    if not re.fullmatch("[!-~]+", key):
        return tr("holds blanks, line breaks or characters that a header cannot carry.")
    return None


# -- How to get there


@dataclass(frozen=True, slots=True)
class ProxyChoice:
    """The proxy for a URL, None for a direct connection, and the rule that decided.

    `rule` continues a sentence: "Through a.example:1, set by …". It contains no login.
    """

    proxy: str | None
    rule: str


def proxy_for(url: str) -> str | None:
    """The proxy that the environment (or the system) sets for a URL, None for a direct connection.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY count; the same names in lower case come first.
    Calls to this machine go direct. Raises EndpointError for a proxy that cannot be used. The
    proxy may have a login, which is not shown.
    """
    return choose_proxy(url).proxy


def choose_proxy(url: str) -> ProxyChoice:
    """The proxy for a URL and the rule that decided. See `proxy_for`, also for the error."""
    if is_loopback(url):
        return ProxyChoice(None, tr("what goes to this machine goes direct"))
    from urllib.request import getproxies, getproxies_environment, proxy_bypass  # 14 ms

    scheme, port = _scheme(url), urlsplit(url).port
    exceptions = getproxies_environment().get("no", "")
    if entry := excepting_entry(host_of(url), port or _PORTS[scheme], exceptions):
        return ProxyChoice(None, tr("NO_PROXY names it: {entry}", entry=entry))
    if not getproxies_environment() and proxy_bypass(host_of(url)):
        return ProxyChoice(None, tr("the system's settings except it"))
    proxies = getproxies()
    name = scheme if proxies.get(scheme) else "all"
    proxy = proxies.get(name)
    if not proxy:
        one, other = _variable(scheme), _variable("all")
        neither = tr("neither {variable} nor {other} is set", variable=one, other=other)
        return ProxyChoice(None, neither)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if fault := _proxy_fault(proxy):
        raise EndpointError(
            kept(
                "The proxy that the environment sets for {host} {fault} "
                "Correct it (HTTPS_PROXY, ALL_PROXY), or name the host in NO_PROXY.",
                host=host_of(url),
                fault=fault,
            )
        )
    of_environment = name in getproxies_environment()
    if of_environment:
        return ProxyChoice(proxy, tr("{variable} of the environment", variable=_variable(name)))
    return ProxyChoice(proxy, tr("the system's settings"))


def pac_file() -> str | None:
    """The URL or path of a proxy auto-configuration file in the environment; it is not read."""
    return next((value for name in _PAC_VARIABLES if (value := os.environ.get(name))), None)


def _variable(name: str) -> str:
    return f"{name.upper()}_PROXY"


@english()
def _proxy_fault(proxy: str) -> str | None:
    scheme, _, rest = proxy.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return address_fault(f"{scheme}://{authority.rpartition('@')[2]}")


def _require_plain(path: str) -> None:
    """Raise OSError for a pipe or a device, which OpenSSL could read for ever."""
    if not stat.S_ISREG(Path(path).stat().st_mode):
        raise OSError(errno.EINVAL, tr("it is not a plain file"), path)


@english()
def tls_context(url: str, ca_file: str | None = None) -> "ssl.SSLContext":
    """The TLS context that verifies a server's certificate: the system's trust store and `ca_file`.

    Verification cannot be switched off. For plain http there is nothing to verify. Raises
    EndpointError for a CA file that cannot be used.
    """
    import ssl  # 14 ms, and the rules for a URL do not need it

    if _scheme(url) != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts none, and is quick to make
    import truststore  # 3 ms, elsewhere more; settings do not need it

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            _require_plain(ca_file)
            context.load_verify_locations(ca_file)
        except ssl.SSLError:  # OpenSSL's message does not help the user
            raise EndpointError(
                tr(
                    "The CA file {file} holds no certificate that can be read; "
                    "it has to be a PEM file (-----BEGIN CERTIFICATE-----).",
                    file=visible(ca_file),
                )
            ) from None
        except OSError as error:
            raise EndpointError(
                tr(
                    "The CA file {file} cannot be opened: {reason}.",
                    file=visible(ca_file),
                    reason=error.strerror or error,
                )
            ) from None
    return context
