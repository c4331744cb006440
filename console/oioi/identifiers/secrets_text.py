"""Partner identifiers and API keys: opaque texts, often pasted with something around them.

Advice and changes never repeat the value: both are secrets.
"""

import re
from collections.abc import Iterator

from console.oioi.identifiers.cleanup import without_invisible
from console.oioi.identifiers.reading import Advice, Level, unsendable
from console.oioi.language import mark, tr

MIN_PARTNER_IDENTIFIER = 16
"""Characters. From this length on, the docs consider a partner identifier hard to guess."""

_HEADER_TEXT = r"(?i)authorization\s*:|key\s*=|bearer\s"
_CPO_ID = r"[A-Za-z]{2}[*-]?[A-Za-z0-9]{3}"
_PLACEHOLDER = (
    r"(?i)<.*>|\{.*\}|\[.*\]|\$.*|contact_.*|.*partner[-_ ]?identifier.*|your[-_ ].*"
    r"|change[-_ ]?me|todo|tbd|test|example|sample|placeholder|none|null|undefined|x+|\.+"
)

_QUOTES = "\"'`“”„‘’‚«»"
_QUOTED_END = rf"(?<=[{_QUOTES}])\s*[,;\\]+$"
_BREAKS = r"[ \t]*[\r\n\v\f\u0085\u2028\u2029]+[ \t]*"
_IN_FRONT = (
    (r"(?:-H|--header)[\s=]+", mark("curl's -H was removed")),
    (r"(?i)authorization\s*:\s*", mark("the header's name was removed")),
    (r"(?i)bearer\s+", mark("the word Bearer was removed")),
    (r"(?:export\s+)?OIOI_API_KEY\s*=", mark("the variable's name was removed")),
    (r"(?i)key\s*=\s*", mark("key= was removed")),
)


def partner_identifier_advice(
    text: object, *, api_key: str = "", cpo_id: str = ""
) -> tuple[Advice, ...]:
    """What is odd about a partner identifier; empty if it is plausible.

    The docs ask for a random text of at least 16 characters that is not the API key. This is only
    advice: no character set and no greatest length are published. `text` may be any JSON value,
    because a hand-written request may have a number there.
    """
    if not isinstance(text, str):
        return (Advice(Level.WARN, tr("A partner identifier is a JSON string.")),)
    if not text.strip():
        return (Advice(Level.WARN, tr("The partner identifier is empty.")),)
    return tuple(Advice(Level.WARN, words) for words in _partner_oddities(text, api_key, cpo_id))


def _partner_oddities(text: str, api_key: str, cpo_id: str) -> Iterator[str]:
    bare = text.strip()
    if unsendable(text):
        yield tr("It contains a line break or another control character.")
    if bare != text:
        yield tr("It has blanks at its ends; they count as part of it.")
    if api_key and bare in (api_key, f"key={api_key}"):
        yield tr("This is the API key; the partner identifier is another secret.")
    elif re.match(_HEADER_TEXT, bare):
        yield tr("This is the text of a header, as an API key is sent in.")
    elif bare == cpo_id or re.fullmatch(_CPO_ID, bare):
        yield tr("This looks like an operator ID (cpo-id), which everybody knows.")
    elif re.fullmatch(_PLACEHOLDER, bare):
        yield tr("This looks like a placeholder; ask for the agreed value.")
    elif len(set(bare)) == 1 and len(bare) > 1:
        yield tr("It is one character repeated.")
    if len(bare) < MIN_PARTNER_IDENTIFIER:
        yield tr("Too short ({n}): it should have at least 16 characters.", n=len(bare))


def clean_api_key(text: str) -> tuple[str, tuple[str, ...]]:
    """An API key without the text pasted around it; and what was removed, in words.

    Removes invisible characters and line breaks, and around the key blanks, quotes, `key=`,
    `Authorization:`, `Bearer`, curl's `-H` and the name of the environment variable. The key
    itself is opaque: nothing else in it changes, also not its case.
    """
    changes: dict[str, None] = {}  # an ordered set: a change may happen twice, but is listed once
    seen = without_invisible(text)
    key = re.sub(_BREAKS, "", seen)
    if seen != text:
        changes[tr("invisible characters were removed")] = None
    if key != seen:
        changes[tr("line breaks were removed")] = None
    while peeled := _peeled(key):
        key, words = peeled
        changes[words] = None
    return key, tuple(changes)


def _peeled(key: str) -> tuple[str, str] | None:
    """The key without one layer of wrapping, and the change in words; None without a layer."""
    if (rest := key.strip()) != key:
        return rest, tr("blanks at the ends were removed")
    if (rest := re.sub(_QUOTED_END, "", key).strip(_QUOTES)) != key:
        return rest, tr("quotes were removed")
    for pattern, words in _IN_FRONT:
        if wrapping := re.match(pattern, key):
            return key[wrapping.end() :], tr(words)
    return None
