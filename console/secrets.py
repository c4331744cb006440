"""The memory of secrets: what is masked in everything that is said, logged or copied.

    keep_secret(key)                 an API key, for the rest of the run
    keep_secrets_of(call.fields())   a user token or a password, while its call is one of the last
    redacted(text)                   a text as it may be said or kept

How a secret is found in a text is the business of `console.oioi.redact`; here it is only known.
"""

from collections import deque
from typing import Any

from console.oioi.redact import Redactor, visible

CALLS_KEPT = 64
"""How many calls with secrets are remembered at a time: each costs a look at every text."""

_keys: dict[str, Redactor] = {}
_of_calls: deque[Redactor] = deque(maxlen=CALLS_KEPT)
_by_name = Redactor()


def keep_secret(value: str) -> None:
    """Mask this key in everything that is `redacted` from now on."""
    global _keys
    if value and value not in _keys:
        known = {**_keys, value: Redactor((value,))}
        # The longest first, as a key may begin like another. In one step, as the log's thread
        # reads them too.
        _keys = {key: known[key] for key in sorted(known, key=len, reverse=True)}


def keep_secrets_of(fields: dict[str, Any]) -> None:
    """Mask what stands in a call under a secret name, such as a user token, from now on.

    The last `CALLS_KEPT` calls that hold a secret are remembered; of an older one only what
    still stands under its secret name is masked.
    """
    redactor = Redactor()
    redactor.add_secrets_of(fields)
    if redactor.value(fields) != fields:
        _of_calls.append(redactor)


def redacted(text: str) -> str:
    """`text` as it may be said or kept: no secret in it and nothing a terminal would obey.

    Masked are the secrets that are known and what stands under a secret name. Line breaks stay.
    """
    for redactor in (*_keys.values(), *tuple(_of_calls), _by_name):
        text = redactor.text(text)
    return visible(text, lines=True)
