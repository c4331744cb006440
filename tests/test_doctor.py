"""The doctor: where the way to a server ends, and what to do about it."""

import asyncio
import errno
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from console.doctor import TITLES, Examination, Step, StepState, examine, local, way
from console.doctor.certificate import read_certificate
from console.doctor.reach import TunnelRefused, hop_of
from console.keys import Keys
from console.oioi.calls import is_read
from console.oioi.http.endpoint import pac_file
from console.settings import Kind, Profile, Settings, load
from console.simulator.server import Simulator
from console.simulator.world import World
from tests import command_line
from tests.command_line import KEY
from tests.keyring_fixtures import PATIENCE, RealKeyring, own_home, real_keyring
from tests.raw_server import RawServer, answer, close, raw_bytes, reset, stall
from tests.raw_server import Step as Script

__all__ = ["own_home", "real_keyring"]  # fixtures, used by name

pytestmark = pytest.mark.usefixtures("own_home")

PAGE = b"<!DOCTYPE html><html><body><form>Room number</form></body></html>"
HTML = {"Content-Type": "text/html"}
HOST = "oioi.example"
NO_STATIONS = {"stations": [], "hasMore": False, "result": {"code": 0, "message": "Success."}}
PASSED, WARNED, FAILED, SKIPPED = (
    StepState.PASSED,
    StepState.WARNED,
    StepState.FAILED,
    StepState.SKIPPED,
)


def profile(url: str, **more: Any) -> Profile:
    """A profile that is in a hurry and has no business with the keyring."""
    quick = {"connect_timeout_s": 5.0, "read_timeout_s": 5.0, "stores_key": False}
    return Profile("garage", url, Kind.TEST, **{**quick, **more})


async def examined(
    subject: Profile,
    *,
    key: str = KEY,
    keys: Keys | None = None,
    settings: Settings | None = None,
) -> Examination:
    """The report, which is what was watched, has no secret in it, and advises where it should."""
    seen: list[Step] = []
    keys = keys or Keys({"OIOI_API_KEY": key} if key else {})
    settings = settings or Settings(path=Path("/nowhere/settings.toml"))
    report = await examine(subject, keys, settings, observe=seen.append)
    assert [step.name for step in report.steps] == list(TITLES)
    assert [step for step in seen if step.state is not StepState.RUNNING] == list(report.steps)
    begun = [step.name for step in seen if step.state is StepState.RUNNING]
    assert begun == [name for name in TITLES if name in begun], "in their order"
    assert {step.name for step in report.steps if step.elapsed_ms is not None} <= {*begun, "clock"}
    assert KEY not in repr((seen, report))
    for step in report.steps:
        assert step.detail.isprintable()
        assert step.detail.endswith((".", '")'))
        assert bool(step.advice) == (step.state in (WARNED, FAILED))
    return report


def states(report: Examination) -> dict[str, StepState]:
    return {step.name: step.state for step in report.steps}


def found(report: Examination, name: str) -> Step:
    return next(step for step in report.steps if step.name == name)


def ends_at(report: Examination, name: str) -> str:
    """What the step at which it ended says; the steps after it were not reached."""
    assert report.failure is not None
    assert report.failure.name == name
    assert not report.ok
    names = list(TITLES)
    later = report.steps[names.index(name) + 1 :]
    assert all((step.state, step.detail) == (SKIPPED, "Not reached.") for step in later)
    return f"{report.failure.detail} {report.failure.advice}"


class TlsServer(RawServer):
    """A RawServer behind TLS, with a certificate of its own."""

    def __init__(self, certificate: trustme.LeafCert, *script: Script) -> None:
        super().__init__(*script)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}/api/v4/request"
        return self


@pytest.fixture
def ca() -> trustme.CA:
    return trustme.CA(organization_name="Beispiel AG", organization_unit_name="Prüfstelle")


@pytest.fixture
def ca_file(ca: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return str(path)


@asynccontextmanager
async def proxy(
    first: bytes, onward: int | None = None, tls: trustme.LeafCert | None = None
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A proxy that answers every request with `first`, then connects to a port of this machine."""
    context = None if tls is None else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if tls is not None and context is not None:
        tls.configure_cert(context)
    heads: list[bytes] = []
    tasks: set[asyncio.Task[Any]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(first)
        if onward is not None:
            there, back = await asyncio.open_connection("127.0.0.1", onward)
            await asyncio.gather(pump(reader, back), pump(there, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    finally:
        server.close()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that is taken, and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


# All the way


async def test_the_demo_is_started_and_in_order() -> None:
    report = await examined(Profile("demo", "", Kind.TEST, stores_key=False), key="")
    assert report.ok
    assert report.profile == "demo"
    assert {name for name, state in states(report).items() if state is PASSED} == {
        *("settings", "key-present", "name", "tcp", "http", "json", "key-accepted")
    }
    assert set(states(report).values()) == {PASSED, SKIPPED}


async def test_all_steps_take_the_time_they_are_shown_with() -> None:
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url))
    assert report.ok
    for step in report.steps:
        assert (step.elapsed_ms is None) == (step.state is SKIPPED)
        assert step.elapsed_ms is None or 0 <= step.elapsed_ms < 5000


async def test_one_read_is_sent_and_nothing_else() -> None:
    async with RawServer(answer(503), answer(body=NO_STATIONS)) as server:
        await examined(profile(server.url))
    (request,) = server.requests
    (call,) = request.json
    assert is_read(call)
    assert request.headers["authorization"] == f"key={KEY}"


# This machine


async def test_a_settings_file_that_cannot_be_read_is_the_end(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("default-profile = \n")
    report = await examined(profile("http://127.0.0.1:1/"), settings=load(path))
    said = ends_at(report, "settings")
    assert "line 1" in said
    assert str(path) in said


async def test_a_wrong_value_in_the_settings_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('log-level = "loud"\ntheme = 5\n')
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url), settings=load(path))
    assert report.ok
    assert found(report, "settings").state is WARNED
    assert "log-level" in found(report, "settings").detail
    assert "and 1 more" in found(report, "settings").detail


async def test_settings_in_order_are_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('log-level = "info"\n')
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url), settings=load(path))
    assert str(path) in found(report, "settings").detail


async def test_plain_http_to_another_machine_is_the_end_before_anything_is_looked_up() -> None:
    assert "https" in ends_at(await examined(profile(f"http://{HOST}/")), "settings")


async def test_without_keyring_and_key_it_ends_and_says_what_to_start() -> None:
    report = await examined(profile("http://127.0.0.1:1/", stores_key=True), key="")
    said = ends_at(report, "keyring")
    assert "no D-Bus session" in said
    assert "GNOME Keyring" in said


async def test_without_keyring_a_key_from_the_environment_will_do() -> None:
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url, stores_key=True))
    assert report.ok
    assert found(report, "keyring").state is WARNED
    assert "environment" in found(report, "key-present").detail


async def test_a_key_in_the_keyring_is_found(real_keyring: RealKeyring) -> None:
    keys = Keys({}, time_limit=PATIENCE)
    await keys.set("garage", KEY)
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url, stores_key=True), keys=keys)
    assert report.ok
    assert found(report, "keyring").state is PASSED
    assert "from the keyring" in found(report, "key-present").detail


async def test_without_a_key_nothing_is_sent() -> None:
    async with RawServer(answer()) as server:
        report = await examined(profile(server.url), key="")
    assert "OIOI_API_KEY" in ends_at(report, "key-present")
    assert server.requests == []


@pytest.mark.parametrize("key", ["", KEY])
async def test_the_demo_profile_with_an_endpoint_is_examined_like_any_server(key: str) -> None:
    """The key of the demo never goes there."""
    demo = Settings().profile("demo")
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(demo.with_endpoint(server.url), key=key)
    sent = [request.headers["authorization"] for request in server.requests]
    assert report.ok is bool(key)
    assert sent == ([f"key={KEY}"] if key else [])


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (f"key={KEY}", "key= was removed"),
        (f"'{KEY}'\n", "quotes were removed"),
        ("5f0c8a52", "only 8 characters"),
    ],
)
async def test_a_key_that_looks_pasted_or_cut_off_is_a_warning(key: str, said: str) -> None:
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url), key=key)
    assert report.ok
    assert found(report, "key-present").state is WARNED
    assert said in found(report, "key-present").detail
    assert key not in repr(report)


async def test_a_key_no_header_can_carry_is_the_end() -> None:
    report = await examined(profile("http://127.0.0.1:1/"), key=f"{KEY} {KEY}")
    assert "blanks" in ends_at(report, "key-present")


# Proxy, name, TCP


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "refuses to connect"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "wants a login"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "cannot reach"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "broke off"),
        (b"", "broke off"),
    ],
)
async def test_a_proxy_that_refuses_the_tunnel_is_named(line: bytes, said: str) -> None:
    async with proxy(line) as (url, heads):
        report = await examined(profile(f"https://{HOST}/", proxy=url))
    assert url.removeprefix("http://") in found(report, "proxy").detail
    assert said in ends_at(report, "tcp")
    assert heads[0].startswith(b"CONNECT oioi.example:443 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("offers", "said", "helps"),
    [
        ([], "(HTTP 407).", "name:password"),
        (['Basic realm="Corp, Inc=1"'], "offers Basic.", "name:password"),
        (["Negotiate", "NTLM"], "offers Negotiate, Ntlm.", "local proxy"),
        (['Negotiate, Basic realm="a b"'], "offers Negotiate, Basic.", "name:password"),
        (['Digest realm="x", nonce="Zm9v==", qop="auth"'], "offers Digest.", "local proxy"),
        (["Kerberos"] + [f"X{n}" for n in range(99)], "offers Kerberos, X0, X1, X2, X3.", "IT"),
    ],
)
async def test_the_logins_that_a_proxy_offers_are_named(
    offers: list[str], said: str, helps: str
) -> None:
    lines = "".join(f"proxy-authenticate: {offer}\r\n" for offer in offers)
    async with proxy(f"HTTP/1.1 407 Login\r\n{lines}\r\n".encode()) as (url, _):
        report = await examined(profile(f"https://{HOST}/", proxy=url))
    assert said in found(report, "tcp").detail
    assert helps in found(report, "tcp").advice


async def test_the_rule_that_decided_on_the_proxy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(b"HTTP/1.1 403 No\r\n\r\n") as (url, _):
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv("NO_PROXY", "x.example")
        report = await examined(profile(f"https://{HOST}/"))
        assert "set by HTTPS_PROXY of the environment" in found(report, "proxy").detail
        report = await examined(profile(f"https://{HOST}/", proxy=url))
        assert "set by the profile" in found(report, "proxy").detail


def test_a_pac_file_is_named_as_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for hop in (None, "proxy.example:3128"):
        finding = local.proxy(hop, "the rule", loopback=False, has_pac_file=True)
        assert finding.state is StepState.WARNED
        assert "PAC" in finding.detail
        assert "the rule" in finding.detail
    monkeypatch.setenv("auto_proxy", "http://wpad.example/wpad.dat")
    assert pac_file() == "http://wpad.example/wpad.dat"


async def test_the_login_of_a_proxy_is_used_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(b"HTTP/1.1 403 No\r\n\r\n") as (url, heads):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//anna:geheim@"))
        report = await examined(profile(f"https://{HOST}/"))
    assert b"Proxy-Authorization: Basic YW5uYTpnZWhlaW0=\r\n" in heads[0]
    assert "environment" in found(report, "proxy").detail
    for secret in ("anna", "geheim", "YW5uYTpnZWhlaW0"):
        assert secret not in repr(report)


async def test_a_server_behind_a_proxy_is_reached(ca: trustme.CA, ca_file: str) -> None:
    certificate = ca.issue_cert(HOST)
    async with (
        TlsServer(certificate, answer(body=NO_STATIONS)) as server,
        proxy(b"HTTP/1.1 200 Go on\r\n\r\n", server.port) as (url, heads),
    ):
        report = await examined(profile(f"https://{HOST}/api", proxy=url, ca_file=ca_file))
    assert report.ok
    assert "let us through to oioi.example:443" in found(report, "tcp").detail
    assert KEY.encode() not in b"".join(heads)
    assert len(server.requests) == 1


async def test_a_proxy_may_itself_be_reached_through_tls(
    ca: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    own = ca.issue_cert("127.0.0.1")
    async with (
        TlsServer(ca.issue_cert(HOST), answer(body=NO_STATIONS)) as server,
        proxy(b"HTTP/1.1 200 Go on\r\n\r\n", server.port, own) as (url, _),
    ):
        report = await examined(profile(f"https://{HOST}/api", proxy=url))
    assert found(report, "tcp").state is PASSED
    assert found(report, "tls").state is PASSED


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(), "nothing listens"),
        (TimeoutError(), "firewall"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no way to"),
        (ssl.SSLError(1, "no"), "cannot be set up"),
        (ConnectionResetError(), "broke off"),
        (TunnelRefused(504), "cannot reach [2001:db8::7]:443"),
    ],
)
@pytest.mark.parametrize("proxied", [True, False])
def test_why_there_is_no_connection_is_said_in_words(
    error: OSError, words: str, proxied: bool
) -> None:
    server = hop_of("https://[2001:db8::7]/api")
    hop = hop_of("http://proxy.example:3128") if proxied else server
    finding = way.not_connected(hop, error, server, proxied=proxied)
    assert finding.state is FAILED
    assert words in finding.detail
    assert ("proxy.example:3128" if proxied else "[2001:db8::7]:443") in finding.detail


async def test_a_name_nobody_knows_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*name: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "not known" in ends_at(await examined(profile(f"https://{HOST}/")), "name")


async def test_a_resolver_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = threading.Event()

    def silent(*name: object, **more: object) -> list[object]:
        released.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    report = await examined(profile(f"https://{HOST}/", connect_timeout_s=0.1))
    released.set()
    assert "does not answer" in ends_at(report, "name")


async def test_a_port_on_which_nobody_listens_is_a_dead_server() -> None:
    with closed_port() as port:
        report = await examined(profile(f"http://127.0.0.1:{port}/"))
    assert "nothing listens" in ends_at(report, "tcp")


async def test_the_second_address_is_tried_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that listens on one kind of address only is reached all the same."""
    look_up = socket.getaddrinfo

    def two(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host != "localhost":
            return list(look_up(host, port, *rest, **more))
        both = ("127.0.0.2", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in both]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url.replace("127.0.0.1", "localhost")))
    assert report.ok
    assert "127.0.0.1" in found(report, "tcp").detail


# TLS


async def test_a_certificate_only_the_profile_trusts_is_a_warning(
    ca: trustme.CA, ca_file: str
) -> None:
    certificate = ca.issue_cert("127.0.0.1")
    async with TlsServer(certificate, answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url, ca_file=ca_file))
    step = found(report, "tls")
    assert report.ok
    assert step.state is WARNED
    assert "Beispiel AG" in step.detail
    assert "ca-file" in step.detail
    assert "inspects" in step.advice
    assert len(server.requests) == 1


async def test_a_certificate_the_system_trusts_passes_with_issuer_and_expiry(
    ca: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    expiry = datetime.now(UTC) + timedelta(days=90)
    certificate = ca.issue_cert("127.0.0.1", not_after=expiry)
    async with TlsServer(certificate, answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url, ca_file=ca_file))
    step = found(report, "tls")
    assert step.state is PASSED
    assert "Beispiel AG" in step.detail
    assert f"{expiry:%Y-%m-%d}" in step.detail


async def test_a_certificate_that_expires_soon_is_a_warning(ca: trustme.CA, ca_file: str) -> None:
    certificate = ca.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=10))
    async with TlsServer(certificate, answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url, ca_file=ca_file))
    assert report.ok
    assert "expiring" in found(report, "tls").advice


async def test_an_issuer_nobody_trusts_is_named_and_nothing_is_sent(ca: trustme.CA) -> None:
    async with TlsServer(ca.issue_cert("127.0.0.1"), answer()) as server:
        report = await examined(profile(server.url))
    said = ends_at(report, "tls")
    assert "inspecting proxy" in said
    assert "Beispiel AG" in said
    assert server.requests == []


async def test_looking_at_a_refused_certificate_sends_no_byte(ca: trustme.CA) -> None:
    """Not even one that is no request."""
    heard: list[bytes] = []
    done = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            heard.append(await reader.read())
        writer.close()
        done.set()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    report = await examined(profile(f"https://127.0.0.1:{port}/"))
    await asyncio.wait_for(done.wait(), 10)
    server.close()
    assert "Beispiel AG" in ends_at(report, "tls")
    assert b"".join(heard) == b""


async def test_an_expired_certificate_is_told_from_an_untrusted_one(
    ca: trustme.CA, ca_file: str
) -> None:
    now = datetime.now(UTC)
    certificate = ca.issue_cert(
        "127.0.0.1", not_before=now - timedelta(days=30), not_after=now - timedelta(days=2)
    )
    async with TlsServer(certificate, answer()) as server:
        report = await examined(profile(server.url, ca_file=ca_file))
    said = ends_at(report, "tls")
    assert "expired" in said
    assert "date" in said


async def test_a_certificate_of_tomorrow_points_at_the_clock(ca: trustme.CA, ca_file: str) -> None:
    now = datetime.now(UTC)
    certificate = ca.issue_cert(
        "127.0.0.1", not_before=now + timedelta(days=2), not_after=now + timedelta(days=30)
    )
    async with TlsServer(certificate, answer()) as server:
        report = await examined(profile(server.url, ca_file=ca_file))
    assert "Set this machine's clock" in ends_at(report, "tls")


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_certificate_for_another_name_points_at_a_captive_portal(
    ca: trustme.CA, ca_file: str, trusted: bool
) -> None:
    async with TlsServer(ca.issue_cert("portal.hotel.example"), answer()) as server:
        report = await examined(profile(server.url, ca_file=ca_file if trusted else None))
    said = ends_at(report, "tls")
    assert "portal.hotel.example" in said
    assert "captive portal" in said
    assert server.requests == []


async def test_an_answer_without_tls_on_a_tls_port_is_told() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    report = await examined(profile(f"https://127.0.0.1:{port}/"))
    server.close()
    assert "does not speak TLS" in ends_at(report, "tls")


async def test_a_server_that_never_finishes_the_handshake_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        report = await examined(profile(url, connect_timeout_s=0.2))
    assert "TLS handshake" in ends_at(report, "tls")


async def test_a_ca_file_that_is_not_there_is_named(ca: trustme.CA, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    async with TlsServer(ca.issue_cert("127.0.0.1"), answer()) as server:
        report = await examined(profile(server.url, ca_file=missing))
    assert missing in ends_at(report, "tls")


# What answers


@pytest.mark.parametrize(
    ("script", "where", "words"),
    [
        pytest.param(answer(200, raw=PAGE, headers=HTML), "json", ["captive portal"], id="portal"),
        pytest.param(
            answer(302, raw=b"", headers={"Location": "http://login.hotel.example/?to=x"}),
            "http",
            ["captive portal", "login.hotel.example"],
            id="redirect to another host",
        ),
        pytest.param(
            answer(301, raw=b"", headers={"Location": "/api/v5/request"}),
            "http",
            ["another path", "/api/v4/request"],
            id="redirect on the same host",
        ),
        pytest.param(
            answer(308, raw=b"", headers={"Location": "https://127.0.0.1/api"}),
            "http",
            ["https"],
            id="redirect to https",
        ),
        pytest.param(answer(511, raw=PAGE), "http", ["captive portal"], id="511"),
        pytest.param(answer(404, raw=PAGE), "http", ["path", "/api/v4/request"], id="404 page"),
        pytest.param(answer(405, raw=b""), "http", ["path", "an empty body"], id="405 empty"),
        pytest.param(answer(404, {"error": "no route"}), "json", ["no OIOI", "path"], id="404"),
        pytest.param(answer(200, {"hello": "world"}), "json", ["no OIOI"], id="other JSON"),
        pytest.param(answer(200, ["hello"]), "json", ["no OIOI"], id="a JSON list"),
        pytest.param(answer(200, raw=b"It works!"), "json", ["A text"], id="a text"),
        pytest.param(answer(200, raw=b""), "json", ["Nothing"], id="nothing"),
        pytest.param(answer(403, raw=PAGE), "http", ["filter"], id="403 page"),
        pytest.param(answer(502, raw=PAGE), "http", ["dead", "HTTP 502"], id="gateway"),
        pytest.param(close(), "http", ["answer"], id="closed"),
        pytest.param(reset(), "http", ["answer"], id="reset"),
        pytest.param(raw_bytes(b"SSH-2.0-x\r\n\r\n"), "http", ["HTTP"], id="not HTTP"),
    ],
)
async def test_what_is_no_oioi_server_is_named(
    script: Script, where: str, words: list[str]
) -> None:
    async with RawServer(script) as server:
        said = ends_at(await examined(profile(server.url)), where)
    for word in words:
        assert word in said


async def test_a_portal_that_may_have_read_the_key_is_told() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE)
    async with proxy(page) as (url, _):
        report = await examined(profile(f"http://{HOST}/", proxy=url, allow_http=True))
    assert found(report, "tls").state is WARNED
    said = ends_at(report, "json")
    assert "captive portal" in said
    assert "unencrypted" in said


async def test_a_server_that_never_answers_is_told_with_the_time_it_had() -> None:
    async with RawServer(stall()) as server:
        report = await examined(profile(server.url, read_timeout_s=0.3))
    assert "did not answer within 0.3 s" in ends_at(report, "http")
    assert (found(report, "http").elapsed_ms or 0) >= 300
    assert found(report, "clock").state is SKIPPED


@pytest.mark.parametrize(
    ("hours", "words"), [(-3, "3 h ahead of"), (3, "3 h behind"), (24 * 400, "400 d behind")]
)
async def test_a_clock_that_is_off_is_a_warning(hours: int, words: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    async with RawServer(answer(body=NO_STATIONS, headers={"Date": date})) as server:
        report = await examined(profile(server.url))
    assert report.ok
    assert found(report, "clock").state is WARNED
    assert words in found(report, "clock").detail


@pytest.mark.parametrize("date", ["", "soon", "Fri, 32 Foo 2026 10:00:00 GMT", "9" * 400])
async def test_a_date_nobody_can_read_is_no_reason_to_stop(date: str) -> None:
    async with RawServer(answer(body=NO_STATIONS, headers={"Date": date})) as server:
        report = await examined(profile(server.url))
    assert report.ok
    assert found(report, "clock").state is SKIPPED


async def test_a_clock_that_is_right_passes() -> None:
    async with Simulator(World()) as simulator:
        report = await examined(profile(simulator.url))
    assert found(report, "clock").state is PASSED


# The key


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (KEY, PASSED),
        ("sim-key-000210", FAILED),
        ("sim-key-000220", WARNED),
        ("sim-key-001401", FAILED),
    ],
)
async def test_the_simulator_takes_or_refuses_a_key(key: str, state: StepState) -> None:
    async with Simulator(World()) as simulator:
        report = await examined(profile(simulator.url), key=key)
    assert found(report, "key-accepted").state is state
    assert report.ok == (state is not FAILED)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *((code, PASSED) for code in ("191", "181", "310", "402", "999")),
        *((code, WARNED) for code in ("100", "200", "211", "220", "230")),
        ("210", FAILED),
    ],
)
async def test_whatever_a_server_says_of_the_question_it_took_the_key(
    code: str, state: StepState
) -> None:
    body = {"result": {"code": int(code), "message": f"No\x1b[31m, not with {KEY}"}}
    async with RawServer(answer(200, body)) as server:
        report = await examined(profile(server.url))
    step = found(report, "key-accepted")
    assert step.state is state
    assert "No␛[31m, not with ••••7c88" in step.detail


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (answer(200, {"stations": []}), PASSED),
        (answer(401, raw=b""), FAILED),
        (answer(403, {"error": "forbidden"}), FAILED),
        (answer(401, {"result": {"code": 200}}), FAILED),
        (answer(500, {"error": "unknown call"}), WARNED),
        (answer(503, {"result": {"code": 102}}), WARNED),
        (answer(404, {"result": {"code": 181}}), PASSED),
    ],
)
async def test_an_answer_without_a_code_of_its_own_is_judged_by_its_status(
    script: Script, state: StepState
) -> None:
    async with RawServer(script) as server:
        report = await examined(profile(server.url))
    assert found(report, "key-accepted").state is state


# Certificates


def der_of(certificate: trustme.LeafCert) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())


def test_a_certificate_says_who_issued_it_for_whom_and_until_when(ca: trustme.CA) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    leaf = ca.issue_cert(
        "api.example", "*.cdn.example", "192.0.2.7", "2001:db8::1", not_after=until
    )
    read = read_certificate(der_of(leaf))
    assert read is not None
    assert read.issuer == "Beispiel AG"
    assert read.not_after == until
    assert read.not_before < until
    assert not read.self_signed
    for host in ("api.example", "API.example", "a.cdn.example", "192.0.2.7", "2001:db8::1"):
        assert read.covers(host)
    for host in ("example", "cdn.example", "a.b.cdn.example", "192.0.2.8", "xapi.example"):
        assert not read.covers(host)


def test_a_certificate_may_be_signed_by_itself(ca: trustme.CA) -> None:
    read = read_certificate(ssl.PEM_cert_to_DER_cert(ca.cert_pem.bytes().decode()))
    assert read is not None
    assert read.self_signed


_LEAF = der_of(trustme.CA().issue_cert("api.example", "192.0.2.7"))


@given(st.binary(max_size=200))
def test_what_is_no_certificate_is_not_read(data: bytes) -> None:
    assert read_certificate(data) is None


@given(st.integers(0, len(_LEAF) - 1), st.integers(0, 255))
def test_a_certificate_with_a_wrong_byte_is_read_or_not_and_raises_nothing(
    at: int, byte: int
) -> None:
    read = read_certificate(_LEAF[:at] + bytes([byte]) + _LEAF[at + 1 :])
    assert read is None or read.not_after.tzinfo is UTC


# The command


async def test_the_command_prints_a_line_a_step_and_ends_with_0() -> None:
    ran = await command_line.run("doctor", "--demo")
    assert ran.status == 0
    *lines, last = ran.out.splitlines()
    assert sum(line.startswith(("✓ passed", "- skipped")) for line in lines) == len(TITLES)
    assert all(any(title in line for line in lines) for title in TITLES.values())
    assert last == "Everything is in order."


async def test_the_command_says_where_it_ends_and_ends_with_1() -> None:
    known = {"OIOI_API_KEY": KEY}
    async with RawServer(answer(200, raw=PAGE, headers=HTML)) as server:
        ran = await command_line.run("doctor", "--endpoint", server.url, environ=known)
    assert ran.status == 1
    assert "✗ failed  JSON answered" in ran.out
    words = " ".join(ran.out.split())
    assert "captive portal" in words
    assert "→ Open a web page" in words
    assert ran.out.splitlines()[-1] == "It ends at: JSON answered."
    assert KEY not in ran.out + ran.err


async def test_the_command_prints_one_json_object() -> None:
    known = {"OIOI_API_KEY": KEY}
    refusal = {"result": {"code": 210, "message": f"Unknown key {KEY}"}}
    async with RawServer(answer(200, refusal)) as server:
        ran = await command_line.run("doctor", "--json", "--endpoint", server.url, environ=known)
    assert ran.status == 1
    assert set(ran.json) == {"profile", "steps", "ok"}
    assert ran.json["ok"] is False
    assert [step["name"] for step in ran.json["steps"]] == list(TITLES)
    members = {"name", "state", "detail", "advice", "elapsed_ms"}
    assert all(set(step) == members for step in ran.json["steps"])
    assert ran.json["steps"][-1]["state"] == "failed"
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize("words", [("now",), ("--profile", "nowhere"), ("--endpoint", "ftp://x/")])
async def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    ran = await command_line.run("doctor", *words)
    assert ran.status == 2
    assert ran.out == ""


async def test_the_report_as_json_survives_a_round_trip() -> None:
    async with RawServer(answer(body=NO_STATIONS)) as server:
        report = await examined(profile(server.url))
    assert json.loads(json.dumps(report.to_json())) == report.to_json()
