"""Secrets do not leave, and foreign text cannot move a cursor."""

import base64
import html
import json
import re
import sys
import unicodedata
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.oioi import layers, secret_members
from console.oioi.redact import (
    SECRET_FIELDS,
    Redactor,
    is_secret_field,
    is_secret_header,
    mask,
    visible,
    without_named_secrets,
)
from console.oioi.spellings import Search

KEY = "5f0c8a52-71de-4a4b-9d35-3d7f2a917c88"
ODD_KEY = 'a"b\\c/d&e<f+g%h=i~j!k'
"""Every character in it is allowed in a header, and many are escaped somewhere."""


def as_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ECHOES = [
    lambda key: key,
    lambda key: f"Authorization: key={key}",
    lambda key: f"<p>Your key {html.escape(key)} is not valid</p>",
    lambda key: f"<p>{html.escape(key, quote=False)}</p>",
    lambda key: f"https://x.example/?key={quote(key, safe='')}&a=1",
    lambda key: f"/?key={quote_plus(key)}",
    lambda key: f"/?key={re.sub('%..', lambda found: found[0].lower(), quote(key, safe=''))}",
    lambda key: json.dumps({"key": key}),
    lambda key: json.dumps({"key": key}).replace("/", "\\/"),
    lambda key: as_base64(key),
    lambda key: as_base64(f"key={key}"),
    lambda key: as_base64(f"user:{key}"),
    lambda key: as_base64(f"Authorization: key={key}, and more"),
    lambda key: base64.urlsafe_b64encode(f"x{key}y".encode()).decode(),
    lambda key: key.encode().hex(),
    lambda key: key.upper(),
]


PIECES = [
    *(KEY[:20], KEY[20:], *KEY.split("-"), KEY.upper(), ODD_KEY[:9], ODD_KEY[9:]),
    *(echo(key) for echo in ECHOES[-6:] for key in (KEY, ODD_KEY)),
    *("token", "To-ken", "api", "_key", "pass", "word", "pay", "load", "partner-identifier"),
    *("identifier-type", "identifier", '"', '": "', '", "', "{", "}", "=", "1", " ", "\n"),
    *("<b>", "</b", '"12"', ":", "+AC0-", "-", "\\", "\\u0074", "%2D", "&#45;", "é", "–"),
    *(f'"{number}":"{sign}",' for number, sign in enumerate(KEY)),
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_what_is_passed_over_in_haste_has_nothing_to_mask(text: str) -> None:
    """Masked as it would be if each search were made, whether it can find anything or not."""
    names = {*secret_members._NEEDLES, secret_members.TYPE_FIELD.encode()}
    redactor = Redactor((KEY, ODD_KEY, "123456"))
    masked = redactor.text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "_has_between", lambda text: True)
        patch.setattr(secret_members, "_names_in", lambda together: names)
        patch.setattr(Search, "_runs", lambda search, text, _: search._spelling.of(text))
        assert redactor.text(text) == masked


@pytest.mark.parametrize("key", [KEY, ODD_KEY])
@pytest.mark.parametrize("echo", ECHOES)
def test_a_key_is_masked_however_a_server_echoes_it(echo: Any, key: str) -> None:
    sent = echo(key)
    redactor = Redactor((key,))
    for shown in (redactor.text(sent), redactor.body(sent.encode()).decode()):
        assert shown != sent
        assert "••••" in shown
        assert not _recoverable(key, shown)


def _recoverable(key: str, shown: str) -> bool:
    """Whether more than the four last characters of the key can be read off, decoding allowed."""
    spellings = (
        key,
        html.escape(key),
        html.escape(key, quote=False),
        quote(key, safe=""),
        json.dumps(key)[1:-1],
        as_base64(key),
        key.encode().hex(),
    )
    return any(spelling[:8].lower() in shown.lower() for spelling in spellings)


@pytest.mark.parametrize(
    "identifier",
    ["DE*8PS*E123456*1", "DE8PSE123456", "+49*810*123456", "DE*8PS*123456*X", "DE-8PS-C12123456-X"],
)
def test_a_short_test_key_cuts_no_hole_into_identifiers(identifier: str) -> None:
    redactor = Redactor(("123456",))
    assert redactor.text(f"EVSE {identifier} is in use") == f"EVSE {identifier} is in use"
    assert redactor.text("key=123456") == "key=••••"


def test_a_very_short_key_is_not_searched_for() -> None:
    assert Redactor(("key",)).text("no key was sent") == "no key was sent"


def test_only_of_a_long_key_the_end_is_shown() -> None:
    assert mask("x" * 8 + "7c88") == "••••7c88"
    assert mask("x" * 7 + "7c88") == "••••"
    assert mask("") == "••••"


SECRET_NAMES = [
    "token",
    "password",
    "partner-identifier",
    "partnerIdentifier",
    "PARTNER_IDENTIFIER",
]
SECRET_NAMES += ["Token", "PassWord", "Authorization", "api-key", "apiKEY", "access_token"]
SECRET_NAMES += ["current-password", "new-password", "encrypted-data", "payload"]


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("secret", ["hunter2", "a long pass phrase of many words", "x", 12345678])
def test_what_stands_in_a_secret_field_is_masked_by_the_fields_name(name: str, secret: Any) -> None:
    redactor = Redactor()
    envelope = {"user-verify": {"username": "a@b.example", name: secret}}
    shown = redactor.value(envelope)
    assert shown == {"user-verify": {"username": "a@b.example", name: "••••"}}
    for written in (json.dumps(envelope), json.dumps(envelope, indent=2)):
        assert json.loads(redactor.body(written.encode())) == shown
    assert is_secret_field(name)


@given(st.sampled_from(sorted(SECRET_FIELDS)), st.data())
def test_a_secret_field_has_one_name_in_all_its_spellings(name: str, data: st.DataObject) -> None:
    """In a value and in the bytes of a body alike."""
    between = st.text("-_", max_size=2)
    spelling = "".join(
        data.draw(between) + data.draw(st.sampled_from((letter, letter.upper()))) for letter in name
    )
    body = {spelling + data.draw(between): "hunter2"}
    shown = Redactor().value(body)
    assert list(shown.values()) == ["••••"]
    assert json.loads(Redactor().body(json.dumps(body).encode())) == shown


@pytest.mark.parametrize("name", ["tokens", "my-token", "pass", "identifier", "-_"])
def test_a_field_whose_name_only_resembles_a_secrets_is_seen(name: str) -> None:
    body = {name: "hunter2"}
    assert Redactor().value(body) == body
    assert json.loads(Redactor().body(json.dumps(body).encode())) == body


def test_a_token_of_a_few_characters_is_masked_where_it_identifies_a_user() -> None:
    by_token = {"user": {"identifier-type": "token", "identifier": "ab12c"}}
    shown = {"user": {"identifier-type": "token", "identifier": "••••"}}
    assert without_named_secrets(by_token) == shown
    assert Redactor().value([by_token]) == [shown]


@pytest.mark.parametrize("name", ["Set-Cookie", "cookie", "Proxy-Authorization", "authorization"])
def test_headers_that_hold_a_secret(name: str) -> None:
    assert is_secret_header(name)
    assert not is_secret_header(f"X-{name}-Policy")


def test_a_secret_field_is_found_in_a_body_of_many_megabytes() -> None:
    body = b'{"a": "' + b"x" * 3_000_000 + b'", "PassWord": "hunter2"}'
    assert b"hunter2" not in Redactor().body(body)


def test_null_and_flags_under_a_secret_name_are_no_secret() -> None:
    body = {"token": None, "is-token": True, "password": False}
    redactor = Redactor()
    assert redactor.value(body) == body
    assert json.loads(redactor.body(json.dumps(body).encode())) == body


def test_a_text_with_quotes_in_a_secret_field_is_masked_whole() -> None:
    body = json.dumps({"password": 'a"b\\', "x": "seen"}).encode()
    assert Redactor().body(body) == '{"password": "••••", "x": "seen"}'.encode()


REQUESTS: list[tuple[Any, str]] = [
    ({"user": {"identifier-type": "evco-id", "token": "login-4711-abc"}}, "login-4711-abc"),
    ({"user": {"identifier-type": "token", "identifier": "login-4711-abc"}}, "login-4711-abc"),
    ({"username": "a@b.example", "password": "correct horse"}, "correct horse"),
    ({"rfids": ["A"], "partner-identifier": "partner-77"}, "partner-77"),
    ([{"list": [{"password": 12345678}]}], "12345678"),
]


@pytest.mark.parametrize(("fields", "secret"), REQUESTS)
def test_a_secret_of_the_request_is_masked_wherever_the_answer_repeats_it(
    fields: Any, secret: str
) -> None:
    redactor = Redactor()
    redactor.add_secrets_of(fields)
    for text in (f"not valid: {secret}", json.dumps({"error": {"request": f"'{secret}'"}})):
        assert secret not in redactor.text(text)
        assert secret not in redactor.body(text.encode()).decode()
    assert redactor.text(f"{secret}") == "••••"  # not even its end: it is no key


def test_an_identity_that_is_no_token_is_not_hidden() -> None:
    redactor = Redactor()
    fields = {"user": {"identifier-type": "evco-id", "identifier": "DE*8PS*9DC4AB*X"}}
    redactor.add_secrets_of(fields)
    assert redactor.value(fields) == fields
    assert redactor.text("DE*8PS*9DC4AB*X unknown") == "DE*8PS*9DC4AB*X unknown"


def test_a_key_in_a_members_name_is_masked() -> None:
    assert Redactor((KEY,)).value({KEY: [KEY, 1]}) == {"••••7c88": ["••••7c88", 1]}


def test_half_a_surrogate_pair_stops_no_redaction() -> None:
    redactor = Redactor((KEY,))
    redactor.add_secrets_of({"password": "half \ud83d of it"})
    assert redactor.text(f"\ud83d {KEY} half \ud83d of it") == "\ud83d ••••7c88 ••••"


@given(st.text(), st.text(min_size=16, alphabet=st.characters(min_codepoint=33, max_codepoint=126)))
def test_no_key_survives_between_any_texts(text: str, key: str) -> None:
    assert key not in Redactor((key,)).text(f"{text}{key}{text}")


# --- Foreign text


FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
STEERING = st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


def test_every_character_that_could_do_harm_is_made_visible() -> None:
    harmful = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in FORBIDDEN
    ]
    assert len(harmful) > 2000
    for char in harmful:
        shown = visible(f"a{char}b")
        assert shown.isprintable()
        assert shown != f"a{char}b"
        assert (shown[0], shown[-1]) == ("a", "b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("a\rb", "a␍b"),
        ("a\nb\tc", "a␊b␉c"),
        ("\x7f", "␡"),
        ("\x9b31m", "⟨009B⟩31m"),
        ("\u202etxt.exe", "⟨202E⟩txt.exe"),
        ("\u2066x\u2069", "⟨2066⟩x⟨2069⟩"),
        ("pay\u200bpal", "pay⟨200B⟩pal"),
        ("\ufeff", "⟨FEFF⟩"),
        ("\ud800", "⟨D800⟩"),
        ("\u2028", "⟨2028⟩"),
        ("[b]no markup[/b]", "[b]no markup[/b]"),
        ("Säule 12 – 充電 😀", "Säule 12 – 充電 😀"),
    ],
)
def test_what_becomes_of_characters_that_steer(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_stay_lines_where_lines_are_shown() -> None:
    assert visible("a\r\nb\n\tc\rd", lines=True) == "a\nb\n    c␍d"


@given(st.text(st.characters() | STEERING), st.booleans())
def test_nothing_that_steers_passes(text: str, lines: bool) -> None:
    shown = visible(text, lines=lines)
    steering = {char for char in shown if unicodedata.category(char) in FORBIDDEN}
    assert steering <= ({"\n"} if lines else set())
    assert visible(shown, lines=lines) == shown
