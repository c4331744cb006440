"""Reads the statements of an answer: result code, flag, error, and the server's own text."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from console.oioi import tolerant
from console.oioi.language import kept
from console.oioi.places import first_in, member

_WORDS = ("success", "ok")
"""Words that some servers send in place of a code to report a success. They are not codes."""
_WHOLE = re.compile(r"[0-9]{1,3}(?:\.0*)?", re.ASCII)


def read_code(answer: Mapping[str, Any] | None) -> tuple[str | None, tuple[str, ...]]:
    """The result code of an answer, as three digits, and what was odd about it.

    It may be a number, also such as 320.0, or a text; inside `result`, or at the top if there is
    no `result` (PROTOCOL.md 2.3 rows 1 to 7). A word is not a code: see `read_flag`.
    """
    sent, where = _sent_as_code(answer)
    if sent is None or _is_good_word(sent):
        return None, ()
    code = _three_digits(sent)
    return code, () if code else (kept("{member}: not a result code", member=where),)


def _sent_as_code(answer: Mapping[str, Any] | None) -> tuple[Any, str]:
    """The value in the place of the result code, and the name of that place."""
    if not answer:
        return None, ""
    result = member(answer, "result")
    if result == []:  # an empty object, as PHP writes it
        result = None
    sent = member(result, "code") if isinstance(result, dict) else result
    if sent is None:
        return member(answer, "code"), "code"
    return sent, "result.code" if isinstance(result, dict) else "result"


def _is_good_word(sent: Any) -> bool:
    return isinstance(sent, str) and sent.strip().lower() in _WORDS


def _three_digits(sent: Any) -> str | None:
    if isinstance(sent, bool) or not isinstance(sent, int | float | str):
        return None
    text = str(sent).strip()
    return text.partition(".")[0].zfill(3) if _WHOLE.fullmatch(text) else None


FLAGS = ("success", "verified", "registered")
"""Members that say whether the call was carried out (PROTOCOL.md 2.2)."""


Places = Sequence[tolerant.CaseFoldedMembers]
"""The `folded_places` of an answer, in which its data and what goes with it are looked for."""


def read_flag(answer: Mapping[str, Any] | None, found: Places) -> bool | None:
    """The flag of an answer: whether the call was carried out. A false flag wins over a true one.

    None without a flag. The word "Success" in place of a code is a true flag (PROTOCOL.md 2.3 row
    7).
    """
    if not answer:
        return None
    flags = [tolerant.flag(place.get(name)) for place in found for name in FLAGS]
    if False in flags:
        return False
    return True if True in flags or _is_good_word(_sent_as_code(answer)[0]) else None


def has_error(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer has an `error` that is not empty; PHP writes `[]` for no error."""
    error = member(answer, "error") if answer else None
    return error is not None and error not in (False, "", [])


def has_data(answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer has other members than `result` and `error`."""
    return answer is not None and any(
        tolerant.fold(name) not in ("result", "error") for name in answer
    )


def read_message(answer: Mapping[str, Any] | None) -> str:
    """The server's own text: result.message, or the texts under `error`, or empty."""
    if not answer:
        return ""
    result = member(answer, "result")
    message = member(result, "message") if isinstance(result, dict) else None
    if isinstance(message, str) and message.strip():
        return message.strip()
    return "; ".join(_texts(member(answer, "error")))


_MOST_TEXTS, _MOST_VALUES = 100, 10_000


def _texts(value: Any) -> list[str]:
    """The first texts in a JSON value, in order, each once.

    Not recursive, because it may be nested very deep. At most _MOST_TEXTS, as users read no more.
    """
    found: dict[str, None] = {}
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting or len(found) == _MOST_TEXTS:
            break
        item = waiting.pop()
        if isinstance(item, str) and item.strip():
            found[item.strip()] = None
        elif isinstance(item, dict):
            waiting += reversed(list(islice(item.values(), _MOST_VALUES)))
        elif isinstance(item, list):
            waiting += reversed(item[:_MOST_VALUES])
    return list(found)


def read_reason(found: Places) -> str:
    """The `reason` beside the result: a server's objection (PROTOCOL.md 2.3 row 5)."""
    reason = first_in(found, "reason")
    return reason.strip() if isinstance(reason, str) else ""


TELLING = ("session-id", "is-stoppable")
"""Members that tell something by being in an answer, whatever its code."""

TELLING_NAMES = ("result", "code", "error", "reason", "session-start", *FLAGS, *TELLING)
"""All members at the top of an answer that the judgement asks for, but those of its call."""


def telling_members(found: Places) -> frozenset[str]:
    """The TELLING members that an answer has and that are not empty."""
    told = ((name, first_in(found, name)) for name in TELLING)
    return frozenset(name for name, value in told if value not in (None, "", [], {}))
