"""What the program says about a code, a status or a failure, and how it is found."""

import itertools
import re
import tomllib
from typing import Any

import pytest

from console.assets import read_text
from console.oioi.judgement import explanations, tables
from console.oioi.judgement.explanations import (
    Entry,
    Explanation,
    StartEffect,
    UnknownWord,
    explain,
    lookup,
)

PAGE = """
0xx Success
000 Success
011 Successfully started a charging session
012 Successfully authorized a charging session
1xx PlugSurfing Errors
100 System error
101 Database error
102 System timeout
140 Authentication failed: No positive authentication response
141 Authentication failed: Invalid email or password
142 Authentication failed: Invalid email
143 Authentication failed: Email already exists
144 Authentication failed: Email does not exist
145 Authentication failed: User token not valid
180 Entity not found
181 EVSE not found
182 Session not found
183 Company not found
184 Vehicle not found
185 Subscription plan not found
186 Group not found
187 EVSE ID does not support direct pay
188 EVSE ID does not support remote stop
189 Reservation not found
190 EVCO ID error
191 EVCO ID not found
192 EVCO ID locked
193 EVCO ID has no valid payment method
194 EVCO ID has another active reservation
2xx Client Error
200 Client request error
210 Invalid API key
211 Invalid partner identifier
220 API key not allowed to access the requested resource
230 Invalid request format
3xx Operator and EVSE Errors
300 System error
302 System timeout
310 EVSE error
312 EVSE timeout
320 EVSE already in use
321 No EV connected to EVSE
322 Connector with the same EVSE ID, but with different latitude/longitude exists
323 EVSE already reserved
330 EVSE does not support reservation
4xx Hub Errors
400 System error
402 System timeout
8xx Payment Provider Errors
800 System error
802 System timeout
805 This user is not allowed to use this method
830 Invalid format
850 Invalid payment method
860 Bank transfer error
861 Bank account not valid
862 Invalid name
863 Invalid IBAN
864 Invalid BIC
870 Credit card error
871 Credit card not valid
872 Invalid card holder name
874 Invalid credit card number
875 Invalid expiration date
876 Invalid CVC
880 PayPal error
"""
"""The table of the OIOI page: families, and the codes beneath them."""

NOT_ON_THE_PAGE = ["195"]
FAMILIES = dict(line.split(" ", 1) for line in PAGE.split("\n") if line[1:3] == "xx")
TITLES = dict(line.split(" ", 1) for line in PAGE.split("\n") if line[:3].isdecimal())

NOTHING_LEFT = ["dns", "no-route", "refused", "connect-timeout", "tls", "proxy"]
SOMETHING_LEFT = [
    *("write-timeout", "read-timeout", "reset", "closed", "truncated", "not-http"),
    *("bad-encoding", "too-large", "cancelled", "html", "empty", "not-json"),
    *("too-deep", "unread", "program-ended"),
]
TRANSPORT_NAMES = NOTHING_LEFT + SOMETHING_LEFT

STATUSES = [
    *(200, 301, 302, 307, 308),
    *(400, 401, 403, 404, 405, 406, 407, 408, 409, 413, 414, 415, 422, 429),
    *(500, 501, 502, 503, 504),
]

UNLISTED = ["009", "010", "301", "555", "600", "777", "873", "999"]


def everything() -> list[Entry]:
    """An entry of every sort: listed codes, families, statuses and their classes, failures."""
    return [
        *explanations.catalogue(),
        *(explanations.result_code(code) for code in UNLISTED),
        *(explanations.http_status(status) for status in [*STATUSES, 100, 206, 304, 410, 522, 999]),
        *(explanations.transport(name) for name in TRANSPORT_NAMES),
    ]


def keys(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.key for entry in entries]


# ------------------------------------------------------------------------------- the catalogue


def test_the_catalogue_is_the_page_and_195_in_order() -> None:
    assert len(TITLES) == 60
    assert keys(explanations.catalogue()) == sorted([*TITLES, *NOT_ON_THE_PAGE])


@pytest.mark.parametrize("code", TITLES)
def test_a_code_has_the_page_s_family_and_its_title_begins_as_there(code: str) -> None:
    entry = explanations.result_code(code)
    assert entry.family == f"{code[0]}xx {FAMILIES[code[0] + 'xx']}"
    assert entry.title.startswith(TITLES[code])
    assert entry.listed


def test_no_field_of_any_entry_is_empty_or_a_dash() -> None:
    for entry in everything():
        texts = [entry.key, entry.family, entry.title, entry.say]
        texts += entry.explanation._asdict().values()
        assert all(len(text.strip(" -–—.")) > 1 for text in texts), entry.key


def test_sentences_end_as_sentences_do() -> None:
    for entry in everything():
        advice = entry.explanation._asdict()
        del advice["responsible"]
        for text in [entry.say, *advice.values()]:
            assert text == text.strip(), entry.key
            assert text.endswith((".", "?", "key=…")), entry.key


def test_the_customer_is_told_one_sentence() -> None:
    for entry in everything():
        assert not any(mark in entry.say[:-1] for mark in (". ", "? ", "! ", "\n")), entry.key


def test_no_two_meanings_and_no_two_titles_are_the_same() -> None:
    families = [explanations.result_code(code) for code in ("009", "105", "205", "305", "405")]
    families += [explanations.result_code(code) for code in ("500", "600", "700", "805", "900")]
    others = [entry for entry in everything() if entry.key not in UNLISTED]
    unique = {entry.key: entry for entry in [*others, *families]}.values()
    for one, two in itertools.combinations(unique, 2):
        assert one.explanation.meaning.casefold() != two.explanation.meaning.casefold()
        assert one.title.casefold() != two.title.casefold(), (one.key, two.key)


@pytest.mark.parametrize(
    "same", [["100", "300", "400", "800"], ["102", "302", "312", "402", "802"]]
)
def test_codes_that_share_a_title_differ_by_who_is_responsible(same: list[str]) -> None:
    assert len({explanations.result_code(code).explanation.responsible for code in same}) == len(
        same
    )


@pytest.mark.parametrize(
    ("code", "party"),
    [
        ("100", "platform"),
        ("193", "customer"),
        ("210", "this client"),
        ("300", "operator"),
        ("312", "evse"),
        ("400", "hub"),
        ("800", "payment provider"),
        ("000", "nobody"),
    ],
)
def test_the_responsible_party_is_named(code: str, party: str) -> None:
    assert party in explanations.result_code(code).explanation.responsible.lower()


@pytest.mark.parametrize(
    ("code", "start"),
    [("000", "S"), ("193", "N"), ("320", "N*"), ("312", "U"), ("100", "U"), ("188", "-")],
)
def test_a_code_says_whether_a_start_may_have_happened(code: str, start: str) -> None:
    assert explanations.result_code(code).start == start


def test_a_timeout_and_a_system_error_never_say_that_nothing_started() -> None:
    for code, title in TITLES.items():
        if title.startswith("System"):
            assert explanations.result_code(code).start is StartEffect.UNKNOWN


@pytest.mark.parametrize("entry", everything(), ids=lambda entry: entry.key)
def test_an_explanation_is_shown_in_one_order(entry: Entry) -> None:
    rows = explanations.rows(entry.explanation)
    labels = ["who", "say", "do", "check", "again", "means"]
    assert [label for label, _ in rows] == [each for each in labels if each != "say" or entry.say]
    assert all(text.strip() for _, text in rows)


def test_an_explanation_has_five_texts_and_a_sentence_to_read_out() -> None:
    assert list(Explanation._fields) == [
        "responsible",
        "meaning",
        "support_agent",
        "field_technician",
        "retry",
        "say",
    ]


def test_the_asset_holds_no_field_that_nobody_reads() -> None:
    data = tomllib.loads(read_text("explanations.toml"))
    known = set(Explanation._fields)
    known |= {"name", "title", "say", "start", "also_as", "neighbours"}
    for kind in ("family", "code", "http", "transport"):
        for name, table in data[kind].items():
            assert set(table) <= known, (kind, name)


def test_a_table_is_read_alone_as_it_is_read_with_the_whole_asset() -> None:
    data = tomllib.loads(read_text("explanations.toml"))
    figures = data["figures"].items()
    for kind in ("family", "code", "http", "transport"):
        assert list(tables.table_names(kind)) == list(data[kind])
        for name, whole in data[kind].items():
            for figure, text in figures:
                whole = {
                    member: value.replace("{" + figure + "}", text)
                    if isinstance(value, str)
                    else value
                    for member, value in whole.items()
                }
            assert tables.table(f"{kind}.{name}") == whole
    rules, patterns = tables.context_rules()
    assert [rule["name"] for rule in rules] == [rule["name"] for rule in data["context"]]
    assert patterns == data["context_patterns"]


# ------------------------------------------------------------- more general, more exact codes


def test_may_hide_is_also_as_read_backwards() -> None:
    entries = explanations.catalogue()
    forth = {(entry.key, general) for entry in entries for general in entry.also_as}
    back = {(exact, entry.key) for entry in entries for exact in entry.may_hide}
    assert forth == back


def test_a_code_that_stands_in_for_another_stands_in_for_all_that_one_may_hide() -> None:
    for entry in explanations.catalogue():
        for general in entry.also_as:
            assert set(explanations.result_code(general).also_as) <= set(entry.also_as)


def test_no_code_stands_in_for_itself() -> None:
    """Being transitive, the relation is free of cycles if nothing is its own substitute."""
    for entry in explanations.catalogue():
        assert entry.key not in entry.also_as
        assert len(set(entry.also_as)) == len(entry.also_as)


@pytest.mark.parametrize(
    ("general", "exact"),
    [
        ("000", ["011", "012"]),
        ("140", ["141", "142", "143", "144", "145"]),
        ("141", ["142", "144"]),
        ("190", ["191", "192", "193", "194", "195"]),
        ("200", ["210", "211", "220", "230"]),
        ("310", ["312", "320", "321", "322", "323"]),
        ("400", ["402"]),
        ("860", ["861", "862", "863", "864"]),
        ("870", ["871", "872", "874", "875", "876"]),
    ],
)
def test_a_general_code_lists_what_it_may_hide(general: str, exact: list[str]) -> None:
    assert list(explanations.result_code(general).may_hide) == exact


def test_100_may_hide_every_other_code_of_the_platform() -> None:
    others = [code for code in [*TITLES, *NOT_ON_THE_PAGE] if "100" < code < "200"]
    assert list(explanations.result_code("100").may_hide) == sorted(others)


# ------------------------------------------------------------------------------ unlisted codes


@pytest.mark.parametrize(
    ("code", "family", "start", "also_as"),
    [
        ("009", "0xx Success", "S", ("000",)),
        ("301", "3xx Operator and EVSE Errors", "U", ("300",)),
        ("873", "8xx Payment Provider Errors", "U", ("800",)),
        ("555", "5xx (unassigned)", "U", ()),
        ("900", "9xx (unassigned)", "U", ()),
    ],
)
def test_an_unlisted_code_takes_the_meaning_of_its_family(
    code: str, family: str, start: str, also_as: tuple[str, ...]
) -> None:
    entry = explanations.result_code(code)
    relative = explanations.result_code(f"{code[0]}99")
    assert (entry.key, entry.family, entry.start, entry.also_as) == (code, family, start, also_as)
    assert entry.explanation == relative.explanation
    assert entry.title == f"Unlisted code: {family}"
    assert not entry.listed
    assert entry.may_hide == ()


def test_any_three_digits_are_a_code() -> None:
    for number in range(1000):
        entry = explanations.result_code(f"{number:03}")
        assert entry.key == f"{number:03}"
        assert entry.listed == (entry.key in TITLES or entry.key in NOT_ON_THE_PAGE)


@pytest.mark.parametrize("code", ["", "11", "1930", "abc", "1 3", "١٩٣", "193\n"])
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(ValueError, match="three digits"):
        explanations.result_code(code)


# ------------------------------------------------------------------------ statuses and failures


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_with_a_meaning_of_its_own_has_its_own_entry(status: int) -> None:
    entry = explanations.http_status(status)
    assert entry.key == f"http:{status}"
    assert entry.title.startswith(f"HTTP {status} ")
    assert entry.family.startswith(f"HTTP {status // 100}xx ")
    assert entry.listed


@pytest.mark.parametrize("status", [100, 299, 304, 418, 499, 522, 599, 0, 999, -1])
def test_any_other_status_takes_the_meaning_of_its_class(status: int) -> None:
    entry = explanations.http_status(status)
    assert entry.key == f"http:{status}"
    assert entry.title.startswith(f"HTTP {status}: ")
    assert not entry.listed


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 522])
def test_after_a_server_error_a_start_may_have_happened(status: int) -> None:
    assert explanations.http_status(status).start is StartEffect.UNKNOWN


@pytest.mark.parametrize("name", TRANSPORT_NAMES)
def test_a_start_may_have_happened_unless_nothing_left(name: str) -> None:
    entry = explanations.transport(name)
    assert entry.key == f"transport:{name}"
    assert entry.start == ("N" if name in NOTHING_LEFT else "U")
    says_so = re.search("Nothing was sent|has seen nothing", entry.explanation.meaning)
    assert bool(says_so) == (name in NOTHING_LEFT)


def test_an_unknown_failure_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explanations.transport("gremlins")


# -------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("193", "193"),
        ("11", "011"),
        ("0", "000"),
        (" 320 ", "320"),
        ("873", "873"),
        ("http:503", "http:503"),
        ("HTTP:522", "http:522"),
        ("transport:dns", "transport:dns"),
        ("Transport:Read-Timeout", "transport:read-timeout"),
    ],
)
def test_a_word_finds_its_entry(word: str, key: str) -> None:
    assert lookup(word).key == key


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("1930", "193"),
        ("dns", "transport:dns"),
        ("timeout", "transport:read-timeout"),
        ("http503", "http:503"),
        ("http:600", "http:500"),
        ("transport:dsn", "transport:dns"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest_one(word: str, nearest: str) -> None:
    with pytest.raises(UnknownWord) as caught:
        lookup(word)
    assert str(caught.value) == f'There is no code "{word}"; did you mean {nearest}?'


@pytest.mark.parametrize("word", ["", "?", "http:", "z" * 10_000, "\x1b[2J"])
def test_a_word_near_nothing_is_answered_with_examples(word: str) -> None:
    with pytest.raises(UnknownWord) as caught:
        lookup(word)
    text = str(caught.value)
    assert "193" in text or "http:" in text
    assert len(text) < 200
    assert text.isprintable()


def test_a_number_finds_its_codes_before_anything_else() -> None:
    assert keys(explanations.search("19"))[:6] == ["190", "191", "192", "193", "194", "195"]
    assert keys(explanations.search("50"))[:5] == [f"http:{status}" for status in range(500, 505)]


def test_a_title_is_found_before_a_text() -> None:
    found = explanations.search("plug")
    titled = ["plug" in entry.title.lower() for entry in found]
    assert keys(found)[:2] == ["012", "321"]
    assert titled == sorted(titled, reverse=True)
    assert not titled[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payment", "193"),
        ("who pays", "193"),
        ("PAYS who", "193"),
        ("plug in", "012"),
        ("reversed", "191"),
        ("blocked", "192"),
        ("wi-fi", "transport:html"),
        ("retry-after", "http:503"),
        ("evse_occupied", "320"),
        ("hub errors", "402"),
        ("http:503", "http:503"),
        ("read-timeout", "transport:read-timeout"),
    ],
)
def test_words_of_daily_life_find_the_code(text: str, expected: str) -> None:
    assert expected in keys(explanations.search(text))


def test_every_word_must_occur() -> None:
    assert explanations.search("payment gremlins") == ()
    assert set(explanations.search("card blocked")) == set(explanations.search("card")) & set(
        explanations.search("blocked")
    )


def test_searching_for_nothing_finds_all() -> None:
    found = keys(explanations.search("  "))
    assert found[:61] == keys(explanations.catalogue())
    assert {"http:503", "transport:dns"} <= set(found)


def test_an_unlisted_code_is_found_by_its_three_digits() -> None:
    assert keys(explanations.search("873"))[0] == "873"


# ---------------------------------------------------------------------------------- the context


@pytest.mark.parametrize("entry", everything(), ids=lambda entry: entry.key)
def test_without_circumstances_an_entry_speaks_for_itself(entry: Entry) -> None:
    if entry.key.startswith(("http:", "transport:")) or not entry.listed:
        assert explain(entry) == entry.explanation
    else:
        assert explain(entry, http_status=200, message="Something") == entry.explanation


START, STOP = "session-start", "session-stop"
OUR_MISTAKE = ("responsible", "This client: the request itself")
STILL_RUNNING = ("meaning", "still running until proven otherwise")
ONLY_READS = ("meaning", "nothing can have been started")
LOOK_FIRST = ("support_agent", "Look first")


@pytest.mark.parametrize(
    ("word", "case", "expected"),
    [
        ("310", {"call": STOP}, ("meaning", "did not carry out the stop")),
        ("310", {"call": STOP}, STILL_RUNNING),
        ("310", {"call": START, "http_status": 400, "message": "Bad connector-id"}, OUR_MISTAKE),
        ("310", {"call": STOP, "http_status": 400, "message": "Session ID missing"}, OUR_MISTAKE),
        (
            "310",
            {"call": STOP, "http_status": 400, "message": "Session ID missing"},
            ("meaning", "still running"),
        ),
        ("145", {"call": START, "http_status": 400, "message": "'user' missing"}, OUR_MISTAKE),
        ("http:400", {"call": START, "message": "identifier is missing"}, OUR_MISTAKE),
        ("http:400", {"message": "Cannot parse request"}, OUR_MISTAKE),
        ("http:500", {"message": 'For input string: "DE*8PS"'}, OUR_MISTAKE),
        (
            "http:400",
            {"call": START, "message": "User already in session"},
            ("retry", "30 seconds"),
        ),
        (
            "http:400",
            {"call": STOP, "message": "No such session"},
            ("meaning", "no running session"),
        ),
        ("http:401", {"call": STOP, "message": "No such rfid"}, ("retry", "identity")),
        ("http:401", {"call": START}, ("meaning", "without a word")),
        ("320", {"call": START, "earlier_attempts": 1}, ("meaning", "our own")),
        ("320", {"call": START, "earlier_answered_5xx": True}, ("retry", "look first")),
        (
            "194",
            {"call": "reservation-start", "earlier_attempts": 1},
            ("meaning", "just asked for"),
        ),
        ("182", {"call": STOP, "earlier_attempts": 1}, ("meaning", "may have ended it already")),
        ("191", {"call": "rfid-verify"}, ("support_agent", "byte-reversed")),
        ("000", {"call": "station-get-by-ids"}, ("meaning", "Nothing was started")),
        ("000", {"call": STOP}, ("meaning", "does not release the plug")),
        ("000", {"call": "reservation-start"}, ("meaning", "until the reservation ends")),
        ("000", {"call": "reservation-stop"}, ("meaning", "is cancelled")),
        ("http:200", {"call": "station-get-surface"}, ("meaning", "data itself is the answer")),
        ("000", {"call": START, "http_status": 500}, ("meaning", "the result code decides")),
        ("100", {"call": STOP}, STILL_RUNNING),
        ("301", {"call": STOP}, STILL_RUNNING),
        ("http:503", {"call": STOP}, STILL_RUNNING),
        ("transport:read-timeout", {"call": STOP}, STILL_RUNNING),
        ("transport:read-timeout", {"call": STOP}, ("retry", "Yes")),
        ("transport:dns", {"call": STOP}, ("meaning", "still running")),
        ("100", {"call": "station-get-by-center-radius"}, ONLY_READS),
        ("http:522", {"call": "user-verify"}, ONLY_READS),
        ("transport:reset", {"call": "rfid-verify"}, ONLY_READS),
        ("transport:reset", {"call": "rfid-verify"}, ("retry", "Yes")),
        ("312", {"call": "reservation-start"}, ("meaning", "may be reserved")),
        ("http:504", {"call": "reservation-stop"}, ("meaning", "may still stand")),
        ("http:504", {"call": "rfid-post"}, ("retry", "never two versions")),
        ("193", {"call": START, "earlier_answered_5xx": True}, LOOK_FIRST),
        ("transport:dns", {"call": START, "earlier_answered_5xx": True}, LOOK_FIRST),
        ("193", {"call": START, "http_status": 503}, LOOK_FIRST),
        ("transport:tls", {"message": "certificate has expired"}, ("meaning", "out of date")),
        ("transport:tls", {"message": "Hostname mismatch"}, ("meaning", "another host")),
        ("transport:tls", {"message": "wrong version number"}, ("meaning", "share no method")),
        ("transport:tls", {"message": "certificate required"}, ("meaning", "from us")),
    ],
)
def test_the_circumstances_change_what_is_said(
    word: str, case: dict[str, Any], expected: tuple[str, str]
) -> None:
    entry = lookup(word)
    field, text = expected
    assert text in getattr(explain(entry, **case), field)
    assert text not in getattr(entry.explanation, field)


@pytest.mark.parametrize(
    ("word", "case", "unexpected"),
    [
        ("310", {"call": START, "http_status": 200, "message": "Bad connector-id"}, OUR_MISTAKE),
        ("310", {"call": START, "http_status": 400, "message": "Emergency stop"}, OUR_MISTAKE),
        ("310", {"call": START, "http_status": 400, "message": "User refused"}, OUR_MISTAKE),
        ("320", {"call": START, "earlier_attempts": 0}, ("meaning", "our own:")),
        ("320", {"call": START, "earlier_attempts": 0}, ("meaning", "same press")),
        ("310", {"call": START}, STILL_RUNNING),
        ("312", {"call": START}, ONLY_READS),
        ("193", {"call": "rfid-verify"}, ("meaning", "still running")),
        ("193", {"call": "rfid-verify", "http_status": 503}, LOOK_FIRST),
        ("http:501", {"call": START}, LOOK_FIRST),
        ("191", {"call": START}, ("retry", "asking changes nothing")),
        ("http:401", {"call": START, "message": "Bad token"}, ("meaning", "without a word")),
        ("transport:html", {"call": "rfid-verify"}, ("retry", "Yes")),
    ],
)
def test_other_circumstances_do_not(
    word: str, case: dict[str, Any], unexpected: tuple[str, str]
) -> None:
    field, text = unexpected
    assert text not in getattr(explain(lookup(word), **case), field)


def test_the_rules_of_the_asset_speak_of_entries_there_are() -> None:
    rules = tomllib.loads(read_text("explanations.toml"))["context"]
    entries = {entry.key: entry for entry in everything()}
    for rule in rules:
        for key in [*rule.get("keys", ()), *rule.get("not_keys", ())]:
            assert key in entries, rule["name"]
    names = [rule["name"] for rule in rules]
    assert len(set(names)) == len(names)


def test_no_circumstances_leave_a_field_empty() -> None:
    calls = [None, START, STOP, "reservation-start", "reservation-stop", "rfid-verify", "rfid-post"]
    for entry, call, status in itertools.product(everything(), calls, [None, 200, 400, 503]):
        told = explain(
            entry,
            call=call,
            http_status=status,
            message="connector-id",
            earlier_attempts=1,
            earlier_answered_5xx=True,
        )
        texts = told._asdict()
        assert bool(texts.pop("say")) == (call != "rfid-post")
        for text in texts.values():
            assert text.strip()
            assert "{" not in text
