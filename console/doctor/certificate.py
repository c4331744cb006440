"""What a certificate says about itself, read from its DER bytes. Nothing here verifies it.

Python gives the fields of a certificate only if it is trusted, but the doctor has to name the
issuer of one that is not.
"""

import warnings
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from console.oioi.language import mark, tr

_MOST_NAMED = 200
"""Characters of a name that are kept, because a foreign server chooses its length."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who issued a certificate, for which hosts, and the time in which it is valid."""

    issuer: str
    subject: str
    not_before: datetime
    not_after: datetime
    hosts: tuple[str, ...]
    """DNS names, possibly with a star, and IP addresses."""
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
        with warnings.catch_warnings():  # such as a negative serial number
            warnings.simplefilter("ignore")
            found = x509.load_der_x509_certificate(der)
        return Certificate(
            issuer=_name(found.issuer),
            subject=_name(found.subject),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            hosts=_hosts(found),
            self_signed=found.issuer == found.subject,
        )
    except (
        ValueError,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ):
        return None


def _name(name: x509.Name) -> str:
    """A distinguished name in readable form: the common name, then the organisation."""
    common, organisation = (
        "".join(str(each.value) for each in name.get_attributes_for_oid(oid)[:1])[:_MOST_NAMED]
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    )
    if common and organisation and common != organisation:
        return f"{common} ({organisation})"
    return common or organisation or name.rfc4514_string()[:_MOST_NAMED] or tr(_NOBODY)


_NOBODY = mark("somebody without a name")


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = [name[:_MOST_NAMED] for name in names.get_values_for_type(x509.DNSName)]
    return (*dns, *map(str, names.get_values_for_type(x509.IPAddress)))
