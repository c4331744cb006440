"""The identifier in a pasted text: without quotes, labels and links, or found among other words.

The text around an identifier does not change it: `UID: (04 52 30 22 AA 48 81)` is a UID. What is
removed is listed in words. The time for each function grows linearly with the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import unquote

from console.oioi.identifiers import grammar
from console.oioi.identifiers.cleanup import clean
from console.oioi.identifiers.contract import contract_form, verifies
from console.oioi.identifiers.countries import is_country
from console.oioi.identifiers.uid_writing import is_uid
from console.oioi.language import tr

_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "”": "”", "‘": "’", "‚": "‘", "’": "’"}
_PAIRS |= {"«": "»", "»": "«", "(": ")", "[": "]", "{": "}", "<": ">", "|": "|"}
_ENDS = ",;.:|\\"
_OPENING = tuple("([{<")
_IN_FRONT = r"[<>=#~!?]+ +|[0-9]{1,4}[.):] +"  # of a trace, of a numbered list
_NOTE = r"(?<=.)(?:\([^(]*\)|(?<= )\[[^\[]*\])$"
_BRACKETED = r"[(\[{'\"]([^()\[\]{}'\"]+)['\")\]}]+"

_JSON_ESCAPE = r"\\U([0-9A-F]{4})"
_MARKDOWN_ESCAPE = r"\\([^0-9A-Z\s])"
_LABELS = """
UID NUID CUID RFID NFC NFCID NFCID1 CSN CARD CARDS CARDID CARDUID TAG TAGID IDTAG ID CHIP
BADGE KEYFOB TRANSPONDER SERIAL SN NUMBER NR NUMMER HEX DEC DECIMAL IDENTIFIER VALUE
EVSE EVSEID EVCO EVCOID EMAID EMA CONTRACT CONTRACTID CONNECTOR CONNECTORID STATION OUTLET
CHARGEPOINT CHARGER KARTE KARTENNUMMER KARTENNR LADEKARTE VERTRAG VERTRAGSNUMMER LADEPUNKT
"""
_LABEL_WORDS = frozenset(_LABELS.split())
_LONGEST_LABEL = 40
_MOST_LAYERS = 12
_JOINING = {"AND", "UND", "OR", "ODER", "ET", "EN", "_"}

_ID_SEPARATORS = ("*", "-", "_")
_NOT_WITHIN = r"(?<![^\W_])(?<![^\W_][*_-])"
_IDENTIFIER = rf"""(?x)
    {_NOT_WITHIN}[A-Z]{{2}}([*_-])[A-Z0-9]{{3}}\1(?:
        E[A-Z0-9*_-]{{0,40}}[A-Z0-9]
        | (?:[A-Z0-9]{{6}}|[A-Z0-9]{{9}})(?:\1[0-9A-Z])? )(?![*_-]?[^\W_])
  | {_NOT_WITHIN}(?<!\+)\+?[0-9]{{1,3}}\*[0-9]{{3,6}}\*[0-9*]{{0,31}}[0-9](?!\*?[^\W_])
  | {_NOT_WITHIN}(?:0X)?[0-9A-F]{{2}}(:|-|[ ]{{1,2}})(?:0X)?[0-9A-F]{{2}}
        (?:\2(?:0X)?[0-9A-F]{{2}}){{2,8}}(?![^\W_])(?!\2[0-9A-F]{{2}}(?![^\W_]))
  | {_NOT_WITHIN}(?:0X)?(?:[0-9A-F]{{20}}|[0-9A-F]{{14}}|[0-9A-F]{{8}})(?![*_-]?[^\W_]|@)
  | {_NOT_WITHIN}[0-9]{{9,17}}(?![*_-]?[^\W_]|[.,][0-9]|@)
  | {_NOT_WITHIN}[A-Z]{{2}}[A-Z0-9]{{5,34}}(?![*_-]?[^\W_]|@)
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A pasted text: as typed, the identifier in it cleaned, and the changes, in words."""

    text: str
    cleaned: str
    changes: tuple[str, ...]
    extracted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The identifiers in a longer text, each once.

    `sure`: they can hardly be anything else; eight decimal digits may also be a date. `rest`: the
    text around them. Decimal numbers of unusual length count only if there are no words around.
    """

    identifiers: tuple[str, ...]
    sure: bool
    rest: str

    @property
    def alone(self) -> bool:
        """Whether there are only separators around them."""
        return set(re.findall(r"\w+", self.rest)) <= _JOINING

    @property
    def amid_words(self) -> bool:
        """Whether there are words around them, not just the missing part of an identifier."""
        return re.search("[A-Z]{3,}|[=/?]", self.rest) is not None


def peelings(source: Source) -> Iterator[Source]:
    """The text after removing each layer in turn: quotes, brackets, labels, escapes of links."""
    for _ in range(_MOST_LAYERS):
        if not (peeled := _peeled(source.cleaned)):
            return
        cleaned, words = peeled
        changes = source.changes if words in source.changes else (*source.changes, words)
        source = replace(source, cleaned=cleaned, changes=changes)
        yield source


def _peeled(text: str) -> tuple[str, str] | None:
    """`text` without one layer, and the change in words; None if it has no layer."""
    if "%" in text and (decoded := unquote(text)) != text and _is_text(decoded):
        return clean(decoded)[0], tr("the escapes of a link were resolved")
    if "\\U" in text and (plain := re.sub(_JSON_ESCAPE, _char, text)) != text and _is_text(plain):
        return clean(plain)[0], tr("the escapes of JSON were resolved")
    if "\\" in text and (plain := re.sub(_MARKDOWN_ESCAPE, r"\1", text)) != text:
        return plain, tr("Markdown escapes were resolved")
    if "&" in text and (plain := unescape(text.lower())) != text.lower():
        return clean(plain)[0], tr("HTML escapes were resolved")
    if text.startswith(('="', "='")):
        return text[1:], tr("a spreadsheet's = was removed")
    if len(text) > 1 and _is_pair(text):
        return text[1:-1].strip(), tr("quotes or brackets around it were removed")
    if bare := text.strip("*_ ") if text[:2] in ("**", "__") else "":
        return bare, tr("Markdown around it was removed")
    if (bare := text.rstrip(_ENDS).rstrip()) != text and bare:
        return bare, tr("a sign at the end was removed")
    if text.startswith("'") and text.count("'") == 1:
        return text[1:].strip(), tr("a spreadsheet's apostrophe was removed")
    if in_front := re.match(_IN_FRONT, text):
        return text[in_front.end() :], tr("the sign or the number in front was removed")
    if text[:1] in _OPENING and _PAIRS[text[0]] not in text:
        return text[1:].strip(), tr("a bracket left open was removed")
    return _without_label(text) or _within_brackets(text)


def _char(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _is_text(decoded: str) -> bool:
    """Whether the escapes of a link were characters, and not the bytes of a card."""
    return decoded.isprintable() and "\ufffd" not in decoded


def _is_pair(text: str) -> bool:
    """Whether a text is in one pair of quotes or brackets, unlike `'first', 'second'`."""
    return _PAIRS.get(text[0]) == text[-1] and text[-1] not in text[1:-1]


def _without_label(text: str) -> tuple[str, str] | None:
    """`UID: 04…`, `Card UID = 04…`, `ID 04…` without the label; None without a label."""
    if "://" in text or "?" in text:
        return None  # the parts of a link are not labels
    head = re.match(rf"[^:=\n]{{1,{_LONGEST_LABEL}}}[:=]+", text)
    if head and _is_label(head[0].rstrip(":=")):
        return text[head.end() :].strip(), tr("the label in front was removed")
    label, _, rest = text.partition("_")
    if label in _LABEL_WORDS and len(label) > 2:
        return rest, tr("the label in front was removed")
    words = re.split(r"[ \r\n]+", text)
    count = next((n for n, word in enumerate(words) if not _is_label_word(word)), 0)
    rest = " ".join(words[count:]).strip()
    is_country = count == 1 and len(words[0]) == 2 and len(words[1]) == 3  # ID, SN, NR 123 …
    if count and rest and not is_country:
        return rest, tr("the label in front was removed")
    return None


def _is_label_word(word: str) -> bool:
    """Whether a word is part of a label. `No.` is; NO is Norway."""
    return word.strip(".#:-") in _LABEL_WORDS or word in ("NO.", "NO:", "NO.:", "N°", "Nº", "№")


def _is_label(head: str) -> bool:
    """Whether these words are a label, and not the beginning of the number."""
    words = re.findall(r"[^\W_]+", head)
    if find(head).identifiers:
        return False  # `UID: 04… UID: 05…`: two of them
    if any(word in _LABEL_WORDS for word in words):
        return True
    is_text = bool(words) and all(word.isalpha() for word in words)
    return is_text and len("".join(words)) > 3 and not grammar.is_hex("".join(words))


def _within_brackets(text: str) -> tuple[str, str] | None:
    """`04… (blue)` without its note; the inside of `bytes.fromhex('04…')` or `uid[] = {4, 82}`."""
    inner = re.search(rf"{_BRACKETED}$", text)
    if inner and inner.start() and not find(text[: inner.start()]).identifiers:
        bare = inner[1].strip()
        if is_uid(bare) or find(bare).identifiers:
            return bare, tr("what stood around the brackets was removed")
    if (note := re.search(_NOTE, text)) and not find(note[0]).identifiers:
        return text[: note.start()].strip(), tr("the note in brackets behind was removed")
    return None


def find(cleaned: str) -> Found:
    """The identifiers in a longer text, in their order."""
    sure: list[str] = []
    doubtful: list[str] = []
    every: list[str] = []
    rest: list[str] = []
    end = 0
    in_link = "/" in cleaned or "?" in cleaned
    for match in re.finditer(_IDENTIFIER, cleaned):
        identifier = _spelled(match[0], in_link=in_link)
        if not identifier:
            continue
        rest.append(cleaned[end : match.start()])
        end = match.end()
        every.append(identifier)
        if not identifier.isdecimal() or len(identifier) in (8, 14, 20):
            (doubtful if _is_doubtful(identifier) else sure).append(identifier)
    rest.append(cleaned[end:])
    found = Found(tuple(dict.fromkeys(sure or doubtful)), bool(sure), " ".join(rest))
    return Found(tuple(dict.fromkeys(every)), True, found.rest) if found.alone else found


def run_together(cleaned: str) -> tuple[str, str] | None:
    """The two identifiers in a text that has nothing between them; None if it is not two.

    If several cuts are possible, the one with the most correct check digits is chosen.
    """
    if not 16 <= len(cleaned) <= 80:
        return None
    cuts = []
    for place in range(7, len(cleaned) - 6):
        if is_country(cleaned[place : place + 2]) or len(cleaned) - place == 14:
            first, second = cleaned[:place].rstrip("*-"), cleaned[place:]
            if _is_whole(second) and _is_whole(first):
                cuts.append((first, second))
    return max(cuts, key=lambda pair: sum(map(_is_verified, pair)), default=None)


def _is_verified(text: str) -> bool:
    return verifies(re.sub("[*-]", "", text))


def in_parts(cleaned: str) -> bool:
    """Whether the whole text is one ID with other signs for its stars: `ES#IBE#E12A34B5`."""
    starred = re.sub(r"[\W_]+", "*", cleaned)
    in_places = " " not in cleaned and starred[2:3] == starred[6:7] == "*"
    return in_places and (grammar.matches_evse(starred) or contract_form(starred) is not None)


def _is_whole(text: str) -> bool:
    """Whether a part of a longer text is certainly an identifier."""
    if not text[:2].isalpha() or not is_country(text[:2]):
        return is_uid(text) and len(text) == 14 and not text.isdecimal()
    if _is_verified(text) and grammar.matches_evco(text):
        return True
    if text[2] in "*-" and text[6:7] == text[2]:
        return contract_form(text) is not None or grammar.matches_evse(text)
    return "*" not in text and grammar.matches_evse(text) and _is_compact_evse(text)


def _spelled(match: str, *, in_link: bool) -> str:
    """A match, spelled as an identifier; empty if it is not an identifier."""
    separator = match[2:3] if match[2:3] in _ID_SEPARATORS else ""
    if separator == "_":
        match = match.replace("_", "*")
    if separator in ("-", "_") and match[7:8] == "E" and in_link:
        starred = match.replace("-", "*")
        if grammar.matches_evse(starred) and not grammar.matches_evco(match):
            return starred
    if (
        is_uid(match)
        or match.isdecimal()
        or verifies(match)
        or (separator and contract_form(match))
    ):
        return match
    is_evse = grammar.matches_evse(match) and ("*" in match or _is_compact_evse(match))
    return match if is_evse else ""


def _is_compact_evse(text: str) -> bool:
    return is_country(text[:2]) and any(map(str.isdigit, text[6:]))


def _is_doubtful(identifier: str) -> bool:
    """Whether it may be a date or another number, or a word with a number (`MOBILE12`)."""
    if identifier.isdecimal():
        return len(identifier) != 20
    if is_uid(identifier) or verifies(identifier):
        return False
    return identifier[:6].isalpha() and re.search("[0-9]{5}", identifier) is None
