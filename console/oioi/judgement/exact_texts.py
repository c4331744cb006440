"""Members of an answer that are text, although the server writes them as numbers.

A session-id of `0123`, `1e5` or twenty digits has to be sent back as it was written, and a number
does not keep that (PROTOCOL.md 5.3).
"""

import re
from functools import lru_cache
from typing import Any

from console.oioi.http.attempt import Body
from console.oioi.http.json_bytes import MEND_BYTES, clean_json


def with_texts(body: Body, names: tuple[str, ...]) -> Any:
    """The value of a JSON body in which the numbers of these members are texts as written."""
    value = body.value
    if not isinstance(value, dict) or len(body.shown) > MEND_BYTES:
        return value
    quoted, count = _numbers_of(names).subn(rb'\1"\2"', body.shown)
    clean = clean_json(quoted) if count else None
    if clean is None or not isinstance(clean.view, dict):
        return value
    # Where the object was inside of something else, `shown` is not it.
    return clean.view if clean.view.keys() == value.keys() else value


@lru_cache
def _numbers_of(names: tuple[str, ...]) -> re.Pattern[bytes]:
    """Members of these names, in any spelling (PROTOCOL.md 2.3 row 13), that hold a number."""
    spelled = "|".join("[-_]?".join(name.split("-")) for name in names)
    return re.compile(rf'("(?i:{spelled})"\s*:\s*)(-?[0-9][0-9.eE+-]*)'.encode())
