"""Where a call may go, through which proxy, and whose certificate counts."""

import json
import os
import re
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from console.oioi.http.endpoint import (
    PRODUCTION_URL,
    STAGING_URL,
    EndpointError,
    check_url,
    choose_proxy,
    host_of,
    is_loopback,
    is_production,
    is_secret_name,
    key_fault,
    proxy_for,
    tls_context,
)
from console.oioi.http.no_proxy import excepting_entry

SERVER = "https://oioi.example/api/v4/request"


def refusal(url: str, *, allow_http: bool = False) -> str:
    """The sentence with which this URL is refused; empty if it is not."""
    try:
        check_url(url, allow_http=allow_http)
    except EndpointError as error:
        return str(error)
    return ""


# -- URLs


@pytest.mark.parametrize(
    "url",
    [
        PRODUCTION_URL,
        STAGING_URL,
        "HTTPS://Example.com",
        "https://example.com?",
        "https://example.com./",
        "https://example.com:8443/x?dialect=wwcp",
        "https://xn--bcher-kva.example/",
        "https://[2001:db8::1]:443/",
        "https://192.0.2.7/",
        "http://localhost:8080/x",
        "http://LOCALHOST/",
        "http://127.0.0.1/",
        "http://127.255.0.9:1/",
        "http://[::1]:65535/",
        "https://example.com/büro/@home",
        "https://example.com/token/v4?monkey=key&keyboard=password",
    ],
)
def test_a_url_that_may_be_called(url: str) -> None:
    assert refusal(url) == ""


REFUSED = [
    ("", "empty"),
    ("example.com/api", "https://"),
    ("localhost:8080", "https://"),
    ("ftp://example.com/", "https://"),
    ("file:///etc/passwd", "https://"),
    ("https:example.com", "https://"),
    ("https://", "no host"),
    ("https:///api", "no host"),
    ("https://:443/", "no host"),
    ("https://?x", "no host"),
    ("https://user:hunter2@example.com/", "user name"),
    ("https://hunter2@example.com/", "user name"),
    ("https://@example.com/", "user name"),
    ("https://api.plugsurfing.com\\@evil.example/", "backslash"),
    ("https://example.com/#top", "fragment"),
    ("https://example.com/#", "fragment"),
    ("http://example.com/", "allow-http"),
    ("http://localhost.example.com/", "allow-http"),
    ("http://localhost./", "readable to localhost.;"),
    ("http://oioi.localhost/", "allow-http"),
    ("http://127.0.0.1.example.com/", "allow-http"),
    ("http://192.168.0.4/", "allow-http"),
    ("http://0.0.0.0/", "allow-http"),
    ("http://[::2]/", "allow-http"),
    ("http://[::ffff:127.0.0.1]/", "allow-http"),
    ("https://example.com:0/", "port"),
    ("https://example.com:65536/", "port"),
    ("https://example.com:" + "9" * 500, "port"),
    ("https://example.com:abc/", "port"),
    ("https://example.com:/", "port"),
    ("https://exa mple.com/", "blank"),
    (" https://example.com/", "blank"),
    ("https://example.com/\n", "control"),
    ("https://exam\tple.com/", "control"),
    ("https://example.com/\x1b[2J", "control"),
    ("https://example.com/\u202e", "control"),
    ("https://example.com/\udc80", "control"),
    ("https://\u0430pi.plugsurfing.com/", "xn--"),
    ("https://api\u3002plugsurfing.com/", "xn--"),
    ("https://api%2Eplugsurfing.com/", "host"),
    ("https://a..b/", "host"),
    ("https://[::1/", "host"),
    ("https://[::1]x/", "host"),
    ("https://[fe80::1%eth0]/", "host"),
    ("https://[12345::]/", "IP address"),
    ("https://999.1.1.1/", "IP address"),
    ("https://127.1/", "IP address"),
    ("https://1a2a3a4/", "IP address"),
    ("https://" + "a" * 64 + ".example/", "host"),
    ("https://example.com/" + "a" * 2000, "2,000"),
    ("https://example.com/?key=hunter2", "in its query"),
    ("https://example.com?api_key=hunter2", "in its query"),
    ("https://example.com/?API-Key=hunter2", "in its query"),
    ("https://example.com/?x=1&access_token=hunter2", "in its query"),
    ("https://example.com/?x=1;password=hunter2", "in its query"),
    ("https://example.com/?%6Bey=hunter2", "in its query"),
    ("https://example.com/?partner-identifier=hunter2", "in its query"),
    ("https://example.com/?a=b?&client+secret=hunter2", "in its query"),
]


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_a_url_that_is_refused_gets_one_sentence(url: str, why: str) -> None:
    text = refusal(url)
    assert why in text
    assert text.endswith(".")
    assert text.isprintable()
    assert "hunter2" not in text, "what may be a secret is not repeated"


def test_plain_http_to_another_machine_needs_consent_and_nothing_else_is_consented_to() -> None:
    assert refusal("http://192.168.0.4:8080/x", allow_http=True) == ""
    assert "user name" in refusal("http://user@192.168.0.4/", allow_http=True)
    assert "192.168.0.4" in refusal("http://192.168.0.4:8080/x")


@given(
    st.text("aZ09.-_:/@?#[]%\\ é。", max_size=20).map("https://".__add__)
    | st.from_regex(r"https://[a-z][a-z0-9.-]{0,12}(:[0-9]{1,6})?/?", fullmatch=True)
)
def test_the_host_that_was_checked_is_the_host_that_httpx_calls(url: str) -> None:
    if not refusal(url) and "xn--" not in url:
        called = httpx.URL(url)
        assert called.userinfo == b""
        assert called.host.rstrip(".") == host_of(url)


# -- Which server it is


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.PlugSurfing.com.:443/x", "api.plugsurfing.com"),
        ("https://[2001:DB8::1]:8443/", "2001:db8::1"),
        ("", ""),
        ("https://[broken", ""),
        ("https:///x", ""),
    ],
)
def test_the_host_of_a_url_is_written_in_one_way(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254:8080", True),
        ("[::1]:8080", True),
        ("[0:0::1]", True),
        ("LocalHost", True),
        ("LocalHost.", False),
        ("localhost..", False),
        ("localhost.localdomain", False),
        ("127.0.0.1.", False),
        ("2130706433", False),
        ("0x7f.1", False),
        ("0177.0.0.1", False),
        ("oioi.localhost", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("[::2]", False),
        ("[::ffff:127.0.0.1]", False),
        ("127.1", False),
        ("[broken", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(f"http://{host}/") is loopback


@pytest.mark.parametrize(
    ("url", "production"),
    [
        (PRODUCTION_URL, True),
        ("http://API.PLUGSURFING.COM.:8080", True),
        (STAGING_URL, False),
        ("https://api.plugsurfing.com.example/", False),
        ("https://example.com/?api.plugsurfing.com", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_production_is_told_by_its_host(url: str, production: bool) -> None:
    assert is_production(url) is production


@pytest.mark.parametrize("name", ["key", "API-Key", "user_token", "PASSWORD", "client-secret"])
def test_a_name_that_promises_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["", "keys", "monkey", "dialect", "charging-key-id"])
def test_a_name_that_promises_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("key", ["x", "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88", "!\"#$%&'()~"])
def test_a_key_that_a_header_can_carry(key: str) -> None:
    assert key_fault(key) is None


@pytest.mark.parametrize("key", ["", " ", "two words", "line\nbreak", "end\n", "schlüssel", "\x7f"])
def test_what_is_no_key_is_told_without_being_repeated(key: str) -> None:
    fault = key_fault(key)
    assert fault is not None
    assert fault.endswith(".")
    assert not key.strip() or key not in fault


# -- Proxies


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies, to set them in."""
    for name in [*os.environ]:
        if name.lower().endswith("_proxy") or name == "REQUEST_METHOD":
            monkeypatch.delenv(name)
    # As long as any proxy is set, macOS and Windows are not asked for theirs.
    monkeypatch.setenv("GOPHER_PROXY", "http://gopher.example:70")
    return monkeypatch


def test_without_a_proxy_calls_go_direct(environ: pytest.MonkeyPatch) -> None:
    assert proxy_for(SERVER) is None


@pytest.mark.parametrize(
    ("variables", "https", "http"),
    [
        ({"HTTPS_PROXY": "http://a.example:1"}, "http://a.example:1", None),
        ({"HTTP_PROXY": "http://a.example:1"}, None, "http://a.example:1"),
        ({"https_proxy": "http://a.example:1"}, "http://a.example:1", None),
        ({"ALL_PROXY": "http://a.example:1"}, "http://a.example:1", "http://a.example:1"),
        ({"all_proxy": "a.example:1"}, "http://a.example:1", "http://a.example:1"),
        (
            {"ALL_PROXY": "http://a.example:1", "HTTPS_PROXY": "https://b.example"},
            "https://b.example",
            "http://a.example:1",
        ),
        ({"HTTPS_PROXY": "http://me:hunter2@a.example"}, "http://me:hunter2@a.example", None),
        ({"HTTPS_PROXY": ""}, None, None),
        ({"ALL_PROXY": "http://a.example", "NO_PROXY": "*"}, None, None),
        ({"ALL_PROXY": "http://a.example", "NO_PROXY": "OIOI.example"}, None, None),
        ({"ALL_PROXY": "http://a.example", "no_proxy": "x.test, .example"}, None, None),
        (
            {"ALL_PROXY": "http://a.example", "NO_PROXY": "i.example,oioi.example.org"},
            "http://a.example",
            "http://a.example",
        ),
    ],
)
def test_the_proxy_of_the_environment(
    environ: pytest.MonkeyPatch, variables: dict[str, str], https: str | None, http: str | None
) -> None:
    for name, value in variables.items():
        environ.setenv(name, value)
    assert proxy_for("https://oioi.example/") == https
    assert proxy_for("https://OIOI.example.:8443/x") == https
    assert proxy_for("http://oioi.example:8080/") == http


@pytest.mark.skipif(sys.platform == "win32", reason="variables there have no upper and lower case")
def test_a_proxy_in_lower_case_comes_first(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("HTTPS_PROXY", "http://upper.example")
    environ.setenv("https_proxy", "http://lower.example")
    assert proxy_for(SERVER) == "http://lower.example"
    environ.setenv("https_proxy", "")
    assert proxy_for(SERVER) is None, "set to nothing, it takes the other back"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_proxy_sees_what_goes_to_this_machine(
    environ: pytest.MonkeyPatch, scheme: str, host: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        environ.setenv(name, "http://a.example")
    assert proxy_for(f"{scheme}://{host}/") is None


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://me:hunter2@a.example:1080",
        "http://",
        "http://me:hunter2@a.example:port",
        "http://me:hunter2/x@a.example",
        "http://me:hunter2@a b.example",
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent(
    environ: pytest.MonkeyPatch, proxy: str
) -> None:
    environ.setenv("ALL_PROXY", proxy)
    with pytest.raises(EndpointError, match=r"proxy .* ALL_PROXY.*NO_PROXY") as caught:
        proxy_for(SERVER)
    assert "oioi.example" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    environ.setenv("NO_PROXY", "oioi.example")
    assert proxy_for(SERVER) is None, "as the sentence says"


NO_PROXY = json.loads((Path(__file__).parent / "data" / "no_proxy.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "case", NO_PROXY, ids=lambda case: f"{case['env']['NO_PROXY']}-{case['url']}"
)
def test_no_proxy_is_read_as_curl_and_go_read_it(
    environ: pytest.MonkeyPatch, case: dict[str, Any]
) -> None:
    for name, value in case["env"].items():
        environ.setenv(name, value)
    assert proxy_for(case["url"]) == case["expected"]["proxy"], case["why"]


@pytest.mark.parametrize(
    ("exceptions", "host", "port", "entry"),
    [
        ("", "a.example", 443, None),
        (" ,;", "a.example", 443, None),
        ("x.test;a.example", "a.example", 443, "a.example"),
        ("x.test a.example", "a.example", 443, "a.example"),
        ("x.test\ta.example.", "a.example", 443, "a.example."),
        ("x.test, *", "a.example", 443, "*"),
        ("example", "a.example", 443, "example"),
        ("*.example", "example", 443, "*.example"),
        (".a.example", "ba.example", 443, None),
        ("*a.example", "ba.example", 443, None),
        (".", "a.example", 443, None),
        (".example:443", "a.example", 443, ".example:443"),
        (".example:443", "a.example", 8443, None),
        ("a.example:https", "a.example", 443, None),
        ("10.0.0.0/8", "10.255.0.1", 443, "10.0.0.0/8"),
        ("10.9.9.9/8", "10.1.2.3", 443, "10.9.9.9/8"),
        ("10.0.0.0/33", "10.1.2.3", 443, None),
        ("0.0.0.0/0", "a.example", 443, None),
        ("::/0", "10.1.2.3", 443, None),
        ("10.1.2", "10.1.2.3", 443, None),
        ("1.2.3", "10.1.2.3", 443, None),
        ("10.0.0.0/8", "::ffff:10.1.2.3", 443, "10.0.0.0/8"),
        ("[fd00::]/8", "fd00::5", 443, "[fd00::]/8"),
        ("[fd00::5]:8443", "fd00::5", 8443, "[fd00::5]:8443"),
        ("[fd00::5]:8443", "fd00::5", 443, None),
        ("FD00::0:5", "fd00::5", 443, "FD00::0:5"),
        ("fe80::1%eth0", "fe80::1", 443, "fe80::1%eth0"),
        ("[broken", "broken", 443, None),
    ],
)
def test_the_entry_of_no_proxy_that_decides(
    exceptions: str, host: str, port: int, entry: str | None
) -> None:
    assert excepting_entry(host, port, exceptions) == entry


@pytest.mark.parametrize(
    ("variables", "url", "rule"),
    [
        ({}, SERVER, "neither HTTPS_PROXY nor ALL_PROXY is set"),
        ({"HTTPS_PROXY": "http://me:hunter2@a.example"}, SERVER, "HTTPS_PROXY of the environment"),
        ({"ALL_PROXY": "http://a.example"}, SERVER, "ALL_PROXY of the environment"),
        ({"ALL_PROXY": "http://a.example", "NO_PROXY": "x, .Example"}, SERVER, "it: .Example"),
        ({"ALL_PROXY": "http://a.example"}, "http://[::1]/", "this machine"),
    ],
)
def test_the_rule_that_decided_on_a_proxy_is_told(
    environ: pytest.MonkeyPatch, variables: dict[str, str], url: str, rule: str
) -> None:
    for name, value in variables.items():
        environ.setenv(name, value)
    assert rule in choose_proxy(url).rule
    assert "hunter2" not in choose_proxy(url).rule


# -- Certificates


@pytest.fixture(scope="module")
def company() -> trustme.CA:
    """A certificate authority that no operating system knows."""
    return trustme.CA()


@pytest.fixture
def ca_file(company: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "company.pem"
    company.cert_pem.write_to_path(str(file))
    return str(file)


def shake_hands(client: ssl.SSLContext, company: trustme.CA, *, issued_to: str) -> None:
    """A TLS handshake in memory with a server at `oioi.example` that has this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    company.issue_cert(issued_to).configure_cert(context)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(back, there, server_hostname="oioi.example")
    server = context.wrap_bio(there, back, server_side=True)
    for side in (caller, server, caller):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert caller.version() is not None


def test_a_ca_file_adds_a_company_to_those_trusted(company: trustme.CA, ca_file: str) -> None:
    shake_hands(tls_context(SERVER, ca_file), company, issued_to="oioi.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tls_context(SERVER), company, issued_to="oioi.example")


def test_a_trusted_certificate_of_another_host_is_none(company: trustme.CA, ca_file: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"oioi\.example"):
        shake_hands(tls_context(SERVER, ca_file), company, issued_to="other.example")


def test_for_plain_http_nobody_is_trusted_and_nothing_is_loaded(
    company: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "truststore", None)  # importing it would fail
    context = tls_context("http://127.0.0.1:8080/", ca_file)
    assert context.cert_store_stats()["x509"] == 0
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(context, company, issued_to="oioi.example")


BAD_CA_FILES = {
    "empty": b"",
    "prose": b"to be done",
    "DER": bytes.fromhex("308201"),
    "cut short": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
}


@pytest.mark.parametrize("content", BAD_CA_FILES.values(), ids=BAD_CA_FILES.keys())
def test_a_ca_file_without_a_certificate_says_what_it_should_be(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(content)
    with pytest.raises(EndpointError, match="PEM file") as caught:
        tls_context(SERVER, str(file))
    assert str(file) in str(caught.value)


def test_a_ca_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=re.escape("missing.pem cannot be opened: No such")):
        tls_context(SERVER, str(tmp_path / "missing.pem"))
    with pytest.raises(EndpointError, match="cannot be opened"):
        tls_context(SERVER, str(tmp_path))
    with pytest.raises(EndpointError) as caught:
        tls_context(SERVER, str(tmp_path / "\x1b[2J.pem"))
    assert str(caught.value).isprintable()


# -- Start-up


def test_the_rules_cost_neither_ssl_nor_http_before_they_are_needed() -> None:
    code = (
        "import sys, console.oioi.http.endpoint; print({'ssl', 'http.client'} & set(sys.modules))"
    )
    root = str(Path(__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == "set()"
