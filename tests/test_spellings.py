"""No spelling of a secret that a serializer could write leaves the program."""

import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.oioi.calls import Call, SessionStart, StationDetails, StationSearch, User
from console.oioi.http.attempt import Answer, Attempt
from console.oioi.http.bodies import read_body, read_headers, read_part
from console.oioi.judgement.outcome import judge
from console.oioi.redact import WINDOW, Redactor, mask
from tests.spelled import ALONE, ENCODINGS, ESCAPES, UUID_FORMS, read_off, spelled

KEY = "a39ff3fb-fe0a-4c11-9d35-3d7f2a917c88"
PASSWORD = "Müllers Löwe 1987 frißt"
"""Of a user, with characters beyond ASCII and blanks."""

WHOLE = {**ENCODINGS, **UUID_FORMS, **ALONE}
some = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def test_what_is_decoded_and_looked_for_is_found() -> None:
    """The check of these tests itself, in every spelling they know."""
    for encode in WHOLE.values():
        assert read_off(KEY, f"x {encode(KEY)} y")
        assert read_off(KEY, json.dumps({"a": json.dumps([encode(KEY)])}))
    assert not read_off(KEY, "••••7c88, b22ff3f0-fe0c-4d11")


@pytest.mark.parametrize("escape", ESCAPES)
@given(data=st.data())
@settings(some, max_examples=10)
def test_a_key_is_masked_in_every_escape(escape: str, data: st.DataObject) -> None:
    sent = data.draw(ESCAPES[escape](KEY))
    assert read_off(KEY, sent)
    assert not read_off(KEY, Redactor((KEY,)).text(f"x {sent} y"))


@pytest.mark.parametrize("encoding", sorted(WHOLE))
def test_a_key_is_masked_in_every_encoding(encoding: str) -> None:
    sent = WHOLE[encoding](KEY)
    assert not read_off(KEY, Redactor((KEY,)).text(f"x {sent} y"))


@given(spelled(KEY, uuid=True))
@some
def test_a_key_is_masked_in_escapes_within_escapes(sent: str) -> None:
    redactor = Redactor((KEY,))
    assert not read_off(KEY, redactor.text(f"x {sent} y"))
    assert not read_off(KEY, redactor.body(sent.encode()).decode())


@given(st.data())
@some
def test_a_password_is_masked_in_every_escape(data: st.DataObject) -> None:
    escape = data.draw(st.sampled_from(sorted(set(ESCAPES) - {"quote_plus"})))
    sent = data.draw(ESCAPES[escape](data.draw(st.sampled_from([PASSWORD, PASSWORD.upper()]))))
    redactor = Redactor()
    redactor.add_secrets_of({"password": PASSWORD})
    assert not read_off(PASSWORD, redactor.text(f"x {sent} y"))


# ------------------------------------------------------------ anywhere in an answer

Place = Callable[[str], Any]
PLACES: dict[str, Place] = {
    "message": lambda said: {"result": {"code": "320", "message": f"No: {said}"}},
    "name": lambda said: {"result": {"code": 0}, "stations": [{"id": 7, "name": said}]},
    "EVSE ID": lambda said: {"stations": [{"id": 7, "connectors": [{"id": said}]}]},
    "member's name": lambda said: {"stations": [{"id": 7, said: 1, "name": "seen"}]},
    "session": lambda said: {"session-start": {"success": True, "session-id": said}},
    "reason": lambda said: {"session-start": {"success": True, "reason": f"but {said}"}},
    "error": lambda said: {"error": {"message": [f"{said}"], "trace": {said: [said]}}},
    "JSON in JSON": lambda said: {"error": json.dumps({"request": json.dumps({"k": said})})},
    "where a number belongs": lambda said: {"stations": [{"id": 7, "latitude": said}]},
    "code": lambda said: {"result": {"code": said}},
}
CALLS: list[Call[Any]] = [
    StationDetails(["7"]),
    StationSearch(52.5, 13.4, 5),
    SessionStart(User("DE*8PS*9DC4AB*X"), "DE*DEM*E1"),
]


def everything_said(raw: bytes, status: int = 200) -> str:
    """All that comes of an answer: as it is shown, as JSON, and read into records."""
    redactor = Redactor((KEY,))
    body = read_body(raw, redactor)
    answer = Answer(status, read_headers((), redactor), body)
    said = [body.text, str(body.value), repr(body), *body.notes]
    for call in CALLS:
        outcome = judge(call, [Attempt(1, None, True, 1, answer)], redactor)  # type: ignore[arg-type]
        said += [json.dumps(outcome.to_json()), repr(outcome.data), repr(outcome)]
    return "\n".join(said)


@pytest.mark.parametrize("place", PLACES)
@given(sent=spelled(KEY, levels=1, uuid=True), ascii_only=st.booleans())
@settings(some, max_examples=8)
def test_a_key_anywhere_in_an_answer_is_masked(place: str, sent: str, ascii_only: bool) -> None:
    raw = json.dumps(PLACES[place](sent), ensure_ascii=ascii_only).encode()
    assert not read_off(KEY, everything_said(raw))


ONE_ESCAPE = KEY.replace("-", "\\u002d", 1)


@pytest.mark.parametrize("place", PLACES)
def test_a_key_with_one_escape_is_masked_and_the_rest_is_read(place: str) -> None:
    raw = json.dumps(PLACES[place]("KEY")).replace("KEY", ONE_ESCAPE).encode()
    body = read_body(raw, Redactor((KEY,)))
    assert "••••7c88" in body.text
    assert "••••7c88" in json.dumps(body.value, ensure_ascii=False)
    assert not read_off(KEY, everything_said(raw))


@pytest.mark.parametrize(
    "encoding",
    ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"],
)
def test_a_key_in_a_body_of_another_encoding_is_masked(encoding: str) -> None:
    raw = ('{"result": {"code": 320, "message": "' + ONE_ESCAPE + '"}}').encode(encoding)
    assert not read_off(KEY, everything_said(raw))


@given(st.sampled_from(["X-Echo", "Location", "WWW-Authenticate", "Server"]), spelled(KEY))
@some
def test_a_key_in_a_header_is_masked(name: str, sent: str) -> None:
    redactor = Redactor((KEY,))
    for header in ((name, f"https://x.example/{sent}?a=1"), (f"X-{sent}", "1")):
        assert not read_off(KEY, ": ".join(*read_headers([header], redactor)))


@given(sent=spelled(KEY, levels=1), cut=st.integers(0, 20))
@some
def test_of_a_key_that_is_cut_off_too_little_is_left_to_know_it(sent: str, cut: int) -> None:
    raw = f"x {sent}".encode()
    part = read_part(raw[: len(raw) - cut], Redactor((KEY,)))
    assert not read_off(KEY, part.text, length=14)


CUT = sorted(set(WHOLE) - {"16 bytes", "16 bytes, .NET"})
"""What can be cut; of 16 bytes in Base64 two thirds have to be left to be found."""


@pytest.mark.parametrize("encoding", CUT)
@given(data=st.data())
@settings(some, max_examples=10)
def test_a_key_that_is_cut_in_the_middle_of_a_text_is_masked(
    encoding: str, data: st.DataObject
) -> None:
    sent = WHOLE[encoding](KEY)
    cut = data.draw(st.integers(0, len(sent) // 2 - 1))
    for part in (f"{sent[: len(sent) - cut]}... cut", f"cut ...{sent[cut:]}"):
        assert not read_off(KEY, Redactor((KEY,)).text(f"key={part} off"), length=18)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (f"key={KEY[:-1]}... truncated", "key=••••... truncated"),
        (f"key={KEY[:18]}... truncated", "key=••••... truncated"),
        (f"...{KEY[3:]}, truncated", "...••••7c88, truncated"),
        (f"{KEY[:17]} 7c88", f"{KEY[:17]} 7c88"),
        (json.dumps(KEY.split("-")), '["••••7c88"]'),
        (json.dumps([KEY.split("-")[:3], 1]), '[["••••"], 1]'),
        (json.dumps(dict(enumerate(KEY.encode()))), '{"0": "••••7c88"}'),
        (json.dumps(dict(enumerate(KEY))), '{"0": "••••7c88"}'),
    ],
)
def test_what_is_shown_of_a_part_and_of_a_list(sent: str, shown: str) -> None:
    assert Redactor((KEY,)).text(sent) == shown


def test_a_value_that_is_a_list_of_a_key_is_masked() -> None:
    redactor = Redactor((KEY,))
    assert redactor.value({"a": KEY.split("-"), "b": [1, "x"]}) == {"a": ["••••"], "b": [1, "x"]}
    assert redactor.value([{f"{at}": sign for at, sign in enumerate(KEY)}]) == [
        {f"{at}": "••••" for at in range(len(KEY))}
    ]


TIME_KEY = "a39ff3fb-fe0a-11ee-9d35-3d7f2a917c88"
"""Made of the time, as databases do."""


@pytest.mark.parametrize("key", [TIME_KEY, TIME_KEY.replace("-", "")])
def test_the_uuids_that_a_server_makes_of_the_time_are_seen_beside_such_a_key(key: str) -> None:
    stations = json.dumps({"id": "0b0e1a5c-6f0d-11ee-9d35-3d7f2a917c88"})
    redactor = Redactor((key,))
    assert redactor.text(stations) == stations
    assert redactor.text(f"..{TIME_KEY[9:]}") == "..••••7c88"
    assert redactor.text(f"{TIME_KEY[:18]}..") == "••••.."


@pytest.mark.parametrize("number", [7, 12, 1234])
def test_of_tokens_that_begin_alike_nothing_is_left(number: int) -> None:
    token = f"oioi-key-of-partner-{number:04}"
    shown = Redactor((f"oioi-key-of-partner-{number + 1:04}",)).text(f"x {token} y")
    assert Redactor((token,)).text(shown) == f"x {mask(token)} y"


def test_a_long_key_that_is_no_uuid_is_masked_where_it_is_cut() -> None:
    key = "q7Xz3v-K9w2.Lm4tR8y1"
    assert Redactor((key,)).text(f"no {key[:16]}... cut") == "no ••••... cut"
    assert Redactor((key,)).text(f"no ...{key[5:]} cut") == "no ...••••R8y1 cut"


def test_signs_at_the_ends_of_a_key_are_masked_with_it() -> None:
    key = "+Q7Xz3vK9w2Lm4tR8y1Bn=="
    assert Redactor((key,)).text(f"x {key} y") == f"x {mask(key)} y"


def test_a_run_in_a_text_of_many_is_found() -> None:
    others = " station ".join(f"{number:040x}" for number in range(50))
    assert Redactor((KEY,)).text(f"{others} station {KEY}") == f"{others} station ••••7c88"


def test_a_zero_that_python_escapes_is_between_characters() -> None:
    assert Redactor((KEY,)).text("\\U00000000".join(KEY)) == "••••7c88"


def test_of_a_part_in_utf_16_an_escaped_key_is_masked() -> None:
    part = f'{{"error": "{ONE_ESCAPE}", "x": "'.encode("utf-16-le")
    assert not read_off(KEY, read_part(part, Redactor((KEY,))).text)


def test_a_telephone_number_in_a_key_of_digits_is_seen() -> None:
    number = "DE*DEM*E123456789012*1"
    assert Redactor(("12345678901234567890",)).text(number) == number


@pytest.mark.parametrize(
    ("key", "sent", "shown"),
    [
        ("abcde", "bad key abcde", "bad key ••••"),
        ("abcde", "?api_key=ABCDE&a=abcde", "?api_key=••••&a=abcde"),
        ("abcde", '"token": "abcde"', '"token": "••••"'),
        ("abcde", "key abcdef, DE*ABC*EABCDE", "key abcdef, DE*ABC*EABCDE"),
        ("ab", "a key ab", "a key ab"),
        ("s3cr3t-Key9", "key-s3cr3t-Key9", "key-••••"),
        ("s3cr3t-Key9", "*s3cr3t-Key9", "*••••"),
        ("s3cr3t-Key9", "xS3CR3T-KEY9x", "x••••x"),
        ("s3cr3t-Key9", "dXNlcjpzM2NyM3QtS2V5OQ==", "dXNlcjp••••Q=="),
        ("s3cr3t-Key9", f"0a{b's3cr3t-Key9'.hex()}0a", "0a••••0a"),
        ("123456", "key-123456", "key-••••"),
        ("E1234567", "DE*DEM*E1234567*1", "DE*DEM*E1234567*1"),
        ("station", "substations, a station", "substations, a ••••"),
    ],
)
def test_where_a_short_key_is_masked(key: str, sent: str, shown: str) -> None:
    assert Redactor((key,)).text(sent) == shown


@pytest.mark.parametrize("before", [WINDOW - 40, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW - 7])
@pytest.mark.parametrize("sent", [KEY, ONE_ESCAPE, quote(KEY).replace("-", "%2D"), KEY.upper()])
def test_a_key_is_masked_where_one_window_ends(before: int, sent: str) -> None:
    data = b"x" * before + b" " + sent.encode() + b" " + b"y" * 100
    expected = b"x" * before + " ••••7c88 ".encode() + b"y" * 100
    assert Redactor((KEY,)).body(data) == expected


def test_json_stays_json_where_a_key_is_masked() -> None:
    digits = "12345678901234567890"
    body = f'{{"a": {digits}, "b": [{digits}], "c": "{digits}", "d": "\\"{ONE_ESCAPE}\\""}}'
    shown = json.loads(Redactor((digits, KEY)).body(body.encode()))
    assert shown == {"a": "••••7890", "b": ["••••7890"], "c": "••••7890", "d": '"••••7c88"'}
    numbers = json.dumps(list(KEY.encode()))
    assert json.loads(Redactor((KEY,)).body(numbers.encode())) == ["••••7c88"]


@pytest.mark.parametrize(
    "seen",
    [
        "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
        "DE*DEM*E100008*1 a39ff3fb fe0a",
        "https://maps.example/?q=52.5167%2C13.3833&z=12",
        '{"name": "S\\u00e4ule \\"am Markt\\"", "url": "https:\\/\\/x.example\\/a%20b"}',
        "Mo–Fr 8–20 Uhr &amp; Sa",
        "a=3 b = 4 c=\n5",
    ],
)
def test_what_is_no_secret_is_seen_as_it_was_sent(seen: str) -> None:
    redactor = Redactor((KEY, "0" * 16))
    redactor.add_secrets_of({"password": "sesame"})
    assert redactor.text(seen) == seen


# ------------------------------------------------------------ what a name says

NAMES = [
    "token",
    "Password",
    "new-password",
    "encrypted_data",
    "partner-identifier",
    "API_KEY",
    "access-token",
    "-authorization_",
]
SECRET = 'hunter"2\\'
"""Not known, and with what JSON escapes."""


def _name_escaped(name: str) -> str:
    return json.dumps({name: SECRET}).replace(name[2], f"\\u{ord(name[2]):04x}", 1)


def _in_json(levels: int) -> Callable[[str], str]:
    def write(name: str) -> str:
        text = _name_escaped(name)
        for _ in range(levels):
            text = json.dumps({"said": text, "after": "seen"})
        return text

    return write


WRITTEN: dict[str, Callable[[str], str]] = {
    "JSON": lambda name: json.dumps({"a": "seen", name: SECRET, "b": "seen"}),
    "JSON, indented": lambda name: json.dumps({name: SECRET}, indent=2),
    "an escaped name": _in_json(0),
    "JSON in JSON": _in_json(1),
    "JSON in JSON in JSON": _in_json(2),
    "JSON in JSON, four levels": _in_json(3),
    "indented JSON in JSON": lambda name: json.dumps(json.dumps({name: SECRET}, indent=2)),
    "hexadecimal quotes": lambda name: json.dumps(
        {"x": json.dumps({name: SECRET})}, indent=0
    ).replace('\\"', "\\u0022"),
    "cut off": lambda name: json.dumps({"a": 1, name: SECRET})[:-3],
    "broken": lambda name: '{"a": 01, ,' + json.dumps({name: SECRET})[1:],
    "Python": lambda name: repr({name: SECRET, "b": 1}),
    "Ruby": lambda name: json.dumps({name: SECRET}).replace(": ", "=>"),
    "HTML": lambda name: f"<pre>{html.escape(json.dumps({name: SECRET}))}</pre>",
    "a URL": lambda name: "/?q=" + quote(json.dumps({name: SECRET}, separators=(",", ":"))),
    "a form": lambda name: f"a=1&{name}={quote(SECRET)}&b=2",
    "a query": lambda name: f"https://x.example/?{name}={quote(SECRET)}&b=seen",
    "XML": lambda name: f"<user><{name}>{html.escape(SECRET, quote=False)}</{name}></user>",
    "an attribute": lambda name: f"<user {name}='hunter&quot;2'/>",
    "a number": lambda name: json.dumps({name: 12345678, "b": "seen"}),
    "no quotes": lambda name: '{"%s": hunter2}' % name,  # noqa: UP031
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", WRITTEN)
def test_what_a_secret_name_stands_before_is_masked(form: str, name: str) -> None:
    written = WRITTEN[form](name)
    sent = f"{'x' * 300} {written} {'y' * 300}" if form != "cut off" else written
    shown = Redactor().body(sent.encode()).decode()
    assert "••••" in shown
    assert not any(left in shown for left in ("hunter", "nter", '2\\"', "12345"))
    assert shown.count("seen") == sent.count("seen")
    if form.startswith(("JSON", "an escaped", "indented", "a number")):
        json.loads(Redactor().body(written.encode()))


@pytest.mark.parametrize(
    "body",
    [
        {"identifier-type": "token", "identifier": "ab12c"},
        {"identifier": "ab12c", "x": 1, "identifier-type": "token"},
        {"Identifier_Type": "Token", "IDENTIFIER": "ab12c"},
    ],
)
@pytest.mark.parametrize("levels", range(3))
def test_an_identifier_beside_its_type_is_masked(body: dict[str, Any], levels: int) -> None:
    other = {"identifier-type": "rfid", "identifier": "04523022AA4881"}
    text = json.dumps([other, body, other])
    for _ in range(levels):
        text = json.dumps({"inner": text})
    shown = Redactor().body(text.encode()).decode()
    assert "ab12c" not in shown
    assert shown.count("04523022AA4881") == 2
    assert json.loads(shown)
    assert "ab12c" not in str(Redactor().value(body))


def test_a_secret_member_in_an_identifier_is_masked() -> None:
    inner = json.dumps({"token": "hunter2"})
    text = json.dumps({"identifier-type": "rfid", "identifier": inner, "x": "seen"})
    shown = Redactor().body(text.encode()).decode()
    assert "hunter2" not in shown
    assert json.loads(shown)["x"] == "seen"


def test_what_never_ends_is_read_once() -> None:
    """Each of these begins with a quote of its own, which never comes again."""
    text = "".join(f'"token":&#{"0" * zeros}34;' for zeros in range(1, 2000))
    assert Redactor().text(text) == '"token":&#034;••••&#034;'


@pytest.mark.parametrize(
    "seen",
    [
        '{"tokens": "a", "my-token": "b", "token": null, "password": false, "token": {"a": "c"}}',
        "The token is not valid: ask for a new password.",
        '{"message": "Invalid token", "authorization": null}',
        "my-token=abc&tokens=2",
        "<tokens>a</tokens>",
        "A password, a token: both are secret.",
    ],
)
def test_words_that_only_resemble_a_secret_members_name_are_seen(seen: str) -> None:
    assert Redactor().text(seen) == seen


def test_a_secret_member_is_masked_across_a_windows_end() -> None:
    for before in range(WINDOW - 30, WINDOW + 5):
        data = b'{"a":"' + b"x" * before + b'","token":"hunter2","b":1}'
        assert b"hunter2" not in Redactor().body(data)
        assert json.loads(Redactor().body(data))["b"] == 1
