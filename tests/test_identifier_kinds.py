"""Whatever the identifier and however it is written: it comes back, or it is among the offers."""

import random
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.oioi import identifiers as ids
from console.oioi.identifiers import Level, Reading, read
from console.oioi.identifiers.alphabets import alphabet_of
from console.oioi.identifiers.countries import CODES
from console.oioi.identifiers.kinds import MOST_READ
from tests.test_identifier_cases import bare, offered, said

anything = settings(deadline=None, database=None, max_examples=40)
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
sizes = st.sampled_from([4, 7, 10])
uids = sizes.flatmap(lambda n: st.binary(min_size=n, max_size=n)).filter(any)
countries = st.sampled_from(sorted(CODES - {"UK"}))


PARTS = {n: st.text(CHARACTERS, min_size=n, max_size=n) for n in (3, 6, 9)}
"""Texts of so many characters. They are made once: that takes longer than a draw."""


def is_instance(text: str) -> bool:
    """Whether it may stand in a contract: zeros are none, and a word like SECRET is not sent."""
    return set(text) != {"0"} and ids.never_send(f"{text}: {'x' * 16}") is None


INSTANCES = st.one_of(PARTS[6].filter(is_instance), PARTS[9].filter(is_instance))
OUTLETS = st.sampled_from(["1", "23", "456", "7*1", "8*A*2"])


@st.composite
def contracts(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """Country, provider, instance and check digit of a contract, DIN or ISO."""
    country, provider, instance = draw(countries), draw(PARTS[3]), draw(INSTANCES)
    compute = ids.din_check_digit if len(instance) == 6 else ids.iso_check_character
    return country, provider, instance, compute(country + provider + instance)


@st.composite
def evse_ids(draw: st.DrawFn) -> str:
    """An EVSE ID with its stars and with a digit in the outlet, as nearly all have one."""
    outlet = draw(PARTS[3]) + draw(OUTLETS)
    return f"{draw(countries)}*{draw(PARTS[3])}*E{outlet}"


def hex_of(uid: bytes) -> str:
    return uid.hex().upper()


# Card numbers

BYTE_WRITINGS: dict[str, Callable[[bytes], str]] = {
    "run together": hex_of,
    "small letters": bytes.hex,
    "colons": lambda uid: uid.hex(":"),
    "blanks": lambda uid: uid.hex(" "),
    "two blanks": lambda uid: uid.hex(" ").replace(" ", "  "),
    "hyphens": lambda uid: uid.hex("-"),
    "dots": lambda uid: uid.hex("."),
    "commas": lambda uid: uid.hex(","),
    "semicolons": lambda uid: uid.hex(";"),
    "underscores": lambda uid: uid.hex("_"),
    "tabs": lambda uid: uid.hex("\t"),
    "lost zeros": lambda uid: ":".join(f"{byte:x}" for byte in uid),
    "lost zeros, 0x": lambda uid: ",".join(f"{byte:#x}" for byte in uid),
    "lost zeros, blanks": lambda uid: " ".join(f"{byte:X}" for byte in uid),
    "0x": lambda uid: f"0x{uid.hex()}",
    "array": lambda uid: "{" + ", ".join(f"0x{byte:02X}" for byte in uid) + "}",
    "list": lambda uid: "[" + ", ".join(f"0x{byte:02x}" for byte in uid) + "]",
    "array of a program": lambda uid: (
        "byte[] uid = new byte[] { " + ", ".join(f"0x{byte:02X}" for byte in uid) + " };"
    ),
    "list in a call": lambda uid: f"new Uint8Array({[*uid]})",
    "0x run together": lambda uid: "".join(f"0x{byte:02X}" for byte in uid),
    "number of a program": lambda uid: f"0x{hex_of(uid)}ULL",
    "Basic": lambda uid: f"&H{hex_of(uid)}",
    "call": lambda uid: f"bytes.fromhex('{uid.hex()}')",
    "call in a log": lambda uid: f"May  2 12:00:02 host steve[123]: Authorize({hex_of(uid)})",
    "bytes of Python": lambda uid: "b'" + "".join(f"\\x{byte:02x}" for byte in uid) + "'",
    "escapes of Unicode": lambda uid: "".join(f"\\u00{byte:02x}" for byte in uid),
    "escapes of a link": lambda uid: "".join(f"%{byte:02X}" for byte in uid),
    "quotes around each": lambda uid: str([f"{byte:02x}" for byte in uid]),
    "numbered": lambda uid: f"3. {hex_of(uid)}",
    "answer in a trace": lambda uid: f"< {uid.hex(' ')} 90 00",
    "label on its own line": lambda uid: f"UID:\n{uid.hex(':')}",
    "quotes around each, no brackets": lambda uid: ", ".join(f'"{byte:02X}"' for byte in uid),
    "dollars": lambda uid: ",".join(f"${byte:02X}" for byte in uid),
    "hashes": lambda uid: " ".join(f"#{byte:02X}" for byte in uid),
    "a length behind": lambda uid: f"{uid.hex(' ')} [{len(uid)}]",
    "as a keyboard": lambda uid: f"\x02{hex_of(uid)}\r\n\x03",
    "in a name": lambda uid: f"uid_{hex_of(uid)}",
    "casts of Java": lambda uid: ", ".join(f"(byte)0x{byte:02X}" for byte in uid),
    "open bracket": lambda uid: f"('{hex_of(uid)}'",
    "h behind each": lambda uid: " ".join(f"{byte:02X}h" for byte in uid),
    "h behind": lambda uid: f"{uid.hex()}h",
    "escapes": lambda uid: "".join(f"\\x{byte:02x}" for byte in uid),
    "groups of two bytes": lambda uid: hex_of(uid[:2]) + " " + uid[2:].hex(" ", -2),
    "decimal": lambda uid: str(int.from_bytes(uid)).zfill(8),
    "decimal, reversed": lambda uid: str(int.from_bytes(uid, "little")).zfill(8),
    "decimal float": lambda uid: f"{int.from_bytes(uid)}.0".zfill(10),
    "decimal bytes": lambda uid: ",".join(map(str, uid)),
    "decimal bytes, blanks": lambda uid: " ".join(map(str, uid)),
    "decimal bytes, list": lambda uid: str(list(uid)),
    "decimal bytes, dots": lambda uid: ".".join(map(str, uid)),
    "signed bytes": lambda uid: str([byte - 256 if byte > 127 else byte for byte in uid]),
    "reversed": lambda uid: hex_of(uid[::-1]),
    "label": lambda uid: f"UID: {uid.hex(' ')}",
    "label, =": lambda uid: f"Card UID = {hex_of(uid)}",
    "label, NFC": lambda uid: f"NFC: {hex_of(uid)}",
    "label, blank": lambda uid: f"ID {uid.hex(' ')}",
    "label, unknown": lambda uid: f"Ausweis: {uid.hex(':')}",
    "quotes": lambda uid: f'"{hex_of(uid)}"',
    "other quotes": lambda uid: f"„{hex_of(uid)}“",
    "backticks": lambda uid: f"`{hex_of(uid)}`",
    "brackets": lambda uid: f"({hex_of(uid)})",
    "angles": lambda uid: f"<{uid.hex(' ')}>",
    "at the end of a cell": lambda uid: f"{hex_of(uid)};",
    "spreadsheet, =": lambda uid: f'="{hex_of(uid)}"',
    "spreadsheet, '": lambda uid: f"'{hex_of(uid)}",
    "Markdown": lambda uid: f"**{hex_of(uid)}**",
    "a note behind": lambda uid: f"{uid.hex(':')} (blue card)",
    "status word": lambda uid: f"{hex_of(uid)}9000",
    "status word, blanks": lambda uid: f"{uid.hex(' ')} 90 00",
    "full width": lambda uid: "".join(chr(ord(char) + 0xFEE0) for char in hex_of(uid)),
}


@pytest.mark.parametrize("writing", BYTE_WRITINGS)
@anything
@given(uid=uids)
def test_any_uid_comes_back_however_it_is_written(writing: str, uid: bytes) -> None:
    reading = read(BYTE_WRITINGS[writing](uid))
    if reading.refusal:
        assert "Payment card" in reading.refusal, "the one thing that goes before a card number"
        return
    assert bare(hex_of(uid)) in offered(reading), reading
    assert reading.kind != "unknown"


@anything
@given(st.binary(min_size=4, max_size=4).filter(any))
def test_four_bytes_and_their_check_byte_offer_the_four(uid: bytes) -> None:
    check = uid[0] ^ uid[1] ^ uid[2] ^ uid[3]
    reading = read(hex_of(bytes((*uid, check))))
    if uid[0] == 0x88:
        assert "only the start" in said(reading)
    else:
        assert bare(hex_of(uid)) in offered(reading)
        assert "check byte" in said(reading), reading
    assert reading.level is Level.WARN or reading.kind != "uid"


@anything
@given(st.binary(min_size=3, max_size=3), st.binary(min_size=4, max_size=4))
def test_a_seven_byte_uid_is_found_between_its_check_bytes(head: bytes, tail: bytes) -> None:
    first = 0x88 ^ head[0] ^ head[1] ^ head[2]
    second = tail[0] ^ tail[1] ^ tail[2] ^ tail[3]
    for raw in (
        bytes((0x88, *head, first, *tail, second)),  # as the card answers
        bytes((*head, first, *tail, second)),  # as its memory holds it
    ):
        assert bare(hex_of(head + tail)) in offered(read(hex_of(raw)))


@anything
@given(uids.filter(lambda uid: uid[0] and len(uid) < 10), st.integers(2, 3))
def test_zero_bytes_behind_a_uid_are_found(uid: bytes, zeros: int) -> None:
    reading = read(hex_of(uid + bytes(zeros)))
    assert bare(hex_of(uid)) in offered(reading)
    assert reading.level is Level.WARN or reading.kind != "uid"  # all hex, and a contract's form


@anything
@given(sizes.flatmap(lambda n: st.binary(min_size=n, max_size=n)), st.data())
def test_one_lost_zero_is_offered_wherever_it_stood(uid: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(uid) - 1))
    whole = bytes((*uid[:place], uid[place] & 15, *uid[place + 1 :]))
    digits = hex_of(whole)
    reading = read(digits[: 2 * place] + digits[2 * place + 1 :])
    assert not any(whole) or bool(reading.refusal) or bare(digits) in offered(reading)


@anything
@given(st.binary(min_size=7, max_size=7))
def test_the_last_byte_of_seven_is_missed(uid: bytes) -> None:
    reading = read(hex_of(bytes((4, *uid[1:6]))))
    assert any(word in said(reading) for word in ("missing", "zeros at the end", "90 00"))
    assert reading.level is Level.WARN


@anything
@given(st.integers(0, 255), st.integers(0, 65535))
def test_facility_and_card_number_are_bytes_of_the_uid(facility: int, card: int) -> None:
    digits = bare(f"{facility:02X}{card:04X}")
    for text in (f"{facility:03},{card:05}", f"FC: {facility} CN: {card:05}"):
        reading = read(text, "uid")
        assert digits in offered(reading)
        assert "facility" in said(reading)
    whole = f"{0x5A000000 | facility << 16 | card:010}"
    assert read(f"{whole} {facility:03},{card:05}", "uid").normal == f"{int(whole):08X}"


@pytest.mark.parametrize(
    "rounded",
    [
        *("4.52302E+13", "4,5E+12", "1.2162666E15", "4.523022e+12", "+4.5E+12", "=4.5E+12"),
        *("4.52302 E+12", "4.52302E 12", "4.52302×10^12", "4,5*10^12", "4.52E+12.0", "########"),
    ],
)
def test_of_a_rounded_number_nothing_is_made(rounded: str) -> None:
    for kind in (None, "uid"):
        reading = read(rounded, kind)
        assert (reading.valid, reading.alternatives) == (False, ())
        assert "spreadsheet" in said(reading)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("8148AA22305204", "reversed"),
        ("880477BD", "only the start"),
        ("12345678000000", "wrong side"),
        ("5C0374510000", "wrong side"),
        ("DD17380AF8", "check byte"),
        ("04523022AA48", "missing"),
        ("1216266600335489", "decimal"),
        ("36390167550906800", "15 digits"),
    ],
)
def test_the_worst_thing_known_of_a_card_is_its_level(text: str, doubt: str) -> None:
    reading = read(text)
    assert reading.level is Level.WARN
    assert doubt in said(reading)


# Contracts and EVSE IDs

AROUND: dict[str, Callable[[str], str]] = {
    "bare": str,
    "small letters": str.lower,
    "blanks": lambda text: f"  {text}\n",
    "quotes": lambda text: f'"{text}"',
    "other quotes": lambda text: f"“{text}”,",
    "brackets": lambda text: f"[{text}]",
    "backticks": lambda text: f"`{text}`",
    "label": lambda text: f"EVSE-ID: {text}",
    "label, blank": lambda text: f"Contract ID {text}",
    "label, German": lambda text: f"Ladepunkt-Nr.: {text}",
    "Markdown": lambda text: f"**{text}**",
    "Markdown escapes": lambda text: text.replace("*", "\\*").replace("-", "\\-"),
    "a note behind": lambda text: f"{text} (links, beim Eingang)",
    "link": lambda text: f"https://pay.example.com/{text}",
    "link, query": lambda text: f"https://pay.example.com/start?lang=de&evseid={text}&x=1",
    "link, escaped": lambda text: f"https://pay.example.com/e/{text.replace('*', '%2A')}",
    "link, escaped twice": lambda text: f"https://a.example/e/{text.replace('*', '%252A')}/x",
    "link without scheme": lambda text: f"pay.example.com/?evse={text}",
    "sentence": lambda text: f"the charger {text} does not start",
    "spreadsheet": lambda text: f'="{text}"',
    "numbered": lambda text: f"12) {text}",
    "link of Markdown": lambda text: f"[start](https://pay.example.com/{text})",
    "JSON escapes": lambda text: text.replace("*", "\\u002a").replace("-", "\\u002d"),
    "HTML": lambda text: f"<b>{text.replace('*', '&ast;').replace('-', '&#45;')}</b>",
    "label on its own line": lambda text: f"EVSE-ID:\n{text}",
    "call": lambda text: f"start('{text}')",
}
STARS = "*•⋅★＊∗·×✱ ❋⭐◦※✕▪◆#~^"


@pytest.mark.parametrize("around", AROUND)
@anything
@given(evse=evse_ids())
def test_an_evse_id_is_found_whatever_stands_around_it(around: str, evse: str) -> None:
    reading = read(AROUND[around](evse))
    assert bare(evse) in offered(reading), reading


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("separator", ["*", "-", ""])
@anything
@given(contract=contracts())
def test_a_contract_is_found_whatever_stands_around_it(
    around: str, separator: str, contract: tuple[str, str, str, str]
) -> None:
    reading = read(AROUND[around](separator.join(contract)))
    assert bare("".join(contract)) in offered(reading), reading


@pytest.mark.parametrize("star", STARS)
@anything
@given(evse=evse_ids(), contract=contracts())
def test_any_sign_for_the_star_is_understood(
    star: str, evse: str, contract: tuple[str, str, str, str]
) -> None:
    for text, separator, kind in (
        (evse, "*", "evse-id"),
        (star.join(contract), "", "evco-id"),
    ):
        reading = read(text.replace(separator or star, star), kind)
        plain = [reading.normal, *(each.value for each in reading.alternatives)]
        wanted = bare(text)
        assert any(bare(each) == wanted and re.fullmatch("[A-Z0-9*-]+", each) for each in plain)


@pytest.mark.parametrize("separator", [";", ",", " ", ", ", "\n", " / ", " und ", "|"])
@anything
@given(first=evse_ids(), contract=contracts(), uid=st.binary(min_size=7, max_size=7))
def test_two_identifiers_in_a_field_are_both_offered_and_not_sent(
    separator: str, first: str, contract: tuple[str, str, str, str], uid: bytes
) -> None:
    second = "*".join(contract)
    third = hex_of(b"\x04" + uid[:-1])
    for a, b in ((first, second), (second, third), (third, first)):
        reading = read(f"{a}{separator}{b}")
        assert {bare(a), bare(b)} <= {bare(other.value) for other in reading.alternatives}
        assert reading.must_not_be_sent


@pytest.mark.parametrize(
    "around", ["UID: {} UID: {}", "({}) ({})", "['{}', '{}']", "1) {} 2) {}", "old {}, new {}"]
)
@anything
@given(first=evse_ids(), contract=contracts(), uid=uids, other=uids)
def test_of_two_identifiers_with_something_around_each_none_is_lost(
    around: str, first: str, contract: tuple[str, str, str, str], uid: bytes, other: bytes
) -> None:
    def sure(card: bytes) -> str:
        return hex_of(b"\xa4" + card[1:])  # not all decimal: that may be a date

    for a, b in ((first, "*".join(contract)), (sure(uid), first), (sure(uid), sure(other))):
        if a != b:
            reading = read(around.format(a, b))
            assert {bare(a), bare(b)} <= {bare(each.value) for each in reading.alternatives}


@pytest.mark.parametrize("separator", [" ", "\t", "\n", ", ", ";", " / "])
@anything
@given(uid=uids, other=uids, mark=st.sampled_from(":-"))
def test_two_lists_of_bytes_are_two_cards(
    separator: str, uid: bytes, other: bytes, mark: str
) -> None:
    if uid != other:
        reading = read(uid.hex(mark) + separator + other.hex(mark))
        both = {bare(hex_of(uid)), bare(hex_of(other))}
        assert both <= {bare(each.value) for each in reading.alternatives}


def test_two_decimal_prints_are_two_cards() -> None:
    for text in ("3204451000, 2894880266", "1216266600335489;1257554120951936"):
        assert "two identifiers" in said(read(text))


@pytest.mark.parametrize("link", ["https://qr.example.org/{}", "https://a.example/?evse={}&l=en"])
@pytest.mark.parametrize("evse", ["NLTNME70091", "ATEVNE52", "CHSWIEABC9", "DE8PSE1"])
def test_an_evse_id_without_stars_is_found_in_a_link(link: str, evse: str) -> None:
    assert evse in offered(read(link.format(evse)))


@pytest.mark.parametrize("word", ["device1", "mobile12", "CHARGEPOINT1", "module3"])
def test_a_word_with_a_number_is_no_second_identifier(word: str) -> None:
    reading = read(f"https://example.com/{word}/DE*ABC*E1234*1")
    assert (reading.normal, reading.must_not_be_sent) == ("DE*ABC*E1234*1", None)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("2 894 880 266", "AC8C5E0A"),
        ("78'193'706", "04A9242A"),
        ("Card no. 2894880266", "AC8C5E0A"),
        ("No: 2894880266", "AC8C5E0A"),
        ("-84 -116 94 10", "AC8C5E0A"),
        ("%DD17380A?", "DD17380A"),
        ("NL-TNM-70091", "NL*TNM*E70091"),
        ("NL TNM 70091", "NL*TNM*E70091"),
        ("AT-EVN-29Y8X7-8", "AT-EVN-Z9Y8X7-8"),
        ("DE*8РЅ*Е1", "DE*8PS*E1"),
        ("ԁe*8ps*9dc4ab*x", "DE*8PS*9DC4AB*X"),
        ("0З112233", "03112233"),
    ],
)
def test_what_is_meant_is_offered(text: str, offer: str) -> None:
    assert bare(offer) in offered(read(text, "evse-id" if "TNM" in text else None))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DD17380A0000", "uid"),  # DD is no country
        ("DE*8PS*P123456", "unknown"),  # a pool: no star before a check digit
        ("DE-ABC-S000123", "unknown"),
        ("DE*8PS*P12345*9", "evco-id"),
    ],
)
def test_the_form_of_a_contract_alone_makes_none(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("https://example.com/start", "HTTPS*EXAMPLE*COM*START"),
        ("phone 0800 123456789", "123456789"),
        ("04523022AA4881@example.com", "04523022AA4881"),
        ("NL*TNM*012204*6", "NL*TNM*01Z204*6"),  # a letter among digits only
        ("3204451000, 2894880266", "32044510002894880266"),
        ("DE*ABC*S000123", "DE*ABC*S00013*2"),  # a station becomes nobody's contract
    ],
)
def test_nothing_is_made_of_what_is_none(text: str, made: str) -> None:
    assert bare(made) not in _proposed(read(text))


@pytest.mark.parametrize("sign", "◆#~❋")
def test_an_outlet_of_hex_digits_is_not_taken_out_of_its_id(sign: str) -> None:
    reading = read(f"ES{sign}IBE{sign}E12A34B5")
    assert reading.kind == "unknown"
    assert "ES*IBE*E12A34B5" in [other.value for other in reading.alternatives]


@pytest.mark.parametrize("uid", ["04:21:26:65:12:94:25", "04 37 78 98 10 77 99"])
def test_bytes_with_a_zero_in_front_are_not_decimal(uid: str) -> None:
    assert "decimal; see" not in said(read(uid))


@anything
@given(evse_ids(), contracts())
def test_a_contract_and_an_evse_id_run_together_are_said_to(
    evse: str, contract: tuple[str, str, str, str]
) -> None:
    for text in (evse + "*".join(contract), "*".join(contract) + evse):
        reading = read(text)
        assert "run together" in said(reading)
        assert {bare(evse), bare("".join(contract))} <= offered(reading)


def test_where_two_can_be_cut_in_two_places_the_check_digit_tells_the_right_one() -> None:
    contract, evse = "SH*DYD*0WJF9H4GM*8", "TJ*ELE*E5LZ456"  # and GM*8TJ*ELE would be one, too
    assert {bare(contract), bare(evse)} <= offered(read(contract + evse))


@anything
@given(countries, PARTS[3], st.sampled_from("PS"), st.integers(1, 99999), st.sampled_from("*-"))
def test_no_outlet_is_made_of_a_pool_or_a_station(
    country: str, provider: str, place: str, number: int, separator: str
) -> None:
    text = separator.join((country, provider, f"{place}{number:04}"))
    for kind in (None, "evse-id"):
        reading = read(text, kind)
        assert not reading.valid
        assert not any(re.match("[A-Z]{2}[A-Z0-9]{3}E", value) for value in _proposed(reading))
        assert ("pool" if place == "P" else "station") in said(reading)


@anything
@given(contracts(), st.data())
def test_proposals_stay_with_country_and_provider_swaps_before_look_alikes(
    contract: tuple[str, str, str, str], data: st.DataObject
) -> None:
    country, provider, instance, digit = contract
    wrong = data.draw(st.sampled_from([char for char in "0123456789X" if char != digit]))
    reading = read(f"{country}*{provider}*{instance}*{wrong}", "evco-id")
    assert all(value.startswith(country + provider) for value in _proposed(reading))
    whys = [other.why for other in reading.alternatives]
    slips = [why for why in whys if "swapped" in why or "instead of" in why]
    assert slips == sorted(slips, key=lambda why: "swapped" not in why) == whys[: len(slips)]
    assert all("another person" in why for why in slips)


@anything
@given(contracts(), st.data())
def test_two_swapped_neighbours_are_put_right_among_the_proposals(
    contract: tuple[str, str, str, str], data: st.DataObject
) -> None:
    country, provider, instance, digit = contract
    place = data.draw(st.integers(0, len(instance) - 2))
    swapped = f"{instance[:place]}{instance[place + 1]}{instance[place]}{instance[place + 2 :]}"
    reading = read("-".join((country, provider, swapped, digit)), "evco-id")
    assert reading.check_digit is not None
    assert reading.check_digit.ok or bare("".join(contract)) in _proposed(reading)


LOOKS_LIKE = {"A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "K": "К", "M": "М"}  # Cyrillic
GREEK = {"A": "Α", "B": "Β", "E": "Ε", "H": "Η", "I": "Ι", "K": "Κ", "M": "Μ", "T": "Τ"}


@pytest.mark.parametrize(
    "letters", [str.maketrans(LOOKS_LIKE), str.maketrans(GREEK)], ids=["Cyrillic", "Greek"]
)
@anything
@given(evse=evse_ids(), contract=contracts(), uid=uids)
def test_letters_of_another_alphabet_are_named_and_latin_ones_offered(
    letters: dict[int, str], evse: str, contract: tuple[str, str, str, str], uid: bytes
) -> None:
    for text in (evse, "*".join(contract), hex_of(uid)):
        foreign = text.translate(letters)
        if foreign == text:
            continue
        reading = read(foreign)
        assert bare(text) in offered(reading)
        assert alphabet_of(next(iter(letters.values()))).lower() in said(reading)


# What is not sent


def _proposed(reading: Reading) -> list[str]:
    return [bare(other.value) for other in reading.alternatives]


def card_number(prefix: str, length: int, seed: int) -> str:
    """A payment card number that fits: prefix, digits, and the check digit of ISO/IEC 7812."""
    rest = random.Random(seed).choices("0123456789", k=length - len(prefix) - 1)
    digits = prefix + "".join(rest)
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(reversed(digits))]
    return digits + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


CARDS = [("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14)]
GROUPS = {
    16: (4, 8, 12),
    15: (4, 10),
    14: (4, 10),
}
FOURS = {16: (4, 8, 12), 15: (4, 8, 12), 14: (4, 8, 12)}


@pytest.mark.parametrize(("prefix", "length"), CARDS)
@anything
@given(
    seed=st.integers(0, 1 << 32),
    separator=st.sampled_from(["", " ", "-", ".", "_", "/", "  ", "\t", "–"]),
)
def test_the_number_of_a_payment_card_is_not_sent_and_not_shown(
    prefix: str, length: int, seed: int, separator: str
) -> None:
    number = card_number(prefix, length, seed)
    cuts = [0, *(FOURS if seed % 2 else GROUPS)[length], length]
    text = separator.join(number[a:b] for a, b in pairwise(cuts))
    for typed in (text, f"card: {text}", f'"{text}"', f"%B{text}^DOE/JOHN^2712"):
        for kind in (None, *ids.KINDS):
            reading = read(typed, kind)
            assert reading.must_not_be_sent
            assert "payment card" in said(reading)
            assert reading.alternatives == ()
            assert number[:8] not in reading.to_send


def iban(country: str, account: str) -> str:
    number = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"


@anything
@given(
    st.sampled_from([("DE", 18), ("NL", 14), ("NO", 11), ("FR", 23), ("GB", 18)]),
    st.data(),
    st.sampled_from(["", " ", "-", ".", "\t", "/", "_"]),
)
def test_an_iban_is_not_sent(country: tuple[str, int], data: st.DataObject, separator: str) -> None:
    account = data.draw(st.text("0123456789", min_size=country[1], max_size=country[1]))
    number = iban(country[0], account)
    groups = (number[n : n + 4] for n in range(0, len(number), 4))
    text = separator.join(groups)
    for typed in (text, text.lower(), f"IBAN: {text}", f"IBAN{text}"):
        reading = read(typed)
        assert "iban" in said(reading)
        assert reading.must_not_be_sent
        assert account not in reading.to_send


@pytest.mark.parametrize(
    "secret",
    [
        "3F1C9A52-7B0E-4D6A-9C31-5E8F2A7D4B60",
        "9d2f6c1ab47e3f508c6b1e9a2d70f3c4",
        "key=a39ff3fb-1c7e-4d0e-7c88",
        "Authorization: key=a39ff3fb1c7e4d0e",
        "Bearer abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "QmFzZTY0LXVybC1zYWZl_9k",
        "01HZX3T5V9K2M4N6P8Q0R2S4T6",
        "9D2F-6C1A-B47E-3F50-8C6B-1E9A-2D70-F3C4",
        "3F1C9A52 7B0E 4D6A 9C31 5E8F2A7D4B60",
        "9d2f6c1ab47e3f508c6b1e9a2d70f3c",
        "a39ff3fb-1c7e-4d0e-a7c8-8a6f0e6f0b1",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "client_secret=Zk3xQ9",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_key_is_not_sent_and_not_shown(secret: str) -> None:
    for kind in (None, *ids.KINDS):
        reading = read(secret, kind)
        assert reading.must_not_be_sent
        assert reading.alternatives == ()
        assert secret[:12] not in f"{reading.to_send}{reading.normal}{said(reading)}"


@anything
@given(uids, evse_ids(), contracts())
def test_an_identifier_is_never_taken_for_a_secret(
    uid: bytes, evse: str, contract: tuple[str, str, str, str]
) -> None:
    for text in (uid.hex(), hex_of(uid), uid.hex(" "), evse, evse.replace("*", ""), evse.lower()):
        assert "key" not in (ids.never_send(text) or "").lower()
    assert "key" not in (ids.never_send("".join(contract)) or "").lower()


@pytest.mark.parametrize(
    "unit", ["04523022AA4881", " ", "*", "(", "a=", "4111 ", "DE*8PS*E", "\\*"]
)
def test_a_pasted_megabyte_is_refused_in_one_sentence(unit: str) -> None:
    reading = read(unit * (1_000_000 // len(unit)))
    assert reading.must_not_be_sent
    assert len(reading.to_send) <= ids.LONGEST
    longest = read((unit * MOST_READ)[:MOST_READ])
    assert not longest.valid
