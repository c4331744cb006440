"""What a certificate says of itself: read from its DER, and not to be believed for that.

Python hands out the fields of a certificate only once it trusts it, and the doctor has to name
who issued one that nobody trusts. So the few fields that are needed are read here (RFC 5280 4.1).
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_MOST_NAMED = 200
"""Characters of a name that are kept: they come from whoever answered."""

_COMMON_NAME = bytes.fromhex("550403")
_ORGANISATION = bytes.fromhex("55040a")
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")

# Tags (X.690 8.1.2, RFC 5280 4.1 and 4.2.1.6).
_OCTET_STRING, _BMP_STRING, _UTF8_STRING = 0x04, 0x1E, 0x0C
_UTC_TIME = 0x17
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87

_Element = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who issued a certificate, for which hosts, and from when until when it holds."""

    issuer: str
    subject: str
    not_before: datetime
    not_after: datetime
    hosts: tuple[str, ...]
    """DNS names, perhaps with a star, and IP addresses."""
    self_signed: bool

    def covers(self, host: str) -> bool:
        """Whether the certificate is for this host; a star stands for one label (RFC 6125)."""
        host = host.lower().rstrip(".")
        parent = host.partition(".")[2]
        return any(
            name == host or (parent and name == f"*.{parent}")
            for name in map(str.lower, self.hosts)
        )


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate in this DER, None if it cannot be read."""
    try:
        return _read(der)
    except (IndexError, ValueError):
        return None


def _read(der: bytes) -> Certificate:
    fields = list(_elements(_only(_only(der))))
    if fields[0][0] == _VERSION:
        del fields[0]
    _serial, _algorithm, issuer, validity, subject = (content for _, content in fields[:5])
    begin, end = _elements(validity)
    extensions = next((content for tag, content in fields[5:] if tag == _EXTENSIONS), b"")
    return Certificate(
        issuer=_name(issuer),
        subject=_name(subject),
        not_before=_time(begin),
        not_after=_time(end),
        hosts=tuple(_alternative_names(extensions)),
        self_signed=issuer == subject,
    )


def _elements(data: bytes) -> Iterator[_Element]:
    """The elements in a row, each a tag and its content."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("an element is cut off")
        yield tag, data[at : at + length]
        at += length


def _only(data: bytes) -> bytes:
    """The content of the first element."""
    for _, content in _elements(data):
        return content
    raise ValueError("an element is empty")


def _name(data: bytes) -> str:
    """A distinguished name for people: the common name, and the organisation behind it."""
    found: dict[bytes, str] = {}
    for _, attributes in _elements(data):
        for _, attribute in _elements(attributes):
            (_, kind), value = _elements(attribute)
            found.setdefault(kind, _text(value))
    common, organisation = found.get(_COMMON_NAME, ""), found.get(_ORGANISATION, "")
    if common and organisation and common != organisation:
        return f"{common} ({organisation})"
    return common or organisation or next(iter(found.values()), "somebody without a name")


def _text(element: _Element) -> str:
    tag, content = element
    encoding = {_UTF8_STRING: "utf-8", _BMP_STRING: "utf-16-be"}.get(tag, "latin-1")
    return content.decode(encoding, "replace")[:_MOST_NAMED]


def _time(element: _Element) -> datetime:
    tag, content = element
    digits = content.decode("ascii")
    if tag == _UTC_TIME:
        digits = ("20" if digits < "50" else "19") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _alternative_names(extensions: bytes) -> Iterator[str]:
    if not extensions:
        return
    for _, extension in _elements(_only(extensions)):
        (_, kind), *_critical, (tag, value) = _elements(extension)
        if kind != _ALTERNATIVE_NAMES or tag != _OCTET_STRING:
            continue
        for tag, name in _elements(_only(value)):
            if tag == _DNS_NAME:
                yield name.decode("latin-1")[:_MOST_NAMED]
            elif tag == _IP_ADDRESS:
                yield str(ipaddress.ip_address(name))
