"""NO_PROXY: the servers that are called without the proxy.

It is read as curl (its page on NO_PROXY) and Go (x/net/http/httpproxy) read it; a form
that only one of them knows is read as that one does. Commas, blanks or semicolons separate the
entries:

    *                     everything goes direct
    name.example          this host and every name below it, and so .name.example, *.name.example
    10.1.2.3  [fd00::5]   this address, in any spelling
    10.0.0.0/8  fd00::/8  every address of this network; names are not resolved for it
    host:8443             any of the forms above but a network, at this port only
"""

import ipaddress
import re

_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]+):(\d{1,5})", re.ASCII)


def excepting_entry(host: str, port: int, exceptions: str) -> str | None:
    """The first entry of NO_PROXY that this server matches, or None.

    `host` is in lower case, without brackets and without a dot at its end.
    """
    entries = (entry for entry in re.split(r"[\s,;]+", exceptions) if entry)
    return next((entry for entry in entries if _excepts(entry.lower(), host, port)), None)


def _excepts(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _is_within(host, entry)
    if found := _WITH_PORT.fullmatch(entry):
        if int(found[2]) != port:
            return False
        entry = found[1]
    address = _address(entry)
    if address is not None:
        return _address(host) == address
    name = entry.removeprefix("*").strip(".")
    if not name or _address(host) is not None:
        return False
    return host == name or host.endswith(f".{name}")


def _is_within(host: str, network: str) -> bool:
    address = _address(host)
    try:
        return address is not None and address in ipaddress.ip_network(
            network.replace("[", "").replace("]", ""), strict=False
        )
    except ValueError:
        return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address, with or without brackets, or None. An IPv4-mapped IPv6 address becomes IPv4.

    The zone of an IPv6 address (`fe80::1%eth0`) is ignored: a URL has none.
    """
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
