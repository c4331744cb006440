"""EVCO IDs, EVSE IDs, card UIDs and keys, as they are typed, scanned and pasted."""

import json
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.oioi import identifiers as ids
from console.oioi.identifiers import Level, read, read_evco, read_evse, read_uid
from console.oioi.identifiers.contract import check_digit_of, verifies

VECTORS = json.loads((Path(__file__).parent / "data" / "identifiers.json").read_text("utf-8"))
CHARACTERS = digits + ascii_uppercase

anything = settings(deadline=None, database=None)
codes = st.text(CHARACTERS, min_size=11, max_size=11)
cores = st.text(CHARACTERS, min_size=14, max_size=14)
uids = st.integers(1, 10).flatmap(lambda n: st.binary(min_size=n, max_size=n)).map(bytes.hex)


def vectors(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("text", VECTORS[name])


def said(reading: ids.Reading) -> str:
    return " / ".join(advice.text for advice in reading.advice)


def offered(reading: ids.Reading) -> list[str]:
    return [alternative.value for alternative in reading.alternatives]


# The grammars, on the text as it stands


@vectors("evco_oioi_match")
def test_the_oioi_grammar_accepts_its_contracts(text: str) -> None:
    assert ids.matches_oioi_evco(text)
    assert read_evco(text).valid


@vectors("evco_oioi_nomatch")
def test_the_oioi_grammar_refuses_everything_else(text: str) -> None:
    assert not ids.matches_oioi_evco(text)


@vectors("iso_match")
def test_the_iso_grammar_accepts_its_contracts(text: str) -> None:
    assert ids.matches_iso_evco(text)
    assert read_evco(text).valid
    assert read_evco(text).form in ("iso", "emi3")


@vectors("iso_nomatch")
def test_the_iso_grammar_refuses_everything_else(text: str) -> None:
    assert not ids.matches_iso_evco(text)


@vectors("evse_oioi_match")
def test_the_oioi_grammar_accepts_its_evse_ids(text: str) -> None:
    assert ids.matches_evse_oioi(text)
    assert (read_evse(text).valid, read_evse(text).form) == (True, "oioi")


@vectors("evse_oioi_nomatch")
def test_the_oioi_grammar_refuses_other_evse_ids(text: str) -> None:
    assert not ids.matches_evse_oioi(text)


@vectors("evse_din_match")
def test_the_din_grammar_accepts_its_evse_ids(text: str) -> None:
    assert ids.matches_evse_din(text)
    assert (read_evse(text).valid, read_evse(text).form) == (True, "din")


@vectors("evse_din_nomatch")
def test_the_din_grammar_refuses_other_evse_ids(text: str) -> None:
    assert not ids.matches_evse_din(text)
    assert not read_evse(text).valid


@vectors("rfid_match")
def test_a_uid_of_4_7_or_10_bytes_is_valid_and_sent_unchanged(text: str) -> None:
    assert ids.matches_uid(text)
    assert (read_uid(text).valid, read_uid(text).to_send) == (True, text)


@vectors("rfid_nomatch")
def test_the_uid_grammar_refuses_everything_else(text: str) -> None:
    assert not ids.matches_uid(text)


# Check digits


@vectors("din_valid")
def test_a_din_contract_seen_in_the_field_verifies_and_gets_no_warning(text: str) -> None:
    reading = read_evco(text)
    assert reading.check_digit is not None
    assert reading.check_digit.ok
    assert (reading.form, reading.level) == ("din", Level.OK)


@vectors("iso_valid")
def test_an_iso_contract_seen_in_the_field_verifies(text: str) -> None:
    reading = read_evco(text)
    assert reading.check_digit is not None
    assert reading.check_digit.ok


@pytest.mark.parametrize(
    "row", VECTORS["din_format_ok_check_wrong"] + VECTORS["iso_format_ok_check_wrong"]
)
def test_a_wrong_check_digit_is_named_but_no_reason_to_refuse(row: dict[str, str]) -> None:
    reading = read_evco(row["id"])
    check = reading.check_digit
    assert check is not None
    assert (check.computed, check.ok, reading.valid) == (row["computed"], False, True)
    assert f"{row['computed']} would" in said(reading)
    assert reading.must_not_be_sent is None


@pytest.mark.parametrize(
    ("text", "computed"), [("DE*8PS*C12345", "1"), ("DE*8PS*C12346", "0"), ("DE8PS9DC4AB", "X")]
)
def test_a_missing_din_digit_is_computed_and_offered(text: str, computed: str) -> None:
    reading = read_evco(text)
    assert reading.check_digit == ids.CheckDigit(None, computed, None)
    assert f"missing; it would be {computed}" in said(reading)
    assert not reading.valid
    completed = next(iter(offered(reading)))
    assert read_evco(completed).valid
    assert ids.compact(completed) == ids.compact(text) + computed


@pytest.mark.parametrize(("text", "computed"), [("DE8ACC12E456L8", "H"), ("NLTNMC00122045", "K")])
def test_an_iso_contract_may_lack_its_check_character(text: str, computed: str) -> None:
    reading = read_evco(text)
    assert reading.check_digit == ids.CheckDigit(None, computed, None)
    assert (reading.valid, reading.level) == (True, Level.NOTE)
    assert text + computed in offered(reading)


def test_the_worked_example_gives_x() -> None:
    assert ids.din_check_digit("DE8PS9DC4AB") == ids.din_check_digit("de8ps9dc4ab") == "X"


@pytest.mark.parametrize("core", ["", "DE8PS9DC4A", "DE8PS9DC4ABX", "DE*8PS9DC4A", "DE8PS9DC4Aß"])
def test_a_din_core_of_another_shape_is_an_error(core: str) -> None:
    with pytest.raises(ValueError, match="eleven"):
        ids.din_check_digit(core)


@pytest.mark.parametrize("core", ["", "NLTNM00012204", "NLTNM000122045U", "NLTNM00012204Ö"])
def test_an_iso_core_of_another_shape_is_an_error(core: str) -> None:
    with pytest.raises(ValueError, match="fourteen"):
        ids.iso_check_character(core)


@anything
@given(cores, st.integers(0, 13))
def test_the_iso_scheme_catches_every_wrong_character(core: str, place: int) -> None:
    found = {ids.iso_check_character(core[:place] + c + core[place + 1 :]) for c in CHARACTERS}
    assert len(found) == len(CHARACTERS)


@anything
@given(cores)
def test_the_iso_scheme_catches_every_swap_of_neighbours(core: str) -> None:
    right = ids.iso_check_character(core)
    for place, (a, b) in enumerate(pairwise(core)):
        swapped = core[:place] + b + a + core[place + 2 :]
        assert a == b or ids.iso_check_character(swapped) != right


@anything
@given(cores)
def test_the_iso_scheme_catches_every_jump_swap(core: str) -> None:
    right = ids.iso_check_character(core)
    for place in range(12):
        a, b, c = tuple(core[place : place + 3])
        swapped = core[:place] + c + b + a + core[place + 3 :]
        assert a == c or ids.iso_check_character(swapped) != right


@anything
@given(codes, st.integers(0, 10))
def test_the_din_scheme_catches_every_wrong_digit(core: str, place: int) -> None:
    found = {ids.din_check_digit(core[:place] + d + core[place + 1 :]) for d in digits}
    assert len(found) == len(digits)


@anything
@given(codes, st.integers(0, 10))
def test_in_the_din_scheme_letters_fall_into_known_classes(core: str, place: int) -> None:
    classes: dict[str, str] = {}
    for letter in ascii_uppercase:
        check = ids.din_check_digit(core[:place] + letter + core[place + 1 :])
        classes[check] = classes.get(check, "") + letter
    expected = "AP BQU CRV DSW ETX FY GKZ HL IM JN O"
    assert sorted(classes.values()) == expected.split()


def test_check_digits_are_known_only_for_known_forms() -> None:
    assert check_digit_of("DE8PS9DC4ABX1") is None


# Contract IDs: spellings


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("de-8ps-9dc4ab-x", "DE*8PS*9DC4AB*X"),
        ("DE8PS9DC4ABX", "DE*8PS*9DC4AB*X"),
        ("nltnmc00122045k", "NL-TNM-C00122045-K"),
        ("DE8ACC12E456L8", "DE-8AC-C12E456L8"),
        ("DE*8AA*CA2B3C4D5*L", "DE-8AA-CA2B3C4D5-L"),
    ],
)
def test_din_is_shown_with_stars_and_iso_with_hyphens(text: str, normal: str) -> None:
    assert read_evco(text).normal == normal


def test_a_contract_is_sent_in_its_owners_spelling() -> None:
    """SteVe makes another customer of another spelling."""
    assert read_evco(" nl-tnm-012204-5\n").to_send == "NL-TNM-012204-5"
    assert read_evco("DE8PS9DC4ABX").to_send == "DE8PS9DC4ABX"


@pytest.mark.parametrize(("text", "tag"), VECTORS["steve_tag"])
def test_a_steve_tag_comes_from_the_exact_spelling(text: str, tag: str) -> None:
    assert ids.steve_tag(text) == tag


def test_one_contract_has_three_spellings() -> None:
    din, emi3, iso = "NL-TNM-012204-5", "NL-TNM-C00122045-K", "NL-TNM-000122045-U"
    assert offered(read_evco(din)) == [emi3, iso]
    assert offered(read_evco(emi3)) == ["NL*TNM*012204*5", iso]
    assert offered(read_evco(iso)) == ["NL*TNM*012204*5", emi3]


def test_an_iso_contract_that_was_never_din_has_no_din_spelling() -> None:
    assert offered(read_evco("DE-8AA-CA2B3C4D5-L")) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NL-TNM-O12204-5", "NL-TNM-012204-5"),
        ("NL-TNM-012240-5", "NL-TNM-012204-5"),
        ("DE-8AA-CA2B3C4D5-I", None),
        ("GB-TWK-O12345678-V", "GB-TWK-012345678-V"),
        ("NL-TST-C21345678-S", "NL-TST-C12345678-S"),
        ("N1-TNM-012204-5", None),
    ],
)
def test_a_single_slip_is_offered_only_when_the_digit_then_verifies(
    typed: str, meant: str | None
) -> None:
    reading = read_evco(typed)
    assert reading.to_send == typed
    if meant is None:
        assert not any(verifies(ids.compact(value)) for value in offered(reading))
    else:
        assert meant in offered(reading)
        assert "mistaken or swapped" in said(reading)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [("DE*8EO*Aet5e4*3", "ED8EOAET5E43"), ("DE*8P5*9DC4AB*X", "DE8PS9DC4ABX")],
)
def test_a_slip_never_leads_into_another_country_or_to_another_provider(
    text: str, elsewhere: str
) -> None:
    assert verifies(elsewhere)
    proposed = [ids.compact(value) for value in offered(read_evco(text))]
    assert all(value.startswith(ids.compact(text)[:5]) for value in proposed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DE*8PS-9DC4AB*X", "mixed"),
        ("DE*8AA*CA2B3C4D5*L", "hyphens, not with stars"),
        ("NLTNM000122045-U", "not where they belong"),
        ("DE**8PS*9DC4AB*X", "not where they belong"),
        ("DE*8PS*9DC4AB*A", "a digit or X"),
        ("NN123ABCDEFGHIT", "NN is not a country code"),
        ("NL-TNM-C00122045-K", "Newer format"),
        ("DE-8AC-C12E456L89-Y", "Unknown contract format"),
        ("DE*8PS*9DC4ÄB*X", "contains “Ä”"),
        ("DE 8PS 9DC4AB X", "contains a blank"),
        ("DE*8P*9DC4AB*X", "Parts of 2-2-6-1"),
        ("04523022AA4881", "looks like a card number"),
        ("04:52:30:22:AA:48:81", "looks like a card number"),
        ("DE*8PS*E123456", "looks like a station ID"),
        ("DE-8PS-E123456", "looks like a station ID"),
        ("+49*810*000*438", "looks like a station ID"),
        ("4D9BF7E244BECC0", "tag SteVe makes"),
        ("max@example.com", "looks like a user name"),
        ("", "Nothing was entered"),
    ],
)
def test_a_contract_field_says_what_is_odd(text: str, words: str) -> None:
    assert words in said(read_evco(text))


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("DE 8PS 9DC4AB X", "DE*8PS*9DC4AB*X"),
        ("NL_TNM_000122045_U", "NL-TNM-000122045-U"),
        ("DE**8PS*9DC4AB*X", "DE*8PS*9DC4AB*X"),
        ("NLTNM000122045-U", "NL-TNM-000122045-U"),
        ("DE*8AA*CA2B3C4D5*L", "DE-8AA-CA2B3C4D5-L"),
        ("DE-8PS-E123456", "DE*8PS*E123456"),
    ],
)
def test_a_contract_with_odd_separators_is_offered_with_the_right_ones(
    text: str, spelling: str
) -> None:
    assert spelling in offered(read_evco(text))


def test_a_text_with_fields_of_other_lengths_is_not_pressed_into_a_contract() -> None:
    assert read_evco("X-aargh-131331234").form is None
    assert read_evco("NL-T|M-000122045-U").alternatives == ()


def test_contracts_are_compared_without_separators_and_case() -> None:
    assert ids.compact("de*8ps*9dc4ab*x") == ids.compact("DE-8PS-9DC4AB-X") == "DE8PS9DC4ABX"


# EVSE IDs


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("DE*AB7*E840*6487", "deab7e8406487", True),
        ("DE*AB7*E1*23", "DE*AB7*E12*3", True),
        ("+49*810*000*438", "49*810*000*438", True),
        ("+49*810*000*438", "49*810*0004*38", False),
        ("DE*AB7*E840*6487", "DE*AB7*E840*6488", False),
        ("DE*AB7*E840*6487", "DE-AB7-E840-6487", True),
        ("DE*AB7*E840*6487", "de ab7 e840 6487", True),
        ("+49*810*000*438", "0049*810*000*438", True),
        ("+49*810*000*438", "+49-810-000-438", True),
        ("1356", "1356 ", True),
        ("1-2", "12", False),  # numbers of connectors, where a server has no EVSE IDs
        ("", "", False),
    ],
)
def test_evse_ids_that_differ_only_in_spelling_are_proposed_as_one(
    a: str, b: str, same: bool
) -> None:
    assert ids.same_evse(a, b) is ids.same_evse(b, a) is same


def test_an_evse_id_is_sent_as_written_but_in_capitals() -> None:
    reading = read_evse("de*8ps*e12*3 ")
    assert reading.to_send == reading.normal == "DE*8PS*E12*3"
    assert "must be a capital" in said(reading)
    assert "must be a capital" not in said(read_evse("nl*tnm*E840*6487"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1356", "Only digits"),
        ("+49*810*000*438", "Older German form"),
        ("DE*TNM*ETWL*HEDWIGLAUDIENRING*LS12001*0", "31 characters after the E"),
        ("NN*8PS*E123", "NN is not a country code"),
        ("DE-8PS-9DC4AB-X", "looks like a contract ID"),
        ("DE*8PS*9DC4AB*X", "looks like a contract ID"),
        ("04523022AA4881", "looks like a card number"),
        ("DE*8PS*E12_34", "Unknown station ID format"),
        ("DE8PSE123453", "also reads as a contract ID"),
        ("  ", "Nothing was entered"),
    ],
)
def test_a_station_field_says_what_is_odd(text: str, words: str) -> None:
    assert words in said(read_evse(text))


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("DE-8PS-E123456", ["DE*8PS*E123456"]),
        ("DE**8PS*E1", ["DE*8PS*E1"]),
        ("DE*8PS*E12 34", ["DE*8PS*E1234", "DE*8PS*E12*34"]),
        ("DE*123*1234567", ["DE*123*E1234567"]),
        ("DEAB7E8406487", ["DE*AB7*E8406487"]),
        ("0049*810*1", ["+49*810*1"]),
        ("49 810 000 438", ["49*810*000*438"]),
        ("DE-8PS-9DC4AB-X", []),
        ("DE*8PS*E", []),
    ],
)
def test_an_evse_id_in_no_known_form_is_offered_in_one(text: str, spellings: list[str]) -> None:
    assert offered(read_evse(text)) == spellings


# UIDs


@pytest.mark.parametrize(("typed", "normal"), VECTORS["rfid_normalise"])
def test_a_uid_is_sent_in_capitals_with_zeros_in_front(typed: str, normal: str) -> None:
    reading = read_uid(typed)
    assert reading.normal == reading.to_send == ids.pad_uid(typed) == normal


@pytest.mark.parametrize("text", ["123456", "1234567", "123456789A", "E004015012345678"])
def test_a_uid_that_lacks_its_zeros_is_not_valid_as_it_stands_but_can_be_sent(text: str) -> None:
    reading = read_uid(text)
    assert not reading.valid
    assert ids.matches_uid(reading.to_send)
    assert reading.to_send in said(reading)


@pytest.mark.parametrize(("read_by_card", "reversed_bytes"), VECTORS["rfid_reverse"])
def test_a_uid_read_backwards_is_offered_forwards(read_by_card: str, reversed_bytes: str) -> None:
    assert ids.reverse_bytes(read_by_card) == reversed_bytes
    assert reversed_bytes in offered(read_uid(read_by_card))


def test_a_short_uid_is_reversed_before_it_is_padded() -> None:
    assert offered(read_uid("123456"))[0] == "00563412"
    assert offered(read_uid("00123456"))[0] == "00563412"


@anything
@given(uids)
def test_reversing_a_uid_twice_gives_it_back(uid: str) -> None:
    assert ids.reverse_bytes(ids.reverse_bytes(uid)) == uid.upper()


@anything
@given(uids)
def test_padding_keeps_the_number_and_gives_a_valid_uid(uid: str) -> None:
    padded = ids.pad_uid(uid)
    assert ids.matches_uid(padded)
    assert int(padded, 16) == int(uid, 16)


@pytest.mark.parametrize("text", ["", "AFFH1768", "DE*8PS*9DC4AB*X"])
def test_only_hex_digits_are_reversed_or_padded(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        ids.reverse_bytes(text)
    with pytest.raises(ValueError, match="hexadecimal"):
        ids.pad_uid(text)


def test_more_than_ten_bytes_are_no_uid() -> None:
    thirteen = "04523022AA488104523022AA48"
    with pytest.raises(ValueError, match="at most 20"):
        ids.pad_uid(thirteen)
    assert "26 digits" in said(read_uid(thirteen))
    assert read_uid(thirteen).to_send == thirteen


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8148AA22305204", "Ends in 04"),
        ("880477BD", "Begins with 88"),
        ("08A1B2C3", "Begins with 08"),
        ("00000000", "the reader failed"),
        ("FFFFFFFF", "the reader failed"),
        ("12345678", "sample number"),
        ("5C037451", "two customers can share one"),
        ("12345678000000", "padded on the wrong side"),
        ("04523022AA4881000000", "padded on the wrong side"),
        ("E004015012345678", "ISO 15693 card"),
        ("78563412500104E0", "bytes look reversed"),
        ("0078193706", "printed in decimal"),
        ("1234567", "odd number of digits"),
        ("123456", "3 bytes"),
        ("4D9BF7E244BECC0", "SteVe's tag"),
        ("AFFH1768", "Not hexadecimal"),
        ("NL-TNM-012204-5", "looks like a contract ID"),
        ("DE-8AA-123A56-3", "looks like a contract ID"),
        ("DE8AA123A563", "shape of a contract ID"),
        ("DE*8PS*E123456", "looks like a station ID"),
        ("", "Nothing was entered"),
    ],
)
def test_a_card_field_says_what_is_odd(text: str, words: str) -> None:
    assert words in said(read_uid(text))


@pytest.mark.parametrize("text", ["04523022AA4881", "0477BD22AA4880", "0477BD22AA4AAA"])
def test_the_documented_test_cards_raise_no_eyebrow(text: str) -> None:
    assert read_uid(text).advice == ()


@pytest.mark.parametrize(
    ("text", "spelling", "why"),
    [
        ("0078193706", "04A9242A", "decimal"),
        ("0078193706", "2A24A904", "decimal"),
        ("12345678000000", "12345678", "at its end"),
        ("04523022AA4881000000", "04523022AA4881", "at its end"),
        ("00123456", "123456", "without zeros"),
        ("12345678", "00000012345678", "7 bytes"),
        ("0452O022AA4881", "04520022AA4881", "look like"),
    ],
)
def test_a_uid_is_offered_as_it_may_have_been_meant(text: str, spelling: str, why: str) -> None:
    reasons = {alternative.value: alternative.why for alternative in read_uid(text).alternatives}
    assert why in reasons[spelling]


def test_two_uids_on_two_lines_do_not_become_one() -> None:
    assert read_uid("AABBCCDD\n11223344").must_not_be_sent is not None


# Clean-up


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("  DE*8PS*9DC4AB*X\r\n", "blanks at the ends"),
        ("\ufeffDE*8PS\u200b*9DC4AB*X", "invisible"),
        ("DE∗8PS×9DC4AB·X", "stars"),
        ("DE*8PS＊9DC4AB*X", "stars"),
        ("ＤＥ*8PS*９DC4AB*X", "full-width"),
        ("de*8ps*9dc4ab*x", "capitals"),
    ],
)
def test_pasted_junk_is_understood_and_named(pasted: str, words: str) -> None:
    reading = read_evco(pasted)
    assert reading.cleaned == "DE*8PS*9DC4AB*X"
    assert [words in change for change in reading.changes] == [True]


@pytest.mark.parametrize("dash", "‐‑‒–—―−")
def test_every_typographic_dash_is_a_hyphen(dash: str) -> None:
    assert ids.clean(f"NL{dash}TNM{dash}012204{dash}5")[0] == "NL-TNM-012204-5"


def test_look_alike_letters_are_not_swapped_behind_ones_back() -> None:
    assert ids.clean("O0I1B8S5ßı٩") == ("O0I1B8S5ßı٩", ())


@anything
@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    cleaned, _ = ids.clean(text)
    assert ids.clean(cleaned) == (cleaned, ())


# Whatever is typed


@anything
@given(
    st.one_of(
        st.text(),
        st.text(st.sampled_from("DE8PSX0O*-: +.x\n\x00\ud800é٩"), max_size=24),
        st.from_regex(r"[A-Z]{2}[*-]?[A-Z0-9]{3}[*-]?[A-Z0-9]{6,9}[*-]?[0-9X]?", fullmatch=True),
        uids,
    ),
    st.sampled_from([None, *ids.KINDS]),
)
def test_any_text_is_read_without_an_error(text: str, kind: str | None) -> None:
    reading = read(text, kind)
    assert reading.input == text
    assert all(0 < len(advice.text) <= 76 for advice in reading.advice)
    assert len(set(offered(reading))) == len(reading.alternatives)
    assert reading.to_send not in offered(reading)
    if reading.must_not_be_sent is None:
        json.dumps(ids.reading_json(reading)).encode()
        assert reading.to_send.encode()


@pytest.mark.parametrize(
    "text", sorted({t for v in VECTORS.values() for t in v if isinstance(t, str)})
)
def test_a_hint_fits_under_a_form_field(text: str) -> None:
    for kind in (None, *ids.KINDS):
        assert all(len(advice.text) <= 76 for advice in read(text, kind).advice)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "DE*8PS\x009DC4AB", "A\u2028B", "\ud800"])
@pytest.mark.parametrize("kind", [None, *ids.KINDS])
def test_only_empty_values_and_control_characters_must_not_be_sent(
    text: str, kind: str | None
) -> None:
    reading = read(text, kind)
    assert reading.must_not_be_sent
    assert reading.must_not_be_sent in said(reading)
    assert not reading.valid


@pytest.mark.parametrize("text", ["1", "?", "DE|8PS", "ÄÖÜ", "a b", "🔌"])
@pytest.mark.parametrize("kind", [None, *ids.KINDS])
def test_a_value_that_only_looks_odd_can_be_sent(text: str, kind: str | None) -> None:
    assert read(text, kind).must_not_be_sent is None


# Which kind it is


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DE*8PS*9DC4AB*X", "evco-id"),
        ("NL-TNM-000122045-U", "evco-id"),
        ("DE*8PS*123456*7", "evco-id"),
        ("DE*8PS*C12345", "evco-id"),
        ("DE*8PS*E123456", "evse-id"),
        ("DE8PSE123456", "evse-id"),
        ("DE8PSE123453", "evco-id"),
        ("+49*810*000*438", "evse-id"),
        ("04:52:30:22:aa:48:81", "uid"),
        ("0x04, 0x52, 0x30, 0x22", "uid"),
        ("ABCDEFAB123456", "uid"),
        ("AB-CDE-FAB123456", "evco-id"),
        ("E004015012345678", "uid"),
        ("123456", "uid"),
        ("1356", "unknown"),
        ("49 810 000 438", "unknown"),
        ("X-aargh-131331234", "unknown"),
        ("max@example.com", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_kind_is_found_from_the_grammar_that_fits(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("DE8PSE123456", "a contract ID"),
        ("DE8PSE123453", "a station ID"),
        ("ABCDEFAB123456", "a contract ID"),
    ],
)
def test_where_several_kinds_fit_the_others_are_named(text: str, others: str) -> None:
    assert f"also has the shape of {others}" in said(read(text))


def test_what_is_nothing_as_it_stands_is_offered_as_what_it_may_be() -> None:
    assert offered(read("DE 8PS 9DC4AB X")) == ["DE*8PS*9DC4AB*X"]
    assert offered(read("49 810 000 438")) == ["49*810*000*438"]
    assert offered(read("0452O022AA4881")) == ["04520022AA4881"]


def test_a_kind_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="evco-id, evse-id, uid"):
        read("1", "rfid")


def test_the_json_of_a_reading_keeps_its_member_names() -> None:
    assert ids.reading_json(read("nl-tnm-012204-6 ", "evco-id")) == {
        "input": "nl-tnm-012204-6 ",
        "kind": "evco-id",
        "form": "din",
        "normal": "NL*TNM*012204*6",
        "valid": True,
        "check_digit": {"given": "6", "computed": "5", "ok": False},
        "advice": [
            "Check digit 6 does not fit, 5 would: read it again.",
            "Some partners issue IDs whose check digit is wrong; it may be sent.",
        ],
        "alternatives": [],
    }
    assert ids.reading_json(read("CAFEBABE"))["check_digit"] is None


# Secrets


@pytest.mark.parametrize(
    "text",
    [
        "123456-123456-abcdef-abc123-456def",
        "x9iujs7y5kslISuqw",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "QmFzZTY0LXVybC1zYWZl_9k",
        "k7Jm2pQx9Zr4Ts1V",
        "cpo:berlin/2f1c7a90d4e8",
        "a1b2-c3d4-e5f6-g7h8",
        "partner_9f8e7d6c5b4a3921",
    ],
)
def test_a_plausible_partner_identifier_gets_no_advice(text: str) -> None:
    assert ids.partner_identifier_advice(text, api_key="another", cpo_id="DE*8PS") == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1", "at least 16"),
        ("k7Jm2pQx9Zr4Ts1", "Too short (15)"),
        ("", "empty"),
        (" " * 16, "empty"),
        ("a" * 16, "repeated"),
        ("x9iujs7y5k\nslISuqw", "line break"),
        (" x9iujs7y5kslISuqw", "blanks at its ends"),
        (1234567890123456, "JSON string"),
        (None, "JSON string"),
        ("CONTACT_PLUGSURFING", "placeholder"),
        ("<partner-identifier>", "placeholder"),
        ("DE*8PS", "operator ID"),
        ("our-operator-in-hamburg", "operator ID"),
        ("a39ff3fb-1c7e-4d0e", "API key"),
        ("key=a39ff3fb-1c7e-4d0e", "API key"),
        ("key=something-else-1234", "header"),
    ],
)
def test_a_suspicious_partner_identifier_is_warned_of_and_never_repeated(
    value: object, words: str
) -> None:
    advice = ids.partner_identifier_advice(
        value, api_key="a39ff3fb-1c7e-4d0e", cpo_id="our-operator-in-hamburg"
    )
    assert words in " / ".join(each.text for each in advice)
    assert {each.level for each in advice} == {Level.WARN}
    assert all(len(each.text) <= 76 for each in advice)
    assert not any(len(str(value)) > 6 and str(value) in each.text for each in advice)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("a39F-7c88\r\n", ["line breaks"]),
        ("a39F\n   -7c88", ["line breaks"]),
        (" a39F-7c88\t", ["blanks"]),
        ("\ufeffa39F-7c88", ["invisible"]),
        ('"a39F-7c88",', ["quotes"]),
        ("key=a39F-7c88", ["key="]),
        ("Key = a39F-7c88", ["key="]),
        ("Bearer a39F-7c88", ["Bearer"]),
        ("Authorization: key=a39F-7c88", ["header's name", "key="]),
        ("-H 'Authorization: key=a39F-7c88' \\", ["quotes", "-H", "header's name", "key="]),
        ("export OIOI_API_KEY='a39F-7c88'", ["quotes", "variable"]),
    ],
)
def test_a_pasted_key_is_freed_of_its_wrapping(pasted: str, words: list[str]) -> None:
    key, changes = ids.clean_api_key(pasted)
    assert key == "a39F-7c88"
    assert len(changes) == len(words)
    assert all(word in change for word, change in zip(words, changes, strict=True))


@pytest.mark.parametrize("key", ["a39F-7c88", "monkey=business", "dGVzdA==", "", "Bearer"])
def test_a_bare_key_is_left_alone(key: str) -> None:
    assert ids.clean_api_key(key) == (key, ())


@anything
@given(st.text())
def test_a_freed_key_needs_no_freeing(text: str) -> None:
    key, _ = ids.clean_api_key(text)
    assert ids.clean_api_key(key) == (key, ())
